/**
 * The definition of a GraphQL query, and its document. `query.ts` and `connection.ts` make functions of definitions.
 *
 * @module
 */
import type { Entry } from "../definition.ts";

/** A GraphQL schema of dbt Cloud. `discovery_beta` has some queries of the Discovery API that are nowhere else. */
export type GraphQLSchema = "discovery" | "discovery_beta" | "semantic_layer";

/** What is common to all queries. */
export interface QueryDefinition<in out Request> extends Entry<Request> {
  /** The schema that has the query (default: `discovery`). */
  readonly in?: GraphQLSchema;
  /** Marks a mutation. All that dbtc uses may be sent twice, as the creation of a Semantic Layer query. */
  readonly operation?: "mutation";
  /**
   * The fields that lead to the answer, with their arguments: `environment(id: $environment_id)`, `applied`. An argument
   * whose variable has no value is left out.
   */
  readonly at: ReadonlyArray<string>;
  /**
   * The GraphQL type of each variable. A field of the request is the variable with its name; all other fields are
   * members of the variable `filter`.
   */
  readonly variables: Readonly<Record<string, string>>;
  /** Fields that have another name in the filter. */
  readonly filterNames?: Readonly<Record<string, string>>;
}

/** The variables of a page. */
const pageVariables: Readonly<Record<string, string>> = { first: "Int", after: "String" };

/** The document of a query. `values` are the variables that have a value. */
export function documentOf<Request>(
  name: string,
  { at, operation, variables }: QueryDefinition<Request>,
  values: Readonly<Record<string, unknown>>,
  selection: string,
): string {
  const types = Object.entries({ ...variables, ...pageVariables, ...variables }).filter(([name]) =>
    Object.hasOwn(values, name)
  );
  const declared = types.length === 0 ? "" : `(${types.map(([name, type]) => `$${name}: ${type}`).join(", ")})`;
  const fields = at.map((field) => withArguments(field, (variable) => Object.hasOwn(values, variable)));
  const inner = selection === "" ? fields : [...fields, selection];
  return `${operation ?? "query"} ${operationName(name)}${declared} { ${inner.join(" { ")}${" }".repeat(inner.length)}`;
}

/** The name of the operation of `models.list`: `ModelsList`. */
export function operationName(name: string): string {
  return name.replaceAll(/(?:^|\W)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** A field with only those arguments whose variable has a value. */
function withArguments(field: string, hasValue: (variable: string) => boolean): string {
  return field.replace(/\((.*)\)/, (_, list: string) => {
    const kept = list.split(/, (?=\w+:)/).filter((argument) => {
      const variable = /\$(\w+)/.exec(argument)?.[1];
      return variable === undefined || hasValue(variable);
    });
    return kept.length === 0 ? "" : `(${kept.join(", ")})`;
  });
}
