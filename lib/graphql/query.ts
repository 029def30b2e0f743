/**
 * `query`, which makes a function of the definition of a GraphQL query whose answer is one value.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as Schema from "effect/Schema";
import type { Dbt } from "../dbt.ts";
import type { DbtError } from "../error.ts";
import type { Exact, Fields } from "../schema.ts";
import { type FieldPath, partial, type Picked } from "./picked_fields.ts";
import type { QueryDefinition } from "./query_definition.ts";
import { selectionOf } from "./selection.ts";
import { OnPartialData, sendQuery } from "./send_query.ts";

/** The definition of a query whose answer is one value, or a list that has no pages. */
export interface ValueDefinition<in out Request, out A> extends QueryDefinition<Request> {
  /** The schema of the answer. The selection follows from it. */
  readonly answer: Schema.Codec<A>;
}

/** A GraphQL query whose answer is one value, or a list that has no pages. */
export interface Query<in out Request, out A> extends ValueDefinition<Request, A> {
  /** Tells the kinds of calls apart. */
  readonly kind: "query";
  /** Sends the query and reads the answer. */
  (request: Request): Effect.Effect<A, DbtError, Dbt>;
  /** The same query with only these fields of the answer. */
  pick<const P extends FieldPath<A>>(
    ...fields: ReadonlyArray<P>
  ): (request: Request) => Effect.Effect<Picked<A, P>, DbtError, Dbt>;
  /** The same query with fields that are known only at run time. A field that the schema does not have is asked for too. */
  select(fields: ReadonlyArray<string>): (request: Request) => Effect.Effect<unknown, DbtError, Dbt>;
}

/** Makes a query. `name` is group and export: `models.history`. */
export function query<Request, A, F extends Fields<Request> = Fields<Request>>(
  name: string,
  definition: ValueDefinition<NoInfer<Request>, NoInfer<A>> & {
    readonly request: F & Exact<NoInfer<Request>, NoInfer<F>>;
  },
): Query<Request, A> {
  const { answer } = definition;
  const send = <B>(schema: Schema.Codec<B>, fields?: ReadonlyArray<string>) =>
    Effect.fnUntraced(function* (request: Request): Effect.fn.Return<B, DbtError, Dbt> {
      const selection = selectionOf(answer.ast, fields);
      const { errors, value } = yield* sendQuery(name, definition, request, { schema, selection });
      if (errors.length > 0) yield* (yield* OnPartialData)(name, errors);
      return value;
    });
  const select = (fields: ReadonlyArray<string>) => send(partial(answer.ast), fields);
  return Object.assign(Object.defineProperty(send(answer), "name", { value: name }), {
    ...definition,
    kind: "query" as const,
    select,
    // What is asked for is what `Picked` says, and the partial schema has checked it.
    pick: (...fields: ReadonlyArray<string>) =>
      select(fields) as (request: Request) => Effect.Effect<never, DbtError, Dbt>,
  });
}
