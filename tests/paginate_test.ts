/**
 * Every row once and in order, whatever happens to the list meanwhile.
 *
 * @module
 */
import * as Arbitrary from "effect/Arbitrary";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import assert from "node:assert/strict";
import { jobs, runs } from "../mod.ts";
import { pages, type PagesOptions, paginate } from "../lib/paginate.ts";
import { fails, ok, type Reply, type Sent, session, succeeds, transport, virtually } from "./support/fixtures.ts";
import { integer, oneOf, testProperty } from "./support/property.ts";

// ---- a list that changes --------------------------------------------------------------------------------------------

function upTo(count: number, from = 1): Array<number> {
  return Array.from({ length: count }, (_, index) => from + index);
}

/** What a server answers that pages `ids`, which ascend, in the order that is asked for. */
function paged(ids: ReadonlyArray<number>, { url }: Sent, total: number | null = ids.length): Reply {
  const limit = Number(url.searchParams.get("limit") ?? 100);
  const offset = Number(url.searchParams.get("offset") ?? 0);
  const sorted = url.searchParams.get("order_by") === "-id" ? ids.toReversed() : ids;
  const data = sorted.slice(offset, offset + limit).map((id) => ({ id }));
  return ok(data, { pagination: { count: data.length, ...(total === null ? {} : { total_count: total }) } });
}

/** The ids that come, and the requests that it took. */
async function walk(
  reply: (request: Sent, index: number) => Reply,
  request: jobs.List = {},
  options: PagesOptions = {},
): Promise<{ readonly ids: ReadonlyArray<number>; readonly sent: ReadonlyArray<Sent> }> {
  const net = transport(reply);
  const rows = await succeeds(
    paginate(jobs.list, request, options).pipe(
      Stream.runCollect,
      Effect.provide(session(net, { requestsPerMinute: 1e9 })),
    ),
  );
  return { ids: rows.map(({ id }) => id), sent: net.sent };
}

/** The offsets that were asked for. */
function offsets(sent: ReadonlyArray<Sent>): ReadonlyArray<number> {
  return sent.map(({ url }) => Number(url.searchParams.get("offset")));
}

// ---- a list that stands still ---------------------------------------------------------------------------------------

Deno.test("paginate() gives every row once, for any length, page size, offset and concurrency", async () => {
  for (const length of [0, 1, 2, 3, 4, 5, 6, 7, 20, 21, 100]) {
    for (const limit of [1, 2, 3, 4, 7, 100]) {
      for (const offset of [0, 1, 3, length, length + 5]) {
        for (const [total, concurrency] of [[length, 1], [length, 12], [null, 12]] as const) {
          const { ids } = await walk((sent) => paged(upTo(length), sent, total), { limit, offset }, { concurrency });
          assert.deepEqual(
            ids,
            upTo(length).slice(offset),
            `${length} rows by ${limit} from ${offset}, total ${total}`,
          );
        }
      }
    }
  }
});

Deno.test("paginate() gives every row once where nulls stand between the rows", async () => {
  for (const length of [1, 3, 10, 40]) {
    for (const limit of [2, 3, 7, 100]) {
      for (const nulls of [2, 3, 5]) {
        for (const shift of [0, 1]) {
          const list = upTo(length).map((id) => (id + shift) % nulls === 0 ? null : { id });
          const { ids } = await walk(({ url }) => {
            const from = Number(url.searchParams.get("offset"));
            const data = list.slice(from, from + Number(url.searchParams.get("limit")));
            return ok(data, { pagination: { count: data.length, total_count: length } });
          }, { limit });
          const rows = list.flatMap((row) => row === null ? [] : [row.id]);
          assert.deepEqual(ids, rows, `${length} rows by ${limit}, each ${nulls}th of them null`);
        }
      }
    }
  }
});

Deno.test("paginate() overlaps pages of 100 by one row, ordered by id, and asks no more than it must", async () => {
  const { sent } = await walk((request) => paged(upTo(300), request));
  assert.deepEqual(sent.map(({ path }) => path), [
    "/api/v2/accounts/7/jobs/?limit=100&offset=0&order_by=id",
    "/api/v2/accounts/7/jobs/?limit=100&offset=99&order_by=id",
    "/api/v2/accounts/7/jobs/?limit=100&offset=198&order_by=id",
    "/api/v2/accounts/7/jobs/?limit=100&offset=297&order_by=id",
  ]);
});

