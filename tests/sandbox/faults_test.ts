/**
 * What each fault does to requests and answers.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as TestClock from "effect/testing/TestClock";
import assert from "node:assert/strict";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { type Bench, overPort, test, v2 } from "../support/sandbox_fixture.ts";

const start = `POST ${v2}/jobs/1/run/`;
const cause = { cause: "test" };
const count = ({ data }: Bench) => Effect.map(data(`GET ${v2}/runs/`), (runs: ReadonlyArray<unknown>) => runs.length);

/** What a request comes to: its status, or that its connection broke. */
const outcome = ({ ask }: Bench, request: string, body?: unknown) =>
  Effect.match(ask(request, body), { onFailure: () => "broken", onSuccess: ({ status }) => status });

// ---- instead of what is asked ---------------------------------------------------------------------------------------

for (
  const [fault, status, what] of [
    ["rate-limit", 429, "object"],
    ["server-error", 500, "object"],
    ["bad-gateway-html", 502, "string"],
    ["redirect", 302, "string"],
    ["token-revoked", 401, "object"],
  ] as const
) {
  test(
    `answers ${status} for ${fault}, and does nothing`,
    Effect.fnUntraced(function* (bench) {
      yield* bench.inject({ fault });
      const answers = [yield* bench.ask(start, cause), yield* bench.ask(`GET ${v2}/jobs/`)];
      assert.deepEqual(answers.map(({ status, body }) => [status, typeof body]), [[status, what], [status, what]]);
      yield* bench.heal;
      assert.equal(yield* count(bench), 6);
    }),
  );
}

test(
  "says when to come back only where it is told to",
  Effect.fnUntraced(function* ({ ask, inject, heal }) {
    yield* inject({ fault: "rate-limit" });
    assert.equal((yield* ask(`GET ${v2}/jobs/`)).headers["retry-after"], undefined);
    yield* heal;
    yield* inject({ fault: "rate-limit", seconds: 3 });
    assert.equal((yield* ask(`GET ${v2}/jobs/`)).headers["retry-after"], "3");
  }),
);

// ---- what the transport does ----------------------------------------------------------------------------------------

test(
  "breaks the connection before a write happens, or after",
  Effect.fnUntraced(function* (bench) {
    yield* bench.inject({ fault: "reset", times: 1 });
    assert.equal(yield* outcome(bench, start, cause), "broken");
    assert.equal(yield* count(bench), 6);
    yield* bench.inject({ fault: "accepted-then-lost" });
    assert.equal(yield* outcome(bench, `GET ${v2}/jobs/`), 200);
    assert.equal(yield* outcome(bench, start, cause), "broken");
    assert.equal(yield* count(bench), 7);
  }),
);

test(
  "spoils the answer to what happened",
  Effect.fnUntraced(function* (bench) {
    const seen: Array<unknown> = [];
    for (const fault of ["empty-body", "invalid-json", "truncated-body"] as const) {
      yield* bench.inject({ fault, times: 1 });
      seen.push(
        yield* Effect.match(bench.ask(start, cause), {
          onFailure: () => "broken",
          onSuccess: ({ status, body }) => [status, body],
        }),
      );
    }
    assert.deepEqual(seen, [[200, ""], [200, "{'status': {'code': 200"], "broken"]);
    assert.equal(yield* count(bench), 9);
  }),
);

test(
  "never answers for timeout, and takes longer for slow",
  Effect.fnUntraced(function* (bench) {
    yield* bench.inject({ fault: "timeout", times: 1 });
    const silent = yield* Effect.forkChild(bench.ask(`GET ${v2}/jobs/`));
    yield* arrived(bench, 1);
    yield* TestClock.adjust("1 hour");
    assert.equal(silent.pollUnsafe(), undefined);
    yield* bench.inject({ fault: "slow", seconds: 7, times: 1 });
    const slow = yield* Effect.forkChild(bench.ask(`GET ${v2}/jobs/`));
    yield* arrived(bench, 2);
    yield* TestClock.adjust("6999 millis");
    assert.equal(slow.pollUnsafe(), undefined);
    yield* TestClock.adjust("1 millis");
    assert.equal((yield* Fiber.join(slow)).status, 200);
    yield* Fiber.interrupt(silent);
  }),
);

/** Lets the machine work until so many requests have come in: over a port that is no matter of the virtual clock. */
const arrived = Effect.fnUntraced(function* ({ requests }: Bench, wanted: number) {
  while ((yield* requests).length < wanted) yield* Effect.promise(() => new Promise((done) => setTimeout(done, 1)));
  yield* Effect.promise(() => new Promise((done) => setTimeout(done, 1)));
});

// ---- what comes later -----------------------------------------------------------------------------------------------

