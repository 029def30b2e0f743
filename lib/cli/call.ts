/**
 * One row of the table, called from the command line: from flags and payload to a request, from the answer to output.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import * as SchemaAST from "effect/SchemaAST";
import * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import * as Terminal from "effect/Terminal";
import { TerminalCapabilities } from "effect/cli/TerminalCapabilities";
import { Dbt } from "../client.ts";
import type { Download, Endpoint, Page } from "../endpoint.ts";
import { DbtError } from "../error.ts";
import { paginate } from "../pages.ts";
import { bodyFields, fieldOf, pathNames, place, type Placed } from "../request.ts";
import { columnsOf, masked } from "../schema.ts";
import { type AnyRequest, type Callable, type Row, table } from "../table.ts";
import { UsageError } from "./exit.ts";
import { type FieldFlag, readValue, readValues } from "./flags.ts";
import { fieldsOf, type Format, line, pick, render, type Style } from "./output.ts";
import { note, readStdin, write } from "./write.ts";

/** What every command is told: by flags, or by the environment. */
export interface Invocation {
  /** How to print; what stdout is decides when absent. */
  readonly format: Option.Option<Format>;
  /** The fields to print. */
  readonly fields: Option.Option<string>;
  /** Print the server's bytes. */
  readonly raw: boolean;
  /** The file to write. */
  readonly output: Option.Option<string>;
  /** Do not ask. */
  readonly yes: boolean;
  /** Print the request, and send nothing. */
  readonly dryRun: boolean;
}

/** What was typed for one row. */
export interface Typed {
  /** The flags' texts, by name; none when the flag is absent. */
  readonly flags: Readonly<Record<string, ReadonlyArray<string>>>;
  /** The words behind group and verb, by the field that they fill: see {@linkcode positional}. */
  readonly words: Readonly<Record<string, Option.Option<string>>>;
  /** `--payload`, unread. */
  readonly payload: Option.Option<string>;
}

/** What a command needs. */
export type CommandServices = Dbt | FileSystem.FileSystem | Stdio.Stdio | Terminal.Terminal;

// ---- the request ----------------------------------------------------------------------------------------------------

const usage = (message: string) => new UsageError({ message });

/** The request that was typed: the payload, with the flags over it. */
export const requestOf = Effect.fnUntraced(function* (
  { call }: Row,
  flags: ReadonlyArray<FieldFlag>,
  typed: Typed,
): Effect.fn.Return<Record<string, unknown>, UsageError, FileSystem.FileSystem | Stdio.Stdio> {
  const request: Record<string, unknown> = {};
  if (Option.isSome(typed.payload)) {
    const payload = yield* readJson(typed.payload.value);
    if ("payload" in call && call.payload !== undefined) request[call.payload] = payload;
    else if (isRecord(payload)) Object.assign(request, payload);
    else return yield* usage("--payload is not a JSON object");
  }
  for (const flag of flags) {
    const texts = typed.flags[flag.name] ?? [];
    if (texts.length === 0) continue;
    const values = yield* fromResult(flag.takes === "many" ? readValues(flag, texts) : single(flag, texts));
    if (flag.plural !== undefined && values.length > 1) request[flag.plural] = values;
    else set(request, flag.path, flag.takes === "many" && flag.plural === undefined ? values : values[0]);
  }
  for (const [name, word] of Object.entries(typed.words)) {
    const flag = flags.find(({ path }) => path[0] === name);
    if (flag === undefined || Option.isNone(word)) continue;
    if ((typed.flags[flag.name] ?? []).length > 0) {
      return yield* usage(`--${flag.name} is given twice: as a flag, and as the argument "${word.value}"`);
    }
    request[name] = yield* fromResult(readValue(flag, word.value));
  }
  const [since, until] = [typed.flags.since?.[0], typed.flags.until?.[0]];
  if (since !== undefined || until !== undefined) {
    const now = yield* Clock.currentTimeMillis;
    request.created_at__range = [
      since === undefined ? "1970-01-01T00:00:00" : yield* fromResult(readTime("since", since, now)),
      until === undefined ? wireTime(now) : yield* fromResult(readTime("until", until, now)),
    ];
  }
  return request;
});

