/**
 * Why a run ended as it did.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import { type DbtError, type Explanation, runs } from "../../mod.ts";
import {
  type Ended,
  fails,
  html,
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

/** A step of a run, with more where that matters. */
function stepOf(index: number, name: string, status: number, more: object = {}) {
  return { id: 900 + index, index, name, status, ...more };
}

/** dbt's step. */
const dbt = (index: number, command: string, status: number, more: object = {}) =>
  stepOf(index, `Invoke dbt with \`dbt ${command}\``, status, more);

/** A file that dbt wrote. */
const wrote = (results: ReadonlyArray<unknown>, which: string | undefined = "build", metadata: object = {}): Reply => ({
  status: 200,
  body: { metadata, results, ...(which === undefined ? {} : { args: { which } }) },
});

/** When the virtual clock begins. */
const justNow = "1970-01-01 00:00:00+00:00";

/** A server with a run; `artifact` answers for a file of a step. */
function server(
  run: object,
  artifact: (file: string, sent: Sent) => Reply | undefined = () => undefined,
): Transport {
  return transport((sent) => {
    const [, path] = /artifacts\/(.*)\?/.exec(sent.path) ?? [];
    if (path === undefined) return ok({ id, status: 20, ...run });
    return artifact(`${path} ${sent.url.searchParams.get("step")}`, sent) ?? refusal(404, "Not found.");
  });
}

function explaining(net: Transport, request: Partial<runs.Explain> = {}): Promise<Ended<Explanation, DbtError>> {
  return virtually(Effect.provide(runs.explain({ run_id: id, ...request }), session(net)));
}

async function explained(net: Transport, request: Partial<runs.Explain> = {}): Promise<Explanation> {
  return await succeeds(Effect.provide(runs.explain({ run_id: id, ...request }), session(net)));
}

/** What was asked, without what is the same in each path. */
function asked({ sent }: Transport): ReadonlyArray<string> {
  return sent.map(({ path }) => path.replace(`/api/v2/accounts/7/runs/${id}/`, ""));
}

const customers = {
  unique_id: "model.jaffle_shop.customers",
  status: "error",
  message: "Database Error in model customers (models/customers.sql)\n  out of time",
  compiled_code: "select 1 from nowhere",
  brand_new: { deep: true },
};
const duplicates = { unique_id: "test.jaffle_shop.unique_orders_id.fed79b3a6e", status: "fail", failures: 3 };
const partly = { unique_id: "model.jaffle_shop.events", status: "partial success" };
const skipped = { unique_id: "model.jaffle_shop.late", status: "skipped", message: null };
const warns = { unique_id: "test.jaffle_shop.recent.0a1b2c3d4e", status: "warn", message: "Got 2 results" };
const fine = { unique_id: "model.jaffle_shop.orders", status: "success", compiled_code: "select 1" };
const odd = { unique_id: "model.jaffle_shop.odd", status: null };

// ---- what it says ---------------------------------------------------------------------------------------------------

