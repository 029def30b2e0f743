/**
 * The group `discovery`: the queries about an environment, and any query of one's own.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Predicate from "effect/Predicate";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import { Dbt } from "../dbt.ts";
import { DbtError } from "../error.ts";
import { type Workflow, workflow } from "../endpoint.ts";
import { OnPartialData, placeDocument, queryReader, withoutToken } from "../graphql/send_query.ts";
import { field, type Fields, optional } from "../schema.ts";
import { json } from "./nodes.ts";

export * from "./environment_queries.ts";

/** A query of one's own. */
export interface OwnQuery {
  /** The document, in GraphQL. */
  readonly query: string;
  /** Its variables. */
  readonly variables?: { readonly [name: string]: unknown };
  /** Whether to use the beta schema, which has more fields (default: yes). */
  readonly beta?: boolean;
}

const ownQuery: Fields<OwnQuery> = {
  query: field(Schema.String, "The query, in GraphQL"),
  variables: optional(field(json, "The variables of the query")),
  beta: optional(field(Schema.Boolean, "Whether to use the beta schema, which has more fields (default: yes)")),
};

/** Sends a query, and reads the `data` of the answer. */
const send = Effect.fnUntraced(function* (
  { beta = true, query, variables = {} }: OwnQuery,
): Effect.fn.Return<{ readonly [name: string]: unknown }, DbtError, Dbt> {
  const dbt = yield* Dbt;
  const placed = placeDocument(beta ? "discovery_beta" : "discovery", query, variables);
  const read = yield* queryReader("discovery.query", dbt, placed, [], { schema: json, selection: "" });
  const { errors, value } = yield* dbt.execute("discovery.query", placed, read);
  if (errors.length > 0) {
    yield* (yield* OnPartialData)("discovery.query", withoutToken("discovery.query", dbt, errors));
  }
  return value;
});

/**
 * Send a GraphQL query of your own. It gives the `data` of the answer, after one request: {@linkcode pagesOf} follows the
 * pages of a connection.
 */
export const query: Workflow<OwnQuery, { readonly [name: string]: unknown }> = /* @__PURE__ */ workflow(
  "discovery.query",
  () => ({
    summary: "Send a GraphQL query of your own",
    request: ownQuery,
    run: send,
    dbtc: "query",
  }),
);

/** A list in pages within an answer. */
export interface FoundConnection {
  /** Its rows. */
  readonly rows: ReadonlyArray<unknown>;
  /** Whether it has more rows: false on the last page. */
  readonly hasMore: boolean;
  /** The cursor of the next page, if it has one. */
  readonly next?: string;
}

const noConnection: Omit<FoundConnection, "rows"> = { hasMore: false };

/** The first connection of an answer that has a `pageInfo`; undefined if none has. */
export function findConnection(data: unknown): FoundConnection | undefined {
  if (Array.isArray(data)) return undefined;
  if (!Predicate.isReadonlyObject(data)) return undefined;
  const { edges, pageInfo } = data;
  if (Predicate.isReadonlyObject(pageInfo) && Array.isArray(edges)) {
    const { endCursor, hasNextPage } = pageInfo;
    const rows = edges.map((edge) => Predicate.isReadonlyObject(edge) && "node" in edge ? edge.node : edge);
    const hasCursor = hasNextPage !== false && typeof endCursor === "string" && endCursor !== "";
    return hasCursor ? { rows, hasMore: true, next: endCursor } : { rows, hasMore: hasNextPage === true };
  }
  for (const member of Object.values(data)) {
    const found = findConnection(member);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Streams the pages of a query of one's own, each as the `data` of its answer.
 *
 * **Details**
 *
 * A query has pages if it has a variable `$after` and asks for `pageInfo { hasNextPage endCursor }`. Of several
 * connections, the first one is followed. Any other query has one page.
 *
 * **Errors**
 *
 * Those of {@linkcode query}; `Undecodable`, if a cursor comes twice, or none for a page that there is.
 */
export function pagesOf(request: OwnQuery): Stream.Stream<{ readonly [name: string]: unknown }, DbtError, Dbt> {
  const isPaged = /\$after\b/.test(request.query);
  return Stream.suspend(() => {
    const cursors = new Set<string>();
    return Stream.paginate(undefined as string | undefined, (after) =>
      Effect.flatMap(
        send(after === undefined ? request : { ...request, variables: { ...request.variables, after } }),
        (data) => {
          const { hasMore, next } = isPaged ? findConnection(data) ?? noConnection : noConnection;
          if (hasMore && (next === undefined || cursors.has(next))) {
            // To stop here would pass a part of the list for the whole.
            const detail = next === undefined
              ? "there are more rows, and no cursor for them: the query has to ask for endCursor"
              : "a cursor came twice, so that the same rows would come again";
            const reason = { _tag: "Undecodable", status: 200, detail, truncated: false } as const;
            return Effect.fail(new DbtError({ endpoint: "discovery.query", reason }));
          }
          if (next !== undefined) cursors.add(next);
          return Effect.succeed([[data], Option.fromUndefinedOr(next)] as const);
        },
      ));
  });
}
