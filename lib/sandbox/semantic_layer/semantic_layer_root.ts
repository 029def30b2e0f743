/**
 * The fields of the Semantic Layer's `Query` and `Mutation`, for one request to the sandbox.
 *
 * @module
 */
import * as Base64 from "effect/encoding/Base64";
import { GraphQLError } from "graphql";
import { metrics, savedQueries } from "../data/jaffle_shop_metrics.ts";
import { isDeleted } from "../data/row_store.ts";
import type { World } from "../endpoints/endpoint_request.ts";
import type { RequestFaults } from "../protocol/faults.ts";
import { granularityNames } from "./group_by_item.ts";
import {
  metricsWith,
  modelsFor,
  pageOf,
  searched,
  showDimensions,
  showEntities,
  showMeasures,
  showMetric,
  showSavedQuery,
} from "./metric_metadata.ts";
import { type CompiledQuery, compileQuery, metricNamed } from "./metric_sql.ts";
import { type GroupByInput, type MetricInput, type QueryInput, refusal } from "./query_input.ts";
import { defaultRunTime, makeQueryStore, type QueryStore, stateOf, type StoredQuery } from "./query_store.ts";
import { arrowOf, jsonOf, type Orient } from "./result_formats.ts";
import type { Warehouse } from "./warehouse.ts";

/** The rows of a page: https://docs.getdbt.com/docs/dbt-apis/sl-graphql */
const pageSize = 1024;

/** The queries of each sandbox. */
const stores = new WeakMap<World, QueryStore>();

function storeOf(world: World): QueryStore {
  let store = stores.get(world);
  if (store === undefined) stores.set(world, store = makeQueryStore());
  return store;
}

/** What the fields answer from. */
export interface SemanticLayerRequest {
  /** What the sandbox holds. */
  readonly world: World;
  /** The time of the request, in milliseconds. */
  readonly now: number;
  /** The faults that hit it. */
  readonly faults: RequestFaults;
  /** The database; undefined where the runtime has none. */
  readonly warehouse: Warehouse | undefined;
  /** Whether the token may use the Semantic Layer. */
  readonly isAuthorized: boolean;
}

interface InEnvironment {
  readonly environmentId: number | string;
}
interface OfMetrics extends InEnvironment {
  readonly metrics?: ReadonlyArray<MetricInput> | null;
}
interface Searched extends InEnvironment {
  readonly search?: string | null;
}
interface Paged extends Searched {
  readonly pageNum: number;
  readonly pageSize?: number | null;
}

