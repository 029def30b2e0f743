/**
 * Answers an HTTP request: checks its token, applies the faults that hit it, logs it, and hands it to a handler, to
 * `/_sandbox`, or to a recording. `listen.ts` calls it for a port, `sandbox_handle.ts` for a program.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import type * as HttpServerRequest from "effect/http/HttpServerRequest";
import * as HttpServerResponse from "effect/http/HttpServerResponse";
import * as Result from "effect/Result";
import { defined } from "../../defined.ts";
import { handle } from "../endpoints/endpoint_handlers.ts";
import { type EndpointRequest, inPath } from "../endpoints/endpoint_request.ts";
import { issuedPermission, mayUseSemanticLayer, type Permission } from "../endpoints/issued_tokens.ts";
import { runActions } from "../endpoints/run_endpoints.ts";
import { htmlPage, invalid, notFound, otherVerb, refuse, type Reply } from "../protocol/response_format.ts";
import { foreignName } from "./allowed_hosts.ts";
import { answerControl } from "./control_endpoints.ts";
import { findPage } from "./pages.ts";
import type { RequestFaults } from "../protocol/faults.ts";
import { openapi } from "../protocol/openapi.ts";
import { bodyOf } from "../recording/recording_file.ts";
import type { Replay } from "../recording/replay.ts";
import { collectionOf, findRoute, verbsOf } from "../protocol/routes.ts";
import { isDeleted } from "../data/row_store.ts";
import { maskSecrets } from "../data/secret_fields.ts";
import { fewLevels, isTooDeep } from "../../nesting.ts";
import { Dropped, type SandboxState } from "./sandbox_state.ts";
import { respond, respondWithFaults } from "./send_reply.ts";

/** Answers a request. */
export const serveRequest = Effect.fnUntraced(function* (
  sandbox: SandboxState,
  request: HttpServerRequest.HttpServerRequest,
): Effect.fn.Return<HttpServerResponse.HttpServerResponse, Dropped> {
  const url = new URL(request.url, originOf(request));
  const text = yield* Effect.orElseSucceed(request.text, () => "");
  const control = /^\/_sandbox(\/|$)/.test(url.pathname);
  const foreign = foreignName(request.headers.host, request.headers.origin, sandbox.allowHosts);
  if (foreign !== undefined) return respond(refusedName(foreign, control));
  if (control) {
    return respond(answerControl(sandbox, request, url, text, yield* Clock.currentTimeMillis));
  }
  if (request.method === "GET" && url.pathname === "/openapi.json") return respond({ status: 200, json: openapi() });
  const isGraphQL = /^\/(?:beta\/|api\/)?graphql\/?$/.test(url.pathname);
  if (!url.pathname.startsWith("/api/") && !isGraphQL) {
    const now = yield* Clock.currentTimeMillis;
    catchUp(sandbox, now);
    const page = request.method === "GET" || request.method === "HEAD" ? findPage(sandbox, url, now) : undefined;
    return respond(page ?? htmlPage(404, "Not Found"));
  }
  const body = parseBody(text);
  const time = new Date(yield* Clock.currentTimeMillis).toISOString();
  const query = [...url.searchParams].map(([name, value]) => [name, value] as const);
  const loggedBody = maskSecrets(
    findRoute(request.method, url.pathname)?.route.call,
    Result.getOrElse(body, () => text) ?? null,
  );
  sandbox.log.add({ verb: request.method, path: url.pathname, query, body: loggedBody, time }, text.length);
  const slash = sandbox.replay === undefined ? pathWithSlash(url) : undefined;
  if (slash !== undefined) return respond({ ...htmlPage(308, "Permanent Redirect"), location: slash });
  if (sandbox.latency > 0) yield* Effect.sleep(sandbox.latency);
  // Loaded before the time of the request is taken: from then on nothing may wait.
  const graphql = isGraphQL ? yield* Effect.promise(() => loadGraphQL(url.pathname)) : undefined;
  const faults = yield* sandbox.faults.draw(request.method, url.pathname);
  const slow = faults.take("slow");
  if (slow !== undefined) yield* Effect.sleep(slow * 1000);
  if (faults.take("timeout") !== undefined) return yield* Effect.never;
  if (faults.take("reset") !== undefined) return yield* new Dropped();
  const now = yield* Clock.currentTimeMillis;
  // From here on nothing waits, so no other request comes in between.
  const reply = refusedByFault(faults, url.origin) ??
    (sandbox.replay === undefined
      ? graphql === undefined
        ? carryOut(sandbox, request, url, body, now, faults)
        : yield* Effect.promise(() => answerQuery(sandbox, graphql, request, url, body, now, faults))
      : yield* replayAnswer(sandbox.replay, request.method, url, text));
  const write = !isGraphQL && !["GET", "HEAD", "OPTIONS"].includes(request.method);
  if (write) yield* sandbox.onWrite;
  if (write && faults.take("accepted-then-lost") !== undefined) return yield* new Dropped();
  const response = respondWithFaults(sandbox, reply, faults);
  // HEAD has the headers of GET and no body.
  const { status, headers } = response;
  return request.method === "HEAD" ? HttpServerResponse.empty({ status, headers }) : response;
});

