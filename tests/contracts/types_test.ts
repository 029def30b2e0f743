/**
 * What must not compile, and what must. Nothing here runs: `deno check` is the test.
 *
 * @module
 */
import type * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import type * as Stream from "effect/Stream";
import { data, download, type Endpoint, endpoint, page } from "../../lib/endpoint.ts";
import { field, type Fields, named, nullable, optional, struct } from "../../lib/schema.ts";
import { inAccount } from "../../lib/shared_fields.ts";
import { accounts, type Dbt, type DbtError, environments, type InAccount, jobs, projects, runs } from "../../mod.ts";

// ---- calls ----------------------------------------------------------------------------------------------------------

export function calls(id: number, more: { readonly nope: number }) {
  const read: Effect.Effect<runs.Run, DbtError, Dbt> = runs.get({ run_id: id });
  const file: Stream.Stream<Uint8Array, DbtError, Dbt> = runs.getArtifact({ run_id: id, path: "manifest.json" });
  const maybe: Effect.Effect<jobs.Job | undefined, DbtError, Dbt> = jobs.delete({ job_id: id });
  // @ts-expect-error a delete may answer nothing
  const deleted: Effect.Effect<jobs.Job, DbtError, Dbt> = jobs.delete({ job_id: id });
  // @ts-expect-error the path needs the run
  runs.get({});
  // @ts-expect-error a run's id is a number
  runs.get({ run_id: "1" });
  // @ts-expect-error there is no such field
  runs.list({ nope: 1 });
  // @ts-expect-error nor does this one become one by its name alone
  runs.list(more);
  // @ts-expect-error the thing itself is named, `id` is not
  jobs.get({ id });
  // @ts-expect-error a field is given or left out
  jobs.list({ project_id: undefined });
  // @ts-expect-error what is a list stays one
  runs.list({ status__in: runs.RunStatus.error });
  // @ts-expect-error the API wants a cause
  jobs.trigger({ job_id: id });
  // @ts-expect-error the API wants an environment
  jobs.create({ name: "Nightly", project_id: id });
  // The API wants no steps.
  jobs.create({ name: "Nightly", project_id: id, environment_id: id });
  // @ts-expect-error accounts are not paged
  accounts.list({ limit: 1 });
  // @ts-expect-error there is nothing to ask for
  accounts.whoami({ account_id: id });
  return [
    read,
    file,
    maybe,
    deleted,
    runs.list({ status__in: [runs.RunStatus.error, 4711], include_related: ["trigger", "new_tomorrow"] }),
    jobs.update({
      job_id: id,
      name: "Nightly",
      project_id: id,
      environment_id: id,
      execute_steps: ["dbt build"],
      dbt_version: null,
      job_type: "new_tomorrow",
      schedule: { date: { type: "days_of_week", days: [1] }, time: { type: "at_exact_hours", hours: [4] } },
    }),
    projects.create({ name: "jaffle_shop", connection_id: null }),
    environments.listByAccount({ deployment_type__in: ["production"], state: "all" }),
    accounts.whoami({}),
  ];
}

// ---- definitions ----------------------------------------------------------------------------------------------------

interface Get extends InAccount {
  readonly thing_id: number;
  readonly kind?: string | null;
}

const thing_id = field(Schema.Int, "The thing");
const kind = nullable(field(Schema.String, "The kind"));
const fields: Fields<Get> = { ...inAccount, thing_id, kind };
const tooMany = { ...fields, nope: optional(Schema.Int) };
const rest = {
  route: "GET /api/v2/accounts/:account_id/things/:thing_id/",
  summary: "Get a thing",
  success: data(Schema.String),
} as const;

