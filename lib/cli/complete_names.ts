/**
 * The names of jobs, projects and other things, and of saved contexts, for completions. They are read as the user would:
 * by the command that lists them.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Predicate from "effect/Predicate";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as Sink from "effect/Sink";
import * as Stdio from "effect/Stdio";
import type { FoundKind } from "../groups/id_fields.ts";
import { namedThings } from "../groups/named_things.ts";
import { kebab } from "../groups/table_entry.ts";
import type { RunCommandLine } from "./commands/command_types.ts";
import type { Candidate, ListCommand } from "./complete_words.ts";
import { clean } from "./output/safe_text.ts";

/** The longest time that a prompt waits for names. */
const patience = "3 seconds";

/** What identifies a kind of things: the command that lists them, and the members that name one. */
function listingOf(kind: FoundKind): { readonly words: ReadonlyArray<string>; readonly names: ReadonlyArray<string> } {
  if (kind === "run") return { words: ["runs", "list"], names: ["status_humanized", "git_branch", "created_at"] };
  const { group, list, names } = namedThings[kind];
  return { words: [kebab(group), kebab(list.slice(list.indexOf(".") + 1))], names };
}

const line = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown)));

function rowsIn(printed: string): ReadonlyArray<Readonly<Record<string, unknown>>> {
  return printed.split("\n").flatMap((text) => Option.toArray(Result.getSuccess(line(text))));
}

/**
 * Names and ids that begin with a text. None if they cannot be read in time. `flags` say which account they are of.
 */
export const completeNames = Effect.fnUntraced(function* (
  kind: FoundKind | "context" | ListCommand,
  current: string,
  flags: ReadonlyArray<string>,
  run: RunCommandLine,
) {
  if (kind === "context") {
    const printed = yield* printedBy(run(["auth", "list", "--format", "jsonl", "--fields", "name,host"]));
    return rowsIn(printed).map((row): Candidate => ({ word: clean(String(row.name)), description: String(row.host) }))
      .filter(({ word }) => word.startsWith(current));
  }
  if (typeof kind === "object") {
    const printed = yield* printedBy(
      run([...kind.words, "--format", "jsonl", "--no-http-retry", ...flags]),
    );
    return rowsIn(printed).map((row) => candidateOf(row, kind.id, current)).filter(({ word }) =>
      word.startsWith(current)
    );
  }
  const { names, words } = listingOf(kind);
  const printed = yield* printedBy(run([
    ...words,
    ...["--format", "jsonl", "--fields", ["id", ...names].join(","), "--limit", "100", "--no-http-retry"],
    ...flags,
  ]));
  return rowsIn(printed).flatMap((row): ReadonlyArray<Candidate> => {
    const id = String(row.id);
    const texts = names.map((name) => row[name]).filter(Predicate.isString).map(clean);
    const byId = { word: id, description: texts.join(" ") };
    // Who has typed a digit wants an id: digits are never a name.
    return kind === "run" || /^\d/.test(current)
      ? [byId]
      : texts.map((word): Candidate => ({ word, description: id })).slice(0, 1);
  }).filter(({ word }) => word.startsWith(current));
});

/** A thing that is known by its id: with what it is. A node by its name, unless the text is the begin of dbt's id. */
function candidateOf(row: Readonly<Record<string, unknown>>, id: ListCommand["id"], current: string): Candidate {
  const texts = ["name", "type", "license_type", "username", "hostname"].map((member) => row[member])
    .filter(Predicate.isString).map(clean);
  const [name] = texts;
  return id === "uniqueId" && name !== undefined && !current.includes(".")
    ? { word: name, description: clean(String(row.uniqueId)) }
    : { word: clean(String(row[id])), description: texts.join(" ") };
}

/** What a command prints on stdout. Nothing if it takes too long. */
const printedBy = Effect.fnUntraced(function* <E, R>(command: Effect.Effect<unknown, E, R>) {
  const stdio = yield* Stdio.Stdio;
  const decoder = new TextDecoder();
  let printed = "";
  const keep = Sink.forEach((chunk: string | Uint8Array) =>
    Effect.sync(() => printed += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true }))
  );
  yield* command.pipe(
    Effect.provideService(Stdio.Stdio, {
      ...stdio,
      stdoutIsTerminal: Effect.succeed(false),
      stdout: () => keep,
      stderr: () => Sink.drain,
    }),
    Effect.timeoutOption(patience),
  );
  return printed;
});
