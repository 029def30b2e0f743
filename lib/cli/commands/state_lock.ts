/**
 * The lock of a `--state` file: only one sandbox at a time may write it. `sandbox_command.ts` uses it.
 *
 * The lock is a file beside the state, which names the sandbox's address. A sandbox that was killed leaves it behind, so
 * the address is asked whether the same sandbox still answers. Process ids would need one more of Deno's permissions,
 * and Node cannot lock files.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import * as Schedule from "effect/Schedule";
import * as Schema from "effect/Schema";
import type { PlatformError } from "effect/PlatformError";
import type * as Scope from "effect/Scope";
import { fileProblem } from "../../client/file_error.ts";
import { defined } from "../../defined.ts";
import { usage, type UsageError } from "../output/exit_code.ts";

/** The content of a lock. */
const Owner = Schema.Struct({
  /** The sandbox's address. */
  url: Schema.String,
  /** What `GET /_sandbox/health` shows of it. */
  instance: Schema.String,
  /** The authority that signed its certificate, for https. */
  authority: Schema.optionalKey(Schema.String),
});
type Owner = typeof Owner.Type;

/** The lock of a state file. */
export interface StateLock {
  /** Takes the lock for a sandbox, until the scope that made the lock closes. Fails if another sandbox has it. */
  readonly take: (owner: Owner) => Effect.Effect<void, UsageError, FileSystem.FileSystem>;
}

/**
 * Makes the lock of a state file, and fails if a sandbox holds it already: nothing must read the file meanwhile. Two
 * that start in the same moment both pass; `take` then refuses one of them.
 */
export const makeStateLock: (
  file: string,
) => Effect.Effect<StateLock, UsageError, FileSystem.FileSystem | Path.Path | Scope.Scope> = Effect.fnUntraced(
  function* (file) {
    const fs = yield* FileSystem.FileSystem;
    const path = yield* Path.Path;
    const directory = path.dirname(file);
    // Two names of one file share its lock.
    const target = yield* Effect.orElseSucceed(
      Effect.catch(
        fs.realPath(file),
        () => Effect.map(fs.realPath(directory), (real) => path.join(real, path.basename(file))),
      ),
      () => file,
    );
    const lock = `${target}.lock`;
    yield* refuseLiving(file, lock);
    let held: string | undefined;
    yield* Effect.addFinalizer(() =>
      Effect.ignore(Effect.gen(function* () {
        if (held !== undefined && (yield* fs.readFileString(lock)) === held) yield* fs.remove(lock);
      }))
    );
    return {
      take: Effect.fnUntraced(function* (owner: Owner) {
        const text = JSON.stringify(owner);
        const create = fs.writeFileString(lock, text, { flag: "wx", mode: 0o600 });
        yield* Effect.catchIf(create, isThere, () =>
          Effect.gen(function* () {
            const dead = yield* refuseLiving(file, lock);
            // Its owner was killed. Of two who find that out, the second may move the lock that the first has made.
            const moved = `${lock}.${owner.instance}`;
            const isMoved = yield* fs.rename(lock, moved).pipe(
              Effect.as(true),
              // Its owner has ended meanwhile.
              Effect.catchIf(isMissing, () => Effect.succeed(false)),
            );
            if (isMoved) {
              if ((yield* fs.readFileString(moved)) !== dead) {
                yield* fs.rename(moved, lock);
                yield* refuseLiving(file, lock);
              }
              yield* fs.remove(moved);
            }
            yield* create;
          })).pipe(
            Effect.catchTag(
              "PlatformError",
              (error) => Effect.fail(usage(`Cannot write ${lock}: ${fileProblem(error)}`)),
            ),
          );
        held = text;
      }),
    };
  },
);

function isThere(error: PlatformError): boolean {
  return error.reason._tag === "AlreadyExists";
}

function isMissing(error: PlatformError): boolean {
  return error.reason._tag === "NotFound";
}

/** Fails if the sandbox that a lock names is running. Returns the text of a lock whose owner is dead. */
const refuseLiving = Effect.fnUntraced(function* (file: string, lock: string) {
  const fs = yield* FileSystem.FileSystem;
  // A lock is made and then written. If it stays empty, its owner was killed between the two.
  const text = yield* fs.readFileString(lock).pipe(
    Effect.repeat({ schedule: Schedule.spaced("50 millis"), times: 20, until: (text) => text !== "" }),
    Effect.orElseSucceed(() => ""),
  );
  const owner = Option.getOrUndefined(Schema.decodeUnknownOption(Schema.fromJsonString(Owner))(text));
  if (owner === undefined || !(yield* Effect.promise(() => isRunning(owner)))) return text;
  return yield* usage(
    `--state: the sandbox at ${owner.url} uses ${file}. Stop that sandbox, or name another file`,
  );
});

/** How long an owner may take to answer. One that takes longer, because it is suspended say, still has its file. */
const patience = 3000;

/** Whether a sandbox still runs: its address answers as the same sandbox, or takes the request and says nothing. */
async function isRunning({ authority, instance, url }: Owner): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const get = url.startsWith("https:") ? (await import("node:https")).get : (await import("node:http")).get;
  const options = { agent: false, timeout: patience, ...defined({ ca: authority }) };
  const request = get(`${url}/_sandbox/health`, options, (response) => {
    let text = "";
    response.setEncoding("utf8").on("data", (piece) => text += piece).on("end", () => resolve(text.includes(instance)));
  });
  request.on("error", () => resolve(false)).on("timeout", () => resolve(true));
  return await promise.finally(() => request.destroy());
}
