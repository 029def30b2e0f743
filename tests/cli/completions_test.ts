/**
 * Completions: the words that fit, and the scripts of the shells, which are run in those shells.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import assert from "node:assert/strict";
import { completionScripts } from "../../lib/cli/completion_scripts.ts";
import { globalSpellings } from "../../lib/cli/input/global_flags.ts";
import { formats } from "../../lib/cli/output/render.ts";
import { table } from "../../lib/groups/table.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { command } from "../support/command.ts";
import { transport, virtually } from "../support/fixtures.ts";

/** What a command line prints that sends nothing. */
async function printed(argv: ReadonlyArray<string>): Promise<string> {
  const { layer, sent } = transport(() => new Error("nothing is sent"));
  const { code, stdout, stderr } = await Effect.runPromise(Effect.provide(command(argv), layer));
  assert.deepEqual({ code, sent, stderr }, { code: 0, sent: [], stderr: "" });
  return stdout;
}

/** The words that fit at the end of a line. */
async function completed(line: string, shell = "zsh"): Promise<ReadonlyArray<string>> {
  const lines = (await printed(["__complete", shell, ...line.split(" ")])).split("\n").slice(0, -1);
  return lines.map((line) => line.split("\t")[0] ?? "");
}

// ---- the words ------------------------------------------------------------------------------------------------------

/** What a value of a flag may be. */
const choices: Readonly<Record<string, ReadonlyArray<string>>> = {
  "runs list --status": ["queued", "starting", "running", "success", "error", "cancelled"],
  "runs cancel --status": ["queued", "starting", "running"],
  "jobs trigger --on-timeout": ["leave", "cancel"],
  "jobs trigger --on-interrupt": ["cancel", "leave"],
  "jobs list --format": formats,
  "sl query --format": [...formats, "arrow"],
  "runs get-artifact --step": ["auto"],
};

Deno.test("every group and verb is completed that is not deprecated", async () => {
  const known = table.filter(({ call }) => call.deprecated === undefined);
  const groups = [...new Set(known.map(({ group }) => group))];
  const first = await completed("");
  assert.deepEqual(groups.filter((group) => !first.includes(group)), []);
  for (const group of groups) {
    const verbs = await completed(`${group} `);
    assert.deepEqual(known.filter((row) => row.group === group && !verbs.includes(row.verb)), []);
  }
});

Deno.test("the words that fit begin with what is typed", async () => {
  assert.deepEqual(await completed("jo"), ["jobs"]);
  assert.deepEqual(await completed("jobs tr"), ["trigger", "trigger-autoscaling-ci"]);
  assert.deepEqual(await completed("jobs trigger --on"), ["--on-timeout", "--on-interrupt"]);
  assert.deepEqual(await completed("jobs trigger --no-wa"), ["--no-wait"]);
  assert.deepEqual(await completed("jobs nonsense"), []);
});

Deno.test("values of choices are completed, behind a space and behind =", async () => {
  for (const [line, values] of Object.entries(choices)) {
    assert.deepEqual(await completed(`${line} `), values, line);
    const flag = line.split(" ").at(-1);
    assert.deepEqual(await completed(`${line}=`), values.map((value) => `${flag}=${value}`), line);
    // Bash gives three words for the last one, and replaces only what stands behind the sign.
    assert.deepEqual(await completed(`${line} =`, "bash"), values, line);
    assert.deepEqual(await completed(`${line} = ${values[0]}`, "bash"), [values[0]], line);
  }
});

Deno.test("global flags are completed before and after the command, and the verb behind them", async () => {
  const globals = globalSpellings.map(({ name }) => `--${name}`);
  for (const place of ["", "jobs ", "jobs list ", "runs cancel ", "whoami ", "api ", "sandbox "]) {
    const flags = await completed(`${place}--`);
    assert.deepEqual(globals.filter((flag) => !flags.includes(flag)), [], place);
  }
  assert.deepEqual(await completed("--format js"), ["json", "jsonl"]);
  assert.deepEqual(await completed("--format json -o x jobs lis"), ["list"]);
});

