/**
 * The queries for metadata of the Semantic Layer: metrics, dimensions, entities, measures, saved queries, granularities.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Schema from "effect/Schema";
import * as SchemaGetter from "effect/SchemaGetter";
import * as Stream from "effect/Stream";
import { type RowStream, rowStream } from "../endpoint.ts";
import { DbtError } from "../error.ts";
import { type Query, query } from "../graphql/query.ts";
import { field, type Fields, type Members, nameList, nullable, optional, struct } from "../schema.ts";
import { Dimension, Entity, EnvironmentInfo, Measure, Metric, SavedQuery } from "./metric_models.ts";
import {
  type GroupByInput,
  groupByOf,
  type InEnvironment,
  inEnvironment,
  type MetricInput,
  metricOf,
} from "./query_request.ts";

const inSemanticLayer = { in: "semantic_layer" } as const;
const environment = { environment_id: "BigInt!" };
const search = optional(field(Schema.String, "Only those with this text in the name, label or description"));

/** A name that is sent as an object. */
function sentAs<T extends { readonly name: string }>(long: (name: string) => T): Schema.Codec<string, unknown> {
  return Schema.Struct({ name: Schema.String }).pipe(Schema.decodeTo(Schema.String, {
    decode: SchemaGetter.transform(({ name }: { readonly name: string }) => name),
    // The schema is only ever used to encode; what GraphQL reads has more members than the name.
    encode: SchemaGetter.transform((name: string): { readonly name: string } => long(name)),
  }));
}

/** The field `metrics` of these queries. */
const metrics = field(nameList(sentAs<MetricInput>(metricOf)), "Metrics, separated by commas");

/** Fields of the queries about certain metrics. */
export interface OfMetrics extends InEnvironment {
  /** The names of the metrics. */
  readonly metrics: ReadonlyArray<string>;
}

const ofMetrics = {
  request: { ...inEnvironment, metrics },
  variables: { ...environment, metrics: "[MetricInput!]!" },
};

// ---- metrics --------------------------------------------------------------------------------------------------------

/** The request of {@linkcode listMetrics}. */
export interface ListMetrics extends InEnvironment {
  /** A text in the name, label or description. */
  readonly search?: string;
}

/** List the metrics of an environment. */
export const listMetrics: Query<ListMetrics, ReadonlyArray<Metric>> = query("sl.listMetrics", {
  ...inSemanticLayer,
  summary: "List the metrics of an environment",
  request: { ...inEnvironment, search },
  variables: { ...environment, search: "String" },
  at: ["metrics(environmentId: $environment_id, search: $search)"],
  answer: Schema.Array(Metric),
  dbtc: "list_metrics",
});

/** One page of `metricsPaginated`. */
interface MetricPage {
  readonly items: ReadonlyArray<Metric>;
  readonly pageNum?: number | null;
  readonly totalPages?: number | null;
}

const metricPage: Schema.Codec<MetricPage> = struct<MetricPage, Members<MetricPage>>({
  items: Schema.Array(Metric),
  pageNum: nullable(Schema.Number),
  totalPages: nullable(Schema.Number),
});

/** The request of {@linkcode searchMetrics}. */
export interface SearchMetrics extends InEnvironment {
  /** Texts: a metric has one of them in its name, label or description. */
  readonly searchTerms?: ReadonlyArray<string>;
  /** Dimensions and entities that all metrics have, such as `metric_time`. */
  readonly groupBy?: ReadonlyArray<string>;
  /** The number of metrics that dbt Cloud sends at once (default: 100). */
  readonly pageSize?: number;
}

interface SearchMetricsPage extends SearchMetrics {
  readonly pageNum: number;
}

const searchFields: Fields<SearchMetrics> = {
  ...inEnvironment,
  searchTerms: optional(
    field(nameList(Schema.String), "Texts: a metric has one of them in its name, label or description"),
  ),
  groupBy: optional(field(nameList(sentAs<GroupByInput>(groupByOf)), "Dimensions that all metrics have")),
  pageSize: optional(
    field(Schema.Int.check(Schema.isGreaterThan(0)), "Number of metrics in one request (default: 100)"),
  ),
};

const searchPage: Query<SearchMetricsPage, MetricPage> = query("sl.searchMetrics", {
  ...inSemanticLayer,
  summary: "Search metrics, one page",
  request: { ...searchFields, pageNum: Schema.Int },
  // dbt-mcp 2.8 sends `searchTerms`.
  variables: {
    ...environment,
    searchTerms: "[String!]",
    groupBy: "[GroupByInput!]",
    pageNum: "Int!",
    pageSize: "Int",
  },
  at: [
    "metricsPaginated(environmentId: $environment_id, searchTerms: $searchTerms, groupBy: $groupBy, " +
    "pageNum: $pageNum, pageSize: $pageSize)",
  ],
  answer: metricPage,
});

