/**
 * What a sandbox holds, as a value and as the text of `dbtc sandbox --state`, with which another sandbox can start.
 *
 * @module
 */
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import { oneLine } from "../../schema.ts";
import type { World } from "../endpoints/endpoint_request.ts";
import { parseJson } from "../protocol/json_text.ts";
import { isRow } from "../protocol/response_format.ts";
import { runFields, stepFields } from "../runs/run_fields.ts";
import type { Plan } from "../runs/run_plan.ts";
import { makeRuns, type RunRecord, type Runs } from "../runs/run_store.ts";
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

/** The format of snapshots. A change that an older sandbox cannot read needs a new number. */
const format = 1;

const Time = Schema.Finite;

/** The parts of a node that every artifact shows. */
const NodeParts = Schema.StructWithRest(
  Schema.Struct({ kind: Schema.String, id: Schema.String, name: Schema.String, code: Schema.String }),
  [Schema.Record(Schema.String, Schema.Unknown)],
);

/** The parts of a plan that everything relies on. The rest is checked by showing it: see {@linkcode runProblem}. */
const PlanParts = Schema.StructWithRest(
  Schema.Struct({
    steps: Schema.Array(Schema.StructWithRest(
      Schema.Struct({
        name: Schema.String,
        begin: Time,
        end: Time,
        ok: Schema.Boolean,
        command: Schema.optionalKey(Schema.String),
        nodes: Schema.Array(Schema.StructWithRest(Schema.Struct({ node: NodeParts }), [
          Schema.Record(Schema.String, Schema.Unknown),
        ])),
      }),
      [Schema.Record(Schema.String, Schema.Unknown)],
    )),
  }),
  [Schema.Record(Schema.String, Schema.Unknown)],
);

/** The parts of a run that everything relies on, besides its id and plan. */
const RunParts = Schema.StructWithRest(
  Schema.Struct({
    job: Schema.Int,
    place: Schema.Struct({ account_id: Schema.Int, project_id: Schema.Int, environment_id: Schema.Int }),
    trigger: Schema.Record(Schema.String, Schema.Unknown),
    profile: Schema.Record(Schema.String, Schema.Unknown),
    created: Time,
    speed: Schema.Finite.check(Schema.isGreaterThan(0, { expected: "a number above 0" })),
    dequeued: Schema.optionalKey(Time),
  }),
  [Schema.Record(Schema.String, Schema.Unknown)],
);

/** Reads a {@linkcode Snapshot}. */
const snapshotSchema = Schema.Struct({
  rows: Seed,
  plans: Schema.Array(PlanParts),
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
  return `${JSON.stringify({ sandbox: format, ...snapshot })}\n`;
}

/** Reads a snapshot, or says what is wrong with it and where. */
export function readSnapshot(text: string): Result.Result<Snapshot, string> {
  return Result.gen(function* () {
    const json = yield* Result.mapError(parseJson(text), (problem) => `it is not what a sandbox wrote: ${problem}`);
    if (!isRow(json) || json.sandbox === undefined) {
      return yield* Result.fail("it is not what a sandbox wrote: it does not say which version wrote it");
    }
    if (json.sandbox !== format) {
      return yield* Result.fail(
        `another version of dbtc wrote it, in the format ${json.sandbox}. This one reads the format ${format}`,
      );
    }
    const snapshot: Snapshot = yield* Result.mapError(
      Schema.decodeUnknownResult(snapshotSchema)(json),
      (error) => `it is not what a sandbox wrote: ${oneLine(error)}`,
    );
    const problem = rowProblem(snapshot.rows) ?? runProblem(snapshot);
    return problem === undefined ? snapshot : yield* Result.fail(problem);
  });
}

function rowProblem(rows: Seed): string | undefined {
  for (const [collection, list] of Object.entries(rows)) {
    const seen = new Set<string>();
    for (const [index, { id }] of list.entries()) {
      if (typeof id !== "number" && typeof id !== "string") return `row ${index} of ${collection} has no id`;
      if (seen.has(String(id))) return `${collection} has two rows with the id ${id}`;
      seen.add(String(id));
    }
  }
  return undefined;
}

/** The run that cannot be shown, and why. A file that somebody edited can be wrong in any part of a plan. */
function runProblem(snapshot: Snapshot): string | undefined {
  const { plans, runs: kept } = snapshot;
  const lost = kept.find(({ plan }) => !(plan in plans));
  if (lost !== undefined) return `it has no plan of run ${lost.id}`;
  for (const run of kept) {
    const read = Schema.decodeUnknownResult(RunParts)(run);
    if (Result.isFailure(read)) return `run ${run.id} is damaged: ${oneLine(read.failure)}`;
  }
  if (new Set(kept.map(({ id }) => id)).size < kept.length) return "it has two runs with one id";
  const runs = makeRuns(() => 1);
  restoreRuns(runs, snapshot);
  const shown = new Set<Plan>();
  for (const run of runs.all()) {
    const end = Number.MAX_SAFE_INTEGER;
    const shows = Result.try(() => {
      runFields({ ...run }, { runs, now: Math.max(run.created, run.dequeued ?? 0) + 1, origin: "" });
      // Most runs share their plan with others.
      if (run.dequeued === undefined || shown.has(run.plan)) return;
      shown.add(run.plan);
      for (const step of runs.steps(run, end)) stepFields(run, step, run.created, true);
    });
    if (Result.isFailure(shows)) return `run ${run.id} or its plan is damaged: ${shows.failure}`;
  }
  return undefined;
}
