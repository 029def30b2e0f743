"""Every method of Python dbtc's `client.metadata`: it derives the Discovery API's host from the host, over https."""

import datetime
import inspect
import os
import sys

from dbtc import dbtCloudClient
from foreign_calls import Calls

port = os.environ["DBT_CLOUD_HOST"].split(":")[1]
metadata = dbtCloudClient(host=f"dbtc.localhost:{port}", service_token="sandbox").metadata
calls = Calls()
called = set()
day = datetime.timedelta(days=1)
today = datetime.date.today()
dates = {"start_date": str(today - 30 * day), "end_date": str(today + day)}
customers = "model.jaffle_shop.customers"


def has_data(result):
    """The client returns errors like results."""
    for answer in result if isinstance(result, list) else [result]:
        if isinstance(answer, dict) and (answer.get("errors") or answer.get("data", answer) is None):
            return str(answer)[:300]
    return None


def call(method, *args, **kwargs):
    called.add(method)
    return calls(f"metadata {method}", lambda: getattr(metadata, method)(*args, **kwargs), has_data)


call("query", "query ($id: BigInt!) { environment(id: $id) { applied { lastUpdatedAt } } }", {"id": 1})
call("column_lineage", 1, customers)
call("longest_executed_models", 1, **dates)
call("mesh_projects", 1)
call("model_execution_history", 1, unique_id=customers, **dates)
call("model_job_information", 1, unique_id=customers, **dates)
call("most_executed_models", 1, **dates)
call("most_failed_models", 1, **dates)
call("most_models_test_failures", 1, **dates)
call("public_models", 1)
call("recommendations", 1)
call("search", 1, "customers")

public = {name for name, _ in inspect.getmembers(type(metadata), inspect.isfunction) if not name.startswith("_")}
missing = public - called - {"full_url"}
sys.exit(f"no call of {', '.join(sorted(missing))}" if missing else 0)