Deno.test("paginate() keeps the order and the filters of the request", async () => {
  const { ids, sent } = await walk((request) => paged(upTo(5), request), { order_by: "-id", project_id: 3, limit: 4 });
  assert.deepEqual(ids, [5, 4, 3, 2, 1]);
  assert.deepEqual(sent.map(({ path }) => path), [
    "/api/v2/accounts/7/jobs/?project_id=3&limit=4&offset=0&order_by=-id",
    "/api/v2/accounts/7/jobs/?project_id=3&limit=4&offset=3&order_by=-id",
  ]);
});

Deno.test("pages() says how many rows there are, with the first page", async () => {
  for (const length of [0, 12]) {
    const net = transport((sent) => paged(upTo(length), sent));
    const all = await succeeds(
      pages(jobs.list, { limit: 10 }).pipe(Stream.runCollect, Effect.provide(session(net))),
    );
    assert.deepEqual(all.map(({ data, extra }) => [data.length, extra?.pagination?.total_count]), [
      [Math.min(length, 10), length],
      ...(length > 10 ? [[2, length]] : []),
    ]);
  }
});

Deno.test("paginate() fetches 24 pages at a time where all rows are asked for", async () => {
  let [open, most] = [0, 0];
  const net = transport((sent) => {
    most = Math.max(most, ++open);
    return { ...paged(upTo(5000), sent) as { status: number }, after: 1 };
  });
  const counted = paginate(jobs.list, {}, { rows: Infinity }).pipe(
    Stream.runForEachArray((rows) => Effect.sync(() => open -= Math.sign(rows.length))),
    Effect.provide(session(net)),
  );
  const { seconds } = await virtually(counted);
  assert.equal(net.sent.length, 51);
  assert.equal(seconds, 1 + Math.ceil(50 / 24));
});

Deno.test("paginate() waits for who reads, and stops when nobody does", async () => {
  const net = transport((sent) => paged(upTo(100_000), sent));
  await succeeds(paginate(jobs.list, {}).pipe(Stream.take(150), Stream.runDrain, Effect.provide(session(net))));
  assert.equal(net.sent.length, 2);
});

Deno.test("paginate() fetches ahead in growing steps where it does not know how many rows are wanted", async () => {
  const requests = async (rows: number) => {
    const net = transport((sent) => ({ ...paged(upTo(100_000), sent) as { status: number }, after: 1 }));
    const { seconds } = await virtually(
      paginate(jobs.list, {}).pipe(Stream.take(rows), Stream.runDrain, Effect.provide(session(net))),
    );
    return [net.sent.length, seconds];
  };
  assert.deepEqual(await requests(100), [1, 1]);
  assert.deepEqual(await requests(101), [2, 2]);
  assert.deepEqual(await requests(200), [4, 3]);
  assert.deepEqual(await requests(398), [8, 4]);
  assert.deepEqual(await requests(1500), [16, 5]);
});

Deno.test("paginate() gives as many rows as are wanted, and asks for no more than these need", async () => {
  for (
    const [rows, wanted] of [[0, [0]], [1, [0]], [50, [0]], [100, [0]], [101, [0, 99]], [298, [0, 99, 198]]] as const
  ) {
    const { ids, sent } = await walk((request) => paged(upTo(5000), request), {}, { rows });
    assert.deepEqual(ids, upTo(rows));
    assert.deepEqual(offsets(sent), wanted);
    assert(sent.every(({ url }) => Number(url.searchParams.get("limit")) === Math.min(100, Math.max(2, rows))));
  }
});

Deno.test("paginate() gives what there is where more rows are wanted, and cuts whatever pages come", async () => {
  const short = await walk((request) => paged(upTo(250), request), { offset: 10 }, { rows: 1000 });
  assert.deepEqual(short.ids, upTo(240, 11));
  for (const total of [30, null]) {
    const { ids } = await walk((request) => paged(upTo(30), request, total), { limit: 4, offset: 3 }, { rows: 11 });
    assert.deepEqual(ids, upTo(11, 4));
  }
  const whole = await walk(() => paged(upTo(30), { url: new URL("https://x/?limit=100") } as Sent), {}, { rows: 11 });
  assert.deepEqual(whole.ids, upTo(11));
});

Deno.test("paginate() takes what a server gives that allows smaller pages", async () => {
  const { ids, sent } = await walk((request) => {
    request.url.searchParams.set("limit", String(Math.min(10, Number(request.url.searchParams.get("limit")))));
    return paged(upTo(95), request);
  });
  assert.deepEqual(ids, upTo(95));
  assert.deepEqual(offsets(sent), [0, 9, 18, 27, 36, 45, 54, 63, 72, 81, 90]);
});

