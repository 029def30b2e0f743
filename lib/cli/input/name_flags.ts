/**
 * Flags that take a name instead of an id, such as `--job-name`, and the look-up of the id. `request_input.ts` uses them.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import type * as api from "../../groups/mod.ts";
import { Dbt } from "../../dbt.ts";
import type { DbtError } from "../../error.ts";
import { type Named, oneNamed } from "../../find_by_name.ts";
import { paginate } from "../../paginate.ts";
import { bodyFields, pathNames } from "../../request.ts";
import type { Callable } from "../../groups/table_entry.ts";
import { usage, type UsageError } from "../output/exit_code.ts";
import { flagName } from "./field_flags.ts";
import { type CommandFlag, one, text } from "./flag_types.ts";

/** The ids of what contains the thing that has the name. */
interface Place {
  readonly account_id?: number;
  readonly project_id?: number;
  readonly environment_id?: number;
}

/** A kind of things with names. */
interface Kind {
  /** The word for one of them. */
  readonly noun: string;
  /** The fields that have its id. */
  readonly fields: ReadonlyArray<string>;
  /** Lists the things that may have the name. */
  readonly find: (groups: typeof api, place: Place, name: string) => Stream.Stream<Named, DbtError, Dbt>;
}

/** In the order of the look-ups: the id of an account or a project narrows the next search. */
const kinds: ReadonlyArray<Kind> = [
  {
    noun: "account",
    fields: ["account_id"],
    find: ({ accounts }) => Stream.fromIterableEffect(Effect.map(accounts.list({}), ({ data }) => data)),
  },
  {
    noun: "project",
    fields: ["project_id"],
    find: ({ projects }, { account_id }, name) =>
      paginate(projects.list, { ...defined({ account_id }), name__icontains: name }),
  },
  {
    noun: "environment",
    fields: ["environment_id"],
    find: ({ environments }, { account_id, project_id }, name) =>
      paginate(environments.listByAccount, { ...defined({ account_id, project_id }), name__icontains: name }),
  },
  {
    noun: "job",
    fields: ["job_id", "job_definition_id"],
    find: ({ jobs }, place, name) => paginate(jobs.list, { ...place, name__icontains: name }),
  },
];

/** A kind whose id a request has, in this field. */
interface NamedKind extends Kind {
  readonly field: string;
  /** The flag that takes the name. */
  readonly flag: string;
}

/** The kinds whose id a request has. Not those whose name is a field of the request itself. */
function kindsOf({ request }: Callable): ReadonlyArray<NamedKind> {
  return kinds.flatMap((kind) => {
    const field = kind.fields.find((name) => Object.hasOwn(request, name));
    return field === undefined || Object.hasOwn(request, `${kind.noun}_name`)
      ? []
      : [{ ...kind, field, flag: `${kind.noun}-name` }];
  });
}

/** The flags that take a name instead of an id. `describe` words a line of help. */
export function nameFlags(
  call: Callable,
  describe: (line: string) => string,
): ReadonlyArray<CommandFlag<string | undefined>> {
  return kindsOf(call).map(({ field, flag, noun }) =>
    one(flag, text(), describe(`Name of the ${noun}, instead of --${flagName(field)}`))
  );
}

/** The ids and names on a command line. */
export interface TypedNames {
  /** The values of the fields' flags, by flag. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The names, by flag. */
  readonly names: Readonly<Record<string, string | undefined>>;
  /** The arguments, by the field that they fill. */
  readonly args: Readonly<Record<string, unknown>>;
}

/** Whether a field's flag is given. A flag with several values has an empty list if it is not. */
export function isGiven({ fields }: Pick<TypedNames, "fields">, flag: string): boolean {
  const value = fields[flag];
  return value !== undefined && !(Array.isArray(value) && value.length === 0);
}

/** Sets the ids of the things that a command line names. Looks up each name once. */
export const resolveNames = Effect.fnUntraced(function* (
  call: Callable,
  request: Record<string, unknown>,
  typed: TypedNames,
): Effect.fn.Return<void, DbtError | UsageError, Dbt> {
  for (const { field, find, flag, noun } of kindsOf(call)) {
    const name = typed.names[flag];
    if (name === undefined) continue;
    if (isGiven(typed, flagName(field)) || typed.args[field] !== undefined) {
      return yield* usage(`--${flagName(field)} does not go with --${flag}: either names the ${noun}`);
    }
    const groups = yield* Effect.promise(() => import("../../groups/mod.ts"));
    const { id } = yield* oneNamed(call.name, noun, name, find(groups, yield* placeOf(call, request), name));
    request[field] = id;
  }
});

/** Where to look for a name: the ids in the request's path or query. An id in a body is a new value, not a place. */
const placeOf = Effect.fnUntraced(function* (call: Callable, request: Readonly<Record<string, unknown>>) {
  const { defaults } = yield* Dbt;
  const hasRoute = "route" in call;
  const idOf = (field: keyof Place) => {
    if (hasRoute && bodyFields(call).includes(field)) return undefined;
    const given = request[field];
    return typeof given === "number"
      ? given
      : hasRoute && pathNames(call.route).includes(field)
      ? defaults[field]
      : undefined;
  };
  return defined({
    account_id: idOf("account_id"),
    project_id: idOf("project_id"),
    environment_id: idOf("environment_id"),
  });
});

function defined(ids: { readonly [Name in keyof Place]: Place[Name] | undefined }): Place {
  return Object.fromEntries(Object.entries(ids).filter(([, id]) => id !== undefined));
}
