"""dbt-mcp as its users run it: a server on stdio, whose tools are called by the client of the MCP SDK. All tools of the
Admin API, the Discovery API and the Semantic Layer, with the values that the sandbox must answer."""

import asyncio
import json
import os
import sys
from pathlib import Path

from foreign_calls import Calls
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

calls = Calls({"get_dimension_values": "it speaks Arrow Flight SQL, on port 443 only; the sandbox does not"})
port = os.environ["DBT_CLOUD_HOST"].split(":")[1]
environment = {
    **os.environ,
    # Hosts of the other two APIs are derived from this one: metadata.dbtc.localhost, semantic-layer.dbtc.localhost.
    "DBT_HOST": f"dbtc.localhost:{port}",
    "DBT_TOKEN": "sandbox",
    "DBT_ACCOUNT_ID": "1",
    "DBT_PROD_ENV_ID": "1",
    "DO_NOT_TRACK": "1",
    # The tools that need no sandbox: a local dbt, a language server, dbt's documentation on the web.
    **{f"DISABLE_{name}": "true" for name in ["SQL", "DBT_CLI", "DBT_CODEGEN", "LSP", "PRODUCT_DOCS"]},
}
server = StdioServerParameters(command=str(Path(sys.executable).parent / "dbt-mcp"), env=environment)
some = object()
customers = "model.jaffle_shop.customers"
orders = "model.jaffle_shop.orders"


def difference(expected, actual, path="the answer"):
    """How an answer differs. `some` is any value, an object has at least the expected members, a list has as many."""
    if expected is some:
        return f"{path} is null" if actual is None else None
    if isinstance(expected, dict) and isinstance(actual, dict):
        members = [(value, actual.get(key), f"{path}.{key}") for key, value in expected.items()]
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        members = [(*pair, f"{path}[{at}]") for at, pair in enumerate(zip(expected, actual))]
    else:
        return None if expected == actual else f"{path} is {str(actual)[:300]}, not {str(expected)[:300]}"
    return next(filter(None, (difference(*member) for member in members)), None)


async def main():
    with open(os.devnull, "w") as quiet:
        async with stdio_client(server, errlog=quiet) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            tools = {tool.name for tool in (await session.list_tools()).tools}
            called = set()

            async def call(tool, expected=some, /, **arguments):
                """Calls a tool; returns its result. An expected list or text is all of it, an object some members."""
                called.add(tool)
                answer = await session.call_tool(tool, arguments)
                text = "".join(getattr(part, "text", "") for part in answer.content)
                content = answer.structuredContent or {}
                wanted = {"result": expected} if isinstance(expected, (list, str)) else expected
                calls(tool, lambda: None, lambda _: text[:300] if answer.isError else difference(wanted, content))
                return content.get("result", content)

            await discovery(call)
            await semantic_layer(call)
            await admin(call)
            return sorted(tools - called)


def named(*names, **members):
    return [{"name": name, **members} for name in names]


async def discovery(call):
    marts = ["customers", *["dim_locations"] * 3, "orders"]
    await call("get_mart_models", named(*marts))
    await call("get_all_models", {"result": named(*marts[:4]), "pagination": {"has_more": True}}, limit=4)
    details = {"rawCode": some, "modelingLayer": "marts", "access": "public", "relationName": "analytics.prod.orders"}
    details["executionInfo"] = {"lastRunStatus": "success", "lastRunError": None}
    await call("get_model_details", named("orders", **details, tests=[some] * 12), name="orders")
    await call("get_model_details", [], name="no_such_model")
    staged = named("stg_customers", "stg_orders", "stg_payments", resourceType="model")
    await call("get_model_parents", staged, unique_id=customers)
    await call("get_model_children", named("weekly_report", resourceType="exposure"), name="customers")
    ancestors = [f"{stage}_{name}" for stage in ("stg", "raw") for name in ("customers", "orders", "payments")]
    health = {"executionInfo": {"lastRunStatus": "success"}, "tests": [some] * 3, "ancestors": named(*ancestors)}
    await call("get_model_health", named("customers", **health), unique_id=customers)
    executions = [{"status": status, "executionTime": some} for status in ("success", "error", "success")]
    await call("get_model_performance", executions, unique_id=customers, num_runs=3)
    lineage = {
        "root_id": customers,
        "nodes": [{"unique_id": customers}, *named("stg_customers", "stg_orders", "stg_payments")],
        "edges": [{"source": f"model.jaffle_shop.{parent['name']}", "target": customers} for parent in staged],
    }
    await call("get_lineage", lineage, unique_id=customers, types=["Model"], depth=1)
    await call("get_exposures", named("weekly_report", uniqueId="exposure.jaffle_shop.weekly_report"))
    report = {"ownerName": "Ada", "parents": [{"uniqueId": customers}, {"uniqueId": orders}]}
    await call("get_exposure_details", named("weekly_report", **report), name="weekly_report")
    await call("get_all_sources", named("events", "locations", sourceName="shop"), source_names=["shop"])
    events = "source.jaffle_shop.shop.events"
    await call("get_source_details", named("events", schema="shop", tags=["events"]), unique_id=events)
    macros = named("cents_to_dollars", "default__cents_to_dollars", packageName="jaffle_shop")
    await call("get_all_macros", macros)
    packages = {"return_package_names_only": True, "include_default_dbt_packages": True}
    await call("get_all_macros", ["dbt", "jaffle_shop"], **packages)
    macro = {"arguments": named("column_name"), "macroSql": some}
    await call("get_macro_details", named("cents_to_dollars", **macro), name="cents_to_dollars")
    columns = named("ID", "USER_ID", "ORDER_DATE", "STATUS")
    catalog = {"columns": columns, "rowCountStat": 99}
    await call("get_seed_details", named("raw_orders", catalog=catalog), name="raw_orders")
    model = {"entities": named("order_id", "customer"), "measures": named("amount", "order_count")}
    await call("get_semantic_model_details", named("orders", **model), name="orders")
    snapshot = {"alias": "orders_snapshot", "catalog": {"columns": named("ORDER_ID", "STATUS")}}
    await call("get_snapshot_details", [snapshot], name="orders_snapshot")
    positive = "assert_order_amounts_are_positive"
    test = named(positive, testType="SINGULAR_DATA_TEST", lastKnownResult="pass", parents=[{"uniqueId": orders}])
    await call("get_test_details", test, unique_id=f"test.jaffle_shop.{positive}")
    await call("get_node_details", test, resource_type="test", unique_id=f"test.jaffle_shop.{positive}")
    await call("get_node_details", named("events"), resource_type="source", unique_id=events)
    await call("get_node_details", named("customers"), resource_type="model", unique_id=customers)


