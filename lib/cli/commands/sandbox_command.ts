/**
 * `dbtc sandbox`: serves a sandbox on a port, and reads and writes the files that its flags name.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import type * as Path from "effect/Path";
import * as Result from "effect/Result";
import type * as Scope from "effect/Scope";
import * as Semaphore from "effect/Semaphore";
import * as Option from "effect/Option";
import type * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import * as Command from "effect/cli/Command";
import { fileProblem } from "../../client/file_error.ts";
import { defined } from "../../defined.ts";
import type { Options, Snapshot } from "../../sandbox/mod.ts";
import { decimal, file, integer, many, one, spellingsOf, text, toggle, type ValueType } from "../input/flag_types.ts";
import { type OutputError, usage, type UsageError } from "../output/exit_code.ts";
import { isReplaced, note, OwnerOnly, write } from "../output/write_output.ts";
import type { BuiltCommand, Values } from "./command_types.ts";
import { withExamples } from "./examples.ts";
import { makeStateLock, type StateLock } from "./state_lock.ts";

/** A host name or address without a port. */
const hostName: ValueType<string> = {
  ...text("host"),
  expected: "a host name without a port, such as sandbox.test",
  read: (text) =>
    /^(?:\[[\da-f:.]+\]|[\w.-]+)$/i.test(text) && URL.canParse(`http://${text}`) ? Option.some(text) : Option.none(),
};

const flags = {
  port: one("port", integer("a port", 0, 65_535), "Listen on this port (default: any free port)"),
  runs: one("runs", integer("a number of runs", 0, Infinity), "Start with this many completed runs (default: 6)"),
  latency: one("latency", decimal("ms", "a number of milliseconds"), "Delay each answer (default: 0)"),
  speed: one(
    "speed",
    decimal("factor", "a factor", (speed) => speed > 0),
    "Run jobs faster: with 60, a minute takes a second (default: 1)",
  ),
  faults: many("fault", text("name|json"), "Start with this fault, as docs/sandbox.md lists them"),
  complexityLimit: one(
    "complexity-limit",
    integer("a number", 1, Infinity),
    "Refuse GraphQL queries for more rows times fields than this (default: no limit)",
  ),
  seed: one("seed", file, "Start with the rows of this file: JSON by collection"),
  state: one("state", file, "Keep rows and runs in this file between starts"),
  replay: one("replay", file, "Answer from a recording that dbtc record wrote, and from nothing else"),
  allowHosts: many("allow-host", hostName, "Answer to this host name too (default: names of this machine only)"),
  tls: toggle("tls", false, "Serve https, with a new certificate"),
};

/** Makes the command. */
export function sandboxCommand(description: string): BuiltCommand {
  const command = Command.make("sandbox", flags, serve).pipe(Command.withDescription(description));
  return { command: withExamples(command, "sandbox"), spellings: spellingsOf(flags) };
}

/** Serves a sandbox until the command is interrupted. */
const serve = Effect.fnUntraced(function* (given: Values<typeof flags>) {
  const sandbox = yield* Effect.promise(() => import("../../sandbox/mod.ts"));
  const { allowHosts, complexityLimit, latency, port, runs, speed, tls } = given;
  const faults = yield* Effect.forEach(given.faults, (text) =>
    Effect.mapError(
      Effect.fromResult(sandbox.readFault(text)),
      (detail) => usage(`--fault: ${text}: ${detail}`),
    ));
  const files = yield* sandboxFiles(given);
  const instance = crypto.randomUUID();
  const listening = yield* sandbox.listen({
    ...defined({ port, runs, latency, speed, complexityLimit }),
    faults,
    tls,
    allowHosts,
    instance,
    ...files.options,
  }).pipe(Effect.mapError(({ cause }) => usage(listenProblem(cause, port))));
  const { authority: certificate, url } = listening;
  if (files.lock !== undefined) {
    yield* files.lock.take({ url, instance, ...defined({ authority: certificate }) });
  }
  yield* saveAtEnd(files, listening.snapshot);
  const authority = certificate && (yield* writeAuthority(certificate));
  const unresolved = yield* unresolvedNames(sandbox.derivedNames);
  yield* write(Stream.make(`${sandbox.announcement(listening, authority, unresolved)}\n`), undefined);
  return yield* Effect.never;
}, Effect.scoped);

/** Why the sandbox cannot listen, in plain words. */
function listenProblem(cause: unknown, port = 0): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "EADDRINUSE") {
    return `--port: another program uses port ${port}. Choose another port, or leave --port out to use any free one`;
  }
  if (code === "EACCES") return `--port: port ${port} needs more rights. Choose a port of 1024 or above`;
  return `Cannot listen on port ${port}: ${cause instanceof Error ? cause.message : cause}`;
}

