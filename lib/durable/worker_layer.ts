/**
 * What a worker runs: the workflow and the poller.
 *
 * @module
 */
import * as Layer from "effect/Layer";
import type { WorkflowEngine } from "effect/workflow/WorkflowEngine";
import type { AccountClients } from "./account_clients.ts";
import type { Deployments } from "./deployments.ts";
import { handler } from "./deployment_workflow.ts";
import * as poller from "./run_poller.ts";

/** The workflow and the poller, with the clients of several accounts. */
export const workerLayer: Layer.Layer<never, never, AccountClients | Deployments | WorkflowEngine> = Layer.mergeAll(
  handler,
  poller.layer,
).pipe(
  Layer.provide(Layer.sync(poller.PollerState, () => ({
    requests: 0,
    lastGoodPoll: undefined,
    woken: 0,
    paused: new Map(),
  }))),
);
