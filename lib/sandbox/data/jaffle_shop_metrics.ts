/**
 * The semantic models, metrics and saved queries of the Jaffle Shop. The manifest describes them, and the sandbox's
 * Semantic Layer computes them.
 *
 * @module
 */

/** How a semantic model can be joined: its own key, or a column that holds the key of another one. */
export interface Entity {
  /** Its name. It stands before a dimension's name: `customer` in `customer__first_name`. */
  readonly name: string;
  /** `PRIMARY` for the model's own key. */
  readonly type: "PRIMARY" | "FOREIGN";
  /** The column. */
  readonly expr: string;
}

/** A column to group by. */
export interface Dimension {
  /** Its name, and that of its column. */
  readonly name: string;
  /** `TIME` for one with granularities. */
  readonly type: "TIME" | "CATEGORICAL";
  /** What it means. */
  readonly description: string;
}

/** An aggregation. */
export interface Measure {
  /** Its name. */
  readonly name: string;
  /** The aggregation. */
  readonly agg: "SUM" | "COUNT";
  /** The column. */
  readonly expr: string;
  /** How its values are sent: money as a decimal with two digits behind the point, a count as an integer. */
  readonly kind: "decimal" | "integer";
}

/** A semantic model: a dbt model with its entities, dimensions and measures. */
export interface SemanticModel {
  /** Its name, and that of the dbt model. */
  readonly name: string;
  /** The dimension that `metric_time` stands for. */
  readonly timeDimension: string;
  /** Its entities; the primary one first. */
  readonly entities: readonly [Entity, ...ReadonlyArray<Entity>];
  /** Its dimensions. */
  readonly dimensions: ReadonlyArray<Dimension>;
  /** Its measures. */
  readonly measures: ReadonlyArray<Measure>;
}

/** A metric: a measure, or the ratio of two metrics. */
export interface Metric {
  /** Its name. */
  readonly name: string;
  /** Its name for people. */
  readonly label: string;
  /** What it means. */
  readonly description: string;
  /** The measure of a simple metric. */
  readonly measure?: string;
  /** The metrics of a ratio. */
  readonly ratio?: { readonly numerator: string; readonly denominator: string };
}

/** The semantic models. */
export const semanticModels: ReadonlyArray<SemanticModel> = [
  {
    name: "orders",
    timeDimension: "order_date",
    entities: [
      { name: "order_id", type: "PRIMARY", expr: "order_id" },
      { name: "customer", type: "FOREIGN", expr: "customer_id" },
    ],
    dimensions: [
      { name: "order_date", type: "TIME", description: "The day of the order" },
      { name: "status", type: "CATEGORICAL", description: "How far the order is" },
    ],
    measures: [
      { name: "amount", agg: "SUM", expr: "amount", kind: "decimal" },
      { name: "order_count", agg: "COUNT", expr: "order_id", kind: "integer" },
    ],
  },
  {
    name: "customers",
    timeDimension: "first_order",
    entities: [{ name: "customer", type: "PRIMARY", expr: "customer_id" }],
    dimensions: [
      { name: "first_order", type: "TIME", description: "The day of the customer's first order" },
      { name: "first_name", type: "CATEGORICAL", description: "The customer's first name" },
      { name: "last_name", type: "CATEGORICAL", description: "The first letter of the customer's last name" },
    ],
    measures: [{ name: "customer_count", agg: "COUNT", expr: "customer_id", kind: "integer" }],
  },
];

/** The metrics. */
export const metrics: ReadonlyArray<Metric> = [
  { name: "revenue", label: "Revenue", description: "The amount of all orders", measure: "amount" },
  { name: "order_count", label: "Orders", description: "The number of orders", measure: "order_count" },
  {
    name: "average_order_value",
    label: "Average order value",
    description: "The revenue of an order, on average",
    ratio: { numerator: "revenue", denominator: "order_count" },
  },
  { name: "customer_count", label: "Customers", description: "The number of customers", measure: "customer_count" },
];

/** A saved query. */
export interface SavedQuery {
  /** Its name. */
  readonly name: string;
  /** Its name for people. */
  readonly label: string;
  /** What it answers. */
  readonly description: string;
  /** The names of its metrics. */
  readonly metrics: ReadonlyArray<string>;
  /** What it groups by, each with its granularity where it has one. */
  readonly groupBy: ReadonlyArray<{ readonly name: string; readonly grain?: string }>;
  /** Its filter, as a template of SQL. */
  readonly where?: string;
}

/** The saved queries. */
export const savedQueries: ReadonlyArray<SavedQuery> = [
  {
    name: "revenue_by_month",
    label: "Revenue by month",
    description: "The revenue of each month",
    metrics: ["revenue"],
    groupBy: [{ name: "metric_time", grain: "month" }],
  },
];

/** The semantic model that has a measure. */
export function modelOfMeasure(measure: string): SemanticModel {
  const model = semanticModels.find(({ measures }) => measures.some(({ name }) => name === measure));
  if (model === undefined) throw new Error(`no semantic model has the measure ${measure}`);
  return model;
}

/** The measures that a metric needs. */
export function measuresOf({ measure, ratio }: Metric): ReadonlyArray<Measure> {
  if (ratio !== undefined) {
    return metrics.filter(({ name }) => name === ratio.numerator || name === ratio.denominator).flatMap(measuresOf);
  }
  return semanticModels.flatMap(({ measures }) => measures.filter(({ name }) => name === measure));
}
