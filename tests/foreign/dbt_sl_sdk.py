"""Every call of the GraphQL client in dbt-sl-sdk."""

import os

from dbtsl.api.graphql.client.sync import SyncGraphQLClient
from foreign_calls import Calls

port = os.environ["DBT_CLOUD_HOST"].split(":")[1]
calls = Calls()
client = SyncGraphQLClient(f"semantic-layer.dbtc.localhost:{port}", 1, "sandbox", lazy=False)


def call(method, check=None, **kwargs):
    return calls(method, lambda: getattr(client, method)(**kwargs), check)


def some(result):
    return None if result is not None and len(result) > 0 else f"an empty answer: {result!r}"


with client.session():
    metrics = call("metrics", some) or []
    names = [metric.name for metric in metrics][:1]
    dimensions = call("dimensions", some, metrics=names) or []
    call("measures", some, metrics=names)
    call("entities", some, metrics=names)
    saved = call("saved_queries", some) or []
    call("environment_info")
    month = "metric_time__month"
    call("compile_sql", some, metrics=names, group_by=[month], order_by=[month], limit=3)
    call("query", some, metrics=names)
    call("query", some, metrics=names, group_by=[month], order_by=[f"-{month}"], limit=3)
    call("query", some, metrics=names, group_by=[month], where=["{{ TimeDimension('metric_time', 'MONTH') }} >= '2018-02-01'"])
    if saved:
        call("query", some, saved_query=saved[0].name)
    named = next(dimension for dimension in dimensions if dimension.type.value.lower() == "categorical")
    calls("query of a dimension's values", lambda: client.query(group_by=[named.qualified_name]), some)
