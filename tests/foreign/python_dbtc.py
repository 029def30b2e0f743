"""Every method of Python dbtc's `client.cloud`, over https: it speaks nothing else."""

import inspect
import os
import sys

from dbtc import dbtCloudClient
from foreign_calls import Calls

ACCOUNT = PROJECT = 1

cloud = dbtCloudClient(host=os.environ["DBT_CLOUD_HOST"], service_token="sandbox").cloud

KNOWN = {
    "assign_project_group_permissions": "has no argument for the permissions, and posts nothing (admin.py:747)",
    "create_extended_attributes": "has no argument for the attributes, and posts nothing (admin.py:658)",
    "update_env_vars_bulk": "posts to bulk/, which creates variables, where dbt Cloud takes a PUT (admin.py:523)",
    "delete_user_group": "raises TypeError: it gives its payload to requests under a wrong name (admin.py:1542)",
}


def refused(result):
    """Why dbt Cloud refused a call: the client returns refusals like results. Artifacts have no such status."""
    if not isinstance(result, dict):
        return None
    status = result.get("status")
    if isinstance(status, dict) and not status.get("is_success"):
        return f"{status.get('code')}: {status.get('user_message')} {result.get('data')}"
    return None


calls = Calls(KNOWN)
called = set()


def call(method, *args, **kwargs):
    """Calls a method; returns the data of its answer."""
    called.add(method)
    result = calls(method, lambda: getattr(cloud, method)(*args, **kwargs), refused)
    return result.get("data") if isinstance(result, dict) and "data" in result else result


def written(result, **fields):
    """An object as it is sent again, changed."""
    return {**(result or {}), **fields}


def id_of(result):
    return (result or {}).get("id") or 0


# Accounts and users
call("list_accounts")
call("get_account", ACCOUNT)
call("get_account_by_name", "Jaffle Shop")
call("get_account_licenses", ACCOUNT)
call("list_feature_flags", ACCOUNT)
call("list_audit_logs", ACCOUNT, logged_at_start="2020-01-01", logged_at_end="2099-01-01", limit=5, offset=0)
call("list_private_link_endpoints", ACCOUNT)
call("list_users", ACCOUNT, limit=5, order_by="-email")
call("list_invited_users", ACCOUNT)
user = call("get_user", ACCOUNT, 1)

# Projects and what is in them
call("list_projects", ACCOUNT, project_id=[PROJECT], limit=1)
project = call("create_project", ACCOUNT, {"account_id": ACCOUNT, "name": "foreign"})
P = id_of(project)
call("get_project", ACCOUNT, P)
call("get_project_by_name", "foreign", account_id=ACCOUNT)
call("update_project", ACCOUNT, P, written(project, name="foreign 2"))

adapter = call("create_adapter", ACCOUNT, P, {"account_id": ACCOUNT, "project_id": P, "adapter_version": "databricks_v0"})
call("get_adapter", ACCOUNT, P, id_of(adapter))
call("update_adapter", ACCOUNT, P, id_of(adapter), written(adapter))
call("delete_adapter", ACCOUNT, P, id_of(adapter))

details = {"account": "a", "database": "d", "warehouse": "w"}
connection = call(
    "create_connection",
    ACCOUNT,
    P,
    {"account_id": ACCOUNT, "project_id": P, "name": "lake", "type": "snowflake", "state": 1, "details": details},
)
call("list_connections", ACCOUNT, P, state=1, limit=10)
call("get_connection", ACCOUNT, P, id_of(connection))
call("update_connection", ACCOUNT, P, id_of(connection), written(connection, name="lake 2"))
call("test_connection", ACCOUNT, {"type": "snowflake", "details": details, "project_id": P, "credentials": {}})

credentials = call(
    "create_credentials",
    ACCOUNT,
    P,
    {"account_id": ACCOUNT, "project_id": P, "type": "postgres", "default_schema": "s", "threads": 2, "username": "u"},
)
C = id_of(credentials)
call("list_credentials", ACCOUNT, P)
call("get_credentials", ACCOUNT, P, C)
call("update_credentials", ACCOUNT, P, C, written(credentials, default_schema="t"))
call("partial_update_credentials", ACCOUNT, P, C, {"default_schema": "u"})

