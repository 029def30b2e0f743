/**
 * What is sent, what is never said, and what spans tell, over a hostile transport.
 *
 * @module
 */
import * as Cause from "effect/Cause";
import * as Config from "effect/Config";
import * as ConfigProvider from "effect/ConfigProvider";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as Stream from "effect/Stream";
import * as Tracer from "effect/Tracer";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import * as HttpClient from "effect/http/HttpClient";
import * as HttpClientResponse from "effect/http/HttpClientResponse";
import assert from "node:assert/strict";
import { Dbt, DbtClient, type DbtError, environments, jobs, projects, runs } from "../../mod.ts";
import {
  fails,
  html,
  ok,
  refusal,
  refused,
  type Reply,
  reset,
  secret,
  session,
  succeeds,
  type Transport,
  transport,
  untrusted,
  virtually,
} from "../support/fixtures.ts";

const get: Effect.Effect<unknown, DbtError, Dbt> = jobs.get({ job_id: 5 });
const trigger: Effect.Effect<unknown, DbtError, Dbt> = jobs.trigger({ job_id: 5, cause: "test" });

// ---- what is sent ---------------------------------------------------------------------------------------------------

Deno.test("jobs.list() sends the token, its query, and no body", async () => {
  const net = transport(() => ok([]));
  const list = jobs.list({ project_id: 3, project_id__in: [1, 2], include_related: ["environment"], limit: 5 });
  await succeeds(Effect.provide(list, session(net)));
  const [{ method, url, headers, body }] = net.sent as [typeof net.sent[0]];
  assert.deepEqual([method, url.origin + url.pathname, Object.fromEntries(url.searchParams), body], [
    "GET",
    "https://ab123.us1.dbt.com/api/v2/accounts/7/jobs/",
    { project_id: "3", project_id__in: "[1,2]", include_related: "environment", limit: "5" },
    undefined,
  ]);
  assert.equal(headers.authorization, `Bearer ${secret}`);
  assert.equal(headers.accept, "application/json");
  assert.match(headers["user-agent"]!, /^dbtc\/\d/);
});

Deno.test("jobs.trigger() sends its body as JSON, and no query", async () => {
  const net = transport(() => ok({ id: 1 }));
  await succeeds(
    Effect.provide(jobs.trigger({ job_id: 5, cause: "test", steps_override: ["dbt build"] }), session(net)),
  );
  const [{ method, path, headers, body }] = net.sent as [typeof net.sent[0]];
  assert.deepEqual([method, path, headers["content-type"], body], [
    "POST",
    "/api/v2/accounts/7/jobs/5/run/",
    "application/json",
    { cause: "test", steps_override: ["dbt build"] },
  ]);
});

Deno.test("The session's ids fill containers only", async () => {
  const net = transport(({ method }) => ok(method === "GET" ? [] : { id: 1 }));
  const defaults = session(net, { project_id: 3, environment_id: 4 });
  await succeeds(
    Effect.provide(
      Effect.all([
        jobs.list({}),
        environments.list({}),
        environments.list({ project_id: 9 }),
        jobs.create({ name: "a", project_id: 9, environment_id: 9, execute_steps: [] }),
      ]),
      defaults,
    ),
  );
  assert.deepEqual(net.sent.map(({ path }) => path), [
    "/api/v2/accounts/7/jobs/",
    "/api/v3/accounts/7/projects/3/environments/",
    "/api/v3/accounts/7/projects/9/environments/",
    "/api/v2/accounts/7/jobs/",
  ]);
  // Not TypeScript, but a command line or plain JavaScript can ask for this.
  const nameless: ReadonlyArray<Effect.Effect<unknown, DbtError, Dbt>> = [
    projects.get({} as { project_id: number }),
    environments.get({} as { environment_id: number }),
  ];
  for (const call of nameless) {
    const { reason } = await fails(Effect.provide(call, defaults));
    assert.equal(reason._tag, "Unsendable");
  }
  assert.equal(net.sent.length, 4);
});

