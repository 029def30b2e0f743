/**
 * Calls a row of the table and prints its answer. `endpoint_command.ts` runs every command with it that has no program
 * of its own.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Predicate from "effect/Predicate";
import * as Result from "effect/Result";
import * as SchemaAST from "effect/SchemaAST";
import * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import { Dbt } from "../../dbt.ts";
import { defined } from "../../defined.ts";
import type { Endpoint, Page, Workflow } from "../../endpoint.ts";
import type { DbtError } from "../../error.ts";
import { pages } from "../../paginate.ts";
import { type Placed, readRequest, writable } from "../../request.ts";
import type { AnyRequest, Callable, Row } from "../../groups/table_entry.ts";
import { columnsOf, membersOf } from "../../schema.ts";
import { mergeUpdate } from "../input/merge_update.ts";
import { grouped } from "../output/counted.ts";
import { type OutputError, usage, type UsageError } from "../output/exit_code.ts";
import { fieldMistake, type Invocation, isForPeople, print, styleFor } from "../output/print.ts";
import { csvStream, jsonStream } from "../output/render.ts";
import { makeRedrawnLine } from "../output/redrawn_line.ts";
import { clean } from "../output/safe_text.ts";
import { checkWritable, note, write, writeUntilClosed } from "../output/write_output.ts";
import { changedValues } from "./changed_values.ts";
import type { CommandServices } from "./command_types.ts";
import { actionOf, confirm } from "./confirm.ts";
import { placeRequest, printPlaced, requestMistake, severalRequests } from "./print_request.ts";
import { tableNames, tableRequest } from "./table_names.ts";

/** The flags of a command without a program. */
interface CallOptions {
  /** `--all`: every row of a list. */
  readonly all?: boolean;
  /** `--watch`: the list stays on the terminal, and is drawn again. */
  readonly watch?: boolean;
  /** `--replace`: an update resets the fields that the request does not have. */
  readonly replace?: boolean;
}

/** Calls a row, and prints its answer. The fields of a body are in their JSON form. */
export const callRow = Effect.fnUntraced(function* (
  { call, reader, verb }: Row,
  given: Record<string, unknown>,
  invocation: Invocation,
  { all = false, replace = false, watch = false }: CallOptions = {},
): Effect.fn.Return<void, DbtError | UsageError | OutputError, CommandServices> {
  // Each has a program: its columns are known only once its result is there.
  if (call.kind === "rows") return yield* Effect.die(new Error(`${call.name} has no program`));
  if (call.kind === "workflow") return yield* callWorkflow(call, verb, given, invocation);
  if (isList(call)) return yield* callList(call, given, { all, watch }, invocation);
  let request = given;
  if (call.kind === "endpoint" && !call.route.startsWith("GET ")) {
    for (const name of Object.keys(writable(call, given)).filter((name) => !Object.hasOwn(call.request, name))) {
      yield* note(`--payload: "${clean(name)}" is an unknown field. dbtc sends it unchanged`);
    }
    if (call.replaces && !replace) {
      const merged = yield* mergeUpdate(call, reader, given);
      if (!merged.changed && !invocation.dryRun) {
        yield* note("Nothing to change. Nothing was sent");
        return yield* print(merged.current, invocation, { columns: columnsOf(call.success.schema.ast) });
      }
      request = merged.request;
    } else request = writable(call, given);
  }
  const placed = yield* placeRequest(call, request);
  yield* checkWritable(invocation.output);
  if (invocation.dryRun) return yield* printPlaced(call, placed, invocation);
  if (placed.method === "DELETE") yield* confirm(yield* actionOf(call, request, invocation, reader), invocation);
  if (call.kind === "download") return yield* writeFile(request.path ?? call.name, call(request), invocation);
  if (invocation.raw) return yield* write(Stream.make(yield* sendRaw(call.name, placed)), invocation.output);
  const { submit } = yield* Effect.promise(() => import("../../client/send_placed.ts"));
  const answer = yield* submit(call, placed);
  const { ast } = call.success.schema;
  const afterWrite = placed.method !== "GET";
  if (afterWrite) { for (const change of changedValues(writable(call, given), answer)) yield* note(change); }
  yield* isPage(call, answer)
    ? print(answer.data, invocation, { columns: columnsOf(itemOf(ast)), afterWrite })
    : print(answer, invocation, { columns: columnsOf(ast), afterWrite });
});