/** The fields, by name. */
export function semanticLayerRoot(request: SemanticLayerRequest) {
  const { faults, now, warehouse, world } = request;
  const store = storeOf(world);
  const terms = ({ search }: Searched) => typeof search === "string" && search !== "" ? [search] : [];
  const metricsOf = ({ metrics }: OfMetrics) => (metrics ?? []).map(({ name }) => metricNamed(name));

  const create = (input: QueryInput, isDimensionValues: boolean, compiled: StoredQuery["compiled"]) => {
    if (faults.take("query-refused") !== undefined) throw refusal("The sandbox refuses this query, as it was told to.");
    const slow = faults.take("query-slow");
    const fails = faults.take("query-fails") === undefined ? {} : {
      fails: "Database Error\n  000630 (57014): Statement reached its statement or warehouse timeout.",
    };
    return store.add({
      created: now,
      input,
      isDimensionValues,
      compiled,
      runTime: slow === undefined ? defaultRunTime : slow * 1000,
      ...fails,
    });
  };

  const find = (queryId: string) => {
    const query = store.find(queryId);
    if (query === undefined) throw refusal(`Query ${queryId} was not found.`);
    return query;
  };

  const show = (query: StoredQuery, pageNum: number, at = now) => {
    const { compiled, id: queryId, isDimensionValues, input } = query;
    const state = stateOf(query, { now: at, speed: world.speed, warehouse });
    const early = state.status === "PENDING" || state.status === "RUNNING";
    const { rows } = state;
    const columns = "error" in compiled ? [] : compiled.columns;
    const totalPages = rows === undefined ? null : Math.max(1, Math.ceil(rows.length / pageSize));
    if (totalPages !== null && !(pageNum >= 1 && pageNum <= totalPages)) {
      throw refusal(`Page ${pageNum} was not found: the result has ${totalPages}.`);
    }
    const page = { columns, rows: rows?.slice((pageNum - 1) * pageSize, pageNum * pageSize) ?? [] };
    return {
      queryId,
      status: state.status,
      sql: early || "error" in compiled ? null : compiled.sql,
      error: state.error ?? null,
      errorType: state.error === undefined ? null : "error" in compiled ? "QUERY_COMPILATION_ERROR" : "DATABASE_ERROR",
      totalPages,
      arrowResult: () => rows === undefined ? null : arrowOf(page),
      jsonResult: ({ encoded, orient }: { readonly encoded: boolean; readonly orient: Orient }) => {
        if (rows === undefined) return null;
        const json = jsonOf(page, orient);
        return encoded ? Base64.encode(json) : json;
      },
      params: () => paramsOf(input, isDimensionValues),
      manifestValidationResult: null,
    };
  };

  const fields = {
    metrics: (args: Searched) => searched(metrics.map(showMetric), terms(args)),
    dimensions: (args: OfMetrics & Searched) => searched(showDimensions(modelsFor(args.metrics)), terms(args)),
    entities: (args: OfMetrics) => showEntities(modelsFor(args.metrics)),
    measures: (args: OfMetrics) => showMeasures(metricsOf(args)),
    metricsForDimensions: ({ dimensions }: InEnvironment & { readonly dimensions: ReadonlyArray<GroupByInput> }) =>
      metricsWith(dimensions.map(({ name }) => name)).map(showMetric),
    queryableGranularities: (args: OfMetrics) => metricsOf(args).length === 0 ? [] : granularityNames,
    queryableTimeGranularities: (args: OfMetrics) => metricsOf(args).length === 0 ? [] : granularityNames,
    savedQueries: () => savedQueries.map(showSavedQuery),
    savedQuery: ({ savedQueryName }: InEnvironment & { readonly savedQueryName: string }) => {
      const found = savedQueries.find(({ name }) => name === savedQueryName);
      return found === undefined ? null : showSavedQuery(found);
    },
    environmentInfo: () => ({
      dialect: "SNOWFLAKE",
      sqlDialect: "SNOWFLAKE",
      hasMetricsDefined: true,
      dialectSupportedBySlg: true,
    }),
    metricsPaginated: (
      args: Paged & {
        readonly searchTerms?: ReadonlyArray<string> | null;
        readonly groupBy?: ReadonlyArray<GroupByInput> | null;
      },
    ) => {
      const all = metricsWith((args.groupBy ?? []).map(({ name }) => name)).map(showMetric);
      return pageOf(searched(all, [...terms(args), ...args.searchTerms ?? []]), args);
    },
    dimensionsPaginated: (args: Paged & OfMetrics) =>
      pageOf(searched(showDimensions(modelsFor(args.metrics)), terms(args)), args),
    entitiesPaginated: (args: Paged & OfMetrics) =>
      pageOf(searched(showEntities(modelsFor(args.metrics)), terms(args)), args),
    groupBysPaginated: (args: Paged & OfMetrics) => {
      const models = modelsFor(args.metrics);
      const rows = [...showDimensions(models), ...showEntities(models)];
      return pageOf(searched(rows.map((row) => ({ ...row, name: row.qualifiedName ?? row.name })), terms(args)), args);
    },
    savedQueriesPaginated: (args: Paged) => pageOf(searched(savedQueries.map(showSavedQuery), terms(args)), args),
    query: ({ pageNum, queryId }: InEnvironment & { readonly queryId: string; readonly pageNum: number }) =>
      show(find(queryId), pageNum),
    queryRecords: (args: Paged) => {
      const records = store.all().map((query) => {
        const { error, status } = show(query, 1);
        return {
          queryId: query.id,
          status,
          startTime: new Date(query.created).toISOString(),
          endTime: null,
          connectionDetails: null,
          sqlDialect: "SNOWFLAKE",
          connectionSchema: null,
          error,
          queriedByUserId: null,
          queryDetails: { __typename: "SemanticLayerQueryDetails", params: paramsOf(query.input, false) },
        };
      });
      return pageOf(records, args);
    },
    createQuery: (input: InEnvironment & QueryInput) => ({ queryId: create(input, false, compileQuery(input)).id }),
    createSynchronousQuery: ({ pageNum, ...input }: InEnvironment & QueryInput & { readonly pageNum: number }) =>
      show(create(input, false, compileQuery(input)), pageNum, Infinity),
    compileSql: (input: InEnvironment & QueryInput) => {
      const compiled = compileQuery(input);
      return { queryId: create(input, false, compiled).id, sql: compiled.sql };
    },
    // It accepts everything, and says at its end what it cannot find; its compilation refuses at once.
    createDimensionValuesQuery: (input: InEnvironment & QueryInput) => ({
      queryId: create(input, true, compiledOrError(input)).id,
    }),
    compileDimensionValuesSql: (input: InEnvironment & QueryInput) => {
      const compiled = compileValues(input);
      return { queryId: create(input, true, compiled).id, sql: compiled.sql };
    },
    cancelQuery: ({ queryId }: InEnvironment & { readonly queryId: string }) => {
      store.cancel(find(queryId).id);
      return { queryId };
    },
    invalidateCache: () => ({ invalidationCount: 0, description: "The sandbox caches nothing." }),
  };

  /** Each field, once the token and the environment are known to be good. */
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, (args: InEnvironment) => {
      checkAccess(request, args.environmentId);
      // Each field gets the arguments that the schema gives it.
      return (field as (args: InEnvironment) => unknown)(args);
    }]),
  );
}

