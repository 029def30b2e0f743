/**
 * `dbtc sl query`, `sl compile`, `sl list-dimension-values` and `sl search-metrics`: metrics by dimensions, as rows, a
 * chart, SQL or Arrow.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import { columnsOf } from "../../schema.ts";
import { searchMetrics } from "../../semantic_layer/metadata_queries.ts";
import { Metric } from "../../semantic_layer/metric_models.ts";
import { compile, listDimensionValues, query } from "../../semantic_layer/metric_queries.ts";
import { metricOf, type QueryMetrics } from "../../semantic_layer/query_request.ts";
import { compileSql, dimensionValuesResult, type QueryResult, queryResult } from "../../semantic_layer/query_result.ts";
import type { Column, ResultRow } from "../../semantic_layer/result_row.ts";
import { integer, one, toggle } from "../input/flag_types.ts";
import { usage } from "../output/exit_code.ts";
import { fieldMistake, type Invocation, print, styleFor } from "../output/print.ts";
import { csvStream, jsonStream, render } from "../output/render.ts";
import { cleanLines } from "../output/safe_text.ts";
import { note, write, writeUntilClosed } from "../output/write_output.ts";
import { reportingPartialData } from "./partial_data.ts";
import { program } from "./program.ts";

const decimals = one(
  "decimals",
  integer("a number of decimal places", 0, 20),
  "Decimal places of numbers in a table (default: 2)",
);

/** Runs the query, and prints its rows as they come. */
export const slQuery = program(query, {
  arrow: true,
  flags: {
    compile: toggle("compile", false, "Print the SQL, and do not run it"),
    chart: toggle("chart", false, "Draw a line over time, or bars by category"),
    decimals,
  },
  run: Effect.fnUntraced(function* ({ flags: { chart, compile, decimals }, invocation, request }) {
    if (compile && chart) return yield* usage("--compile does not go with --chart");
    yield* checkAsked(request, "query");
    if (compile) return yield* printSql(request, invocation);
    const { arrow, fields, format } = invocation;
    if (chart && (arrow || fields !== undefined || (format !== undefined && format !== "table"))) {
      return yield* usage("--chart draws for people: it does not go with --format or --fields");
    }
    yield* checkArrow(invocation);
    const result = yield* queryResult(request);
    yield* chart ? drawChart(result, request, invocation) : printResult(result, invocation, decimals);
  }, reportingPartialData),
});

/** Prints the SQL. */
export const slCompile = program(compile, {
  flags: {},
  run: Effect.fnUntraced(function* ({ invocation, request }) {
    yield* checkAsked(request, "compile");
    yield* printSql(request, invocation);
  }, reportingPartialData),
});

/** Prints the metrics that are found. */
export const slSearchMetrics = program(searchMetrics, {
  flags: {},
  run: Effect.fnUntraced(function* ({ invocation, request }) {
    const metrics = yield* Stream.runCollect(searchMetrics(request));
    if (metrics.length === 0) yield* note("No rows");
    yield* print(metrics, invocation, { columns: columnsOf(Metric.ast) });
  }, reportingPartialData),
});

/** Prints the values. */
export const slListDimensionValues = program(listDimensionValues, {
  arrow: true,
  flags: { decimals },
  run: Effect.fnUntraced(function* ({ flags: { decimals }, invocation, request }) {
    yield* checkArrow(invocation);
    yield* printResult(yield* dimensionValuesResult(request), invocation, decimals);
  }, reportingPartialData),
});

/** Prints SQL as text, in a pipe too, unless `--format` or `--fields` asks for data. */
const printSql = Effect.fnUntraced(function* (request: QueryMetrics, invocation: Invocation) {
  const compiled = yield* compileSql(request);
  const { fields, format, output } = invocation;
  if (fields !== undefined || (format !== undefined && format !== "table")) return yield* print(compiled, invocation);
  yield* write(Stream.make(`${cleanLines(compiled.sql).replace(/\n$/, "")}\n`), output);
});

/** Refuses a query of nothing. */
const checkAsked = Effect.fnUntraced(function* ({ groupBy, metrics, savedQuery }: QueryMetrics, verb: string) {
  if (groupBy === undefined && metrics === undefined && savedQuery === undefined) {
    return yield* usage(
      `Which metrics? Try: dbtc sl ${verb} --metrics METRIC. dbtc sl list metrics shows what there is`,
    );
  }
});