environment = call(
    "create_environment",
    ACCOUNT,
    P,
    {"account_id": ACCOUNT, "project_id": P, "name": "prod", "type": "deployment", "dbt_version": "versionless"},
)
E = id_of(environment)
call("list_environments", ACCOUNT, P, deployment_type=["production"], name="prod", type="deployment", limit=5)
call("list_environments_by_account", ACCOUNT)
call("get_environment", ACCOUNT, P, E)
call("update_environment", ACCOUNT, P, E, written(environment, name="prod 2"))

value = {"account_id": ACCOUNT, "project_id": P, "name": "DBT_A", "raw_value": "x", "type": "project"}
variable = call("create_env_vars", ACCOUNT, P, value)
call("create_env_vars_bulk", ACCOUNT, P, {"env_var": {"new_name": "DBT_B", "project": "x", "prod 2": "y"}})
call("list_environment_variables", ACCOUNT, P, resource_type="environment", name="DBT_B")
call("list_environment_variables", ACCOUNT, PROJECT, resource_type="job", job_id=1)
call("update_env_vars", ACCOUNT, P, id_of(variable), {**value, "id": id_of(variable), "raw_value": "z"})
call("update_env_vars_bulk", ACCOUNT, P, {"env_vars": {"name": "DBT_B", "project": "q"}})
call("update_environment_variables", ACCOUNT, P, {"env_vars": {"name": "DBT_B", "project": "z"}})
call("delete_env_vars", ACCOUNT, P, id_of(variable))
call("delete_env_vars_bulk", ACCOUNT, P, {"name": "DBT_B"})

call("create_extended_attributes", ACCOUNT, P)
seeded = cloud.get_environment(ACCOUNT, PROJECT, 1)["data"]
X = seeded.get("extended_attributes_id") or 1
attributes = call("get_extended_attributes", ACCOUNT, PROJECT, X)
call("update_extended_attributes", ACCOUNT, PROJECT, X, written(attributes, extended_attributes={"schema": "x"}))
call("delete_extended_attributes", ACCOUNT, PROJECT, X)

remote = {"account_id": ACCOUNT, "project_id": P, "remote_url": "git://example.com/a.git", "git_clone_strategy": "deploy_key"}
repository = call("create_repository", ACCOUNT, P, remote)
call("list_repositories", ACCOUNT, P)
call("get_repository", ACCOUNT, P, id_of(repository))
call("update_repository", ACCOUNT, P, id_of(repository), written(repository, remote_url="git://example.com/b.git"))
call("delete_repository", ACCOUNT, P, id_of(repository))
call("create_managed_repository", ACCOUNT, P, {"account_id": ACCOUNT, "project_id": P, "name": "managed"})

sl = {"account_id": ACCOUNT, "project_id": P, "environment_id": E, "name": "sl"}
config = call("create_sl_config", ACCOUNT, P, sl)
call("get_sl_config", ACCOUNT, P, id_of(config))
call("update_sl_config", ACCOUNT, P, id_of(config), written(config))
sl_credentials = call(
    "create_sl_creds",
    ACCOUNT,
    P,
    {"account_id": ACCOUNT, "project_id": P, "name": "sl", "adapter_version": "snowflake_v0", "values": {"role": "r"}},
)
S = id_of(sl_credentials)
call("get_sl_creds", ACCOUNT, P, S)
call("update_sl_creds", ACCOUNT, P, S, written(sl_credentials, name="sl 2"))
call("partially_update_sl_creds", ACCOUNT, P, S, {"name": "sl 3"})
call("delete_sl_creds", ACCOUNT, P, S)
call("delete_sl_config", ACCOUNT, P, id_of(config))

# Groups, licences and tokens
group = call("create_group", ACCOUNT, {"account_id": ACCOUNT, "name": "foreign", "assign_by_default": False})
other = call("create_user_group", ACCOUNT, {"account_id": ACCOUNT, "name": "foreign 2", "sso_mapping_groups": []})
G = id_of(group)
call("list_groups", ACCOUNT)
call("get_group", ACCOUNT, G)
call("update_group", ACCOUNT, G, written(group, name="foreign 3"))
permission = {"group_id": G, "account_id": ACCOUNT, "permission_set": "analyst", "all_projects": True}
call("assign_group_permissions", ACCOUNT, G, [permission])
call("assign_project_group_permissions", ACCOUNT, P)
call("assign_user_to_group", ACCOUNT, {"user_id": 1, "desired_group_ids": [1, G]})
call("delete_user_group", ACCOUNT, id_of(other), {"state": 2})
licences = {"account_id": ACCOUNT, "license_type": "developer", "sso_license_mapping_groups": ["a"]}
mapping = call("create_license_map", ACCOUNT, licences)
call("list_license_maps", ACCOUNT)
call("get_license_map", ACCOUNT, id_of(mapping))
call("update_license_map", ACCOUNT, id_of(mapping), written(mapping, sso_license_mapping_groups=["b"]))
call("delete_license_map", ACCOUNT, id_of(mapping))
token = call("create_service_token", ACCOUNT, {"account_id": ACCOUNT, "name": "foreign", "state": 1})
T = id_of(token)
grant = {"service_token_id": T, "account_id": ACCOUNT, "permission_set": "job_viewer", "all_projects": True}
call("list_service_tokens", ACCOUNT)
call("get_service_token", ACCOUNT, T)
call("assign_service_token_permissions", ACCOUNT, T, [grant])
call("list_service_token_permissions", ACCOUNT, T)

