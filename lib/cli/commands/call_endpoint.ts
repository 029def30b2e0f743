/**
 * Calls a row of the table and prints its answer: what every command without a program of its own does. Programs use
 * its parts: the question before a delete, and the request that `--dry-run` prints.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import * as Predicate from "effect/Predicate";
import * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import * as Terminal from "effect/Terminal";
import { Dbt } from "../../dbt.ts";
import type { Download, Endpoint, Page, Workflow } from "../../endpoint.ts";
import { DbtError } from "../../error.ts";
import { pages } from "../../paginate.ts";
import { fieldOf, place, type Placed, readRequest, writable } from "../../request.ts";
import { columnsOf, masked } from "../../schema.ts";
import type { AnyRequest, Callable, Row } from "../../groups/table_entry.ts";
import { usage, type UsageError } from "../output/exit_code.ts";
import { flagName } from "../input/field_flags.ts";
import { merged } from "../input/merge_update.ts";
import { csvStream, line } from "../output/render.ts";
import { pick } from "../output/row_fields.ts";
import { clean } from "../output/safe_text.ts";
import { checkOutput, type Invocation, itemOf, mistaken, print, styleOf } from "../output/print.ts";
import { note, write } from "../output/write_output.ts";
import type { CommandServices } from "./with_dbt.ts";

/** Calls a row, and prints what it answers. The request is as it was typed: what goes into a body is in its wire form. */
export const callRow = Effect.fnUntraced(function* (
  row: Row,
  typed: Record<string, unknown>,
  options: { readonly all: boolean; readonly replace: boolean },
  invocation: Invocation,
): Effect.fn.Return<void, DbtError | UsageError, CommandServices> {
  const { call } = row;
  if (call.kind === "workflow") return yield* callWorkflow(call, row.verb, typed, invocation);
  const limit = isList(call) ? yield* limitOf(typed, options.all, invocation) : 100;
  let request = typed;
  if (call.kind === "endpoint" && !call.route.startsWith("GET ")) {
    for (const name of Object.keys(writable(call, typed)).filter((name) => !Object.hasOwn(call.request, name))) {
      yield* note(`--payload: "${clean(name)}" is not a field that dbtc knows here. It is sent as it is`);
    }
    if (call.replaces && !options.replace) {
      const { changed, current, whole } = yield* merged(call, row.reader, typed);
      if (!changed && !invocation.dryRun) {
        yield* note("Nothing changes: nothing was sent");
        return yield* print(current, invocation, columnsOf(call.success.schema.ast));
      }
      request = whole;
    } else request = writable(call, typed);
  }
  if (isList(call)) {
    if (call.order !== undefined) request.order_by ??= call.order;
    request.limit = Math.min(limit, 100);
  }
  const placed = yield* placing(call, request);
  yield* checkOutput(invocation);
  if (invocation.dryRun) return yield* printRequest(hideSecrets(call, placed), invocation);
  if (placed.method === "DELETE") yield* confirm(`${call.summary}: ${placed.path}`, invocation);
  if (call.kind === "download") return yield* received(String(request.path ?? call.name), call(request), invocation);
  if (invocation.raw) {
    const { text } = yield* Dbt.use((dbt) => dbt.execute(call.name, placed, Result.succeed));
    const { observeRaw } = yield* Effect.promise(() => import("../output/print_drift.ts"));
    yield* observeRaw(placed, text);
    return yield* write(Stream.make(text), Option.getOrUndefined(invocation.output));
  }
  if (isList(call)) return yield* printList(call, request, limit, invocation);
  const { submit } = yield* Effect.promise(() => import("../../client/send_placed.ts"));
  const answer = yield* submit(call, placed);
  const { ast } = call.success.schema;
  const written = placed.method !== "GET";
  yield* isPage(call, answer)
    ? print(answer.data, invocation, columnsOf(itemOf(ast)), written)
    : print(answer, invocation, columnsOf(ast), written);
});

