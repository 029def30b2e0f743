/**
 * Several runs at once, on a terminal.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import * as sandbox from "../../../lib/sandbox/mod.ts";
import { command, sandboxEnv } from "../../support/command.ts";
import { succeeds } from "../../support/fixtures.ts";

Deno.test("jobs trigger of several jobs shows one table on a terminal, drawn in place, and prints each run at the end", async () => {
  const { code, stderr, stdout } = await succeeds(
    command(["jobs", "trigger", "1", "3"], { env: sandboxEnv, terminal: true, columns: 80 }).pipe(
      Effect.provide(sandbox.layer({ speed: 20 })),
    ),
  );
  assert.equal(code, 0, stderr);
  // deno-lint-ignore no-control-regex
  const frames = stderr.split(/\u001b\[\d+A\u001b\[J/);
  assert(frames.length > 10);
  assert(
    frames.some((frame) => /^· job 1 {2}run \d+ {2}Running {2}\d+s {2}Clone git repository\n· job 3 /.test(frame)),
    stderr,
  );
  // The table gives way to the runs on stdout.
  assert.equal(frames.at(-1), "");
  assert.match(stdout, /^Job 1, run \d+: ✓ Success in .*\nJob 3, run \d+: ✓ Success in .*\n$/);
});
