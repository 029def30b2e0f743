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
import { platform } from "../../lib/cli/platform.ts";
import { type Given, loadOptions } from "../../lib/client/config.ts";
import { variable } from "../../lib/client/environment_variables.ts";

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

Deno.test("loadOptions() refuses to guess the host, and says where to find it", async () => {
  for (const env of [{}, { DBT_CLOUD_HOST: "" }, { DBT_CLOUD_HOST: " ", DBT_CLOUD_ACCOUNT_HOST: "" }]) {
    const loaded = await load({ DBT_CLOUD_TOKEN: "t", ...env });
    assert.match(loaded.error ?? "", /no host: set DBT_CLOUD_HOST .* ab123\.us1\.dbt\.com.*Access URLs/);
  }
});

Deno.test("loadOptions() takes account and project from a URL in DBT_CLOUD_HOST", async () => {
  const urls = {
    "https://ab123.us1.dbt.com/deploy/7/projects/8/runs/123/": [7, 8],
    "https://ab123.us1.dbt.com/explore/7/projects/8/environments/9/lineage/?select=x": [7, 8],
    "https://ab123.us1.dbt.com/settings/accounts/7/pages/api-tokens": [7, undefined],
    "https://ab123.us1.dbt.com/#/accounts/7/projects/8/": [7, 8],
    "https://ab123.us1.dbt.com/api/v2/accounts/7/runs/": [7, undefined],
    "ab123.us1.dbt.com/deploy/7/projects/8": [7, 8],
    "https://ab123.us1.dbt.com/": [undefined, undefined],
  };
  for (const [url, ids] of Object.entries(urls)) {
    const { account_id, error, project_id } = await load({ DBT_CLOUD_TOKEN: "t", DBT_CLOUD_HOST: url });
    assert.deepEqual([account_id, project_id, error], [...ids, undefined], url);
  }
});

Deno.test("loadOptions() refuses a URL of another account or project than the one that is asked for", async () => {
  const url = { DBT_CLOUD_TOKEN: "t", DBT_CLOUD_HOST: "https://ab123.us1.dbt.com/deploy/2/projects/8/runs/123/" };
  const account = await load({ ...url, DBT_CLOUD_ACCOUNT_ID: "1" });
  assert.match(account.error ?? "", /DBT_CLOUD_HOST is a URL of account 2, and DBT_CLOUD_ACCOUNT_ID is 1/);
  const given = await load(url, undefined, { account_id: 1 });
  assert.match(given.error ?? "", /DBT_CLOUD_HOST is a URL of account 2, and the account that is asked for is 1/);
  const project = await load({ ...url, DBT_CLOUD_PROJECT_ID: "9" });
  assert.match(project.error ?? "", /DBT_CLOUD_HOST is a URL of project 8, and DBT_CLOUD_PROJECT_ID is 9/);
});

Deno.test("loadOptions() refuses a host that a URL parser would read as another one", async () => {
  const hosts = [
    "127.0.0.1\nevil.example",
    "127.0.0.1\tevil.example",
    "http:/127.0.0.1",
    "https:ab123.us1.dbt.com",
    "ab123.us1.dbt.com\\evil.example",
    "ab123.us1.dbt.com%2eevil.example",
    "ab123.us1.dbt.com:",
    "ab 123",
    "//evil.example",
    "ab123.us1.dbt.com,emea.dbt.com",
    "${HOST}",
    "-x",
  ];
  for (const host of hosts) {
    for (const loaded of [await load({ DBT_CLOUD_TOKEN: "t", DBT_CLOUD_HOST: host }), await load({}, file, { host })]) {
      assert.match(loaded.error ?? "", /is not a host/, JSON.stringify(host));
    }
  }
});

Deno.test("loadOptions() reads the active project of dbt_cloud.yml, host, token and account together", async () => {
  const loaded = await load({}, file);
  assert.deepEqual([loaded.host, loaded.token, loaded.account_id], ["ab123.us1.dbt.com", "dbtu_one", 4242]);
});

Deno.test("loadOptions() never sends the token of a file to a host of the environment", async () => {
  const loaded = await load({ DBT_CLOUD_HOST: "evil.example" }, file);
  assert.match(loaded.error ?? "", /no token for host evil\.example, .* saved context: Analytics/);
});

Deno.test("loadOptions() picks the entry of dbt_cloud.yml that the environment asks for", async () => {
  const loaded = await load({ DBT_CLOUD_PROJECT_ID: "99", DBT_CLOUD_HOST: "https://cd456.eu1.dbt.com/" }, file);
  assert.deepEqual([loaded.token, loaded.account_id], ["dbtu_two", 4343]);
});

Deno.test("loadOptions() refuses the file's token for another account", async () => {
  const loaded = await load({ DBT_CLOUD_ACCOUNT_ID: "1" }, file);
  assert.match(loaded.error ?? "", /no token for account 1, .* saved context: Analytics/);
});

/** Two accounts; the first one has two projects. */
const accounts = `${file}  - project-id: 270543
    account-id: 4242
    account-host: "ab123.us1.dbt.com"
    token-value: "dbtu_one"
`;

