/** What goes wrong with dbt Cloud, with tokens and with databases while deployments are open. */
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Redacted from "effect/Redacted";
import * as Schedule from "effect/Schedule";
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import * as durable from "../../lib/durable/mod.ts";
import { reasonOf, storageOf, test, until } from "../support/deployment_processes.ts";

const deploy = durable.deploy({ job_id: 1, cause: "Deploy" }, { key: "k" });
const run = /\/jobs\/\d+\/run\/$/;

test("a lost answer starts no second run", (bench) =>
  Effect.gen(function* () {
    yield* bench.inject({ fault: "accepted-then-lost", route: "POST *run/", times: 1 });
    assert.equal((yield* bench.process(deploy)).status, 10);
    assert.equal(yield* bench.count("POST", run), 1);
  }));

test("a deployment waits while dbt Cloud fails, and goes on", (bench) =>
  Effect.gen(function* () {
    yield* bench.inject({ fault: "server-error", route: "GET */runs/" });
    const isPaused = Effect.map(durable.list(), ([first]) => first?.message?.startsWith("Paused: ") ?? false);
    yield* bench.process(Effect.andThen(Effect.forkScoped(deploy), until(isPaused)), {
      client: { retry: Schedule.recurs(0) },
    });
    const [info] = yield* bench.process(durable.list(), { runs: false });
    assert.deepEqual([info?.state, info?.run_id], ["open", null]);
    assert.match(info?.message ?? "", /^Paused: runs\.list: dbt Cloud fails \(500/);
    assert.equal(yield* bench.count("POST", run), 0);
  }));

test("a token that is revoked during a wait pauses it", (bench) =>
  Effect.gen(function* () {
    yield* bench.process(Effect.gen(function* () {
      yield* Effect.forkScoped(durable.deploy({ job_id: 3, cause: "Deploy" }, { key: "k" }));
      yield* until(Effect.map(durable.list(), ([first]) => first?.run_id != null));
      yield* bench.inject({ fault: "token-revoked" });
      yield* Effect.sleep("300 millis");
    }));
    yield* bench.heal;
    const again = durable.deploy({ job_id: 3, cause: "Deploy" }, { key: "k" });
    assert.equal((yield* bench.process(again)).status, 10);
    assert.equal(yield* bench.count("POST", run), 1);
  }), { speed: 600 });

test("a deployment of another account is left alone", (bench) =>
  Effect.gen(function* () {
    const other = durable.deploy({ account_id: 4711, job_id: 1, cause: "Deploy" }, { key: "k", timeout: "1 second" });
    yield* reasonOf(bench.process(other, { runs: false, client: { host: "http://127.0.0.1:81" } }));
    const before = yield* bench.count("POST", run);
    yield* bench.process(until(Effect.map(durable.list(), ([first]) => first?.message != null)));
    const [info] = yield* bench.process(durable.list(), { runs: false });
    assert.equal(info?.message, "Paused: this worker has no token for account 127.0.0.1:81/4711");
    assert.equal(info?.state, "open");
    assert.equal(yield* bench.count("POST", run), before);
  }));

test("a job that is not there ends the deployment", (bench) =>
  Effect.gen(function* () {
    const missing = durable.deploy({ job_id: 4711, cause: "Deploy" }, { key: "k" });
    const reason = yield* reasonOf(bench.process(missing));
    assert.equal(reason._tag, "NotFound");
    const info = yield* bench.process(durable.show({ key: "k" }));
    assert.deepEqual([info.state, info.reason, info.run_id], ["failed", "NotFound", null]);
  }));

test("a run that no list has is asked for by itself", (bench) =>
  Effect.gen(function* () {
    yield* bench.inject({ fault: "hidden-in-list", seconds: 3600 });
    assert.equal((yield* bench.process(deploy)).status, 10);
    assert((yield* bench.count("GET", /\/runs\/\d+\/$/)) > 0);
  }));

test(
  "two processes with one database start one run, and the second one takes over",
  (bench) =>
    Effect.gen(function* () {
      const long = durable.deploy({ job_id: 3, cause: "Deploy" }, { key: "k" });
      const first = yield* Effect.forkChild(bench.process(long));
      yield* Effect.sleep("200 millis");
      const second = yield* Effect.forkChild(bench.process(long));
      yield* Effect.sleep("500 millis");
      yield* Fiber.interrupt(first);
      assert.equal((yield* Fiber.join(second)).status, 10);
      assert.deepEqual([yield* bench.count("POST", run), yield* bench.count("POST", /cancel/)], [1, 0]);
    }),
  { speed: 300 },
);

test("an account keeps its keys when it moves to a host of its own", (bench) =>
  Effect.gen(function* () {
    yield* bench.process(deploy, { client: { host: "cloud.getdbt.com" } });
    yield* bench.process(deploy, { client: { host: "ab123.us1.dbt.com" } });
    const infos = yield* bench.process(durable.list());
    assert.deepEqual(infos.map(({ account }) => account), ["ab123/1"]);
  }), { seed: { accounts: [{ id: 1, name: "Jaffle Shop", state: 1, static_subdomain: "ab123", run_slots: 5 }] } });

test("no token is in the database", (bench) =>
  Effect.gen(function* () {
    const client = { token: Redacted.make("sandbox-runner") };
    yield* bench.process(deploy, { client });
    if (bench.database.startsWith("postgres")) return;
    for (const end of ["", "-wal"]) {
      const bytes = yield* Effect.promise(() => Deno.readFile(`${bench.database}${end}`).catch(() => new Uint8Array()));
      assert(!new TextDecoder("latin1").decode(bytes).includes("sandbox-runner"));
    }
  }));

test("keys and options that make no sense are refused", (bench) =>
  Effect.gen(function* () {
    const options = [{ key: " " }, { key: "k".repeat(201) }, { key: "k", retries: -1 }, { key: "k", retries: 0.5 }];
    for (const option of options) {
      const reason = yield* reasonOf(bench.process(durable.deploy({ job_id: 1, cause: "Deploy" }, option)));
      assert.equal(reason._tag, "Unsendable");
    }
    const none = yield* reasonOf(bench.process(durable.show({ key: "k" })));
    assert(none._tag === "Unsendable");
    assert.equal(none.detail, 'there is no deployment with key "k"');
    assert.equal((yield* bench.requests).filter(({ verb }) => verb !== "GET").length, 0);
  }));

test("a key of several jobs is no answer without the job", (bench) =>
  Effect.gen(function* () {
    yield* bench.process(Effect.andThen(deploy, durable.deploy({ job_id: 4, cause: "CI" }, { key: "k" })));
    const reason = yield* reasonOf(bench.process(durable.show({ key: "k" })));
    assert(reason._tag === "Unsendable");
    assert.match(reason.detail, /job 4 of account .*Name the job$/);
    assert.equal((yield* bench.process(durable.show({ key: "k", job_id: 4 }))).job_id, 4);
  }));

// ---- databases ------------------------------------------------------------------------------------------------------

const opens = (database: string) => reasonOf(Effect.provide(durable.list(), storageOf(database)));

Deno.test("a database whose lock cannot be taken is refused, since nobody would run its deployments", async () => {
  const file = `${await Deno.makeTempDir()}/d.sqlite`;
  await Deno.mkdir(`${file}.lock`);
  const reason = await Effect.runPromise(opens(file));
  assert.equal(reason._tag, "Unsendable");
  assert.match("detail" in reason ? reason.detail : "", /^the database .*d\.sqlite cannot be used: /);
});

Deno.test("a database of a newer release is refused", async () => {
  const file = `${await Deno.makeTempDir()}/d.sqlite`;
  await Effect.runPromise(Effect.provide(durable.list(), storageOf(file)));
  const database = new DatabaseSync(file);
  database.exec("INSERT INTO dbtc_schema (migration_id, name) VALUES (99, 'later')");
  database.close();
  const reason = await Effect.runPromise(opens(file));
  assert(reason._tag === "Unsendable");
  assert.match(reason.detail, /a newer release of dbtc wrote the database .* Update dbtc$/);
});

Deno.test("a failure that only a newer release knows is listed, with the others", async () => {
  const file = `${await Deno.makeTempDir()}/d.sqlite`;
  const list = Effect.provide(durable.list(), storageOf(file, false));
  await Effect.runPromise(list);
  const database = new DatabaseSync(file);
  const error = JSON.stringify({ _tag: "DbtError", endpoint: "jobs.trigger", reason: { _tag: "NotKnownYet" } });
  database.prepare(`INSERT INTO dbtc_deployments (execution_id, account, account_id, job_id, deployment_key, attempt,
    payload, state, runs, error, created_at, updated_at) VALUES ('x', 'a/1', 1, 1, 'k', 1, '{}', 'failed', '[]', ?, 1, 1)`)
    .run(error);
  database.close();
  const [info] = await Effect.runPromise(list);
  assert.deepEqual([info?.state, info?.reason], ["failed", "Unsendable"]);
  assert.match(info?.message ?? "", /this release does not know. Update dbtc/);
});

Deno.test("files that are no database, or cannot be opened, are refused with SQLite's words", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/text`, "This is a text, and no database.".repeat(100));
  const problems: ReadonlyArray<readonly [string, RegExp]> = [
    [`${folder}/text`, /file is not a database/],
    [`${folder}/missing/d.sqlite`, /unable to open database file/],
    [folder, /unable to open database file/],
  ];
  for (const [file, words] of problems) {
    const reason = await Effect.runPromise(opens(file));
    assert(reason._tag === "Unsendable");
    assert.match(reason.detail, words);
    assert(reason.detail.includes(file));
  }
});

Deno.test("a PostgreSQL that does not answer, and URLs that are none, are said without the password", async () => {
  const gone = await Effect.runPromise(opens("postgres://me:s3cr3t@127.0.0.1:1/dbtc"));
  assert(gone._tag === "Unreachable");
  assert.equal(gone.host, "postgres://me@127.0.0.1:1/dbtc");
  assert(!JSON.stringify(gone).includes("s3cr3t"));
  const wrong = await Effect.runPromise(opens("postgresque:nothing"));
  assert(wrong._tag === "Unsendable");
});
