/**
 * The page docs/jobs_as_code.md: its files and commands, in their order, against one sandbox. Takes two seconds.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { command, sandboxEnv } from "../support/command.ts";

const page = await Deno.readTextFile(new URL("../../docs/jobs_as_code.md", import.meta.url));

function blocks(language: string): ReadonlyArray<string> {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, "gm"))].map(([, text = ""]) => text);
}

/** The words of a command line, as a shell reads them, with the names of files in a folder. */
function words(line: string, folder: string): ReadonlyArray<string> {
  return [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ""))
    .map((word) => /^[\w.]+\.(yml|md)$/.test(word) ? `${folder}/${word}` : word);
}

Deno.test("the commands of docs/jobs_as_code.md print what the page shows", async () => {
  const folder = await Deno.makeTempDir();
  for (const text of blocks("yaml")) {
    const [, name = ""] = /^# (\S+)\n/.exec(text) ?? [];
    if (!name.includes("/")) await Deno.writeTextFile(`${folder}/${name}`, text);
  }
  const shown = blocks("console").flatMap((block) => block.split(/^\$ dbtc /m).slice(1)).map((part) => {
    const [line = "", ...output] = part.split("\n");
    return { line, output: output.join("\n").trimEnd() };
  });
  const inWorkflow = [...page.matchAll(/run: dbtc (.*)/g)].map(([, line = ""]) => ({ line, output: "" }));
  assert(shown.length > 5 && inWorkflow.length > 0);
  const run = Effect.gen(function* () {
    for (const { line, output } of [...shown, ...inWorkflow]) {
      const outcome = yield* command(words(line, folder), {
        // On a terminal, the progress of `apply` is drawn over itself.
        terminal: line.startsWith("jobs plan") && !line.includes("--format"),
        env: { ...sandboxEnv, DBTC_FORMAT: "table" },
      });
      assert.equal(outcome.code, 0, `${line}: ${outcome.stderr}`);
      const lines = `${outcome.stdout}\n${outcome.stderr}`.split("\n");
      const missing = output.split("\n").filter((text) => text !== "" && !lines.includes(text));
      assert.deepEqual(missing, [], `the page shows lines that "${line}" does not print:\n${lines.join("\n")}`);
    }
  });
  await Effect.runPromise(Effect.provide(run, sandbox.layer()));
  assert.match(await Deno.readTextFile(`${folder}/plan.md`), /^### dbt jobs: No changes; 2 unchanged\n/);
  await Deno.remove(folder, { recursive: true });
});
