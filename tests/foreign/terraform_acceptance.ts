/**
 * The acceptance tests of the Terraform provider `dbtcloud`: its own Go tests, which apply configurations and compare
 * what they read. Tests that skip themselves, most for want of credentials, are not counted.
 *
 * @module
 */
import { account, findTerraform, output, printCall, sourceOf } from "./go_programs.ts";

/** Tests that cannot pass here, by bugs of the provider 1.12.5 or of the test. */
const known: Readonly<Record<string, string>> = {
  TestAccDbtCloudAzureDevOpsRepository: "looks for dbt-cloud-ado-project, a project in Azure DevOps of its authors",
  TestAccDbtCloudPostgresCredentialResourceWriteOnly:
    "the provider reads a password that is not set as an empty text (postgres_credential/resource.go:259)",
  TestAccDbtCloudSLCredentialServiceTokenMappingResource: "checks a project that is not in its configuration",
  TestDbtCloudSemanticLayerConfigurationBigQueryResourceWriteOnly:
    "the provider keeps the old private_key_wo_version after an update (bigquery_sl_credential_resource.go)",
};

/** An event of `go test -json`. */
interface TestEvent {
  readonly Action: string;
  readonly Package?: string;
  readonly Test?: string;
  readonly Output?: string;
}

// A new account of dbt Cloud has three groups. One test counts them.
const group = await fetch(`${account.DBT_CLOUD_HOST_URL}/v3/accounts/1/groups/`, {
  method: "POST",
  headers: { Authorization: "Token sandbox", "Content-Type": "application/json" },
  body: JSON.stringify({ account_id: 1, name: "Member" }),
});
const { data: { id: thirdGroup } } = await group.json();
const cwd = await sourceOf("terraform-provider-dbtcloud");
const env = {
  ...account,
  TF_ACC: "1",
  TF_ACC_TERRAFORM_PATH: await findTerraform(),
  // The sandbox's first user, its groups, and what else the tests ask of an account.
  ACC_TEST_DBT_CLOUD_USER_ID: "1",
  ACC_TEST_DBT_CLOUD_USER_EMAIL: "ada@jaffleshop.example",
  ACC_TEST_DBT_CLOUD_GROUP_IDS: `1,2,${thirdGroup}`,
  ACC_TEST_AZURE_DEVOPS_PROJECT_NAME: "jaffle_shop",
  DBT_CLOUD_PROJECT_ID: "1",
  DBT_CLOUD_ENVIRONMENT_ID_1: "1",
  DBT_CLOUD_ENVIRONMENT_ID_2: "1",
  DBT_CLOUD_PERSONAL_ACCESS_TOKEN: "sandbox",
  DBT_ACCEPTANCE_TEST_SNOWFLAKE_ACCOUNT: "account",
  DBT_ACCEPTANCE_TEST_SNOWFLAKE_DATABASE: "database",
  DBT_ACCEPTANCE_TEST_SNOWFLAKE_WAREHOUSE: "warehouse",
  DBT_ACCEPTANCE_TEST_SNOWFLAKE_USER: "user",
  DBT_ACCEPTANCE_TEST_SNOWFLAKE_PASSWORD: "password",
  DBT_ACCEPTANCE_TEST_SNOWFLAKE_ROLE: "role",
  DBT_ACCEPTANCE_TEST_DATABRICKS_HOST: "x.databricks.com",
  DBT_ACCEPTANCE_TEST_DATABRICKS_HTTP_PATH: "/sql/1",
  DBT_ACCEPTANCE_TEST_DATABRICKS_TOKEN: "token",
  DBT_ACCEPTANCE_TEST_DATABRICKS_CATALOG: "catalog",
};
const words = [
  "test",
  "-json",
  "-count=1",
  "-p",
  "2",
  "-parallel",
  "3",
  "-timeout",
  "30m",
  "./pkg/framework/objects/...",
];
const { stderr, stdout } = await output("go", words, { cwd, env });
const events = stdout.split("\n").filter((line) => line.startsWith("{")).map((line): TestEvent => JSON.parse(line));
const ended = events.filter(({ Action, Test }) => ["pass", "fail"].includes(Action) && Test?.includes("/") !== true);
const tests = ended.filter(({ Test }) => Test !== undefined);
// A package that does not compile, or that a panic ends, has no test that failed.
const broken = ended.filter(({ Action, Package, Test }) =>
  Action === "fail" && Test === undefined &&
  !tests.some((test) => test.Package === Package && test.Action === "fail")
);
for (const { Action, Package, Test } of [...tests, ...broken]) {
  const printed = events.filter((event) => event.Package === Package && event.Test === Test).map(({ Output = "" }) =>
    Output
  ).join("");
  printCall(
    Test ?? Package ?? "",
    Action === "pass" ? null : /(?:Error|panic): [^]{0,600}/.exec(printed)?.[0] ?? printed.slice(-600),
    known[Test ?? ""] ?? null,
  );
}
if (ended.length === 0) printCall("go test", stderr.slice(-600));
