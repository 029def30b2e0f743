/**
 * What the Discovery API has at `/beta/graphql` only. No schema of it is published: these are the fields that Python dbtc
 * asks for.
 *
 * @module
 */

/** Types and fields of the beta schema. */
export const betaTypes = `
scalar Date
enum SortAggregation { AVG MAX }
input ColumnLineageFilter { maxDepth: Int columnName: String isError: Boolean }
type ColumnLineageNode {
  accountId: BigInt projectId: BigInt environmentId: BigInt runId: BigInt nodeUniqueId: String uniqueId: String
  name: String parentColumns: [String!] childColumns: [String!] relationship: String isError: Boolean error: String
  errorCategory: String
}
type ColumnQuery { lineage(nodeUniqueId: String!, filters: ColumnLineageFilter): [ColumnLineageNode!]! }
type ModelExecution {
  runId: BigInt runStartedAt: DateTime executionTime: Float status: String isFullRefresh: Boolean
  executionStartedAt: DateTime adapter: String queryId: String
}
type ModelExecutionsByJob {
  jobId: BigInt meanExecutionTime: Float executionTimes: [Float!] executions: [ModelExecution!]
}
type ModelExecutionHistory {
  date: Date meanExecutionTime: Float executionTimes: [Float!] executionsByJob: [ModelExecutionsByJob!]
}
type MostExecutedByJob { jobId: BigInt totalExecutions: Int }
type MostExecutedModel { uniqueId: String totalExecutions: Int byJob: [MostExecutedByJob!] }
type LongestExecutedByJob { jobId: BigInt maxExecutionTime: Float averageExecutionTime: Float }
type LongestExecutedModel {
  uniqueId: String maxExecutionTime: Float averageExecutionTime: Float byJob: [LongestExecutedByJob!]
}
type MostExecutionFailedModel {
  uniqueId: String failurePercentage: Float totalExecutions: Int totalFailedExecutions: Int
}
type MostTestFailedModel {
  uniqueId: String failurePercentage: Float totalRunsWithTests: Int totalRunsWithTestFailures: Int
}
type PerformanceJob { jobId: BigInt name: String }
type Performance {
  modelExecutionHistory(startDate: Date!, endDate: Date!, uniqueId: String!): [ModelExecutionHistory!]!
  mostExecutedModels(start: Date!, end: Date!, limit: Int, jobLimit: Int): [MostExecutedModel!]!
  longestExecutedModels(start: Date!, end: Date!, limit: Int, jobId: BigInt, orderBy: SortAggregation, jobLimit: Int): [LongestExecutedModel!]!
  mostExecutionFailedModels(start: Date!, end: Date!, limit: Int): [MostExecutionFailedModel!]!
  mostTestFailedModels(start: Date!, end: Date!, limit: Int): [MostTestFailedModel!]!
  jobInformation(start: Date!, end: Date!, uniqueId: String!): [PerformanceJob!]!
}
input RuleFilter { severity: [String!] categories: [String!] ruleNames: [String!] uniqueIds: [String!] }
type RecommendationMetric { name: String value: Float }
type Rule {
  name: String category: String severity: String uniqueId: String violationId: String description: String
}
type RuleEdge { cursor: String node: Rule }
type Recommendations {
  metrics: [RecommendationMetric!]! rules(first: Int!, after: String, filter: RuleFilter): RuleConnection!
}
type DependentProjectCounts {
  dbtCoreProject: String defaultEnvironmentId: BigInt dependentModelsCount: Int environmentId: BigInt
  projectId: BigInt
}
type PublicModel {
  accountId: BigInt columnCount: Int database: String dbtCoreProject: String
  dependentProjects: [DependentProjectCounts!] deprecationDate: DateTime description: String
  environmentDeploymentType: String environmentId: BigInt fqn: [String!] group: String healthIssues: [String!]
  identifier: String isDefaultEnv: Boolean lastRunStatus: String latestVersion: String materializationType: String
  name: String packageName: String projectId: BigInt publicAncestors: [PublicModel!] relationName: String
  runGeneratedAt: DateTime schema: String uniqueId: String
}
type PublicModelEdge { cursor: String node: PublicModel }
type PublicModelConnection { edges: [PublicModelEdge!]! pageInfo: PageInfo totalCount: Int }
input PublicModelsFilter {
  dbtCoreProjectName: String environmentIds: [BigInt!] projectId: BigInt uniqueIds: [String!]
}
type MeshProjectSummary {
  totalNodes: Int totalModels: Int publicModels: Int sources: Int metrics: Int semanticModels: Int tests: Int
  snapshots: Int exposures: Int macros: Int seeds: Int
}
type MeshProject {
  dbtCoreProject: String dbtCloudProject: String projectId: BigInt defaultEnvironmentId: BigInt isProducer: Boolean
  isConsumer: Boolean projectSummary: MeshProjectSummary dependentProjects: [MeshProject!]
}
type AccountQuery {
  publicModels(after: String, filter: PublicModelsFilter, first: Int): PublicModelConnection!
  meshProjects: [MeshProject!]!
}
input SearchQueryFilter {
  query: String! accessLevels: [AccessLevel!] fields: [String!] materializationTypes: [String!]
  modelingLayers: [String!] resourceTypes: [ResourceNodeType!] tags: [String!]
}
type SearchResult { highlight: String hit: EnvironmentAppliedNode matchedField: String }
type SearchResultEdge { cursor: String node: SearchResult }
type SearchResultConnection { edges: [SearchResultEdge!]! pageInfo: PageInfo totalCount: Int }
extend type AppliedState {
  searchResults(filter: SearchQueryFilter!, after: String, first: Int): SearchResultConnection!
}
extend type Query {
  account(id: BigInt!): AccountQuery column(environmentId: BigInt!): ColumnQuery
  performance(environmentId: BigInt!): Performance recommendations(environmentId: BigInt!): Recommendations
}
`;
