/**
 * A command that does more than call its endpoint: flags of its own, and what runs it, both typed.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import type * as Stdio from "effect/Stdio";
import type * as Flag from "effect/cli/Flag";
import { Dbt } from "../../dbt.ts";
import type { Download, Endpoint, Workflow } from "../../endpoint.ts";
import { DbtError } from "../../error.ts";
import type { AnyRequest, Callable, Row } from "../../groups/table_entry.ts";
import { bodyFields, fieldOf, place } from "../../request.ts";
import { type CommandServices, dryRun } from "./call_endpoint.ts";
import { usage, type UsageError } from "../output/exit_code.ts";
import { type FieldFlag, flagName, type FlagSpec } from "../input/field_flags.ts";
import type { Invocation } from "../output/print.ts";
import { requestOf, required, type Typed } from "../input/request_input.ts";

/** Runs a command: its row, the flags of the row's fields, what was typed, and what every command is told. */
export type RunProgram = (
  row: Row,
  flags: ReadonlyArray<FieldFlag>,
  typed: Typed,
  invocation: Invocation,
) => Effect.Effect<void, DbtError | UsageError, CommandServices>;

/** A flag, and how it is spelled. */
export interface TypedFlag<out A> {
  /** How it is spelled. */
  readonly spec: FlagSpec;
  /** What reads it. */
  readonly flag: Flag.Flag<A>;
}

type Flags = Readonly<Record<string, TypedFlag<unknown>>>;
type Values<F extends Flags> = { readonly [K in keyof F]: F[K] extends TypedFlag<infer A> ? A : never };

/** What a program is given. */
export interface Given<Request, F extends Flags> {
  /** The request, each field read by its schema, none missing. */
  readonly request: Request;
  /** The flags of the program's own. */
  readonly flags: Values<F>;
  /** What every command is told. */
  readonly invocation: Invocation;
}

/** A program, whatever its request and flags. */
export interface AnyProgram {
  /** The flags beside the endpoint's fields. */
  readonly flags: Flags;
  /** Fields of the request that the program fills. */
  readonly fills: ReadonlyArray<string>;
  /** Runs it. */
  readonly run: (
    row: Row,
    fields: ReadonlyArray<FieldFlag>,
    typed: Typed,
    values: Readonly<Record<string, unknown>>,
    invocation: Invocation,
  ) => Effect.Effect<void, DbtError | UsageError, CommandServices>;
}

/** Makes a command of a call: decodes its request, reports what is missing, and answers `--dry-run`. */
export function program<Request, Success, const F extends Flags>(
  call: Endpoint<Request, Success> | Download<Request> | Workflow<Request, Success>,
  definition: {
    readonly flags: F;
    /** What fills a field that is not given. */
    readonly fills?: { readonly [K in keyof Request]?: Effect.Effect<Request[K]> };
    /** The request that `--dry-run` shows, where it is not the one that was typed. */
    readonly shows?: (given: Given<Request, F>) => Effect.Effect<Request>;
    readonly run: (given: Given<Request, F>) => Effect.Effect<void, DbtError | UsageError, CommandServices>;
  },
): AnyProgram {
  const fills: Readonly<Record<string, Effect.Effect<unknown>>> = { ...definition.fills };
  return {
    flags: definition.flags,
    fills: Object.keys(fills),
    run: Effect.fnUntraced(function* (row, fields, typed, values, invocation) {
      const said = yield* requestOf(row, fields, typed);
      for (const [name, fill] of Object.entries(fills)) said[name] ??= yield* fill;
      const given: Given<Request, F> = {
        request: (yield* decoded(row.call, said)) as Request, // every field was read by its schema
        flags: values as Values<F>, // `Command.make` has read each by its flag
        invocation,
      };
      if (!invocation.dryRun) return yield* definition.run(given);
      if (call.kind === "workflow") {
        return yield* usage(`${call.name} is more than one request: --dry-run cannot show it`);
      }
      const shown = definition.shows === undefined ? given.request : yield* definition.shows(given);
      const { defaults } = yield* Dbt;
      const placed = place(call, shown, defaults);
      yield* Result.isSuccess(placed) ? dryRun(placed.success, invocation) : unsendable(call.name, placed.failure);
    }),
  };
}

/** The request as the library takes it: what was typed for a body is in its wire form. */
const decoded = Effect.fnUntraced(function* (
  call: Callable,
  given: AnyRequest,
): Effect.fn.Return<AnyRequest, DbtError, FileSystem.FileSystem | Stdio.Stdio | Dbt> {
  const lacking = required(call).filter((name) => given[name] === undefined);
  if (lacking.length > 0) {
    const flags = lacking.map((name) => `--${flagName(name)}`).join(", ");
    return yield* unsendable(
      call.name,
      `${lacking.join(", ")} ${lacking.length === 1 ? "is" : "are"} missing: give ${flags}`,
    );
  }
  const inBody = "route" in call ? bodyFields(call) : [];
  const request: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const schema = fieldOf(call, name);
    const read = schema === undefined
      ? Result.succeed(value)
      : Schema.decodeUnknownResult(inBody.includes(name) ? schema : Schema.toType(schema))(value);
    if (Result.isFailure(read)) {
      return yield* unsendable(
        call.name,
        `${name} is not what it should be: ${read.failure.message.replaceAll(/\s+/g, " ")}`,
      );
    }
    request[name] = read.success;
  }
  return request;
});

function unsendable(endpoint: string, detail: string): DbtError {
  return new DbtError({ endpoint, reason: { _tag: "Unsendable", detail } });
}
