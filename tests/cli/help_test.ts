/**
 * The help of every command: it fits the terminal, its examples run, and a wrong word gets a useful answer.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import { examples } from "../../lib/cli/commands/examples.ts";
import { otherCommands } from "../../lib/cli/commands/other_commands.ts";
import { commandName } from "../../lib/groups/table_entry.ts";
import { table } from "../../lib/groups/table.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { command, type Outcome, sandboxEnv, type Surroundings } from "../support/command.ts";
import { ok, refusal, succeeds, transport } from "../support/fixtures.ts";

function dbtc(argv: ReadonlyArray<string>, surroundings: Surroundings = {}): Promise<Outcome> {
  return succeeds(command(argv, surroundings).pipe(Effect.provide(sandbox.layer())));
}

// ---- width ----------------------------------------------------------------------------------------------------------

const everyCommand: ReadonlyArray<ReadonlyArray<string>> = [
  [],
  ...new Set(table.map(({ group }) => group)).values().map((group) => [group]),
  ...table.map(({ group, verb }) => [group, verb]),
  ["whoami"],
  ...otherCommands.map(({ name }) => [name]),
];

const widths: ReadonlyArray<readonly [name: string, width: number, surroundings: Surroundings]> = [
  ["100 columns in a pipe", 100, {}],
  ["the 80 columns of a terminal", 80, { terminal: true, columns: 80 }],
  ["60 columns on a terminal that is narrower", 60, { terminal: true, columns: 20 }],
];

for (const [name, width, surroundings] of widths) {
  Deno.test(`the help of every command fits ${name}`, async () => {
    const help = await succeeds(
      Effect.forEach(
        everyCommand,
        (words) => Effect.map(command([...words, "--help"], surroundings), (outcome) => ({ words, ...outcome })),
      ).pipe(Effect.provide(sandbox.layer())),
    );
    for (const { code, stdout, words } of help) {
      assert.equal(code, 0);
      // What cannot wrap: an example, which is copied as a whole, a long word, and the name of a flag with its value.
      const isWhole = (line: string) => /^ {2}(dbtc (?!.*\[flags\])|--\S+ \S+$)|^ +\S+$/.test(line);
      const tooLong = stdout.split("\n").filter((line) => line.length > (isWhole(line) ? 100 : width));
      assert.deepEqual(tooLong, [], words.join(" "));
    }
  });
}

Deno.test("help wraps a description below its start, and lists the global flags last", async () => {
  const { stdout } = await dbtc(["jobs", "trigger", "--help"], { terminal: true, columns: 80 });
  const lines = stdout.split("\n");
  const at = lines.findIndex((line) => line.startsWith("  --key text "));
  assert.equal(lines[at]?.indexOf("Idempotency"), lines[at + 1]?.search(/\S/));
  assert.deepEqual(lines.filter((line) => /^[A-Z]/.test(line)), [
    "DESCRIPTION",
    "USAGE",
    "ARGUMENTS",
    "FLAGS",
    "EXAMPLES",
    "GLOBAL FLAGS",
  ]);
});

Deno.test("bare dbtc shows all commands in groups, and how to begin, on one screen", async () => {
  const { code, stdout, stderr } = await dbtc([]);
  assert.deepEqual([code, stdout], [2, ""]);
  const lines = stderr.trimEnd().split("\n");
  assert(lines.length <= 60, String(lines.length));
  assert.match(stderr, /\n {2}accounts adapters audit-logs /);
  assert.match(
    stderr,
    /\n {2}# Log in, find a job, run it, and see why it failed\n {2}dbtc auth login \S+\n {2}dbtc jobs list\n/,
  );
  for (const title of ["EVERYDAY COMMANDS", "ADMINISTRATION", "TOOLS", "GLOBAL FLAGS"]) assert(lines.includes(title));
  assert.doesNotMatch(stderr, /Output format/);
  assert.match((await dbtc(["--help"])).stdout, /--format choice +Output format/);
});

// ---- examples -------------------------------------------------------------------------------------------------------

/** The names of the other commands: `api`, `auth.login`. */
const otherNames = otherCommands.flatMap(({ name, verbs }) => verbs?.map((verb) => `${name}.${verb}`) ?? [name]);

