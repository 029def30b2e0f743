/**
 * The failures and the statistics of a period, and the comparison of two runs.
 *
 * @module
 */
import * as Arbitrary from "effect/Arbitrary";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import assert from "node:assert/strict";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { type Dbt, type DbtError, runs } from "../../mod.ts";
import {
  fails,
  ok,
  refusal,
  type Reply,
  type Sent,
  session,
  succeeds,
  type Transport,
  transport,
} from "../support/fixtures.ts";
import { integer, testProperty } from "../support/property.ts";
import { command, sandboxEnv, type Surroundings } from "../support/command.ts";

// Virtual time does not wait for an import.
await Promise.all([
  import("../../lib/workflows/run_failures.ts"),
  import("../../lib/workflows/run_stats.ts"),
  import("../../lib/workflows/compare_runs.ts"),
]);

/** A run of job 5, newest with the highest id, a minute apart. */
function run(id: number, more: Readonly<Record<string, unknown>> = {}) {
  return {
    id,
    job_definition_id: 5,
    project_id: 3,
    status: 10,
    created_at: time(id * 60),
    started_at: time(id * 60 + 5),
    finished_at: time(id * 60 + 65),
    job: { id: 5, name: "Daily build" },
    ...more,
  };
}

function time(seconds: number): string {
  return new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString().replace("T", " ").replace("Z", "000+00:00");
}

/** A list of runs, newest first, as dbt Cloud pages it. */
function list(all: ReadonlyArray<unknown>): Transport {
  return transport(({ url }) => {
    const [limit, offset] = ["limit", "offset"].map((name) => Number(url.searchParams.get(name) ?? 0));
    const data = all.slice(offset, offset! + limit!);
    return ok(data, { pagination: { count: data.length, total_count: all.length } });
  });
}

const over = (net: Transport) => <A>(effect: Effect.Effect<A, DbtError, Dbt>) => Effect.provide(effect, session(net));

const year = ["2026-01-01T00:00:00", "2026-12-31T00:00:00"] as const;

// ---- failures -------------------------------------------------------------------------------------------------------

Deno.test("100 failures are one request, which dbt Cloud filters by status and time, without an offset", async () => {
  const net = list(Array.from({ length: 100 }, (_, index) => run(100 - index, { status: 20 })));
  const range = ["2026-01-01T00:00:00+02:00", "2026-01-08"];
  const failures = await succeeds(over(net)(runs.failures({ created_at__range: range })));
  assert.equal(net.sent.length, 1);
  const query = net.sent[0]!.url.searchParams;
  assert.deepEqual(
    ["status", "created_at__range", "include_related", "order_by"].map((name) => query.get(name)),
    ["20", '["2025-12-31T22:00:00","2026-01-08T00:00:00"]', "job", "-id"],
  );
  assert.deepEqual([failures.runs, failures.total, failures.jobs.length], [100, 100, 1]);
  const [job] = failures.jobs;
  assert.deepEqual([job?.job_name, job?.failures, job?.last_run_id], ["Daily build", 100, 100]);
});

Deno.test("failures are by job, of deleted jobs and runs without a job too, and the most come first", async () => {
  const net = list([
    run(4, { status: 20, job_definition_id: 9, job: null }),
    run(3, { status: 20, job_definition_id: null, job: null }),
    run(2, { status: 20, job_definition_id: 9, job: "gone" }),
    run(1, { status: 20 }),
  ]);
  const { jobs } = await succeeds(over(net)(runs.failures({ created_at__range: year })));
  assert.deepEqual(jobs.map(({ failures, job_definition_id, job_name }) => [failures, job_definition_id, job_name]), [
    [2, 9, null],
    [1, null, null],
    [1, 5, "Daily build"],
  ]);
  assert.deepEqual(jobs[0]?.failed_runs.map(({ id }) => id), [4, 2]);
});

Deno.test("without a range, failures are those of the last 7 days; a limit reads the newest", async () => {
  const net = list(Array.from({ length: 250 }, (_, index) => run(250 - index, { status: 20 })));
  const failures = await succeeds(over(net)(runs.failures({ limit: 3 })));
  assert.deepEqual([failures.runs, failures.total, net.sent.length], [3, 250, 1]);
  assert.equal(Date.parse(`${failures.until}Z`) - Date.parse(`${failures.since}Z`), 7 * 86_400_000);
  const cut = await succeeds(over(net)(runs.failures({ limit: 150 })));
  assert.deepEqual([cut.runs, net.sent.length], [150, 3]);
});

