/**
 * Sends a GraphQL query over the client, and reads its answer: the value that the query leads to, and the errors beside
 * it. `query.ts` and `connection.ts` use it.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Predicate from "effect/Predicate";
import * as Result from "effect/Result";
import type * as Schema from "effect/Schema";
import { Drift } from "../client/drift.ts";
import { graphqlErrors, graphqlFailure, messagesOf } from "../client/graphql_errors.ts";
import { fit, parseJson } from "../client/response.ts";
import { Dbt, type Received } from "../dbt.ts";
import { type DbtError, type GraphQLError, type Reason, unsendable } from "../error.ts";
import { type Defaults, encodeFields, type Placed } from "../request.ts";
import { documentOf, type GraphQLSchema, type QueryDefinition } from "./query_definition.ts";

/** The API and the path of each schema. */
const endpoints: Readonly<Record<GraphQLSchema, Pick<Placed, "path"> & Required<Pick<Placed, "api">>>> = {
  discovery: { api: "discovery", path: "/graphql" },
  discovery_beta: { api: "discovery", path: "/beta/graphql" },
  semantic_layer: { api: "semantic_layer", path: "/api/graphql" },
};

/**
 * What is done when a part of an answer is missing (default: a warning in the log). The call succeeds with the rest.
 *
 * **When to use**
 *
 * To fail where dbt Cloud cannot answer everything, or to show it to a user.
 */
export const OnPartialData: Context.Reference<ReportPartialData> = Context.Reference<ReportPartialData>(
  "@dbtc/dbtc/graphql/OnPartialData",
  {
    defaultValue: () => (query, errors) =>
      Effect.logWarning(`${query}: dbt Cloud left out a part of the answer: ${messagesOf(errors)}`),
  },
);

/** Gets the name of a query, and the errors beside its answer. */
export type ReportPartialData = (query: string, errors: ReadonlyArray<GraphQLError>) => Effect.Effect<void, DbtError>;

/** A document with its variables, as it is placed. */
export function placeDocument(
  schema: GraphQLSchema,
  query: string,
  variables: Readonly<Record<string, unknown>>,
): Placed {
  return { ...endpoints[schema], method: "POST", query: [], body: { query, variables }, reads: true };
}

/** The part of an answer that a query asks for. */
export interface Selected<out A> {
  /** Its schema. */
  readonly schema: Schema.Codec<A>;
  /** Its selection, without braces. */
  readonly selection: string;
  /** The value where dbt Cloud has nothing, such as for an environment that never ran. */
  readonly nothing?: A;
}

/** What a query is filled with where its request says nothing. */
export interface QueryDefaults extends Defaults {
  /** The time, in milliseconds since 1970: reports end today, and begin 7 days before their end. */
  readonly now?: number;
}

const defaultDays = 7 * 86_400_000;

