/**
 * The bundle of a program that reads jobs and runs, minified: as one file, and what it loads at its start if the bundle
 * is split. Goals: 300 KB and 240 KB.
 *
 * @module
 */
const directory = await Deno.makeTempDir({ dir: new URL(".", import.meta.url).pathname, prefix: "bundle-" });

/** The imports of a program. What follows them is the same. */
const imports = {
  "the whole library": 'import { DbtClient, jobs, runs } from "@dbtc/dbtc";',
  "entry points": `import * as DbtClient from "@dbtc/dbtc/client";
    import * as jobs from "@dbtc/dbtc/jobs";
    import * as runs from "@dbtc/dbtc/runs";`,
};
const program = `
  import * as Effect from "effect/Effect";
  import * as Redacted from "effect/Redacted";
  const names = Effect.gen(function* () {
    const job = yield* jobs.get({ job_id: 1 });
    return yield* runs.list({ job_definition_id: job.id });
  });
  const client = DbtClient.layerFetch({ token: Redacted.make(""), host: "", account_id: 1 });
  console.log(await Effect.runPromise(names.pipe(Effect.provide(client))));
`;

console.log("\nbundle of a program that reads jobs and runs");
try {
  for (const [name, text] of Object.entries(imports)) {
    await Deno.writeTextFile(`${directory}/program.ts`, text + program);
    await bundle("--output", `${directory}/whole.js`);
    await bundle("--code-splitting", "--outdir", `${directory}/split`);
    const whole = sizeOf("whole.js");
    const atStart = [...loaded("split/program.js")].reduce((sum, file) => sum + sizeOf(file), 0);
    await Deno.remove(`${directory}/split`, { recursive: true });
    console.log(`  ${name.padEnd(24)} one file ${kilobytes(whole)}, at the start ${kilobytes(atStart)}`);
  }
} finally {
  await Deno.remove(directory, { recursive: true });
}

async function bundle(...args: ReadonlyArray<string>): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--minify", ...args, `${directory}/program.ts`],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** A file of a split bundle, and those that it imports before it runs. */
function loaded(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  const text = Deno.readTextFileSync(`${directory}/${file}`);
  for (const [, other = ""] of text.matchAll(/(?:from|^import|;import)\s*"\.\/([^"]+)"/g)) {
    loaded(`split/${other}`, found);
  }
  return found;
}

function sizeOf(file: string): number {
  return Deno.statSync(`${directory}/${file}`).size;
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000)} KB`;
}
