/**
 * Ids, names and URLs on the command line: the flags that take them, and what they mean. `request_input.ts` resolves the
 * ids of a request with it, and programs those of their own flags.
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Primitive from "effect/cli/Primitive";
import type * as FileSystem from "effect/FileSystem";
import type * as Stdio from "effect/Stdio";
import { capitalize } from "effect/String";
import { isUrl } from "../../client/host.ts";
import type { Dbt } from "../../dbt.ts";
import type { DbtError } from "../../error.ts";
import type { ResolvedId, ResolveIdOptions } from "../../groups/find_named.ts";
import { type FoundKind, nounOf } from "../../groups/id_fields.ts";
import { namedThings } from "../../groups/named_things.ts";
import { clean } from "../output/safe_text.ts";
import { note } from "../output/write_output.ts";
import { type CommandFlag, one, type ValueType } from "./flag_types.ts";

/** The type of an id on the command line: the id itself, or the text of a name or a URL. */
export function reference<A>(kind: FoundKind, id: ValueType<A>): ValueType<A | string> {
  const forms = kind === "run" ? "id|url" : "id|name|url";
  return {
    ...id,
    metavar: forms,
    expected: forms,
    read: (text) =>
      /^(?:\d+|null)$/.test(text.trim())
        ? id.read(text.trim())
        : Option.liftPredicate(text, (text) => text.trim() !== ""),
  };
}

/** An id alone, for references that fill no field. */
const wholeNumber: ValueType<number> = {
  metavar: "integer",
  expected: "integer",
  read: (text) => /^\d+$/.test(text) ? Option.some(Number(text)) : Option.none(),
  completedAs: Primitive.String,
};

/** A flag for a thing that is no field of the command's request. */
export function referenceFlag(
  name: string,
  kind: FoundKind,
  description: string,
  short?: string,
): CommandFlag<number | string | undefined> {
  return one(name, reference(kind, wholeNumber), description, short);
}

/** The things that a command line has named so far: each name is looked up once, and questions and notes use them. */
export const NamedThingsFound: Context.Reference<Map<string, ResolvedId>> = Context.Reference(
  "@dbtc/dbtc/cli/input/id_references/NamedThingsFound",
  { defaultValue: () => new Map() },
);

/** The name of a thing, if the command line named it. */
export const nameTyped = Effect.fnUntraced(function* (kind: string, id: unknown) {
  const found = [...(yield* NamedThingsFound).values()].find((thing) => thing.kind === kind && thing.id === id);
  return found?.name;
});

/** How a command resolves what the user typed. */
export interface ResolveOptions extends ResolveIdOptions {
  /** Whether the command changes the thing: then the name must be exact, and the id is printed. */
  readonly changes: boolean;
  /** The command itself prints the name and id, as in the question before a delete: then nothing is printed here. */
  readonly isNamed?: boolean;
}

/** What an id, a name or a URL means. Looks up each name once in a command. */
export const resolve = Effect.fnUntraced(function* (
  kind: FoundKind,
  typed: number | string,
  { changes, isNamed = false, ...options }: ResolveOptions,
): Effect.fn.Return<ResolvedId, DbtError, Dbt | FileSystem.FileSystem | Stdio.Stdio> {
  if (typeof typed === "number") return { kind, id: typed };
  const known = yield* NamedThingsFound;
  const key = JSON.stringify([kind, typed, options]);
  const before = known.get(key);
  if (before !== undefined) return before;
  // Loaded only here: many command lines have no names.
  const { resolveId } = yield* Effect.promise(() => import("../../groups/find_named.ts"));
  const narrower = kind === "run" ? [] : namedThings[kind].within.map((field) => `--${field.replace(/_id$/, "")}`);
  const remedy = narrower.length === 0 ? "Give the id instead" : `Give the id instead, or add ${narrower.join(" or ")}`;
  const found = yield* resolveId(kind, typed, { ignoreCase: !changes && !options.isName, remedy, ...options });
  known.set(key, found);
  if (found.name !== undefined && !isNamed && (changes || found.name !== typed)) {
    yield* note(`${capitalize(nounOf(kind))} ${found.id} "${clean(found.name)}"`);
  }
  return found;
});

/** The URLs among values of flags and arguments. */
export function urlsAmong(values: ReadonlyArray<unknown>): ReadonlyArray<string> {
  return values.flat().filter((value) => typeof value === "string").filter(isUrl);
}
