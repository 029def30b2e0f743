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
import type * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import { type Run, RunStatus } from "../../api/runs.ts";
import type { Dbt } from "../../dbt.ts";
import type { DbtError } from "../../error.ts";
import type { InAccount } from "../../shared_fields.ts";
import { findCommand } from "../../workflows/start_at_most_once.ts";
import type { StartOptions, TriggerEvent } from "../../workflows/trigger_and_wait.ts";
import { hasEnded } from "../../workflows/wait_for_run.ts";
import { ExitNotice } from "../output/exit_notice.ts";
import { type Invocation, isForPeople, print, styleFor } from "../output/print.ts";
import { makeRunProgress, outcomeLine } from "../output/run_progress.ts";
import { clean } from "../output/safe_text.ts";
import { note, write } from "../output/write_output.ts";
import type { CommandEffect } from "./command_types.ts";
import { explainFailure } from "./runs_explain.ts";
import { clearIdFile, type WaitPlan } from "./wait_options.ts";

/** The callbacks of a workflow that starts a run or waits for one. */
type RunCallbacks = Required<Pick<StartOptions, "onAsk" | "onEvent">>;

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
  yield* clearIdFile(plan);
  const exitNotice = yield* ExitNotice;
  const platform = yield* Effect.context<FileSystem.FileSystem | Stdio.Stdio>();
  const account = account_id === undefined ? "" : ` --account-id ${account_id}`;
  const waitCommand = ({ id }: Run) => `dbtc runs wait ${id}${account}`;
  /** The run as last known. */
  let current: Run | undefined;
  /** Whether dbt Cloud was asked to cancel it. */
  let isCancelling = false;

  const writeId = ({ id }: Run) =>
    plan.idFile === undefined ? Effect.void : write(Stream.make(`${id}\n`), plan.idFile).pipe(
      // The run goes on, so the command does too.
      Effect.catch(({ message }) => note(`Run ${id}: ${message}`)),
      Effect.provide(platform),
    );

  /** What a run does when this process waits no longer. */
  const statusNotice = (run: Run) =>
    run.status === RunStatus.cancelled
      ? `Run ${run.id} was cancelled`
      : hasEnded(run)
      ? `Run ${run.id} had ended`
      : isCancelling
      ? `Run ${run.id} is being cancelled: ${waitCommand(run)}`
      : `Run ${run.id} continues: ${waitCommand(run)}`;

  const printAtEnd = Effect.fnUntraced(function* (exit: Exit.Exit<Run, DbtError>) {
    const run = current;
    if (run === undefined) return;
    const line = `Run ${run.id} of job ${run.job_definition_id}: ${waitCommand(run)}  ${clean(run.href ?? "")}`;
    yield* printRun(run, plan.waits ? undefined : line.trimEnd(), invocation).pipe(
      // The exit code is that of the run, even if its object cannot be written.
      Effect.catch(({ message }) => note(`Run ${run.id}: ${message}`)),
    );
    const interrupted = Exit.isFailure(exit) && Cause.hasInterrupts(exit.cause);
    if (interrupted || (Exit.isFailure(exit) && !hasEnded(run))) yield* note(statusNotice(run));
    exitNotice.text = undefined;
  });

  yield* Effect.scoped(Effect.gen(function* () {
    const progress = yield* makeRunProgress;
    const announce = Effect.fnUntraced(function* (run: Run, isAttached: boolean, isOurs: boolean) {
      isCancelling = false;
      exitNotice.text = statusNotice(run);
      yield* writeId(run);
      if (!plan.waits) return;
      const name = `${isAttached ? "Attached to run" : "Run"} ${run.id} of job ${run.job_definition_id ?? job_id}`;
      const retried = !isAttached && run.retrying_run_id ? ` retries run ${run.retrying_run_id}` : "";
      const does = isOurs && plan.options.onInterrupt !== "leave" ? "cancels" : "leaves";
      yield* progress.printLine(`${name}${retried} — Ctrl-C ${does} it  ${clean(run.href ?? "")}`.trimEnd());
    });
    return yield* workflow({
      onAsk: ({ field, value }) =>
        Effect.sync(() => {
          if (job_id === undefined) return;
          const find = findCommand({ account_id, job_id }, field);
          exitNotice.text = `A run with ${field} ${value} may have been started: ${find}`;
        }),
      onEvent: Effect.fnUntraced(function* (event: TriggerEvent) {
        current = event.run;
        switch (event._tag) {
          case "Triggered":
            return yield* announce(event.run, false, event.ours);
          case "Attached":
            return yield* announce(event.run, true, false);
          case "Cancelling":
            isCancelling = true;
            exitNotice.text = statusNotice(event.run);
            return yield* progress.printLine(`Cancelling run ${event.run.id} …`);
          case "NotCancelled":
            isCancelling = false;
            exitNotice.text = statusNotice(event.run);
            return;
          default:
            return yield* progress.showEvent(event);
        }
      }),
    });
  })).pipe(
    Effect.onExit(printAtEnd),
    Effect.tapError((error) => explainFailure(error, plan.report)),
  );
});

/** Prints a run: as data, with the line on stderr, or as the line alone. The line is by default how the run ended. */
const printRun = Effect.fnUntraced(function* (run: Run, line: string | undefined, invocation: Invocation) {
  const style = yield* styleFor(invocation);
  if (isForPeople(style)) {
    return yield* write(Stream.make(`${line ?? outcomeLine(style, run)}\n`), invocation.output);
  }
  yield* note(line ?? outcomeLine({ color: false }, run));
  yield* print(invocation.fields === undefined ? withoutStepLogs(run) : run, invocation, { afterWrite: true });
});

/** The logs of a run's steps are most of it. `--fields run_steps` prints them, and so does `dbtc runs logs`. */
function withoutStepLogs(run: Run): Run {
  return run.run_steps
    ? {
      ...run,
      run_steps: run.run_steps.map(({ logs: _, debug_logs: _debug, truncated_debug_logs: _truncated, ...step }) =>
        step
      ),
    }
    : run;
}