/** Refuses to write bytes to a terminal. */
const checkArrow = Effect.fnUntraced(function* ({ arrow, fields, output }: Invocation) {
  if (!arrow) return;
  if (fields !== undefined) return yield* usage("--format arrow writes all columns: it does not go with --fields");
  const { stdoutIsTerminal } = yield* Stdio.Stdio;
  if (output === undefined && (yield* stdoutIsTerminal)) {
    return yield* usage("Arrow is no text for a terminal. Write it to a file: --format arrow -o result.arrow");
  }
});

const printResult = Effect.fnUntraced(function* (result: QueryResult, invocation: Invocation, decimals = 2) {
  const { output } = invocation;
  if (invocation.arrow) return yield* write(result.arrow, output);
  const columns = yield* result.columns;
  const names = columns.map(({ name }) => name);
  const style = yield* styleFor(invocation, names);
  // The columns are known, also of an empty result.
  const mistake = fieldMistake([Object.fromEntries(names.map((name) => [name, null]))], style);
  if (mistake !== undefined) return yield* usage(mistake);
  if (style.format === "table" || style.format === "markdown") {
    const rows = yield* Stream.runCollect(result.rows);
    if (rows.length === 0) yield* note("No rows");
    const right = columns.filter(({ kind }) => kind === "number").map(({ name }) => name);
    const shown = rows.map((row) => withDecimals(row, columns, decimalsOf(rows, columns, decimals)));
    return yield* write(
      Stream.make(yield* render(shown, { ...style, fields: style.fields ?? names, right, exactTimes: true })),
      output,
    );
  }
  // A page at a time: a result may be longer than the memory.
  const text = style.format === "csv"
    ? csvStream(result.rows, { ...style, fields: style.fields ?? names }, names, () => Effect.void)
    : jsonStream(result.rows, style);
  yield* writeUntilClosed(text, output);
});

/** How many decimal places the numbers of each column get, so that their points stand below each other. */
function decimalsOf(
  rows: ReadonlyArray<ResultRow>,
  columns: ReadonlyArray<Column>,
  most: number,
): ReadonlyMap<string, number> {
  return new Map(
    columns.filter(({ kind }) => kind === "number").map(({ name }) => {
      const places = rows.map((row) => String(row[name] ?? "").split(".")[1]?.length ?? 0);
      return [name, places.reduce((longest, length) => Math.min(most, Math.max(longest, length)), 0)] as const;
    }),
  );
}

/** A row for a table. A number that JavaScript holds as text keeps all its digits. */
function withDecimals(
  row: ResultRow,
  columns: ReadonlyArray<Column>,
  decimals: ReadonlyMap<string, number>,
): ResultRow {
  return Object.fromEntries(columns.map(({ name }) => {
    const value = row[name] ?? null;
    return [name, typeof value === "number" && decimals.has(name) ? value.toFixed(decimals.get(name)) : value];
  }));
}

/** The width of a chart that goes to a pipe or file, which have none. */
const defaultWidth = 80;

const drawChart = Effect.fnUntraced(function* (
  result: QueryResult,
  { metrics = [] }: QueryMetrics,
  invocation: Invocation,
) {
  const { metricCharts } = yield* Effect.promise(() => import("../output/metric_chart.ts"));
  const columns = yield* result.columns;
  const rows = yield* Stream.runCollect(result.rows);
  const style = yield* styleFor(invocation);
  const asked = metrics.map(metricOf).map(({ alias, name }) => alias ?? name);
  const numbers = columns.filter(({ kind }) => kind === "number").map(({ name }) => name);
  // The metrics come last; those of a saved query are not in the request.
  const drawn = asked.length > 0 ? columns.slice(-asked.length).map(({ name }) => name) : numbers;
  if (rows.length === 0) return yield* note("No rows");
  if (drawn.length === 0) return yield* usage("--chart needs a metric");
  const width = Number.isFinite(style.width) ? style.width : defaultWidth;
  yield* write(
    Stream.make(`${metricCharts({ columns, metrics: drawn, rows }, { color: style.color, width })}\n`),
    invocation.output,
  );
});
