/**
 * The inputs of a query, as GraphQL gives them to the sandbox: clients send null for what they leave out.
 *
 * @module
 */
import { GraphQLError } from "graphql";

/** A metric. */
export interface MetricInput {
  /** Its name. */
  readonly name: string;
  /** The name of its column. */
  readonly alias?: string | null;
}

/** A dimension or entity to group by. */
export interface GroupByInput {
  /** Its name, which may end with a granularity: `metric_time__month`. */
  readonly name: string;
  /** The granularity, as an enum. */
  readonly grain?: string | null;
  /** The granularity, as text. */
  readonly timeGranularity?: string | null;
  /** The part of the date. */
  readonly datePart?: string | null;
}

/** What to order by: one of the two. */
export interface OrderByInput {
  /** A metric. */
  readonly metric?: MetricInput | null;
  /** A dimension or entity. */
  readonly groupBy?: GroupByInput | null;
  /** Largest first. */
  readonly descending?: boolean | null;
}

/** The arguments of `createQuery` and `compileSql`. */
export interface QueryInput {
  /** The metrics. */
  readonly metrics?: ReadonlyArray<MetricInput> | null;
  /** What to group by. */
  readonly groupBy?: ReadonlyArray<GroupByInput> | null;
  /** Conditions, of which all must hold. */
  readonly where?: ReadonlyArray<{ readonly sql: string }> | null;
  /** The order. */
  readonly orderBy?: ReadonlyArray<OrderByInput> | null;
  /** At most so many rows. */
  readonly limit?: number | null;
  /** A saved query, instead of metrics and what to group by. */
  readonly savedQuery?: string | null;
}

/** A refusal in words of its own. */
export function refusal(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "BAD_REQUEST" } });
}

/**
 * A refusal by MetricFlow, which resolves the names of a query: `Got error(s) during query resolution`, with the input
 * and, where there are some, names that are like it.
 */
export function unresolved(message: string, input: string, suggestions: ReadonlyArray<string>): GraphQLError {
  const lines = [
    "Got error(s) during query resolution.",
    "",
    "Error #1:",
    "  Message:",
    "",
    `    ${message}`,
    "",
    ...suggestions.length === 0 ? [] : [
      "    Suggestions:",
      "      [",
      // In quotes as Python puts them.
      ...suggestions.map((name) => `        ${name.includes("'") ? `"${name}"` : `'${name}'`},`),
      "      ]",
      "",
    ],
    "  Query Input:",
    "",
    `    ${input}`,
  ];
  return refusal(lines.join("\n"));
}
