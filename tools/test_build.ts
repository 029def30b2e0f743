/**
 * Runs the tests that start `dbtc` as a process against `dbtc.mjs`, on each runtime: 3 minutes each.
 * `deno task test:build [FILE.mjs] [RUNTIME…]` runs this. A runtime is `deno`, or `node@` and a version that npm has.
 * Without a file, one is built.
 *
 * @module
 */
import { resolve } from "node:path";
import { build } from "./build.ts";
import { closingLine, runAll } from "./checks.ts";

const tests = ["process_test.ts", "sandbox_state_test.ts", "full_disk_test.ts", "recipes_test.ts"].map((name) =>
  `tests/slow/${name}`
);

/** The program of a runtime. Starting each command by npx would take longer, and npx does not pass every signal on. */
async function programOf(runtime: string): Promise<string> {
  if (runtime === "deno") return `${Deno.execPath()} run -A --no-check`;
  const { code, stderr, stdout } = await new Deno.Command("npx", { args: ["-y", runtime, "-p", "process.execPath"] })
    .output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

if (import.meta.main) {
  const folder = await Deno.makeTempDir({ prefix: "dbtc-build-" });
  const [given] = Deno.args.filter((arg) => arg.endsWith(".mjs"));
  const file = given === undefined ? await build(folder) : resolve(given);
  const named = Deno.args.filter((arg) => arg !== given);
  const runtimes = named.length > 0 ? named : ["deno", "node@20", "node@22", "node@24"];
  let failed = 0;
  for (const runtime of runtimes) {
    const program = await programOf(runtime);
    console.log(`== ${runtime}: ${program}`);
    Deno.env.set("DBTC_UNDER_TEST", `${program} ${file}`);
    const count = await runAll([{ args: ["test", "-A", "--quiet", "--no-check", ...tests], tests: true }]);
    console.log(`${runtime}: ${closingLine(count)}`);
    failed += count.failed;
  }
  await Deno.remove(folder, { recursive: true });
  Deno.exit(failed === 0 ? 0 : 1);
}
