/**
 * Resolves the ids of a request: what the user typed where an id is asked for may be an id, a name or a URL.
 * `request_input.ts` loads it.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import { isUrl } from "../../client/host.ts";
import { Dbt } from "../../dbt.ts";
import { defined } from "../../defined.ts";
import type { DbtError } from "../../error.ts";
import type { ParentIds, ResolvedId } from "../../groups/named_lists.ts";
import { nounOf } from "../../groups/id_fields.ts";
import type { AnyCall } from "../../groups/table_entry.ts";
import { bodyFields, own, pathNames } from "../../request.ts";
import { inProject } from "../../shared_fields.ts";
import { usage, type UsageError } from "../output/exit_code.ts";
import { type FieldFlag, flagName } from "./field_flags.ts";
import { onlyId } from "./missing_ids.ts";
import { resolve } from "./id_references.ts";
import { isGiven, type RequestServices, setPath, type Typed } from "./typed_request.ts";

/** What was typed for one id, and how. */
interface TypedId {
  /** The flag, or the argument, for messages. */
  readonly from: string;
  readonly values: ReadonlyArray<number | string | null>;
  /** The flag takes only names. */
  readonly isName: boolean;
}

/** The kinds whose ids narrow the look-ups of others, in the order in which they are resolved. */
const containers = ["account", "project", "environment", "user"];

/** Sets the ids of a request. Looks up each name once. */
export const resolveIds = Effect.fnUntraced(function* (
  call: AnyCall,
  flags: ReadonlyArray<FieldFlag>,
  typed: Typed,
  request: Record<string, unknown>,
): Effect.fn.Return<void, DbtError | UsageError, RequestServices> {
  const place = (kind: string) => containers.includes(kind) ? containers.indexOf(kind) : containers.length;
  const ids = flags.flatMap(({ finds, ...rest }) => finds === undefined ? [] : [{ ...rest, ...finds }])
    .toSorted((a, b) => place(a.kind) - place(b.kind));
  // GraphQL queries and streams of rows read, and an endpoint's route says whether it does. Of workflows, these read.
  const changes = "route" in call ? !call.route.startsWith("GET ") : call.kind === "workflow" &&
    !/\.(?:compare|diff|download|explain|failures|get|list|logs|open|stats|timing|wait)/.test(call.name);
  // The question before a delete names the thing, and so does the answer of these.
  const isNamed = /\.delete|^jobs\.(?:dis|en)able/.test(call.name);
  const narrowing = yield* narrowingIds(typed, call.name);
  const { defaults } = yield* Dbt;
  for (const { flag, kind, nameFlag, path, plural } of ids) {
    const given = typedIds(typed, path, flag.spelling.name, nameFlag?.spelling.name);
    const [first, second] = given;
    if (first === undefined) continue;
    if (second !== undefined) {
      return yield* usage(
        `${first.from} does not go with ${second.from}: either names the ${nounOf(kind)}`,
      );
    }
    const found: Array<ResolvedId> = [];
    for (const value of first.values) {
      if (value === null) continue;
      const place = yield* placeOf(call, request, path);
      // A name is looked up in an account, also where the call itself has none.
      const isName = typeof value === "string" && !isUrl(value) && kind !== "account" && kind !== "run";
      const account_id = isName && (place.account_id ?? defaults.account_id) === undefined
        ? yield* onlyId("account_id", {})
        : undefined;
      const within = { ...place, ...narrowing, ...defined({ account_id }) };
      const thing = yield* resolve(kind, value, {
        ...within,
        isName: first.isName,
        changes,
        isNamed,
        endpoint: call.name,
      });
      found.push(thing);
      yield* fillFrom(call, thing, request);
    }
    // Null clears the id.
    const values: ReadonlyArray<number | string | null> = first.values.includes(null)
      ? [null]
      : found.map(({ id }) => id);
    const twice = values.find((id, index) => values.indexOf(id) !== index);
    if (twice !== undefined) return yield* usage(`${nounOf(kind)} ${twice} is named twice`);
    const isList = Array.isArray(typed.fields[flag.spelling.name]) && plural === undefined;
    if (plural !== undefined && values.length > 1) request[plural] = values;
    else setPath(request, path, isList || values.length > 1 ? values : values[0]);
  }
});

