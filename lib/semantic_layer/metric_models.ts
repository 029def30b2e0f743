/**
 * What the Semantic Layer tells of a project: metrics, dimensions, entities, measures and saved queries. The names are
 * those of its GraphQL schema.
 *
 * Only names are required: no answer of a real account is recorded. The members are those of dbt's documentation and of
 * dbt-sl-sdk 0.13.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { onlyByName } from "../graphql/selection.ts";
import { type Members, nullable, struct } from "../schema.ts";
import type { Open } from "../shared_fields.ts";

/** The name of a semantic model. */
export interface SemanticModelName {
  /** Its name. */
  readonly name: string;
}

const semanticModelName: Schema.Codec<SemanticModelName> = struct({ name: Schema.String });

/** A filter, as a template of SQL: `{{ Dimension('order_id__status') }} = 'completed'`. */
export interface WhereFilter {
  /** The template. */
  readonly whereSqlTemplate: string;
}

const whereFilter: Schema.Codec<WhereFilter> = struct({ whereSqlTemplate: Schema.String });

/** The free settings of a thing. */
export interface MetaConfig {
  /** What the project wrote under `config: meta:`. */
  readonly meta?: unknown;
}

const metaConfig: Schema.Codec<MetaConfig> = struct({ meta: nullable(Schema.Unknown) });

/** A dimension: a column that metrics can be grouped by. */
export interface Dimension {
  /** Its name: `status`. */
  readonly name: string;
  /** The name that queries use: `order_id__status`. */
  readonly qualifiedName?: string | null;
  /** Its name for people. */
  readonly label?: string | null;
  /** What it means. */
  readonly description?: string | null;
  /** `CATEGORICAL` or `TIME`. */
  readonly type?: Open<"CATEGORICAL" | "TIME"> | null;
  /** Whether the table is partitioned by it. */
  readonly isPartition?: boolean | null;
  /** Its SQL. */
  readonly expr?: string | null;
  /** Its granularities, custom ones included. */
  readonly queryableTimeGranularities?: ReadonlyArray<string> | null;
  /** Its free settings. */
  readonly config?: MetaConfig | null;
  /** The semantic model that has it. `metric_time` has none. */
  readonly semanticModel?: SemanticModelName | null;
}

const dimensionMembers: Members<Dimension> = {
  name: Schema.String,
  qualifiedName: nullable(Schema.String),
  label: nullable(Schema.String),
  description: nullable(Schema.String),
  type: nullable(Schema.String),
  isPartition: nullable(Schema.Boolean),
  expr: nullable(Schema.String),
  queryableTimeGranularities: nullable(Schema.Array(Schema.String)),
  config: nullable(onlyByName(metaConfig)),
  semanticModel: nullable(onlyByName(semanticModelName)),
};

/** The schema of a {@linkcode Dimension}. */
export const Dimension: Schema.Codec<Dimension> = struct(dimensionMembers, {
  columns: ["qualifiedName", "type", "description"],
});

/** An entity: a key that semantic models are joined by. Metrics can be grouped by it too. */
export interface Entity {
  /** Its name: `customer`. */
  readonly name: string;
  /** `PRIMARY`, `FOREIGN`, `UNIQUE` or `NATURAL`. */
  readonly type?: Open<"PRIMARY" | "FOREIGN" | "UNIQUE" | "NATURAL"> | null;
  /** What it means. */
  readonly description?: string | null;
  /** Its role in its semantic model. */
  readonly role?: string | null;
  /** Its SQL. */
  readonly expr?: string | null;
}

/** The schema of an {@linkcode Entity}. */
export const Entity: Schema.Codec<Entity> = struct<Entity, Members<Entity>>({
  name: Schema.String,
  type: nullable(Schema.String),
  description: nullable(Schema.String),
  role: nullable(Schema.String),
  expr: nullable(Schema.String),
}, { columns: ["name", "type", "expr", "description"] });

