/**
 * The groups of the table: one line each.
 *
 * @module
 */
/** Jobs, and starting a run of one. */
export * as jobs from "./jobs.ts";
/** Runs, their steps and artifacts. */
export * as runs from "./runs.ts";
