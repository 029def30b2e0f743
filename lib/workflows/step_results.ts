/**
 * What the steps of a run wrote of their nodes: `run_results.json`, or `sources.json`.
 *
 * dbt Cloud hands out the files that lie in `target/` after a step, also those of a step before it, or of the run that is
 * taken up: so a file is taken for a step's only where its content says so.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as DateTime from "effect/DateTime";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import * as runs from "../api/runs.ts";
import type { Run, RunStep } from "../api/runs.ts";
import { type ArtifactMetadata, type RunResult, RunResults } from "../artifacts/run_results.ts";
import type { Dbt } from "../client.ts";
import { conforms } from "../client/conform.ts";
import { DbtError } from "../error.ts";
import { type SourceAge, type SourceResult, Sources } from "../artifacts/sources.ts";
import { logOf } from "./step_log.ts";
import { parseTimestamp } from "../time.ts";
import { hasEnded } from "./wait.ts";

// ---- what a step writes ---------------------------------------------------------------------------------------------

/** What a command of dbt writes. */
interface Writes {
  /** The file. */
  readonly path: "run_results.json" | "sources.json";
  /** What its `args.which` says, where it says the command. */
  readonly which?: string;
  /** It says nothing of its nodes, where the command succeeds. */
  readonly quiet?: boolean;
}

const runResults = { path: "run_results.json" } as const;
const sources = { path: "sources.json" } as const;

/** The commands of dbt, and which of them write results. `dbt retry` writes those of the command that it takes up. */
const commands: Readonly<Record<string, Writes | undefined>> = {
  build: { ...runResults, which: "build" },
  clean: undefined,
  clone: { ...runResults, which: "clone", quiet: true },
  compile: { ...runResults, which: "compile", quiet: true },
  debug: undefined,
  deps: undefined,
  docs: { ...runResults, which: "generate", quiet: true },
  freshness: sources,
  list: undefined,
  ls: undefined,
  parse: undefined,
  retry: runResults,
  run: { ...runResults, which: "run" },
  "run-operation": { ...runResults, which: "run-operation" },
  seed: { ...runResults, which: "seed" },
  show: undefined,
  snapshot: { ...runResults, which: "snapshot" },
  source: sources,
  test: { ...runResults, which: "test" },
};

/** What a file says, or why it could not be read. */
export interface File {
  /** What dbt says of the file. */
  readonly metadata?: ArtifactMetadata | null | undefined;
  /** The command that wrote it, where it says so. */
  readonly which?: unknown;
  /** How many nodes ended how. */
  readonly counts: Readonly<Record<string, number>>;
  /** The nodes that failed, were skipped or warn: of a large project, the others would fill the memory. */
  readonly results: ReadonlyArray<RunResult>;
  /** Why it could not be read. */
  readonly unread?: string;
}

const nothing: File = { counts: {}, results: [] };

/** How dbt says that a node failed. */
export const failed: ReadonlyArray<string> = ["error", "fail", "runtime error", "partial success"];
const telling = [...failed, "skipped", "warn"];

