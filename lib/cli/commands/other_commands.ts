/**
 * The commands beside those of the table: `api`, `record` and `sandbox`. Each is loaded when it is run or its flags are
 * asked for.
 *
 * @module
 */
import type { BuiltCommand } from "./endpoint_command.ts";
import type { RunCommandLine } from "./with_dbt.ts";

/** A command that is no row of the table. */
export interface OtherCommand {
  /** Its name. */
  readonly name: string;
  /** What help says that it does. */
  readonly description: string;
  /** Loads what makes it. */
  readonly load: () => Promise<(description: string, run: RunCommandLine) => BuiltCommand>;
}

/** All of them. */
export const otherCommands: ReadonlyArray<OtherCommand> = [
  {
    name: "api",
    description: "Send any request, and print the answer as it came",
    load: async () => (await import("./api_command.ts")).apiCommand,
  },
  {
    name: "record",
    description: "Run a command, and keep what was sent and answered, without secrets and names",
    load: async () => (await import("./record_command.ts")).recordCommand,
  },
  {
    name: "sandbox",
    description: "dbt Cloud on this machine: for trying, for tests, for working offline",
    load: async () => (await import("./sandbox_command.ts")).sandboxCommand,
  },
];