const callWorkflow = Effect.fnUntraced(function* (
  call: Workflow<AnyRequest, unknown>,
  verb: string,
  given: AnyRequest,
  invocation: Invocation,
) {
  if (invocation.dryRun) return yield* severalRequests(call);
  const request = readRequest(call, given);
  if (Result.isFailure(request)) return yield* requestMistake(call, request.failure);
  yield* checkWritable(invocation.output);
  if (verb === "delete") yield* confirm(yield* actionOf(call, given, invocation), invocation);
  const answer = yield* call(request.success);
  yield* isFile(answer) ? writeFile(given.path ?? call.name, answer, invocation) : print(answer, invocation);
});

/** Sends a request, and gives the body of the response unread. `--drift` still compares it. */
export const sendRaw = Effect.fnUntraced(function* (name: string, placed: Placed) {
  const { text } = yield* Dbt.use((dbt) => dbt.execute(name, placed, Result.succeed));
  const { observeRaw } = yield* Effect.promise(() => import("../output/print_drift.ts"));
  yield* observeRaw(placed, text);
  return text;
});

/** Writes a file. The module is imported here because few commands need it. */
const writeFile = Effect.fnUntraced(
  function* (name: unknown, bytes: Stream.Stream<Uint8Array, DbtError, Dbt>, invocation: Invocation) {
    const { writeDownload } = yield* Effect.promise(() => import("../output/write_download.ts"));
    return yield* writeDownload(String(name), bytes, invocation);
  },
);

function isPage({ success }: Endpoint<AnyRequest, unknown>, answer: unknown): answer is Page<unknown> {
  return success.from === "page" && Predicate.isObject(answer);
}

/** Whether a workflow's answer is a file. No workflow answers any other stream. */
function isFile(answer: unknown): answer is Stream.Stream<Uint8Array, DbtError, Dbt> {
  return Stream.isStream(answer);
}

/** The type of a page's rows. */
function itemOf(ast: SchemaAST.AST): SchemaAST.AST {
  const data = membersOf(ast).get("data");
  return data !== undefined && SchemaAST.isArrays(data) ? data.rest[0] ?? ast : ast;
}

// ---- lists ----------------------------------------------------------------------------------------------------------

/** An endpoint that answers a {@linkcode Page} and takes a limit. */
type List = Endpoint<AnyRequest, Page<unknown>>;

/** Whether a call is a list: an endpoint with pages. */
export function isList(call: Callable): call is List {
  return call.kind === "endpoint" && call.success.from === "page" && "limit" in call.request;
}

/** The most rows of one page. */
const pageSize = 100;

const callList = Effect.fnUntraced(function* (
  call: List,
  given: AnyRequest,
  { all, watch }: Required<Pick<CallOptions, "all" | "watch">>,
  invocation: Invocation,
) {
  if (all && watch) return yield* usage("--all does not go with --watch, which shows what fits the screen");
  const limit = yield* rowLimit(given, all, invocation);
  const order_by = given.order_by ?? call.order;
  const plain = { ...given, ...defined({ order_by }), limit: Math.min(limit, pageSize) };
  const columns = columnsOf(itemOf(call.success.schema.ast));
  const showsNames = columns !== undefined && !invocation.raw && isForPeople(yield* styleFor(invocation));
  const request = showsNames ? tableRequest(call, columns, plain, limit <= pageSize) : plain;
  const placed = yield* placeRequest(call, request);
  yield* checkWritable(invocation.output);
  if (invocation.dryRun) return yield* printPlaced(call, placed, invocation);
  if (invocation.raw) return yield* write(Stream.make(yield* sendRaw(call.name, placed)), invocation.output);
  if (watch) {
    const { watchList } = yield* Effect.promise(() => import("./watch_list.ts"));
    return yield* watchList(call, { ...request, limit: plain.limit }, columns ?? [], invocation);
  }
  yield* printRows(call, request, limit, invocation);
});

