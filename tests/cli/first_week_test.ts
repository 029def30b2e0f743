/**
 * The tasks of a first week with dbt Cloud, each typed as a command on a terminal of 80 columns, with names in place of
 * ids: what it prints, and its exit code.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import assert from "node:assert/strict";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { command, type Outcome, sandboxEnv, type Surroundings } from "../support/command.ts";
import { succeedsStepwise } from "../support/fixtures.ts";

/** A command, and what it does. */
interface Step extends Surroundings {
  /** What a person types after `dbtc`. A word with a space in it is in single quotes. */
  readonly line: string;
  /** Its exit code (default: 0). */
  readonly code?: number;
  /** What stdout has. */
  readonly prints?: ReadonlyArray<RegExp>;
  /** What stderr has. */
  readonly says?: ReadonlyArray<RegExp>;
  /** Lines that are longer than the terminal, and that no table could shorten: URLs, logs. */
  readonly long?: RegExp;
}

const words = (line: string) => line.match(/'[^']*'|\S+/g)?.map((word) => word.replaceAll("'", "")) ?? [];

/** Types the steps of a task, one after the other, against one sandbox. */
async function follow(steps: ReadonlyArray<Step>): Promise<void> {
  const outcomes = await succeedsStepwise(
    Effect.forEach(
      steps,
      ({ line, ...surroundings }) => command(words(line), { terminal: true, columns: 80, ...surroundings }),
    ).pipe(
      Effect.provide(sandbox.layer()),
    ),
  );
  for (const [index, { code = 0, line, long = /https?:\/\//, prints = [], says = [] }] of steps.entries()) {
    const outcome: Outcome | undefined = outcomes[index];
    assert(outcome !== undefined);
    const all = `dbtc ${line}\n${outcome.stdout}\n${outcome.stderr}`;
    assert.equal(outcome.code, code, all);
    for (const expected of prints) assert.match(outcome.stdout, expected, all);
    for (const expected of says) assert.match(outcome.stderr, expected, all);
    const wide = outcome.stdout.split("\n").filter((line) => line.length > 80 && !long.test(line));
    assert.deepEqual(wide, [], all);
  }
}

const [succeeded, failed] = ["70471800000001", "70471800000002"];
const urlOf = (run: string) => `http://127.0.0.1:8008/deploy/1/projects/1/runs/${run}/`;

const tasks: Readonly<Record<string, ReadonlyArray<Step>>> = {
  "1: who am I, and is everything reachable": [
    { line: "auth status", prints: [/^Account +1 Jaffle Shop$/m, /^Token +from DBT_CLOUD_SERVICE_TOKEN$/m] },
    { line: "doctor", prints: [/^✓ Admin API v2 /m, /\nAll is well\n$/] },
    { line: "auth status", env: { HOME: "/nonexistent" }, code: 2, says: [/no token: run dbtc auth login/] },
  ],
  "3: find a job and its last runs": [
    { line: "jobs list", prints: [/^ID {2}NAME +PROJECT +ENVIRONMENT +LAST RUN$/m, /^2 +Nightly .* Error \d+h ago$/m] },
    { line: "runs list --job 'Daily build'", prints: [/^ID +JOB +STATUS +BRANCH +STARTED +DURATION$/m] },
    {
      line: "jobs get dayly",
      code: 3,
      says: [/^dbtc: jobs get: no job is called "dayly"\. Did you mean "Daily build" \(1\)\?$/m],
    },
    { line: "users list", prints: [/^ID +EMAIL +NAME +ACTIVE +LICENSE +LAST LOGIN\n1 +ada@jaffleshop\.example +Ada/] },
    { line: "projects list", prints: [/^ID +NAME +CONNECTION +REPOSITORY +CREATED$/m] },
    { line: "environments list jaffle_shop", prints: [/ TYPE +DEPLOYMENT +DBT VERSION +CONNECTION$/m] },
  ],
  "4: why did the last one fail": [
    {
      line: "runs explain --job 'Nightly full refresh'",
      prints: [/^✗ Run \d+ of job 2 ended in error/, /^ {2}model\.jaffle_shop\.customers {2}error/m],
      long: /./,
    },
    { line: `runs explain ${urlOf(failed)}`, prints: [/Database Error in model customers/], long: /./ },
    { line: "runs explain --job CI", code: 3, says: [/^dbtc: runs explain: job 4 "CI" has no run that failed\.$/m] },
  ],
  "5: start it and watch": [
    {
      line: "jobs trigger 'Daily build'",
      says: [/^Job 1 "Daily build"$/m, /Ctrl-C cancels it/, /✓ Invoke dbt with `dbt build`/],
      prints: [/^✓ Success in /],
    },
    {
      line: "jobs trigger 1 2 CI",
      code: 1,
      prints: [/^Job 1, run \d+: ✓ Success/m, /^Job 2, run \d+: ✗ Error/m, /^Job 4 "CI", run \d+: ✓ Success/m],
      says: [/^Job 2, run \d+:$\s+✗ Invoke dbt with/m],
    },
    {
      line: "jobs trigger CI --no-wait",
      prints: [/^Run (\d+) of job 4: Queued\. To wait for it: dbtc runs wait \1 {2}http/],
    },
    { line: `runs wait ${succeeded} ${failed}`, code: 1, prints: [/^Run \d+: ✓ .*\nRun \d+: ✗ /] },
    {
      line: "jobs run CI --no-wait",
      code: 2,
      says: [
        /^dbtc: "run" is not a command of dbtc jobs\. Did you mean dbtc jobs trigger[^\n]*\nSee dbtc jobs --help\n$/,
      ],
    },
  ],
  "7: open it": [
    {
      line: "runs open --job 'Daily build'",
      prints: [/^http:\/\/127\.0\.0\.1:8008\/deploy\/1\/projects\/1\/runs\/\d+\/\n$/],
    },
    {
      line: "jobs open CI",
      open: () => "there is no browser",
      prints: [/\/projects\/1\/jobs\/4\/\n$/],
      says: [/Not opened: there is no browser/],
    },
  ],
  "8: what failed this week": [
    {
      line: "runs failures --since 7d",
      prints: [/^2 runs of 1 job failed/, /^FAILURES +JOB +LAST RUN ID +FAILED +TREND\n2 +Nightly full refresh {2}/m],
    },
    {
      line: "runs failures --nodes",
      prints: [/^FAILURES +NODE +LAST RUN ID +FAILED\n2 +model\.jaffle_shop\.customers {2}/m],
      says: [/^Reading the results of 2 failed runs: one request for each run/m],
    },
    { line: "runs stats", prints: [/^JOB +RUNS +SUCCESS +P50 +P95 +QUEUE P95 +TREND$/m, /^Nightly full refresh {2}/m] },
    { line: "runs stats --job 2", prints: [/^success +0 % {2}0 succeeded, 2 failed$/m, /^Failed runs over time$/m] },
    { line: "runs list --status eror", code: 2, says: [/"eror" is not .*\. Did you mean error\?/] },
  ],
  "9: what changed between two runs": [
    {
      line: `runs compare ${succeeded} ${failed}`,
      prints: [
        /^CHANGE +NODE +BEFORE +AFTER +DIFFERENCE$/m,
        /^failing +model\.jaffle_shop\.customers +success [\d.]+s +error /m,
      ],
    },
    {
      line: "runs compare --job 'Nightly full refresh'",
      prints: [/^Nothing changed: \d+ nodes are the same$/m],
    },
  ],
  "10: environment variables": [
    { line: "env-vars set DBT_SIZE XL --environment production", prints: [/^Created DBT_SIZE for production$/m] },
    {
      line: "env-vars list jaffle_shop",
      prints: [/^VARIABLE +PROJECT +PRODUCTION$/m, /^DBT_SIZE +XL$/m, /^DBT_ENV_SECRET_TOKEN +\*+$/m],
    },
    { line: "env-vars diff production development", prints: [/^removed +DBT_SIZE +XL$/m] },
    {
      line: "env-vars set DBT_ENV_SECRET_X abc --environment production",
      code: 2,
      says: [/is a secret: .*Nothing was sent/],
    },
    { line: "env-vars unset DBT_SIZE --environment production --yes", prints: [/^Deleted DBT_SIZE for production$/m] },
    { line: "env-vars list", prints: [/^DBT_WAREHOUSE_SIZE/m], says: [/^Project 1 "jaffle_shop", the only one$/m] },
  ],
  "11: jobs as code": [
    {
      line: "jobs export --job 'Daily build' --include-linked-id",
      prints: [/^ {4}name: Daily build$/m],
      long: /schema/,
    },
    { line: "jobs plan", code: 2, says: [/Which files\? Name files, folders or globs: dbtc jobs plan jobs\.yml/] },
  ],
  "12: add a user to a group, pause a job": [
    { line: "users add-to-group grace@jaffleshop.example Owner", prints: [/Groups: .*Owner/] },
    {
      line: "users add-to-group grace Owner",
      code: 3,
      says: [/no user is called "grace"/],
    },
    { line: "jobs disable CI", prints: [/is paused/], says: [/^To undo: dbtc jobs enable 4 /m] },
    { line: "jobs enable CI", prints: [/Job 4 "CI" is enabled/] },
  ],
  "13: use it in CI": [
    {
      line: "jobs trigger CI --from-ci --report junit",
      terminal: false,
      env: {
        ...sandboxEnv,
        GITHUB_ACTIONS: "true",
        GITHUB_REPOSITORY: "jaffle/shop",
        GITHUB_RUN_ID: "4711",
        GITHUB_EVENT_NAME: "push",
        GITHUB_REF_TYPE: "branch",
        GITHUB_REF_NAME: "main",
        GITHUB_SHA: "64fbc21",
      },
      prints: [/"git_sha": "64fbc21"/],
      long: /./,
    },
    {
      line: "jobs trigger CI --from-ci",
      code: 2,
      says: [/--from-ci works in GitHub Actions, GitLab CI and Azure Pipelines/],
    },
    { line: "jobs trigger 2 --report junit", code: 1, says: [/<testsuites/, /<error message=/] },
  ],
  "14: anything else": [
    {
      line: "api GET /api/v2/accounts/{account_id}/jobs/ --paginate --fields id,name",
      prints: [/"name": "Daily build"/],
    },
    { line: "api /api/v2/accounts/{account_id}/ --fields name", prints: [/^name {2}Jaffle Shop$/m] },
    { line: "api GET", code: 2, says: [/^dbtc: Which path\? Try: dbtc api GET \/api\/v2\//m] },
    {
      line: "sl list metrics",
      prints: [/^revenue +SIMPLE/m],
      says: [/^Environment 1 "production", the only one$/m],
    },
  ],
};

for (const [name, steps] of Object.entries(tasks)) Deno.test(name, () => follow(steps));

Deno.test("2: log in, several accounts, switch", async () => {
  const HOME = await Deno.makeTempDir();
  const env = { HOME };
  const host = "http://127.0.0.1:8008";
  const login = { env, stdin: "sandbox\n", terminal: false, long: /./ };
  try {
    await follow([
      { ...login, line: `auth login ${host} --with-token` },
      { ...login, line: `auth login ${urlOf(failed)} --with-token --context second` },
      {
        line: "auth list",
        env,
        prints: [/^CURRENT +NAME +HOST +ACCOUNT +PROJECT +TOKEN$/m, /^\* +second +127\.0\.0\.1:8008 +1 Jaffle Shop/m],
      },
      { line: "auth use jaffle-shop", env, says: [/In use: jaffle-shop/] },
      { line: "jobs list --context second", env, prints: [/Daily build/] },
      { line: "auth use nope", env, code: 2, says: [/context "nope", which does not exist\. There are: jaffle-shop/] },
      { line: "auth logout second", env, says: [/Removed second/] },
    ]);
  } finally {
    await Deno.remove(HOME, { recursive: true });
  }
});

Deno.test("6: what is going on right now", async () => {
  const outcome = await succeedsStepwise(
    Effect.gen(function* () {
      let outcome: Outcome | undefined;
      yield* command(["jobs", "trigger", "Daily build", "--no-wait"]);
      const watching = Effect.tap(
        command(["runs", "list", "--watch", "--limit", "3"], { terminal: true, columns: 80 }),
        (ended) => Effect.sync(() => outcome = ended),
      );
      const fiber = yield* Effect.forkChild(Effect.uninterruptible(watching));
      yield* Effect.sleep("3 minutes");
      yield* Fiber.interrupt(fiber);
      return outcome;
    }).pipe(Effect.provide(sandbox.layer())),
  );
  assert.equal(outcome?.code, 130);
  assert.match(outcome?.stdout ?? "", /Daily build +Queued[^]*Daily build +Running[^]*Daily build +Success/);
});
