/**
 * Flags that take a name instead of an id, `--job-name` or `--project-name`, and the look-up of the id.
 * Used by `request_input.ts`.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Stream from "effect/Stream";
import type * as api from "../../groups/mod.ts";
import { Dbt } from "../../dbt.ts";
import type { DbtError } from "../../error.ts";
import { type Named, oneNamed } from "../../find_by_name.ts";
import { paginate } from "../../paginate.ts";
import { bodyFields, pathNames } from "../../request.ts";
import type { Callable } from "../../groups/table_entry.ts";
import { UsageError } from "../output/exit_code.ts";
import { flagName } from "./field_flags.ts";
import { type CommandFlag, one, text } from "./flag_types.ts";

/** The ids of what things are in. */
interface Within {
  readonly account_id?: number;
  readonly project_id?: number;
  readonly environment_id?: number;
}

/** A kind of thing that has a name. */
interface Kind {
  /** What it is called. */
  readonly noun: string;
  /** The fields that hold its id. */
  readonly fields: ReadonlyArray<string>;
  /** Those that may have the name. */
  readonly find: (groups: typeof api, within: Within, name: string) => Stream.Stream<Named, DbtError, Dbt>;
}

/** What contains others comes before them. */
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
      paginate(projects.list, { ...only({ account_id }), name__icontains: name }),
  },
  {
    noun: "environment",
    fields: ["environment_id"],
    find: ({ environments }, { account_id, project_id }, name) =>
      paginate(environments.listByAccount, { ...only({ account_id, project_id }), name__icontains: name }),
  },
  {
    noun: "job",
    fields: ["job_id", "job_definition_id"],
    find: ({ jobs }, within, name) => paginate(jobs.list, { ...within, name__icontains: name }),
  },
];

/** The kinds that a call asks for by id, each with the field; not those whose name is a field of its own. */
function asked({ request }: Callable): ReadonlyArray<Kind & { readonly field: string; readonly flag: string }> {
  return kinds.flatMap((kind) => {
    const field = kind.fields.find((name) => Object.hasOwn(request, name));
    return field === undefined || Object.hasOwn(request, `${kind.noun}_name`)
      ? []
      : [{ ...kind, field, flag: `${kind.noun}-name` }];
  });
}

/** The flags that take a name instead of an id. */
export function nameFlags(call: Callable): ReadonlyArray<CommandFlag<string | undefined>> {
  return asked(call).map(({ field, flag, noun }) =>
    one(flag, text(), `The ${noun} by its name, instead of --${flagName(field)}`)
  );
}

/** What was typed of ids and names: values of fields and names by flag, arguments by field. */
export interface TypedNames {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly texts: Readonly<Record<string, string | undefined>>;
  readonly words: Readonly<Record<string, Option.Option<unknown>>>;
}

/** Whether a field's flag was given. One that takes several values has none of them where it was not. */
export function isGiven({ fields }: TypedNames, name: string): boolean {
  const value = fields[name];
  return value !== undefined && !(Array.isArray(value) && value.length === 0);
}

/** Fills a request with the ids of what was named. Every name is looked up once. */
export const resolveNames = Effect.fnUntraced(function* (
  call: Callable,
  request: Record<string, unknown>,
  typed: TypedNames,
): Effect.fn.Return<void, DbtError | UsageError, Dbt> {
  for (const { field, find, flag, noun } of asked(call)) {
    const name = typed.texts[flag];
    if (name === undefined) continue;
    if (isGiven(typed, flagName(field)) || Option.isSome(typed.words[field] ?? Option.none())) {
      const message = `--${flagName(field)} and --${flag} are both given: one says which ${noun}`;
      return yield* new UsageError({ message });
    }
    const groups = yield* Effect.promise(() => import("../../groups/mod.ts"));
    const { id } = yield* oneNamed(call.name, noun, name, find(groups, yield* within(call, request), name));
    request[field] = id;
  }
});

/** What a call names as the place of things: in its path, or as a filter. An id in a body is a new value. */
const within = Effect.fnUntraced(function* (call: Callable, request: Readonly<Record<string, unknown>>) {
  const { defaults } = yield* Dbt;
  const routed = "route" in call;
  const place = (name: "account_id" | "project_id" | "environment_id") => {
    if (routed && bodyFields(call).includes(name)) return undefined;
    const given = request[name];
    return typeof given === "number"
      ? given
      : routed && pathNames(call.route).includes(name)
      ? defaults[name]
      : undefined;
  };
  return only({
    account_id: place("account_id"),
    project_id: place("project_id"),
    environment_id: place("environment_id"),
  });
});

function only(ids: { readonly [Name in keyof Within]: Within[Name] | undefined }): Within {
  return Object.fromEntries(Object.entries(ids).filter(([, id]) => id !== undefined));
}
