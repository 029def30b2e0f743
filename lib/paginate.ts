/**
 * `paginate` and `pages`: all rows of a list as a stream. Library users, workflows and the command line read lists with
 * them.
 *
 * dbt Cloud pages by offset, and offsets shift when somebody adds or deletes rows meanwhile. So each page is fetched
 * from the last row of the page before it, and joined where the two overlap: the rows after the last known row are new.
 * The first page says how many rows there are; the others are fetched ahead, in growing steps unless it is known how
 * many are wanted. Where a page no longer overlaps, the code searches for the last known row near its old offset.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import type { Dbt } from "./dbt.ts";
import { rowsSent } from "./definition.ts";
import type { Endpoint, Page } from "./endpoint.ts";
import { DbtError } from "./error.ts";
import { fieldOf } from "./request.ts";
import type { Paging } from "./shared_fields.ts";

/** How pages are fetched. */
export interface PagesOptions {
  /** The most pages that are fetched at the same time (default: 24). */
  readonly concurrency?: number;
  /**
   * The most rows to return, or `Infinity` for all of them (default: all). If it is set, as many pages as these rows need
   * are fetched at once. If not, pages are fetched ahead in growing steps, since the stream may end early.
   */
  readonly rows?: number;
}

/**
 * Returns every row of a list, from the request's `offset` on.
 *
 * **When to use**
 *
 * For lists that may have more than 100 rows. {@linkcode pages} also gives what dbt Cloud says about each page.
 *
 * **Details**
 *
 * Each row that is there all the time, and keeps its place among the others, comes exactly once and in order, whatever
 * is added or deleted meanwhile. A list that can be ordered is ordered by `id`, unless the request says otherwise. Pages
 * have the request's `limit` (default: 100), and overlap by one row.
 *
 * One request for the first page. The others are fetched as they are needed: 1, 2, 4 … at a time, up to `concurrency`,
 * so that `Stream.take(101)` costs 2 requests. With the option `rows`, up to `concurrency` at once from the start.
 *
 * **Errors**
 *
 * Those of the list's endpoint; and `Undecodable`, if the server ignores `offset`, or the list changes faster than it can
 * be read.
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
 * Returns the same rows as {@linkcode paginate}, page by page.
 *
 * **When to use**
 *
 * Where the number of rows is needed: `extra.pagination.total_count`. The first page always comes, also if it has no
 * rows.
 *
 * **Details**
 *
 * `data` of each page has only rows that did not come before; all else is as dbt Cloud returns it. Requests and errors
 * are those of {@linkcode paginate}.
 *
 * @example
 * ```ts
 * import { DbtClient, pages, runs } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import * as Stream from "effect/Stream";
 * import assert from "node:assert/strict";
 *
 * const client = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer({ runs: 250 })),
 * );
 * const sizes = pages(runs.list, {}, { rows: 250 }).pipe(Stream.map(({ data }) => data.length), Stream.runCollect);
 * assert.deepEqual(await Effect.runPromise(sizes.pipe(Effect.provide(client))), [100, 99, 51]);
 * ```
 */