Deno.test("A call without an account is not sent", async () => {
  const net = transport(() => ok([]));
  const { account_id: _, ...options } = { token: Redacted.make(secret), host: "ab123.us1.dbt.com", account_id: 7 };
  const call = jobs.list({}).pipe(Effect.provide(DbtClient.layer(options)), Effect.provide(net.layer));
  assert.deepEqual((await fails(call)).reason, {
    _tag: "Unsendable",
    detail: "account_id is missing: set DBT_CLOUD_ACCOUNT_ID, or give the account_id of the request",
  });
  assert.equal(net.sent.length, 0);
});

Deno.test("A path's tail keeps its slashes, and escapes the rest", async () => {
  const net = transport(() => ({ status: 200, body: "select 1" }));
  for (const path of ["run_results.json", "compiled/a b/ü?#%2e.sql"]) {
    await succeeds(Effect.provide(Stream.runDrain(runs.getArtifact({ run_id: 1, path })), session(net)));
  }
  assert.deepEqual(net.sent.map(({ path }) => path), [
    "/api/v2/accounts/7/runs/1/artifacts/run_results.json",
    "/api/v2/accounts/7/runs/1/artifacts/compiled/a%20b/%C3%BC%3F%23%252e.sql",
  ]);
});

Deno.test("A path's tail cannot leave its path", async () => {
  const net = transport(() => ok(null));
  for (const path of ["", ".", "..", "/", "/a", "a/", "a//b", "../../jobs/5", "a/../b", "a/./b"]) {
    const call = Stream.runDrain(runs.getArtifact({ run_id: 1, path }));
    const { reason } = await fails(Effect.provide(call, session(net)));
    assert.deepEqual(reason, { _tag: "Unsendable", detail: `path "${path}" would leave its path` });
  }
  assert.equal(net.sent.length, 0);
});

Deno.test("A session tells the ids that it fills in, and nothing else of its settings", async () => {
  const told = await succeeds(
    Effect.provide(Dbt.useSync(({ defaults }) => defaults), session(transport(() => ok({})), { project_id: 3 })),
  );
  assert.deepEqual(told, { account_id: 7, project_id: 3 });
});

Deno.test("A read-only session reads, and sends no write", async () => {
  const net = transport(() => ok({ id: 5 }));
  const readonly = session(net, { readonly: true });
  await succeeds(Effect.provide(get, readonly));
  for (
    const call of [
      trigger,
      jobs.delete({ job_id: 5 }),
      Dbt.use((dbt) => dbt.execute("api", post, Result.succeed)),
    ]
  ) {
    const { reason } = await fails(Effect.provide(call, readonly));
    assert.deepEqual(reason, {
      _tag: "Unsendable",
      detail: "this session is read-only (DBTC_READONLY), and this is a write",
    });
  }
  assert.equal(net.sent.length, 1);
});
const post = { method: "POST", path: "/api/v2/accounts/7/jobs/5/run/", query: [] } as const;

Deno.test("A redirect is not followed, and is reported", async () => {
  const net = transport(() => ({ status: 302, headers: { location: "https://example.com/" } }));
  assert.deepEqual((await fails(Effect.provide(get, session(net)))).reason, {
    _tag: "NotFound",
    status: 302,
    enveloped: false,
    host: "ab123.us1.dbt.com",
    path: "/api/v2/accounts/7/jobs/5/",
  });
});

