/**
 * The command lines and payloads of Python dbtc's documentation, against the sandbox.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import { findWords } from "../../lib/cli/input/argv.ts";
import { globalSpellings as globals } from "../../lib/cli/input/global_flags.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { pythonNames } from "../../lib/groups/table_entry.ts";
import { table } from "../../lib/groups/table.ts";
import { command, sandboxEnv } from "../support/command.ts";
import { evidence, exists } from "../support/evidence.ts";

const folder = evidence("../seed/");
const ignore = !exists("../seed/");
const page = ignore
  ? ""
  : [...Deno.readDirSync(folder)].map(({ name }) => Deno.readTextFileSync(new URL(name, folder))).join("\n");

// ---- the page -------------------------------------------------------------------------------------------------------

/** The words of a command line, as a shell reads them. */
function words(line: string): ReadonlyArray<string> {
  return [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/g, "$1$2")
  );
}

/** A Python literal, read; a name stands for a text. */
function json(python: string): unknown {
  const names: Readonly<Record<string, string>> = { None: "null", True: "true", False: "false" };
  const text = python.replaceAll(
    /'([^']*)'|"([^"]*)"|\b([A-Za-z_]\w*)\b|,(?=\s*[}\]])/g,
    (all, single, double, name) => {
      if (all === ",") return "";
      return names[name] ?? JSON.stringify(single ?? double ?? name);
    },
  );
  return JSON.parse(text);
}

/** The methods of the page, each with what stands under its heading. */
const methods = page.split(/^(\w+)¶$/m).slice(1).flatMap((name, index, parts) =>
  index % 2 === 0 ? [{ name, text: parts[index + 1] ?? "" }] : []
);

