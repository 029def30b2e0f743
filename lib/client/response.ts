/**
 * From what the transport returns to what a call returns: the value that an endpoint promises, or the reason why there
 * is none. `make_dbt.ts` uses it for every request.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Headers from "effect/http/Headers";
import type * as HttpClientError from "effect/http/HttpClientError";
import type * as HttpClientResponse from "effect/http/HttpClientResponse";
import * as Predicate from "effect/Predicate";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as Struct from "effect/Struct";
import type { Named, Received } from "../dbt.ts";
import { type Answer, type Definition, keepRowsSent, type Page } from "../definition.ts";
import type { Reason, Words } from "../error.ts";
import { fewLevels, isTooDeep, mayBeTooDeep, mostLevels } from "../nesting.ts";
import { isRead, type Placed } from "../request.ts";
import { oneLine } from "../schema.ts";
import { Drift } from "./drift.ts";
import { graphqlErrors, graphqlFailure, wordsOfErrors } from "./graphql_errors.ts";
import { conforms, withoutNullItems } from "./validate.ts";

// ---- no answer ------------------------------------------------------------------------------------------------------

/** The text of a timeout. */
export function noAnswerWithin(timeout: Duration.Duration): string {
  return `no answer within ${Duration.toSeconds(timeout)} s`;
}

/** The reason for a request whose answer was lost: a read has changed nothing, a write may have. */
export function lostAnswer(placed: Placed, host: string, detail: string): Reason {
  return isRead(placed) ? { _tag: "Unreachable", host, detail, permanent: false } : { _tag: "Ambiguous", detail };
}

/**
 * The codes and messages of a connection that was never made, so that nothing was sent: those of Deno, which has no
 * codes, of Node and of undici. Node has the same codes for a connection that broke, but then says `read EHOSTUNREACH`.
 */
const neverMade = /client error \(Connect\)|dns error|\bconnect E[A-Z]+|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT/;
const untrusted = /certificate|CERT_|SELF_SIGNED|ERR_TLS|InvalidContentType/i;

/** The reason for a request that the transport could not send, or that got no answer. */
export function transportFailure(placed: Placed, host: string, error: HttpClientError.HttpClientError): Reason {
  const detail = transportMessage(error);
  if (error.reason._tag === "InvalidUrlError" || error.reason._tag === "EncodeError") {
    return { _tag: "Unsendable", detail };
  }
  // Deno runs without --allow-net; or it is a port that no fetch uses: https://fetch.spec.whatwg.org/#port-blocking
  if (/^Requires net access|bad port|to port \d+ are blocked/.test(detail)) return { _tag: "Unsendable", detail };
  if (untrusted.test(detail)) {
    const plain = detail.includes("InvalidContentType") ? `; it may speak plain http: http://${host}` : "";
    return { _tag: "Unreachable", host, detail: detail + plain, permanent: true };
  }
  if (neverMade.test(detail)) return { _tag: "Unreachable", host, detail, permanent: false };
  return lostAnswer(placed, host, detail);
}

/** The message of a transport's error. Only the text goes on from here: the error itself holds the request and its token. */
export function transportMessage({ reason }: HttpClientError.HttpClientError): string {
  const text = causeMessage(reason.cause);
  return text === "" ? reason.description ?? reason._tag : text;
}

/** The messages of a platform's error and of its causes; "" where there is no error. */
export function causeMessage(first: unknown): string {
  const words: Array<string> = [];
  for (let cause = first; cause instanceof Error; cause = cause.cause) {
    const code = "code" in cause && typeof cause.code === "string" ? `${cause.code} ` : "";
    words.push(code + (cause instanceof AggregateError ? messagesIn(cause) : cause.message));
  }
  // Deno's messages contain the URL. It says nothing new, and a host with "certificate" in it would look like a TLS
  // error.
  return words.join(": ").replaceAll(/ (from \S+ )?for (url )?\(?https?:\S+?\)?( \(\S+\))?(?=:? |$)/g, "");
}

/** Node tries every address of a host. Its error has one error for each, and no message of its own. */
function messagesIn({ errors }: AggregateError): string {
  return errors.map((error: unknown) => error instanceof Error ? error.message : String(error)).join(", ");
}

// ---- answers --------------------------------------------------------------------------------------------------------

/** The part of dbt's envelope that errors need. Each member is checked before it is used. */
interface Envelope {
  readonly status: {
    readonly code?: unknown;
    readonly is_success?: unknown;
    readonly user_message?: unknown;
    readonly developer_message?: unknown;
  };
  readonly data?: unknown;
}

function envelopeOf(body: unknown): Envelope | undefined {
  return typeof body === "object" && body !== null && "status" in body && typeof body.status === "object" &&
      body.status !== null
    ? body as Envelope // its members are all unknown
    : undefined;
}