const callWorkflow = Effect.fnUntraced(function* (
  call: Workflow<AnyRequest, unknown>,
  verb: string,
  typed: Record<string, unknown>,
  invocation: Invocation,
) {
  if (invocation.dryRun) return yield* manyRequests(call);
  const request = readRequest(call, typed);
  if (Result.isFailure(request)) return yield* unsendable(call.name, request.failure);
  yield* checkOutput(invocation);
  if (verb === "delete") yield* confirm(call.summary, invocation);
  const answer = yield* call(request.success);
  yield* isFile(answer)
    ? received(String(typed.path ?? call.name), answer, invocation)
    : print(answer, invocation, undefined);
});

/** How many rows of a list to print. */
const limitOf = Effect.fnUntraced(function* (
  { limit }: Record<string, unknown>,
  all: boolean,
  { raw }: Invocation,
) {
  if (limit !== undefined && !(typeof limit === "number" && limit > 0)) {
    return yield* usage(`--limit: "${limit}" is not a number of rows`);
  }
  if (all && limit !== undefined) return yield* usage("--all and --limit contradict each other");
  const most = all ? Infinity : limit ?? 100;
  if (raw && most > 100) return yield* usage("--raw prints one answer, which has 100 rows at most");
  return most;
});

/** `--dry-run` of what is more than one request. */
export function manyRequests({ name }: { readonly name: string }): UsageError {
  return usage(`${name} is more than one request: --dry-run cannot show it`);
}

/** A request that cannot be sent, and why. Names the flags of fields that are missing. */
export function unsendable(endpoint: string, why: string): DbtError {
  const detail = why.replace(
    /^([\w, ]+) (?:is|are) missing$/,
    (said, names: string) => `${said}: give ${names.split(", ").map((name) => `--${flagName(name)}`).join(", ")}`,
  );
  return new DbtError({ endpoint, reason: { _tag: "Unsendable", detail } });
}

/** Receives a file. Loaded where it is used: few commands do. */
const received = Effect.fnUntraced(
  function* (name: string, bytes: Stream.Stream<Uint8Array, DbtError, Dbt>, invocation: Invocation) {
    const { receive } = yield* Effect.promise(() => import("../output/write_download.ts"));
    return yield* receive(name, bytes, invocation);
  },
);

/** Whether an answer is a page: what is printed of one is its rows. */
function isPage({ success }: Endpoint<AnyRequest, unknown>, answer: unknown): answer is Page<unknown> {
  return success.from === "page" && Predicate.isObject(answer);
}

/** Whether a workflow answers a file: the only stream that one of them gives. */
function isFile(answer: unknown): answer is Stream.Stream<Uint8Array, DbtError, Dbt> {
  return Stream.isStream(answer);
}

/** Whether an endpoint answers a {@linkcode Page} that can be asked for in parts. */
export function isList(call: Callable): call is Endpoint<AnyRequest, Page<unknown>> {
  return call.kind === "endpoint" && call.success.from === "page" && "limit" in call.request;
}

/** Places a request whose body is in its wire form. */
const placing = Effect.fnUntraced(
  function* (call: Endpoint<AnyRequest, unknown> | Download<AnyRequest>, request: AnyRequest) {
    const { defaults } = yield* Dbt;
    const placed = place(call, request, defaults, "wire");
    return Result.isSuccess(placed) ? placed.success : yield* unsendable(call.name, placed.failure);
  },
);

/** Prints the request of a row instead of sending it. What goes into a body is in its wire form. */
export const printCall = Effect.fnUntraced(function* ({ call }: Row, typed: AnyRequest, invocation: Invocation) {
  if (call.kind === "workflow") return yield* manyRequests(call);
  yield* printRequest(hideSecrets(call, yield* placing(call, typed)), invocation);
});