const lines = methods.flatMap(({ name, text }) =>
  [...text.matchAll(/^dbtc (.*?)(?: *# noqa.*)?$/gm)].map(([, line = ""]) => ({ name, line }))
);

/** The literal at the beginning of a text: the page has no indentation that would show its end. */
function literal(text: string): unknown {
  for (const { index } of text.matchAll(/^[}\]]/gm)) {
    try {
      return json(text.slice(0, index + 1));
    } catch {
      continue;
    }
  }
  throw new Error(`no literal: ${text.slice(0, 100)}`);
}

const payloads = methods.flatMap(({ name, text }) =>
  text.split(/^payload = /m).slice(1).map((rest) => ({ name, payload: literal(rest) }))
);

// ---- what is wrong with it ------------------------------------------------------------------------------------------

/** What stands in a line, what should, and why. */
type Correction = readonly [wrong: string | RegExp, right: string, because: string];

const otherCommand = "the page copied another method's command";
const noId = "the page leaves out which one, and Python dbtc has no default for it";
const notTheThing = "a variable names what things are in, never the thing itself";

/** The lines that cannot do what the page says of their methods; by method. */
const corrections: Readonly<Record<string, Correction>> = {
  update_adapter: ["adapters update", "adapters update --adapter-id 1", noId],
  create_connection: ["connections create", "create-connection", "connections create makes one for the whole account"],
  create_credentials: [
    /\{.*\}/,
    '{"type": "postgres", "default_schema": "dbt", "threads": 4, "username": "dbt", "password": "x"}',
    "the page has an adapter's payload",
  ],
  create_environment_variables: ["create-credentials", "create-environment-variables", otherCommand],
  delete_environment_variables: ["delete-environment", "delete-environment-variables", otherCommand],
  assign_group_permissions: ["permissions", "permissions --group-id 1", noId],
  delete_user_group: ["delete-environment", "delete-user-group", otherCommand],
  create_job: ["create-credentials", "create-job", otherCommand],
  delete_job: ["delete-environment", "delete-job", otherCommand],
  delete_project: ["delete-project", "delete-project --project-id 1", notTheThing],
  get_project: ["get-project", "get-project --project-id 1", notTheThing],
  assign_service_token_permissions: ["permissions", "permissions --service-token-id 1", noId],
  deactivate_user_license: ['"{{group_permission_id}}"', "1", "a text where an id belongs"],
};

/** Payloads whose method makes them itself here: the command that sends them as they are. */
const payloadLines: Readonly<Record<string, string>> = {
  delete_user_group: "groups update --group-id 1 --replace",
};

// ---- tests ----------------------------------------------------------------------------------------------------------

const env = { ...sandboxEnv, DBT_CLOUD_PROJECT_ID: "1" };

/** What the page's names stand for in the sandbox. */
const standIns: Readonly<Record<string, string>> = {
  "Doug Sandbox": "Jaffle Shop",
  "--project-name=name": "--project-name=jaffle_shop",
  "{{development_environment_name}}": "development",
  "{{deployment_environment_name}}": "production",
  DBT_MY_AWESOME_VARIABLE: "DBT_WAREHOUSE_SIZE",
};

/**
 * A member that dbt Cloud took when the page was written, and has refused since 2024:
 * https://github.com/dbt-labs/dbt-jobs-as-code/issues/91
 */
const refusedSince = /, *"custom_branch_only": *false/;

/** Runs a line against a sandbox of its own; run 1 of the page is one that has ended there, or goes on. */
function run(name: string, line: string) {
  const program = Effect.gen(function* () {
    const { stdout } = name === "cancel_run"
      ? yield* command(["jobs", "trigger", "3", "--no-wait"])
      : yield* command(["runs", "get-most-recent", "--job-id", "1"]);
    const spelled = Object.entries(standIns).reduce((text, [theirs, ours]) => text.replaceAll(theirs, ours), line)
      .replace(refusedSince, "").replace(/--run-id[= ]1/, `--run-id=${JSON.parse(stdout).id}`);
    return yield* command([...words(spelled), "--yes"], { env });
  });
  // A service token is given its permissions once, so that one of the page has none yet.
  const seed = { "service-tokens/permissions": [] };
  return Effect.runPromise(program.pipe(Effect.provide(sandbox.layer({ seed }))));
}

/** The line with its error mended, where it has one. */
function right(name: string, line: string): string {
  const [wrong = "", mended = ""] = corrections[name] ?? [];
  return line.replace(wrong, mended);
}

Deno.test({
  name: "the page has its command lines and payloads, and every correction is of one",
  ignore,
  fn() {
    assert.deepEqual([lines.length, payloads.length], [53, 18]);
    const unused = Object.keys(corrections).filter((name) => !lines.some((line) => line.name === name));
    assert.deepEqual(unused, []);
  },
});

/** The methods whose lines call another row than the one that is marked so. */
const otherRows: Readonly<Record<string, string>> = {
  delete_connection: "connections.delete",
  list_connections: "connections.list",
  get_project_by_name: "projects.get",
};

Deno.test("every line of the page calls the row of its method", () => {
  const called = lines.map(({ name, line }) =>
    [name, findWords(words(right(name, line)), globals, table).row?.call] as const
  );
  const others = called.filter(([name, call]) => call === undefined || !pythonNames(call).includes(name));
  assert.deepEqual(Object.fromEntries(others.map(([name, call]) => [name, call?.name])), ignore ? {} : otherRows);
});

for (const { name, line } of lines) {
  Deno.test(`dbtc ${line.slice(0, 60)} does what the page says of ${name}`, async () => {
    const outcome = await run(name, right(name, line));
    assert.equal(outcome.code, 0, outcome.stderr);
    if (name in corrections) assert.notEqual((await run(name, line)).code, 0, "the page's own line works too");
  });
}

for (const [index, { name, payload }] of payloads.entries()) {
  Deno.test(`payload ${index + 1} of the page does what the page says of ${name}`, async () => {
    const own = payloadLines[name] ?? lines.find((line) => line.name === name)?.line ?? "";
    const line = `${own.replace(/ --payload=.*/, "")} --payload='${JSON.stringify(payload)}'`;
    const outcome = await run(name, right(name, line));
    assert.equal(outcome.code, 0, outcome.stderr);
  });
}
