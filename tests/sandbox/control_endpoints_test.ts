/**
 * The endpoints below `/_sandbox`: faults that are added and removed, and the requests that came in.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as TestClock from "effect/testing/TestClock";
import assert from "node:assert/strict";
import { graphqlFaults } from "../../lib/sandbox/protocol/faults.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { loadSemanticLayer } from "../../lib/sandbox/semantic_layer/semantic_layer_api.ts";
import { command } from "../support/command.ts";
import { type Bench, inProcess, test, v2 } from "../support/sandbox_fixture.ts";

// Virtual time does not wait for the import of a module.
await loadSemanticLayer();

const start = `POST ${v2}/jobs/1/run/`;
const cause = { cause: "test" };

/** What a request comes to: its status, or that its connection broke. */
const outcome = ({ ask }: Bench, request: string, body?: unknown) =>
  Effect.match(ask(request, body), { onFailure: () => "broken", onSuccess: ({ status }) => status });

// ---- which requests, and how often ----------------------------------------------------------------------------------

test(
  "hits the requests of its route, as often as it is told to",
  Effect.fnUntraced(function* (bench) {
    yield* bench.inject({ fault: "server-error", route: "POST /api/v2/accounts/*/jobs/*/run/", times: 2 });
    const statuses = yield* Effect.forEach(
      [
        [`GET ${v2}/jobs/`],
        [start, cause],
        [`POST ${v2}/jobs/1/rerun/`],
        [start, cause],
        [start, cause],
      ] as const,
      ([request, body]) => outcome(bench, request, body),
    );
    assert.deepEqual(statuses, [200, 500, 200, 500, 200]);
  }),
);

test(
  "hits by chance where it is told to",
  Effect.fnUntraced(function* (bench) {
    yield* bench.inject({ fault: "server-error", probability: 0.5 });
    const statuses = yield* Effect.forEach(Array.from({ length: 60 }), () => outcome(bench, `GET ${v2}/jobs/1/`));
    assert.deepEqual(new Set(statuses), new Set([200, 500]));
    yield* bench.heal;
    yield* bench.inject({ fault: "server-error", probability: 0 });
    assert.equal(yield* outcome(bench, `GET ${v2}/jobs/1/`), 200);
  }),
);

test(
  "starts with the faults that it is given",
  (bench) => Effect.map(outcome(bench, `GET ${v2}/jobs/`), (status) => assert.equal(status, 502)),
  {
    faults: [{ fault: "bad-gateway-html" }],
  },
);

// ---- /_sandbox ------------------------------------------------------------------------------------------------------

/** Asks for a bit of everything, so that any fault finds what it can hit. What is never answered is given up. */
const tour = Effect.fnUntraced(function* ({ ask }: Bench) {
  const visit = Effect.fnUntraced(function* (request: string, body?: unknown) {
    const fiber = yield* Effect.forkChild(Effect.ignore(Effect.timeout(ask(request, body), "1 minute")));
    for (let turn = 0; turn < 100 && fiber.pollUnsafe() === undefined; turn++) yield* Effect.yieldNow;
    if (fiber.pollUnsafe() === undefined) yield* TestClock.adjust("1 minute");
    yield* Fiber.join(fiber);
  });
  yield* visit(start, cause);
  yield* visit(`GET ${v2}/runs/70471800000007/`);
  yield* visit(`GET ${v2}/runs/`);
  yield* visit(`GET ${v2}/runs/?limit=2&offset=2`);
  yield* TestClock.adjust("64 seconds");
  yield* visit(`GET ${v2}/runs/70471800000007/artifacts/manifest.json`);
  yield* visit(start, cause);
  yield* visit(`POST ${v2}/runs/70471800000008/cancel/`);
  yield* visit("POST /graphql", {
    query: "{ environment(id: 1) { applied { models { edges { node { alias } } } } } }",
  });
  yield* visit("POST /api/graphql", {
    query: 'mutation { createQuery(environmentId: 1, metrics: [{ name: "revenue" }]) { queryId } }',
  });
});

