/**
 * What a sandbox holds, as a value that another one can start with.
 *
 * @module
 */
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import type { World } from "../endpoints/crud_handlers.ts";
import type { Plan } from "../runs/run_plan.ts";
import type { RunRecord, Runs } from "../runs/run_store.ts";
import { Seed } from "../data/row_store.ts";

/** A run, whose plan is one of the snapshot's. */
export interface KeptRun {
  /** Its id. */
  readonly id: number;
  /** The place of its plan among the snapshot's. */
  readonly plan: number;
  /** All else that the sandbox knows of it. */
  readonly [name: string]: unknown;
}

/** What a sandbox holds. */
export interface Snapshot {
  /** The rows, by collection; deleted ones too. */
  readonly rows: Seed;
  /** What runs do. Many do the same. */
  readonly plans: ReadonlyArray<unknown>;
  /** The runs, ascending by id. */
  readonly runs: ReadonlyArray<KeptRun>;
}

/** Reads a {@linkcode Snapshot}. */
const Snapshot = Schema.Struct({
  sandbox: Schema.Literal(1),
  rows: Seed,
  plans: Schema.Array(Schema.Unknown),
  runs: Schema.Array(
    Schema.StructWithRest(Schema.Struct({ id: Schema.Int, plan: Schema.Int }), [
      Schema.Record(Schema.String, Schema.Unknown),
    ]),
  ),
});

/** What a sandbox holds now: a copy. */
export function snapshotOf({ store, runs }: World): Snapshot {
  const places = new Map<Plan, number>();
  const kept = runs.all().map(({ plan, ...run }): KeptRun => {
    const place = places.get(plan) ?? places.size;
    places.set(plan, place);
    return { ...run, plan: place };
  });
  return structuredClone({ rows: store.all(), plans: [...places.keys()], runs: kept });
}

/** Puts back the runs of a snapshot. Its own stay as they are. */
export function restoreRuns(runs: Runs, snapshot: Snapshot): void {
  const { plans, runs: kept } = structuredClone(snapshot);
  for (const run of kept) runs.restore({ ...run, plan: plans[run.plan] } as unknown as RunRecord); // as `snapshotOf` made it
}

/** A snapshot as text. */
export function writeSnapshot(snapshot: Snapshot): string {
  return `${JSON.stringify({ sandbox: 1, ...snapshot })}\n`;
}

/** Reads a snapshot, or says what is wrong with it. */
export function readSnapshot(text: string): Result.Result<Snapshot, string> {
  return Result.flatMap(
    Result.mapError(
      Schema.decodeUnknownResult(Schema.fromJsonString(Snapshot))(text),
      ({ message }) => `it is not what a sandbox wrote: ${message.replaceAll(/\s+/g, " ")}`,
    ),
    ({ sandbox: _, ...snapshot }) => {
      const lost = snapshot.runs.find(({ plan }) => !(plan in snapshot.plans));
      return lost === undefined ? Result.succeed(snapshot) : Result.fail(`it has no plan of run ${lost.id}`);
    },
  );
}
