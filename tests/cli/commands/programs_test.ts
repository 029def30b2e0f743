/**
 * The commands of the table: how their flags are spelled, and what a dry run of each program does.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { commandOf, programs } from "../../../lib/cli/commands/programs.ts";
import { globalSpellings } from "../../../lib/cli/input/global_flags.ts";
import { table } from "../../../lib/groups/table.ts";
import * as sandbox from "../../../lib/sandbox/mod.ts";
import { command, type Outcome, sandboxEnv } from "../../support/command.ts";

Deno.test("no command spells two flags alike: not in full, not by letter, not as the opposite of a boolean", async () => {
  const repeated: Array<string> = [];
  for (const row of table) {
    const { spellings } = await commandOf(row);
    const spelled = [...spellings, ...globalSpellings].flatMap(({ name, short, takes }) => [
      `--${name}`,
      ...(short === undefined ? [] : [`-${short}`]),
      ...(takes === "boolean" ? [`--no-${name}`] : []),
    ]);
    repeated.push(
      ...spelled.filter((flag, index) => spelled.indexOf(flag) !== index).map((flag) => `${row.call.name} ${flag}`),
    );
  }
  assert.deepEqual(repeated, []);
});

// ---- dry runs of programs -------------------------------------------------------------------------------------------

const api = "http://127.0.0.1:8008/api/v2/accounts/1";
const post = (path: string, cause: RegExp | string) => ({ line: `POST ${api}${path}`, cause });
const several = (name: string) => `${name} sends several requests: --dry-run cannot print them`;

const jobsFile = fileURLToPath(new URL("../../jobs_as_code/files/00_link.yml", import.meta.url));

/** A command line of each program, and the request that it prints, or why it refuses to print one. */
const dryRuns: Readonly<Record<string, string | { readonly line: string; readonly cause?: RegExp | string }>> = {
  "jobs trigger 1 --cause Deploy": post("/jobs/1/run/", /^Deploy \[dbtc:\w{10}\]$/),
  "jobs trigger 1 --no-tag": post("/jobs/1/run/", "Triggered by dbtc"),
  "jobs trigger 1 --key k --wait --retries 2 --report json": post("/jobs/1/run/", /\[dbtc:\w{13}\.\w{10}\]$/),
  "discovery query --query {__typename}": { line: "POST http://127.0.0.1:8008/beta/graphql" },
  "env-vars diff 1 2": several("env-vars diff"),
  "env-vars list --project-id 1": {
    line: "GET http://127.0.0.1:8008/api/v3/accounts/1/projects/1/environment-variables/environment/",
  },
  "env-vars set DBT_X 1": several("env-vars set"),
  "env-vars unset DBT_X": several("env-vars unset"),
  "jobs disable 1": several("jobs disable"),
  "jobs enable 1": several("jobs enable"),
  "jobs export": several("jobs export"),
  "jobs open 1": several("jobs open"),
  "jobs rerun 1": { line: `POST ${api}/jobs/1/rerun/` },
  "jobs trigger-autoscaling-ci 4 --github-pull-request-id 5": several("jobs trigger-autoscaling-ci"),
  "runs cancel 5": { line: `POST ${api}/runs/5/cancel/` },
  "runs compare 5 6": several("runs compare"),
  "runs download 5 --dir x": several("runs download"),
  "runs explain 5": several("runs explain"),
  "runs failures --nodes": several("runs failures"),
  "runs get-artifact 5 manifest.json": { line: `GET ${api}/runs/5/artifacts/manifest.json` },
  "runs get-artifact 5 manifest.json --step 2": { line: `GET ${api}/runs/5/artifacts/manifest.json?step=2` },
  "runs get-artifact 5 manifest.json --step auto": "--step auto sends several requests: --dry-run cannot print them",
  "runs logs 5": several("runs logs"),
  "runs open 5": several("runs open"),
  "runs retry 5": { line: `POST ${api}/runs/5/retry/` },
  "runs stats": several("runs stats"),
  "runs timing 5 --top 3": several("runs timing"),
  "runs wait 5": several("runs wait"),
  "sl compile --metrics revenue": several("sl compile"),
  "sl list-dimension-values --group-by metric_time": several("sl list-dimension-values"),
  "sl query --metrics revenue": several("sl query"),
  "sl search-metrics --search-terms revenue": several("sl search-metrics"),
  "users add-to-group 2 1": several("users add-to-group"),
};

/** Command lines whose dry run reads, and shows what would change. */
const readingDryRuns: Readonly<Record<string, RegExp>> = {
  [`jobs apply ${jobsFile}`]: /^4 to update; 0 unchanged\n/,
  [`jobs link ${jobsFile}`]: /^4 jobs would change\. Nothing was sent$/m,
  [`jobs plan ${jobsFile}`]: /^4 to update; 0 unchanged\n/,
  "jobs unlink --all-jobs": /^0 jobs would change\. Nothing was sent$/m,
  "runs cancel --all-jobs": /^No queued or running run matches|would be cancelled\. Nothing was sent$/m,
};

/** Runs a command line; gives also the requests that it sent. */
function dbtc(argv: string, env = sandboxEnv) {
  return Effect.runPromise(
    Effect.gen(function* () {
      const outcome: Outcome = yield* command(argv.split(" "), { env, terminal: true });
      return { ...outcome, sent: yield* (yield* sandbox.Sandbox).requests };
    }).pipe(Effect.provide(sandbox.layer())),
  );
}

for (const [argv, expected] of Object.entries(dryRuns)) {
  Deno.test(`dbtc ${argv} --dry-run sends nothing`, async () => {
    // With every id that a command may need: what is missing would be looked up.
    const { code, sent, stderr, stdout } = await dbtc(`${argv} --dry-run`, {
      ...sandboxEnv,
      DBT_CLOUD_PROJECT_ID: "1",
      DBT_CLOUD_ENVIRONMENT_ID: "1",
    });
    assert.deepEqual(sent, []);
    if (typeof expected === "string") {
      assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
      assert.equal(stderr.split("\n")[0], `dbtc: ${expected}`);
      return;
    }
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    const [head = "", body = "null"] = stdout.split("\n\n");
    assert.deepEqual(head.split("\n").slice(0, 2), [expected.line, "Authorization: Bearer ***"]);
    const { cause } = JSON.parse(body) ?? {};
    if (expected.cause instanceof RegExp) assert.match(cause, expected.cause);
    else assert.equal(cause, expected.cause);
  });
}

for (const [argv, expected] of Object.entries(readingDryRuns)) {
  Deno.test(`dbtc ${argv.replace(jobsFile, "FILE")} --dry-run reads, and sends no write`, async () => {
    // As someone who may not write, too.
    for (const env of [sandboxEnv, { ...sandboxEnv, DBTC_READONLY: "1" }]) {
      const { code, sent, stderr, stdout } = await dbtc(`${argv} --dry-run`, env);
      assert.equal(code, 0, stderr);
      assert.match(stdout + stderr, expected);
      assert(sent.length > 0 && sent.every(({ verb }) => verb === "GET"));
    }
  });
}

Deno.test("every program has a dry run here", () => {
  const tested = [...Object.keys(dryRuns), ...Object.keys(readingDryRuns)].map((argv) =>
    argv.split(" ").slice(0, 2).join(" ")
  );
  const missing = table.filter(({ call, group, verb }) =>
    Object.hasOwn(programs, call.name) && !tested.includes(`${group} ${verb}`)
  );
  assert.deepEqual(missing.map(({ call }) => call.name), []);
});
