/**
 * The endpoints below `/_sandbox`, by which people and tests see the requests that came in, and add and remove faults.
 *
 * @module
 */
import type * as HttpServerRequest from "effect/http/HttpServerRequest";
import * as Result from "effect/Result";
import { exportedFile } from "../endpoints/audit_endpoints.ts";
import { type Faults, readFault } from "../protocol/faults.ts";
import type { Store } from "../data/row_store.ts";
import type { Reply, Row } from "../protocol/response_format.ts";

/** A request that came in, without its token. */
export interface Logged {
  /** Its verb. */
  readonly verb: string;
  /** Its path. */
  readonly path: string;
  /** Its query, name by name. */
  readonly query: ReadonlyArray<readonly [string, string]>;
  /** Its body: JSON with `***` for secrets, or text; null for no body. */
  readonly body: unknown;
  /** When it came: RFC 3339. */
  readonly time: string;
}

/** What the endpoints read and change. */
export interface ControlledState {
  /** The faults. */
  readonly faults: Faults;
  /** The requests that came in. */
  readonly log: ReadonlyArray<Logged>;
  /** The rows, among which exports are. */
  readonly world: { readonly store: Store };
}

/** Answers a request to `/_sandbox`. */
export function answerControl(
  { faults, log, world: { store } }: ControlledState,
  { method, headers }: HttpServerRequest.HttpServerRequest,
  url: URL,
  text: string,
  now: number,
): Reply {
  // A web page must not reach the sandbox by a name of its own that resolves to this machine.
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
