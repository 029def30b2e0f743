/**
 * The types of the Discovery API that queries begin with, and those of their arguments. `discovery_schema.ts` has the rules
 * by which connections and inherited fields are left out.
 *
 * @module
 */

/** Roots, states, filters and enums. */
export const rootTypes = `
# Where queries begin, and the states of an environment.
type AppliedState {
  exposureTile(filter: ExposureTileFilter!): ExposureTileNode
  exposures(after: String, filter: ExposureFilter, first: Int): ExposureAppliedStateNodeConnection!
  lastUpdatedAt: DateTime latestGitSha: String lineage(filter: LineageFilter!): [LineageNode!]!
  modelHistoricalRuns(identifier: String, lastRunCount: Int = 1, uniqueId: String, withCatalog: Boolean = false): [ModelNode!]!
  models(after: String, filter: ModelAppliedFilter, first: Int, sort: AppliedModelSort): ModelAppliedStateNodeConnection!
  owners(resource: OwnerResourceType!): [ExposureOwner!]! packages(resource: PackageResourceType!): [String!]!
  resourceCounts: JSONObject
  resources(after: String, filter: AppliedResourcesFilter!, first: Int): EnvironmentAppliedNodeConnection!
  seeds(after: String, filter: GenericMaterializedFilter, first: Int): SeedAppliedStateNodeConnection!
  snapshots(after: String, filter: GenericMaterializedFilter, first: Int): SnapshotAppliedStateNodeConnection!
  sources(after: String, filter: SourceAppliedFilter, first: Int): SourceAppliedStateNodeConnection! tags: [Tag!]!
  tests(after: String, filter: TestAppliedFilter, first: Int): TestAppliedStateNodeConnection!
}
type DefinitionState {
  exposures(after: String, filter: ExposureFilter, first: Int): ExposureDefinitionNodeConnection!
  groups(after: String, filter: GroupFilter, first: Int): GroupNodeConnection! lastUpdatedAt: DateTime
  lineage(filter: LineageFilter!): [LineageNode!]!
  macros(after: String, filter: MacroDefinitionFilter, first: Int): MacroDefinitionNodeConnection!
  metrics(after: String, filter: GenericMaterializedFilter, first: Int): MetricDefinitionNodeConnection!
  models(after: String, filter: ModelDefinitionFilter, first: Int): ModelDefinitionNodeConnection!
  packages(resource: PackageResourceType!): [String!]! resourceCounts: JSONObject
  resources(after: String, filter: DefinitionResourcesFilter!, first: Int): EnvironmentDefinitionNodeConnection!
  savedQueries(after: String, filter: GenericMaterializedFilter, first: Int): SavedQueryDefinitionNodeConnection!
  seeds(after: String, filter: GenericMaterializedFilter, first: Int): SeedDefinitionNodeConnection!
  semanticModels(after: String, filter: GenericMaterializedFilter, first: Int): SemanticModelDefinitionNodeConnection!
  snapshots(after: String, filter: GenericMaterializedFilter, first: Int): SnapshotDefinitionNodeConnection!
  sources(after: String, filter: SourceDefinitionFilter, first: Int): SourceDefinitionNodeConnection! tags: [Tag!]!
  tests(after: String, filter: TestDefinitionFilter, first: Int): TestDefinitionNodeConnection!
}
type Environment { adapterType: String applied: AppliedState dbtProjectName: String definition: DefinitionState }
type JobNode {
  exposure(name: String!): ExposureNode exposures(after: String, first: Int): [ExposureNode!]! id: BigInt!
  macro(uniqueId: String!): MacroNode macros(after: String, first: Int): [MacroNode!]!
  metric(uniqueId: String!): MetricNode metrics(after: String, first: Int): [MetricNode!]!
  model(uniqueId: String!): ModelNode
  models(after: String, database: String, first: Int, identifier: String, schema: String): [ModelNode!]!
  runId: BigInt! seed(uniqueId: String!): SeedNode seeds(after: String, first: Int): [SeedNode!]!
  snapshot(uniqueId: String!): SnapshotNode snapshots(after: String, first: Int): [SnapshotNode!]!
  source(uniqueId: String!): SourceNode
  sources(after: String, database: String, first: Int, identifier: String, schema: String): [SourceNode!]!
  test(uniqueId: String!): TestNode tests(after: String, first: Int): [TestNode!]!
}
type PageInfo { endCursor: String hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String }
type Query {
  environment(id: BigInt!): Environment! exposure(jobId: Int!, name: String!, runId: Int): ExposureNode
  exposures(jobId: Int!, runId: Int): [ExposureNode!]! job(id: BigInt!, runId: BigInt): JobNode
  macro(jobId: Int!, runId: Int, uniqueId: String!): MacroNode macros(jobId: Int!, runId: Int): [MacroNode!]!
  metric(jobId: Int!, runId: Int, uniqueId: String!): MetricNode metrics(jobId: Int!, runId: Int): [MetricNode!]!
  model(jobId: Int!, runId: Int, uniqueId: String!): ModelNode
  modelByEnvironment(environmentId: Int!, identifier: String, lastRunCount: Int = 1, uniqueId: String, withCatalog: Boolean = false): [ModelNode!]!
  models(database: String, identifier: String, jobId: Int!, runId: Int, schema: String): [ModelNode!]!
  seed(jobId: Int!, runId: Int, uniqueId: String!): SeedNode seeds(jobId: Int!, runId: Int): [SeedNode!]!
  snapshot(jobId: Int!, runId: Int, uniqueId: String!): SnapshotNode
  snapshots(jobId: Int!, runId: Int): [SnapshotNode!]!
  source(jobId: Int!, runId: Int, uniqueId: String!): SourceNode
  sources(database: String, identifier: String, jobId: Int!, runId: Int, schema: String): [SourceNode!]!
  test(jobId: Int!, runId: Int, uniqueId: String!): TestNode tests(jobId: Int!, runId: Int): [TestNode!]!
}

# Enums, scalars, filters and sorting.
enum AccessLevel { private protected public }
enum AncestorNodeType { Exposure Macro Model Seed Snapshot Source }
scalar AnyScalar
input AppliedModelSort { direction: SortDirection! field: AppliedModelSortField! }
enum AppliedModelSortField { executeCompletedAt queryUsageCount rowCount uniqueId }
input AppliedResourcesFilter { tags: [String!] types: [ResourceNodeType!]! uniqueIds: [String!] }
enum AutoExposureBIProvider { powerbi tableau }
scalar BigInt
scalar DateTime
input DefinitionResourcesFilter { tags: [String!] types: [ResourceNodeType!]! uniqueIds: [String!] }
input ExposureFilter { exposureType: String tags: [String!] uniqueIds: [String!] }
enum ExposureHealthIssueType { CautionUpstreamSources DegradedUpstreamSources FailedTestUpstreamModels LastRunFailedUpstreamModels Unknown WarnedTestUpstreamModels }
input ExposureTileFilter { autoBiProvider: AutoExposureBIProvider biResourceId: String uniqueId: String }
enum FreshnessStatus { Error Pass Unknown Warn Skipped }
input GenericMaterializedFilter {
  database: String identifier: String schema: String tags: [String!] uniqueIds: [String!]
}
input GroupFilter { uniqueIds: [String!] }
scalar JSONObject
input LineageFilter {
  columnNames: [String!] exclude: String select: String tags: [String!] types: [ResourceNodeType!]
  uniqueIds: [String!]
}
input MacroDefinitionFilter { packageName: String uniqueIds: [String!] }
input ModelAppliedFilter {
  access: AccessLevel database: String group: String identifier: String lastRunStatus: RunStatus
  modelingLayer: String packageName: String schema: String tags: [String!] uniqueIds: [String!]
}
input ModelDefinitionFilter {
  access: AccessLevel database: String group: String identifier: String modelingLayer: String schema: String
  tags: [String!] uniqueIds: [String!]
}
enum OwnerResourceType { exposure group }
enum PackageResourceType { macro model }
enum Quality { Error Pass Unknown Warn }
enum ReleaseVersion { latest none old prerelease }
enum ResourceNodeType { Exposure Macro Metric Model SavedQuery Seed SemanticModel Snapshot Source Test }
enum RunStatus { error skipped success }
enum SortDirection { asc desc }
input SourceAppliedFilter {
  database: String freshnessChecked: Boolean freshnessStatus: FreshnessStatus identifier: String schema: String
  sourceNames: [String!] tags: [String!] uniqueIds: [String!]
}
input SourceDefinitionFilter {
  database: String identifier: String schema: String sourceNames: [String!] tags: [String!] uniqueIds: [String!]
}
input TestAppliedFilter {
  lastKnownResult: TestStatus lastKnownResults: [TestStatus] status: String tags: [String!] testTypes: [TestType!]
  uniqueIds: [String!]
}
input TestDefinitionFilter { tags: [String!] uniqueIds: [String!] }
enum TestType { GENERIC_DATA_TEST SINGULAR_DATA_TEST UNIT_TEST }
enum TimePeriod { day hour minute }
enum TestStatus { pass fail error skipped warn }
`;
