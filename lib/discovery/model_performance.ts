/**
 * How long and how often models ran; `models.ts` has the whole group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { type Query, query } from "../graphql/query.ts";
import { field, type Fields, nullable, optional, struct } from "../schema.ts";
import { environmentVariables, type InEnvironment, inEnvironment } from "./node_requests.ts";

/** The days of a report. */
export interface Days extends InEnvironment {
  /** The first day, as `2026-05-01` (default: 7 days before the last one). */
  readonly startDate?: string;
  /** The last day (default: today, in UTC). */
  readonly endDate?: string;
}

const days: Fields<Days> = {
  ...inEnvironment,
  startDate: optional(field(Schema.String, "First day, such as 2026-05-01 (default: 7 days before the last one)")),
  endDate: optional(field(Schema.String, "Last day (default: today)")),
};

const dayVariables = { ...environmentVariables, startDate: "Date!", endDate: "Date!" } as const;
const performance = "performance(environmentId: $environment_id)";

/** The days of a report, and how many rows it has. */
export interface TopModels extends Days {
  /** How many models (default: 5). */
  readonly limit?: number;
}

const topModels: Fields<TopModels> = {
  ...days,
  limit: optional(field(Schema.Int, "How many models (default: 5)")),
};

const topVariables = { ...dayVariables, limit: "Int" } as const;

/** The days of a report, and how many rows it has, also by job. */
export interface TopModelsByJob extends TopModels {
  /** For how many jobs of each model (default: 5). */
  readonly jobLimit?: number;
}

const topModelsByJob: Fields<TopModelsByJob> = {
  ...topModels,
  jobLimit: optional(field(Schema.Int, "For how many jobs of each model (default: 5)")),
};

/** The days of a report about one model. */
export interface OneModelDays extends Days {
  /** dbt's id of the model. */
  readonly uniqueId: string;
}

const oneModelDays: Fields<OneModelDays> = {
  ...days,
  uniqueId: field(Schema.String, "The model's id in dbt, such as model.jaffle_shop.customers"),
};

/** How long a model took in a job. */
export interface SlowModelJob {
  /** The job's id. */
  readonly jobId?: number | null;
  /** The longest time that it took, in seconds. */
  readonly maxExecutionTime?: number | null;
  /** The mean time that it took, in seconds. */
  readonly averageExecutionTime?: number | null;
}

/** The schema of {@linkcode SlowModelJob}. */
export const SlowModelJob: Schema.Codec<SlowModelJob> = struct({
  jobId: nullable(Schema.Number),
  maxExecutionTime: nullable(Schema.Number),
  averageExecutionTime: nullable(Schema.Number),
});

/** How long a model took. */
export interface SlowModel {
  /** dbt's id: `model.jaffle_shop.customers`. */
  readonly uniqueId: string;
  /** The longest time that it took, in seconds. */
  readonly maxExecutionTime?: number | null;
  /** The mean time that it took, in seconds. */
  readonly averageExecutionTime?: number | null;
  /** The same by job. */
  readonly byJob?: ReadonlyArray<SlowModelJob> | null;
}

/** The schema of {@linkcode SlowModel}. */
export const SlowModel: Schema.Codec<SlowModel> = struct({
  uniqueId: Schema.String,
  maxExecutionTime: nullable(Schema.Number),
  averageExecutionTime: nullable(Schema.Number),
  byJob: nullable(Schema.Array(SlowModelJob)),
}, { columns: ["uniqueId", "maxExecutionTime", "averageExecutionTime"] });

/** Which of the slowest models to list. */
export interface SlowestModels extends TopModelsByJob {
  /** Only runs of this job. */
  readonly jobId?: number;
  /** Sort by the longest (`MAX`) or the mean time (`AVG`); default: MAX. */
  readonly orderBy?: "AVG" | "MAX";
}

/** List the models that took longest. */
export const slowest: Query<SlowestModels, ReadonlyArray<SlowModel>> = query("models.slowest", {
  summary: "List the models that took longest",
  request: {
    ...topModelsByJob,
    jobId: optional(field(Schema.Int, "Only runs of this job")),
    orderBy: optional(field(Schema.Literals(["AVG", "MAX"]), "Sort by the average or the longest time (default: MAX)")),
  },
  in: "discovery_beta",
  at: [
    performance,
    "longestExecutedModels(start: $startDate, end: $endDate, limit: $limit, jobLimit: $jobLimit, jobId: $jobId, orderBy: $orderBy)",
  ],
  variables: { ...topVariables, jobLimit: "Int", jobId: "BigInt", orderBy: "SortAggregation" },
  answer: Schema.Array(SlowModel),
  dbtc: "longest_executed_models",
});

