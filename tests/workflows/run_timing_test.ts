/**
 * How long the nodes of a run took.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import assert from "node:assert/strict";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { type NodeTiming, type runs, type RunTiming, timingOf } from "../../mod.ts";
import { command, type Outcome, type Surroundings } from "../support/command.ts";
import * as artifacts from "../contracts/facts/artifacts.ts";
import { absent, read } from "../support/evidence.ts";
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
  virtually,
} from "../support/fixtures.ts";

const id = 70_471_800_000_001;

/** A time of the run, so many seconds after its first node began. */
function at(seconds: number): string {
  return new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();
}

/** What came of a node, from and until so many seconds after the first began. */
function result(unique_id: string, begin: number, end: number, more: Readonly<Record<string, unknown>> = {}) {
  return {
    unique_id,
    status: "success",
    thread_id: "Thread-1 (worker)",
    execution_time: end - begin,
    timing: [
      { name: "compile", started_at: at(begin), completed_at: at(begin) },
      { name: "execute", started_at: at(begin), completed_at: at(end) },
    ],
    ...more,
  };
}

function results(which: string, nodes: ReadonlyArray<unknown>, invocation_id: string = which) {
  return { metadata: { invocation_id }, results: nodes, elapsed_time: 1, args: { which } };
}

interface Step {
  readonly name: string;
  readonly status?: number;
  readonly results?: unknown;
}

const deps: Step = { name: "Invoke dbt with `dbt deps`" };

/** A server with a run of these steps; `manifest` answers for its manifest. */
function server(
  steps: ReadonlyArray<Step>,
  parents: Readonly<Record<string, unknown>> = {},
  {
    manifest = { status: 200, body: { nodes: { x: "}" }, parent_map: parents } },
    finished_at = null,
    answer,
    run = {},
  }: {
    readonly manifest?: Reply;
    readonly run?: Partial<runs.Run>;
    readonly finished_at?: string | null;
    readonly answer?: (sent: Sent) => Reply | undefined;
  } = {},
): Transport {
  const run_steps = steps.map(({ name, status = 10 }, index) => ({ id: index + 1, index: index + 1, name, status }));
  return transport((sent) => {
    const said = answer?.(sent);
    if (said !== undefined) return said;
    if (sent.path.includes("manifest.json")) return manifest;
    if (!sent.path.includes("/artifacts/")) return ok({ id, status: 10, run_steps, finished_at, ...run });
    const held = steps[Number(sent.url.searchParams.get("step")) - 1]?.results;
    return held === undefined ? refusal(404) : { status: 200, body: held };
  });
}

function timed(net: Transport): Promise<RunTiming> {
  return succeeds(Effect.provide(timingOf({ run_id: id }), session(net)));
}

/** The nodes, in short. */
function ids(nodes: ReadonlyArray<NodeTiming> | null): ReadonlyArray<string> | undefined {
  return nodes?.map(({ unique_id }) => unique_id);
}

const build: Step = {
  name: "Invoke dbt with `dbt build`",
  results: results("build", [
    result("seed.a", 0, 2),
    result("model.b", 2, 5, { thread_id: "Thread-2 (worker)" }),
    result("model.c", 2, 3),
    result("test.d", 5, 5.5, { status: "pass" }),
    result("model.e", 0, 0, { status: "skipped", timing: [], execution_time: 0, thread_id: null }),
  ]),
};
const parents = { "seed.a": [], "model.b": ["seed.a"], "model.c": ["seed.a"], "test.d": ["model.c"] };

