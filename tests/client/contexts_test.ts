/**
 * Saved contexts, from real files in a folder of its own: which one counts, and where its token comes from.
 *
 * @module
 */
import * as NodeFileSystem from "@effect/platform-node-shared/NodeFileSystem";
import * as ConfigProvider from "effect/ConfigProvider";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import type * as FileSystem from "effect/FileSystem";
import * as Logger from "effect/Logger";
import * as Redacted from "effect/Redacted";
import * as TestClock from "effect/testing/TestClock";
import assert from "node:assert/strict";
import { Contexts } from "../../mod.ts";
import { findAccess, type Given, loadOptions } from "../../lib/client/config.ts";
import { optionsForUrls } from "../../lib/client/options_for_urls.ts";
import { contextsFile, dbtCloudFile, pathBeside } from "../../lib/client/config_files.ts";

const own = `
current: prod # chosen
contexts:
  prod:
    host: ab123.us1.dbt.com
    account_id: 7
    project_id: 70
    token: dbtc_prod_secret
    team: data # a member that dbtc does not know
  other:
    host: https://cd456.eu1.dbt.com/deploy/8/projects/80
    token_command: printf 'dbtc_from_%s\\n' command
  listed:
    host: cd456.eu1.dbt.com
    account_id: "9"
    token_command: [printf, dbtc_listed]
  filed:
    host: cd456.eu1.dbt.com
    account_id: 10
    token_file: token
  bare:
    host: ef789.au1.dbt.com
    account_id: 11
`;

const dbts = `
context:
  active-host: "ab123.us1.dbt.com"
  active-project: "270542"
projects:
  - project-name: "Analytics"
    project-id: "270542"
    account-name: "Acme"
    account-id: "4242"
    account-host: "ab123.us1.dbt.com"
    token-value: "dbtu_one_secret"
  - project-name: "Finance"
    project-id: 99
    account-id: 4343
    account-host: "gh012.jp1.dbt.com"
    token-value: "dbtu_two_secret"
`;

