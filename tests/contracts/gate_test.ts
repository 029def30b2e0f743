/**
 * The gate itself: that `deno task ok` and `deno task docs` fail when they should.
 *
 * @module
 */
import assert from "node:assert/strict";
import { closingLine, count, runAll } from "../../tools/checks.ts";

Deno.test("the gate counts tests by the summary of deno test, and a failed check as one failure", () => {
  const colored = "\x1b[0m\x1b[31mFAILED\x1b[0m | 4 passed (2 steps) | 3 failed (1 step) | 2 ignored \x1b[0m(11ms)\n";
  const cases: ReadonlyArray<readonly [code: number, printed: string | undefined, line: string]> = [
    [0, undefined, "0 passed, 0 failed, 0 skipped"],
    [1, undefined, "0 passed, 1 failed, 0 skipped"],
    [0, "running 2 tests\n\nok | 2 passed | 0 failed (3ms)\n\n", "2 passed, 0 failed, 0 skipped"],
    [0, "ok | 1665 passed (3 steps) | 0 failed | 86 ignored (2m3s)\n", "1665 passed, 0 failed, 86 skipped"],
    [1, colored, "4 passed, 3 failed, 2 skipped"],
    // The exit code counts, whatever was printed, and the other way round.
    [1, "ok | 2 passed | 0 failed (3ms)\n", "2 passed, 1 failed, 0 skipped"],
    [0, "FAILED | 2 passed | 1 failed (3ms)\n", "2 passed, 1 failed, 0 skipped"],
    // A crash leaves no summary; a test that prints one is not the runner's.
    [0, "running 2 tests\n", "0 passed, 1 failed, 0 skipped"],
    [137, "a test ... ", "0 passed, 1 failed, 0 skipped"],
    [0, "ok | 9 passed | 0 failed (1ms)\nFAILED | 1 passed | 2 failed (3ms)\n", "1 passed, 2 failed, 0 skipped"],
  ];
  for (const [code, printed, line] of cases) assert.equal(closingLine(count(code, printed)), line, `${printed}`);
});

Deno.test("the gate runs every check, and adds them up", async () => {
  const says = (line: string, code: number) => ["eval", `console.log("${line}"); Deno.exit(${code})`];
  const total = await runAll([
    { args: says("a check that fails", 3) },
    { args: says("ok | 2 passed | 0 failed | 1 ignored (1ms)", 0), tests: true },
    { args: says("no summary", 0), tests: true },
    { args: says("a check that passes", 0) },
  ]);
  assert.deepEqual(total, { passed: 2, failed: 2, skipped: 1 });
});

Deno.test("the check of the documentation fails on each thing that it is for", async () => {
  const dir = await Deno.makeTempDir();
  const check = async (name: string, code?: string) => {
    if (code !== undefined) await Deno.writeTextFile(`${dir}/${name}`, code);
    const { code: exit, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", new URL("../../tools/check_docs.ts", import.meta.url).pathname, `${dir}/${name}`],
    }).output();
    return [exit === 0, /\[([a-z-]+)\]|(not found)/.exec(new TextDecoder().decode(stderr))?.slice(1).join("")];
  };
  const effect =
    'import * as Effect from "effect/Effect";\n/** Of a package. */\nexport const a: Effect.Effect<1> = 1;';
  const named =
    "/** A type. */\nexport interface Named {}\ninterface Hidden {}\n/** A value. */\nexport const a: Hidden = {}";
  const results = await Promise.all([
    check("missing.ts"),
    check("no_comment.ts", "/** A value. */\nexport const a: number = 1;\nexport const b: number = 1;"),
    check("private.ts", named),
    check("namespace.ts", `/** A group. */\nexport * as group from "./private.ts";`),
    check("fine.ts", effect),
  ]);
  await Deno.remove(dir, { recursive: true });
  assert.deepEqual(results, [
    [false, "not found"],
    [false, "missing-jsdoc"],
    [false, "private-type-ref"],
    [false, "private-type-ref"],
    [true, undefined],
  ]);
});
