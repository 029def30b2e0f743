/**
 * The endpoints of `lib/groups/table.ts` and of `unlisted_endpoints.ts` as routes of the sandbox. Verb and path of an
 * endpoint say which collection it is about and what it does by default, so that most endpoints need no code here.
 *
 * @module
 */
import * as FindMyWay from "effect/http/FindMyWay";
import * as SchemaAST from "effect/SchemaAST";
import type { Download, Endpoint } from "../../endpoint.ts";
import { parseRoute, type PathName } from "../../request.ts";
import type { AnyRequest } from "../../groups/table_entry.ts";
import { table } from "../../groups/table.ts";
import { membersOf } from "../../schema.ts";
import { unlistedEndpoints } from "./unlisted_endpoints.ts";

/** An endpoint as the sandbox serves it. */
export interface Route {
  /** The endpoint: its name, fields and answer. */
  readonly call: Endpoint<AnyRequest, unknown> | Download<AnyRequest>;
  /** What it does with its collection; undefined where verb and path do not tell. */
  readonly action: "list" | "get" | "create" | "update" | "delete" | undefined;
  /** The collection of its rows, such as `jobs`. */
  readonly collection: string;
  /** Whether it is about one row, whose id is the last name in the path. */
  readonly item: boolean;
  /** The names in its path. */
  readonly names: ReadonlyArray<PathName>;
  /** Its version of dbt Cloud's API. */
  readonly version: "v2" | "v3";
}

/** The route of a request, and the values in its path. */
export interface RouteMatch {
  /** The route. */
  readonly route: Route;
  /** The ids in the path, and its tail, by name. */
  readonly params: Readonly<Record<string, string>>;
}

const tableCalls: ReadonlyArray<Route["call"]> = table.flatMap(({ call }) => "route" in call ? [call] : []);

/** The routes of all endpoints. */
export const routes: ReadonlyArray<Route> = [...tableCalls, ...unlistedEndpoints].map(
  (call, _, calls) => {
    const { collection, item } = placeOf(call.route);
    const names = parseRoute(call.route).parts.filter((part) => typeof part !== "string");
    const version = call.route.includes(" /api/v3/") ? "v3" : "v2";
    return { call, collection, item, names, version, action: actionOf(call, item, collection, calls) };
  },
);

const router = FindMyWay.make<Route>({
  ignoreTrailingSlash: false,
  ignoreDuplicateSlashes: false,
  maxParamLength: 2000,
});
const declared = new Set<string>();
for (const route of routes) declare(route, pattern(route.call.route));
// A few routes are published without a last slash. Clients also send them with one, as all others: the Terraform
// provider does. In the other direction `server/serve_request.ts` redirects. The private routes are known from clients
// only: the Terraform provider sends the slash, others do not.
for (
  const route of routes.filter(({ call }) =>
    (!call.route.endsWith("/") || call.route.includes(" /api/private/")) && !call.route.endsWith("*")
  )
) {
  const path = pattern(route.call.route);
  declare(route, path.endsWith("/") ? path.slice(0, -1) : `${path}/`);
}

/** Finds the route of a request. */
export function findRoute(method: string, path: string): RouteMatch | undefined {
  const found = router.find(method, path);
  if (found === undefined) return undefined;
  const route = found.handler;
  const params = route.names.map(({ name, tail }) => [name, found.params[tail ? "*" : name] ?? ""] as const);
  return params.some(([, value]) => value === "") ? undefined : { route, params: Object.fromEntries(params) };
}

/** The verbs that a path has routes for, in place of one that it has not; none for an unknown path. */
export function verbsOf(path: string): ReadonlyArray<string> {
  return ["GET", "POST", "PUT", "PATCH", "DELETE"].filter((verb) => findRoute(verb, path) !== undefined);
}

/** `project` → `projects`, `repository` → `repositories`, `jobs` → `jobs`. */
export function plural(noun: string): string {
  return noun.endsWith("s") ? noun : noun.endsWith("y") ? `${noun.slice(0, -1)}ies` : `${noun}s`;
}

