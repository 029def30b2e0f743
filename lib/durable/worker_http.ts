/**
 * What a worker answers over HTTP: `/healthz`, `/metrics`, and `/webhook` where there is a secret for webhooks.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import type { SqlError } from "effect/sql/SqlError";
import type { WorkflowEngine } from "effect/workflow/WorkflowEngine";
import type { AccountClients } from "./account_clients.ts";
import type { DeploymentState } from "./deployment_model.ts";
import { type Deployments, storage } from "./deployments.ts";
import { PollerState } from "./run_poller.ts";
import type { WebhookReceiver } from "./webhook_receiver.ts";

/** How long the database may take to answer. */
const longestQuery = "3 seconds";

const states: ReadonlyArray<DeploymentState> = ["open", "succeeded", "failed", "cancelled"];

/** The metrics of a worker and of its database, in the format of Prometheus. */
export const metrics: Effect.Effect<string, SqlError, Deployments | PollerState> = Effect.gen(function* () {
  const { sql } = yield* storage;
  const poller = yield* PollerState;
  const now = yield* Clock.currentTimeMillis;
  const counts = yield* sql<{ readonly state: string; readonly n: number | string | bigint }>`
    SELECT state, COUNT(*) AS n FROM dbtc_deployments GROUP BY state`;
  const [waits] = yield* sql<
    { readonly n: number | string | bigint; readonly oldest: number | string | bigint | null }
  >`
    SELECT COUNT(*) AS n, MIN(created_at) AS oldest FROM dbtc_waits`;
  const [ambiguous] = yield* sql<{ readonly n: number | string | bigint }>`
    SELECT COUNT(*) AS n FROM dbtc_deployments WHERE state = 'failed' AND error LIKE '%"_tag":"Ambiguous"%'`;
  const byState = new Map(counts.map(({ n, state }) => [state, Number(n)]));
  const lines: ReadonlyArray<
    readonly [name: string, type: string, help: string, values: ReadonlyArray<readonly [string, number]>]
  > = [
    [
      "dbtc_deployments",
      "gauge",
      "Deployments in the database, by state",
      states.map((state) => [`{state="${state}"}`, byState.get(state) ?? 0] as const),
    ],
    ["dbtc_waits", "gauge", "Deployments that wait for a run", [["", Number(waits?.n ?? 0)]]],
    ["dbtc_oldest_wait_seconds", "gauge", "Age of the oldest wait", [
      ["", waits?.oldest == null ? 0 : Math.max(0, Math.round((now - Number(waits.oldest)) / 1000))],
    ]],
    ["dbtc_ambiguous_deployments", "gauge", "Deployments of which nobody knows whether a run was started", [
      ["", Number(ambiguous?.n ?? 0)],
    ]],
    ["dbtc_last_good_poll_timestamp_seconds", "gauge", "When this worker last polled all runs; one worker does", [
      ["", poller.lastGoodPoll === undefined ? 0 : Math.round(poller.lastGoodPoll / 1000)],
    ]],
    ["dbtc_poll_requests_total", "counter", "Requests for runs that this worker has sent", [["", poller.requests]]],
    ["dbtc_woken_deployments_total", "counter", "Deployments that did not go on by themselves", [["", poller.woken]]],
    ["dbtc_paused_accounts", "gauge", "Accounts whose deployments are paused", [["", poller.paused.size]]],
  ];
  return lines.map(([name, type, help, values]) =>
    `# HELP ${name} ${help}.\n# TYPE ${name} ${type}\n${
      values.map(([label, value]) => `${name}${label} ${value}\n`).join("")
    }`
  ).join("");
});

/** Answers the requests to a worker. */
export function workerHttp(
  webhook: WebhookReceiver | undefined,
): (request: Request) => Effect.Effect<Response, never, AccountClients | Deployments | PollerState | WorkflowEngine> {
  return (request) => {
    const { pathname } = new URL(request.url);
    switch (pathname) {
      case "/healthz":
        return health;
      case "/metrics":
        return metrics.pipe(
          Effect.timeout(longestQuery),
          Effect.map((text) => new Response(text, { headers: { "content-type": "text/plain; version=0.0.4" } })),
          Effect.catch(unavailable),
        );
      case "/webhook":
        return webhook === undefined ? Effect.succeed(text(404, "There is no secret for webhooks")) : webhook(request);
      default:
        return Effect.succeed(text(404, "A worker answers /healthz, /metrics and /webhook"));
    }
  };
}

/** A worker is well if its database answers. A refused token is no reason to start it again: `/metrics` says so. */
const health: Effect.Effect<Response, never, Deployments> = Effect.gen(function* () {
  const { sql } = yield* storage;
  yield* Effect.timeout(sql`SELECT 1`, longestQuery);
  return text(200, "ok");
}).pipe(Effect.catch(unavailable));

function unavailable(error: { readonly message: string }): Effect.Effect<Response> {
  return Effect.as(Effect.logWarning("The database does not answer", error), text(503, "The database does not answer"));
}

function text(status: number, words: string): Response {
  return new Response(`${words}\n`, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}
