/**
 * The Discovery API of the sandbox, at `/graphql` and `/beta/graphql`.
 *
 * @module
 */
import type { World } from "../endpoints/endpoint_request.ts";
import type { Row } from "../protocol/response_format.ts";
import { accountRoot, searchResults } from "./discovery_account.ts";
import { columnRoot } from "./discovery_columns.ts";
import { performanceRoot } from "./discovery_performance.ts";
import { recommendationsRoot } from "./discovery_recommendations.ts";
import { discoverySchema } from "./discovery_schema.ts";
import {
  type Discovery,
  environmentRoot,
  historicalRuns,
  type HistoryArguments,
  jobRoot,
  projectOf,
} from "./discovery_state.ts";
import type { GraphQLEndpoint } from "./graphql_server.ts";

/** What `/graphql` answers with, or `/beta/graphql`. */
export function discoveryApi(world: World, now: number, complexityLimit: number, beta: boolean): GraphQLEndpoint {
  return { schema: discoverySchema(beta), root: rootOf({ now, world }), complexityLimit };
}

/** The id of a root field. */
interface WithId {
  readonly id: unknown;
}
interface OfEnvironment {
  readonly environmentId: unknown;
}
interface OfJob {
  readonly jobId: unknown;
  readonly runId?: unknown;
}

function rootOf(discovery: Discovery): Row {
  const project = ({ environmentId }: OfEnvironment) => projectOf(discovery, environmentId);
  return {
    environment: ({ id }: WithId) => withSearch(discovery, id, environmentRoot(discovery, id)),
    job: ({ id, runId }: WithId & { readonly runId?: unknown }) => jobRoot(discovery, id, runId),
    // The fields below are what `job` was before 2023, and the API still has them.
    ...Object.fromEntries(
      ["model", "source", "seed", "snapshot", "test", "exposure", "metric", "macro"].flatMap((name) => [
        [name, (args: OfJob) => fieldOf(jobRoot(discovery, args.jobId, args.runId), name, args) ?? null],
        [`${name}s`, (args: OfJob) => fieldOf(jobRoot(discovery, args.jobId, args.runId), `${name}s`, args) ?? []],
      ]),
    ),
    modelByEnvironment: (args: OfEnvironment & HistoryArguments) => {
      const of = project(args);
      return of === undefined ? [] : historicalRuns(of, args);
    },
    account: ({ id }: WithId) => accountRoot(discovery, id),
    performance: (args: OfEnvironment) => {
      const of = project(args);
      return of === undefined ? null : performanceRoot(discovery.world, of);
    },
    column: (args: OfEnvironment) => {
      const of = project(args);
      return of === undefined ? null : columnRoot(of);
    },
    recommendations: (args: OfEnvironment) => {
      const of = project(args);
      return of === undefined ? null : recommendationsRoot(of);
    },
  };
}

/** An environment whose applied state can be searched. */
function withSearch(discovery: Discovery, id: unknown, environment: Row): Row {
  const { applied } = environment;
  return {
    ...environment,
    applied: () => ({
      ...typeof applied === "function" ? applied() : {},
      searchResults: (args: Parameters<typeof searchResults>[1]) => {
        const project = projectOf(discovery, id);
        return project === undefined ? null : searchResults(project, args);
      },
    }),
  };
}

/** A field of an object, which may be a function of its arguments. */
function fieldOf(of: Row | null, name: string, args: unknown): unknown {
  const field = of?.[name];
  return typeof field === "function" ? field(args) : field;
}