Deno.test("timingOf() gives the slowest nodes, the threads in use and the critical path", async () => {
  const node = (unique_id: string, begin: number, end: number): NodeTiming => ({
    unique_id,
    step: 2,
    status: "success",
    thread_id: "Thread-1 (worker)",
    started_at: at(begin),
    completed_at: at(end),
    seconds: end - begin,
  });
  const [a, b] = [node("seed.a", 0, 2), { ...node("model.b", 2, 5), thread_id: "Thread-2 (worker)" }];
  assert.deepEqual(await timed(server([deps, build], parents)), {
    run_id: id,
    started_at: at(0),
    seconds: 5.5,
    node_seconds: 6.5,
    nodes: [
      b,
      a,
      node("model.c", 2, 3),
      { ...node("test.d", 5, 5.5), status: "pass" },
      { ...node("model.e", 0, 0), status: "skipped", thread_id: null, started_at: null, completed_at: null },
    ],
    threads: [{ at: 0, threads: 1 }, { at: 2, threads: 2 }, { at: 3, threads: 1 }, { at: 5.5, threads: 0 }],
    critical_path: [a, b],
    unread: [],
  });
});

const cases: ReadonlyArray<
  readonly [
    name: string,
    nodes: ReadonlyArray<unknown>,
    parents: Readonly<Record<string, unknown>>,
    path: ReadonlyArray<string>,
  ]
> = [
  [
    "is the chain that takes longest, not the one that ends last",
    [
      result("model.a", 0, 1),
      result("model.b", 1, 9),
      result("model.late", 9.5, 10),
    ],
    { "model.b": ["model.a"], "model.late": [] },
    ["model.a", "model.b"],
  ],
  ["goes through what the step did not run", [result("model.a", 0, 1), result("model.z", 3, 4)], {
    "model.z": ["model.ephemeral"],
    "model.ephemeral": ["model.deeper"],
    "model.deeper": ["model.a", "source.s"],
  }, ["model.a", "model.z"]],
  [
    "goes through the tests that a build waits for",
    [
      result("model.a", 0, 1),
      result("test.a", 1, 4),
      result("test.after", 1, 9),
      result("model.b", 4, 6),
    ],
    { "test.a": ["model.a"], "test.after": ["model.a"], "model.b": ["model.a"] },
    ["model.a", "test.after"],
  ],
  [
    "goes through tests to what comes behind them",
    [
      result("model.a", 0, 1),
      result("test.a", 1, 4),
      result("model.b", 4, 6),
    ],
    { "test.a": ["model.a"], "model.b": ["model.a"] },
    ["model.a", "test.a", "model.b"],
  ],
  [
    "has no test behind another",
    [
      result("model.a", 0, 1),
      result("test.one", 1, 4),
      result("test.two", 4, 6),
    ],
    { "test.one": ["model.a"], "test.two": ["model.a"] },
    ["model.a", "test.one"],
  ],
  [
    "goes through a model's own unit tests, which come first",
    [
      result("unit_test.a", 0, 3),
      result("model.a", 3, 4),
    ],
    { "unit_test.a": ["model.a"] },
    ["unit_test.a", "model.a"],
  ],
  ["does not mind nodes that depend on themselves and each other", [
    result("model.a", 0, 1),
    result("model.b", 1, 2),
  ], {
    "model.a": ["model.b", "model.a"],
    "model.b": ["model.x"],
    "model.x": ["model.y"],
    "model.y": ["model.x", "model.a"],
  }, [
    "model.a",
    "model.b",
  ]],
  ["does not mind a map that is none", [result("model.a", 0, 1), result("model.b", 1, 3)], {
    "model.a": null,
    "model.b": "model.a",
  }, ["model.b"]],
];

for (const [name, nodes, parents, path] of cases) {
  Deno.test(`timingOf()'s critical path ${name}`, async () => {
    const net = server([{ name: "Invoke dbt with `dbt build`", results: results("build", nodes) }], parents);
    assert.deepEqual(ids((await timed(net)).critical_path), path);
  });
}

