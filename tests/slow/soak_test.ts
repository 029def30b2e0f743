/**
 * A short soak: see `tests/slow/soak.ts`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { soak } from "./soak.ts";

for (const seed of [1, 2]) {
  Deno.test(`1,500 requests among faults lose no row and double none, drawn from ${seed}`, async () => {
    const { ends, requests } = await soak(1500, seed);
    assert(requests >= 1500);
    for (const what of ["get", "list", "file", "projects", "runs"]) {
      assert((ends[`${what}: done`] ?? 0) > 10, `${what}: ${Deno.inspect(ends)}`);
    }
    assert((ends["projects: Ambiguous"] ?? 0) + (ends["runs: Ambiguous"] ?? 0) > 5);
  });
}
