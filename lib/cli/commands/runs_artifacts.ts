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
import type { Download } from "../../endpoint.ts";
import { downloadArtifacts, type Downloaded } from "../../artifacts/download_folder.ts";
import type { AnyRequest } from "../../groups/table_entry.ts";
import { dryRun, placing } from "./call_endpoint.ts";
import { usage } from "../output/exit_code.ts";
import { clean } from "../output/render.ts";
import { checkOutput, type Invocation, print, styleOf } from "../output/print.ts";
import type { RunProgram } from "./program.ts";
import { makeCounter, receive } from "../output/write_download.ts";
import { requestOf } from "../input/request_input.ts";
import { note, write } from "../output/write_output.ts";

/** Gets an artifact as it was typed: of the step that holds what is meant, and as soon as it has arrived. */
export const artifactRow: RunProgram = Effect.fnUntraced(function* (row, flags, typed, invocation) {
  const isAuto = typed.flags.step?.at(-1) === "auto";
  const { step: _auto, ...others } = typed.flags;
  // A number is not all that it takes.
  const fields = flags.map((flag) => flag.name === "step" ? { ...flag, metavar: "integer|auto" } : flag);
  const given = yield* requestOf(row, fields, isAuto ? { ...typed, flags: others } : typed);
  const placed = yield* placing(row.call as Download<AnyRequest>, given); // the row of this program is one
  if (invocation.dryRun) {
    if (!isAuto) return yield* dryRun(placed, invocation);
    return yield* usage("--step auto is more than one request: --dry-run cannot show it");
  }
  yield* checkOutput(invocation);
  const request = given as unknown as runs.GetArtifact; // `placing` has checked every field by its schema
  const { path, step: _step, ...ofRun } = request;
  if (!isAuto) return yield* arriving(runs.get(ofRun), receive(path, runs.getArtifact(request), invocation));
  const step = yield* findArtifact({ ...ofRun, path });
  yield* note(`${clean(path)} of step ${step}`);
  yield* receive(path, runs.getArtifact({ ...request, step }), invocation);
});

/** How many failures are told one by one. */
const told = 20;

/** Downloads the artifacts of a run as it was typed. Ends as the first that failed. */
export const downloadRow: RunProgram = Effect.fnUntraced(function* (row, flags, typed, invocation) {
  if (invocation.dryRun) return yield* usage(`${row.call.name} is more than one request: --dry-run cannot show it`);
  const dir = typed.flags.dir?.at(-1);
  if (dir === undefined || dir === "") return yield* usage("--dir is missing: the folder to write into");
  const given = yield* requestOf(row, flags, typed);
  if (given.run_id === undefined) return yield* usage("run_id is missing: give --run-id");
  yield* checkOutput(invocation);
  const counter = yield* makeCounter;
  const request = given as unknown as runs.Download; // `requestOf` has read every field by its schema
  const { files, failed } = yield* downloadArtifacts(request, { dir, onFile: (_, count) => counter.count(count) }).pipe(
    Effect.ensuring(counter.erase),
    Effect.catchTag("PlatformError", ({ message }) => Effect.fail(usage(`Cannot write into ${dir}: ${message}`))),
  );
  for (const { path, message } of failed.slice(0, told)) yield* note(`${clean(path)}: ${clean(message)}`);
  if (failed.length > told) yield* note(`… and ${failed.length - told} more`);
  yield* printFiles(dir, { files, failed }, invocation);
  const [first] = failed;
  if (first !== undefined) return yield* first.error ?? usage(`${clean(first.path)}: ${clean(first.message)}`);
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
