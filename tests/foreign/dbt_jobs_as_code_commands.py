"""Every command of dbt-jobs-as-code: its plan is empty once it has synchronised."""

import json
import os
import tempfile
from pathlib import Path

from dbt_jobs_as_code.main import cli
from foreign_calls import Calls, command

calls = Calls()
folder = Path(tempfile.mkdtemp())
environment = {"PATH": os.environ["PATH"], "DBT_API_KEY": "sandbox", "DBT_BASE_URL": os.environ["DBT_CLOUD_HOST"]}


def job(name, **fields):
    """A job of a file, with what every job must have."""
    return {
        "account_id": 1,
        "project_id": 1,
        "environment_id": 1,
        "name": name,
        "settings": {"threads": 4, "target_name": "default"},
        "run_generate_sources": False,
        "execute_steps": ["dbt build"],
        "generate_docs": False,
        "schedule": {"cron": "0 6 * * *"},
        # Without a schedule, dbt Cloud derives another `job_type` than the client's default, and no plan is ever empty.
        "triggers": {"github_webhook": False, "git_provider_webhook": False, "schedule": True, "on_merge": False},
        **fields,
    }


def file(name, jobs):
    """Writes a file of jobs: JSON is YAML too."""
    path = folder / name
    path.write_text(json.dumps({"jobs": jobs}))
    return str(path)


def run(*words):
    code, stdout, stderr = command(cli, words, environment, folder)
    if code != 0 or "ERROR" in stderr or "Traceback" in stderr:
        raise RuntimeError(f"exit {code}: {(stderr or stdout)[-300:]}")
    return stdout


def changes(*expected):
    """Checks a plan by its actions and identifiers."""

    def check(printed):
        plan = json.loads(printed) if printed.strip() else {}
        planned = plan.get("job_changes", []) + plan.get("env_var_overwrite_changes", [])
        found = sorted(f"{change['action']} {change['identifier']}" for change in planned)
        return None if found == sorted(expected) else f"the plan is {found}, not {sorted(expected)}"

    return check


def call(name, *words, check=None):
    return calls(name, lambda: run(*words), check)


scope = ["--limit-projects-envs-to-yml"]
kept = ["--exclude-identifiers-matching", "^(nightly|weekly|pr_check)$"]
two = file("two.yml", {"one": job("One"), "two": job("Two", custom_environment_variables=[{"DBT_WAREHOUSE_SIZE": "XL"}])})
changed = file("changed.yml", {"one": job("One", execute_steps=["dbt run", "dbt test"], description="changed")})
linked = file("linked.yml", {"daily": job("Daily build", linked_id=1)})
templated = folder / "templated.yml"
templated.write_text(Path(two).read_text().replace('"One"', '"{{ name }}"'))
variables = folder / "variables.yml"
variables.write_text("name: One\n")

call("validate", "validate", two)
call("validate --online", "validate", two, "--online")
call("validate --vars-yml", "validate", str(templated), "--vars-yml", str(variables))
call("plan", "plan", two, *kept, "--json", check=changes("CREATE one", "CREATE two", "CREATE two:DBT_WAREHOUSE_SIZE"))
call("sync", "sync", two, *kept)
call("plan after sync", "plan", two, *kept, "--json", check=changes())
call("plan --vars-yml", "plan", str(templated), "-v", str(variables), *kept, "--json", check=changes())
call("plan of changes", "plan", changed, *scope, *kept, "--json", check=changes("UPDATE one", "DELETE two"))
call("sync of changes", "sync", changed, *scope, *kept)
call("plan after sync of changes", "plan", changed, *scope, *kept, "--json", check=changes())
call("import-jobs", "import-jobs", "--account-id", "1")
call("import-jobs of a project", "import-jobs", "--account-id", "1", "--project-id", "1", "--include-linked-id")
call("import-jobs of a job", "import-jobs", "--account-id", "1", "--job-id", "1", "--check-missing-fields")
call("import-jobs --config", "import-jobs", "--config", changed)
call("link --dry-run", "link", linked, "--dry-run")
call("link", "link", linked)
call("unlink --dry-run", "unlink", "--account-id", "1", "--dry-run")
call("unlink", "unlink", "--account-id", "1", "--identifier", "daily")
call("unlink --config", "unlink", "--config", changed)
call("deactivate-jobs", "deactivate-jobs", "--account-id", "1", "--job-id", "2")
call("sync of no job", "sync", file("none.yml", {}), "--project-id", "1")
