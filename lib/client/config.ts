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
import * as Schema from "effect/Schema";
import { DbtError } from "../error.ts";
import type { Options } from "./client_options.ts";

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
  const host = given.host ?? (yield* setting("DBT_CLOUD_HOST")) ?? (yield* setting("DBT_CLOUD_ACCOUNT_HOST"));
  const account_id = given.account_id ?? (yield* idSetting("DBT_CLOUD_ACCOUNT_ID"));
  const project_id = given.project_id ?? (yield* idSetting("DBT_CLOUD_PROJECT_ID"));
  const environment_id = given.environment_id ?? (yield* idSetting("DBT_CLOUD_ENVIRONMENT_ID"));
  const readonly = given.readonly ?? isTrue(yield* setting("DBTC_READONLY"));
  const requestsPerMinute = given.requestsPerMinute ?? (yield* rateSetting("DBTC_REQUESTS_PER_MINUTE"));
  const rest = { ...given, readonly, ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }) };
  const ids = {
    ...(account_id === undefined ? {} : { account_id }),
    ...(project_id === undefined ? {} : { project_id }),
    ...(environment_id === undefined ? {} : { environment_id }),
  };
  const token = given.token ?? (yield* tokenSetting);
  if (token !== undefined) {
    if (host === undefined) {
      yield* Effect.logWarning(
        "No host is set: cloud.getdbt.com is used, which dbt deprecates since 2026-11-01. " +
          "Set DBT_CLOUD_HOST to your account's access host, as ab123.us1.dbt.com",
      );
    }
    return { ...rest, ...ids, token, host: host ?? "cloud.getdbt.com" };
  }
  const entry = yield* entryOfFile({ host, account_id, project_id });
  return {
    ...rest,
    ...ids,
    token: entry["token-value"],
    host: entry["account-host"],
    account_id: Number(entry["account-id"]),
    project_id: Number(entry["project-id"]),
  };
});

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
  return Number(text) > 0 && Number.isFinite(Number(text))
    ? Number(text)
    : yield* fail(`${name} is "${text}", which is no rate`);
});

function isTrue(text: string | undefined): boolean {
  return text !== undefined && !["0", "false", "no"].includes(text.toLowerCase());
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

/** The entry of `dbt_cloud.yml` that fits what is wanted, or else the active one. */
const entryOfFile = Effect.fnUntraced(function* (wanted: {
  readonly host: string | undefined;
  readonly account_id: number | undefined;
  readonly project_id: number | undefined;
}) {
  const home = (yield* setting("HOME")) ?? (yield* setting("USERPROFILE")) ?? ".";
  const path = `${home}/.dbt/dbt_cloud.yml`;
  const fs = yield* FileSystem.FileSystem;
  const text = yield* fs.readFileString(path).pipe(Effect.option);
  if (Option.isNone(text)) return yield* fail(noToken);
  // Loaded only here: mostly the token comes from the environment.
  const Yaml = yield* Effect.promise(() => import("effect/encoding/Yaml"));
  const file = yield* Effect.try(() => Yaml.parse(text.value)).pipe(
    Effect.flatMap(Schema.decodeUnknownEffect(CloudFile)),
    // The message does not quote the file, which contains tokens.
    Effect.mapError(() => fail(`${path} is not what dbt's user interface writes: download it again`)),
  );
  const active = wanted.project_id ?? file.context?.["active-project"];
  const host = wanted.host ?? file.context?.["active-host"];
  const entry = file.projects.find((project) =>
    (active === undefined || String(project["project-id"]) === String(active)) &&
    (host === undefined || hostname(project["account-host"]) === hostname(host)) &&
    (wanted.account_id === undefined || Number(project["account-id"]) === wanted.account_id)
  );
  if (entry !== undefined) return entry;
  const asked = [
    active === undefined ? undefined : `project ${active}`,
    wanted.account_id === undefined ? undefined : `account ${wanted.account_id}`,
    host === undefined ? undefined : `host ${hostname(host)}`,
  ].filter((part) => part !== undefined).join(", ");
  return yield* fail(`no token for ${asked} in ${path}, and none in the environment (${tokenVariables[0]})`);
});

function hostname(host: string): string {
  return host.replace(/^[a-z]+:\/\//, "").replace(/\/.*$/, "");
}
