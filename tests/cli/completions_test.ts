/**
 * The completion scripts of bash, zsh and fish. Bash is run; the others are read.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import { globalSpellings } from "../../lib/cli/input/global_flags.ts";
import { table } from "../../lib/groups/table.ts";
import { command } from "../support/command.ts";
import { transport } from "../support/fixtures.ts";

/** The script of a shell. Making it sends nothing. */
async function script(shell: string): Promise<string> {
  const { layer, sent } = transport(() => new Error("nothing is sent"));
  const { code, stdout, stderr } = await Effect.runPromise(Effect.provide(command(["--completions", shell]), layer));
  assert.deepEqual({ code, sent, stderr }, { code: 0, sent: [], stderr: "" });
  return stdout;
}

/** What a value of a flag may be. */
const choices: Readonly<Record<string, ReadonlyArray<string>>> = {
  "runs list --status": ["queued", "starting", "running", "success", "error", "cancelled"],
  "runs cancel --status": ["queued", "starting", "running"],
  "runs explain --report": ["text", "markdown", "github", "json"],
  "jobs trigger --report": ["text", "markdown", "github", "json"],
  "jobs trigger --on-timeout": ["leave", "cancel"],
  "jobs trigger --on-interrupt": ["cancel", "leave"],
  "jobs list --format": ["table", "json", "jsonl", "csv", "markdown"],
  "runs get-artifact --step": ["auto"],
};

/** The flags that every command has, and where they can be completed. */
const globals = globalSpellings.map(({ name }) => `--${name}`);
const places = ["", "jobs", "jobs list", "runs cancel", "whoami", "api", "sandbox"];

// ---- bash -----------------------------------------------------------------------------------------------------------

/** Stands in for the function of bash-completion that splits the command line. */
const splitWords = `_init_completion() {
  words=("\${COMP_WORDS[@]}"); cword=$COMP_CWORD; cur="\${words[cword]}"; prev="\${words[cword - 1]}"
}`;

/** What bash completes at the end of each of these command lines. */
async function bash(lines: ReadonlyArray<string>, cwd?: string): Promise<ReadonlyArray<ReadonlyArray<string>>> {
  const file = await Deno.makeTempFile({ suffix: ".bash" });
  const asked = lines.map((line) => {
    const words = ["dbtc", ...line.split(" ")].map((word) => `'${word}'`);
    return `COMP_WORDS=(${words.join(" ")}); COMP_CWORD=${words.length - 1}; COMPREPLY=()
      _dbtc dbtc ${words.at(-1)} ${words.at(-2)}; echo "\${COMPREPLY[*]}"`;
  });
  await Deno.writeTextFile(file, `${await script("bash")}\n${splitWords}\n${asked.join("\n")}\n`);
  const options = { args: ["--norc", file], ...(cwd === undefined ? {} : { cwd }) };
  const { code, stdout, stderr } = await new Deno.Command("bash", options).output();
  await Deno.remove(file);
  const decoder = new TextDecoder();
  assert.deepEqual([code, decoder.decode(stderr)], [0, ""]);
  return decoder.decode(stdout).split("\n").slice(0, -1).map((line) => line.split(" "));
}

const ignore = Deno.build.os === "windows";

Deno.test({
  name: "bash completes groups, verbs and flags",
  ignore,
  async fn() {
    const [groups = [], verbs = [], flags = []] = await bash(["jo", "jobs tr", "jobs trigger --on"]);
    assert.deepEqual(groups, ["jobs"]);
    assert.deepEqual(verbs, ["trigger", "trigger-autoscaling-ci"]);
    assert.deepEqual(flags, ["--on-timeout", "--on-interrupt"]);
  },
});

