/**
 * What a person at a terminal chooses, where the command line does not name the thing.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import { join } from "node:path";
import * as sandbox from "../../../lib/sandbox/mod.ts";
import { command, type Outcome, sandboxEnv, type Surroundings } from "../../support/command.ts";
import { succeeds, transport } from "../../support/fixtures.ts";

function dbtc(line: string, surroundings: Surroundings): Promise<Outcome> {
  return succeeds(
    command(line.split(" "), { terminal: true, ...surroundings }).pipe(Effect.provide(sandbox.layer())),
  );
}

/** What a person types at the question, and what the command then prints. */
const chosen: ReadonlyArray<readonly [line: string, typed: string, printed: RegExp]> = [
  ["jobs get --fields id,name", "CI", /^name +CI$/m],
  // The newest of them.
  ["runs get --fields id", "Nightly", /^id +70471800000005$/m],
  ["runs logs --step 1", "Daily", /Cloning|clone/i],
  ["environments get --fields name", "dev", /^name +development$/m],
  ["projects get --fields name", "", /^name +jaffle_shop$/m],
];

for (const [line, typed, printed] of chosen) {
  Deno.test(`dbtc ${line} asks a person which, and takes what they find by "${typed}"`, async () => {
    const { code, stderr, stdout } = await dbtc(line, { stdin: `${typed}\n` });
    assert.equal(code, 0, stderr);
    assert.match(stdout, printed);
    assert.match(stderr, /Which (job|run|environment|project)\?/);
  });
}

Deno.test("several things are asked for one after another", async () => {
  const { code, stdout } = await dbtc("users add-to-group --format json", { stdin: "grace\nOwner\n" });
  assert.equal(code, 0);
  assert.match(stdout, /"Owner"/);
});

Deno.test("Ctrl-C at the question ends the command with 130, and nothing is changed", async () => {
  const { code, stdout, stderr } = await dbtc("jobs trigger", {});
  assert.deepEqual([code, stdout], [130, ""]);
  // The shell's prompt starts on a line of its own.
  assert.match(stderr, /\n$/);
});

Deno.test("nobody is asked in a pipe, or what to delete: the error says what to type", async () => {
  const outcomes = await Promise.all([
    dbtc("jobs get", { terminal: false, env: { ...sandboxEnv, DBTC_FORMAT: "table" } }),
    dbtc("jobs delete", { stdin: "CI\n" }),
    dbtc("runs cancel", { stdin: "Nightly\n" }),
  ]);
  assert.deepEqual(outcomes.map(({ code }) => code), [2, 2, 2]);
  assert.deepEqual(outcomes.map(({ stderr }) => stderr.split(/[?] /)[0]), [
    "dbtc: Which job",
    "dbtc: Which job",
    "dbtc: Which run",
  ]);
});

Deno.test("auth use without a name lets a person choose a context; in a pipe it lists them", async () => {
  const home = await Deno.makeTempDir();
  const file = join(home, ".config", "dbtc", "contexts.yml");
  try {
    await Deno.mkdir(join(home, ".config", "dbtc"), { recursive: true });
    const entry = (name: string, id: number) =>
      `  ${name}:\n    host: ab123.us1.dbt.com\n    account_id: ${id}\n    token: dbtc_0123456789abcdef\n`;
    await Deno.writeTextFile(file, `current: dev\ncontexts:\n${entry("dev", 1)}${entry("prod", 2)}`);
    const none = transport(() => ({ status: 500 }));
    const use = (surroundings: Surroundings) =>
      Effect.runPromise(
        command(["auth", "use"], { env: { HOME: home }, ...surroundings }).pipe(Effect.provide(none.layer)),
      );
    // Enter alone keeps the one in use.
    assert.match((await use({ terminal: true, stdin: "\n" })).stderr, /In use: dev \(account 1/);
    assert.match((await use({ terminal: true, stdin: "j\n" })).stderr, /In use: prod \(account 2/);
    assert.match(await Deno.readTextFile(file), /^current: prod$/m);
    const { code, stderr } = await use({ env: { HOME: home, DBTC_FORMAT: "table" } });
    assert.equal(code, 2);
    assert.match(stderr, /^dbtc: Which context\? There are: dev \(account 1 .*; prod/);
    assert.deepEqual(none.sent, []);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});
