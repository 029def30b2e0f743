/**
 * A database that an earlier release wrote is resumed: the names of steps, deferreds and clocks are stored there, and so is
 * their order. If this test fails, deployments that are open would break with an update: give the workflow another name, and
 * keep the old one for those that are open.
 *
 * `deno run -A tests/durable/fixture_test.ts` writes the fixture anew. It is done once for each version of the workflow,
 * and never to mend the test.
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Logger from "effect/Logger";
import * as Redacted from "effect/Redacted";
import * as Schedule from "effect/Schedule";
import * as HttpClient from "effect/http/HttpClient";
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { DbtClient, jobs } from "../../mod.ts";
import * as durable from "../../lib/durable/mod.ts";
import * as Duration from "effect/Duration";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { until } from "../support/deployment_processes.ts";

const fixture = new URL("fixtures/deployments_1.sql", import.meta.url);

/** Runs something with a database file and a sandbox. */
function withFile<A, E>(
  file: string,
  client: HttpClient.HttpClient,
  body: Effect.Effect<A, E, import("../support/deployment_processes.ts").Services>,
) {
  const options = { token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" };
  const dbt = DbtClient.layer({ ...options, retry: Schedule.recurs(0) }).pipe(
    Layer.provide(Layer.succeed(HttpClient.HttpClient, client)),
  );
  return body.pipe(
    Effect.provide(durable.layer.pipe(Layer.provideMerge(durable.layerSqlite(file)), Layer.provideMerge(dbt))),
    Effect.provideService(durable.PollInterval, Duration.millis(100)),
    Effect.provide(Logger.layer([])),
  );
}

/** The statements that make a database as it is. */
function dump(file: string): string {
  const database = new DatabaseSync(file);
  const tables = database.prepare(
    "SELECT name, sql, type FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type DESC, name",
  ).all().map(({ name, sql, type }) => ({ name: String(name), sql: String(sql), type }));
  const literal = (value: unknown) =>
    value === null ? "NULL" : typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value);
  const rows = tables.filter(({ type }) => type === "table").flatMap(({ name }) => {
    const statement = database.prepare(`SELECT * FROM ${name}`);
    statement.setReadBigInts(true);
    return statement.all().map((row) => `INSERT INTO ${name} VALUES (${Object.values(row).map(literal).join(", ")});`);
  });
  database.close();
  return [...tables.map(({ sql }) => `${sql.replaceAll(/\s+/g, " ")};`), ...rows, ""].join("\n");
}

Deno.test("deployments that an earlier release began are resumed, and start no second run", async () => {
  const file = `${await Deno.makeTempDir()}/d.sqlite`;
  const database = new DatabaseSync(file);
  database.exec(await Deno.readTextFile(fixture));
  const row = database.prepare("SELECT execution_id FROM dbtc_deployments WHERE deployment_key = 'asked'").get();
  database.close();
  assert(row !== undefined);
  const { tagOf } = await import("../../lib/durable/deployment_model.ts");
  await Effect.runPromise(Effect.gen(function* () {
    const handle = yield* sandbox.make({ speed: 1200 });
    const program = Effect.gen(function* () {
      // What dbt Cloud has of them: the run that is waited for, and the one whose answer was lost.
      const waited = yield* jobs.trigger({ job_id: 1, cause: "waiting" });
      const asked = yield* jobs.trigger({
        job_id: 1,
        cause: `asked ${tagOf({ job_id: 1, key: "asked" }, String(row["execution_id"]))}`,
      });
      assert.equal((yield* durable.wait({ key: "waiting" })).id, waited.id);
      assert.equal((yield* durable.wait({ key: "asked" })).id, asked.id);
      const paused = yield* durable.wait({ key: "paused" });
      assert.equal(paused.status, 10);
      const requests = yield* handle.requests;
      // Two above, and that of the one that was paused.
      assert.equal(requests.filter(({ path, verb }) => verb === "POST" && path.endsWith("/run/")).length, 3);
      const infos = yield* durable.list();
      assert.deepEqual(infos.map(({ key, state }) => [key, state]).toSorted(), [
        ["asked", "succeeded"],
        ["paused", "succeeded"],
        ["waiting", "succeeded"],
      ]);
    });
    yield* withFile(file, handle.client, program);
  }));
});

if (import.meta.main) {
  const folder = await Deno.makeTempDir();
  const [file, copy] = [`${folder}/d.sqlite`, `${folder}/copy.sqlite`];
  await Effect.runPromise(Effect.gen(function* () {
    const handle = yield* sandbox.make({ speed: 1 });
    // The answer to the second request that starts a run never comes.
    let starts = 0;
    const client = HttpClient.transform(
      handle.client,
      (effect, request) =>
        request.method === "POST" && request.url.endsWith("/run/") && ++starts > 1 ? Effect.never : effect,
    );
    const deploy = (key: string) => Effect.forkChild(durable.deploy({ job_id: 1, cause: key }, { key }));
    const program = Effect.gen(function* () {
      yield* handle.inject({ fault: "server-error", route: "GET */runs/" });
      yield* deploy("paused");
      yield* until(Effect.map(durable.list(), ([first]) => first?.message != null));
      yield* handle.heal;
      yield* deploy("waiting");
      yield* until(
        Effect.map(
          durable.list(),
          (all) => all.some(({ key, run_status }) => key === "waiting" && run_status !== null),
        ),
      );
      yield* deploy("asked");
      yield* until(Effect.sync(() => starts > 1));
      yield* Effect.sleep("500 millis");
      for (const end of ["", "-wal"]) yield* Effect.promise(() => Deno.copyFile(file + end, copy + end));
      Deno.writeTextFileSync(fixture, dump(copy));
      Deno.exit(0);
    });
    yield* withFile(file, client, program);
  }));
}
