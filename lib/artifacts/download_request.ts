/**
 * The request of `runs.download`, in a file of its own: `deno doc` lists what a group
 * re-exports with `export *`, and leaves out what it re-exports by name.
 *
 * @module
 */
import type { OfRun } from "../api/runs.ts";

/** What `runs.download` asks for. */
export interface Download extends OfRun {
  /** Only the artifacts whose path one of these globs matches, as `*.json`; `**` is any folder. */
  readonly match?: ReadonlyArray<string>;
  /** The step, from 1, whose folder is taken; when absent, or `auto`, the last one's, but each file of the right step. */
  readonly step?: number | "auto";
}
