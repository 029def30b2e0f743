/**
 * How rows look from outside: their defaults, the things they relate to, and their times.
 *
 * @module
 */
import { collectionOf, membersOf } from "./routes.ts";
import type { Course } from "./seed.ts";
import { isDeleted, type Store } from "./store.ts";
import type { Row } from "./wire.ts";

/** What a new thing has where nothing is given; whatever else its answer knows is null. */
const defaults: Readonly<Record<string, Row>> = {
  accounts: {
    plan: "enterprise",
    run_slots: 1,
    developer_seats: 0,
    it_seats: 0,
    explorer_seats: 0,
    analyst_seats: 0,
    read_only_seats: 0,
    locked: false,
    unlock_if_subscription_renewed: false,
    agent_credit_locked: false,
    pending_cancel: false,
    pod_memory_request_mebibytes: 600,
    develop_pod_memory_request_mebibytes: 0,
    run_duration_limit_seconds: 86400,
    queue_limit: 50,
    force_sso: false,
    sso_reauth: false,
    business_critical: false,
    develop_file_system: true,
    groups: [],
    account_migration_events: [],
  },
  projects: { skipped_setup: false, type: 0, group_permissions: [] },
  environments: {
    name: "New Environment",
    dbt_version: "latest",
    type: "deployment",
    use_custom_branch: false,
    supports_docs: false,
    is_deferrable: false,
    enable_model_query_history: false,
    enable_dbt_state: false,
  },
  jobs: {
    description: "",
    execute_steps: [],
    execution: { timeout_seconds: 0 },
    settings: { threads: 1, target_name: "default" },
    triggers: {
      github_webhook: false,
      git_provider_webhook: null,
      schedule: false,
      on_merge: null,
      custom_branch_only: null,
    },
    schedule: { cron: "0 * * * *", date: { type: "every_day" }, time: { type: "every_hour", interval: 1 } },
    generate_docs: false,
    run_generate_sources: false,
    generate_sources: false,
    is_deferrable: false,
    is_system: false,
    deactivated: false,
    run_failure_count: 0,
    lifecycle_webhooks: false,
    run_compare_changes: false,
    compare_changes_flags: "--select state:modified",
    run_lint: false,
    errors_on_lint_failure: true,
    cost_optimization_features: [],
    triggers_on_draft_pr: false,
  },
};

/** The things that come without being asked for, as the recorded answers have them. */
const always: Readonly<Record<string, ReadonlyArray<string>>> = {
  "v2 projects": ["connection", "repository"],
  "v3 projects": ["connection", "repository"],
  "v2 environments": ["connection", "repository"],
  "v3 environments": ["project"],
};

/** A whole row: what is given, over the defaults of its collection. */
export function whole(collection: string, given: Row): Row {
  const row: Row = {};
  for (const name of membersOf(collection).keys()) row[name] = null;
  Object.assign(row, { state: 1 }, defaults[collection]);
  for (const [name, value] of Object.entries(given)) {
    const parts = row[name];
    row[name] = isRow(parts) && isRow(value) ? { ...parts, ...value } : value;
  }
  if ("raw_dbt_version" in row) row.raw_dbt_version = row.dbt_version;
  return collection === "jobs" ? wholeJob(row, given) : row;
}

/** What dbt Cloud makes of a job that was written. */
function wholeJob(row: Row, given: Row): Row {
  const triggers = isRow(row.triggers) ? row.triggers : {};
  const kind = triggers.github_webhook || triggers.git_provider_webhook
    ? "ci"
    : triggers.on_merge
    ? "merge"
    : triggers.schedule
    ? "scheduled"
    : "other";
  const schedule = isRow(row.schedule) ? row.schedule : {};
  const time = isRow(schedule.time) ? schedule.time : {};
  const every = time.type === "every_hour" ? Number(time.interval ?? 1) : undefined;
  return {
    ...row,
    job_type: given.job_type ?? kind,
    generate_sources: row.run_generate_sources,
    cron_humanized: every === undefined ? schedule.cron ?? null : every === 1 ? "Every hour" : `Every ${every} hours`,
  };
}

/** How the runs of a job go. */
export function courseOf(job: Row): Course {
  return isRow(job._sandbox) ? job._sandbox : {};
}

/** Looks up what is not in the store: the runs of a job. */
export type Lookup = (row: Row, name: string) => unknown;

/** A row as an answer shows it, with the things that it relates to. */
export function show(
  store: Store,
  version: "v2" | "v3",
  collection: string,
  row: Row,
  related: ReadonlyArray<string>,
  lookup: Lookup = () => undefined,
): Row {
  const { _sandbox, ...shown } = row;
  for (const name of new Set([...always[`${version} ${collection}`] ?? [], ...related])) {
    const thing = lookup(row, name) ?? relation(store, version, collection, row, name);
    if (thing !== undefined) shown[name] = thing;
  }
  // Runs, and what v3 speaks of, have a space in their times: the rest a T.
  const spaced = collection === "projects" || (version === "v3" && collection !== "accounts");
  return spaced ? shown : Object.fromEntries(
    Object.entries(shown).map(([name, value]) =>
      name.endsWith("_at") && typeof value === "string" ? [name, value.replace(" ", "T")] : [name, value]
    ),
  );
}

function relation(store: Store, version: "v2" | "v3", collection: string, row: Row, name: string): unknown {
  if (`${name}_id` in row) {
    const target = collectionOf(`${name}_id`);
    const other = store.find(target, row[`${name}_id`]);
    if (other === undefined) return null;
    const shown = show(store, version, target, other, []);
    return version === "v2" && collection === "environments" && name === "connection" ? flat(shown) : shown;
  }
  const owner = `${collection.replace(/s$/, "")}_id`;
  return !store.has(name) ? undefined : store.rows(name).filter((other) => other[owner] === row.id && !isDeleted(other))
    .map((other) => show(store, version, name, other, []));
}

/** A connection as v2 environments have it: its details among its members. */
function flat({ details, project_id, ...rest }: Row): Row {
  return { ...rest, dbt_project_id: project_id, ...(isRow(details) ? details : {}) };
}

/** Whether a value is an object with names. */
export function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
