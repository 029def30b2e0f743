/**
 * `dbtc sandbox`: serves a sandbox on a port, and reads and writes the files that its flags name.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import type * as Result from "effect/Result";
import * as Semaphore from "effect/Semaphore";
import type * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import * as Command from "effect/cli/Command";
import type { Options, Snapshot } from "../../sandbox/mod.ts";
import { decimal, file, integer, many, one, spellingsOf, text, toggle } from "../input/flag_types.ts";
import { type OutputError, usage, type UsageError } from "../output/exit_code.ts";
import { note, OwnerOnly, write } from "../output/write_output.ts";
import type { BuiltCommand, Values } from "./command_types.ts";
import { withExamples } from "./examples.ts";

const flags = {
  port: one("port", integer("a port", 0, 65_535), "Port to listen on (default: any free port)"),
  runs: one("runs", integer("a number of runs", 0, Infinity), "Number of finished runs at the start"),
  latency: one(
    "latency",
    decimal("ms", "a number of milliseconds"),
    "Delay of each response, in milliseconds (default: 0)",
  ),
  speed: one(
    "speed",
    decimal("factor", "a factor", (speed) => speed > 0),
    "Speed of runs: 60 makes a minute a second (default: 1)",
  ),
  faults: many("fault", text("name|json"), "Fault to inject from the start: see docs/sandbox.md"),
  seed: one("seed", file, "File with the rows to start with: JSON, by collection"),
  state: one("state", file, "File that keeps the state between starts (default: state is lost)"),
  replay: one("replay", file, "Answer only with the responses in this file of dbtc record"),
  tls: toggle("tls", false, "Serve https, with a certificate made at the start"),
};

/** Makes the command. */
export function sandboxCommand(description: string): BuiltCommand {
  const command = Command.make("sandbox", flags, serve).pipe(Command.withDescription(description));
  return { command: withExamples(command, "sandbox"), spellings: spellingsOf(flags) };
}

/** Serves a sandbox until the command is interrupted. */
const serve = Effect.fnUntraced(function* (given: Values<typeof flags>) {
  const sandbox = yield* Effect.promise(() => import("../../sandbox/mod.ts"));
  const { latency, port, runs, speed, tls } = given;
  const faults = yield* Effect.forEach(given.faults, (text) =>
    Effect.mapError(
      Effect.fromResult(sandbox.readFault(text)),
      (detail) => usage(`--fault: ${text}: ${detail}`),
    ));
  const files = yield* sandboxFiles(given);
  const listening = yield* sandbox.listen({
    ...(port === undefined ? {} : { port }),
    ...(runs === undefined ? {} : { runs }),
    ...(latency === undefined ? {} : { latency }),
    ...(speed === undefined ? {} : { speed }),
    faults,
    tls,
    ...files.options,
  }).pipe(
    Effect.mapError(({ cause, message }) =>
      usage(`Cannot listen: ${cause instanceof Error ? cause.message : message}`)
    ),
  );
  yield* saveAtEnd(files, listening.snapshot);
  const authority = listening.authority && (yield* writeAuthority(listening.authority));
  yield* write(Stream.make(`${sandbox.announcement(listening, authority)}\n`), undefined);
  return yield* Effect.never;
}, Effect.scoped);

/** What the files of a command line mean for the sandbox. */
interface SandboxFiles {
  /** The options that come from files. */
  readonly options: Pick<Options, "seed" | "state" | "replay" | "onWrite">;
  /** Writes a snapshot to the `--state` file, if there is one. */
  readonly save?: (snapshot: Effect.Effect<Snapshot>) => Effect.Effect<void, OutputError>;
}

const sandboxFiles = Effect.fnUntraced(function* (
  { replay, runs, seed, speed, state }: Values<typeof flags>,
): Effect.fn.Return<SandboxFiles, UsageError, FileSystem.FileSystem | Stdio.Stdio> {
  const sandbox = yield* Effect.promise(() => import("../../sandbox/mod.ts"));
  if (replay !== undefined) {
    const other = Object.entries({ seed, state, runs, speed }).find(([, given]) => given !== undefined)?.[0];
    if (other !== undefined) {
      return yield* usage(`--${other} does not go with --replay, which answers only what was recorded`);
    }
    return { options: { replay: yield* readFile("replay", replay, sandbox.readRecording) } };
  }
  const seeded = seed === undefined ? {} : { seed: yield* readFile("seed", seed, sandbox.readSeed) };
  if (state === undefined) return { options: seeded };
  const fs = yield* FileSystem.FileSystem;
  const exists = yield* Effect.mapError(fs.exists(state), ({ message }) => usage(`--state: ${message}`));
  if (exists && (seed !== undefined || runs !== undefined)) {
    yield* note(`${state} exists: --seed and --runs are ignored, because they are only for the first start`);
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
  };
});

/** Saves a snapshot now, and when the scope closes. */
const saveAtEnd = Effect.fnUntraced(function* ({ save }: SandboxFiles, snapshot: Effect.Effect<Snapshot>) {
  if (save === undefined) return;
  yield* save(snapshot);
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
    Effect.mapError(({ message }) => usage(`--tls: ${message}`)),
  );
});

const readFile = Effect.fnUntraced(function* <A>(
  flag: string,
  file: string,
  parse: (text: string) => Result.Result<A, string>,
): Effect.fn.Return<A, UsageError, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem;
  const text = yield* Effect.mapError(fs.readFileString(file), ({ message }) => usage(`--${flag}: ${message}`));
  return yield* Effect.mapError(Effect.fromResult(parse(text)), (problem) => usage(`--${flag}: ${file}: ${problem}`));
});
