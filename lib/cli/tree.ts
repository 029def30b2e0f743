/**
 * The tree of commands: `dbtc GROUP VERB` for each row of the table, and the other commands. `main.ts` runs it.
 *
 * @module
 */
import * as Command from "effect/cli/Command";
import type { AnyRow } from "../groups/table_entry.ts";
import type { AnyCommand, BuiltCommand, RunCommandLine } from "./commands/command_types.ts";
import { otherCommands } from "./commands/other_commands.ts";
import { commandOf, descriptionOf } from "./commands/programs.ts";
import type { Spelling } from "./input/flag_types.ts";
import { globalSettings, refuseOneRequestFlags } from "./input/global_flags.ts";
import { groups, shortcuts } from "./input/load_group.ts";

/** The groups that help lists first, in this order. */
const everyday = ["jobs", "runs", "projects", "environments", "env-vars", "whoami"];
/** The groups and commands of the Discovery API and of the Semantic Layer. */
const metadata = [
  ...["models", "sources", "tests", "seeds", "snapshots", "exposures", "metrics", "macros", "model-groups"],
  ...["sl", "lineage", "search", "discovery"],
];

interface TreeOptions {
  /** The rows that are loaded. */
  readonly rows: ReadonlyArray<AnyRow>;
  /** The group and verb of the command line. */
  readonly words: ReadonlyArray<string>;
  /** Runs another command line. */
  readonly run: RunCommandLine;
}

/**
 * The tree, and how the flags of the named command are spelled. Commands that the command line does not name have only
 * their line of help: building all of them would take most of the time before the first request.
 */
export async function makeTree({ rows, run, words }: TreeOptions): Promise<BuiltCommand> {
  const [first, second] = words;
  const spellings: Array<Spelling> = [];
  const addCommand = async (
    name: string,
    description: string,
    isNamed: boolean,
    build: () => Promise<BuiltCommand>,
  ): Promise<AnyCommand> => {
    if (!isNamed) return Command.withDescription(Command.make(name), description);
    const built = await build();
    spellings.push(...built.spellings);
    return built.command;
  };
  const addRow = (row: AnyRow, word: string | undefined) =>
    addCommand(row.verb, descriptionOf(row), row.verb === word, () => commandOf(row));

  const groupCommands = await Promise.all(groups.map(async ({ description, name }): Promise<AnyCommand> => {
    const ofGroup = rows.filter(({ group }) => group === name);
    const command = Command.make(name).pipe(
      Command.withDescription(description),
      // The list of groups has the name already: `jobs  What dbt runs, when, and where`.
      Command.withShortDescription(
        description.replace(
          /^([^:]+): (.)/,
          (text, noun: string, first: string) =>
            noun.toLowerCase().replaceAll(" ", "-") === name ? first.toUpperCase() : text,
        ),
      ),
    );
    if (ofGroup.length === 0 || name !== first) return command;
    const commands = await Promise.all(ofGroup.map(async (row) => {
      const command = await addRow(row, second);
      return row.call.deprecated === undefined ? command : Command.unlisted(command);
    }));
    return Command.withSubcommands(command, commands);
  }));
  const others = await Promise.all(
    otherCommands.map(({ description, isOneRequest = false, load, name }) =>
      addCommand(name, description, name === first, async () => {
        const built = (await load())(description, run);
        return isOneRequest
          ? built
          : { ...built, command: Command.provideEffectDiscard(built.command, refuseOneRequestFlags(name)) };
      })
    ),
  );
  const shortCommands = await Promise.all(
    rows.filter(({ call, verb }) => shortcuts[verb] === call.name).map((row) => addRow(row, first)),
  );
  const named = (names: ReadonlyArray<string>) =>
    names.flatMap((name) => [...groupCommands, ...shortCommands].filter((command) => command.name === name));
  const listed = [...everyday, ...metadata];
  const command = Command.make("dbtc").pipe(
    Command.withDescription("dbt Cloud on the command line"),
    Command.withSubcommands([
      {
        group: "everyday commands",
        commands: [...named(everyday), ...others.filter(({ name }) => name === "auth")],
      },
      { group: "models and their runs", commands: named(metadata) },
      { group: "administration", commands: groupCommands.filter(({ name }) => !listed.includes(name)) },
      { group: "tools", commands: others.filter(({ name }) => name !== "auth") },
    ]),
    Command.withGlobalFlags(globalSettings),
    Command.withExamples([
      {
        description: "Log in, find a job, run it, and see why it failed",
        command: "dbtc auth login ab123.us1.dbt.com",
      },
      ...["jobs list", "jobs trigger 'Daily build'", "runs explain --job 'Daily build'"]
        .map((line) => ({ command: `dbtc ${line}` })),
    ]),
  );
  return { command, spellings };
}
