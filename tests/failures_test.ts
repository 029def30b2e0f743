/**
 * Why a run failed.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import { failuresOf } from "../lib/failures.ts";
import {
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
} from "./support.ts";

const id = 70_471_800_000_001;

const steps = [
  { id: 1, index: 1, name: "Clone git repository", status: 10, logs: "Cloned.\n" },
  { id: 2, index: 2, name: "Invoke dbt with `dbt build`", status: 20, logs: "one\ntwo\nthree\n\n" },
  {
    id: 3,
    index: 3,
    name: "Invoke dbt with `dbt docs generate`",
    status: 20,
    logs: null,
    truncated_debug_logs: "debug",
  },
  { id: 4, index: 4, name: "Invoke dbt with `dbt test`", status: 30 },
  { id: 5, index: 5, name: "Invoke dbt with `dbt run`", status: 1 },
];

const broken = {
  unique_id: "model.jaffle_shop.customers",
  status: "error",
  message: "Database Error in model customers",
  compiled_code: "select 1 from nowhere",
  brand_new: { deep: true },
};
const nodes = [
  { unique_id: "model.jaffle_shop.orders", status: "success" },
  broken,
  { unique_id: "test.jaffle_shop.unique_orders", status: "fail", failures: 3 },
  { unique_id: "source.jaffle_shop.raw", status: "runtime error" },
  { unique_id: "model.jaffle_shop.late", status: "skipped" },
  { unique_id: "test.jaffle_shop.warned", status: "warn" },
  { unique_id: "model.jaffle_shop.odd", status: null },
];

/** A server with the run; `artifact` answers for its artifacts. */
function server(artifact: (sent: Sent, index: number) => Reply, finished_at: string | null = null): Transport {
  return transport((sent, index) =>
    sent.path.includes("/artifacts/") ? artifact(sent, index) : ok({ id, status: 20, run_steps: steps, finished_at })
  );
}

const results = (list: unknown): Reply => ({
  status: 200,
  body: { metadata: {}, results: list, args: { which: "build" } },
});

Deno.test("failuresOf() gives each failed step with its own failed nodes, whole, and its log's end", async () => {
  const net = server(({ url }) => results(url.searchParams.get("step") === "2" ? nodes : []));
  const found = await succeeds(Effect.provide(failuresOf({ id }, { lines: 2 }), session(net)));
  assert.deepEqual(found, [
    { step: steps[1], nodes: nodes.slice(1, 4), log: "two\nthree" },
    { step: steps[2], nodes: [], log: "debug" },
  ]);
  assert.deepEqual(net.sent.map(({ path }) => path), [
    `/api/v2/accounts/7/runs/${id}/?include_related=run_steps`,
    `/api/v2/accounts/7/runs/${id}/artifacts/run_results.json?step=2`,
    `/api/v2/accounts/7/runs/${id}/artifacts/run_results.json?step=3`,
  ]);
});

Deno.test("failuresOf() asks for the run's account, not the session's", async () => {
  const net = server(() => results([]));
  await succeeds(Effect.provide(failuresOf({ id, account_id: 8 }), session(net)));
  assert(net.sent.every(({ path }) => path.startsWith("/api/v2/accounts/8/")));
});

Deno.test("failuresOf() says why results could not be read, and gives the rest", async () => {
  const cases: ReadonlyArray<readonly [Reply, string]> = [
    [refusal(404, "Not found."), "Not found, or not visible"],
    [refusal(403), "The token may not do this"],
    [html(502), "dbt Cloud fails (502)"],
    [{ status: 200, body: "" }, "run_results.json is not what dbt writes"],
    [{ status: 200, body: "<html>" }, "run_results.json is not what dbt writes"],
    [{ status: 200, body: { results: null } }, "run_results.json is not what dbt writes"],
  ];
  for (const [reply, words] of cases) {
    const [first] = await succeeds(Effect.provide(failuresOf({ id }), session(server(() => reply))));
    assert(first?.unread?.includes(words), String(first?.unread));
    assert.deepEqual({ ...first, unread: "" }, { step: steps[1], nodes: [], unread: "", log: "one\ntwo\nthree" });
  }
});

Deno.test("failuresOf() waits for results that come late, of a run that has just ended", async () => {
  const late = ({ at }: Sent) => at < 10 ? refusal(404) : results(nodes);
  // The virtual clock begins in 1970.
  for (
    const [finished_at, read] of [["1970-01-01 00:00:00+00:00", true], ["1970-01-01T00:02:00Z", false], [
      null,
      false,
    ]] as const
  ) {
    const net = server(late, finished_at);
    const { result, seconds } = await virtually(Effect.provide(failuresOf({ id }), session(net)));
    assert(result._tag === "Success");
    assert.equal(result.success[0]?.nodes.length, read ? 3 : 0);
    assert.equal(seconds, read ? 12 : 0);
  }
  const never = await virtually(
    Effect.provide(failuresOf({ id }), session(server(() => refusal(404), "1970-01-01T00:00:00Z"))),
  );
  assert.equal(never.seconds, 60);
});

Deno.test("failuresOf() waits for no results of a step that writes none", async () => {
  for (
    const name of ["Clone git repository", "Create profile from connection Warehouse", "Invoke dbt with `dbt deps`"]
  ) {
    const net = transport(({ path }) =>
      path.includes("/artifacts/") ? refusal(404) : ok({
        id,
        status: 20,
        run_steps: [{ id: 1, index: 1, name, status: 20 }],
        finished_at: "1970-01-01T00:00:00Z",
      })
    );
    const { seconds } = await virtually(Effect.provide(failuresOf({ id }), session(net)));
    assert.equal(seconds, 0);
    assert.equal(net.sent.length, 2);
  }
});

Deno.test("failuresOf() of a run without steps is none", async () => {
  for (const run_steps of [null, [], [{ id: 1, status: null, index: null }]]) {
    const net = transport(() => ok({ id, status: 20, run_steps }));
    assert.deepEqual(await succeeds(Effect.provide(failuresOf({ id }), session(net))), []);
  }
});

Deno.test("failuresOf() fails where the run cannot be read", async () => {
  const net = transport(() => refusal(401));
  assert.equal((await fails(Effect.provide(failuresOf({ id }), session(net)))).reason._tag, "Unauthorized");
});