export function pages<Request extends Paging, A>(
  list: Endpoint<Request, Page<A>>,
  request: NoInfer<Request>,
  { concurrency = 24, rows }: PagesOptions = {},
): Stream.Stream<Page<A>, DbtError, Dbt> {
  return Stream.unwrap(Effect.gen(function* () {
    const most = rows ?? Infinity;
    const start = request.offset ?? 0;
    const ordered = fieldOf(list, "order_by") === undefined ||
      ("order_by" in request && request.order_by !== undefined);
    // The first row of a page is known already, so a page has to have two.
    const limit = Math.max(2, Math.min(request.limit ?? 100, most));
    const fetch = (offset: number) =>
      Effect.map(
        list({ ...request, ...(ordered ? {} : { order_by: "id" }), limit, offset }),
        (page): Fetched<A> => ({ offset, page }),
      );

    const first = yield* fetch(start);
    const total = first.page.extra?.pagination?.total_count ?? 0;
    // The server may return fewer rows than `limit` on every page.
    const { length } = rowsSent(first.page);
    const size = length > 0 && start + length < total ? Math.min(limit, length) : limit;
    const stride = Math.max(1, size - 1);
    const count = Math.max(0, Math.ceil((Math.min(total - start, most) - 1) / stride) - 1);

    const joint = makeJoint<A>(start, size);
    let [pagesWithoutNewRows, offsetWorks, left] = [0, false, Math.max(0, most)];
    const done = () => joint.done || left <= 0;
    const fail = (detail: string) =>
      new DbtError({ endpoint: list.name, reason: { _tag: "Undecodable", status: 200, detail, truncated: false } });

    /** The page with its new rows only; undefined where it does not overlap with the rows before. */
    const accept = Effect.fnUntraced(function* (fetched: Fetched<A>, within: number) {
      const rows = joint.take(fetched, within);
      pagesWithoutNewRows = rows === undefined || rows.length === 0 ? pagesWithoutNewRows + 1 : 0;
      if (pagesWithoutNewRows > patience + count + memory / stride) {
        return yield* fail("the list changes faster than it can be read");
      }
      if (!offsetWorks && rows?.length === 0 && fetched.page.data.length > 1 && fetched.offset !== start) {
        // No new rows at another offset: either many rows were added in front, or the server ignores `offset`. It works
        // if two offsets begin with different rows.
        const [head] = fetched.page.data.map(keyOf);
        for (const offset of [start, fetched.offset, start, fetched.offset]) {
          if (offsetWorks) break;
          const { page: { data: [row] } } = yield* fetch(offset);
          offsetWorks = row === undefined || keyOf(row) !== head;
        }
        if (!offsetWorks) {
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

    /** Searches before and after an offset for a page with known rows, at growing distances. */
    const search = Effect.fnUntraced(function* (offset: number) {
      let [before, after, atEnd] = [offset, offset, false];
      // The known rows stand together, unless most of them were deleted: a longer distance would step over them.
      const longest = Math.max(stride, Math.floor(joint.remembered / 4));
      let distance = stride;
      for (let step = 0; step < reach && (before > 0 || !atEnd); step++, distance = Math.min(2 * distance, longest)) {
        if (before > 0) {
          before = Math.max(0, before - distance);
          const page = yield* accept(yield* fetch(before), memory);
          if (page !== undefined) return page;
        }
        if (!atEnd) {
          after += distance;
          const fetched = yield* fetch(after);
          const page = yield* accept(fetched, memory);
          if (page !== undefined) return page;
          atEnd = joint.isLast(fetched);
        }
      }
      // If all emitted rows are remembered, reading can start over: none is emitted twice.
      const page = joint.remembersAll ? yield* accept(yield* fetch(start), Infinity) : undefined;
      return page ?? (yield* fail("the list changed too much while it was read"));
    });

    /** Reads the rows after the last emitted one, where that one is not at its old offset. */
    const recover = Effect.fnUntraced(function* (offset: number) {
      return (yield* accept(yield* fetch(offset), memory)) ?? (yield* search(offset));
    });

    /** Half a page back: usually only few rows were deleted. */
    const halfPageBack = () => Math.max(0, joint.next - Math.floor(stride / 2));

    /** Joins a page that was fetched ahead. If rows were deleted meanwhile, first reads the rows before it. */
    const join = Effect.fnUntraced(function* (fetched: Fetched<A>) {
      const joined: Array<Page<A>> = [];
      while (!done()) {
        const page = yield* accept(fetched, 1);
        if (page !== undefined) return [...joined, page];
        if (fetched.offset + rowsSent(fetched.page).length <= joint.next) break;
        joined.push(yield* recover(joined.length === 0 ? halfPageBack() : joint.next));
      }
      return joined;
    });

    /** Reads the next page. */
    const readNext = Effect.gen(function* () {
      return (yield* accept(yield* fetch(joint.next), 1)) ?? (yield* recover(halfPageBack()));
    });

    // The pages that the first one announces; then those that were added since.
    const ahead = Stream.fromIterable(stepsTo(count, rows === undefined ? 1 : concurrency, concurrency)).pipe(
      Stream.flatMap(({ first, last, abreast }) =>
        Stream.range(first, last).pipe(
          Stream.mapEffect((index) => fetch(start + index * stride), { concurrency: abreast }),
        )
      ),
      Stream.mapEffect(join),
      Stream.takeUntil(done),
      Stream.flatMap(Stream.fromIterable),
    );
    const beyond = Stream.suspend(() =>
      done() ? Stream.empty : Stream.fromEffectRepeat(readNext).pipe(Stream.takeUntil(done))
    );
    const firstPage = yield* accept(first, Infinity);
    return Stream.fromIterable(firstPage ? [firstPage] : []).pipe(
      Stream.concat(
        done() ? Stream.empty : Stream.concat(ahead, beyond).pipe(Stream.filter(({ data }) => data.length > 0)),
      ),
    );
  }));
}

/** Pages that are fetched at the same time: `abreast` of them. */
interface Step {
  readonly first: number;
  readonly last: number;
  readonly abreast: number;
}

/** The pages from 1 to `count`, in steps of `size`, twice that and so on; the last step has `most` at the same time. */
function* stepsTo(count: number, size: number, most: number): Generator<Step> {
  for (let [first, abreast] = [1, size]; first <= count; first += abreast, abreast *= 2) {
    if (abreast >= most) return yield { first, last: count, abreast: most };
    yield { first, last: Math.min(count, first + abreast - 1), abreast };
  }
}

/** A page, with the offset that it was fetched from. */
interface Fetched<A> {
  readonly offset: number;
  readonly page: Page<A>;
}

/** How many emitted rows are remembered: far more than can shift between two requests. */
const memory = 5000;
/** How many pages before an offset, and how many after it, a search fetches. */
const reach = 50;
/** How many pages in a row may have no new rows, in addition to the announced pages and those of remembered rows. */
const patience = 200;

/** Joins the pages of one list: tells the new rows of a page from those that were emitted. */
interface Joint<A> {
  /**
   * The new rows of a page; undefined where the page has none of the last `within` emitted rows, so that rows may be
   * missing between. With 1 it has to have the very last row; with Infinity any page fits. An older row may have moved
   * in the list.
   */
  readonly take: (fetched: Fetched<A>, within: number) => ReadonlyArray<A> | undefined;
  /** Whether no row comes after this page. */
  readonly isLast: (fetched: Fetched<A>) => boolean;
  /** How many of the emitted rows are remembered. */
  readonly remembered: number;
  /** Whether all of them are. */
  readonly remembersAll: boolean;
  /** The offset of the next page: that of the last row of the last page. */
  readonly next: number;
  /** Whether all rows were emitted. */
  readonly done: boolean;
}

function makeJoint<A>(start: number, size: number): Joint<A> {
  /** The keys of the remembered rows, with their positions among all emitted rows. */
  const emitted = new Map<string | number, number>();
  let count = 0;
  let [next, done] = [start, false];
  const isLast = ({ offset, page }: Fetched<A>) => {
    const total = page.extra?.pagination?.total_count;
    return total === undefined || total === null
      ? rowsSent(page).length !== size
      : offset + rowsSent(page).length >= total;
  };
  return {
    take: (fetched, within) => {
      const { offset, page } = fetched;
      const sent = rowsSent(page);
      // What is no row has its place in the list.
      const keys = sent.map((row, index) => row === undefined ? `no row at ${offset + index}` : keyOf(row));
      // Rows are new after the row that was emitted last. Other known rows may have moved.
      let [anchor, latest] = [-1, -1];
      keys.forEach((key, index) => {
        const position = emitted.get(key) ?? -1;
        if (position > latest) [anchor, latest] = [index, position];
      });
      const follows = within === Infinity || (anchor >= 0 && latest >= count - within);
      // A page of known rows only is skipped: rows were added in front.
      if (!follows && !(keys.length > 0 && keys.every((key) => emitted.has(key)))) return undefined;
      const isNew = keys.map((key, index) => index > anchor && !emitted.has(key));
      const rows = sent.filter((row, index): row is A => isNew[index] === true && row !== undefined);
      keys.forEach((key, index) => isNew[index] && emitted.set(key, count++));
      for (const key of emitted.keys()) {
        if (emitted.size <= memory) break;
        emitted.delete(key);
      }
      next = offset + Math.max(0, sent.length - 1);
      done = isLast(fetched) || (rows.length === 0 && sent.length < size);
      return rows;
    },
    isLast: (fetched) => isLast(fetched) || rowsSent(fetched.page).length < size,
    get remembered() {
      return emitted.size;
    },
    get remembersAll() {
      return emitted.size === count;
    },
    get next() {
      return next;
    },
    get done() {
      return done;
    },
  };
}

/** What identifies a row: its id, or all of it where it has none. */
function keyOf(row: unknown): string | number {
  const id = typeof row === "object" && row !== null && "id" in row ? row.id : undefined;
  return typeof id === "number" || typeof id === "string" ? id : JSON.stringify(row);
}