/** The answer to a request with a `Host` or `Origin` that is not allowed. */
function refusedName(name: string, control: boolean): Reply {
  const error = `The sandbox answers to names of this machine only, and not to "${name}". ` +
    "To allow a host name, start it with --allow-host NAME.";
  return control ? { status: 403, json: { error } } : refuse(403, error);
}

/**
 * Where to send a request whose path lacks its last slash; undefined where it does not. dbt Cloud answers 308, which
 * keeps verb and body (https://github.com/airbytehq/airbyte/pull/18147); clients by `requests` rely on it.
 */
function pathWithSlash({ pathname, search }: URL): string | undefined {
  if (pathname.endsWith("/") || verbsOf(pathname).length > 0) return undefined;
  return verbsOf(`${pathname}/`).length === 0 ? undefined : `${pathname}/${search}`;
}

/** The answer of a recording. */
const replayAnswer = Effect.fnUntraced(function* (
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
    ...defined({ body }),
  });
  if (found === "silent") return yield* Effect.never;
  return found === "broken" ? yield* new Dropped() : found;
});

/** The answer of a fault that stops a request from being carried out. */
function refusedByFault(faults: RequestFaults, origin: string): Reply | undefined {
  const wait = faults.take("rate-limit");
  if (wait !== undefined) {
    return { ...refuse(429, "Too many requests. Please try again later."), ...wait > 0 ? { retryAfter: wait } : {} };
  }
  if (faults.take("server-error") !== undefined) return refuse(500, "Something went wrong.");
  if (faults.take("bad-gateway-html") !== undefined) return htmlPage(502, "502 Bad Gateway");
  if (faults.take("redirect") !== undefined) return { ...htmlPage(302, "Found"), location: `${origin}/login/` };
  return faults.take("token-revoked") !== undefined ? unauthorized() : undefined;
}

/** Carries out a request, if its token allows it. */
function carryOut(
  sandbox: SandboxState,
  request: HttpServerRequest.HttpServerRequest,
  url: URL,
  body: Result.Result<unknown, unknown>,
  now: number,
  faults: RequestFaults,
): Reply {
  catchUp(sandbox, now);
  const method = request.method === "HEAD" ? "GET" : request.method;
  const found = findRoute(method, url.pathname);
  const verbs = found === undefined ? verbsOf(url.pathname) : [];
  if (found === undefined && verbs.length === 0) return htmlPage(404, "Not Found");
  const permission = permissionOf(sandbox, request.headers.authorization);
  if (permission === undefined) return unauthorized();
  if (found === undefined) return otherVerb(request.method, verbs);
  if (Result.isFailure(body)) return invalid({ body: "expected JSON" });
  const write = method !== "GET";
  if (write && (permission === "read" || (permission === "run" && !runActions.has(found.route.call.name)))) {
    return notFound();
  }
  const { world } = sandbox;
  const place = { now, origin: url.origin };
  const endpointRequest = { ...found, ...place, world, query: url.searchParams, body: body.success, faults };
  const seconds = write ? faults.take("late-accept") : undefined;
  if (seconds !== undefined) {
    sandbox.late.push({ at: now + seconds * 1000, request: endpointRequest });
    return htmlPage(504, "504 Gateway Time-out");
  }
  return pathExists(endpointRequest) ? handle(endpointRequest) : notFound();
}

