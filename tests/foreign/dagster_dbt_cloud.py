"""Both of dagster-dbt's clients of dbt Cloud: `DbtCloudWorkspaceClient` and the older resource."""

import datetime
import os

from dagster import build_init_resource_context
from dagster_dbt import dbt_cloud_resource
from dagster_dbt.cloud_v2.client import DbtCloudWorkspaceClient
from foreign_calls import Calls

url = os.environ["DBT_CLOUD_HOST"]
calls = Calls()
client = DbtCloudWorkspaceClient(
    account_id=1, token="sandbox", access_url=url, request_max_retries=0, request_retry_delay=0.1, request_timeout=15
)
now = datetime.datetime.now(datetime.timezone.utc)
day = datetime.timedelta(days=1)


def call(method, *args, **kwargs):
    return calls(f"client {method}", lambda: getattr(client, method)(*args, **kwargs)) or {}


call("verify_connection")
call("get_account_details")
call("get_project_details", 1)
call("get_environment_details", 1)
job = call("create_job", project_id=1, environment_id=1, job_name="dagster")
call("list_jobs", project_id=1, environment_id=1)
call("get_job_details", job.get("id"))
run = call("trigger_job_run", job.get("id"), steps_override=["dbt build"])
call("poll_run", run.get("id"), poll_interval=0.5, poll_timeout=60)
call("get_run_details", run.get("id"))
call("get_runs_batch", 1, 1, now - day, now + day)
call("get_active_job_ids", 1, 1, [1, 2])
call("list_run_artifacts", run.get("id"))
call("get_run_artifact", run.get("id"), "manifest.json")
call("get_run_results_json", run.get("id"))
call("get_run_manifest_json", run.get("id"))
call("get_run_logs", run.get("id"))
call("cancel_run", client.trigger_job_run(3)["id"])
call("destroy_job", job.get("id"))

config = {"auth_token": "sandbox", "account_id": 1, "dbt_cloud_host": url, "request_max_retries": 0}
resource = dbt_cloud_resource(build_init_resource_context(config=config))


def old(method, *args, **kwargs):
    return calls(f"resource {method}", lambda: getattr(resource, method)(*args, **kwargs)) or {}


old("list_jobs", project_id=1, order_by="-id")
old("get_job", 1)
old("get_runs", include_related=["job"], job_id=1, order_by="-id", limit=1)
run = old("run_job", 1, cause="dagster")
old("poll_run", run.get("id"), poll_interval=0.5, poll_timeout=60)
old("get_run", run.get("id"), include_related=["trigger"])
old("get_run_steps", run.get("id"))
old("list_run_artifacts", run.get("id"))
old("get_run_artifact", run.get("id"), "run_results.json")
old("get_manifest", run.get("id"))
old("get_run_results", run.get("id"))
old("cancel_run", resource.run_job(3)["id"])
old("run_job_and_poll", 1, poll_interval=0.5)
old("update_job", 1, name="Daily build")
