/**
 * Answers requests from a recording, instead of from what a sandbox holds: `dbtc sandbox --replay`.
 *
 * @module
 */
import { defined } from "../../defined.ts";
import { isRow, refuse, type Reply } from "../protocol/response_format.ts";
import { contentOf, type Exchange, type RecordedRequest, type Recording } from "./recording_file.ts";
import { readablePath } from "./anonymise.ts";

/** The answer to a request, or how its connection fails. */
export type Replay = (request: RecordedRequest) => Reply | "broken" | "silent";

/**
 * Finds the answer to a request by verb, path, query and body. Equal requests get their answers in the order in which
 * they were recorded. A read that is sent more often, as by a wait, gets its last answer again; a write does not.
 */
export function makeReplay({ exchanges }: Recording): Replay {
  const byRequest = new Map<string, { readonly all: ReadonlyArray<Exchange>; next: number }>();
  for (const [key, all] of Map.groupBy(exchanges, ({ request }) => keyOf(request))) {
    byRequest.set(key, { all, next: 0 });
  }
  return (request) => {
    const found = byRequest.get(keyOf(request));
    const named = `${request.verb} ${request.path}${queryOf(request)}`;
    if (found === undefined) return unrecorded(`${named} was not recorded${nearest(exchanges, request)}`);
    const { all } = found;
    const isRead = request.verb === "GET" || operationOf(request)?.startsWith("query") === true;
    const exchange = all[found.next] ?? (isRead ? all.at(-1) : undefined);
    if (exchange === undefined) {
      return unrecorded(
        `${named} was recorded ${all.length === 1 ? "once" : `${all.length} times`}, and is sent again`,
      );
    }
    found.next++;
    const { answer, failure } = exchange;
    if (answer === undefined) return failure ?? "broken";
    const text = contentOf(answer.body);
    if (text === undefined) return unrecorded(`${named} was recorded without its answer, which was too large to keep`);
    return {
      status: answer.status,
      text,
      type: answer.headers["content-type"] ?? "application/octet-stream",
      ...defined({ location: answer.headers.location }),
      ...answer.headers["retry-after"] === undefined ? {} : { retryAfter: answer.headers["retry-after"] },
      ...answer.cut === true ? { cut: true } : {},
    };
  };
}

function unrecorded(message: string): Reply {
  return refuse(501, `${message}.`);
}

/** What was recorded for the same path with another query or body, for the message. */
function nearest(exchanges: ReadonlyArray<Exchange>, { verb, path, query, body }: RecordedRequest): string {
  const there = exchanges.filter(({ request }) =>
    request.verb === verb && readablePath(request.path) === readablePath(path)
  );
  if (there.length === 0) return "";
  const asked = queryOf({ verb, path, query });
  if (body !== undefined && there.some(({ request }) => queryOf(request) === asked)) return ", with this body";
  return `; with the query ${there.map(({ request }) => queryOf(request) || "(none)").slice(0, 3).join(", ")} it was`;
}

function queryOf({ query }: RecordedRequest): string {
  const sorted = query.toSorted(([a], [b]) => a < b ? -1 : a > b ? 1 : 0).map(([name, value]) => [name, value]);
  return sorted.length === 0 ? "" : `?${new URLSearchParams(sorted)}`;
}

/** The key by which a request is found. */
function keyOf(request: RecordedRequest): string {
  const { verb, path, body } = request;
  const operation = operationOf(request);
  const content = body === undefined ? "" : "json" in body
    ? JSON.stringify(sortMembers(
      // Another version of a client may write the same operation with other fields.
      operation === undefined || !isRow(body.json) ? body.json : { operation, variables: body.json.variables ?? {} },
    ))
    : JSON.stringify(body);
  return `${verb} ${readablePath(path)}${queryOf(request)} ${withoutTag(content)}`;
}

/**
 * The operation of a GraphQL request, by its type and name, as `query ModelsList`; without a name, its whole text.
 * Undefined for other requests.
 */
function operationOf({ body, path }: RecordedRequest): string | undefined {
  if (!/\/graphql\/?$/.test(path) || body === undefined || !("json" in body) || !isRow(body.json)) return undefined;
  const { query } = body.json;
  if (typeof query !== "string") return undefined;
  const [, type = "query", name] = /^\s*(query|mutation)\b\s*(\w+)?/.exec(query) ?? [];
  return `${type} ${name ?? query.replaceAll(/\s+/g, " ").trim()}`;
}

/** Removes the tag in a run's cause: it is a new one each time. */
function withoutTag(text: string): string {
  return text.replaceAll(/\[dbtc:[^\]\s]*\]/g, "[dbtc]");
}

/** JSON with the members of its objects in alphabetical order. */
function sortMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortMembers);
  return isRow(value) && Object.getPrototypeOf(value) === Object.prototype
    ? Object.fromEntries(Object.keys(value).sort().map((name) => [name, sortMembers(value[name])]))
    : value;
}
