/**
 * `downloadArtifacts`: downloads the artifacts of a run into a folder. Paths come from dbt Cloud and are not trusted:
 * no file can leave the folder. The library exports it; `dbtc runs download` uses it.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import type { PlatformError } from "effect/PlatformError";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import * as runs from "../api/runs.ts";
import type { Dbt } from "../dbt.ts";
import { defined } from "../defined.ts";
import { delivering } from "../deliver_events.ts";
import { DbtError, isTransient } from "../error.ts";
import type { Download } from "./download_request.ts";
import { arriving, type ArtifactFile, artifactsOf } from "./find_artifact.ts";
import { writeWhole } from "./write_whole.ts";

/**
 * How artifacts are downloaded.
 *
 * @typeParam E How `onFile` fails. It is logged, and changes nothing.
 * @typeParam R What `onFile` needs.
 */
export interface DownloadOptions<E = never, R = never> {
  /** The folder. It is made if it does not exist. */
  readonly dir: string;
  /** How many files are downloaded at the same time (default: 8). */
  readonly concurrency?: number;
  /**
   * Told each file that is complete or has failed, and how many files there are, in order, on a fiber of its own. It
   * delays nothing, and its failure changes nothing. At the end it has 5 s for what is left.
   */
  readonly onFile?: (file: DownloadedFile | FailedFile, count: number) => Effect.Effect<unknown, E, R>;
}

/** A file that was downloaded. */
export interface DownloadedFile {
  /** Its path within the folder. */
  readonly path: string;
  /** The step that wrote it, from 1 (default: the last one). */
  readonly step?: number;
  /** How many bytes it has. */
  readonly bytes: number;
}

/** A file that could not be downloaded. An older file of the same name is unchanged. */
export interface FailedFile {
  /** Its path, as dbt Cloud sends it. */
  readonly path: string;
  /** Why. */
  readonly message: string;
  /** The failure, if dbt Cloud caused it and not the folder. */
  readonly error?: DbtError;
}

/** The result of a download. */
export interface Downloaded {
  /** The files that were downloaded, in dbt Cloud's order. */
  readonly files: ReadonlyArray<DownloadedFile>;
  /** The files that could not be downloaded, in dbt Cloud's order. */
  readonly failed: ReadonlyArray<FailedFile>;
}

/** After this many files that failed with transient errors, in spite of retries, the others are not tried. */
const mostTransientFailures = 3;
/** How often a download that breaks off is restarted. */
const restarts = 3;

/**
 * Downloads the artifacts of a run into a folder, and gives the files that are there now and those that failed.
 *
 * **Details**
 *
 * Each file is complete or not there at all, and replaces a file of the same name. A path that would leave the folder is
 * refused. One file that fails does not stop the others: look at `failed`. One request for the run, one for the list and
 * one for each file, with a few more for files that only one kind of step writes; a download that breaks off is begun
 * anew, up to three times.
 *
 * **Errors**
 *
 * Fails where the artifacts cannot be listed (`NotFound` and other reasons), or the folder cannot be made.
 *
 * @example
 * ```ts
 * import { DbtClient, downloadArtifacts, runs } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as NodeFileSystem from "@effect/platform-node-shared/NodeFileSystem";
 * import * as NodePath from "@effect/platform-node-shared/NodePath";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const session = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer()),
 * );
 * const dir = await Deno.makeTempDir();
 * const program = Effect.gen(function* () {
 *   const run = yield* runs.getMostRecent({ job_definition_id: 1 });
 *   return yield* downloadArtifacts({ run_id: run.id, match: ["*.json"] }, { dir });
 * });
 * const platform = Layer.merge(NodeFileSystem.layer, NodePath.layer);
 * const { files } = await Effect.runPromise(program.pipe(Effect.provide([session, platform])));
 * assert.deepEqual(files.map(({ path }) => path), ["manifest.json", "run_results.json", "catalog.json"]);
 * await Deno.remove(dir, { recursive: true });
 * ```
 */
export function downloadArtifacts<E = never, R = never>(
  request: Download,
  options: DownloadOptions<E, R>,
): Effect.Effect<Downloaded, DbtError | PlatformError, Dbt | FileSystem.FileSystem | Path.Path | R> {
  const { onFile } = options;
  return delivering(
    onFile && (([file, count]: Told) => onFile(file, count)),
    (tell: (told: Told) => void) => downloadAll(request, options, tell),
  ).pipe(Effect.withSpan("downloadArtifacts"));
}

/** A file, and how many there are. */
type Told = readonly [DownloadedFile | FailedFile, number];

const downloadAll = Effect.fnUntraced(function* (
  request: Download,
  { dir, concurrency = 8 }: Pick<DownloadOptions, "concurrency" | "dir">,
  tell: (told: Told) => void,
): Effect.fn.Return<Downloaded, DbtError | PlatformError, Dbt | FileSystem.FileSystem | Path.Path> {
  const { match: _match, step: _step, ...ofRun } = request;
  const files = yield* artifactsOf(request);
  const folder = yield* openFolder(dir, files.map(({ path }) => path));
  const run = yield* Effect.cached(runs.get(ofRun));
  let transientFailures = 0;
  let giveUpReason: string | undefined;

  const downloadFile = Effect.fnUntraced(function* ({ path, bytes }: ArtifactFile) {
    let size = 0;
    const file = yield* folder.place(path);
    const download = Effect.suspend(() => {
      size = 0;
      return writeWhole(file, Stream.tap(bytes, (chunk) => Effect.sync(() => size += chunk.length)));
    });
    yield* arriving(run, beginAnew(download, () => size), Effect.void);
    return size;
  });
  const failure = (path: string, error: DbtError | PlatformError | RefusedPath): FailedFile => {
    if (!(error instanceof DbtError)) return { path, message: error.message };
    if (isTransient(error)) transientFailures++;
    if (error.reason._tag === "Unauthorized" || transientFailures >= mostTransientFailures) {
      giveUpReason ??= error.message;
    }
    return { path, message: error.message, error };
  };

  const outcomes = yield* Effect.forEach(
    files,
    Effect.fnUntraced(function* (file) {
      const outcome: DownloadedFile | FailedFile = giveUpReason !== undefined
        ? { path: file.path, message: `not tried, since others failed: ${giveUpReason}` }
        : yield* Effect.match(downloadFile(file), {
          onSuccess: (bytes) => ({ path: file.path, ...defined({ step: file.step }), bytes }),
          onFailure: (error) => failure(file.path, error),
        });
      tell([outcome, files.length]);
      return outcome;
    }),
    { concurrency },
  );
  return {
    files: outcomes.filter((outcome) => "bytes" in outcome),
    failed: outcomes.filter((outcome) => "message" in outcome),
  };
});

