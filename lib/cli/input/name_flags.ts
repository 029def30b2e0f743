/**
 * Names where ids are asked for: `--job-name`, `--environment-name`, `--project-name`, `--account-name`.
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
import { flagName, type FlagSpec, type Typed } from "./field_flags.ts";

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
export function nameFlags(call: Callable): ReadonlyArray<FlagSpec> {
  return asked(call).map(({ field, flag, noun }) => ({
    name: flag,
    takes: "one",
    metavar: "text",
    description: `The ${noun} by its name, instead of --${flagName(field)}`,
  }));
}

/** Fills a request with the ids of what was named. Every name is looked up once. */
export const resolveNames = Effect.fnUntraced(function* (
  call: Callable,
  request: Record<string, unknown>,
  { flags, words }: Typed,
): Effect.fn.Return<void, DbtError | UsageError, Dbt> {
  for (const { field, find, flag, noun } of asked(call)) {
    const name = flags[flag]?.at(-1);
    if (name === undefined) continue;
    if ((flags[flagName(field)] ?? []).length > 0 || Option.isSome(words[field] ?? Option.none())) {
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