Deno.test("timingOf() reads every dbt step, each invocation once, and no docs", async () => {
  const seed = results("seed", [result("seed.a", 0, 2)]);
  const run = results("run", [result("model.b", 10, 11)]);
  const net = server([
    deps,
    { name: "Invoke dbt with `dbt seed`", results: seed },
    { name: "Invoke dbt with `dbt run`", results: run },
    // It wrote none of its own: those of the step before are in the folder.
    { name: "Invoke dbt with `dbt run-operation grant`", results: run },
    { name: "A step without a command", results: results("generate", [result("model.b", 20, 30)]) },
    { name: "Invoke dbt with `dbt docs generate`", results: results("generate", [result("model.b", 20, 30)], "docs") },
  ], { "model.b": ["seed.a"] });
  const { critical_path, nodes, seconds, node_seconds } = await timed(net);
  assert.deepEqual(nodes.map(({ unique_id, step }) => [unique_id, step]), [["seed.a", 2], ["model.b", 3]]);
  assert.deepEqual([seconds, node_seconds, ids(critical_path)], [11, 3, ["seed.a", "model.b"]]);
  assert.deepEqual(
    net.sent.flatMap(({ path }) => /artifacts\/(.*)$/.exec(path)?.[1] ?? []).toSorted(),
    ["manifest.json?step=3", ...[2, 3, 4, 5].map((step) => `run_results.json?step=${step}`)],
  );
});

for (
  const [name, manifest, says] of [
    ["is missing", refusal(404), /^no critical path: runs\.getArtifact: Not found/],
    ["cannot be read", refusal(403), /^no critical path: runs\.getArtifact: The token may not/],
    [
      "is not JSON",
      { status: 200, body: "manifest" },
      /manifest\.json is not what dbt writes: it is not one JSON object/,
    ],
    ["breaks off", { status: 200, body: '{"parent_map": {' }, /is not a whole JSON object/],
    ["knows no parents", { status: 200, body: { nodes: {} } }, /^no critical path: manifest\.json has no parent_map$/],
    ["has no map of parents", { status: 200, body: { parent_map: null } }, /manifest\.json has no parent_map$/],
  ] as ReadonlyArray<readonly [string, Reply, RegExp]>
) {
  Deno.test(`timingOf() gives no critical path, and the rest, where the manifest ${name}`, async () => {
    const { critical_path, nodes, unread } = await timed(server([build], {}, { manifest }));
    assert.deepEqual([critical_path, nodes.length, unread.length], [null, 5, 1]);
    assert.match(unread[0] ?? "", says);
  });
}

Deno.test("timingOf() says which results it cannot read, and reads the others", async () => {
  const odd = results("run", [result("model.b", 3, 4), { status: "success" }, "model.c"]);
  const { nodes, unread } = await timed(server([
    { name: "Invoke dbt with `dbt seed`", results: "[]" },
    { name: "Invoke dbt with `dbt run`", results: odd },
    { name: "Invoke dbt with `dbt test`" },
  ]));
  assert.deepEqual(ids(nodes), ["model.b"]);
  assert.match(unread[0] ?? "", /^step 1: runs\.getArtifact: .*run_results\.json is not what dbt writes/);
  assert.equal(unread[1], "step 2: 2 results are not what dbt writes");
});

Deno.test("timingOf() takes null for what is not known", async () => {
  const nothing = { unique_id: "model.a", status: null, thread_id: null, timing: null, execution_time: null };
  const timing = [{ name: "execute", started_at: at(0), completed_at: null }, { name: null, started_at: "soon" }];
  const { nodes, seconds, threads, critical_path } = await timed(server([{
    name: "Invoke dbt with `dbt build`",
    results: results("build", [nothing, { ...nothing, unique_id: "model.b", timing, execution_time: 3 }]),
  }]));
  assert.deepEqual(nodes.map(({ unique_id, seconds }) => [unique_id, seconds]), [["model.b", 3], ["model.a", 0]]);
  assert.deepEqual([seconds, threads, critical_path], [0, [], []]);
});

Deno.test("timingOf() fails where no step has results, and as the API fails", async () => {
  const lost = server([{ name: "Invoke dbt with `dbt build`" }]);
  const error = await fails(Effect.provide(timingOf({ run_id: id }), session(lost)));
  assert.equal(error.reason._tag, "NotFound");
  assert.match(error.message, /^runs\.timing: .*no step of run 70471800000001 has results/);
  const net = server([build], {}, { answer: ({ path }) => path.includes("run_results") ? refusal(401) : undefined });
  assert.equal((await fails(Effect.provide(timingOf({ run_id: id }), session(net)))).reason._tag, "Unauthorized");
});

