/**
 * Finds the settings of a client, by one order: what the program gives, a context that is named, the environment, the
 * context that `dbtc auth use` chose, `~/.dbt/dbt_cloud.yml`. `layerEnvironment` and the command line use it.
 *
 * Host, token and account come from one source: a token of a file is never sent to a host of the environment.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Equal from "effect/Equal";
import type * as FileSystem from "effect/FileSystem";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import type { DbtError } from "../error.ts";
import type { Options } from "./client_options.ts";
import { find, load, loadReadable } from "./context_files.ts";
import { accessOf, describe, hostname, readToken, type SavedContext, tokenInFile } from "./saved_context.ts";
import { linkedProject } from "./dbt_project.ts";
import {
  firstSetting,
  idSetting,
  isOn,
  rateSetting,
  redactedSetting,
  setting,
  unusable as fail,
} from "./environment_variables.ts";
import { baseUrl, idsOf, whereToFindHost } from "./host.ts";
import { defined } from "../defined.ts";

export { variable } from "./environment_variables.ts";

/** The variables that hold a token. The first one that is set counts. */
const tokenVariables = [
  "DBT_CLOUD_SERVICE_TOKEN",
  "DBT_CLOUD_SERVICE_TOKEN_FILE",
  "DBT_CLOUD_API_KEY",
  "DBT_CLOUD_TOKEN",
] as const;

/** The settings that the program gives. The others are read from the environment or the files. */
export interface Given extends Partial<Options> {
  /** The saved context that gives host, token and account (default: `DBTC_CONTEXT`, and see `layerEnvironment`). */
  readonly context?: string;
}

/** Where host, token and account come from. */
export type AccessSource =
  /** The program itself gives the token. */
  | { readonly _tag: "Program" }
  /** The environment; `variable` holds the token, or names its file. */
  | { readonly _tag: "Environment"; readonly variable: string }
  /** A saved context; `chosenBy` says what named it, such as `--context`. */
  | { readonly _tag: "Context"; readonly context: SavedContext; readonly chosenBy: string };

/** The settings of a client, and where they come from. */
export interface Access {
  /** Where host, token and account come from. */
  readonly source: AccessSource;
  /** The settings, but for the token. */
  readonly options: Omit<Options, "token">;
  /** Reads the token. Of a context, this may run a command. */
  readonly token: Effect.Effect<Redacted.Redacted<string>, DbtError, FileSystem.FileSystem>;
  /** The `dbt_project.yml` that names the project, if one does. */
  readonly projectFile?: string;
}

/** Reads the settings of a client. */
export const loadOptions = Effect.fnUntraced(function* (
  given: Given = {},
): Effect.fn.Return<Options, DbtError, FileSystem.FileSystem> {
  return yield* optionsOf(yield* findAccess(given));
});

/** The settings of a client, with the token. */
export const optionsOf = ({ options, token }: Access): Effect.Effect<Options, DbtError, FileSystem.FileSystem> =>
  Effect.map(token, (token) => ({ ...options, token }));

