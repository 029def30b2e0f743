/**
 * `dbtc jobs trigger --from-ci`: what a run gets from the variables of a CI system; `--report-file`; `api --paginate`.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import * as sandbox from "../../../lib/sandbox/mod.ts";
import { command, type Outcome, sandboxEnv } from "../../support/command.ts";

type Env = Readonly<Record<string, string>>;

function dbtc(argv: ReadonlyArray<string>, env: Env = {}, options: sandbox.Options = { speed: 600 }): Promise<Outcome> {
  return Effect.runPromise(
    Effect.provide(command(argv, { env: { ...sandboxEnv, ...env }, terminal: true }), sandbox.layer(options)),
  );
}

/** The body that a dry run shows, without the tag at the end of the cause; with the key's hash if there is a key. */
async function bodyOf(env: Env, ...flags: ReadonlyArray<string>) {
  const { code, stderr, stdout } = await dbtc([
    "jobs",
    "trigger",
    "4",
    "--cause",
    "CI",
    "--from-ci",
    "--dry-run",
    ...flags,
  ], env);
  assert.equal(code, 0, stderr);
  const { cause, ...body } = JSON.parse(stdout.slice(stdout.indexOf("{")));
  const [, hash] = /^CI(?: \[dbtc:(?:(\w+)\.)?\w+\])?$/.exec(cause) ?? [];
  assert.match(cause, /^CI/);
  return { body, hash, stderr };
}

// ---- GitHub ---------------------------------------------------------------------------------------------------------

const github: Env = {
  GITHUB_ACTIONS: "true",
  GITHUB_REPOSITORY: "jaffle/shop",
  GITHUB_RUN_ID: "4711",
  GITHUB_JOB: "ci",
  GITHUB_ACTION: "__run",
  GITHUB_EVENT_NAME: "push",
  GITHUB_REF_TYPE: "branch",
  GITHUB_REF_NAME: "main",
  GITHUB_SHA: "64fbc21",
};

/** The variables of a pull request: GITHUB_SHA is a merge commit. The event is in a file. */
async function withPullRequest<A>(pull_request: unknown, use: (env: Env) => Promise<A>): Promise<A> {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, JSON.stringify({ pull_request }));
  try {
    return await use({
      ...github,
      GITHUB_EVENT_NAME: "pull_request",
      GITHUB_SHA: "merge00",
      GITHUB_REF_NAME: "7/merge",
      GITHUB_EVENT_PATH: file,
    });
  } finally {
    await Deno.remove(file);
  }
}

const pull = { number: 7, head: { sha: "981c5cf", ref: "feature/a", repo: { full_name: "jaffle/shop" } } };

Deno.test("on GitHub, a push has its commit and branch, a tag its commit", async () => {
  const { body, hash, stderr } = await bodyOf(github);
  assert.deepEqual(body, { git_sha: "64fbc21", git_branch: "main" });
  assert.notEqual(hash, undefined);
  assert.equal(stderr, "From GitHub: commit 64fbc21, branch main\n");
  const tag = await bodyOf({ ...github, GITHUB_REF_TYPE: "tag", GITHUB_REF_NAME: "v1" });
  assert.deepEqual(tag.body, { git_sha: "64fbc21" });
});

Deno.test("on GitHub, a pull request has the head of its branch, not the merge commit", async () => {
  const { body, stderr } = await withPullRequest(pull, (env) => bodyOf(env));
  assert.deepEqual(body, { git_sha: "981c5cf", git_branch: "feature/a", github_pull_request_id: 7 });
  assert.equal(stderr, "From GitHub: commit 981c5cf, branch feature/a, pull request 7\n");
  const fork = { ...pull, head: { ...pull.head, repo: { full_name: "fork/shop" } } };
  const ofFork = await withPullRequest(fork, (env) => bodyOf(env));
  assert.deepEqual(ofFork.body, { git_sha: "981c5cf", github_pull_request_id: 7 });
});

Deno.test("a pull request that cannot be read is no merge commit, but an error", async () => {
  const missing: Env = {
    ...github,
    GITHUB_EVENT_NAME: "pull_request_target",
    GITHUB_EVENT_PATH: "/nonexistent/event.json",
  };
  const { code, stderr } = await dbtc(["jobs", "trigger", "4", "--from-ci"], missing);
  assert.equal(code, 2);
  assert.match(
    stderr,
    /cannot read the pull request from GITHUB_EVENT_PATH.*Give --git-sha and --github-pull-request-id/,
  );
  for (const damaged of [null, {}, { number: 7 }, { ...pull, number: "seven" }]) {
    const { code, stderr } = await withPullRequest(damaged, (env) => dbtc(["jobs", "trigger", "4", "--from-ci"], env));
    assert.equal(code, 2);
    assert.match(stderr, /--from-ci: /);
  }
});

// ---- GitLab ---------------------------------------------------------------------------------------------------------

