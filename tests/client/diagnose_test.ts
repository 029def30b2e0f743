/**
 * `diagnose`: each way in which an API of dbt Cloud can fail to answer gets its own words and its own advice.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import assert from "node:assert/strict";
import { diagnose, type HealthCheck, type Options, transport as realTransport } from "../../mod.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";
import {
  html,
  ok,
  refusal,
  refused,
  type Reply,
  reset,
  secret,
  type Sent,
  transport,
  untrusted,
} from "../support/fixtures.ts";

const graphqlOk: Reply = { status: 200, body: { data: { __typename: "Query" } } };

/** The checks of a client over a transport; GraphQL answers well if `reply` says nothing else. */
function check(
  reply: (sent: Sent) => Reply | undefined,
  options: Partial<Options> = {},
): Promise<ReadonlyArray<HealthCheck>> {
  const over = transport((sent) => reply(sent) ?? (sent.method === "POST" ? graphqlOk : ok({ id: 7 })));
  return Effect.runPromise(
    diagnose({ token: Redacted.make(secret), host: "ab123.us1.dbt.com", account_id: 7, ...options }).pipe(
      Effect.provide(over.layer),
    ),
  );
}

/** The check with this name. */
function named(checks: ReadonlyArray<HealthCheck>, name: string): HealthCheck {
  return checks.find((check) => check.name === name) ?? assert.fail(`no ${name} in ${Deno.inspect(checks)}`);
}

const error = (message: string) => new TypeError("fetch failed", { cause: new Error(message) });

