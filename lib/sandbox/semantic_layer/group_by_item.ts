/**
 * Finds what a query groups, filters or orders by: a dimension, an entity or `metric_time`, with the SQL that it is in
 * each semantic model.
 *
 * @module
 */
import { metrics, type SemanticModel, semanticModels } from "../data/jaffle_shop_metrics.ts";
import { type GroupByInput, refusal, unresolved } from "./query_input.ts";

/** The kind of a column's values. */
export type ValueKind = "date" | "decimal" | "integer" | "number" | "text";

/** What a query groups by. */
export interface GroupByItem {
  /** Its name without granularity: `metric_time`. */
  readonly name: string;
  /** The name of its column: `metric_time__month`. */
  readonly column: string;
  /** The kind of its values. */
  readonly kind: ValueKind;
  /** The SQL in a semantic model, and what that needs to join; undefined where the model does not have it. */
  readonly inModel: (model: SemanticModel) => Place | undefined;
}

/** Where a column is. */
export interface Place {
  /** The SQL. */
  readonly sql: string;
  /** The SQL of the join with what has it, if the model itself does not. */
  readonly join?: string;
}

/** The granularities of the sandbox, and the SQL that makes each of a date. */
const granularities: Readonly<Record<string, (date: string) => string>> = {
  day: (date) => `date(${date})`,
  week: (date) => `date(${date}, 'weekday 0', '-6 days')`,
  month: (date) => `date(${date}, 'start of month')`,
  quarter: (date) =>
    `date(${date}, 'start of month', '-' || ((cast(strftime('%m', ${date}) as integer) - 1) % 3) || ' months')`,
  year: (date) => `date(${date}, 'start of year')`,
};

/** The names of the granularities, as GraphQL's enum has them. */
export const granularityNames: ReadonlyArray<string> = Object.keys(granularities).map((name) => name.toUpperCase());

const dateParts: Readonly<Record<string, (date: string) => string>> = {
  day: (date) => `cast(strftime('%d', ${date}) as integer)`,
  dow: (date) => `(cast(strftime('%w', ${date}) as integer) + 6) % 7 + 1`,
  doy: (date) => `cast(strftime('%j', ${date}) as integer)`,
  month: (date) => `cast(strftime('%m', ${date}) as integer)`,
  quarter: (date) => `(cast(strftime('%m', ${date}) as integer) + 2) / 3`,
  year: (date) => `cast(strftime('%Y', ${date}) as integer)`,
};

/** A dimension or an entity, as metadata names it. */
export interface ItemName {
  /** Its name: `customer__first_name`, `customer`, `metric_time`. */
  readonly name: string;
  /** Whether it has granularities. */
  readonly isTime: boolean;
  /** Where it is in a semantic model. */
  readonly inModel: (model: SemanticModel) => Place | undefined;
}

const metricTime: ItemName = {
  name: "metric_time",
  isTime: true,
  inModel: ({ name, timeDimension }) => ({ sql: `${name}.${timeDimension}` }),
};

/** All of them. */
const items: ReadonlyArray<ItemName> = [
  metricTime,
  ...semanticModels.flatMap((owner) => {
    const [{ name: entity }] = owner.entities;
    return owner.dimensions.map(({ name, type }): ItemName => ({
      name: `${entity}__${name}`,
      isTime: type === "TIME",
      inModel: (model) => {
        const sql = `${owner.name}.${name}`;
        if (model === owner) return { sql };
        const foreign = model.entities.find(({ name }) => name === entity);
        const join = `left join ${owner.name} on ${model.name}.${foreign?.expr} = ${owner.name}.${
          owner.entities[0].expr
        }`;
        return foreign === undefined ? undefined : { sql, join };
      },
    }));
  }),
  ...[...new Set(semanticModels.flatMap(({ entities }) => entities.map(({ name }) => name)))].map((item): ItemName => ({
    name: item,
    isTime: false,
    inModel: ({ entities, name }) => {
      const entity = entities.find((entity) => entity.name === item);
      return entity === undefined ? undefined : { sql: `${name}.${entity.expr}` };
    },
  })),
];

/** The names that all of these models can be grouped by. */
export function itemsOf(models: ReadonlyArray<SemanticModel>): ReadonlyArray<ItemName> {
  return items.filter(({ inModel }) => models.every((model) => inModel(model) !== undefined));
}

/** Finds an item by its input, among those that all of the models have. Throws a refusal where there is none. */
export function findItem(input: GroupByInput, models: ReadonlyArray<SemanticModel>): GroupByItem {
  const text = input.name.toLowerCase();
  const suffix = /^(.+)__([a-z]+)$/.exec(text);
  const [name = text, ending] = items.some((item) => item.name === text) || suffix === null
    ? [text]
    : [suffix[1], suffix[2]];
  const item = items.find((item) => item.name === name);
  const grain = (input.timeGranularity ?? input.grain ?? ending)?.toLowerCase();
  if (item === undefined || (ending !== undefined && !item.isTime)) {
    throw notAvailable(input.name, models);
  }
  if (!models.every((model) => item.inModel(model) !== undefined)) throw notAvailable(input.name, models);
  if (!item.isTime) {
    if (grain !== undefined) throw refusal(`${name} is no time dimension, and has no granularity ${grain}`);
    const isEntity = !name.includes("__");
    return { name, column: name, kind: isEntity ? "integer" : "text", inModel: item.inModel };
  }
  const part = input.datePart?.toLowerCase();
  const made = part === undefined ? granularities[grain ?? "day"] : dateParts[part];
  if (made === undefined) throw notAvailable(`${input.name} by ${part ?? grain}`, models);
  return {
    name,
    column: part === undefined ? `${name}__${grain ?? "day"}` : `${name}__extract_${part}`,
    kind: part === undefined ? "date" : "integer",
    inModel: (model) => {
      const place = item.inModel(model);
      return place === undefined ? undefined : { ...place, sql: made(place.sql) };
    },
  };
}

/** The refusal of an item that the models do not have, with those that they have. */
export function notAvailable(
  input: string,
  models: ReadonlyArray<SemanticModel>,
  names: ReadonlyArray<string> = itemsOf(models).map(({ name, isTime }) => isTime ? `${name}__day` : name),
): Error {
  const of = metrics.filter(({ measure }) =>
    models.some(({ measures }) => measures.some(({ name }) => name === measure))
  )
    .map(({ name }) => `Metric('${name}')`);
  return unresolved(
    `The given input does not match any of the available group-by-items for\n    ${of.join(", ")}.`,
    input,
    like(input, names),
  );
}

/** The six names that are most like a word: MetricFlow suggests as many. */
export function like(word: string, names: ReadonlyArray<string>): ReadonlyArray<string> {
  const pairs = (text: string) => new Set(Array.from({ length: text.length - 1 }, (_, at) => text.slice(at, at + 2)));
  const own = pairs(word.toLowerCase());
  const score = (name: string) => [...pairs(name)].filter((pair) => own.has(pair)).length;
  return names.toSorted((a, b) => score(b) - score(a)).slice(0, 6);
}
