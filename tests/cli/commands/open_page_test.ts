/**
 * `dbtc runs open` and `dbtc jobs open`: they open a page, or print its URL and say why they could not open it.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import { Browser } from "../../../lib/cli/output/browser.ts";
import * as sandbox from "../../../lib/sandbox/mod.ts";
import { command, sandboxEnv, type Surroundings } from "../../support/command.ts";
import { ok, transport } from "../../support/fixtures.ts";

/** Runs a command line; gives also the pages that it opened. */
async function dbtc(argv: ReadonlyArray<string>, surroundings: Surroundings = { terminal: true }, problem?: string) {
  const opened: Array<string> = [];
  const open = (url: string) => {
    opened.push(url);
    return problem;
  };
  const running = command(argv, { ...surroundings, open }).pipe(Effect.provide(sandbox.layer()));
  return { ...await Effect.runPromise(running), opened };
}

const host = "http://127.0.0.1:8008";

Deno.test("runs open opens the page of a run, of the newest run of a job, and prints its URL", async () => {
  const page = `${host}/deploy/1/projects/1/runs/70471800000006/`;
  for (const which of [["70471800000006"], [page], ["--job", "Weekly backfill"], ["-j", "3"]]) {
    const { code, opened, stdout } = await dbtc(["runs", "open", ...which]);
    assert.deepEqual({ code, opened, stdout }, { code: 0, opened: [page], stdout: `${page}\n` });
  }
});

Deno.test("jobs open opens the page of a job", async () => {
  const { code, opened, stdout } = await dbtc(["jobs", "open", "CI"]);
  const page = `${host}/deploy/1/projects/1/jobs/4/`;
  assert.deepEqual([code, opened, stdout], [0, [page], `${page}\n`]);
});

Deno.test("without a browser, the URL is printed, with the reason, and that is no failure", async () => {
  const { code, stderr, stdout } = await dbtc(["jobs", "open", "4"], { terminal: true }, "xdg-open is missing");
  assert.deepEqual([code, stdout, stderr], [
    0,
    `${host}/deploy/1/projects/1/jobs/4/\n`,
    "Not opened: xdg-open is missing\n",
  ]);
});

Deno.test("in a pipe, the URL alone is printed, and nothing is opened", async () => {
  const { code, opened, stderr, stdout } = await dbtc(["jobs", "open", "CI"], {});
  assert.deepEqual([code, opened, stderr, stdout], [0, [], "", `${host}/deploy/1/projects/1/jobs/4/\n`]);
  const asJson = await dbtc(["jobs", "open", "CI", "--format", "json"], {});
  assert.equal(asJson.stdout, `"${host}/deploy/1/projects/1/jobs/4/"\n`);
});

Deno.test("runs open asks which run, and refuses two", async () => {
  const none = await dbtc(["runs", "open"], { env: { ...sandboxEnv, DBTC_FORMAT: "table" } });
  assert.deepEqual([none.code, none.opened], [2, []]);
  assert.match(none.stderr, /Which run\? Try: dbtc runs open RUN, or dbtc runs open --job JOB/);
  const two = await dbtc(["runs", "open", "1", "--job", "CI"]);
  assert.deepEqual([two.code, two.opened], [2, []]);
  const never = await dbtc(["runs", "open", "--job", "CI"]);
  assert.deepEqual([never.code, never.opened], [3, []]);
  assert.match(never.stderr, /job 4 "CI" has no run/);
});

Deno.test("the browser of this machine opens nothing but pages, and says what is missing", async () => {
  const open = (url: string) => Effect.runPromise(Effect.flatMap(Browser, (browser) => browser.open(url)));
  assert.match(await open("file:///etc/passwd") ?? "", /is not the URL of a page/);
  assert.match(await open("--version") ?? "", /is not the URL of a page/);
});

Deno.test("an href that is no page is printed without its escapes, and not opened as a page", async () => {
  const { layer } = transport(() => ok({ id: 5, href: "javascript:alert(1)\u001b[2J" }));
  const opened: Array<string> = [];
  const open = (url: string) => void opened.push(url);
  const { stdout } = await Effect.runPromise(
    command(["runs", "open", "5"], { terminal: true, open }).pipe(Effect.provide(layer)),
  );
  assert.equal(stdout, "javascript:alert(1)\n");
});
