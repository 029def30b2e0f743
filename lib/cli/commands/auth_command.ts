/**
 * `dbtc auth`: its verbs and their flags. What they do is loaded when they run.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Command from "effect/cli/Command";
import { argument, spellingsOf, text } from "../input/flag_types.ts";
import { loginFlags } from "./auth_login_flags.ts";
import type { AnyCommand, BuiltCommand } from "./command_types.ts";
import { withExamples } from "./examples.ts";

/** Makes the command. */
export function authCommand(description: string): BuiltCommand {
  const context = argument("context", text("name"), "Name of the context; see dbtc auth list");
  const host = argument("host", text("host|url"), "Access host of the account, or any URL of dbt Cloud there");
  const verbs: ReadonlyArray<AnyCommand> = [
    Command.make(
      "login",
      { ...loginFlags, host },
      (given) => Effect.flatMap(Effect.promise(() => import("./auth_login.ts")), ({ login }) => login(given)),
    ).pipe(
      Command.withDescription("Check a token, save it, and switch to its account"),
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
      Command.withDescription("List the saved contexts, and those of dbt_cloud.yml"),
    ),
    Command.make(
      "use",
      { context },
      ({ context }) => Effect.flatMap(Effect.promise(() => import("./auth_contexts.ts")), ({ use }) => use(context)),
    ).pipe(
      Command.withDescription("Switch to a saved context"),
    ),
    Command.make(
      "logout",
      { context },
      ({ context }) =>
        Effect.flatMap(Effect.promise(() => import("./auth_contexts.ts")), ({ logout }) => logout(context)),
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
