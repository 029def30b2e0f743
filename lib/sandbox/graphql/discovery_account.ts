/**
 * What the Discovery API's beta schema has beside the states of an environment: the public models and projects of an
 * account, and the search.
 *
 * @module
 */
import { withoutNulls } from "../../defined.ts";
import { projectName, relationOf } from "../data/dbt_node.ts";
import { nodes, resources } from "../data/jaffle_shop_nodes.ts";
import { isDeleted } from "../data/row_store.ts";
import type { Row } from "../protocol/response_format.ts";
import { badInput, connection, type ConnectionArguments, type Filter, fits } from "./discovery_lists.ts";
import { typeNames } from "./discovery_node_facts.ts";
import { type DiscoveryProject, nodeObject } from "./discovery_nodes.ts";
import { type Discovery, projectOf } from "./discovery_state.ts";

// ---- accounts -------------------------------------------------------------------------------------------------------

/** The arguments of `publicModels`. */
interface PublicModelArguments extends Omit<ConnectionArguments, "filter"> {
  readonly filter?: {
    readonly dbtCoreProjectName?: string | null;
    readonly environmentIds?: ReadonlyArray<number | string> | null;
    readonly projectId?: number | string | null;
    readonly uniqueIds?: ReadonlyArray<string> | null;
  } | null;
}

/** `account(id)`. */
export function accountRoot(discovery: Discovery, id: unknown): Row | null {
  const { store } = discovery.world;
  const account = store.find("accounts", Number(id));
  if (account === undefined || isDeleted(account)) return null;
  const production = store.rows("environments").filter((row) =>
    !isDeleted(row) && row.account_id === account.id && row.deployment_type === "production"
  );
  const projects = production.flatMap((environment) => {
    const project = projectOf(discovery, environment.id);
    return project?.state.manifest === undefined ? [] : [{ environment, project }];
  });
  return {
    publicModels: ({ after = null, filter, first = null }: PublicModelArguments) => {
      const { dbtCoreProjectName, environmentIds, projectId, uniqueIds } = withoutNulls(filter);
      const models = projects.flatMap(({ environment, project }) =>
        publicModels(project).map((model) => ({ model, environment, project }))
      ).filter(({ environment, model, project }) =>
        (dbtCoreProjectName === undefined || dbtCoreProjectName === projectName) &&
        (environmentIds === undefined || environmentIds.some((one) => Number(one) === environment.id)) &&
        (projectId === undefined || Number(projectId) === project.place.project_id) &&
        (uniqueIds === undefined || uniqueIds.includes(model.id))
      );
      return connection(models, { after, first }, ({ environment, model, project }) => {
        const node = nodeObject(model, project, "AppliedState");
        const info = project.state.nodes.get(model.id)?.last;
        return {
          ...node,
          __typename: "PublicModel",
          columnCount: Object.keys(model.columns).length,
          dbtCoreProject: projectName,
          dependentProjects: [],
          environmentDeploymentType: environment.deployment_type,
          healthIssues: info?.status === "error" ? ["LastRunFailed"] : [],
          identifier: node.alias,
          isDefaultEnv: true,
          lastRunStatus: info?.status ?? null,
          materializationType: model.materialized,
          publicAncestors: [],
          relationName: relationOf(model, info?.run.profile.schema ?? "prod"),
        };
      }, ({ environment, model }) => `${environment.id}.${model.id}`);
    },
    meshProjects: () =>
      projects.map(({ environment, project }) => ({
        dbtCoreProject: projectName,
        dbtCloudProject: store.find("projects", project.place.project_id)?.name ?? null,
        projectId: project.place.project_id,
        defaultEnvironmentId: environment.id,
        isProducer: publicModels(project).length > 0,
        isConsumer: false,
        projectSummary: {
          totalNodes: nodes.length,
          totalModels: count("Model"),
          publicModels: publicModels(project).length,
          sources: count("Source"),
          metrics: count("Metric"),
          semanticModels: count("SemanticModel"),
          tests: count("Test"),
          snapshots: count("Snapshot"),
          exposures: count("Exposure"),
          macros: count("Macro"),
          seeds: count("Seed"),
        },
        dependentProjects: [],
      })),
  };
}

function count(type: string): number {
  return resources.filter(({ kind }) => typeNames[kind] === type).length;
}

/** The models that other projects may refer to. */
function publicModels({ state }: DiscoveryProject) {
  return nodes.filter(({ config, id }) => config.access === "public" && state.nodes.has(id));
}

// ---- search ---------------------------------------------------------------------------------------------------------

/** The arguments of `searchResults`. Clients send a lone value for a list, as GraphQL allows. */
interface SearchArguments extends Omit<ConnectionArguments, "filter"> {
  readonly filter: {
    readonly query: string;
    readonly fields?: ReadonlyArray<string> | null;
  } & { readonly [K in keyof Filter]: Filter[K] | null };
}

/** The texts of a node that a search looks at, in the order in which a match counts. */
const searched: Readonly<Record<string, (node: Row) => string>> = {
  name: ({ name }) => String(name),
  relation: ({ relationName }) => String(relationName ?? ""),
  description: ({ description }) => String(description ?? ""),
  column: ({ columns }) => Array.isArray(columns) ? columns.join(" ") : "",
  code: ({ rawCode }) => String(rawCode ?? ""),
};

/** `environment(id).applied.searchResults`. */
export function searchResults(project: DiscoveryProject, { after = null, filter, first = null }: SearchArguments): Row {
  const { fields = Object.keys(searched), query = "", ...rest } = withoutNulls(filter);
  const unknown = fields.find((field) => !Object.hasOwn(searched, field));
  if (unknown !== undefined) {
    throw badInput(`fields has ${JSON.stringify(unknown)}, and may have ${Object.keys(searched).join(", ")}.`);
  }
  const found = resources.filter((node) => project.state.manifest !== undefined && fits(node, rest, project))
    .flatMap((node) => {
      const texts = { ...nodeObject(node, project, "AppliedState"), columns: Object.keys(node.columns) };
      const hit = Object.entries(searched).filter(([field]) =>
        fields.includes(field)
      ).flatMap(([field, textOf], rank) => {
        const text = textOf(texts);
        const at = text.toLowerCase().indexOf(query.toLowerCase());
        return at < 0 ? [] : [{ field, rank, highlight: around(text, at, query.length) }];
      })[0];
      return hit === undefined ? [] : [{ node, ...hit }];
    }).toSorted((a, b) => a.rank - b.rank || (a.node.id < b.node.id ? -1 : 1));
  return connection(found, { after, first }, ({ field, highlight, node }) => ({
    matchedField: field,
    highlight,
    hit: nodeObject(node, project, "AppliedState"),
  }), ({ node }) => node.id);
}

/** A text around a match. */
function around(text: string, at: number, length: number): string {
  return text.slice(Math.max(0, at - 40), at + length + 40).replaceAll(/\s+/g, " ").trim();
}
