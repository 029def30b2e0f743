/**
 * The metadata of the Semantic Layer: metrics, dimensions, entities, measures and saved queries, as GraphQL answers them.
 *
 * @module
 */
import {
  measuresOf,
  type Metric,
  metrics,
  modelOfMeasure,
  type SavedQuery,
  type SemanticModel,
  semanticModels,
} from "../data/jaffle_shop_metrics.ts";
import { granularityNames, itemsOf } from "./group_by_item.ts";
import { metricNamed, modelsOf } from "./metric_sql.ts";
import type { MetricInput } from "./query_input.ts";

type Row = Readonly<Record<string, unknown>>;

/** Where the project defines them. */
function definedIn(name: string): Row {
  const file = "models/semantic_models.yml";
  return {
    repoFilePath: file,
    fileSlice: { content: `name: ${name}`, filename: file, startLineNumber: 1, endLineNumber: 1 },
  };
}

const noConfig = { meta: {} };

/** The semantic models of some metrics, or all of them for no metrics. */
export function modelsFor(inputs: ReadonlyArray<MetricInput> | null | undefined): ReadonlyArray<SemanticModel> {
  return modelsOf((inputs ?? []).map(({ name }) => metricNamed(name)));
}

/** A metric. Its lists are made when they are asked for. */
export function showMetric(metric: Metric): Row {
  const { description, label, name, ratio } = metric;
  const models = modelsOf([metric]);
  return {
    name,
    label,
    description,
    type: ratio === undefined ? "SIMPLE" : "RATIO",
    typeParams: {
      measure: metric.measure === undefined ? null : { name: metric.measure },
      inputMeasures: measuresOf(metric).map(({ name }) => ({ name })),
      numerator: ratio === undefined ? null : { name: ratio.numerator },
      denominator: ratio === undefined ? null : { name: ratio.denominator },
      metrics: ratio === undefined ? [] : [{ name: ratio.numerator }, { name: ratio.denominator }],
    },
    filter: null,
    config: noConfig,
    metadata: definedIn(name),
    requiresMetricTime: false,
    dimensions: () => showDimensions(models),
    entities: () => showEntities(models),
    measures: () => showMeasures([metric]),
    queryableGranularities: granularityNames,
    queryableTimeGranularities: granularityNames,
    semanticModels: models.map(({ name }) => ({ name })),
  };
}

/** The dimensions that all of these models have, with `metric_time`. */
export function showDimensions(models: ReadonlyArray<SemanticModel>): ReadonlyArray<Row> {
  return itemsOf(models).flatMap(({ isTime, name }) => {
    const [entity, dimension] = name.split("__");
    if (dimension === undefined && name !== "metric_time") return [];
    const owner = semanticModels.find(({ entities: [primary] }) => primary.name === entity && dimension !== undefined);
    const defined = owner?.dimensions.find(({ name }) => name === dimension);
    return [{
      name: dimension ?? name,
      qualifiedName: name,
      // `metric_time` is no dimension of the project: it has neither label nor owner.
      label: null,
      description: defined?.description ?? (owner === undefined ? "Event time for metrics." : null),
      type: isTime ? "TIME" : "CATEGORICAL",
      typeParams: isTime ? { timeGranularity: "DAY", validityParams: null } : null,
      isPartition: false,
      expr: dimension ?? null,
      config: noConfig,
      metadata: owner === undefined ? null : definedIn(name),
      queryableGranularities: isTime ? granularityNames : [],
      queryableTimeGranularities: isTime ? granularityNames : [],
      semanticModel: owner === undefined ? null : { name: owner.name },
    }];
  });
}

/** The entities that all of these models have. */
export function showEntities(models: ReadonlyArray<SemanticModel>): ReadonlyArray<Row> {
  return itemsOf(models).flatMap(({ name }) => {
    const owner = models.find(({ entities }) => entities.some((entity) => entity.name === name));
    const entity = owner?.entities.find((entity) => entity.name === name);
    if (entity === undefined) return [];
    const { expr, type } = entity;
    return [{
      name,
      description: null,
      type,
      role: null,
      expr,
      config: noConfig,
      semanticModel: { name: owner?.name },
    }];
  });
}

/** The measures of some metrics. A count comes back as it is compiled. */
export function showMeasures(all: ReadonlyArray<Metric>): ReadonlyArray<Row> {
  return [...new Set(all.flatMap(measuresOf))].map(({ agg, expr, name }) => ({
    name,
    agg,
    aggTimeDimension: modelOfMeasure(name).timeDimension,
    expr: agg === "COUNT" ? `CASE WHEN ${expr} IS NOT NULL THEN 1 ELSE 0 END` : expr,
    config: noConfig,
  }));
}

/** A saved query. */
export function showSavedQuery({ description, groupBy, label, metrics, name, where }: SavedQuery): Row {
  return {
    name,
    label,
    description,
    metadata: definedIn(name),
    exports: [],
    queryParams: {
      metrics: metrics.map((name) => ({ name })),
      groupBy: groupBy.map(({ grain, name }) => ({
        name,
        grain: grain?.toUpperCase() ?? null,
        timeGranularity: grain ?? null,
        datePart: null,
      })),
      where: where === undefined ? null : { whereSqlTemplate: where },
    },
  };
}

/** The metrics that can be grouped by all of these items. */
export function metricsWith(names: ReadonlyArray<string>): ReadonlyArray<Metric> {
  return metrics.filter((metric) => {
    const available = new Set(itemsOf(modelsOf([metric])).map(({ name }) => name));
    return names.every((name) => available.has(name.toLowerCase().replace(/__(?:day|week|month|quarter|year)$/, "")));
  });
}

/** The rows that a search finds: in name, label or description, without regard to case. */
export function searched<A extends Row>(rows: ReadonlyArray<A>, terms: ReadonlyArray<string>): ReadonlyArray<A> {
  const wanted = terms.map((term) => term.toLowerCase());
  return wanted.length === 0
    ? rows
    : rows.filter((row) =>
      ["name", "qualifiedName", "label", "description"].some((key) => {
        const text = String(row[key] ?? "").toLowerCase();
        return wanted.some((term) => text.includes(term));
      })
    );
}

/** One page of rows, as the fields with `Paginated` in their names answer it. */
export function pageOf(
  rows: ReadonlyArray<Row>,
  { pageNum, pageSize }: { readonly pageNum: number; readonly pageSize?: number | null },
): Row {
  const size = pageSize ?? Math.max(rows.length, 1);
  return {
    items: rows.slice((pageNum - 1) * size, pageNum * size),
    pageNum,
    pageSize: pageSize ?? null,
    totalItems: rows.length,
    totalPages: Math.max(1, Math.ceil(rows.length / size)),
  };
}
