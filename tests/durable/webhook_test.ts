/** Webhooks, and what a worker answers over HTTP. */
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import * as HttpClient from "effect/http/HttpClient";
import assert from "node:assert/strict";
import * as durable from "../../lib/durable/mod.ts";
import { layerDbt } from "../../lib/durable/account_clients.ts";
import { workerHttp } from "../../lib/durable/worker_http.ts";
import { pollerState } from "../../lib/durable/worker_layer.ts";
import { absent, read } from "../support/evidence.ts";
import { test, until } from "../support/deployment_processes.ts";

const secret = "sample-secret";

/** A webhook as dbt Cloud sends it: https://docs.getdbt.com/docs/deploy/webhooks */
async function hook(run_id: number, { account_id = 1, sign = secret }: { account_id?: number; sign?: string } = {}) {
  const body = JSON.stringify({
    accountId: account_id,
    eventType: "job.run.completed",
    // It may lie: it is the run that counts.
    data: { jobId: "3", runId: String(run_id), runStatus: "Errored", runStatusCode: 20 },
  });
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(sign), algorithm, false, ["sign"]);
  const bytes = new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(body)));
  return request(body, [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
}

function request(body: string, authorization?: string): Request {
  return new Request("http://127.0.0.1/webhook", {
    method: "POST",
    body,
    headers: authorization === undefined ? {} : { authorization },
  });
}

const receive = durable.webhook(Redacted.make(secret));

test("a webhook ends a wait within a second, and costs one request", (bench) =>
  Effect.gen(function* () {
    let polls = 0;
    // dbt Cloud's list does not have the run's end yet.
    const stale = (client: HttpClient.HttpClient) =>
      HttpClient.transform(client, (effect, request) => {
        if (!request.url.endsWith("/runs/")) return effect;
        polls++;
        return polls > 1 ? Effect.never : effect;
      });
    yield* bench.process(
      Effect.gen(function* () {
        const fiber = yield* Effect.forkScoped(durable.deploy({ job_id: 1, cause: "Deploy" }, { key: "k" }));
        yield* until(Effect.map(durable.list(), ([first]) => first?.run_id != null));
        const [info] = yield* durable.list();
        const run_id = info?.run_id ?? 0;
        yield* Effect.sleep("200 millis");
        const before = yield* bench.count("GET", /\/runs\/\d+\/$/);
        const begun = performance.now();
        const genuine = yield* Effect.promise(() => hook(run_id));
        assert.equal((yield* receive(genuine)).status, 204);
        assert.equal((yield* Fiber.join(fiber)).status, 10);
        const took = performance.now() - begun;
        assert(took < 1500, `took ${took} ms`);
        assert.equal((yield* bench.count("GET", /\/runs\/\d+\/$/)) - before, 1);
        // It comes twice, and late.
        const again = yield* Effect.promise(() => hook(run_id));
        assert.equal((yield* receive(again)).status, 204);
        assert.equal((yield* bench.count("GET", /\/runs\/\d+\/$/)) - before, 1);
      }),
      { transport: stale },
    );
  }));

test("a body that is too large is not read to its end, though it does not say its length", (bench) =>
  bench.process(Effect.gen(function* () {
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        if (++pulled > 1000) controller.close();
        else controller.enqueue(new Uint8Array(64 * 1024));
      },
    });
    const endless = new Request("http://127.0.0.1/webhook", { method: "POST", body, headers: { authorization: "00" } });
    assert.equal((yield* receive(endless)).status, 413);
    assert(pulled < 100, `${pulled} pieces were read`);
  })));

test("webhooks that are forged, malformed or of unknown runs change nothing, and ask for nothing", (bench) =>
  bench.process(Effect.gen(function* () {
    const requests: ReadonlyArray<readonly [Request, number]> = [
      [yield* Effect.promise(() => hook(1, { sign: "another" })), 401],
      [request("{}"), 401],
      [request("{}", "zz"), 401],
      [yield* Effect.promise(() => hook(4711)), 204],
      [yield* Effect.promise(() => hook(4711, { account_id: 2 })), 204],
      [new Request("http://127.0.0.1/webhook"), 405],
      [request("x".repeat(2 * 1024 * 1024), "00"), 413],
    ];
    for (const [request, status] of requests) assert.equal((yield* receive(request)).status, status);
    const unsigned = durable.webhook(Redacted.make(""));
    assert.equal((yield* unsigned(request("{}", "00"))).status, 401);
    assert.equal((yield* bench.requests).length, 0);
  })));

Deno.test({
  name: "the signatures of recorded webhooks are accepted",
  ignore: absent,
  fn: async () => {
    const { secret, signatures } = JSON.parse(read("webhooks/signatures.json"));
    const receive = durable.webhook(Redacted.make(secret));
    const file = `${await Deno.makeTempDir()}/d.sqlite`;
    const { DbtClient } = await import("../../mod.ts");
    const sandbox = await import("../../lib/sandbox/mod.ts");
    const live = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
      Layer.provide(sandbox.layer()),
      Layer.provideMerge(durable.layerSqlite(file, { runs: false })),
    );
    const program = Effect.gen(function* () {
      for (const [name, signature] of Object.entries<string>(signatures)) {
        const body = read(`webhooks/${name}`);
        assert.equal((yield* receive(request(body, signature))).status, 204, name);
        assert.equal((yield* receive(request(`${body} `, signature))).status, 401, name);
      }
    });
    await Effect.runPromise(Effect.provide(program, live));
  },
});

test("a worker answers /healthz and /metrics", (bench) =>
  bench.process(
    Effect.gen(function* () {
      yield* durable.deploy({ job_id: 1, cause: "Deploy" }, { key: "k" });
      const answer = workerHttp(undefined);
      const get = (path: string) =>
        Effect.flatMap(
          answer(new Request(`http://127.0.0.1${path}`)),
          (response) => Effect.promise(async () => [response.status, await response.text()] as const),
        );
      assert.deepEqual(yield* get("/healthz"), [200, "ok\n"]);
      const [status, text] = yield* get("/metrics");
      assert.equal(status, 200);
      assert.match(text, /^dbtc_deployments\{state="succeeded"\} 1$/m);
      assert.match(text, /^dbtc_oldest_wait_seconds 0$/m);
      assert.match(text, /^dbtc_ambiguous_deployments 0$/m);
      assert.equal((yield* get("/webhook"))[0], 404);
      assert.equal((yield* get("/"))[0], 404);
    }).pipe(Effect.provide(Layer.mergeAll(layerDbt, pollerState))),
  ));
