"""The hook and the operators of Airflow's provider for dbt Cloud."""

import asyncio
import json
import os
import tempfile
from unittest.mock import MagicMock

host = os.environ["DBT_CLOUD_HOST"]
os.environ["AIRFLOW_HOME"] = tempfile.mkdtemp()
os.environ["AIRFLOW_CONN_DBT_CLOUD_DEFAULT"] = json.dumps(
    {"conn_type": "dbt_cloud", "host": host, "login": "1", "password": "sandbox"}
)

from airflow.providers.dbt.cloud.hooks.dbt import DbtCloudHook, DbtCloudJobRunStatus  # noqa: E402
from airflow.providers.dbt.cloud.operators.dbt import (  # noqa: E402
    DbtCloudGetJobRunArtifactOperator,
    DbtCloudListJobsOperator,
    DbtCloudRunJobOperator,
)
from airflow.providers.dbt.cloud.sensors.dbt import DbtCloudJobRunSensor  # noqa: E402
from foreign_calls import Calls  # noqa: E402

hook = DbtCloudHook(dbt_cloud_conn_id="dbt_cloud_default")
calls = Calls()


def call(method, *args, **kwargs):
    return calls(f"hook {method}", lambda: getattr(hook, method)(*args, **kwargs))


def data(response):
    return response.json()["data"] if response is not None else {}


calls("hook test_connection", hook.test_connection, lambda result: None if result[0] else result[1])
call("list_accounts")
call("get_account")
call("list_projects", name_contains="jaffle")
call("get_project", project_id=1)
call("list_environments", 1, name_contains="Prod")
call("get_environment", 1, 1)
call("list_jobs", order_by="-id", project_id=1, environment_id=1, name_contains="Daily")
call("get_job", 1)
project = data(hook.get_project(1))["name"]
environment = data(hook.get_environment(1, 1))["name"]
call("get_job_by_name", project_name=project, environment_name=environment, job_name="Daily build")
run = data(call("trigger_job_run", 1, cause="airflow", steps_override=["dbt build"], additional_run_config={"threads_override": 8}))
run_id = run.get("id")
success = DbtCloudJobRunStatus.SUCCESS.value
call("wait_for_job_run_status", run_id, expected_statuses=success, check_interval=1, timeout=60)
call("list_job_runs", job_definition_id=1, order_by="-id", include_related=["job"])
call("get_job_runs", payload={"job_definition_id": 1})
call("get_job_run", run_id, include_related=["run_steps"])
call("get_job_run_status", run_id)
call("list_job_run_artifacts", run_id)
call("get_job_run_artifact", run_id, "run_results.json")
calls("hook get_job_run_artifacts_concurrently", lambda: asyncio.run(
    hook.get_job_run_artifacts_concurrently(run_id, ["manifest.json", "run_results.json"])))
calls("hook get_job_details", lambda: asyncio.run(hook.get_job_details(run_id)))
calls("hook get_job_status", lambda: asyncio.run(hook.get_job_status(run_id)))
failed = data(hook.trigger_job_run(2, cause="airflow")).get("id")
hook.wait_for_job_run_status(failed, expected_statuses=DbtCloudJobRunStatus.ERROR.value, check_interval=1, timeout=60)
call("log_job_run_failure_details", failed)
call("retry_failed_job_run", 2)
call("cancel_job_run", data(hook.trigger_job_run(3, cause="airflow")).get("id"))

folder = tempfile.mkdtemp()


def operator(kind, **kwargs):
    return calls(kind.__name__, lambda: kind(task_id="task", **kwargs).execute({"ti": None}))


operator(DbtCloudListJobsOperator, project_id=1)
operator(DbtCloudGetJobRunArtifactOperator, run_id=run_id, path="manifest.json", output_file_name=f"{folder}/manifest.json")
sensor = DbtCloudJobRunSensor(task_id="sensor", run_id=run_id)
calls("DbtCloudJobRunSensor", lambda: sensor.poke({}), lambda done: None if done else "not done")


def run_job():
    task = DbtCloudRunJobOperator(task_id="run", job_id=1, check_interval=1, timeout=60, trigger_reason="airflow")
    # The operator takes names from its context, and stores the run's link there.
    return task.execute({"ti": MagicMock(), "task": task})


calls("DbtCloudRunJobOperator", run_job)