interface Files {
  readonly own?: string;
  readonly dbts?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A user's folder with these files. */
function makeHome({ own, dbts }: Files): string {
  const home = Deno.makeTempDirSync({ prefix: "dbtc-home-" });
  Deno.mkdirSync(`${home}/.config/dbtc`, { recursive: true });
  Deno.mkdirSync(`${home}/.dbt`);
  if (own !== undefined) Deno.writeTextFileSync(`${home}/.config/dbtc/contexts.yml`, own);
  if (dbts !== undefined) Deno.writeTextFileSync(`${home}/.dbt/dbt_cloud.yml`, dbts);
  Deno.writeTextFileSync(`${home}/.config/dbtc/token`, "dbtc_of_file\n");
  return home;
}

interface Outcome<A> {
  readonly value?: A;
  readonly error?: string | undefined;
  readonly warnings: ReadonlyArray<string>;
}

/** Runs an effect as a user with these files; gives its value or its error's message, and the warnings. */
async function as<A>(
  files: Files,
  effect: Effect.Effect<A, { readonly message: string }, FileSystem.FileSystem>,
): Promise<Outcome<A>> {
  const home = makeHome(files);
  const warnings: Array<string> = [];
  try {
    const value = await Effect.runPromise(
      effect.pipe(
        Effect.map((value): Omit<Outcome<A>, "warnings"> => ({ value })),
        Effect.catch(({ message }) => Effect.succeed({ error: message })),
        Effect.provide([
          fs,
          ConfigProvider.layer(
            ConfigProvider.fromEnv({ env: { HOME: home, ...files.env } }),
          ),
          Logger.layer([Logger.make(({ message }) => void warnings.push(String(message)))]),
        ]),
      ),
    );
    return { ...value, error: value.error?.replaceAll(home, "~"), warnings };
  } finally {
    Deno.removeSync(home, { recursive: true });
  }
}
const fs = NodeFileSystem.layer;

/** The settings that are found. */
async function load(files: Files, given?: Given) {
  const { error, value, warnings } = await as(files, loadOptions(given));
  return value === undefined ? { error, warnings } : {
    access: [value.host, Redacted.value(value.token), value.account_id],
    project_id: value.project_id,
    environment_id: value.environment_id,
    warnings,
  };
}

const prod = ["ab123.us1.dbt.com", "dbtc_prod_secret", 7];
const other = ["https://cd456.eu1.dbt.com/deploy/8/projects/80", "dbtc_from_command", 8];
const env = { DBT_CLOUD_HOST: "env.us1.dbt.com", DBT_CLOUD_SERVICE_TOKEN: "dbtc_env", DBT_CLOUD_ACCOUNT_ID: "5" };

Deno.test("settings for a pasted URL are read once: a warning comes once", async () => {
  const two = { ...env, DBT_CLOUD_API_KEY: "dbtc_another" };
  for (const url of ["https://env.us1.dbt.com/deploy/5/projects/1", "https://env.us1.dbt.com/deploy/6/projects/1"]) {
    const { value, warnings } = await as({ env: two }, optionsForUrls({}, [url]));
    assert.equal(value?.options.account_id, 5);
    assert.equal(warnings.length, 1);
  }
});

Deno.test("the first of these counts: --context, DBTC_CONTEXT, the environment, auth use, dbt_cloud.yml", async () => {
  const all = { ...env, DBTC_CONTEXT: "other" };
  assert.deepEqual((await load({ own, dbts, env: all }, { context: "listed" })).access?.[2], 9);
  assert.deepEqual((await load({ own, dbts, env: all })).access, other);
  assert.deepEqual((await load({ own, dbts, env })).access, ["env.us1.dbt.com", "dbtc_env", 5]);
  assert.deepEqual((await load({ own, dbts })).access, prod);
  assert.deepEqual((await load({ own: own.replace("current", "was"), dbts })).access, [
    "ab123.us1.dbt.com",
    "dbtu_one_secret",
    4242,
  ]);
});

Deno.test("a context's token is in its file, in another file, or printed by a command", async () => {
  const token = async (context: string) => (await load({ own }, { context })).access?.[1];
  assert.deepEqual(
    [await token("prod"), await token("other"), await token("listed"), await token("filed")],
    ["dbtc_prod_secret", "dbtc_from_command", "dbtc_listed", "dbtc_of_file"],
  );
  const bare = await load({ own }, { context: "bare" });
  assert.match(bare.error ?? "", /context bare of ~\S+ has no token: run dbtc auth login --context bare/);
});

Deno.test("a context is refused where another host, account or token is asked for", async () => {
  const refusals: ReadonlyArray<readonly [Given, RegExp]> = [
    [
      { host: "cd456.eu1.dbt.com" },
      /--context is prod \(account 7 on ab123.*\), and host cd456\.eu1\.dbt\.com is asked/,
    ],
    [{ account_id: 8 }, /--context is prod .*, and account 8 is asked for/],
    [{ host: "https://ab123.us1.dbt.com/deploy/8/" }, /and account 8 is asked for/],
    [{ token: Redacted.make("dbtc_given") }, /"prod" and a token are both given/],
  ];
  for (const [given, message] of refusals) {
    const { error } = await load({ own }, { context: "prod", ...given });
    assert.match(error ?? "", message);
  }
  assert.deepEqual(
    (await load({ own }, { context: "prod", host: "https://ab123.us1.dbt.com/deploy/7/" })).access,
    prod,
  );
});

Deno.test("a host or an account chooses the context, and candidates are listed where several fit or none does", async () => {
  assert.equal((await load({ own, dbts }, { account_id: 4343 })).access?.[1], "dbtu_two_secret");
  assert.equal((await load({ own, dbts, env: { DBT_CLOUD_ACCOUNT_ID: "8" } })).access?.[1], "dbtc_from_command");
  // Three contexts are on this host, and none of them is the one in use.
  const several = await load({ own, dbts, env: { DBT_CLOUD_HOST: "cd456.eu1.dbt.com" } });
  assert.match(several.error ?? "", /several saved contexts fit: other \(account 8.*; listed .*; filed .*--context/);
  const none = await load({ own, dbts }, { host: "evil.example" });
  assert.match(none.error ?? "", /no token for host evil\.example.* saved context: prod .*Analytics/);
  for (const { error } of [several, none]) assert.doesNotMatch(error ?? "", /secret/);
});

Deno.test("an unknown name lists the names, and a name of dbt_cloud.yml or its project's id is one", async () => {
  const unknown = await load({ own, dbts }, { context: "pord" });
  assert.match(unknown.error ?? "", /--context asks for the context "pord", which does not exist\. There are: prod/);
  assert.equal((await load({ own, dbts }, { context: "Finance" })).access?.[2], 4343);
  assert.equal((await load({ own, dbts }, { context: "270542" })).access?.[2], 4242);
  assert.equal((await load({ own: "current: Finance", dbts })).access?.[2], 4343);
  const gone = await load({ own: "current: old", dbts });
  assert.match(gone.error ?? "", /"current" of ~\S+ asks for the context "old", which does not exist/);
  const twice = await load({ dbts: dbts.replace("Finance", "Analytics") }, { context: "Analytics" });
  assert.match(twice.error ?? "", /several have this name: .*project 270542.*project 99.*Name the id of the project/);
});

Deno.test("ids of the environment count with a named context only if they are not of another account", async () => {
  const ids = { DBT_CLOUD_PROJECT_ID: "1", DBT_CLOUD_ENVIRONMENT_ID: "2" };
  const same = await load({ own, env: { ...ids, DBT_CLOUD_ACCOUNT_ID: "7" } }, { context: "prod" });
  assert.deepEqual([same.project_id, same.environment_id], [1, 2]);
  const another = await load({ own, env: { ...ids, ...env } }, { context: "prod" });
  assert.deepEqual([another.project_id, another.environment_id], [70, undefined]);
});

Deno.test("the token of DBT_CLOUD_SERVICE_TOKEN_FILE is the environment's", async () => {
  const home = makeHome({});
  const file = `${home}/.config/dbtc/token`;
  const from = (path: string, more: Record<string, string> = {}) =>
    load({ env: { DBT_CLOUD_HOST: "h.us1.dbt.com", DBT_CLOUD_SERVICE_TOKEN_FILE: path, ...more } });
  assert.equal((await from(file)).access?.[1], "dbtc_of_file");
  const both = await from(file, { DBT_CLOUD_API_KEY: "dbtc_else" });
  assert.equal(both.access?.[1], "dbtc_of_file");
  assert.match(both.warnings[0] ?? "", /DBT_CLOUD_SERVICE_TOKEN_FILE and DBT_CLOUD_API_KEY hold different tokens/);
  assert.match((await from(`${home}/no`)).error ?? "", /DBT_CLOUD_SERVICE_TOKEN_FILE: there is no file .*\/no/);
  Deno.writeTextFileSync(file, "\n");
  assert.match((await from(file)).error ?? "", /is empty, and should have the token/);
  Deno.removeSync(home, { recursive: true });
});

Deno.test("a token command that fails, prints nothing or too much, or is missing is said, without its output", async () => {
  const run = (command: string) =>
    load({ own: `contexts: {a: {host: h.us1.dbt.com, account_id: 1, token_command: ${command}}}` }, { context: "a" });
  const problems = {
    '"echo s3cret; exit 3"': /token_command of context a failed with exit code 3/,
    '"true"': /printed nothing: it has to print the token on stdout/,
    "\"printf 's3cret\\nuser: ada\\n'\"": /printed more than a token/,
    "[/no/such/program]": /cannot be run: there is no program "\/no\/such\/program"/,
    '"kill -9 $$"': /was killed/,
  };
  for (const [command, message] of Object.entries(problems)) {
    const { error } = await run(command);
    assert.match(error ?? "", message);
    assert.doesNotMatch(error ?? "", /s3cret/);
  }
});

Deno.test("a token command that hangs is stopped after a minute", async () => {
  const home = makeHome({});
  const command = `echo $$ > ${home}/pid; exec sleep 600`;
  const context = { host: "h.us1.dbt.com", account_id: 1, token_command: command };
  Deno.writeTextFileSync(`${home}/.config/dbtc/contexts.yml`, JSON.stringify({ contexts: { a: context } }));
  const program = Effect.gen(function* () {
    const { token } = yield* findAccess({ context: "a" });
    const fiber = yield* Effect.forkChild(Effect.flip(token));
    yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 300)));
    yield* TestClock.adjust("61 seconds");
    return (yield* Fiber.join(fiber)).message;
  });
  const message = await Effect.runPromise(program.pipe(Effect.provide([
    fs,
    TestClock.layer(),
    ConfigProvider.layer(ConfigProvider.fromEnv({ env: { HOME: home } })),
  ])));
  assert.match(message, /did not end within 60 s, and was stopped/);
  const pid = Number(Deno.readTextFileSync(`${home}/pid`));
  // The system still knows it until it is reaped.
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.throws(() => Deno.kill(pid, "SIGCONT"), Deno.errors.NotFound);
  Deno.removeSync(home, { recursive: true });
});

