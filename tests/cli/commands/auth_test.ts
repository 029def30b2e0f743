/**
 * `dbtc auth`, typed against the sandbox, with real files in a folder of its own.
 *
 * @module
 */
import * as Arbitrary from "effect/Arbitrary";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import * as Yaml from "effect/encoding/Yaml";
import assert from "node:assert/strict";
import { parseDocument } from "yaml";
import * as sandbox from "../../../lib/sandbox/mod.ts";
import { command, type Outcome, type Surroundings } from "../../support/command.ts";
import { ok, refusal, type Sent, transport } from "../../support/fixtures.ts";

const host = "http://127.0.0.1:8008";

/** A user's folder, removed at the end of a test. */
async function withHome(test: (home: string, file: string) => Promise<void>): Promise<void> {
  const home = Deno.makeTempDirSync({ prefix: "dbtc-auth-" });
  try {
    await test(home, `${home}/.config/dbtc/contexts.yml`);
  } finally {
    Deno.removeSync(home, { recursive: true });
  }
}

/** Runs a command line of a user against a sandbox. */
async function run(home: string, argv: ReadonlyArray<string>, more: Surroundings = {}): Promise<Outcome> {
  const outcome = await Effect.runPromise(
    command(argv, { ...more, env: { HOME: home, ...more.env } }).pipe(Effect.provide(sandbox.layer())),
  );
  const shorten = (text: string) => home === "" ? text : text.replaceAll(home, "~");
  return { ...outcome, stdout: shorten(outcome.stdout), stderr: shorten(outcome.stderr) };
}

/** The file as it is read. */
// deno-lint-ignore no-explicit-any -- whole values are compared with what is expected of them
const read = (file: string): any => Yaml.parse(Deno.readTextFileSync(file));

Deno.test("auth login asks a person for host and token, checks them, and saves them for the owner alone", () =>
  withHome(async (home, file) => {
    const outcome = await run(home, ["auth", "login"], { terminal: true, stdin: `${host}\nsandbox\n\n` });
    assert.equal(outcome.code, 0, outcome.stderr);
    assert.match(outcome.stderr, /Logged in to Jaffle Shop \(account 1 on 127\.0\.0\.1:8008\) as ada@/);
    assert.match(outcome.stderr, /Context "jaffle-shop" is saved in ~\/\.config\/dbtc\/contexts\.yml, and in use/);
    assert.equal(outcome.stdout, "");
    // Nothing that was typed at the hidden prompt is shown.
    assert.doesNotMatch(outcome.stderr.replace(/ada@\S+/, ""), /sandbox/);
    assert.deepEqual(read(file), {
      contexts: { "jaffle-shop": { host, account_id: 1, account_name: "Jaffle Shop", token: "sandbox" } },
      current: "jaffle-shop",
    });
    assert.equal((Deno.statSync(file).mode ?? 0) & 0o777, 0o600);
    assert.equal((Deno.statSync(file.replace(/\/[^/]*$/, "")).mode ?? 0) & 0o777, 0o700);
    assert.deepEqual([...Deno.readDirSync(`${home}/.config/dbtc`)].map(({ name }) => name), ["contexts.yml"]);
    const jobs = await run(home, ["jobs", "list", "--limit", "1"]);
    assert.equal(jobs.code, 0, jobs.stderr);
  }));

Deno.test("auth login reads the token from a pipe, and account and project from any URL", () =>
  withHome(async (home, file) => {
    const url = `${host}/deploy/1/projects/1/runs/5/`;
    const outcome = await run(home, ["auth", "login", url, "--with-token", "--context", "prod"], {
      stdin: "sandbox\n",
    });
    assert.equal(outcome.code, 0, outcome.stderr);
    const { context, host: saved } = JSON.parse(outcome.stdout);
    assert.deepEqual([context, saved], ["prod", host]);
    assert.equal(read(file).contexts.prod.project_id, 1);
    assert.doesNotMatch(outcome.stdout + outcome.stderr.replace(/ada@\S+/, ""), /\bsandbox\b/);
  }));

Deno.test("auth login saves the token itself, and prints it nowhere", () =>
  withHome(async (home, file) => {
    const token = "dbtu_s3cr3t-0123456789";
    const { layer } = transport(({ path }) =>
      path.includes("/users/") || path.includes("whoami")
        ? refusal(403)
        : path.endsWith("/accounts/1/")
        ? ok({ id: 1, name: `Jaffles ${token}` })
        : ok([{ id: 1, name: `Jaffles ${token}` }])
    );
    const argv = ["auth", "login", host, "--with-token", "--context", "prod"];
    const outcome = await Effect.runPromise(
      command(argv, { stdin: token, env: { HOME: home } }).pipe(Effect.provide(layer)),
    );
    assert.equal(outcome.code, 0, outcome.stderr);
    assert.doesNotMatch(outcome.stdout + outcome.stderr, new RegExp(token));
    assert.equal(read(file).contexts.prod.token, token);
  }));