for (
  const [what, request] of Object.entries({
    "one time": { created_at__range: ["2026-01-01"] },
    "no time": { created_at__range: ["yesterday", "today"] },
    "an end before its beginning": { created_at__range: [...year].reverse() },
    "no runs": { limit: 0 },
  })
) {
  Deno.test(`a period of ${what} is refused before anything is sent`, async () => {
    for (
      const effect of [runs.failures(request), runs.stats(request)] satisfies Array<
        Effect.Effect<unknown, DbtError, Dbt>
      >
    ) {
      const net = list([]);
      assert.equal((await fails(over(net)<unknown>(effect))).reason._tag, "Unsendable");
      assert.deepEqual(net.sent, []);
    }
  });
}

Deno.test("nodes that failed are counted over runs; what cannot be read is said, and stops nothing", async () => {
  const failed = (id: number) =>
    run(id, { status: 20, run_steps: [{ id, index: 1, name: "Invoke dbt with `dbt build`", status: 20 }] });
  const results = (...nodes: ReadonlyArray<readonly [string, string]>) => ({
    metadata: {},
    args: { which: "build" },
    results: nodes.map(([unique_id, status]) => ({ unique_id, status, message: `${unique_id} is wrong` })),
  });
  const files: Readonly<Record<number, Reply>> = {
    4: { status: 200, body: results(["model.a", "error"], ["model.b", "success"]) },
    3: { status: 200, body: results(["model.a", "error"], ["test.c", "fail"]) },
    2: { status: 200, body: '{"results": [' },
  };
  const net = transport(({ path, url }): Reply => {
    const id = Number(/runs\/(\d+)/.exec(path)?.[1]);
    if (path.includes("/artifacts/")) return files[id] ?? refusal(404);
    if (id > 0) return id === 1 ? refusal(404) : ok(failed(id));
    return ok([4, 3, 2, 1].map(failed).slice(0, Number(url.searchParams.get("limit"))));
  });
  const request = { nodes: true, created_at__range: year };
  const { failing_nodes } = await succeeds(over(net)(runs.failures(request)));
  assert.deepEqual(failing_nodes?.nodes.map(({ failures, run_ids, unique_id }) => [unique_id, failures, run_ids]), [
    ["model.a", 2, [4, 3]],
    ["test.c", 1, [3]],
  ]);
  assert.equal(failing_nodes.runs_read, 3);
  assert.match(failing_nodes.unread.join("\n"), /^run 2, step 1: .*run_results\.json.*\nrun 1: /);
  net.sent.length = 0;
  const { failing_nodes: one } = await succeeds(over(net)(runs.failures({ ...request, max_runs: 1 })));
  assert.deepEqual([one?.runs_read, net.sent.length], [1, 3]);
});

// ---- statistics -----------------------------------------------------------------------------------------------------

Deno.test("10,000 runs are 102 requests at most, and only as many as the limit needs", async () => {
  const all = Array.from({ length: 10_000 }, (_, index) =>
    run(10_000 - index, {
      status: index % 10 === 0 ? 20 : index % 10 === 1 ? 30 : 10,
      finished_at: time((10_000 - index) * 60 + 5 + index % 100),
    }));
  const net = list(all);
  const stats = await succeeds(over(net)(runs.stats({ created_at__range: year, limit: 10_000 })));
  const [job] = stats.jobs;
  assert.deepEqual(
    [stats.runs, stats.total, job?.runs, job?.success, job?.error, job?.cancelled],
    [10_000, 10_000, 10_000, 8000, 1000, 1000],
  );
  assert.equal(job?.success_rate, 8 / 9);
  assert.equal(job?.slots.reduce((sum, { runs }) => sum + runs, 0), 10_000);
  assert(net.sent.length <= 102, String(net.sent.length));
  net.sent.length = 0;
  const newest = await succeeds(over(net)(runs.stats({ created_at__range: year })));
  assert.deepEqual([newest.runs, newest.total, net.sent.length], [2000, 10_000, 21]);
});

