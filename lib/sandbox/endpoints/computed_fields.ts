/**
 * Fields that the rows do not hold: they follow from the row, from other rows, from runs or from the time. Each is one
 * line here, by collection and field. `show_row.ts` applies them to every answer; lists filter and sort by them too.
 *
 * Fields of runs are in `runs/run_fields.ts`. Fields that are stored when a row is written are in
 * `data/complete_row.ts`.
 *
 * @module
 */
import { licencesOf } from "../data/licences.ts";
import { forcesNodeSelection, nextRun } from "../data/job_fields.ts";
import { isDeleted, type Store } from "../data/row_store.ts";
import { humanizedDuration, isRow, listIn, objectIn, type Row, stamp } from "../protocol/response_format.ts";
import type { RunRecord } from "../runs/run_store.ts";
import type { EndpointRequest } from "./endpoint_request.ts";
import { showRun } from "./show_run.ts";

/** What a computed field can use besides its own row. */
export interface FieldContext extends EndpointRequest {
  /** Another row, as answers show it. */
  readonly show: (collection: string, row: Row) => Row;
}

/** The value of a field of a row. */
export type ComputedField = (row: Row, context: FieldContext) => unknown;

/** Webhooks have their account as text, and by a name of its own: see dbt's documentation of webhooks. */
const webhookAccount: Readonly<Record<string, ComputedField>> = {
  account_id: ({ account_id }) => String(account_id),
  account_identifier: ({ account_id }, { world: { store } }) =>
    `act_${String(store.find("accounts", account_id)?.identifier ?? account_id).replaceAll(/\W/g, "")}`,
};

/** Computed fields, by collection and name. */
export type ComputedFields = Readonly<Record<string, Readonly<Record<string, ComputedField>>>>;

/** Fields that are in every answer. Add yours here. */
export const computedFields: ComputedFields = {
  connections: {
    details: connectionDetails,
    platform_metadata_credentials_id: ({ id }, { world }) =>
      referring(world.store, "platform-metadata-credentials", "connection_id", id)[0]?.id ?? null,
    environment__count: ({ id }, { world }) => referring(world.store, "environments", "connection_id", id).length,
  },
  credentials: {
    unencrypted_credential_details: plainDetails,
  },
  environments: {
    raw_dbt_version: ({ dbt_version }) => dbt_version,
  },
  groups: {
    member_count: ({ id }, { world: { store } }) =>
      store.rows("permissions").filter((licence) => !isDeleted(licence) && listIn(licence.group_ids).includes(id))
        .length,
  },
  "ip-restrictions": {
    ip_restriction_rule_set_id: ({ account_id }) => account_id,
    rule_set_enabled: ({ account_id }, { world: { store } }) =>
      store.rows("ip-restrictions-sets").some((set) => set.account_id === account_id && set.enabled === true),
  },
  invites: {
    groups: groupsOf,
  },
  jobs: {
    cron_humanized: cronHumanized,
    force_node_selection: forcesNodeSelection,
    generate_sources: ({ run_generate_sources }) => run_generate_sources,
    next_run: (job, { now }) => {
      const next = nextRun(job, now);
      return next === undefined ? null : stamp(next).replace(" ", "T");
    },
    next_run_humanized: (job, { now }) => {
      const next = nextRun(job, now);
      return next === undefined ? null : humanizedDuration(next - now);
    },
    raw_dbt_version: ({ dbt_version }) => dbt_version,
  },
  permissions: {
    groups: groupsOf,
  },
  "platform-metadata-credentials": {
    adapter_version: ({ connection_id }, { world: { store } }) =>
      store.find("connections", connection_id)?.adapter_version ?? null,
  },
  profiles: {
    catalog_bindings: () => [],
    primary_bindings: ({ id }, { world }) =>
      referring(world.store, "environments", "primary_profile_id", id).map(
        pick("id", "name", "type", "deployment_type"),
      ),
  },
  "webhooks/events": webhookAccount,
  "webhooks/subscriptions": webhookAccount,
  "semantic-layer-credentials": {
    service_tokens: ({ id }, { world: { store } }) =>
      referring(store, "semantic-layer-credential-to-service-token-mappings", "semantic_layer_credentials_id", id)
        .map(({ service_token_id }) => store.find("service-tokens", service_token_id) ?? {})
        .map(pick("id", "account_id", "uid", "name")),
  },
  "service-tokens": {
    permission_grants: ({ id }, { world }) =>
      tokenPermissions(world.store, id).map(pick("permission_set", "project_id", "writable_environment_categories")),
    service_token_permissions: ({ id }, { world }) => tokenPermissions(world.store, id),
  },
};