Deno.test("the examples are of commands that exist, and each begins with its command", () => {
  const names = new Set([...table.map(({ call }) => call.name), ...otherNames]);
  for (const [name, pair] of Object.entries(examples)) {
    assert(names.has(name), `there is no ${name}`);
    // dbt spells `sl list-metrics` in two words; some commands need no group.
    const words = commandName(name).replace(/^sl list-/, "sl list ")
      .replace(/^(?:accounts (?=whoami)|discovery (?=lineage|search))/, "");
    for (const { command } of pair) assert(`${command} `.startsWith(`dbtc ${words} `), command);
  }
});

Deno.test("the help of a command shows its examples", async () => {
  for (const [name, pair] of Object.entries(examples)) {
    const { stdout } = await dbtc([...commandName(name).split(" "), "--help"]);
    for (const { command } of pair) assert(stdout.includes(`\n  ${command}\n`), command);
  }
});

/** The words of an example, without a redirection, with its run and its files replaced by those of the test. */
function wordsOf(line: string, run: string, folder: string): ReadonlyArray<string> {
  const text = line.replace(/^dbtc /, "").replace(/ [<>] \S+$/, "").replaceAll(/70[34]/g, run)
    .replaceAll(/(?<= @|-o |--dir |record |jobs (?:plan|apply|link) |--vars-yml )(?=\w)/g, `${folder}/`);
  return [...text.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double)
  );
}

const jobsFile = new URL("../jobs_as_code/files/00_link.yml", import.meta.url);

/** The examples for a run that failed; all others are tried with one that succeeded. */
const ofFailedRuns = ["runs.explain", "runs.retry"];

for (const [name, pair] of Object.entries(examples)) {
  for (const { command: line } of pair) {
    // They serve until they are interrupted, or need a database: deployments_test.ts has one.
    if (name === "sandbox" || name === "worker" || name.startsWith("deployments.")) continue;
    if (name.startsWith("auth.")) continue; // these change the user's file: auth_test.ts types them
    Deno.test(`the example "${line}" runs against the sandbox`, async () => {
      const folder = await Deno.makeTempDir();
      await Deno.writeTextFile(
        `${folder}/job.json`,
        JSON.stringify({ project_id: 1, environment_id: 1, name: "Nightly", execute_steps: ["dbt build"] }),
      );
      await Deno.copyFile(jobsFile, `${folder}/jobs.yml`);
      await Deno.mkdir(`${folder}/jobs`);
      await Deno.copyFile(jobsFile, `${folder}/jobs/all.yml`);
      await Deno.writeTextFile(`${folder}/prod.yml`, "tier: prod");
      const filter = ofFailedRuns.includes(name) ? "--status error --job-id 2" : "--status success --job-id 1";
      const running = Effect.gen(function* () {
        const newest = yield* command(`runs list ${filter} --format csv --fields id`.split(" "));
        const [, run = ""] = newest.stdout.split("\n");
        if (name === "jobs.unlink") yield* command(["jobs", "link", `${folder}/jobs.yml`]);
        return yield* command(wordsOf(line, run, folder), {
          env: {
            ...sandboxEnv,
            DBTC_FORMAT: "table",
            ...name.startsWith("sl.") ? { DBT_CLOUD_ENVIRONMENT_ID: "1" } : {},
          },
          stdin: "secret",
        });
      }).pipe(Effect.provide(sandbox.layer(name === "sl.query" ? { speed: 1000 } : {})));
      // Virtual time does not wait for files, nor for modules that the sandbox loads.
      const outcome =
        await (name === "jobs.unlink" || name.startsWith("sl.") || wordsOf(line, "1", folder).some((word) =>
            word.includes(folder)
          )
          ? Effect.runPromise(running)
          : succeeds(running));
      await Deno.remove(folder, { recursive: true });
      assert.equal(outcome.code, 0, outcome.stderr);
    });
  }
}

// ---- wrong words ----------------------------------------------------------------------------------------------------

const meant: Readonly<Record<string, string>> = {
  "version": "dbtc --version",
  "jobs lst": "dbtc jobs list",
  "jbos list": "dbtc jobs",
  "jobs run 1": "dbtc jobs trigger",
  "run 1": "dbtc jobs trigger",
  "runs view 1": "dbtc runs explain or dbtc runs get",
  "jobs view 1": "dbtc jobs get",
  "runs watch 1": "dbtc runs wait",
  "runs rerun 1": "dbtc runs retry",
  "rerun 1": "dbtc jobs rerun",
  "projects rm 1": "dbtc projects delete",
  "jobs list --formt csv": "--format",
  "jobs list --projct-id 1": "--project-id",
  "jobs list --projct 1": "--project",
};

