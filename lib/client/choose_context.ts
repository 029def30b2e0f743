/**
 * Chooses one of the saved contexts: the one that is named, or the one that fits the host, account and project that are
 * asked for. `config.ts` uses it.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import { type DbtError, unusable } from "../error.ts";
import type { Options } from "./client_options.ts";
import { firstSetting, idSetting } from "./environment_variables.ts";
import { accessOf, describe, hostname, type SavedContext } from "./saved_context.ts";
import { baseUrl, idsOf } from "./host.ts";
import { find, load, loadReadable } from "./context_files.ts";

/** The host, account and project that the program or the environment asks for. */
export interface Asked {
  readonly host: string | undefined;
  readonly account_id: number | undefined;
  readonly project_id: number | undefined;
}

/** Reads what is asked for. The host may be any URL of dbt Cloud, whose account then counts too. */
export const askedFor = Effect.fnUntraced(function* (given: Partial<Options>): Effect.fn.Return<Asked, DbtError> {
  const [hostName, host] = given.host !== undefined
    ? ["the host", given.host]
    : yield* firstSetting(["DBT_CLOUD_HOST", "DBT_CLOUD_ACCOUNT_HOST"]);
  const [accountName, account_id] = given.account_id !== undefined
    ? ["the account that is asked for", given.account_id]
    : ["DBT_CLOUD_ACCOUNT_ID", yield* idSetting("DBT_CLOUD_ACCOUNT_ID")];
  const variable = yield* idSetting("DBT_CLOUD_PROJECT_ID");
  if (host === undefined) return { host, account_id, project_id: given.project_id ?? variable };
  const url = baseUrl(host);
  if (Result.isFailure(url)) return yield* unusable(url.failure);
  const ids = idsOf(url.success);
  const contradiction = (what: string, id: number, name: string, other: number) =>
    unusable(`${hostName} is a URL of ${what} ${id}, and ${name} is ${other}: change one of them`);
  if (account_id !== undefined && ids.account_id !== undefined && account_id !== ids.account_id) {
    return yield* contradiction("account", ids.account_id, accountName, account_id);
  }
  if (variable !== undefined && ids.project_id !== undefined && variable !== ids.project_id) {
    return yield* contradiction("project", ids.project_id, "DBT_CLOUD_PROJECT_ID", variable);
  }
  return {
    host,
    account_id: account_id ?? ids.account_id,
    project_id: given.project_id ?? variable ?? ids.project_id,
  };
});

/** The context with this name. Fails where the program asks for another host or account than it has. */
export const namedContext = Effect.fnUntraced(function* (given: Partial<Options>, name: string, asked: string) {
  const context = yield* Effect.fromResult(find(yield* load, name, asked));
  const url = given.host === undefined ? undefined : baseUrl(given.host);
  if (url !== undefined && Result.isFailure(url)) return yield* unusable(url.failure);
  const account_id = given.account_id ?? (url && idsOf(url.success).account_id);
  const other = url !== undefined && url.success.host !== hostname(context.host)
    ? `host ${url.success.host}`
    : account_id !== undefined && account_id !== context.account_id
    ? `account ${account_id}`
    : undefined;
  return other === undefined
    ? context
    : yield* unusable(`${asked} is ${describe(context)}, and ${other} is asked for: leave out one of them`);
});

const noToken = `no token: run dbtc auth login, or set DBT_CLOUD_SERVICE_TOKEN (and DBT_CLOUD_HOST, ` +
  "DBT_CLOUD_ACCOUNT_ID), or download dbt_cloud.yml from dbt's user interface to ~/.dbt/";

/**
 * The context that fits what is asked for. The one that `dbtc auth use` chose comes first. Where it does not fit, what is
 * asked for decides alone, among all contexts; where nothing is asked for, the active entry of `dbt_cloud.yml` counts.
 * `isExact` is false if several entries of one account fit, so that none of their projects is chosen.
 */
export const fittingContext = Effect.fnUntraced(function* (asked: Asked) {
  const saved = yield* loadReadable;
  const { contexts, current, file } = saved;
  const isAsked = asked.host !== undefined || asked.account_id !== undefined || asked.project_id !== undefined;
  const ofAccount = contexts.filter(({ account_id, host }) =>
    (asked.host === undefined || hostname(host) === hostname(asked.host)) &&
    (asked.account_id === undefined || account_id === asked.account_id)
  );
  if (current !== undefined) {
    const context = yield* Effect.fromResult(find(saved, current, `"current" of ${file}`));
    if (ofAccount.includes(context)) return { context, chosenBy: "dbtc auth use", isExact: true };
  }
  if (saved.problem !== undefined) return yield* saved.problem;
  const active = contexts.filter(({ isCurrent }) => isCurrent);
  // Without an active entry, an only context is the one: of several, none is.
  const candidates = isAsked ? ofProject(ofAccount, asked.project_id) : active.length > 0 ? active : contexts;
  const [first, ...others] = candidates;
  if (first === undefined) {
    if (contexts.length === 0) return yield* unusable(noToken);
    const wanted = [
      asked.project_id === undefined ? undefined : `project ${asked.project_id}`,
      asked.account_id === undefined ? undefined : `account ${asked.account_id}`,
      asked.host === undefined ? undefined : `host ${hostname(asked.host)}`,
    ].filter((part) => part !== undefined).join(", ");
    return yield* unusable(
      `no token for ${wanted}, neither in the environment (DBT_CLOUD_SERVICE_TOKEN) nor in a saved context: ` +
        contexts.map(describe).join("; "),
    );
  }
  if (others.some((other) => accessOf(other) !== accessOf(first))) {
    return yield* unusable(
      `several saved contexts fit: ${candidates.map(describe).join("; ")}. ` +
        "Choose one by --context, DBTC_CONTEXT or dbtc auth use",
    );
  }
  return { context: first, chosenBy: isAsked ? "what is asked for" : first.file, isExact: others.length === 0 };
});

/**
 * The contexts of a project. A token is good for all projects of its account, so a project need not be named where all
 * contexts are of one account.
 */
function ofProject(
  contexts: ReadonlyArray<SavedContext>,
  project_id: number | undefined,
): ReadonlyArray<SavedContext> {
  if (project_id === undefined) return contexts;
  const named = contexts.filter((context) => context.project_id === project_id);
  return named.length > 0 || new Set(contexts.map(accessOf)).size !== 1 ? named : contexts;
}