/** Finds the settings of a client, and where they come from. The token is not read yet. */
export const findAccess = Effect.fnUntraced(function* (
  given: Given = {},
): Effect.fn.Return<Access, DbtError, FileSystem.FileSystem> {
  const { context: name, token: givenToken, ...rest } = given;
  if (name !== undefined && givenToken !== undefined) {
    return yield* fail(`the context "${name}" and a token are both given: host and token have to come from one source`);
  }
  const readonly = given.readonly ?? isOn(yield* setting("DBTC_READONLY"));
  const requestsPerMinute = given.requestsPerMinute ?? (yield* rateSetting("DBTC_REQUESTS_PER_MINUTE"));
  const common = { ...rest, readonly, ...defined({ requestsPerMinute }) };

  const named = name !== undefined ? ["--context", name] as const : yield* firstSetting(["DBTC_CONTEXT"]);
  if (givenToken === undefined && named[1] !== undefined) {
    const context = yield* namedContext(given, named[1], named[0]);
    return yield* accessOfContext(common, context, named[0], yield* variablesFor(given, context));
  }

  const asked = yield* askedFor(given);
  const environment_id = given.environment_id ?? (yield* idSetting("DBT_CLOUD_ENVIRONMENT_ID"));
  const token = givenToken === undefined ? yield* tokenSetting : { variable: undefined, token: givenToken };
  if (token !== undefined) {
    const { account_id, host } = asked;
    if (host === undefined) return yield* fail(`no host: ${whereToFindHost}`);
    const { file: projectFile, project_id } = yield* projectOf(asked.project_id);
    const urls = {
      discoveryUrl: given.discoveryUrl ?? (yield* setting("DBT_CLOUD_DISCOVERY_URL")),
      semanticLayerUrl: given.semanticLayerUrl ?? (yield* setting("DBT_CLOUD_SEMANTIC_LAYER_URL")),
    };
    return {
      source: token.variable === undefined ? { _tag: "Program" } : { _tag: "Environment", variable: token.variable },
      options: { ...common, ...defined({ account_id, environment_id, project_id, ...urls }), host },
      token: Effect.succeed(token.token),
      ...defined({ projectFile }),
    };
  }
  const { chosenBy, context, isExact } = yield* fittingContext(asked);
  const ids = { environment_id, project_id: asked.project_id };
  return yield* accessOfContext(common, context, chosenBy, ids, isExact ? context.project_id : null);
});

/**
 * The settings of a client for a context. `ids` are those that the program or the environment names; `ownProject` is the
 * context's own project; null if it does not count.
 */
const accessOfContext = Effect.fnUntraced(function* (
  common: Omit<Given, "context" | "token">,
  context: SavedContext,
  chosenBy: string,
  ids: { readonly project_id: number | undefined; readonly environment_id: number | undefined },
  ownProject: number | null = context.project_id ?? null,
): Effect.fn.Return<Access, DbtError, FileSystem.FileSystem> {
  const { account_id, host } = context;
  const { file: projectFile, project_id = ownProject ?? undefined } = yield* projectOf(ids.project_id);
  const [name, url] = yield* firstSetting(["DBT_CLOUD_DISCOVERY_URL", "DBT_CLOUD_SEMANTIC_LAYER_URL"]);
  if (url !== undefined) yield* Effect.logWarning(`${name} is not used: the token is not from the environment`);
  const own = defined({
    environment_id: ids.environment_id,
    project_id,
    discoveryUrl: common.discoveryUrl ?? context.discoveryUrl,
    semanticLayerUrl: common.semanticLayerUrl ?? context.semanticLayerUrl,
  });
  return {
    source: { _tag: "Context", context, chosenBy },
    options: { ...common, ...own, account_id, host },
    token: readToken(context),
    ...defined({ projectFile }),
  };
});

/** The project that is asked for, or else the one that `dbt_project.yml` names. */
const projectOf = Effect.fnUntraced(function* (
  asked: number | undefined,
): Effect.fn.Return<
  { readonly project_id?: number; readonly file?: string },
  never,
  FileSystem.FileSystem
> {
  if (asked !== undefined) return { project_id: asked };
  return (yield* linkedProject) ?? {};
});

// ---- what is asked for ----------------------------------------------------------------------------------------------

/** The host, account and project that the program or the environment asks for. */
interface Asked {
  readonly host: string | undefined;
  readonly account_id: number | undefined;
  readonly project_id: number | undefined;
}

