/**
 * Where a session's settings come from: what the program gives, then the environment, then `~/.dbt/dbt_cloud.yml`.
 *
 * Host, token and account come from one source: the token of a file never goes to a host of the environment.
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

/** The variables that hold a token, the first that is set wins. */
const tokenVariables = ["DBT_CLOUD_SERVICE_TOKEN", "DBT_CLOUD_API_KEY", "DBT_CLOUD_TOKEN"] as const;

/** Ids stand in the file as text; a number is easily written by hand. */
const Id = Schema.Union([Schema.String, Schema.Number]);

/** `~/.dbt/dbt_cloud.yml`, as far as a session needs it: https://docs.getdbt.com/reference/dbt_cloud.yml */
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

/** What the program itself gives; all else is looked for. */
export type Given = Partial<Options>;

/** The settings of a session, from wherever they are. */
export const loadOptions: (given?: Given) => Effect.Effect<Options, DbtError, FileSystem.FileSystem> = Effect
  .fnUntraced(
    function* (given: Given = {}): Effect.fn.Return<Options, DbtError, FileSystem.FileSystem> {
      const host = given.host ?? (yield* setting("DBT_CLOUD_HOST")) ?? (yield* setting("DBT_CLOUD_ACCOUNT_HOST"));
      const account_id = given.account_id ?? (yield* id("DBT_CLOUD_ACCOUNT_ID"));
      const project_id = given.project_id ?? (yield* id("DBT_CLOUD_PROJECT_ID"));
      const environment_id = given.environment_id ?? (yield* id("DBT_CLOUD_ENVIRONMENT_ID"));
      const readonly = given.readonly ?? truthy(yield* setting("DBTC_READONLY"));
      const requestsPerMinute = given.requestsPerMinute ?? (yield* rate("DBTC_REQUESTS_PER_MINUTE"));
      const rest = { ...given, readonly, ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }) };
      const ids = {
        ...(account_id === undefined ? {} : { account_id }),
        ...(project_id === undefined ? {} : { project_id }),
        ...(environment_id === undefined ? {} : { environment_id }),
      };
      const token = given.token ?? (yield* tokenVariable);
      if (token !== undefined) {
        if (host === undefined) {
          yield* Effect.logWarning(
            "No host is set: cloud.getdbt.com is used, which dbt deprecates since 2026-11-01. " +
              "Set DBT_CLOUD_HOST to your account's access host, as ab123.us1.dbt.com",
          );
        }
        return { ...rest, ...ids, token, host: host ?? "cloud.getdbt.com" };
      }
      const entry = yield* fromFile({ host, account_id, project_id });
      return {
        ...rest,
        ...ids,
        token: entry["token-value"],
        host: entry["account-host"],
        account_id: Number(entry["account-id"]),
        project_id: Number(entry["project-id"]),
      };
    },
  );

const fail = (detail: string) => new DbtError({ endpoint: "session", reason: { _tag: "Unsendable", detail } });

/** A variable of the environment that a session needs; an empty one is unset. Sealed, since it may be a token. */
const sealed = Effect.fnUntraced(function* (
  name: string,
): Effect.fn.Return<Redacted.Redacted<string> | undefined, DbtError> {
  const value = yield* Config.option(Config.Redacted(name)).pipe(
    Effect.mapError(({ message }) => fail(`${name} cannot be read: ${message}`)),
    // Deno refuses by throwing.
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
  const value = yield* sealed(name);
  return value && Redacted.value(value);
});

/** A variable of the environment that a session can do without; one that is empty, or cannot be read, is unset. */
export function variable(name: string): Effect.Effect<string | undefined> {
  return Effect.orElseSucceed(setting(name), () => undefined);
}

const id = Effect.fnUntraced(function* (name: string): Effect.fn.Return<number | undefined, DbtError> {
  const text = yield* setting(name);
  if (text === undefined) return undefined;
  return /^\d+$/.test(text) ? Number(text) : yield* fail(`${name} is "${text}", which is not an id`);
});

const rate = Effect.fnUntraced(function* (name: string): Effect.fn.Return<number | undefined, DbtError> {
  const text = yield* setting(name);
  if (text === undefined) return undefined;
  return Number(text) > 0 && Number.isFinite(Number(text))
    ? Number(text)
    : yield* fail(`${name} is "${text}", which is no rate`);
});

function truthy(text: string | undefined): boolean {
  return text !== undefined && !["0", "false", "no"].includes(text.toLowerCase());
}

const tokenVariable = Effect.gen(function* () {
  const set: Array<readonly [name: string, token: Redacted.Redacted<string>]> = [];
  for (const name of tokenVariables) {
    const token = yield* sealed(name);
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

const fromFile = Effect.fnUntraced(function* (wanted: {
  readonly host: string | undefined;
  readonly account_id: number | undefined;
  readonly project_id: number | undefined;
}) {
  const home = (yield* setting("HOME")) ?? (yield* setting("USERPROFILE")) ?? ".";
  const path = `${home}/.dbt/dbt_cloud.yml`;
  const fs = yield* FileSystem.FileSystem;
  const text = yield* fs.readFileString(path).pipe(Effect.option);
  if (Option.isNone(text)) return yield* fail(noToken);
  // Loaded here since nearly every start has its token in the environment.
  const Yaml = yield* Effect.promise(() => import("effect/encoding/Yaml"));
  const file = yield* Effect.try(() => Yaml.parse(text.value)).pipe(
    Effect.flatMap(Schema.decodeUnknownEffect(CloudFile)),
    // What is wrong is not quoted: it may be a token.
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