/** Search the metrics of an environment by several texts. Pages are requested as they are read. */
export const searchMetrics: RowStream<SearchMetrics, Metric> = rowStream("sl.searchMetrics", {
  summary: "Search the metrics of an environment by several texts",
  request: searchFields,
  stream: (request) =>
    Stream.paginate(
      1,
      Effect.fnUntraced(function* (asked: number) {
        const { items, pageNum, totalPages } = yield* searchPage({ pageSize: 100, ...request, pageNum: asked });
        if (typeof pageNum === "number" && pageNum !== asked) {
          const detail = `page ${pageNum} came instead of page ${asked}, so that the same metrics would come again`;
          const reason = { _tag: "Undecodable", status: 200, detail, truncated: false } as const;
          return yield* new DbtError({ endpoint: "sl.searchMetrics", reason });
        }
        return [items, asked < (totalPages ?? 1) ? Option.some(asked + 1) : Option.none<number>()] as const;
      }),
    ),
});

/** The request of {@linkcode listMetricsForDimensions}. */
export interface ListMetricsForDimensions extends InEnvironment {
  /** The dimensions and entities: `metric_time`, `customer__first_name`. */
  readonly dimensions: ReadonlyArray<string>;
}

/** List the metrics that can be grouped by all of these dimensions. */
export const listMetricsForDimensions: Query<ListMetricsForDimensions, ReadonlyArray<Metric>> = query(
  "sl.listMetricsForDimensions",
  {
    ...inSemanticLayer,
    summary: "List the metrics that can be grouped by all of these dimensions",
    request: {
      ...inEnvironment,
      dimensions: field(nameList(sentAs<GroupByInput>(groupByOf)), "Dimensions and entities, separated by commas"),
    },
    variables: { ...environment, dimensions: "[GroupByInput!]!" },
    at: ["metricsForDimensions(environmentId: $environment_id, dimensions: $dimensions)"],
    answer: Schema.Array(Metric),
    dbtc: "list_metrics_for_dimensions",
  },
);

// ---- what metrics can be grouped by ---------------------------------------------------------------------------------

/** The request of {@linkcode listDimensions}. */
export interface ListDimensions extends OfMetrics {
  /** A text in the name, label or description. */
  readonly search?: string;
}

/** List the dimensions that all of these metrics have. */
export const listDimensions: Query<ListDimensions, ReadonlyArray<Dimension>> = query("sl.listDimensions", {
  ...inSemanticLayer,
  summary: "List the dimensions that all of these metrics have",
  request: { ...ofMetrics.request, search },
  variables: { ...ofMetrics.variables, search: "String" },
  at: ["dimensions(environmentId: $environment_id, metrics: $metrics, search: $search)"],
  answer: Schema.Array(Dimension),
  dbtc: "list_dimensions",
});

/** List the entities that all of these metrics have. */
export const listEntities: Query<OfMetrics, ReadonlyArray<Entity>> = query("sl.listEntities", {
  ...inSemanticLayer,
  ...ofMetrics,
  summary: "List the entities that all of these metrics have",
  at: ["entities(environmentId: $environment_id, metrics: $metrics)"],
  answer: Schema.Array(Entity),
  dbtc: "list_entities",
});

/** List the measures that these metrics are made of. */
export const listMeasures: Query<OfMetrics, ReadonlyArray<Measure>> = query("sl.listMeasures", {
  ...inSemanticLayer,
  ...ofMetrics,
  summary: "List the measures that these metrics are made of",
  at: ["measures(environmentId: $environment_id, metrics: $metrics)"],
  answer: Schema.Array(Measure),
  dbtc: "list_measures",
});

/** List the granularities of metric_time for these metrics. Custom ones are among them. */
export const listQueryableGranularities: Query<OfMetrics, ReadonlyArray<string>> = query(
  "sl.listQueryableGranularities",
  {
    ...inSemanticLayer,
    ...ofMetrics,
    summary: "List the granularities of metric_time for these metrics",
    // `queryableGranularities`, which Python dbtc asks for, has no custom granularities.
    at: ["queryableTimeGranularities(environmentId: $environment_id, metrics: $metrics)"],
    answer: Schema.Array(Schema.String),
    dbtc: "list_queryable_granularities",
  },
);

// ---- the rest -------------------------------------------------------------------------------------------------------

/** List the saved queries of an environment. */
export const listSavedQueries: Query<InEnvironment, ReadonlyArray<SavedQuery>> = query("sl.listSavedQueries", {
  ...inSemanticLayer,
  summary: "List the saved queries of an environment",
  request: inEnvironment,
  variables: environment,
  at: ["savedQueries(environmentId: $environment_id)"],
  answer: Schema.Array(SavedQuery),
  dbtc: "list_saved_queries",
});

/** Get the SQL dialect of an environment, and whether it has metrics. */
export const getEnvironmentInfo: Query<InEnvironment, EnvironmentInfo> = query("sl.getEnvironmentInfo", {
  ...inSemanticLayer,
  summary: "Get the SQL dialect of an environment, and whether it has metrics",
  request: inEnvironment,
  variables: environment,
  at: ["environmentInfo(environmentId: $environment_id)"],
  answer: EnvironmentInfo,
});
