/**
 * GraphQL queries over a transport: documents, pages, partial data and refusals.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Logger from "effect/Logger";
import * as Redacted from "effect/Redacted";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import assert from "node:assert/strict";
import { type Connection, connection, type Limited, limited } from "../../lib/graphql/connection.ts";
import { type Query, query } from "../../lib/graphql/query.ts";
import { OnPartialData } from "../../lib/graphql/send_query.ts";
import { nullable, optional } from "../../lib/schema.ts";
import { environment_id, job_id } from "../../lib/shared_fields.ts";
import type { Dbt, DbtError } from "../../mod.ts";
import { fails, type Reply, session, succeeds, type Transport, transport } from "../support/fixtures.ts";

interface Row {
  readonly uniqueId: string;
  readonly name?: string | null;
}
const Row: Schema.Codec<Row> = Schema.Struct({ uniqueId: Schema.String, name: nullable(Schema.String) });

interface ListModels extends Limited {
  readonly environment_id?: number;
  readonly schema?: string;
  readonly tags?: ReadonlyArray<string>;
}
const list: Connection<ListModels, Row> = connection("models.list", {
  summary: "List models",
  request: {
    environment_id: optional(environment_id),
    ...limited,
    schema: optional(Schema.String),
    tags: optional(Schema.Array(Schema.String)),
  },
  at: ["environment(id: $environment_id)", "applied", "models(filter: $filter, first: $first, after: $after)"],
  variables: { environment_id: "BigInt!", filter: "ModelAppliedFilter" },
  row: Row,
  paging: "relay",
  most: 500,
});

interface ListOfJob extends Limited {
  readonly job_id: number;
}
const ofJob: Connection<ListOfJob, Row> = connection("models.listOfJob", {
  summary: "List the models of a job's newest run",
  request: { job_id, ...limited },
  at: ["job(id: $job_id)", "models(first: $first, after: $after)"],
  variables: { job_id: "BigInt!" },
  row: Row,
  paging: "rows",
  most: 100,
});

interface InEnvironment {
  readonly environment_id?: number;
}
interface Freshness {
  readonly lastUpdatedAt?: string | null;
}
const state: Query<InEnvironment, Freshness> = query("environments.state", {
  summary: "When an environment was updated last",
  request: { environment_id: optional(environment_id) },
  at: ["environment(id: $environment_id)", "applied"],
  variables: { environment_id: "BigInt!" },
  answer: Schema.Struct({ lastUpdatedAt: nullable(Schema.String) }),
});

const rowsFrom = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ uniqueId: `model.${from + index}`, name: `${from + index}` }));

/** A page of models, as the Discovery API sends it. */
function page(rows: ReadonlyArray<unknown>, pageInfo: unknown, more: object = {}): Reply {
  const edges = rows.map((node) => ({ node }));
  return {
    status: 200,
    body: { data: { environment: { applied: { models: { totalCount: 1200, pageInfo, edges } } } }, ...more },
  };
}

/** What a request asks for. */
const asked = ({ sent }: Transport) =>
  sent.map(({ body }) => body as { readonly query: string; readonly variables: Record<string, unknown> });

/** An environment with 1,200 models. It takes whole pages, as the Discovery API does. */
const many = (most = 500) =>
  transport(({ body }) => {
    const { first, after = "0" } = (body as { variables: { first: number; after?: string } }).variables;
    if (first > most) {
      const errors = [{
        message: "This query exceeds the complexity limit",
        extensions: { code: "COMPLEXITY_EXCEEDED" },
      }];
      return { status: 200, body: { data: null, errors } };
    }
    const end = Math.min(1200, Number(after) + first);
    return page(rowsFrom(Number(after), end - Number(after)), { hasNextPage: end < 1200, endCursor: String(end) });
  });

const run = <A>(self: Stream.Stream<A, DbtError, Dbt>, net: Transport) =>
  succeeds(Stream.runCollect(self).pipe(Effect.provide(session(net))));
const inFive = { environment_id: 5 };

Deno.test("A list is one query, with the variables that have a value", async () => {
  const net = transport(() => page(rowsFrom(0, 2), { hasNextPage: false, endCursor: "==" }));
  assert.deepEqual(await run(list({ ...inFive, schema: "prod", tags: ["daily"] }), net), rowsFrom(0, 2));
  assert.deepEqual(asked(net), [{
    query: "query ModelsList($environment_id: BigInt!, $filter: ModelAppliedFilter, $first: Int) " +
      "{ environment(id: $environment_id) { applied { models(filter: $filter, first: $first) " +
      "{ totalCount pageInfo { hasNextPage endCursor } edges { node { uniqueId name } } } } } }",
    variables: { environment_id: 5, filter: { schema: "prod", tags: ["daily"] }, first: 500 },
  }]);
});

