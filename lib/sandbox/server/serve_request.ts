/**
 * Answers requests: who asks, what goes wrong, and what is answered.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Data from "effect/Data";
import * as Effect from "effect/Effect";
import type * as HttpServerRequest from "effect/http/HttpServerRequest";
import * as HttpServerResponse from "effect/http/HttpServerResponse";
import * as Result from "effect/Result";
import * as Stream from "effect/Stream";
import { behave, running } from "../endpoints/endpoint_handlers.ts";
import { control, type Logged } from "./control_endpoints.ts";
import { type Ask, inPath, type World } from "../endpoints/crud_handlers.ts";
import { type Drawn, type Faults, withNulls, withUnknown } from "../protocol/faults.ts";
import { openapi } from "../protocol/openapi.ts";
import { bodyOf } from "../recording/recording_file.ts";
import type { Replay } from "../recording/replay.ts";
import { collectionOf, findRoute } from "../protocol/routes.ts";
import { isDeleted } from "../data/row_store.ts";
import { hideSecrets } from "../data/input_rules.ts";
import { invalid, notFound, page, refuse, type Reply } from "../protocol/response_format.ts";

/** The connection breaks. */
export class Dropped extends Data.TaggedError("Dropped") {}

/** What a token may do: all, start and stop runs, or only read. */
export type Permission = "all" | "run" | "read";

/** All that a server needs. */
export interface Served {
  /** What it holds. */
  readonly world: World;
  /** What goes wrong. */
  readonly faults: Faults;
  /** What came in. */
  readonly log: Array<Logged>;
  /** Who may do what. */
  readonly tokens: Readonly<Record<string, Permission>>;
  /** Milliseconds that each answer takes. */
  readonly latency: number;
  /** Lets go out what is written. */
  readonly flush: Effect.Effect<void>;
  /** Writes that are answered already, and happen later. */
  readonly late: Array<{ readonly at: number; readonly ask: Ask }>;
  /** It is reached by https. */
  readonly secure?: boolean;
  /** Answers instead of the world. */
  readonly replay?: Replay;
  /** What follows each write that happened. */
  readonly written: Effect.Effect<void>;
}

/** How many requests are kept. */
const kept = 10_000;

/** Answers a request. */
export const serve = Effect.fnUntraced(function* (
  served: Served,
  request: HttpServerRequest.HttpServerRequest,
): Effect.fn.Return<HttpServerResponse.HttpServerResponse, Dropped> {
  const url = new URL(request.url, originOf(request, served.secure === true));
  const text = yield* Effect.orElseSucceed(request.text, () => "");
  if (/^\/_sandbox(\/|$)/.test(url.pathname)) {
    return respond(control(served, request, url, text, yield* Clock.currentTimeMillis));
  }
  if (request.method === "GET" && url.pathname === "/openapi.json") return respond({ status: 200, json: openapi() });
  if (!url.pathname.startsWith("/api/")) return respond(page(404, "Not Found"));
  const body = parse(text);
  const time = new Date(yield* Clock.currentTimeMillis).toISOString();
  const query = [...url.searchParams].map(([name, value]) => [name, value] as const);
  if (served.log.length >= kept) served.log.shift();
  const said = hideSecrets(
    findRoute(request.method, url.pathname)?.route.call,
    Result.getOrElse(body, () => text) ?? null,
  );
  served.log.push({ verb: request.method, path: url.pathname, query, body: said, time });
  if (served.latency > 0) yield* Effect.sleep(served.latency);
  const faults = yield* served.faults.draw(request.method, url.pathname);
  const slow = faults.take("slow");
  if (slow !== undefined) yield* Effect.sleep(slow * 1000);
  if (faults.take("timeout") !== undefined) return yield* Effect.never;
  if (faults.take("reset") !== undefined) return yield* new Dropped();
  const now = yield* Clock.currentTimeMillis;
  // From here on nothing waits: a request happens as a whole.
  const reply = broken(faults, url.origin) ??
    (served.replay === undefined
      ? answered(served, request, url, body, now, faults)
      : yield* replayed(served.replay, request.method, url, text));
  if (request.method !== "GET") yield* served.written;
  if (request.method !== "GET" && faults.take("accepted-then-lost") !== undefined) return yield* new Dropped();
  return spoiled(served, reply, faults);
});