testProperty(
  "a percentile is the shortest duration that its share of the runs does not exceed",
  Arbitrary.schema(Schema.NonEmptyArray(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 500 })))),
  async (seconds) => {
    const all = seconds.map((took, index) =>
      run(seconds.length - index, { run_duration: clock(took), queued_duration: clock(took + 1) })
    );
    const { jobs: [job] } = await Effect.runPromise(over(list(all))(runs.stats({ created_at__range: year })));
    for (const [of, shift] of [[job?.run_seconds, 0], [job?.queue_seconds, 1]] as const) {
      const shifted = seconds.map((took) => took + shift);
      const naive = (share: number) =>
        Math.min(
          ...shifted.filter((limit) => shifted.filter((took) => took <= limit).length >= share * shifted.length),
        );
      assert.deepEqual(of, { count: shifted.length, p50: naive(0.5), p95: naive(0.95), max: Math.max(...shifted) });
    }
  },
  { runs: 60 },
);

function clock(seconds: number): string {
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((part) =>
    String(part).padStart(2, "0")
  ).join(":");
}

Deno.test("runs without timing count, and are in no percentile", async () => {
  const untimed = { started_at: null, finished_at: null, run_duration: null, queued_duration: null };
  const net = list([
    run(5, { ...untimed, status: 1 }),
    run(4, untimed),
    run(3, { ...untimed, run_duration: "soon", status: 10 }),
    run(2, { ...untimed, created_at: null, status: 20 }),
    run(1),
  ]);
  const { jobs: [job] } = await succeeds(over(net)(runs.stats({ created_at__range: year })));
  assert.deepEqual([job?.runs, job?.in_flight, job?.untimed, job?.success_rate], [5, 1, 2, 0.75]);
  assert.deepEqual(job?.run_seconds, { count: 1, p50: 60, p95: 60, max: 60 });
  assert.deepEqual(job?.queue_seconds, { count: 1, p50: 5, p95: 5, max: 5 });
  const none = await succeeds(
    over(list([run(1, { ...untimed, status: 30 })]))(runs.stats({ created_at__range: year })),
  );
  assert.deepEqual([none.jobs[0]?.success_rate, none.jobs[0]?.run_seconds, none.jobs[0]?.queue_seconds], [
    null,
    null,
    null,
  ]);
});

// ---- two runs -------------------------------------------------------------------------------------------------------

interface Node {
  readonly status: string;
  readonly seconds: number;
}

/** A server with two runs of these nodes. A file may be something else. */
function two(before: Readonly<Record<string, Node>> | Reply, after: Readonly<Record<string, Node>> | Reply): Transport {
  const file = (nodes: Readonly<Record<string, Node>> | Reply): Reply =>
    nodes instanceof Error || typeof nodes !== "object" || "status" in nodes && typeof nodes.status === "number"
      ? nodes as Reply
      : {
        status: 200,
        body: {
          metadata: {},
          args: { which: "build" },
          results: Object.entries(nodes as Readonly<Record<string, Node>>).map(([unique_id, { seconds, status }]) => ({
            unique_id,
            status,
            execution_time: seconds,
            message: `${unique_id}: ${status}`,
          })),
        },
      };
  return transport(({ path }: Sent): Reply => {
    const id = Number(/runs\/(\d+)/.exec(path)?.[1]);
    if (path.includes("/artifacts/")) return file(id === 1 ? before : after);
    return ok({ ...run(id), run_steps: [{ id: 1, index: 1, name: "Invoke dbt with `dbt build`", status: 10 }] });
  });
}

const compare = { before_run_id: 1, after_run_id: 2 };
const good = (seconds: number): Node => ({ status: "success", seconds });

Deno.test("each node has the first change that applies: failing, skipped, slower, new, gone, fixed, faster", async () => {
  const net = two({
    failing: good(1),
    "still failing": { status: "error", seconds: 1 },
    skipped: good(1),
    "slower by a second and a fifth": good(5),
    "slower by less than a fifth": good(10),
    "slower by less than a second": good(0.1),
    gone: good(1),
    fixed: { status: "fail", seconds: 1 },
    "run again": { status: "skipped", seconds: 0 },
    faster: good(6),
  }, {
    failing: { status: "error", seconds: 9 },
    "still failing": { status: "error", seconds: 9 },
    skipped: { status: "skipped", seconds: 0 },
    "slower by a second and a fifth": good(6),
    "slower by less than a fifth": good(11.9),
    "slower by less than a second": good(1),
    "new": good(1),
    "new and failing": { status: "error", seconds: 1 },
    fixed: good(1),
    "run again": good(1),
    faster: good(5),
  });
  const { counts, nodes, unread } = await succeeds(over(net)(runs.compare(compare)));
  assert.deepEqual(nodes.map(({ change, unique_id }) => [change, unique_id]), [
    ["failing", "failing"],
    ["failing", "new and failing"],
    ["skipped", "skipped"],
    ["slower", "slower by a second and a fifth"],
    ["new", "new"],
    ["gone", "gone"],
    ["fixed", "run again"],
    ["fixed", "fixed"],
    ["faster", "faster"],
  ]);
  assert.deepEqual(counts, { failing: 2, skipped: 1, slower: 1, new: 1, gone: 1, fixed: 2, faster: 1, same: 3 });
  assert.equal(nodes[0]?.message, "failing: error");
  assert.deepEqual([net.sent.length, unread], [4, []]);
  const strict = await succeeds(over(net)(runs.compare({ ...compare, min_seconds: 0.5, min_percent: 1 })));
  assert.equal(strict.counts.slower, 3);
});

