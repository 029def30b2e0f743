/**
 * Finds the step of a run whose copy of an artifact is the right one, and waits for artifacts that come late. The
 * library exports `findArtifact` and `artifactOf`; explaining, timing and downloading a run build on this file.
 *
 * dbt Cloud keeps the target folder as it is after each step, and returns the file of the last step unless it is told
 * another one. Where a job generates docs, the last step's `run_results.json` says nothing about what was built.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Glob from "effect/Glob";
import * as Predicate from "effect/Predicate";
import * as Stream from "effect/Stream";
import * as runs from "../api/runs.ts";
import type { Run, RunStep } from "../api/runs.ts";
import type { Dbt } from "../dbt.ts";
import { DbtError } from "../error.ts";
import { notFound } from "../find_by_name.ts";
import type { InAccount } from "../shared_fields.ts";
import { millisOf } from "../time.ts";
import type { Download } from "./download_request.ts";
import { Malformed, readMembers, type Wanted } from "./json_members.ts";
import { isBuilding, type Work, workOf } from "./step_command.ts";

/** Which artifact of which run. */
export interface ArtifactRequest extends InAccount {
  /** The run. */
  readonly run_id: number;
  /** The file: `manifest.json`, `run_results.json`, `catalog.json`, `compiled/…`. */
  readonly path: string;
}

/** An artifact of a run. */
export interface ArtifactFile {
  /** Its path, as dbt Cloud says it: nothing keeps it from being one that leaves a folder. */
  readonly path: string;
  /** The step that holds it, from 1; the last one when absent. */
  readonly step?: number;
  /** Its bytes, which are fetched when this runs. */
  readonly bytes: Stream.Stream<Uint8Array, DbtError, Dbt>;
}

// ---- one artifact ---------------------------------------------------------------------------------------------------

/** The kind of step that writes a file, for files that are best taken from such a step. */
const writers: Readonly<Record<string, Work>> = {
  "run_results.json": "builds",
  "sources.json": "freshness",
  "catalog.json": "docs",
  "index.html": "docs",
};

/** The most steps that are tried. */
const mostSteps = 8;

/** The steps that may have a file, likeliest first: those that write it, then the others; later steps come first. */
function candidates(path: string, steps: ReadonlyArray<RunStep>): ReadonlyArray<number> {
  const rank = (step: RunStep) => {
    const work = workOf(step);
    if (work === writers[path]) return 0;
    // `dbt docs generate` overwrites the results of the build, so it comes last.
    return path === "run_results.json" && work === "docs" ? 2 : 1;
  };
  return steps.filter((step) => workOf(step) !== "nothing" && typeof step.index === "number")
    .toSorted((a, b) => rank(a) - rank(b) || Number(b.index) - Number(a.index))
    .slice(0, mostSteps).map(({ index }) => Number(index));
}

/**
 * The step that holds an artifact, from 1, found by what is in it: `run_results.json` of the last command that built or
 * tested something, not of `dbt docs generate`; `sources.json` of the freshness check, `catalog.json` of the docs;
 * anything else of the last step that has it. Looks into eight steps at most, and waits where the run ended less than a
 * minute ago. Fails with `NotFound` where none of them has it.
 *
 * @example
 * ```ts
 * import { DbtClient, findArtifact, runs } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const session = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer()),
 * );
 * const program = Effect.gen(function* () {
 *   const run = yield* runs.getMostRecent({ job_definition_id: 1 });
 *   return yield* findArtifact({ run_id: run.id, path: "run_results.json" });
 * });
 * // Step 4 is `dbt build`, step 5 `dbt docs generate`.
 * assert.equal(await Effect.runPromise(program.pipe(Effect.provide(session))), 4);
 * ```
 */
export const findArtifact: (request: ArtifactRequest) => Effect.Effect<number, DbtError, Dbt> = Effect.fn(
  "findArtifact",
)(function* ({ path, ...request }) {
  const run = yield* runs.get({ ...request, include_related: ["run_steps"] });
  return yield* arriving(Effect.succeed(run), findStep(request, path, run));
});

/**
 * An artifact's bytes, from the step that {@linkcode findArtifact} finds.
 *
 * @example
 * ```ts
 * import { artifactOf, DbtClient, runs } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import * as Stream from "effect/Stream";
 * import assert from "node:assert/strict";
 *
 * const session = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer()),
 * );
 * const program = Effect.gen(function* () {
 *   const run = yield* runs.getMostRecent({ job_definition_id: 1 });
 *   const file = artifactOf({ run_id: run.id, path: "run_results.json" });
 *   return JSON.parse(yield* file.pipe(Stream.decodeText(), Stream.mkString));
 * });
 * const results = await Effect.runPromise(program.pipe(Effect.provide(session)));
 * assert.equal(results.args.which, "build");
 * ```
 */
export function artifactOf(request: ArtifactRequest): Stream.Stream<Uint8Array, DbtError, Dbt> {
  return Stream.unwrap(Effect.map(findArtifact(request), (step) => runs.getArtifact({ ...request, step })));
}

/** The first of the candidates that has the file; for `run_results.json`, the first whose command built something. */
const findStep = Effect.fnUntraced(function* (
  request: runs.OfRun,
  path: string,
  { run_steps }: Run,
): Effect.fn.Return<number, DbtError, Dbt> {
  let fallback: number | undefined;
  for (const step of candidates(path, run_steps ?? [])) {
    const check = path === "run_results.json" ? isOfBuild({ ...request, step }) : exists({ ...request, path, step });
    const isRight = yield* Effect.catchReason(check, "DbtError", "NotFound", () => Effect.undefined);
    if (isRight === true) return step;
    if (isRight === false) fallback ??= step;
  }
  return fallback ?? (yield* notFound("findArtifact", `no step of run ${request.run_id} has ${path}`));
});