/** The names that this machine does not resolve. Without the permission to look names up, that is all of them. */
const unresolvedNames = (names: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<string>> =>
  Effect.promise(async () => {
    const { lookup } = await import("node:dns/promises");
    const found = await Promise.all(names.map((name) => lookup(name).then(() => true, () => false)));
    return names.filter((_, index) => !found[index]);
  });

/** What the files of a command line mean for the sandbox. */
interface SandboxFiles {
  /** The options that come from files. */
  readonly options: Pick<Options, "seed" | "state" | "replay" | "onWrite">;
  /** Writes a snapshot to the `--state` file, if there is one. */
  readonly save?: (snapshot: Effect.Effect<Snapshot>) => Effect.Effect<void, OutputError>;
  /** Keeps other sandboxes from that file. */
  readonly lock?: StateLock;
}

const sandboxFiles = Effect.fnUntraced(function* (
  { replay, runs, seed, speed, state }: Values<typeof flags>,
): Effect.fn.Return<
  SandboxFiles,
  UsageError,
  FileSystem.FileSystem | Path.Path | Scope.Scope | Stdio.Stdio
> {
  const sandbox = yield* Effect.promise(() => import("../../sandbox/mod.ts"));
  if (replay !== undefined) {
    const other = Object.entries({ seed, state, runs, speed }).find(([, given]) => given !== undefined)?.[0];
    if (other !== undefined) {
      return yield* usage(`--${other} does not go with --replay, which answers only from the recording`);
    }
    return { options: { replay: yield* readFile("replay", replay, sandbox.readRecording) } };
  }
  const seeded = seed === undefined ? {} : { seed: yield* readFile("seed", seed, sandbox.readSeed) };
  if (state === undefined) return { options: seeded };
  const fs = yield* FileSystem.FileSystem;
  const exists = yield* Effect.mapError(
    fs.exists(state),
    (error) => usage(`--state: cannot read ${state}: ${fileProblem(error)}`),
  );
  const lock = (yield* isReplaced(state)) ? yield* makeStateLock(state) : undefined;
  if (exists && (seed !== undefined || runs !== undefined)) {
    yield* note(`dbtc: ${state} exists, so --seed and --runs have no effect`);
  }
  const services = yield* Effect.context<FileSystem.FileSystem | Stdio.Stdio>();
  // One write at a time, so that the newest snapshot is written last.
  const turn = yield* Semaphore.make(1);
  const save = (snapshot: Effect.Effect<Snapshot>) =>
    Effect.flatMap(snapshot, (taken) => write(Stream.make(sandbox.writeSnapshot(taken)), state)).pipe(
      Effect.provideService(OwnerOnly, true),
      turn.withPermits(1),
      Effect.provide(services),
    );
  return {
    options: {
      ...seeded,
      ...exists ? { state: yield* readFile("state", state, sandbox.readSnapshot) } : {},
      onWrite: (snapshot) => Effect.provide(notingFailure(save(snapshot)), services),
    },
    save,
    ...defined({ lock }),
  };
});

/** Saves a snapshot now, and when the scope closes. */
const saveAtEnd = Effect.fnUntraced(function* ({ save }: SandboxFiles, snapshot: Effect.Effect<Snapshot>) {
  if (save === undefined) return;
  // Nothing has happened yet: this is a file that cannot be used, not an answer that is lost.
  yield* Effect.mapError(save(snapshot), ({ message }) => usage(message));
  yield* Effect.addFinalizer(() => notingFailure(save(snapshot)));
});

/** Notes a failed save, and continues: the sandbox still has the state in memory. */
function notingFailure(save: Effect.Effect<void, OutputError>): Effect.Effect<void, never, Stdio.Stdio> {
  return Effect.catchTag(save, "OutputError", ({ message }) => note(`dbtc: ${message}`));
}

/** Writes the certificate that clients have to trust to a file, which is removed when the scope closes. */
const writeAuthority = Effect.fnUntraced(function* (authority: string) {
  const fs = yield* FileSystem.FileSystem;
  return yield* fs.makeTempDirectoryScoped({ prefix: "dbtc-sandbox-" }).pipe(
    Effect.map((directory) => `${directory}/authority.pem`),
    Effect.tap((file) => fs.writeFileString(file, authority)),
    Effect.mapError((error) => usage(`--tls: ${fileProblem(error)}`)),
  );
});

const readFile = Effect.fnUntraced(function* <A>(
  flag: string,
  file: string,
  parse: (text: string) => Result.Result<A, string>,
): Effect.fn.Return<A, UsageError, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem;
  const bytes = yield* Effect.mapError(
    fs.readFile(file),
    (error) => usage(`--${flag}: cannot read ${file}: ${fileProblem(error)}`),
  );
  const text = Result.try(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  if (Result.isFailure(text)) return yield* usage(`--${flag}: ${file} is not a text file`);
  return yield* Effect.mapError(
    Effect.fromResult(parse(text.success)),
    (problem) => usage(`--${flag}: ${file}: ${problem}`),
  );
});
