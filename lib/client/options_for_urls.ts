/**
 * Chooses the settings of a client for the URLs that a person pasted: the one place where pasted URLs meet saved
 * accounts. `resolveId` refuses a URL that is not of the client's account.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import type { DbtError } from "../error.ts";
import type { Options } from "./client_options.ts";
import { type Given, loadOptions } from "./config.ts";
import { readThingUrl } from "./host.ts";

/**
 * The settings that the program and the environment give. Where they name no account, or leave open which saved account
 * is meant, the URLs' account decides. The host of a URL is never used: no token goes there.
 */
export const optionsForUrls: (
  given: Given,
  urls: ReadonlyArray<string>,
) => Effect.Effect<Options, DbtError, FileSystem.FileSystem> = Effect.fnUntraced(function* (given, urls) {
  const account_id = urls.map((url) => readThingUrl(url)?.account_id).find((id) => id !== undefined);
  if (account_id === undefined) return yield* loadOptions(given);
  const options = yield* Effect.catch(loadOptions(given), () => loadOptions({ account_id, ...given }));
  return options.account_id === undefined ? { ...options, account_id } : options;
});