/** What was recorded. */
const replayed = Effect.fnUntraced(function* (
  replay: Replay,
  verb: string,
  url: URL,
  text: string,
): Effect.fn.Return<Reply, Dropped> {
  const body = bodyOf(new TextEncoder().encode(text));
  const found = replay({
    verb,
    path: url.pathname,
    query: [...url.searchParams],
    ...body === undefined ? {} : { body },
  });
  if (found === "silent") return yield* Effect.never;
  return found === "broken" ? yield* new Dropped() : found;
});

/** What is answered instead of doing what is asked. */
function broken(faults: Drawn, origin: string): Reply | undefined {
  const wait = faults.take("rate-limit");
  if (wait !== undefined) {
    return { ...refuse(429, "Too many requests. Please try again later."), ...wait > 0 ? { retryAfter: wait } : {} };
  }
  if (faults.take("server-error") !== undefined) return refuse(500, "Something went wrong.");
  if (faults.take("bad-gateway-html") !== undefined) return page(502, "502 Bad Gateway");
  if (faults.take("redirect") !== undefined) return { ...page(302, "Found"), location: `${origin}/login/` };
  return faults.take("token-revoked") !== undefined ? unauthorized() : undefined;
}

/** Does what is asked. */
function answered(
  served: Served,
  request: HttpServerRequest.HttpServerRequest,
  url: URL,
  body: Result.Result<unknown, unknown>,
  now: number,
  faults: Drawn,
): Reply {
  catchUp(served, now);
  const found = findRoute(request.method, url.pathname);
  if (found === undefined) return page(404, "Not Found");
  const permission = permissionOf(served, request.headers.authorization);
  if (permission === undefined) return unauthorized();
  if (Result.isFailure(body)) return invalid({ body: "expected JSON" });
  const write = request.method !== "GET";
  if (write && (permission === "read" || (permission === "run" && !running.has(found.route.call.name)))) {
    return notFound();
  }
  const { world } = served;
  const ask = { ...found, world, query: url.searchParams, body: body.success, now, origin: url.origin, faults };
  const seconds = write ? faults.take("late-accept") : undefined;
  if (seconds !== undefined) {
    served.late.push({ at: now + seconds * 1000, ask });
    return page(504, "504 Gateway Time-out");
  }
  return within(ask) ? behave(ask) : notFound();
}

/** Lets happen what should have happened until now, in order. */
function catchUp({ late, world }: Served, now: number): void {
  late.sort((a, b) => a.at - b.at);
  while (late[0] !== undefined && late[0].at <= now) {
    const [{ at, ask }] = late.splice(0, 1) as [Served["late"][number]]; // there is one
    world.runs.advance(at);
    if (within({ ...ask, now: at })) behave({ ...ask, now: at });
  }
  world.runs.advance(now);
}

/** Whether what the path leads through is there: the account, a project … And whether the run is found already. */
function within({ params, world: { store, runs }, route, now, faults }: Ask): boolean {
  const run = runs.find(Number(params.run_id));
  const early = route.call.route.startsWith("GET ") && run !== undefined &&
    faults.take("not-found-after-trigger", (seconds) => now - run.created < seconds * 1000) !== undefined;
  // The thing itself is for its endpoint to find.
  const through = route.item ? route.names.slice(0, -1) : route.names;
  return !early && through.every(({ name }, index) => {
    const collection = collectionOf(name);
    if (!store.has(collection)) return true;
    const row = store.find(collection, params[name]);
    const around = Object.fromEntries(through.slice(0, index).map(({ name }) => [name, params[name] ?? ""]));
    return row !== undefined && !isDeleted(row) && inPath({ params: around }, row);
  });
}

