/**
 * The commands of GraphQL queries: `dbtc models list`, `dbtc sources get`. `programs.ts` loads this file for a row of a
 * query.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Predicate from "effect/Predicate";
import * as Result from "effect/Result";
import * as SchemaAST from "effect/SchemaAST";
import * as Stream from "effect/Stream";
import { Dbt } from "../../dbt.ts";
import { defined } from "../../defined.ts";
import { DbtError } from "../../error.ts";
import { notNamed } from "../../find_by_name.ts";
import type { ConnectionPage, Limited } from "../../graphql/connection.ts";
import { selectableFields, selectionOf } from "../../graphql/selection.ts";
import { placeQuery } from "../../graphql/send_query.ts";
import type { AnyQuery, AnyRequest, QueryRow } from "../../groups/table_entry.ts";
import { nearest } from "../../nearest.ts";
import { readRequest } from "../../request.ts";
import { columnsOf } from "../../schema.ts";
import { toggle } from "../input/flag_types.ts";
import { usage } from "../output/exit_code.ts";
import { type Invocation, print, styleFor } from "../output/print.ts";
import { clean } from "../output/safe_text.ts";
import { checkWritable, note, write } from "../output/write_output.ts";
import { printPages, sendRaw } from "./call_endpoint.ts";
import type { BuiltCommand } from "./command_types.ts";
import { makeCommand } from "./endpoint_command.ts";
import { reportingPartialData } from "./partial_data.ts";
import { printRequest, requestMistake } from "./print_request.ts";

/** How many rows a list has without `--limit` and `--all`. */
const defaultRows = 100;

/** Makes the command of a query. */
export function queryCommand(row: QueryRow, description: string): BuiltCommand {
  const { call } = row;
  const all = call.kind === "connection" ? { all: toggle("all", false, "Print all rows") } : {};
  return makeCommand(
    row,
    { description, flags: all },
    Effect.fnUntraced(
      function* (request, flags, invocation) {
        const given = yield* withId(row, yield* request);
        const read = readRequest<AnyRequest>(call, given);
        if (Result.isFailure(read)) return yield* requestMistake(call, read.failure);
        if (flags.all === true && given.limit !== undefined) return yield* usage("--all does not go with --limit");
        yield* checkWritable(invocation.output);
        yield* send(row, read.success, flags.all === true, invocation);
      },
      reportingPartialData,
    ),
  );
}

/** Sends a query, and prints its answer. */
const send = Effect.fnUntraced(function* (
  { call }: QueryRow,
  request: AnyRequest,
  all: boolean,
  invocation: Invocation,
) {
  const item = itemOf(call);
  const columns = columnsOf(item);
  const style = yield* styleFor(invocation, columns);
  // A table of a list asks only for what it shows.
  const isList = call.kind === "connection" || SchemaAST.isArrays(call.answer.ast);
  const fields = invocation.fields ??
    (isList && (style.format === "table" || style.format === "markdown") ? columns : undefined);
  const limit = all ? Infinity : typeof request.limit === "number" ? request.limit : defaultRows;
  if (invocation.dryRun || invocation.raw) {
    const { defaults } = yield* Dbt;
    const first = call.kind === "connection" ? { first: Math.min(limit, call.most) } : {};
    const selection = rawSelection(call, selectionOf(item, fields));
    const now = yield* Clock.currentTimeMillis;
    const placed = placeQuery<AnyRequest>(call.name, call, request, selection, { ...defaults, now }, first);
    if (Result.isFailure(placed)) return yield* requestMistake(call, placed.failure);
    return yield* invocation.dryRun
      ? printRequest(placed.success, invocation)
      : write(Stream.make(yield* sendRaw(call.name, placed.success)), invocation.output);
  }
  const explained = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.mapError(effect, (error) => unknownField(error, item, invocation.fields) ?? error);
  if (call.kind === "query") {
    const answer = yield* explained(fields === undefined ? call(request) : call.select(fields)(request));
    if (Array.isArray(answer) && answer.length === 0) yield* note("No rows");
    return yield* print(answer, invocation, { columns });
  }
  const limited: AnyRequest & Limited = limit === Infinity ? request : { ...request, limit };
  yield* explained(
    printPages(
      Stream.map(call.pages(limited, fields), ({ rows, totalCount = 0 }: ConnectionPage<unknown>) => ({
        rows,
        total: totalCount,
      })),
      { item, limit },
      invocation,
    ),
  );
});