/** Reads what is asked for. The host may be any URL of dbt Cloud, whose account then counts too. */
const askedFor = Effect.fnUntraced(function* (given: Given): Effect.fn.Return<Asked, DbtError> {
  const [hostName, host] = given.host !== undefined
    ? ["the host", given.host]
    : yield* firstSetting(["DBT_CLOUD_HOST", "DBT_CLOUD_ACCOUNT_HOST"]);
  const [accountName, account_id] = given.account_id !== undefined
    ? ["the account that is asked for", given.account_id]
    : ["DBT_CLOUD_ACCOUNT_ID", yield* idSetting("DBT_CLOUD_ACCOUNT_ID")];
  const variable = yield* idSetting("DBT_CLOUD_PROJECT_ID");
  if (host === undefined) return { host, account_id, project_id: given.project_id ?? variable };
  const url = baseUrl(host);
  if (Result.isFailure(url)) return yield* fail(url.failure);
  const ids = idsOf(url.success);
  const contradiction = (what: string, id: number, name: string, other: number) =>
    fail(`${hostName} is a URL of ${what} ${id}, and ${name} is ${other}: change one of them`);
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

// ---- the environment ------------------------------------------------------------------------------------------------

/** A token of the environment, and the variable that it is from. */
interface TokenSetting {
  readonly variable: string;
  readonly token: Redacted.Redacted<string>;
}

const tokenSetting = Effect.gen(function* () {
  const set: Array<TokenSetting> = [];
  for (const variable of tokenVariables) {
    const value = yield* redactedSetting(variable);
    if (value === undefined) continue;
    const token = variable.endsWith("_FILE")
      ? yield* Effect.mapError(
        tokenInFile(Redacted.value(value)),
        ({ reason }) => fail(`${variable}: ${reason._tag === "Unsendable" ? reason.detail : reason._tag}`),
      )
      : value;
    set.push({ variable, token });
  }
  const [first, ...others] = set;
  const other = others.find(({ token }) => !Equal.equals(token, first?.token));
  if (first !== undefined && other !== undefined) {
    yield* Effect.logWarning(
      `${first.variable} and ${other.variable} hold different tokens: ${first.variable} is used`,
    );
  }
  return first;
});

// ---- saved contexts -------------------------------------------------------------------------------------------------

/** The context with this name. Fails where the program asks for another host or account than it has. */
const namedContext = Effect.fnUntraced(function* (given: Given, name: string, asked: string) {
  const context = yield* Effect.fromResult(find(yield* load, name, asked));
  const url = given.host === undefined ? undefined : baseUrl(given.host);
  if (url !== undefined && Result.isFailure(url)) return yield* fail(url.failure);
  const account_id = given.account_id ?? (url && idsOf(url.success).account_id);
  const other = url !== undefined && url.success.host !== hostname(context.host)
    ? `host ${url.success.host}`
    : account_id !== undefined && account_id !== context.account_id
    ? `account ${account_id}`
    : undefined;
  return other === undefined
    ? context
    : yield* fail(`${asked} is ${describe(context)}, and ${other} is asked for: leave out one of them`);
});

/**
 * The project and the environment that are asked for with a named context. Those of the environment count only if the
 * environment is not about another account: ids of one account mean nothing in another.
 */
const variablesFor = Effect.fnUntraced(function* (given: Given, { account_id, host }: SavedContext) {
  const asked = yield* Effect.option(askedFor({}));
  const isOther = asked._tag === "None" ||
    (asked.value.account_id ?? account_id) !== account_id ||
    hostname(asked.value.host ?? host) !== hostname(host);
  return {
    project_id: given.project_id ?? (isOther ? undefined : asked.value.project_id),
    environment_id: given.environment_id ?? (isOther ? undefined : yield* idSetting("DBT_CLOUD_ENVIRONMENT_ID")),
  };
});

const noToken = `no token: run dbtc auth login, or set ${tokenVariables[0]} (and DBT_CLOUD_HOST, ` +
  "DBT_CLOUD_ACCOUNT_ID), or download dbt_cloud.yml from dbt's user interface to ~/.dbt/";

/**
 * The context that fits what is asked for. The one that `dbtc auth use` chose comes first. Where it does not fit, what is
 * asked for decides alone, among all contexts; where nothing is asked for, the active entry of `dbt_cloud.yml` counts.
 * `isExact` is false if several entries of one account fit, so that none of their projects is chosen.
 */
const fittingContext = Effect.fnUntraced(function* (asked: Asked) {
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
    if (contexts.length === 0) return yield* fail(noToken);
    const wanted = [
      asked.project_id === undefined ? undefined : `project ${asked.project_id}`,
      asked.account_id === undefined ? undefined : `account ${asked.account_id}`,
      asked.host === undefined ? undefined : `host ${hostname(asked.host)}`,
    ].filter((part) => part !== undefined).join(", ");
    return yield* fail(
      `no token for ${wanted}, neither in the environment (${tokenVariables[0]}) nor in a saved context: ` +
        contexts.map(describe).join("; "),
    );
  }
  if (others.some((other) => accessOf(other) !== accessOf(first))) {
    return yield* fail(
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
