/**
 * The command tree, derived from the table: `dbtc <group> <verb>`, a flag for each field.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import type * as Path from "effect/Path";
import type * as Stdio from "effect/Stdio";
import type * as Terminal from "effect/Terminal";
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as GlobalFlag from "effect/cli/GlobalFlag";
import { variable } from "../client/config.ts";
import type { DbtError } from "../error.ts";
import { bodyFields, pathNames } from "../request.ts";
import type { Row } from "../groups/table_entry.ts";
import { callRow, isList } from "./commands/call_endpoint.ts";
import { isIssued } from "../schema.ts";
import { type Ended, UsageError } from "./output/exit_code.ts";
import { flagName, flagsOf, type FlagSpec, spans } from "./input/field_flags.ts";
import { nameFlags } from "./input/name_flags.ts";
import { type Format, formats } from "./output/render.ts";
import type { Invocation } from "./output/print.ts";
import type { AnyProgram } from "./commands/program.ts";
import { programFlags, programOf, summaryOf } from "./commands/programs.ts";
import { groupNames } from "./input/load_group.ts";
import { sessionFlags, sessionOptions, Transport } from "./input/client_flags.ts";
import { positional, required } from "./input/request_input.ts";
import { Private } from "./output/write_output.ts";

/** What the commands need of their surroundings. */
export type Platform = FileSystem.FileSystem | Path.Path | Stdio.Stdio | Terminal.Terminal;

/** Runs a whole command line: its exit code. A command that runs another one is given it. */
export type RunMain = (argv: ReadonlyArray<string>) => Effect.Effect<number, never, Platform | Command.Environment>;

/** A command of the tree, whatever it reads. */
// `any` as in effect/cli's own `Command.Any`: a tree holds commands of every input.
// deno-lint-ignore no-explicit-any
export type AnyCommand = Command.Command<any, any, any, DbtError | Ended | UsageError, any>;

// ---- flags of every command -----------------------------------------------------------------------------------------

const globalSpecs = [
  {
    name: "format",
    takes: "one",
    metavar: formats.join("|"),
    description: "How to print; a table on a terminal, else json",
  },
  { name: "fields", takes: "one", metavar: "a,b.c", description: "Print only these fields" },
  { name: "output", short: "o", takes: "one", metavar: "file", description: "Write to a file instead of stdout" },
  { name: "raw", takes: "boolean", metavar: "", description: "Print the server's answer as it came" },
  { name: "dry-run", takes: "boolean", metavar: "", description: "Print the request, and send nothing" },
  {
    name: "yes",
    takes: "boolean",
    metavar: "",
    description: "Do not ask before a delete, or before several runs are cancelled",
  },
  { name: "host", takes: "one", metavar: "host", description: "The account's access host, instead of DBT_CLOUD_HOST" },
  ...sessionFlags,
] as const satisfies ReadonlyArray<FlagSpec>;

/** The flags that every command has. */
export const globals: ReadonlyArray<FlagSpec> = [
  ...globalSpecs,
  { name: "log-level", takes: "one", metavar: "level", description: "How much to say on stderr" },
  { name: "completions", takes: "one", metavar: "shell", description: "Print a completion script" },
];

type GlobalName = typeof globalSpecs[number]["name"];

// Each setting is a service of its own, whatever it is called.
const settings = new Map<GlobalName, GlobalFlag.Setting<"flag", ReadonlyArray<string>>>(
  globalSpecs.map((spec) => [spec.name, GlobalFlag.Setting("flag")({ flag: toFlag(spec) })]),
);

const setting = Effect.fnUntraced(function* (name: GlobalName) {
  const flag = settings.get(name);
  return flag === undefined ? [] : yield* flag;
});

/** What was said by flags, or by the environment, to every command alike. */
export const invocation: Effect.Effect<Invocation, UsageError, GlobalFlag.Setting.Identifier<"flag">> = Effect.gen(
  function* () {
    const flag = (yield* setting("format")).at(-1);
    const format = flag ?? (yield* variable("DBTC_FORMAT"));
    if (format !== undefined && !isFormat(format)) {
      const from = flag === undefined ? "DBTC_FORMAT" : "--format";
      return yield* new UsageError({ message: `${from}: "${format}" is not a format: ${formats.join(", ")}` });
    }
    const said: Invocation = {
      format: format !== undefined && isFormat(format) ? Option.some(format) : Option.none(),
      fields: Option.fromUndefinedOr((yield* setting("fields")).at(-1)),
      output: Option.fromUndefinedOr((yield* setting("output")).at(-1)),
      raw: (yield* setting("raw")).at(-1) === "true",
      dryRun: (yield* setting("dry-run")).at(-1) === "true",
      yes: (yield* setting("yes")).at(-1) === "true",
    };
    return said;
  },
);

