/**
 * The type-check of a program that imports the module, against one that imports `effect/Effect` alone: on the
 * declarations, which users of a registry get, and on the sources of a checkout. Goals: × 1.5 and × 2.
 *
 * @module
 */
import { compare, run } from "./measure.ts";

const root = new URL("../", import.meta.url).pathname;
const directory = await Deno.makeTempDir();
let programs = 0;

/** Checks a program that was never checked before: Deno remembers those that were. */
async function check(program: string): Promise<void> {
  const file = `${directory}/${programs++}.ts`;
  await Deno.writeTextFile(file, `${program} // ${programs}\n`);
  await run(Deno.execPath(), ["check", "--quiet", "--config", `${root}/deno.json`, file]);
}

/** Writes the public declarations, as a registry does, and returns the folder. */
async function declarations(): Promise<string> {
  const archive = `${directory}/package.tgz`;
  const options = ["--quiet", "--allow-dirty", "--no-source-maps", "--config", `${root}/deno.json`];
  await run(Deno.execPath(), ["pack", ...options, "-o", archive]);
  await run("tar", ["xzf", archive, "-C", directory]);
  await forEachDeclaration(`${directory}/package`, async (file) => {
    // Without a `node_modules`, Deno takes the name of a file as it stands.
    const text = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, text.replaceAll(/((?:from|import) ?\(?"\.[^"]*)\.js"/g, '$1.d.ts"'));
  });
  return `${directory}/package`;
}

async function forEachDeclaration(folder: string, use: (file: string) => Promise<void>): Promise<void> {
  for await (const { isDirectory, name } of Deno.readDir(folder)) {
    if (isDirectory) await forEachDeclaration(`${folder}/${name}`, use);
    else if (name.endsWith(".d.ts")) await use(`${folder}/${name}`);
  }
}

const declared = await declarations();
const use = "console.log(runs.list);";
await compare("type-check of a program of one line", [
  {
    name: 'import "effect/Effect"',
    run: () => check('import * as Effect from "effect/Effect"; console.log(Effect.void);'),
  },
  {
    name: 'import "@dbtc/dbtc": declarations',
    run: () => check(`// @ts-types="${declared}/mod.d.ts"\nimport { runs } from "${declared}/mod.js"; ${use}`),
  },
  {
    name: 'import "@dbtc/dbtc": sources',
    run: () => check(`import { runs } from "${root}/mod.ts"; ${use}`),
  },
], 3);

await Deno.remove(directory, { recursive: true });
