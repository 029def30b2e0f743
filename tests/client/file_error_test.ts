/**
 * Why a file cannot be read or written, in words.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fileProblem, isFileProblem } from "../../lib/client/file_error.ts";

Deno.test("a code is found wherever the platform puts it, also behind a path with words in capitals", () => {
  for (
    const message of [
      "ENOSPC: no space left on device, write",
      "No space left on device (os error 28)",
      "No space left on device (os error 28): open '/data/EXPORT/runs.csv'",
      "open '/data/EXPORT/runs.csv': ENOSPC",
    ]
  ) {
    assert.equal(fileProblem(new Error(message)), "no space left on the disk", message);
    assert(isFileProblem(new Error(message)), message);
  }
  assert(!isFileProblem(new Error("EXPORT is no code")));
});