Deno.test("loadOptions() lets an explicit host, account or project choose the entry, however it is given", async () => {
  const one = ["ab123.us1.dbt.com", "dbtu_one", 4242];
  const two = ["cd456.eu1.dbt.com", "dbtu_two", 4343];
  const asked: ReadonlyArray<readonly [Record<string, string>, Given, unknown]> = [
    [{}, { account_id: 4343 }, [...two, 99]],
    [{ DBT_CLOUD_ACCOUNT_ID: "4343" }, {}, [...two, 99]],
    [{}, { project_id: 99 }, [...two, 99]],
    [{ DBT_CLOUD_PROJECT_ID: "99" }, {}, [...two, 99]],
    [{}, { host: "cd456.eu1.dbt.com" }, [...two, 99]],
    [{ DBT_CLOUD_HOST: "https://cd456.eu1.dbt.com/deploy/4343/projects/99/" }, {}, [...two, 99]],
    [{ DBT_CLOUD_ACCOUNT_ID: "4343" }, { account_id: 4242, project_id: 270_543 }, [...one, 270_543]],
    // Its two entries differ in the project only, so none of them is chosen.
    [{}, { account_id: 4242 }, [...one, undefined]],
    // A token is good for the account's other projects.
    [{}, { account_id: 4242, project_id: 5 }, [...one, 5]],
    [{}, {}, [...one, 270_542]],
  ];
  for (const [env, given, expected] of asked) {
    const { account_id, error, host, project_id, token } = await load(env, accounts, given);
    assert.deepEqual([host, token, account_id, project_id], expected, `${JSON.stringify([env, given])} ${error}`);
  }
});

Deno.test("loadOptions() lists the entries where several fit, or none does, and quotes no token", async () => {
  const shared = accounts.replaceAll("cd456.eu1.dbt.com", "ab123.us1.dbt.com");
  const host = await load({ DBT_CLOUD_HOST: "ab123.us1.dbt.com" }, shared);
  assert.match(
    host.error ?? "",
    /several saved contexts .*project 270542 of account 4242 on .*; Finance \(project 99 of account 4343 on/,
  );
  const nothing = await load({}, shared.replace(/context:\n.*\n.*\n/, ""));
  assert.match(nothing.error ?? "", /several saved contexts .*Choose one by --context/);
  const unknown = await load({ DBT_CLOUD_PROJECT_ID: "5" }, accounts);
  assert.match(unknown.error ?? "", /no token for project 5, .*project 270542 of account 4242/);
  for (const { error } of [host, nothing, unknown]) assert.doesNotMatch(error ?? "", /dbtu_/);
});

Deno.test("loadOptions() says why dbt_cloud.yml cannot be read", async () => {
  const unreadable = (error: PlatformError.PlatformError) =>
    Effect.runPromise(
      loadOptions().pipe(
        Effect.flip,
        Effect.map(({ message }) => message),
        Effect.provide([
          FileSystem.layerNoop({
            readFileString: (path) =>
              Effect.fail(
                path.endsWith("/dbt_cloud.yml")
                  ? error
                  : PlatformError.systemError({ _tag: "NotFound", module: "FileSystem", method: "readFileString" }),
              ),
          }),
          ConfigProvider.layer(ConfigProvider.fromEnv({ env: { HOME: "/home/ada" } })),
        ]),
      ),
    );
  const of = (_tag: "PermissionDenied" | "Unknown", cause?: unknown) =>
    PlatformError.systemError({ _tag, module: "FileSystem", method: "readFileString", cause });
  assert.match(await unreadable(of("PermissionDenied")), /\.dbt\/dbt_cloud\.yml cannot be read.*permission denied/);
  const denied = new Deno.errors.NotCapable("Requires read access");
  assert.match(
    await unreadable(of("Unknown", denied)),
    /run again with --allow-read=\/home\/ada\/\.dbt\/dbt_cloud\.yml/,
  );
});

Deno.test("loadOptions() says of a folder that it is one", async () => {
  const home = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${home}/.dbt/dbt_cloud.yml`, { recursive: true });
    const error = await Effect.runPromise(
      loadOptions().pipe(
        Effect.flip,
        Effect.provide([platform, ConfigProvider.layer(ConfigProvider.fromEnv({ env: { HOME: home } }))]),
      ),
    );
    assert.match(error.message, /dbt_cloud\.yml cannot be read: it is a folder/);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("loadOptions() says what to set when there is no token anywhere", async () => {
  const loaded = await load({});
  assert.match(loaded.error ?? "", /no token: run dbtc auth login, or set DBT_CLOUD_SERVICE_TOKEN/);
});

Deno.test("loadOptions() refuses an id that is none", async () => {
  const loaded = await load({ DBT_CLOUD_TOKEN: "t", DBT_CLOUD_HOST: "h", DBT_CLOUD_ACCOUNT_ID: "acme" });
  assert.match(loaded.error ?? "", /DBT_CLOUD_ACCOUNT_ID is "acme", which is not an id/);
  const large = await load({ DBT_CLOUD_TOKEN: "t", DBT_CLOUD_HOST: "h", DBT_CLOUD_ACCOUNT_ID: "99999999999999999999" });
  assert.match(large.error ?? "", /which is not an id/);
  const named = await load({}, file.replace(/account-id: .*/g, "account-id: one"));
  assert.match(named.error ?? "", /dbt_cloud\.yml is not what dbt's user interface writes/);
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
    detail: "DBTC_READONLY cannot be read without permission: run again with --allow-env",
  });
  const reason = why(await read(loadOptions({ host: "h", account_id: 1 }), unreadable));
  assert(reason._tag === "Unsendable");
  assert.match(reason.detail, /^DBTC_READONLY cannot be read: .*the vault is closed/);
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
  for (const on of ["1", "true", "on", "yes", "READONLY"]) assert.equal(await readonly(on), true, on);
  for (const off of ["0", "false", "no", "off", "OFF", " off ", ""]) assert.equal(await readonly(off), false, off);
});
