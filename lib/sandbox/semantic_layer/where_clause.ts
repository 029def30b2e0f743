/**
 * Reads a filter of the Semantic Layer: SQL in which `{{ Dimension('order_id__status') }}` and the like stand for columns.
 *
 * @module
 */
import { measuresOf, metrics, modelOfMeasure, type SemanticModel } from "../data/jaffle_shop_metrics.ts";
import { findItem, notAvailable, type Place } from "./group_by_item.ts";
import { type QueryInput, refusal } from "./query_input.ts";

/** A filter whose columns are known. */
export interface WhereClause {
  /** Its SQL in a semantic model, and the joins that this needs. */
  readonly inModel: (model: SemanticModel) => { readonly sql: string; readonly joins: ReadonlyArray<string> };
}

/** What may stand between the braces: a function with texts, and a method of `Dimension`. */
const call =
  /^(?:Dimension|TimeDimension|Entity)\(\s*(['"])([^'"]*)\1\s*(?:,\s*(?:time_granularity_name\s*=\s*)?(['"])(\w+)\3\s*)?(?:,\s*entity_path\s*=\s*\[[^\]]*\]\s*)?\)(?:\.(grain|date_part)\(\s*(['"])(\w+)\6\s*\))?$/;
/** A metric, and the entities that it is grouped by. */
const metricCall = /^Metric\(\s*(['"])([^'"]*)\1\s*(?:,\s*(?:group_by\s*=\s*)?\[([^\]]*)\]\s*)?\)$/;

/**
 * Reads a filter for a query over these models. `compile` compiles the query of a metric in it. Throws a refusal for what
 * is no filter.
 */
export function renderWhere(
  sql: string,
  models: ReadonlyArray<SemanticModel>,
  compile: (input: QueryInput) => { readonly sql: string },
): WhereClause {
  if (sql.trim() === "") throw refusal("A where filter is empty.");
  // One statement only: SQLite would ignore what follows the first one.
  if (sql.includes(";")) throw refusal(`A where filter is one condition, without ";": ${sql}`);
  const parts = sql.split(/\{\{(.*?)\}\}/s).map((part, index) =>
    index % 2 === 0 ? part : placeOf(part.trim(), models, compile)
  );
  if (parts.some((part) => typeof part === "string" && /\{[{%]|[%}]\}/.test(part))) {
    throw refusal(`Error parsing the where filter: ${sql}. The braces do not match.`);
  }
  return {
    inModel: (model) => ({
      sql: parts.map((part) => typeof part === "string" ? part : part(model)?.sql).join("").trim(),
      joins: parts.flatMap((part) => typeof part === "string" ? [] : part(model)?.join ?? []),
    }),
  };
}

function placeOf(
  template: string,
  models: ReadonlyArray<SemanticModel>,
  compile: (input: QueryInput) => { readonly sql: string },
): (model: SemanticModel) => Place | undefined {
  const [, , metric, entities] = metricCall.exec(template) ?? [];
  if (metric !== undefined) return metricPlace(template, metric, entities ?? "", models, compile);
  const found = call.exec(template);
  if (found === null) {
    throw refusal(
      `Error parsing the where filter: {{ ${template} }}. ` +
        "Use Dimension('name'), TimeDimension('name', 'grain'), Entity('name') or Metric('name', group_by=['entity']).",
    );
  }
  const [, , name = "", , grain, method, , argument] = found;
  return findItem({
    name,
    timeGranularity: method === "grain" ? argument ?? null : grain ?? null,
    datePart: method === "date_part" ? argument ?? null : null,
  }, models).inModel;
}

/**
 * A metric by an entity. MetricFlow computes it without the filter, and joins it by the entity, under a name like
 * `customer__revenue`. What is refused, and in which words, is what MetricFlow 0.15 answered.
 */
function metricPlace(
  template: string,
  metric: string,
  entities: string,
  models: ReadonlyArray<SemanticModel>,
  compile: (input: QueryInput) => { readonly sql: string },
): (model: SemanticModel) => Place {
  const [entity, ...more] = [...entities.matchAll(/(['"])([^'"]*)\1/g)].map(([, , name = ""]) => name);
  if (entity === undefined) {
    throw refusal(
      `Error parsing where filter: {{ ${template} }}. \`group_by\` parameter is required for Metric in where filter. ` +
        "This is needed to determine 1) the granularity to aggregate the metric to and 2) how to join the metric to " +
        "the rest of the query.",
    );
  }
  if (more.length > 0) {
    throw refusal("Unable To Satisfy Query Error: Currently only one group by item is allowed for Metric filters.");
  }
  const available = metrics.flatMap((one) => {
    const [first, ...others] = [...models, ...measuresOf(one).map(({ name }) => modelOfMeasure(name))];
    return (first?.entities ?? []).filter(({ name }) =>
      others.every(({ entities }) => entities.some((entity) => entity.name === name))
    ).map(({ name }) => ({ metric: one.name, entity: name }));
  });
  if (!available.some((one) => one.metric === metric && one.entity === entity)) {
    const names = available.map(({ entity, metric }) => `Metric('${metric}', group_by=['${entity}'])`);
    throw notAvailable(`{{ ${template} }}`, models, names);
  }
  const { sql } = compile({ metrics: [{ name: metric }], groupBy: [{ name: entity }] });
  const alias = `${entity}__${metric}`;
  return (model) => {
    const key = model.entities.find(({ name }) => name === entity);
    return {
      sql: `${alias}.${metric}`,
      join: `left join (\n${
        sql.replaceAll(/^/gm, "  ")
      }\n) as ${alias} on ${model.name}.${key?.expr} = ${alias}.${entity}`,
    };
  };
}
