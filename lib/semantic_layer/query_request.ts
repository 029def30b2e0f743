/**
 * The request of a query of metrics, in the short form that people write, and its long form for GraphQL.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { type Exact, field, type Fields, nameList, optional, part } from "../schema.ts";
import { type InEnvironment, inEnvironment } from "../shared_fields.ts";

export { type InEnvironment, inEnvironment };

/** A metric of a query. */
export interface MetricInput {
  /** The metric's name. */
  readonly name: string;
  /** The name of its column. Filters cannot use it. */
  readonly alias?: string;
}

/** A dimension or entity that a query groups by. */
export interface GroupByInput {
  /** Its name: `metric_time`, `order_id__status`, `customer`. */
  readonly name: string;
  /** The granularity of a time dimension: `day`, `month`, or a custom one (default: its smallest). */
  readonly timeGranularity?: string;
  /** A part of the date, instead of a granularity. */
  readonly datePart?: "DOY" | "DOW" | "DAY" | "MONTH" | "QUARTER" | "YEAR";
}

/** What a query orders by: either a metric or a dimension. */
export interface OrderByInput {
  /** The metric. */
  readonly metric?: MetricInput;
  /** The dimension or entity. */
  readonly groupBy?: GroupByInput;
  /** Whether the largest comes first (default: false). */
  readonly descending?: boolean;
}

/** The request of a query. It has metrics, something to group by, or a saved query. */
export interface QueryMetrics extends InEnvironment {
  /** The metrics, by name or with an alias. */
  readonly metrics?: ReadonlyArray<string | MetricInput>;
  /** What to group by. A text may end with a granularity: `metric_time__month`. */
  readonly groupBy?: ReadonlyArray<string | GroupByInput>;
  /**
   * Conditions, of which all must hold: SQL with `{{ Dimension('order_id__status') }}`,
   * `{{ TimeDimension('metric_time', 'month') }}` or `{{ Entity('customer') }}` in place of columns.
   */
  readonly where?: ReadonlyArray<string>;
  /** The order. A text is a metric or an item of `groupBy`, with `-` in front for descending. */
  readonly orderBy?: ReadonlyArray<string | OrderByInput>;
  /** At most this many rows (default: all). */
  readonly limit?: number;
  /** The name of a saved query, which has metrics and items to group by of its own. */
  readonly savedQuery?: string;
  /** Whether dbt Cloud may answer from its cache (default: true). */
  readonly readCache?: boolean;
}

const metricInput: Schema.Codec<MetricInput, unknown> = part({
  name: Schema.String,
  alias: optional(Schema.String),
});
/** The schema of a {@linkcode GroupByInput}. */
export const groupByInput: Schema.Codec<GroupByInput, unknown> = part({
  name: Schema.String,
  timeGranularity: optional(Schema.String),
  datePart: optional(Schema.Literals(["DOY", "DOW", "DAY", "MONTH", "QUARTER", "YEAR"])),
});
const orderByInput: Schema.Codec<OrderByInput, unknown> = part({
  metric: optional(metricInput),
  groupBy: optional(groupByInput),
  descending: optional(Schema.Boolean),
});

const names = <T>(long: Schema.Codec<T, unknown>): Schema.Codec<ReadonlyArray<string | T>, unknown> =>
  nameList(Schema.Union([Schema.String, long]));

/** The field `metrics`. */
export const metricsField: Schema.Codec<ReadonlyArray<string | MetricInput>, unknown> = field(
  names(metricInput),
  "Metrics, separated by commas",
);
/** The field `groupBy`. */
export const groupByField: Schema.Codec<ReadonlyArray<string | GroupByInput>, unknown> = field(
  names(groupByInput),
  "Dimensions and entities to group by, such as metric_time__month",
);

/** The fields of {@linkcode QueryMetrics}. */
export const queryMetrics: Fields<QueryMetrics> & Exact<QueryMetrics, Fields<QueryMetrics>> = {
  ...inEnvironment,
  metrics: optional(metricsField),
  groupBy: optional(groupByField),
  where: optional(
    field(Schema.Array(Schema.String), "Condition, such as \"{{ Dimension('order_id__status') }} = 'x'\""),
  ),
  orderBy: optional(field(names(orderByInput), "Metrics and dimensions to order by; - in front for descending")),
  limit: optional(field(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)), "At most this many rows (default: all)")),
  savedQuery: optional(field(Schema.String, "Name of a saved query, instead of metrics and dimensions")),
  readCache: optional(field(Schema.Boolean, "Whether dbt Cloud may answer from its cache (default: true)")),
};

