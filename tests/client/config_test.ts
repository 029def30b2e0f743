/**
 * Where the settings of a client come from: the program, the environment, `dbt_cloud.yml`.
 *
 * @module
 */
import * as ConfigProvider from "effect/ConfigProvider";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Logger from "effect/Logger";
import * as Option from "effect/Option";
import * as PlatformError from "effect/PlatformError";
import * as Redacted from "effect/Redacted";
import assert from "node:assert/strict";
import type { DbtError } from "../../mod.ts";
import { type Given, loadOptions, variable } from "../../lib/client/config.ts";

const file = `
version: "1"
context:
  active-host: "ab123.us1.dbt.com"
  active-project: "270542"
projects:
  - project-name: "Analytics"
    project-id: "270542"
    account-name: "Acme"
    account-id: "4242"
    account-host: "ab123.us1.dbt.com"
    token-name: "cloud-cli-0001"
    token-value: "dbtu_one"
  - project-name: "Finance"
    project-id: 99
    account-id: 4343
    account-host: "cd456.eu1.dbt.com"
    token-value: "dbtu_two"
`;

interface Loaded {
  readonly host?: string | undefined;
  readonly token?: string;
  readonly account_id?: number | undefined;
  readonly project_id?: number | undefined;
  readonly readonly?: boolean | undefined;
  readonly error?: string;
  readonly warnings: ReadonlyArray<string>;
}

/** What settings are found with an environment and a file. */
function load(env: Record<string, string>, text?: string, given?: Given): Promise<Loaded> {
  const warnings: Array<string> = [];
  const fs = FileSystem.layerNoop({
    readFileString: (path) =>
      path === "/home/ada/.dbt/dbt_cloud.yml" && text !== undefined
        ? Effect.succeed(text)
        : Effect.fail(PlatformError.systemError({ _tag: "NotFound", module: "FileSystem", method: "readFileString" })),
  });
  return Effect.runPromise(
    loadOptions(given).pipe(
      Effect.map(({ account_id, host, project_id, readonly, token }): Loaded => ({
        account_id,
        host,
        project_id,
        readonly,
        token: Redacted.value(token),
        warnings,
      })),
      Effect.catch(({ message }) => Effect.succeed<Loaded>({ error: message, warnings })),
      Effect.provide(Layer.mergeAll(
        fs,
        ConfigProvider.layer(ConfigProvider.fromEnv({ env: { HOME: "/home/ada", ...env } })),
        Logger.layer([Logger.make(({ message }) => void warnings.push(String(message)))]),
      )),
    ),
  );
}

Deno.test("loadOptions() takes host, token and ids from the environment", async () => {
  assert.deepEqual(
    await load({
      DBT_CLOUD_HOST: "ab123.us1.dbt.com",
      DBT_CLOUD_SERVICE_TOKEN: "dbtc_x",
      DBT_CLOUD_ACCOUNT_ID: "7",
      DBT_CLOUD_PROJECT_ID: "8",
    }),
    { host: "ab123.us1.dbt.com", token: "dbtc_x", account_id: 7, project_id: 8, readonly: false, warnings: [] },
  );
});

Deno.test("loadOptions() prefers what the program gives", async () => {
  const loaded = await load({ DBT_CLOUD_HOST: "env.dbt.com", DBT_CLOUD_TOKEN: "env" }, file, {
    host: "given.dbt.com",
    token: Redacted.make("given"),
    account_id: 1,
  });
  assert.deepEqual([loaded.host, loaded.token, loaded.account_id], ["given.dbt.com", "given", 1]);
});

Deno.test("loadOptions() takes an empty variable for an unset one", async () => {
  const loaded = await load({
    DBT_CLOUD_SERVICE_TOKEN: "",
    DBT_CLOUD_API_KEY: " ",
    DBT_CLOUD_TOKEN: "t",
    DBT_CLOUD_HOST: "h",
  });
  assert.equal(loaded.token, "t");
});

Deno.test("loadOptions() prefers the service token, and says when another variable holds a different one", async () => {
  const loaded = await load({
    DBT_CLOUD_HOST: "h",
    DBT_CLOUD_API_KEY: "a-secret",
    DBT_CLOUD_SERVICE_TOKEN: "b-secret",
  });
  assert.equal(loaded.token, "b-secret");
  assert.deepEqual(loaded.warnings, [
    "DBT_CLOUD_SERVICE_TOKEN and DBT_CLOUD_API_KEY hold different tokens: DBT_CLOUD_SERVICE_TOKEN is used",
  ]);
});

Deno.test("loadOptions() warns of the host that dbt deprecates when none is set", async () => {
  const loaded = await load({ DBT_CLOUD_TOKEN: "t" });
  assert.equal(loaded.host, "cloud.getdbt.com");
  assert.match(loaded.warnings.join(), /cloud\.getdbt\.com.*deprecates since 2026-11-01/);
});