Deno.test("DbtClient.layerFetch follows no redirect", async () => {
  const paths: Array<string> = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    paths.push(new URL(request.url).pathname);
    return Response.redirect(new URL("/elsewhere", request.url), 307);
  });
  const host = `http://127.0.0.1:${server.addr.port}`;
  const error = await Effect.runPromise(
    Effect.flip(Effect.provide(trigger, DbtClient.layerFetch({ token: Redacted.make(secret), host, account_id: 7 }))),
  );
  await server.shutdown();
  assert.deepEqual(error.reason, {
    _tag: "NotFound",
    status: 307,
    enveloped: false,
    host: host.slice("http://".length),
    path: "/api/v2/accounts/7/jobs/5/run/",
  });
  assert.deepEqual(paths, ["/api/v2/accounts/7/jobs/5/run/"]);
});

Deno.test("A client over a bare FetchHttpClient follows no redirect: no other host is asked, no write is sent twice", async () => {
  const paths: Array<string> = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    paths.push(new URL(request.url).pathname);
    const location = new URL("/elsewhere", request.url).href.replace("127.0.0.1", "localhost");
    return paths.length > 1 ? Response.json({ data: { id: 5 } }) : Response.redirect(location, 307);
  });
  const host = `http://127.0.0.1:${server.addr.port}`;
  for (const init of [{}, { redirect: "follow" as const }]) {
    for (const call of [get, trigger]) {
      paths.length = 0;
      const client = DbtClient.layer({ token: Redacted.make(secret), host, account_id: 7 }).pipe(
        Layer.provide(FetchHttpClient.layer),
        Layer.provide(Layer.succeed(FetchHttpClient.RequestInit, init)),
      );
      const { reason } = await Effect.runPromise(Effect.flip(Effect.provide(call, client)));
      assert.equal(reason._tag, "NotFound");
      assert.equal(paths.length, 1);
    }
  }
  await server.shutdown();
});

Deno.test("A redirect to the same path with a slash says that only the slash is missing", async () => {
  const path = "/api/v2/accounts/7/jobs/5";
  const ask = (location: string) => {
    const net = transport(() => ({ status: 301, headers: { location } }));
    const call = Dbt.use((dbt) => dbt.execute("api", { method: "GET", path, query: [] }, Result.succeed));
    return fails(Effect.provide(call, session(net)));
  };
  for (const location of [`${path}/`, `https://ab123.us1.dbt.com${path}/`, `${path}/?limit=1`]) {
    const { message, reason } = await ask(location);
    assert.match(
      message,
      /redirects to the same path with a slash at its end .*Ask for \/api\/v2\/accounts\/7\/jobs\/5\/$/,
    );
    assert(reason._tag === "NotFound" && reason.location === location);
  }
  for (const location of [`https://evil.example${path}/`, `${path}/run/`, "http://[", "/"]) {
    assert.match((await ask(location)).message, /redirects elsewhere/);
  }
});

Deno.test("Each attempt of a download has its own scope: a failed one is closed before the next begins", async () => {
  const open = new Set<number>();
  let most = 0;
  const http = HttpClient.make((request) => {
    const number = open.size + 1;
    most = Math.max(most, number);
    const body = Stream.unwrap(
      Effect.acquireRelease(
        Effect.sync(() => void open.add(number)),
        () => Effect.sync(() => void open.delete(number)),
      ).pipe(Effect.as(Stream.empty)),
    );
    const response = HttpClientResponse.fromWeb(request, new Response(null));
    return Effect.succeed(Object.create(response, { stream: { value: body } }));
  });
  const net: Transport = { sent: [], layer: Layer.succeed(HttpClient.HttpClient, http) };
  const artifact = runs.getArtifact({ run_id: 1, path: "manifest.json" }).pipe(Stream.runDrain);
  await fails(Effect.provide(artifact, session(net)));
  assert.deepEqual([most, open.size], [1, 0]);
});