Deno.test("auth login stores a command or the name of a file in place of the token", () =>
  withHome(async (home, file) => {
    const login = (...argv: Array<string>) => run(home, ["auth", "login", host, "--context", "a", ...argv]);
    assert.equal((await login("--token-command", "echo sandbox")).code, 0);
    assert.deepEqual(read(file).contexts.a, {
      host,
      account_id: 1,
      account_name: "Jaffle Shop",
      token_command: "echo sandbox",
    });
    Deno.writeTextFileSync(`${home}/token`, "sandbox\n");
    assert.equal((await login("--token-file", `${home}/token`)).code, 0);
    assert.equal(read(file).contexts.a.token_file, `${home}/token`);
    assert.equal(read(file).contexts.a.token_command, undefined);
    const status = await run(home, ["auth", "status"]);
    assert.equal(JSON.parse(status.stdout).token_from, "~/token");

    for (
      const [argv, message] of [
        [["--token-command", "exit 1"], /token_command of a failed with exit code 1/],
        [["--token-file", `${home}/none`], /there is no file .*none to read the token from/],
        [["--token-file", "x", "--with-token"], /--with-token and --token-file do not go together/],
        [[], /Token\? dbtc cannot ask without a terminal\. Pipe it in/],
      ] as const
    ) {
      const outcome = await login(...argv);
      assert.equal(outcome.code, 2);
      assert.match(outcome.stderr, message);
    }
    assert.equal(read(file).contexts.a.token_file, `${home}/token`);
  }));

Deno.test("auth login saves nothing that dbt Cloud refuses, or that contradicts itself", () =>
  withHome(async (home, file) => {
    const login = (...argv: Array<string>) => run(home, ["auth", "login", ...argv, "--with-token"], { stdin: "wrong" });
    for (
      const [argv, code, message] of [
        [[host], 4, /does not accept the token/],
        [["http://evil.example"], 2, /would send the token in the clear/],
        [["ab 123"], 2, /is not a host/],
        [[host, "--host", "https://x.us1.dbt.com"], 2, /name two hosts/],
        [[`${host}/deploy/1/`, "--account-id", "2"], 2, /--account-id is 2, and the URL is of account 1/],
        [[host, "--context", "12"], 2, /digits are the id of a project/],
        [[host, "--context", "\u001b[31m"], 2, /is not a name/],
        [[], 2, /Which host\?/],
      ] as const
    ) {
      const outcome = await login(...argv);
      assert.equal(outcome.code, code, outcome.stderr);
      assert.match(outcome.stderr, message);
    }
    const account = await run(home, ["auth", "login", host, "-a", "77", "--with-token"], { stdin: "sandbox" });
    assert.equal(account.code, 3, account.stderr);
    assert.throws(() => Deno.statSync(file), Deno.errors.NotFound);
    // Ctrl-C at the prompt.
    assert.equal((await run(home, ["auth", "login"], { terminal: true })).code, 130);
    const homeless = await run("", ["auth", "login", host, "--with-token"], { stdin: "sandbox" });
    assert.match(homeless.stderr, /neither HOME nor XDG_CONFIG_HOME is set/);
  }));

Deno.test("names of contexts are completed, for --context, auth use and auth logout", () =>
  withHome(async (home) => {
    for (const name of ["acme eu", "acme-us", "shop"]) {
      const { code } = await run(home, ["auth", "login", host, "--context", name, "--with-token"], {
        stdin: "sandbox",
      });
      assert.equal(code, 0);
    }
    const complete = async (...words: Array<string>) =>
      (await run(home, ["__complete", "zsh", ...words])).stdout.split("\n").slice(0, -1)
        .map((line) => line.split("\t")[0]);
    for (const words of [["auth", "use"], ["auth", "logout"], ["jobs", "list", "--context"], ["--context"]]) {
      assert.deepEqual(await complete(...words, "ac"), ["acme eu", "acme-us"], words.join(" "));
      assert.equal((await complete(...words, "")).length, 3);
    }
    assert.deepEqual(await complete("jobs", "list", "--context=s"), ["--context=shop"]);
    assert.deepEqual(await complete("auth", "use", "z"), []);
  }));

