/**
 * The formats of the report on why a run ended as it did: the values of `--report`.
 *
 * @module
 */

/** The formats. */
export const reports = ["text", "markdown", "github", "junit", "json"] as const;

/** A format. */
export type Report = typeof reports[number];