/** How often a job ran a model. */
export interface MostRunModelJob {
  /** The job's id. */
  readonly jobId?: number | null;
  /** How often it ran. */
  readonly totalExecutions?: number | null;
}

/** The schema of {@linkcode MostRunModelJob}. */
export const MostRunModelJob: Schema.Codec<MostRunModelJob> = struct({
  jobId: nullable(Schema.Number),
  totalExecutions: nullable(Schema.Number),
});

/** How often a model ran. */
export interface MostRunModel {
  /** dbt's id: `model.jaffle_shop.customers`. */
  readonly uniqueId: string;
  /** How often it ran. */
  readonly totalExecutions?: number | null;
  /** The same by job. */
  readonly byJob?: ReadonlyArray<MostRunModelJob> | null;
}

/** The schema of {@linkcode MostRunModel}. */
export const MostRunModel: Schema.Codec<MostRunModel> = struct({
  uniqueId: Schema.String,
  totalExecutions: nullable(Schema.Number),
  byJob: nullable(Schema.Array(MostRunModelJob)),
}, { columns: ["uniqueId", "totalExecutions"] });

/** List the models that ran most often. */
export const mostRun: Query<TopModelsByJob, ReadonlyArray<MostRunModel>> = query("models.mostRun", {
  summary: "List the models that ran most often",
  request: topModelsByJob,
  in: "discovery_beta",
  at: [performance, "mostExecutedModels(start: $startDate, end: $endDate, limit: $limit, jobLimit: $jobLimit)"],
  variables: { ...topVariables, jobLimit: "Int" },
  answer: Schema.Array(MostRunModel),
  dbtc: "most_executed_models",
});

/** How often a model failed. */
export interface FailingModel {
  /** dbt's id: `model.jaffle_shop.customers`. */
  readonly uniqueId: string;
  /** The part that failed, in percent. */
  readonly failurePercentage?: number | null;
  /** How often it ran. */
  readonly totalExecutions?: number | null;
  /** How often it failed. */
  readonly totalFailedExecutions?: number | null;
}

/** The schema of {@linkcode FailingModel}. */
export const FailingModel: Schema.Codec<FailingModel> = struct({
  uniqueId: Schema.String,
  failurePercentage: nullable(Schema.Number),
  totalExecutions: nullable(Schema.Number),
  totalFailedExecutions: nullable(Schema.Number),
}, { columns: ["uniqueId", "failurePercentage", "totalFailedExecutions", "totalExecutions"] });

/** List the models that failed most often. */
export const failing: Query<TopModels, ReadonlyArray<FailingModel>> = query("models.failing", {
  summary: "List the models that failed most often",
  request: topModels,
  in: "discovery_beta",
  at: [performance, "mostExecutionFailedModels(start: $startDate, end: $endDate, limit: $limit)"],
  variables: topVariables,
  answer: Schema.Array(FailingModel),
  dbtc: "most_failed_models",
});

/** How often the tests of a model failed. */
export interface FailingTestModel {
  /** dbt's id: `model.jaffle_shop.customers`. */
  readonly uniqueId: string;
  /** The part that failed, in percent. */
  readonly failurePercentage?: number | null;
  /** How many runs tested it. */
  readonly totalRunsWithTests?: number | null;
  /** In how many runs a test of it failed. */
  readonly totalRunsWithTestFailures?: number | null;
}

/** The schema of {@linkcode FailingTestModel}. */
export const FailingTestModel: Schema.Codec<FailingTestModel> = struct({
  uniqueId: Schema.String,
  failurePercentage: nullable(Schema.Number),
  totalRunsWithTests: nullable(Schema.Number),
  totalRunsWithTestFailures: nullable(Schema.Number),
}, { columns: ["uniqueId", "failurePercentage", "totalRunsWithTestFailures", "totalRunsWithTests"] });

/** List the models whose tests failed most often. */
export const failingTests: Query<TopModels, ReadonlyArray<FailingTestModel>> = query("models.failingTests", {
  summary: "List the models whose tests failed most often",
  request: topModels,
  in: "discovery_beta",
  at: [performance, "mostTestFailedModels(start: $startDate, end: $endDate, limit: $limit)"],
  variables: topVariables,
  answer: Schema.Array(FailingTestModel),
  dbtc: "most_models_test_failures",
});

