/**
 * The group `jobs` as the package's `mod.ts` and the command line have it: with jobs as code. They are not in `jobs.ts`,
 * so that a bundle of a program that only reads jobs does not have them: with a parser of YAML, they are a third of it.
 *
 * @module
 */
export * from "./jobs.ts";
export * from "./jobs_as_code.ts";