/** dbt Cloud with two accounts, in recorded form. */
function twoAccounts({ path }: Sent) {
  if (path.startsWith("/api/v2/whoami/")) return refusal(404);
  const accounts = [{ id: 7, name: "Acme" }, { id: 8, name: "Acme \u001b[31mEU" }];
  return path === "/api/v2/accounts/" || path === "/api/v3/accounts/" ? ok(accounts) : ok(accounts[1]);
}

Deno.test("auth login lists the accounts of a token with several, and asks a person", () =>
  withHome(async (home, file) => {
    const login = (argv: ReadonlyArray<string>, more: Surroundings) =>
      Effect.runPromise(
        command(["auth", "login", "cd456.eu1.dbt.com", ...argv], { env: { HOME: home }, ...more }).pipe(
          Effect.provide(transport(twoAccounts).layer),
        ),
      );
    const piped = await login(["--with-token"], { stdin: "dbtc_x" });
    assert.equal(piped.code, 2);
    assert.match(piped.stderr, /several accounts: 7 Acme; 8 Acme EU\. Choose one by --account-id/);
    const chosen = await login(["--with-token", "-a", "8"], { stdin: "dbtc_x" });
    assert.equal(chosen.code, 0, chosen.stderr);
    const asked = await login(["--context", "first"], { terminal: true, stdin: "dbtc_y\n\n" });
    assert.equal(asked.code, 0, asked.stderr);
    const { contexts } = read(file);
    assert.deepEqual(Object.values<{ account_id: number }>(contexts).map(({ account_id }) => account_id), [8, 7]);
  }));

Deno.test("auth login takes the address of another API for the access host's", () =>
  withHome(async (home) => {
    const { sent, layer } = transport(twoAccounts);
    const url = "https://ab123.semantic-layer.us1.dbt.com/api/graphql";
    const outcome = await Effect.runPromise(
      command(["auth", "login", url, "-a", "8", "--with-token"], { env: { HOME: home }, stdin: "dbtc_x" }).pipe(
        Effect.provide(layer),
      ),
    );
    assert.equal(outcome.code, 0, outcome.stderr);
    assert.match(
      outcome.stderr,
      /is the host of the Semantic Layer: the account's access host is ab123\.us1\.dbt\.com/,
    );
    assert.deepEqual([...new Set(sent.map(({ url }) => url.host))], ["ab123.us1.dbt.com"]);
  }));

const byHand = `# our accounts
current: prod
contexts:
  # the one that matters
  prod:
    # of the data team
    host: ${host}
    account_id: "1"
    token: sandbox
    owner: data # not dbtc's
  other: { host: ab123.us1.dbt.com, account_id: 7, token_command: "exit 1" }
notes: [ a, b ]
`;

function write(file: string, text: string): void {
  Deno.mkdirSync(file.replace(/\/[^/]*$/, ""), { recursive: true });
  Deno.writeTextFileSync(file, text, { mode: 0o644 });
}