Deno.test("An answer that a wrapper of the transport has read is read again, whole and as a file", async () => {
  const net = transport(() => ok({ id: 5, name: "Tägliche Läufe" }));
  const texts: Array<string> = [];
  const logged = Layer.effect(
    HttpClient.HttpClient,
    Effect.map(
      HttpClient.HttpClient,
      HttpClient.tap((response) => Effect.map(response.text, (text) => void texts.push(text))),
    ),
  ).pipe(Layer.provide(net.layer));
  const client = session({ ...net, layer: logged });
  const job = await succeeds(Effect.provide(jobs.get({ job_id: 5 }), client));
  assert.equal(job.name, "Tägliche Läufe");
  const file = runs.getArtifact({ run_id: 1, path: "manifest.json" }).pipe(Stream.decodeText(), Stream.mkString);
  assert.equal(await succeeds(Effect.provide(file, client)), texts[1]);
});

// ---- what is never said ---------------------------------------------------------------------------------------------

Deno.test("No error holds the token, however it is printed", async () => {
  const echo = `you sent Bearer ${secret}`;
  const replies: ReadonlyArray<Reply> = [
    refusal(400, echo, { token: [echo] }),
    refusal(401, echo),
    refusal(403, echo),
    refusal(404, echo),
    refusal(429, echo),
    refusal(500, echo),
    refusal(501, echo),
    html(502),
    { status: 302 },
    { status: 200, body: echo },
    ok({ id: echo }),
    new TypeError(`Invalid header value: "Bearer ${secret}"`),
    refused,
    reset,
    untrusted,
    "silence",
    { status: 200, chunks: ["{", new Error(echo)] },
  ];
  for (const reply of replies) {
    for (const call of [get, trigger, Stream.runDrain(runs.getArtifact({ run_id: 1, path: "a" }))]) {
      const net = transport(() => reply);
      const { result } = await virtually(Effect.provide(call, session(net)));
      if (Result.isSuccess(result)) continue;
      const error = result.failure;
      const printed = [error.message, error.stack, String(error), JSON.stringify(error), everything(error)].join("\n");
      assert(!printed.includes(secret), printed);
      assert(!printed.includes("authorization"), printed);
    }
  }
});

function everything(value: unknown): string {
  return Deno.inspect(value, { depth: 100, showHidden: true, getters: true, strAbbreviateSize: 1e6 });
}

Deno.test("No error holds a token that comes back in pieces, joined by what is removed", async () => {
  const joints = [
    "\0",
    "\x7f",
    "\u001b[31m",
    "\u001b]0;x\u0007",
    "\u009b",
    "\u200b",
    "\u202e",
    "\u00ad",
    "\ufeff",
    "\r",
  ];
  for (const joint of joints) {
    const echo = `you sent ${secret.slice(0, 10)}${joint}${secret.slice(10)}.`;
    for (
      const reply of [refusal(400, echo, { [echo]: [echo] }), refusal(404, echo), {
        status: 400,
        body: { detail: echo },
      }]
    ) {
      const error = await fails(Effect.provide(get, session(transport(() => reply))));
      const printed = `${error.message} ${JSON.stringify(error)} ${Deno.inspect(error.reason, { depth: 9 })}`;
      assert(!printed.includes(secret) && !printed.includes(secret.slice(10)), printed);
      assert(!printed.replaceAll("\n", "").includes(joint), printed);
      assert(printed.includes("<redacted>"));
    }
  }
});

Deno.test("A DbtError is called so, also where Effect prints it", async () => {
  const error = await fails(Effect.provide(get, session(transport(() => refusal(404)))));
  assert.equal(error.name, "DbtError");
  assert.match(String(error), /^DbtError: jobs\.get: /);
  assert.match(Cause.pretty(Cause.fail(error)), /^DbtError: jobs\.get: /);
});

Deno.test("A token that no header can carry is refused, unsaid", async () => {
  for (const token of ["", `${secret}\n`, `${secret} `, "tökén", `${secret}\0`]) {
    const net = transport(() => ok({ id: 5 }));
    const error = await fails(Effect.provide(get, session(net, { token: Redacted.make(token) })));
    assert.deepEqual(error.reason, {
      _tag: "Unsendable",
      detail: "the token is empty, or has a blank, a line break or another character that no token has",
    });
    assert.equal(net.sent.length, 0);
  }
});