Deno.test({
  name: "bash completes every group and verb that is not deprecated",
  ignore,
  async fn() {
    const known = table.filter(({ call }) => call.deprecated === undefined);
    const groups = [...new Set(known.map(({ group }) => group))];
    const [first = [], ...verbs] = await bash(["", ...groups.map((group) => `${group} `)]);
    const missing = groups.filter((group) => !first.includes(group));
    const missingVerbs = known.filter(({ group, verb }) => !verbs[groups.indexOf(group)]?.includes(verb));
    assert.deepEqual([missing, missingVerbs.map(({ call }) => call.name)], [[], []]);
  },
});

Deno.test({
  name: "bash completes the values of choices",
  ignore,
  async fn() {
    const completed = await bash(Object.keys(choices).map((line) => `${line} `));
    assert.deepEqual(Object.fromEntries(Object.keys(choices).map((line, index) => [line, completed[index]])), choices);
  },
});

Deno.test({
  name: "bash completes global flags before and after the command, and the verb behind them",
  ignore,
  async fn() {
    const completed = await bash(places.map((place) => `${place} --`.trimStart()));
    const missing = places.flatMap((place, index) =>
      globals.filter((flag) => !completed[index]?.includes(flag)).map((flag) => `${place} ${flag}`)
    );
    assert.deepEqual(missing, []);
    const [format, verb] = await bash(["--format js", "--format json -o x jobs lis"]);
    assert.deepEqual([format, verb], [["json", "jsonl"], ["list"]]);
  },
});

Deno.test({
  name: "bash completes the file of -o and the folder of --dir",
  ignore,
  async fn() {
    const directory = await Deno.makeTempDir();
    await Deno.writeTextFile(`${directory}/jobs.json`, "");
    await Deno.mkdir(`${directory}/job_files`);
    const [short, long, folder] = await bash(
      ["jobs list -o jobs", "jobs list --output job", "runs download --dir j"],
      directory,
    );
    assert.deepEqual([short, long?.toSorted(), folder], [["jobs.json"], ["job_files", "jobs.json"], ["job_files"]]);
    await Deno.remove(directory, { recursive: true });
  },
});

// ---- zsh and fish ---------------------------------------------------------------------------------------------------

Deno.test("zsh knows the values of choices, global flags and files", async () => {
  const text = await script("zsh");
  /** The lines about a command's own flags. */
  const linesOf = (place: string) => {
    const name = ["_dbtc", ...place.split(" ").filter((word) => word !== "")].join("_").replaceAll("-", "_");
    return text.split(`\n${name}() {\n`)[1]?.split("\n}\n")[0]?.split("\n") ?? [];
  };
  for (const [place, values] of Object.entries(choices)) {
    const [group = "", verb = "", flag = ""] = place.split(" ");
    const line = linesOf(`${group} ${verb}`).find((line) => line.includes(`${flag}[`)) ?? "";
    assert(line.includes(`:(${values.join(" ")})`), `${place}: ${line}`);
  }
  for (const place of places) {
    const lines = linesOf(place);
    const missing = globals.filter((flag) => !lines.some((line) => line.includes(`${flag}[`)));
    assert.deepEqual(missing, [], place);
    assert(lines.some((line) => line.includes("-o[") && line.includes(":_files")), place);
  }
});

Deno.test("fish knows the values of choices, global flags and files", async () => {
  const lines = (await script("fish")).split("\n").filter((line) => line.startsWith("complete "));
  for (const [place, values] of Object.entries(choices)) {
    const [group, verb, flag] = place.split(" ");
    const line = lines.find((line) =>
      line.includes(` -l ${flag?.slice(2)} `) &&
      (line.includes(`from ${group}; and __fish_seen_subcommand_from ${verb};`) || !line.includes("subcommand"))
    );
    assert(line?.includes(`-a '${values.join(" ")}'`), `${place}: ${line}`);
  }
  // A line without a condition on the command holds for every command.
  const anywhere = lines.filter((line) => !line.includes("subcommand"));
  assert.deepEqual(globals.filter((flag) => !anywhere.some((line) => line.includes(` -l ${flag.slice(2)} `))), []);
  const output = anywhere.find((line) => line.includes(" -l output "));
  assert.match(output ?? "", / -s o .* -r -F$/);
});
