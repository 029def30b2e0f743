/**
 * Writes `docs/cli.md` from the commands' own `--help`.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import { transport } from "../lib/client.ts";
import { otherCommands } from "../lib/cli/others.ts";
import { table } from "../lib/table.ts";
import { command } from "../tests/command.ts";

/** The reference of every command, as Markdown. */
export const reference: Effect.Effect<string> = Effect.gen(function* () {
  const help = Effect.fnUntraced(function* (...words: ReadonlyArray<string>) {
    const { stdout } = yield* command([...words, "--help"]);
    return `## ${["dbtc", ...words].join(" ")}\n\n\`\`\`text\n${stdout.trimEnd()}\n\`\`\`\n`;
  });
  const pages = [yield* help()];
  for (const { group, verb, call } of table) if (call.deprecated === undefined) pages.push(yield* help(group, verb));
  for (const { name } of otherCommands) pages.push(yield* help(name));
  return `# Commands\n\nWritten from \`--help\` by \`deno task cli-docs\`; not edited.\n\n${pages.join("\n")}`;
}).pipe(Effect.provide(transport));

if (import.meta.main) {
  await Deno.writeTextFile(new URL("cli.md", import.meta.url), await Effect.runPromise(reference));
}