for (const fault of sandbox.faultNames) {
  const route = graphqlFaults.includes(fault) ? "POST */graphql" : "*/accounts/1/*";
  Deno.test(`sandbox lets ${fault} happen as often, as likely and where it is told to`, async () => {
    for (
      const [rest, left] of [
        [{ times: 1 }, []],
        [{ times: 1, probability: 1, route }, []],
        [{ times: 7, probability: 0 }, [7]],
        [{ times: 7, route: "* /api/v3/*" }, [7]],
        [{ times: 7, route: "DELETE *" }, [7]],
      ] as const
    ) {
      await inProcess(
        {},
        Effect.fnUntraced(function* (bench) {
          assert.equal(yield* outcome(bench, "POST /_sandbox/faults", { fault, ...rest }), 201);
          yield* tour(bench);
          const { body } = yield* bench.ask("GET /_sandbox/faults");
          assert.deepEqual(body.faults.map(({ times }: sandbox.Fault) => times), left, Deno.inspect(rest));
        }),
      );
    }
  });
}

test(
  "takes faults over HTTP",
  Effect.fnUntraced(function* (bench) {
    const fault = { fault: "server-error", route: "GET *", times: 3 };
    const path = "/_sandbox/faults";
    assert.deepEqual((yield* bench.ask(`POST ${path}`, fault)).body, { faults: [fault] });
    assert.equal(yield* outcome(bench, `GET ${v2}/jobs/`), 500);
    assert.deepEqual((yield* bench.ask(`GET ${path}`)).body, { faults: [{ ...fault, times: 2 }] });
    assert.deepEqual((yield* bench.ask(`DELETE ${path}`)).body, { faults: [] });
    assert.equal(yield* outcome(bench, `GET ${v2}/jobs/`), 200);
    assert.deepEqual((yield* bench.ask("GET /_sandbox/health")).body, { status: "ok" });
  }),
);

test(
  "says what is wrong with a fault, and lets nothing of it happen",
  Effect.fnUntraced(function* (bench) {
    const names = sandbox.faultNames.map((name) => `"${name}"`).join(" | ");
    const noSuch = `there is no such fault. Faults: ${sandbox.faultNames.join(", ")}`;
    const mistaken: ReadonlyArray<readonly [unknown, string]> = [
      [{ fault: "nothing" }, `Expected ${names} at ["fault"]`],
      ["nothing", noSuch],
      ["", `Expected ${names} at ["fault"]`],
      ["[]", `Expected ${names} at ["fault"]`],
      [{}, 'Missing key at ["fault"]'],
      ["{", "Expected a valid JSON string"],
      [{ fault: "reset", probability: 1.5 }, 'Expected a number from 0 to 1 at ["probability"]'],
      [{ fault: "reset", probability: -0.1 }, 'Expected a number from 0 to 1 at ["probability"]'],
      [{ fault: "reset", probability: "0.5" }, 'Expected number at ["probability"]'],
      [{ fault: "reset", times: 0 }, 'Expected a number above 0 at ["times"]'],
      [{ fault: "reset", times: 1.5 }, 'Expected an integer at ["times"]'],
      [{ fault: "slow", seconds: -1 }, 'Expected 0 or more seconds at ["seconds"]'],
      ['{ "fault": "slow", "seconds": 1e999 }', 'Expected a finite number at ["seconds"]'],
      [{ fault: "reset", route: "/api/*" }, 'Expected a verb and a path, as in "POST */jobs/*/run/" at ["route"]'],
      [{ fault: "reset", routes: "GET *" }, 'Expected no excess property at ["routes"]'],
    ];
    const said = yield* Effect.forEach(
      mistaken,
      ([body]) => Effect.map(bench.ask("POST /_sandbox/faults", body), ({ body, status }) => [status, body]),
    );
    assert.deepEqual(said, mistaken.map(([, error]) => [400, { error }]));
    assert.deepEqual((yield* bench.ask("GET /_sandbox/faults")).body, { faults: [] });
  }),
);

