/**
 * `connection`, which makes a function of the definition of a GraphQL query whose answer is a list in pages.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import type { Dbt } from "../dbt.ts";
import { defined } from "../defined.ts";
import { DbtError, isTooComplex, type Reason } from "../error.ts";
import { type Exact, field, type Fields, nullable, optional, struct } from "../schema.ts";
import { type FieldPath, partial, type Picked } from "./picked_fields.ts";
import type { QueryDefinition } from "./query_definition.ts";
import { selectionOf } from "./selection.ts";
import { OnPartialData, type Selected, sendQuery } from "./send_query.ts";

/** The field of every list. */
export interface Limited {
  /** At most this many rows (default: all). */
  readonly limit?: number;
}

/** The schemas of {@linkcode Limited}. */
export const limited: Fields<Limited> = {
  limit: optional(field(Schema.Int.check(Schema.isGreaterThan(0)), "At most this many rows (default: 100)")),
};

/** The definition of a list in pages. */
export interface ConnectionDefinition<in out Request, out Row> extends QueryDefinition<Request> {
  /** The schema of a row. The selection follows from it. */
  readonly row: Schema.Codec<Row>;
  /** How the pages follow each other: relay's `pageInfo`, or a cursor in each row (`paginationCursor`). */
  readonly paging: "relay" | "rows";
  /** The most rows of one page. */
  readonly most: number;
}

/** One page of a list. */
export interface ConnectionPage<out Row> {
  /** The rows. */
  readonly rows: ReadonlyArray<Row>;
  /** How many rows the list has, if dbt Cloud says so. */
  readonly totalCount?: number;
}

/** A GraphQL query whose answer is a list in pages. */
export interface Connection<in out Request, out Row> extends ConnectionDefinition<Request, Row> {
  /** Tells the kinds of calls apart. */
  readonly kind: "connection";
  /** Streams the rows. A page is requested when its first row is needed. */
  (request: Request): Stream.Stream<Row, DbtError, Dbt>;
  /** The same rows with only these fields. */
  pick<const P extends FieldPath<Row>>(
    ...fields: ReadonlyArray<P>
  ): (request: Request) => Stream.Stream<Picked<Row, P>, DbtError, Dbt>;
  /** The same rows with fields that are known only at run time. A field that the schema does not have is asked for too. */
  select(fields: ReadonlyArray<string>): (request: Request) => Stream.Stream<unknown, DbtError, Dbt>;
  /** Streams whole pages, with the number of rows of the list. */
  pages(request: Request, fields?: ReadonlyArray<string>): Stream.Stream<ConnectionPage<unknown>, DbtError, Dbt>;
}

/** A page as dbt Cloud sends it, with the cursor of the next one. */
interface RawPage<Row> extends ConnectionPage<Row> {
  /** The cursor of the next page; undefined after the last page. */
  readonly next?: string;
  /** dbt Cloud has more rows, but no cursor to get them. */
  readonly stuck?: boolean;
}

/** How to ask for a page, and how to read it. */
interface PageReader<Row, Raw> extends Selected<Raw> {
  readonly read: (raw: Raw, first: number) => RawPage<Row>;
}

/** What relay's connections have: https://relay.dev/graphql/connections.htm */
interface RelayPage<Row> {
  readonly totalCount?: number | null;
  readonly pageInfo?: { readonly hasNextPage?: boolean | null; readonly endCursor?: string | null } | null;
  readonly edges: ReadonlyArray<{ readonly node?: Row | null }>;
}

function relayReader<Row>(row: Schema.Codec<Row>, selection: string): PageReader<Row, RelayPage<Row>> {
  const pageInfo: Schema.Codec<NonNullable<RelayPage<Row>["pageInfo"]>> = struct({
    hasNextPage: nullable(Schema.Boolean),
    endCursor: nullable(Schema.String),
  });
  return {
    schema: Schema.Struct({
      totalCount: nullable(Schema.Number),
      pageInfo: nullable(pageInfo),
      // A row that dbt Cloud cannot answer is null, with an error beside it.
      edges: Schema.Array(Schema.Struct({ node: nullable(row) })),
    }),
    selection: `totalCount pageInfo { hasNextPage endCursor } edges { node { ${selection} } }`,
    nothing: { edges: [] },
    read: ({ edges, pageInfo, totalCount }) => ({
      rows: edges.flatMap(({ node }) => node === null || node === undefined ? [] : [node]),
      ...(typeof totalCount === "number" ? { totalCount } : {}),
      // The cursor of a last page may be any text: recorded ones are "==".
      ...(pageInfo?.hasNextPage === false ? {} : nextPage(pageInfo?.endCursor, pageInfo?.hasNextPage === true)),
    }),
  };
}

