/**
 * `dbtc auth`: its verbs and their flags. What they do is loaded when they run.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Command from "effect/cli/Command";
import { argument, file, integer, one, spellingsOf, text, toggle } from "../input/flag_types.ts";
import type { AnyCommand, BuiltCommand, Values } from "./command_types.ts";
import { withExamples } from "./examples.ts";

const id = (noun: string) => integer(`an id of ${noun}`, 1, Number.MAX_SAFE_INTEGER);

const loginFlags = {
  withToken: toggle("with-token", false, "Read the token from stdin (default: ask for it, hidden)"),
  tokenCommand: one("token-command", text("command"), "Store this command, which prints the token, and no token"),
  tokenFile: one("token-file", file, "Store the name of this file, which has the token, and no token"),
  account: one("account-id", id("an account"), "Account (default: the URL's, or the only one of the token)", "a"),
  project: one("project-id", id("a project"), "Project that commands work on (default: the URL's)", "p"),
};

/** The values of `auth login`. */
export interface Login extends Values<typeof loginFlags> {
  /** The host, or a URL of dbt Cloud. */
  readonly host: string | undefined;
}

/** Makes the command. */
export function authCommand(description: string): BuiltCommand {
  const name = argument("name", text("name"), "Name of the context; see dbtc auth list");
  const host = argument("host", text("host|url"), "Access host of the account, or any URL of dbt Cloud there");
  const verbs: ReadonlyArray<AnyCommand> = [
    Command.make(
      "login",
      { ...loginFlags, host },
      (given) => Effect.flatMap(Effect.promise(() => import("./auth_login.ts")), ({ login }) => login(given)),
    ).pipe(
      Command.withDescription("Check a token, save it, and put its account in use"),
    ),
    Command.make(
      "status",
      {},
      () => Effect.flatMap(Effect.promise(() => import("./auth_status.ts")), ({ status }) => status),
    ).pipe(
      Command.withDescription("Show the account in use, where its token comes from, and what it can read"),
    ),
    Command.make(
      "list",
      {},
      () => Effect.flatMap(Effect.promise(() => import("./auth_contexts.ts")), ({ list }) => list),
    ).pipe(
      Command.withDescription("List the saved contexts, those of dbt_cloud.yml included"),
    ),
    Command.make(
      "use",
      { name },
      ({ name }) => Effect.flatMap(Effect.promise(() => import("./auth_contexts.ts")), ({ use }) => use(name)),
    ).pipe(
      Command.withDescription("Put a saved context in use"),
    ),
    Command.make(
      "logout",
      { name },
      ({ name }) => Effect.flatMap(Effect.promise(() => import("./auth_contexts.ts")), ({ logout }) => logout(name)),
    ).pipe(
      Command.withDescription("Remove a saved context, with its token (default: the one in use)"),
    ),
  ];
  const command = Command.make("auth").pipe(
    Command.withDescription(description),
    Command.withSubcommands(verbs.map((verb) => withExamples(verb, `auth.${verb.name}`))),
  );
  return { command, spellings: spellingsOf(loginFlags) };
}
