/**
 * What a sandbox holds, as a value and as the text of `dbtc sandbox --state`, with which another sandbox can start.
 *
 * @module
 */
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import type { World } from "../endpoints/endpoint_request.ts";
import type { Plan } from "../runs/run_plan.ts";
import type { RunRecord, Runs } from "../runs/run_store.ts";
import { Seed } from "../data/row_store.ts";

/** A run of a snapshot. Its plan stands apart, since many runs share one. */
export interface KeptRun {
  /** Its id. */
  readonly id: number;
  /** The index of its plan in `plans`. */
  readonly plan: number;
  /** Everything else that the sandbox stores of it. */
  readonly [name: string]: unknown;
}

/** What a sandbox holds. */
export interface Snapshot {
  /** The rows by collection, deleted ones too. */
  readonly rows: Seed;
  /** The plans of the runs. */
  readonly plans: ReadonlyArray<unknown>;
  /** The runs, ascending by id. */
  readonly runs: ReadonlyArray<KeptRun>;
}

/** Reads a {@linkcode Snapshot}. */
const snapshotSchema = Schema.Struct({
  sandbox: Schema.Literal(1),
  rows: Seed,
  plans: Schema.Array(Schema.Unknown),
  runs: Schema.Array(
    Schema.StructWithRest(Schema.Struct({ id: Schema.Int, plan: Schema.Int }), [
      Schema.Record(Schema.String, Schema.Unknown),
    ]),
  ),
});

/** A copy of what a sandbox holds now. */
export function snapshotOf({ store, runs }: World): Snapshot {
  const places = new Map<Plan, number>();
  const kept = runs.all().map(({ plan, ...run }): KeptRun => {
    const place = places.get(plan) ?? places.size;
    places.set(plan, place);
    return { ...run, plan: place };
  });
  return structuredClone({ rows: store.all(), plans: [...places.keys()], runs: kept });
}

/** Adds copies of the runs of a snapshot. */
export function restoreRuns(runs: Runs, snapshot: Snapshot): void {
  const { plans, runs: kept } = structuredClone(snapshot);
  for (const run of kept) {
    // `snapshotOf` made it from a `RunRecord`. A file that somebody edited is checked for ids and plans only.
    runs.restore({ ...run, plan: plans[run.plan] } as unknown as RunRecord);
  }
}

/** A snapshot as text. */
export function writeSnapshot(snapshot: Snapshot): string {
  return `${JSON.stringify({ sandbox: 1, ...snapshot })}\n`;
}

/** Reads a snapshot, or says what is wrong with it. */
export function readSnapshot(text: string): Result.Result<Snapshot, string> {
  return Result.flatMap(
    Result.mapError(
      Schema.decodeUnknownResult(Schema.fromJsonString(snapshotSchema))(text),
      ({ message }) => `it is not what a sandbox wrote: ${message.replaceAll(/\s+/g, " ")}`,
    ),
    ({ sandbox: _, ...snapshot }) => {
      const lost = snapshot.runs.find(({ plan }) => !(plan in snapshot.plans));
      return lost === undefined ? Result.succeed(snapshot) : Result.fail(`it has no plan of run ${lost.id}`);
    },
  );
}