/** Succeeds if an artifact exists. Reads only its first bytes. */
function exists(request: runs.GetArtifact): Effect.Effect<boolean, DbtError, Dbt> {
  return runs.getArtifact(request).pipe(Stream.take(1), Stream.runDrain, Effect.as(true));
}

/** Whether the command that wrote a step's `run_results.json` built or tested something. */
const isOfBuild = Effect.fnUntraced(function* (
  request: Omit<runs.GetArtifact, "path">,
): Effect.fn.Return<boolean, DbtError, Dbt> {
  let built = false;
  return yield* readArtifact({ ...request, path: "run_results.json" }, { whole: ["args"] }, (_, args) => {
    built = Predicate.hasProperty(args, "which") && isBuilding(String(args.which));
  }).pipe(
    Effect.catchReason("DbtError", "Undecodable", () => Effect.void),
    Effect.map(() => built),
  );
});

/**
 * Streams an artifact that is a JSON object, and calls `take` with each wanted value as soon as it has come. Returns
 * the names of the wanted lists that the object has.
 */
export function readArtifact(
  request: runs.GetArtifact,
  wanted: Wanted,
  take: (name: string, value: unknown) => void,
): Effect.Effect<ReadonlySet<string>, DbtError, Dbt> {
  return readMembers(runs.getArtifact(request), wanted, take).pipe(
    Effect.catchIf(
      (error) => error instanceof Malformed,
      ({ detail }) => Effect.fail(unexpectedContent(request.path, detail)),
    ),
  );
}

/** The failure for an artifact whose content is not what dbt writes. */
export function unexpectedContent(path: string, why: string): DbtError {
  const detail = `${path} is not what dbt writes: ${why}`;
  return new DbtError({
    endpoint: runs.getArtifact.name,
    reason: { _tag: "Undecodable", status: 200, detail, truncated: false },
  });
}

// ---- late artifacts -------------------------------------------------------------------------------------------------

/** How long after the end of a run its artifacts may still be uploaded, in seconds. */
const uploadTime = 60;
/** The polling interval, in seconds. */
const pollingInterval = 3;

/** Logs that an artifact is missing, and that dbtc polls for it. */
export const logLate: Effect.Effect<void> = Effect.logWarning(
  "The run has just ended, and its artifacts may still be on their way: looking again",
);

/**
 * Reads an artifact. While it is not found, and dbt Cloud may still upload it, tries again; `log` runs once before
 * that.
 */
export const arriving = Effect.fnUntraced(function* <A, E, R>(
  run: Effect.Effect<Run, DbtError, Dbt>,
  read: Effect.Effect<A, E | DbtError, R>,
  log: Effect.Effect<void> = logLate,
): Effect.fn.Return<A, E | DbtError, R | Dbt> {
  return yield* Effect.catchIf(
    read,
    isMissing,
    Effect.fnUntraced(function* (error) {
      const left = yield* run.pipe(Effect.flatMap(attemptsLeft), Effect.orElseSucceed(() => 0));
      if (left === 0) return yield* error;
      yield* log;
      const readLater = Effect.delay(read, Duration.seconds(pollingInterval));
      return yield* Effect.retry(readLater, { times: left - 1, while: isMissing });
    }),
  );
});

/** Whether dbt Cloud itself, and not a proxy, says that something does not exist. */
function isMissing(error: unknown): error is DbtError {
  return error instanceof DbtError && error.reason._tag === "NotFound" && error.reason.enveloped;
}

/** How many more attempts make sense, by this machine's clock, which may be wrong. */
const attemptsLeft = Effect.fnUntraced(function* ({ finished_at }: Run) {
  const finished = millisOf(finished_at);
  if (finished === undefined) return 0;
  const age = ((yield* Clock.currentTimeMillis) - finished) / 1000;
  return age < -uploadTime ? 0 : Math.floor(Math.max(0, Math.min(uploadTime, uploadTime - age)) / pollingInterval);
});

// ---- all artifacts --------------------------------------------------------------------------------------------------

/** The artifacts of a run: what the workflow `runs.download` returns. */
export const artifactsOf: (request: Download) => Effect.Effect<
  ReadonlyArray<ArtifactFile>,
  DbtError,
  Dbt
> = Effect.fn("runs.download")(function* ({ match, step = "auto", ...request }) {
  const run = yield* runs.get({ ...request, include_related: ["run_steps"] });
  const listed = yield* arriving(
    Effect.succeed(run),
    Effect.gen(function* () {
      const { data } = yield* runs.listArtifacts({ ...request, ...(step === "auto" ? {} : { step }) });
      return data.length > 0 ? data : yield* notFound("runs.download", `run ${request.run_id} has no artifacts`);
    }),
  );
  const globs = match?.map((pattern) => Glob.make(pattern, { dot: true }));
  const chosen = [...new Set(listed)].filter((path) => globs?.some((glob) => Glob.match(glob, path)) ?? true);
  if (chosen.length === 0) {
    return yield* notFound("runs.download", `no artifact of run ${request.run_id} is called ${match?.join(" or ")}`);
  }
  return yield* Effect.forEach(
    chosen,
    Effect.fnUntraced(function* (path) {
      // Files without an entry in `writers` are the same in the folder of the last step.
      const found = step === "auto" && Object.hasOwn(writers, path)
        ? yield* Effect.catchReason(findStep(request, path, run), "DbtError", "NotFound", () => Effect.undefined)
        : step === "auto"
        ? undefined
        : step;
      const ofStep = found === undefined ? {} : { step: found };
      return { path, ...ofStep, bytes: runs.getArtifact({ ...request, path, ...ofStep }) };
    }),
  );
});