/** The collection that a field refers to: `project_id` → `projects`, `webhook_id` → `webhooks/subscriptions`. */
export function collectionOf(field: string): string {
  const name = field.replace(/^(deferring|desired|primary)_/, "");
  const noun = name.replace(/_id$/, "").replaceAll("_", "-");
  return /^(job-definition|docs-job|freshness-job)$/.test(noun) ? "jobs" : owners.get(name) ?? current(plural(noun));
}

/** dbt renamed private endpoints; some fields, and one list, still have the old name. */
function current(collection: string): string {
  return collection === "private-link-endpoints" ? "private-endpoints" : collection;
}

// A row's id has the same name in the path that gets the row and in all other paths and bodies.
const owners = new Map(
  routes.filter(({ action }) => action === "get").map(({ names, collection }) => [names.at(-1)?.name, collection]),
);

/** The members of a collection's rows, with their schemas, as its endpoints answer them. */
export function rowMembers(collection: string): ReadonlyMap<string, SchemaAST.AST> {
  return members.get(collection) ?? new Map();
}

const members = new Map<string, Map<string, SchemaAST.AST>>();
for (const { call, collection, action } of routes) {
  // Rows that no endpoint gets one by one are known from their lists.
  if (action !== "get" && (action !== "list" || members.has(collection))) continue;
  members.set(collection, new Map([...rowMembers(collection), ...answerMembers(call)]));
}

/** The members of what an endpoint answers, or of the rows that it lists; empty where that is no object. */
export function answerMembers(call: Route["call"]): ReadonlyMap<string, SchemaAST.AST> {
  if (call.kind === "download") return new Map();
  const members = membersOf(call.success.schema.ast);
  if (call.success.from !== "page") return members;
  const rows = members.get("data");
  return membersOf((rows?._tag === "Arrays" ? rows.rest[0] : undefined) ?? SchemaAST.unknown);
}

/** The collection that a path is about: its nouns without account and project, which only say where. */
function placeOf(route: string): { readonly collection: string; readonly item: boolean } {
  const segments = route.slice(route.indexOf(" ") + 1).split("/").filter((segment) => segment !== "").slice(2);
  const nouns = segments.filter((segment) => !segment.startsWith(":"));
  const scopes = nouns.findIndex((noun) => noun !== "accounts" && noun !== "projects");
  const own = scopes < 0 ? nouns.slice(-1) : nouns.slice(scopes);
  const last = segments.at(-1) ?? "";
  return {
    // The first and the last noun are enough: webhooks/subscription/:id/events is webhooks/events.
    collection: current([...own.slice(0, Math.min(1, own.length - 1)), plural(own.at(-1) ?? "")].join("/")),
    item: last.startsWith(":") && !last.endsWith("*"),
  };
}

function actionOf(
  call: Route["call"],
  item: boolean,
  collection: string,
  calls: ReadonlyArray<Route["call"]>,
): Route["action"] {
  if (call.kind === "download" || call.success.from === "body") return undefined;
  const verb = parseRoute(call.route).method;
  if (verb === "GET") return call.success.from === "page" ? "list" : item ? "get" : undefined;
  if (item) return verb === "DELETE" ? "delete" : "update";
  // A POST to a collection adds a row; a POST to anything else is an action of its own, such as `run`.
  const collects = calls.some((other) => {
    const place = placeOf(other.route);
    if (other === call || other.kind === "download" || place.collection !== collection) return false;
    return place.item || (other.success.from === "page" && other.route === call.route.replace(/^POST/, "GET"));
  });
  return verb === "POST" && collects ? "create" : undefined;
}

function pattern(route: string): FindMyWay.PathInput {
  // The path of every route starts with a slash, which is all that `PathInput` asks for.
  return route.slice(route.indexOf(" ") + 1).replace(/:[a-z_]+\*/, "*") as FindMyWay.PathInput;
}

function declare(route: Route, path: string): void {
  const verb = parseRoute(route.call.route).method;
  const shape = `${verb} ${path.replaceAll(/:[a-z_]+/g, ":")}`;
  if (declared.has(shape)) return;
  declared.add(shape);
  router.on(verb, path as FindMyWay.PathInput, route); // made by `pattern`, but for the last slash
}
