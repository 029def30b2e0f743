/**
 * Every check that the project has to pass, for `deno task ok` and for CI. All of them run, even if one fails. The last
 * line counts the tests, and each failed check as one more failure: `12 passed, 0 failed, 3 skipped`.
 *
 * @module
 */
import { stripVTControlCharacters } from "node:util";

/** A check. It has failed if its exit code is not 0. */
export interface Check {
  /** The arguments of `deno`. */
  readonly args: ReadonlyArray<string>;
  /** Whether it runs tests, and prints how many. */
  readonly tests?: boolean;
}

/** What the last line says. */
export interface Count {
  /** Tests that passed. */
  readonly passed: number;
  /** Tests and other checks that failed. */
  readonly failed: number;
  /** Tests that were skipped. */
  readonly skipped: number;
}

const checks: ReadonlyArray<Check> = [
  { args: ["fmt", "--check"] },
  { args: ["lint"] },
  { args: ["check"] },
  { args: ["task", "docs"] },
  { args: ["publish", "--dry-run", "--allow-dirty"] },
  { args: ["task", "test"], tests: true },
  { args: ["task", "foreign"], tests: true },
  { args: ["task", "durable"], tests: true },
];

/** Counts one check, by its exit code and, if it runs tests, by what it printed. */
export function count(code: number, printed?: string): Count {
  const summaries = /^(?:ok|FAILED) \| (\d+) passed(?: \(.*?\))? \| (\d+) failed(?: \(.*?\))?(?: \| (\d+) ignored)?/gm;
  const [summary] = [...stripVTControlCharacters(printed ?? "").matchAll(summaries)].slice(-1);
  const [passed = 0, failed = 0, skipped = 0] = summary?.slice(1).map((digits = "0") => Number(digits)) ?? [];
  // Tests that do not compile, or are killed, print no summary.
  const broken = code !== 0 || (printed !== undefined && summary === undefined);
  return { passed, failed: Math.max(failed, broken ? 1 : 0), skipped };
}

/** Runs a check, and shows what it prints. */
async function run({ args, tests = false }: Check): Promise<Count> {
  console.log(`== deno ${args.join(" ")}`);
  const cwd = new URL("../", import.meta.url);
  const child = new Deno.Command(Deno.execPath(), { args: [...args], cwd, stdout: tests ? "piped" : "inherit" })
    .spawn();
  let printed: string | undefined;
  if (tests) {
    const [shown, kept] = child.stdout.tee();
    [printed] = await Promise.all([
      new Response(kept).text(),
      shown.pipeTo(Deno.stdout.writable, { preventClose: true }),
    ]);
  }
  const counted = count((await child.status).code, printed);
  if (counted.failed > 0) console.log(`FAILED: deno ${args.join(" ")}`);
  return counted;
}

/** Runs checks one after another, and counts them together. */
export async function runAll(checks: ReadonlyArray<Check>): Promise<Count> {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const check of checks) {
    const { failed, passed, skipped } = await run(check);
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  return total;
}

/** The last line. */
export function closingLine({ failed, passed, skipped }: Count): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

if (import.meta.main) {
  const total = await runAll(checks);
  console.log(closingLine(total));
  Deno.exit(total.failed === 0 ? 0 : 1);
}