test(
  "takes a fault by its name alone",
  Effect.fnUntraced(function* (bench) {
    const { body, status } = yield* bench.ask("POST /_sandbox/faults", "reset");
    assert.deepEqual([status, body], [201, { faults: [{ fault: "reset" }] }]);
  }),
);

test(
  "says what there is to control",
  Effect.fnUntraced(function* ({ ask }) {
    const requests = ["GET /_sandbox", "GET /_sandbox/", "GET /_sandbox/nothing", "PUT /_sandbox/faults"];
    const said = yield* Effect.forEach(
      requests,
      (request) => Effect.map(ask(request), ({ body, status }) => [status, body]),
    );
    const error = "/_sandbox has GET health, GET requests, and GET, POST and DELETE faults";
    assert.deepEqual(said, requests.map(() => [404, { error }]));
  }),
);

Deno.test("dbtc sandbox says what is wrong with a fault", async () => {
  const say = (fault: string) =>
    Effect.runPromise(Effect.provide(command(["sandbox", "--fault", fault], { terminal: true }), sandbox.layer()));
  const { code, stderr, stdout } = await say('{"fault":"reset","probability":2}');
  assert.deepEqual([code, stdout], [2, ""]);
  assert.match(stderr, /--fault: \{.*\}: Expected a number from 0 to 1 at \["probability"\]/);
  assert.match((await say("rset")).stderr, /--fault: rset: there is no such fault\. Faults: rate-limit,.* reset,/);
});

test(
  "tells what came in, without tokens",
  Effect.fnUntraced(function* (bench) {
    yield* TestClock.adjust("1 second");
    yield* bench.ask(`GET ${v2}/jobs/?pk=1&pk=2`);
    yield* bench.ask(start, cause, { authorization: "Bearer hush" });
    yield* bench.ask(start, "{");
    const time = "1970-01-01T00:00:01.000Z";
    const requests = [
      { verb: "GET", path: `${v2}/jobs/`, query: [["pk", "1"], ["pk", "2"]], body: null, time },
      { verb: "POST", path: `${v2}/jobs/1/run/`, query: [], body: cause, time },
      { verb: "POST", path: `${v2}/jobs/1/run/`, query: [], body: "{", time },
    ];
    assert.deepEqual(yield* bench.requests, requests);
    assert.deepEqual((yield* bench.ask("GET /_sandbox/requests")).body, { requests });
  }),
);

test(
  "refuses pages from elsewhere",
  Effect.fnUntraced(function* ({ ask }) {
    const statuses = yield* Effect.forEach([
      { origin: "http://127.0.0.1:3000" },
      { origin: "http://localhost" },
      { origin: "https://example.com" },
      { origin: "null" },
      { origin: "http://127.0.0.1.example.com" },
    ], (headers) => Effect.map(ask("GET /_sandbox/requests", undefined, headers), ({ status }) => status));
    assert.deepEqual(statuses, [200, 200, 403, 403, 403]);
    const origin = "https://example.com";
    assert.equal((yield* ask("POST /_sandbox/faults", { fault: "reset" }, { origin })).status, 403);
    assert.equal((yield* ask("DELETE /_sandbox/faults", undefined, { origin })).status, 403);
    assert.deepEqual((yield* ask("GET /_sandbox/faults")).body, { faults: [] });
  }),
);

Deno.test("sandbox refuses a host name that is not this machine's", () =>
  inProcess(
    {},
    Effect.fnUntraced(function* ({ ask }) {
      const statuses = yield* Effect.forEach(["127.0.0.1:80", "localhost:80", "[::1]:80", "example.com"], (host) =>
        Effect.map(ask("GET /_sandbox/health", undefined, { host }), ({ status }) => status));
      assert.deepEqual(statuses, [200, 200, 200, 403]);
    }),
  ));
