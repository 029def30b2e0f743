/**
 * The commands that do more than call their row of the table: the flags that they have beside its fields, and what runs
 * them.
 *
 * @module
 */
import type * as Effect from "effect/Effect";
import type { DbtError } from "../error.ts";
import type { Row } from "../row.ts";
import type { CommandServices } from "./call.ts";
import type { UsageError } from "./exit.ts";
import type { FieldFlag, FlagSpec } from "./flags.ts";
import type { Invocation } from "./print.ts";
import type { Typed } from "./typed.ts";

/** Runs a command: its row, the flags of the row's fields, what was typed, and what every command is told. */
export type RunProgram = (
  row: Row,
  flags: ReadonlyArray<FieldFlag>,
  typed: Typed,
  invocation: Invocation,
) => Effect.Effect<void, DbtError | UsageError, CommandServices>;

/** A command that does more than call its row. */
export interface Program {
  /** The flags beside the row's own. */
  readonly flags: ReadonlyArray<FlagSpec>;
  /** The fields that it can do without, although the row cannot. */
  readonly fills?: ReadonlyArray<string>;
  /** Loads what runs it: the other commands start without it. */
  readonly load: () => Promise<RunProgram>;
}

const waitFlags: ReadonlyArray<FlagSpec> = [
  {
    name: "wait",
    takes: "boolean",
    metavar: "",
    description: "Wait for the run, and end as it ends; --no-wait does not",
  },
  { name: "poll-interval", takes: "one", metavar: "time", description: "How long between two looks: 10, 30s, 2m" },
  {
    name: "timeout",
    takes: "one",
    metavar: "time",
    description: "How long to wait at most: 90, 30m, 2h; the run goes on",
  },
];

const trigger: Program = {
  flags: waitFlags,
  fills: ["cause"],
  load: async () => (await import("./trigger.ts")).triggerRow,
};

const programs: Readonly<Record<string, Program>> = {
  "jobs.trigger": trigger,
  "jobs.rerun": trigger,
};

/** The program of a row's command, where it has one. */
export function programOf({ call }: Row): Program | undefined {
  return Object.hasOwn(programs, call.name) ? programs[call.name] : undefined;
}
