/**
 * Values as people read them in tables: times, durations, statuses and names in short words, and the headings of
 * columns. `text_table.ts` lays them out.
 *
 * @module
 */
import * as DateTime from "effect/DateTime";
import * as Option from "effect/Option";
import * as Predicate from "effect/Predicate";
import { kindOfField, nounOf } from "../../groups/id_fields.ts";
import { State } from "../../shared_fields.ts";
import { parseTimestamp } from "../../time.ts";
import { counted } from "./counted.ts";
import { asText } from "./row_fields.ts";
import { clean } from "./safe_text.ts";

/** How tables and cards show times. */
export const timeForms = ["relative", "local", "utc"] as const;

/** A form of times: how long ago; or date and time of day, in this machine's time zone or in UTC. */
export type TimeForm = typeof timeForms[number];

/** The names of things, by the column that has their ids. */
export type NamesByColumn = ReadonlyMap<string, ReadonlyMap<unknown, string>>;

/** How values are shown. */
export interface CellStyle {
  /** The form of times (default: relative). */
  readonly time?: TimeForm;
  /** Names that replace ids. */
  readonly names?: NamesByColumn;
}

/** A value in a table: one short line. `now` is in milliseconds. */
export function cellText(column: string, value: unknown, { names, time = "relative" }: CellStyle, now: number): string {
  const known = names?.get(column);
  if (known !== undefined && value !== null) {
    return clean([value].flat().map((id) => known.get(id) ?? asText(id)).join(", "));
  }
  if (isTime(column, value)) return time === "relative" ? shortAgo(value, now) : clockTime(value, time);
  if (isRun(value)) {
    const { created_at, finished_at, started_at, status_humanized } = value;
    const at = [finished_at, started_at, created_at].find((at) => typeof at === "string");
    return [status_humanized, at].filter(Predicate.isString).map((part) => cellText(column, part, { time }, now)).join(
      " ",
    );
  }
  if (/executionTimes?$/i.test(column) && value !== null && value !== undefined) {
    return [value].flat().map((time) => typeof time === "number" ? seconds(time) : asText(time)).join(", ");
  }
  // `GENERIC_DATA_TEST`, `UNIT_TEST`.
  if (column.endsWith("testType") && typeof value === "string") {
    return value.toLowerCase().replace(/(?:_data)?_test$/, "");
  }
  if (column.endsWith("duration") && typeof value === "string") return shortDuration(value);
  if (typeof value === "number" && !Number.isInteger(value)) return rounded(value);
  if (column === "state") return Object.entries(State).find(([, state]) => state === value)?.[0] ?? asText(value);
  return clean(isScalarList(value) ? value.join(", ") : asText(value));
}

/** A number with two decimal places at most, or two digits if it is smaller. */
function rounded(value: number): string {
  return String(Number(Math.abs(value) < 0.01 ? value.toPrecision(2) : value.toFixed(2)));
}

/** Whether a value is a run within another row: it shows how it ended, and when. */
function isRun(value: unknown): value is Readonly<Record<string, unknown>> {
  return Predicate.isReadonlyObject(value) && "status_humanized" in value;
}

/** Whether a field is a time. */
export function isTime(field: string, value: unknown): value is string {
  // `last_login` and the like are times too.
  return typeof value === "string" &&
    (/_at$/.test(field) || /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:/.test(value));
}

/** Whether a value is a list of texts and numbers. */
export function isScalarList(value: unknown): value is ReadonlyArray<unknown> {
  return Array.isArray(value) && !value.some((item) => typeof item === "object");
}

// ---- times ----------------------------------------------------------------------------------------------------------

/** Units of time, the longest first, in seconds. */
const units = [[31_536_000, "y", "year"], [86_400, "d", "day"], [3600, "h", "hour"], [60, "m", "minute"], [
  1,
  "s",
  "second",
]] as const;

/** How long ago, in the longest unit that fits; undefined if the text is no time. */
function sinceThen(timestamp: string, now: number) {
  const time = parseTimestamp(timestamp);
  if (Option.isNone(time)) return undefined;
  const seconds = Math.round((now - DateTime.toEpochMillis(time.value)) / 1000);
  const [size, short, long] = units.find(([size]) => Math.abs(seconds) >= size) ?? units[4];
  return { count: Math.floor(Math.abs(seconds) / size), isAhead: seconds < 0, long, short };
}