/** What the user typed for one id: as an argument, as a flag of any kind. */
function typedIds(
  typed: Typed,
  path: ReadonlyArray<string>,
  flag: string,
  nameFlag: string | undefined,
): ReadonlyArray<TypedId> {
  const [field = ""] = path;
  const all: ReadonlyArray<readonly [from: string, value: unknown, isName: boolean]> = [
    ...path.length === 1 ? [[`"${[typed.args[field]].flat().join(" ")}"`, typed.args[field], false] as const] : [],
    ...isGiven(typed, flag) ? [[`--${flag}`, typed.fields[flag], false] as const] : [],
    ...nameFlag === undefined ? [] : [[`--${nameFlag}`, typed.names[nameFlag], true] as const],
  ];
  return all.flatMap(([from, value, isName]) => {
    // The types of these flags read numbers and texts, and null, which clears the id.
    const values = [value].flat().filter((value) => value !== undefined) as TypedId["values"];
    return values.length === 0 ? [] : [{ from, values, isName }];
  });
}

/** Fills from a URL what the path of the request lacks: the thing's project, and the account of a client without one. */
const fillFrom = Effect.fnUntraced(function* (
  call: AnyCall,
  { account_id, project_id }: ResolvedId,
  request: Record<string, unknown>,
) {
  const { defaults } = yield* Dbt;
  if (account_id !== undefined && defaults.account_id === undefined && Object.hasOwn(call.request, "account_id")) {
    request.account_id ??= account_id;
  }
  if (project_id !== undefined && "route" in call && pathNames(call.route).includes("project_id")) {
    request.project_id ??= project_id;
  }
});

/** The projects and environments that only narrow the look-ups. */
const narrowingIds = Effect.fnUntraced(function* (
  { within }: Typed,
  endpoint: string,
): Effect.fn.Return<ParentIds, DbtError, RequestServices> {
  let narrowing: Record<string, number> = {};
  for (const kind of ["project", "environment"] as const) {
    const value = within[flagName(`${kind}_id`)];
    if (value === undefined) continue;
    const { id } = yield* resolve(kind, value, { ...narrowing, changes: false, endpoint });
    // The ids of projects and environments are numbers.
    narrowing = { ...narrowing, [`${kind}_id`]: Number(id) };
  }
  return narrowing;
});

/**
 * Where to look for a name: the ids in the request's path or query. An id in a body is a new value: a place only for
 * what else is in the body, as the project of a new job is for its environment.
 */
const placeOf = Effect.fnUntraced(function* (
  call: AnyCall,
  request: Readonly<Record<string, unknown>>,
  [ofField = ""]: ReadonlyArray<string>,
) {
  const { defaults } = yield* Dbt;
  const hasRoute = "route" in call;
  const inBody = hasRoute ? bodyFields(call) : [];
  const idOf = (field: keyof ParentIds) => {
    if (inBody.includes(field) && (field === ofField || !inBody.includes(ofField))) return undefined;
    const given = request[field];
    if (typeof given === "number") return given;
    // A workflow within a project has no path, and the same default.
    if (field === "project_id" && own(call.request, field) === inProject.project_id) return defaults.project_id;
    return hasRoute && field !== "user_id" && pathNames(call.route).includes(field) ? defaults[field] : undefined;
  };
  const ids = (["account_id", "project_id", "environment_id", "user_id"] as const).flatMap((field) => {
    const id = idOf(field);
    return id === undefined ? [] : [[field, id] as const];
  });
  const place: ParentIds = Object.fromEntries(ids);
  return place;
});
