/**
 * The groups of the table: one line each.
 *
 * @module
 */
/** Accounts, their licences and audit logs, and who one is. */
export * as accounts from "./accounts.ts";
/** Environments: where a project's dbt runs. */
export * as environments from "./environments.ts";
/** Jobs, and starting a run of one. */
export * as jobs from "./jobs.ts";
/** Projects. */
export * as projects from "./projects.ts";
/** Runs, their steps and artifacts. */
export * as runs from "./runs.ts";
