/**
 * Calls a row of the table that is a GraphQL query, and prints its answer.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as SchemaAST from "effect/SchemaAST";
import { Dbt } from "../../dbt.ts";
import type { Query } from "../../graphql/query.ts";
import { selectionOf } from "../../graphql/selection.ts";
import { placeQuery } from "../../graphql/send_query.ts";
import type { AnyRequest } from "../../groups/table_entry.ts";
import { readRequest } from "../../request.ts";
import { columnsOf } from "../../schema.ts";
import { type Invocation, print } from "../output/print.ts";
import { checkWritable } from "../output/write_output.ts";
import { printRequest, unsendable } from "./print_request.ts";

/** Calls the query. `--fields` narrows what it asks for, and what is printed. */
export const callQuery = Effect.fnUntraced(function* (
  call: Query<AnyRequest, unknown>,
  given: AnyRequest,
  invocation: Invocation,
) {
  const request = readRequest(call, given);
  if (Result.isFailure(request)) return yield* unsendable(call, request.failure);
  const { dryRun, fields } = invocation;
  const { ast } = call.answer;
  if (dryRun) {
    const { defaults } = yield* Dbt;
    const placed = placeQuery(call.name, call, request.success, selectionOf(ast, fields), defaults);
    if (Result.isFailure(placed)) return yield* unsendable(call, placed.failure);
    return yield* printRequest(placed.success, invocation);
  }
  yield* checkWritable(invocation.output);
  const answer = yield* fields === undefined ? call(request.success) : call.select(fields)(request.success);
  const item = SchemaAST.isArrays(ast) ? ast.rest[0] ?? ast : ast;
  yield* print(answer, invocation, { columns: columnsOf(item) });
});
