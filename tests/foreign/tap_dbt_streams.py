"""Every stream of tap-dbt, as its command line reads it, in pages of three; then the stream that goes on from a state."""

import json
import os
import tempfile
from pathlib import Path

from foreign_calls import Calls, command
from tap_dbt.tap import TapDBT

calls = Calls({"connections": "reads /api/v2/accounts/1/connections, which the specification of 2026 no longer has"})
folder = Path(tempfile.mkdtemp())


def file(name, value):
    path = folder / name
    path.write_text(json.dumps(value))
    return str(path)


config = file(
    "config.json",
    {"api_key": "sandbox", "account_ids": ["1"], "base_url": f"{os.environ['DBT_CLOUD_HOST']}/api/v2", "page_size": 3},
)


def run(*words):
    code, stdout, stderr = command(TapDBT.cli, ["--config", config, *words], os.environ, folder)
    if code != 0:
        raise RuntimeError(f"exit {code}: {stderr.strip()[-300:]}")
    return stdout


def read(stream, *words):
    """The records of one stream, and the last state."""
    for entry in catalog["streams"]:
        for metadata in entry["metadata"]:
            if metadata["breadcrumb"] == []:
                # Without the runs, the tap reads no artifacts of them.
                selected = [stream, "runs"] if stream == "run_artifacts" else [stream]
                metadata["metadata"]["selected"] = entry["tap_stream_id"] in selected
    messages = [json.loads(line) for line in run("--catalog", file("catalog.json", catalog), *words).splitlines()]
    records = [message["record"] for message in messages if message["type"] == "RECORD" and message["stream"] == stream]
    states = [message["value"] for message in messages if message["type"] == "STATE"]
    return {"records": records, "state": states[-1] if states else None}


def some(result):
    return None if result["records"] else "no records"


catalog = calls("discover", lambda: json.loads(run("--discover")))
for name in [entry["tap_stream_id"] for entry in catalog["streams"]]:
    result = calls(name, lambda: read(name), some)
    if name == "runs":
        state = file("state.json", result["state"])
        # The run at the bookmark itself is read again.
        calls("runs after a state", lambda: read("runs", "--state", state), lambda later: None if len(later["records"]) == 1 else f"{len(later['records'])} runs, not 1")
