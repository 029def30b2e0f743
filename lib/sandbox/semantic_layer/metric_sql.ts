/**
 * Compiles a query of metrics to the SQL of SQLite: a part for each semantic model, joined by what the query groups by.
 *
 * @module
 */
import {
  type Measure,
  measuresOf,
  type Metric,
  metrics,
  modelOfMeasure,
  savedQueries,
  type SemanticModel,
  semanticModels,
} from "../data/jaffle_shop_metrics.ts";
import { findItem, type GroupByItem, like, type ValueKind } from "./group_by_item.ts";
import { type GroupByInput, type OrderByInput, type QueryInput, refusal, unresolved } from "./query_input.ts";
import { renderWhere, type WhereClause } from "./where_clause.ts";

/** A query as SQL. */
export interface CompiledQuery {
  /** The SQL. */
  readonly sql: string;
  /** The columns of its result. */
  readonly columns: ReadonlyArray<{ readonly name: string; readonly kind: ValueKind }>;
}

/** The metric of a name. Throws a refusal in MetricFlow's words where there is none. */
export function metricNamed(name: string): Metric {
  const metric = metrics.find((metric) => metric.name === name.toLowerCase());
  if (metric !== undefined) return metric;
  const names = metrics.map(({ name }) => name);
  throw unresolved("The given input does not exactly match any known metrics.", name, like(name, names));
}

/** The semantic models that metrics need. */
export function modelsOf(all: ReadonlyArray<Metric>): ReadonlyArray<SemanticModel> {
  return [...new Set(all.flatMap(measuresOf).map(({ name }) => modelOfMeasure(name)))];
}

/** Compiles a query of metrics. Throws a refusal where it makes no sense. */
export function compileQuery(input: QueryInput): CompiledQuery {
  const { groupBy, limit, metrics: inputs, orderBy, where } = expand(input);
  if (inputs.length === 0 && groupBy.length === 0) {
    throw refusal("A query needs at least one metric or one group-by item.");
  }
  if (limit !== undefined && limit < 0) throw refusal(`The limit must be 0 or more, and is ${limit}.`);
  const asked = inputs.map(({ alias, name }) => {
    const metric = metricNamed(name);
    return { metric, column: alias ?? metric.name };
  });
  const models = asked.length > 0 ? modelsOf(asked.map(({ metric }) => metric)) : modelWith(groupBy);
  const items = groupBy.map((input) => findItem(input, models));
  const columns = [
    ...items.map(({ column, kind }) => ({ name: column, kind })),
    ...asked.map(({ column, metric }) => ({ name: column, kind: kindOf(metric) })),
  ];
  const twice = columns.find(({ name }, index) => columns.findIndex((other) => other.name === name) < index);
  if (twice !== undefined) throw refusal(`The query has the column ${twice.name} twice.`);
  const clauses = where.map(({ sql }) => renderWhere(sql, models, compileQuery));
  const parts = models.map((model) => partOf(model, asked.map(({ metric }) => metric), items, clauses));
  const order = orderBy.map((by) => orderOf(by, columns.map(({ name }) => name), asked, models));
  return { sql: `${joined(models, parts, items, asked)}${tail(order, limit)}`, columns };
}

/** The query in place of its saved query, without nulls. */
function expand({ savedQuery, ...input }: QueryInput) {
  const given = { metrics: input.metrics ?? [], groupBy: input.groupBy ?? [] };
  const rest = { where: input.where ?? [], orderBy: input.orderBy ?? [], limit: input.limit ?? undefined };
  if (savedQuery === undefined || savedQuery === null) return { ...given, ...rest };
  if (given.metrics.length > 0 || given.groupBy.length > 0) {
    throw refusal("A saved query has its own metrics and group-by items: give only where, order by and limit with it.");
  }
  const saved = savedQueries.find(({ name }) => name === savedQuery);
  if (saved === undefined) {
    throw refusal(
      `Could not find saved query "${savedQuery}". Available: ${savedQueries.map(({ name }) => name).join(", ")}`,
    );
  }
  return {
    ...rest,
    metrics: saved.metrics.map((name) => ({ name, alias: null })),
    groupBy: saved.groupBy.map(({ grain, name }): GroupByInput => ({ name, timeGranularity: grain ?? null })),
    where: [...saved.where === undefined ? [] : [{ sql: saved.where }], ...rest.where],
  };
}

/** The semantic model that has all items, for a query without metrics: the distinct values of its dimensions. */
function modelWith(groupBy: ReadonlyArray<GroupByInput>): ReadonlyArray<SemanticModel> {
  if (groupBy.some(({ name }) => /^metric_time(__|$)/i.test(name))) {
    throw refusal(
      "The given input does not match any of the available group-by-items for a distinct values query without metrics.",
    );
  }
  // Customers have no orders, but orders have customers: the model with the fewest joins comes last.
  const fitting = semanticModels.toReversed().find((model) => {
    try {
      return groupBy.every((input) => findItem(input, [model]));
    } catch {
      return false;
    }
  });
  // Refused in the words for the first model, where no model has them all.
  return [fitting ?? semanticModels[0]].filter((model) => model !== undefined);
}

