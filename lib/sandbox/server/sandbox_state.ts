/**
 * What a running sandbox consists of. `sandbox_handle.ts` makes it, and all files of this folder use it.
 *
 * @module
 */
import * as Data from "effect/Data";
import type * as Effect from "effect/Effect";
import type { EndpointRequest, World } from "../endpoints/endpoint_request.ts";
import type { Faults } from "../protocol/faults.ts";
import type { Permission } from "../endpoints/issued_tokens.ts";
import type { Replay } from "../recording/replay.ts";
import type { RequestLog } from "./request_log.ts";

/** The connection breaks before an answer is complete. */
export class Dropped extends Data.TaggedError("Dropped") {}

/** A running sandbox: what it holds, and how it answers. */
export interface SandboxState {
  /** Its rows and runs. */
  readonly world: World;
  /** Its faults. */
  readonly faults: Faults;
  /** The requests that came in. */
  readonly log: RequestLog;
  /** Host names that it answers to, besides those of this machine. */
  readonly allowHosts: ReadonlyArray<string>;
  /** By what another process knows it again. */
  readonly instance?: string;
  /** What each token may do. */
  readonly tokens: Readonly<Record<string, Permission>>;
  /** Milliseconds that each answer takes. */
  readonly latency: number;
  /** The most rows times fields of a GraphQL query. */
  readonly complexityLimit: number;
  /** Waits until written bytes have left the machine, before a connection breaks. */
  readonly flush: Effect.Effect<void>;
  /** Writes that are answered already and happen later: the fault `late-accept`. */
  readonly late: Array<{ readonly at: number; readonly request: EndpointRequest }>;
  /** Answers from a recording, instead of from the world. */
  readonly replay?: Replay;
  /** Runs after each write, before it is answered. */
  readonly onWrite: Effect.Effect<void>;
}
