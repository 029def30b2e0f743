/**
 * The command tree: `dbtc GROUP VERB` for each row of the table, and the commands beside them. `main.ts` runs it.
 *
 * @module
 */
import * as Command from "effect/cli/Command";
import type { Row } from "../groups/table_entry.ts";
import type { BuiltCommand } from "./commands/endpoint_command.ts";
import { otherCommands } from "./commands/other_commands.ts";
import { commandOf, descriptionOf } from "./commands/programs.ts";
import type { AnyCommand, RunCommandLine } from "./commands/with_dbt.ts";
import type { Spelling } from "./input/flag_types.ts";
import { globalSettings } from "./input/global_flags.ts";
import { groups } from "./input/load_group.ts";

/** What of the tree a command line needs: building the rest would take most of the time before its first request. */
export interface TreeOptions {
  /** The rows that are loaded. */
  readonly rows: ReadonlyArray<Row>;
  /** The words of the command line; the completions need every command, which is `undefined`. */
  readonly words: ReadonlyArray<string> | undefined;
  /** Runs another command line: `dbtc record` needs it. */
  readonly run: RunCommandLine;
}

/** The tree, and how the flags of the command that the words name are spelled. */
export async function makeTree({ rows, run, words }: TreeOptions): Promise<BuiltCommand> {
  const [first, second] = words ?? [];
  const spellings: Array<Spelling> = [];
  /** The command as a line of help, or as it is run where the words name it. */
  const listed = async (
    name: string,
    description: string,
    isNamed: boolean,
    build: () => Promise<BuiltCommand>,
  ): Promise<AnyCommand> => {
    if (words !== undefined && !isNamed) return Command.withDescription(Command.make(name), description);
    const built = await build();
    spellings.push(...built.spellings);
    return built.command;
  };
  const verbs = (ours: ReadonlyArray<Row>) =>
    Promise.all(ours.map(async (row) => {
      const command = await listed(row.verb, descriptionOf(row), row.verb === second, () => commandOf(row));
      return row.call.deprecated === undefined ? command : Command.unlisted(command);
    }));
  const groupCommands = await Promise.all(groups.map(async ({ description, group }): Promise<AnyCommand> => {
    const ours = rows.filter((row) => row.group === group);
    const command = Command.withDescription(Command.make(group), description);
    const isNamed = words === undefined || group === first;
    return isNamed && ours.length > 0 ? Command.withSubcommands(command, await verbs(ours)) : command;
  }));
  const others = await Promise.all(
    otherCommands.map(({ description, load, name }) =>
      listed(name, description, name === first, async () => (await load())(description, run))
    ),
  );
  // `dbtc whoami` is what one types first.
  const whoami = rows.filter(({ call }) => call.name === "accounts.whoami");
  const shortcuts = await Promise.all(
    whoami.map((row) => listed(row.verb, descriptionOf(row), row.verb === first, () => commandOf(row))),
  );
  const command = Command.make("dbtc").pipe(
    Command.withDescription("dbt Cloud on the command line"),
    Command.withSubcommands([...groupCommands, ...shortcuts, ...others]),
    Command.withGlobalFlags(globalSettings),
  );
  return { command, spellings };
}
