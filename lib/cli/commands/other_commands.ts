/**
 * The commands that are no row of the table: the raw way out, recording, and the sandbox.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as Option from "effect/Option";
import * as Stream from "effect/Stream";
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import { Dbt } from "../../dbt.ts";
import type { Verb } from "../../endpoint.ts";
import type { Placed } from "../../request.ts";
import { confirm, dryRun } from "./call_endpoint.ts";
import type { Row } from "../../groups/table_entry.ts";
import { type AnyCommand, commandOf, invocation, type RunMain, toFlag, withSession } from "../tree.ts";
import { UsageError } from "../output/exit_code.ts";
import type { FlagSpec } from "../input/field_flags.ts";
import { checkOutput } from "../output/print.ts";
import { readJson } from "../input/request_input.ts";
import { Private, write } from "../output/write_output.ts";

/** A command of its own, and the flags that it has. */
interface Other {
  readonly name: string;
  readonly flags: ReadonlyArray<FlagSpec>;
  readonly make: (flags: Readonly<Record<string, ReturnType<typeof toFlag>>>, run: RunMain) => AnyCommand;
}

// ---- dbtc api -------------------------------------------------------------------------------------------------------

const verbs = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const satisfies ReadonlyArray<Verb>;

const api: Other = {
  name: "api",
  flags: [
    { name: "query", short: "q", takes: "many", metavar: "name=value", description: "A query parameter" },
    { name: "payload", short: "d", takes: "one", metavar: "json", description: "The body: JSON, @file or -" },
  ],
  make: (flags) =>
    Command.make("api", {
      flags,
      verb: Argument.String("verb"),
      path: Argument.String("path"),
    }, ({ flags, path, verb }) =>
      Effect.gen(function* () {
        const said = yield* invocation;
        const { defaults } = yield* Dbt;
        const method = verbs.find((known) => known === verb.toUpperCase());
        if (method === undefined) {
          return yield* new UsageError({ message: `"${verb}" is not a verb: ${verbs.join(", ")}` });
        }
        const filled = path.replaceAll(/\{(\w+)\}/g, (name, id: string) =>
          // The session's ids are the only names that can be filled.
          String(Object.hasOwn(defaults, id) ? defaults[id as keyof typeof defaults] : name));
        const missing = /\{\w+\}/.exec(filled)?.[0];
        if (missing !== undefined) {
          return yield* new UsageError({ message: `The session has no ${missing} for ${path}` });
        }
        if (!/^\/[^?#]*$/.test(filled) || filled.split("/").some((part) => part === "." || part === "..")) {
          return yield* new UsageError({ message: `"${path}" is not a path: /api/v2/…, with its query in --query` });
        }
        const query: Array<readonly [string, string]> = [];
        for (const text of flags.query ?? []) {
          const equals = text.indexOf("=");
          if (equals < 1) return yield* new UsageError({ message: `--query: "${text}" is not name=value` });
          query.push([text.slice(0, equals), text.slice(equals + 1)]);
        }
        const payload = flags.payload?.[0];
        const placed: Placed = {
          method,
          path: filled,
          query,
          ...(payload === undefined ? {} : { body: yield* readJson(payload) }),
        };
        if (said.dryRun) return yield* dryRun(placed, said);
        yield* checkOutput(said);
        if (method === "DELETE") yield* confirm(`DELETE ${filled}`, said);
        const { text } = yield* Dbt.use((dbt) => dbt.execute("api", placed, Result.succeed));
        const { observeRaw } = yield* Effect.promise(() => import("../output/print_drift.ts"));
        yield* observeRaw(placed, text);
        yield* write(
          Stream.make(text.endsWith("\n") || text === "" ? text : `${text}\n`),
          Option.getOrUndefined(said.output),
        );
        // Whether the answer holds a secret, only who asks can know.
      }).pipe(withSession, Effect.provideService(Private, true))).pipe(
        Command.withDescription("Send any request, and print the answer as it came"),
        Command.withExamples([{
          command: "dbtc api GET /api/v2/accounts/{account_id}/runs/ -q status__in='[20]'",
          description: "The failed runs of the session's account",
        }]),
      ),
};

// ---- dbtc sandbox ---------------------------------------------------------------------------------------------------

const sandbox: Other = {
  name: "sandbox",
  flags: [
    { name: "port", takes: "one", metavar: "integer", description: "The port; any that is free when absent" },
    { name: "runs", takes: "one", metavar: "integer", description: "How many runs are over when it starts" },
    { name: "latency", takes: "one", metavar: "ms", description: "How long each answer takes" },
    { name: "speed", takes: "one", metavar: "factor", description: "60 makes a run's minute a second" },
    {
      name: "fault",
      takes: "many",
      metavar: "name|json",
      description: "What goes wrong from the start: see docs/sandbox.md",
    },
    { name: "seed", takes: "one", metavar: "file", description: "Rows to start with, as JSON by collection" },
    { name: "state", takes: "one", metavar: "file", description: "Where what it holds is kept between starts" },
    { name: "replay", takes: "one", metavar: "file", description: "Answer what dbtc record wrote, and nothing else" },
    { name: "tls", takes: "boolean", metavar: "", description: "Speak https, with a certificate of its own" },
  ],
  make: (flags) =>
    Command.make(
      "sandbox",
      { flags },
      ({ flags }) => Effect.flatMap(Effect.promise(() => import("./sandbox_command.ts")), ({ serve }) => serve(flags)),
    ).pipe(
      Command.withDescription("dbt Cloud on this machine: for trying, for tests, for working offline"),
      Command.withExamples([{
        command: "dbtc sandbox --port 8580 --speed 60",
        description: "A sandbox where a minute takes a second",
      }, {
        command: "dbtc sandbox --replay failed.jsonl",
        description: "What another command was answered, once more",
      }]),
    ),
};

// ---- dbtc record ----------------------------------------------------------------------------------------------------

const recorder: Other = {
  name: "record",
  flags: [],
  make: (_flags, run) =>
    Command.make("record", {
      file: Argument.String("file"),
      command: Argument.String("command").pipe(Argument.variadic({ min: 1 })),
    }, ({ command, file }) =>
      Effect.flatMap(
        Effect.promise(() => import("./record_command.ts")),
        ({ record }) => record(file, command, run),
      )).pipe(
        Command.withDescription("Run a command, and keep what was sent and answered, without secrets and names"),
        Command.withExamples([{
          command: "dbtc record failed.jsonl -- runs list --status error",
          description: "What becomes a bug report, or a test: see docs/sandbox.md",
        }]),
      ),
};

// ---- all of them ----------------------------------------------------------------------------------------------------

const others: ReadonlyArray<Other> = [api, recorder, sandbox];

/** The commands beside the groups of these rows. */
export function otherCommands(rows: ReadonlyArray<Row>, run: RunMain): ReadonlyArray<AnyCommand> {
  return [
    // The first thing that one types.
    ...rows.filter(({ call }) => call.name === "accounts.whoami").map((row) => commandOf(row, row.verb)),
    ...others.map(({ flags, make }) => make(Object.fromEntries(flags.map((spec) => [spec.name, toFlag(spec)])), run)),
  ];
}

/** Whether a word is one of those that are no row. */
export function isOther(word: string | undefined): boolean {
  return others.some(({ name }) => name === word);
}

/** Their flags. */
export function otherFlags(name: string | undefined): ReadonlyArray<FlagSpec> {
  return others.find((other) => other.name === name)?.flags ?? [];
}
