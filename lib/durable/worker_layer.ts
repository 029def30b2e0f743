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

/** The state of a poller that has not polled yet. */
export const pollerState: Layer.Layer<poller.PollerState> = Layer.sync(poller.PollerState, () => ({
  requests: 0,
  lastGoodPoll: undefined,
  woken: 0,
  paused: new Map(),
}));

/** The workflow and the poller, with the clients of several accounts. */
export const workerLayer: Layer.Layer<
  never,
  never,
  AccountClients | Deployments | poller.PollerState | WorkflowEngine
> = Layer.mergeAll(handler, poller.layer);
