/**
 * Why a run is started, where nobody says it.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import { variable } from "../../client/config.ts";

/** Where the CI systems show what they are running, from their own variables: each system sets all of one line. */
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

/** Who starts the run, and where one can see why. */
export const defaultCause: Effect.Effect<string> = Effect.gen(function* () {
  for (const template of ciPages) {
    const names = [...template.matchAll(/\$(\w+)/g)].map(([, name = ""]) => name);
    const values = yield* Effect.forEach(names, variable);
    if (values.includes(undefined)) continue;
    // Azure's collection ends with a slash, and its projects may have blanks in their names.
    const page = template.replaceAll(/\$(\w+)/g, (_, name) => values[names.indexOf(name)]?.replace(/\/$/, "") ?? "");
    return `Triggered by dbtc from ${page.replaceAll(" ", "%20")}`;
  }
  return "Triggered by dbtc";
});
