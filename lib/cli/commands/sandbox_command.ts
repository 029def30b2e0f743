/**
 * `dbtc sandbox`: starts a sandbox on a port, with the files that it starts from, keeps its state in, or replays.
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
import { file, many, number, one, spellingsOf, text, toggle } from "../input/flag_types.ts";
import { usage, type UsageError } from "../output/exit_code.ts";
import { note, Private, write } from "../output/write_output.ts";
import type { BuiltCommand, Values } from "./endpoint_command.ts";

const integer = (what: string, test: (number: number) => boolean = () => true) =>
  number("integer", what, (value) => Number.isInteger(value) && test(value));

const flags = {
  port: one("port", integer("a port", (port) => port < 65536), "The port; any that is free when absent"),
  runs: one("runs", integer("a number of runs"), "How many runs are over when it starts"),
  latency: one("latency", number("ms", "a number of milliseconds"), "How long each answer takes"),
  speed: one("speed", number("factor", "a factor", (speed) => speed > 0), "60 makes a run's minute a second"),
  faults: many("fault", text("name|json"), "What goes wrong from the start: see docs/sandbox.md"),
  seed: one("seed", file, "Rows to start with, as JSON by collection"),
  state: one("state", file, "Where what it holds is kept between starts"),
  replay: one("replay", file, "Answer what dbtc record wrote, and nothing else"),
  tls: toggle("tls", false, "Speak https, with a certificate of its own"),
};

/** The command. */
export function sandboxCommand(description: string): BuiltCommand {
  const command = Command.make("sandbox", flags, serve).pipe(
    Command.withDescription(description),
    Command.withExamples([{
      command: "dbtc sandbox --port 8580 --speed 60",
      description: "A sandbox where a minute takes a second",
    }, {
      command: "dbtc sandbox --replay failed.jsonl",
      description: "What another command was answered, once more",
    }]),
  );
  return { command, spellings: spellingsOf(flags) };
}

/** What the files of a command line say. */
export interface SandboxFiles {
  /** How to start. */
  readonly options: Pick<Options, "seed" | "state" | "replay" | "onWrite">;
  /** Writes what the sandbox holds to where it is kept, where it is. */
  readonly save?: (snapshot: Effect.Effect<Snapshot>) => Effect.Effect<void, UsageError>;
}

/** Reads the files that `dbtc sandbox` was given. */
const sandboxFiles = Effect.fnUntraced(function* (
  { replay, runs, seed, speed, state }: Values<typeof flags>,
): Effect.fn.Return<SandboxFiles, UsageError, FileSystem.FileSystem | Stdio.Stdio> {
  const sandbox = yield* Effect.promise(() => import("../../sandbox/mod.ts"));
  if (replay !== undefined) {
    const other = Object.entries({ seed, state, runs, speed }).find(([, given]) => given !== undefined)?.[0];
    if (other !== undefined) return yield* usage(`--replay answers what was recorded: --${other} has no part in it`);
    return { options: { replay: yield* read("replay", replay, sandbox.readRecording) } };
  }
  const seeded = seed === undefined ? {} : { seed: yield* read("seed", seed, sandbox.readSeed) };
  if (state === undefined) return { options: seeded };
  const fs = yield* FileSystem.FileSystem;
  const there = yield* Effect.mapError(fs.exists(state), ({ message }) => usage(`--state: ${message}`));
  if (there && (seed !== undefined || runs !== undefined)) {
    yield* note(`${state} is there: --seed and --runs are only for the first start`);
  }
  const services = yield* Effect.context<FileSystem.FileSystem | Stdio.Stdio>();
  // One after the other: what is written last is what is newest.
  const turn = yield* Semaphore.make(1);
  const save = (snapshot: Effect.Effect<Snapshot>) =>
    Effect.flatMap(snapshot, (held) => write(Stream.make(sandbox.writeSnapshot(held)), state)).pipe(
      Effect.provideService(Private, true),
      turn.withPermits(1),
      Effect.provide(services),
    );
  return {
    options: {
      ...seeded,
      ...there ? { state: yield* read("state", state, sandbox.readSnapshot) } : {},
      onWrite: (snapshot) => Effect.provide(forgiving(save(snapshot)), services),
    },
    save,
  };
});

/** Keeps what a sandbox holds, now and when the scope closes. */
const keepState = Effect.fnUntraced(function* ({ save }: SandboxFiles, snapshot: Effect.Effect<Snapshot>) {
  if (save === undefined) return;
  yield* save(snapshot);
  yield* Effect.addFinalizer(() => forgiving(save(snapshot)));
});

/** Says what could not be written, and goes on: the sandbox holds it still. */
function forgiving(self: Effect.Effect<void, UsageError>): Effect.Effect<void, never, Stdio.Stdio> {
  return Effect.catchTag(self, "UsageError", ({ message }) => note(`dbtc: ${message}`));
}

/** Puts the authority that is to be trusted into a file, until the scope closes. */
const shareAuthority = Effect.fnUntraced(function* (authority: string) {
  const fs = yield* FileSystem.FileSystem;
  return yield* fs.makeTempDirectoryScoped({ prefix: "dbtc-sandbox-" }).pipe(
    Effect.map((directory) => `${directory}/authority.pem`),
    Effect.tap((file) => fs.writeFileString(file, authority)),
    Effect.mapError(({ message }) => usage(`--tls: ${message}`)),
  );
});

const read = Effect.fnUntraced(function* <A>(
  flag: string,
  file: string,
  parse: (text: string) => Result.Result<A, string>,
): Effect.fn.Return<A, UsageError, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem;
  const text = yield* Effect.mapError(fs.readFileString(file), ({ message }) => usage(`--${flag}: ${message}`));
  return yield* Effect.mapError(Effect.fromResult(parse(text)), (wrong) => usage(`--${flag}: ${file}: ${wrong}`));
});

/** Runs a sandbox, as its flags say, until it is interrupted. */
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
  yield* keepState(files, listening.snapshot);
  const authority = listening.authority && (yield* shareAuthority(listening.authority));
  yield* write(Stream.make(`${sandbox.announcement(listening, authority)}\n`), undefined);
  return yield* Effect.never;
}, Effect.scoped);