Deno.test("files and folders are left to the shell", async () => {
  assert.deepEqual(await completed("jobs list -o jobs"), [":file"]);
  assert.deepEqual(await completed("jobs list --output job"), [":file"]);
  assert.deepEqual(await completed("runs download --dir j"), [":directory"]);
});

Deno.test("a value is not completed behind a flag that takes none, nor a flag behind --", async () => {
  assert((await completed("runs list --all --st")).includes("--status"));
  assert.deepEqual(await completed("record file -- --fo"), []);
});

// ---- names in dbt Cloud ---------------------------------------------------------------------------------------------

/** The words that fit at the end of a line, with the sandbox as dbt Cloud. */
async function inSandbox(words: ReadonlyArray<string>, options: sandbox.Options = {}) {
  const asked = command(["__complete", ...words]).pipe(Effect.provide(sandbox.layer(options)));
  const { code, stderr, stdout } = await Effect.runPromise(asked);
  assert.deepEqual([code, stderr], [0, ""]);
  return stdout.split("\n").slice(0, -1).map((line) => line.split("\t"));
}

Deno.test("names of jobs, projects and environments are completed where an id is asked for, with their ids", async () => {
  assert.deepEqual(await inSandbox(["zsh", "jobs", "get", "D"]), [["Daily build", "1"]]);
  assert.deepEqual(await inSandbox(["zsh", "runs", "list", "--job", "Daily"]), [["Daily build", "1"]]);
  assert.deepEqual(await inSandbox(["zsh", "runs", "list", "--job=Daily"]), [["--job=Daily build", "1"]]);
  assert.deepEqual(await inSandbox(["bash", "runs", "list", "--job", "=", "Daily"]), [["Daily build", "1"]]);
  assert.deepEqual(await inSandbox(["zsh", "jobs", "get", "1"]), [["1", "Daily build"]]);
  const environments = await inSandbox(["zsh", "jobs", "list", "--environment", ""]);
  assert(environments.some(([name]) => name === "production"), String(environments));
  const [run] = await inSandbox(["fish", "runs", "get", ""]);
  assert.match(run?.join(" ") ?? "", /^\d+ \w+ .*\d{4}-/);
});

Deno.test("ids of things without names are completed by the group's list, and nodes by their names", async () => {
  assert.deepEqual(await inSandbox(["zsh", "credentials", "get", ""]), [["1", "snowflake"]]);
  assert.deepEqual(await inSandbox(["zsh", "credentials", "get", "--credentials-id", ""]), [["1", "snowflake"]]);
  // In another project there are none.
  assert.deepEqual(await inSandbox(["zsh", "credentials", "get", "--project", "2", ""]), []);
  assert.deepEqual(await inSandbox(["zsh", "models", "get", "cust"]), [["customers", "model.jaffle_shop.customers"]]);
  assert.deepEqual(await inSandbox(["bash", "models", "parents", "-e", '"production"', "model.jaffle_shop.o"]), [
    ["model.jaffle_shop.orders", "orders"],
  ]);
});

Deno.test("names that cannot be read are none, and no prompt waits for them longer than 3 s", async () => {
  assert.deepEqual(await inSandbox(["zsh", "jobs", "get", "D"], { faults: [{ fault: "server-error" }] }), []);
  const hanging = command(["__complete", "zsh", "jobs", "get", "D"]);
  const { result, seconds } = await virtually(Effect.provide(hanging, transport(() => "silence").layer));
  assert.deepEqual([Result.getOrThrow(result).stdout, seconds], ["", 3]);
});

// ---- the scripts ----------------------------------------------------------------------------------------------------

Deno.test("each script has less than 4 KB, and --completions prints it", async () => {
  for (const [shell, text] of Object.entries(completionScripts)) {
    assert(text.length < 4096, shell);
    assert.equal(await printed(["--completions", shell]), text);
  }
});