function permissionOf({ tokens }: Served, header: string | undefined): Permission | undefined {
  const token = /^(?:Token|Bearer)\s+(\S+)$/i.exec(header ?? "")?.[1] ?? "";
  return Object.hasOwn(tokens, token) ? tokens[token] : undefined;
}

function unauthorized(): Reply {
  return refuse(401, "Invalid token.");
}

// ---- bytes ----------------------------------------------------------------------------------------------------------

/** A body's JSON, undefined where there is none. */
function parse(text: string): Result.Result<unknown, unknown> {
  return text.trim() === "" ? Result.succeed(undefined) : Result.try(() => JSON.parse(text));
}

/** Where a request was sent. */
function originOf({ originalUrl, headers }: HttpServerRequest.HttpServerRequest, secure: boolean): string {
  if (URL.canParse(originalUrl)) return new URL(originalUrl).origin;
  return `http${secure ? "s" : ""}://${headers.host ?? "127.0.0.1"}`;
}

function textOf(reply: Reply): { readonly text: string | Uint8Array; readonly contentType: string } {
  return "json" in reply
    ? { text: JSON.stringify(reply.json), contentType: "application/json" }
    : { text: reply.text, contentType: reply.type };
}

/** What is answered in the end, with what goes wrong on its way. */
function spoiled({ flush }: Served, reply: Reply, faults: Drawn): HttpServerResponse.HttpServerResponse {
  const { status } = reply;
  if ("cut" in reply && reply.cut === true) return halved(bytesOf(reply.text), Infinity, status, reply.type, flush);
  const good = status < 300;
  if (good && faults.take("empty-body") !== undefined) return HttpServerResponse.empty({ status });
  if (good && faults.take("invalid-json") !== undefined) {
    return HttpServerResponse.text("{'status': {'code': 200", { status, contentType: "application/json" });
  }
  if (good && faults.take("truncated-body") !== undefined) {
    const { text, contentType } = textOf(reply);
    const bytes = bytesOf(text);
    return halved(bytes, Math.floor(bytes.length / 2), status, contentType, flush);
  }
  if (!good || !("json" in reply)) return respond(reply);
  let { data } = reply.json;
  if (faults.take("unknown-fields") !== undefined) data = withUnknown(data);
  if (faults.take("null-fields") !== undefined) data = withNulls(data);
  return respond({ ...reply, json: { ...reply.json, data } });
}

/** The first bytes of an answer, after which the connection breaks. */
function halved(
  bytes: Uint8Array,
  length: number,
  status: number,
  contentType: string,
  flush: Effect.Effect<void>,
): HttpServerResponse.HttpServerResponse {
  const half = Stream.concat(
    Stream.succeed(bytes.slice(0, length)),
    Stream.fromEffect(Effect.andThen(flush, Effect.fail(new Dropped()))),
  );
  return HttpServerResponse.stream(half, { status, contentType, contentLength: Math.max(bytes.length, 1) + 1 });
}

function bytesOf(text: string | Uint8Array): Uint8Array {
  return typeof text === "string" ? new TextEncoder().encode(text) : text;
}

/** Files come in pieces, as from dbt Cloud's storage. */
const piece = 65_536;

function respond(reply: Reply): HttpServerResponse.HttpServerResponse {
  const { text, contentType } = textOf(reply);
  const { status } = reply;
  const headers = {
    ..."location" in reply && reply.location !== undefined ? { location: reply.location } : {},
    ...reply.retryAfter === undefined ? {} : { "retry-after": String(reply.retryAfter) },
  };
  if (text.length === 0) return HttpServerResponse.empty({ status, headers });
  if (typeof text === "string" && ("json" in reply || text.length <= piece)) {
    return HttpServerResponse.text(text, { status, contentType, headers });
  }
  const bytes = bytesOf(text);
  const pieces = Array.from(
    { length: Math.ceil(bytes.length / piece) },
    (_, index) => bytes.subarray(index * piece, (index + 1) * piece),
  );
  return HttpServerResponse.stream(Stream.fromIterable(pieces), {
    status,
    contentType,
    headers,
    contentLength: bytes.length,
  });
}