/** A measure: an aggregation that metrics are made of. */
export interface Measure {
  /** Its name. */
  readonly name: string;
  /** The aggregation: `SUM`, `COUNT`, `AVERAGE` … */
  readonly agg?: string | null;
  /** The time dimension that `metric_time` stands for. */
  readonly aggTimeDimension?: string | null;
  /** Its SQL, as dbt Cloud compiled it: a count is a sum of `CASE WHEN …`. */
  readonly expr?: string | null;
}

/** The schema of a {@linkcode Measure}. */
export const Measure: Schema.Codec<Measure> = struct<Measure, Members<Measure>>({
  name: Schema.String,
  agg: nullable(Schema.String),
  aggTimeDimension: nullable(Schema.String),
  expr: nullable(Schema.String),
}, { columns: ["name", "agg", "aggTimeDimension", "expr"] });

/** A metric that another metric is made of. */
export interface InputMetric {
  /** Its name. */
  readonly name: string;
  /** Its name in the expression. */
  readonly alias?: string | null;
  /** Its filter. */
  readonly filter?: WhereFilter | null;
}

const inputMetric: Schema.Codec<InputMetric> = struct({
  name: Schema.String,
  alias: nullable(Schema.String),
  filter: nullable(whereFilter),
});

/** What a metric is made of. */
export interface MetricTypeParams {
  /** The measure of a simple metric. */
  readonly measure?: InputMetric | null;
  /** All measures that it needs. */
  readonly inputMeasures?: ReadonlyArray<InputMetric> | null;
  /** The numerator of a ratio. */
  readonly numerator?: InputMetric | null;
  /** The denominator of a ratio. */
  readonly denominator?: InputMetric | null;
  /** The expression of a derived metric. */
  readonly expr?: string | null;
}

const metricTypeParams: Schema.Codec<MetricTypeParams> = struct({
  measure: nullable(inputMetric),
  inputMeasures: nullable(Schema.Array(inputMetric)),
  numerator: nullable(inputMetric),
  denominator: nullable(inputMetric),
  expr: nullable(Schema.String),
});

/** A metric. */
export interface Metric {
  /** Its name: `revenue`. */
  readonly name: string;
  /** Its name for people. */
  readonly label?: string | null;
  /** `SIMPLE`, `RATIO`, `DERIVED`, `CUMULATIVE` or `CONVERSION`. */
  readonly type?: Open<"SIMPLE" | "RATIO" | "DERIVED" | "CUMULATIVE" | "CONVERSION"> | null;
  /** What it means. */
  readonly description?: string | null;
  /** What it is made of. */
  readonly typeParams?: MetricTypeParams | null;
  /** Its filter. */
  readonly filter?: WhereFilter | null;
  /** Whether it can be computed by `metric_time` only. */
  readonly requiresMetricTime?: boolean | null;
  /** The granularities of its `metric_time`, custom ones included. */
  readonly queryableTimeGranularities?: ReadonlyArray<string> | null;
  /** Its free settings. */
  readonly config?: MetaConfig | null;
  /** Its dimensions. Asked for only by name: they make an answer long. */
  readonly dimensions?: ReadonlyArray<Dimension> | null;
  /** Its entities. Asked for only by name. */
  readonly entities?: ReadonlyArray<Entity> | null;
  /** Its measures. Asked for only by name. */
  readonly measures?: ReadonlyArray<Measure> | null;
}

const metricMembers: Members<Metric> = {
  name: Schema.String,
  label: nullable(Schema.String),
  type: nullable(Schema.String),
  description: nullable(Schema.String),
  typeParams: nullable(metricTypeParams),
  filter: nullable(whereFilter),
  requiresMetricTime: nullable(Schema.Boolean),
  queryableTimeGranularities: nullable(Schema.Array(Schema.String)),
  config: nullable(onlyByName(metaConfig)),
  dimensions: nullable(onlyByName(Schema.Array(Dimension))),
  entities: nullable(onlyByName(Schema.Array(Entity))),
  measures: nullable(onlyByName(Schema.Array(Measure))),
};

/** The schema of a {@linkcode Metric}. */
export const Metric: Schema.Codec<Metric> = struct(metricMembers, {
  columns: ["name", "type", "label", "description"],
});

