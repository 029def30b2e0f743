/**
 * The Terraform provider `dbtcloud` with 66 resources: what it applied it plans no more, after a change too, and it
 * destroys everything. Prints a line of JSON for each step, as `foreign_calls.py` does.
 *
 * Terraform is the one on the PATH, or else built from its module, as the provider is: a few minutes, once.
 * DBTC_TERRAFORM_PROVIDER names a provider that is built already.
 *
 * @module
 */
const versions = {
  "github.com/hashicorp/terraform": "v1.11.4",
  "github.com/dbt-labs/terraform-provider-dbtcloud": "v1.12.5",
} as const;

const cache = Deno.env.get("DBTC_FOREIGN") ?? ".";
const decoder = new TextDecoder();

/** Ends the script: the machine lacks something. `foreign.ts` counts the client as skipped. */
function skip(reason: string): never {
  console.error(reason.trim().replaceAll(/\s+/g, " "));
  Deno.exit(75);
}

async function output(program: string, args: ReadonlyArray<string>, options: Deno.CommandOptions = {}) {
  try {
    const { code, stderr, stdout } = await new Deno.Command(program, { args: [...args], ...options }).output();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  } catch (error) {
    return { code: 127, stdout: "", stderr: error instanceof Error ? error.message : String(error) };
  }
}

/** The program of a Go module, built into the cache. Gives its path. */
async function buildModule(module: keyof typeof versions, program: string): Promise<string> {
  const folder = `${cache}/${program}-${versions[module]}`;
  const path = `${folder}/${program}`;
  if (await Deno.stat(path).catch(() => undefined) !== undefined) return path;
  const download = await output("go", ["mod", "download", "-json", `${module}@${versions[module]}`]);
  if (download.code === 127) skip("needs Go, or a terraform on the PATH and DBTC_TERRAFORM_PROVIDER");
  const { Dir, Error: problem } = JSON.parse(download.stdout || "{}");
  if (Dir === undefined) skip(`${module} ${versions[module]} cannot be fetched: ${problem ?? download.stderr}`);
  await Deno.mkdir(folder, { recursive: true });
  const built = await output("go", ["build", "-o", path, "."], { cwd: Dir });
  if (built.code !== 0) skip(`${module} cannot be built: ${built.stderr}`);
  return path;
}

const terraform = (await output("terraform", ["version"])).code === 0
  ? "terraform"
  : await buildModule("github.com/hashicorp/terraform", "terraform");
const provider = Deno.env.get("DBTC_TERRAFORM_PROVIDER") ??
  await buildModule("github.com/dbt-labs/terraform-provider-dbtcloud", "terraform-provider-dbtcloud");

const folder = await Deno.makeTempDir({ prefix: "dbtc-terraform-" });
const files = new URL("./terraform/", import.meta.url).pathname;
for (const { name } of Deno.readDirSync(files)) await Deno.copyFile(`${files}${name}`, `${folder}/${name}`);
const overrides = `"dbt-labs/dbtcloud" = "${provider.slice(0, provider.lastIndexOf("/"))}"`;
await Deno.writeTextFile(`${folder}/rc`, `provider_installation {\n  dev_overrides { ${overrides} }\n  direct {}\n}\n`);
const env = {
  TF_CLI_CONFIG_FILE: `${folder}/rc`,
  CHECKPOINT_DISABLE: "1",
  DBT_CLOUD_HOST_URL: `${Deno.env.get("DBT_CLOUD_HOST")}/api`,
  DBT_CLOUD_ACCOUNT_ID: "1",
  DBT_CLOUD_TOKEN: "sandbox",
};

/** Runs one step, and says whether it ends as it should. */
async function step(call: string, args: ReadonlyArray<string>, expected: RegExp): Promise<void> {
  const { code, stderr, stdout } = await output(terraform, [...args, "-no-color"], { cwd: folder, env });
  const works = code === 0 && expected.test(stdout);
  const wrong = `exit ${code}: ${/Error: [^]{0,600}/.exec(stderr)?.[0] ?? stdout.slice(-600)}`;
  console.log(JSON.stringify({ call, problem: works ? null : wrong, known: null }));
}

const change = ["-var", "v=2"];
await step("apply", ["apply", "-auto-approve"], /Apply complete! Resources: 66 added, 0 changed, 0 destroyed/);
await step("plan", ["plan", "-detailed-exitcode"], /No changes/);
await step("apply of a change", ["apply", "-auto-approve", ...change], /Apply complete!/);
await step("plan after the change", ["plan", "-detailed-exitcode", ...change], /No changes/);
await step("destroy", ["destroy", "-auto-approve", ...change], /Destroy complete! Resources: 66 destroyed/);
await Deno.remove(folder, { recursive: true });
