/**
 * Where dbt's and our own configuration files are, and how they are read: missing, unreadable, damaged. `contexts.ts`
 * and `dbt_project.ts` use it.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import process from "node:process";
import { type DbtError, unusable } from "../error.ts";
import { variable } from "./environment_variables.ts";
import { fileProblem } from "./file_error.ts";

/** The environment variables and the system that decide where files are. */
export interface Home {
  /** The user's folder; undefined where the environment does not name it. */
  readonly home: string | undefined;
  /** `XDG_CONFIG_HOME`. */
  readonly xdg: string | undefined;
  /** `APPDATA`, which Windows sets. */
  readonly appData: string | undefined;
  /** Whether paths are those of Windows. */
  readonly isWindows: boolean;
}

/** Reads what decides where files are. */
export const findHome: Effect.Effect<Home> = Effect.gen(function* () {
  return {
    home: (yield* variable("HOME")) ?? (yield* variable("USERPROFILE")),
    xdg: yield* variable("XDG_CONFIG_HOME"),
    appData: yield* variable("APPDATA"),
    isWindows: process.platform === "win32",
  };
});

function join({ isWindows }: Home, ...parts: ReadonlyArray<string>): string {
  return parts.map((part, index) => index === 0 ? part.replace(/[\\/]+$/, "") : part).join(isWindows ? "\\" : "/");
}

/**
 * The file of the saved contexts; undefined where the environment names no folder for it. A relative `XDG_CONFIG_HOME`
 * does not count: https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function contextsFile(home: Home): string | undefined {
  const isAbsolute = (path: string) => home.isWindows ? /^[A-Za-z]:[\\/]|^\\\\/.test(path) : path.startsWith("/");
  const folder = home.xdg !== undefined && isAbsolute(home.xdg)
    ? home.xdg
    : home.isWindows && home.appData !== undefined
    ? home.appData
    : home.home === undefined
    ? undefined
    : join(home, home.home, ".config");
  return folder && join(home, folder, "dbtc", "contexts.yml");
}

/** dbt's own file; undefined where the environment names no user's folder. */
export function dbtCloudFile(home: Home): string | undefined {
  return home.home && join(home, home.home, ".dbt", "dbt_cloud.yml");
}

/** The path of a file that another file names: `~` is the user's folder, and other paths start at the other file. */
export function pathBeside(home: Home, file: string, path: string): string {
  if (/^~[\\/]/.test(path) && home.home !== undefined) return join(home, home.home, path.slice(2));
  if (/^([A-Za-z]:)?[\\/]/.test(path)) return path;
  return file.replace(/[^\\/]*$/, path);
}

/** Reads a file; undefined if it is missing. Says why it cannot be read. */
export const readIfPresent = Effect.fnUntraced(function* (
  path: string,
): Effect.fn.Return<string | undefined, DbtError, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem;
  return yield* Effect.catch(fs.readFileString(path), (error) => {
    const { reason } = error;
    if (reason._tag === "NotFound") return Effect.succeed(undefined);
    const denied = reason.cause instanceof Error && reason.cause.name === "NotCapable";
    const why = denied
      ? `Deno does not allow it: run again with --allow-read=${path}`
      : reason._tag === "PermissionDenied"
      ? "permission denied: check the owner and the mode of the file and of its folder"
      : fileProblem(error);
    return Effect.fail(unusable(`${path} cannot be read: ${why}`));
  });
});

/** Whether Deno lets this program read a path without a question. Where there is no Deno, it does. */
export function mayRead(path: string): boolean {
  return !("Deno" in globalThis) || Deno.permissions.querySync({ name: "read", path }).state === "granted";
}

/** Parses YAML. The failure says the line, and does not quote the file, which may contain tokens. */
export const parseYaml = Effect.fnUntraced(function* (
  path: string,
  text: string,
): Effect.fn.Return<unknown, DbtError> {
  // Loaded only here: mostly the token comes from the environment.
  const Yaml = yield* Effect.promise(() => import("effect/encoding/Yaml"));
  return yield* Effect.try({
    try: () => text.trim() === "" ? undefined : Yaml.parse(text),
    catch: (error) => {
      const [, line] = /at line (\d+)/.exec(error instanceof Error ? error.message : "") ?? [];
      return unusable(`${path}${line === undefined ? "" : `, line ${line},`} is not valid YAML`);
    },
  });
});

/** Whether Deno lets this program read a variable without a question. Where there is no Deno, it does. */
export function mayReadVariable(variable: string): boolean {
  return !("Deno" in globalThis) || Deno.permissions.querySync({ name: "env", variable }).state === "granted";
}