Deno.test("a damaged file is said with its line, and is not quoted", async () => {
  const broken = await load({ own: "contexts:\n  prod:\n    token: s3cret\n   host: x\n" });
  assert.match(broken.error ?? "", /contexts\.yml, line 4, is not valid YAML/);
  const shape = await load({ own: "contexts: [s3cret]" });
  assert.match(shape.error ?? "", /contexts\.yml is not what dbtc writes/);
  const dbt = await load({ dbts: "projects:\n\t- s3cret" });
  assert.match(dbt.error ?? "", /dbt_cloud\.yml, line 2, is not valid YAML/);
  for (const { error } of [broken, shape, dbt]) assert.doesNotMatch(error ?? "", /s3cret/);
});

Deno.test("a damaged entry, or a damaged dbt_cloud.yml, stops only who needs it", async () => {
  const entries = {
    "{account_id: 1}": /needs a host/,
    "{host: h.us1.dbt.com}": /account_id is missing/,
    "{host: h.us1.dbt.com, account_id: acme}": /account_id is not an id/,
    "{host: 'http://evil.example', account_id: 1}": /would send the token in the clear/,
    "{host: h.us1.dbt.com, account_id: 1, token: s3cret, token_command: x}": /several of token, token_command/,
    "{host: 'https://h.us1.dbt.com/deploy/2/', account_id: 1}": /URL of account 2, and account_id is 1/,
  };
  for (const [entry, message] of Object.entries(entries)) {
    const files = { own: `${own}  bad: ${entry}\n`, dbts: "no" };
    assert.deepEqual((await load(files)).access, prod);
    const { error } = await load(files, { context: "bad" });
    assert.match(error ?? "", message);
    assert.match(error ?? "", /context bad/);
    assert.doesNotMatch(error ?? "", /s3cret/);
  }
  assert.match((await load({ own, dbts: "no" }, { context: "Finance" })).error ?? "", /download it again/);
});