/** What answers GraphQL, which takes 90 ms to load. */
async function loadGraphQL(path: string) {
  const [{ answerGraphQL }, api] = await Promise.all([
    import("../graphql/graphql_server.ts"),
    path.startsWith("/api/")
      ? import("../semantic_layer/semantic_layer_api.ts").then(({ loadSemanticLayer }) => loadSemanticLayer())
      : import("../graphql/discovery_api.ts"),
  ]);
  return { answerGraphQL, api };
}

/** Answers a GraphQL query. */
async function answerQuery(
  sandbox: SandboxState,
  { answerGraphQL, api }: Awaited<ReturnType<typeof loadGraphQL>>,
  request: HttpServerRequest.HttpServerRequest,
  url: URL,
  body: Result.Result<unknown, unknown>,
  now: number,
  faults: RequestFaults,
): Promise<Reply> {
  catchUp(sandbox, now);
  const { complexityLimit, world } = sandbox;
  const { authorization } = request.headers;
  const isKnown = permissionOf(sandbox, authorization) !== undefined;
  if (!isKnown && !("schema" in api)) return unauthorized();
  if (request.method !== "POST") return otherVerb(request.method, ["POST"]);
  // The Semantic Layer answers 200 for a token that it does not know, too, as dbt-sl-sdk expects it.
  const endpoint = "schema" in api
    ? {
      schema: api.schema,
      root: api.root(world, now, faults, isKnown && mayUseSemanticLayer(world.store, tokenIn(authorization))),
      complexityLimit: Infinity,
    }
    : api.discoveryApi(world, now, complexityLimit, url.pathname.startsWith("/beta/"));
  return await answerGraphQL(Result.getOrUndefined(body), endpoint, faults);
}

/** Carries out late writes that are due, in order, and lets runs leave the queue. */
function catchUp({ late, world }: SandboxState, now: number): void {
  late.sort((a, b) => a.at - b.at);
  while (late[0] !== undefined && late[0].at <= now) {
    const { at } = late[0];
    const request = { ...late[0].request, now: at };
    late.shift();
    world.runs.advance(at);
    if (pathExists(request)) handle(request);
  }
  world.runs.advance(now);
}

/**
 * Whether the account, project … that the path leads through exist, and the fault `not-found-after-trigger` hides no
 * run.
 */
function pathExists({ params, world: { store, runs }, route, now, faults }: EndpointRequest): boolean {
  const run = runs.find(Number(params.run_id));
  const hidden = route.call.route.startsWith("GET ") && run !== undefined &&
    faults.take("not-found-after-trigger", (seconds) => now - run.created < seconds * 1000) !== undefined;
  // The row at the end of the path is for its handler to find.
  const through = route.item ? route.names.slice(0, -1) : route.names;
  return !hidden && through.every(({ name }, index) => {
    const collection = collectionOf(name);
    if (!store.has(collection)) return true;
    const row = store.find(collection, params[name]);
    const around = Object.fromEntries(through.slice(0, index).map(({ name }) => [name, params[name] ?? ""]));
    return row !== undefined && !isDeleted(row) && inPath({ params: around }, row);
  });
}

function tokenIn(header: string | undefined): string {
  return /^(?:Token|Bearer)\s+(\S+)$/i.exec(header ?? "")?.[1] ?? "";
}

function permissionOf({ tokens, world }: SandboxState, header: string | undefined): Permission | undefined {
  const token = tokenIn(header);
  return Object.hasOwn(tokens, token) ? tokens[token] : issuedPermission(world.store, token);
}

function unauthorized(): Reply {
  return refuse(401, "Invalid token.");
}

/** A body as JSON; undefined for a request without a body. What is nested too deeply is none: no row may have it. */
function parseBody(text: string): Result.Result<unknown, unknown> {
  if (text.trim() === "") return Result.succeed(undefined);
  return Result.filterOrFail(
    Result.try((): unknown => JSON.parse(text)),
    (body) => !isTooDeep(body, fewLevels),
    () => "nested too deeply",
  );
}

/** Where a request was sent. */
function originOf({ originalUrl, headers }: HttpServerRequest.HttpServerRequest): string {
  if (URL.canParse(originalUrl)) return new URL(originalUrl).origin;
  return `http://${headers.host ?? "127.0.0.1"}`;
}
