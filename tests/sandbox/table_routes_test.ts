/**
 * Every endpoint of the table against the sandbox: its answer fits its schema, or docs name it as not modelled.
 *
 * @module
 */
import { DbtClient } from "../../mod.ts";
import * as Effect from "effect/Effect";
import * as HttpClient from "effect/http/HttpClient";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import * as SchemaAST from "effect/SchemaAST";
import * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import * as TestClock from "effect/testing/TestClock";
import assert from "node:assert/strict";
import * as auditLogs from "../../lib/api/audit_logs.ts";
import type { Dbt } from "../../lib/dbt.ts";
import { transport } from "../../lib/client/transport.ts";
import type { DbtError } from "../../lib/error.ts";
import { fieldOf, pathNames } from "../../lib/request.ts";
import { notModelled } from "../../lib/sandbox/endpoints/endpoint_handlers.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { routes } from "../../lib/sandbox/protocol/routes.ts";
import { accountSeed } from "../../lib/sandbox/data/jaffle_shop_account_seed.ts";
import type { AnyRequest } from "../../lib/groups/table_entry.ts";
import { sample } from "../support/sandbox_fixture.ts";

/** The first id of a collection of the seed. */
function first(collection: string): unknown {
  return accountSeed[collection]?.[0]?.id;
}

/** What fields are where 1 and "x" make no sense: those of paths, and those that dbt Cloud looks at. */
const sensible: AnyRequest = {
  // The newest run of job 2, which failed.
  run_id: 70471800000005,
  step_id: 70680000000101,
  path: "manifest.json",
  webhook_id: first("webhooks/subscriptions"),
  event_id: first("webhooks/events"),
  private_endpoint_id: first("private-endpoints"),
  receipt_id: first("webhooks/receipts"),
  adapter_version: "snowflake_v0",
};

/** What single endpoints need beside that. */
const more: Readonly<Record<string, AnyRequest>> = {
  "connections.create": { config: { account: "ab12345", database: "analytics", warehouse: "transforming" } },
  "credentials.create": { type: "snowflake", auth_type: "password", schema: "prod" },
  "credentials.update": { type: "snowflake", auth_type: "password", schema: "prod" },
  "envVars.create": { name: "DBT_SIZE", type: "project" },
  "envVars.createBulk": { env_var: [{ new_name: "DBT_SIZE", project: "M", production: "L" }] },
  "envVars.deleteBulk": { name: "DBT_WAREHOUSE_SIZE" },
  "envVars.update": { name: "DBT_SIZE", type: "project" },
  "envVars.updateBulk": { env_vars: { name: "DBT_WAREHOUSE_SIZE", project: "M", production: null } },
  "repos.downloadManaged": { repository_id: 2 },
};

/** The least that an endpoint can be asked for. */
function requestOf(call: (typeof routes)[number]["call"]): AnyRequest {
  const needed = Object.keys(call.request).filter((name) => {
    const ast = fieldOf(call, name)?.ast ?? SchemaAST.unknown;
    return pathNames(call.route).includes(name) || !SchemaAST.isOptional(ast);
  });
  const given = needed.map((name) => [
    name,
    sensible[name] ?? sample(SchemaAST.toType(fieldOf(call, name)?.ast ?? SchemaAST.unknown)),
  ]);
  return { ...Object.fromEntries(given), ...more[call.name] };
}

/** Asks a sandbox of its own for what one row gives, and reads it as its schema says. */
function answerOf(
  call: (typeof routes)[number]["call"],
): Effect.Effect<unknown, DbtError, Dbt> {
  if (call.kind === "download") return Effect.map(Stream.runCollect(call(requestOf(call))), ({ length }) => length);
  if (call.name !== "auditLogs.getExport") return call(requestOf(call));
  return Effect.gen(function* () {
    const { job_id } = yield* auditLogs.submitExport({});
    yield* TestClock.adjust("5 seconds");
    return yield* call({ export_id: job_id });
  });
}

const whatToDo = "add an example of what these return to lib/sandbox/data/jaffle_shop_account_seed.ts, " +
  "or the fields that they need to `sensible` or `more` above";

/** The rows that answer otherwise than they should. */
const failing = Effect.fnUntraced(function* (
  session: Effect.Effect<{ readonly http: HttpClient.HttpClient; readonly url: string }>,
) {
  const failed: Array<string> = [];
  for (const { call } of routes) {
    if (notModelled.includes(call.name)) continue;
    const { http, url } = yield* session;
    const dbt = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: url }).pipe(
      Layer.provide(Layer.succeed(HttpClient.HttpClient, http)),
    );
    const error = yield* answerOf(call).pipe(Effect.provide(dbt), Effect.as(undefined), Effect.catch(Effect.succeed));
    if (error !== undefined) failed.push(`${call.name}: ${JSON.stringify(error.reason)}`);
  }
  return failed;
});

Deno.test("sandbox answers every row of the table as its schema says, through the client", async () => {
  const session = Effect.map(sandbox.make(), ({ client }) => ({ http: client, url: "http://127.0.0.1" }));
  assert.deepEqual(await Effect.runPromise(failing(session).pipe(Effect.provide(TestClock.layer()))), [], whatToDo);
});

Deno.test("sandbox answers every row of the table as its schema says, over a port", async () => {
  const program = Effect.gen(function* () {
    const http = yield* HttpClient.HttpClient;
    const scope = yield* Effect.scope;
    return yield* failing(
      sandbox.listen().pipe(
        Effect.provideService(Scope.Scope, scope),
        Effect.orDie,
        Effect.map(({ url }) => ({ http, url })),
      ),
    );
  });
  const provided = program.pipe(Effect.scoped, Effect.provide([TestClock.layer(), transport]));
  assert.deepEqual(await Effect.runPromise(provided), [], whatToDo);
});

Deno.test("sandbox has a row in every list of the seed account", async () => {
  const rows = await Effect.runPromise(
    Effect.gen(function* () {
      const { client } = yield* sandbox.make();
      const dbt = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
        Layer.provide(Layer.succeed(HttpClient.HttpClient, client)),
      );
      const lists = routes.filter(({ call, action }) => action === "list" && !notModelled.includes(call.name));
      return yield* Effect.forEach(
        lists,
        ({ call }) => Effect.map(answerOf(call), (page) => [call.name, Object(page).data.length] as const),
      ).pipe(Effect.provide(dbt));
    }).pipe(Effect.provide(TestClock.layer())),
  );
  // What dbt sets up for an account only when asked for.
  const bare = /^(ipRestrictions|lineageIntegrations|privateEndpoints|scim)\./;
  const empty = rows.filter(([name, count]) => count === 0 && !bare.test(name));
  assert.deepEqual(empty, [], "add an example of each to lib/sandbox/data/jaffle_shop_account_seed.ts");
});

Deno.test("sandbox's page names every endpoint that is answered with 501", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/sandbox.md", import.meta.url));
  const [, list = ""] = /## What it answers with 501\n([^]*?)\n## /.exec(page) ?? [];
  assert.deepEqual(
    [...list.matchAll(/`(\w+\.\w+)`/g)].map(([, name]) => name).toSorted(),
    [...notModelled].toSorted(),
    "write a handler in lib/sandbox/endpoints/endpoint_handlers.ts, or name the endpoint in docs/sandbox.md",
  );
  assert.deepEqual(
    notModelled.filter((name) => !/^(ipRestrictions|lineageIntegrations|privateEndpoints|scim)\./.test(name)),
    [],
  );
});