/** A metric of a saved query. */
export interface SavedQueryMetric {
  /** Its name. */
  readonly name: string;
}

const savedQueryMetric: Schema.Codec<SavedQueryMetric> = struct({ name: Schema.String });

/** What a saved query groups by. */
export interface SavedQueryGroupBy {
  /** The dimension or entity. */
  readonly name: string;
  /** The granularity. */
  readonly timeGranularity?: string | null;
  /** The part of the date. */
  readonly datePart?: string | null;
}

const savedQueryGroupBy: Schema.Codec<SavedQueryGroupBy> = struct({
  name: Schema.String,
  timeGranularity: nullable(Schema.String),
  datePart: nullable(Schema.String),
});

/** What a saved query asks. */
export interface SavedQueryParams {
  /** Its metrics. */
  readonly metrics?: ReadonlyArray<SavedQueryMetric> | null;
  /** What it groups by. */
  readonly groupBy?: ReadonlyArray<SavedQueryGroupBy> | null;
  /** Its filter. */
  readonly where?: WhereFilter | null;
}

const savedQueryParams: Schema.Codec<SavedQueryParams> = struct({
  metrics: nullable(Schema.Array(savedQueryMetric)),
  groupBy: nullable(Schema.Array(savedQueryGroupBy)),
  where: nullable(whereFilter),
});

/** Where the result of a saved query is written to. */
export interface SavedQueryExport {
  /** Its name. */
  readonly name: string;
  /** The table or view. */
  readonly config?: SavedQueryExportConfig | null;
}

/** The table or view of an export. */
export interface SavedQueryExportConfig {
  /** `TABLE` or `VIEW`. */
  readonly exportAs?: Open<"TABLE" | "VIEW"> | null;
  /** Its name. */
  readonly alias?: string | null;
  /** Its schema. */
  readonly schema?: string | null;
}

const exportConfig: Schema.Codec<SavedQueryExportConfig> = struct({
  exportAs: nullable(Schema.String),
  alias: nullable(Schema.String),
  schema: nullable(Schema.String),
});
const savedQueryExport: Schema.Codec<SavedQueryExport> = struct({
  name: Schema.String,
  config: nullable(exportConfig),
});

/** A saved query: metrics, group-by items and a filter under one name. */
export interface SavedQuery {
  /** Its name. */
  readonly name: string;
  /** Its name for people. */
  readonly label?: string | null;
  /** What it answers. */
  readonly description?: string | null;
  /** What it asks. */
  readonly queryParams?: SavedQueryParams | null;
  /** Where its result is written to. */
  readonly exports?: ReadonlyArray<SavedQueryExport> | null;
}

/** The schema of a {@linkcode SavedQuery}. */
export const SavedQuery: Schema.Codec<SavedQuery> = struct<SavedQuery, Members<SavedQuery>>({
  name: Schema.String,
  label: nullable(Schema.String),
  description: nullable(Schema.String),
  queryParams: nullable(savedQueryParams),
  exports: nullable(Schema.Array(savedQueryExport)),
}, { columns: ["name", "label", "description"] });

/** The warehouse of an environment. */
export interface EnvironmentInfo {
  /** Its SQL dialect: `SNOWFLAKE`, `BIGQUERY` … */
  readonly sqlDialect?: string | null;
  /** Whether the Semantic Layer supports it. */
  readonly dialectSupportedBySlg?: boolean | null;
  /** Whether the project defines a metric. */
  readonly hasMetricsDefined?: boolean | null;
}

/** The schema of an {@linkcode EnvironmentInfo}. */
export const EnvironmentInfo: Schema.Codec<EnvironmentInfo> = struct<EnvironmentInfo, Members<EnvironmentInfo>>({
  sqlDialect: nullable(Schema.String),
  dialectSupportedBySlg: nullable(Schema.Boolean),
  hasMetricsDefined: nullable(Schema.Boolean),
}, { columns: ["sqlDialect", "dialectSupportedBySlg", "hasMetricsDefined"] });