/**
 * Restarts a download that broke off after its first byte. The client does not do that by itself; here it is safe,
 * since nobody has seen the file yet. `received` is the number of bytes that came, and `onAgain` runs before each
 * restart.
 */
export function beginAnew<A, E, R, R2 = never>(
  download: Effect.Effect<A, E | DbtError, R>,
  received: () => number,
  onAgain: Effect.Effect<void, never, R2> = Effect.void,
): Effect.Effect<A, E | DbtError, R | R2> {
  return Effect.retry(download, {
    // `times` would be checked after `while`, so `onAgain` would run once too often.
    schedule: Schedule.max([Schedule.exponential("1 second"), Schedule.recurs(restarts)]),
    while: (error) =>
      error instanceof DbtError && isTransient(error) && received() > 0
        ? Effect.as(onAgain, true)
        : Effect.succeed(false),
  });
}

// ---- the folder -----------------------------------------------------------------------------------------------------

/** The failure for a path that is not safe. */
interface RefusedPath {
  readonly _tag: "RefusedPath";
  readonly message: string;
}

function refuse(message: string): Effect.Effect<never, RefusedPath> {
  return Effect.fail({ _tag: "RefusedPath", message });
}

/** Why a path is not safe within a folder, on any operating system; undefined if it is. */
function problemOf(path: string): string | undefined {
  // deno-lint-ignore no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(path)) return "its path has control characters";
  if (path.includes("\\")) return "its path has backslashes";
  if (/^[A-Za-z]:/.test(path)) return "its path names a drive";
  if (path.startsWith("/")) return "its path is absolute";
  return path.split("/").some((segment) => segment === "" || segment === "." || segment === "..")
    ? "its path would leave the folder"
    : undefined;
}

/** Makes a folder, and returns a function that says where in it each of `paths` is to be written. */
const openFolder = Effect.fnUntraced(function* (dir: string, paths: ReadonlyArray<string>) {
  const fs = yield* FileSystem.FileSystem;
  const { join, sep } = yield* Path.Path;
  yield* fs.makeDirectory(dir, { recursive: true });
  const root = yield* fs.realPath(dir);
  const inside = (path: string) => path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
  const folders = new Map<string, Effect.Effect<string, PlatformError | RefusedPath>>();

  /** Makes a folder within this one. What exists under its name may be a link to somewhere else. */
  const make = Effect.fnUntraced(function* (path: string) {
    yield* Effect.catchReason(fs.makeDirectory(path), "PlatformError", "AlreadyExists", () => Effect.void);
    const real = yield* fs.realPath(path);
    return inside(real) ? real : yield* refuse(`${path} is a link that leads out of the folder`);
  });
  /** Makes the folders of a path, each only once: thousands of files share a few. */
  const enter: (segments: ReadonlyArray<string>) => Effect.Effect<string, PlatformError | RefusedPath> = Effect
    .fnUntraced(
      function* (segments) {
        const name = segments.at(-1);
        if (name === undefined) return root;
        const key = segments.join("/");
        const entered = folders.get(key) ??
          (yield* Effect.cached(
            Effect.flatMap(enter(segments.slice(0, -1)), (parent) => make(join(parent, name))),
          ));
        folders.set(key, entered);
        return yield* entered;
      },
    );

  // Two names that differ only in case are one file on some disks: there, only the first one is written.
  const caseless = (path: string) => path.normalize("NFC").toLowerCase();
  const firstOf = new Map(paths.toReversed().map((path) => [caseless(path), path]));
  const collides = firstOf.size < paths.length && (yield* ignoresCase(root));

  return {
    /** Where the file of a path is to be written. Makes the folders that it needs. */
    place: Effect.fnUntraced(function* (path: string): Effect.fn.Return<string, PlatformError | RefusedPath> {
      const problem = problemOf(path);
      if (problem !== undefined) return yield* refuse(problem);
      const other = firstOf.get(caseless(path));
      if (collides && other !== undefined && other !== path) {
        return yield* refuse(`its path differs from ${other} in case only, which this disk does not tell apart`);
      }
      const segments = path.split("/");
      return join(yield* enter(segments.slice(0, -1)), segments.at(-1) ?? "");
    }),
  };
});

/** Whether names that differ only in case are one file in a folder. */
const ignoresCase = Effect.fnUntraced(function* (root: string) {
  const fs = yield* FileSystem.FileSystem;
  const { join } = yield* Path.Path;
  const name = `.dbtc-${crypto.randomUUID().slice(0, 8)}.part`;
  yield* fs.writeFileString(join(root, name), "");
  return yield* fs.exists(join(root, name.toUpperCase())).pipe(
    Effect.ensuring(Effect.ignore(fs.remove(join(root, name)))),
  );
});
