/**
 * The request of `runs.download`, in a file of its own: `deno doc` lists what a group
 * re-exports with `export *`, and leaves out what it re-exports by name.
 *
 * @module
 */
import type { OfRun } from "../api/runs.ts";

/** What `runs.download` asks for. */
export interface Download extends OfRun {
  /** Only the artifacts whose path matches one of these globs, such as `*.json`; `**` is any folder. */
  readonly match?: ReadonlyArray<string>;
  /** The step whose folder is downloaded, from 1 (default: `auto`, the last one's, but each file of the right step). */
  readonly step?: number | "auto";
}
