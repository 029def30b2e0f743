"""prefect-dbt's client of the Admin API."""

import asyncio
import os

from foreign_calls import Calls
from prefect_dbt.cloud.clients import DbtCloudAdministrativeClient

calls = Calls()


def call(name, function):
    """Calls a method in a client of its own: each one can be opened once."""

    async def run():
        async with DbtCloudAdministrativeClient("sandbox", 1, os.environ["DBT_CLOUD_HOST"]) as client:
            return (await function(client)).json()

    result = calls(name, lambda: asyncio.run(run()))
    return result.get("data", result) if isinstance(result, dict) else {}


async def ended(client, run):
    while True:
        response = await client.get_run(run)
        if response.json()["data"]["status"] in (10, 20, 30):
            return response
        await asyncio.sleep(0.5)


job = call("create_job", lambda c: c.create_job(1, 1, "prefect", ["dbt build"]))
call("get_job", lambda c: c.get_job(1, order_by="-id"))
run = call("trigger_job_run", lambda c: c.trigger_job_run(1))
call("get_run", lambda c: c.get_run(run["id"], include_related=["run_steps"]))
call("get_run until its end", lambda c: ended(c, run["id"]))
call("list_run_artifacts", lambda c: c.list_run_artifacts(run["id"]))
call("list_run_artifacts of a step", lambda c: c.list_run_artifacts(run["id"], step=4))
call("get_run_artifact", lambda c: c.get_run_artifact(run["id"], "manifest.json"))
call("get_job_artifact", lambda c: c.get_job_artifact(1, "run_results.json"))
call("call_endpoint", lambda c: c.call_endpoint("GET", "/projects/"))
call("delete_job", lambda c: c.delete_job(job["id"]))
