/**
 * What a server on a developer's machine meets: names of web pages, requests that are no HTTP, bodies without end,
 * clients that stop halfway, and paths without their last slash.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as HttpServerResponse from "effect/http/HttpServerResponse";
import assert from "node:assert/strict";
import * as Http from "node:http";
import { matchesStars } from "../../lib/sandbox/protocol/glob.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { maxBody, serveOn } from "../../lib/sandbox/server/node_http.ts";
import { makeRequestLog } from "../../lib/sandbox/server/request_log.ts";
import { inProcess, test, v2 } from "../support/sandbox_fixture.ts";

/** Runs a test against a sandbox on a port, by the wall clock. */
function listening(options: sandbox.ListenOptions, use: (box: sandbox.Listening) => Promise<void>): Promise<void> {
  return Effect.runPromise(
    sandbox.listen(options).pipe(Effect.flatMap((box) => Effect.promise(() => use(box))), Effect.scoped, Effect.orDie),
  );
}

/** Sends bytes, and returns what comes back until the server closes, or until the answer is there. */
async function send(port: number, ...pieces: ReadonlyArray<string | Uint8Array>): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const writer = connection.writable.getWriter();
  for (const piece of pieces) await writer.write(typeof piece === "string" ? new TextEncoder().encode(piece) : piece);
  let text = "";
  for await (const piece of connection.readable.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (/^HTTP\/1\.1 (?!100)[^]*\r\n\r\n/.test(text)) break;
  }
  return text;
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

// ---- what is no request ---------------------------------------------------------------------------------------------