/** The fields that may be given as arguments: the last id of the path, and the tail behind it. */
export function positional(call: Callable): ReadonlyArray<string> {
  if (!("route" in call)) return Object.keys(call.request).filter((name) => name.endsWith("_id")).slice(-1);
  // The account contains nearly everything; it is the thing itself only at the end.
  const names = pathNames(call.route).filter((name) => name !== "account_id" || /:account_id\/?$/.test(call.route));
  return call.route.endsWith("*") ? names.slice(-2) : names.slice(-1);
}

/** A time as it is typed, `24h` ago or RFC 3339, as the API compares it: in UTC, without an offset. */
function readTime(flag: string, text: string, now: number): Result.Result<string, string> {
  const seconds = readDuration(text);
  if (seconds !== undefined) return Result.succeed(wireTime(now - seconds * 1000));
  const time = Date.parse(
    /[zZ]|[+-]\d\d:?\d\d$/.test(text) || !text.includes(":") ? text : `${text.replace(" ", "T")}Z`,
  );
  return Number.isNaN(time)
    ? Result.fail(`--${flag}: "${text}" is neither a time nor how long ago: 24h, 7d, 2026-01-31T12:00`)
    : Result.succeed(wireTime(time));
}

function wireTime(millis: number): string {
  return new Date(millis).toISOString().slice(0, 19);
}

/** Seconds from `90`, `90s`, `15m`, `2h` or `7d`. */
export function readDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text);
  const units: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86400 };
  return match === null ? undefined : Number(match[1]) * (units[match[2] ?? ""] ?? 1);
}

function single(flag: FieldFlag, texts: ReadonlyArray<string>): Result.Result<Array<unknown>, string> {
  return texts.length > 1
    ? Result.fail(`--${flag.name} is given ${texts.length} times, and takes one value`)
    : Result.map(readValue(flag, texts[0] ?? ""), (value) => [value]);
}

/** Reads JSON from a flag: the text itself, `@file`, or `-` for stdin. */
export const readJson = Effect.fnUntraced(function* (payload: string) {
  const text = payload === "-" ? yield* readStdin : payload.startsWith("@")
    ? yield* Effect.mapError(
      (yield* FileSystem.FileSystem).readFileString(payload.slice(1)),
      () => usage(`--payload: cannot read ${payload.slice(1)}`),
    )
    : payload;
  return yield* Effect.try({
    try: (): unknown => JSON.parse(text),
    catch: (error) => usage(`--payload is not JSON: ${error instanceof Error ? error.message : error}`),
  });
});

