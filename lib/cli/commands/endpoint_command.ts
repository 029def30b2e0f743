/**
 * Makes the command of a row of the table: its flags and arguments, and what it does. {@linkcode endpointCommand} makes
 * the commands that call their endpoint; `program.ts` those that do more.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Command from "effect/cli/Command";
import type { DbtError } from "../../error.ts";
import { kindOfField } from "../../groups/id_fields.ts";
import type { AnyRow, Callable, Row } from "../../groups/table_entry.ts";
import { bodyFields, pathNames } from "../../request.ts";
import { isIssued } from "../../schema.ts";
import { canAsk } from "../input/ask_person.ts";
import { argumentFields, flagName, requiredFields } from "../input/field_flags.ts";
import { argumentNames, type CommandFlags, spellingsOf, toggle } from "../input/flag_types.ts";
import { invocation, invocationWithArrow } from "../input/global_flags.ts";
import { NamedThingsFound, urlsAmong } from "../input/id_references.ts";
import { type RequestInput, requestInput } from "../input/request_input.ts";
import type { Typed } from "../input/typed_request.ts";
import { usage, type UsageError } from "../output/exit_code.ts";
import type { Invocation } from "../output/print.ts";
import { OwnerOnly } from "../output/write_output.ts";
import { callRow, isList } from "./call_endpoint.ts";
import type { BuiltCommand, CommandEffect, CommandServices, Values } from "./command_types.ts";
import { withExamples } from "./examples.ts";
import { jobFlags, type JobNamed, runsOfJob, withoutRunArgument } from "./run_of_job.ts";
import { ClientFor, withDbt } from "./with_dbt.ts";

/** What the command of a row has beside its request. */
export interface CommandOptions<Flags extends CommandFlags> {
  /** The line of help. */
  readonly description: string;
  /** Its own flags and arguments. They replace a field's flag or argument of the same name. */
  readonly flags: Flags;
  /** Flags of the request that the command does not have. */
  readonly hidden?: ReadonlyArray<string>;
  /** Required fields of the request that the user may leave out. */
  readonly optional?: ReadonlyArray<string>;
  /** The line of help of `--payload`; without it, there is no such flag. */
  readonly payload?: string | undefined;
  /** Whether the command can write Arrow. */
  readonly arrow?: boolean;
  /** The field of which the command line may name several ids as arguments: the request then has a list of them. */
  readonly several?: string | undefined;
}

/** A request of a command line, once it is made. */
type MadeRequest = Effect.Effect<Record<string, unknown>, DbtError | UsageError, CommandServices>;

