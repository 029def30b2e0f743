/**
 * The results of a step's nodes, read one by one as the file arrives.
 *
 * dbt Cloud keeps the files that are in `target/` after a step, also those of a step before it, or of the run that is
 * retried: so a file counts as a step's only where its content says so.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Predicate from "effect/Predicate";
import type * as Schema from "effect/Schema";
import type * as runs from "../api/runs.ts";
import type { RunStep } from "../api/runs.ts";
import { conforms, partThatFits } from "../client/validate.ts";
import type { Dbt } from "../dbt.ts";
import type { DbtError } from "../error.ts";
import { millisOf } from "../time.ts";
import { notAsWritten, readArtifact } from "./find_artifact.ts";
import { ArtifactMetadata } from "./run_results.ts";
import { writesOf } from "./step_command.ts";

/** What `run_results.json`, `sources.json` or `freshness.json` says beside its results. */
export interface ResultsFile {
  /** What dbt says of the file. */
  readonly metadata: ArtifactMetadata;
  /** The command that wrote it, where it says so. */
  readonly which: string | undefined;
  /** How many of its results are not what dbt writes. */
  readonly odd: number;
}

/**
 * Reads `run_results.json`, `sources.json` or `freshness.json`, and gives each result to `take`. Statuses are given in
 * lower case: dbt 2 writes `Error`, dbt 1 `error`.
 */
export const readResults = Effect.fnUntraced(function* <A extends { readonly status?: string | null }>(
  request: runs.GetArtifact,
  result: Schema.Codec<A>,
  take: (result: A) => void,
): Effect.fn.Return<ResultsFile, DbtError, Dbt> {
  let metadata: ArtifactMetadata = {};
  let which: string | undefined;
  let odd = 0;
  const wanted = { whole: ["metadata", "args"], each: ["results"] };
  const lists = yield* readArtifact(request, wanted, (name, value) => {
    if (name === "metadata") {
      if (conforms(ArtifactMetadata, value)) metadata = value;
    } else if (name === "args") {
      if (Predicate.hasProperty(value, "which") && Predicate.isString(value.which)) which = value.which;
    } else {
      const read = partThatFits(result, value);
      if (read === undefined) odd++;
      else take(read.status ? { ...read, status: inLowerCase(read.status) } : read);
    }
  });
  if (!lists.has("results")) return yield* notAsWritten(request.path, "it has no list of results");
  return { metadata, which, odd };
});

/**
 * Whether a file is the step's own: it was written by the step's command, not before the step began, and not by an
 * invocation that a step before it has shown.
 */
export function isOwn(step: RunStep, { metadata, which }: ResultsFile, written: ReadonlySet<string>): boolean {
  const expected = writesOf(step)?.which;
  const began = millisOf(step.started_at);
  const made = millisOf(metadata.generated_at);
  return (expected === undefined || which === undefined || which === expected) &&
    (began === undefined || made === undefined || made >= began) &&
    !written.has(metadata.invocation_id ?? "");
}

/** A status as dbt 1 writes it: dbt 2 begins each word with a capital letter. */
function inLowerCase(status: string): string {
  return status.replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
}
