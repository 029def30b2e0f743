/**
 * `dbtc runs get-artifact` writes one artifact of a run, `dbtc runs download` all of them into a folder.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import { fileProblem } from "../../client/file_error.ts";
import { defined } from "../../defined.ts";
import type { DbtError } from "../../error.ts";
import * as runs from "../../groups/runs.ts";
import { nearest } from "../../nearest.ts";
import { notFound } from "../../not_found.ts";
import { arriving, findArtifact } from "../../artifacts/find_artifact.ts";
import { downloadArtifacts, type Downloaded } from "../../artifacts/download_folder.ts";
import { count, folder, nameOr, one } from "../input/flag_types.ts";
import { grouped } from "../output/counted.ts";
import { usage } from "../output/exit_code.ts";
import { type Invocation, isForPeople, isWholeJson, print, styleFor } from "../output/print.ts";
import { clean } from "../output/safe_text.ts";
import { makeFileCounter, writeDownload } from "../output/write_download.ts";
import { note, write } from "../output/write_output.ts";
import { printCall } from "./print_request.ts";
import { program } from "./program.ts";

const integerOrAuto = {
  ...nameOr<number | "auto">({ auto: "auto" }, count("steps")),
  metavar: "integer|auto",
  expected: "integer|auto",
};

/** Waits for an artifact that dbt Cloud has not stored yet. `--step auto` finds the step that has the file. */
export const runsGetArtifact = program(runs.getArtifact, {
  flags: {
    step: one(
      "step",
      integerOrAuto,
      "Step number, from 1; auto finds the step that wrote the file (default: the last step)",
      "s",
    ),
  },
  dryRun: ({ flags: { step }, invocation, request, row }) =>
    step === "auto"
      ? Effect.fail(usage("--step auto sends several requests: --dry-run cannot print them"))
      : printCall(row, { ...request, ...defined({ step }) }, invocation),
  run: Effect.fnUntraced(function* ({ flags: { step }, invocation, request: { path, ...ofRun } }) {
    const get = (step: number | undefined) =>
      writeDownload(path, runs.getArtifact({ ...ofRun, path, ...defined({ step }) }), invocation);
    if (step !== "auto") {
      return yield* Effect.catchReason(
        arriving(runs.get(ofRun), get(step)),
        "DbtError",
        "NotFound",
        (_, error) => noArtifact(error, { ...ofRun, ...defined({ step }) }, path),
      );
    }
    const found = yield* findArtifact({ ...ofRun, path });
    yield* note(`${clean(path)} of step ${found}`);
    yield* get(found);
  }),
});

/** Fails for an artifact that a run does not have, with the nearest ones that it has. */
const noArtifact = Effect.fnUntraced(function* (error: DbtError, ofRun: runs.ListArtifacts, path: string) {
  const { data: artifacts }: { readonly data: ReadonlyArray<string> } = yield* Effect.orElseSucceed(
    runs.listArtifacts(ofRun),
    () => ({ data: [] }),
  );
  // Without a list, it may be the run that does not exist.
  if (artifacts.length === 0 || artifacts.includes(path)) return yield* error;
  const meant = nearest(path, artifacts, 3);
  const question = meant.length === 0
    ? `. "dbtc runs list-artifacts ${ofRun.run_id}" lists them`
    : `. Did you mean ${meant.join(" or ")}?`;
  return yield* notFound(runs.getArtifact.name, `run ${ofRun.run_id} has no artifact ${path}${question}`);
});

/** How many failed files are noted one by one. */
const mostFailures = 20;

/** Exits as the first file that failed; the others are written all the same. */
export const runsDownload = program(runs.download, {
  flags: { dir: one("dir", folder, "Folder to write into; created if it does not exist (required)") },
  run: Effect.fnUntraced(function* ({ flags: { dir = "" }, invocation, request }) {
    if (dir === "") return yield* usage("runs download needs --dir, the folder to write into");
    const counter = yield* makeFileCounter;
    const { files, failed } = yield* downloadArtifacts(request, { dir, onFile: (_, total) => counter.add(total) })
      .pipe(
        Effect.ensuring(counter.erase),
        Effect.catchTag(
          "PlatformError",
          (error) => Effect.fail(usage(`Cannot write into ${dir}: ${fileProblem(error)}`)),
        ),
      );
    for (const { path, message } of failed.slice(0, mostFailures)) yield* note(`${clean(path)}: ${clean(message)}`);
    if (failed.length > mostFailures) yield* note(`… and ${failed.length - mostFailures} more`);
    yield* printFiles(dir, { files, failed }, invocation);
    const [first] = failed;
    if (first !== undefined) return yield* first.error ?? usage(`${clean(first.path)}: ${clean(first.message)}`);
  }),
});

/** Prints a summary for people, or the result of each file as data. */
const printFiles = Effect.fnUntraced(function* (dir: string, { files, failed }: Downloaded, invocation: Invocation) {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const summary = `${grouped(files.length)} files, ${(bytes / 1e6).toFixed(1)} MB, in ${dir}` +
    (failed.length > 0 ? `; ${grouped(failed.length)} failed` : "");
  const style = yield* styleFor(invocation);
  if (isForPeople(style)) return yield* write(Stream.make(`${summary}\n`), invocation.output);
  yield* note(summary);
  const failures = failed.map(({ path, message }) => ({ path, message }));
  yield* print(
    isWholeJson(style) ? { dir, files, failed: failures } : [...files, ...failures],
    invocation,
    { columns: ["path", "step", "bytes", "message"], afterWrite: true },
  );
});
