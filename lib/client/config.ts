/**
 * Reads the settings of a client: from the program, then from the environment, then from `~/.dbt/dbt_cloud.yml`. Used
 * by `layerEnvironment`; the command line also reads single variables with `variable`.
 *
 * Host, token and account come from one source: a token from the file is never sent to a host from the environment.
 *
 * @module
 */
import * as Config from "effect/Config";
import * as Effect from "effect/Effect";
import * as Equal from "effect/Equal";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import { DbtError } from "../error.ts";
import type { Options } from "./client_options.ts";
import { baseUrl, idsOf, whereToFindHost } from "./host.ts";

/** The variables that hold a token. The first one that is set counts. */
const tokenVariables = ["DBT_CLOUD_SERVICE_TOKEN", "DBT_CLOUD_API_KEY", "DBT_CLOUD_TOKEN"] as const;

/** An id in the file: text, as dbt writes it, or a number, as a person may. */
const Id = Schema.Union([Schema.String, Schema.Number]);

/** The part of `~/.dbt/dbt_cloud.yml` that a client needs: https://docs.getdbt.com/reference/dbt_cloud.yml */
const CloudFile = Schema.Struct({
  context: Schema.optionalKey(Schema.Struct({
    "active-host": Schema.optionalKey(Schema.String),
    "active-project": Schema.optionalKey(Id),
  })),
  projects: Schema.Array(Schema.Struct({
    "project-id": Id,
    "account-id": Id,
    "account-host": Schema.String,
    "token-value": Schema.RedactedFromValue(Schema.String),
  })),
});

/** The settings that the program gives. The others are read from the environment or the file. */
export type Given = Partial<Options>;

/** Reads the settings of a client. */
export const loadOptions = Effect.fnUntraced(function* (
  given: Given = {},
): Effect.fn.Return<Options, DbtError, FileSystem.FileSystem> {
  const asked = yield* askedFor(given);
  const readonly = given.readonly ?? isOn(yield* setting("DBTC_READONLY"));
  const requestsPerMinute = given.requestsPerMinute ?? (yield* rateSetting("DBTC_REQUESTS_PER_MINUTE"));
  const environment_id = given.environment_id ?? (yield* idSetting("DBT_CLOUD_ENVIRONMENT_ID"));
  const rest = {
    ...given,
    readonly,
    ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
    ...(environment_id === undefined ? {} : { environment_id }),
  };
  const token = given.token ?? (yield* tokenSetting);
  if (token !== undefined) {
    const { account_id, host, project_id } = asked;
    if (host === undefined) return yield* fail(`no host: ${whereToFindHost}`);
    const urls = withoutUndefined({
      discoveryUrl: given.discoveryUrl ?? (yield* setting("DBT_CLOUD_DISCOVERY_URL")),
      semanticLayerUrl: given.semanticLayerUrl ?? (yield* setting("DBT_CLOUD_SEMANTIC_LAYER_URL")),
    });
    return { ...rest, ...withoutUndefined({ account_id, project_id }), ...urls, token, host };
  }
  const { project_id, ...access } = yield* entryOfFile(asked);
  const [name, url] = yield* firstSetting(["DBT_CLOUD_DISCOVERY_URL", "DBT_CLOUD_SEMANTIC_LAYER_URL"]);
  if (url !== undefined) yield* Effect.logWarning(`${name} is not used: the token is not from the environment`);
  return { ...rest, ...withoutUndefined({ project_id: asked.project_id ?? project_id }), ...access };
});

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

/** The members that are set. */
function withoutUndefined<A extends object>(members: A): { readonly [K in keyof A]?: Exclude<A[K], undefined> } {
  // Only members that are undefined are missing.
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    readonly [K in keyof A]?: Exclude<A[K], undefined>;
  };
}

const fail = (detail: string) => new DbtError({ endpoint: "session", reason: { _tag: "Unsendable", detail } });

