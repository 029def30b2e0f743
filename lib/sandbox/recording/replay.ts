/**
 * Answers from a recording, instead of from what a sandbox holds.
 *
 * @module
 */
import { contentOf, type Exchange, type RecordedRequest, type Recording } from "./recording_file.ts";
import { readablePath } from "./anonymise.ts";
import { isRow, refuse, type Reply } from "../protocol/response_format.ts";

/** What is answered to a request that was recorded, or why nothing is. */
export type Replay = (request: RecordedRequest) => Reply | "broken" | "silent";

/**
 * Answers a recording's requests: by verb, path, query and body, in the order in which they were recorded. A read that
 * is sent more often, as by a wait, gets the last answer again; a write was answered as often as it happened.
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
    const exchange = all[found.next] ?? (request.verb === "GET" ? all.at(-1) : undefined);
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
      ...answer.headers.location === undefined ? {} : { location: answer.headers.location },
      ...answer.headers["retry-after"] === undefined ? {} : { retryAfter: answer.headers["retry-after"] },
      ...answer.cut === true ? { cut: true } : {},
    };
  };
}

function unrecorded(message: string): Reply {
  return refuse(501, `${message}.`);
}

/** What else was recorded of the same path: it differs in a query or a body. */
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

/** What a request is found by. */
function keyOf(request: RecordedRequest): string {
  const { verb, path, body } = request;
  const said = body === undefined ? "" : "json" in body ? JSON.stringify(sorted(body.json)) : JSON.stringify(body);
  return `${verb} ${readablePath(path)}${queryOf(request)} ${untagged(said)}`;
}

/** The tag by which a run is found is another one each time. */
function untagged(text: string): string {
  return text.replaceAll(/\[dbtc:[^\]\s]*\]/g, "[dbtc]");
}

/** JSON whose members stand in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  return isRow(value) && Object.getPrototypeOf(value) === Object.prototype
    ? Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]))
    : value;
}
