/**
 * Commands as users of the Python dbtc type them, in lines of our own, against the sandbox.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import { findWords } from "../../lib/cli/input/argv.ts";
import { globalSpellings } from "../../lib/cli/input/global_flags.ts";
import { pythonNames } from "../../lib/groups/table_entry.ts";
import { table } from "../../lib/groups/table.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { type Line, lines } from "../contracts/facts/python_dbtc.ts";
import { command, sandboxEnv } from "../support/command.ts";
import { evidence, exists } from "../support/evidence.ts";

const env = { ...sandboxEnv, DBT_CLOUD_PROJECT_ID: "1" };

/** Runs a line against a sandbox of its own. */
function run({ method, words }: Line) {
  const program = Effect.gen(function* () {
    const { stdout } = method === "cancel_run"
      ? yield* command(["jobs", "trigger", "3", "--no-wait"])
      : yield* command(["runs", "get-most-recent", "--job-id", "1"]);
    const id = String(JSON.parse(stdout).id);
    return yield* command([...words.map((word) => word.replace(/\bRUN$/, id)), "--yes"], { env });
  });
  // A service token is given its permissions once, so that the page's has none yet.
  const seed = { "service-tokens/permissions": [] };
  return Effect.runPromise(program.pipe(Effect.provide(sandbox.layer({ seed }))));
}

for (const line of lines) {
  const typed = line.words.join(" ").replace(/ --payload.*/, " --payload=…");
  Deno.test(`dbtc ${typed} does what ${line.method} does`, async () => {
    const { row } = findWords(line.words, globalSpellings, table);
    assert(
      row !== undefined && pythonNames(row.call).includes(line.method),
      `${row?.call.name} is called: add "${line.method}" to \`dbtc\` of the endpoint that does this`,
    );
    const { code, stderr } = await run(line);
    assert.equal(code, 0, stderr);
  });
}

Deno.test({
  name: "our own lines have one for each method with a command on the page",
  ignore: !exists("../seed/"),
  fn() {
    const folder = evidence("../seed/");
    const page = [...Deno.readDirSync(folder)].map(({ name }) => Deno.readTextFileSync(new URL(name, folder))).join(
      "\n",
    );
    const parts = page.split(/^(\w+)¶$/m).slice(1);
    const documented = parts.filter((_, index) => index % 2 === 0 && /^dbtc /m.test(parts[index + 1] ?? ""));
    assert.deepEqual(
      [...new Set(lines.map(({ method }) => method))].toSorted(),
      documented.toSorted(),
      "bring tests/contracts/facts/python_dbtc.ts in line with the page",
    );
  },
});
