/**
 * `SavedContext`, an account with its host and its token, and how its token is read. `context_files.ts` reads contexts
 * from files.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import { type DbtError, unusable } from "../error.ts";
import { readIfPresent } from "./config_files.ts";
import { baseUrl } from "./host.ts";

/** Where the token of a context is. */
export type TokenSource =
  /** In the file of the context itself. */
  | { readonly _tag: "Stored"; readonly token: Redacted.Redacted<string> }
  /** A command prints it: a line for the shell, or a program with its arguments. */
  | { readonly _tag: "Command"; readonly command: string | ReadonlyArray<string> }
  /** In a file of its own. */
  | { readonly _tag: "File"; readonly path: string }
  /** Nowhere. */
  | { readonly _tag: "None" };

/** An account that dbtc can reach: its host, and where its token is. */
export interface SavedContext {
  /** Its name: that of `contexts.yml`, or the name of the project in `dbt_cloud.yml`. */
  readonly name: string;
  /** The file that it is from. */
  readonly file: string;
  /** Whether the file is `dbt_cloud.yml`, which dbtc never changes. */
  readonly isDbts: boolean;
  /** Whether it is the one in use: chosen by `dbtc auth use`, or else the active one of `dbt_cloud.yml`. */
  readonly isCurrent: boolean;
  /** The access host of the account. */
  readonly host: string;
  /** The account. */
  readonly account_id: number;
  /** The account's name, if the file has it. */
  readonly account_name?: string;
  /** The project that its commands work on, if the file has one. */
  readonly project_id?: number;
  /** The URL of the Discovery API, if the file has one: it does not follow from the host. */
  readonly discoveryUrl?: string;
  /** The URL of the Semantic Layer, if the file has one. */
  readonly semanticLayerUrl?: string;
  /** Where its token is. */
  readonly token: TokenSource;
}

/**
 * Reads the token of a context: from its file, from a file of its own, or from the command that prints it.
 *
 * **Errors**
 *
 * `Unsendable`: no token is set, a file cannot be read, or the command fails, prints nothing or takes longer than a
 * minute. The message contains no token.
 */
export const readToken: (
  context: SavedContext,
) => Effect.Effect<Redacted.Redacted<string>, DbtError, FileSystem.FileSystem> = Effect.fnUntraced(
  function* ({ file, name, token }) {
    switch (token._tag) {
      case "Stored":
        return token.token;
      case "File":
        return yield* tokenInFile(token.path);
      case "Command": {
        const { runTokenCommand } = yield* Effect.promise(() => import("./token_command.ts"));
        return Redacted.make(yield* runTokenCommand(token.command, `context ${name}`));
      }
      case "None":
        return yield* unusable(
          `context ${name} of ${file} has no token: run dbtc auth login --context ${name}, or add a token_command`,
        );
    }
  },
);

/** The token in a file, without blanks around it. */
export const tokenInFile: (
  path: string,
) => Effect.Effect<Redacted.Redacted<string>, DbtError, FileSystem.FileSystem> = Effect.fnUntraced(function* (path) {
  const text = (yield* readIfPresent(path))?.trim();
  if (text === undefined) return yield* unusable(`there is no file ${path} to read the token from`);
  return text === "" ? yield* unusable(`${path} is empty, and should have the token`) : Redacted.make(text);
});

/** A context for messages, without its token: `prod (account 7 on ab123.us1.dbt.com)`. */
export function describe({ account_id, host, isDbts, name, project_id }: SavedContext): string {
  const project = isDbts && project_id !== undefined ? `project ${project_id} of ` : "";
  return `${name} (${project}account ${account_id} on ${hostname(host)})`;
}

/** What a context gives access to, and with which token. Two with the same one differ in name and project only. */
export function accessOf({ account_id, host, token }: SavedContext): string {
  const source = token._tag === "Stored"
    ? Redacted.value(token.token)
    : token._tag === "None"
    ? ""
    : JSON.stringify(token);
  return [hostname(host), account_id, source].join(" ");
}

/** The host of a URL, or the text itself where it is none. */
export function hostname(host: string): string {
  return Result.match(baseUrl(host), { onFailure: () => host, onSuccess: ({ host }) => host });
}
