/** Databases that are full, locked, cut off or newer, and clocks that jump, while deployments are open. */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as HttpClient from "effect/http/HttpClient";
import assert from "node:assert/strict";
import { payload } from "../../lib/durable/make_payload.ts";
import { executionIdOf } from "../../lib/durable/deployment_model.ts";
import { insertDeployment } from "../../lib/durable/deployment_rows.ts";
import { storage } from "../../lib/durable/deployments.ts";
import * as durable from "../../lib/durable/mod.ts";
import { makeTcpProxy } from "../support/tcp_proxy.ts";
import { type Bench, reasonOf, test, until } from "../support/deployment_processes.ts";

const deploy = durable.deploy({ job_id: 1, cause: "Deploy" }, { key: "k" });
const starts = (bench: Bench) => bench.count("POST", /\/jobs\/\d+\/run\/$/);
const hasRun = Effect.map(durable.list(), ([first]) => first?.run_id != null);
const isPostgres = ({ database }: Bench) => database.startsWith("postgres");

/** Runs a program of the system; says whether it succeeded. */
async function system(command: string, ...args: ReadonlyArray<string>): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args: [...args], stdout: "null", stderr: "null" }).output()).success;
  } catch {
    return false;
  }
}

test("a full disk pauses a deployment, which goes on when there is room", (bench) =>
  Effect.gen(function* () {
    if (isPostgres(bench)) return;
    const folder = yield* Effect.promise(() => Deno.makeTempDir());
    const size = (bytes: string, ...more: ReadonlyArray<string>) =>
      Effect.promise(() => system("mount", "-t", "tmpfs", "-o", [...more, `size=${bytes}`].join(), "none", folder));
    // Only root may mount.
    if (!(yield* size("300k"))) return;
    const full = yield* Effect.promise(() => bench.withAnotherDatabase(`${folder}/d.sqlite`));
    yield* full.process(Effect.gen(function* () {
      const fiber = yield* Effect.forkScoped(deploy);
      yield* until(hasRun);
      yield* Effect.sleep("1500 millis");
      assert.equal((yield* durable.show({ key: "k" })).state, "open");
      assert(yield* size("20m", "remount"));
      assert.equal((yield* Fiber.join(fiber)).status, 10);
    })).pipe(Effect.ensuring(Effect.promise(() => system("umount", "-l", folder))));
    assert.equal(yield* starts(full), 1);
  }));

test("a database that another process has locked is waited for", (bench) =>
  Effect.gen(function* () {
    if (isPostgres(bench)) return;
    yield* bench.process(durable.list(), { runs: false });
    const script = `const { DatabaseSync } = await import("node:sqlite");
      new DatabaseSync(${JSON.stringify(bench.database)}).exec("BEGIN IMMEDIATE");
      console.log("locked");
      setTimeout(() => Deno.exit(), 1500);`;
    const holder = new Deno.Command(Deno.execPath(), { args: ["eval", script], stdout: "piped" }).spawn();
    yield* Effect.promise(() => holder.stdout.getReader().read());
    assert.equal((yield* bench.process(deploy)).status, 10);
    yield* Effect.promise(() => holder.status);
    assert.equal(yield* starts(bench), 1);
  }));

for (const moment of ["during the request", "during the wait"]) {
  test(`a database that goes away ${moment} and comes back starts nothing twice`, (bench) =>
    Effect.gen(function* () {
      if (!isPostgres(bench)) return;
      const url = new URL(bench.database);
      const proxy = yield* makeTcpProxy(Number(url.port));
      url.port = String(proxy.port);
      const through = yield* Effect.promise(() => bench.withAnotherDatabase(url.href));
      const outage = Effect.suspend(() => {
        proxy.cut();
        return Effect.andThen(Effect.sleep("2 seconds"), proxy.mend);
      });
      let isCut = false;
      // The answer comes when there is no database to write it to.
      const transport = (client: HttpClient.HttpClient) =>
        HttpClient.transform(client, (effect, request) => {
          if (moment === "during the wait" || isCut || !request.url.endsWith("/run/")) return effect;
          isCut = true;
          return Effect.tap(effect, () => Effect.forkDetach(outage));
        });
      yield* through.process(
        Effect.gen(function* () {
          const fiber = yield* Effect.forkScoped(durable.deploy({ job_id: 3, cause: "Deploy" }, { key: "k" }));
          if (moment === "during the wait") yield* Effect.andThen(until(hasRun), outage);
          assert.equal((yield* Fiber.join(fiber)).status, 10);
        }),
        { transport },
      );
      assert.deepEqual([yield* starts(bench), yield* bench.count("POST", /\/cancel\/$/)], [1, 0]);
    }).pipe(Effect.scoped), { speed: 600 });
}

