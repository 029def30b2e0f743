/**
 * What an answer says: the thing that was asked for, or the reason why there is none.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Headers from "effect/http/Headers";
import type * as HttpClientError from "effect/http/HttpClientError";
import type * as HttpClientResponse from "effect/http/HttpClientResponse";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import type { Received } from "../dbt.ts";
import type { Answer } from "../definition.ts";
import type { Reason } from "../error.ts";
import type { Placed } from "../request.ts";
import { conforms } from "./validate.ts";

// ---- why there is no answer -----------------------------------------------------------------------------------------

export function late(timeout: Duration.Duration): string {
  return `no answer within ${Duration.toSeconds(timeout)} s`;
}

/** A read that got no answer did nothing; a write may have. */
export function lost(placed: Placed, host: string, detail: string): Reason {
  return placed.method === "GET"
    ? { _tag: "Unreachable", host, detail, permanent: false }
    : { _tag: "Ambiguous", detail };
}

/**
 * The codes and words of a connection that was never made: Deno's, which has only words, Node's and undici's. Of one
 * that was there Node says `read EHOSTUNREACH`, with the same code.
 */
const neverMade = /client error \(Connect\)|dns error|\bconnect E[A-Z]+|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT/;
const untrusted = /certificate|CERT_|SELF_SIGNED|ERR_TLS|InvalidContentType/i;

export function unanswered(placed: Placed, host: string, error: HttpClientError.HttpClientError): Reason {
  const detail = explain(error);
  if (error.reason._tag === "InvalidUrlError" || error.reason._tag === "EncodeError") {
    return { _tag: "Unsendable", detail };
  }
  // Deno was not told that it may: nothing was sent, and nothing will be.
  if (detail.startsWith("Requires net access")) return { _tag: "Unsendable", detail };
  if (untrusted.test(detail)) {
    const plain = detail.includes("InvalidContentType") ? `; it may speak plain http: http://${host}` : "";
    return { _tag: "Unreachable", host, detail: detail + plain, permanent: true };
  }
  if (neverMade.test(detail)) return { _tag: "Unreachable", host, detail, permanent: false };
  return lost(placed, host, detail);
}

/**
 * The transport's words, down to the innermost. The error itself carries the request, token included: it stops here.
 */
export function explain(error: HttpClientError.HttpClientError): string {
  const words: Array<string> = [];
  for (let cause: unknown = error.reason.cause; cause instanceof Error; cause = cause.cause) {
    const code = "code" in cause && typeof cause.code === "string" ? `${cause.code} ` : "";
    words.push(code + (cause instanceof AggregateError ? each(cause) : cause.message));
  }
  // Deno's words name the whole URL: it says nothing new, and may look like a certificate's trouble.
  const said = words.join(": ").replaceAll(/ (from \S+ )?for (url )?\(?https?:\S+?\)?( \(\S+\))?(?=:? |$)/g, "");
  return said === "" ? error.reason.description ?? error.reason._tag : said;
}

/** Node tries every address of a host, and says by itself nothing of them. */
function each({ errors }: AggregateError): string {
  return errors.map((error: unknown) => error instanceof Error ? error.message : String(error)).join(", ");
}

// ---- what an answer says --------------------------------------------------------------------------------------------

/** dbt's envelope, as far as errors need it. */
interface Envelope {
  readonly status: { readonly code?: number; readonly is_success?: boolean; readonly user_message?: string };
  readonly data?: unknown;
}

function envelopeOf(body: unknown): Envelope | undefined {
  return typeof body === "object" && body !== null && "status" in body && typeof body.status === "object" &&
      body.status !== null
    ? body as Envelope // the members are optional, and are looked at before use
    : undefined;
}

function parse(text: string): Result.Result<unknown, string> {
  try {
    return Result.succeed(JSON.parse(text));
  } catch {
    return Result.fail(/^\s*</.test(text) ? "it is HTML, not JSON. Check the host" : "it is not whole JSON");
  }
}

