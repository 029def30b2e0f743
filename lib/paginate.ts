/**
 * Every row of a list, as a stream, while others add and delete rows.
 *
 * dbt Cloud pages by offset, and offsets shift when rows come or go. So each page begins with the last row of the page
 * before, and pages are joined where they overlap: what follows the row that was given last is what comes next. The
 * first page says how many rows there are, the rest are fetched ahead; where one of them does not fit any more, the
 * place is looked for anew.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import type { Dbt } from "./dbt.ts";
import type { Endpoint, Page } from "./endpoint.ts";
import { DbtError } from "./error.ts";
import { fieldOf } from "./request.ts";
import type { Paging } from "./schema.ts";

/** How pages are fetched. */
export interface PagesOptions {
  /** How many pages are fetched at the same time. 24 when absent. */
  readonly concurrency?: number;
  /** The most rows that come; no more pages are fetched ahead than these need. All when absent. */
  readonly rows?: number;
}

/**
 * Every row of a list, from the request's `offset` on, in pages of its `limit` (100 when absent). Each row that is
 * there all the time, and keeps its place among the others, comes exactly once and in order. A list that can be ordered
 * is ordered by `id`, unless the request says otherwise.
 *
 * @example
 * ```ts
 * import { DbtClient, paginate, runs } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import * as Stream from "effect/Stream";
 * import assert from "node:assert/strict";
 *
 * const session = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer({ runs: 250 })),
 * );
 * const newest = paginate(runs.list, { order_by: "-id" }).pipe(Stream.take(150), Stream.runCollect);
 * const rows = await Effect.runPromise(newest.pipe(Effect.provide(session)));
 * assert.equal(rows.length, 150);
 * ```
 */
export function paginate<Request extends Paging, A>(
  list: Endpoint<Request, Page<A>>,
  request: NoInfer<Request>,
  options?: PagesOptions,
): Stream.Stream<A, DbtError, Dbt> {
  return Stream.flatMap(pages(list, request, options), ({ data }) => Stream.fromArray(data));
}

/**
 * The same rows page by page: each page holds the rows that are new, and all else that dbt Cloud says of it. The first
 * one always comes, so that its `extra.pagination.total_count` is known also where there are no rows.
 */
export function pages<Request extends Paging, A>(
  list: Endpoint<Request, Page<A>>,
  request: NoInfer<Request>,
  { concurrency = 24, rows: most = Infinity }: PagesOptions = {},
): Stream.Stream<Page<A>, DbtError, Dbt> {
  return Stream.unwrap(Effect.gen(function* () {
    const start = request.offset ?? 0;
    const ordered = fieldOf(list, "order_by") === undefined ||
      ("order_by" in request && request.order_by !== undefined);
    // A page of one row would be all overlap.
    const limit = Math.max(2, Math.min(request.limit ?? 100, most));
    const fetch = (offset: number) =>
      Effect.map(
        list({ ...request, ...(ordered ? {} : { order_by: "id" }), limit, offset }),
        (page): Fetched<A> => ({ offset, page }),
      );

    const first = yield* fetch(start);
    const total = first.page.extra?.pagination?.total_count ?? 0;
    // A server may allow less than it is asked for.
    const size = start + first.page.data.length < total ? Math.min(limit, first.page.data.length) : limit;
    const stride = Math.max(1, size - 1);
    const count = Math.max(0, Math.ceil((Math.min(total - start, most) - 1) / stride) - 1);

    const seam = makeSeam<A>(start, size);
    let [idle, trusted, left] = [0, false, Math.max(0, most)];
    const done = () => seam.done || left <= 0;
    const fail = (detail: string) =>
      new DbtError({ endpoint: list.name, reason: { _tag: "Undecodable", status: 200, detail, truncated: false } });

    /** The new rows of a page, or nothing where it does not fit. */
    const accept = Effect.fnUntraced(function* (fetched: Fetched<A>, within: number) {
      const rows = seam.take(fetched, within);
      idle = rows === undefined || rows.length === 0 ? idle + 1 : 0;
      if (idle > patience + count + memory / stride) {
        return yield* fail("the list changes faster than it can be read");
      }
      if (!trusted && rows?.length === 0 && fetched.page.data.length > 1 && fetched.offset !== start) {
        // Nothing new, although it begins elsewhere: many rows came in front, or `offset` is ignored.
        const [head] = fetched.page.data.map(keyOf);
        for (const offset of [start, fetched.offset, start, fetched.offset]) {
          if (trusted) break;
          const { page: { data: [row] } } = yield* fetch(offset);
          trusted = row === undefined || keyOf(row) !== head;
        }
        if (!trusted) {
          return yield* fail(
            `offset ${fetched.offset} answers the first rows again: the server seems to ignore offset`,
          );
        }
      }
      if (rows === undefined) return undefined;
      const data = rows.slice(0, left);
      left -= data.length;
      return { ...fetched.page, data };
    });

    /** Looks before and after an offset for rows that were given, as far as is reasonable. */
    const search = Effect.fnUntraced(function* (offset: number) {
      let [before, after, atEnd] = [offset, offset, false];
      // The rows that were given stand together, unless most of them are gone: longer leaps would miss them.
      const longest = Math.max(stride, Math.floor(seam.remembered / 4));
      let leap = stride;
      for (let step = 0; step < reach && (before > 0 || !atEnd); step++, leap = Math.min(2 * leap, longest)) {
        if (before > 0) {
          before = Math.max(0, before - leap);
          const page = yield* accept(yield* fetch(before), memory);
          if (page !== undefined) return page;
        }
        if (!atEnd) {
          after += leap;
          const fetched = yield* fetch(after);
          const page = yield* accept(fetched, memory);
          if (page !== undefined) return page;
          atEnd = seam.isLast(fetched);
        }
      }
      // Where all that was given is remembered, it does no harm to begin again: nothing comes twice.
      const page = seam.remembersAll ? yield* accept(yield* fetch(start), Infinity) : undefined;
      return page ?? (yield* fail("the list changed too much while it was read"));
    });

    /** Reads what follows the last row that was given, where that one is not where it should be. */
    const recover = Effect.fnUntraced(function* (offset: number) {
      return (yield* accept(yield* fetch(offset), memory)) ?? (yield* search(offset));
    });

    /** Half a page before the place: most times, not many rows went. */
    const before = () => Math.max(0, seam.next - Math.floor(stride / 2));

    /** Joins a page that was fetched ahead, and reads what lies between, if rows went meanwhile. */
    const join = Effect.fnUntraced(function* (fetched: Fetched<A>) {
      const joined: Array<Page<A>> = [];
      while (!done()) {
        const page = yield* accept(fetched, 1);
        if (page !== undefined) return [...joined, page];
        if (fetched.offset + fetched.page.data.length <= seam.next) break;
        joined.push(yield* recover(joined.length === 0 ? before() : seam.next));
      }
      return joined;
    });

    /** Reads the page that comes next. */
    const proceed = Effect.gen(function* () {
      return (yield* accept(yield* fetch(seam.next), 1)) ?? (yield* recover(before()));
    });

    const ahead = Stream.range(1, count).pipe(
      Stream.mapEffect((index) => fetch(start + index * stride), { concurrency }),
      Stream.mapEffect(join),
      Stream.takeUntil(done),
      Stream.flatMap(Stream.fromIterable),
    );
    const beyond = Stream.suspend(() =>
      done() ? Stream.empty : Stream.fromEffectRepeat(proceed).pipe(Stream.takeUntil(done))
    );
    const begun = yield* accept(first, Infinity);
    return Stream.fromIterable(begun ? [begun] : []).pipe(
      Stream.concat(
        done() ? Stream.empty : Stream.concat(ahead, beyond).pipe(Stream.filter(({ data }) => data.length > 0)),
      ),
    );
  }));
}