const nodeSchema = Schema.Record(
  Schema.Literals(["a", "b", "c", "d"]),
  Schema.optionalKey(Schema.Struct({
    status: Schema.Literals(["success", "error", "skipped"]),
    seconds: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 })),
  })),
);

testProperty(
  "a run compared with itself is the same; every node of two runs is counted once",
  Arbitrary.flatMap(
    Arbitrary.schema(nodeSchema),
    (before) => Arbitrary.map(Arbitrary.schema(nodeSchema), (after) => ({ before, after })),
  ),
  async ({ after, before }) => {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    const ask = (net: Transport) => Effect.runPromise(Effect.result(over(net)(runs.compare(compare))));
    const both = await ask(two(before as Record<string, Node>, after as Record<string, Node>)); // only keys that are there
    if (Object.keys(before).length === 0 || Object.keys(after).length === 0) return assert.equal(both._tag, "Failure");
    assert(both._tag === "Success");
    assert.equal(Object.values(both.success.counts).reduce((a, b) => a + b), names.size);
    const same = await ask(two(before as Record<string, Node>, before as Record<string, Node>));
    assert(same._tag === "Success");
    assert.deepEqual(same.success.nodes, []);
  },
  { runs: 60 },
);

Deno.test("a run without results cannot be compared, and says why", async () => {
  for (const nothing of [refusal(404), { status: 200, body: "{" }, {}] as const) {
    const { message, reason } = await fails(over(two({ a: good(1) }, nothing))(runs.compare(compare)));
    assert.equal(reason._tag, "NotFound", message);
    assert.match(message, /run 2/);
  }
});

Deno.test("where results of a run are damaged, no node is called new or gone", async () => {
  const two = (id: number) =>
    [
      { id: 1, index: 1, name: "Invoke dbt with `dbt run`", status: 10 },
      { id: 2, index: 2, name: "Invoke dbt with `dbt test`", status: 10 },
    ].map((step) => ({ ...step, run_id: id }));
  const file = (which: string, unique_id: string): Reply => ({
    status: 200,
    body: {
      metadata: { invocation_id: which },
      args: { which },
      results: [{ unique_id, status: "success", execution_time: 1 }],
    },
  });
  const net = transport(({ path, url }): Reply => {
    const id = Number(/runs\/(\d+)/.exec(path)?.[1]);
    if (!path.includes("/artifacts/")) return ok({ ...run(id), run_steps: two(id) });
    if (url.searchParams.get("step") === "1") return file("run", "model.a");
    return id === 1 ? file("test", "test.b") : { status: 200, body: "oops" };
  });
  const { counts, unread } = await succeeds(over(net)(runs.compare(compare)));
  assert.deepEqual([counts.gone, counts.same], [0, 1]);
  assert.match(unread.join("\n"), /^run 2: step 2: /);
});

// ---- the commands ---------------------------------------------------------------------------------------------------

const sandboxed = sandbox.layer({ runs: 40 });

function dbtc(line: string, surroundings: Surroundings = {}) {
  return succeeds(Effect.provide(command(line.split(" "), { env: sandboxEnv, ...surroundings }), sandboxed));
}

/** The ids of a successful and of a failed run of the sandbox. */
const [succeeded, failed] = ["70471800000001", "70471800000002"];

