/**
 * The commands that are no rows of the table: `api`, `auth`, `deployments`, `doctor`, `record`, `sandbox` and `worker`.
 * Each is loaded only when it runs or its help is asked for. `tree.ts` adds them to the commands of the table.
 *
 * @module
 */
import type { BuiltCommand, RunCommandLine } from "./command_types.ts";

interface OtherCommand {
  readonly name: string;
  /** The line of help. */
  readonly description: string;
  /** Its verbs. Without them, its second word is an argument. */
  readonly verbs?: ReadonlyArray<string>;
  /** Whether it reads the flags for one request, `--dry-run` and `--raw`. Those of other commands are refused. */
  readonly isOneRequest?: boolean;
  /** Loads the function that makes the command. */
  readonly load: () => Promise<(description: string, run: RunCommandLine) => BuiltCommand>;
}

/** All of them. */
export const otherCommands: ReadonlyArray<OtherCommand> = [
  {
    name: "api",
    description: "Send any request, and print the response",
    isOneRequest: true,
    load: async () => (await import("./api_command.ts")).apiCommand,
  },
  {
    name: "auth",
    description: "Log in, and choose among several accounts",
    verbs: ["login", "status", "list", "use", "logout"],
    load: async () => (await import("./auth_command.ts")).authCommand,
  },
  {
    name: "deployments",
    description: "Manage the deployments that jobs trigger --durable started",
    verbs: ["list", "show", "wait", "cancel", "prune"],
    load: async () => (await import("./deployments_command.ts")).deploymentsCommand,
  },
  {
    name: "doctor",
    description: "Test whether each API of dbt Cloud answers, and say what to do",
    load: async () => (await import("./doctor_command.ts")).doctorCommand,
  },
  {
    name: "record",
    description: "Run a command and record its requests and responses, without secrets and names",
    // It says where they belong: to the command that it runs.
    isOneRequest: true,
    load: async () => (await import("./record_command.ts")).recordCommand,
  },
  {
    name: "sandbox",
    description: "Serve a sandbox: a local dbt Cloud for tests, trials and offline work",
    load: async () => (await import("./sandbox_command.ts")).sandboxCommand,
  },
  {
    name: "worker",
    description: "Carry out the deployments of a database, until Ctrl-C or SIGTERM",
    load: async () => (await import("./worker_command.ts")).workerCommand,
  },
];