Deno.test("a change of contexts.yml keeps comments, unknown members, links and the other contexts", () =>
  withHome(async (home, file) => {
    write(`${home}/dotfiles/contexts.yml`, byHand);
    Deno.mkdirSync(`${home}/.config/dbtc`, { recursive: true });
    Deno.symlinkSync(`${home}/dotfiles/contexts.yml`, file);
    const used = await run(home, ["auth", "use", "other"]);
    assert.match(used.stderr, /In use: other \(account 7 on ab123\.us1\.dbt\.com\)/);
    assert.equal(Deno.readTextFileSync(file), byHand.replace("current: prod", "current: other"));
    assert.equal((Deno.statSync(file).mode ?? 0) & 0o777, 0o600);
    assert(Deno.lstatSync(file).isSymlink);

    const login = await run(home, ["auth", "login", host, "--with-token"], { stdin: "sandbox-readonly" });
    assert.equal(login.code, 0, login.stderr);
    const { contexts, current } = read(file);
    // The account has a context, so it keeps its name.
    assert.equal(current, "prod");
    assert.deepEqual([contexts.prod.owner, contexts.prod.token], ["data", "sandbox-readonly"]);
    assert.match(Deno.readTextFileSync(file), /# the one that matters\n *prod:\n *# of the data team/);

    const gone = await run(home, ["auth", "logout"]);
    assert.match(gone.stderr, /Removed prod .*\n.*still valid: revoke it.*\n.*auth use NAME.*other/);
    assert.equal(gone.code, 0);
    assert.deepEqual(Object.keys(read(file).contexts), ["other"]);
    assert.deepEqual(read(file).notes, ["a", "b"]);
    assert.equal((await run(home, ["auth", "logout"])).code, 2);
  }));

Deno.test("auth list shows every context and where its token is, and no token", () =>
  withHome(async (home, file) => {
    write(file, byHand.replace("token: sandbox", "token: dbtc_s3cret"));
    write(
      `${home}/.dbt/dbt_cloud.yml`,
      'projects:\n- {project-id: "5", project-name: Shop, account-id: 9, account-host: x.us1.dbt.com, token-value: dbtu_s3cret}\n',
    );
    const json = await run(home, ["auth", "list"]);
    assert.deepEqual(
      JSON.parse(json.stdout).map(({ current, name, token }: Record<string, unknown>) => [name, current, token]),
      [["prod", true, "contexts.yml"], ["other", false, "command"], ["Shop", false, "dbt_cloud.yml"]],
    );
    const table = await run(home, ["auth", "list", "--context", "other"], { terminal: true, columns: 80 });
    assert.match(table.stdout, /^CURRENT +NAME +HOST/);
    assert.match(table.stdout, /^\* +other +ab123\.us1\.dbt\.com +7/m);
    assert.doesNotMatch(json.stdout + table.stdout, /s3cret/);
    const env = { DBT_CLOUD_HOST: "e.us1.dbt.com", DBT_CLOUD_SERVICE_TOKEN: "dbtc_e", DBT_CLOUD_ACCOUNT_ID: "1" };
    const overridden = await run(home, ["auth", "list"], { env });
    assert.match(overridden.stderr, /none of them is in use: DBT_CLOUD_SERVICE_TOKEN is set, and comes first/);
    const used = await run(home, ["auth", "use", "Shop"], { env });
    assert.match(used.stderr, /In use: Shop .*\n.*DBT_CLOUD_SERVICE_TOKEN is set, and comes before it/);
    assert.equal(read(file).current, "Shop");
    const logout = await run(home, ["auth", "logout", "Shop"]);
    assert.match(logout.stderr, /is an entry of ~\/\.dbt\/dbt_cloud\.yml, which dbtc does not change/);
    for (const argv of [["use", "prod"], ["logout", "prod"], ["login", host, "--with-token"]]) {
      const dry = await run(home, ["auth", ...argv, "--dry-run"], { stdin: "sandbox" });
      assert.equal(dry.code, 2);
      assert.match(dry.stderr, /--dry-run does not go with dbtc auth/);
    }
    assert.equal(read(file).current, "Shop");
    const unknown = await run(home, ["auth", "use", "shop"]);
    assert.match(unknown.stderr, /does not exist\. There are: prod/);
    assert.equal((await run(home, ["auth", "use"])).code, 2);
  }));

Deno.test("auth status says where everything comes from, and what the token can read", () =>
  withHome(async (home, file) => {
    write(file, byHand);
    const { stdout } = await run(home, ["auth", "status"], { terminal: true, columns: 80 });
    assert.match(stdout, /^Host +127\.0\.0\.1:8008\nAccount +1 Jaffle Shop\nUser +ada@.*\nToken +from ~\S+\n/);
    assert.match(stdout, /^Context +prod \(chosen by dbtc auth use\)$/m);
    assert.match(stdout, /^Can read +account, projects, environments, connections, jobs, runs, users/m);
    const env = { DBT_CLOUD_HOST: host, DBT_CLOUD_SERVICE_TOKEN: "sandbox", DBT_CLOUD_ACCOUNT_ID: "1" };
    const fromEnv = JSON.parse((await run(home, ["auth", "status"], { env })).stdout);
    assert.deepEqual([fromEnv.context, fromEnv.token_from], [null, "DBT_CLOUD_SERVICE_TOKEN"]);
    const refused = await run(home, ["auth", "status", "--context", "prod"], { env: { ...env, HOME: home } });
    assert.equal(refused.code, 0, refused.stderr);
    assert.equal((await run(home, ["auth", "status"], { env: { ...env, DBT_CLOUD_SERVICE_TOKEN: "x" } })).code, 4);
    assert.equal((await run("/nonexistent", ["auth", "status"])).code, 2);
  }));

Deno.test("auth status tells what dbt Cloud refuses to show", async () => {
  const { layer } = transport(({ path }) =>
    /projects|jobs|runs/.test(path) ? ok([]) : /users/.test(path) ? refusal(403) : refusal(404)
  );
  const env = {
    DBT_CLOUD_HOST: "ab123.us1.dbt.com",
    DBT_CLOUD_SERVICE_TOKEN: "dbtc_s3cret-0123456789",
    DBT_CLOUD_ACCOUNT_ID: "7",
  };
  const outcome = await Effect.runPromise(command(["auth", "status"], { env }).pipe(Effect.provide(layer)));
  const { readable, refused, token_kind } = JSON.parse(outcome.stdout);
  assert.deepEqual(readable, ["projects", "jobs", "runs"]);
  assert.deepEqual(refused, ["account", "environments", "connections", "users", "groups", "service tokens"]);
  assert.equal(token_kind, "service token");
  assert.doesNotMatch(outcome.stdout + outcome.stderr, /s3cret/);
});

Deno.test("a damaged contexts.yml is not changed, and the line is said without the text", () =>
  withHome(async (home, file) => {
    const broken = "current: a\ncontexts:\n  a:\n    token: s3cret\n   host: x\n";
    write(file, broken);
    for (const argv of [["auth", "use", "a"], ["auth", "list"], ["auth", "login", host, "--with-token"]]) {
      const outcome = await run(home, argv, { stdin: "sandbox" });
      assert.equal(outcome.code, 2);
      assert.match(outcome.stderr, /contexts\.yml, line 5, is not valid YAML/);
      assert.doesNotMatch(outcome.stderr, /s3cret/);
    }
    assert.equal(Deno.readTextFileSync(file), broken);
  }));

Deno.test("several that change contexts.yml at once lose nothing, and a lock that was left behind stops nobody", () =>
  withHome(async (home, file) => {
    write(file, byHand);
    const names = ["a", "b", "c", "d", "e", "f"];
    const outcomes = await Promise.all(
      names.map((name) => run(home, ["auth", "login", host, "--context", name, "--token-command", "echo sandbox"])),
    );
    assert.deepEqual(outcomes.map(({ code }) => code), names.map(() => 0));
    assert.deepEqual(Object.keys(read(file).contexts).toSorted(), [...names, "other", "prod"].toSorted());

    Deno.writeTextFileSync(`${file}.lock`, "");
    Deno.utimeSync(`${file}.lock`, 1000, 1000);
    assert.equal((await run(home, ["auth", "use", "a"])).code, 0);
    assert.deepEqual([...Deno.readDirSync(`${home}/.config/dbtc`)].map(({ name }) => name), ["contexts.yml"]);
  }));

Deno.test("auth works with the permissions of README's install line, and names the one of a token command", () =>
  withHome(async (home, file) => {
    write(file, byHand);
    const readme = Deno.readTextFileSync(new URL("../../../README.md", import.meta.url));
    const [, permissions = ""] = /deno install --global (.*) --name/.exec(readme) ?? [];
    const flags = permissions.replaceAll("'", "").split(" ");
    assert(flags.includes("--allow-read"), permissions);
    const cli = new URL("../../../cli.ts", import.meta.url).href;
    const dbtc = async (...argv: Array<string>) => {
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-prompt", ...flags, cli, ...argv],
        env: { HOME: home, XDG_CONFIG_HOME: "", DBT_CLOUD_SERVICE_TOKEN: "", DBTC_CONTEXT: "", DBTC_FORMAT: "table" },
        stdin: "null",
      }).output();
      return { code, stderr: new TextDecoder().decode(stderr) };
    };
    const used = await dbtc("auth", "use", "other");
    assert.equal(used.code, 0, used.stderr);
    assert.equal(read(file).current, "other");
    const refused = await dbtc("jobs", "list");
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /token_command of context other cannot be run: .*--allow-run=sh/);
  }));

Deno.test("what the writer of contexts.yml writes, its reader reads", () => {
  const texts = Arbitrary.schema(Schema.String);
  const samples = Effect.runSync(Arbitrary.sampleEffect(texts, { count: 500, seed: "contexts" }));
  const tricky = ["1e5", "null", "~", "true", "0x1F", "a: b", "#x", "- a", "'", '"', "a #b", "x".repeat(300), "é ü"];
  for (const text of [...samples, ...tricky]) {
    // A token has no line breaks and no control characters.
    const value = text.replaceAll(/[\p{C}\u2028\u2029]/gu, "").trim();
    if (value === "") continue;
    const document = parseDocument("# a comment\n");
    document.setIn(["contexts", "a", "token"], value);
    assert.deepEqual(Yaml.parse(document.toString({ lineWidth: 0 })), { contexts: { a: { token: value } } }, value);
  }
});
