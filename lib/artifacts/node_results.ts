/**
 * Reads the results of a step's nodes, one by one, from `run_results.json` or `sources.json`. Explaining and timing a
 * run use it.
 *
 * dbt Cloud returns what is in `target/` after a step. That may be the file of an earlier step, or of the run that this
 * one retries. So `isOwn` checks by its content whether a file belongs to the step.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Predicate from "effect/Predicate";
import type * as Schema from "effect/Schema";
import type * as runs from "../api/runs.ts";
import type { RunStep } from "../api/runs.ts";
import { conforms } from "../client/validate.ts";
import type { Dbt } from "../dbt.ts";
import type { DbtError } from "../error.ts";
import { millisOf } from "../time.ts";
import { readArtifact, unexpectedContent } from "./find_artifact.ts";
import { ArtifactMetadata } from "./run_results.ts";
import { resultsFileOf } from "./step_command.ts";

/** The content of `run_results.json` or `sources.json`, apart from the results. */
export interface ResultsFile {
  /** The file's metadata. */
  readonly metadata: ArtifactMetadata;
  /** The dbt command that wrote it, if the file has it: `build`. */
  readonly which: string | undefined;
  /** How many of its results do not fit the schema. */
  readonly invalid: number;
}

/** Reads `run_results.json` or `sources.json`, and calls `take` with each result. */
export const readResults = Effect.fnUntraced(function* <A>(
  request: runs.GetArtifact,
  result: Schema.Codec<A>,
  take: (result: A) => void,
): Effect.fn.Return<ResultsFile, DbtError, Dbt> {
  let metadata: ArtifactMetadata = {};
  let which: string | undefined;
  let invalid = 0;
  const wanted = { whole: ["metadata", "args"], each: ["results"] };
  const lists = yield* readArtifact(request, wanted, (name, value) => {
    if (name === "metadata") {
      if (conforms(ArtifactMetadata, value)) metadata = value;
    } else if (name === "args") {
      if (Predicate.hasProperty(value, "which") && Predicate.isString(value.which)) which = value.which;
    } else if (conforms(result, value)) take(value);
    else invalid++;
  });
  if (!lists.has("results")) return yield* unexpectedContent(request.path, "it has no list of results");
  return { metadata, which, invalid };
});

/**
 * Whether a file was written by this step: by the step's command, not before the step started, and not by an invocation
 * of an earlier step, which are `earlier`.
 */
export function isOwn(step: RunStep, { metadata, which }: ResultsFile, earlier: ReadonlySet<string>): boolean {
  const expected = resultsFileOf(step)?.which;
  const started = millisOf(step.started_at);
  const generated = millisOf(metadata.generated_at);
  return (expected === undefined || which === undefined || which === expected) &&
    (started === undefined || generated === undefined || generated >= started) &&
    !earlier.has(metadata.invocation_id ?? "");
}
