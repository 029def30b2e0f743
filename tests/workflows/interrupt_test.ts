/**
 * Interrupts at any moment of starting a run and waiting for it: what was started here is cancelled, or goes on and has
 * been said; what others started is left alone.
 *
 * @module
 */
import * as Arbitrary from "effect/Arbitrary";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import * as Logger from "effect/Logger";
import * as Random from "effect/Random";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import assert from "node:assert/strict";
import {
  type Dbt,
  DbtClient,
  type DbtError,
  jobs,
  restartAndWait,
  runs,
  triggerAndWait,
  type TriggerEvent,
} from "../../mod.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { virtually } from "../support/fixtures.ts";
import { check, integer, oneOf } from "../support/property.ts";

/** What came of an interrupt. */
interface Cut {
  /** The runs that were started here. */
  readonly ours: ReadonlyArray<runs.Run>;
  /** The runs that others started. */
  readonly others: ReadonlyArray<runs.Run>;
  /** All that was said: events, and lines of the log. */
  readonly said: string;
  /** How many runs were asked for. */
  readonly asked: number;
  /** Seconds from the interrupt to the end. */
  readonly took: number;
}

/** What is interrupted. */
interface Started {
  /** Starts a run and waits for it. */
  readonly start: (onEvent: (event: TriggerEvent) => Effect.Effect<void>) => Effect.Effect<runs.Run, DbtError, Dbt>;
  /** Tells its run from others. */
  readonly isOurs: (run: runs.Run) => boolean;
}

const started: Readonly<Record<string, Started>> = {
  triggerAndWait: {
    start: (onEvent) => triggerAndWait({ job_id: 1, cause: "Ours" }, { onEvent }),
    isOurs: ({ trigger }) => trigger?.cause?.startsWith("Ours") === true,
  },
  restartAndWait: {
    start: (onEvent) => restartAndWait({ job_id: 2 }, { onEvent }),
    isOurs: ({ retrying_run_id }) => typeof retrying_run_id === "number",
  },
};

/** Interrupts after some seconds, while runs of others are under way: of the same job, in a queue, and beside it. */
async function cut(
  { start, isOurs }: Started,
  faults: ReadonlyArray<sandbox.Fault>,
  seconds: number,
): Promise<Cut> {
  const session = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
    // So that a moment may fall into a request.
    Layer.provideMerge(sandbox.layer({ latency: 300 })),
  );
  let said = "";
  const log = Logger.make<unknown, void>(({ message }) => void (said += `${message}\n`));
  const program = Effect.gen(function* () {
    const handle = yield* sandbox.Sandbox;
    for (const job_id of [1, 3, 3, 4]) yield* jobs.trigger({ job_id, cause: "Theirs" });
    const before = (yield* handle.requests).length;
    for (const fault of faults) yield* handle.inject(fault);
    const fiber = yield* Effect.forkChild(
      start(({ _tag, run }) => Effect.sync(() => void (said += `${_tag} ${run.id}\n`))),
    );
    yield* Effect.sleep(seconds * 1000);
    const at = yield* Clock.currentTimeMillis;
    yield* Fiber.interrupt(fiber);
    const took = ((yield* Clock.currentTimeMillis) - at) / 1000;
    const sent = (yield* handle.requests).slice(before);
    yield* handle.heal;
    // What is accepted late lands within this time.
    yield* Effect.sleep("10 seconds");
    const { data } = yield* runs.list({ order_by: "-id", limit: 20, include_related: ["trigger"] });
    return {
      ours: data.filter(isOurs),
      others: data.filter(({ trigger }) => trigger?.cause === "Theirs"),
      said,
      asked: sent.filter(({ path }) => /\/(run|retry)\/$/.test(path)).length,
      took,
    };
  });
  const { result } = await virtually(
    Effect.provide(program, session).pipe(Effect.provide(Logger.layer([log])), Random.withSeed(seconds)),
  );
  return Result.getOrThrow(result);
}

/** What may still be in flight in the end: no run; one whose id was said; or one that can be told from what was said. */
type Left = "none" | "said" | "marked";

/** What goes wrong meanwhile, and what may be left by starting a run, and by restarting one. */
const troubles: Readonly<Record<string, readonly [ReadonlyArray<sandbox.Fault>, ...ReadonlyArray<Left>]>> = {
  "nothing": [[], "none", "none"],
  "a run that takes its time to be cancelled": [[{ fault: "slow-cancel" }], "said", "said"],
  "a run that is not cancelled": [[{ fault: "cancel-refused" }], "said", "said"],
  // Nothing proves whose a restarted run is whose answer was lost: it is left.
  "answers that are lost": [[{ fault: "accepted-then-lost" }], "none", "said"],
  "lost answers, and runs that no list shows at first": [
    [{ fault: "accepted-then-lost" }, { fault: "hidden-in-list" }],
    "none",
    "said",
  ],
  "a run that begins after its answer": [[{ fault: "late-accept", route: "POST */r*/" }], "marked", "marked"],
};

/** Whether what was said tells a run: its id, its tag, or how to find it. */
function isTold({ id, trigger }: runs.Run, said: string): boolean {
  const tag = /\[dbtc:\w+\]/.exec(trigger?.cause ?? "")?.[0];
  return said.includes(String(id)) || said.includes(tag ?? "retrying_run_id");
}

/** A moment, in seconds: half of them while the run is being started, within the first request or one of the next. */
const moment = Arbitrary.map(
  Arbitrary.all({ starting: oneOf([true, false]), thousandths: integer(0, 1000) }),
  ({ starting, thousandths }) => starting ? 0.05 * 100 ** (thousandths / 1000) : thousandths / 10,
);

for (const [column, [name, one]] of Object.entries(started).entries()) {
  for (const [trouble, [faults, ...mayBeLeft]] of Object.entries(troubles)) {
    Deno.test(`${name}() leaves nothing behind unsaid when it is interrupted at any moment, given ${trouble}`, async () => {
      const kinds = new Set<string>();
      await check(moment, async (seconds) => {
        const { ours, others, said, asked, took } = await cut(one, faults, seconds);
        const when = `interrupted after ${seconds} s, this was said:\n${said}`;
        assert(asked <= 1 && ours.length <= 1, `asked twice: ${when}`);
        assert(!others.some(({ status }) => status === runs.RunStatus.cancelled), `another's was cancelled: ${when}`);
        assert.equal(others.length, 4);
        assert(took <= 15, `took ${took} s: ${when}`);
        for (const run of ours) {
          if (runs.isFinal(run.status ?? 0)) continue;
          const isBearable = {
            none: false,
            said: said.includes(String(run.id)),
            marked: isTold(run, said),
          };
          assert(isBearable[mayBeLeft[column] ?? "none"], `run ${run.id} is left: ${when}`);
        }
        kinds.add(ours[0]?.status_humanized ?? "no run");
      }, { seed: `${name}, ${trouble}`, runs: 20 });
      assert(kinds.has("no run") && kinds.size > 1, `the moments are all alike: ${[...kinds]}`);
    });
  }
}