test(
  "lets a write happen after its answer",
  Effect.fnUntraced(function* (bench) {
    yield* bench.inject({ fault: "late-accept", times: 1 });
    assert.equal(yield* outcome(bench, start, cause), 504);
    yield* TestClock.adjust("4999 millis");
    assert.equal(yield* count(bench), 6);
    yield* TestClock.adjust("10 seconds");
    const [run] = yield* bench.data(`GET ${v2}/runs/?order_by=-id&include_related=trigger`);
    assert.deepEqual([run.id, run.trigger.cause, run.created_at], [
      70471800000007,
      "test",
      "1970-01-01 00:00:05.000000+00:00",
    ]);
  }),
);

test(
  "hides what is new for some seconds",
  Effect.fnUntraced(function* (bench) {
    yield* bench.inject({ fault: "hidden-in-list" });
    const { id } = yield* bench.data(start, cause);
    yield* bench.ask(`POST ${v2}/jobs/`, { name: "x", project_id: 1, environment_id: 1, execute_steps: ["dbt run"] });
    const lists = Effect.all([count(bench), Effect.map(bench.data(`GET ${v2}/jobs/`), (jobs) => jobs.length)]);
    assert.deepEqual(yield* lists, [6, 4]);
    assert.equal((yield* bench.data(`GET ${v2}/runs/${id}/`)).id, id);
    yield* TestClock.adjust("5 seconds");
    assert.deepEqual(yield* lists, [7, 5]);
  }),
);

test(
  "does not find a run that was triggered just now",
  Effect.fnUntraced(function* (bench) {
    yield* bench.inject({ fault: "not-found-after-trigger" });
    const { id } = yield* bench.data(start, cause);
    const statuses = Effect.forEach(
      [`${id}/`, `${id}/artifacts/`, "70471800000001/"],
      (path) => outcome(bench, `GET ${v2}/runs/${path}`),
    );
    assert.deepEqual(yield* statuses, [404, 404, 200]);
    yield* TestClock.adjust("5 seconds");
    assert.deepEqual(yield* statuses, [200, 200, 200]);
  }),
);

test(
  "brings artifacts late, or not at all",
  Effect.fnUntraced(function* (bench) {
    const { id } = yield* bench.data(start, cause);
    yield* TestClock.adjust("64 seconds");
    yield* bench.inject({ fault: "late-artifact" });
    const look = Effect.all([
      Effect.map(bench.data(`GET ${v2}/runs/${id}/artifacts/`), (paths) => paths?.length ?? null),
      outcome(bench, `GET ${v2}/runs/${id}/artifacts/manifest.json`),
    ]);
    assert.deepEqual(yield* look, [null, 404]);
    yield* TestClock.adjust("10 seconds");
    assert.deepEqual(yield* look, [54, 200]);
    yield* bench.inject({ fault: "missing-artifact" });
    assert.deepEqual(yield* look, [54, 404]);
  }),
);

// ---- what answers say -----------------------------------------------------------------------------------------------

test(
  "deletes a row of the pages before",
  Effect.fnUntraced(function* ({ inject, data }) {
    const page = (offset: number) =>
      Effect.map(
        data(`GET ${v2}/runs/?limit=2&offset=${offset}`),
        (runs) => runs.map(({ id }: { id: number }) => id % 10),
      );
    yield* inject({ fault: "row-deleted-between-pages", times: 1 });
    assert.deepEqual([yield* page(0), yield* page(2), yield* page(4), yield* page(0)], [[1, 2], [4, 5], [6], [2, 3]]);
  }),
);

test(
  "speaks of statuses and fields that dbt never documented",
  Effect.fnUntraced(function* (bench) {
    yield* bench.inject({ fault: "unknown-status" });
    const begun = yield* bench.data(start, cause);
    assert.deepEqual([begun.status, begun.status_humanized, begun.in_progress], [25, "Waiting", true]);
    yield* TestClock.adjust("2 minutes");
    assert.equal((yield* bench.data(`GET ${v2}/runs/${begun.id}/`)).status, 10);
    yield* bench.inject({ fault: "unknown-fields", times: 1 });
    const [job] = yield* bench.data(`GET ${v2}/jobs/?include_related=environment`);
    const unknown = { x_new: "surprise", x_new_thing: { id: 1, x_list: [null, 1] } };
    const { x_new, x_new_thing, environment, id } = job;
    assert.deepEqual({ x_new, x_new_thing }, unknown);
    assert.deepEqual({ x_new: environment.x_new, x_new_thing: environment.x_new_thing }, unknown);
    assert.equal(id, 1);
  }),
);

test(
  "makes null of everything but ids and statuses",
  Effect.fnUntraced(function* ({ inject, data }) {
    yield* inject({ fault: "null-fields" });
    const { id, status, ...rest } = yield* data(`GET ${v2}/runs/70471800000001/`);
    assert.deepEqual([id, status, [...new Set(Object.values(rest))]], [70471800000001, 10, [null]]);
  }),
);

