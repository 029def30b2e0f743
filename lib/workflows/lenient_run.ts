/**
 * Runs, read leniently: an answer counts as soon as it has the run's id and a status that is a number or missing. A
 * wait, a start or a cancel must not fail because dbt Cloud changed the type of a member that only decorates a run.
 *
 * Used by all workflows that read runs. `runs.get` and `runs.list` themselves check every member.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import * as runs from "../api/runs.ts";
import type { Run } from "../api/runs.ts";
import { Drift } from "../client/drift.ts";
import { conforms, partThatFits } from "../client/validate.ts";
import { Dbt, type Named } from "../dbt.ts";
import { keepRowsSent } from "../definition.ts";
import { type Answer, data, type Definition, type Endpoint, type Page } from "../endpoint.ts";
import type { DbtError } from "../error.ts";
import { nullable, struct } from "../schema.ts";

/** The two members that decide. */
export interface IdAndStatus {
  readonly id: number;
  readonly status?: number | null;
}

/** Checks the two members that decide. */
export const IdAndStatus: Schema.Codec<IdAndStatus> = struct({ id: Schema.Int, status: nullable(Schema.Int) });

const answer = data(IdAndStatus);
const rows: Answer<unknown> = { from: "page", schema: Schema.Struct({ data: Schema.Array(Schema.Unknown) }) };

/** Sends a request to an endpoint, and checks the answer against another schema. Drift is still reported in full. */
const send = Effect.fnUntraced(function* <Request, Success>(
  endpoint: Endpoint<Request, Success>,
  success: Answer<unknown>,
  request: Request,
): Effect.fn.Return<unknown, DbtError, Dbt> {
  const { send } = yield* Dbt;
  const drift = yield* Drift;
  const observe: NonNullable<typeof drift>["observe"] = (name, _, value) =>
    drift?.observe(name, endpoint.success, value);
  const lenient: Named<Definition<Request, unknown>> = { ...endpoint, name: endpoint.name, success };
  return yield* send(lenient, request).pipe(
    Effect.provideService(Drift, drift && { answers: 0, differences: () => [], observe }),
  );
});

/** Calls an endpoint that answers with one run: only the run's id and status are checked. */
export function sendForRun<Request>(
  endpoint: Endpoint<Request, Run>,
  request: Request,
): Effect.Effect<Run, DbtError, Dbt> {
  // All other members may have any type. Whoever reads them uses `fitting`.
  return Effect.map(send(endpoint, answer, request), (run) => run as Run);
}

/** `runs.list` for workflows: a row without an id is left out, and so is each member of another type. */
export const listRuns: Endpoint<runs.List, Page<Run>> = Object.assign(
  Object.defineProperty(
    (request: runs.List) =>
      Effect.map(send(runs.list, rows, request), (page) => {
        // `rows` has checked that there is a list.
        const { data, ...rest } = page as Page<unknown>;
        const sent = data.map((row) => conforms(IdAndStatus, row) ? fitting(row as Run) : undefined);
        return keepRowsSent({ ...rest, data: sent.filter((run) => run !== undefined) }, sent);
      }),
    "name",
    { value: runs.list.name },
  ),
  { ...runs.list },
);

/** A run without the members that have another type than the model says. The run itself where all of them fit. */
export function fitting(run: Run): Run {
  // What has an id is an object, and what is left of an object is as its schema says.
  return partThatFits(runs.Run, run) as Run;
}