function set(request: Record<string, unknown>, path: ReadonlyArray<string>, value: unknown): void {
  const [name = "", ...rest] = path;
  if (rest.length === 0) request[name] = value;
  else {
    const inner = isRecord(request[name]) ? { ...request[name] } : {};
    set(inner, rest, value);
    request[name] = inner;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const fromResult = <A>(result: Result.Result<A, string>): Effect.Effect<A, UsageError> =>
  Effect.mapError(Effect.fromResult(result), usage);

// ---- updates that replace -------------------------------------------------------------------------------------------

/**
 * The whole thing with the changes over it: what an endpoint that replaces must be sent, so that nothing is blanked.
 * Says on stderr what changes.
 */
const merged = Effect.fnUntraced(function* (call: Endpoint<AnyRequest, unknown>, request: Record<string, unknown>) {
  const reader = table.find((row): row is Row & { readonly call: Endpoint<AnyRequest, unknown> } =>
    row.call.kind === "endpoint" && row.call.route === call.route.replace(/^[A-Z]+/, "GET")
  );
  if (reader === undefined) return request;
  const names = pathNames(call.route);
  const ids = Object.fromEntries(names.flatMap((name) => request[name] === undefined ? [] : [[name, request[name]]]));
  const current = yield* reader.call(ids);
  if (!isRecord(current)) return request;
  const whole: Record<string, unknown> = { ...ids };
  for (const name of new Set([...Object.keys(current), ...Object.keys(request)])) {
    if (names.includes(name)) continue;
    const [before, given] = [current[name], request[name]];
    whole[name] = given === undefined ? before : isRecord(before) && isRecord(given) ? { ...before, ...given } : given;
    if (given !== undefined) { for (const change of changes(name, before, whole[name])) yield* note(change); }
  }
  return writable(call, whole);
});

/** What is different, a line for the old and a line for the new; for things with members, only the members that are. */
function changes(name: string, before: unknown, after: unknown): ReadonlyArray<string> {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return isRecord(before) && isRecord(after)
    ? [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((member) =>
      changes(`${name}.${member}`, before[member], after[member])
    )
    : [`- ${name}: ${JSON.stringify(before)}\n+ ${name}: ${JSON.stringify(after)}`];
}

/** Without what the answer has and the request has not: fields that only dbt Cloud writes. */
function writable(call: Endpoint<AnyRequest, unknown>, request: Record<string, unknown>): Record<string, unknown> {
  const sent = [...pathNames(call.route), ...bodyFields(call), ...call.query ?? []];
  const readonly = membersOf(call.success.schema.ast).filter((name) => !sent.includes(name));
  return Object.fromEntries(Object.entries(request).filter(([name]) => !readonly.includes(name)));
}

function membersOf(ast: SchemaAST.AST): ReadonlyArray<string> {
  return SchemaAST.isObjects(ast) ? ast.propertySignatures.map(({ name }) => String(name)) : [];
}

// ---- the call -------------------------------------------------------------------------------------------------------

/** Calls a row as it was typed, and prints what it answers. */
export const callRow = Effect.fnUntraced(function* (
  row: Row,
  flags: ReadonlyArray<FieldFlag>,
  typed: Typed,
  options: { readonly limit: Option.Option<number>; readonly all: boolean; readonly replace: boolean },
  invocation: Invocation,
): Effect.fn.Return<void, DbtError | UsageError, CommandServices> {
  const { call } = row;
  let request = yield* requestOf(row, flags, typed);
  if (call.kind === "workflow") {
    if (invocation.dryRun) return yield* usage(`${call.name} is more than one request: --dry-run cannot show it`);
    if (row.verb === "delete") yield* confirm(call.summary, invocation);
    return yield* print(yield* call(request), invocation, undefined);
  }
  if (call.kind === "endpoint" && !call.route.startsWith("GET ")) {
    if (call.replaces && !options.replace) request = yield* merged(call, request);
    else request = writable(call, request);
  }
  if (isList(call) && call.order !== undefined && request.order_by === undefined) request.order_by = call.order;
  const placed = yield* placing(call, request);
  if (invocation.dryRun) return yield* dryRun(hideSecrets(call, placed), invocation);
  if (placed.method === "DELETE") yield* confirm(`${call.summary}: ${placed.path}`, invocation);
  if (call.kind === "download") return yield* write(call(request), Option.getOrUndefined(invocation.output));
  if (invocation.raw) {
    const { text } = yield* Dbt.use((dbt) => dbt.execute(call.name, placed));
    return yield* write(Stream.make(text), Option.getOrUndefined(invocation.output));
  }
  if (isList(call)) return yield* list(call, request, options, invocation);
  const answer = yield* Dbt.use((dbt) => dbt.submit(call, placed));
  yield* print(answer, invocation, columnsOf(call.success.schema.ast));
});

/** Whether an endpoint answers a {@linkcode Page} that can be asked for in parts. */
export function isList(call: Callable): call is Endpoint<AnyRequest, Page<unknown>> {
  return call.kind === "endpoint" && call.success.from === "page" && "limit" in call.request;
}

/** Places a request whose body is in its wire form. */
export const placing = Effect.fnUntraced(
  function* (call: Endpoint<AnyRequest, unknown> | Download<AnyRequest>, request: AnyRequest) {
    const { defaults } = yield* Dbt;
    return yield* Effect.mapError(
      Effect.fromResult(place(call, request, defaults, "wire")),
      (detail) => new DbtError({ endpoint: call.name, reason: { _tag: "Unsendable", detail } }),
    );
  },
);

/** A request for people to see. */
function hideSecrets(call: Endpoint<AnyRequest, unknown> | Download<AnyRequest>, placed: Placed): Placed {
  const hide = (name: string, value: unknown) => {
    const schema = fieldOf(call, name);
    return schema === undefined ? value : masked(schema.ast, value);
  };
  if (call.payload !== undefined) return { ...placed, body: hide(call.payload, placed.body) };
  return isRecord(placed.body)
    ? {
      ...placed,
      body: Object.fromEntries(Object.entries(placed.body).map(([name, value]) => [name, hide(name, value)])),
    }
    : placed;
}

/** Prints the request instead of sending it. */
export const dryRun = Effect.fnUntraced(function* ({ method, path, query, body }: Placed, invocation: Invocation) {
  const { url } = yield* Dbt;
  const search = query.length === 0 ? "" : `?${new URLSearchParams(query.map(([name, value]) => [name, value]))}`;
  const text = `${method} ${url}${path}${search}\nAuthorization: Bearer ***\n` +
    (body === undefined ? "" : `Content-Type: application/json\n\n${JSON.stringify(body, null, 2)}\n`);
  yield* write(Stream.make(text), Option.getOrUndefined(invocation.output));
});

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

const list = Effect.fnUntraced(function* (
  call: Endpoint<AnyRequest, Page<unknown>>,
  { limit: _, ...request }: AnyRequest,
  { all, limit }: { readonly limit: Option.Option<number>; readonly all: boolean },
  invocation: Invocation,
) {
  const most = all ? Infinity : Option.getOrElse(limit, () => 100);
  const columns = columnsOf(itemOf(call.success.schema.ast));
  if (most <= 100) {
    const page = yield* call({ ...request, limit: most });
    yield* print(page.data, invocation, columns);
    const total = page.extra?.pagination?.total_count ?? 0;
    const offset = typeof request.offset === "number" ? request.offset : 0;
    if (offset + page.data.length < total) yield* cut(page.data.length, total);
    return;
  }
  const rows = paginate(call, request).pipe(Stream.take(most));
  const style = yield* styleOf(invocation, columns);
  if (style.format === "jsonl") {
    const fields = style.fields;
    return yield* write(
      // A page's lines at once: a write for each would take longer than reading them.
      Stream.mapArray(
        rows,
        (page) => [page.map((row) => line(fields === undefined ? row : pick(row, fields))).join("")],
      ),
      Option.getOrUndefined(invocation.output),
    );
  }
  yield* print(yield* Stream.runCollect(rows), invocation, columns);
});

const cut = (shown: number, total: number) => note(`${shown} of ${total.toLocaleString("en-US")}; --all for the rest`);

/** The item that a page's `data` is a list of. */
function itemOf(ast: SchemaAST.AST): SchemaAST.AST {
  const data = SchemaAST.isObjects(ast) ? ast.propertySignatures.find(({ name }) => name === "data")?.type : undefined;
  return data !== undefined && SchemaAST.isArrays(data) ? data.rest[0] ?? ast : ast;
}

// ---- printing -------------------------------------------------------------------------------------------------------

/** How this invocation prints: as it was told, or as stdout is. */
export const styleOf = Effect.fnUntraced(function* (
  { fields, format, output }: Invocation,
  columns: ReadonlyArray<string> | undefined,
): Effect.fn.Return<Style, never, Stdio.Stdio | Terminal.Terminal> {
  const stdio = yield* Stdio.Stdio;
  const terminal = Option.isNone(output) && (yield* stdio.stdoutIsTerminal);
  return {
    format: Option.getOrElse(format, () => terminal ? "table" : "json"),
    ...(Option.isSome(fields) ? { fields: fields.value.split(",").map((field) => field.trim()) } : {}),
    ...(columns === undefined ? {} : { columns }),
    color: Option.isNone(output) && (yield* TerminalCapabilities).canColor,
    width: terminal ? yield* Effect.flatMap(Terminal.Terminal, ({ columns }) => columns) : Infinity,
  };
});

/** Prints a value; a field that nothing has is a mistake that is said. */
export const print = Effect.fnUntraced(function* (
  value: unknown,
  invocation: Invocation,
  columns: ReadonlyArray<string> | undefined,
) {
  const style = yield* styleOf(invocation, columns);
  const rows = Array.isArray(value) ? value : [value];
  const known = new Set(rows.flatMap(fieldsOf));
  const unknown = rows.length === 0 ? undefined : style.fields?.find((field) => !known.has(field.split(".")[0] ?? ""));
  if (unknown !== undefined) {
    return yield* usage(`--fields: nothing has "${unknown}". There is: ${[...known].join(", ")}`);
  }
  const text = yield* render(value, style);
  yield* write(Stream.make(text), Option.getOrUndefined(invocation.output));
});