/** Makes the command of a row. `run` gets the request, which is not complete yet, and the values of the own flags. */
export function makeCommand<const Flags extends CommandFlags>(
  { call, verb }: AnyRow,
  { arrow = false, description, flags, hidden = [], optional = [], payload, several }: CommandOptions<Flags>,
  run: (request: MadeRequest, flags: Values<Flags>, invocation: Invocation) => CommandEffect,
): BuiltCommand {
  const ofJob = runsOfJob(call);
  const needed = requiredFields(call).filter((field) => !optional.includes(field));
  const { config, request, urls } = requestInput(call, {
    needed: needed.filter((field) => !ofJob?.fields.includes(field)),
    hidden: [...hidden, ...spellingsOf(flags).map(({ name }) => name), ...argumentNames(flags)],
    payload,
    several,
    unless: Object.fromEntries((ofJob?.fields ?? []).map((field) => [field, " (required, or --job)"])),
  });
  // A request may have a flag of the name: the project of the run.
  const job: Partial<ReturnType<typeof jobFlags>> = ofJob === undefined
    ? {}
    : Object.fromEntries(Object.entries(jobFlags(ofJob)).filter(([name]) => !Object.hasOwn(config.fields, name)));
  const command = Command.make(
    verb,
    { ...config, job, own: flags },
    ({ job, own, ...typed }) =>
      Effect.flatMap(
        arrow ? invocationWithArrow : invocation,
        (invocation) => run(requestOf(typed, job), own, invocation),
      )
        .pipe(
          withDbt,
          Effect.provideService(NamedThingsFound, new Map()),
          Effect.provideService(ClientFor, {
            ...idsIn(typed),
            urls: [...urls(typed), ...urlsAmong([...Object.values(own), ...Object.values(job)])],
          }),
          Effect.provideService(OwnerOnly, call.kind === "endpoint" && isIssued(call.success.schema.ast)),
        ),
  ).pipe(Command.withDescription(description));
  /** The request, with the runs of a job that the command line names, and with what a person chooses. */
  const requestOf = Effect.fnUntraced(function* (typed: Typed, named: JobNamed) {
    const isByJob = ofJob !== undefined && named.job !== undefined;
    if (!isByJob && (named.project ?? named.environment) !== undefined) {
      return yield* usage("--project and --environment say where to look for the job: they go with --job only");
    }
    const made = yield* request(isByJob ? withoutRunArgument(call, ofJob, typed) : typed);
    if (isByJob) {
      const { fillRunsOfJob } = yield* Effect.promise(() => import("./newest_run.ts"));
      yield* fillRunsOfJob(call.name, ofJob, named, made);
    }
    for (const field of argumentFields(call)) {
      const kind = kindOfField(field);
      // Whoever deletes a thing names it.
      if (made[field] !== undefined || kind === undefined || !needed.includes(field) || /\.delete/.test(call.name)) {
        continue;
      }
      if (!(yield* canAsk)) break;
      const { chooseThing } = yield* Effect.promise(() => import("../input/choose_thing.ts"));
      const id = yield* chooseThing(kind, made);
      if (id !== undefined) made[field] = id;
    }
    return made;
  });
  const { args: _, ...requestFlags } = config;
  return { command: withExamples(command, call.name), spellings: spellingsOf({ ...requestFlags, job, flags }) };
}

/** The command of a row that calls its endpoint. */
export function endpointCommand(row: Row, description: string): BuiltCommand {
  const { call } = row;
  const replaces = call.kind === "endpoint" && call.replaces === true;
  const options = {
    description,
    flags: {
      ...(replaces
        ? {
          replace: toggle(
            "replace",
            false,
            "Send only the given fields; dbt Cloud resets the others (default: keep them)",
          ),
        }
        : {}),
      ...(isList(call) ? { all: toggle("all", false, "Print all rows") } : {}),
      ...(call.name === "runs.list"
        ? { watch: toggle("watch", false, "Show the table until Ctrl-C, and refresh it every 5 s") }
        : {}),
    },
    // An update that replaces is merged with the current thing, so only the ids are required.
    optional: replaces ? bodyFields(call) : [],
    payload: payloadHelp(call),
  };
  return makeCommand(
    row,
    options,
    (request, flags, invocation) => Effect.flatMap(request, (request) => callRow(row, request, invocation, flags)),
  );
}

/** The line of help of `--payload`, for calls with a body. */
export function payloadHelp(call: Callable): string | undefined {
  const takesBody = "route" in call && !call.route.startsWith("GET ") &&
    Object.keys(call.request).length > pathNames(call.route).length;
  return takesBody ? "Request body: JSON, @file, or - for stdin" : undefined;
}

/** The ids among the values of flags and arguments that say which account and project a command is about. */
function idsIn({ args, fields }: Parameters<RequestInput["request"]>[0]) {
  const ids = (["account_id", "project_id"] as const).flatMap((name) => {
    const value = fields[flagName(name)] ?? args[name];
    // A filter that takes several ids names an account or a project only where it has one.
    const id = Array.isArray(value) && value.length === 1 ? value[0] : value;
    return typeof id === "number" ? [[name, id] as const] : [];
  });
  return Object.fromEntries(ids);
}