for (const [line, expected] of Object.entries(meant)) {
  Deno.test(`dbtc ${line} exits 2, and asks whether ${expected} is meant`, async () => {
    const { code, stderr } = await dbtc(line.split(" "), { terminal: true });
    assert.equal(code, 2);
    assert(/Did you mean (.*)\?/.exec(stderr)?.[1]?.includes(expected), stderr);
  });
}

Deno.test("a mistake names the help of its command, without the arguments", async () => {
  const hint = async (line: string) =>
    /See (dbtc.*) --help/.exec((await dbtc(line.split(" "), { terminal: true })).stderr)?.[1];
  assert.equal(await hint("record - -- jobs list"), "dbtc record");
  assert.equal(await hint("jobs list --limit 0"), "dbtc jobs list");
  assert.equal(await hint("list-jobs --limit 0"), "dbtc jobs list");
  assert.equal(await hint("jobs delete"), "dbtc jobs delete");
});

Deno.test("help describes an argument once, and its flag only as the other form; no flag says a thing twice", async () => {
  const pages = await succeeds(
    Effect.forEach(everyCommand, (words) => command([...words, "--help"], { columns: 120 })).pipe(
      Effect.provide(sandbox.layer()),
    ),
  );
  for (const { stdout } of pages) {
    const [, args = "", flags = ""] = /ARGUMENTS\n([^]*?)\n\n(?:FLAGS\n([^]*?)\n\n|$)/.exec(stdout) ?? [];
    for (const [, name] of args.matchAll(/^ {2}([a-z-]+)(?:\.\.\.)? /gm)) {
      const flag = new RegExp(`^ {2}--${name}[, ].*(?:\\n {4,}.*)?`, "m").exec(flags)?.[0];
      assert.match(flag ?? "Instead of the argument", /Instead of the argument/, stdout);
    }
    assert.doesNotMatch(stdout, /\(optional\)|may be repeated|^ {2}--(?:status-in|pk-in|created-at-range) /m);
  }
});

// ---- questions ------------------------------------------------------------------------------------------------------

for (const answer of ["y", "YES", " yes "]) {
  Deno.test(`"${answer}" is enough to delete a job, which the question names`, async () => {
    const { code, stderr } = await dbtc(["jobs", "delete", "--job-name", "CI"], { terminal: true, stdin: answer });
    assert.deepEqual([code, stderr], [0, 'Delete job 4 "CI"? [y/N] ']);
  });
}

for (const answer of ["", "n", "yep"]) {
  Deno.test(`"${answer}" is not enough to delete a job`, async () => {
    const { code, stderr } = await dbtc(["jobs", "delete", "4"], { terminal: true, stdin: answer });
    assert.deepEqual([code, stderr], [
      2,
      'Delete job 4 "CI"? [y/N] dbtc: Nothing was changed\nSee dbtc jobs delete --help\n',
    ]);
  });
}

Deno.test("there is no question about a thing that does not exist, and none that cannot be read is refused", async () => {
  const gone = await dbtc(["jobs", "delete", "99"], { terminal: true, stdin: "y" });
  assert.equal(gone.code, 3);
  assert.match(gone.stderr, /^dbtc: jobs delete: Not found/);
  const net = transport(({ method }) => method === "GET" ? refusal(403) : ok({ id: 99 }));
  const unread = await Effect.runPromise(
    command(["jobs", "delete", "99"], { terminal: true, stdin: "y" }).pipe(Effect.provide(net.layer)),
  );
  assert.deepEqual([unread.code, unread.stderr], [0, "Delete job 99? [y/N] "]);
});

Deno.test("without a terminal, a delete needs --yes, and the error names the thing", async () => {
  const { code, stderr } = await dbtc(["jobs", "delete", "4", "--format", "table"]);
  assert.equal(code, 2);
  assert.match(stderr, /^dbtc: Delete job 4\?\nNothing was changed: this needs --yes/);
});

Deno.test("dbtc help COMMAND prints the help of the command", async () => {
  assert.deepEqual(await dbtc(["help", "jobs", "list"]), await dbtc(["jobs", "list", "--help"]));
  assert.deepEqual(await dbtc(["help"]), await dbtc(["--help"]));
});

Deno.test("--version says which dbtc it is, and what runs it", async () => {
  assert.match((await dbtc(["--version"])).stdout, /^dbtc \d+\.\d+\.\d+ \(@dbtc\/dbtc on Deno \d+\.\d+\.\d+\)\n$/);
});