Deno.test("paginate() takes a whole list from a server that does not page", async () => {
  for (const total of [250, null]) {
    const all = ok(upTo(250).map((id) => ({ id })), { pagination: total === null ? null : { total_count: total } });
    const { ids, sent } = await walk(() => all);
    assert.deepEqual(ids, upTo(250));
    assert.equal(sent.length, 1);
  }
});

Deno.test("paginate() refuses a server that ignores offset", async () => {
  for (const [length, total] of [[101, 101], [150, 150], [5000, 5000], [150, null]] as const) {
    const net = transport((sent) => {
      sent.url.searchParams.delete("offset");
      return paged(upTo(length), sent, total);
    });
    const error = await fails(
      paginate(jobs.list, {}).pipe(Stream.runDrain, Effect.provide(session(net))),
    );
    assert.equal(error.endpoint, "jobs.list");
    assert.deepEqual(error.reason, {
      _tag: "Undecodable",
      status: 200,
      detail: "offset 99 answers the first rows again: the server seems to ignore offset",
      truncated: false,
    });
  }
});

Deno.test("paginate() ends where the server promises more rows than it has", async () => {
  const { ids } = await walk((sent) => paged(upTo(150), sent, 250));
  assert.deepEqual(ids, upTo(150));
});

Deno.test("paginate() fails as the list fails", async () => {
  const net = transport((sent) =>
    sent.url.searchParams.get("offset") === "198" ? { status: 403 } : paged(upTo(500), sent)
  );
  const error = await fails(paginate(jobs.list, {}).pipe(Stream.runDrain, Effect.provide(session(net))));
  assert.deepEqual([error.endpoint, error.reason._tag], ["jobs.list", "Forbidden"]);
});

Deno.test("paginate() does not compile for what is no list, or does not page", () => {
  // Never run: the compiler reads it.
  const _never = () => [
    // @ts-expect-error: answers no page
    paginate(jobs.get, { job_id: 1 }),
    // @ts-expect-error: answers no page
    paginate(jobs.delete, { job_id: 1 }),
    // @ts-expect-error: has no pages
    paginate(runs.listArtifacts, { run_id: 1 }),
    // @ts-expect-error: not a field of the request
    paginate(jobs.list, { nonsense: 1 }),
  ];
  assert.equal(typeof _never, "function");
});

// ---- a list that changes meanwhile ----------------------------------------------------------------------------------

/** What may happen to a list between two requests. */
interface Weather {
  /** How many rows may come at once: greater than all others, or between them. */
  readonly come: number;
  /** They come between the others. */
  readonly between?: boolean;
  /** How many rows may go at once. */
  readonly go: number;
  /** Which rows go: a place in the list, from 0 to 1, as a drawn place has it. */
  readonly where: (drawn: number) => number;
}

const weathers: Readonly<Record<string, Weather>> = {
  "rows come": { come: 3, go: 0, where: () => 0 },
  "many rows come": { come: 25, go: 0, where: () => 0 },
  "rows come between the others": { come: 3, between: true, go: 0, where: () => 0 },
  "many rows come and go between the others": { come: 20, between: true, go: 20, where: (drawn) => drawn },
  "rows go anywhere": { come: 0, go: 2, where: (drawn) => drawn },
  "rows go at the front": { come: 0, go: 3, where: () => 0 },
  "rows go at the end": { come: 0, go: 3, where: () => 0.999 },
  "whole pages go at the front": { come: 0, go: 15, where: () => 0 },
  "rows come and go": { come: 3, go: 3, where: (drawn) => drawn },
  "rows come and go in heaps": { come: 12, go: 12, where: (drawn) => drawn ** 2 },
};

/** A number from 0 to 1, one excluded, in thousandths. */
const share = Arbitrary.map(integer(0, 999), (thousandths) => thousandths / 1000);