Deno.test("runs failures says what reading artifacts costs before it does; csv and markdown list the nodes", async () => {
  const shown = await dbtc("runs failures --since 3650d --nodes --max-runs 2", { terminal: true });
  assert.equal(shown.code, 0, shown.stderr);
  assert.match(
    shown.stderr,
    /^Reading the results of the newest 2 of \d+ failed runs: one request for each run and for each/,
  );
  assert.match(shown.stdout, /^\d+ runs of 1 job failed from .* UTC\n\nFAILURES +CHART +ID +JOB +LAST RUN ID/);
  assert.match(shown.stdout, /█ +2 +Nightly full refresh /);
  assert.match(shown.stdout, /\n1 node failed in 2 of these runs\n\n[^]*model\.jaffle_shop\.customers/);
  const csv = await dbtc("runs failures --since 3650d --nodes --max-runs 2 --format csv");
  assert.match(csv.stdout, /^failures,unique_id,last_failed_at,run_ids,message\n2,model\.jaffle_shop\.customers,/);
  const markdown = await dbtc("runs failures --since 3650d --format markdown");
  assert.match(
    markdown.stdout,
    /^\| failures \| job_definition_id \| job_name [^]*\| \d+ \| 2 \| Nightly full refresh \|/,
  );
  const json = JSON.parse((await dbtc("runs failures --since 3650d --limit 2 --format json")).stdout);
  assert.deepEqual([json.runs, json.jobs[0].failed_runs.length], [2, 2]);
});

Deno.test("an empty period has no failures and no statistics, and that is no error", async () => {
  const failures = await dbtc("runs failures --since 1970-01-02 --until 1970-01-03", { terminal: true });
  assert.deepEqual([failures.code, failures.stdout], [
    0,
    "No run failed from 1970-01-02 00:00 to 1970-01-03 00:00 UTC\n",
  ]);
  const stats = await dbtc("runs stats --since 1970-01-02 --until 1970-01-03", { terminal: true });
  assert.deepEqual([stats.code, stats.stdout], [0, ""]);
  assert.match(stats.stderr, /^No runs from/);
  const csv = await dbtc("runs stats --since 1970-01-02 --until 1970-01-03 --format csv");
  assert.match(csv.stdout, /^job_definition_id,job_name,runs,success,[^\n]*\n$/);
});

Deno.test("a period that ends before it begins, and a time that is none, are refused", async () => {
  for (
    const line of [
      "runs failures --since 1h --until 2h",
      "runs stats --since yesterday",
      "runs list --since 1h --until 2h",
    ]
  ) {
    const { code, stderr, stdout } = await dbtc(line, { terminal: true });
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /--since/);
  }
});

for (const columns of [80, 120]) {
  Deno.test(`tables and charts fit ${columns} columns`, async () => {
    for (
      const line of [
        "runs failures --since 3650d",
        "runs stats --since 3650d",
        "runs stats --since 3650d --job-id 1",
        `runs compare ${succeeded} ${failed}`,
      ]
    ) {
      const { code, stderr, stdout } = await dbtc(line, { terminal: true, columns });
      assert.equal(code, 0, stderr);
      for (const text of stdout.split("\n")) assert(text.length <= columns, text);
    }
  });
}

Deno.test("runs compare prints a table, a Markdown document, and everything as JSON", async () => {
  const line = `runs compare ${succeeded} ${failed}`;
  const table = await dbtc(line, { terminal: true });
  assert.match(table.stderr, /different jobs: 1 and 2/);
  assert.match(table.stdout, /failing +model\.jaffle_shop\.customers +success \d+\.\ds +error/);
  assert.match(table.stdout, new RegExp(`Why: dbtc runs explain ${failed}`));
  const markdown = await dbtc(`${line} --format markdown`);
  assert.match(
    markdown.stdout,
    /^### Run \d+ compared with run \d+\n[^]*#### Newly failing \(1\)\n\n\| node \| before /,
  );
  const { counts, nodes } = JSON.parse((await dbtc(`${line} --format json`)).stdout);
  assert.deepEqual([counts.failing, nodes[0].change], [1, "failing"]);
});

// ---- properties of the bounds ---------------------------------------------------------------------------------------

testProperty(
  "a limit of n runs costs at most n / 99 + 1 requests, rounded up",
  integer(1, 1500),
  async (limit) => {
    const net = list(Array.from({ length: 1500 }, (_, index) => run(1500 - index)));
    const stats = await Effect.runPromise(over(net)(runs.stats({ created_at__range: year, limit })));
    assert.equal(stats.runs, limit);
    assert(net.sent.length <= Math.ceil(limit / 99) + 1, `${net.sent.length} requests for ${limit}`);
  },
  { runs: 12 },
);

Deno.test("the client's default account is asked, and another where the request names it", async () => {
  const net = list([]);
  await succeeds(over(net)(runs.stats({ account_id: 8, created_at__range: year })));
  assert.match(net.sent[0]!.path, /^\/api\/v2\/accounts\/8\/runs\//);
});