Deno.test("A list takes the fewest requests that the page size allows", async () => {
  const net = many();
  assert.deepEqual(await run(list(inFive), net), rowsFrom(0, 1200));
  assert.deepEqual(asked(net).map(({ variables }) => variables.after), [undefined, "500", "1000"]);
});

Deno.test("A limit makes the last page smaller, and a stream that is left early asks for no more", async () => {
  const net = many();
  assert.equal((await run(list({ ...inFive, limit: 501 }), net)).length, 501);
  assert.deepEqual(asked(net).map(({ variables }) => variables.first), [500, 1]);
  const other = many();
  await run(Stream.take(list(inFive), 500), other);
  assert.equal(other.sent.length, 1);
});

Deno.test("A query that is too complex is asked for in smaller pages, and the user is told", async () => {
  const said: Array<unknown> = [];
  const net = many(125);
  const rows = Stream.runCollect(list(inFive)).pipe(
    Effect.provide(Logger.layer([Logger.make(({ message }) => said.push(message))])),
    Effect.provide(session(net)),
  );
  assert.deepEqual(await succeeds(rows), rowsFrom(0, 1200));
  assert.deepEqual(asked(net).slice(0, 3).map(({ variables }) => variables.first), [500, 125, 125]);
  assert.deepEqual(said.flat(), [
    "models.list: dbt Cloud refuses the query as too complex: trying 125 rows a page",
  ]);
});

Deno.test("A row that is too complex alone is refused with what to do", async () => {
  const net = many(0);
  const error = await fails(Effect.provide(Stream.runDrain(list(inFive)), session(net)));
  assert.equal(
    error.message,
    "models.list: Refused (200: This query exceeds the complexity limit). Ask for fewer fields, or for fewer rows.",
  );
  assert.deepEqual(asked(net).map(({ variables }) => variables.first), [500, 125, 31, 7, 1]);
});

Deno.test("A cursor that does not move, one that came before, and one that is missing end the list with an error", async () => {
  const cursors: ReadonlyArray<ReadonlyArray<string | null>> = [["a", "a"], ["a", "b", "a"], [null], [""]];
  for (const all of cursors) {
    const net = transport((_, index) => page(rowsFrom(index, 1), { hasNextPage: true, endCursor: all[index] }));
    const error = await fails(Effect.provide(Stream.runDrain(list(inFive)), session(net)));
    assert.equal(error.reason._tag, "Undecodable", String(all));
    assert.equal(net.sent.length, all.length);
  }
});

Deno.test("A connection that does not say whether there is more is followed while its cursor moves", async () => {
  const net = transport((_, index) => page(rowsFrom(index, 1), { endCursor: index < 2 ? String(index) : null }));
  assert.equal((await run(list(inFive), net)).length, 3);
});

Deno.test("Row cursors are followed until a page has fewer rows", async () => {
  const net = transport((_, index) => {
    const rows = rowsFrom(index * 100, index < 2 ? 100 : 7).map((row) => ({ ...row, paginationCursor: row.name }));
    return { status: 200, body: { data: { job: { models: rows } } } };
  });
  assert.equal((await run(ofJob({ job_id: 1 }), net)).length, 207);
  assert.deepEqual(asked(net).map(({ variables }) => variables.after), [undefined, "99", "199"]);
});

Deno.test("A job's list that has no pages comes whole", async () => {
  const net = transport(() => ({ status: 200, body: { data: { job: { models: rowsFrom(0, 230) } } } }));
  assert.equal((await run(ofJob({ job_id: 1 }), net)).length, 230);
  assert.equal(net.sent.length, 1);
});

Deno.test("Picked fields narrow the query and the type, and are checked", async () => {
  const net = transport(() => page([{ name: "orders" }], { hasNextPage: false }));
  const rows: ReadonlyArray<{ readonly name?: string | null }> = await run(list.pick("name")(inFive), net);
  assert.deepEqual(rows, [{ name: "orders" }]);
  assert.match(asked(net)[0]!.query, /edges \{ node \{ name \} \}/);
  const wrong = transport(() => page([{ name: 5 }], { hasNextPage: false }));
  const error = await fails(Effect.provide(Stream.runDrain(list.pick("name")(inFive)), session(wrong)));
  assert.equal(error.reason._tag, "Undecodable");
});

