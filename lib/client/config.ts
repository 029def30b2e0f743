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
import { defined } from "../defined.ts";
import { type DbtError, unusable } from "../error.ts";
import { askedFor, fittingContext, namedContext } from "./choose_context.ts";
import type { Options } from "./client_options.ts";
import { firstSetting, idSetting, isOn, rateSetting, redactedSetting, setting } from "./environment_variables.ts";
import { hostname, readToken, type SavedContext, tokenInFile } from "./saved_context.ts";
import { linkedProject } from "./dbt_project.ts";
import { whereToFindHost } from "./host.ts";

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
    return yield* unusable(
      `the context "${name}" and a token are both given: host and token have to come from one source`,
    );
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
    if (host === undefined) return yield* unusable(`no host: ${whereToFindHost}`);
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

// ---- the token of the environment -----------------------------------------------------------------------------------

/** The variables that hold a token. The first one that is set counts. */
const tokenVariables = [
  "DBT_CLOUD_SERVICE_TOKEN",
  "DBT_CLOUD_SERVICE_TOKEN_FILE",
  "DBT_CLOUD_API_KEY",
  "DBT_CLOUD_TOKEN",
] as const;

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
        ({ reason }) => unusable(`${variable}: ${reason._tag === "Unsendable" ? reason.detail : reason._tag}`),
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
