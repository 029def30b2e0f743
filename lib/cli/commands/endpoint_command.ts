/**
 * The command of a row of the table: flags and arguments for its request, a few more where the endpoint is a list or has
 * a body, and what calls it. `tree.ts` makes every command of a group here, or by {@linkcode program}.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Command from "effect/cli/Command";
import type { DbtError } from "../../error.ts";
import type { Callable, Row } from "../../groups/table_entry.ts";
import { bodyFields, pathNames } from "../../request.ts";
import { isIssued } from "../../schema.ts";
import { flagName, required } from "../input/field_flags.ts";
import { type CommandFlags, type Spelling, spellingsOf, toggle } from "../input/flag_types.ts";
import { invocation } from "../input/global_flags.ts";
import { type RequestInput, requestInput } from "../input/request_input.ts";
import type { UsageError } from "../output/exit_code.ts";
import type { Invocation } from "../output/print.ts";
import { Private } from "../output/write_output.ts";
import { callRow, isList } from "./call_endpoint.ts";
import { type AnyCommand, type CommandServices, NamedIds, withDbt } from "./with_dbt.ts";

/** A command, and how its flags are spelled. */
export interface BuiltCommand {
  /** The command. */
  readonly command: AnyCommand;
  /** Its own flags. */
  readonly spellings: ReadonlyArray<Spelling>;
}

/** The values of flags. */
export type Values<Flags extends CommandFlags> = Command.Command.Config.InferValue<Flags>;

/** What a command of a row does, once its flags are read. */
export type Run = Effect.Effect<void, DbtError | UsageError, CommandServices>;

/** What the command of a row has beside its request. */
export interface CommandOptions<Flags extends CommandFlags> {
  /** Its name: the verb, or what stands for group and verb. */
  readonly name: string;
  /** What help says that it does. */
  readonly description: string;
  /** Its own flags. One with the name of a field's flag takes its place. */
  readonly flags: Flags;
  /** The fields of the request that it can do without, although the endpoint cannot. */
  readonly optional?: ReadonlyArray<string>;
  /** What help says of `--payload`, where it takes one. */
  readonly payload?: string | undefined;
}

/** Makes the command of a row. `run` is given the request, as far as it was typed, and the values of the own flags. */
export function makeCommand<const Flags extends CommandFlags>(
  { call }: Row,
  { description, flags, name, optional = [], payload }: CommandOptions<Flags>,
  run: (request: ReturnType<RequestInput["request"]>, flags: Values<Flags>, invocation: Invocation) => Run,
): BuiltCommand {
  const { config, request } = requestInput(call, {
    needed: required(call).filter((field) => !optional.includes(field)),
    hidden: spellingsOf(flags).map(({ name }) => name),
    payload,
  });
  const command = Command.make(
    name,
    { ...config, own: flags },
    ({ own, ...typed }) =>
      Effect.flatMap(invocation, (invocation) => run(request(typed), own, invocation)).pipe(
        withDbt,
        Effect.provideService(NamedIds, idsIn(typed)),
        // A file that holds a secret is readable by its owner alone.
        Effect.provideService(Private, call.kind === "endpoint" && isIssued(call.success.schema.ast)),
      ),
  ).pipe(Command.withDescription(description));
  const { fields, texts, times } = config;
  return {
    command: call.deprecated === undefined ? command : Command.unlisted(command),
    spellings: spellingsOf({ fields, texts, times, flags }),
  };
}

/** The command of a row that calls its endpoint. */
export function endpointCommand(row: Row, name: string, description: string): BuiltCommand {
  const { call } = row;
  const replaces = call.kind === "endpoint" && call.replaces === true;
  const options = {
    name,
    description,
    flags: {
      ...(replaces ? { replace: toggle("replace", false, "Send only what is given, resetting the rest") } : {}),
      ...(isList(call) ? { all: toggle("all", false, "All rows") } : {}),
    },
    // What replaces is read first: all but its place may be left out.
    optional: replaces ? bodyFields(call) : [],
    payload: payloadOf(call),
  };
  return makeCommand(
    row,
    options,
    (request, { all = false, replace = false }, invocation) =>
      Effect.flatMap(request, (request) => callRow(row, request, { all, replace }, invocation)),
  );
}

/** What help says of `--payload`, where a call takes a body. */
export function payloadOf(call: Callable): string | undefined {
  const takesBody = call.kind !== "workflow" && !call.route.startsWith("GET ") &&
    Object.keys(call.request).length > pathNames(call.route).length;
  return takesBody ? "The body: JSON, @file or -" : undefined;
}

/** The ids among the values of flags and arguments that say which account and project a command is about. */
function idsIn({ fields, words }: Parameters<RequestInput["request"]>[0]) {
  const ids = (["account_id", "project_id"] as const).flatMap((name) => {
    const word = words[name];
    const value = fields[flagName(name)] ?? (word === undefined ? undefined : Option.getOrUndefined(word));
    // A filter that takes several ids names an account or a project only where it has one.
    const id = Array.isArray(value) && value.length === 1 ? value[0] : value;
    return typeof id === "number" ? [[name, id] as const] : [];
  });
  return Object.fromEntries(ids);
}
