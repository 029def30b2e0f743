/**
 * A command that does more than call its endpoint. {@linkcode program} reads its request and its flags once, so that
 * what runs it gets both typed, and answers `--dry-run`. `programs.ts` lists them all.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import type { Download, Endpoint, Workflow } from "../../endpoint.ts";
import type { Row } from "../../groups/table_entry.ts";
import { readRequest, type WithoutSome } from "../../request.ts";
import type { CommandFlags } from "../input/flag_types.ts";
import { checkOutput, type Invocation } from "../output/print.ts";
import { printCall, unsendable } from "./call_endpoint.ts";
import {
  type BuiltCommand,
  type CommandOptions,
  makeCommand,
  payloadOf,
  type Run,
  type Values,
} from "./endpoint_command.ts";

/** An endpoint, download or workflow of the table. */
type Call<Request> = Endpoint<Request, unknown> | Download<Request> | Workflow<Request, unknown>;

/** What a program is given. */
export interface ProgramInput<Request, Flags extends CommandFlags> {
  /** The request: each field read by its schema, none missing. */
  readonly request: Request;
  /** The values of the program's own flags. */
  readonly flags: Values<Flags>;
  /** How to print, and what the command may do. */
  readonly invocation: Invocation;
  /** The row of the table whose command this is. */
  readonly row: Row;
}

/** What a program says of itself. `Some` are the fields of its request that it can do without. */
export interface ProgramDefinition<Request, Flags extends CommandFlags, Some extends keyof Request & string>
  extends Pick<CommandOptions<Flags>, "flags" | "payload"> {
  /** What fills a field that is not given. */
  readonly fills?: { readonly [Field in keyof Request]?: Effect.Effect<Request[Field]> };
  /** The fields that it can do without, although the endpoint cannot. */
  readonly without?: ReadonlyArray<Some>;
  /** What `--dry-run` does, where it does not print the endpoint's request. */
  readonly dryRun?: (input: ProgramInput<WithoutSome<Request, NoInfer<Some>>, Flags>) => Run;
  /** Runs it. `--output` can be written by then. */
  readonly run: (input: ProgramInput<WithoutSome<Request, NoInfer<Some>>, Flags>) => Run;
}

/** Makes the command of a row. */
export type Program = (row: Row, name: string, description: string) => BuiltCommand;

/** Makes a program of a call. */
export function program<Request, const Flags extends CommandFlags, Some extends keyof Request & string = never>(
  call: Call<Request>,
  { dryRun, fills = {}, flags, payload, run, without = [] }: ProgramDefinition<Request, Flags, Some>,
): Program {
  const filled = Object.entries<Effect.Effect<unknown> | undefined>(fills);
  const optional = [...filled.map(([field]) => field), ...without];
  return (row, name, description) =>
    makeCommand(
      row,
      { name, description, flags, optional, payload: payload ?? payloadOf(row.call) },
      Effect.fnUntraced(function* (typed, values, invocation) {
        const given = yield* typed;
        for (const [field, fill] of filled) if (fill !== undefined) given[field] ??= yield* fill;
        const read = readRequest(call, given, without);
        if (Result.isFailure(read)) return yield* unsendable(call.name, read.failure);
        const input = { request: read.success, flags: values, invocation, row };
        if (invocation.dryRun) return yield* dryRun === undefined ? printCall(row, given, invocation) : dryRun(input);
        yield* checkOutput(invocation);
        yield* run(input);
      }),
    );
}
