/**
 * Follows a run that a command starts or waits for: shows its progress on stderr, prints it on stdout at the end, and
 * explains a failure. All commands that start runs or wait for one use it.
 *
 * @module
 */
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Predicate from "effect/Predicate";
import type * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import * as Struct from "effect/Struct";
import { type Run, RunStatus } from "../../api/runs.ts";
import type { Dbt } from "../../dbt.ts";
import { delivering } from "../../deliver_events.ts";
import type { DbtError } from "../../error.ts";
import type { InAccount } from "../../shared_fields.ts";
import { fitting } from "../../workflows/lenient_run.ts";
import { hasEnded } from "../../workflows/run_events.ts";
import { findCommand, type Mark } from "../../workflows/start_at_most_once.ts";
import type { AskOptions, TriggerEvent, WatchOptions } from "../../workflows/trigger_and_wait.ts";
import { outcomeOf } from "../../workflows/wait_with_retries.ts";
import { OutputError } from "../output/exit_code.ts";
import { ExitNotice } from "../output/exit_notice.ts";
import { type Invocation, isForPeople, print, styleFor } from "../output/print.ts";
import { makeRunProgress, outcomeLine } from "../output/run_progress.ts";
import { clean } from "../output/safe_text.ts";
import { note, write } from "../output/write_output.ts";
import type { CommandEffect } from "./command_types.ts";
import { explainFailure, writeReportFile } from "./runs_explain.ts";
import { clearFiles, type WaitPlan } from "./wait_options.ts";
import type { OfJob } from "../../api/jobs.ts";

/** What a command passes to a workflow that starts a run or waits for one. */
interface RunCallbacks extends Required<Pick<AskOptions, "onAsk">>, Required<Pick<WatchOptions, "onStop">> {
  /** Sets what is printed if the command ends before there is an answer to what it asks for. */
  readonly asks: (text: string) => void;
  /** There was an answer. Adds a line to what is printed if the process has to exit at once. */
  readonly leaves: (text: string) => void;
  /** As `onStop`, for a run that nobody waits for. */
  readonly onEvent: (event: TriggerEvent) => Effect.Effect<void>;
  /** Follows a run to its end. The state of the command is never behind the events. */
  readonly follow: (events: Stream.Stream<TriggerEvent, DbtError, Dbt>) => Effect.Effect<Run, DbtError, Dbt>;
}

/** The events after which the process leaves the run in another state. */
export const noticedEvents: ReadonlySet<string> = new Set(["Triggered", "Attached", "Cancelling", "NotCancelled"]);

/**
 * Follows the run of a workflow. Prints the run as last known, whether the workflow succeeds, fails or is interrupted.
 * `target` is what the command line names: the job's account and the job, if they are known.
 */
