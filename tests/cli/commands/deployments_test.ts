/** `dbtc jobs trigger --durable` and `dbtc deployments`, with a file for each key. */
import * as Effect from "effect/Effect";
import * as HttpClient from "effect/http/HttpClient";
import assert from "node:assert/strict";
import * as sandbox from "../../../lib/sandbox/mod.ts";
import { command, type Outcome, sandboxEnv } from "../../support/command.ts";

/** Runs command lines one after the other, with one state folder and one sandbox. */
async function session(
  options: sandbox.Options,
  body: (dbtc: (...argv: ReadonlyArray<string>) => Promise<Outcome>, handle: sandbox.Handle) => Promise<void>,
): Promise<void> {
  const handle = await Effect.runPromise(sandbox.make({ speed: 600, ...options }));
  const env = { ...sandboxEnv, XDG_STATE_HOME: await Deno.makeTempDir(), DBTC_FORMAT: "json" };
  const dbtc = (...argv: ReadonlyArray<string>) =>
    Effect.runPromise(
      Effect.provideService(command(argv, { env }), HttpClient.HttpClient, handle.client),
    );
  await body(dbtc, handle);
}

const starts = async (handle: sandbox.Handle) =>
  (await Effect.runPromise(handle.requests)).filter(({ path, verb }) => verb === "POST" && path.endsWith("/run/"))
    .length;

Deno.test("jobs trigger --durable starts one run for its key, and ends as the run does", async () => {
  await session({}, async (dbtc, handle) => {
    const trigger = ["jobs", "trigger", "1", "--durable", "--key", "build 1", "--poll-interval", "0.2"];
    const first = await dbtc(...trigger);
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stderr, /^Run \d+ of job 1 — Ctrl-C leaves it/m);
    const again = await dbtc(...trigger);
    assert.equal(again.code, 0);
    assert.match(again.stderr, /^Deployment build 1 has ended before: succeeded$/m);
    assert.equal(JSON.parse(again.stdout).id, JSON.parse(first.stdout).id);
    assert.equal(await starts(handle), 1);

    const other = await dbtc(...trigger, "--git-branch", "next");
    assert.equal(other.code, 2);
    assert.match(other.stderr, /another git_branch\. Use another key/);
  });
});

Deno.test("deployments list, show, wait, cancel and prune work on the files of the keys", async () => {
  await session({}, async (dbtc, handle) => {
    assert.deepEqual(JSON.parse((await dbtc("deployments", "list")).stdout), []);
    const failed = await dbtc("jobs", "trigger", "2", "--durable", "--key", "k", "--poll-interval", "0.2");
    assert.equal(failed.code, 1);
    const info = JSON.parse((await dbtc("deployments", "show", "k")).stdout);
    assert.deepEqual([info.key, info.state, info.reason], ["k", "failed", "RunFailed"]);
    assert.equal((await dbtc("deployments", "wait", "k")).code, 1);
    assert.equal(JSON.parse((await dbtc("deployments", "list", "--state", "open")).stdout).length, 0);

    const started = await dbtc("jobs", "trigger", "3", "--durable", "--key", "long", "--no-wait");
    assert.equal(started.code, 0, started.stderr);
    const cancelled = await dbtc("deployments", "cancel", "long");
    assert.equal(cancelled.code, 0, cancelled.stderr);
    assert.equal(JSON.parse(cancelled.stdout).state, "cancelled");
    assert.equal((await dbtc("deployments", "wait", "long")).code, 5);
    const requests = await Effect.runPromise(handle.requests);
    assert.equal(requests.filter(({ path }) => path.endsWith("/cancel/")).length, 1);

    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.deepEqual(JSON.parse((await dbtc("deployments", "prune", "--older-than", "0.1")).stdout), { pruned: 2 });
    assert.deepEqual(JSON.parse((await dbtc("deployments", "list")).stdout), []);
  });
});

Deno.test("a wait whose time is up exits 6, and another one goes on", async () => {
  await session({ speed: 120 }, async (dbtc) => {
    const trigger = ["jobs", "trigger", "3", "--durable", "--key", "k"];
    assert.equal((await dbtc(...trigger, "--timeout", "1")).code, 6);
    assert.equal((await dbtc("deployments", "wait", "k")).code, 0);
  });
});

Deno.test("what makes no sense is refused before anything is sent", async () => {
  await session({}, async (dbtc, handle) => {
    const lines: ReadonlyArray<readonly [string, RegExp]> = [
      ["jobs trigger 1 --durable", /--durable needs --key/],
      ["jobs trigger 1 --durable --key k --no-tag", /--no-tag does not go with --durable/],
      ["jobs trigger 1 --durable --key k --logs", /--logs does not go with --durable/],
      ["jobs trigger 1 --key k --new-attempt", /--new-attempt needs --durable/],
      ["jobs trigger 1 --key k --database x", /--database needs --durable/],
      ["deployments show", /Which deployment\? Try: dbtc deployments show KEY/],
      ["jobs trigger 1 --durable --key k --database Mysql://u:s3cr3t@h/x", /neither a file nor a URL/],
      ["worker --database postgres//u:s3cr3t@h/x", /neither a file nor a URL/],
      ["worker", /Which database\? Try: dbtc worker --database/],
    ];
    for (const [line, words] of lines) {
      const { code, stderr } = await dbtc(...line.split(" "));
      assert.equal(code, 2, line);
      assert.match(stderr, words);
      assert(!stderr.includes("s3cr3t"));
    }
    for (const verb of ["show", "wait", "cancel"]) {
      const { code, stderr } = await dbtc("deployments", verb, "nope");
      assert.equal(code, 3);
      assert.match(stderr, /There is no deployment with key \\"nope\\"/);
    }
    const file = `${await Deno.makeTempDir()}/none.sqlite`;
    assert.equal((await dbtc("deployments", "list", "--database", file)).code, 0);
    await assert.rejects(Deno.stat(file));
    assert.equal(await starts(handle), 0);
  });
});