/** What an answer of the Admin API means; on the Discovery API's host in the second table. */
const admin: Readonly<Record<string, readonly [reply: Reply, HealthCheck["result"], detail: RegExp, advice: RegExp]>> =
  {
    "a token that is not known": [refusal(401), "failed", /does not accept the token \(401\)/, /whole and not expired/],
    "a token without the permission": [refusal(403), "failed", /may not do this \(403\)/, /permission sets/],
    // docs.getdbt.com, faqs/Troubleshooting/ip-restrictions
    "an address that is not allowed": [
      refusal(403, "Forbidden: Access denied", { account_id: 7, account_access_denied: true }),
      "failed",
      /does not allow this IP address/,
      /IP restrictions/,
    ],
    "a firewall": [html(403), "failed", /refused \(403\), and not by dbt Cloud/, /proxy or a firewall/],
    "another account": [refusal(404), "failed", /account 7 is not there for this token/, /account's id/],
    "no dbt Cloud": [html(404), "failed", /there is no Admin API at this host/, /Check the host/],
    "a page of a login": [html(200), "failed", /not as dbt Cloud/, /page of a login or of a proxy/],
    "a redirect": [
      { status: 302, headers: { location: "https://login.example/x?token=y" } },
      "failed",
      /^redirects to login\.example$/,
      /follows no redirect/,
    ],
    "a proxy that wants a login": [html(407), "failed", /proxy asks for a login/, /HTTPS_PROXY/],
    "too many requests": [refusal(429), "warning", /too many requests/, /five minutes/],
    "a failure of dbt Cloud": [html(503), "failed", /fails \(503\)/, /status\.getdbt\.com/],
    "no address": [
      error("client error (Connect): dns error: failed to lookup address information: Name or service not known"),
      "failed",
      /DNS has no address/,
      /browser's address bar/,
    ],
    "no address, on Node": [error("getaddrinfo ENOTFOUND ab123.us1.dbt.com"), "failed", /DNS has no address/, /VPN/],
    "a refused connection": [refused, "failed", /refuses the connection/, /firewall/],
    "a connection that breaks": [reset, "failed", /connection broke/, /Try again/],
    "a certificate of another host": [
      untrusted,
      "failed",
      /certificate is not valid/,
      /certificate is for another host/,
    ],
    "a proxy that inspects TLS": [
      error("invalid peer certificate: UnknownIssuer"),
      "failed",
      /certificate/,
      /DENO_CERT/,
    ],
    "a proxy that inspects TLS, on Node": [
      error("SELF_SIGNED_CERT_IN_CHAIN"),
      "failed",
      /certificate/,
      /NODE_EXTRA_CA/,
    ],
    "a wrong clock, or an old certificate": [
      error("invalid peer certificate: Expired"),
      "failed",
      /certificate is not valid/,
      /clock, which says \d{4}-/,
    ],
    "a clock before the certificate": [
      error("invalid peer certificate: NotValidYet"),
      "failed",
      /certificate/,
      /clock/,
    ],
    "plain http": [
      error("received corrupt message of type InvalidContentType"),
      "failed",
      /not speak https/,
      /plain http/,
    ],
    "plain http, on Node": [error("EPROTO ssl3_get_record:wrong version number"), "failed", /not speak https/, /port/],
    "a missing permission": [
      error('Requires net access to "ab123.us1.dbt.com:443", run again with the --allow-net flag'),
      "skipped",
      /not looked at/,
      /--allow-net=ab123\.us1\.dbt\.com/,
    ],
  };

for (const [name, [reply, result, detail, advice]] of Object.entries(admin)) {
  Deno.test(`diagnose says what is wrong and what to do: ${name}`, async () => {
    const checks = await check(({ path }) => path.startsWith("/api/v2/") ? reply : undefined);
    const found = named(checks, "Admin API v2");
    // Another API accepts the token, so a refusal is no failure.
    const isRefusal = found.status === 401 || found.status === 403;
    assert.equal(found.result, isRefusal ? "warning" : result);
    assert.match(found.detail, detail);
    assert.match(found.advice ?? "", advice);
    assert.equal(named(checks, "Admin API v3").result, "ok");
    assert.doesNotMatch(JSON.stringify(checks), new RegExp(secret));
  });
}

Deno.test("diagnose asks each API once, at its own host, and reads only", async () => {
  const over = transport(({ method }) => method === "POST" ? graphqlOk : ok({}));
  const options = {
    token: Redacted.make(secret),
    host: "https://ab123.us1.dbt.com/deploy/7/projects/1/",
    environment_id: 3,
  };
  const checks = await Effect.runPromise(diagnose(options).pipe(Effect.provide(over.layer)));
  assert.deepEqual(checks.map(({ name, result }) => `${name} ${result}`), [
    "Admin API v2 ok",
    "Admin API v3 ok",
    "Discovery API ok",
    "Semantic Layer ok",
  ]);
  assert.deepEqual(over.sent.map(({ method, url }) => `${method} ${url.host}${url.pathname}`).toSorted(), [
    "GET ab123.us1.dbt.com/api/v2/accounts/7/",
    "GET ab123.us1.dbt.com/api/v3/accounts/7/projects/",
    "POST ab123.metadata.us1.dbt.com/graphql",
    "POST ab123.semantic-layer.us1.dbt.com/api/graphql",
  ]);
  const queries = over.sent.flatMap(({ body }) => body === undefined ? [] : [JSON.stringify(body)]);
  assert(queries.every((query) => !query.includes("mutation")));
});

Deno.test("diagnose tells a token of another kind from one that nobody knows", async () => {
  const all = await check(() => refusal(401));
  assert.deepEqual(all.map(({ result }) => result), ["failed", "failed", "failed", "failed"]);
  const onlyDiscovery = await check(({ url }) => url.host.includes("metadata") ? undefined : refusal(401));
  assert.equal(named(onlyDiscovery, "Admin API v2").result, "warning");
  const noDiscovery = await check(({ url }) => url.host.includes("metadata") ? refusal(401) : undefined);
  assert.match(named(noDiscovery, "Discovery API").advice ?? "", /Metadata Only/);
  // The Semantic Layer's own words, in an answer with status 200: dbt's SDK, api/graphql/client/base.py.
  const refusedThere: Reply = { status: 200, body: { data: null, errors: [{ message: "User is not authorized" }] } };
  const noSemanticLayer = await check(({ url }) => url.host.includes("semantic") ? refusedThere : undefined);
  const { advice, result } = named(noSemanticLayer, "Semantic Layer");
  assert.equal(result, "warning");
  assert.match(advice ?? "", /Semantic Layer Only and Metadata Only/);
});

Deno.test("diagnose knows the hosts of accounts on a cell, old hosts, and hosts of another API", async () => {
  const old = await check(() => refusal(401), { host: "cloud.getdbt.com" });
  assert.match(named(old, "Host").detail, /deprecated since 2026-11-01/);
  assert.match(named(old, "Admin API v2").advice ?? "", /Your account may be on a cell.*ab123\.us1\.dbt\.com/);
  const other = await check(() => html(404), { host: "ab123.semantic-layer.us1.dbt.com" });
  assert.match(named(other, "Host").detail, /is the host of the Semantic Layer/);
  assert.match(named(other, "Host").advice ?? "", /access host, ab123\.us1\.dbt\.com/);
  const [plain] = await check(() => ok({}), { host: "http://ab123.us1.dbt.com" });
  assert.match(plain?.detail ?? "", /would send the token in the clear/);
  const moved = await check(({ url }) => url.host.includes("metadata") ? html(404) : undefined);
  assert.match(named(moved, "Discovery API").advice ?? "", /DBT_CLOUD_DISCOVERY_URL/);
});

Deno.test("diagnose compares the clocks", async () => {
  const dated = (shift: number): Reply => ({
    status: 200,
    headers: { date: new Date(Date.now() + shift).toUTCString() },
    body: { status: { code: 200 }, data: {} },
  });
  const clock = async (shift: number) =>
    named(await check(({ method }) => method === "GET" ? dated(shift) : undefined), "Clock");
  assert.equal((await clock(0)).result, "ok");
  assert.match((await clock(600_000)).detail, /is 10 min behind dbt Cloud's/);
  assert.match((await clock(-3_600_000)).detail, /is 60 min ahead of dbt Cloud's/);
});

Deno.test("diagnose waits no longer than it may", async () => {
  const begin = Date.now();
  const checks = await check(() => "silence", { requestTimeout: "200 millis" });
  assert(Date.now() - begin < 2000);
  assert(checks.every(({ detail, result }) => result === "failed" && /no answer within 0\.2 s/.test(detail)));
});

Deno.test("diagnose reads what this platform really says: refused, plain http, an unknown issuer", async () => {
  const at = (host: string) =>
    Effect.runPromise(
      diagnose({ token: Redacted.make(secret), host, account_id: 1 }).pipe(Effect.provide(realTransport)),
    );
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = free.addr;
  free.close();
  assert.match(named(await at(`http://127.0.0.1:${port}`), "Admin API v2").detail, /refuses the connection/);
  const program = Effect.gen(function* () {
    const plain = yield* sandbox.listen({});
    const secure = yield* sandbox.listen({ tls: true });
    const checks = yield* Effect.promise(() => at(plain.url.replace("http:", "https:")));
    assert.match(named(checks, "Admin API v2").detail, /does not speak https/);
    const unknown = yield* Effect.promise(() => at(secure.url));
    assert.equal(named(unknown, "Admin API v2").reached, "tls");
    assert.match(named(unknown, "Admin API v2").advice ?? "", /DENO_CERT/);
    const good = yield* Effect.promise(() => at(plain.url));
    // The token is none of the sandbox's.
    assert.equal(named(good, "Admin API v2").status, 401);
  });
  await Effect.runPromise(Effect.scoped(program));
  const nowhere = named(await at("nowhere.invalid"), "Admin API v2");
  assert.equal(nowhere.reached, "dns", nowhere.detail);
});

Deno.test("diagnose() keeps what the program sets for its requests, and follows no redirect", async () => {
  const seen: Array<RequestInit | undefined> = [];
  const fetch: typeof globalThis.fetch = (_, init) => {
    seen.push(init);
    return Promise.resolve(Response.json({}));
  };
  await Effect.runPromise(
    diagnose({ token: Redacted.make(secret), host: "ab123.us1.dbt.com", account_id: 7 }).pipe(
      Effect.provide(FetchHttpClient.layer),
      Effect.provideService(FetchHttpClient.Fetch, fetch),
      Effect.provideService(FetchHttpClient.RequestInit, { cache: "no-store", redirect: "follow" }),
    ),
  );
  assert.deepEqual(seen.map((init) => [init?.cache, init?.redirect]), Array(4).fill(["no-store", "manual"]));
});
