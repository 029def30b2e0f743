/**
 * `dbtc jobs plan` and `dbtc jobs apply`: dbt Cloud as files of jobs say.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import * as Terminal from "effect/Terminal";
import * as jobs from "../../groups/jobs_as_code.ts";
import { applyChanges, changesOf, summaryOf } from "../../jobs_as_code/apply_job_plan.ts";
import type { AppliedChange, JobPlan } from "../../jobs_as_code/jobs_as_code_types.ts";
import { planJobs } from "../../jobs_as_code/plan_jobs.ts";
import type { WithoutSome } from "../../request.ts";
import { choice, one, toggle } from "../input/flag_types.ts";
import { counted } from "../output/counted.ts";
import { ExitCode, ExitWith } from "../output/exit_code.ts";
import { ExitNotice } from "../output/exit_notice.ts";
import { type Invocation, isForPeople, isWholeJson, print, stderrStyle, styleFor } from "../output/print.ts";
import { clean, cleanLines } from "../output/safe_text.ts";
import { eraseLine, paint, widthOf } from "../output/terminal.ts";
import { note, stderrWriter, write } from "../output/write_output.ts";
import { planMarkdown } from "../report/job_plan_markdown.ts";
import { countLine, planData, planText } from "../report/job_plan_text.ts";
import { confirm, refuseReadOnly } from "./confirm.ts";
import { type FileFlags, fileFlags, hidden, noteWarnings, readFiles, useDescription } from "./jobs_as_code_input.ts";
import { program, type ProgramInput } from "./program.ts";

const reports = ["text", "markdown", "json"] as const;
const reportFlag = one(
  "report",
  choice(reports),
  "Format of the plan (default: text on a terminal, else as --format says)",
);

// ---- plan -----------------------------------------------------------------------------------------------------------

const printPlan = Effect.fnUntraced(function* (
  plan: JobPlan,
  report: typeof reports[number] | undefined,
  invocation: Invocation,
) {
  const style = yield* styleFor(invocation);
  const isMarkdown = style.format === "markdown" && style.fields === undefined;
  switch (report ?? (isForPeople(style) ? "text" : isMarkdown ? "markdown" : undefined)) {
    case "text":
      return yield* write(Stream.make(planText(plan, style)), invocation.output);
    case "markdown":
      return yield* write(Stream.make(planMarkdown(plan)), invocation.output);
    case "json":
      return yield* print(planData(plan), { ...invocation, format: "json" });
    case undefined: {
      const data = planData(plan);
      const columns = ["action", "identifier", "job_id", "name", "project_id", "environment_id"];
      yield* print(isWholeJson(style) ? data : data.changes, invocation, {
        columns,
      });
    }
  }
});

const planFlags = {
  ...fileFlags,
  report: reportFlag,
  detailedExitcode: toggle("detailed-exitcode", false, "Exit with 12 if there are changes (default: 0)"),
};

type PlanInput = ProgramInput<WithoutSome<jobs.PlanJobs, "files">, typeof planFlags>;

const plan = Effect.fnUntraced(function* ({ flags, invocation, request }: PlanInput) {
  const made = yield* makePlan("jobs.plan", request, flags);
  yield* printPlan(made, flags.report, invocation);
  if (flags.detailedExitcode && changesOf(made).length > 0) return yield* new ExitWith({ code: ExitCode.hasChanges });
});

/** Exits 0 with or without changes, unless `--detailed-exitcode` asks for 12. */
export const jobsPlan = program(jobs.plan, { hidden, optional: ["files"], flags: planFlags, dryRun: plan, run: plan });

const makePlan = Effect.fnUntraced(function* (
  endpoint: string,
  request: WithoutSome<jobs.PlanJobs, "files">,
  flags: FileFlags,
) {
  const made = yield* planJobs({
    ...request,
    ...yield* useDescription(request.use_desc_for_id),
    ...yield* readFiles(endpoint, flags),
  });
  yield* noteWarnings(made.warnings);
  return made;
});

// ---- apply ----------------------------------------------------------------------------------------------------------

const applyFlags = { ...fileFlags, report: reportFlag };

type ApplyInput = ProgramInput<WithoutSome<jobs.ApplyJobs, "files">, typeof applyFlags>;