/** The value of an answer's JSON, or what is wrong with it. */
export function parseJson(
  text: string,
): Result.Result<unknown, { readonly detail: string; readonly truncated: boolean }> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return Result.fail(
      /^\s*</.test(text)
        ? { detail: "it is HTML, not JSON. Check the host", truncated: false }
        : { detail: "it is not whole JSON", truncated: true },
    );
  }
  return mayBeTooDeep(text, mostLevels) && isTooDeep(value, mostLevels)
    ? Result.fail({ detail: tooDeep, truncated: false })
    : Result.succeed(value);
}

const tooDeep = "it is nested too deeply";

/**
 * What an error's body says: dbt's envelope; or, as Django and SCIM answer without an envelope, `detail` and whatever
 * else the body has.
 */
function wordsOf(body: unknown): Words {
  const envelope = envelopeOf(body);
  if (envelope !== undefined) {
    const { developer_message, user_message } = envelope.status;
    return {
      ...(isText(user_message) ? { user_message } : {}),
      ...(isText(developer_message) ? { developer_message } : {}),
      ...(envelope.data === undefined ? {} : { data: envelope.data }),
    };
  }
  if (!Predicate.isReadonlyObject(body)) return body === undefined || body === null ? {} : { data: body };
  const errors = graphqlErrors(body);
  if (errors !== undefined) return wordsOfErrors(errors);
  const key = ["detail", "message", "error"].find((name) => Object.hasOwn(body, name) && isText(body[name]));
  // SCIM repeats the HTTP status, and the id of its schema.
  const rest = Struct.omit(body, [
    ...key === undefined ? [] : [key],
    ...isScimError(body) ? ["schemas", "status"] : [],
  ]);
  return {
    ...(key === undefined ? {} : { user_message: String(body[key]) }),
    ...(Object.keys(rest).length === 0 ? {} : { data: rest }),
  };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** Whether a body is SCIM's error (RFC 7644, 3.12). */
function isScimError(body: unknown): boolean {
  return Predicate.isReadonlyObject(body) && Array.isArray(body.schemas) &&
    body.schemas.includes("urn:ietf:params:scim:api:messages:2.0:Error");
}

/** What the headers of an answer add to its failure. */
interface FailureHeaders {
  /** Seconds that the server asks to wait. */
  readonly retry_after?: number;
  /** Where it redirects to. */
  readonly location?: string;
}

/** The reason for an answer whose status is not 2xx. */
export function statusFailure(
  placed: Placed,
  host: string,
  status: number,
  text: string,
  { location, ...asked }: FailureHeaders,
): Reason {
  const body = Result.getOrUndefined(Result.try((): unknown => JSON.parse(text)));
  const { data: details, ...messages } = wordsOf(body);
  const data = isTooDeep(details, fewLevels) ? undefined : details;
  const words = { ...messages, ...(hasContent(data) ? { data } : {}) };
  if (status === 429) return { _tag: "RateLimited", status, ...asked };
  if (status === 408 || status >= 500) {
    // After a 501, or a 503 with Retry-After, a write was not carried out. After any other of these, it may have been.
    const mayHaveHappened = !isRead(placed) && status !== 501 &&
      !(status === 503 && "retry_after" in asked);
    if (!mayHaveHappened) return { _tag: "ServerFault", status, ...asked, ...words };
    const { developer_message, user_message } = messages;
    const said = [user_message, ...user_message?.includes(developer_message ?? "") ? [] : [developer_message]];
    return { _tag: "Ambiguous", status, detail: [`${status}`, ...said.filter(isText)].join(": ") };
  }
  if (status === 401) return { _tag: "Unauthorized", status, host, ...words };
  if (status === 403) return { _tag: "Forbidden", status, ...words };
  if (status === 404 || (status >= 300 && status < 400)) {
    const enveloped = status === 404 && (envelopeOf(body) !== undefined || isScimError(body));
    const slash = location !== undefined && isOnlySlashMissing(placed, host, location) ? { location } : {};
    return { _tag: "NotFound", status, host, path: placed.path, enveloped, ...slash, ...words };
  }
  // A redirect to the path with a slash, which a proxy followed, arrives as a GET: 405.
  const slash = status === 405 && !placed.path.endsWith("/") ? { path: placed.path } : {};
  const errors = graphqlErrors(body);
  if (errors !== undefined) return graphqlFailure(status, host, errors);
  return { _tag: "Invalid", status, ...slash, ...messages, ...(data === undefined ? {} : { data }) };
}

/** Whether a redirect leads to the same host and path, with a slash at its end: Django's answer to a GET without it. */
function isOnlySlashMissing({ path }: Placed, host: string, location: string): boolean {
  if (!URL.canParse(location, `https://${host}`)) return false;
  const to = new URL(location, `https://${host}`);
  return to.host === host && to.pathname === `${path}/`;
}

/** Whether `data` of an envelope says anything: errors mostly have null or an empty object there. */
function hasContent(data: unknown): boolean {
  return data !== undefined && data !== null && !(typeof data === "object" && Object.keys(data).length === 0);
}

/**
 * What reads the answers of an endpoint: it returns the very object that came, after a check against the schema. Where
 * a `DriftLog` is provided, that gets to see the object before the check.
 */
export function answerReader<Request, Success>(
  { name, success }: Named<Definition<Request, Success>>,
  host: string,
  placed: Placed,
): Effect.Effect<(received: Received) => Result.Result<Success, Reason>> {
  return Effect.map(Drift, (drift) => {
    const observe = drift && ((value: unknown) => drift.observe(name, success, value));
    return (received) => readAnswer(success, host, placed, received, observe);
  });
}

function readAnswer<A>(
  answer: Answer<A>,
  host: string,
  placed: Placed,
  { status, text }: Received,
  observe: ((value: unknown) => void) | undefined,
): Result.Result<A, Reason> {
  const undecodable = (detail: string, truncated: boolean) =>
    Result.fail<Reason>({ _tag: "Undecodable", status, detail, truncated });
  if (text.trim() === "") {
    const nothing = answer.from === "maybe" || (answer.from === "body" && Schema.is(answer.schema)(undefined));
    // `A` of such an answer includes `undefined`. After a 204, an empty body is complete; after another status it was
    // cut.
    return nothing ? Result.succeed(undefined as A) : undecodable("it is empty", status !== 204);
  }
  const body = parseJson(text);
  if (Result.isFailure(body)) return undecodable(body.failure.detail, body.failure.truncated);
  const envelope = envelopeOf(body.success);
  if (envelope?.status.is_success === false) {
    const { code } = envelope.status;
    return Result.fail(statusFailure(placed, host, typeof code === "number" ? code : status, text, {}));
  }
  const value = locate(answer, body.success);
  if (answer.from === "maybe" && value === undefined) return Result.succeed(undefined as A); // as above
  observe?.(value);
  const fitting = fit(answer.schema, value);
  if (Result.isFailure(fitting)) return undecodable(fitting.failure, false);
  const { success } = fitting;
  if (answer.from === "page" && success !== value && isPage(value) && isPage(success)) {
    const rows = success.data.values();
    keepRowsSent(success, value.data.map((row) => row === null ? undefined : rows.next().value));
  }
  return Result.succeed(success);
}

function isPage(value: unknown): value is Page<unknown> {
  return Predicate.hasProperty(value, "data") && Array.isArray(value.data);
}

/** A value that fits the schema: the very object, or one without the nulls in its lists. Fails with what is wrong. */
export function fit<A>(schema: Schema.Codec<A>, value: unknown): Result.Result<A, string> {
  try {
    if (conforms(schema, value)) return Result.succeed(value);
    const repaired = withoutNullItems(schema.ast, value);
    if (conforms(schema, repaired)) return Result.succeed(repaired);
    const issue = Schema.decodeUnknownResult(schema)(repaired);
    return Result.fail(Result.isFailure(issue) ? oneLine(issue.failure) : "");
  } catch (cause) {
    // Where models contain each other, these walk deeper than the stack is.
    if (cause instanceof RangeError) return Result.fail(tooDeep);
    throw cause;
  }
}

/** The part of a body that is the answer. */
export function locate<A>(answer: Answer<A>, body: unknown): unknown {
  if (typeof body !== "object" || body === null) return body;
  const data = "data" in body ? body.data : undefined;
  if (answer.from === "body") return envelopeOf(body) === undefined ? body : data;
  if (answer.from === "page") {
    // Only an envelope can be an empty list: an object without its members is something else.
    const empty = (data === null || data === undefined) && ["data", "extra", "status"].some((name) => name in body);
    return empty ? { ...body, data: [] } : body;
  }
  return answer.from === "maybe" && data === null ? undefined : data;
}

// ---- Retry-After ----------------------------------------------------------------------------------------------------

/** The seconds that the server asks to wait, if it does. */
export const retryAfter = Effect.fnUntraced(function* (
  response: HttpClientResponse.HttpClientResponse,
): Effect.fn.Return<{ readonly retry_after?: number }> {
  // SCIM documents both headers; the second is dbt's own: https://docs.getdbt.com/docs/dbt-apis/rate-limits
  const { "retry-after": standard, "x-rate-limit-retry-after-seconds": scim } = response.headers;
  const header = standard ?? scim;
  if (header === undefined) return {};
  const parsed = Headers.parseRetryAfter(header);
  if (Result.isFailure(parsed)) return {};
  const delay = Headers.retryAfterDelay(parsed.success, yield* Clock.currentTimeMillis);
  return { retry_after: Duration.toSeconds(delay) };
});
