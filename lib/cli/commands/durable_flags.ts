/**
 * The flag `--database`, apart from what it does: the help of `jobs trigger` must not load the deployments.
 *
 * @module
 */
import { file, one } from "../input/flag_types.ts";

/** The flag of the commands. */
export const databaseFlag = one(
  "database",
  { ...file, metavar: "url|file" },
  "PostgreSQL URL or SQLite file that has the deployments (default: $DBTC_DATABASE, else a file for each key)",
);