/** Shows the plan and asks, applies it, and says how far it came. A dry run only shows the plan. */
export const jobsApply = program(jobs.apply, {
  hidden,
  optional: ["files"],
  flags: applyFlags,
  dryRun: Effect.fnUntraced(function* ({ flags, invocation, request }: ApplyInput) {
    yield* printPlan(yield* makePlan("jobs.apply", request, flags), flags.report, invocation);
  }),
  run: Effect.fnUntraced(function* ({ flags, invocation, request }: ApplyInput) {
    const { force = false, keep_going = false, ...planned } = request;
    const made = yield* makePlan("jobs.apply", planned, flags);
    const changes = changesOf(made);
    const style = yield* styleFor(invocation);
    if (changes.length > 0) {
      yield* refuseReadOnly;
      yield* note(cleanLines(planText(made, { color: false })).trimEnd());
      yield* confirm(`Apply ${counted(changes.length, "change")}`, invocation);
    } else yield* note(countLine(made));
    const done: Array<AppliedChange> = [];
    const progress = yield* makeProgress(changes.length, yield* stderrStyle);
    const notice = yield* ExitNotice;
    if (changes.length > 0) notice.text = halfWay(made, done, true);
    const sayHalfWay = Effect.suspend(() => note(halfWay(made, done, true)));
    yield* applyChanges(made, { force, keep_going }).pipe(
      Stream.runForEach((change) =>
        Effect.suspend(() => {
          done.push(change);
          notice.text = halfWay(made, done, true);
          notice.code = ExitCode.partlyDone;
          return progress.show(change, changes[done.length]);
        })
      ),
      Effect.ensuring(progress.erase),
      Effect.onInterrupt(() => sayHalfWay),
    );
    notice.text = undefined;
    notice.code = undefined;
    const summary = summaryOf(made, done);
    const result = {
      applied: summary.applied,
      failed: summary.failed.map(({ failure, ...change }) => ({ ...change, message: failure?.message ?? "" })),
      left: summary.left.map(({ action, identifier, name }) => ({ action, identifier, name })),
    };
    if (!isForPeople(style)) {
      yield* print(
        isWholeJson(style) ? result : [...result.applied, ...result.failed],
        invocation,
        {
          columns: ["action", "identifier", "job_id", "name", "message"],
          afterWrite: true,
        },
      );
    }
    const [first] = summary.failed;
    if (first?.failure === undefined) return;
    yield* note(halfWay(made, done, false));
    // Nothing was done: the error alone says what happened.
    if (summary.applied.length === 0 && summary.failed.length === 1) return yield* first.failure;
    return yield* new ExitWith({ code: ExitCode.partlyDone });
  }),
});

/** What was done of a plan, and how to go on. */
function halfWay(plan: JobPlan, done: ReadonlyArray<AppliedChange>, isInterrupted: boolean): string {
  const { applied, failed, left } = summaryOf(plan, done);
  const [next] = left;
  const lines = [
    `${isInterrupted ? "Interrupted" : "Stopped"}: ${applied.length} of ${
      counted(changesOf(plan).length, "change")
    } applied`,
    ...isInterrupted && next !== undefined
      ? [`It is unknown whether this one was: ${next.action} ${clean(next.identifier)}`]
      : [],
    ...failed.map(({ action, failure, identifier }) =>
      `Failed: ${action} ${clean(identifier)}: ${cleanLines(failure?.message ?? "")}`
    ),
    ...left.length === 0
      ? []
      : [`Not done: ${listed(left.map(({ action, identifier }) => `${action} ${clean(identifier)}`))}`],
    "Run the same command again: it goes on from here",
  ];
  return lines.join("\n");
}

/** The first of some texts, and how many more there are. */
function listed(texts: ReadonlyArray<string>): string {
  const most = 10;
  return texts.slice(0, most).join(", ") + (texts.length > most ? `, and ${texts.length - most} more` : "");
}

const pastTense = { create: "created", update: "updated", deactivate: "deactivated", delete: "deleted" } as const;

/** A line for each change on stderr; on a terminal, with the number of changes and the next one below it. */
const makeProgress = Effect.fnUntraced(function* (total: number, style: { readonly color: boolean }) {
  const stdio = yield* Stdio.Stdio;
  const onTerminal = yield* stdio.stderrIsTerminal;
  const { columns } = yield* Terminal.Terminal;
  const print = yield* stderrWriter;
  let count = 0;
  return {
    show: Effect.fnUntraced(function* (
      { action, failure, identifier, job_id, name }: AppliedChange,
      next: { readonly action: keyof typeof pastTense; readonly identifier: string } | undefined,
    ) {
      count++;
      const job = `${clean(identifier)}  "${clean(name)}"${job_id === undefined ? "" : `  job ${job_id}`}`;
      const line = failure === undefined
        ? `${paint(style, "green", "✓")} ${pastTense[action]} ${job}`
        : `${paint(style, "red", "✗")} ${action} ${job}`;
      const status = onTerminal && next !== undefined
        ? `${count} of ${total}: ${next.action} ${clean(next.identifier)} …`.slice(0, widthOf(yield* columns) - 1)
        : "";
      yield* print(`${onTerminal ? eraseLine : ""}${line}\n${status}`);
    }),
    erase: Effect.suspend(() => onTerminal && count > 0 ? print(eraseLine) : Effect.void),
  };
});