function isoDay(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** Places a query, or says what is wrong with its request. `more` are variables that are no fields. */
export function placeQuery<Request>(
  name: string,
  definition: QueryDefinition<Request>,
  request: Request,
  selection: string,
  defaults: QueryDefaults,
  more: Readonly<Record<string, unknown>> = {},
): Result.Result<Placed, string> {
  const { filterNames = {}, in: schema = "discovery", variables } = definition;
  const { endDate = isoDay(defaults.now ?? 0) } = request as { readonly endDate?: string }; // the last day of a report
  const lastDay = Date.parse(endDate);
  const filled: Readonly<Record<string, unknown>> = {
    account_id: defaults.account_id,
    environment_id: defaults.environment_id,
    endDate,
    startDate: Number.isNaN(lastDay) ? undefined : isoDay(lastDay - defaultDays),
  };
  const fallback = (field: string) => filled[field];
  return Result.flatMap(encodeFields(definition, request, { fallback }), ({ values, secrets }) => {
    const missing = ["account_id", "environment_id"].find((id) => variables[id]?.endsWith("!") && !values.has(id));
    if (missing !== undefined) {
      return Result.fail(
        `${missing} is missing: set DBT_CLOUD_${missing.toUpperCase()}, or give the ${missing} of the request`,
      );
    }
    const own = [...values].filter(([field]) => Object.hasOwn(variables, field));
    const members = [...values].filter(([field]) => !Object.hasOwn(variables, field) && field !== "limit");
    const filter = members.length === 0 ? [] : [
      ["filter", Object.fromEntries(members.map(([field, value]) => [filterNames[field] ?? field, value]))] as const,
    ];
    const given = Object.fromEntries([...own, ...filter, ...Object.entries(more)]);
    const placed = placeDocument(schema, documentOf(name, definition, given, selection), given);
    return Result.succeed(secrets.size === 0 ? placed : { ...placed, secrets: [...secrets] });
  });
}

/** An answer, and the errors beside it that the caller has to report. */
export interface Answered<out A> {
  readonly value: A;
  readonly errors: ReadonlyArray<GraphQLError>;
}

/** Sends a query. Fails where the answer has errors and nothing else. */
export const sendQuery = Effect.fnUntraced(function* <Request, A>(
  name: string,
  definition: QueryDefinition<Request>,
  request: Request,
  selected: Selected<A>,
  more: Readonly<Record<string, unknown>> = {},
): Effect.fn.Return<Answered<A>, DbtError, Dbt> {
  const dbt = yield* Dbt;
  const defaults = { ...dbt.defaults, now: yield* Clock.currentTimeMillis };
  const placed = yield* Effect.mapError(
    Effect.fromResult(placeQuery(name, definition, request, selected.selection, defaults, more)),
    (detail) => unsendable(name, detail),
  );
  const { errors, value } = yield* dbt.execute(
    name,
    placed,
    yield* queryReader(name, dbt, placed, definition.at, selected),
  );
  return { errors: withoutToken(name, dbt, errors), value };
});

/** Errors beside an answer, as harmless as those of a call that fails: the server may repeat in them what it was sent. */
export function withoutToken(
  name: string,
  { failure }: Dbt,
  errors: ReadonlyArray<GraphQLError>,
): ReadonlyArray<GraphQLError> {
  if (errors.length === 0) return errors;
  const { reason } = failure(name, { _tag: "Invalid", status: 200, errors });
  return "errors" in reason ? reason.errors ?? [] : [];
}

/** What reads the answer to a query. */
export function queryReader<A>(
  name: string,
  { urls }: Dbt,
  placed: Placed,
  at: ReadonlyArray<string>,
  { schema, nothing }: Selected<A>,
): Effect.Effect<(received: Received) => Result.Result<Answered<A>, Reason>> {
  const host = new URL(urls[placed.api ?? "admin"]).host;
  return Effect.map(Drift, (drift) => ({ status, text }) => {
    const undecodable = (detail: string, truncated = false) =>
      Result.fail<Reason>({ _tag: "Undecodable", status, detail, truncated });
    const body = parseJson(text);
    if (Result.isFailure(body)) return undecodable(body.failure.detail, body.failure.truncated);
    const errors = graphqlErrors(body.success) ?? [];
    const { data } = Predicate.isReadonlyObject(body.success) ? body.success : {};
    if (!Predicate.isReadonlyObject(data)) {
      return errors.length > 0
        ? Result.fail(graphqlFailure(status, host, errors))
        : undecodable("it has neither data nor errors. Check the host");
    }
    let value: unknown = data;
    for (const [depth, step] of at.entries()) {
      // A query for one node asks for a page of one.
      const inner: unknown = Array.isArray(value) ? value[0] : value;
      const isMissing = Array.isArray(value) && value.length === 0;
      value = Predicate.isReadonlyObject(inner) ? inner[nameOf(step)] : undefined;
      if (value !== null && value !== undefined) continue;
      if (errors.length > 0) return Result.fail(graphqlFailure(status, host, errors));
      const isNowhere = depth === 0 && at.length > 1;
      if (!isMissing && !isNowhere) {
        if (nothing !== undefined) return Result.succeed({ value: nothing, errors });
        const none = [null, []].map((value) => fit(schema, value)).find(Result.isSuccess);
        if (none !== undefined) return Result.succeed({ value: none.success, errors });
      }
      const asked = notThere(isMissing ? at[depth - 2] : step, placed);
      return Result.fail({ _tag: "NotFound", status, host, path: placed.path, enveloped: true, user_message: asked });
    }
    drift?.observe(name, { from: "data", schema }, value);
    return Result.mapBoth(fit(schema, value), {
      onFailure: (detail): Reason => ({ _tag: "Undecodable", status, detail, truncated: false }),
      onSuccess: (value) => ({ value, errors }),
    });
  });
}

/** The name of a field in an answer. */
function nameOf(field: string): string {
  return /^\w+/.exec(field)?.[0] ?? field;
}

/** What dbt Cloud does not have, as it was asked for: `environment(id: 5)`. It says so by null, and by no words. */
function notThere(field = "", { body }: Placed): string {
  const variables = Predicate.isReadonlyObject(body) && Predicate.isReadonlyObject(body.variables)
    ? body.variables
    : {};
  return `there is no ${field.replaceAll(/\$(\w+)/g, (_, name: string) => JSON.stringify(variables[name]) ?? "null")}`;
}
