"""The commands of dbtcx over https: it finds the step that has a run's artifacts, and calls dbt-cloud-cli."""

import json
import os
import sys
import tempfile
from pathlib import Path

from dbtcx.cli import main
from foreign_calls import Calls, command

calls = Calls()
folder = Path(tempfile.mkdtemp())
# It starts dbt-cloud-cli by its name.
environment = {
    **os.environ,
    "DBT_CLOUD_API_TOKEN": "sandbox",
    "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
}


def run(*words):
    code, stdout, stderr = command(main, words, environment, folder)
    if code != 0:
        raise RuntimeError(f"exit {code}: {(stderr or stdout)[-300:]}")
    return stdout


def call(name, *words, check=None):
    return calls(name, lambda: run(*words), check)


def files(*names):
    """Checks that these files, and no others, are in the folder of the artifacts."""

    def check(printed):
        found = sorted(path.name for path in (folder / "out").iterdir())
        return None if found == sorted(names) else f"{found} after {printed[-300:]}"

    return check


def says(text):
    """Checks that it printed a text."""
    return lambda printed: None if text in printed else printed[-300:]


call("proxy account get", "proxy", "account", "get")
runs = json.loads(call("proxy run list", "proxy", "run", "list", "--job-id", "1", "--order-by", "-id", "--limit", "1"))
run_id = str(runs["data"][0]["id"])
names = [".step_used", "manifest.json", "manifest.slim.json", "run_results.json"]
out = ["--out-dir", "out"]
call("fetch-run", "fetch-run", run_id, *out, check=says("auto-detected step: "))
call("fetch-run again", "fetch-run", run_id, *out, check=says("[skip] manifest.json"))
call("fetch-run --force", "fetch-run", run_id, *out, "--force", check=files(*names))
call("fetch-run --step", "fetch-run", run_id, *out, "--step", "5", check=says("step_used=5"))
model = "compiled/jaffle_shop/models/customers.sql"
call("fetch-run --model-path", "fetch-run", run_id, *out, "--model-path", model, check=files(*names, "customers.compiled.sql"))
call("fetch-run --max-probe-steps", "fetch-run", run_id, *out, "--max-probe-steps", "1", check=says("step_used=default"))