Deno.test("runs.explain() gives each step with its own nodes, whole, and the end of its log", async () => {
  const steps = [
    stepOf(1, "Clone git repository", 10, { logs: "Cloned.\n" }),
    dbt(2, "deps", 10),
    dbt(3, "seed", 10, { logs: "Done.", truncated_debug_logs: "debug" }),
    dbt(4, "build", 20, { logs: "one\ntwo\nthree\n\n", brand_new: 1 }),
    dbt(5, "docs generate", 20, { logs: null, debug_logs: null, truncated_debug_logs: "debug" }),
  ];
  const net = server({ run_steps: steps, brand_new: true }, (file) =>
    ({
      "run_results.json 3": wrote([fine], "seed"),
      "run_results.json 4": wrote([fine, customers, duplicates, partly, skipped, warns, odd]),
      "run_results.json 5": wrote([], "generate"),
    })[file]);
  const found = await explained(net, { lines: 2 });
  const nothing = { counts: {}, failed: [], skipped: [], warned: [], log: "" };
  const head = (index: number, name: string, status: number) => ({ id: 900 + index, index, name, status });
  assert.deepEqual(found, {
    run: { id, status: 20, brand_new: true },
    steps: [
      { ...nothing, step: head(1, "Clone git repository", 10) },
      { ...nothing, step: head(2, "Invoke dbt with `dbt deps`", 10) },
      { ...nothing, step: head(3, "Invoke dbt with `dbt seed`", 10), counts: { success: 1 } },
      {
        step: { ...head(4, "Invoke dbt with `dbt build`", 20), brand_new: 1 },
        counts: { success: 1, error: 1, fail: 1, "partial success": 1, skipped: 1, warn: 1, unknown: 1 },
        failed: [{ ...customers, file: "models/customers.sql" }, duplicates, partly],
        skipped: [skipped],
        warned: [warns],
        log: "two\nthree",
      },
      { ...nothing, step: head(5, "Invoke dbt with `dbt docs generate`", 20), log: "debug" },
    ],
  });
  assert.deepEqual(asked(net), [
    "?include_related=run_steps",
    "artifacts/run_results.json?step=3",
    "artifacts/run_results.json?step=4",
    "artifacts/run_results.json?step=5",
  ]);
});

Deno.test("runs.explain() shows the last 10 lines of a log where nodes say why, else 30, or as many as it is told", async () => {
  const logs = Array.from({ length: 50 }, (_, line) => `line ${line}`).join("\n");
  const long = async (reply: Reply, request?: Partial<runs.Explain>) => {
    const net = server({ run_steps: [dbt(1, "build", 20, { logs })] }, () => reply);
    return (await explained(net, request)).steps[0]?.log.split("\n").filter((line) => line !== "").length;
  };
  assert.equal(await long(wrote([customers])), 10);
  assert.equal(await long(wrote([fine])), 30);
  // A node that failed without a message does not say why.
  for (const silent of [null, "", " \n"]) {
    assert.equal(await long(wrote([{ ...customers, message: silent }])), 30);
    assert.equal(await long(wrote([customers, { ...duplicates, message: silent }])), 30);
  }
  assert.equal(await long(wrote([customers]), { lines: 40 }), 40);
  assert.equal(await long(wrote([customers]), { lines: 0 }), 0);
});

Deno.test("runs.explain() leaves code out where it is told to", async () => {
  const net = server({ run_steps: [dbt(1, "build", 20)] }, () => wrote([customers]));
  const { compiled_code: _, ...rest } = customers;
  assert.deepEqual((await explained(net, { code: false })).steps[0]?.failed, [{
    ...rest,
    file: "models/customers.sql",
  }]);
});

Deno.test("runs.explain() finds a node's file in its message, or in the log, and asks for no manifest", async () => {
  const logs = "\u001b[31mFailure in test unique_orders_id (models/schema.yml)\u001b[0m\n  Got 3 results\n" +
    "Runtime Error in model orders (models/orders.sql)\nWarning in test other (models/other.yml)";
  const nodes = [
    customers,
    { ...duplicates, message: "Got 3 results, configured to fail if != 0" },
    { unique_id: "model.jaffle_shop.orders", status: "error", message: null },
    { unique_id: "model.jaffle_shop.other", status: "error" },
    { unique_id: "odd", status: "error" },
  ];
  const net = server({ run_steps: [dbt(1, "build", 20, { logs })] }, () => wrote(nodes));
  const [step] = (await explained(net)).steps;
  assert.deepEqual(step?.failed.map(({ file }) => file), [
    "models/customers.sql",
    "models/schema.yml",
    "models/orders.sql",
    undefined,
    undefined,
  ]);
  assert.equal(net.sent.length, 2);
});