/** Throws where the token may not use the Semantic Layer of an environment. dbt Cloud says no more than this. */
function checkAccess({ isAuthorized, world: { store } }: SemanticLayerRequest, environmentId: number | string): void {
  const environment = store.find("environments", String(environmentId));
  const configured = store.rows("semantic-layer-configurations").some((row) =>
    !isDeleted(row) && String(row.environment_id) === String(environmentId)
  );
  if (!isAuthorized || environment === undefined || isDeleted(environment) || !configured) {
    // The words that dbt-sl-sdk compares.
    throw new GraphQLError("User is not authorized");
  }
}

/** The distinct values of dimensions: a query without metrics, unless metrics say which dimensions there are. */
function compileValues({ groupBy, metrics }: QueryInput): CompiledQuery {
  const compiled = compileQuery({ groupBy: groupBy ?? [], metrics: metrics ?? [] });
  const count = (groupBy ?? []).length;
  const columns = compiled.columns.slice(0, count);
  const names = columns.map(({ name }) => name).join(", ");
  return (metrics ?? []).length === 0
    ? compiled
    : { sql: `select distinct ${names}\nfrom (\n${compiled.sql}\n)`, columns };
}

function compiledOrError(input: QueryInput): StoredQuery["compiled"] {
  try {
    return compileValues(input);
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function paramsOf({ groupBy, limit, metrics, orderBy, savedQuery, where }: QueryInput, isDimensionValues: boolean) {
  const shared = { metrics: metrics ?? [], groupBy: groupBy ?? [] };
  return isDimensionValues ? { __typename: "DimensionValuesQueryParams", type: "DIMENSION_VALUES", ...shared } : {
    __typename: "MetricQueryParams",
    type: "METRIC",
    ...shared,
    limit: limit ?? null,
    where: where ?? [],
    orderBy: (orderBy ?? []).map(({ descending, ...by }) => ({ ...by, descending: descending ?? false })),
    savedQuery: savedQuery ?? null,
    readCache: true,
  };
}
