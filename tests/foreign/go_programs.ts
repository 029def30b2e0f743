/**
 * Go programs of others: Terraform, its provider `dbtcloud` and what belongs to them. They are built once, from their
 * modules: a few minutes. Where the machine's module proxy does not serve a module, DBTC_FOREIGN_SOURCES names a folder
 * with its source in a folder of the module's name, such as `terraform-provider-dbtcloud`.
 *
 * @module
 */
import { goModules } from "./foreign_clients.ts";

const cache = Deno.env.get("DBTC_FOREIGN") ?? ".";

/** Ends the script: the machine lacks something. `foreign.ts` counts the client as skipped. */
export function skip(reason: string): never {
  console.error(reason.trim().replaceAll(/\s+/g, " "));
  Deno.exit(75);
}

/** Runs a program; gives its exit code and what it printed. */
export async function output(
  program: string,
  args: ReadonlyArray<string>,
  options: Deno.CommandOptions = {},
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const decoder = new TextDecoder();
  try {
    const { code, stderr, stdout } = await new Deno.Command(program, { args: [...args], ...options }).output();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  } catch (error) {
    return { code: 127, stdout: "", stderr: error instanceof Error ? error.message : String(error) };
  }
}

/** The folder with the source of a module. */
export async function sourceOf(name: keyof typeof goModules): Promise<string> {
  const sources = Deno.env.get("DBTC_FOREIGN_SOURCES");
  const folder = `${sources}/${name}`;
  if (sources !== undefined && await Deno.stat(folder).catch(() => undefined) !== undefined) return folder;
  const { path, version } = goModules[name];
  const { code, stderr, stdout } = await output("go", ["mod", "download", "-json", `${path}@${version}`]);
  if (code === 127) skip("needs Go");
  const { Dir, Error: problem } = JSON.parse(stdout || "{}");
  if (Dir === undefined) skip(`${path} ${version} cannot be fetched: ${problem ?? stderr}`);
  return Dir;
}

/** The program of a module, built into the cache. Gives its path. */
export async function build(name: keyof typeof goModules): Promise<string> {
  const { main, version } = goModules[name];
  const program = `${cache}/${name}-${version}/${name}`;
  if (await Deno.stat(program).catch(() => undefined) !== undefined) return program;
  const built = await output("go", ["build", "-o", program, main], { cwd: await sourceOf(name) });
  if (built.code !== 0) skip(`${name} cannot be built: ${built.stderr}`);
  return program;
}

/** Terraform: the one on the PATH, or else built. */
export async function findTerraform(): Promise<string> {
  const paths = (Deno.env.get("PATH") ?? "").split(":").map((folder) => `${folder}/terraform`);
  for (const path of paths) if (await Deno.stat(path).catch(() => undefined) !== undefined) return path;
  return await build("terraform");
}

/** The account of the sandbox, in the variables of the provider and of dbtcloud-terraforming. */
export const account = {
  DBT_CLOUD_HOST_URL: `${Deno.env.get("DBT_CLOUD_HOST")}/api`,
  DBT_CLOUD_ACCOUNT_ID: "1",
  DBT_CLOUD_TOKEN: "sandbox",
  CHECKPOINT_DISABLE: "1",
} as const;

/** Writes a configuration of Terraform that takes the provider as it was built; gives the variables that name it. */
export async function configure(folder: string): Promise<Readonly<Record<string, string>>> {
  const provider = await build("terraform-provider-dbtcloud");
  const overrides = `"dbt-labs/dbtcloud" = "${provider.slice(0, provider.lastIndexOf("/"))}"`;
  const text = `provider_installation {\n  dev_overrides { ${overrides} }\n  direct {}\n}\n`;
  await Deno.writeTextFile(`${folder}/rc`, text);
  return { ...account, TF_CLI_CONFIG_FILE: `${folder}/rc` };
}

/** Prints what came of a call, as `foreign_calls.py` does. */
export function printCall(call: string, problem: string | null, known: string | null = null): void {
  console.log(JSON.stringify({ call, problem, known }));
}
