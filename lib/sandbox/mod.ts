/**
 * dbt Cloud on this machine: for trying, for tests, for working offline.
 *
 * Projects, jobs and runs are there, and what one does to them stays. Runs run, in their own time; what goes wrong in
 * the real one can be made to go wrong here.
 *
 * @example
 * ```ts
 * import { DbtClient, jobs, runs } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const session = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer()),
 * );
 * const program = Effect.gen(function* () {
 *   const { id } = yield* jobs.trigger({ job_id: 1, cause: "trying" });
 *   return yield* runs.get({ run_id: id });
 * });
 * const run = await Effect.runPromise(program.pipe(Effect.provide(session)));
 * assert.equal(run.status_humanized, "Queued");
 * ```
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as HttpClient from "effect/http/HttpClient";
import type * as HttpServerError from "effect/http/HttpServerError";
import * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";
import { type Handle, handleOf, open, type Options } from "./server/sandbox_handle.ts";
import type { Listening, ListenOptions } from "./server/listen.ts";
import { readRecording, type Recording, RecordingError } from "./recording/recording_file.ts";

export type { Logged } from "./server/control_endpoints.ts";
export { Fault, type FaultName, faultNames, readFault } from "./protocol/faults.ts";
export type { Handle, Options } from "./server/sandbox_handle.ts";
export type { Listening, ListenOptions } from "./server/listen.ts";
export { makeRecorder, type Recorder, type RecordOptions } from "./recording/recorder.ts";
export {
  type Body,
  type Exchange,
  readRecording,
  type RecordedAnswer,
  type RecordedRequest,
  type Recording,
  RecordingError,
  writeRecording,
} from "./recording/recording_file.ts";
export type { Permission } from "./server/serve_request.ts";
export { readSeed } from "./data/seed_file.ts";
export { type KeptRun, readSnapshot, type Snapshot, writeSnapshot } from "./server/snapshot.ts";
export { Seed } from "./data/row_store.ts";

const Base: Context.ServiceClass<Sandbox, "@dbtc/dbtc/sandbox/Sandbox", Handle> = Context.Service<Sandbox, Handle>()(
  "@dbtc/dbtc/sandbox/Sandbox",
);

/** The sandbox behind the `HttpClient`. */
export class Sandbox extends Base {}

/** A sandbox in this process. */
export const make: (options?: Options) => Effect.Effect<Handle> = Effect.fnUntraced(function* (options: Options = {}) {
  return handleOf(yield* open(options));
});

/** An `HttpClient` that reaches a sandbox in this process, and the sandbox behind it. */
export function layer(options: Options = {}): Layer.Layer<HttpClient.HttpClient | Sandbox> {
  return Layer.effectContext(
    Effect.map(
      make(options),
      (handle) => Context.make(Sandbox, handle).pipe(Context.add(HttpClient.HttpClient, handle.client)),
    ),
  );
}

/**
 * An `HttpClient` that answers what was recorded, as `dbtc record` or {@linkcode makeRecorder} wrote it, and nothing
 * else: what was not recorded is a 501 that says so. An answer of a real account becomes a test.
 *
 * @example
 * ```ts
 * import { DbtClient, jobs } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * // What `dbtc record job.jsonl -- jobs get 5` wrote.
 * const recording = [
 *   `{"recording":1,"dbtc":"0.1.0","command":"jobs get"}`,
 *   `{"request":{"verb":"GET","path":"/api/v2/accounts/7/jobs/5/","query":[]},` +
 *   `"answer":{"status":200,"headers":{"content-type":"application/json"},` +
 *   `"body":{"json":{"status":{"code":200,"is_success":true},"data":{"id":5,"name":"name-1"}}}}}`,
 * ].join("\n");
 * const session = DbtClient.layer({ token: Redacted.make("any"), account_id: 7, host: "ab123.us1.dbt.com" }).pipe(
 *   Layer.provide(sandbox.replay(recording)),
 * );
 * const ask = (job_id: number) => Effect.runPromise(jobs.get({ job_id }).pipe(Effect.flip, Effect.provide(session)));
 * const job = await Effect.runPromise(jobs.get({ job_id: 5 }).pipe(Effect.provide(session)));
 * assert.equal(job.name, "name-1");
 * assert.match((await ask(6)).toString(), /501: GET \/api\/v2\/accounts\/7\/jobs\/6\/ was not recorded/);
 * ```
 */
export function replay(
  recording: Recording | string,
  options: Omit<Options, "replay"> = {},
): Layer.Layer<HttpClient.HttpClient | Sandbox, RecordingError> {
  return Layer.unwrap(
    Effect.map(
      typeof recording === "string"
        ? Effect.mapError(Effect.fromResult(readRecording(recording)), (message) => new RecordingError({ message }))
        : Effect.succeed(recording),
      (replay) => layer({ ...options, replay }),
    ),
  );
}

/** A sandbox that answers on 127.0.0.1 until the scope closes. */
export const listen: (
  options?: ListenOptions,
) => Effect.Effect<Listening, HttpServerError.ServeError, Scope.Scope> = Effect.fnUntraced(
  function* (options: ListenOptions = {}) {
    // A program that stays in process loads no server.
    const server = yield* Effect.promise(() => import("./server/listen.ts"));
    return yield* server.listen(options);
  },
);

/**
 * What to tell somebody who started a sandbox: where it is, and what to type to use it. `authority` is the file of the
 * authority to trust, where it speaks https.
 */
export function announcement({ url }: { readonly url: string }, authority?: string): string {
  const lines = [
    `dbtc sandbox listening on ${url}\n`,
    // Python dbtc wants the host alone.
    `export DBT_CLOUD_HOST=${authority === undefined ? url : new URL(url).host}`,
    "export DBT_CLOUD_SERVICE_TOKEN=sandbox",
    "export DBT_CLOUD_ACCOUNT_ID=1",
  ];
  const trust = ["DENO_CERT", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];
  return [...lines, ...authority === undefined ? [] : trust.map((name) => `export ${name}=${authority}`)].join("\n");
}
