/**
 * The saved contexts, as the library exports them: which accounts there are, and with which token.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import type { DbtError } from "../error.ts";
import { find, load as loadFiles, type SavedContexts } from "./context_files.ts";
import { readToken, type SavedContext, type TokenSource } from "./saved_context.ts";

export { readToken, type SavedContext, type SavedContexts, type TokenSource };

/**
 * Reads all saved contexts.
 *
 * **When to use**
 *
 * To list the accounts of a user, or to make a client for each of them. `DbtClient.layerEnvironment({ context })` makes
 * a client for one.
 *
 * **Details**
 *
 * No token command is run, and no request is made. A file that is missing has no contexts.
 *
 * **Errors**
 *
 * `Unsendable`: our own file cannot be read, or is not what it should be. A problem with `dbt_cloud.yml` is in `problem`.
 *
 * @example
 * ```ts
 * import { Contexts } from "@dbtc/dbtc";
 * import * as NodeFileSystem from "@effect/platform-node-shared/NodeFileSystem";
 * import * as ConfigProvider from "effect/ConfigProvider";
 * import * as Effect from "effect/Effect";
 * import assert from "node:assert/strict";
 *
 * const nobody = ConfigProvider.layer(ConfigProvider.fromEnv({ env: { HOME: "/nonexistent" } }));
 * const { contexts } = await Effect.runPromise(Contexts.load.pipe(Effect.provide([NodeFileSystem.layer, nobody])));
 * assert.deepEqual(contexts, []);
 * ```
 */
export const load: Effect.Effect<SavedContexts, DbtError, FileSystem.FileSystem> = loadFiles;

/**
 * Reads one saved context, by its name or by the id of a project in `dbt_cloud.yml`.
 *
 * **Errors**
 *
 * `Unsendable`: there is no such context, several have the name, or a file cannot be read. The message lists the
 * candidates.
 */
export function get(name: string): Effect.Effect<SavedContext, DbtError, FileSystem.FileSystem> {
  return Effect.flatMap(load, (saved) => Effect.fromResult(find(saved, name, "The program")));
}
