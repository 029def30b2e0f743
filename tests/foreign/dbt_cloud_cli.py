"""Every command of dbt-cloud-cli, as a process over https."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from foreign_calls import Calls

BRANCH = "sends triggers.custom_branch_only by itself, which dbt Cloud refuses (issue 91 of dbt-jobs-as-code)"
calls = Calls({"job create": BRANCH, "job import": BRANCH})
program = Path(sys.executable).parent / "dbt-cloud"
environment = {**os.environ, "DBT_CLOUD_API_TOKEN": "sandbox", "DBT_CLOUD_ACCOUNT_ID": "1"}
folder = tempfile.mkdtemp()


def call(*words, name=None, stdin=None):
    """Runs a command; returns the data that it printed."""

    def run():
        done = subprocess.run([program, *map(str, words)], env=environment, cwd=folder, capture_output=True, text=True, input=stdin)
        if done.returncode != 0:
            raise RuntimeError(f"exit {done.returncode}: {(done.stderr or done.stdout)[-300:]}")
        return done.stdout

    printed = calls(name or " ".join(word for word in words[:2]), run)
    try:
        return json.loads(printed)["data"]
    except (TypeError, ValueError, KeyError):
        return {}


call("account", "list")
call("account", "get")
call("audit-log", "get", "--limit", 3)
project = call("project", "create", "--name", "cli", "--type", 0).get("id")
call("project", "list")
call("project", "get", "--project-id", project)
call("project", "update", "--project-id", project, "--name", "cli 2", "--type", 0)
environment_id = call("environment", "create", "--project-id", project, "--name", "prod", "--type", "deployment", "--dbt-version", "1.9.0").get("id")
call("environment", "list", "--project-id", project)
call("environment", "get", "--project-id", project, "--environment-id", environment_id)
connection = call("connection", "create", "--project-id", project, "--name", "lake", "--type", "snowflake", "--account", "a", "--database", "d", "--warehouse", "w").get("id")
call("connection", "list", "--project-id", project)
call("connection", "get", "--project-id", project, "--connection-id", connection)
call("job", "create", "--project-id", 1, "--environment-id", 1, "--name", "cli", "--execute-steps", '["dbt build"]')
call("job", "list", "--project-id", 1, "--limit", 2)
call("job", "get", "--job-id", 1)
call("job", "export", "--job-id", 1, "--file", "job.json")
call("job", "import", stdin=(Path(folder) / "job.json").read_text())
run = call("job", "run", "--job-id", 1, "--cause", "cli", "--wait")
run = call("run", "list", "--limit", 1, "--order-by", "-id")[0]["id"]
call("run", "get", "--run-id", run, "--include-related", '["job"]')
call("run", "list-artifacts", "--run-id", run)
call("run", "get-artifact", "--run-id", run, "--path", "manifest.json", "--file", "manifest.json")
started = call("job", "run", "--job-id", 3, name="job run without a wait").get("id")
call("run", "cancel", "--run-id", started)
call("run", "cancel-all", "--status", "Running", "--yes")
call("job", "delete", "--job-id", 4)
call("job", "delete-all", "--keep-jobs", "[1,2,3]", "--yes")
call("connection", "delete", "--project-id", project, "--connection-id", connection)
call("environment", "delete", "--project-id", project, "--environment-id", environment_id)
call("project", "delete", "--project-id", project)