/** The type of an answer's rows, or of the answer. */
function itemOf(call: AnyQuery): SchemaAST.AST {
  if (call.kind === "connection") return call.row.ast;
  const { ast } = call.answer;
  return SchemaAST.isArrays(ast) ? ast.rest[0] ?? ast : ast;
}

/** The selection of one page. */
function rawSelection(call: AnyQuery, selection: string): string {
  if (call.kind === "query") return selection;
  return call.paging === "relay"
    ? `totalCount pageInfo { hasNextPage endCursor } edges { node { ${selection} } }`
    : `${selection} paginationCursor`;
}

/** The error of a `--fields` that neither dbtc nor dbt Cloud knows, with the nearest names. */
function unknownField(error: unknown, item: SchemaAST.AST, fields: ReadonlyArray<string> | undefined) {
  if (!(error instanceof DbtError) || error.reason._tag !== "Invalid" || fields === undefined) return undefined;
  const known = selectableFields(item);
  const unknown = fields.find((field) =>
    !known.includes(field) && !known.some((name) => field.startsWith(`${name}.`) && isFree(name, known))
  );
  if (unknown === undefined) return undefined;
  const last = unknown.split(".").at(-1) ?? unknown;
  const meant = [
    ...new Set([...nearest(unknown, known, 3), ...known.filter((name) => name.split(".").at(-1) === last)]),
  ].slice(0, 3);
  const words = meant.length > 0 ? `Did you mean ${meant.join(" or ")}?` : `Fields: ${topLevel(known).join(", ")}`;
  return usage(clean(`--fields: "${unknown}" is an unknown field. ${words}`));
}

/** Whether nothing is known of the members of a field: it is free JSON. */
function isFree(name: string, known: ReadonlyArray<string>): boolean {
  return !known.some((other) => other.startsWith(`${name}.`));
}

function topLevel(names: ReadonlyArray<string>): ReadonlyArray<string> {
  return names.filter((name) => !name.includes("."));
}

// ---- names ----------------------------------------------------------------------------------------------------------

/** A row of a list that has names. */
interface NamedNode {
  readonly uniqueId: string;
  readonly name?: string | null;
}

/** The request with dbt's id of a node, where the user gave its name: an id has dots, and a name has none. */
const withId = Effect.fnUntraced(function* ({ call, list }: QueryRow, given: Record<string, unknown>) {
  const field = Object.hasOwn(call.request, "nodeUniqueId") ? "nodeUniqueId" : "uniqueId";
  const name = given[field];
  if (typeof name !== "string" || name.includes(".") || list === undefined || list.name === call.name) return given;
  const place = defined({ environment_id: given.environment_id });
  const named = Effect.fnUntraced(function* (filter: AnyRequest) {
    const rows = yield* Stream.runCollect(list.select(["uniqueId", "name"])({ ...place, ...filter }));
    return rows as ReadonlyArray<NamedNode>; // what is asked for, and checked
  });
  // Mostly the relation has the node's name: one request finds it among any number.
  const byRelation = "identifier" in list.request ? yield* named({ identifier: name }) : [];
  const found = byRelation.filter((node) => node.name === name);
  const all = found.length > 0 ? found : yield* named({});
  const fitting = all.filter((node) => node.name === name);
  const [node, ...others] = fitting;
  const noun = (call.name.split(".")[0] ?? "").replace(/s$/, "");
  if (node === undefined) {
    const things = all.map(({ name, uniqueId }) => ({ id: uniqueId, names: [name].filter(Predicate.isString) }));
    return yield* notNamed(name, things, { endpoint: call.name, noun });
  }
  if (others.length > 0) {
    const ids = fitting.map(({ uniqueId }) => uniqueId).join(", ");
    return yield* usage(clean(`Several have the name "${name}". Give one of these ids: ${ids}`));
  }
  return { ...given, [field]: node.uniqueId };
});