Deno.test("A part that is missing is reported once, and the rest is kept", async () => {
  const said: Array<string> = [];
  const errors = [{ message: "Timed out", path: ["environment", "applied", "models", "edges", 0, "node"] }];
  const net = transport((_, index) =>
    page([null, ...rowsFrom(index, 1)], { hasNextPage: index < 2, endCursor: String(index) }, { errors })
  );
  const rows = Stream.runCollect(list(inFive)).pipe(
    Effect.provideService(OnPartialData, (name, errors) =>
      Effect.sync(() => {
        said.push(`${name}: ${errors.map(({ message }) => message)}`);
      })),
    Effect.provide(session(net)),
  );
  assert.deepEqual(await succeeds(rows), rowsFrom(0, 3));
  assert.deepEqual(said, ["models.list: Timed out"]);
});

Deno.test("What is reported of a missing part has neither the token nor control characters", async () => {
  const said: Array<unknown> = [];
  const token = Redacted.make("dbtc_0123456789abcdef");
  const errors = [{
    message: `No \u001b[31m${Redacted.value(token)}`,
    path: ["environment"],
    extensions: { code: "X" },
  }];
  const net = transport(() => page(rowsFrom(0, 1), { hasNextPage: false }, { errors }));
  const rows = Stream.runCollect(list(inFive)).pipe(
    Effect.provideService(OnPartialData, (_, errors) => Effect.sync(() => void said.push(...errors))),
    Effect.provide(session(net, { token })),
  );
  assert.deepEqual(await succeeds(rows), rowsFrom(0, 1));
  assert.deepEqual(said, [{ message: "No <redacted>", path: ["environment"], extensions: { code: "X" } }]);
});

Deno.test("Errors without data are refusals, with dbt's words and the place, whatever the status", async () => {
  for (const status of [200, 400]) {
    const errors = [{ message: 'Cannot query field "nme" on type "ModelAppliedStateNode".', path: ["environment", 0] }];
    const net = transport(() => ({ status, body: { errors } }));
    const error = await fails(Effect.provide(state(inFive), session(net)));
    assert.equal(error.reason._tag, "Invalid");
    assert.equal(
      error.message,
      `environments.state: Refused (${status}: ` +
        'Cannot query field "nme" on type "ModelAppliedStateNode". (at environment)).',
    );
    assert.deepEqual("errors" in error.reason && error.reason.errors, errors);
    assert.equal(net.sent.length, 1);
  }
});

Deno.test("A refused token is Forbidden or Unauthorized, also with status 200", async () => {
  const cases = [
    [{ message: "User is not authorized" }, "Forbidden"],
    [{ message: "No.", extensions: { code: "FORBIDDEN" } }, "Forbidden"],
    [{ message: "Who?", extensions: { code: "UNAUTHENTICATED" } }, "Unauthorized"],
  ] as const;
  for (const [error, tag] of cases) {
    const net = transport(() => ({ status: 200, body: { data: null, errors: [error] } }));
    assert.equal((await fails(Effect.provide(state(inFive), session(net)))).reason._tag, tag);
  }
});

Deno.test("What is not there is NotFound, and an environment that never ran has an empty list", async () => {
  const none = transport(() => ({ status: 200, body: { data: { environment: null } } }));
  const error = await fails(Effect.provide(Stream.runDrain(list(inFive)), session(none)));
  assert.equal(error.reason._tag, "NotFound");
  assert.match(error.message, /\(200: there is no environment\(id: 5\)\)/);
  const never = transport(() => ({ status: 200, body: { data: { environment: { applied: null } } } }));
  assert.deepEqual(await run(list(inFive), never), []);
});

Deno.test("An environment that nobody names is asked for before anything is sent", async () => {
  const net = transport(() => page([], { hasNextPage: false }));
  const error = await fails(Effect.provide(state({}), session(net)));
  assert.match(error.message, /environment_id is missing: set DBT_CLOUD_ENVIRONMENT_ID/);
  assert.equal(net.sent.length, 0);
  await succeeds(Stream.runDrain(list({})).pipe(Effect.provide(session(net, { environment_id: 9 }))));
  assert.equal(asked(net)[0]!.variables.environment_id, 9);
});

Deno.test("A wrong limit is refused before anything is sent", async () => {
  const net = many();
  for (const limit of [0, -1, 1.5]) {
    const error = await fails(Effect.provide(Stream.runDrain(list({ ...inFive, limit })), session(net)));
    assert.equal(error.reason._tag, "Unsendable");
  }
  assert.equal(net.sent.length, 0);
});

Deno.test("An answer that is no GraphQL is not understood", async () => {
  for (const body of ["<html>", "{", "{}", "[]", '"x"', '{"data":null}']) {
    const net = transport(() => ({ status: 200, body }));
    assert.equal((await fails(Effect.provide(state(inFive), session(net)))).reason._tag, "Undecodable", body);
  }
});
