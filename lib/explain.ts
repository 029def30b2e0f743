/**
 * Why a run ended as it did.
 *
 * What a step did to its nodes stands in the artifact that it wrote. dbt Cloud hands out the files that lie in `target/`
 * after a step, also those of a step before it: so a file is taken for a step's only where its content says so.
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
import * as Struct from "effect/Struct";
import * as runs from "./api/runs.ts";
import type { Run, RunStep } from "./api/runs.ts";
import { type ArtifactMetadata, type RunResult, RunResults } from "./artifact.ts";
import type { Dbt } from "./client.ts";
import { conforms } from "./conform.ts";
import { DbtError } from "./error.ts";
import { type SourceAge, type SourceResult, Sources } from "./sources.ts";
import { headOf, logOf, type StepHead, tail } from "./step_log.ts";
import { parseTimestamp } from "./time.ts";
import { hasEnded } from "./wait.ts";

/** What came of a node: its result, and where it is written. */
export interface ExplainedNode extends RunResult {
  /**
   * The file that it is written in, from the dbt project's folder, where dbt names it in the node's message or in the
   * log. `manifest.json`, which would always know, may have hundreds of megabytes: it is not read.
   */
  readonly file?: string;
}

/** What came of a step. */
export interface ExplainedStep {
  /** The step. */
  readonly step: StepHead;
  /** How many nodes ended how, as `{ success: 24, error: 1 }`. Empty where the step has no results. */
  readonly counts: Readonly<Record<string, number>>;
  /** The nodes that failed: models, tests, and sources that are too old. */
  readonly failed: ReadonlyArray<ExplainedNode>;
  /** The nodes that were skipped because of them. */
  readonly skipped: ReadonlyArray<ExplainedNode>;
  /** The nodes that warn. */
  readonly warned: ReadonlyArray<ExplainedNode>;
  /** Why there are no results, where there should be. */
  readonly unread?: string;
  /** The end of what the step printed; empty for a step that succeeded. */
  readonly log: string;
}

/** Why a run ended as it did. */
export interface Explanation {
  /**
   * The run, without its steps. Of a cancelled one, `status_message` says why and `audit` by whom, where that could be
   * read.
   */
  readonly run: Run;
  /** Its steps, first to last. */
  readonly steps: ReadonlyArray<ExplainedStep>;
}

/** How long after a run's end its artifacts may still be on their way, in seconds. */
const delivery = 60;
/** The wait between two looks for them, in seconds. */
const gap = 3;

/** Explains a run: see `runs.explain`. */
export const explainRun: (request: runs.Explain) => Effect.Effect<Explanation, DbtError, Dbt> = Effect.fnUntraced(
  function* ({ lines, code = true, ...request }) {
    const { run_steps, ...run } = yield* runs.get({ ...request, include_related: ["run_steps"] });
    const steps = run_steps ?? [];
    const late = yield* patience(run);
    const files = yield* Effect.forEach(steps, (step, at) => fileOf(request, step, at, late), { concurrency: 4 });
    const written = new Set<string>();
    return {
      run: run.status === runs.RunStatus.cancelled ? { ...run, ...yield* auditOf(request) } : run,
      steps: steps.map((step, at): ExplainedStep => {
        const log = logOf(step);
        const { metadata, results, unread } = ofStep(step, files[at], written);
        const nodes = results.map((result) => explained(result, log, code));
        const having = (statuses: ReadonlyArray<string>) =>
          nodes.filter(({ status }) => statuses.includes(status ?? ""));
        const broken = having(failed);
        const ending = tail(log, lines ?? (broken.length > 0 ? 10 : 30));
        if (metadata?.invocation_id) written.add(metadata.invocation_id);
        return {
          step: headOf(step),
          counts: count(results),
          failed: broken,
          skipped: having(["skipped"]),
          warned: having(["warn"]),
          ...(unread === undefined ? {} : { unread }),
          log: step.status === runs.RunStatus.success ? "" : ending,
        };
      }),
    };
  },
);

/** How dbt says that a node failed. */
const failed = ["error", "fail", "runtime error", "partial success"];

/** Who started and who cancelled a run. Not every token may know. */
function auditOf(request: runs.OfRun): Effect.Effect<Pick<Run, "audit">, never, Dbt> {
  return runs.get({ ...request, include_related: ["audit"] }).pipe(
    Effect.map(({ audit = null }) => ({ audit })),
    Effect.orElseSucceed(() => ({})),
  );
}

