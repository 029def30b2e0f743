/**
 * The GraphQL schema of the Semantic Layer, as far as dbt's documentation and clients show it: dbt-sl-sdk 0.13 (also for
 * `cancelQuery`), dbt-mcp 2.8 (`metricsPaginated` with `searchTerms`), Python dbtc 0.11.
 *
 * @module
 */

const queryArguments = `
  metrics: [MetricInput!]
  groupBy: [GroupByInput!]
  limit: Int
  where: [WhereInput!]
  orderBy: [OrderByInput!]
  savedQuery: String
  readCache: Boolean
`;

/** What all types of pages have. */
const pageOf = (type: string) => `{ items: [${type}!]! pageNum: Int! pageSize: Int totalItems: Int! totalPages: Int! }`;
const paging = "pageNum: Int! = 1, pageSize: Int";

/** The schema. */
export const semanticLayerSdl: string = `
scalar BigInt
scalar JSON

type Query {
  metrics(environmentId: BigInt!, search: String): [Metric!]!
  dimensions(environmentId: BigInt!, metrics: [MetricInput!]!, search: String): [Dimension!]!
  entities(environmentId: BigInt!, metrics: [MetricInput!]!): [Entity!]!
  measures(environmentId: BigInt!, metrics: [MetricInput!]!): [Measure!]!
  metricsForDimensions(environmentId: BigInt!, dimensions: [GroupByInput!]!): [Metric!]!
  queryableGranularities(environmentId: BigInt!, metrics: [MetricInput!]!): [TimeGranularity!]!
  queryableTimeGranularities(environmentId: BigInt!, metrics: [MetricInput!]!): [String!]!
  savedQueries(environmentId: BigInt!): [SavedQuery!]!
  savedQuery(environmentId: BigInt!, savedQueryName: String!): SavedQuery
  environmentInfo(environmentId: BigInt!): EnvironmentInfo!
  query(environmentId: BigInt!, queryId: String!, pageNum: Int! = 1): QueryResult!
  queryRecords(environmentId: BigInt!, ${paging}): QueryRecordResultPage!
  metricsPaginated(
    environmentId: BigInt!, search: String, searchTerms: [String!], groupBy: [GroupByInput!], ${paging}
  ): MetricResultPage!
  dimensionsPaginated(
    environmentId: BigInt!, metrics: [MetricInput!]!, search: String, ${paging}
  ): DimensionResultPage!
  entitiesPaginated(environmentId: BigInt!, metrics: [MetricInput!], search: String, ${paging}): EntityResultPage!
  groupBysPaginated(
    environmentId: BigInt!, metrics: [MetricInput!], search: String, ${paging}
  ): EntityDimensionResultPage!
  savedQueriesPaginated(environmentId: BigInt!, search: String, ${paging}): SavedQueryResultPage!
}

type Mutation {
  createQuery(environmentId: BigInt!, ${queryArguments}): CreateQueryResult!
  compileSql(environmentId: BigInt!, ${queryArguments}): CompileSqlResult!
  createSynchronousQuery(environmentId: BigInt!, ${queryArguments}, pageNum: Int! = 1): QueryResult!
  createDimensionValuesQuery(
    environmentId: BigInt!, groupBy: [GroupByInput!]!, metrics: [MetricInput!]
  ): CreateDimensionValuesQueryResult!
  compileDimensionValuesSql(
    environmentId: BigInt!, groupBy: [GroupByInput!]!, metrics: [MetricInput!]
  ): CompileSqlResult!
  cancelQuery(environmentId: BigInt!, queryId: String!): CancelQueryResult!
  invalidateCache(environmentId: BigInt!): InvalidateCacheResult!
}

enum AggregationType { AVERAGE COUNT COUNT_DISTINCT MAX MEDIAN MIN PERCENTILE SUM SUM_BOOLEAN }
enum DatePart { DAY DOW DOY MONTH QUARTER YEAR }
enum DimensionType { CATEGORICAL TIME }
enum EntityType { FOREIGN NATURAL PRIMARY UNIQUE }
enum ExportDestinationType { TABLE VIEW }
enum MetricType { CONVERSION CUMULATIVE DERIVED RATIO SIMPLE }
enum PandasJsonOrient { COLUMNS INDEX RECORDS SPLIT TABLE VALUES }
enum QueryStatus { COMPILED FAILED LOG_ONLY PENDING RUNNING SUCCESSFUL }
enum QueryType { DIMENSION_VALUES METRIC }
enum SqlDialect {
  APACHE_SPARK ATHENA BIGQUERY DATABRICKS DATABRICKS_SPARK FABRIC POSTGRES REDSHIFT SNOWFLAKE SYNAPSE TERADATA TRINO
}
enum SqlEngine { BIGQUERY DATABRICKS DUCKDB POSTGRES REDSHIFT SNOWFLAKE TRINO }
enum TimeGranularity { DAY HOUR MICROSECOND MILLISECOND MINUTE MONTH NANOSECOND QUARTER SECOND WEEK YEAR }

input MetricInput { name: String! alias: String }
input GroupByInput { name: String! grain: TimeGranularity timeGranularity: String datePart: DatePart }
input WhereInput { sql: String! }
input OrderByInput { metric: MetricInput groupBy: GroupByInput descending: Boolean! = false }

type CancelQueryResult { queryId: String! }
type CompileSqlResult { queryId: String! sql: String! }
type CreateQueryResult { queryId: String! }
type CreateDimensionValuesQueryResult { queryId: String! }
type InvalidateCacheResult { invalidationCount: Int! description: String! }

type EnvironmentInfo {
  dialect: SqlEngine!
  sqlDialect: SqlDialect!
  hasMetricsDefined: Boolean!
  dialectSupportedBySlg: Boolean!
}
type SemanticModel { name: String! }
type FileSlice { content: String! endLineNumber: Int! filename: String! startLineNumber: Int! }
type Metadata { fileSlice: FileSlice! repoFilePath: String! }
type WhereFilter { whereSqlTemplate: String! }

type Metric {
  name: String!
  label: String
  description: String
  type: MetricType!
  typeParams: MetricTypeParams!
  filter: WhereFilter
  config: MetricConfig
  metadata: Metadata
  requiresMetricTime: Boolean!
  dimensions: [Dimension!]!
  entities: [Entity!]!
  measures: [Measure!]!
  queryableGranularities: [TimeGranularity!]!
  queryableTimeGranularities: [String!]!
  semanticModels: [SemanticModel!]
}
type MetricConfig { meta: JSON! }
type MetricTypeParams {
  measure: MetricInputMeasure
  inputMeasures: [MetricInputMeasure!]!
  numerator: InputMetric
  denominator: InputMetric
  expr: String
  window: MetricTimeWindow
  grainToDate: TimeGranularity
  metrics: [InputMetric!]
}
type MetricInputMeasure { name: String! filter: WhereFilter alias: String }
type InputMetric {
  name: String!
  filter: WhereFilter
  alias: String
  offsetWindow: MetricTimeWindow
  offsetToGrain: TimeGranularity
  offsetToGrainGranularity: String
}
type MetricTimeWindow { count: Int! granularity: TimeGranularity timeGranularity: String! }

type Dimension {
  name: String!
  qualifiedName: String!
  label: String
  description: String
  type: DimensionType!
  typeParams: DimensionTypeParams
  isPartition: Boolean!
  expr: String
  config: DimensionConfig
  metadata: Metadata
  queryableGranularities: [TimeGranularity!]!
  queryableTimeGranularities: [String!]!
  semanticModel: SemanticModel
}
type DimensionConfig { meta: JSON! }
type DimensionTypeParams { timeGranularity: TimeGranularity! validityParams: DimensionValidityParams }
type DimensionValidityParams { isStart: Boolean! isEnd: Boolean! }

type Entity {
  name: String!
  description: String
  type: EntityType!
  role: String
  expr: String
  config: EntityConfig
  semanticModel: SemanticModel
}
type EntityConfig { meta: JSON! }
type EntityDimension { name: String! description: String type: String }

type Measure { name: String! aggTimeDimension: String agg: AggregationType! expr: String! config: MeasureConfig }
type MeasureConfig { meta: JSON! }

type SavedQuery {
  name: String!
  label: String
  description: String
  metadata: Metadata
  exports: [Export!]!
  queryParams: SavedQueryQueryParams!
}
type SavedQueryQueryParams {
  metrics: [SavedQueryMetricParam!]!
  groupBy: [SavedQueryGroupByParam!]!
  where: WhereFilter
}
type SavedQueryMetricParam { name: String! }
type SavedQueryGroupByParam { name: String! grain: TimeGranularity timeGranularity: String datePart: DatePart }
type Export { name: String! config: ExportConfig! }
type ExportConfig { alias: String exportAs: ExportDestinationType! schema: String }

type QueryResult {
  queryId: String!
  status: QueryStatus!
  sql: String
  error: String
  errorType: String
  totalPages: Int
  arrowResult: String
  jsonResult(orient: PandasJsonOrient! = TABLE, encoded: Boolean! = true): String
  params: QueryParams
  manifestValidationResult: ManifestValidationResult
}
type ManifestValidationResult { errors: [String!]! steps: [ManifestValidationStep!]! }
type ManifestValidationStep { description: String! error: String sql: String! warehouseError: String }

interface QueryParams { type: QueryType! }
type MetricQueryParams implements QueryParams {
  type: QueryType!
  metrics: [MetricInputSpec!]!
  groupBy: [GroupByInputSpec!]
  limit: Int
  where: [WhereInputSpec!]
  orderBy: [OrderByInputSpec!]
  savedQuery: String
  readCache: Boolean!
}
type DimensionValuesQueryParams implements QueryParams {
  type: QueryType!
  groupBy: [GroupByInputSpec!]!
  metrics: [MetricInputSpec!]
}
type MetricInputSpec { name: String! alias: String }
type GroupByInputSpec { name: String! grain: TimeGranularity timeGranularity: String datePart: DatePart }
type WhereInputSpec { sql: String! }
type OrderByInputSpec { metric: MetricInputSpec groupBy: GroupByInputSpec descending: Boolean! }

type SemanticLayerQueryDetails { params: MetricQueryParams }
type RawSqlQueryDetails {
  queryStr: String compiledSql: String numCols: Int queryDescription: String queryTitle: String
}
union QueryDetails = SemanticLayerQueryDetails | RawSqlQueryDetails
type QueryRecord {
  queryId: String!
  status: QueryStatus!
  startTime: String
  endTime: String
  connectionDetails: String
  sqlDialect: String
  connectionSchema: String
  error: String
  queriedByUserId: BigInt
  queryDetails: QueryDetails
}
type QueryRecordResultPage { items: [QueryRecord!]! pageNum: Int! pageSize: Int totalItems: Int! }
type MetricResultPage ${pageOf("Metric")}
type DimensionResultPage ${pageOf("Dimension")}
type EntityResultPage ${pageOf("Entity")}
type EntityDimensionResultPage ${pageOf("EntityDimension")}
type SavedQueryResultPage ${pageOf("SavedQuery")}
`;
