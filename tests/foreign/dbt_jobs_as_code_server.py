"""Runs dbt-jobs-as-code for plans_of_both.ts: a line of JSON with its arguments and its environment comes in, and one
with its exit code, stdout and stderr goes out. Each process of its own would take a second to load the modules."""

import json
import sys

from dbt_jobs_as_code.main import cli
from foreign_calls import command

for line in sys.stdin:
    asked = json.loads(line)
    code, stdout, stderr = command(cli, asked["args"], asked["env"])
    print(json.dumps({"code": code, "stdout": stdout, "stderr": stderr}), flush=True)