/** A variable of the environment; undefined if it is empty. Redacted, since it may hold a token. */
const redactedSetting = Effect.fnUntraced(function* (
  name: string,
): Effect.fn.Return<Redacted.Redacted<string> | undefined, DbtError> {
  const value = yield* Config.option(Config.Redacted(name)).pipe(
    Effect.mapError(({ message }) => fail(`${name} cannot be read: ${message}`)),
    // Deno throws where it lacks the permission.
    Effect.catchDefect((defect) =>
      defect instanceof Error && defect.name === "NotCapable"
        ? Effect.fail(fail(`${name} cannot be read without permission: run again with --allow-env`))
        : Effect.die(defect)
    ),
  );
  const text = Option.match(value, { onNone: () => "", onSome: Redacted.value }).trim();
  return text === "" ? undefined : Redacted.make(text);
});

const setting = Effect.fnUntraced(function* (name: string): Effect.fn.Return<string | undefined, DbtError> {
  const value = yield* redactedSetting(name);
  return value && Redacted.value(value);
});

/** The first of these variables that is set, with its name. */
const firstSetting = Effect.fnUntraced(function* (
  names: ReadonlyArray<string>,
): Effect.fn.Return<readonly [name: string, value: string | undefined], DbtError> {
  for (const name of names) {
    const value = yield* setting(name);
    if (value !== undefined) return [name, value];
  }
  return ["", undefined];
});

/** A variable of the environment; undefined if it is empty, or if the program must not read it. */
export function variable(name: string): Effect.Effect<string | undefined> {
  return Effect.orElseSucceed(setting(name), () => undefined);
}

const idSetting = Effect.fnUntraced(function* (name: string): Effect.fn.Return<number | undefined, DbtError> {
  const text = yield* setting(name);
  if (text === undefined) return undefined;
  return /^\d+$/.test(text) ? Number(text) : yield* fail(`${name} is "${text}", which is not an id`);
});

const rateSetting = Effect.fnUntraced(function* (name: string): Effect.fn.Return<number | undefined, DbtError> {
  const text = yield* setting(name);
  if (text === undefined) return undefined;
  return Number(text) >= 1 && Number.isFinite(Number(text))
    ? Number(text)
    : yield* fail(`${name} is "${text}", which is no rate`);
});

/** Whether a switch is on. A value that nobody knows is on: a read-only client that writes is worse than the reverse. */
function isOn(text: string | undefined): boolean {
  return text !== undefined && !["0", "false", "no", "off"].includes(text.toLowerCase());
}

const tokenSetting = Effect.gen(function* () {
  const set: Array<readonly [name: string, token: Redacted.Redacted<string>]> = [];
  for (const name of tokenVariables) {
    const token = yield* redactedSetting(name);
    if (token !== undefined) set.push([name, token]);
  }
  const [first, ...others] = set;
  const other = others.find(([, token]) => !Equal.equals(token, first?.[1]));
  if (first !== undefined && other !== undefined) {
    yield* Effect.logWarning(`${first[0]} and ${other[0]} hold different tokens: ${first[0]} is used`);
  }
  return first?.[1];
});

const noToken = `no token: set ${tokenVariables[0]} (and DBT_CLOUD_HOST, DBT_CLOUD_ACCOUNT_ID), ` +
  "or download dbt_cloud.yml from dbt's user interface to ~/.dbt/";

/** One entry of `dbt_cloud.yml`. */
type Entry = (typeof CloudFile.Type.projects)[number];

