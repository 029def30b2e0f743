/**
 * `--from-ci`: what a run is for, from the environment variables of GitHub Actions, GitLab CI and Azure Pipelines: the
 * commit, the branch, the pull request, and an idempotency key.
 *
 * A pipeline for a pull request may check out a merge commit that only the CI system has. dbt Cloud cannot find it, so
 * the commit is always the head of the pull request's branch.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Predicate from "effect/Predicate";
import type * as Stdio from "effect/Stdio";
import { setting } from "../../client/environment_variables.ts";
import { defined } from "../../defined.ts";
import type { DbtError } from "../../error.ts";
import type { Overrides } from "../../shared_fields.ts";
import { usage, type UsageError } from "../output/exit_code.ts";
import { clean } from "../output/safe_text.ts";
import { note } from "../output/write_output.ts";

/** What a CI system says about its job. */
interface CiRun {
  /** The name of the CI system. */
  readonly system: string;
  /** The commit: of a pull request, the head of its branch. */
  readonly sha: string | undefined;
  /** The branch; undefined for a tag, and for a branch of a fork, which dbt Cloud cannot check out by name. */
  readonly branch: string | undefined;
  /** The field for the number of the pull request, and the number. */
  readonly pullRequest: readonly [field: PullRequestField, number: string | undefined] | undefined;
  /** What tells the job from others, and is the same in every attempt of it. */
  readonly key: ReadonlyArray<string | undefined>;
}

const pullRequestFields = [
  "github_pull_request_id",
  "gitlab_merge_request_id",
  "azure_pull_request_id",
  "non_native_pull_request_id",
] as const satisfies ReadonlyArray<keyof Overrides>;

type PullRequestField = typeof pullRequestFields[number];

type Read<A, R = never> = Effect.Effect<A, DbtError | UsageError, R>;

/** https://docs.github.com/en/actions/reference/workflows-and-actions/variables */
const readGithub: Read<CiRun, FileSystem.FileSystem> = Effect.gen(function* () {
  const key = ["github", ...yield* all("GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_JOB", "GITHUB_ACTION")];
  const event = yield* setting("GITHUB_EVENT_NAME");
  const system = "GitHub";
  // `pull_request`, `pull_request_target`, `pull_request_review` …: GITHUB_SHA is a merge commit, or the base's.
  if (!event?.startsWith("pull_request")) {
    const [type, name, sha] = yield* all("GITHUB_REF_TYPE", "GITHUB_REF_NAME", "GITHUB_SHA");
    return { system, sha, branch: type === "branch" ? name : undefined, pullRequest: undefined, key };
  }
  const [file = "", repository] = yield* all("GITHUB_EVENT_PATH", "GITHUB_REPOSITORY");
  const pull = yield* readEvent(file);
  const text = (...path: ReadonlyArray<string>) => {
    const value = path.reduce(
      (value: unknown, name) => Predicate.hasProperty(value, name) ? value[name] : undefined,
      pull,
    );
    return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
  };
  const isFork = text("head", "repo", "full_name") !== repository;
  return {
    system,
    sha: text("head", "sha"),
    branch: isFork ? undefined : text("head", "ref"),
    pullRequest: ["github_pull_request_id", text("number")],
    key,
  };
});

/** The pull request in the file that describes the event. */
const readEvent = Effect.fnUntraced(function* (file: string) {
  const problem = usage(
    `--from-ci: cannot read the pull request from GITHUB_EVENT_PATH, ${
      clean(file) || "which is not set"
    }. Give --git-sha and ` +
      "--github-pull-request-id instead",
  );
  const fs = yield* FileSystem.FileSystem;
  const text = yield* Effect.mapError(fs.readFileString(file), () => problem);
  const event = yield* Effect.try({ try: (): unknown => JSON.parse(text), catch: () => problem });
  return Predicate.hasProperty(event, "pull_request") ? event.pull_request : yield* problem;
});

/** https://docs.gitlab.com/ci/variables/predefined_variables/ */
const readGitlab: Read<CiRun> = Effect.gen(function* () {
  // The name has the number of a parallel job in it, and no attempt.
  const key = ["gitlab", ...yield* all("CI_PROJECT_ID", "CI_PIPELINE_ID", "CI_JOB_NAME")];
  const [commit, branch, number] = yield* all("CI_COMMIT_SHA", "CI_COMMIT_BRANCH", "CI_MERGE_REQUEST_IID");
  const system = "GitLab";
  if (number === undefined) return { system, sha: commit, branch, pullRequest: undefined, key };
  const [head, source, from, to] = yield* all(
    // Set only where CI_COMMIT_SHA is a merge commit: in a pipeline for merged results.
    "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME",
    "CI_MERGE_REQUEST_SOURCE_PROJECT_ID",
    "CI_MERGE_REQUEST_PROJECT_ID",
  );
  return {
    system,
    sha: head ?? commit,
    branch: from === to ? source : undefined,
    pullRequest: ["gitlab_merge_request_id", number],
    key,
  };
});