export const followRun: (
  target: InAccount & { readonly job_id?: number },
  plan: WaitPlan,
  invocation: Invocation,
  workflow: (callbacks: RunCallbacks) => Effect.Effect<Run, DbtError, Dbt>,
) => CommandEffect = Effect.fnUntraced(function* ({ account_id, job_id }, plan, invocation, workflow) {
  yield* clearFiles(plan);
  const exitNotice = yield* ExitNotice;
  const platform = yield* Effect.context<FileSystem.FileSystem | Stdio.Stdio>();
  const waitCommand = (run: Run) => waitCommandOf(run, account_id);
  /** The run as last known. */
  let current: Run | undefined;
  /** Whether dbt Cloud was asked to cancel it. */
  let isCancelling = false;
  /** Whether the last poll failed, so that nothing is known of the run since. */
  let isUnseen = false;
  /** What to print of something that was asked for, until there is an answer. */
  let pending: string | undefined;
  /** What else stays in dbt Cloud. */
  let leftovers = "";
  /** Why the run, or its id, could not be written. */
  let unwritten: string | undefined;

  const setNotice = (text: string) => {
    exitNotice.text = [text, leftovers].filter((line) => line !== "").join("\n");
  };
  const asks = (text: string) => {
    pending = text;
    setNotice(text);
  };
  /** The run continues whatever happens to its output: the failure is reported, and exits 11 if nothing else fails. */
  const reportUnwritten = ({ id }: Run) => ({ message }: { readonly message: string }) => {
    unwritten = message;
    return note(`Run ${id}: ${message}`);
  };
  const writeId = (run: Run) =>
    plan.idFile === undefined ? Effect.void : write(Stream.make(`${run.id}\n`), plan.idFile).pipe(
      Effect.catch(reportUnwritten(run)),
      Effect.provide(platform),
    );

  const writeReport = Effect.suspend(() =>
    current === undefined ? Effect.void : Effect.catch(writeReportFile([current], plan), reportUnwritten(current))
  );

  const statusNotice = (run: Run) => leftRun(run, { isCancelling, isUnseen, waitCommand: waitCommand(run) });

  const printAtEnd = Effect.fnUntraced(function* (exit: Exit.Exit<Run, DbtError>) {
    const run = current;
    const interrupted = Exit.isFailure(exit) && Cause.hasInterrupts(exit.cause);
    // The answer was lost, and nobody looks for what was asked for any more.
    if (interrupted && pending !== undefined) yield* note(pending);
    if (run === undefined) return;
    const { href, id, job_definition_id, status_humanized } = fitting(run);
    const status = status_humanized ? `${clean(status_humanized)}. ` : "";
    const line = `Run ${id} of job ${job_definition_id ?? job_id}: ${status}To wait for it: ${waitCommand(run)}  ` +
      clean(href ?? "");
    yield* printRun(run, plan.waits ? undefined : line.trimEnd(), invocation).pipe(Effect.catch(reportUnwritten(run)));
    // Only a poll that saw the run knows that it continues: any other failure is that of a poll.
    isUnseen = Option.exists(Exit.findErrorOption(exit), ({ reason }) => reason._tag !== "WaitTimedOut");
    if (interrupted || (Exit.isFailure(exit) && !hasEnded(run))) yield* note(statusNotice(run));
    exitNotice.text = undefined;
  });

  yield* Effect.scoped(Effect.gen(function* () {
    const progress = yield* makeRunProgress;
    const announce = Effect.fnUntraced(function* (event: TriggerEvent & { readonly _tag: "Attached" | "Triggered" }) {
      const run = fitting(event.run);
      yield* writeId(run);
      if (!plan.waits) return;
      const isAttached = event._tag === "Attached";
      const name = `${isAttached ? "Attached to run" : "Run"} ${run.id} of job ${run.job_definition_id ?? job_id}`;
      const retried = !isAttached && run.retrying_run_id ? ` retries run ${run.retrying_run_id}` : "";
      const does = !isAttached && event.ours && plan.options.onInterrupt !== "leave" ? "cancels" : "leaves";
      yield* progress.printLine(`${name}${retried} — Ctrl-C ${does} it  ${clean(run.href ?? "")}`.trimEnd());
    });
    const show = (event: TriggerEvent) => {
      switch (event._tag) {
        case "Triggered":
        case "Attached":
          return announce(event);
        case "Cancelling":
          return progress.printLine(`Cancelling run ${event.run.id} …`);
        case "NotCancelled":
          return Effect.void;
        default:
          return progress.showEvent({ ...event, run: fitting(event.run) });
      }
    };
    // On a slow stderr, what is shown is behind what is known: it must not hold up the run.
    return yield* delivering(show, (deliver: (event: TriggerEvent) => void) => {
      const take = (event: TriggerEvent) => {
        current = event.run;
        if (noticedEvents.has(event._tag)) {
          isCancelling = event._tag === "Cancelling";
          pending = undefined;
          setNotice(statusNotice(event.run));
        }
        deliver(event);
      };
      const onEvent = (event: TriggerEvent) => Effect.sync(() => take(event));
      return workflow({
        onAsk: (mark) => Effect.sync(() => asks(mayHaveStarted(mark))),
        asks,
        leaves: (text) => {
          pending = undefined;
          leftovers = text;
          setNotice("");
        },
        onEvent,
        onStop: onEvent,
        follow: (events) => outcomeOf(Stream.tap(events, onEvent)),
      });
    });
  })).pipe(
    Effect.onExit(printAtEnd),
    // An interrupted wait has nothing to report.
    Effect.tapError((error) => Effect.andThen(explainFailure(error, plan), writeReport)),
  );
  yield* writeReport;
  if (unwritten !== undefined) return yield* new OutputError({ message: unwritten });
});

/** What to say about a run that was asked for, and whose id is not known yet. */
export function mayHaveStarted({ field, value, ...job }: Mark & OfJob): string {
  return `A run with ${field} ${value} may have been started: ${findCommand(job, field)}`;
}

/** The command that waits for a run. */
export function waitCommandOf({ id }: Run, account_id: number | undefined): string {
  return `dbtc runs wait ${id}${account_id === undefined ? "" : ` --account-id ${account_id}`}`;
}

/** What a run does when this process waits no longer. */
export function leftRun(
  run: Run,
  { isCancelling, isUnseen, waitCommand }: {
    /** dbt Cloud was asked to cancel it. */
    readonly isCancelling: boolean;
    /** The last poll failed, so that nothing is known of it since. */
    readonly isUnseen: boolean;
    /** The command that waits for it. */
    readonly waitCommand: string;
  },
): string {
  if (run.status === RunStatus.cancelled) return `Run ${run.id} was cancelled`;
  if (hasEnded(run)) return `Run ${run.id} had ended`;
  if (isCancelling) return `Run ${run.id} is being cancelled: ${waitCommand}`;
  return isUnseen
    ? `Run ${run.id} may still be in flight, but the last poll failed: ${waitCommand}`
    : `Run ${run.id} continues: ${waitCommand}`;
}

/** Prints a run: as data, with the line on stderr, or as the line alone. The line is by default how the run ended. */
const printRun = Effect.fnUntraced(function* (run: Run, line: string | undefined, invocation: Invocation) {
  const style = yield* styleFor(invocation);
  if (isForPeople(style)) {
    return yield* write(Stream.make(`${line ?? outcomeLine(style, fitting(run))}\n`), invocation.output);
  }
  yield* note(line ?? outcomeLine({ color: false }, fitting(run)));
  yield* print(invocation.fields === undefined ? withoutStepLogs(run) : run, invocation, { afterWrite: true });
});

/** The logs of a run's steps are most of it. `--fields run_steps` prints them, and so does `dbtc runs logs`. */
export function withoutStepLogs(run: Run): Run {
  const { run_steps } = run;
  // No member of a run is sure, and none is to be lost: see `lenient_run.ts`.
  return Array.isArray(run_steps)
    ? {
      ...run,
      run_steps: run_steps.map((step) =>
        Predicate.isObject(step) ? Struct.omit(step, ["logs", "debug_logs", "truncated_debug_logs"]) : step
      ),
    }
    : run;
}
