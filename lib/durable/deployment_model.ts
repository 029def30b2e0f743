/**
 * A deployment as a value: its payload, its tag, and `Deployment`, the workflow. Everything in this folder uses it.
 *
 * What is written here is stored in databases. A change of the payload has to read what older releases wrote.
 *
 * @module
 */
import type * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import type * as Stream from "effect/Stream";
import * as Workflow from "effect/workflow/Workflow";
import { conforms } from "../client/validate.ts";
import type { DbtError } from "../error.ts";
import { type DbtErrorJson, DbtErrorSchema } from "../error_schema.ts";
import type { Run } from "../models/run.ts";
import { optional, struct } from "../schema.ts";
import { type Overrides, overrides } from "../shared_fields.ts";
import type { Dbt } from "../dbt.ts";
import { keyHash } from "../workflows/run_tag.ts";
import { IdAndStatus, listRuns } from "../workflows/lenient_run.ts";
import { paginate } from "../paginate.ts";

/** What a deployment is started with. It is stored, and has no token. */
export interface DeploymentPayload extends Overrides {
  /**
   * What identifies the account: its subdomain where dbt Cloud names one, else the host, and its id. {@linkcode
   * payload} finds it.
   */
  readonly account: string;
  /** The account's id. */
  readonly account_id: number;
  /** The job's id. */
  readonly job_id: number;
  /** The idempotency key. */
  readonly key: string;
  /** Which attempt with this key it is, from 1. */
  readonly attempt: number;
  /** The reason for the run. */
  readonly cause: string;
  /** How often a run that ended in error is retried from the point of failure. */
  readonly retries: number;
  /** Whether a second request is sent if the answer to the first is lost and no run appears within 60 s. */
  readonly resend: boolean;
}

/** A run, stored as it came: only the members that decide are checked. */
export const StoredRun: Schema.Codec<Run, unknown> = Schema.Unknown.pipe(
  Schema.refine((value): value is Run => conforms(IdAndStatus, value)),
);

const payloadSchema = Schema.Struct({
  account: Schema.String,
  account_id: Schema.Int,
  job_id: Schema.Int,
  key: Schema.String,
  attempt: Schema.Int,
  cause: Schema.String,
  ...overrides,
  retries: Schema.Int,
  resend: Schema.Boolean,
});

/** The type of {@linkcode Deployment}: a workflow of Effect. */
export type DeploymentWorkflow = Workflow.Workflow<
  "dbtc/Deployment",
  Workflow.AnyStructSchema & Schema.Codec<DeploymentPayload>,
  Schema.Codec<Run, unknown>,
  Schema.Codec<DbtError, DbtErrorJson>
>;

const workflow = Workflow.make("dbtc/Deployment", {
  payload: payloadSchema,
  idempotencyKey: ({ account, attempt, job_id, key }) => JSON.stringify([account, job_id, key, attempt]),
  success: StoredRun,
  error: DbtErrorSchema,
});

/**
 * A deployment as a workflow of Effect: a run of a job that is started at most once for each key and attempt, and waited
 * for, wherever the process is.
 *
 * **When to use**
 *
 * As a child of a workflow of your own: `Deployment.execute(yield* payload(…))`. In other programs, {@linkcode deploy} is
 * shorter, and refuses a key with other overrides.
 *
 * **Details**
 *
 * `layer` runs it. It succeeds with the run that ended in success, and fails with `RunFailed`, `RunCancelled` or the
 * reason why no run was started. An interrupt cancels the run.
 */
// The workflow's own type says how its schemas are made. The public one says what they read and write, which is the same.
export const Deployment: DeploymentWorkflow = workflow as unknown as DeploymentWorkflow;

/**
 * The tag of all runs that an execution starts. It follows from the payload, so the runs are found without the database
 * too. It is in the causes of runs: never change it.
 */
export function tagOf({ job_id, key }: Pick<DeploymentPayload, "job_id" | "key">, executionId: string): string {
  const letters = BigInt(`0x${executionId.slice(0, 13)}`).toString(36).padStart(10, "0").slice(-10);
  return `[dbtc:${keyHash(job_id, key)}.${letters}]`;
}