Deno.test("Contexts.load has every context, and runs no command", async () => {
  const { value } = await as({ own: own.replace("printf '", "touch /nowhere/'"), dbts }, Contexts.load);
  assert.deepEqual(
    value?.contexts.map(({ isCurrent, isDbts, name, token }) => [name, token._tag, isDbts, isCurrent]),
    [
      ["prod", "Stored", false, true],
      ["other", "Command", false, false],
      ["listed", "Command", false, false],
      ["filed", "File", false, false],
      ["bare", "None", false, false],
      ["Analytics", "Stored", true, false],
      ["Finance", "Stored", true, false],
    ],
  );
  assert.doesNotMatch(Deno.inspect(value, { depth: 20 }), /secret/);
  const dbt = await as({ dbts }, Contexts.load);
  assert.deepEqual(dbt.value?.contexts.map(({ isCurrent }) => isCurrent), [true, false]);
});

Deno.test("files are where each system has them, and nowhere without a user's folder", () => {
  const none = { home: undefined, xdg: undefined, appData: undefined, isWindows: false };
  const linux = { ...none, home: "/home/ada" };
  const windows = { ...none, home: "C:\\Users\\ada", appData: "C:\\Users\\ada\\AppData\\Roaming", isWindows: true };
  assert.equal(contextsFile(linux), "/home/ada/.config/dbtc/contexts.yml");
  assert.equal(contextsFile({ ...linux, xdg: "/cfg/" }), "/cfg/dbtc/contexts.yml");
  assert.equal(contextsFile({ ...linux, xdg: "relative" }), "/home/ada/.config/dbtc/contexts.yml");
  assert.equal(contextsFile({ ...linux, appData: "/roaming" }), "/home/ada/.config/dbtc/contexts.yml");
  assert.equal(contextsFile(windows), "C:\\Users\\ada\\AppData\\Roaming\\dbtc\\contexts.yml");
  assert.equal(contextsFile({ ...windows, xdg: "D:\\cfg" }), "D:\\cfg\\dbtc\\contexts.yml");
  assert.equal(dbtCloudFile(windows), "C:\\Users\\ada\\.dbt\\dbt_cloud.yml");
  assert.deepEqual([contextsFile(none), dbtCloudFile(none)], [undefined, undefined]);
  const file = "/home/ada/.config/dbtc/contexts.yml";
  assert.equal(pathBeside(linux, file, "~/token"), "/home/ada/token");
  assert.equal(pathBeside(linux, file, "/run/token"), "/run/token");
  assert.equal(pathBeside(windows, "C:\\x\\contexts.yml", "token"), "C:\\x\\token");
  assert.equal(pathBeside(windows, "C:\\x\\contexts.yml", "D:\\t"), "D:\\t");
});

