/**
 * `/_sandbox`: what came in, and what is to go wrong.
 *
 * @module
 */
import type * as HttpServerRequest from "effect/http/HttpServerRequest";
import * as Result from "effect/Result";
import { exportedFile } from "../endpoints/audit_endpoints.ts";
import { type Faults, readFault } from "../protocol/faults.ts";
import type { Store } from "../data/row_store.ts";
import type { Reply, Row } from "../protocol/response_format.ts";

/** A request that came in. Its token is not kept. */
export interface Logged {
  /** Its verb. */
  readonly verb: string;
  /** Its path. */
  readonly path: string;
  /** Its query, name by name. */
  readonly query: ReadonlyArray<readonly [string, string]>;
  /** Its body: JSON, or text where it was none; null where it had none. */
  readonly body: unknown;
  /** When it came: RFC 3339. */
  readonly time: string;
}

/** What is controlled. */
export interface Controlled {
  /** What goes wrong. */
  readonly faults: Faults;
  /** What came in. */
  readonly log: ReadonlyArray<Logged>;
  /** What there is. */
  readonly world: { readonly store: Store };
}

/** Answers a request to `/_sandbox`. */
export function control(
  { faults, log, world: { store } }: Controlled,
  { method, headers }: HttpServerRequest.HttpServerRequest,
  url: URL,
  text: string,
  now: number,
): Reply {
  // A page elsewhere must not get here by a name that it points at this machine.
  const foreign = [headers.host && `http://${headers.host}`, headers.origin].some((from) => from && !isHere(from));
  if (foreign) return plain(403, { error: "only this machine may ask" });
  const [, exported] = /^\/_sandbox\/exports\/([^/]+)\.csv$/.exec(url.pathname) ?? [];
  const file = exported === undefined || method !== "GET" ? undefined : exportedFile(store, exported, now);
  if (file !== undefined) return file;
  switch (`${method} ${url.pathname.replace(/\/$/, "")}`) {
    case "GET /_sandbox/health":
      return plain(200, { status: "ok" });
    case "GET /_sandbox/requests":
      return plain(200, { requests: log });
    case "GET /_sandbox/faults":
      return plain(200, { faults: faults.list() });
    case "POST /_sandbox/faults": {
      const fault = readFault(text);
      if (Result.isFailure(fault)) return plain(400, { error: fault.failure });
      faults.add(fault.success);
      return plain(201, { faults: faults.list() });
    }
    case "DELETE /_sandbox/faults":
      faults.clear();
      return plain(200, { faults: [] });
    default:
      return plain(404, { error: "/_sandbox has GET health, GET requests, and GET, POST and DELETE faults" });
  }
}

function isHere(from: string): boolean {
  return URL.canParse(from) && ["127.0.0.1", "localhost", "[::1]"].includes(new URL(from).hostname);
}

function plain(status: number, json: Row): Reply {
  return { status, json };
}