// ---- the results of a step ------------------------------------------------------------------------------------------

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
interface File {
  readonly metadata?: ArtifactMetadata | null | undefined;
  readonly which?: unknown;
  readonly results: ReadonlyArray<RunResult>;
  readonly unread?: string;
}

/** What a step writes: its command stands in its name, ``Invoke dbt with `dbt build` ``, but for the job's checkbox. */
function writesOf({ name, run_step_command }: RunStep): Writes | undefined {
  const command = run_step_command?.dbt_command ?? /`dbt ([^`]+)`/.exec(name ?? "")?.[1] ??
    (/^source freshness$/i.test(name ?? "") ? "source" : "");
  return commands[command.split(/\s+/).find((word) => Object.hasOwn(commands, word)) ?? ""];
}

/** What stands in the file that a step may have written. None where it goes on, writes none, or has nothing to say. */
const fileOf = Effect.fnUntraced(function* (
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
    Effect.catch(({ message }) => Effect.succeed({ results: [], unread: message })),
  );
});

/** Reads an artifact in place, as answers are: what dbt adds is kept. */
const readFile = Effect.fnUntraced(function* (request: runs.GetArtifact): Effect.fn.Return<File, DbtError, Dbt> {
  const text = yield* runs.getArtifact(request).pipe(Stream.decodeText(), Stream.mkString);
  const value = yield* Effect.try((): unknown => JSON.parse(text)).pipe(Effect.orElseSucceed(() => undefined));
  if (request.path === sources.path && conforms(Sources, value)) {
    return { metadata: value.metadata, results: value.results.map(freshness) };
  }
  if (request.path === runResults.path && conforms(RunResults, value)) {
    return { metadata: value.metadata, which: value.args?.which, results: value.results };
  }
  return yield* new DbtError({
    endpoint: runs.getArtifact.name,
    reason: { _tag: "Undecodable", status: 200, detail: `${request.path} is not what dbt writes`, truncated: false },
  });
});

/**
 * What a file says of a step, where it is the step's own: it was written by the step's command, not before the step
 * began, and not by an invocation that a step before it has shown.
 */
function ofStep(step: RunStep, file: File | undefined, written: ReadonlySet<string>): File {
  if (file === undefined) return { results: [] };
  if (file.unread !== undefined) return file;
  const { path, which }: Writes = writesOf(step) ?? runResults;
  const began = millis(step.started_at);
  const made = millis(file.metadata?.generated_at);
  const foreign = (which !== undefined && typeof file.which === "string" && file.which !== which) ||
    (began !== undefined && made !== undefined && made < began) ||
    written.has(file.metadata?.invocation_id ?? "");
  return foreign ? { results: [], unread: `the step wrote no ${path}: the one that is there is another step's` } : file;
}

function millis(timestamp: string | null | undefined): number | undefined {
  return Option.getOrUndefined(Option.map(parseTimestamp(timestamp ?? ""), DateTime.toEpochMillis));
}

/** Results that may still be on their way. */
interface Late {
  /** Whether there is time for another look. */
  readonly waits: Effect.Effect<boolean>;
}

/** Results are late for a minute after the run's end: by this machine's clock, which may be wrong. */
const patience = Effect.fnUntraced(function* ({ id, finished_at }: Run): Effect.fn.Return<Late> {
  const ended = millis(finished_at);
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

// ---- nodes ----------------------------------------------------------------------------------------------------------

function count(results: ReadonlyArray<RunResult>): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { status } of results) counts[status ?? "unknown"] = (counts[status ?? "unknown"] ?? 0) + 1;
  return counts;
}

function explained(result: RunResult, log: string, code: boolean): ExplainedNode {
  const file = placeOf(result, log);
  const node = code ? result : Struct.omit(result, ["compiled_code"]);
  return file === undefined ? node : { ...node, file };
}

/** dbt's `Database Error in model customers (models/customers.sql)`, `Failure in test unique_orders (models/schema.yml)`. */
const places = /(?:Error|Failure|Warning) in (\w+) (\S+) \(([^()\n]+)\)/g;

/** Where a node is written: as its message says, or the log of its step. */
function placeOf({ message, unique_id }: RunResult, log: string): string | undefined {
  const [kind = "", , ...rest] = unique_id.split(".");
  // A test's id ends with a hash that its name has not.
  const names = [rest.join("."), rest.slice(0, -1).join(".")];
  const own = [...(message ?? "").matchAll(places)][0]?.[3];
  return own ??
    [...log.matchAll(places)].find(([, type = "", name = ""]) => type === kind && names.includes(name))?.[3];
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
