/**
 * Makes HTTP responses of replies: whole, or damaged by a fault on their way. `serve_request.ts` answers with them.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as HttpServerResponse from "effect/http/HttpServerResponse";
import * as Stream from "effect/Stream";
import { addUnknownFields, makeFieldsNull, type RequestFaults } from "../protocol/faults.ts";
import type { Reply } from "../protocol/response_format.ts";
import { Dropped, type SandboxState } from "./sandbox_state.ts";

function textOf(reply: Reply): { readonly text: string | Uint8Array; readonly contentType: string } {
  return "json" in reply
    ? { text: JSON.stringify(reply.json), contentType: "application/json" }
    : { text: reply.text, contentType: reply.type };
}

/** Sends an answer, with the faults that damage it on its way. */
export function respondWithFaults(
  { flush }: SandboxState,
  reply: Reply,
  faults: RequestFaults,
): HttpServerResponse.HttpServerResponse {
  const { status } = reply;
  if ("cut" in reply && reply.cut === true) return cutOff(bytesOf(reply.text), Infinity, status, reply.type, flush);
  const good = status < 300;
  if (good && faults.take("empty-body") !== undefined) return HttpServerResponse.empty({ status });
  if (good && faults.take("invalid-json") !== undefined) {
    return HttpServerResponse.text("{'status': {'code': 200", { status, contentType: "application/json" });
  }
  if (good && faults.take("truncated-body") !== undefined) {
    const { text, contentType } = textOf(reply);
    const bytes = bytesOf(text);
    return cutOff(bytes, Math.floor(bytes.length / 2), status, contentType, flush);
  }
  if (!good || !("json" in reply)) return respond(reply);
  let { data } = reply.json;
  if (faults.take("unknown-fields") !== undefined) data = addUnknownFields(data);
  if (faults.take("null-fields") !== undefined) data = makeFieldsNull(data);
  return respond({ ...reply, json: { ...reply.json, data } });
}

/** Sends the first bytes of an answer, and then breaks the connection. */
function cutOff(
  bytes: Uint8Array,
  length: number,
  status: number,
  contentType: string,
  flush: Effect.Effect<void>,
): HttpServerResponse.HttpServerResponse {
  const broken = Stream.concat(
    Stream.succeed(bytes.slice(0, length)),
    Stream.fromEffect(Effect.andThen(flush, Effect.fail(new Dropped()))),
  );
  return HttpServerResponse.stream(broken, { status, contentType, contentLength: Math.max(bytes.length, 1) + 1 });
}

function bytesOf(text: string | Uint8Array): Uint8Array {
  return typeof text === "string" ? new TextEncoder().encode(text) : text;
}

/** Larger files are sent in chunks, as from dbt Cloud's storage. */
const chunkSize = 65_536;

/** Sends an answer. */
export function respond(reply: Reply): HttpServerResponse.HttpServerResponse {
  const { text, contentType } = textOf(reply);
  const { status } = reply;
  const headers = {
    ..."location" in reply && reply.location !== undefined ? { location: reply.location } : {},
    ..."allow" in reply && reply.allow !== undefined ? { allow: reply.allow } : {},
    ...reply.retryAfter === undefined ? {} : { "retry-after": String(reply.retryAfter) },
  };
  if (text.length === 0) return HttpServerResponse.empty({ status, headers });
  if (typeof text === "string" && ("json" in reply || text.length <= chunkSize)) {
    return HttpServerResponse.text(text, { status, contentType, headers });
  }
  const bytes = bytesOf(text);
  const chunks = Array.from(
    { length: Math.ceil(bytes.length / chunkSize) },
    (_, index) => bytes.subarray(index * chunkSize, (index + 1) * chunkSize),
  );
  return HttpServerResponse.stream(Stream.fromIterable(chunks), {
    status,
    contentType,
    headers,
    contentLength: bytes.length,
  });
}
