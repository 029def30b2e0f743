/**
 * `deno task demo` shows the main use: it starts a sandbox on a port, one run that succeeds and one that fails, and lists
 * the newest runs. Each line after a `$` is a real command, in a process of its own.
 *
 * @module
 */
const cli = new URL("../cli.ts", import.meta.url).pathname;

/** A process of the command. */
function dbtc(args: ReadonlyArray<string>, options: Deno.CommandOptions): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), { args: ["run", "-A", "--quiet", cli, ...args], ...options }).spawn();
}

/** The first line that a process prints. */
async function firstLine(process: Deno.ChildProcess): Promise<string> {
  let text = "";
  for await (const chunk of process.stdout.pipeThrough(new TextDecoderStream()).values({ preventCancel: true })) {
    text += chunk;
    if (text.includes("\n")) break;
  }
  return text.split("\n")[0] ?? "";
}

const sandbox = dbtc(["sandbox", "--speed", "20"], { stdout: "piped", stderr: "inherit" });
const ready = await firstLine(sandbox);
console.log(`$ dbtc sandbox --speed 20\n${ready}`);
const env = {
  DBT_CLOUD_HOST: /http:\S+/.exec(ready)?.[0] ?? "",
  DBT_CLOUD_SERVICE_TOKEN: "sandbox",
  DBT_CLOUD_ACCOUNT_ID: "1",
  DBTC_FORMAT: "table",
};

/** Shows a command and what it does; its exit code has to be the one that it should be. */
async function show(code: number, ...args: ReadonlyArray<string>): Promise<void> {
  console.log(`\n$ dbtc ${args.join(" ")}`);
  const status = await dbtc(args, { env }).status;
  console.log(`(exit code ${status.code})`);
  if (status.code !== code) Deno.exit(1);
}

await show(0, "jobs", "trigger", "1", "--poll-interval", "0.5");
await show(1, "jobs", "trigger", "2", "--poll-interval", "0.5");
await show(0, "runs", "list", "--limit", "5");

sandbox.kill();
await sandbox.status;
