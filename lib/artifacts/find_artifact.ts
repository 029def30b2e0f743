/**
 * The artifacts of a run: which of its steps holds the one that is meant, and when it has arrived.
 *
 * dbt Cloud keeps the target folder as it is after each step, and gives the last one's unless told otherwise. Where a
 * job generates docs, that is the step whose `run_results.json` says nothing of what was built.
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
import { defined } from "../defined.ts";
import { DbtError } from "../error.ts";
import { notFound } from "../not_found.ts";
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
  /** Its path, as dbt Cloud sends it. It may lead out of a folder: `downloadArtifacts` refuses such a path. */
  readonly path: string;
  /** The step that holds it, from 1 (default: the last one). */
  readonly step?: number;
  /** Its bytes, fetched when this runs. */
  readonly bytes: Stream.Stream<Uint8Array, DbtError, Dbt>;
}

// ---- looking for one ------------------------------------------------------------------------------------------------

/** Whose file it is, where one kind of step writes it, or writes the one that is meant. */
const writers: Readonly<Record<string, Work>> = {
  "run_results.json": "builds",
  "sources.json": "freshness",
  "freshness.json": "freshness",
  "catalog.json": "docs",
  "index.html": "docs",
};

/** How many steps are asked for a file. */
const most = 8;

/**
 * The steps that may hold a file, the likeliest first: those that write it, then the others, each the last one first.
 */
function candidates(path: string, steps: ReadonlyArray<RunStep>): ReadonlyArray<number> {
  const likely = (step: RunStep) => {
    const work = workOf(step);
    if (Object.hasOwn(writers, path) && work === writers[path]) return 0;
    // The one trap that there is: it is asked last.
    return path === "run_results.json" && work === "docs" ? 2 : 1;
  };
  return steps.filter((step) => workOf(step) !== "nothing" && typeof step.index === "number")
    .toSorted((a, b) => likely(a) - likely(b) || Number(b.index) - Number(a.index))
    .slice(0, most).map(({ index }) => Number(index));
}

/**
 * Finds the step that holds an artifact, and gives its number, from 1.
 *
 * **When to use**
 *
 * Before `runs.getArtifact`, which gives the file of the last step unless a step is given. {@linkcode artifactOf} does
 * both.
 *
 * **Details**
 *
 * `run_results.json` is that of the last command that built or tested something, not of `dbt docs generate`;
 * `sources.json` and `freshness.json` are those of the freshness checks, `catalog.json` that of the docs; anything else
 * is that of the last step that has it. One request for the run, and one for each step that is tried, at most eight. A
 * file that is not there is asked for again for up to a minute after the run's end.
 *
 * **Errors**
 *
 * `NotFound` where no step has the file; and as the API fails.
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
  return yield* arriving(Effect.succeed(run), search(request, path, run));
});

/**
 * Gives an artifact's bytes, from the step that {@linkcode findArtifact} finds, with its requests and errors and one
 * request more.
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

const search = Effect.fnUntraced(function* (
  request: runs.OfRun,
  path: string,
  { run_steps }: Run,
): Effect.fn.Return<number, DbtError, Dbt> {
  let second: number | undefined;
  for (const step of candidates(path, run_steps ?? [])) {
    const meant = path === "run_results.json" ? isOfBuild({ ...request, step }) : has({ ...request, path, step });
    const found = yield* Effect.catchReason(meant, "DbtError", "NotFound", () => Effect.undefined);
    if (found === true) return step;
    if (found === false) second ??= step;
  }
  return second ?? (yield* notFound("findArtifact", `no step of run ${request.run_id} has ${path}`));
});

/** Whether an artifact is there: of its bytes, the first are enough. */
function has(request: runs.GetArtifact): Effect.Effect<boolean, DbtError, Dbt> {
  return runs.getArtifact(request).pipe(Stream.take(1), Stream.runDrain, Effect.as(true));
}

/** Whether `run_results.json` says that it is of a command that built or tested something. */
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

/** Reads the wanted members of an artifact that is a JSON object, as they come; gives the names of its wanted lists. */
export function readArtifact(
  request: runs.GetArtifact,
  wanted: Wanted,
  take: (name: string, value: unknown) => void,
): Effect.Effect<ReadonlySet<string>, DbtError, Dbt> {
  return readMembers(runs.getArtifact(request), wanted, take).pipe(
    Effect.catchIf(
      (error) => error instanceof Malformed,
      ({ detail }) => Effect.fail(notAsWritten(request.path, detail)),
    ),
  );
}

/** The failure that an artifact is which is not what dbt writes. */
export function notAsWritten(path: string, why: string): DbtError {
  const detail = `${path} is not what dbt writes: ${why}`;
  return new DbtError({
    endpoint: runs.getArtifact.name,
    reason: { _tag: "Undecodable", status: 200, detail, truncated: false },
  });
}

// ---- those that come late -------------------------------------------------------------------------------------------

/** How long after a run's end its artifacts may still be on their way, in seconds. */
const delivery = 60;
/** The interval at which they are asked for again, in seconds. */
const gap = 3;

/** Says that artifacts are waited for. */
export const tellLate: Effect.Effect<void> = Effect.logWarning(
  "The run has just ended, and its artifacts may not be there yet: trying again",
);

/** Tries again where nothing is found, as long as the run's artifacts may still be on their way; logs so once. */
export const arriving = Effect.fnUntraced(function* <A, E, R>(
  run: Effect.Effect<Run, DbtError, Dbt>,
  look: Effect.Effect<A, E | DbtError, R>,
  tell: Effect.Effect<void> = tellLate,
): Effect.fn.Return<A, E | DbtError, R | Dbt> {
  return yield* Effect.catchIf(
    look,
    isMissing,
    Effect.fnUntraced(function* (error) {
      const left = yield* run.pipe(Effect.flatMap(looksLeft), Effect.orElseSucceed(() => 0));
      if (left === 0) return yield* error;
      yield* tell;
      return yield* Effect.retry(Effect.delay(look, Duration.seconds(gap)), { times: left - 1, while: isMissing });
    }),
  );
});

/** Whether dbt Cloud itself, and not something before it, says that it has no such thing. */
function isMissing(error: unknown): error is DbtError {
  return error instanceof DbtError && error.reason._tag === "NotFound" && error.reason.enveloped;
}

/** How often it is worth looking again, by this machine's clock, which may be wrong. */
const looksLeft = Effect.fnUntraced(function* ({ finished_at }: Run) {
  const finished = millisOf(finished_at);
  if (finished === undefined) return 0;
  const age = ((yield* Clock.currentTimeMillis) - finished) / 1000;
  return age < -delivery ? 0 : Math.floor(Math.max(0, Math.min(delivery, delivery - age)) / gap);
});

// ---- all of them ----------------------------------------------------------------------------------------------------

/** The artifacts of a run, as {@linkcode runs.download} answers them. */
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
      // What no kind of step has to itself is in the last one's folder as in any.
      const own = step === "auto" && Object.hasOwn(writers, path)
        ? yield* Effect.catchReason(search(request, path, run), "DbtError", "NotFound", () => Effect.undefined)
        : step === "auto"
        ? undefined
        : step;
      const held = defined({ step: own });
      return { path, ...held, bytes: runs.getArtifact({ ...request, path, ...held }) };
    }),
  );
});
