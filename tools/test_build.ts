/**
 * Builds `dbtc.mjs` and runs the tests that start `dbtc` as a process against it, on each runtime: 3 minutes each.
 * `deno task test:build [RUNTIME…]` runs this: `deno`, or `node@` and a version that npm has.
 *
 * @module
 */
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
  const file = await build(folder);
  const runtimes = Deno.args.length > 0 ? Deno.args : ["deno", "node@20", "node@22", "node@24"];
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
