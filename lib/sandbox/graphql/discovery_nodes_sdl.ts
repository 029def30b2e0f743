/**
 * The nodes of an environment in the Discovery API. `discovery_schema.ts` makes the schema of them.
 *
 * @module
 */

/** Nodes of the applied and of the definition state, and of the lineage. */
export const nodeTypes = `
# Nodes as they are in the warehouse.
interface EnvironmentAppliedNestedNode {
  description: String filePath: String! fqn: [String!] name: String resourceType: String! uniqueId: String!
}
interface EnvironmentAppliedNode {
  accountId: BigInt! description: String environmentId: BigInt! filePath: String! meta: JSONObject name: String
  projectId: BigInt! resourceType: String! tags: [String!]! uniqueId: String!
}
type ExposureAppliedStateNestedNode implements EnvironmentAppliedNestedNode {
  dbtVersion: String exposureType: String label: String manifestGeneratedAt: DateTime maturity: String
  ownerEmail: String ownerName: String packageName: String patchPath: String url: String
}
type ExposureAppliedStateNode implements EnvironmentAppliedNode {
  ancestors(types: [AncestorNodeType!]!): [EnvironmentAppliedNestedNode!]! dbtVersion: String exposureType: String
  fqn: [String!]! label: String manifestGeneratedAt: DateTime maturity: String ownerEmail: String ownerName: String
  packageName: String parents: [EnvironmentAppliedNestedNode!]! patchPath: String url: String
}
type ModelAppliedStateNestedNode implements EnvironmentAppliedNestedNode {
  access: String alias: String contractEnforced: Boolean database: String dbtVersion: String
  executionInfo: ModelExecutionInfoNode group: String latestVersion: String materializedType: String
  modelingLayer: String packageName: String patchPath: String releaseVersion: ReleaseVersion schema: String
  testStatuses: JSONObject! version: String
}
type ModelAppliedStateNode implements EnvironmentAppliedNode {
  access: String alias: String ancestors(types: [AncestorNodeType!]!): [EnvironmentAppliedNestedNode!]!
  catalog: CatalogNode children: [EnvironmentAppliedNestedNode!]! compiledCode: String config: JSONObject
  constraints: [ModelLevelConstraint!]! contractEnforced: Boolean database: String dbtVersion: String
  deprecationDate: DateTime executionInfo: ModelExecutionInfoNode fqn: [String!]! group: String
  isDescriptionInherited: Boolean language: String latestVersion: String materializedType: String
  modelingLayer: String packageName: String packages: [String!]! parents: [EnvironmentAppliedNestedNode!]!
  patchPath: String rawCode: String relationName: String releaseVersion: ReleaseVersion schema: String
  tests: [TestAppliedStateNestedNode!]! version: String versions: [ModelVersion!]!
}
type SeedAppliedStateNestedNode implements EnvironmentAppliedNestedNode {
  alias: String database: String dbtVersion: String executionInfo: SeedExecutionInfoNode! packageName: String
  patchPath: String schema: String
}
type SeedAppliedStateNode implements EnvironmentAppliedNode {
  alias: String catalog: CatalogNode children: [EnvironmentAppliedNestedNode!]! database: String dbtVersion: String
  executionInfo: SeedExecutionInfoNode! fqn: [String!]! packageName: String patchPath: String schema: String
  tests: [TestAppliedStateNestedNode!]!
}
type SnapshotAppliedStateNestedNode implements EnvironmentAppliedNestedNode {
  alias: String database: String dbtVersion: String executionInfo: SnapshotExecutionInfoNode packageName: String
  patchPath: String schema: String
}
type SnapshotAppliedStateNode implements EnvironmentAppliedNode {
  alias: String catalog: CatalogNode children: [EnvironmentAppliedNestedNode!]! compiledCode: String
  config: JSONObject database: String dbtVersion: String executionInfo: SnapshotExecutionInfoNode fqn: [String!]!
  packageName: String parents: [EnvironmentAppliedNestedNode!]! patchPath: String rawCode: String schema: String
  tests: [TestAppliedStateNestedNode!]!
}
type SourceAppliedStateNestedNode implements EnvironmentAppliedNestedNode {
  database: String dbtVersion: String freshness: SourceFreshnessNode! identifier: String loader: String
  patchPath: String schema: String sourceDescription: String sourceName: String testStatuses: JSONObject!
}
type SourceAppliedStateNode implements EnvironmentAppliedNode {
  catalog: CatalogNode children: [EnvironmentAppliedNestedNode!]! database: String dbtVersion: String
  fqn: [String!]! freshness: SourceFreshnessNode! identifier: String loader: String patchPath: String schema: String
  sourceDescription: String sourceName: String tests: [TestAppliedStateNestedNode!]!
}
type TestAppliedStateNestedNode implements EnvironmentAppliedNestedNode {
  columnName: String dbtVersion: String executionInfo: TestExecutionInfoNode! lastKnownResult: TestStatus
  patchPath: String testMetadata: TestMetadata! testType: TestType!
}
type TestAppliedStateNode implements EnvironmentAppliedNode {
  columnName: String compiledCode: String config: JSONObject dbtVersion: String eventStatus: JSONObject
  executionInfo: TestExecutionInfoNode! expect: JSONObject fqn: [String!]! given: [JSONObject!]
  lastKnownResult: TestStatus model: String numExpectRows: Int numGiven: Int numGivenRows: Int overrides: JSONObject
  parents: [EnvironmentAppliedNestedNode!]! patchPath: String rawCode: String testMetadata: TestMetadata!
  testType: TestType! testedNodeUniqueId: String thisInputNodeUniqueId: String
}

# Nodes as the newest manifest defines them.
interface EnvironmentDefinitionNestedNode {
  description: String filePath: String! name: String resourceType: String! runGeneratedAt: DateTime
  uniqueId: String!
}
interface EnvironmentDefinitionNode {
  accountId: BigInt! description: String environmentId: BigInt! filePath: String! meta: JSONObject name: String
  projectId: BigInt! resourceType: String! runGeneratedAt: DateTime tags: [String!]! uniqueId: String!
}
type ExposureDefinitionNestedNode implements EnvironmentDefinitionNestedNode {
  dbtVersion: String exposureType: String label: String manifestGeneratedAt: DateTime maturity: String
  ownerEmail: String ownerName: String packageName: String patchPath: String url: String
}
type ExposureDefinitionNode implements EnvironmentDefinitionNode {
  ancestors: [EnvironmentDefinitionNestedNode!]! dbtVersion: String exposureType: String fqn: [String!]!
  freshnessStatus: FreshnessStatus label: String manifestGeneratedAt: DateTime maturity: String ownerEmail: String
  ownerName: String packageName: String parents: [EnvironmentDefinitionNestedNode!]! patchPath: String url: String
}
type MacroDefinitionNestedNode implements EnvironmentAppliedNestedNode & EnvironmentDefinitionNestedNode {
  dbtVersion: String jobId: BigInt packageName: String patchPath: String runId: BigInt
}
type MacroDefinitionNode implements EnvironmentAppliedNode & EnvironmentDefinitionNode {
  arguments: [MacroArguments!]! dbtVersion: String jobId: BigInt macroSql: String! packageName: String
  parents: [EnvironmentDefinitionNestedNode!]! patchPath: String runId: BigInt
}
type MetricDefinitionNestedNode implements EnvironmentAppliedNestedNode & EnvironmentDefinitionNestedNode {
  dbtVersion: String filter: JSONObject formula: String group: String jobDefinitionId: BigInt packageName: String
  patchPath: String runId: BigInt type: String typeParams: JSONObject
}
type MetricDefinitionNode implements EnvironmentAppliedNode & EnvironmentDefinitionNode {
  ancestors: [EnvironmentDefinitionNestedNode!]! children: [EnvironmentDefinitionNestedNode!]! dbtVersion: String
  filter: JSONObject formula: String fqn: [String!]! group: String jobDefinitionId: BigInt packageName: String
  parents: [EnvironmentDefinitionNestedNode!]! patchPath: String runId: BigInt type: String typeParams: JSONObject
}
type ModelDefinitionNestedNode implements EnvironmentDefinitionNestedNode {
  access: String alias: String contractEnforced: Boolean database: String group: String jobDefinitionId: BigInt
  latestVersion: String materializedType: String packageName: String patchPath: String
  releaseVersion: ReleaseVersion runId: BigInt schema: String version: String
}
type ModelDefinitionNode implements EnvironmentDefinitionNode {
  access: String alias: String ancestors(types: [AncestorNodeType!]!): [EnvironmentDefinitionNestedNode!]!
  children: [EnvironmentDefinitionNestedNode!]! constraints: [ModelLevelConstraint!]! contractEnforced: Boolean
  database: String deprecationDate: DateTime fqn: [String!]! group: String jobDefinitionId: BigInt language: String
  latestVersion: String materializedType: String modelingLayer: String packageName: String packages: [String!]!
  parents: [EnvironmentDefinitionNestedNode!]! patchPath: String rawCode: String releaseVersion: ReleaseVersion
  runId: BigInt schema: String tests: [TestDefinitionNestedNode!]! version: String
}
type SavedQueryDefinitionNestedNode implements EnvironmentAppliedNestedNode & EnvironmentDefinitionNestedNode {
  dbtVersion: String exports: [QueryExports!]! group: String jobDefinitionId: BigInt packageName: String
  queryParams: QueryParams! runId: BigInt
}
type SavedQueryDefinitionNode implements EnvironmentAppliedNode & EnvironmentDefinitionNode {
  ancestors: [EnvironmentDefinitionNestedNode!]! children: [EnvironmentDefinitionNestedNode!]! dbtVersion: String
  exports: [QueryExports!]! fqn: [String!]! group: String jobDefinitionId: BigInt packageName: String
  parents: [EnvironmentDefinitionNestedNode!]! queryParams: QueryParams! runId: BigInt
}
type SeedDefinitionNestedNode implements EnvironmentDefinitionNestedNode {
  alias: String database: String dbtVersion: String jobDefinitionId: BigInt packageName: String patchPath: String
  runId: BigInt schema: String
}
type SeedDefinitionNode implements EnvironmentDefinitionNode {
  alias: String children: [EnvironmentDefinitionNestedNode!]! database: String dbtVersion: String fqn: [String!]!
  jobDefinitionId: BigInt packageName: String patchPath: String runId: BigInt schema: String
}
type SemanticModelDefinitionNestedNode implements EnvironmentAppliedNestedNode & EnvironmentDefinitionNestedNode {
  dbtVersion: String dimensions: [SemanticModelDimension!]! entities: [SemanticModelEntity!]!
  jobDefinitionId: BigInt measures: [SemanticModelMeasure!]! packageName: String patchPath: String runId: BigInt
}
type SemanticModelDefinitionNode implements EnvironmentAppliedNode & EnvironmentDefinitionNode {
  ancestors: [EnvironmentDefinitionNestedNode!]! children: [EnvironmentDefinitionNestedNode!]! dbtVersion: String
  dimensions: [SemanticModelDimension!]! entities: [SemanticModelEntity!]! fqn: [String!]! jobDefinitionId: BigInt
  measures: [SemanticModelMeasure!]! packageName: String parents: [EnvironmentDefinitionNestedNode!]!
  patchPath: String runId: BigInt
}
type SnapshotDefinitionNestedNode implements EnvironmentDefinitionNestedNode {
  alias: String database: String jobDefinitionId: BigInt packageName: String patchPath: String runId: BigInt
  schema: String
}
type SnapshotDefinitionNode implements EnvironmentDefinitionNode {
  alias: String children: [EnvironmentDefinitionNestedNode!]! database: String fqn: [String!]!
  jobDefinitionId: BigInt packageName: String parents: [EnvironmentDefinitionNestedNode!]! patchPath: String
  rawCode: String runId: BigInt schema: String
}
type SourceDefinitionNestedNode implements EnvironmentDefinitionNestedNode {
  database: String dbtVersion: String identifier: String loader: String patchPath: String schema: String
  sourceDescription: String sourceName: String
}
type SourceDefinitionNode implements EnvironmentDefinitionNode {
  children: [EnvironmentDefinitionNestedNode!]! database: String dbtVersion: String fqn: [String!]!
  identifier: String loader: String patchPath: String schema: String sourceDescription: String sourceName: String
  tests: [TestDefinitionNestedNode!]!
}
type TestDefinitionNestedNode implements EnvironmentDefinitionNestedNode {
  columnName: String dbtVersion: String jobDefinitionId: BigInt patchPath: String runId: BigInt testType: TestType
}
type TestDefinitionNode implements EnvironmentDefinitionNode {
  columnName: String dbtVersion: String eventStatus: JSONObject! expect: JSONObject! fqn: [String!]!
  given: [JSONObject!]! jobDefinitionId: BigInt model: String numExpectRows: Int numGiven: Int numGivenRows: Int
  overrides: JSONObject! parents: [EnvironmentDefinitionNestedNode!]! patchPath: String rawCode: String
  resource: String! runId: BigInt testType: TestType testedNodeUniqueId: String thisInputNodeUniqueId: String
}

# Nodes of the lineage.
type ExposureLineageNode implements LineageGraphNode & LineageNode & LineageNodeWithParents
interface LineageGraphNode implements LineageNode { fqn: [String!]! }
interface LineageNode {
  access: String alias: String database: String filePath: String! group: String matchesMethod: Boolean
  materializationType: String name: String parentIds: [String!]! projectId: BigInt! publicParentIds: [String!]!
  resourceType: ResourceNodeType! schema: String tags: [String!]! uniqueId: String! version: String
}
interface LineageNodeExecutable implements LineageNode { lastRunStatus: String }
interface LineageNodeTestable implements LineageNode { worstTestStatus: String }
interface LineageNodeWithParents implements LineageNode
type MacroLineageNode implements LineageNode & LineageNodeWithParents
type MetricLineageNode implements LineageGraphNode & LineageNode & LineageNodeWithParents
type ModelLineageNode implements LineageGraphNode & LineageNode & LineageNodeExecutable & LineageNodeTestable & LineageNodeWithParents {
  modelingLayer: String
}
type SavedQueryLineageNode implements LineageGraphNode & LineageNode & LineageNodeWithParents
type SeedLineageNode implements LineageGraphNode & LineageNode & LineageNodeExecutable & LineageNodeTestable
type SemanticModelLineageNode implements LineageGraphNode & LineageNode & LineageNodeWithParents
type SnapshotLineageNode implements LineageGraphNode & LineageNode & LineageNodeExecutable & LineageNodeTestable & LineageNodeWithParents
type SourceLineageNode implements LineageGraphNode & LineageNode & LineageNodeTestable { sourceName: String }
type TestLineageNode implements LineageGraphNode & LineageNode & LineageNodeExecutable & LineageNodeWithParents
`;
