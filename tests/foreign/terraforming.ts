/**
 * dbtcloud-terraforming: it writes a configuration for each type of resource, and Terraform's plan imports them all
 * without creating or destroying anything.
 *
 * @module
 */
import { build, configure, findTerraform, output, printCall } from "./go_programs.ts";

/** The types of resources that it reads, and its own bugs. */
const types: Readonly<Record<string, string | null>> = {
  dbtcloud_account_features: "its import block names another resource than the one that it generates",
  dbtcloud_bigquery_connection: null,
  dbtcloud_bigquery_credential: null,
  dbtcloud_connection: "writes an import block for a connection whose resource it does not generate",
  dbtcloud_databricks_credential: null,
  dbtcloud_environment: null,
  dbtcloud_environment_variable: null,
  dbtcloud_environment_variable_job_override: null,
  dbtcloud_extended_attributes: null,
  dbtcloud_global_connection: null,
  dbtcloud_group: null,
  dbtcloud_job: null,
  dbtcloud_job_completion_trigger: null,
  dbtcloud_notification: null,
  dbtcloud_profile: null,
  dbtcloud_project: null,
  dbtcloud_project_repository: null,
  dbtcloud_repository: null,
  dbtcloud_service_token: null,
  dbtcloud_snowflake_credential: null,
  dbtcloud_user_groups: "writes import blocks for users that it does not generate: those in built-in groups only",
  dbtcloud_webhook: null,
};
const terraform = await findTerraform();
const terraforming = await build("dbtcloud-terraforming");
const env = { DBT_CLOUD_TERRAFORM_BINARY_PATH: terraform };

/** Generates resources and their import blocks, and plans them. */
async function plan(call: string, resources: ReadonlyArray<string>, known: string | null): Promise<void> {
  const cwd = await Deno.makeTempDir({ prefix: "dbtc-terraforming-" });
  const options = { cwd, env: { ...env, ...await configure(cwd) } };
  await Deno.writeTextFile(
    `${cwd}/main.tf`,
    `terraform {\n  required_providers {\n    dbtcloud = {\n      source = "dbt-labs/dbtcloud"\n    }\n  }\n}\n`,
  );
  const words = ["genimport", "--resource-types", resources.join(","), "--output", `${cwd}/resources.tf`];
  const written = await output(terraforming, words, options);
  const configuration = await Deno.readTextFile(`${cwd}/resources.tf`).catch(() => "");
  // Secrets, and the number of an installation of GitHub, are variables that its user fills in.
  const variables = [...configuration.matchAll(/^variable "(\w+)"/gm)].flatMap((
    [, name],
  ) => ["-var", `${name}=19320001`]);
  const imports = configuration.match(/^import \{/gm)?.length ?? 0;
  const planned = await output(terraform, ["plan", "-no-color", "-input=false", ...variables], options);
  const works = written.code === 0 && planned.code === 0 &&
    (imports === 0 ? /No changes/ : new RegExp(`Plan: ${imports} to import, 0 to add, \\d+ to change, 0 to destroy`))
      .test(planned.stdout);
  const said = [written.stderr, planned.stderr, planned.stdout.slice(-500)].join("\n");
  printCall(
    call,
    works ? null : `${imports} imports: ${/(?:Error|panic): [^]{0,500}/.exec(said)?.[0] ?? said.slice(-500)}`,
    known,
  );
  await Deno.remove(cwd, { recursive: true });
}

for (const [type, known] of Object.entries(types)) await plan(type, [type], known);
await plan("all of them together", Object.keys(types).filter((type) => types[type] === null), null);