/** A request for people to see. */
function hideSecrets(call: Endpoint<AnyRequest, unknown> | Download<AnyRequest>, placed: Placed): Placed {
  const hide = (name: string, value: unknown) => {
    const schema = fieldOf(call, name);
    return schema === undefined ? value : masked(schema.ast, value);
  };
  if (call.payload !== undefined) return { ...placed, body: hide(call.payload, placed.body) };
  return Predicate.isObject(placed.body)
    ? {
      ...placed,
      body: Object.fromEntries(Object.entries(placed.body).map(([name, value]) => [name, hide(name, value)])),
    }
    : placed;
}

/** Prints a request instead of sending it. */
export const printRequest = Effect.fnUntraced(
  function* ({ method, path, query, body }: Placed, invocation: Invocation) {
    const { url } = yield* Dbt;
    const search = query.length === 0 ? "" : `?${new URLSearchParams(query.map(([name, value]) => [name, value]))}`;
    const text = `${method} ${url}${path}${search}\nAuthorization: Bearer ***\n` +
      (body === undefined ? "" : `Content-Type: application/json\n\n${JSON.stringify(body, null, 2)}\n`);
    yield* write(Stream.make(text), Option.getOrUndefined(invocation.output));
  },
);

/** Asks on a terminal; anywhere else only `--yes` will do. */
export const confirm = Effect.fnUntraced(function* (
  what: string,
  { yes }: Invocation,
): Effect.fn.Return<void, UsageError, FileSystem.FileSystem | Stdio.Stdio | Terminal.Terminal> {
  if (yes) return;
  const stdio = yield* Stdio.Stdio;
  if (!((yield* stdio.stdinIsTerminal) && (yield* stdio.stderrIsTerminal))) {
    return yield* usage(`${what}\nNothing was sent: this needs --yes, or a terminal to ask on`);
  }
  yield* note(`${what}\nType yes to go on:`);
  const { readLine } = yield* Terminal.Terminal;
  const answer = yield* Effect.orElseSucceed(readLine, () => "");
  if (answer.trim() !== "yes") return yield* usage("Nothing was sent");
});

/** Prints the rows of a list, and says when there are more. */
const printList = Effect.fnUntraced(function* (
  call: Endpoint<AnyRequest, Page<unknown>>,
  request: AnyRequest,
  most: number,
  invocation: Invocation,
) {
  const columns = columnsOf(itemOf(call.success.schema.ast));
  const offset = typeof request.offset === "number" ? request.offset : 0;
  let [total, shown] = [0, 0];
  const rows = pages(call, request, { rows: most }).pipe(
    Stream.tap(({ data, extra }) =>
      Effect.sync(() => {
        total = Math.max(total, extra?.pagination?.total_count ?? 0);
        shown += data.length;
      })
    ),
    Stream.flatMap(({ data }) => Stream.fromArray(data)),
  );
  const style = yield* styleOf(invocation, columns);
  if (style.format === "jsonl") {
    const { fields } = style;
    yield* write(
      // A page's lines at once: a write for each would take longer than reading them.
      Stream.mapArray(
        rows,
        (page) => [page.map((row) => line(fields === undefined ? row : pick(row, fields))).join("")],
      ),
      Option.getOrUndefined(invocation.output),
    );
  } else if (style.format === "csv") {
    let begun = false;
    const checked = Stream.mapArrayEffect(rows, (page) => {
      const mistake = begun ? undefined : mistaken(page, style);
      begun = true;
      return mistake === undefined ? Effect.succeed(page) : Effect.fail(usage(mistake));
    });
    const late = (fields: ReadonlyArray<string>) =>
      note(clean(`Not printed, since the first rows do not have them: ${fields.join(", ")}. Name them in --fields`));
    yield* write(csvStream(checked, style, late), Option.getOrUndefined(invocation.output));
  } else {
    const all = yield* Stream.runCollect(rows);
    if (all.length === 0 && style.format === "table") yield* note("No rows");
    yield* print(all, invocation, columns);
  }
  if (offset + shown < total) yield* note(`${shown} of ${total.toLocaleString("en-US")}; --all for the rest`);
});
