/**
 * The nodes of a job's run in the Discovery API, and the parts of nodes. `discovery_schema.ts` makes the schema of them.
 *
 * @module
 */

/** Nodes of a run, and parts of nodes. */
export const jobTypes = `
# Nodes as one run of a job built them.
interface CloudArtifactInterface {
  accountId: BigInt! environmentId: BigInt! jobId: BigInt! projectId: BigInt! runId: BigInt!
}
type ExposureNode implements CloudArtifactInterface & NodeInterface {
  dependsOn: [String!]! exposureType: String manifestGeneratedAt: DateTime maturity: String ownerEmail: String
  ownerName: String packageName: String paginationCursor: String parents: [NodeInterface!]!
  parentsModels: [ModelNode!]! parentsSources: [SourceNode!]! url: String
}
type MacroNode implements CloudArtifactInterface & NodeInterface {
  dependsOn: [String!]! macroSql: String originalFilePath: String packageName: String paginationCursor: String
  path: String rootPath: String
}
type MetricNode implements CloudArtifactInterface & NodeInterface {
  calculation_method: String dependsOn: [String!]! dimensions: [String!]! environmentName: String expression: String
  filters: [MetricFilter!]! label: String model: ModelNode packageName: String paginationCursor: String sql: String
  timeGrains: [String!] timestamp: String type: String
}
type ModelNode implements CloudArtifactInterface & NodeInterface {
  access: String alias: String args: String childrenL1: [String!]! columns: [CatalogColumn!] comment: String
  compileCompletedAt: DateTime compileStartedAt: DateTime compiledCode: String compiledSql: String database: String
  dbtGroup: String dependsOn: [String!]! error: String executeCompletedAt: DateTime executeStartedAt: DateTime
  executionTime: Float invocationId: String language: String materializedType: String owner: String
  packageName: String packages: [String!] paginationCursor: String parentsModels: [ModelNode!]!
  parentsSources: [SourceNode!]! rawCode: String rawSql: String runElapsedTime: Float runGeneratedAt: DateTime
  runResults: [RunInfoNode!]! schema: String skip: Boolean stats: [CatalogStat!]! status: String tests: [TestNode!]!
  threadId: String type: String
}
interface NodeInterface {
  dbtVersion: String description: String meta: JSONObject name: String resourceType: String! tags: [String!]
  uniqueId: String!
}
type SeedNode implements CloudArtifactInterface & NodeInterface {
  alias: String childrenL1: [String!] columns: [CatalogColumn!] comment: String compileCompletedAt: DateTime
  compileStartedAt: DateTime compiledCode: String compiledSql: String database: String error: String
  executeCompletedAt: DateTime executeStartedAt: DateTime executionTime: Float owner: String packageName: String
  paginationCursor: String rawCode: String rawSql: String runElapsedTime: Float runGeneratedAt: DateTime
  schema: String skip: Boolean stats: [CatalogStat!]! status: String thread_id: String type: String
}
type SnapshotNode implements CloudArtifactInterface & NodeInterface {
  alias: String childrenL1: [String!]! columns: [CatalogColumn!] comment: String compileCompletedAt: DateTime
  compileStartedAt: DateTime compiledCode: String compiledSql: String database: String error: String
  executeCompletedAt: DateTime executeStartedAt: DateTime executionTime: Float owner: String packageName: String
  paginationCursor: String parentsModels: [ModelNode!]! parentsSources: [SourceNode!]! rawCode: String
  rawSql: String runElapsedTime: Float runGeneratedAt: DateTime schema: String skip: Boolean stats: [CatalogStat!]!
  status: String threadId: String type: String
}
type SourceNode implements CloudArtifactInterface & NodeInterface {
  childrenL1: [String!]! columns: [CatalogColumn!] comment: String criteria: Criteria! database: String
  freshnessChecked: Boolean identifier: String loader: String maxLoadedAt: DateTime maxLoadedAtTimeAgoInS: Float
  owner: String paginationCursor: String runElapsedTime: Float runGeneratedAt: DateTime schema: String
  snapshottedAt: DateTime sourceDescription: String sourceName: String state: FreshnessStatus stats: [CatalogStat!]!
  tests: [TestNode!]! type: String
}
type TestNode implements CloudArtifactInterface & NodeInterface {
  columnName: String compileCompletedAt: DateTime compileStartedAt: DateTime compiledCode: String
  compiledSql: String dependsOn: [String!]! error: String executeCompletedAt: DateTime executeStartedAt: DateTime
  executionTime: Float fail: Boolean invocationId: String language: String paginationCursor: String rawCode: String
  rawSql: String runElapsedTime: Float runGeneratedAt: DateTime skip: Boolean state: String status: String
  threadId: String warn: Boolean
}

# Parts of nodes.
type CatalogColumn {
  comment: String description: String index: Int meta: JSONObject name: String tags: [String!]! type: String
}
type CatalogNode {
  bytesStat: BigInt columns: [CatalogColumn!] comment: String environmentId: BigInt! jobDefinitionId: BigInt
  owner: String rowCountStat: BigInt runGeneratedAt: DateTime runId: BigInt stats: [CatalogStat] type: String
  uniqueId: String!
}
type CatalogStat { description: String id: String include: Boolean label: String value: AnyScalar }
type Criteria { errorAfter: CriteriaInfo warnAfter: CriteriaInfo }
type CriteriaInfo { count: Int period: TimePeriod }
type ExposureOwner { email: String! name: String! }
type ExposureTileNode implements EnvironmentAppliedNode {
  autoBiProvider: AutoExposureBIProvider exposureType: String freshnessStatus: FreshnessStatus
  healthIssues: [ExposureHealthIssueType!]! maxSnapshottedAt: DateTime packageName: String quality: Quality
  upstreamStats: JSONObject
}
type ExternalModelNode implements EnvironmentAppliedNestedNode & EnvironmentDefinitionNestedNode {
  accountId: BigInt! database: String dbtProjectName: String environmentId: BigInt! identifier: String
  latestVersion: String meta: JSONObject packageName: String patchPath: String projectId: BigInt!
  relationName: String releaseVersion: ReleaseVersion schema: String tags: [String!]! version: String
}
type GroupNode implements EnvironmentDefinitionNode {
  jobId: BigInt modelCount: Int! models: [ModelDefinitionNestedNode!]! ownerEmail: String ownerName: String
  packageName: String runId: BigInt
}
type MacroArguments { description: String name: String type: String }
type MetricFilter { field: String operator: String value: String }
type ModelExecutionInfoNode {
  compileCompletedAt: DateTime compileStartedAt: DateTime executeCompletedAt: DateTime executeStartedAt: DateTime
  executionTime: Float lastJobDefinitionId: BigInt lastRunError: String lastRunGeneratedAt: DateTime
  lastRunId: BigInt lastRunStatus: RunStatus lastSuccessJobDefinitionId: BigInt lastSuccessRunId: BigInt
  runElapsedTime: Float runGeneratedAt: DateTime
}
type ModelLevelConstraint {
  columns: [String!] expression: String name: String type: String warnUnenforced: Boolean warnUnsupported: Boolean
}
type ModelVersion { name: String! releaseVersion: String! uniqueId: String! }
type QueryExportConfig { alias: String database: String exportAs: String! schema: String }
type QueryExports { config: QueryExportConfig name: String }
type QueryParams { groupBy: [String!]! limit: BigInt metrics: [String!]! orderBy: [String] where: QueryWhere }
type QueryWhere { whereFilters: [QueryWhereFilter!]! }
type QueryWhereFilter { whereSqlTemplate: String! }
type RunInfoNode {
  args: String compileCompletedAt: DateTime compileStartedAt: DateTime error: String executeCompletedAt: DateTime
  executeStartedAt: DateTime executionTime: Float invocationId: String runElapsedTime: Float
  runGeneratedAt: DateTime skip: Boolean status: String threadId: String
}
type SeedExecutionInfoNode {
  compileCompletedAt: DateTime compileStartedAt: DateTime executeCompletedAt: DateTime executeStartedAt: DateTime
  executionTime: Float lastJobDefinitionId: BigInt lastRunError: String lastRunGeneratedAt: DateTime
  lastRunId: BigInt lastRunSkip: Boolean lastRunStatus: String lastSuccessJobDefinitionId: BigInt
  lastSuccessRunId: BigInt runElapsedTime: Float runGeneratedAt: DateTime
}
type SemanticModelDimension { description: String name: String type: String typeParams: JSONObject }
type SemanticModelEntity { description: String name: String type: String }
type SemanticModelMeasure { agg: String createMetric: Boolean description: String expr: String name: String }
type SnapshotExecutionInfoNode {
  compileCompletedAt: DateTime compileStartedAt: DateTime executeCompletedAt: DateTime executeStartedAt: DateTime
  executionTime: Float lastJobDefinitionId: BigInt lastRunError: String lastRunGeneratedAt: DateTime
  lastRunId: BigInt lastRunStatus: String lastSuccessJobDefinitionId: BigInt lastSuccessRunId: BigInt
  runElapsedTime: Float runGeneratedAt: DateTime
}
type SourceFreshnessNode {
  criteria: Criteria! freshnessChecked: Boolean freshnessJobDefinitionId: BigInt freshnessRunGeneratedAt: DateTime
  freshnessRunId: BigInt freshnessStatus: FreshnessStatus maxLoadedAt: DateTime maxLoadedAtTimeAgoInS: Float
  snapshottedAt: DateTime
}
type Tag { name: String! }
type TestExecutionInfoNode {
  compileCompletedAt: DateTime compileStartedAt: DateTime executeCompletedAt: DateTime executeStartedAt: DateTime
  executionTime: Float lastJobDefinitionId: BigInt lastRunError: String lastRunFailures: BigInt
  lastRunGeneratedAt: DateTime lastRunId: BigInt lastRunStatus: String lastSuccessJobDefinitionId: BigInt
  lastSuccessRunId: BigInt runElapsedTime: Float runGeneratedAt: DateTime
}
type TestMetadata { columnName: String kwargs: JSONObject name: String namespace: String }
`;
