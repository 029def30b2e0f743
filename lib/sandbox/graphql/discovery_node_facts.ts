/**
 * What the project's files and the manifest of the newest run say of the nodes of the Discovery API. `discovery_nodes.ts`
 * adds what the runs made of them.
 *
 * @module
 */
import { aliasOf, compiledCode, database, dbtVersion, type Node, type NodeKind, relationOf } from "../data/dbt_node.ts";
import { nodes } from "../data/jaffle_shop_nodes.ts";
import { isRow, listIn, objectIn, objectsIn, type Row } from "../protocol/response_format.ts";
import type { CompletedStep } from "../runs/artifact_metadata.ts";
import { makeManifest } from "../runs/manifest.ts";

/** The type of a node in GraphQL's names: `Model` of `ModelAppliedStateNode`. */
export const typeNames: Readonly<Record<NodeKind, string>> = {
  seed: "Seed",
  model: "Model",
  snapshot: "Snapshot",
  test: "Test",
  unit_test: "Test",
  source: "Source",
  exposure: "Exposure",
  metric: "Metric",
  semantic_model: "SemanticModel",
  saved_query: "SavedQuery",
  macro: "Macro",
};

const manifests = new WeakMap<object, ReadonlyMap<string, Row>>();

/** What the manifest of a step says of each node. */
export function manifestOf(step: CompletedStep | undefined): ReadonlyMap<string, Row> {
  if (step === undefined) return new Map();
  let byId = manifests.get(step.run);
  if (byId === undefined) {
    const parts = Object.values(makeManifest(step)).filter(isRow);
    byId = new Map(
      parts.flatMap((part) => Object.entries(part)).filter((entry): entry is [string, Row] => isRow(entry[1])),
    );
    manifests.set(step.run, byId);
  }
  return byId;
}

/** What the project's files say of a node. */
export function describe(node: Node, facts: Row, schema: string): Row {
  const { config, fqn, id, kind, materialized, name, patch, source, version } = node;
  const isRelation = source !== undefined || ["seed", "view", "table", "snapshot"].includes(materialized);
  const latest = version?.latest;
  return {
    uniqueId: id,
    name,
    resourceType: kind,
    description: facts.description ?? "",
    filePath: facts.original_file_path ?? node.file,
    fqn,
    meta: facts.meta ?? {},
    tags: tagsOf(node),
    packageName: packageOf(node),
    packages: [],
    patchPath: patch === undefined ? null : `${packageOf(node)}://${patch}`,
    dbtVersion,
    database: isRelation ? database : null,
    schema: source?.name ?? (isRelation ? schema : null),
    alias: aliasOf(node),
    identifier: source === undefined ? null : name,
    relationName: isRelation ? relationOf(node, schema) : null,
    materializedType: materialized,
    language: node.code === "" ? null : "sql",
    rawCode: node.code,
    compiledCode: () => compiledCode(node, schema),
    config,
    access: config.access ?? null,
    group: config.group ?? null,
    contractEnforced: false,
    constraints: [],
    deprecationDate: null,
    isDescriptionInherited: false,
    modelingLayer: modelingLayer(node),
    version: version === undefined ? null : String(version.is),
    latestVersion: latest === undefined ? null : String(latest),
    releaseVersion: releaseOf(node),
    versions: () =>
      version === undefined ? [] : nodes.filter((other) => other.kind === kind && other.name === name).map((other) => ({
        name: `v${other.version?.is}`,
        releaseVersion: releaseOf(other),
        uniqueId: other.id,
      })),
    sourceName: source?.name,
    sourceDescription: source === undefined ? null : "",
    loader: source === undefined ? null : "",
  };
}

/** The package that a node is from. */
export function packageOf({ id }: Node): string {
  return id.split(".")[1] ?? "";
}

/** A node's tags. A metric and a saved query have them in their configuration only. */
export function tagsOf({ config, tags }: Node): ReadonlyArray<unknown> {
  return tags.length > 0 ? tags : listIn(config.tags);
}

/** dbt infers the layer of a model from its folder. */
export function modelingLayer({ fqn, kind }: Node): string | null {
  return kind !== "model" ? null : fqn[1] === "staging" ? "staging" : "marts";
}

function releaseOf({ version }: Node): string {
  if (version === undefined) return "none";
  return version.is === version.latest ? "latest" : version.is < version.latest ? "old" : "prerelease";
}

/** What the manifest says of resources that dbt does not build: exposures, macros, metrics and so on. */
export function graphFacts(facts: Row): Row {
  const owner = objectIn(facts.owner);
  const query = objectIn(facts.query_params);
  return {
    exposureType: facts.type,
    maturity: facts.maturity,
    label: facts.label,
    url: facts.url,
    ownerEmail: owner.email,
    ownerName: owner.name,
    arguments: facts.arguments,
    macroSql: facts.macro_sql,
    type: facts.type,
    typeParams: facts.type_params,
    filter: facts.filter,
    formula: null,
    queryParams: {
      groupBy: query.group_by ?? [],
      metrics: query.metrics ?? [],
      orderBy: query.order_by ?? [],
      limit: query.limit,
      where: null,
    },
    exports: objectsIn(facts.exports),
    entities: objectsIn(facts.entities),
    measures: objectsIn(facts.measures).map((measure) => ({ ...measure, createMetric: measure.create_metric })),
    dimensions: objectsIn(facts.dimensions).map((dimension) => ({ ...dimension, typeParams: dimension.type_params })),
  };
}

/** The type of a test in GraphQL's names. */
export function testTypeOf({ kind, test }: Node): string {
  return kind === "unit_test" ? "UNIT_TEST" : test === undefined ? "SINGULAR_DATA_TEST" : "GENERIC_DATA_TEST";
}

/** What the project's files say of a test. */
export function testFacts(node: Node): Row {
  const isUnit = node.kind === "unit_test";
  const { needs, test } = node;
  return {
    columnName: test?.column ?? null,
    testType: testTypeOf(node),
    testMetadata: {
      name: test?.name ?? null,
      columnName: test?.column ?? null,
      kwargs: test?.kwargs ?? {},
      namespace: null,
    },
    testedNodeUniqueId: needs[0] ?? null,
    thisInputNodeUniqueId: null,
    model: isUnit ? needs[0]?.split(".").at(-1) : null,
    expect: {},
    given: [],
    overrides: {},
    eventStatus: {},
    numExpectRows: isUnit ? 1 : null,
    numGiven: isUnit ? 2 : null,
    numGivenRows: isUnit ? 2 : null,
    resource: needs[0] ?? "",
  };
}
