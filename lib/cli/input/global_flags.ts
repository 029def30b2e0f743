/**
 * The flags that every command has: how to print, what to ask, and how to reach dbt Cloud. `tree.ts` adds them to the
 * command, and the commands read them here.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Schedule from "effect/Schedule";
import * as GlobalFlag from "effect/cli/GlobalFlag";
import type { Options } from "../../client/client_options.ts";
import { variable } from "../../client/config.ts";
import { retry } from "../../client/retry.ts";
import { usage, type UsageError } from "../output/exit_code.ts";
import type { Invocation } from "../output/print.ts";
import { formats } from "../output/render.ts";
import {
  choice,
  type CommandFlag,
  duration,
  file,
  number,
  one,
  type Spelling,
  text,
  toggle,
  type ValueType,
} from "./flag_types.ts";

/** A flag, and the service by which a command reads its value. */
function setting<A>(flag: CommandFlag<A>) {
  return { flag, value: GlobalFlag.Setting("flag")({ flag }) };
}

const format = choice(formats);

const settings = {
  format: setting(one("format", format, "How to print; a table on a terminal, else json")),
  fields: setting(one("fields", text("a,b.c"), "Print only these fields")),
  output: setting(one("output", file, "Write to a file instead of stdout", "o")),
  raw: setting(toggle("raw", false, "Print the server's answer as it came")),
  dryRun: setting(toggle("dry-run", false, "Print the request, and send nothing")),
  yes: setting(toggle("yes", false, "Do not ask before a delete, or before several runs are cancelled")),
  host: setting(one("host", text("host"), "The account's access host, instead of DBT_CLOUD_HOST")),
  httpRetries: setting(one(
    "http-retries",
    number("integer", "a number of attempts", (retries) => Number.isInteger(retries) && retries < 1e9),
    "How often a request is tried again at most; as long as it makes sense when absent",
  )),
  noHttpRetry: setting(toggle("no-http-retry", false, "Try no request again")),
  requestTimeout: setting(one(
    "request-timeout",
    duration,
    "How long one request may take with all its attempts: 30, 2m; a file, until it begins to come",
  )),
  drift: setting(toggle("drift", false, "Say on stderr where answers are not what dbtc knows of them")),
};

/** The settings, for `Command.withGlobalFlags`. */
export const globalSettings = Object.values(settings).map(({ value }) => value);

/** How the flags of every command are spelled, effect/cli's own too. */
export const globalSpellings: ReadonlyArray<Spelling> = [
  ...Object.values(settings).map(({ flag }) => flag.spelling),
  { name: "log-level", takes: "one" },
  { name: "completions", takes: "one" },
];

/** What a command reads these flags from. */
export type GlobalFlags = GlobalFlag.Setting.Identifier<"flag">;

/** How this command prints, and what it may do. */
export const invocation: Effect.Effect<Invocation, UsageError, GlobalFlags> = Effect.gen(function* () {
  return {
    format: Option.fromUndefinedOr((yield* settings.format.value) ?? (yield* fromEnvironment("DBTC_FORMAT", format))),
    fields: Option.fromUndefinedOr(yield* settings.fields.value),
    output: Option.fromUndefinedOr(yield* settings.output.value),
    raw: yield* settings.raw.value,
    dryRun: yield* settings.dryRun.value,
    yes: yield* settings.yes.value,
  };
});

/** What the flags say about how to reach dbt Cloud. */
export const clientOptions: Effect.Effect<Partial<Options>, never, GlobalFlags> = Effect.gen(function* () {
  const host = yield* settings.host.value;
  const retries = (yield* settings.noHttpRetry.value) ? 0 : yield* settings.httpRetries.value;
  const requestTimeout = yield* settings.requestTimeout.value;
  return {
    ...(host === undefined ? {} : { host }),
    ...(retries === undefined ? {} : { retry: Schedule.max([retry, Schedule.recurs(retries)]) }),
    ...(requestTimeout === undefined ? {} : { requestTimeout }),
  };
});

/** Whether to report where answers differ from what dbtc knows. */
export const reportsDrift: Effect.Effect<boolean, never, GlobalFlags> = Effect.gen(function* () {
  return yield* settings.drift.value;
});

/** The names of the flags that were given: `dbtc record` refuses those that belong to the command it records. */
export const globalsGiven: Effect.Effect<ReadonlyArray<string>, never, GlobalFlags> = Effect.gen(function* () {
  const given: Array<string> = [];
  for (const { flag, value } of Object.values(settings)) {
    const said: unknown = yield* value;
    if (said !== undefined && said !== false) given.push(flag.spelling.name);
  }
  return given;
});

/** The value of a variable of the environment, read as a flag of this type is. */
export const fromEnvironment = Effect.fnUntraced(function* <A>(name: string, type: ValueType<A>) {
  const text = yield* variable(name);
  if (text === undefined) return undefined;
  const value = type.read(text);
  return Option.isSome(value) ? value.value : yield* usage(`${name}: "${text}" is not ${type.expected}`);
});