const gitlab: Env = {
  GITLAB_CI: "true",
  CI_PROJECT_ID: "3",
  CI_PIPELINE_ID: "9",
  CI_JOB_NAME: "dbt 1/2",
  CI_COMMIT_SHA: "64fbc21",
};
const mergeRequest: Env = {
  ...gitlab,
  CI_MERGE_REQUEST_IID: "7",
  CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "feature/a",
  CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "3",
  CI_MERGE_REQUEST_PROJECT_ID: "3",
};

Deno.test("on GitLab, a branch, a merge request, a pipeline for merged results and a fork have what they are for", async () => {
  const bodies = await Promise.all([
    { ...gitlab, CI_COMMIT_BRANCH: "main" },
    gitlab,
    mergeRequest,
    { ...mergeRequest, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: "981c5cf" },
    { ...mergeRequest, CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "4" },
  ].map((env) => bodyOf(env)));
  assert.deepEqual(bodies.map(({ body }) => body), [
    { git_sha: "64fbc21", git_branch: "main" },
    { git_sha: "64fbc21" },
    { git_sha: "64fbc21", git_branch: "feature/a", gitlab_merge_request_id: 7 },
    { git_sha: "981c5cf", git_branch: "feature/a", gitlab_merge_request_id: 7 },
    { git_sha: "64fbc21", gitlab_merge_request_id: 7 },
  ]);
});

// ---- Azure DevOps ---------------------------------------------------------------------------------------------------

const azure: Env = {
  TF_BUILD: "True",
  SYSTEM_TEAMPROJECT: "Jaffle Shop",
  BUILD_BUILDID: "12",
  SYSTEM_STAGENAME: "Build",
  SYSTEM_PHASENAME: "dbt",
  SYSTEM_JOBNAME: "__default",
  BUILD_REPOSITORY_PROVIDER: "TfsGit",
  BUILD_SOURCEVERSION: "64fbc21",
  BUILD_SOURCEBRANCH: "refs/heads/feature/a",
};
const azurePull: Env = {
  ...azure,
  BUILD_SOURCEVERSION: "merge00",
  BUILD_SOURCEBRANCH: "refs/pull/7/merge",
  SYSTEM_PULLREQUEST_PULLREQUESTID: "7",
  SYSTEM_PULLREQUEST_SOURCECOMMITID: "981c5cf",
  SYSTEM_PULLREQUEST_SOURCEBRANCH: "refs/heads/feature/a",
};

Deno.test("on Azure DevOps, pull requests of each git provider have their own number", async () => {
  const onGithub = {
    BUILD_REPOSITORY_PROVIDER: "GitHub",
    SYSTEM_PULLREQUEST_PULLREQUESTID: "1234567890",
    SYSTEM_PULLREQUEST_PULLREQUESTNUMBER: "42",
  };
  const bodies = await Promise.all([
    azure,
    { ...azure, BUILD_SOURCEBRANCH: "refs/tags/v1" },
    azurePull,
    { ...azurePull, ...onGithub, SYSTEM_PULLREQUEST_SOURCEBRANCH: "feature/a" },
    { ...azurePull, BUILD_REPOSITORY_PROVIDER: "Bitbucket", SYSTEM_PULLREQUEST_ISFORK: "True" },
  ].map((env) => bodyOf(env)));
  assert.deepEqual(bodies.map(({ body }) => body), [
    { git_sha: "64fbc21", git_branch: "feature/a" },
    { git_sha: "64fbc21" },
    { git_sha: "981c5cf", git_branch: "feature/a", azure_pull_request_id: 7 },
    { git_sha: "981c5cf", git_branch: "feature/a", github_pull_request_id: 42 },
    { git_sha: "981c5cf", non_native_pull_request_id: 7 },
  ]);
});

// ---- all of them ----------------------------------------------------------------------------------------------------

Deno.test("the key is the same in every attempt of a CI job, and another in another job", async () => {
  const hashes = async (envs: ReadonlyArray<Env>) =>
    (await Promise.all(envs.map((env) => bodyOf(env)))).map(({ hash }) => hash);
  for (
    const [env, attempt, other] of [
      [github, { GITHUB_RUN_ATTEMPT: "2" }, { GITHUB_RUN_ID: "4712" }],
      [gitlab, { CI_JOB_ID: "100" }, { CI_JOB_NAME: "dbt 2/2" }],
      [azure, { SYSTEM_JOBATTEMPT: "2" }, { SYSTEM_STAGENAME: "Deploy" }],
    ] as const
  ) {
    const [one, again, another] = await hashes([env, { ...env, ...attempt }, { ...env, ...other }]);
    assert.equal(one, again);
    assert.notEqual(one, another);
  }
});

Deno.test("what the command line gives counts more than what the CI system says", async () => {
  const own = await withPullRequest(pull, (env) => bodyOf(env, "--git-branch", "mine", "--key", "k"));
  assert.deepEqual(own.body, { git_branch: "mine", github_pull_request_id: 7 });
  const withoutCi = await dbtc(["jobs", "trigger", "4", "--cause", "CI", "--key", "k", "--dry-run"]);
  assert(own.hash !== undefined && withoutCi.stdout.includes(own.hash));
  const number = await withPullRequest(pull, (env) => bodyOf(env, "--non-native-pull-request-id", "8"));
  assert.deepEqual(number.body, { git_sha: "981c5cf", git_branch: "feature/a", non_native_pull_request_id: 8 });
  const { hash } = await bodyOf(github, "--no-tag");
  assert.equal(hash, undefined);
});

