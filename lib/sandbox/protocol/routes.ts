/**
 * The table as routes: what each endpoint does by default follows from its verb and its path.
 *
 * @module
 */
import * as FindMyWay from "effect/http/FindMyWay";
import type * as SchemaAST from "effect/SchemaAST";
import type { Download, Endpoint } from "../../endpoint.ts";
import { parseRoute, type PathName } from "../../request.ts";
import type { AnyRequest } from "../../groups/table_entry.ts";
import { table } from "../../groups/table.ts";

/** An endpoint as the sandbox serves it. */
export interface Route {
  /** What is called: its name, fields and answer. */
  readonly call: Endpoint<AnyRequest, unknown> | Download<AnyRequest>;
  /** What it does with its collection, where verb and path say so. */
  readonly action: "list" | "get" | "create" | "update" | "delete" | undefined;
  /** The collection of its rows: `jobs`. */
  readonly collection: string;
  /** It is of one thing of the collection, whose id is the last name in the path. */
  readonly item: boolean;
  /** The names in its path. */
  readonly names: ReadonlyArray<PathName>;
  /** Its version of dbt Cloud's API. */
  readonly version: "v2" | "v3";
}

/** A route that a request takes. */
export interface Found {
  /** The route. */
  readonly route: Route;
  /** The ids in the path, and its tail, by name. */
  readonly params: Readonly<Record<string, string>>;
}

/** All endpoints of the table. */
export const routes: ReadonlyArray<Route> = table.flatMap(({ call }) => call.kind === "workflow" ? [] : [call]).map(
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
// dbt Cloud answers a GET with and without the last slash; another verb would lose its body on the way.
for (const route of routes.filter(({ call }) => call.route.startsWith("GET ") && !call.route.endsWith("*"))) {
  const path = pattern(route.call.route);
  declare(route, path.endsWith("/") ? path.slice(0, -1) : `${path}/`);
}

/** The route of a request, where there is one. */
export function findRoute(method: string, path: string): Found | undefined {
  const found = router.find(method, path);
  if (found === undefined) return undefined;
  const route = found.handler;
  const params = route.names.map(({ name, tail }) => [name, found.params[tail ? "*" : name] ?? ""] as const);
  return params.some(([, value]) => value === "") ? undefined : { route, params: Object.fromEntries(params) };
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

/** dbt has renamed private endpoints: fields, and one list, have the old name. */
function current(collection: string): string {
  return collection === "private-link-endpoints" ? "private-endpoints" : collection;
}

// What a path calls the thing that it gets is what other paths and bodies call it too.
const owners = new Map(
  routes.filter(({ action }) => action === "get").map(({ names, collection }) => [names.at(-1)?.name, collection]),
);

/** The members of a collection's things, as the answers of its endpoints have them. */
export function membersOf(collection: string): ReadonlyMap<string, SchemaAST.AST> {
  return members.get(collection) ?? new Map();
}

const members = new Map<string, Map<string, SchemaAST.AST>>();
for (const { call, collection, action } of routes) {
  // Things that no endpoint gets are known from their lists.
  if (action !== "get" && (action !== "list" || members.has(collection))) continue;
  members.set(collection, new Map([...membersOf(collection), ...answeredBy(call)]));
}

/** The members of what an endpoint answers, or of what it lists; none where it answers what has no members. */
export function answeredBy(call: Route["call"]): ReadonlyMap<string, SchemaAST.AST> {
  if (call.kind === "download") return new Map();
  const ast = objectOf(call.success.schema.ast);
  if (call.success.from !== "page") return ast;
  const rows = ast.get("data");
  return rows?._tag === "Arrays" ? objectOf(rows.rest[0]) : new Map();
}

function objectOf(ast: SchemaAST.AST | undefined): ReadonlyMap<string, SchemaAST.AST> {
  if (ast?._tag === "Suspend") return objectOf(ast.thunk());
  return new Map(ast?._tag === "Objects" ? ast.propertySignatures.map(({ name, type }) => [String(name), type]) : []);
}

/** The nouns of a path without the scopes around them: account and project. */
function placeOf(route: string): { readonly collection: string; readonly item: boolean } {
  const segments = route.slice(route.indexOf(" ") + 1).split("/").filter((segment) => segment !== "").slice(2);
  const nouns = segments.filter((segment) => !segment.startsWith(":"));
  const scopes = nouns.findIndex((noun) => noun !== "accounts" && noun !== "projects");
  const own = scopes < 0 ? nouns.slice(-1) : nouns.slice(scopes);
  const last = segments.at(-1) ?? "";
  return {
    // Of a long way, the first and the last noun tell enough: webhooks/subscription/:id/events are webhooks/events.
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
  // A POST to a collection adds to it; a POST to anything else is a deed of its own.
  const collects = calls.some((other) => {
    const place = placeOf(other.route);
    if (other === call || other.kind === "download" || place.collection !== collection) return false;
    return place.item || (other.success.from === "page" && other.route === call.route.replace(/^POST/, "GET"));
  });
  return verb === "POST" && collects ? "create" : undefined;
}

function pattern(route: string): FindMyWay.PathInput {
  // `Route` starts its path with a slash.
  return route.slice(route.indexOf(" ") + 1).replace(/:[a-z_]+\*/, "*") as FindMyWay.PathInput;
}

function declare(route: Route, path: string): void {
  const verb = parseRoute(route.call.route).method;
  const shape = `${verb} ${path.replaceAll(/:[a-z_]+/g, ":")}`;
  if (declared.has(shape)) return;
  declared.add(shape);
  router.on(verb, path as FindMyWay.PathInput, route); // made from a pattern
}