/** Host, token and account from `dbt_cloud.yml`, and the project, if only one fits. */
const entryOfFile = Effect.fnUntraced(function* (asked: Asked) {
  const home = (yield* setting("HOME")) ?? (yield* setting("USERPROFILE")) ?? ".";
  const path = `${home}/.dbt/dbt_cloud.yml`;
  const text = yield* readFile(path);
  // Loaded only here: mostly the token comes from the environment.
  const Yaml = yield* Effect.promise(() => import("effect/encoding/Yaml"));
  const file = yield* Effect.try(() => Yaml.parse(text)).pipe(
    Effect.flatMap(Schema.decodeUnknownEffect(CloudFile)),
    // The message does not quote the file, which contains tokens.
    Effect.mapError(() => fail(`${path} is not what dbt's user interface writes: download it again`)),
  );
  const fitting = fittingEntries(file, asked);
  const [first, ...others] = fitting;
  const list = file.projects.map(described).join("; ") || "no entry";
  if (first === undefined) {
    const wanted = [
      asked.project_id === undefined ? undefined : `project ${asked.project_id}`,
      asked.account_id === undefined ? undefined : `account ${asked.account_id}`,
      asked.host === undefined ? undefined : `host ${hostname(asked.host)}`,
    ].filter((part) => part !== undefined).join(", ");
    return yield* fail(
      `no token for ${wanted || "the active project"} in ${path}, and none in the environment (${
        tokenVariables[0]
      }). ` +
        `The file has ${list}`,
    );
  }
  if (others.some((other) => accessOf(other) !== accessOf(first))) {
    return yield* fail(
      `several entries of ${path} fit: ${fitting.map(described).join("; ")}. ` +
        "Name one by DBT_CLOUD_PROJECT_ID, DBT_CLOUD_ACCOUNT_ID or DBT_CLOUD_HOST",
    );
  }
  return {
    token: first["token-value"],
    host: first["account-host"],
    account_id: Number(first["account-id"]),
    project_id: others.length === 0 ? Number(first["project-id"]) : undefined,
  };
});

/**
 * The entries that fit. What is asked for decides alone; only where nothing is asked for, `active-host` and
 * `active-project` do. An account's token is good for all of its projects, so a project need not be in the file where
 * all entries that otherwise fit are of one account.
 */
function fittingEntries({ context, projects }: typeof CloudFile.Type, asked: Asked): ReadonlyArray<Entry> {
  const isAsked = asked.host !== undefined || asked.account_id !== undefined || asked.project_id !== undefined;
  const host = isAsked ? asked.host : context?.["active-host"];
  const project = isAsked ? asked.project_id : context?.["active-project"];
  const ofAccount = projects.filter((entry) =>
    (host === undefined || hostname(entry["account-host"]) === hostname(host)) &&
    (asked.account_id === undefined || Number(entry["account-id"]) === asked.account_id)
  );
  const ofProject = ofAccount.filter((entry) =>
    project === undefined || Number(entry["project-id"]) === Number(project)
  );
  const isOneAccount = isAsked && new Set(ofAccount.map(accessOf)).size === 1;
  return ofProject.length > 0 || !isOneAccount ? ofProject : ofAccount;
}

/** What an entry gives access to, and with which token. Two entries with the same one differ in the project only. */
function accessOf(entry: Entry): string {
  return [hostname(entry["account-host"]), entry["account-id"], Redacted.value(entry["token-value"])].join(" ");
}

/** An entry for messages, without its token. */
function described(entry: Entry): string {
  return `project ${entry["project-id"]} of account ${entry["account-id"]} on ${hostname(entry["account-host"])}`;
}

/** Reads the file, or says why that is not possible. */
const readFile = Effect.fnUntraced(function* (
  path: string,
): Effect.fn.Return<string, DbtError, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem;
  return yield* Effect.catch(fs.readFileString(path), ({ message, reason }) => {
    if (reason._tag === "NotFound") return Effect.fail(fail(noToken));
    const denied = reason.cause instanceof Error && reason.cause.name === "NotCapable";
    const why = denied
      ? `Deno does not allow it: run again with --allow-read=${path}`
      : reason._tag === "PermissionDenied"
      ? "permission denied: check the owner and the mode of the file and of its folder"
      : message;
    return Effect.fail(fail(`${path} cannot be read, and no token is in ${tokenVariables[0]}: ${why}`));
  });
});

function hostname(host: string): string {
  return Result.match(baseUrl(host), { onFailure: () => host, onSuccess: ({ host }) => host });
}