for (const [name, { come, between = false, go, where }] of Object.entries(weathers)) {
  const story = Arbitrary.all({
    length: integer(0, 119),
    limit: integer(2, 10),
    concurrency: integer(1, 6),
    // Request by request: what happens to the list before it is answered. The storm ends some time: a list that grows
    // faster than it is read has no end.
    changes: Arbitrary.array(
      Arbitrary.all({
        come: Arbitrary.array(share, { maxLength: come }),
        go: Arbitrary.array(share, { maxLength: go }),
        happens: oneOf([false, true]),
      }),
      { maxLength: 80 },
    ),
    // Seconds that answers take, again and again: they overtake each other.
    pauses: Arbitrary.array(share, { minLength: 1 }),
  });
  for (const order_by of ["id", "-id"]) {
    testProperty(
      `paginate() gives what was there all the time, ordered by ${order_by}, while ${name}`,
      story,
      async ({ length, limit, concurrency, changes, pauses }) => {
        const begun = upTo(length).map((id) => id * 1000);
        let ids = begun;
        const gone = new Set<number>();
        const change = ({ come, go }: (typeof changes)[number]) => {
          ids = [...ids];
          const greatest = Math.max(0, ...ids);
          for (const [n, drawn] of come.entries()) {
            const id = between ? 1 + Math.floor(drawn * greatest) : greatest + 1 + n;
            if (!ids.includes(id) && !gone.has(id)) ids.push(id);
          }
          ids.sort((a, b) => a - b);
          for (const drawn of go) {
            if (ids.length > 0) gone.add(ids.splice(Math.floor(where(drawn) * ids.length), 1)[0]!);
          }
        };
        const { ids: came } = await walk(
          (sent, index) => {
            const reply = paged(ids, sent);
            const next = changes[index - 1];
            if (next?.happens === true) change(next);
            return { ...reply as { status: number }, after: pauses[index % pauses.length]! };
          },
          { limit, order_by },
          { concurrency },
        );
        const stayed = begun.filter((id) => !gone.has(id));
        const expected = order_by === "id" ? stayed : stayed.toReversed();
        const there = new Set(stayed);
        assert.deepEqual(came.filter((id) => there.has(id)), expected);
        assert.equal(new Set(came).size, came.length, "a row came twice");
      },
      { runs: 40, size: 80 },
    );
  }
}

Deno.test("paginate() needs few requests more when a row goes", async () => {
  const { ids, sent } = await walk((request, index) => paged(index < 5 ? upTo(2000) : upTo(1999, 2), request), {}, {
    concurrency: 1,
  });
  assert.deepEqual(ids, upTo(2000));
  assert(sent.length <= 21 + 2, `${sent.length} requests`);
});

Deno.test("paginate() goes on when all that it gave is gone", async () => {
  const { ids } = await walk((request, index) => paged(index < 1 ? upTo(50) : upTo(40, 11), request), { limit: 10 });
  assert.deepEqual(ids, upTo(50));
});

Deno.test("paginate() gives up on a list that is another one each time", async () => {
  const net = transport((sent, index) => paged(upTo(10_000, index * 10_000), sent));
  const error = await fails(
    paginate(jobs.list, {}).pipe(Stream.runDrain, Effect.provide(session(net, { requestsPerMinute: 1e9 }))),
  );
  assert.equal(error.reason._tag, "Undecodable");
});

Deno.test("paginate() gives up on a server that gives one row a page, and promises more", async () => {
  const net = transport(() => ok([{ id: 1 }], { pagination: { total_count: 10 } }));
  const error = await fails(paginate(jobs.list, {}).pipe(Stream.runDrain, Effect.provide(session(net))));
  assert.equal(error.reason._tag, "Undecodable");
});

Deno.test("paginate() finds its place in a long list of which it has forgotten the beginning", async () => {
  for (const [shift, extra] of [[-3000, 1], [-150, 1], [150, 8], [3000, 53]] as const) {
    const { ids, sent } = await walk(
      // After 80 pages, so many rows come or go in front.
      (request, index) => paged(upTo(12_000, index < 80 ? 1 : 1 + shift), request),
      {},
      { concurrency: 1 },
    );
    const stayed = (id: number) => id > Math.max(0, shift) && id <= 12_000 + Math.min(0, shift);
    assert.deepEqual(ids.filter(stayed), upTo(12_000).filter(stayed), `${shift}`);
    assert.equal(new Set(ids).size, ids.length);
    assert(sent.length <= 122 + extra, `${sent.length} requests for 122 pages and a shift by ${shift}`);
  }
});

Deno.test("paginate() loses no row when one that it gave moves down, as a job that is renamed", async () => {
  for (let from = 0; from < 9; from++) {
    for (const [to, total] of upTo(30, 10).flatMap((to) => [[to, 40], [to, null]] as const)) {
      const order = upTo(40);
      const { ids } = await walk(
        ({ url }, index) => {
          // After the first page of ten.
          if (index === 1) order.splice(to - 1, 0, ...order.splice(from, 1));
          const offset = Number(url.searchParams.get("offset"));
          const data = order.slice(offset, offset + 10).map((id) => ({ id }));
          return ok(data, { pagination: total === null ? {} : { total_count: total } });
        },
        { limit: 10, order_by: "name" },
      );
      assert.deepEqual(ids, upTo(40), `row ${from + 1} to place ${to}, total ${total}`);
    }
  }
});