/** Runs a script of a shell that has `dbtc` on its path, in a folder with a file and a folder. */
async function inShell(shell: string, args: ReadonlyArray<string>, text: string): Promise<ReadonlyArray<string>> {
  const folder = await Deno.makeTempDir();
  const cli = new URL("../../cli.ts", import.meta.url).pathname;
  await Deno.writeTextFile(`${folder}/dbtc`, `#!/bin/sh\nexec '${Deno.execPath()}' run -A '${cli}' "$@"\n`);
  await Deno.chmod(`${folder}/dbtc`, 0o755);
  await Deno.mkdir(`${folder}/here/job_files`, { recursive: true });
  await Deno.writeTextFile(`${folder}/here/jobs.json`, "");
  await Deno.writeTextFile(`${folder}/script`, text);
  const { stdout, stderr } = await new Deno.Command(shell, {
    args: [...args, `${folder}/script`],
    cwd: `${folder}/here`,
    env: { PATH: `${folder}:${Deno.env.get("PATH")}`, NO_COLOR: "1" },
  }).output();
  await Deno.remove(folder, { recursive: true });
  const decoder = new TextDecoder();
  assert.equal(decoder.decode(stderr), "");
  return decoder.decode(stdout).split("\n").slice(0, -1);
}

/** Whether a shell is installed. */
function lacks(shell: string): boolean {
  try {
    return !new Deno.Command(shell, { args: ["--version"], stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return true;
  }
}

/** Command lines, and what each shell makes of their last word. */
const lines: ReadonlyArray<readonly [line: string, words: ReadonlyArray<string>]> = [
  ["jobs tr", ["trigger", "trigger-autoscaling-ci"]],
  ["runs cancel --status ", ["queued", "starting", "running"]],
  ["jobs list -o job", ["job_files", "jobs.json"]],
  ["runs download --dir j", ["job_files"]],
];

Deno.test({
  name: "bash completes with its script",
  ignore: lacks("bash"),
  async fn() {
    const asked = lines.map(([line]) => {
      const words = ["dbtc", ...line.split(" ")].map((word) => `'${word}'`);
      return `COMP_WORDS=(${words.join(" ")}); COMP_CWORD=${words.length - 1}; _dbtc; echo "\${COMPREPLY[*]}"`;
    });
    const answers = await inShell("bash", ["--norc"], `${completionScripts.bash}\n${asked.join("\n")}\n`);
    assert.deepEqual(answers.map((answer) => answer.split(" ").toSorted()), lines.map(([, words]) => words.toSorted()));
  },
});

Deno.test({
  name: "zsh completes with its script",
  ignore: lacks("zsh"),
  async fn() {
    // Outside its line editor, zsh has none of the functions that take what fits.
    const standIns = `compdef() { }
      compset() { }
      _files() { [[ $1 == "-/" ]] && print -- */ || print -- * }
      _describe() { local -a all; all=("\${(@P)3}"); print -- "\${(@)all%%:*}" }
    `;
    const asked = lines.map(([line]) => {
      const words = ["dbtc", ...line.split(" ")].map((word) => `'${word}'`);
      return `words=(${words.join(" ")}); CURRENT=${words.length}; _dbtc`;
    });
    const answers = await inShell("zsh", ["-f"], `${standIns}\n${completionScripts.zsh}\n${asked.join("\n")}\n`);
    assert.deepEqual(
      answers.map((answer) => answer.replaceAll("/", "").split(" ").toSorted()),
      lines.map(([, words]) => words.toSorted()),
    );
  },
});

Deno.test({
  name: "fish completes with its script",
  ignore: lacks("fish"),
  async fn() {
    const asked = lines.map(([line]) => `complete -C "dbtc ${line}" | string split -f1 \\t | string join " "`);
    const answers = await inShell("fish", ["--no-config"], `${completionScripts.fish}\n${asked.join("\n")}\n`);
    assert.deepEqual(
      answers.map((answer) => answer.replaceAll("/", "").split(" ").toSorted()),
      lines.map(([, words]) => words.toSorted()),
    );
  },
});
