/**
 * Follows a run on stderr while it is started and waited for, explains a failure, and prints the run. Every command that
 * starts a run or waits for one ends here.
 *
 * @module
 */
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import type * as Path from "effect/Path";
import type * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import type * as Terminal from "effect/Terminal";
import { type Run, RunStatus } from "../../api/runs.ts";
import type { Dbt } from "../../dbt.ts";
import type { DbtError } from "../../error.ts";
import { findCommand } from "../../workflows/start_at_most_once.ts";
import type { InAccount } from "../../schema.ts";
import { delivering } from "../../deliver_events.ts";
import { fitting } from "../../workflows/lenient_run.ts";
import type { AskOptions, TriggerEvent, WatchOptions } from "../../workflows/trigger_and_wait.ts";
import { hasEnded } from "../../workflows/wait_for_run.ts";
import { outcomeOf } from "../../workflows/wait_with_retries.ts";
import type { UsageError } from "../output/exit_code.ts";
import { sayWhy } from "./runs_explain.ts";
import { clean } from "../output/safe_text.ts";
import { Parting } from "../output/last_words.ts";
import { clearIdFile, type WaitPlan } from "./wait_options.ts";
import { type Invocation, print, styleOf } from "../output/print.ts";
import { makeProgress, outcomeLine } from "../output/run_progress.ts";
import { note, write } from "../output/write_output.ts";

/** What a command gives to the library, so that the run can be shown from before it is asked for. */
export interface Told extends Required<Pick<AskOptions, "onAsk">>, Required<Pick<WatchOptions, "onStop">> {
  /** Says what else is left in dbt Cloud where the process is ended at once. */
  readonly leaves: (text: string) => void;
  /** The same as `onStop`, for a run that is not waited for. */
  readonly onEvent: (event: TriggerEvent) => Effect.Effect<void>;
  /** Follows a run to its end. What is known of it is never behind its events. */
  readonly follow: (events: Stream.Stream<TriggerEvent, DbtError, Dbt>) => Effect.Effect<Run, DbtError, Dbt>;
}

/**
 * Shows what a run tells, explains its failure, and prints one object, the run as last known, however this ends. `of` says
 * whose run it is.
 */
export const followRun: (
  of: InAccount & { readonly job_id?: number },
  plan: WaitPlan,
  invocation: Invocation,
  run: (told: Told) => Effect.Effect<Run, DbtError, Dbt>,
) => Effect.Effect<
  void,
  DbtError | UsageError,
  Dbt | FileSystem.FileSystem | Path.Path | Stdio.Stdio | Terminal.Terminal