/**
 * Fields that are in an answer only when `include_related` asks for them, or where `show_row.ts` always includes them.
 * Only what does not follow from names is here: `show_row.ts` finds the row of a `…_id`, and the rows that refer to a
 * row.
 */
export const relatedFields: ComputedFields = {
  jobs: {
    // The members are those of `CustomEnvironmentVariable` in the specification, which has no id. Which variables dbt
    // Cloud lists is inferred: those with a value for the job.
    custom_environment_variables: ({ id }, { world: { store } }) =>
      referring(store, "environment-variables", "job_definition_id", id).map(overrideMembers),
    most_recent_run: ({ id }, context) => shownRun(context, context.world.runs.newest(Number(id))),
    most_recent_completed_run: ({ id, account_id }, context) => {
      const { world: { runs }, now } = context;
      return shownRun(
        context,
        runs.of(Number(account_id)).findLast((run) => run.job === id && runs.state(run, now).finished !== null),
      );
    },
  },
  users: {
    license: (user, context) => shownLicences(user, context)[0] ?? null,
    permissions: shownLicences,
  },
};

// ---- what the lines above share -------------------------------------------------------------------------------------

/** Keeps these members of an object. */
function pick(...names: ReadonlyArray<string>): (row: Row) => Row {
  return (row) => Object.fromEntries(names.map((name) => [name, row[name]]));
}

const overrideMembers = pick(
  "account_id",
  "project_id",
  "name",
  "type",
  "user_id",
  "environment_id",
  "job_definition_id",
  "display_value",
  "state",
);

/** The groups whose ids a row has, deleted ones too. */
export function groupRows(store: Store, { group_ids }: Row): ReadonlyArray<Row> {
  return listIn(group_ids).map((id) => store.find("groups", id)).filter((group) => group !== undefined);
}

/** The rows of a collection that refer to a row. */
export function referring(store: Store, collection: string, field: string, id: unknown): ReadonlyArray<Row> {
  return store.rows(collection).filter((other) => other[field] === id && !isDeleted(other));
}

function tokenPermissions(store: Store, id: unknown): ReadonlyArray<Row> {
  return referring(store, "service-tokens/permissions", "service_token_id", id);
}

function groupsOf(row: Row, { world: { store }, show }: FieldContext): ReadonlyArray<Row> {
  return groupRows(store, row).filter((group) => !isDeleted(group)).map((group) => show("groups", group));
}

/** The `config` of a connection, as connections of a project have it. */
function connectionDetails({ adapter_version, config, is_configured_for_native_oauth: oauth }: Row): unknown {
  // Terraform provider 0.3.26 reads `is_configured_for_oauth` of BigQuery.
  const isBigquery = String(adapter_version).startsWith("bigquery");
  return isRow(config) && isBigquery ? { ...config, is_configured_for_oauth: oauth === true } : config;
}

/** What credentials of an adapter hold, without what the adapter marks as encrypted. */
function plainDetails({ credential_details: details, unencrypted_credential_details: stored }: Row): unknown {
  if (!isRow(details) || !isRow(details.fields)) return stored;
  return Object.fromEntries(
    Object.entries(details.fields).flatMap(([name, field]) =>
      !isRow(field) || (isRow(field.metadata) && field.metadata.encrypt === true) ? [] : [[name, field.value]]
    ),
  );
}

function cronHumanized({ schedule }: Row): unknown {
  const { cron = null, time } = objectIn(schedule);
  if (!isRow(time) || time.type !== "every_hour") return cron;
  const hours = Number(time.interval ?? 1);
  return hours === 1 ? "Every hour" : `Every ${hours} hours`;
}

function shownRun(context: FieldContext, run: RunRecord | undefined): Row | null {
  return run === undefined ? null : showRun(context, run);
}

/** A user's licences, in the account of the path where it has one. */
function shownLicences(user: Row, { world: { store }, params, show }: FieldContext): ReadonlyArray<Row> {
  const licences = licencesOf(store, user.id, params.account_id).filter((licence) => !isDeleted(licence));
  return licences.map((licence) => show("permissions", licence));
}
