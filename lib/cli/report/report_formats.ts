/**
 * The ways to say why a run ended as it did.
 *
 * @module
 */

/** The ways to say it. */
export const reports = ["text", "markdown", "github", "json"] as const;

/** A way to say it. */
export type Report = typeof reports[number];
