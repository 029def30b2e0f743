/**
 * Reads JSON that people give to the sandbox in files: what is wrong with it, and where. Seeds and states use it.
 *
 * @module
 */
import * as Result from "effect/Result";

/** Reads JSON, or says where it is broken. */
export function parseJson(text: string): Result.Result<unknown, string> {
  return Result.try({
    try: (): unknown => JSON.parse(text),
    // The engine names the place: "… in JSON at position 7 (line 2 column 3)".
    catch: (error) => `it is not JSON: ${error instanceof Error ? error.message : error}`,
  });
}