/** The reason behind a status that is not good. */
export function refused(
  placed: Placed,
  host: string,
  status: number,
  text: string,
  retry_after: { readonly retry_after?: number },
): Reason {
  const envelope = envelopeOf(Result.getOrUndefined(parse(text)));
  const message = envelope?.status.user_message;
  const said = typeof message === "string" && message !== "" ? { user_message: message } : {};
  if (status === 429) return { _tag: "RateLimited", status, ...retry_after };
  if (status === 408 || status >= 500) {
    // 501 is a refusal, and a 503 that says when to come back did nothing. All else may have happened.
    const happened = placed.method !== "GET" && status !== 501 && !(status === 503 && "retry_after" in retry_after);
    return happened
      ? { _tag: "Ambiguous", status, detail: `${status}${message ? `: ${message}` : ""}` }
      : { _tag: "ServerFault", status, ...retry_after, ...said };
  }
  if (status === 401) return { _tag: "Unauthorized", status, host, ...said };
  if (status === 403) return { _tag: "Forbidden", status, ...said };
  if (status === 404 || (status >= 300 && status < 400)) {
    const enveloped = status === 404 && envelope !== undefined;
    return { _tag: "NotFound", status, host, path: placed.path, enveloped, ...said };
  }
  const developer = (envelope?.status as { readonly developer_message?: unknown } | undefined)?.developer_message;
  return {
    _tag: "Invalid",
    status,
    ...said,
    ...(typeof developer === "string" && developer !== "" ? { developer_message: developer } : {}),
    ...(envelope?.data === undefined ? {} : { data: envelope.data }),
  };
}

/** Reads an answer: the very object that came, once it is what its schema says. `look` sees it before. */
export function readAnswer<A>(
  answer: Answer<A>,
  host: string,
  placed: Placed,
  { status, text }: Received,
  look?: (value: unknown) => void,
): Result.Result<A, Reason> {
  const undecodable = (detail: string, truncated: boolean) =>
    Result.fail<Reason>({ _tag: "Undecodable", status, detail, truncated });
  if (text.trim() === "") {
    const nothing = answer.from === "maybe" || (answer.from === "body" && Schema.is(answer.schema)(undefined));
    // `undefined` is what the `A` of such an answer allows.
    // 204 means it: what was cut has another status.
    return nothing ? Result.succeed(undefined as A) : undecodable("it is empty", status !== 204);
  }
  const body = parse(text);
  if (Result.isFailure(body)) return undecodable(body.failure, !body.failure.includes("HTML"));
  const envelope = envelopeOf(body.success);
  if (envelope?.status.is_success === false) {
    const { code } = envelope.status;
    return Result.fail(refused(placed, host, typeof code === "number" ? code : status, text, {}));
  }
  const value = locate(answer, body.success);
  if (answer.from === "maybe" && value === undefined) return Result.succeed(undefined as A); // as above
  look?.(value);
  if (conforms(answer.schema, value)) return Result.succeed(value);
  const issue = Schema.decodeUnknownResult(answer.schema)(value);
  return undecodable(Result.isFailure(issue) ? issue.failure.message.replaceAll(/\s+/g, " ") : "", false);
}

/** What of a body is the answer. */
export function locate<A>(answer: Answer<A>, body: unknown): unknown {
  if (typeof body !== "object" || body === null) return body;
  const data = "data" in body ? body.data : undefined;
  if (answer.from === "body") return envelopeOf(body) === undefined ? body : data;
  if (answer.from === "page") {
    // What has nothing of an envelope is no list without rows.
    const empty = (data === null || data === undefined) && ["data", "extra", "status"].some((name) => name in body);
    return empty ? { ...body, data: [] } : body;
  }
  return answer.from === "maybe" && data === null ? undefined : data;
}

// ---- Retry-After ----------------------------------------------------------------------------------------------------

/** The seconds that the server asks to wait, where it does. */
export const retryAfter = Effect.fnUntraced(function* (
  response: HttpClientResponse.HttpClientResponse,
): Effect.fn.Return<{ readonly retry_after?: number }> {
  // SCIM promises both, of which the second is dbt's own: https://docs.getdbt.com/docs/dbt-apis/rate-limits
  const { "retry-after": standard, "x-rate-limit-retry-after-seconds": scim } = response.headers;
  const said = standard ?? scim;
  if (said === undefined) return {};
  const asked = Headers.parseRetryAfter(said);
  if (Result.isFailure(asked)) return {};
  const delay = Headers.retryAfterDelay(asked.success, yield* Clock.currentTimeMillis);
  return { retry_after: Duration.toSeconds(delay) };
});