const malformed: ReadonlyArray<readonly [name: string, request: string, words: RegExp, status?: number]> = [
  ["a port that cannot be", "GET / HTTP/1.1\r\nHost: 127.0.0.1:99999\r\n\r\n", /Host/],
  ["a host of two words", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", /Host/],
  ["an empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", /Host/],
  ["a user in the host", "GET / HTTP/1.1\r\nHost: example.com@127.0.0.1\r\n\r\n", /Host/],
  ["a path in the host", "GET / HTTP/1.1\r\nHost: 127.0.0.1/a\r\n\r\n", /Host/],
  ["two hosts", "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: localhost\r\n\r\n", /two Host headers/],
  ["a path of slashes", "GET //// HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", /neither a path nor a URL/],
  ["a path that would be a host", "GET //example.com/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", /neither a path nor a URL/],
  ["a URL of another kind", "GET ftp://127.0.0.1/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", /neither a path nor a URL/],
  ["no words of HTTP", "hello\r\n\r\n", /not a request of HTTP/],
  ["TLS", "\u0016\u0003\u0001\u0002\u0000\u0001", /not a request of HTTP/],
  [
    "two lengths",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
    /not a request of HTTP/,
  ],
  [
    "a chunk without its length",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    /not a request/,
  ],
  ["a proxy's request", "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n", /not a proxy/],
  ["TRACE", "TRACE / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", /"TRACE" not allowed/, 405],
  ["a header without end", `GET / HTTP/1.1\r\nHost: a\r\nX: ${"a".repeat(100_000)}\r\n\r\n`, /too long/, 431],
];

Deno.test("the sandbox answers what is no request with 400 and words, and goes on", () =>
  listening({}, async ({ port, url }) => {
    for (const [name, request, words, status = 400] of malformed) {
      const answer = await send(port, request);
      assert.equal(statusOf(answer), status, `${name}: ${answer}`);
      assert.match(answer, words, name);
    }
    assert.equal((await fetch(`${url}/_sandbox/health`)).status, 200);
  }));

Deno.test("the sandbox answers a body that is too large with 413, keeps none of it, and goes on", () =>
  listening({}, async ({ port, url, requests }) => {
    const head = `POST ${v2}/jobs/1/run/ HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Token sandbox\r\n`;
    const piece = new Uint8Array(1024 * 1024).fill(97);
    const pieces = Array.from({ length: maxBody / piece.length + 1 }, () => piece);
    const size = pieces.length * piece.length;
    const chunk = [`${piece.length.toString(16)}\r\n`, piece, "\r\n"] as const;
    for (
      const parts of [
        [`${head}Content-Length: ${size}\r\n\r\n`, ...pieces],
        [`${head}Transfer-Encoding: chunked\r\n\r\n`, ...pieces.flatMap(() => chunk), "0\r\n\r\n"],
        // A client that asks first, as curl does, sends nothing.
        [`${head}Content-Length: ${size}\r\nExpect: 100-continue\r\n\r\n`],
      ]
    ) {
      const answer = await send(port, ...parts);
      assert.equal(statusOf(answer), 413, answer);
      assert.match(answer, /larger than 10 MiB/);
    }
    const small = await send(port, `${head}Content-Length: 13\r\nExpect: 100-continue\r\n\r\n`, '{"cause":"x"}');
    assert.match(small, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
    assert.equal((await Effect.runPromise(requests)).length, 1);
    assert.equal((await fetch(`${url}/_sandbox/health`)).status, 200);
  }));

test("refuses a body that is nested too deeply, so that no row has it", ({ ask }) =>
  Effect.gen(function* () {
    const settings = JSON.parse('{"a":'.repeat(2000) + "1" + "}".repeat(2000));
    const body = { name: "x", project_id: 1, environment_id: 1, settings };
    assert.equal((yield* ask(`POST ${v2}/jobs/`, body)).status, 400);
    assert.equal((yield* ask(`GET ${v2}/jobs/`)).status, 200);
  }));

Deno.test("the sandbox gives up on a request that does not arrive, with 408", () =>
  Effect.runPromise(Effect.scoped(Effect.gen(function* () {
    const impatient = { headersTimeout: 300, requestTimeout: 300, connectionsCheckingInterval: 50 };
    const port = yield* serveOn(Http.createServer(impatient), {
      port: 0,
      secure: false,
      answer: () => Effect.succeed(HttpServerResponse.empty()),
    });
    for (const part of ["GET / HT", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf"]) {
      assert.equal(statusOf(yield* Effect.promise(() => send(port, part))), 408, part);
    }
  }))));

test(
  "answers JSON that is nested deeply, and goes on",
  Effect.fnUntraced(function* ({ ask }) {
    const body = "[".repeat(100_000) + "]".repeat(100_000);
    assert.equal((yield* ask(`POST ${v2}/jobs/1/run/`, body)).status, 400);
    assert.equal((yield* ask("POST /_sandbox/faults", body)).status, 400);
    assert.equal((yield* ask(`GET ${v2}/jobs/`)).status, 200);
  }),
);

Deno.test("the log of requests forgets long bodies and old requests", () => {
  const log = makeRequestLog();
  const request = { verb: "POST", path: "/", query: [], body: "", time: "" };
  log.add({ ...request, body: "long" }, 100_001);
  assert.deepEqual(log.all().map(({ body }) => body), ["(a body of 100001 characters)"]);
  for (let index = 0; index < 300; index++) log.add({ ...request, body: index }, 100_000);
  assert.deepEqual([log.all().length, log.all()[0]?.body], [200, 100]);
  for (let index = 0; index < 11_000; index++) log.add(request, 0);
  assert.equal(log.all().length, 10_000);
});

// ---- names ----------------------------------------------------------------------------------------------------------

const places = ["/", "/openapi.json", "/_sandbox/health", `${v2}/jobs/`, "/deploy/1/projects/1/jobs/1/", "/nothing"];
const reached = (status: number) => status === 200 || status === 404;

Deno.test("the sandbox answers to names of this machine only, whatever is asked for", () =>
  inProcess(
    {},
    Effect.fnUntraced(function* ({ ask }) {
      const authorization = "Token sandbox";
      const here = ["127.0.0.1:80", "localhost", "LOCALHOST:1", "localhost.", "[::1]:8580", "dbtc.localhost:8580"];
      const derived = ["metadata.localhost", "ab123.semantic-layer.dbtc.localhost:443"];
      const elsewhere = ["example.com", "127.0.0.1.example.com", "localhost.example.com", "notlocalhost", "10.0.0.1"];
      for (const place of places) {
        for (const host of [...here, ...derived]) {
          const asks = [{ host }, { origin: `http://${host}` }, { host, origin: `https://${host}` }];
          for (const headers of asks) {
            const { status } = yield* ask(`GET ${place}`, undefined, { authorization, ...headers });
            assert(reached(status), `${place} for ${Deno.inspect(headers)}: ${status}`);
          }
        }
        for (const host of elsewhere) {
          const asks = [{ host }, { origin: `http://${host}` }, { host: "127.0.0.1", origin: `https://${host}:80` }];
          for (const headers of [...asks, { origin: "null" }, { origin: "http://a@localhost" }]) {
            const { body, status } = yield* ask(`GET ${place}`, undefined, { authorization, ...headers });
            assert.equal(status, 403, `${place} for ${Deno.inspect(headers)}`);
            assert.match(JSON.stringify(body), /--allow-host/);
          }
        }
      }
    }),
  ));

Deno.test("the sandbox answers to a name that it is told to allow", () =>
  inProcess(
    { allowHosts: ["sandbox.test"] },
    Effect.fnUntraced(function* ({ ask }) {
      const statuses = yield* Effect.forEach(
        [{ host: "Sandbox.Test:8580", origin: "http://sandbox.test" }, { host: "a.sandbox.test" }, {
          host: "localhost",
        }],
        (headers) => Effect.map(ask("GET /_sandbox/health", undefined, headers), ({ status }) => status),
      );
      assert.deepEqual(statuses, [200, 403, 200]);
    }),
  ));

Deno.test("a URL in a request's first line counts, and not the header Host", () =>
  listening({}, async ({ port }) => {
    const ask = (target: string, host: string) => send(port, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    assert.equal(statusOf(await ask("http://localhost/_sandbox/health", "example.com")), 200);
    assert.equal(statusOf(await ask("http://example.com/_sandbox/health", "localhost")), 403);
  }));

// ---- the last slash -------------------------------------------------------------------------------------------------

test(
  "sends a path without its last slash on by 308, with verb and query",
  Effect.fnUntraced(function* (bench) {
    // Without a slash dbt Cloud answers 308: https://github.com/airbytehq/airbyte/pull/18147
    for (
      const [request, location] of [
        [`GET ${v2}/jobs?limit=2&name=a%20b`, `${v2}/jobs/?limit=2&name=a%20b`],
        [`POST ${v2}/jobs/1/run`, `${v2}/jobs/1/run/`],
        [`POST ${v2}/jobs/1`, `${v2}/jobs/1/`],
        [`DELETE ${v2}/jobs/1`, `${v2}/jobs/1/`],
        // A verb that the path does not have: the path with the slash refuses it.
        [`PUT ${v2}/jobs/1`, `${v2}/jobs/1/`],
        [`OPTIONS ${v2}/jobs/1`, `${v2}/jobs/1/`],
        ["PATCH /api/v3/accounts/1/projects/1/credentials/1", "/api/v3/accounts/1/projects/1/credentials/1/"],
      ] as const
    ) {
      const answer = yield* bench.ask(request, request.startsWith("GET") ? undefined : {});
      assert.deepEqual([answer.status, answer.headers.location], [308, location], request);
    }
    assert.equal((yield* bench.data(`GET ${v2}/runs/`)).length, 6);
    assert.equal((yield* bench.ask(`POST ${v2}/nothing`, {})).status, 404);
    // Files are no folders.
    assert.equal((yield* bench.ask(`GET ${v2}/runs/70471800000006/artifacts/manifest.json`)).status, 200);
  }),
);

Deno.test("a client that follows a 308 starts its run without the last slash", () =>
  listening({}, async ({ url }) => {
    const headers = { authorization: "Token sandbox", "content-type": "application/json" };
    const answer = await fetch(`${url}${v2}/jobs/1/run`, { method: "POST", headers, body: '{"cause":"followed"}' });
    const { data } = await answer.json();
    assert.deepEqual([answer.status, data.trigger.cause], [200, "followed"]);
  }));

// ---- patterns of faults ---------------------------------------------------------------------------------------------

test(
  "answers at once whatever the pattern of a fault is",
  Effect.fnUntraced(function* (bench) {
    for (const part of ["*", "*a", "*/", "a*a*", "*.*"]) {
      yield* bench.inject({ fault: "server-error", route: `GET *${part.repeat(2000)}!` });
    }
    const start = performance.now();
    assert.equal((yield* bench.ask(`GET ${v2}/jobs/${"a".repeat(4000)}/`)).status, 404);
    assert(performance.now() - start < 1000);
  }),
);

Deno.test("a pattern matches as a regular expression would, for all short patterns and texts", () => {
  const words = (letters: ReadonlyArray<string>, most: number): ReadonlyArray<string> =>
    most === 0 ? [""] : ["", ...words(letters, most - 1).flatMap((word) => letters.map((letter) => letter + word))];
  const texts = new Set(words(["a", "b"], 5));
  for (const pattern of new Set(words(["a", "b", "*"], 5))) {
    const expression = new RegExp(`^${pattern.replaceAll("*", ".*")}$`);
    for (const text of texts) assert.equal(matchesStars(text, pattern), expression.test(text), `${pattern} on ${text}`);
  }
});

// ---- saving ---------------------------------------------------------------------------------------------------------

Deno.test("writes at the same time are saved together, each before its answer", async () => {
  let saves = 0;
  let saved: ReadonlyArray<unknown> = [];
  await listening({
    onWrite: (snapshot) =>
      Effect.gen(function* () {
        const { runs } = yield* snapshot;
        yield* Effect.sleep("30 millis");
        saves++;
        saved = runs.map(({ id }) => id);
      }),
  }, async ({ url }) => {
    const headers = { authorization: "Token sandbox", "content-type": "application/json" };
    const start = performance.now();
    await Promise.all(Array.from({ length: 100 }, async (_, index) => {
      const abort = new AbortController();
      const request = { method: "POST", headers, body: '{"cause":"x"}', signal: abort.signal };
      // A client that leaves must not take the save of others with it.
      if (index % 10 === 0) setTimeout(() => abort.abort(), 15);
      try {
        const { data } = await (await fetch(`${url}${v2}/jobs/4/run/`, request)).json();
        assert(saved.includes(data.id), `${data.id} was acknowledged before it was saved`);
      } catch (error) {
        assert(index % 10 === 0, String(error));
      }
    }));
    assert(saves < 30, `${saves} saves`);
    assert(performance.now() - start < 2000);
  });
});