/** The flags of every command that were given, by name: another command may have to be told them itself. */
export const globalsGiven: Effect.Effect<ReadonlyArray<string>, never, GlobalFlag.Setting.Identifier<"flag">> = Effect
  .filter(globalSpecs.map(({ name }) => name), (name) => Effect.map(setting(name), ({ length }) => length > 0));

function isFormat(text: string): text is Format {
  return formats.some((format) => format === text);
}

/** A flag of effect/cli. It reads texts: what they mean is the field's schema's to say. */
export function toFlag(
  { name, short, takes, metavar, description, names, required }: FlagSpec,
): Flag.Flag<ReadonlyArray<string>> {
  const no = takes === "boolean" && description.startsWith("Whether ") ? `; --no-${name} says no` : "";
  const help = `${description}${no}${names === undefined ? "" : ` (${Object.keys(names).join(", ")})`}${
    required ? " (required)" : ""
  }`;
  const described = <A>(flag: Flag.Flag<A>): Flag.Flag<A> => {
    const lettered = short === undefined ? flag : Flag.withAlias(flag, short);
    return Flag.withDescription(lettered, takes === "many" ? `${help}; may be given again` : help);
  };
  return takes === "boolean" ? described(Flag.Boolean(name)).pipe(Flag.map(String), Flag.atLeast(0)) : described(
    Flag.withMetavar(Flag.String(name), names !== undefined && metavar === "integer" ? "name|integer" : metavar),
  ).pipe(Flag.atLeast(0));
}

// ---- rows -----------------------------------------------------------------------------------------------------------

/** The flags of a row beside its fields. */
function extraFlags({ call }: Row): ReadonlyArray<FlagSpec> {
  if (call.kind === "workflow") return [];
  const takesBody = !call.route.startsWith("GET ") && Object.keys(call.request).length > pathNames(call.route).length;
  return [
    ...(takesBody
      ? [
        {
          name: "payload",
          short: "d",
          takes: "one",
          metavar: "json",
          description: "The body: JSON, @file or -",
        } as const,
      ]
      : []),
    ...(call.replaces
      ? [
        {
          name: "replace",
          takes: "boolean",
          metavar: "",
          description: "Send only what is given, resetting the rest",
        } as const,
      ]
      : []),
    ...(isList(call) ? [{ name: "all", takes: "boolean", metavar: "", description: "All rows" } as const] : []),
    ...("created_at__range" in call.request ? spans : []),
  ];
}

/** Every flag that a row's command has, in the order of its help. */
export function flagsOfRow(row: Row, typedProgram?: AnyProgram): ReadonlyArray<FlagSpec> {
  const { call } = row;
  // What replaces is read first: all but its place may be left out.
  const kept = call.kind === "endpoint" && call.replaces ? bodyFields(call) : [];
  const filled = typedProgram?.fills ?? programOf(row)?.fills ?? [];
  const needed = required(call).filter((name) => !kept.includes(name) && !filled.includes(name));
  const more = typedProgram === undefined
    ? programFlags(row)
    : Object.values(typedProgram.flags).map(({ spec }) => spec);
  // A program may take more for a field than its row does.
  const fields = flagsOf(call).filter(({ name }) => !more.some((flag) => flag.name === name)).map((flag) => ({
    ...flag,
    required: flag.path.length === 1 && needed.some((name) => name === flag.path[0]),
  }));
  return [...fields, ...nameFlags(call), ...extraFlags(row), ...more];
}

