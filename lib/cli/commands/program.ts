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
import { printCall, requestMistake } from "./print_request.ts";

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
  extends Pick<CommandOptions<Flags>, "arrow" | "flags" | "hidden" | "payload"> {
  /** The defaults of fields. */
  readonly defaults?: { readonly [Field in keyof Request]?: Effect.Effect<Request[Field]> };
  /** The required fields of the request that the user may leave out. */
  readonly optional?: ReadonlyArray<Optional>;
  /** What the command does if the command line names several things as arguments (default: it takes only one). */
  readonly several?: {
    /** The field that has the id of each thing. */
    readonly field: keyof Request & string;
    /** As the program's own `run`, for all of them: a request for each, in the order of the command line. */
    readonly run: (
      input: Omit<ProgramInput<never, Flags>, "request"> & {
        readonly requests: ReadonlyArray<WithoutSome<Request, NoInfer<Optional>>>;
      },
    ) => CommandEffect;
  };
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
  { arrow = false, defaults = {}, dryRun, flags, hidden = [], optional = [], payload, run, several }: ProgramOptions<
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
        hidden,
        optional: [...defaultValues.map(([field]) => field), ...optional],
        payload: payload ?? payloadHelp(row.call),
        several: several?.field,
      },
      Effect.fnUntraced(function* (typed, values, invocation) {
        const given = yield* typed;
        for (const [field, value] of defaultValues) if (value !== undefined) given[field] ??= yield* value;
        const ids = several === undefined ? undefined : given[several.field];
        const all = several !== undefined && Array.isArray(ids)
          ? ids.map((id) => ({ ...given, [several.field]: id }))
          : [given];
        const requests: Array<WithoutSome<Request, NoInfer<Optional>>> = [];
        for (const one of all) {
          const request = readRequest(call, one, optional);
          if (Result.isFailure(request)) return yield* requestMistake(row.call, request.failure);
          requests.push(request.success);
        }
        const input = { flags: values, invocation, row };
        if (!invocation.dryRun) yield* checkWritable(invocation.output);
        if (several !== undefined && requests.length > 1 && !invocation.dryRun) {
          return yield* several.run({ ...input, requests });
        }
        for (const [index, request] of requests.entries()) {
          yield* !invocation.dryRun
            ? run({ ...input, request })
            : dryRun === undefined
            ? printCall(row, all[index] ?? given, invocation)
            : dryRun({ ...input, request });
        }
      }),
    );
}