Deno.test("without a user's folder, nothing is read from the current one", async () => {
  const { error } = await load({ own, dbts, env: { HOME: "" } });
  assert.match(error ?? "", /no token: run dbtc auth login/);
});

Deno.test("dbt_project.yml names the project, from the current folder upward", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "dbtc-project-" });
  const project = (text: string) => {
    Deno.writeTextFileSync(`${folder}/dbt_project.yml`, text);
    return load({ own, dbts, env: { DBT_PROJECT_DIR: folder } });
  };
  const text =
    "name: jaffle_shop\nvars:\n  x:\n  - - nested\ndbt-cloud:\n  # a comment\n  project-id: 270542\n  defer-env-id: 1\nmodels: {}\n";
  assert.equal((await project(text)).project_id, 270_542);
  assert.equal((await project(text.replace("270542", '"270542"'))).project_id, 270_542);
  assert.equal((await project("dbt-cloud: {project-id: 5}")).project_id, 5);
  // Where it names none, the context's own project counts.
  assert.equal((await project("name: x\n")).project_id, 70);
  const wrong = await project("dbt-cloud:\n  project-id: \"{{ env_var('X') }}\"\n");
  assert.deepEqual([wrong.project_id, wrong.warnings.length], [70, 1]);
  assert.match(wrong.warnings[0] ?? "", /project-id under dbt-cloud is not an id, and is ignored/);

  Deno.writeTextFileSync(`${folder}/dbt_project.yml`, "dbt-cloud:\n  project-id: 6\n");
  Deno.mkdirSync(`${folder}/models/marts`, { recursive: true });
  const before = Deno.cwd();
  try {
    Deno.chdir(`${folder}/models/marts`);
    assert.equal((await load({ own })).project_id, 6);
    assert.equal((await load({ own, env: { DBT_CLOUD_PROJECT_ID: "8" } })).project_id, 8);
    assert.equal((await load({ own }, { project_id: 9 })).project_id, 9);
    assert.equal((await load({ env })).project_id, 6);
  } finally {
    Deno.chdir(before);
  }
  Deno.removeSync(folder, { recursive: true });
});