# Notifications and webhooks
notice = {"account_id": ACCOUNT, "user_id": 1, "on_success": [1], "on_failure": [], "on_cancel": [], "type": 1}
notification = call("create_notification", ACCOUNT, notice)
call("list_notifications", ACCOUNT, limit=5)
call("get_notification", ACCOUNT, id_of(notification))
call("update_notification", ACCOUNT, id_of(notification), written(notification, on_failure=[1]))
call("delete_notification", ACCOUNT, id_of(notification))
hook = {"name": "h", "event_types": ["job.run.completed"], "client_url": "https://example.com/h", "active": True}
webhook = call("create_webhook", ACCOUNT, hook)
W = id_of(webhook)
call("list_webhooks", ACCOUNT, limit=5)
call("get_webhook", ACCOUNT, W)
call("update_webhook", ACCOUNT, W, {**hook, "name": "h 2"})
call("test_webhook", ACCOUNT, W)
call("delete_webhook", ACCOUNT, W)

# Jobs and runs
job = call(
    "create_job",
    ACCOUNT,
    {
        "id": None,
        "account_id": ACCOUNT,
        "project_id": P,
        "environment_id": E,
        "name": "foreign",
        "execute_steps": ["dbt build"],
        "triggers": {"github_webhook": False, "git_provider_webhook": False, "schedule": False},
        "settings": {"threads": 3, "target_name": "default"},
        "state": 1,
    },
)
J = id_of(job)
call("list_jobs", ACCOUNT, project_id=[PROJECT, P], state=1, order_by="-id", limit=5)
call("get_job", ACCOUNT, J, include_related=["environment"])
call("update_job", ACCOUNT, J, written(job, name="foreign 2"))
run = call("trigger_job", ACCOUNT, 1, {"cause": "python"}, poll_interval=1)
R = id_of(run)
call("trigger_job_from_failure", ACCOUNT, 2, poll_interval=1)
call("trigger_autoscaling_ci_job", ACCOUNT, 4, {"cause": "python", "git_sha": "a1"}, should_poll=True, poll_interval=1)
call("list_runs", ACCOUNT, include_related=["job"], status=["success", "error"], order_by="-id", limit=3)
call("get_run", ACCOUNT, R, include_related=["run_steps", "trigger"])
call("get_run_timing_details", ACCOUNT, PROJECT, R)
call("list_run_artifacts", ACCOUNT, R)
call("get_run_artifact", ACCOUNT, R, "manifest.json")
call("get_run_artifact", ACCOUNT, R, "compiled/jaffle_shop/models/customers.sql")
call("get_most_recent_run", ACCOUNT, job_definition_id=1)
call("get_most_recent_run_artifact", ACCOUNT, "run_results.json", job_definition_id=1)
started = cloud.trigger_job(ACCOUNT, 3, {"cause": "python"}, should_poll=False)["data"]
call("cancel_run", ACCOUNT, id_of(started))

# What was made
licence = (user or {}).get("permissions", [{}])[0]
call("deactivate_user_license", ACCOUNT, licence.get("id", 1), written(licence, state=2, user_id=1))
call("delete_job", ACCOUNT, J)
call("delete_environment", ACCOUNT, E)
call("delete_credentials", ACCOUNT, P, C)
call("delete_connection", ACCOUNT, P, id_of(connection))
call("delete_project", ACCOUNT, P)

public = {name for name, _ in inspect.getmembers(type(cloud), inspect.isfunction) if not name.startswith("_")}
missing = public - called - {"full_url"}
sys.exit(f"no call of {', '.join(sorted(missing))}" if missing else 0)