/** A page, and where it was asked for. */
interface Fetched<A> {
  readonly offset: number;
  readonly page: Page<A>;
}

/** How many rows are remembered: far more than can shift between two requests. */
const memory = 5000;
/** How many pages before the place, and how many after it, are looked at to find it again. */
const reach = 50;
/** How many pages in a row may bring nothing new, beside those that were planned and those of remembered rows. */
const patience = 200;

/** Where the pages of one list are joined. */
interface Seam<A> {
  /**
   * The rows of a page that come next; nothing where it has none of the rows that were given last, `within` so many.
   * With 1 that is the very last row; Infinity takes any page. A row that was given long before may have moved.
   */
  readonly take: (fetched: Fetched<A>, within: number) => ReadonlyArray<A> | undefined;
  /** No row comes after this page. */
  readonly isLast: (fetched: Fetched<A>) => boolean;
  /** How many of the rows that were given are remembered. */
  readonly remembered: number;
  /** None of them is forgotten. */
  readonly remembersAll: boolean;
  /** The offset at which to read on: that of the last row that was seen. */
  readonly next: number;
  /** All rows were given. */
  readonly done: boolean;
}

function makeSeam<A>(start: number, size: number): Seam<A> {
  /** The rows that were given lately: key to place. */
  const given = new Map<string | number, number>();
  let count = 0;
  let [next, done] = [start, false];
  const isLast = ({ offset, page: { data, extra } }: Fetched<A>) => {
    const total = extra?.pagination?.total_count;
    return total === undefined || total === null ? data.length !== size : offset + data.length >= total;
  };
  return {
    take: (fetched, within) => {
      const { offset, page: { data } } = fetched;
      const keys = data.map(keyOf);
      // Of the rows that were given, the one that was given last: others may have moved.
      let [anchor, latest] = [-1, -1];
      keys.forEach((key, index) => {
        const place = given.get(key) ?? -1;
        if (place > latest) [anchor, latest] = [index, place];
      });
      const follows = within === Infinity || (anchor >= 0 && latest >= count - within);
      // A page of nothing but known rows brings nothing, and is skipped: rows came in front.
      if (!follows && !(keys.length > 0 && keys.every((key) => given.has(key)))) return undefined;
      const isNew = keys.map((key, index) => index > anchor && !given.has(key));
      const rows = data.filter((_, index) => isNew[index]);
      keys.forEach((key, index) => isNew[index] && given.set(key, count++));
      for (const key of given.keys()) {
        if (given.size <= memory) break;
        given.delete(key);
      }
      next = offset + Math.max(0, data.length - 1);
      done = isLast(fetched) || (rows.length === 0 && data.length < size);
      return rows;
    },
    isLast: (fetched) => isLast(fetched) || fetched.page.data.length < size,
    get remembered() {
      return given.size;
    },
    get remembersAll() {
      return given.size === count;
    },
    get next() {
      return next;
    },
    get done() {
      return done;
    },
  };
}

/** What makes a row that row: its id; where it has none, all of it. */
function keyOf(row: unknown): string | number {
  const id = typeof row === "object" && row !== null && "id" in row ? row.id : undefined;
  return typeof id === "number" || typeof id === "string" ? id : JSON.stringify(row);
}