/** Reads a payload from a database, and writes it. */
export const PayloadJson: Schema.Codec<DeploymentPayload, string> = Schema.fromJsonString(
  payloadSchema as unknown as Schema.Codec<DeploymentPayload>,
);

/** Where a deployment is. */
export type DeploymentState = "open" | "succeeded" | "failed" | "cancelled";

/** A deployment, as {@linkcode show} and {@linkcode list} give it. */
export interface DeploymentInfo {
  /** The id of the workflow's execution. */
  readonly id: string;
  /** The idempotency key. */
  readonly key: string;
  /** Which attempt with this key it is, from 1. */
  readonly attempt: number;
  /** What identifies the account. */
  readonly account: string;
  /** The account's id. */
  readonly account_id: number;
  /** The job's id. */
  readonly job_id: number;
  /** Open until it has an outcome. */
  readonly state: DeploymentState;
  /** The last run that was started or attached to; null before that. */
  readonly run_id: number | null;
  /** All runs, in order: more than one after retries. */
  readonly runs: ReadonlyArray<number>;
  /** The status of the last run, as last seen: see `RunStatus`. */
  readonly run_status: number | null;
  /** Why it failed: the name of the reason. */
  readonly reason: string | null;
  /** Why it failed, or what it waits for, in words. */
  readonly message: string | null;
  /** When it was asked for, as RFC 3339 in UTC. */
  readonly created_at: string;
  /** When it ended, as RFC 3339 in UTC; null while it is open. */
  readonly closed_at: string | null;
}

/** Which deployment is meant. */
export interface OfDeployment {
  /** The idempotency key. */
  readonly key: string;
  /** The job, if deployments of several jobs have the key. */
  readonly job_id?: number;
  /** The account, if deployments of several accounts have the key. */
  readonly account_id?: number;
  /** The attempt, from 1 (default: the last one). */
  readonly attempt?: number;
}

/** What a step of the workflow gives: its value, or that it has to be tried again later. */
export function stepResult<A>(value: Schema.Codec<A, unknown>) {
  return Schema.Union([
    Schema.Struct({ _tag: Schema.Literal("Done"), value }),
    Schema.Struct({ _tag: Schema.Literal("Paused") }),
  ]);
}

/** A run that the workflow waits for. */
export interface Started {
  /** The run. */
  readonly run_id: number;
  /** Whether it is certain that this deployment started it. Only such a run is ever cancelled. */
  readonly ours: boolean;
}

/** Reads and writes {@linkcode Started}. */
export const StartedSchema: Schema.Codec<Started> = struct({ run_id: Schema.Int, ours: Schema.Boolean });

/** What the plan says. */
export interface Plan {
  /** The newest run of the job before this deployment; 0 if it has none. */
  readonly baseline: number;
  /** The project of that run, for links. */
  readonly project_id?: number;
  /** A run that is there already, and the retries of it before: it is taken instead of a new one. */
  readonly attached?: { readonly runs: ReadonlyArray<number>; readonly ours: boolean };
}

/** Reads and writes {@linkcode Plan}. */
export const PlanSchema: Schema.Codec<Plan> = struct({
  baseline: Schema.Int,
  project_id: optional(Schema.Int),
  attached: optional(Schema.Struct({ runs: Schema.Array(Schema.Int), ours: Schema.Boolean })),
});

/** The runs of a deployment's job with what started them, newest first, one page at a time. */
export function newestRuns({ account_id, job_id }: DeploymentPayload): Stream.Stream<Run, DbtError, Dbt> {
  return paginate(
    listRuns,
    { account_id, job_definition_id: job_id, order_by: "-id", include_related: ["trigger"] },
    { concurrency: 1 },
  );
}

/** How to find out the execution of a payload. */
export function executionIdOf(payload: DeploymentPayload): Effect.Effect<string> {
  return Deployment.executionId(payload);
}