/** How many rows to print at most. */
const rowLimit = Effect.fnUntraced(function* ({ limit }: AnyRequest, all: boolean, { raw }: Invocation) {
  if (limit !== undefined && !(typeof limit === "number" && limit > 0)) {
    return yield* usage(`--limit: "${limit}" is not a number of rows`);
  }
  if (all && limit !== undefined) return yield* usage("--all does not go with --limit");
  const most = all ? Infinity : limit ?? pageSize;
  if (raw && most > pageSize) return yield* usage("--raw prints one response, which has at most 100 rows");
  return most;
});

/** Prints the rows of a list as they come, and notes on stderr if dbt Cloud has more of them. */
const printRows = (call: List, request: AnyRequest, limit: number, invocation: Invocation) =>
  printPages(
    Stream.map(pages(call, request, { rows: limit }), ({ data, extra }) => ({
      rows: data,
      total: extra?.pagination?.total_count ?? 0,
    })),
    {
      item: itemOf(call.success.schema.ast),
      limit,
      offset: typeof request.offset === "number" ? request.offset : 0,
      request,
    },
    invocation,
  );

/** One page of a list, and how many rows the list has; 0 if that is unknown. */
interface RowPage {
  readonly rows: ReadonlyArray<unknown>;
  readonly total: number;
}

/** What {@linkcode printPages} has to know about a list. */
interface PrintedList {
  /** The type of a row. */
  readonly item: SchemaAST.AST;
  /** How many rows are printed at most. */
  readonly limit: number;
  /** How many rows are left out at the begin. */
  readonly offset?: number;
  /** The request of a list of the Admin API, whose tables show names beside ids. */
  readonly request?: AnyRequest;
}

/** Prints the rows of pages as they come, and notes on stderr if the list has more of them. */
export const printPages = Effect.fnUntraced(function* <E, R>(
  list: Stream.Stream<RowPage, E, R>,
  { item, limit, offset = 0, request }: PrintedList,
  invocation: Invocation,
) {
  const columns = columnsOf(item);
  const style = yield* styleFor(invocation, columns);
  let [total, shown] = [0, 0];
  // Rows that go to the terminal as they come are their own progress.
  const stdio = yield* Stdio.Stdio;
  const isSeen = invocation.output === undefined && style.format !== "table" && (yield* stdio.stdoutIsTerminal);
  const progress = yield* makeRedrawnLine(!isSeen && (yield* stdio.stderrIsTerminal), 1000);
  const rows = list.pipe(
    Stream.mapEffect((page) => {
      const mistake = shown === 0 ? fieldMistake(page.rows, style) : undefined;
      total = Math.max(total, page.total);
      shown += page.rows.length;
      if (mistake !== undefined) return Effect.fail(usage(mistake));
      const text = Effect.sync(() => `${grouped(shown)} of ${grouped(Math.min(total, limit))} rows`);
      return Effect.as(progress.draw(text), page.rows);
    }),
    Stream.ensuring(progress.erase),
    Stream.flatMap(Stream.fromArray),
  );
  if (style.format === "table" || style.format === "markdown") {
    const all = yield* Stream.runCollect(rows);
    if (all.length === 0) yield* note("No rows");
    const names = columns !== undefined && request !== undefined && isForPeople(style)
      ? { names: yield* tableNames(columns, all, request) }
      : {};
    yield* print(all, invocation, { columns, ...names });
  } else {
    const text = style.format === "csv"
      ? csvStream(
        rows,
        style,
        [...membersOf(item).keys()],
        (fields) =>
          note(
            clean(
              `Left out, because the first rows do not have them: ${
                fields.join(", ")
              }. To print them, name them in --fields`,
            ),
          ),
      )
      : jsonStream(rows, style);
    // A reader such as `head` has all that it wants.
    if (!(yield* writeUntilClosed(text, invocation.output))) return;
  }
  if (limit !== Infinity && offset + shown < total) {
    yield* note(`${shown} of ${grouped(total)} rows. Use --all for all of them`);
  }
});
