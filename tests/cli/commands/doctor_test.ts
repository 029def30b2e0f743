/**
 * `dbtc doctor`: its words, and its exit code, which says whether everything can be reached.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as Layer from "effect/Layer";
import type * as HttpClient from "effect/http/HttpClient";
import assert from "node:assert/strict";
import { command, type Surroundings } from "../../support/command.ts";
import { html, ok, refusal, refused, type Reply, type Sent, transport } from "../../support/fixtures.ts";

const token = "dbtc_s3cret-0123456789";
const env = { DBT_CLOUD_HOST: "ab123.us1.dbt.com", DBT_CLOUD_SERVICE_TOKEN: token, DBT_CLOUD_ACCOUNT_ID: "7" };

function doctor(layer: Layer.Layer<HttpClient.HttpClient>, argv: ReadonlyArray<string>, more: Surroundings = {}) {
  return Effect.runPromise(command(["doctor", ...argv], { env, ...more }).pipe(Effect.provide(layer)));
}

const graphql: Reply = { status: 200, body: { data: { __typename: "Query" } } };
const over = (reply: (sent: Sent) => Reply | undefined) =>
  transport((sent) => reply(sent) ?? (sent.method === "POST" ? graphql : ok({}))).layer;

Deno.test("doctor exits 0 where each API answers, and says so in lines that fit 80 columns", async () => {
  const { code, stderr, stdout } = await doctor(over(() => undefined), [], { terminal: true, columns: 80 });
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /^✓ Settings +account 7 on ab123\.us1\.dbt\.com, token from\s+DBT_CLOUD_SERVICE_TOKEN$/m);
  assert.match(stdout, /^✓ Admin API v2 +ab123\.us1\.dbt\.com: answers \(\d+ ms\)$/m);
  assert.match(stdout, /^✓ Discovery API +ab123\.metadata\.us1\.dbt\.com: answers/m);
  assert.match(stdout, /\n\nAll is well\n$/);
  for (const line of stdout.split("\n")) assert(line.length <= 80, line);
  assert.doesNotMatch(stdout, /s3cret/);
});

Deno.test("doctor's exit code says what kind of thing is wrong", async () => {
  const codes: ReadonlyArray<readonly [(sent: Sent) => Reply | undefined, number]> = [
    [() => refused, 7],
    [({ url }) => url.host.includes("metadata") ? refused : undefined, 7],
    [() => refusal(401), 4],
    [() => html(503), 7],
    [() => html(404), 2],
    // The Semantic Layer answers to any token, if it is asked without an environment.
    [({ url }) => url.host.includes("semantic") ? undefined : refusal(401), 4],
    // A token need not be good for each API.
    [({ url }) => url.host.includes("metadata") ? refusal(403) : undefined, 0],
  ];
  for (const [reply, expected] of codes) {
    const { code, stderr, stdout } = await doctor(over(reply), ["--format", "json"]);
    assert.deepEqual([code, stderr], [expected, ""]);
    const report = JSON.parse(stdout);
    assert.equal(report.ok, expected === 0);
    assert(report.checks.length >= 5);
    assert.doesNotMatch(stdout, /s3cret/);
  }
});

Deno.test("doctor says once what several checks need", async () => {
  const { stdout } = await doctor(over(() => refused), [], { terminal: true });
  assert.equal(stdout.match(/Check the host and its port/g)?.length, 1, stdout);
  assert.match(stdout, /4 checks failed\n$/);
});

Deno.test("doctor without settings says how to set them, and makes no request", async () => {
  const { layer, sent } = transport(() => ok({}));
  const { code, stdout } = await doctor(layer, [], { terminal: true, env: {} });
  assert.equal(code, 2);
  assert.match(stdout, /✗ Settings +no token: run dbtc auth login/);
  assert.equal(stdout.match(/auth login/g)?.length, 1, stdout);
  assert.deepEqual(sent, []);
  const noAccount = await doctor(over(() => undefined), [], { env: { ...env, DBT_CLOUD_ACCOUNT_ID: "" } });
  assert.match(noAccount.stdout, /"warning",\s+"detail": "no account on ab123/);
});

Deno.test("doctor looks at the files of contexts: their mode, and entries that make no sense", async () => {
  const home = Deno.makeTempDirSync({ prefix: "dbtc-doctor-" });
  Deno.mkdirSync(`${home}/.config/dbtc`, { recursive: true });
  Deno.mkdirSync(`${home}/.dbt`);
  const file = `${home}/.config/dbtc/contexts.yml`;
  Deno.writeTextFileSync(
    file,
    `current: a\ncontexts: {a: {host: ab123.us1.dbt.com, account_id: 7, token: ${token}}, b: {host: 1}}\n`,
  );
  Deno.chmodSync(file, 0o644);
  Deno.writeTextFileSync(`${home}/.dbt/dbt_cloud.yml`, "no");
  const { code, stdout } = await doctor(over(() => undefined), [], { terminal: true, env: { HOME: home } });
  assert.equal(code, 0, stdout);
  assert.match(stdout, /✓ Settings +account 7 on .*, context a, token from\s+\S+contexts\.yml/);
  assert.match(stdout, /! Context b +it needs a host/);
  assert.match(stdout, /! contexts\.yml +others than you can read it \(mode 644\)\n +chmod 600/);
  assert.match(stdout, /! dbt_cloud\.yml +\S+ is not what dbt's user interface writes/);
  assert.match(stdout, /see what is marked with !/);
  assert.doesNotMatch(stdout, /s3cret/);
  const failing = await doctor(over(() => undefined), ["--context", "b"], { env: { HOME: home } });
  assert.equal(failing.code, 2);
  Deno.removeSync(home, { recursive: true });
});

Deno.test("doctor names a proxy without its password", async () => {
  const { stdout } = await doctor(over(() => undefined), [], {
    env: { ...env, HTTPS_PROXY: "http://ada:s3cret@proxy.example:3128" },
  });
  assert.match(stdout, /HTTPS_PROXY is set: requests go through proxy\.example:3128/);
  assert.doesNotMatch(stdout, /s3cret/);
});