Deno.test("A session refuses to send its token in the clear", async () => {
  const net = transport(() => ok({ id: 5 }));
  for (const host of ["http://ab123.us1.dbt.com", "ftp://127.0.0.1", "https://me:pw@ab123.us1.dbt.com", "a b"]) {
    assert.equal((await fails(Effect.provide(get, session(net, { host })))).reason._tag, "Unsendable");
  }
  for (
    const host of ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:80", "https://ab123.us1.dbt.com/deploy/7"]
  ) {
    await succeeds(Effect.provide(get, session(net, { host })));
  }
  assert.deepEqual(net.sent.map(({ url }) => url.origin), [
    "http://127.0.0.1:8000",
    "http://localhost",
    "http://[::1]",
    "https://ab123.us1.dbt.com",
  ]);
});

// ---- spans ----------------------------------------------------------------------------------------------------------

Deno.test("A request tells dbt Cloud of its span only where somebody traces", async () => {
  const net = transport(() => ok({ id: 5 }));
  const tracer = Tracer.make({ span: (options) => new Tracer.NativeSpan(options) });
  const both = Effect.andThen(get, Effect.provideService(get, Tracer.Tracer, tracer));
  await succeeds(both.pipe(Effect.provide(session(net))));
  assert.deepEqual(net.sent.map(({ headers }) => ["b3" in headers, "traceparent" in headers]), [
    [false, false],
    [true, true],
  ]);
});

Deno.test("A span names group, verb, status and attempt, and no secret", async () => {
  const spans: Array<Tracer.NativeSpan> = [];
  const tracer = Tracer.make({
    span(options) {
      const span = new Tracer.NativeSpan(options);
      spans.push(span);
      return span;
    },
  });
  const net = transport((_, index) => index === 0 ? refusal(503) : index === 1 ? ok({ id: 5 }) : refusal(404));
  const calls = Effect.all([get, Effect.exit(get)]);
  await succeeds(calls.pipe(Effect.provide(session(net)), Effect.provideService(Tracer.Tracer, tracer)));
  const ours = spans.filter(({ name }) => name === "jobs.get");
  assert.deepEqual(
    ours.map(({ kind, attributes, status }) => ({
      kind,
      attributes: Object.fromEntries(attributes),
      success: status._tag === "Ended" && Exit.isSuccess(status.exit),
    })),
    [
      {
        kind: "client",
        attributes: { "dbt.group": "jobs", "dbt.verb": "get", "dbt.attempt": 2, "http.response.status_code": 200 },
        success: true,
      },
      {
        kind: "client",
        attributes: { "dbt.group": "jobs", "dbt.verb": "get", "dbt.attempt": 1, "http.response.status_code": 404 },
        success: false,
      },
    ],
  );
  const printed = spans.map((span) => everything([span.name, ...span.attributes, span.events])).join("\n");
  assert(!printed.includes(secret), printed);
});

Deno.test("DbtClient.layerConfig() reads Configs; an id that is undefined leaves that of the host's URL", async () => {
  const net = transport(() => ok([]));
  const client = DbtClient.layerConfig({
    host: Config.String("HOST"),
    token: Config.Redacted("TOKEN"),
    account_id: Config.Int("ACCOUNT").pipe(Config.withDefault(undefined)),
  });
  const env = { HOST: "https://ab123.us1.dbt.com/deploy/77/projects/5", TOKEN: secret };
  await succeeds(
    jobs.list({}).pipe(
      Effect.provide(client),
      Effect.provide(net.layer),
      Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))),
    ),
  );
  assert.equal(net.sent[0]?.url.pathname, "/api/v2/accounts/77/jobs/");
  assert.equal(net.sent[0]?.headers.authorization, `Bearer ${secret}`);
});
