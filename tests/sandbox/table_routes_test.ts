/**
 * Every endpoint of the table against the sandbox: its answer fits its schema.
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
import { findRoute, routes } from "../../lib/sandbox/protocol/routes.ts";
import { accountSeed } from "../../lib/sandbox/data/jaffle_shop_account_seed.ts";
import { table } from "../../lib/groups/table.ts";
import type { AnyRequest } from "../../lib/groups/table_entry.ts";
import { parse } from "../../tools/conformance.ts";
import { absent, read } from "../support/evidence.ts";
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
  "accountFeatures.update": { feature: "ai_features", value: true },
  "azureDevOps.listRepositories": { azure_project_id: "3758c2e0-924e-4ca4-843c-51dca93db700" },
  "lineageIntegrations.listCollection": { collection_id: "folder-sales" },
  "profiles.delete": { profile_id: 2 },
  "repos.downloadManaged": { repository_id: 2 },
  "scim.deleteGroup": { group_id: "2" },
  "scim.deleteUser": { user_id: "2" },
  "scim.getGroup": { group_id: "2" },
  "scim.getResourceType": { resource_type: "User" },
  "scim.getSchema": { schema_uri: "urn:ietf:params:scim:schemas:core:2.0:User" },
  "scim.getUser": { user_id: "2" },
  "scim.patchGroup": { group_id: "2", Operations: [{ op: "replace", path: "displayName", value: "All" }] },
  "scim.patchUser": { user_id: "2", Operations: [{ op: "replace", path: "active", value: false }] },
  "scim.updateGroup": { group_id: "2" },
  "scim.updateUser": { user_id: "2" },
  // The seed's token has permissions already, and they cannot be changed.
  "serviceTokens.assignPermissions": {
    service_token_id: 2,
    permissions: [{ service_token_id: 2, account_id: 1, permission_set: "job_admin", all_projects: true }],
  },
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

/** Rows of what an account does not have by itself. */
const seed: sandbox.Seed = {
  "auth-providers": [{ id: 1, account_id: 1 }],
  "azure-ad-applications": [{ id: 1, account_id: 1 }],
  "integrations/open-ais": [{ id: 1, account_id: 1 }],
  "platform-metadata-credentials": [{ id: 1, account_id: 1, connection_id: 1 }],
  profiles: [...accountSeed.profiles ?? [], { id: 2, account_id: 1, project_id: 1, key: "spare" }],
  "service-tokens": [...accountSeed["service-tokens"] ?? [], { id: 2, account_id: 1, uid: "new", name: "New" }],
};

const whatToDo = "give these an example in `accountSeed`, or a request that makes sense in `sensible` or `more` above";

/** The rows that answer otherwise than they should. */
const failing = Effect.fnUntraced(function* (
  session: Effect.Effect<{ readonly http: HttpClient.HttpClient; readonly url: string }>,
) {
  const failed: Array<string> = [];
  for (const { call } of routes) {
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
  const session = Effect.map(sandbox.make({ seed }), ({ client }) => ({ http: client, url: "http://127.0.0.1" }));
  assert.deepEqual(await Effect.runPromise(failing(session).pipe(Effect.provide(TestClock.layer()))), [], whatToDo);
});

Deno.test("sandbox answers every row of the table as its schema says, over a port", async () => {
  const program = Effect.gen(function* () {
    const http = yield* HttpClient.HttpClient;
    const scope = yield* Effect.scope;
    return yield* failing(
      sandbox.listen({ seed }).pipe(
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
      const { client } = yield* sandbox.make({ seed });
      const dbt = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
        Layer.provide(Layer.succeed(HttpClient.HttpClient, client)),
      );
      const lists = routes.filter(({ action }) => action === "list");
      return yield* Effect.forEach(
        lists,
        ({ call }) => Effect.map(answerOf(call), (page) => [call.name, Object(page).data.length] as const),
      ).pipe(Effect.provide(dbt));
    }).pipe(Effect.provide(TestClock.layer())),
  );
  const empty = rows.filter(([, count]) => count === 0);
  assert.deepEqual(
    empty,
    [],
    "add an example of each to `accountSeed` in lib/sandbox/data/jaffle_shop_account_seed.ts",
  );
});

Deno.test("sandbox has a handler for every endpoint", () => {
  assert.deepEqual(notModelled, [], "write a handler in lib/sandbox/endpoints/");
});

Deno.test("sandbox's page describes every group", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/sandbox.md", import.meta.url));
  const [, list = ""] = /## What it models, group by group\n([^]*?)\n## /.exec(page) ?? [];
  const described = new Set([...list.matchAll(/\*\*(\w+)\*\*[:,]/g)].map(([, name]) => name));
  const groups = new Set(table.map(({ call }) => call.name.split(".")[0]));
  assert.deepEqual([...groups].filter((group) => !described.has(group)), [], "say what the sandbox models of these");
});

Deno.test("sandbox serves every operation of dbt's specification", { ignore: absent }, () => {
  const operations = ["v2", "v3"].flatMap((version) => {
    const { paths } = parse(read(`admin/openapi-${version}.yaml`));
    return Object.entries(Object(paths)).flatMap(([path, item]) =>
      Object.keys(Object(item)).filter((verb) => /^(get|post|put|patch|delete)$/.test(verb)).map((verb) =>
        [verb.toUpperCase(), path.replaceAll(/\{\w+\}/g, "1")] as const
      )
    );
  });
  assert.equal(operations.length, 207);
  assert.deepEqual(operations.filter(([verb, path]) => findRoute(verb, path) === undefined), []);
});
