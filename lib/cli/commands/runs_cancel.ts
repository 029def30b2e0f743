/**
 * `dbtc runs cancel`: cancels the run that is named; without one, all runs in flight that its filters match.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import { type Workflow, workflow } from "../../endpoint.ts";
import * as runs from "../../groups/runs.ts";
import { readRequest } from "../../request.ts";
import { defined } from "../../defined.ts";
import type { InAccount } from "../../shared_fields.ts";
import { columnsOf, field, named, optional } from "../../schema.ts";
import {
  cancelEach,
  type Cancellation,
  cancelRun,
  type CancelRuns,
  runsToCancel,
} from "../../workflows/cancel_runs.ts";
import { isGiven, type Typed } from "../input/typed_request.ts";
import { requestInput } from "../input/request_input.ts";
import { counted } from "../output/counted.ts";
import { exitCode, usage } from "../output/exit_code.ts";
import { type Invocation, isForPeople, print, styleFor } from "../output/print.ts";
import { render } from "../output/render.ts";
import { clean, cleanLines } from "../output/safe_text.ts";
import { note } from "../output/write_output.ts";
import { callRow } from "./call_endpoint.ts";
import { confirm, refuseReadOnly } from "./confirm.ts";
import { requestMistake } from "./print_request.ts";
import { program, type ProgramInput } from "./program.ts";
import { tableNames } from "./table_names.ts";

const columns = columnsOf(runs.Run.ast);

const { account_id, created_at__range, environment_id, job_definition_id, project_id, project_id__in, status__in } =
  runs.list.request;
const { queued, running, starting } = runs.RunStatus;
const status = named(Schema.Int, { queued, starting, running });

/** The search for runs to cancel, written as an entry of the table: so its fields become flags. */
const search: Workflow<CancelRuns, ReadonlyArray<runs.Run>> = /* @__PURE__ */ workflow("runs.cancel", () => ({
  summary: "Find the runs to cancel",
  request: {
    account_id,
    job_definition_id,
    project_id,
    environment_id,
    status: optional(field(status, "Only runs with this status")),
    all_jobs: optional(field(Schema.Boolean, "Runs of every job of the account")),
    created_at__range,
    project_id__in,
    status__in,
  },
  run: runsToCancel,
}));

const searchInput = requestInput(search, {
  hidden: ["account", "created-at-range", "project-id-in", "status-in"],
  describe: (line) => `Without a run id: ${line.charAt(0).toLowerCase()}${line.slice(1)}`,
});

const { fields, names, times, within } = searchInput.config;
const flags = { search: { fields, names, times, within } };
type CancelInput = ProgramInput<Partial<runs.OfRun>, typeof flags>;

const cancel = Effect.fnUntraced(function* ({ flags, invocation, request, row }: CancelInput) {
  const typed: Typed = { ...flags.search, body: {}, args: {} };
  const given = flagsGiven(typed);
  if (request.run_id !== undefined) {
    const [name] = given;
    if (name !== undefined) {
      return yield* usage(`--${name} does not go with a run id: name one run, or filter for several`);
    }
    return yield* cancelNamed(row, { ...request, run_id: request.run_id }, invocation);
  }
  const allJobs = given.includes("all-jobs");
  const isNarrowed = given.some((name) => /^(job|project|environment)(-|$)/.test(name));
  if (!isNarrowed && !allJobs) {
    return yield* usage(
      "Which run? Give its id. To cancel several: --job, --project, --environment, or --all-jobs for " +
        "every job",
    );
  }
  if (isNarrowed && allJobs) return yield* usage("--all-jobs does not go with a job, a project or an environment");
  if (invocation.raw) return yield* usage("--raw prints one response; to cancel several runs takes several");
  const filter = readRequest(search, { ...request, ...yield* searchInput.request(typed) });
  if (Result.isFailure(filter)) return yield* requestMistake(row.call, filter.failure);
  yield* cancelRuns(filter.success, invocation);
});

/** Asks before it cancels several runs. A dry run shows which ones it would cancel. */
export const runsCancel = program(runs.cancel, { flags, optional: ["run_id"], dryRun: cancel, run: cancel });

/** Cancels the run that is named. Says so if it had ended: that is no failure, since nothing is left to cancel. */
const cancelNamed = Effect.fnUntraced(function* (row: CancelInput["row"], request: runs.OfRun, invocation: Invocation) {
  if (invocation.raw || invocation.dryRun) return yield* callRow(row, { ...request }, invocation);
  const { hadEnded, run } = yield* cancelRun(request);
  if (hadEnded) {
    const status = clean(run.status_humanized ?? `status ${run.status}`);
    yield* note(`Run ${run.id} had ended: ${status}. There was nothing to cancel`);
  }
  // A person sees the row of a table, as after a cancel of several.
  const isSeen = isForPeople(yield* styleFor(invocation));
  const names = yield* namesFor([run], request, invocation);
  yield* print(isSeen ? [run] : run, invocation, { columns, afterWrite: true, ...names });
});

/** The names of the jobs of runs, for a person. */
const namesFor = Effect.fnUntraced(function* (
  found: ReadonlyArray<runs.Run>,
  { account_id }: InAccount,
  invocation: Invocation,
) {
  if (columns === undefined || !isForPeople(yield* styleFor(invocation))) return {};
  return { names: yield* tableNames(columns, found, defined({ account_id })) };
});

/** The names of the flags that are given. */
function flagsGiven(typed: Typed): ReadonlyArray<string> {
  return [
    ...Object.keys(typed.fields).filter((name) => isGiven(typed, name) && typed.fields[name] !== false),
    ...[typed.names, typed.times].flatMap((values) => Object.keys(values).filter((name) => values[name] !== undefined)),
  ];
}

const cancelRuns = Effect.fnUntraced(function* (filter: CancelRuns, invocation: Invocation) {
  if (!invocation.dryRun) yield* refuseReadOnly;
  const found = yield* runsToCancel(filter);
  if (found.length === 0) {
    yield* note("No queued or running run matches: nothing to cancel");
    return yield* print([], invocation, { columns });
  }
  const count = counted(found.length, "run");
  const names = yield* namesFor(found, filter, invocation);
  if (invocation.dryRun) {
    yield* note(`${count} would be cancelled. Nothing was sent`);
    return yield* print(found, invocation, { columns, ...names });
  }
  const table = yield* render(found, {
    format: "table",
    color: false,
    width: Infinity,
    ...defined({ columns }),
    ...names,
  });
  yield* note(table.trimEnd());
  yield* confirm(`Cancel ${count}`, invocation);

  const done: Array<Cancellation> = [];
  yield* cancelEach(found, filter).pipe(
    Stream.runForEach((cancellation) => Effect.sync(() => void done.push(cancellation))),
    Effect.onInterrupt(() => note(`Interrupted: ${done.length} of ${count} had ended`)),
  );
  yield* print(done.map(({ run }) => run), invocation, { columns, afterWrite: true, ...names });
  const failures = done.flatMap(({ failure }) => failure ?? []).toSorted((a, b) => exitCode(b) - exitCode(a));
  const [worst, ...others] = failures;
  for (const { message } of others) yield* note(`dbtc: ${cleanLines(message)}`);
  if (worst !== undefined) return yield* worst;
});