async def semantic_layer(call):
    month = {"name": "metric_time", "type": "time_dimension", "grain": "MONTH"}
    by_month = {"metrics": ["revenue"], "group_by": [month]}
    header = "name,type,label,description,dimensions,entities"
    average = 'average_order_value,RATIO,Average order value,"The revenue of an order, on average",'
    columns = '"metric_time,order_date,status,first_order,first_name,last_name","order_id,customer"'
    await call("list_metrics", f"{header}\n{average}{columns}", search="on average")
    saved = named("revenue_by_month", metrics=["revenue"], group_by=["metric_time"])
    await call("list_saved_queries", saved)
    dimensions = ["metric_time", "order_date", "status", "first_order", "first_name", "last_name"]
    await call("get_dimensions", named(*dimensions), metrics=["revenue"])
    await call("get_entities", named("order_id", "customer"), metrics=["revenue"])
    await call("get_dimension_values", metrics=["revenue"], dimension="order_id__status")
    newest = [{"name": "metric_time", "descending": True}]
    revenues = {"2018-04-01": 134.8, "2018-03-01": 513.91}
    rows = [{"metric_time__month": month, "revenue": revenue} for month, revenue in revenues.items()]
    await call("query_metrics", json.dumps(rows, indent=2), **by_month, order_by=newest, limit=2)
    sql = await call("get_metrics_compiled_sql", **by_month)
    calls("get_metrics_compiled_sql's SQL", lambda: sql, lambda sql: difference(True, "sum(orders.amount)" in sql))


async def admin(call):
    environments = named("production", "development")
    await call("list_projects", named("jaffle_shop", environments=environments, has_semantic_layer=True))
    jobs = ["Daily build", "Nightly full refresh", "Weekly backfill", "CI"]
    await call("list_jobs", named(*jobs), limit=5)
    await call("get_job_details", {"name": jobs[0], "execute_steps": ["dbt build"]}, job_id=1)
    run = (await call("trigger_job_run", {"job_id": 2, "status": 1}, job_id=2, cause="mcp"))["id"]
    await call("get_job_run_details", {"id": run, "job_id": 2}, run_id=run)
    await asyncio.sleep(1)
    await call("list_jobs_runs", [{"id": run, "is_error": True}], job_id=2, limit=1, order_by="-id")
    # The state of the model that failed has that run's id.
    await call("get_model_performance", [{"runId": run, "status": "error"}], unique_id=customers)
    failed = {"failed_steps": [{"results": [{"unique_id": customers, "message": some}]}]}
    await call("get_job_run_error", failed, run_id=run)
    await call("list_job_run_artifacts", run_id=run)
    await call("get_job_run_artifacts", run_id=run, artifact_path="run_results.json")
    await call("retry_job_run", {"job_id": 2}, run_id=run)
    started = (await call("trigger_job_run", {"job_id": 3}, job_id=3, cause="mcp"))["id"]
    await call("cancel_job_run", {"id": started}, run_id=started)


missing = asyncio.run(main())
if missing:
    sys.exit(f"no call of {', '.join(missing)}")