export const right: Endpoint<Get, string> = endpoint("x", { ...rest, request: fields });
// @ts-expect-error kind is missing
export const missing: Endpoint<Get, string> = endpoint("x", { ...rest, request: { ...inAccount, thing_id } });
export const extra: Endpoint<Get, string> = endpoint("x", {
  ...rest,
  // @ts-expect-error nope is to spare
  request: { ...fields, nope: optional(Schema.Int) },
});
// @ts-expect-error nope is to spare, also when it is spread in
export const spread: Endpoint<Get, string> = endpoint("x", { ...rest, request: { ...tooMany } });
// @ts-expect-error nope is to spare, also when the whole is handed on
export const whole: Endpoint<Get, string> = endpoint("x", { ...rest, request: tooMany });
export const loose: Endpoint<Get, string> = endpoint("x", {
  ...rest,
  // @ts-expect-error thing_id must be there
  request: { ...fields, thing_id: optional(thing_id) },
});
// @ts-expect-error kind may be absent
export const strict: Endpoint<Get, string> = endpoint("x", { ...rest, request: { ...fields, kind: Schema.String } });
export const narrow: Endpoint<Get, string> = endpoint("x", {
  ...rest,
  // @ts-expect-error kind may be null
  request: { ...fields, kind: optional(Schema.String) },
});
export const closed: Endpoint<Get, string> = endpoint("x", {
  ...rest,
  // @ts-expect-error kind may be any text
  request: { ...fields, kind: nullable(Schema.Literals(["a", "b"])) },
});
// @ts-expect-error thing_id is a number
export const other: Endpoint<Get, string> = endpoint("x", { ...rest, request: { ...fields, thing_id: Schema.String } });
// @ts-expect-error the answer is text
export const answer: Endpoint<Get, number> = endpoint("x", { ...rest, request: fields });
// @ts-expect-error there is no such verb
export const verb: Endpoint<Get, string> = endpoint("x", { ...rest, request: fields, route: "FETCH /api/v2/things/" });
// @ts-expect-error a path begins with /api/
export const route: Endpoint<Get, string> = endpoint("x", { ...rest, request: fields, route: "GET /v2/things/" });
// @ts-expect-error repeats names fields
export const repeats: Endpoint<Get, string> = endpoint("x", { ...rest, request: fields, repeats: { id: "nope" } });
// @ts-expect-error payload names a field
export const payload: Endpoint<Get, string> = endpoint("x", { ...rest, request: fields, payload: "nope" });
// @ts-expect-error query names fields
export const query: Endpoint<Get, string> = endpoint("x", { ...rest, request: fields, query: ["nope"] });
// @ts-expect-error a file is no endpoint
export const file: Endpoint<Get, string> = download("x", { route: rest.route, summary: rest.summary, request: fields });

// ---- models ---------------------------------------------------------------------------------------------------------

interface Thing {
  readonly id: number;
  readonly kind?: string | null;
}

export const Right: Schema.Codec<Thing> = struct({ id: Schema.Int, kind }, { columns: ["id", "kind"] });
// @ts-expect-error kind is missing
export const Missing: Schema.Codec<Thing> = struct({ id: Schema.Int });
// @ts-expect-error nope is to spare
export const Extra: Schema.Codec<Thing> = struct({ id: Schema.Int, kind, nope: kind });
// @ts-expect-error id must be there
export const Loose: Schema.Codec<Thing> = struct({ id: optional(Schema.Int), kind });
// @ts-expect-error kind may be absent
export const Strict: Schema.Codec<Thing> = struct({ id: Schema.Int, kind: Schema.NullOr(Schema.String) });
// @ts-expect-error kind may be null
export const Narrow: Schema.Codec<Thing> = struct({ id: Schema.Int, kind: optional(Schema.String) });
// @ts-expect-error what was checked would not be what came
export const Changed: Schema.Codec<Thing> = struct({ id: Schema.NumberFromString, kind });
// @ts-expect-error there is no such column
export const Columns: Schema.Codec<Thing> = struct({ id: Schema.Int, kind }, { columns: ["nope"] });
// @ts-expect-error an answer is checked in place, so it has no transformation either
export const Page = page(Schema.NumberFromString);
// @ts-expect-error a name stands for a value of its field
export const Named = named(Schema.Int, { one: "1" });
