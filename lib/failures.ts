/**
 * Why a run failed.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as DateTime from "effect/DateTime";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Schedule from "effect/Schedule";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import * as runs from "./api/runs.ts";
import type { Run, RunStep } from "./api/runs.ts";
import { type RunResult, RunResults } from "./artifact.ts";
import type { Dbt } from "./client.ts";
import { DbtError } from "./error.ts";
import { parseTimestamp } from "./time.ts";

/** A step that failed, and what of it. */
export interface StepFailure {
  /** The step. */
  readonly step: RunStep;
  /** The nodes that failed, each with its message and the SQL that ran. None where the step wrote no results. */
  readonly nodes: ReadonlyArray<RunResult>;
  /** Why there are no results, where they could not be read. */
  readonly unread?: string;
  /** The end of what the step printed. */
  readonly log: string;
}

/** How much is told of a failure. */
export interface FailureOptions {
  /** How many lines of a log's end. 30 when absent. */
  readonly lines?: number;
}

/** How dbt says that a node failed; a skipped one did not. */
const failed = ["error", "fail", "runtime error"];

/** How long after a run's end its artifacts may still be on their way, in seconds. */
const delivery = 60;
/** The wait between two looks for them, in seconds. */
const gap = 3;
/** The steps that write no results: what comes before dbt, and `dbt deps`. */
const barren = /^(Clone git repository|Create profile)|`dbt deps\b/;

/**
 * The steps of a run that failed, first to last, each with its failed nodes and the end of its log. The results are those
 * of the step itself: by default, dbt Cloud gives the last step's, which is often `dbt docs generate`. What cannot be
 * read is left out and said: this fails only where the run itself cannot be read.
 *
 * @example
 * ```ts
 * import { Dbt, failuresOf, triggerAndWait } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const session = Dbt.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer({ speed: 60 })),
 * );
 * const program = triggerAndWait({ job_id: 2, cause: "README" }).pipe(
 *   Effect.as([]),
 *   Effect.catchReason("DbtError", "RunFailed", ({ run }) => failuresOf(run)),
 * );
 * const [failure] = await Effect.runPromise(program.pipe(Effect.provide(session)));
 * assert.equal(failure?.nodes[0]?.status, "error");
 * ```
 */
export const failuresOf: (
  run: Pick<Run, "id" | "account_id">,
  options?: FailureOptions,
) => Effect.Effect<ReadonlyArray<StepFailure>, DbtError, Dbt> = Effect.fn("failuresOf")(
  function* (run, { lines = 30 } = {}) {
    const account = typeof run.account_id === "number" ? { account_id: run.account_id } : {};
    const request = { ...account, run_id: run.id };
    const { run_steps, finished_at } = yield* runs.get({ ...request, include_related: ["run_steps"] });
    const steps = (run_steps ?? []).filter(({ status }) => status === runs.RunStatus.error);
    const recent = yield* isRecent(finished_at);
    return yield* Effect.forEach(
      steps,
      Effect.fnUntraced(function* (step) {
        const log = tail(step.logs || step.truncated_debug_logs || "", lines);
        const looks = recent && !barren.test(step.name ?? "") ? delivery / gap : 0;
        const read = yield* resultsOf({ ...request, ...(typeof step.index === "number" ? { step: step.index } : {}) })
          .pipe(
            Effect.retry({
              schedule: Schedule.max([Schedule.spaced(Duration.seconds(gap)), Schedule.recurs(looks)]),
              while: ({ reason }) => reason._tag === "NotFound",
            }),
            Effect.match({
              onSuccess: (results) => ({ nodes: results.filter(({ status }) => status && failed.includes(status)) }),
              onFailure: ({ message }) => ({ nodes: [], unread: message }),
            }),
          );
        return { step, ...read, log };
      }),
      { concurrency: 4 },
    );
  },
);

/** What came of each node of a step. */
const resultsOf = Effect.fnUntraced(function* (
  request: Omit<runs.GetArtifact, "path">,
): Effect.fn.Return<ReadonlyArray<RunResult>, DbtError, Dbt> {
  const text = yield* runs.getArtifact({ ...request, path: "run_results.json" }).pipe(
    Stream.decodeText(),
    Stream.mkString,
  );
  // Read in place, as answers are: what dbt adds is kept.
  const value = yield* Effect.try(() => JSON.parse(text)).pipe(Effect.orElseSucceed(() => undefined));
  if (Schema.is(RunResults)(value)) return value.results;
  const detail = "run_results.json is not what dbt writes";
  return yield* new DbtError({
    endpoint: runs.getArtifact.name,
    reason: { _tag: "Undecodable", status: 200, detail, truncated: false },
  });
});

/** Whether a time is less than a minute ago: by this machine's clock, which may be wrong. */
const isRecent = Effect.fnUntraced(function* (text: string | null | undefined) {
  const millis = Option.map(parseTimestamp(text ?? ""), DateTime.toEpochMillis);
  const now = yield* Clock.currentTimeMillis;
  return Option.isSome(millis) && Math.abs(now - millis.value) < delivery * 1000;
});

function tail(text: string, lines: number): string {
  return lines > 0 ? text.trimEnd().split("\n").slice(-lines).join("\n") : "";
}
