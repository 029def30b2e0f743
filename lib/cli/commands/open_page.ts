/**
 * `dbtc runs open` and `dbtc jobs open`: open a page of dbt Cloud in the browser, and print its URL.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import * as jobs from "../../groups/jobs.ts";
import * as runs from "../../groups/runs.ts";
import { Browser } from "../output/browser.ts";
import { type Invocation, print } from "../output/print.ts";
import { clean } from "../output/safe_text.ts";
import { note, write } from "../output/write_output.ts";
import { program } from "./program.ts";

/** Opens the page of a run, or of the newest run of a job. */
export const runsOpen = program(runs.open, {
  flags: {},
  run: Effect.fnUntraced(function* ({ invocation, request }) {
    yield* openPage(yield* runs.open(request), invocation);
  }),
});

/** Opens the page of a job. */
export const jobsOpen = program(jobs.open, {
  flags: {},
  run: Effect.fnUntraced(function* ({ invocation, request }) {
    yield* openPage(yield* jobs.open(request), invocation);
  }),
});

/** Prints the URL, and opens it if stdout is a terminal. In a pipe, the URL alone is what a program needs. */
const openPage = Effect.fnUntraced(function* (url: string, invocation: Invocation) {
  const isPlain = invocation.format === undefined || invocation.format === "table";
  yield* isPlain ? write(Stream.make(`${clean(url)}\n`), invocation.output) : print(url, invocation);
  if (!(yield* (yield* Stdio.Stdio).stdoutIsTerminal) || invocation.output !== undefined) return;
  const problem = yield* (yield* Browser).open(url);
  if (problem !== undefined) yield* note(`Not opened: ${clean(problem)}`);
});