/** One run of a model. */
export interface ModelExecution {
  /** The run's id. */
  readonly runId?: number | null;
  /** When the run began. */
  readonly runStartedAt?: string | null;
  /** When it began. */
  readonly executionStartedAt?: string | null;
  /** How long it took, in seconds. */
  readonly executionTime?: number | null;
  /** How it ended: success, error or skipped. */
  readonly status?: string | null;
  /** Whether the run was a full refresh. */
  readonly isFullRefresh?: boolean | null;
  /** The warehouse. */
  readonly adapter?: string | null;
  /** The warehouse's id of the query. */
  readonly queryId?: string | null;
}

/** The schema of {@linkcode ModelExecution}. */
export const ModelExecution: Schema.Codec<ModelExecution> = struct({
  runId: nullable(Schema.Number),
  runStartedAt: nullable(Schema.String),
  executionStartedAt: nullable(Schema.String),
  executionTime: nullable(Schema.Number),
  status: nullable(Schema.String),
  isFullRefresh: nullable(Schema.Boolean),
  adapter: nullable(Schema.String),
  queryId: nullable(Schema.String),
});

/** The runs of a model in a job. */
export interface ModelExecutionsOfJob {
  /** The job's id. */
  readonly jobId?: number | null;
  /** The mean time that it took, in seconds. */
  readonly meanExecutionTime?: number | null;
  /** The time of each run, in seconds. */
  readonly executionTimes?: ReadonlyArray<number> | null;
  /** The single runs. */
  readonly executions?: ReadonlyArray<ModelExecution> | null;
}

/** The schema of {@linkcode ModelExecutionsOfJob}. */
export const ModelExecutionsOfJob: Schema.Codec<ModelExecutionsOfJob> = struct({
  jobId: nullable(Schema.Number),
  meanExecutionTime: nullable(Schema.Number),
  executionTimes: nullable(Schema.Array(Schema.Number)),
  executions: nullable(Schema.Array(ModelExecution)),
});

/** The runs of a model on one day. */
export interface ModelExecutionDay {
  /** The day. */
  readonly date?: string | null;
  /** The mean time that it took, in seconds. */
  readonly meanExecutionTime?: number | null;
  /** The time of each run, in seconds. */
  readonly executionTimes?: ReadonlyArray<number> | null;
  /** The same by job. */
  readonly executionsByJob?: ReadonlyArray<ModelExecutionsOfJob> | null;
}

/** The schema of {@linkcode ModelExecutionDay}. */
export const ModelExecutionDay: Schema.Codec<ModelExecutionDay> = struct({
  date: nullable(Schema.String),
  meanExecutionTime: nullable(Schema.Number),
  executionTimes: nullable(Schema.Array(Schema.Number)),
  executionsByJob: nullable(Schema.Array(ModelExecutionsOfJob)),
}, { columns: ["date", "meanExecutionTime", "executionTimes"] });

/** List how long a model took, by day and job. */
export const executions: Query<OneModelDays, ReadonlyArray<ModelExecutionDay>> = query("models.executions", {
  summary: "List how long a model took, by day and job",
  request: oneModelDays,
  in: "discovery_beta",
  at: [performance, "modelExecutionHistory(startDate: $startDate, endDate: $endDate, uniqueId: $uniqueId)"],
  variables: { ...dayVariables, uniqueId: "String!" },
  answer: Schema.Array(ModelExecutionDay),
  dbtc: "model_execution_history",
});

/** A job that ran a model. */
export interface ModelJob {
  /** The job's id. */
  readonly jobId?: number | null;
  /** Its name. */
  readonly name?: string | null;
}

/** The schema of {@linkcode ModelJob}. */
export const ModelJob: Schema.Codec<ModelJob> = struct({
  jobId: nullable(Schema.Number),
  name: nullable(Schema.String),
}, { columns: ["jobId", "name"] });

/** List the jobs that ran a model. */
export const jobs: Query<OneModelDays, ReadonlyArray<ModelJob>> = query("models.jobs", {
  summary: "List the jobs that ran a model",
  request: oneModelDays,
  in: "discovery_beta",
  at: [performance, "jobInformation(start: $startDate, end: $endDate, uniqueId: $uniqueId)"],
  variables: { ...dayVariables, uniqueId: "String!" },
  answer: Schema.Array(ModelJob),
  dbtc: "model_job_information",
});
