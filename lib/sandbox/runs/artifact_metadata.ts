/**
 * The metadata at the top of every artifact.
 *
 * @module
 */
import { dbtVersion } from "../data/dbt_node.ts";
import { uuid } from "../data/stable_ids.ts";
import { type Row, stampZ } from "../protocol/response_format.ts";
import type { RunRecord, StepState } from "./run_store.ts";

/** A completed step of a run, which writes artifacts. */
export interface CompletedStep {
  /** The run. */
  readonly run: RunRecord;
  /** The step. */
  readonly state: StepState;
}

/** The metadata of an artifact: its schema, run and step. `artifact` is its name and version. */
export function metadata({ run, state }: CompletedStep, artifact: string): Row {
  return {
    dbt_schema_version: `https://schemas.getdbt.com/dbt/${artifact}.json`,
    dbt_version: dbtVersion,
    generated_at: stampZ(state.finished ?? state.started),
    invocation_id: uuid(`${run.id}/${state.index}`),
    env: {
      DBT_CLOUD_PROJECT_ID: String(run.place.project_id),
      DBT_CLOUD_RUN_ID: String(run.id),
      DBT_CLOUD_JOB_ID: String(run.job),
      DBT_CLOUD_RUN_REASON: String(run.trigger.cause),
      DBT_CLOUD_RUN_REASON_CATEGORY: String(run.trigger.cause_category),
    },
  };
}
