/**
 * The account, project and environment that a command needs, and that neither the command line nor a setting names: the
 * only one there is. `request_input.ts` fills requests with it.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import { capitalize } from "effect/String";
import { Dbt } from "../../dbt.ts";
import { defined } from "../../defined.ts";
import type { DbtError } from "../../error.ts";
import { plural } from "../../find_by_name.ts";
import { kindOfField } from "../../groups/id_fields.ts";
import type { ParentIds } from "../../groups/named_lists.ts";
import type { AnyCall } from "../../groups/table_entry.ts";
import { type Defaults, own } from "../../request.ts";
import { inAccount, inEnvironment, inProject } from "../../shared_fields.ts";
import { usage, type UsageError } from "../output/exit_code.ts";
import { clean } from "../output/safe_text.ts";
import { note } from "../output/write_output.ts";
import { NamedThingsFound } from "./id_references.ts";
import type { RequestServices } from "./typed_request.ts";

/** The fields that settings fill. Every call that needs one of these ids has the very field. */
const settingFields = { ...inAccount, ...inProject, ...inEnvironment };

/** The most things that a message lists. */
const mostListed = 10;

/** Fills an id of a request if only one thing of its kind exists. Fails with the names if there are several. */
export const fillMissingId = Effect.fnUntraced(function* (
  field: keyof Defaults,
  call: AnyCall,
  request: Record<string, unknown>,
): Effect.fn.Return<void, DbtError | UsageError, RequestServices> {
  const { defaults } = yield* Dbt;
  if (!needs(call, field, request) || (request[field] ?? defaults[field]) !== undefined) return;
  const id = yield* onlyId(field, request);
  if (id !== undefined) request[field] = id;
});

/**
 * The id of the only account, project or environment, which stderr then names. Undefined if the token may list none.
 * Fails with the names if there are several.
 */
export const onlyId: (
  field: keyof Defaults,
  place: ParentIds,
) => Effect.Effect<number | undefined, DbtError | UsageError, RequestServices> = Effect.fnUntraced(
  function* (field, place) {
    const { defaults } = yield* Dbt;
    const kind = field === "account_id" ? "account" : field === "project_id" ? "project" : "environment";
    const known = yield* NamedThingsFound;
    const key = `the only ${kind}`;
    const before = known.get(key);
    if (before !== undefined) return Number(before.id);
    const { listNamed } = yield* Effect.promise(() => import("../../groups/named_lists.ts"));
    const { project_id = defaults.project_id } = place;
    const account_id = place.account_id ?? defaults.account_id ??
      (field === "account_id" ? undefined : yield* onlyId("account_id", {}));
    const parents = defined({ account_id, project_id });
    const { things, total } = yield* Effect.catchReason(
      // Only deployment environments have jobs, and so models and metrics.
      listNamed(kind, parents, mostListed, kind === "environment" ? { type: "deployment" } : {}),
      "DbtError",
      "Forbidden",
      // The call may be allowed all the same: it fails with the usual words about an id that is missing.
      () => Effect.succeed({ things: [], total: 0 }),
    );
    const [only] = things;
    if (only === undefined) return undefined;
    if (total > 1) {
      const listed = things.map(({ id, name = "" }) => `"${clean(name)}" (${id})`).join(", ");
      const more = total > things.length ? `, and ${total - things.length} more: dbtc ${plural(kind)} list` : "";
      return yield* usage(
        `Which ${kind}? Give --${kind}, or set DBT_CLOUD_${field.toUpperCase()}. There are: ${listed}${more}`,
      );
    }
    known.set(key, only);
    yield* note(`${capitalize(kind)} ${only.id} "${clean(only.name ?? "")}", the only one`);
    // The ids of accounts, projects and environments are numbers.
    return Number(only.id);
  },
);

/** Whether a call needs an id that settings can give. A workflow needs no project if it is given a thing of one. */
function needs(call: AnyCall, field: keyof Defaults, request: Readonly<Record<string, unknown>>): boolean {
  if (own(call.request, field) !== settingFields[field]) return false;
  const isGivenThing = (name: string) => name !== "account_id" && kindOfField(name) !== undefined;
  return field !== "project_id" || call.kind !== "workflow" || !Object.keys(request).some(isGivenThing);
}