test(
  "an older worker goes on with what it has while a newer one updates the database",
  (bench) =>
    Effect.gen(function* () {
      yield* bench.process(Effect.gen(function* () {
        const { sql } = yield* storage;
        const fiber = yield* Effect.forkScoped(durable.deploy({ job_id: 3, cause: "Deploy" }, { key: "k" }));
        yield* until(hasRun);
        yield* sql`ALTER TABLE dbtc_deployments ADD COLUMN later TEXT`;
        yield* sql`INSERT INTO dbtc_schema (migration_id, name) VALUES (99, 'later')`;
        assert.equal((yield* Fiber.join(fiber)).status, 10);
      }));
      // It is not started again after that.
      const reason = yield* reasonOf(bench.process(deploy));
      assert(reason._tag === "Unsendable");
      assert.match(reason.detail, /a newer release of dbtc wrote the database/);
      assert.equal(yield* starts(bench), 1);
    }),
  { speed: 600 },
);

for (const [direction, hours] of [["forward", 25], ["back", -25]] as const) {
  test(`a clock that jumps ${direction} by a day starts nothing twice`, (bench) =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock;
      let offset = 0;
      // The methods of a clock are partly its prototype's.
      const jumping: Clock.Clock = Object.assign(Object.create(clock), {
        currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + offset,
        currentTimeMillis: Effect.sync(() => clock.currentTimeMillisUnsafe() + offset),
        currentTimeNanosUnsafe: () => clock.currentTimeNanosUnsafe() + BigInt(offset) * 1_000_000n,
        currentTimeNanos: Effect.sync(() => clock.currentTimeNanosUnsafe() + BigInt(offset) * 1_000_000n),
      });
      // dbt Cloud's clock does not jump.
      const onTime = (client: HttpClient.HttpClient) =>
        HttpClient.transform(client, (effect) => Effect.provideService(effect, Clock.Clock, clock));
      yield* bench.process(
        Effect.gen(function* () {
          const fiber = yield* Effect.forkScoped(durable.deploy({ job_id: 3, cause: "Deploy" }, { key: "k" }));
          yield* until(hasRun);
          offset = hours * 3_600_000;
          assert.equal((yield* Fiber.join(fiber)).status, 10);
        }),
        { transport: onTime },
      ).pipe(Effect.provideService(Clock.Clock, jumping));
      assert.deepEqual([yield* starts(bench), yield* bench.count("POST", /\/cancel\/$/)], [1, 0]);
    }), { speed: 600 });
}

test("the watchdog begins a deployment whose process ended before it was stored", (bench) =>
  Effect.gen(function* () {
    yield* bench.process(
      Effect.gen(function* () {
        const { sql } = yield* storage;
        const stored = yield* payload({ job_id: 1, cause: "Deploy" }, { key: "k" });
        const id = yield* executionIdOf(stored);
        yield* insertDeployment(sql, id, stored);
        yield* sql`UPDATE dbtc_deployments SET updated_at = ${Date.now() - 130_000}`;
      }),
      { runs: false },
    );
    assert.equal((yield* bench.process(durable.wait({ key: "k" }))).status, 10);
    assert.equal(yield* starts(bench), 1);
  }));

test("a webhook that is lost costs one poll: each wait ends with the next one", (bench) =>
  Effect.gen(function* () {
    yield* bench.process(deploy);
    const polls = (yield* bench.requests).filter(({ query }) => query.some(([name]) => name === "pk__in")).length;
    // A run of three seconds at this speed takes a few polls at ten a second, and none follows.
    yield* Effect.sleep("500 millis");
    const after = (yield* bench.requests).filter(({ query }) => query.some(([name]) => name === "pk__in")).length;
    assert(polls > 0);
    assert.equal(after, polls);
  }));