Deno.test("timingOf() says why there is nothing to time, and does not blame the token", async () => {
  const docs = { name: "Invoke dbt with `dbt docs generate`" };
  const build = { name: "Invoke dbt with `dbt build`" };
  for (
    const [steps, run, why] of [
      [[], { status: 30 }, "was cancelled before a step began"],
      [[{ ...build, status: 1 }], { status: 30 }, "was cancelled before a step began"],
      [[{ ...build, status: 30 }], { status: 30 }, "was cancelled before a step had results"],
      [[], { status: 20 }, "ended before a step began"],
      [[{ ...build, status: 3 }], { status: 3 }, "has not ended, and no step has results yet"],
    ] as const
  ) {
    const { nodes, unread } = await timed(server(steps, {}, { run }));
    assert.deepEqual([nodes, unread], [[], [`run ${id} ${why}`]]);
  }
  const { unread } = await timed(server([deps, docs]));
  assert.deepEqual(unread, [`no step of run ${id} builds or tests nodes: Invoke dbt with \`dbt docs generate\``]);
});

Deno.test("timingOf() waits for results that come late, of a run that has just ended", async () => {
  const net = server([build], parents, {
    finished_at: "1970-01-01T00:00:00Z",
    answer: ({ path, at }) => path.includes("run_results") && at < 10 ? refusal(404) : undefined,
  });
  const { result, seconds } = await virtually(Effect.provide(timingOf({ run_id: id }), session(net)));
  assert.deepEqual([Result.getOrThrow(result).nodes.length, seconds], [5, 12]);
});

Deno.test("timingOf() reads 20,000 nodes, each waiting for the one before", async () => {
  const count = 20_000;
  const nodes = Array.from({ length: count }, (_, index) => result(`model.m${index}`, index, index + 1));
  const chain = Object.fromEntries(
    nodes.map((_, index) => [`model.m${index}`, index > 0 ? [`model.m${index - 1}`] : []]),
  );
  const { critical_path, threads } = await timed(
    server([{ name: "Invoke dbt with `dbt build`", results: results("build", nodes) }], chain),
  );
  assert.deepEqual([critical_path?.length, threads], [count, [{ at: 0, threads: 1 }, { at: count, threads: 0 }]]);
});

Deno.test("timingOf() reads results and a manifest as dbt writes them", async () => {
  const { nodes, unread, critical_path } = await timed(server(
    [{ name: "Invoke dbt with `dbt build`", results: artifacts.results }],
    {},
    { manifest: { status: 200, body: artifacts.manifest } },
  ));
  assert.deepEqual(unread, []);
  const seconds = nodes.map((node) => [node.unique_id, node.seconds]);
  assert.deepEqual(seconds.toSorted(), [
    ["model.shop.sales", 1.25],
    ["operation.shop.shop-on-run-start-0", 1.25],
    ["seed.shop.prices", 1.25],
    ["test.shop.not_null_sales_id.0a1b2c3d4e", 1.25],
  ]);
  const path = critical_path?.map(({ unique_id }) => unique_id);
  assert.deepEqual(path, ["seed.shop.prices", "model.shop.sales", "test.shop.not_null_sales_id.0a1b2c3d4e"]);
});

Deno.test({
  name: "timingOf() reads results and a manifest that dbt wrote",
  ignore: absent,
  fn: async () => {
    const { nodes, unread } = await timed(server(
      [{ name: "Invoke dbt with `dbt build`", results: read("artifacts/run_results_v6.json") }],
      {},
      { manifest: { status: 200, body: read("artifacts/manifest_v12_dbt1.8.json") } },
    ));
    assert.deepEqual(unread, []);
    assert.equal(nodes.length, JSON.parse(read("artifacts/run_results_v6.json")).results.length);
  },
});

// ---- on the command line --------------------------------------------------------------------------------------------

function dbtc(argv: ReadonlyArray<string>, more: Surroundings = {}, options: sandbox.Options = {}): Promise<Outcome> {
  return Effect.runPromise(command(argv, more).pipe(Effect.provide(sandbox.layer(options))));
}

