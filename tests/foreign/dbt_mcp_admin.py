"""dbt-mcp as its users run it: a server on stdio, whose tools are called by the client of the MCP SDK."""

import asyncio
import json
import os
import sys
from pathlib import Path

from foreign_calls import Calls
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

calls = Calls()
disabled = ["SEMANTIC_LAYER", "DISCOVERY", "SQL", "DBT_CLI", "DBT_CODEGEN", "REMOTE"]
environment = {
    **os.environ,
    "DBT_HOST": os.environ["DBT_CLOUD_HOST"],
    "DBT_TOKEN": "sandbox",
    "DBT_ACCOUNT_ID": "1",
    "DBT_PROD_ENV_ID": "1",
    "DBT_MCP_ENABLE_ADMIN_API": "true",
    "DO_NOT_TRACK": "1",
    **{f"DISABLE_{name}": "true" for name in disabled},
}
server = StdioServerParameters(command=str(Path(sys.executable).parent / "dbt-mcp"), env=environment)


async def main():
    with open(os.devnull, "w") as quiet:
        async with stdio_client(server, errlog=quiet) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            tools = {tool.name for tool in (await session.list_tools()).tools}
            called = set()

            async def call(tool, **arguments):
                called.add(tool)
                result = await session.call_tool(tool, arguments)
                text = "".join(getattr(part, "text", "") for part in result.content)

                def check(_):
                    return text[:300] if result.isError else None

                calls(tool, lambda: None, check)
                try:
                    return json.loads(text)
                except ValueError:
                    return {}

            def id_of(result):
                found = result.get("result", result)
                return found.get("id") if isinstance(found, dict) else None

            await call("list_projects")
            await call("list_jobs", limit=5)
            await call("get_job_details", job_id=1)
            run = id_of(await call("trigger_job_run", job_id=2, cause="mcp"))
            await call("get_job_run_details", run_id=run)
            await call("list_jobs_runs", job_id=2, limit=3)
            await asyncio.sleep(3)
            await call("get_job_run_error", run_id=run)
            await call("list_job_run_artifacts", run_id=run)
            await call("get_job_run_artifacts", run_id=run, artifact_path="run_results.json")
            await call("retry_job_run", run_id=run)
            started = id_of(await call("trigger_job_run", job_id=3, cause="mcp"))
            await call("cancel_job_run", run_id=started)
            return sorted(tools - called)


missing = asyncio.run(main())
if missing:
    sys.exit(f"no call of {', '.join(missing)}")
