/**
 * The Terraform provider `dbtcloud` with 66 resources: what it applied it plans no more, after a change too, and it
 * destroys everything.
 *
 * @module
 */
import { configure, findTerraform, output, printCall } from "./go_programs.ts";

const terraform = await findTerraform();
const folder = await Deno.makeTempDir({ prefix: "dbtc-terraform-" });
const files = new URL("./terraform/", import.meta.url).pathname;
for (const { name } of Deno.readDirSync(files)) await Deno.copyFile(`${files}${name}`, `${folder}/${name}`);
const env = await configure(folder);

/** Runs one step, and says whether it ends as it should. */
async function step(call: string, args: ReadonlyArray<string>, expected: RegExp): Promise<void> {
  const { code, stderr, stdout } = await output(terraform, [...args, "-no-color"], { cwd: folder, env });
  const works = code === 0 && expected.test(stdout);
  const wrong = `exit ${code}: ${/Error: [^]{0,600}/.exec(stderr)?.[0] ?? stdout.slice(-600)}`;
  printCall(call, works ? null : wrong);
}

const change = ["-var", "v=2"];
await step("apply", ["apply", "-auto-approve"], /Apply complete! Resources: 66 added, 0 changed, 0 destroyed/);
await step("plan", ["plan", "-detailed-exitcode"], /No changes/);
await step("apply of a change", ["apply", "-auto-approve", ...change], /Apply complete!/);
await step("plan after the change", ["plan", "-detailed-exitcode", ...change], /No changes/);
await step("destroy", ["destroy", "-auto-approve", ...change], /Destroy complete! Resources: 66 destroyed/);
await Deno.remove(folder, { recursive: true });
