/**
 * The flags that every command has: how to print, whether to ask, and how to reach dbt Cloud. `tree.ts` adds them to the
 * command, and commands read their values here.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Schedule from "effect/Schedule";
import * as GlobalFlag from "effect/cli/GlobalFlag";
import type { Given } from "../../client/config.ts";
import { variable } from "../../client/environment_variables.ts";
import { retry } from "../../client/retry.ts";
import { defined } from "../../defined.ts";
import { usage, type UsageError } from "../output/exit_code.ts";
import type { Invocation } from "../output/print.ts";
import { timeForms } from "../output/cell_text.ts";
import { formats } from "../output/render.ts";
import {
  choice,
  type CommandFlag,
  duration,
  file,
  integer,
  one,
  type Spelling,
  text,
  toggle,
  type ValueType,
} from "./flag_types.ts";

/** A flag, and the service that has its value while a command runs. */
function setting<A>(flag: CommandFlag<A>) {
  return { flag, value: GlobalFlag.Setting("flag")({ flag }) };
}

const format = choice(formats);
const formatOrArrow = choice([...formats, "arrow"]);

const fieldNames: ValueType<ReadonlyArray<string>> = {
  ...text("a,b.c"),
  read: (text) => Option.some(text.split(",").map((field) => field.trim())),
};

const time = choice(timeForms);

const settings = {
  format: setting(one("format", formatOrArrow, "Output format (default: table on a terminal, else json)")),
  fields: setting(one("fields", fieldNames, "Print only these fields")),
  time: setting(one("time", time, "Times in tables: how long ago, or the date and time of day (default: relative)")),
  escapeFormulas: setting(
    toggle("escape-formulas", false, "In csv, put ' before text that a spreadsheet takes for a formula"),
  ),
  output: setting(one("output", file, "Write to this file (default: stdout)", "o")),
  raw: setting(toggle("raw", false, "Print the response of dbt Cloud unchanged")),
  dryRun: setting(toggle("dry-run", false, "Print the request instead of sending it")),
  yes: setting(toggle("yes", false, "Do not ask before deleting, or before cancelling several runs")),
  context: setting(one("context", text("name"), "Saved context to use; see dbtc auth list (default: $DBTC_CONTEXT)")),
  host: setting(one("host", text("host"), "Access host of the account (default: $DBT_CLOUD_HOST)")),
  httpRetries: setting(one(
    "http-retries",
    integer("a number of retries", 0, 999_999_999),
    "Retry a request at most this often (default: depends on the error)",
  )),
  noHttpRetry: setting(toggle("no-http-retry", false, "Do not retry requests")),
  requestTimeout: setting(one(
    "request-timeout",
    duration,
    "Time limit of one request with its retries, such as 30 or 2m; for a file, until its first byte",
  )),
  drift: setting(toggle("drift", false, "Print on stderr where responses differ from what dbtc expects")),
};

/** The settings, for `Command.withGlobalFlags`. */
export const globalSettings = Object.values(settings).map(({ value }) => value);

/** How the global flags are spelled, those of `effect/cli` itself included. */
export const globalSpellings: ReadonlyArray<Spelling> = [
  ...Object.values(settings).map(({ flag }) => flag.spelling),
  { name: "help", short: "h", takes: "boolean" },
  { name: "version", short: "v", takes: "boolean" },
  { name: "log-level", takes: "one" },
  { name: "completions", takes: "one" },
];

/** The services that have the values of the global flags. */
type GlobalFlags = GlobalFlag.Setting.Identifier<"flag">;

/** The calls whose commands can write Arrow. */
export const arrowCalls: ReadonlyArray<string> = ["sl.query", "sl.listDimensionValues"];

/** How this command line prints, and what it may do. */
export const invocation: Effect.Effect<Invocation, UsageError, GlobalFlags> = Effect.gen(function* () {
  const invocation = yield* invocationWithArrow;
  if (invocation.arrow) return yield* usage("--format arrow: only sl query and sl list-dimension-values write Arrow");
  return invocation;
});

/** The same for a command that can write Arrow. */
export const invocationWithArrow: Effect.Effect<Invocation, UsageError, GlobalFlags> = Effect.gen(function* () {
  const given = yield* settings.format.value;
  return {
    format: given === "arrow" ? undefined : given ?? (yield* fromEnvironment("DBTC_FORMAT", format)),
    arrow: given === "arrow",
    fields: yield* settings.fields.value,
    time: (yield* settings.time.value) ?? (yield* fromEnvironment("DBTC_TIME", time)) ?? "relative",
    escapeFormulas: yield* settings.escapeFormulas.value,
    output: yield* settings.output.value,
    raw: yield* settings.raw.value,
    dryRun: yield* settings.dryRun.value,
    yes: yield* settings.yes.value,
  };
});

/** How this command line reaches dbt Cloud. */
export const clientOptions: Effect.Effect<Given, never, GlobalFlags> = Effect.gen(function* () {
  const host = yield* settings.host.value;
  const context = yield* settings.context.value;
  const retries = (yield* settings.noHttpRetry.value) ? 0 : yield* settings.httpRetries.value;
  const requestTimeout = yield* settings.requestTimeout.value;
  return {
    ...defined({ host, context, requestTimeout }),
    ...(retries === undefined ? {} : { retry: Schedule.max([retry, Schedule.recurs(retries)]) }),
  };
});

/** Whether `--drift` is given. */
export const reportsDrift: Effect.Effect<boolean, never, GlobalFlags> = settings.drift.value;

/** Refuses the flags for one request where a command sends none, or several: nothing would honour them. */
export const refuseOneRequestFlags = (name: string): Effect.Effect<void, UsageError, GlobalFlags> =>
  Effect.gen(function* () {
    for (const { flag, value } of [settings.dryRun, settings.raw]) {
      const what = `--${flag.spelling.name} does not go with dbtc ${name}: it is for a command that sends one request`;
      if (yield* value) return yield* usage(what);
    }
  });

/** The names of the global flags that are given. */
export const globalsGiven: Effect.Effect<ReadonlyArray<string>, never, GlobalFlags> = Effect.gen(function* () {
  const given: Array<string> = [];
  for (const { flag, value } of Object.values(settings)) {
    const setting: unknown = yield* value;
    if (setting !== undefined && setting !== false) given.push(flag.spelling.name);
  }
  return given;
});

/** The value of an environment variable, read as a flag's value is; undefined if it is not set. */
export const fromEnvironment = Effect.fnUntraced(function* <A>(name: string, type: ValueType<A>) {
  const text = yield* variable(name);
  if (text === undefined) return undefined;
  const value = type.read(text);
  return Option.isSome(value) ? value.value : yield* usage(`${name}: "${text}" is not ${type.expected}`);
});
