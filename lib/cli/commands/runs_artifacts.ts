/**
 * `dbtc runs get-artifact`: one artifact, of the step that is meant. `dbtc runs download`: all of them, into a folder.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Stream from "effect/Stream";
import * as runs from "../../groups/runs.ts";
import { arriving, findArtifact } from "../../artifacts/find_artifact.ts";
import { downloadArtifacts, type Downloaded } from "../../artifacts/download_folder.ts";
import { count, folder, nameOr, one } from "../input/flag_types.ts";
import { usage } from "../output/exit_code.ts";
import { clean } from "../output/safe_text.ts";
import { type Invocation, print, styleOf } from "../output/print.ts";
import { makeCounter, receive } from "../output/write_download.ts";
import { note, write } from "../output/write_output.ts";
import { printCall } from "./call_endpoint.ts";
import { program } from "./program.ts";

const step = nameOr<number | "auto">({ auto: "auto" }, count(1, "a step"));

/** Gets an artifact: of the step that holds what is meant, and as soon as it has arrived. */
export const runsGetArtifact = program(runs.getArtifact, {
  flags: {
    step: one(
      "step",
      { ...step, metavar: "integer|auto" },
      "The step, from 1; auto for the one that holds what is meant; the last one when absent",
      "s",
    ),
  },
  dryRun: ({ flags: { step }, invocation, request, row }) =>
    step === "auto"
      ? Effect.fail(usage("--step auto is more than one request: --dry-run cannot show it"))
      : printCall(row, { ...request, ...(step === undefined ? {} : { step }) }, invocation),
  run: Effect.fnUntraced(function* ({ flags: { step }, invocation, request: { path, ...ofRun } }) {
    const get = (step: number | undefined) =>
      receive(path, runs.getArtifact({ ...ofRun, path, ...(step === undefined ? {} : { step }) }), invocation);
    if (step !== "auto") return yield* arriving(runs.get(ofRun), get(step));
    const found = yield* findArtifact({ ...ofRun, path });
    yield* note(`${clean(path)} of step ${found}`);
    yield* get(found);
  }),
});

/** How many failures are told one by one. */
const told = 20;

/** Downloads the artifacts of a run into a folder. Ends as the first that failed. */
export const runsDownload = program(runs.download, {
  flags: { dir: one("dir", folder, "The folder to write into; made where absent") },
  run: Effect.fnUntraced(function* ({ flags: { dir = "" }, invocation, request }) {
    if (dir === "") return yield* usage("--dir is missing: the folder to write into");
    const counter = yield* makeCounter;
    const { files, failed } = yield* downloadArtifacts(request, { dir, onFile: (_, count) => counter.count(count) })
      .pipe(
        Effect.ensuring(counter.erase),
        Effect.catchTag("PlatformError", ({ message }) => Effect.fail(usage(`Cannot write into ${dir}: ${message}`))),
      );
    for (const { path, message } of failed.slice(0, told)) yield* note(`${clean(path)}: ${clean(message)}`);
    if (failed.length > told) yield* note(`… and ${failed.length - told} more`);
    yield* printFiles(dir, { files, failed }, invocation);
    const [first] = failed;
    if (first !== undefined) return yield* first.error ?? usage(`${clean(first.path)}: ${clean(first.message)}`);
  }),
});

/** One line on a terminal; else what came of each file. */
const printFiles = Effect.fnUntraced(function* (dir: string, { files, failed }: Downloaded, invocation: Invocation) {
  const number = (count: number) => count.toLocaleString("en-US");
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const summary = `${number(files.length)} files, ${(bytes / 1e6).toFixed(1)} MB, in ${dir}` +
    (failed.length > 0 ? `; ${number(failed.length)} failed` : "");
  const style = yield* styleOf(invocation, undefined);
  if (style.format === "table" && style.fields === undefined) {
    return yield* write(Stream.make(`${summary}\n`), Option.getOrUndefined(invocation.output));
  }
  yield* note(summary);
  const failures = failed.map(({ path, message }) => ({ path, message }));
  yield* print(
    style.format === "json" && style.fields === undefined ? { dir, files, failed: failures } : [...files, ...failures],
    invocation,
    ["path", "step", "bytes", "message"],
    true,
  );
});
