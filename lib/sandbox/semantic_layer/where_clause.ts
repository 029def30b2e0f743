/**
 * Reads a filter of the Semantic Layer: SQL in which `{{ Dimension('order_id__status') }}` and the like stand for columns.
 *
 * @module
 */
import type { SemanticModel } from "../data/jaffle_shop_metrics.ts";
import { findItem, type GroupByItem } from "./group_by_item.ts";
import { refusal } from "./query_input.ts";

/** A filter whose columns are known. */
export interface WhereClause {
  /** Its SQL in a semantic model, and the models that it joins. */
  readonly inModel: (model: SemanticModel) => { readonly sql: string; readonly joins: ReadonlyArray<SemanticModel> };
}

/** What may stand between the braces: a function with texts, and a method of `Dimension`. */
const call =
  /^(Dimension|TimeDimension|Entity|Metric)\(\s*(['"])([^'"]*)\2\s*(?:,\s*(?:time_granularity_name\s*=\s*)?(['"])(\w+)\4\s*)?(?:,\s*entity_path\s*=\s*\[[^\]]*\]\s*)?\)(?:\.(grain|date_part)\(\s*(['"])(\w+)\7\s*\))?$/;

/** Reads a filter for a query over these models. Throws a refusal for what is no filter. */
export function renderWhere(sql: string, models: ReadonlyArray<SemanticModel>): WhereClause {
  if (sql.trim() === "") throw refusal("A where filter is empty.");
  // One statement only: SQLite would ignore what follows the first one.
  if (sql.includes(";")) throw refusal(`A where filter is one condition, without ";": ${sql}`);
  const parts = sql.split(/\{\{(.*?)\}\}/s).map((part, index) => index % 2 === 0 ? part : itemOf(part.trim(), models));
  if (parts.some((part) => typeof part === "string" && /\{[{%]|[%}]\}/.test(part))) {
    throw refusal(`Error parsing the where filter: ${sql}. The braces do not match.`);
  }
  return {
    inModel: (model) => ({
      sql: parts.map((part) => typeof part === "string" ? part : part.inModel(model)?.sql).join("").trim(),
      joins: parts.flatMap((part) => typeof part === "string" ? [] : part.inModel(model)?.joins ?? []),
    }),
  };
}

function itemOf(template: string, models: ReadonlyArray<SemanticModel>): GroupByItem {
  const found = call.exec(template);
  if (found === null) {
    throw refusal(
      `Error parsing the where filter: {{ ${template} }}. ` +
        "Use Dimension('name'), TimeDimension('name', 'grain') or Entity('name').",
    );
  }
  const [, kind, , name = "", , grain, method, , argument] = found;
  if (kind === "Metric") throw refusal("The sandbox cannot filter by a metric.");
  return findItem({
    name,
    timeGranularity: method === "grain" ? argument ?? null : grain ?? null,
    datePart: method === "date_part" ? argument ?? null : null,
  }, models);
}
