/**
 * The flags of `dbtc auth login`. `auth_command.ts` needs them before `auth_login.ts` is loaded.
 *
 * @module
 */
import { file, integer, one, text, toggle } from "../input/flag_types.ts";
import type { Values } from "./command_types.ts";

const id = (noun: string) => integer(`an id of ${noun}`, 1, Number.MAX_SAFE_INTEGER);

/** The flags. */
export const loginFlags = {
  withToken: toggle("with-token", false, "Read the token from stdin (default: ask for it, hidden)"),
  tokenCommand: one(
    "token-command",
    text("command"),
    "Store this command, which prints the token, instead of the token",
  ),
  tokenFile: one("token-file", file, "Store the path of this file, which has the token, instead of the token"),
  account: one("account-id", id("an account"), "Account (default: the URL's, or the only one of the token)", "a"),
  project: one("project-id", id("a project"), "Project that commands work on (default: the URL's)", "p"),
};

/** The values of `auth login`. */
export interface Login extends Values<typeof loginFlags> {
  /** The host, or a URL of dbt Cloud. */
  readonly host: string | undefined;
}
