/**
 * Failures of the database, and requests that make no sense, as `DbtError`s.
 *
 * @module
 */
import { isSqlError } from "effect/sql/SqlError";
import { DbtError } from "../error.ts";

/** A failure of the database as a `DbtError`. `call` is what was called: `deployments.list`. */
export function databaseError(database: string, call: string): (error: unknown) => DbtError {
  return (error) => {
    if (error instanceof DbtError) return error;
    const words = wordsOf(error);
    const detail = isSqlError(error) && error.reason._tag === "ConnectionError" && database.startsWith("postgres")
      ? { _tag: "Unreachable" as const, host: database, detail: words, permanent: false }
      : { _tag: "Unsendable" as const, detail: `the database ${database} cannot be used: ${words}` };
    return new DbtError({ endpoint: call, reason: detail });
  };
}

/** What a database says of its failure. */
export function wordsOf(error: unknown): string {
  const cause = isSqlError(error) ? error.reason.cause : error;
  return cause instanceof Error && cause.message !== "" ? cause.message : String(cause);
}