/** How long ago, in few letters: `5m ago`. */
function shortAgo(timestamp: string, now: number): string {
  const since = sinceThen(timestamp, now);
  if (since === undefined) return clean(timestamp);
  const text = `${since.count}${since.short}`;
  return since.isAhead ? `in ${text}` : `${text} ago`;
}

/** How long ago, as dbt words it: `5 minutes ago`. */
export function longAgo(timestamp: string, now: number): string {
  const since = sinceThen(timestamp, now);
  if (since === undefined) return clean(timestamp);
  const text = counted(since.count, since.long);
  return since.isAhead ? `in ${text}` : `${text} ago`;
}

/** Date and time of day, to the minute: `2026-01-31 12:05`, with a `Z` in UTC. */
export function clockTime(timestamp: string, form: Exclude<TimeForm, "relative">): string {
  const time = parseTimestamp(timestamp);
  if (Option.isNone(time)) return clean(timestamp);
  const date = DateTime.toDateUtc(time.value);
  if (form === "utc") return `${date.toISOString().slice(0, 16).replace("T", " ")}Z`;
  const pad = (part: number) => String(part).padStart(2, "0");
  const day = [date.getFullYear(), pad(date.getMonth() + 1), pad(date.getDate())].join("-");
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

/** A duration as dbt Cloud writes it, `00:01:04`, in short words: `1m 04s`. */
function shortDuration(text: string): string {
  const parts = /^(\d+):(\d\d):(\d\d)$/.exec(text)?.slice(1).map(Number);
  return parts === undefined ? clean(text) : elapsed(parts.reduce((seconds, part) => seconds * 60 + part, 0));
}

/** A time in seconds: with a decimal if it is less than a minute. */
function seconds(time: number): string {
  return time < 60 ? `${time.toFixed(1)}s` : elapsed(time);
}

/** A duration for people, without leading zeros: `1h 02m 03s`, `5s`. */
export function elapsed(seconds: number): string {
  const whole = Math.floor(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (hours > 0) return `${hours}h ${String(minutes).padStart(2, "0")}m ${String(rest).padStart(2, "0")}s`;
  return minutes > 0 ? `${minutes}m ${String(rest).padStart(2, "0")}s` : `${rest}s`;
}

// ---- headings -------------------------------------------------------------------------------------------------------

/** Short headings of columns: `JOB` of `job_definition_id`, `STATUS` of `status_humanized`, `BRANCH` of `git_branch`. */
export function headingsOf(columns: ReadonlyArray<string>): ReadonlyArray<string> {
  const short = columns.map((column) => heading(column.split(".").at(-1) ?? column));
  return columns.map((column, index) => {
    const text = short[index] ?? column;
    const isTwice = short.filter((other) => other === text).length > 1;
    if (!isTwice) return text;
    return isCamel(column) && !column.includes(".") ? spaced(column) : column.split(".").map(heading).join(" ");
  });
}

/** The long names of the Discovery API in fewer words. */
const shorter: ReadonlyArray<readonly [RegExp, string]> = [
  [/^lastRun(?=Id$)/, "run"],
  [/^(?:lastRun|total|is|execute|dbt(?:Cloud|Core)?)(?=[A-Z])/, ""],
  [/executionTimes?$/i, "Time"],
  [/^(?:resource|test|exposure)Type$/, "type"],
  // In a lineage: whether the selection itself names the node.
  [/^matchesMethod$/, "selected"],
  [/(?<=^materialized)Type$/, ""],
  [/Percentage$/, " %"],
  [/(?<=source|column|owner|package|relation|project)Name$/i, ""],
  [/(?<!unique|Unique)(?:Id|At)$/, ""],
];

function heading(field: string): string {
  const kind = kindOfField(field);
  const plain = isCamel(field) ? shorter.reduce((text, [long, short]) => text.replace(long, short), field) : field;
  const words = kind === undefined
    ? plain.replace(/__count$/, "s").replace(/(?!^)(?:_humanized|_at)$/, "").replace(/^(?:git|is)_(?=.)/, "")
      .replace(/^most_recent_/, "last_")
      .replace(/^(deployment|license)_type$/, "$1").replace(/^fullname$/, "name")
    : nounOf(kind) + (field.endsWith("s") ? "s" : "");
  return spaced(words);
}

function isCamel(field: string): boolean {
  return /[a-z][A-Z]/.test(field);
}

/** The words of a name in capitals, with spaces between them. */
function spaced(name: string): string {
  return clean(name.replaceAll(/([a-z])(?=[A-Z])/g, "$1 ").replaceAll(/_+/g, " ")).toUpperCase();
}
