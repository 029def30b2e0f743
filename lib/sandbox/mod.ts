/**
 * A local dbt Cloud: for trying things out, for tests, and for working offline.
 *
 * It has an account with a project, jobs and runs. Requests change them, and runs proceed with the `Clock`. Faults make
 * go wrong what goes wrong with the real dbt Cloud.
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
import { type Handle, makeHandle, openSandbox, type Options } from "./server/sandbox_handle.ts";
import type { Listening, ListenOptions } from "./server/listen.ts";
import { readRecording, type Recording, RecordingError } from "./recording/recording_file.ts";

export type { Logged } from "./server/request_log.ts";
export { Fault, faultKinds, type FaultName, faultNames, readFault } from "./protocol/faults.ts";
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
export type { Permission } from "./endpoints/issued_tokens.ts";
export { readSeed } from "./data/seed_file.ts";
export { type KeptRun, readSnapshot, type Snapshot, writeSnapshot } from "./server/snapshot.ts";
export { Seed } from "./data/row_store.ts";

/** The sandbox behind the `HttpClient` of {@linkcode layer}. */
export interface Sandbox extends Handle {}

/** The sandbox at hand. */
export const Sandbox: Context.Service<Sandbox, Sandbox> = Context.Service<Sandbox>("@dbtc/dbtc/sandbox/Sandbox");

/** Makes a sandbox in this process. */
export const make: (options?: Options) => Effect.Effect<Handle> = Effect.fnUntraced(function* (options: Options = {}) {
  return makeHandle(yield* openSandbox(options));
});

/** An `HttpClient` that sends every request to a new sandbox in this process, and that sandbox. */
export function layer(options: Options = {}): Layer.Layer<HttpClient.HttpClient | Sandbox> {
  return Layer.effectContext(
    Effect.map(
      make(options),
      (handle) => Context.make(Sandbox, handle).pipe(Context.add(HttpClient.HttpClient, handle.client)),
    ),
  );
}

/**
 * An `HttpClient` that answers from a recording, which `dbtc record` or {@linkcode makeRecorder} made. A request that
 * was not recorded is answered with 501. So answers of a real account become a test.
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

/** Starts a sandbox that listens on 127.0.0.1 until the scope closes. */
export const listen: (
  options?: ListenOptions,
) => Effect.Effect<Listening, HttpServerError.ServeError, Scope.Scope> = Effect.fnUntraced(
  function* (options: ListenOptions = {}) {
    // Programs without a port need not load a server.
    const server = yield* Effect.promise(() => import("./server/listen.ts"));
    return yield* server.listen(options);
  },
);

/**
 * Names of the sandbox for clients that derive the hosts of dbt Cloud's other APIs from the host that they are given:
 * from `dbtc.localhost` they derive `metadata.dbtc.localhost` and `semantic-layer.dbtc.localhost`.
 */
export const derivedNames: ReadonlyArray<string> = [
  "dbtc.localhost",
  "metadata.dbtc.localhost",
  "semantic-layer.dbtc.localhost",
  "metadata.localhost",
  "semantic-layer.localhost",
];

/** The variables by which Deno, Node, Python's requests, curl, and Go and OpenSSL trust an authority. */
const trustVariables = ["DENO_CERT", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"];

/**
 * The text that `dbtc sandbox` prints at its start: its addresses, and the shell commands that point clients to it.
 * `authority` is the file of the authority that clients have to trust, for https. `unresolved` are those of
 * {@linkcode derivedNames} that this machine does not resolve: the text shows the line that `/etc/hosts` needs.
 */
export function announcement(
  { url }: { readonly url: string },
  authority?: string,
  unresolved: ReadonlyArray<string> = [],
): string {
  const [protocol, , port] = url.split(":"); // `URL` leaves out a port of 80
  const hosts = `# This machine does not resolve ${unresolved.length === 1 ? "this name" : "these names"}. ` +
    "Clients that need them work with this line in /etc/hosts:";
  return [
    `dbtc sandbox listening on ${url}`,
    `Also as ${protocol}://dbtc.localhost:${port}, for clients that derive hosts such as metadata.dbtc.localhost`,
    ...unresolved.length === 0 ? [] : [hosts, `# 127.0.0.1 ${unresolved.join(" ")}`],
    "",
    // Python dbtc takes the host only, without https://.
    `export DBT_CLOUD_HOST=${authority === undefined ? url : new URL(url).host}`,
    "export DBT_CLOUD_SERVICE_TOKEN=sandbox",
    "export DBT_CLOUD_ACCOUNT_ID=1",
    ...authority === undefined ? [] : trustVariables.map((name) => `export ${name}=${authority}`),
  ].join("\n");
}
