/**
 * The request of `jobs.enable`, in a file of its own: `deno doc` lists what a group re-exports with `export *`, and
 * leaves out what it re-exports by name.
 *
 * @module
 */
import type { OfJob } from "../api/jobs.ts";
import type { Open } from "../shared_fields.ts";

/** What `jobs.enable` asks for. */
export interface Enable extends OfJob {
  /** The triggers to turn on (default: those of the job's type: the schedule, pull requests of a CI job, or merges). */
  readonly trigger?: ReadonlyArray<Open<"schedule" | "github_webhook" | "git_provider_webhook" | "on_merge">>;
}