Deno.test("outside of a CI job, --from-ci is refused before anything is sent", async () => {
  for (const env of [{}, { GITHUB_ACTIONS: "false" }, { GITLAB_CI: "" }]) {
    const { code, stderr } = await dbtc(["jobs", "trigger", "4", "--from-ci"], env);
    assert.equal(code, 2);
    assert.match(stderr, /one of GITHUB_ACTIONS, GITLAB_CI, TF_BUILD to true/);
  }
  const { code, stderr } = await dbtc(["jobs", "trigger", "4", "--from-ci"], { GITLAB_CI: "true" });
  assert.equal(code, 2);
  assert.match(stderr, /GitLab does not say the commit/);
});

// ---- the report in a file -------------------------------------------------------------------------------------------

Deno.test("--report-file has the report of a run that succeeded or failed, and is no old one", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/dbt.xml`;
  await Deno.writeTextFile(file, "old");
  const wait = ["--report", "junit", "--report-file", file, "--poll-interval", "0.1"];
  const succeeded = await dbtc(["jobs", "trigger", "1", ...wait]);
  assert.equal(succeeded.code, 0, succeeded.stderr);
  const good = await Deno.readTextFile(file);
  assert.match(good, /<testsuites name="dbt" tests="39" failures="0" errors="0" skipped="0"/);
  assert.match(good, /<testcase classname="model\.jaffle_shop" name="customers" time="[\d.]+"\/>/);
  const failed = await dbtc(["jobs", "trigger", "2", ...wait]);
  assert.equal(failed.code, 1);
  // stderr has the text, not the file's format.
  assert.match(failed.stderr, /Database Error in model customers/);
  assert.doesNotMatch(failed.stderr, /<testcase/);
  const bad = await Deno.readTextFile(file);
  assert.match(bad, /errors="1" skipped="3"/);
  assert.match(bad, /<error message="Database Error in model customers \(models\/customers\.sql\)">/);
  // Two runs are one document.
  const both = await dbtc(["jobs", "trigger", "1", "2", ...wait]);
  assert.equal(both.code, 1);
  const two = await Deno.readTextFile(file);
  assert.equal(two.match(/<testsuites/g)?.length, 1);
  assert.match(two, /name="Run \d+: Invoke dbt/);
  // Nothing is left of an earlier run where none ends.
  const none = await dbtc(["jobs", "trigger", "99", ...wait]);
  assert.equal(none.code, 3);
  await assert.rejects(Deno.stat(file));
  const stdout = await dbtc(["jobs", "trigger", "1", "--report-file", "-"]);
  assert.deepEqual([stdout.code, (await dbtc(["jobs", "trigger", "1", "--no-wait", "--report-file", file])).code], [
    2,
    2,
  ]);
  await Deno.remove(folder, { recursive: true });
});

// ---- api --paginate -------------------------------------------------------------------------------------------------

Deno.test("api --paginate prints the rows of all pages, in every format", async () => {
  const path = "/api/v2/accounts/{account_id}/runs/";
  const api = (...flags: ReadonlyArray<string>) =>
    dbtc(["api", "GET", path, "--paginate", ...flags], {}, { runs: 250 });
  const json = await api("--fields", "id");
  assert.equal(JSON.parse(json.stdout).length, 250);
  const jsonl = await api("--format", "jsonl", "-q", "limit=7", "-q", "order_by=-id", "-q", "status=20");
  const ids = jsonl.stdout.trimEnd().split("\n").map((line) => JSON.parse(line).id);
  assert.deepEqual([ids.length, ids], [new Set(ids).size, ids.toSorted((a, b) => b - a)]);
  assert.equal(
    (await api("--fields", "id", "--format", "csv", "-q", "offset=240")).stdout.trimEnd().split("\n").length,
    11,
  );
});

Deno.test("api --paginate refuses an unknown field, in every format", async () => {
  for (const format of ["json", "jsonl", "csv", "markdown", "table"]) {
    const { code, stderr, stdout } = await dbtc(
      ["api", "GET", "/api/v2/accounts/1/jobs/", "--paginate", "--fields", "nope", "--format", format],
    );
    assert.deepEqual([code, stdout], [2, ""], format);
    assert.match(stderr, /--fields: no row has \\*"nope\\*"\. Fields: id, /);
  }
});

Deno.test("api --paginate of what is no list, and of a write, is refused", async () => {
  const one = await dbtc(["api", "GET", "/api/v2/accounts/{account_id}/jobs/1/", "--paginate"]);
  assert.equal(one.code, 8);
  assert.match(one.stderr, /--paginate needs a list/);
  for (const flags of [["POST"], ["GET", "--raw"]]) {
    const [verb = "", ...rest] = flags;
    assert.equal((await dbtc(["api", verb, "/api/v2/accounts/1/jobs/", "--paginate", ...rest])).code, 2);
  }
});
