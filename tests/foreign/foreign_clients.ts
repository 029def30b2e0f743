/**
 * The clients that `deno task foreign` runs, with their versions. Packages and modules are named here and nowhere else.
 *
 * @module
 */

/** Packages of Python, for a virtual environment. */
export interface PythonPackages {
  /** The oldest version of Python that they run on. */
  readonly atLeast: readonly [major: number, minor: number];
  /** Their names and versions, as pip reads them. The first one names the environment. */
  readonly packages: string;
}

/** A client that others wrote. */
export interface ForeignClient {
  /** How the task and the table call it. */
  readonly name: string;
  /** Whether it runs in every check of the project: it must take less than a minute. */
  readonly checked?: boolean;
  /** Whether it takes half an hour, so that it runs only by its name. */
  readonly slow?: boolean;
  /** Its packages. A script for Deno finds the Python that has them in DBTC_FOREIGN_PYTHON. */
  readonly python?: PythonPackages;
  /** The script in this folder, for Python or Deno. It prints a line of JSON for each call: see `foreign_calls.py`. */
  readonly script: string;
  /** Flags of `dbtc sandbox`, or that the script starts sandboxes itself. */
  readonly sandbox?: ReadonlyArray<string> | "its own";
}

/** Modules of Go: their paths, their versions, and where in them the program is. */
export const goModules = {
  terraform: { path: "github.com/hashicorp/terraform", version: "v1.11.4", main: "." },
  "terraform-provider-dbtcloud": {
    path: "github.com/dbt-labs/terraform-provider-dbtcloud",
    version: "v1.12.5",
    main: ".",
  },
  "dbtcloud-terraforming": {
    path: "github.com/dbt-labs/dbtcloud-terraforming",
    version: "v0.12.4",
    main: "./cmd/dbtcloud-terraforming",
  },
} as const;

const python311 = [3, 11] as const;
// A newer pyarrow asks for a newer pandas than dbtc allows.
const pythonDbtc = { atLeast: python311, packages: "dbtc==0.11.7 pyarrow<19" };
const jobsAsCode = { atLeast: python311, packages: "dbt-jobs-as-code==1.22.0" };

/** All of them, those of every check first. */
export const foreignClients: ReadonlyArray<ForeignClient> = [
  {
    name: "dbtc",
    checked: true,
    python: pythonDbtc,
    script: "python_dbtc.py",
    sandbox: ["--tls"],
  },
  {
    name: "dbtc-metadata",
    checked: true,
    python: pythonDbtc,
    script: "python_dbtc_metadata.py",
    sandbox: ["--tls"],
  },
  { name: "dbt-jobs-as-code", checked: true, python: jobsAsCode, script: "dbt_jobs_as_code_commands.py" },
  {
    name: "dbt-jobs-as-code-plans",
    checked: true,
    python: jobsAsCode,
    script: "plans_of_both.ts",
    sandbox: "its own",
  },
  {
    name: "dbt-mcp",
    checked: true,
    python: { atLeast: [3, 12], packages: "dbt-mcp==2.8.0" },
    script: "dbt_mcp_tools.py",
    sandbox: ["--tls"],
  },
  {
    name: "dbt-sl-sdk",
    checked: true,
    python: { atLeast: python311, packages: "dbt-sl-sdk[sync]==0.13.4" },
    script: "dbt_sl_sdk.py",
    sandbox: ["--tls"],
  },
  {
    name: "dbt-cloud-cli",
    python: { atLeast: python311, packages: "dbt-cloud-cli==0.9.1" },
    script: "dbt_cloud_cli.py",
    sandbox: ["--tls"],
  },
  { name: "terraform-provider-dbtcloud", script: "terraform.ts" },
  { name: "terraform-acceptance", slow: true, script: "terraform_acceptance.ts" },
  { name: "dbtcloud-terraforming", script: "terraforming.ts" },
  {
    name: "airflow",
    python: { atLeast: python311, packages: "apache-airflow-providers-dbt-cloud==4.11.1" },
    script: "airflow_provider.py",
    sandbox: ["--tls"],
  },
  {
    name: "dagster-dbt",
    // Its module for dbt Cloud imports dateutil, which it does not ask for.
    python: { atLeast: python311, packages: "dagster-dbt==0.29.27 python-dateutil" },
    script: "dagster_dbt_cloud.py",
  },
  {
    name: "prefect-dbt",
    python: { atLeast: python311, packages: "prefect-dbt==0.7.25 dbt-core<1.11" },
    script: "prefect_dbt_cloud.py",
    sandbox: ["--tls"],
  },
  { name: "tap-dbt", python: { atLeast: python311, packages: "tap-dbt==0.17.0" }, script: "tap_dbt_streams.py" },
  {
    name: "dbtcx",
    python: { atLeast: python311, packages: "dbtcx==0.1.0 dbt-cloud-cli==0.9.1" },
    script: "dbtcx_fetch_run.py",
    sandbox: ["--tls"],
  },
];