/** The command of one row. */
export function commandOf(row: Row, name: string = row.verb, typedProgram?: AnyProgram): AnyCommand {
  const { call } = row;
  const fields = flagsOf(call);
  const specs = flagsOfRow(row, typedProgram).filter(({ name }) =>
    !Object.values(typedProgram?.flags ?? {}).some(({ spec }) => spec.name === name)
  );
  const program = programOf(row);
  const own = Object.fromEntries(Object.entries(typedProgram?.flags ?? {}).map(([name, { flag }]) => [name, flag]));
  const flags = Object.fromEntries(specs.map((spec) => [spec.name, toFlag(spec)]));
  const command = Command.make(name, {
    flags,
    own,
    words: Object.fromEntries(
      positional(call).map((name) => {
        const flag = fields.find(({ path }) => path[0] === name);
        const argument = Argument.withMetavar(Argument.String(flagName(name)), flag?.metavar ?? "text");
        return [name, Argument.optional(Argument.withDescription(argument, `Instead of --${flagName(name)}`))];
      }),
    ),
  }, ({ flags, own, words }) =>
    Effect.gen(function* () {
      const said = yield* invocation;
      const first = (name: string) => Option.fromUndefinedOr(flags[name]?.at(-1));
      const limit = isList(call) ? Option.map(first("limit"), Number) : Option.none();
      if (Option.isSome(limit) && !(Number.isInteger(limit.value) && limit.value > 0)) {
        return yield* new UsageError({ message: `--limit: "${flags.limit?.at(-1)}" is not a number of rows` });
      }
      const typed = { flags, words, payload: first("payload") };
      if (typedProgram !== undefined) return yield* typedProgram.run(row, fields, typed, own, said);
      if (program !== undefined) {
        const runProgram = yield* Effect.promise(program.load);
        return yield* runProgram(row, fields, typed, said);
      }
      yield* callRow(row, fields, typed, {
        limit,
        all: flags.all?.at(-1) === "true",
        replace: flags.replace?.at(-1) === "true",
      }, said);
    }).pipe(
      withSession,
      Effect.provideService(Private, call.kind === "endpoint" && isIssued(call.success.schema.ast)),
    )).pipe(
      Command.withDescription(
        `${summaryOf(row)}${call.kind === "endpoint" && call.replaces ? "; what is not given stays as it is" : ""}${
          call.deprecated === undefined ? "" : ` (deprecated: ${call.deprecated})`
        }`,
      ),
    );
  return call.deprecated === undefined ? command : Command.unlisted(command);
}

/** Gives a command its session, with what its global flags say. */
export const withSession = Effect.fnUntraced(function* <A, E, R>(command: Effect.Effect<A, E, R>) {
  const host = (yield* setting("host")).at(-1);
  const options = yield* sessionOptions((name) => Effect.map(setting(name), (values) => values.at(-1)));
  const given = { ...options, ...(host === undefined ? {} : { host }) };
  const { layerEnvironment } = yield* Effect.promise(() => import("../client/mod.ts"));
  const called = Effect.provide(command, Layer.provide(layerEnvironment(given), yield* yield* Transport));
  if ((yield* setting("drift")).at(-1) !== "true") return yield* called;
  const { reportingDrift } = yield* Effect.promise(() => import("./output/print_drift.ts"));
  return yield* reportingDrift(called);
});

// ---- the tree -------------------------------------------------------------------------------------------------------

/**
 * The tree over these rows. Only the group that is named gets its verbs and flags: that is most of the start-up time. All
 * of them when none is named.
 */
export function tree(
  rows: ReadonlyArray<Row>,
  group: string | undefined,
  others: ReadonlyArray<AnyCommand>,
  programs: ReadonlyMap<string, AnyProgram> = new Map(),
): AnyCommand {
  const grouped = groupNames.map((name): AnyCommand => {
    const ours = rows.filter((row) => row.group === name);
    const listed = ours.filter(({ call }) => call.deprecated === undefined).map(({ verb }) => verb);
    return Command.make(name).pipe(
      Command.withDescription(listed.join(", ")),
      (self) =>
        group === undefined || group === name
          ? Command.withSubcommands(self, ours.map((row) => commandOf(row, row.verb, programs.get(row.call.name))))
          : self,
    );
  });
  return Command.make("dbtc").pipe(
    Command.withDescription("dbt Cloud on the command line"),
    Command.withSubcommands([...grouped, ...others]),
    Command.withGlobalFlags([...settings.values()]),
  );
}
