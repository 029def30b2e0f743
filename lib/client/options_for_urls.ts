/**
 * Chooses the settings of a client for the URLs that a person pasted: the one place where pasted URLs meet saved
 * contexts. `resolveId` refuses a URL that is not of the client's account.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Result from "effect/Result";
import type { DbtError } from "../error.ts";
import type { Options } from "./client_options.ts";
import { findAccess, type Given, loadOptions, optionsOf } from "./config.ts";
import { loadReadable } from "./context_files.ts";
import { variable } from "./environment_variables.ts";
import { matchHosts, readThingUrl, type ThingUrl } from "./host.ts";
import { accessOf, hostname, type SavedContext } from "./saved_context.ts";

/** The settings of a client, and the saved context that a URL chose. */
export interface OptionsForUrls {
  /** The settings. */
  readonly options: Options;
  /** The context that is used because a URL is of its account. */
  readonly context?: SavedContext;
}

/**
 * The settings that the program and the environment give, if the URLs are of their account. Otherwise those of the saved
 * context that has the account, unless a context is named. Host and token are always those of the settings: no request
 * goes to the host of a URL.
 */
export const optionsForUrls: (
  given: Given,
  urls: ReadonlyArray<string>,
) => Effect.Effect<OptionsForUrls, DbtError, FileSystem.FileSystem> = Effect.fnUntraced(function* (given, urls) {
  const url = urls.map(readThingUrl).find((url) => url?.account_id !== undefined);
  if (url === undefined) return { options: yield* loadOptions(given) };
  const access = yield* Effect.result(findAccess(given));
  if (Result.isSuccess(access) && isOfAccount(url, access.success.options)) {
    const options = yield* optionsOf(access.success);
    // A client without an account gets that of the URL.
    return { options: url.account_id === undefined ? options : { account_id: url.account_id, ...options } };
  }
  const isNamed = given.context !== undefined || (yield* variable("DBTC_CONTEXT")) !== undefined;
  const context = isNamed ? undefined : yield* contextOf(url);
  if (context === undefined) return { options: yield* Effect.flatMap(Effect.fromResult(access), optionsOf) };
  const { account_id: _, host: _host, ...rest } = given;
  const name = context.isDbts ? String(context.project_id) : context.name;
  return { options: yield* loadOptions({ ...rest, context: name }), context };
});

/** Whether a URL is of an account, as far as that is known without a request. */
function isOfAccount(url: ThingUrl, { account_id, host }: Pick<Options, "account_id" | "host">): boolean {
  return (account_id === undefined || account_id === url.account_id) &&
    matchHosts(url.host, hostname(host)) !== "other";
}

/** The saved context of a URL's account; undefined if no context has it, or several have it with different tokens. */
const contextOf = Effect.fnUntraced(function* (url: ThingUrl) {
  const { contexts } = yield* loadReadable;
  const fitting = contexts.filter((context) => isOfAccount(url, context));
  const [first] = fitting;
  return new Set(fitting.map(accessOf)).size === 1 ? first : undefined;
});
