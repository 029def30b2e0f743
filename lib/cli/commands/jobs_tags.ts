/**
 * `dbtc jobs export`, `link` and `unlink`: jobs as a file, and the tags by which files know them.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import type { DbtError } from "../../error.ts";
import * as jobs from "../../groups/jobs_as_code.ts";
import { accountOf } from "../../jobs_as_code/account_jobs.ts";
import { exportJobsFile } from "../../jobs_as_code/export_jobs.ts";
import type { ManagedJob } from "../../jobs_as_code/jobs_as_code_types.ts";
import { changeTag, type TagChange, tagsToAdd, tagsToRemove } from "../../jobs_as_code/link_jobs.ts";
import type { WithoutSome } from "../../request.ts";
import { counted } from "../output/counted.ts";
import { ExitCode, ExitWith } from "../output/exit_code.ts";
import { type Invocation, print } from "../output/print.ts";
import { clean, cleanLines } from "../output/safe_text.ts";
import { note, write } from "../output/write_output.ts";
import { confirm, refuseReadOnly } from "./confirm.ts";
import { fileFlags, hidden, noteWarnings, readFiles, useDescription } from "./jobs_as_code_input.ts";
import { program, type ProgramInput } from "./program.ts";

// ---- export ---------------------------------------------------------------------------------------------------------

/** Prints YAML, whatever `--format` says. */
export const jobsExport = program(jobs.export, {
  hidden,
  flags: {},
  run: Effect.fnUntraced(function* ({ invocation, request }) {
    const { text, warnings } = yield* exportJobsFile(request);
    yield* noteWarnings(warnings);
    yield* write(Stream.make(text), invocation.output);
  }),
});

// ---- tags -----------------------------------------------------------------------------------------------------------

const tagColumns = ["identifier", "job_id", "name", "project_id", "environment_id"];

/** Puts the tags of files on jobs. A dry run shows which. */
export const jobsLink = program(jobs.link, {
  hidden,
  optional: ["files"],
  flags: fileFlags,
  dryRun: (input) => link(input),
  run: (input) => link(input),
});

const link = Effect.fnUntraced(function* (
  { flags, invocation, request }: ProgramInput<WithoutSome<jobs.LinkJobs, "files">, typeof fileFlags>,
) {
  const changes = yield* tagsToAdd({
    ...request,
    ...yield* useDescription(request.use_desc_for_id),
    ...yield* readFiles("jobs.link", flags),
  });
  if (changes.length === 0) yield* note("No job to link: no linked_id names a job without a tag");
  yield* changeTags("jobs.link", request, changes, invocation);
});

/** Takes tags off jobs, after a question. A dry run shows which. */
export const jobsUnlink = program(jobs.unlink, {
  hidden,
  flags: {},
  dryRun: (input) => unlink(input),
  run: (input) => unlink(input),
});

const unlink = Effect.fnUntraced(
  function* ({ invocation, request }: ProgramInput<jobs.UnlinkJobs, Record<never, never>>) {
    const changes = yield* tagsToRemove(request);
    if (changes.length === 0) yield* note("No job has a tag there");
    else if (!invocation.dryRun) {
      for (const { managed } of changes) {
        yield* note(`[[${clean(managed.identifier)}]]  job ${managed.job_id} "${clean(managed.name)}"`);
      }
      yield* confirm(`Take the tags off ${counted(changes.length, "job")}`, invocation);
    }
    yield* changeTags("jobs.unlink", request, changes, invocation);
  },
);

/** Changes tags one by one, and prints the jobs. */
const changeTags = Effect.fnUntraced(function* (
  endpoint: string,
  request: { readonly account_id?: number },
  changes: ReadonlyArray<TagChange>,
  invocation: Invocation,
) {
  if (invocation.dryRun) {
    yield* note(`${counted(changes.length, "job")} would change. Nothing was sent`);
    return yield* print(changes.map(({ managed }) => managed), invocation, { columns: tagColumns });
  }
  if (changes.length > 0) yield* refuseReadOnly;
  const account_id = yield* accountOf(endpoint, request);
  const done: Array<ManagedJob> = [];
  const failure = yield* Effect.forEach(
    changes,
    (change) => Effect.map(changeTag(endpoint, account_id, change), (job) => void done.push(job)),
    { discard: true },
  ).pipe(
    Effect.as(undefined),
    Effect.catch((error: DbtError) => Effect.succeed(error)),
    Effect.onInterrupt(() => note(`Interrupted: ${done.length} of ${counted(changes.length, "job")} changed`)),
  );
  yield* print(done, invocation, { columns: tagColumns, afterWrite: true });
  if (failure === undefined) return;
  if (done.length === 0) return yield* failure;
  yield* note(`dbtc: ${cleanLines(failure.message)}`);
  yield* note(
    `${done.length} of ${counted(changes.length, "job")} changed. Run the same command again: it goes on from here`,
  );
  return yield* new ExitWith({ code: ExitCode.partlyDone });
});