Deno.test("loadOptions() reads the active project of dbt_cloud.yml, host, token and account together", async () => {
  const loaded = await load({}, file);
  assert.deepEqual([loaded.host, loaded.token, loaded.account_id], ["ab123.us1.dbt.com", "dbtu_one", 4242]);
});

Deno.test("loadOptions() never sends the token of a file to a host of the environment", async () => {
  const loaded = await load({ DBT_CLOUD_HOST: "evil.example" }, file);
  assert.match(loaded.error ?? "", /no token for project 270542, host evil\.example in .*dbt_cloud\.yml/);
});

Deno.test("loadOptions() picks the entry of dbt_cloud.yml that the environment asks for", async () => {
  const loaded = await load({ DBT_CLOUD_PROJECT_ID: "99", DBT_CLOUD_HOST: "https://cd456.eu1.dbt.com/" }, file);
  assert.deepEqual([loaded.token, loaded.account_id], ["dbtu_two", 4343]);
});

Deno.test("loadOptions() refuses the file's token for another account", async () => {
  const loaded = await load({ DBT_CLOUD_ACCOUNT_ID: "1" }, file);
  assert.match(loaded.error ?? "", /no token for project 270542, account 1, host ab123\.us1\.dbt\.com/);
});

Deno.test("loadOptions() says what to set when there is no token anywhere", async () => {
  const loaded = await load({});
  assert.match(loaded.error ?? "", /no token: set DBT_CLOUD_SERVICE_TOKEN/);
});

Deno.test("loadOptions() refuses an id that is none", async () => {
  const loaded = await load({ DBT_CLOUD_TOKEN: "t", DBT_CLOUD_HOST: "h", DBT_CLOUD_ACCOUNT_ID: "acme" });
  assert.match(loaded.error ?? "", /DBT_CLOUD_ACCOUNT_ID is "acme", which is not an id/);
});

Deno.test("loadOptions() never quotes a broken dbt_cloud.yml", async () => {
  const loaded = await load({}, "projects: dbtu_secret");
  assert.match(loaded.error ?? "", /download it again/);
  assert.doesNotMatch(loaded.error ?? "", /secret/);
});

/** What is read from an environment that is not there to be read. */
function read<A, E>(
  effect: Effect.Effect<A, E, FileSystem.FileSystem>,
  environment: Effect.Effect<never, ConfigProvider.SourceError>,
): Promise<Exit.Exit<A, E>> {
  return Effect.runPromiseExit(
    effect.pipe(
      Effect.provide(FileSystem.layerNoop({})),
      Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.make(() => environment)),
    ),
  );
}

const unreadable = Effect.fail(new ConfigProvider.SourceError({ message: "the vault is closed" }));
const forbidden = Effect.die(
  new Deno.errors.NotCapable("Requires env access, run again with the --allow-env flag"),
);

Deno.test("loadOptions() is Unsendable where the environment cannot be read", async () => {
  const why = (exit: Exit.Exit<unknown, DbtError>) => Option.getOrThrow(Exit.findErrorOption(exit)).reason;
  assert.deepEqual(why(await read(loadOptions(), forbidden)), {
    _tag: "Unsendable",
    detail: "DBT_CLOUD_HOST cannot be read without permission: run again with --allow-env",
  });
  const reason = why(await read(loadOptions({ host: "h", account_id: 1 }), unreadable));
  assert(reason._tag === "Unsendable");
  assert.match(reason.detail, /^DBT_CLOUD_PROJECT_ID cannot be read: .*the vault is closed/);
});

Deno.test("loadOptions() hides no defect", async () => {
  const exit = await read(loadOptions(), Effect.die(new TypeError("a defect")));
  assert(Exit.hasDies(exit) && !Exit.hasFails(exit));
});

Deno.test("variable() is unset where the environment cannot be read", async () => {
  for (const environment of [forbidden, unreadable]) {
    assert.deepEqual(await read(variable("DBTC_FORMAT"), environment), Exit.succeed(undefined));
  }
});

Deno.test("loadOptions() holds no two tokens for different that are the same", async () => {
  const loaded = await load({ DBT_CLOUD_HOST: "h", DBT_CLOUD_API_KEY: "same ", DBT_CLOUD_TOKEN: "same" });
  assert.deepEqual([loaded.token, loaded.warnings], ["same", []]);
});

Deno.test("loadOptions() takes DBTC_READONLY for a promise to write nothing", async () => {
  const readonly = async (text: string) =>
    (await load({ DBT_CLOUD_TOKEN: "t", DBT_CLOUD_HOST: "h", DBTC_READONLY: text })).readonly;
  assert.deepEqual([await readonly("1"), await readonly("true"), await readonly("0"), await readonly("")], [
    true,
    true,
    false,
    false,
  ]);
});