> = Effect.fnUntraced(function* ({ account_id, job_id }, plan, invocation, run) {
  yield* clearIdFile(plan);
  const parting = yield* Parting;
  const platform = yield* Effect.context<FileSystem.FileSystem | Stdio.Stdio>();
  const account = account_id === undefined ? "" : ` --account-id ${account_id}`;
  const onward = ({ id }: Run) => `dbtc runs wait ${id}${account}`;
  let last: Run | undefined;
  let stopping = false;
  let failedToSee = false;
  let beside = "";
  const setWords = (text: string) => void (parting.words = [text, beside].filter((line) => line !== "").join("\n"));

  const writeId = ({ id }: Run) =>
    plan.idFile === undefined ? Effect.void : write(Stream.make(`${id}\n`), plan.idFile).pipe(
      // The run goes on whether or not its id could be written.
      Effect.catch(({ message }) => note(`Run ${id}: ${message}`)),
      Effect.provide(platform),
    );

  /** What became of a run that nobody waits for any more. */
  const fate = (run: Run) =>
    run.status === RunStatus.cancelled
      ? `Run ${run.id} was cancelled`
      : hasEnded(run)
      ? `Run ${run.id} had ended`
      : stopping
      ? `Run ${run.id} was asked to stop, and has not yet: ${onward(run)}`
      : failedToSee
      ? `Run ${run.id} may still be in flight, but the last poll failed: ${onward(run)}`
      : `Run ${run.id} goes on: ${onward(run)}`;

  const finish = Effect.fnUntraced(function* (exit: Exit.Exit<Run, DbtError>) {
    if (last === undefined) return;
    yield* (plan.waits ? printRun : printStart(onward(last)))(last, invocation).pipe(
      // The run goes on whether or not its object could be written.
      Effect.catch(({ message }) => note(`Run ${last?.id}: ${message}`)),
    );
    const interrupted = Exit.isFailure(exit) && Cause.hasInterrupts(exit.cause);
    // Only a poll that saw the run knows that it goes on: any other failure is that of a poll.
    failedToSee = Option.exists(Exit.findErrorOption(exit), ({ reason }) => reason._tag !== "WaitTimedOut");
    if (interrupted || (Exit.isFailure(exit) && !hasEnded(last))) yield* note(fate(last));
    parting.words = undefined;
  });

  yield* Effect.scoped(Effect.gen(function* () {
    const progress = yield* makeProgress;
    const begin = Effect.fnUntraced(function* (event: TriggerEvent & { readonly _tag: "Attached" | "Triggered" }) {
      const run = fitting(event.run);
      yield* writeId(run);
      if (!plan.waits) return;
      const attached = event._tag === "Attached";
      const name = `${attached ? "Attached to run" : "Run"} ${run.id} of job ${run.job_definition_id ?? job_id}`;
      const takesUp = !attached && run.retrying_run_id ? ` takes up run ${run.retrying_run_id}` : "";
      const does = !attached && event.ours && plan.options.onInterrupt !== "leave" ? "cancels" : "leaves";
      yield* progress.say(`${name}${takesUp} — Ctrl-C ${does} it  ${clean(run.href ?? "")}`.trimEnd());
    });
    const show = (event: TriggerEvent) => {
      switch (event._tag) {
        case "Triggered":
        case "Attached":
          return begin(event);
        case "Cancelling":
          return progress.say(`Cancelling run ${event.run.id} …`);
        case "NotCancelled":
          return Effect.void;
        default:
          return progress.show({ ...event, run: fitting(event.run) });
      }
    };
    // What is printed is behind what is known where stderr is slow: it must not hold the run.
    return yield* delivering(show, (tell: (event: TriggerEvent) => void) => {
      const take = (event: TriggerEvent) => {
        last = event.run;
        if (event._tag === "Triggered" || event._tag === "Attached" || event._tag === "NotCancelled") stopping = false;
        if (event._tag === "Cancelling") stopping = true;
        if (event._tag in words) setWords(fate(last));
        tell(event);
      };
      const onEvent = (event: TriggerEvent) => Effect.sync(() => take(event));
      return run({
        onAsk: ({ field, value, ...job }) =>
          Effect.sync(() => {
            setWords(`A run with ${field} ${value} may have been started: ${findCommand(job, field)}`);
          }),
        leaves: (text) => {
          beside = text;
          setWords("");
        },
        onEvent,
        onStop: onEvent,
        follow: (events) => outcomeOf(Stream.tap(events, onEvent)),
      });
    });
  })).pipe(
    Effect.onExit(finish),
    Effect.tapError((error) => sayWhy(error, plan.report)),
  );
});

/** The events after which the last words of this process are others. */
const words = { Triggered: true, Attached: true, Cancelling: true, NotCancelled: true };

/** One object: as JSON, or as a line. */
const printRun = Effect.fnUntraced(function* (run: Run, invocation: Invocation) {
  const style = yield* styleOf(invocation, undefined);
  if (style.format !== "table" || style.fields !== undefined) {
    yield* note(outcomeLine({ color: false }, fitting(run)));
    return yield* print(run, invocation, undefined, true);
  }
  yield* write(Stream.make(`${outcomeLine(style, fitting(run))}\n`), Option.getOrUndefined(invocation.output));
});

/** One object, of a run that is not waited for: as JSON, or as a line that says how to wait for it. */
function printStart(onward: string): typeof printRun {
  return Effect.fnUntraced(function* (run: Run, invocation: Invocation) {
    const style = yield* styleOf(invocation, undefined);
    const { href, id, job_definition_id } = fitting(run);
    const line = `Run ${id} of job ${job_definition_id}: ${onward}  ${clean(href ?? "")}`.trimEnd();
    if (style.format !== "table" || style.fields !== undefined) {
      yield* note(line);
      return yield* print(run, invocation, undefined, true);
    }
    yield* write(Stream.make(`${line}\n`), Option.getOrUndefined(invocation.output));
  });
}
