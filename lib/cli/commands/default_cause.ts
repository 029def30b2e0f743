/**
 * The cause of a run for which `--cause` is not given. The commands that start runs use it.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import { variable } from "../../client/environment_variables.ts";

/** The page of a CI job, from the variables of each CI system. A system sets all variables of its line. */
const ciPages = [
  // https://docs.github.com/en/actions/reference/workflows-and-actions/variables
  "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID",
  // https://docs.gitlab.com/ci/variables/predefined_variables/
  "$CI_JOB_URL",
  // https://learn.microsoft.com/azure/devops/pipelines/build/variables
  "$SYSTEM_COLLECTIONURI/$SYSTEM_TEAMPROJECT/_build/results?buildId=$BUILD_BUILDID",
  // https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#using-environment-variables
  "$BUILD_URL",
  // https://circleci.com/docs/reference/variables/
  "$CIRCLE_BUILD_URL",
  // https://buildkite.com/docs/pipelines/configure/environment-variables
  "$BUILDKITE_BUILD_URL",
  // https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/
  "https://bitbucket.org/$BITBUCKET_REPO_FULL_NAME/pipelines/results/$BITBUCKET_BUILD_NUMBER",
] as const;

/** Names dbtc, and in a CI job its page. */
export const defaultCause: Effect.Effect<string> = Effect.gen(function* () {
  for (const template of ciPages) {
    const names = [...template.matchAll(/\$(\w+)/g)].map(([, name = ""]) => name);
    const values = yield* Effect.forEach(names, variable);
    if (values.includes(undefined)) continue;
    // Azure's collection ends with a slash, and its project names may contain spaces.
    const page = template.replaceAll(/\$(\w+)/g, (_, name) => values[names.indexOf(name)]?.replace(/\/$/, "") ?? "");
    return `Triggered by dbtc from ${page.replaceAll(" ", "%20")}`;
  }
  return "Triggered by dbtc";
});
