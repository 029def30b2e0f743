/**
 * What a handler gets and returns, and the rows that a request's path names. All files of this folder use it.
 *
 * @module
 */
import { pathNames } from "../../request.ts";
import type { RequestFaults } from "../protocol/faults.ts";
import { parseList, parseValue } from "../protocol/list_query.ts";
import type { Reply, Row } from "../protocol/response_format.ts";
import type { Route } from "../protocol/routes.ts";
import { isDeleted, type Store } from "../data/row_store.ts";
import type { Runs } from "../runs/run_store.ts";

/** All that a sandbox holds. */
export interface World {
  /** Its rows. */
  readonly store: Store;
  /** Its runs. */
  readonly runs: Runs;
  /** How much faster than in dbt Cloud its runs go. */
  readonly speed: number;
}

/** A request whose route is known. */
export interface EndpointRequest {
  /** What the sandbox holds. */
  readonly world: World;
  /** The route. */
  readonly route: Route;
  /** The values in the path, by name: ids, and the tail where the route has one. */
  readonly params: Readonly<Record<string, string>>;
  /** The query. */
  readonly query: URLSearchParams;
  /** The body, as JSON; undefined where there is no body. */
  readonly body: unknown;
  /** The time of the request, in milliseconds since 1970. */
  readonly now: number;
  /** Where the request was sent: `http://127.0.0.1:8580`. */
  readonly origin: string;
  /** The faults that can hit the request. */
  readonly faults: RequestFaults;
}

/** Answers a request. */
export type Handler = (request: EndpointRequest) => Reply;

/** The related rows that a request asks for, by `include_related`. */
export function relatedOf(query: URLSearchParams): ReadonlyArray<string> {
  return parseList(query.getAll("include_related"));
}

/** The ids in a path; most are numbers. */
export function idsOf(params: EndpointRequest["params"]): Row {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, parseValue(value)]));
}

/** Names in paths for which rows have another name. */
const rowNames: Readonly<Record<string, string>> = { webhook_id: "subscription_id" };

/** Whether a row belongs to the account, project … of a path. */
export function inPath({ params }: Pick<EndpointRequest, "params">, row: Row): boolean {
  return Object.entries(params).every(([name, value]) => {
    const cell = row[rowNames[name] ?? name];
    return cell === undefined || String(cell) === value;
  });
}

/** The rows of a collection in the account of the path, without deleted ones. */
export function rowsOfAccount({ world: { store }, params: { account_id = "" } }: EndpointRequest, collection: string) {
  return store.rows(collection).filter((row) => !isDeleted(row) && inPath({ params: { account_id } }, row));
}

/** The row that a path names; undefined where it is missing or deleted. */
export function rowOf(request: EndpointRequest, collection = request.route.collection): Row | undefined {
  const names = pathNames(request.route.call.route);
  const own = names.at(-1) ?? "";
  const { [own]: id, ...around } = request.params;
  const row = request.world.store.find(collection, id);
  const gone = row === undefined || (isDeleted(row) && !findsDeleted.has(request.route.call.name));
  return !gone && inPath({ params: around }, row) ? row : undefined;
}

/**
 * Endpoints that find deleted rows too: Terraform reads the state of a service token, and a licence can be restored.
 */
const findsDeleted = new Set(["serviceTokens.get", "users.updateLicense"]);
