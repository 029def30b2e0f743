/**
 * The tables of the deployments and of their waits: migrations, reads and writes. They stand beside the tables of
 * Effect's cluster, which has the workflows themselves.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Schema from "effect/Schema";
import * as Migrator from "effect/sql/Migrator";
import * as SqlClient from "effect/sql/SqlClient";
import type { SqlError } from "effect/sql/SqlError";
import { type DbtError, unsendable } from "../error.ts";
import type { Run } from "../models/run.ts";
import { DbtErrorSchema } from "../error_schema.ts";
import {
  type DeploymentInfo,
  type DeploymentPayload,
  type DeploymentState,
  type OfDeployment,
  PayloadJson,
} from "./deployment_model.ts";

// ---- migrations -----------------------------------------------------------------------------------------------------

/** The table that says which migrations a database has. */
const migrationsTable = "dbtc_schema";

/** The migrations, in order. A new release adds to them, and never changes one. */
const migrations: ReadonlyArray<Migrator.ResolvedMigration> = [
  [
    1,
    "deployments",
    Effect.succeed(Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient;
      // Times are milliseconds since 1970; runs and errors are JSON.
      yield* sql`CREATE TABLE dbtc_deployments (
        execution_id VARCHAR(32) PRIMARY KEY,
        account TEXT NOT NULL, account_id BIGINT NOT NULL, job_id BIGINT NOT NULL,
        deployment_key TEXT NOT NULL, attempt INTEGER NOT NULL,
        payload TEXT NOT NULL, state VARCHAR(16) NOT NULL,
        run_id BIGINT, runs TEXT NOT NULL, run TEXT, error TEXT, note TEXT,
        created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, closed_at BIGINT,
        UNIQUE (deployment_key, job_id, account, attempt))`;
      yield* sql`CREATE INDEX dbtc_deployments_state ON dbtc_deployments (state, created_at)`;
      yield* sql`CREATE TABLE dbtc_waits (
        token VARCHAR(512) PRIMARY KEY, execution_id VARCHAR(32) NOT NULL,
        account TEXT NOT NULL, account_id BIGINT NOT NULL, run_id BIGINT NOT NULL,
        created_at BIGINT NOT NULL, ended_at BIGINT)`;
      yield* sql`CREATE INDEX dbtc_waits_run ON dbtc_waits (run_id)`;
      yield* sql`CREATE INDEX dbtc_waits_execution ON dbtc_waits (execution_id)`;
    })),
  ],
];

const newest = Math.max(...migrations.map(([id]) => id));

/** Makes or updates the tables. Refuses a database of a newer release. */
export const migrate: Effect.Effect<void, SqlError | Migrator.MigrationError | DbtError, SqlClient.SqlClient> = Effect
  .gen(function* () {
    yield* Migrator.make({})({ loader: Effect.succeed(migrations), table: migrationsTable });
    const [last] = yield* migrationsOf(yield* SqlClient.SqlClient, "DESC");
    if (last !== undefined && last.migration_id > newest) {
      return yield* unsendable(
        "deployments.open",
        `a newer release of dbtc wrote the database (its schema is ${last.migration_id}, and this release knows ` +
          `${newest}). Update dbtc`,
      );
    }
  });

/** When the tables were made, in milliseconds: no earlier deployment is in the database. */
export const madeAt: Effect.Effect<number, SqlError, SqlClient.SqlClient> = Effect.gen(function* () {
  const [first] = yield* migrationsOf(yield* SqlClient.SqlClient, "ASC");
  const made = first?.created_at;
  // SQLite's own times are in UTC, and do not say so.
  return made instanceof Date ? made.getTime() : Date.parse(`${String(made).replace(" ", "T")}Z`);
});

function migrationsOf(sql: SqlClient.SqlClient, order: "ASC" | "DESC") {
  return sql<{ readonly migration_id: number; readonly created_at: Date | string }>`
    SELECT migration_id, created_at FROM ${sql(migrationsTable)} ORDER BY migration_id ${sql.literal(order)} LIMIT 1`;
}

// ---- deployments ----------------------------------------------------------------------------------------------------

/** A row of `dbtc_deployments`. PostgreSQL's client gives large numbers as texts or bigints. */
export interface DeploymentRow {
  readonly execution_id: string;
  readonly account: string;
  readonly account_id: number | string | bigint;
  readonly job_id: number | string | bigint;
  readonly deployment_key: string;
  readonly attempt: number;
  readonly payload: string;
  readonly state: DeploymentState;
  readonly run_id: number | string | bigint | null;
  readonly runs: string;
  readonly run: string | null;
  readonly error: string | null;
  readonly note: string | null;
  readonly created_at: number | string | bigint;
  readonly updated_at: number | string | bigint;
  readonly closed_at: number | string | bigint | null;
}

/** The last run of a row, as last seen. */
export function runOf({ run }: DeploymentRow): Run | undefined {
  // Only runs are written there.
  return run === null ? undefined : JSON.parse(run) as Run;
}

/** The failure of a row. */
export function errorOf({ error }: DeploymentRow): DbtError | undefined {
  if (error === null) return undefined;
  // A newer release may have written it: the other rows can be read nevertheless.
  return Option.getOrElse(
    Schema.decodeUnknownOption(DbtErrorSchema)(JSON.parse(error)),
    () => unsendable("deployments.deploy", "it has failed for a reason that this release does not know. Update dbtc"),
  );
}

/** The payload of a row. */
export const payloadOf = ({ payload }: DeploymentRow): DeploymentPayload =>
  Schema.decodeUnknownSync(PayloadJson)(payload);