Deno.test("runs.explain() reads how fresh sources are from sources.json", async () => {
  const stale = {
    unique_id: "source.jaffle_shop.raw.orders",
    status: "error",
    max_loaded_at: "2026-01-30T04:00:00+00:00",
    max_loaded_at_time_ago_in_s: 93_784.5,
    criteria: { warn_after: { count: 12, period: "hour" }, error_after: { count: 1, period: "day" }, filter: null },
  };
  const lost = { unique_id: "source.jaffle_shop.raw.gone", status: "runtime error", error: "relation does not exist" };
  const fresh = { unique_id: "source.jaffle_shop.raw.fresh", status: "pass", criteria: { warn_after: null } };
  for (const name of ["Source freshness", "Invoke dbt with `dbt source freshness --select raw`"]) {
    const net = server(
      { status: 10, run_steps: [stepOf(1, name, 20)] },
      (file) => file === "sources.json 1" ? wrote([stale, lost, fresh], undefined) : undefined,
    );
    const [step] = (await explained(net)).steps;
    assert.deepEqual(step?.counts, { error: 1, "runtime error": 1, pass: 1 });
    assert.deepEqual(step?.failed, [
      {
        unique_id: "source.jaffle_shop.raw.orders",
        status: "error",
        message: "loaded 26 h ago, at 2026-01-30T04:00:00+00:00; warns after 12 hours; fails after 1 days",
      },
      { unique_id: "source.jaffle_shop.raw.gone", status: "runtime error", message: "relation does not exist" },
    ]);
  }
});

Deno.test("runs.explain() knows statuses in any case, as dbt 2 writes them", async () => {
  const source = { unique_id: "source.shop.raw.orders", max_loaded_at_time_ago_in_s: 200_000 };
  const sources = [{ ...source, status: "Error" }, { ...source, status: "Warn" }, { ...source, status: "Pass" }];
  const nodes = ["Error", "Skipped", "WARN", "Success"].map((status) => ({ ...fine, status }));
  const run_steps = [dbt(1, "source freshness", 20), dbt(2, "build", 20)];
  const net = server({ run_steps }, (file) => file === "sources.json 1" ? wrote(sources, undefined) : wrote(nodes));
  const { steps: [freshness, build] } = await explained(net);
  assert.deepEqual(freshness?.counts, { error: 1, warn: 1, pass: 1 });
  assert.deepEqual([freshness.failed.length, freshness.warned.length], [1, 1]);
  assert.deepEqual(build?.counts, { error: 1, skipped: 1, warn: 1, success: 1 });
  assert.deepEqual([build.failed.length, build.skipped.length, build.warned.length], [1, 1, 1]);
});

Deno.test("runs.explain() counts statuses whatever they are called", async () => {
  const nodes = ["constructor", "__proto__", "toString"].map((status) => ({ ...fine, status }));
  const net = server({ run_steps: [dbt(1, "build", 20)] }, () => wrote(nodes));
  const counts = (await explained(net)).steps[0]?.counts ?? {};
  assert.deepEqual(Object.entries(counts), [["constructor", 1], ["__proto__", 1], ["to string", 1]]);
});

Deno.test("runs.explain() reads freshness.json of dbt freshness, which also looks at models", async () => {
  const stale = { unique_id: "model.shop.stg_orders", status: "Error", max_loaded_at_time_ago_in_s: 200_000 };
  const run_steps = [dbt(1, "freshness --select stg_orders", 20), dbt(2, "--no-use-colors source freshness", 20)];
  const net = server(
    { run_steps },
    (file) =>
      file === "freshness.json 1" || file === "sources.json 2"
        ? wrote([stale], undefined, { invocation_id: file })
        : undefined,
  );
  const { steps } = await explained(net);
  assert.deepEqual(steps.map(({ failed }) => failed[0]?.unique_id), [stale.unique_id, stale.unique_id]);
});

Deno.test("runs.explain() finds the file of a unit test and of a source by the last part of its id", async () => {
  const logs = "14:01:00  Failure in unit_test test_valid_email_address (models/marts/unit_tests.yml)\n" +
    "14:01:00  Runtime Error in source orders (models/sources.yml)\n" +
    "14:01:00  Failure in test unique_orders_id (models/schema.yml)";
  const nodes = ["unit_test.shop.dim_wizards.test_valid_email_address", "source.shop.raw.orders", duplicates.unique_id]
    .map((unique_id) => ({ unique_id, status: "error" }));
  const net = server({ run_steps: [dbt(1, "build", 20, { logs })] }, () => wrote(nodes));
  const [step] = (await explained(net)).steps;
  assert.deepEqual(step?.failed.map(({ file }) => file), [
    "models/marts/unit_tests.yml",
    "models/sources.yml",
    "models/schema.yml",
  ]);
});

