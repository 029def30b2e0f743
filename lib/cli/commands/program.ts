/**
 * Makes a command that does more than call its endpoint. {@linkcode program} reads its request and flags, so that the
 * program gets both with their types, and handles `--dry-run`. `programs.ts` lists all programs.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import type { Download, Endpoint, RowStream, Workflow } from "../../endpoint.ts";
import type { Row } from "../../groups/table_entry.ts";
import { readRequest, type WithoutSome } from "../../request.ts";
import type { CommandFlags } from "../input/flag_types.ts";
import type { Invocation } from "../output/print.ts";
import { checkWritable } from "../output/write_output.ts";
import type { BuiltCommand, CommandEffect, Values } from "./command_types.ts";
import { type CommandOptions, makeCommand, payloadHelp } from "./endpoint_command.ts";
import { printCall, unsendable } from "./print_request.ts";

/** The input of a program. */
export interface ProgramInput<Request, Flags extends CommandFlags> {
  /** The request, each field read by its schema. */
  readonly request: Request;
  /** The values of the program's own flags. */
  readonly flags: Values<Flags>;
  /** How to print, and what the command may do. */
  readonly invocation: Invocation;
  /** The row of the table that the command is for. */
  readonly row: Row;
}

/** What a program is made of. `Optional` are the required fields of its request that the user may leave out. */
interface ProgramOptions<Request, Flags extends CommandFlags, Optional extends keyof Request & string>
  extends Pick<CommandOptions<Flags>, "arrow" | "flags" | "payload"> {
  /** The defaults of fields. */
  readonly defaults?: { readonly [Field in keyof Request]?: Effect.Effect<Request[Field]> };
  /** The required fields of the request that the user may leave out. */
  readonly optional?: ReadonlyArray<Optional>;
  /** What `--dry-run` does, if it is not to print the endpoint's request. */
  readonly dryRun?: (input: ProgramInput<WithoutSome<Request, NoInfer<Optional>>, Flags>) => CommandEffect;
  /** What the command does. The file of `--output` can be written. */
  readonly run: (input: ProgramInput<WithoutSome<Request, NoInfer<Optional>>, Flags>) => CommandEffect;
}

/** Makes the command of a row. */
export type Program = (row: Row, description: string) => BuiltCommand;

/** Makes the program for a call of the table. */
export function program<Request, const Flags extends CommandFlags, Optional extends keyof Request & string = never>(
  call:
    | Endpoint<Request, unknown>
    | Download<Request>
    | Workflow<Request, unknown>
    | RowStream<Request, unknown>,
  { arrow = false, defaults = {}, dryRun, flags, optional = [], payload, run }: ProgramOptions<
    Request,
    Flags,
    Optional
  >,
): Program {
  const defaultValues = Object.entries<Effect.Effect<unknown> | undefined>(defaults);
  return (row, description) =>
    makeCommand(
      row,
      {
        arrow,
        description,
        flags,
        optional: [...defaultValues.map(([field]) => field), ...optional],
        payload: payload ?? payloadHelp(row.call),
      },
      Effect.fnUntraced(function* (typed, values, invocation) {
        const given = yield* typed;
        for (const [field, value] of defaultValues) if (value !== undefined) given[field] ??= yield* value;
        const request = readRequest(call, given, optional);
        if (Result.isFailure(request)) return yield* unsendable(call.name, request.failure);
        const input = { request: request.success, flags: values, invocation, row };
        if (invocation.dryRun) return yield* dryRun === undefined ? printCall(row, given, invocation) : dryRun(input);
        yield* checkWritable(invocation.output);
        yield* run(input);
      }),
    );
}
