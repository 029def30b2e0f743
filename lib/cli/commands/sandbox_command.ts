/**
 * The files of `dbtc sandbox`: what it starts with, what it keeps, and what it answers from.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import type * as Result from "effect/Result";
import * as Semaphore from "effect/Semaphore";
import type * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import type { Options, Snapshot } from "../../sandbox/mod.ts";
import { usage, type UsageError } from "../output/exit_code.ts";
import { note, Private, write } from "../output/write_output.ts";

/** What the files of a command line say. */
export interface SandboxFiles {
  /** How to start. */
  readonly options: Pick<Options, "seed" | "state" | "replay" | "onWrite">;
  /** Writes what the sandbox holds to where it is kept, where it is. */
  readonly save?: (snapshot: Effect.Effect<Snapshot>) => Effect.Effect<void, UsageError>;
}

/** Reads the files that `dbtc sandbox` was given. */
const sandboxFiles = Effect.fnUntraced(function* (
  flags: Readonly<Record<string, ReadonlyArray<string>>>,
): Effect.fn.Return<SandboxFiles, UsageError, FileSystem.FileSystem | Stdio.Stdio> {
  const sandbox = yield* Effect.promise(() => import("../../sandbox/mod.ts"));
  const given = (name: string) => flags[name]?.at(-1);
  const [seed, state, replay] = [given("seed"), given("state"), given("replay")];
  if (replay !== undefined) {
    const other = ["seed", "state", "runs", "speed"].find((name) => given(name) !== undefined);
    if (other !== undefined) return yield* usage(`--replay answers what was recorded: --${other} has no part in it`);
    return { options: { replay: yield* read("replay", replay, sandbox.readRecording) } };
  }
  const seeded = seed === undefined ? {} : { seed: yield* read("seed", seed, sandbox.readSeed) };
  if (state === undefined) return { options: seeded };
  const fs = yield* FileSystem.FileSystem;
  const there = yield* Effect.mapError(fs.exists(state), ({ message }) => usage(`--state: ${message}`));
  if (there && (seed !== undefined || given("runs") !== undefined)) {
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
export const serve = Effect.fnUntraced(function* (flags: Readonly<Record<string, ReadonlyArray<string>>>) {
  const sandbox = yield* Effect.promise(() => import("../../sandbox/mod.ts"));
  const number = Effect.fnUntraced(function* (name: string) {
    const text = flags[name]?.at(-1);
    if (text === undefined) return {};
    if (
      !/^\d+(\.\d+)?$/.test(text) ||
      (name === "port" && !(Number.isInteger(Number(text)) && Number(text) < 65536)) ||
      (name === "speed" && Number(text) === 0)
    ) {
      return yield* usage(`--${name}: "${text}" is no ${name}`);
    }
    return { [name]: Number(text) };
  });
  const faults = yield* Effect.forEach(flags.fault ?? [], (text) =>
    Effect.mapError(
      Effect.fromResult(sandbox.readFault(text)),
      (detail) => usage(`--fault: ${text}: ${detail}`),
    ));
  const files = yield* sandboxFiles(flags);
  const listening = yield* sandbox.listen({
    ...(yield* number("port")),
    ...(yield* number("runs")),
    ...(yield* number("latency")),
    ...(yield* number("speed")),
    faults,
    tls: flags.tls?.at(-1) === "true",
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
