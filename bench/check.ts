/** The type-check of a program that imports the module, against one that imports `effect/Effect` alone. Goal: × 2. @module */
import { compare } from "./measure.ts";

const directory = await Deno.makeTempDir();
const mod = new URL("../mod.ts", import.meta.url).href;
const config = new URL("../deno.json", import.meta.url).pathname;
let programs = 0;

/** Checks a program that was never checked before: Deno remembers those that were. */
async function check(program: string): Promise<void> {
  const file = `${directory}/${programs++}.ts`;
  await Deno.writeTextFile(file, `${program} // ${programs}\n`);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", "--config", config, file],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

await compare("type-check of a program of one line", [
  {
    name: 'import "effect/Effect"',
    run: () => check('import * as Effect from "effect/Effect"; console.log(Effect.void);'),
  },
  { name: 'import "@dbtc/dbtc"', run: () => check(`import { runs } from "${mod}"; console.log(runs.list);`) },
], 3);

await Deno.remove(directory, { recursive: true });