Deno.test("runs.explain() needs of the run its id and status, whatever the types of the rest", async () => {
  const run_steps = [{ ...dbt(1, "build", 20), duration: 1.5, logs: 7 }, null, { name: "no id" }];
  const net = server({ run_steps, duration: 1, job: "none", audit: [] }, () => wrote([customers]));
  const { run, steps } = await explained(net);
  assert.deepEqual([run, steps.length], [{ id, status: 20 }, 2]);
  assert.equal(steps[0]?.failed[0]?.file, "models/customers.sql");
});

Deno.test("runs.explain() needs of a result its node, whatever the types of the rest, and counts what is none", async () => {
  const odd = { ...customers, failures: "3", timing: [null, { name: 1 }], execution_time: "1 s", compiled_code: 5 };
  const net = server({ run_steps: [dbt(1, "build", 20)] }, () => wrote([odd, null, 7, { status: "error" }]));
  const { steps: [step] } = await explained(net);
  const { compiled_code: _, ...rest } = customers;
  assert.deepEqual(step?.failed.map(({ file: _, ...node }) => node), [{ ...rest, timing: [{}] }]);
  assert.match(step?.unread ?? "", /3 of its results are none/);
  const none = server({ run_steps: [dbt(1, "build", 20)] }, () => wrote([null]));
  assert.match((await explained(none)).steps[0]?.unread ?? "", /1 of its results are none/);
});

Deno.test("runs.explain() reads the statuses of dbt 2, whose words begin with capital letters", async () => {
  const named = ["Error", "PartialSuccess", "RuntimeError", "Fail"].map((status) => ({ ...customers, status }));
  const net = server({ run_steps: [dbt(1, "build", 20)] }, () => wrote(named));
  const { steps: [step] } = await explained(net);
  assert.deepEqual(step?.failed.map(({ status }) => status).toSorted(), [
    "error",
    "fail",
    "partial success",
    "runtime error",
  ]);
});

Deno.test("runs.explain() says of a run that succeeded what warns, and asks for nothing that could not", async () => {
  const run_steps = [dbt(1, "run", 10), dbt(2, "test", 10), dbt(3, "compile", 10), dbt(4, "docs generate", 10)];
  const net = server({ status: 10, run_steps }, (file) =>
    ({
      "run_results.json 1": wrote([fine], "run"),
      "run_results.json 2": wrote([warns], "test", { invocation_id: "" }),
    })[file]);
  const { steps } = await explained(net);
  assert.deepEqual(steps.map(({ warned }) => warned), [[], [warns], [], []]);
  assert.equal(net.sent.length, 3);
});

Deno.test("runs.explain() says who cancelled a run, where the token may know", async () => {
  const audit = { trigger: null, cancellation: { actor: { id: 1, type: "user", name: "Jane" } } };
  const run = {
    status: 30,
    status_message: "Cancelled by user.",
    run_steps: [dbt(1, "build", 30, { logs: "1 of 9" })],
  };
  for (const [answer, told] of [[ok({ id, status: 30, audit }), audit], [refusal(403), undefined]] as const) {
    const net = transport(({ path, url }) =>
      path.includes("/artifacts/")
        ? refusal(404)
        : url.searchParams.get("include_related") === "audit"
        ? answer
        : ok({ id, ...run })
    );
    const found = await explained(net);
    assert.deepEqual(found.run.audit, told);
    assert.equal(found.run.status_message, "Cancelled by user.");
    assert.equal(found.steps[0]?.log, "1 of 9");
  }
});