/** A row for people. */
export function infoOf(row: DeploymentRow): DeploymentInfo {
  const error = errorOf(row);
  return {
    id: row.execution_id,
    key: row.deployment_key,
    attempt: Number(row.attempt),
    account: row.account,
    account_id: Number(row.account_id),
    job_id: Number(row.job_id),
    state: row.state,
    run_id: row.run_id === null ? null : Number(row.run_id),
    runs: JSON.parse(row.runs),
    run_status: runOf(row)?.status ?? null,
    reason: error?.reason._tag ?? null,
    message: error === undefined ? row.note : error.message.slice(`${error.endpoint}: `.length),
    created_at: timeOf(row.created_at),
    closed_at: row.closed_at === null ? null : timeOf(row.closed_at),
  };
}

function timeOf(millis: number | string | bigint): string {
  return new Date(Number(millis)).toISOString();
}

/** Writes a new deployment. One that is there stays. */
export const insertDeployment = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  execution_id: string,
  payload: DeploymentPayload,
) {
  const now = yield* Clock.currentTimeMillis;
  const { account, account_id, attempt, job_id, key } = payload;
  yield* sql`INSERT INTO dbtc_deployments ${
    sql.insert({
      execution_id,
      account,
      account_id,
      job_id,
      deployment_key: key,
      attempt,
      payload: Schema.encodeSync(PayloadJson)(payload),
      state: "open",
      runs: "[]",
      created_at: now,
      updated_at: now,
    })
  } ON CONFLICT DO NOTHING`;
});

/** What changes of a deployment. */
interface Change {
  readonly state?: DeploymentState;
  readonly run_id?: number;
  readonly runs?: ReadonlyArray<number>;
  readonly run?: Run;
  readonly error?: DbtError;
  readonly note?: string | null;
}

/** Changes an open deployment. One that is closed stays as it is. */
export const updateDeployment = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  execution_id: string,
  { error, run, runs, ...change }: Change,
) {
  const now = yield* Clock.currentTimeMillis;
  yield* sql`UPDATE dbtc_deployments SET ${
    sql.update({
      ...change,
      ...(runs === undefined ? {} : { runs: JSON.stringify(runs) }),
      ...(run === undefined ? {} : { run: JSON.stringify(run) }),
      ...(error === undefined ? {} : { error: JSON.stringify(Schema.encodeSync(DbtErrorSchema)(error)) }),
      updated_at: now,
      ...(change.state === undefined ? {} : { closed_at: now }),
    })
  } WHERE execution_id = ${execution_id} AND state = 'open'`;
});

/** The deployments that fit, newest attempt first. */
export function findDeployments(
  sql: SqlClient.SqlClient,
  { account_id, attempt, job_id, key }: OfDeployment,
): Effect.Effect<ReadonlyArray<DeploymentRow>, SqlError> {
  return sql<DeploymentRow>`SELECT * FROM dbtc_deployments WHERE ${
    sql.and([
      sql`deployment_key = ${key}`,
      ...(job_id === undefined ? [] : [sql`job_id = ${job_id}`]),
      ...(account_id === undefined ? [] : [sql`account_id = ${account_id}`]),
      ...(attempt === undefined ? [] : [sql`attempt = ${attempt}`]),
    ])
  } ORDER BY attempt DESC`;
}

/** One deployment by its execution. */
export function readDeployment(
  sql: SqlClient.SqlClient,
  execution_id: string,
): Effect.Effect<DeploymentRow | undefined, SqlError> {
  return Effect.map(
    sql<DeploymentRow>`SELECT * FROM dbtc_deployments WHERE execution_id = ${execution_id}`,
    ([row]) => row,
  );
}

/** For how long a worker may be silent that runs, in seconds. It writes every three seconds. */
const longestSilence = 15;

/** Whether any worker runs the deployments of a PostgreSQL. Effect's cluster writes when it saw each one last. */
export function hasWorker({ sql }: { readonly sql: SqlClient.SqlClient }): Effect.Effect<boolean, SqlError> {
  return Effect.map(
    sql`SELECT 1 FROM dbtc_runners WHERE last_heartbeat > NOW() - INTERVAL '${
      sql.literal(String(longestSilence))
    } seconds'
      LIMIT 1`,
    ({ length }) => length > 0,
  );
}

// ---- waits ----------------------------------------------------------------------------------------------------------

/** A run that a deployment waits for. */
export interface WaitRow {
  /** Completes the wait. */
  readonly token: string;
  readonly execution_id: string;
  readonly account: string;
  readonly account_id: number | string | bigint;
  readonly run_id: number | string | bigint;
  readonly created_at: number | string | bigint;
  /** When the run's end was seen, in milliseconds; null before that. */
  readonly ended_at: number | string | bigint | null;
}

/** Writes the wait of a deployment, in place of its last one. */
export const insertWait = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  wait: Pick<WaitRow, "token" | "execution_id"> & Pick<DeploymentPayload, "account" | "account_id"> & {
    readonly run_id: number;
  },
) {
  const created_at = yield* Clock.currentTimeMillis;
  yield* sql`DELETE FROM dbtc_waits WHERE execution_id = ${wait.execution_id} AND run_id <> ${wait.run_id}`;
  yield* sql`INSERT INTO dbtc_waits ${sql.insert({ ...wait, created_at })} ON CONFLICT DO NOTHING`;
});

/** Removes the waits of a deployment. */
export function deleteWaits(sql: SqlClient.SqlClient, execution_id: string): Effect.Effect<void, SqlError> {
  return Effect.asVoid(sql`DELETE FROM dbtc_waits WHERE execution_id = ${execution_id}`);
}
