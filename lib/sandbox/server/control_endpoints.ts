/**
 * The endpoints below `/_sandbox`, by which people and tests see the requests that came in, and add and remove faults.
 *
 * @module
 */
import type * as HttpServerRequest from "effect/http/HttpServerRequest";
import * as Result from "effect/Result";
import { defined } from "../../defined.ts";
import { exportedFile } from "../endpoints/audit_endpoints.ts";
import { readFault } from "../protocol/faults.ts";
import type { Reply, Row } from "../protocol/response_format.ts";
import type { SandboxState } from "./sandbox_state.ts";

/** Answers a request to `/_sandbox`. */
export function answerControl(
  { faults, instance, log, world: { store } }: SandboxState,
  { method }: HttpServerRequest.HttpServerRequest,
  url: URL,
  text: string,
  now: number,
): Reply {
  const [, exported] = /^\/_sandbox\/exports\/([^/]+)\.csv$/.exec(url.pathname) ?? [];
  const file = exported === undefined || method !== "GET" ? undefined : exportedFile(store, exported, now);
  if (file !== undefined) return file;
  switch (`${method} ${url.pathname.replace(/\/$/, "")}`) {
    case "GET /_sandbox/health":
      return plain(200, { status: "ok", ...defined({ instance }) });
    case "GET /_sandbox/requests":
      return plain(200, { requests: log.all() });
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

function plain(status: number, json: Row): Reply {
  return { status, json };
}