/** What a step writes: its command stands in its name, ``Invoke dbt with `dbt build` ``, but for the job's checkbox. */
function writesOf({ name, run_step_command }: RunStep): Writes | undefined {
  const command = run_step_command?.dbt_command ?? /`dbt ([^`]+)`/.exec(name ?? "")?.[1] ??
    (/^source freshness$/i.test(name ?? "") ? "source" : "");
  return commands[command.split(/\s+/).find((word) => Object.hasOwn(commands, word)) ?? ""];
}

/** What stands in the file that a step may have written. None where it goes on, writes none, or has nothing to say. */
export const fileOf = Effect.fnUntraced(function* (
  request: runs.OfRun,
  step: RunStep,
  at: number,
  late: Late,
): Effect.fn.Return<File | undefined, never, Dbt> {
  const writes = writesOf(step);
  const succeeded = step.status === runs.RunStatus.success;
  if (writes === undefined || !hasEnded(step) || (succeeded && writes.quiet)) return undefined;
  // dbt says so where it gives up before it works on a node: then there never are results.
  const never = /Encountered an error:/.test(logOf(step));
  return yield* readFile({ ...request, path: writes.path, step: step.index ?? at + 1 }).pipe(
    Effect.retry({
      schedule: Schedule.spaced(Duration.seconds(gap)),
      while: ({ reason }) => never || reason._tag !== "NotFound" ? false : late.waits,
    }),
    Effect.catch(({ message, reason }) =>
      // A step that is cancelled may not come to write.
      Effect.succeed(
        reason._tag === "NotFound" && step.status === runs.RunStatus.cancelled
          ? undefined
          : { ...nothing, unread: message },
      )
    ),
  );
});

/** Reads an artifact in place, as answers are: what dbt adds is kept. */
const readFile = Effect.fnUntraced(function* (request: runs.GetArtifact): Effect.fn.Return<File, DbtError, Dbt> {
  const text = yield* runs.getArtifact(request).pipe(Stream.decodeText(), Stream.mkString);
  const value = yield* Effect.try((): unknown => JSON.parse(text)).pipe(Effect.orElseSucceed(() => undefined));
  if (request.path === sources.path && conforms(Sources, value)) {
    return { metadata: value.metadata, ...summed(value.results.map(freshness)) };
  }
  if (request.path === runResults.path && conforms(RunResults, value)) {
    return { metadata: value.metadata, which: value.args?.which, ...summed(value.results) };
  }
  return yield* new DbtError({
    endpoint: runs.getArtifact.name,
    reason: { _tag: "Undecodable", status: 200, detail: `${request.path} is not what dbt writes`, truncated: false },
  });
});

function summed(results: ReadonlyArray<RunResult>): Pick<File, "counts" | "results"> {
  const counts: Record<string, number> = {};
  for (const { status } of results) counts[status ?? "unknown"] = (counts[status ?? "unknown"] ?? 0) + 1;
  return { counts, results: results.filter(({ status }) => telling.includes(status ?? "")) };
}

/**
 * What a file says of a step, where it is the step's own: it was written by the step's command, not before the step
 * began, and not by an invocation that a step before it has shown.
 */
export function ofStep(step: RunStep, file: File | undefined, written: ReadonlySet<string>): File {
  if (file === undefined) return nothing;
  if (file.unread !== undefined) return file;
  const { path, which }: Writes = writesOf(step) ?? runResults;
  const began = millis(step.started_at);
  const made = millis(file.metadata?.generated_at);
  const foreign = (which !== undefined && typeof file.which === "string" && file.which !== which) ||
    (began !== undefined && made !== undefined && made < began) ||
    written.has(file.metadata?.invocation_id ?? "");
  if (!foreign) return file;
  const unread = `the step wrote no ${path}: the one that is there is another step's`;
  return step.status === runs.RunStatus.cancelled ? nothing : { ...nothing, unread };
}

function millis(timestamp: string | null | undefined): number | undefined {
  return Option.getOrUndefined(Option.map(parseTimestamp(timestamp ?? ""), DateTime.toEpochMillis));
}

/** How fresh a source is, as a node's result. */
function freshness(source: SourceResult): RunResult {
  const { criteria, error, max_loaded_at, max_loaded_at_time_ago_in_s: age, ...result } = source;
  const limit = (words: string, { count, period }: SourceAge) =>
    typeof count === "number" ? [`${words} after ${count} ${period}s`] : [];
  const loaded = typeof age === "number" ? [`loaded ${Math.floor(age / 3600)} h ago, at ${max_loaded_at}`] : [];
  const said = [
    ...loaded,
    ...limit("warns", criteria?.warn_after ?? {}),
    ...limit("fails", criteria?.error_after ?? {}),
  ];
  return { ...result, message: String(error ?? said.join("; ")) };
}

// ---- results that come late -----------------------------------------------------------------------------------------

/** How long after a run's end its artifacts may still be on their way, in seconds. */
const delivery = 60;
/** The wait between two looks for them, in seconds. */
const gap = 3;

/** Results that may still be on their way. */
export interface Late {
  /** Whether there is time for another look. */
  readonly waits: Effect.Effect<boolean>;
}

/**
 * Results are late for a minute after the run's end: by this machine's clock, which may be wrong. Those of a cancelled run
 * may never come, and are not why it ended.
 */
export const patience = Effect.fnUntraced(function* ({ id, finished_at, status }: Run): Effect.fn.Return<Late> {
  const ended = status === runs.RunStatus.cancelled ? undefined : millis(finished_at);
  const since = ended === undefined ? Infinity : ((yield* Clock.currentTimeMillis) - ended) / 1000;
  const left = Math.abs(since) < delivery ? Math.min(delivery, delivery - since) : 0;
  const until = (yield* seconds) + left;
  const say = yield* Effect.cached(
    Effect.logWarning(`Results of run ${id} are not there yet: waiting for them, ${Math.ceil(left)} s at most`),
  );
  return {
    waits: Effect.gen(function* () {
      const waits = (yield* seconds) + gap <= until;
      if (waits) yield* say;
      return waits;
    }),
  };
});

/** Seconds of a clock that nobody sets. */
const seconds: Effect.Effect<number> = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos) / 1e9);
