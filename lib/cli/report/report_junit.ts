/**
 * The report on why runs ended as they did as JUnit XML, which CI systems show as test results: a suite for each step,
 * a case for each node.
 *
 * The format is what GitLab, Azure DevOps and Jenkins read: https://github.com/testmoapp/junitxml
 *
 * @module
 */
import { RunStatus } from "../../api/runs.ts";
import { defined } from "../../defined.ts";
import type { ExplainedNode, ExplainedStep, Explanation } from "../../workflows/explain_run.ts";
import { clean, cleanLines } from "../output/safe_text.ts";
import { headline, nodeStatus, reasonOf, statusOf, stepLine, stepName, unreadLine } from "./report_text.ts";

/** A test case: a node, or a step that failed for another reason. */
interface TestCase {
  readonly className: string;
  readonly name: string;
  readonly seconds: number;
  readonly file?: string | undefined;
  readonly outcome: "passed" | "failure" | "error" | "skipped";
  /** Why it did not pass; of one that passed, what it warns of. */
  readonly message?: string | undefined;
}

interface Suite {
  readonly name: string;
  readonly cases: ReadonlyArray<TestCase>;
}

/** The report of runs. They should have been explained with the nodes that passed. */
export function junitReport(explanations: ReadonlyArray<Explanation>): string {
  const suites = explanations.flatMap((explanation) =>
    // CI systems compare suites by name: a run's id would make each of them new.
    suitesOf(explanation, explanations.length === 1 ? "" : `Run ${explanation.run.id}: `)
  );
  const cases = suites.flatMap((suite) => suite.cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: "dbt", ...totals(cases) })}>`,
    ...suites.flatMap((suite) => [
      `  <testsuite${attributes({ name: suite.name, ...totals(suite.cases) })}>`,
      ...suite.cases.flatMap(caseLines),
      "  </testsuite>",
    ]),
    "</testsuites>",
    "",
  ].join("\n");
}

/** A suite for each step with nodes or a failure. A run that ended otherwise than its steps has one for itself. */
function suitesOf(explanation: Explanation, prefix: string): ReadonlyArray<Suite> {
  const { run, steps } = explanation;
  const ofSteps = steps.map((step) => ({
    name: `${prefix}${stepName(step)}`,
    cases: [...casesOf(step), ...brokenStep(step)],
  })).filter(({ cases }) => cases.length > 0);
  const isBroken = ofSteps.some(({ cases }) =>
    cases.some(({ outcome }) => outcome === "error" || outcome === "failure")
  );
  if (run.status === RunStatus.success || isBroken) return ofSteps;
  const message = reasonOf(run) || headline(run);
  const itself: TestCase = { className: "dbt Cloud", name: "run", seconds: 0, outcome: "error", message };
  return [{ name: `${prefix}dbt Cloud`, cases: [itself] }, ...ofSteps];
}

function casesOf({ failed, passed = [], skipped, warned }: ExplainedStep): ReadonlyArray<TestCase> {
  const of = (outcome: TestCase["outcome"]) => (node: ExplainedNode): TestCase => ({
    ...nameOf(node.unique_id),
    seconds: node.execution_time ?? 0,
    file: node.file,
    // A test that failed is a failure; a model that broke is an error.
    outcome: outcome === "failure" && node.status !== "fail" ? "error" : outcome,
    message: node.message || nodeStatus(node),
  });
  return [
    ...failed.map(of("failure")),
    ...warned.map(of("passed")),
    ...skipped.map(of("skipped")),
    ...passed.map(({ execution_time, unique_id }): TestCase => ({
      ...nameOf(unique_id),
      seconds: execution_time ?? 0,
      outcome: "passed",
    })),
  ];
}

/** A case for a step that failed though none of its nodes did, or whose results could not be read. */
function brokenStep(step: ExplainedStep): ReadonlyArray<TestCase> {
  const unread = unreadLine(step);
  const isBroken = statusOf(step) === RunStatus.error && step.failed.length === 0;
  if (unread === undefined && !isBroken) return [];
  const message = [stepLine(step), unread, step.log].filter((part) => part).join("\n");
  // Of a step that succeeded, only the warnings are unknown.
  const outcome = isBroken || statusOf(step) === RunStatus.error ? "error" : "passed";
  return [{ className: "step", name: stepName(step), seconds: 0, outcome, message }];
}

/** `model.jaffle_shop.customers` is the case `customers` of the class `model.jaffle_shop`. */
function nameOf(unique_id: string): Pick<TestCase, "className" | "name"> {
  const [, className = "dbt", name = unique_id] = /^([^.]+\.[^.]+)\.(.+)$/.exec(unique_id) ?? [];
  return { className, name };
}

function totals(cases: ReadonlyArray<TestCase>): Readonly<Record<string, string>> {
  const having = (wanted: TestCase["outcome"]) => String(cases.filter(({ outcome }) => outcome === wanted).length);
  return {
    tests: String(cases.length),
    failures: having("failure"),
    errors: having("error"),
    skipped: having("skipped"),
    time: cases.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3),
  };
}

function caseLines({ className, file, message = "", name, outcome, seconds }: TestCase): ReadonlyArray<string> {
  const open = attributes({
    classname: className,
    name,
    time: seconds.toFixed(3),
    ...defined({ file }),
  });
  const inner = outcome === "passed"
    ? message === "" ? "" : `<system-out>${escaped(message)}</system-out>`
    : outcome === "skipped"
    ? "<skipped/>"
    : `<${outcome}${attributes({ message: firstLine(message) })}>${escaped(message)}</${outcome}>`;
  return inner === "" ? [`    <testcase${open}/>`] : [`    <testcase${open}>`, `      ${inner}`, "    </testcase>"];
}

/** The first line that says something: dbt's messages begin with a heading. */
function firstLine(message: string): string {
  return message.split("\n").map((line) => line.trim()).find((line) => line !== "")?.slice(0, 300) ?? "";
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values).map(([name, value]) => ` ${name}="${escaped(clean(value))}"`).join("");
}

/** The longest text of a case, in characters. */
const longest = 50_000;

/** Text in XML 1.0, which has no control characters, lone surrogates or noncharacters. */
function escaped(text: string): string {
  const cleaned = cleanLines(text.length > longest ? `…\n${text.slice(-longest)}` : text);
  return cleaned.toWellFormed().replaceAll(/[\ufffe\uffff]/g, "")
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