/** https://learn.microsoft.com/azure/devops/pipelines/build/variables */
const readAzure: Read<CiRun> = Effect.gen(function* () {
  const names = ["SYSTEM_TEAMPROJECT", "BUILD_BUILDID", "SYSTEM_STAGENAME", "SYSTEM_PHASENAME", "SYSTEM_JOBNAME"];
  const key = ["azure", ...yield* all(...names)];
  const [id, number, commit, ref] = yield* all(
    "SYSTEM_PULLREQUEST_PULLREQUESTID",
    // Only for a repository on GitHub, where the id is not the number.
    "SYSTEM_PULLREQUEST_PULLREQUESTNUMBER",
    "BUILD_SOURCEVERSION",
    "BUILD_SOURCEBRANCH",
  );
  const system = "Azure DevOps";
  if (id === undefined) return { system, sha: commit, branch: branchOf(ref), pullRequest: undefined, key };
  const [head, source, isFork, provider] = yield* all(
    "SYSTEM_PULLREQUEST_SOURCECOMMITID",
    "SYSTEM_PULLREQUEST_SOURCEBRANCH",
    "SYSTEM_PULLREQUEST_ISFORK",
    "BUILD_REPOSITORY_PROVIDER",
  );
  const isGithub = provider?.startsWith("GitHub") ?? false;
  return {
    system,
    sha: head,
    // Repositories on GitHub have the bare name here.
    branch: isFork === "True" ? undefined : branchOf(source) ?? (source?.startsWith("refs/") ? undefined : source),
    pullRequest: isGithub
      ? ["github_pull_request_id", number]
      : provider === "TfsGit"
      ? ["azure_pull_request_id", id]
      : ["non_native_pull_request_id", number ?? id],
    key,
  };
});

function branchOf(ref: string | undefined): string | undefined {
  return /^refs\/heads\/(.+)$/.exec(ref ?? "")?.[1];
}

/** The values of variables. */
const all = Effect.fnUntraced(function* (...names: ReadonlyArray<string>) {
  return yield* Effect.forEach(names, setting);
});

/** The CI systems, by the variable that each of them sets. */
const systems = { GITHUB_ACTIONS: readGithub, GITLAB_CI: readGitlab, TF_BUILD: readAzure };

/** A request to start a run, as far as `--from-ci` fills it. */
type CiRequest = Partial<Pick<Overrides, "git_sha" | "git_branch" | PullRequestField>>;

/** What `--from-ci` adds to a command. */
export interface FromCi {
  /** The fields of the request. */
  readonly fields: CiRequest;
  /** The idempotency key. */
  readonly key: string;
}

/**
 * Reads what the CI system says, and prints it on stderr. What the command line gives counts more: with a commit or a
 * branch, that of the CI system is left out, and so is the pull request with another one.
 */
export const readCi = Effect.fnUntraced(function* (
  request: CiRequest,
): Effect.fn.Return<FromCi, DbtError | UsageError, FileSystem.FileSystem | Stdio.Stdio> {
  let found: CiRun | undefined;
  for (const [name, read] of Object.entries(systems)) {
    if (found === undefined && (yield* setting(name))?.toLowerCase() === "true") found = yield* read;
  }
  if (found === undefined) {
    return yield* usage(
      `--from-ci works in GitHub Actions, GitLab CI and Azure Pipelines, which set one of ${
        Object.keys(systems).join(", ")
      } to true. None of them is set here, or dbtc may not read it (docs/permissions.md)`,
    );
  }
  const { branch, key, pullRequest, sha, system } = found;
  const hasOwnCode = isSet(request.git_sha) || isSet(request.git_branch);
  const hasOwnPull = pullRequestFields.some((field) => isSet(request[field]));
  const missing = [
    ...sha === undefined && !hasOwnCode ? ["the commit"] : [],
    ...pullRequest !== undefined && !hasOwnPull && !/^\d+$/.test(pullRequest[1] ?? "")
      ? ["the number of the pull request"]
      : [],
  ];
  if (missing.length > 0) return yield* usage(`--from-ci: ${system} does not say ${missing.join(" and ")}`);
  const fields: CiRequest = {
    ...hasOwnCode || sha === undefined ? {} : { git_sha: sha, ...defined({ git_branch: branch }) },
    ...hasOwnPull || pullRequest === undefined ? {} : { [pullRequest[0]]: Number(pullRequest[1]) },
  };
  const said = [
    ...fields.git_sha ? [`commit ${fields.git_sha}`] : [],
    ...fields.git_branch ? [`branch ${fields.git_branch}`] : [],
    ...pullRequest === undefined || hasOwnPull ? [] : [`pull request ${pullRequest[1]}`],
  ];
  yield* note(clean(`From ${system}: ${said.length === 0 ? "only the key" : said.join(", ")}`));
  return { fields, key: key.map((part) => part ?? "").join(" ").trim() };
});

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