test(
  "keeps a run in the queue, and cancels late or never",
  Effect.fnUntraced(function* (bench) {
    yield* bench.inject({ fault: "stuck-queued", times: 1 });
    const stuck = (yield* bench.data(start, cause)).id;
    const running = (yield* bench.data(`POST ${v2}/jobs/3/run/`, cause)).id;
    yield* TestClock.adjust("1 minute");
    const look = (id: number) => Effect.map(bench.data(`GET ${v2}/runs/${id}/`), (run) => run.status_humanized);
    assert.deepEqual([yield* look(stuck), yield* look(running)], ["Queued", "Running"]);
    yield* bench.inject({ fault: "cancel-refused", times: 1 });
    assert.equal(yield* outcome(bench, `POST ${v2}/runs/${running}/cancel/`), 400);
    yield* bench.inject({ fault: "slow-cancel", times: 1 });
    assert.equal(yield* outcome(bench, `POST ${v2}/runs/${running}/cancel/`), 200);
    yield* TestClock.adjust("59 seconds");
    assert.equal(yield* look(running), "Running");
    yield* TestClock.adjust("1 second");
    assert.equal(yield* look(running), "Cancelled");
    assert.equal((yield* bench.data(`POST ${v2}/runs/${stuck}/cancel/`)).status_humanized, "Cancelled");
  }),
);

// ---- options --------------------------------------------------------------------------------------------------------

test(
  "takes as long for each answer as it is told to",
  Effect.fnUntraced(function* (bench) {
    const fiber = yield* Effect.forkChild(bench.ask(`GET ${v2}/jobs/`));
    yield* arrived(bench, 1);
    yield* TestClock.adjust("49 millis");
    assert.equal(fiber.pollUnsafe(), undefined);
    yield* TestClock.adjust("1 millis");
    assert.equal((yield* Fiber.join(fiber)).status, 200);
  }),
  { latency: 50 },
);

test(
  "holds the rows that it is given, and takes the tokens that it is given",
  Effect.fnUntraced(function* (bench) {
    const headers = { authorization: "Token mine" };
    const { body } = yield* bench.ask(`GET ${v2}/jobs/`, undefined, headers);
    assert.deepEqual(
      body.data.map(({ id, name, settings }: { id: number; name: string; settings: unknown }) => ({
        id,
        name,
        settings,
      })),
      [{ id: 7, name: "Mine", settings: { threads: 2, target_name: "default" } }],
    );
    assert.equal((yield* bench.ask(`GET ${v2}/jobs/`)).status, 401);
    assert.equal((yield* bench.ask(`DELETE ${v2}/jobs/7/`, undefined, headers)).status, 404);
  }),
  {
    seed: {
      jobs: [{ id: 7, account_id: 1, project_id: 1, environment_id: 1, name: "Mine", settings: { threads: 2 } }],
    },
    tokens: { mine: "read" },
  },
);

Deno.test("sandbox.listen() fails where the port is taken", () =>
  overPort({}, () =>
    Effect.gen(function* () {
      const first = yield* sandbox.listen();
      const second = yield* Effect.flip(sandbox.listen({ port: first.port }));
      assert.equal(second._tag, "ServeError");
    }).pipe(Effect.orDie, Effect.scoped)));

Deno.test("sandbox.announcement() says where it is and what to type", () =>
  assert.equal(
    sandbox.announcement({ url: "http://127.0.0.1:8580" }),
    `dbtc sandbox listening on http://127.0.0.1:8580
Also as http://dbtc.localhost:8580, for clients that derive hosts such as metadata.dbtc.localhost

export DBT_CLOUD_HOST=http://127.0.0.1:8580
export DBT_CLOUD_SERVICE_TOKEN=sandbox
export DBT_CLOUD_ACCOUNT_ID=1`,
  ));

Deno.test("sandbox.announcement() says what clients need for TLS and for names that do not resolve", () =>
  assert.equal(
    sandbox.announcement({ url: "https://127.0.0.1:80" }, "/a.pem", ["dbtc.localhost", "metadata.localhost"]),
    `dbtc sandbox listening on https://127.0.0.1:80
Also as https://dbtc.localhost:80, for clients that derive hosts such as metadata.dbtc.localhost
# This machine does not resolve these names. Clients that need them work with this line in /etc/hosts:
# 127.0.0.1 dbtc.localhost metadata.localhost

export DBT_CLOUD_HOST=127.0.0.1:80
export DBT_CLOUD_SERVICE_TOKEN=sandbox
export DBT_CLOUD_ACCOUNT_ID=1
export DENO_CERT=/a.pem
export NODE_EXTRA_CA_CERTS=/a.pem
export REQUESTS_CA_BUNDLE=/a.pem
export CURL_CA_BUNDLE=/a.pem
export SSL_CERT_FILE=/a.pem`,
  ));
