/**
 * The clients that `deno task foreign` runs, with their versions. Python packages are named here and nowhere else.
 *
 * @module
 */

/** A client that others wrote. */
export interface ForeignClient {
  /** How the task and the table call it. */
  readonly name: string;
  /** Whether it runs in every check of the project: it must take less than a minute. */
  readonly checked?: boolean;
  /** The version of Python that it needs, and its packages. */
  readonly python?: { readonly atLeast: readonly [major: number, minor: number]; readonly packages: string };
  /** The script in this folder, for Python or Deno. It prints a line of JSON for each call: see `foreign_calls.py`. */
  readonly script: string;
  /** Flags of `dbtc sandbox`. */
  readonly sandbox?: ReadonlyArray<string>;
}

const python311 = [3, 11] as const;

/** All of them, those of every check first. */
export const foreignClients: ReadonlyArray<ForeignClient> = [
  {
    name: "dbtc",
    checked: true,
    // A newer pyarrow asks for a newer pandas than dbtc allows.
    python: { atLeast: python311, packages: "dbtc==0.11.7 pyarrow<19" },
    script: "python_dbtc.py",
    sandbox: ["--tls"],
  },
  {
    name: "dbt-jobs-as-code",
    checked: true,
    python: { atLeast: python311, packages: "dbt-jobs-as-code==1.22.0" },
    script: "dbt_jobs_as_code.py",
  },
  { name: "terraform-provider-dbtcloud", script: "terraform.ts" },
];
