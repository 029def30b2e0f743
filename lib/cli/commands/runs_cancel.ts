/**
 * `dbtc runs cancel`: cancels one run; or, where no run is named, all runs in flight that match.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import { Dbt } from "../../dbt.ts";
import { type Workflow, workflow } from "../../endpoint.ts";
import * as runs from "../../groups/runs.ts";
import { readRequest } from "../../request.ts";
import { columnsOf, descriptionOf, field, named, optional } from "../../schema.ts";
import { cancelEach, type Cancellation, type CancelRuns, runsToCancel } from "../../workflows/cancel_runs.ts";
import { isGiven } from "../input/name_flags.ts";
import { requestInput, type Typed } from "../input/request_input.ts";
import { exitCode, usage } from "../output/exit_code.ts";
import { type Invocation, print } from "../output/print.ts";
import { render } from "../output/render.ts";
import { clean } from "../output/safe_text.ts";
import { note } from "../output/write_output.ts";
import { callRow, confirm, unsendable } from "./call_endpoint.ts";
import { program, type ProgramInput } from "./program.ts";

const columns = columnsOf(runs.Run.ast);

/** A field of `runs list`, as help shows it here. */
function withoutRun<A, E>(schema: Schema.Codec<A, E>): Schema.Codec<A, E> {
  const line = descriptionOf(schema) ?? "";
  return field(schema, `Without a run: ${line.charAt(0).toLowerCase()}${line.slice(1)}`);
}

const { account_id, created_at__range, environment_id, job_definition_id, project_id, project_id__in, status__in } =
  runs.list.request;
const { queued, running, starting } = runs.RunStatus;
const status = named(Schema.Int, { queued, starting, running });

/** The runs that are cancelled where no run is named, as an entry of its own: its fields become flags. */
const matching: Workflow<CancelRuns, ReadonlyArray<runs.Run>> = workflow("runs.cancel", {
  summary: "Find the runs to cancel",
  request: {
    account_id,
    job_definition_id: optional(withoutRun(job_definition_id)),
    project_id: optional(withoutRun(project_id)),
    environment_id: optional(withoutRun(environment_id)),
    status: optional(field(status, "Without a run: only the runs with this status")),
    all_jobs: optional(field(Schema.Boolean, "Without a run: the runs of every job of the account")),
    created_at__range,
    project_id__in,
    status__in,
  },
  run: runsToCancel,
});

const filter = requestInput(matching, {
  hidden: ["account-id", "account-name", "created-at-range", "project-id-in", "status-in"],
});

const { fields, texts, times } = filter.config;
const flags = { filter: { fields, texts, times } };
type Input = ProgramInput<Partial<runs.OfRun>, typeof flags>;

/** Cancels the run that is named; without one, shows the runs that match, asks, and cancels each. */
const cancel = Effect.fnUntraced(function* ({ flags, invocation, request, row }: Input) {
  const typed = { ...flags.filter, words: {} };
  const given = namesGiven(typed);
  if (request.run_id !== undefined) {
    const [name] = given;
    if (name !== undefined) return yield* usage(`A run is named, and --${name} is given: one run, or all that fit`);
    return yield* callRow(row, { ...request }, { all: false, replace: false }, invocation);
  }
  const everything = given.includes("all-jobs");
  const narrow = given.some((name) => /^(job|project|environment)-/.test(name));
  if (!narrow && !everything) {
    return yield* usage(
      "Which run? Give its id; or --job-id, --project-id or --environment-id for all in flight there, --all-jobs for " +
        "those of every job",
    );
  }
  if (narrow && everything) return yield* usage("--all-jobs contradicts a job, a project and an environment");
  if (invocation.raw) return yield* usage("--raw prints one answer, and each run has one of its own");
  const read = readRequest(matching, { ...request, ...yield* filter.request(typed) });
  if (Result.isFailure(read)) return yield* unsendable(matching.name, read.failure);
  yield* cancelMany(read.success, invocation);
});

/** The command. */
export const runsCancel = program(runs.cancel, { flags, without: ["run_id"], dryRun: cancel, run: cancel });

/** The names of the flags that were given. */
function namesGiven(typed: Typed): ReadonlyArray<string> {
  const { fields, texts, times } = typed;
  return [
    ...Object.keys(fields).filter((name) => isGiven(typed, name) && fields[name] !== false),
    ...[texts, times].flatMap((values) => Object.keys(values).filter((name) => values[name] !== undefined)),
  ];
}

const cancelMany = Effect.fnUntraced(function* (filter: CancelRuns, invocation: Invocation) {
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
const tableOf = Effect.fnUntraced(function* (plan: ReadonlyArray<runs.Run>) {
  const text = yield* render(plan, { format: "table", color: false, width: Infinity, ...(columns && { columns }) });
  return text.trimEnd();
});