/** The request of `listDimensionValues`. */
export interface ListDimensionValues extends InEnvironment {
  /** The dimensions and entities. */
  readonly groupBy: ReadonlyArray<string | GroupByInput>;
  /** Metrics that have these dimensions. `metric_time` needs one. */
  readonly metrics?: ReadonlyArray<string | MetricInput>;
}

/** The fields of {@linkcode ListDimensionValues}. */
export const listDimensionValuesFields: Fields<ListDimensionValues> = {
  ...inEnvironment,
  groupBy: groupByField,
  metrics: optional(metricsField),
};

/** The same request in its long form, as GraphQL has it. */
export interface LongQuery extends InEnvironment {
  /** The metrics. */
  readonly metrics?: ReadonlyArray<MetricInput>;
  /** What to group by. */
  readonly groupBy?: ReadonlyArray<GroupByInput>;
  /** The conditions. */
  readonly where?: ReadonlyArray<{ readonly sql: string }>;
  /** The order. */
  readonly orderBy?: ReadonlyArray<OrderByInput>;
  /** At most this many rows. */
  readonly limit?: number;
  /** The name of a saved query. */
  readonly savedQuery?: string;
  /** Whether dbt Cloud may answer from its cache. */
  readonly readCache?: boolean;
}

/** The schemas of {@linkcode LongQuery}. */
export const longQuery: Fields<LongQuery> = {
  ...inEnvironment,
  metrics: optional(Schema.Array(metricInput)),
  groupBy: optional(Schema.Array(groupByInput)),
  where: optional(Schema.Array(Schema.Struct({ sql: Schema.String }))),
  orderBy: optional(Schema.Array(orderByInput)),
  limit: optional(Schema.Int),
  savedQuery: optional(Schema.String),
  readCache: optional(Schema.Boolean),
};

/** dbt's granularities. Custom ones have any name. */
const granularities = "nanosecond|microsecond|millisecond|second|minute|hour|day|week|month|quarter|year";
// The granularity follows a time dimension: `metric_time`, or an entity and a dimension. In `customer__year` there is
// nothing but a dimension.
const withGranularity = new RegExp(`^(metric_time|\\w+__\\w+)__(${granularities})$`, "i");
const withDatePart = /^(metric_time|\w+__\w+)__extract_(doy|dow|day|month|quarter|year)$/i;

/** What a text groups by: `metric_time__month` is `metric_time` by month. */
export function groupByOf(item: string | GroupByInput): GroupByInput {
  if (typeof item !== "string") return item;
  const [, time, timeGranularity] = withGranularity.exec(item) ?? [];
  if (time !== undefined && timeGranularity !== undefined) {
    return { name: time, timeGranularity: timeGranularity.toLowerCase() };
  }
  const [, date, part] = withDatePart.exec(item) ?? [];
  if (date === undefined || part === undefined) return { name: item };
  // The expression has no other parts.
  return { name: date, datePart: part.toUpperCase() as NonNullable<GroupByInput["datePart"]> };
}

/** A metric in its long form. */
export function metricOf(metric: string | MetricInput): MetricInput {
  return typeof metric === "string" ? { name: metric } : metric;
}

/** A request in its long form. `ofSavedQuery` are the metrics of its saved query. */
export function longForm(
  { groupBy, metrics, orderBy, where, ...rest }: QueryMetrics,
  ofSavedQuery: ReadonlyArray<MetricInput> = [],
): LongQuery {
  const long = metrics?.map(metricOf);
  const known = [...ofSavedQuery, ...long ?? []];
  return {
    ...rest,
    ...(long === undefined ? {} : { metrics: long }),
    ...(groupBy === undefined ? {} : { groupBy: groupBy.map(groupByOf) }),
    ...(where === undefined ? {} : { where: where.map((sql) => ({ sql })) }),
    ...(orderBy === undefined ? {} : { orderBy: orderBy.map((item) => orderByOf(item, known)) }),
  };
}

function orderByOf(item: string | OrderByInput, metrics: ReadonlyArray<MetricInput>): OrderByInput {
  if (typeof item !== "string") return item;
  const name = item.replace(/^[-+]/, "");
  const metric = metrics.find((metric) => metric.alias === name) ?? metrics.find((metric) => metric.name === name);
  return { ...(metric === undefined ? { groupBy: groupByOf(name) } : { metric }), descending: item.startsWith("-") };
}