Deno.test("runs.explain() waits for no results of a cancelled run, and misses none of the step that was cut off", async () => {
  const run_steps = [dbt(1, "seed", 10), dbt(2, "build", 30), dbt(3, "test", 30)];
  const net = server(
    { status: 30, run_steps, finished_at: justNow },
    (file) => file === "run_results.json 3" ? wrote([fine], "seed") : undefined,
  );
  const { result, seconds } = await explaining(net);
  assert(result._tag === "Success");
  assert.deepEqual(result.success.steps.map(({ unread }) => unread === undefined), [false, true, true]);
  assert.equal(seconds, 0);
});

Deno.test("runs.explain() explains a run that goes on, as far as it has come", async () => {
  const run_steps = [dbt(1, "seed", 10), dbt(2, "build", 3, { logs: "1 of 9" })];
  const net = server({ status: 3, run_steps }, () => wrote([fine], "seed"));
  const { steps } = await explained(net);
  assert.deepEqual(steps.map(({ counts, log }) => [counts, log]), [[{ success: 1 }, ""], [{}, "1 of 9"]]);
  assert.deepEqual(asked(net).slice(1), ["artifacts/run_results.json?step=1"]);
});

Deno.test("runs.explain() of a run without steps has none", async () => {
  for (const run_steps of [null, [], undefined]) {
    assert.deepEqual(await explained(server({ run_steps })), { run: { id, status: 20 }, steps: [] });
  }
  assert.deepEqual(
    await explained(server({ run_steps: [{ id: 1, status: null, index: null, name: null, logs: null }] })),
    {
      run: { id, status: 20 },
      steps: [{
        step: { id: 1, status: null, index: null, name: null },
        counts: {},
        failed: [],
        skipped: [],
        warned: [],
        log: "",
      }],
    },
  );
});

Deno.test("runs.explain() asks in the run's account", async () => {
  const net = server({ run_steps: [dbt(1, "build", 20)] }, () => wrote([]));
  await explained(net, { account_id: 8 });
  assert(net.sent.every(({ path }) => path.startsWith("/api/v2/accounts/8/")));
});

Deno.test("runs.explain() fails where the run cannot be read", async () => {
  const net = transport(() => refusal(401));
  const { reason } = await fails(Effect.provide(runs.explain({ run_id: id }), session(net)));
  assert.equal(reason._tag, "Unauthorized");
});

// ---- whose results they are -----------------------------------------------------------------------------------------

const foreign = "the step wrote no run_results.json: the one that is there is another step's";

Deno.test("runs.explain() takes no results for a step's that another command wrote", async () => {
  for (
    const [command, which, own] of [
      ["build", "build", true],
      ["build", "generate", false],
      ["build --select tag:run", "build", true],
      ["--warn-error build", "build", true],
      ["docs generate", "generate", true],
      ["docs generate", "build", false],
      ["run-operation test", "run-operation", true],
      ["retry", "build", true],
      ["retry", "retry", true],
      ["test", undefined, true],
    ] as const
  ) {
    const net = server({ run_steps: [dbt(1, command, 20)] }, () => ({
      status: 200,
      body: { results: [customers], ...(which === undefined ? { args: null } : { args: { which } }) },
    }));
    const [step] = (await explained(net)).steps;
    assert.equal(step?.failed.length, own ? 1 : 0, `${command}: ${which}`);
    assert.equal(step?.unread, own ? undefined : foreign);
  }
});

Deno.test("runs.explain() knows dbt's command from the step's own, where the name does not say it", async () => {
  const step = stepOf(1, "Build everything", 20, { run_step_command: { dbt_command: "dbt build" } });
  const net = server({ run_steps: [step] }, () => wrote([customers]));
  assert.equal((await explained(net)).steps[0]?.failed.length, 1);
});

Deno.test("runs.explain() takes results that are older than the step for another's", async () => {
  // A run that takes up another one begins with the other's files.
  for (const [generated_at, own] of [["2026-01-31T06:00:05.1Z", true], ["2026-01-31T05:59:59Z", false]] as const) {
    const net = server(
      { run_steps: [dbt(1, "retry", 20, { started_at: "2026-01-31 06:00:00.000000+00:00" })] },
      () => wrote([customers], "build", { generated_at }),
    );
    const [step] = (await explained(net)).steps;
    assert.equal(step?.unread, own ? undefined : foreign);
  }
});

