/**
 * Many runs at once, started and cut off in all sorts of trouble.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import * as Random from "effect/Random";
import * as Redacted from "effect/Redacted";
import * as Stream from "effect/Stream";
import assert from "node:assert/strict";
import { type Dbt, DbtClient, type DbtError, jobs, paginate, runs } from "../../mod.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { trigger, triggerAndWait, type TriggerEvent } from "../../lib/workflows/trigger_and_wait.ts";
import { succeeds } from "../support/fixtures.ts";

/** Does something against a sandbox in trouble, then gives the runs that it made, once nothing is in trouble any more. */
function afterwards<A>(
  faults: ReadonlyArray<sandbox.Fault>,
  effect: Effect.Effect<A, DbtError, Dbt>,
): Promise<readonly [A, ReadonlyArray<runs.Run>]> {
  const session = DbtClient.layer({
    token: Redacted.make("sandbox"),
    account_id: 1,
    host: "http://127.0.0.1",
    requestsPerMinute: 1_000_000,
  }).pipe(Layer.provideMerge(sandbox.layer({ runs: 20, faults })));
  const program = Effect.gen(function* () {
    const ended = yield* effect;
    yield* Effect.flatMap(sandbox.Sandbox, ({ heal }) => heal);
    // What was accepted late has landed by then.
    yield* Effect.sleep("1 minute");
    const all = yield* paginate(runs.list, { include_related: ["trigger"] }).pipe(Stream.runCollect);
    return [ended, all.filter(({ trigger }) => trigger?.cause?.startsWith("Storm"))] as const;
  });
  return succeeds(Effect.provide(program, session).pipe(Random.withSeed("storm")));
}

const tagOf = ({ trigger }: runs.Run) => /\[dbtc:.*\]$/.exec(trigger?.cause ?? "")?.[0] ?? "";

/** A job; the runs of a CI job wait for no others. */
const job = (index: number, job_type = "ci"): jobs.Create => ({
  name: `Storm ${index}`,
  project_id: 1,
  environment_id: 1,
  execute_steps: ["dbt build"],
  job_type,
});

const half = { probability: 0.5 } as const;
const storms: Readonly<Record<string, ReadonlyArray<sandbox.Fault>>> = {
  "accepted-then-lost": [{ fault: "accepted-then-lost", route: "POST */run/", ...half }],
  "late-accept": [{ fault: "late-accept", route: "POST */run/", ...half }],
  "late-accept after the search": [{ fault: "late-accept", route: "POST */run/", seconds: 90, ...half }],
  "hidden-in-list, and lost": [
    { fault: "accepted-then-lost", route: "POST */run/", ...half },
    { fault: "hidden-in-list", route: "GET */runs/", seconds: 20, ...half },
  ],
  "reset": [{ fault: "reset", route: "* */run*", ...half }],
  "bad-gateway-html": [{ fault: "bad-gateway-html", route: "* */run*", ...half }],
};

for (const [name, faults] of Object.entries(storms)) {
  Deno.test(`trigger() a thousand times at once never starts two runs for one, given ${name}`, async () => {
    const [exits, made] = await afterwards(
      faults,
      Effect.gen(function* () {
        const some = yield* Effect.forEach(Array.from({ length: 25 }), (_, index) => jobs.create(job(index)));
        const requests = Array.from(
          { length: 1000 },
          (_, index) => Effect.exit(trigger({ job_id: some[index % 25]?.id ?? 0, cause: "Storm" })),
        );
        return yield* Effect.all(requests, { concurrency: "unbounded" });
      }),
    );
    const given = exits.flatMap((exit) => Exit.isSuccess(exit) ? [exit.value.id] : []);
    const reasons = exits.flatMap((exit) => Option.toArray(Exit.findErrorOption(exit)).map(({ reason }) => reason));
    const tags = made.map(tagOf);
    assert.equal(new Set(tags).size, made.length, "two runs have one tag");
    assert.equal(new Set(given).size, given.length, "two were given one run");
    assert(given.every((id) => made.some((run) => run.id === id)));
    // What is neither a run nor Ambiguous never asked for one: dbt Cloud could not even be listed.
    const never = reasons.filter(({ _tag }) => _tag !== "Ambiguous").length;
    const unsure = reasons.flatMap((reason) => reason._tag === "Ambiguous" ? [reason.remedy ?? ""] : []);
    const without = unsure.filter((remedy) => !tags.some((tag) => remedy.includes(tag))).length;
    assert.equal(made.length + without + never, 1000);
    assert.equal(given.length + unsure.length + never, 1000);
    if (!name.startsWith("reset") && !name.startsWith("bad-gateway")) assert.equal(never, 0);
    if (name === "late-accept after the search") assert(unsure.length > 300 && without === 0);
    if (name === "accepted-then-lost" || name === "late-accept") assert.equal(given.length, 1000);
  });
}

for (
  const [name, faults] of Object.entries<ReadonlyArray<sandbox.Fault>>({
    "nothing": [],
    "slow-cancel": [{ fault: "slow-cancel", route: "POST */cancel/" }],
    "cancel-refused": [{ fault: "cancel-refused", route: "POST */cancel/" }],
    "lost answers": [{ fault: "accepted-then-lost", route: "POST *", ...half }],
    "late runs": [{ fault: "late-accept", route: "POST */run/", ...half }],
  })
) {
  Deno.test(`triggerAndWait() leaves no run without a word when it is interrupted 200 times, given ${name}`, async () => {
    const told = new Map<number, TriggerEvent["_tag"]>();
    const unsure: Array<string> = [];
    const onEvent = ({ _tag, run }: TriggerEvent) => Effect.sync(() => void told.set(run.id, _tag));
    const [there, made] = await afterwards(
      faults,
      Effect.gen(function* () {
        const { id } = yield* trigger({ job_id: 3, cause: "Storm, there before", git_branch: "main" });
        const some = yield* Effect.forEach([0, 1, 2], (index) => jobs.create(job(index, "other")));
        const moments = yield* Effect.replicateEffect(Random.nextBetween(0, 60_000), 200);
        yield* Effect.forEach(
          moments.entries(),
          Effect.fnUntraced(function* ([index, after]) {
            // A quarter of them attaches to the run that is there.
            const job_id = some[index % 4]?.id;
            const request = job_id === undefined ? { job_id: 3, git_branch: "main" } : { job_id };
            const options = { onEvent, reuseRunning: job_id === undefined };
            const fiber = yield* Effect.forkChild(triggerAndWait({ ...request, cause: "Storm" }, options));
            yield* Effect.sleep(after);
            yield* Fiber.interrupt(fiber);
            const exit = yield* Fiber.await(fiber);
            assert(Exit.hasInterrupts(exit) || Exit.isSuccess(exit), Deno.inspect(exit));
            const error = Exit.findErrorOption(exit);
            if (Option.isSome(error)) unsure.push(error.value.message);
          }),
          { concurrency: "unbounded" },
        );
        return id;
      }),
    );
    for (const run of made) {
      if (run.id === there) assert.notEqual(run.status, runs.RunStatus.cancelled, "an attached run was cancelled");
      else if (!runs.isFinal(run.status ?? 0)) {
        assert(told.has(run.id) || unsure.some((message) => message.includes(tagOf(run))), `nobody knows of ${run.id}`);
        // Only what could not be cancelled goes on.
        assert.notEqual(name, "nothing");
      }
    }
    assert(made.length > 100);
  });
}