const line = ["runs", "timing", String(id)];

Deno.test("dbtc runs timing draws the nodes on a terminal, on the time of the run", async () => {
  const { code, stdout, stderr } = await dbtc([...line, "--top", "3"], { terminal: true });
  assert.deepEqual([code, stderr], [0, ""]);
  assert.equal(
    stdout,
    [
      "Run 70471800000001: 39 nodes in 30.1 s",
      "",
      "Slowest, 3 of 39",
      "model.jaffle_shop.customers                                  success      10.8                ██████████████",
      "model.jaffle_shop.orders                                     success      10.4                   █████████████",
      "seed.jaffle_shop.raw_customers                               success       4.5  █████",
      "",
      "Threads: 4 at most, 3.1 on average",
      "▆▆▆▆▆▆▆▆▆▆▆▆████▇▆▆▆██████████▇▆▆▅▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▅▆▆▆▆████████████████▆▃",
      "",
      "Critical path: 23.9 of 30.1 s",
      "seed.jaffle_shop.raw_customers                               success       4.5  █████",
      "model.jaffle_shop.stg_customers                              success       3.1       █████",
      "….jaffle_shop.not_null_stg_customers_customer_id.269d1888b7  pass          1.9            ██",
      "model.jaffle_shop.customers                                  success      10.8                ██████████████",
      "…orders_customer_id__customer_id__ref_customers_.4d19daa97f  pass          1.6                                 ██",
      "snapshot.jaffle_shop.orders_snapshot                         success       2.0                                     ███",
      "",
    ].join("\n"),
  );
});

Deno.test("dbtc runs timing draws no line that is wider than the terminal", async () => {
  const { stdout } = await dbtc(line, { terminal: true });
  assert.deepEqual(stdout.split("\n").filter((text) => [...text].length > 120), []);
});

Deno.test("dbtc runs timing prints JSON in a pipe, and the nodes as rows", async () => {
  const whole = JSON.parse((await dbtc(line)).stdout);
  assert.deepEqual(Object.keys(whole), [
    "run_id",
    "started_at",
    "seconds",
    "node_seconds",
    "nodes",
    "threads",
    "critical_path",
    "unread",
  ]);
  assert.equal(whole.nodes.length, 39);
  assert.equal(JSON.parse((await dbtc([...line, "--top", "3"])).stdout).nodes.length, 3);
  const rows = await dbtc([...line, "--top", "2", "--format", "csv", "--fields", "unique_id,seconds"]);
  assert.equal(rows.stdout, "unique_id,seconds\nmodel.jaffle_shop.customers,10.839\nmodel.jaffle_shop.orders,10.43\n");
});

Deno.test("dbtc runs timing says what it could not read, and shows the rest", async () => {
  const faults = [{ fault: "missing-artifact", route: "GET */manifest.json" }] as const;
  const { code, stdout, stderr } = await dbtc(line, { terminal: true }, { faults });
  assert.equal(code, 0);
  assert.match(stderr, /^no critical path: runs\.getArtifact: Not found/);
  assert(stdout.includes("Threads: ") && !stdout.includes("Critical path"));
});

for (
  const [argv, code, says] of [
    [["runs", "timing"], 2, /Which run\? Try: dbtc runs timing RUN/],
    [[...line, "--top", "0"], 2, /--top: \\"0\\" is not a number of nodes/],
    [[...line, "--dry-run"], 2, /sends several requests: --dry-run cannot print them/],
    [["runs", "timing", "5"], 3, /Not found/],
    [[...line, "--format", "csv", "--fields", "nope"], 2, /--fields: no row has "nope"/],
  ] as ReadonlyArray<readonly [ReadonlyArray<string>, number, RegExp]>
) {
  Deno.test(`dbtc ${argv.join(" ")} exits ${code}`, async () => {
    const outcome = await dbtc(argv);
    assert.deepEqual([outcome.code, outcome.stdout], [code, ""]);
    assert.match(outcome.stderr, says);
  });
}
