/**
 * `dbtc runs cancel`: cancels one run, or all in flight that fit.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Stream from "effect/Stream";
import * as runs from "../../api/runs.ts";
import type { Run } from "../../api/runs.ts";
import { cancelEach, type Cancellation, type CancelRuns, runsToCancel } from "../../workflows/cancel_runs.ts";
import { Dbt } from "../../dbt.ts";
import { columnsOf } from "../../schema.ts";
import { table } from "../../groups/table.ts";
import { callRow, confirm } from "./call_endpoint.ts";
import { exitCode, usage } from "../output/exit_code.ts";
import { flagsOf } from "../input/field_flags.ts";
import { clean, render } from "../output/render.ts";
import { checkOutput, print } from "../output/print.ts";
import type { RunProgram } from "./program.ts";
import { cancelFlags, cancelSpecs } from "./runs_cancel_flags.ts";
import { requestOf } from "../input/request_input.ts";
import { note } from "../output/write_output.ts";

const columns = columnsOf(runs.Run.ast);

/** Cancels the run that is named; without one, shows the runs that fit, asks, and cancels each. */
export const cancelRow: RunProgram = Effect.fnUntraced(function* (row, flags, typed, invocation) {
  const given = (name: string) => (typed.flags[name] ?? []).length > 0;
  const filters = cancelSpecs(row).map(({ name }) => name).filter(given);
  if (given("run-id") || Object.values(typed.words).some(Option.isSome)) {
    const [filter] = filters;
    if (filter !== undefined) return yield* usage(`A run is named, and --${filter} is given: one run, or all that fit`);
    return yield* callRow(row, flags, typed, { limit: Option.none(), all: false, replace: false }, invocation);
  }
  const everything = typed.flags["all-jobs"]?.at(-1) === "true";
  const narrow = filters.some((name) => /^(job|project|environment)-/.test(name));
  if (!narrow && !everything) {
    return yield* usage(
      "Which run? Give its id; or --job-id, --project-id or --environment-id for all in flight there, --all-jobs for " +
        "those of every job",
    );
  }
  if (narrow && everything) return yield* usage("--all-jobs contradicts a job, a project and an environment");
  if (invocation.raw) return yield* usage("--raw prints one answer, and each run has one of its own");

  const list = table.find(({ call }) => call.name === runs.list.name) ?? row;
  const account = flagsOf(runs.list).filter(({ path }) => path[0] === "account_id");
  // `runsToCancel` and the list's own schemas check every field.
  const filter = {
    ...(yield* requestOf(list, [...account, ...cancelFlags(runs.list)], typed)),
    all_jobs: everything,
  } as CancelRuns;
  yield* checkOutput(invocation);
  const { readonly } = yield* Dbt;
  if (readonly && !invocation.dryRun) {
    return yield* usage("Nothing was sent: this session is read-only (DBTC_READONLY), and this is a write");
  }
  const plan = yield* runsToCancel(filter);
  if (plan.length === 0) {
    yield* note("No run in flight fits: there is nothing to cancel");
    return yield* print([], invocation, columns);
  }
  const count = plan.length === 1 ? "1 run" : `${plan.length.toLocaleString("en-US")} runs`;
  if (invocation.dryRun) {
    yield* note(`${count} would be cancelled; nothing was sent`);
    return yield* print(plan, invocation, columns);
  }
  yield* note(yield* tableOf(plan));
  yield* confirm(`Cancel ${count}`, invocation);

  const done: Array<Cancellation> = [];
  yield* cancelEach(plan, filter).pipe(
    Stream.runForEach((cancellation) => Effect.sync(() => void done.push(cancellation))),
    Effect.onInterrupt(() => note(`Interrupted: of ${count}, ${done.length} came to an end before`)),
  );
  yield* print(done.map(({ run }) => run), invocation, columns, true);
  const failures = done.flatMap(({ failure }) => failure ?? []).toSorted((a, b) => exitCode(b) - exitCode(a));
  const [worst, ...others] = failures;
  for (const { message } of others) yield* note(`dbtc: ${clean(message, true)}`);
  if (worst !== undefined) return yield* worst;
});

/** The runs that would be cancelled, as a table. */
const tableOf = Effect.fnUntraced(function* (plan: ReadonlyArray<Run>) {
  const text = yield* render(plan, { format: "table", color: false, width: Infinity, ...(columns && { columns }) });
  return text.trimEnd();
});
