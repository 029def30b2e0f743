/**
 * The hosts of the three APIs.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import assert from "node:assert/strict";
import { apiUrls, baseUrl } from "../../lib/client/host.ts";
import { Dbt } from "../../mod.ts";
import { fails, ok, session, succeeds, transport } from "../support/fixtures.ts";

/** The hosts of the Discovery API and of the Semantic Layer. */
function hostsOf(access: string, overrides = {}): ReadonlyArray<string> | string {
  const urls = Result.flatMap(baseUrl(access), (url) => apiUrls(url, overrides));
  return Result.isSuccess(urls) ? [urls.success.discovery, urls.success.semantic_layer] : urls.failure;
}

// https://docs.getdbt.com/docs/dbt-apis/discovery-querying and …/sl-graphql have one table of hosts each; dbt-mcp
// derives the same ones.
const documented: Readonly<Record<string, readonly [discovery: string, semanticLayer: string]>> = {
  "ab123.us1.dbt.com": ["https://ab123.metadata.us1.dbt.com", "https://ab123.semantic-layer.us1.dbt.com"],
  "ab123.eu4.dbt.com": ["https://ab123.metadata.eu4.dbt.com", "https://ab123.semantic-layer.eu4.dbt.com"],
  "acme.routing.dbt.com": ["https://acme.metadata.routing.dbt.com", "https://acme.semantic-layer.routing.dbt.com"],
  "cloud.getdbt.com": ["https://metadata.cloud.getdbt.com", "https://semantic-layer.cloud.getdbt.com"],
  "emea.dbt.com": ["https://metadata.emea.dbt.com", "https://semantic-layer.emea.dbt.com"],
  "dbt.acme.com": ["https://metadata.dbt.acme.com", "https://semantic-layer.dbt.acme.com"],
  "https://ab123.us1.dbt.com/deploy/1/projects/2": [
    "https://ab123.metadata.us1.dbt.com",
    "https://ab123.semantic-layer.us1.dbt.com",
  ],
  // The same host, https://www.rfc-editor.org/rfc/rfc1034#section-3.1
  "ab123.us1.dbt.com.": ["https://ab123.metadata.us1.dbt.com", "https://ab123.semantic-layer.us1.dbt.com"],
  "dbt.acme.com:8443": ["https://metadata.dbt.acme.com:8443", "https://semantic-layer.dbt.acme.com:8443"],
};

for (const [access, urls] of Object.entries(documented)) {
  Deno.test(`The hosts of the other APIs follow from ${access}`, () => assert.deepEqual(hostsOf(access), urls));
}

Deno.test("This machine, and an address without a name, serve all APIs at one place", () => {
  for (
    const url of [
      "http://localhost:8080",
      "http://dbtc.localhost:8080",
      "http://127.0.0.1:8080",
      "http://[::1]:8080",
      "https://10.0.0.7",
    ]
  ) {
    assert.deepEqual(hostsOf(url), [url, url]);
  }
});

Deno.test("The URL of an API can be set, with or without GraphQL's path", () => {
  const host = "https://m.acme.com";
  for (
    const url of ["m.acme.com", host, `${host}/`, `${host}/graphql`, `${host}/beta/graphql`, `${host}/api/graphql/`]
  ) {
    assert.deepEqual(
      hostsOf("dbt.acme.com", { discoveryUrl: url }),
      [host, "https://semantic-layer.dbt.acme.com"],
      url,
    );
  }
  assert.deepEqual(hostsOf("dbt.acme.com", { semanticLayerUrl: `${host}/dbt/api/graphql` })[1], `${host}/dbt`);
});

Deno.test("A URL that is set has to be safe, as the host", () => {
  assert.match(
    String(hostsOf("dbt.acme.com", { discoveryUrl: "http://m.acme.com" })),
    /^DBT_CLOUD_DISCOVERY_URL: http:\/\/m\.acme\.com would send the token in the clear/,
  );
});

const query = { method: "POST", path: "/graphql", query: [], body: {}, api: "discovery", reads: true } as const;
const send = Dbt.use((dbt) => dbt.execute("models.list", query, ({ text }) => Result.succeed(text)));

Deno.test("A read that is a POST is sent by a read-only client, to its API's host", async () => {
  const net = transport(() => ok({}));
  await succeeds(Effect.provide(send, session(net, { readonly: true, host: "ab123.us1.dbt.com" })));
  assert.deepEqual(net.sent.map(({ url }) => url.href), ["https://ab123.metadata.us1.dbt.com/graphql"]);
});

Deno.test("A read that is a POST is sent again after any lost answer, and its error is never Ambiguous", async () => {
  const net = transport(() => ({ status: 502 }));
  const error = await fails(Effect.provide(send, session(net)));
  assert.equal(error.reason._tag, "ServerFault");
  assert(net.sent.length > 1);
});
