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
import type { StartOptions, TriggerEvent } from "../../workflows/trigger_and_wait.ts";
import { hasEnded } from "../../workflows/wait_for_run.ts";
import type { UsageError } from "../output/exit_code.ts";
import { sayWhy } from "./runs_explain.ts";
import { clean } from "../output/safe_text.ts";
import { Parting } from "../output/last_words.ts";
import { clearIdFile, type WaitPlan } from "./wait_options.ts";
import { type Invocation, print, styleOf } from "../output/print.ts";
import { makeProgress, outcomeLine } from "../output/run_progress.ts";
import { note, write } from "../output/write_output.ts";

/** What a run reports, from before it is asked for. */
export type Told = Required<Pick<StartOptions, "onAsk" | "onEvent">>;

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
      : `Run ${run.id} goes on: ${onward(run)}`;

  const finish = Effect.fnUntraced(function* (exit: Exit.Exit<Run, DbtError>) {
    if (last === undefined) return;
    yield* (plan.waits ? printRun : printStart(onward(last)))(last, invocation).pipe(
      // The run goes on whether or not its object could be written.
      Effect.catch(({ message }) => note(`Run ${last?.id}: ${message}`)),
    );
    const interrupted = Exit.isFailure(exit) && Cause.hasInterrupts(exit.cause);
    if (interrupted || (Exit.isFailure(exit) && !hasEnded(last))) yield* note(fate(last));
    parting.words = undefined;
  });

  yield* Effect.scoped(Effect.gen(function* () {
    const progress = yield* makeProgress;
    const first = Effect.fnUntraced(function* (run: Run, attached: boolean, ours: boolean) {
      stopping = false;
      parting.words = fate(run);
      yield* writeId(run);
      if (!plan.waits) return;
      const name = `${attached ? "Attached to run" : "Run"} ${run.id} of job ${run.job_definition_id ?? job_id}`;
      const takesUp = !attached && run.retrying_run_id ? ` takes up run ${run.retrying_run_id}` : "";
      const does = ours && plan.options.onInterrupt !== "leave" ? "cancels" : "leaves";
      yield* progress.say(`${name}${takesUp} — Ctrl-C ${does} it  ${clean(run.href ?? "")}`.trimEnd());
    });
    return yield* run({
      onAsk: ({ field, value }) =>
        Effect.sync(() => {
          if (job_id === undefined) return;
          const find = findCommand({ account_id, job_id }, field);
          parting.words = `A run with ${field} ${value} may have been started: ${find}`;
        }),
      onEvent: Effect.fnUntraced(function* (event: TriggerEvent) {
        last = event.run;
        switch (event._tag) {
          case "Triggered":
            return yield* first(last, false, event.ours);
          case "Attached":
            return yield* first(last, true, false);
          case "Cancelling":
            stopping = true;
            parting.words = fate(last);
            return yield* progress.say(`Cancelling run ${last.id} …`);
          case "NotCancelled":
            stopping = false;
            parting.words = fate(last);
            return;
          default:
            return yield* progress.show(event);
        }
      }),
    });
  })).pipe(
    Effect.onExit(finish),
    Effect.tapError((error) => sayWhy(error, plan.report)),
  );
});

/** One object: as JSON, or as a line. */
const printRun = Effect.fnUntraced(function* (run: Run, invocation: Invocation) {
  const style = yield* styleOf(invocation, undefined);
  if (style.format !== "table" || style.fields !== undefined) {
    yield* note(outcomeLine({ color: false }, run));
    return yield* print(run, invocation, undefined, true);
  }
  yield* write(Stream.make(`${outcomeLine(style, run)}\n`), Option.getOrUndefined(invocation.output));
});

/** One object, of a run that is not waited for: as JSON, or as a line that says how to wait for it. */
function printStart(onward: string): typeof printRun {
  return Effect.fnUntraced(function* (run: Run, invocation: Invocation) {
    const style = yield* styleOf(invocation, undefined);
    const line = `Run ${run.id} of job ${run.job_definition_id}: ${onward}  ${clean(run.href ?? "")}`.trimEnd();
    if (style.format !== "table" || style.fields !== undefined) {
      yield* note(line);
      return yield* print(run, invocation, undefined, true);
    }
    yield* write(Stream.make(`${line}\n`), Option.getOrUndefined(invocation.output));
  });
}