function rowReader<Row>(row: Schema.Codec<Row>, selection: string): PageReader<Row, ReadonlyArray<Row>> {
  return {
    schema: Schema.Array(row),
    selection: `${selection} paginationCursor`,
    nothing: [],
    read: (rows, first) => {
      // A page with fewer rows is the last one, as dbt documents; one with more means that dbt Cloud knows no pages here.
      if (rows.length !== first) return { rows };
      // The selection asks for it, and no model has it as a member.
      const { paginationCursor } = rows.at(-1) as { readonly paginationCursor?: string | null };
      return { rows, ...nextPage(paginationCursor, true) };
    },
  };
}

function nextPage(cursor: string | null | undefined, hasNext: boolean): Pick<RawPage<unknown>, "next" | "stuck"> {
  return cursor ? { next: cursor } : hasNext ? { stuck: true } : {};
}

/** Where a list has come to. */
interface PageState {
  /** The cursor of the next page. */
  readonly after?: string;
  /** The rows until now. */
  readonly count: number;
}

/** Makes a list. `name` is group and export: `models.list`. */
export function connection<Request extends Limited, Row, F extends Fields<Request> = Fields<Request>>(
  name: string,
  definition: ConnectionDefinition<NoInfer<Request>, NoInfer<Row>> & {
    readonly request: F & Exact<NoInfer<Request>, NoInfer<F>>;
  },
): Connection<Request, Row> {
  const { most, paging, row } = definition;
  const fail = (reason: Reason) => new DbtError({ endpoint: name, reason });

  const pagesWith = <A, Raw>(request: Request, reader: PageReader<A, Raw>) =>
    // The state is made anew for each run of the stream.
    Stream.suspend(() => {
      const { limit = Infinity } = request;
      const cursors = new Set<string>();
      const reported = new Set<string>();
      let size = most;
      type Next = readonly [ReadonlyArray<ConnectionPage<A>>, Option.Option<PageState>];
      const nextOf: (state: PageState) => Effect.Effect<Next, DbtError, Dbt> = Effect.fnUntraced(
        function* ({ after, count }: PageState): Effect.fn.Return<Next, DbtError, Dbt> {
          const first = Math.min(size, limit - count);
          const variables = { first, ...defined({ after }) };
          const { errors, value } = yield* sendQuery(name, definition, request, reader, variables);
          const news = errors.filter(({ message }) => !reported.has(message));
          for (const { message } of news) reported.add(message);
          if (news.length > 0) yield* (yield* OnPartialData)(name, news);
          const { next, stuck, ...page } = reader.read(value, first);
          const total = count + page.rows.length;
          if (total >= limit) return [[{ ...page, rows: page.rows.slice(0, limit - count) }], Option.none()];
          if (next === undefined && !stuck) return [[page], Option.none()];
          if (next === undefined || cursors.has(next)) {
            // To stop here would pass a part of the list for the whole.
            const detail = next === undefined
              ? "dbt Cloud has more rows, and sent no cursor for them"
              : `the cursor after ${total} rows is one that came before, so that the same rows would come again`;
            return yield* fail({ _tag: "Undecodable", status: 200, detail, truncated: false });
          }
          cursors.add(next);
          return [[page], Option.some({ after: next, count: total })];
        },
      );
      const smaller = (state: PageState): Effect.Effect<Next, DbtError, Dbt> =>
        Effect.catchIf(nextOf(state), ({ reason }) => isTooComplex(reason) && size > 1, () => {
          size = Math.max(1, Math.floor(Math.min(size, limit) / 4));
          return Effect.andThen(
            Effect.logWarning(`${name}: dbt Cloud refuses the query as too complex: trying ${size} rows a page`),
            Effect.suspend(() => smaller(state)),
          );
        });
      return Stream.paginate<PageState, ConnectionPage<A>, DbtError, Dbt>({ count: 0 }, smaller);
    });
  const pagesOf = <A>(request: Request, schema: Schema.Codec<A>, fields?: ReadonlyArray<string>) => {
    const selection = selectionOf(row.ast, fields);
    return paging === "relay"
      ? pagesWith(request, relayReader(schema, selection))
      : pagesWith(request, rowReader(schema, selection));
  };
  const rowsOf = <A>(request: Request, schema: Schema.Codec<A>, fields?: ReadonlyArray<string>) =>
    Stream.flatMap(pagesOf(request, schema, fields), ({ rows }) => Stream.fromArray(rows));
  const select = (fields: ReadonlyArray<string>) => (request: Request) => rowsOf(request, partial(row.ast), fields);

  return Object.assign(Object.defineProperty((request: Request) => rowsOf(request, row), "name", { value: name }), {
    ...definition,
    kind: "connection" as const,
    select,
    // What is asked for is what `Picked` says, and the partial schema has checked it.
    pick: (...fields: ReadonlyArray<string>) =>
      select(fields) as (request: Request) => Stream.Stream<never, DbtError, Dbt>,
    pages: (request: Request, fields?: ReadonlyArray<string>) =>
      pagesOf<unknown>(request, fields === undefined ? row : partial(row.ast), fields),
  });
}