function kindOf(metric: Metric): ValueKind {
  return metric.ratio !== undefined ? "number" : measuresOf(metric)[0]?.kind ?? "number";
}

const aggregates: Readonly<Record<Measure["agg"], (column: string) => string>> = {
  SUM: (column) => `sum(${column})`,
  COUNT: (column) => `count(${column})`,
};

/** The measures of one semantic model, by what the query groups by. */
function partOf(
  model: SemanticModel,
  asked: ReadonlyArray<Metric>,
  items: ReadonlyArray<GroupByItem>,
  clauses: ReadonlyArray<WhereClause>,
): string {
  const measures = [...new Set(asked.flatMap(measuresOf))].filter((measure) => model.measures.includes(measure));
  const joins = new Set([
    ...items.flatMap(({ inModel }) => inModel(model)?.join ?? []),
    ...clauses.flatMap(({ inModel }) => inModel(model).joins),
  ]);
  const columns = [
    ...items.map(({ column, inModel }) => `${inModel(model)?.sql} as ${quoted(column)}`),
    ...measures.map(({ agg, expr, name }) => `${aggregates[agg](`${model.name}.${expr}`)} as ${quoted(name)}`),
  ];
  return [
    `select${measures.length === 0 ? " distinct" : ""}`,
    columns.map((column) => `  ${column}`).join(",\n"),
    `from ${model.name}`,
    ...joins,
    ...clauses.length === 0
      ? []
      : [`where ${clauses.map(({ inModel }) => `(${inModel(model).sql})`).join("\n  and ")}`],
    ...items.length === 0 || measures.length === 0 ? [] : [`group by ${items.map((_, index) => index + 1).join(", ")}`],
  ].join("\n");
}

/** The metrics of all parts. */
function joined(
  models: ReadonlyArray<SemanticModel>,
  parts: ReadonlyArray<string>,
  items: ReadonlyArray<GroupByItem>,
  asked: ReadonlyArray<{ readonly metric: Metric; readonly column: string }>,
): string {
  if (asked.length === 0) return parts.join();
  const names = models.map(({ name }) => `${name}_metrics`);
  const [first = "", ...rest] = names;
  // Each join puts the values of both sides into one: the first one that is not null.
  const keyOf = (column: string, among: ReadonlyArray<string>) =>
    among.length === 1
      ? `${among.join()}.${quoted(column)}`
      : `coalesce(${among.map((name) => `${name}.${quoted(column)}`).join(", ")})`;
  const joins = rest.map((name, index) => {
    const before = names.slice(0, index + 1);
    return items.length === 0
      ? `cross join ${name}`
      : `full join ${name} on ${
        items.map(({ column }) => `${keyOf(column, before)} is ${name}.${quoted(column)}`).join(" and ")
      }`;
  });
  return [
    `with ${names.map((name, index) => `${name} as (\n${indent(parts[index] ?? "")}\n)`).join(", ")}`,
    "select",
    [
      ...items.map(({ column }) => `  ${keyOf(column, names)} as ${quoted(column)}`),
      ...asked.map(({ column, metric }) => `  ${expressionOf(metric)} as ${quoted(column)}`),
    ].join(",\n"),
    `from ${first}`,
    ...joins,
  ].join("\n");
}

/** A metric in terms of the measures of the parts. */
function expressionOf({ measure, ratio }: Metric): string {
  if (ratio === undefined) return `${modelOfMeasure(measure ?? "").name}_metrics.${quoted(measure ?? "")}`;
  const [numerator, denominator] = [ratio.numerator, ratio.denominator].map((name) => expressionOf(metricNamed(name)));
  return `cast(${numerator} as real) / nullif(${denominator}, 0)`;
}

/** A column to order by. */
function orderOf(
  { descending, groupBy, metric }: OrderByInput,
  columns: ReadonlyArray<string>,
  asked: ReadonlyArray<{ readonly metric: Metric; readonly column: string }>,
  models: ReadonlyArray<SemanticModel>,
): string {
  if ((metric ?? undefined) === undefined === ((groupBy ?? undefined) === undefined)) {
    throw refusal("An order-by item has either a metric or a groupBy.");
  }
  const column = metric !== undefined && metric !== null
    ? asked.find(({ column, metric: { name } }) => [column, name].includes(metric.alias ?? metric.name))?.column
    : groupBy !== undefined && groupBy !== null
    ? findItem(groupBy, models).column
    : undefined;
  if (column === undefined || !columns.includes(column)) {
    throw refusal(`The order-by item ${metric?.name ?? groupBy?.name} is not in the query.`);
  }
  return `${quoted(column)}${descending === true ? " desc" : ""}`;
}

function tail(order: ReadonlyArray<string>, limit: number | undefined): string {
  return [
    ...order.length === 0 ? [] : [`\norder by ${order.join(", ")}`],
    ...limit === undefined ? [] : [`\nlimit ${limit}`],
  ].join("");
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}

/** A name in SQL. Aliases may have blanks and quotes. */
function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