Deno.test("runs.explain() takes what an invocation wrote for the first step that shows it", async () => {
  const run_steps = [dbt(1, "build --select a", 10), dbt(2, "build --select b", 20, { logs: "Parsing Error" })];
  const net = server({ run_steps }, () => wrote([warns], "build", { invocation_id: "8e5c" }));
  const { steps } = await explained(net);
  assert.deepEqual(steps.map(({ unread, warned }) => [warned.length, unread]), [[1, undefined], [0, foreign]]);
});

Deno.test("runs.explain() counts the steps itself where they have no index", async () => {
  const run_steps = [dbt(1, "seed", 10), dbt(2, "build", 20)].map((step) => ({ ...step, index: null }));
  const net = server({ run_steps }, () => refusal(404));
  await explained(net);
  assert.deepEqual(asked(net).slice(1), ["artifacts/run_results.json?step=1", "artifacts/run_results.json?step=2"]);
});

Deno.test("runs.explain() says why results could not be read, and gives the rest", async () => {
  const cases: ReadonlyArray<readonly [Reply, string]> = [
    [refusal(404, "Not found."), "Not found, or not visible"],
    [refusal(403), "The token may not do this"],
    [html(502), "dbt Cloud fails (502)"],
    [{ status: 200, body: "" }, "run_results.json is not what dbt writes"],
    [{ status: 200, body: "<html>" }, "run_results.json is not what dbt writes"],
    [{ status: 200, body: { results: null } }, "run_results.json is not what dbt writes"],
    [{ status: 200, body: { results: [{ status: "error" }] } }, "run_results.json is not what dbt writes"],
  ];
  for (const [reply, words] of cases) {
    const net = server({ run_steps: [dbt(1, "build", 20, { logs: "one\ntwo" })] }, () => reply);
    const [step] = (await explained(net)).steps;
    assert(step?.unread?.includes(words), String(step?.unread));
    assert.deepEqual([step?.failed, step?.log], [[], "one\ntwo"]);
  }
});

// ---- results that come late -----------------------------------------------------------------------------------------

Deno.test("runs.explain() waits for results that come late, of a run that has just ended", async () => {
  for (
    const [finished_at, read] of [[justNow, true], ["1970-01-01T00:02:00Z", false], [null, false]] as const
  ) {
    const net = server({ run_steps: [dbt(1, "build", 20)], finished_at }, (_, { at }) => {
      return at < 10 ? undefined : wrote([customers]);
    });
    const { result, seconds } = await explaining(net);
    assert(result._tag === "Success");
    assert.equal(result.success.steps[0]?.failed.length, read ? 1 : 0);
    assert.equal(seconds, read ? 12 : 0);
  }
});

Deno.test("runs.explain() waits no longer than a minute after the run's end, for all steps together", async () => {
  const run_steps = Array.from({ length: 9 }, (_, index) => dbt(index + 1, "build", 20));
  const { seconds } = await explaining(server({ run_steps, finished_at: justNow }));
  assert(seconds > 50 && seconds <= 60, `${seconds} s`);
});

Deno.test("runs.explain() waits for no results of a step that writes none", async () => {
  const steps = [
    stepOf(1, "Clone git repository", 20),
    stepOf(1, "Create profile from connection Warehouse", 20),
    dbt(1, "deps", 20),
    dbt(1, "ls --select seed", 20),
    dbt(1, "build", 20, { logs: "Running with dbt=1.9.8\nEncountered an error:\nParsing Error in model a (a.sql)" }),
  ];
  for (const [index, step] of steps.entries()) {
    const net = server({ run_steps: [step], finished_at: justNow });
    const { seconds } = await explaining(net);
    assert.equal(seconds, 0, step.name);
    assert.equal(net.sent.length, index === steps.length - 1 ? 2 : 1);
  }
});
