/**
 * Starting a run exactly once.
 *
 * dbt Cloud has no idempotency key. So a run is asked for once, and where the answer is lost, it is looked for among the
 * job's newer runs, by a mark that no other run carries. A second request is never sent.
 *
 * @module
 */
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Random from "effect/Random";
import * as Result from "effect/Result";
import * as Schedule from "effect/Schedule";
import type * as jobs from "./api/jobs.ts";
import * as runs from "./api/runs.ts";
import type { Run } from "./api/runs.ts";
import { Dbt } from "./client.ts";
import { DbtError } from "./error.ts";
import { Waits } from "./retry.ts";

/** What makes the wrapped effect interruptible again, as `Effect.uninterruptibleMask` gives it. */
export type Restore = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>;

/** What starts a run of a job, and how that run is recognized. */
export interface Start {
  /** Asks for the run, once. Gets the job's newest run. */
  readonly ask: (newest: Run | undefined) => Effect.Effect<Run, DbtError, Dbt>;
  /** Whether a run is the one that was asked for. */
  readonly isIt: (run: Run, newest: Run | undefined) => boolean;
  /** Whether nobody else's run can be the one that `isIt` says. */
  readonly proves: boolean;
  /** What people can recognize it by. */
  readonly mark: string;
}

/** A run that was started. */
export interface Started {
  /** The run. */
  readonly run: Run;
  /** Whether it is sure that it was started here: dbt Cloud answered so, or its mark proves it. */
  readonly ours: boolean;
}

/** The waits between looks for a run whose answer was lost: at 1, 2, 4, 8, 15 and 30 s. */
const patientWaits = [1, 1, 2, 4, 7, 15];
/** The waits that are left once nobody wants to wait any more. */
const hastyWaits = [0, 1, 2];

/**
 * Starts a run. To be called where nothing interrupts: a write that is under way is not given up, and an interrupt only
 * shortens the search for a run whose answer was lost. All other waits can be interrupted.
 */
export const startOnce = Effect.fnUntraced(function* (
  job: jobs.OfJob,
  { ask, isIt, proves, mark }: Start,
  restore: Restore,
): Effect.fn.Return<Started, DbtError, Dbt> {
  const { job_id, ...account } = job;
  const ofJob = { ...account, job_definition_id: job_id, order_by: "-id" };
  // That its runs can be listed is also what makes a lost one findable.
  const { data: [newest] } = yield* restore(runs.list({ ...ofJob, limit: 1 }));
  const asked = yield* ask(newest).pipe(
    Effect.provideService(Waits, (schedule) => awake(schedule, restore)),
    Effect.result,
  );
  if (Result.isSuccess(asked)) return { run: asked.success, ours: true };
  const { endpoint, reason } = asked.failure;
  // All other failures are sure refusals, or were never sent.
  if (reason._tag !== "Ambiguous" && reason._tag !== "Undecodable") return yield* asked.failure;

  yield* Effect.logWarning(
    `The answer was lost: looking for the run by ${mark}, for up to ${
      patientWaits.reduce((sum, wait) => sum + wait)
    } s`,
  );
  const baseline = newest?.id ?? 0;
  const look = runs.list({ ...ofJob, id__gt: baseline, limit: 100, include_related: ["trigger"] });
  const patient = (wait: number) => restore(Effect.andThen(Effect.sleep(Duration.seconds(wait)), look));
  const hasty = (wait: number) =>
    look.pipe(
      Effect.provideService(Waits, () => Schedule.recurs(0)),
      Effect.timeoutOrElse({ duration: "5 seconds", orElse: () => Effect.fail(asked.failure) }),
      Effect.delay(Duration.seconds(wait)),
    );
  let [manner, left] = [patient, patientWaits];
  while (left.length > 0) {
    const [wait = 0, ...rest] = left;
    // A look that fails is one that saw nothing.
    const seen = yield* Effect.exit(manner(wait));
    [manner, left] = manner === patient && Exit.hasInterrupts(seen) ? [hasty, hastyWaits] : [manner, rest];
    const found = Exit.isSuccess(seen) ? seen.value.data.filter((run) => run.id > baseline && isIt(run, newest)) : [];
    const first = found.toSorted((a, b) => a.id - b.id).at(0);
    if (first !== undefined) return { run: first, ours: proves };
  }
  const dbt = yield* Dbt;
  const where = urlOf(dbt.url, account.account_id ?? dbt.defaults.account_id, newest?.project_id, job_id);
  return yield* new DbtError({
    endpoint,
    reason: {
      _tag: "Ambiguous",
      ...(reason.status === undefined ? {} : { status: reason.status }),
      detail: reason.detail,
      remedy:
        `No newer run of job ${job_id} with ${mark} was found. Look once more, at ${where}, before you start it again.`,
    },
  });
});

/** The same waits, but such that they can be interrupted where nothing else can. */
export function awake(
  schedule: Schedule.Schedule<unknown, DbtError>,
  restore: Restore,
): Schedule.Schedule<unknown, DbtError> {
  return Schedule.fromStep(
    Effect.map(Schedule.toStep(schedule), (step) => (now: number, error: DbtError) =>
      Effect.flatMap(
        step(now, error),
        ([output, delay]) =>
          Effect.as(restore(Effect.sleep(delay)), [output, Duration.zero] as [unknown, Duration.Duration]),
      )),
  );
}

/** Where people see a job's runs. The project is known only from a run. */
function urlOf(url: string, account: number | undefined, project: number | null | undefined, job: number): string {
  return project ? `${url}/deploy/${account}/projects/${project}/jobs/${job}` : `${url}/deploy/${account}`;
}

// ---- the cause as a mark --------------------------------------------------------------------------------------------

/** What dbt Cloud keeps of a cause, in bytes of UTF-8. */
const longestCause = 255;

/** A mark for a cause, as no other run has it. */
export const drawTag: Effect.Effect<string> = Effect.map(
  Random.next,
  (random) => `[dbtc:${Math.floor(random * 36 ** 10).toString(36).padStart(10, "0")}]`,
);

/** A cause that ends with a tag: the user's words are cut, never the tag, and are no tag themselves. */
export function tagged(cause: string, tag: string): string {
  let words = cause.toWellFormed();
  for (let before = ""; before !== words;) [before, words] = [words, words.replaceAll(/\s*\[dbtc:[^\]]*\]/g, "")];
  const room = new Uint8Array(longestCause - tag.length - 1);
  const { read } = new TextEncoder().encodeInto(words.trim(), room);
  return `${words.trim().slice(0, read).trimEnd()} ${tag}`.trimStart();
}

/** Whether a run was started through the API, with this tag at the end of its cause. */
export function hasTag({ trigger }: Run, tag: string): boolean {
  return (trigger?.cause?.trimEnd().endsWith(tag) ?? false) && (trigger?.cause_category ?? "api") === "api";
}
