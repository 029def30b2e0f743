/**
 * The commands of docs/recipes.md, in bash, as GitHub and Airflow run them, against a sandbox in a process of its own.
 *
 * @module
 */
import assert from "node:assert/strict";
import { dbtcInShell } from "../support/dbtc_process.ts";

const page = await Deno.readTextFile(new URL("../../docs/recipes.md", import.meta.url));
/** Longer than any step takes. */
const patience = 60_000;

// ---- what the page says ---------------------------------------------------------------------------------------------

/** A step of a workflow: its commands, and the variables of its workflow. */
interface Step {
  readonly name: string;
  readonly script: string;
  readonly condition: string | undefined;
  /** From a variable's name to the expression that GitHub fills it with. */
  readonly env: ReadonlyArray<readonly [name: string, expression: string]>;
}

const steps = blocks("yaml").flatMap((yaml): ReadonlyArray<Step> => {
  const env = [...yaml.matchAll(/^ +(\w+): \$\{\{ (\S+) \}\}$/gm)].map(([, name = "", value = ""]) =>
    [name, value] as const
  );
  return [...yaml.matchAll(/^( *)- name: (.*)\n(?:\1 {2}if: (.*)\n)?\1 {2}run: \|\n((?:\1 {4}.*\n)+)/gm)].map(
    ([, , name = "", condition, script = ""]) => ({ name, condition, script, env }),
  );
});

function step(name: string): Step {
  const found = steps.find((step) => step.name === name);
  assert(found !== undefined, `docs/recipes.md has no step "${name}"`);
  return found;
}

function blocks(language: string): ReadonlyArray<string> {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, "gm"))].map(([, text = ""]) => text);
}

/** The command of the operator, as Python reads it. */
const bashCommand = /bash_command="""([^]*?)"""/.exec(blocks("python")[0] ?? "")?.[1]?.replaceAll("\\\\", "\\") ?? "";

// ---- where it runs --------------------------------------------------------------------------------------------------

/** A machine with `dbtc` on its PATH and a folder to work in, next to a sandbox. */
interface Machine {
  /** The folder. */
  readonly folder: string;
  /** Starts a script as bash is given it, in the folder. */
  readonly bash: (args: ReadonlyArray<string>, env: Record<string, string>) => Deno.ChildProcess;
  /** The host of the sandbox. */
  readonly host: string;
  /** What a script of the page asks of GitHub. */
  readonly github: (step: Step) => Record<string, string>;
  /** The runs of a job, the oldest first. */
  readonly runs: (job: number) => Promise<ReadonlyArray<Run>>;
}

interface Run {
  readonly id: number;
  readonly status_humanized: string;
  readonly trigger: Readonly<Record<string, unknown>>;
}

async function withMachine(
  sandboxArgs: ReadonlyArray<string>,
  use: (machine: Machine) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir();
  const folder = `${root}/work`;
  await Deno.mkdir(folder);
  await Deno.mkdir(`${root}/bin`);
  const dbtc = `#!/bin/sh\nexec ${dbtcInShell} "$@"\n`;
  // What is no part of dbtc says how it was called.
  const other = (name: string) => `#!/bin/sh\necho ${name} "$@" >> '${root}/calls'\n`;
  for (const [name, text] of [["dbtc", dbtc], ["dbt", other("dbt")], ["sleep", other("sleep")]] as const) {
    await Deno.writeTextFile(`${root}/bin/${name}`, text, { mode: 0o755 });
  }
  const surroundings = {
    PATH: `${root}/bin:${Deno.env.get("PATH")}`,
    HOME: Deno.env.get("HOME") ?? root,
    DENO_DIR: Deno.env.get("DENO_DIR") ?? "",
    DENO_NO_UPDATE_CHECK: "1",
  };
  if (surroundings.DENO_DIR === "") Reflect.deleteProperty(surroundings, "DENO_DIR");
  const sandbox = new Deno.Command(`${root}/bin/dbtc`, {
    args: ["sandbox", ...sandboxArgs],
    stdout: "piped",
    stderr: "null",
    clearEnv: true,
    env: surroundings,
  }).spawn();
  try {
    const ready = await until(sandbox.stdout, "ACCOUNT_ID=1\n");
    const host = /http:\S+/.exec(ready)?.[0] ?? "";
    const expressions: Readonly<Record<string, string>> = {
      "vars.DBT_CLOUD_HOST": host,
      "vars.DBT_CLOUD_ACCOUNT_ID": "1",
      "secrets.DBT_CLOUD_SERVICE_TOKEN": "sandbox",
      "github.event.pull_request.number": "7",
    };
    const event = `${folder}/event.json`;
    const head = { sha: "981c5cf", ref: "feature/a", repo: { full_name: "jaffle/shop" } };
    await Deno.writeTextFile(event, JSON.stringify({ pull_request: { number: 7, head } }));
    await use({
      folder,
      host,
      bash: (args, env) =>
        new Deno.Command("bash", {
          args: [...args],
          cwd: folder,
          clearEnv: true,
          env: { ...surroundings, ...env },
          stdin: "null",
          stdout: "piped",
          stderr: "piped",
          signal: AbortSignal.timeout(patience),
        }).spawn(),
      github: ({ env }) => ({
        CI: "true",
        GITHUB_ACTIONS: "true",
        GITHUB_SERVER_URL: "https://github.com",
        GITHUB_REPOSITORY: "jaffle/shop",
        GITHUB_RUN_ID: "4711",
        GITHUB_JOB: "ci",
        GITHUB_ACTION: "__run",
        GITHUB_SHA: "64fbc21",
        ...env.some(([, expression]) => expression.startsWith("github.event.pull_request."))
          ? { GITHUB_EVENT_NAME: "pull_request", GITHUB_EVENT_PATH: event }
          : { GITHUB_EVENT_NAME: "push" },
        GITHUB_STEP_SUMMARY: `${folder}/summary.md`,
        ...Object.fromEntries(env.map(([name, expression]) => {
          const value = expressions[expression];
          assert(value !== undefined, `what is ${expression}?`);
          return [name, value];
        })),
      }),
      runs: async (job) => {
        const query = `job_definition_id=${job}&include_related=trigger&order_by=id`;
        const answer = await fetch(`${host}/api/v2/accounts/1/runs/?${query}`, {
          headers: { authorization: "Bearer sandbox" },
        });
        const { data } = await answer.json();
        return data;
      },
    });
  } finally {
    sandbox.kill();
    await sandbox.status;
    await Deno.remove(root, { recursive: true });
  }
}

/** What a stream says until a text is in it, or all of it. */
async function until(stream: ReadableStream<Uint8Array>, text?: string): Promise<string> {
  let said = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    said += chunk;
    if (text !== undefined && said.includes(text)) break;
  }
  return said;
}

/** Runs a step as GitHub does: its commands in a file, and bash ends at the first that fails. */
async function startStep({ bash, folder, github }: Machine, step: Step): Promise<Deno.ChildProcess> {
  const file = `${folder}/${crypto.randomUUID()}.sh`;
  await Deno.writeTextFile(file, step.script);
  return bash(["-e", file], github(step));
}

/** What came of a script. */
async function outcome(
  script: Deno.ChildProcess,
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const { code, stdout, stderr } = await script.output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

async function runStep(machine: Machine, step: Step) {
  return await outcome(await startStep(machine, step));
}

/** Starts a step, and sends it a signal as soon as it says a text; gives what it printed, and said, in the end. */
async function interrupted(
  machine: Machine,
  step: Step,
  signals: ReadonlyArray<readonly [after: string, signal: Deno.Signal]>,
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const process = await startStep(machine, step);
  const stdout = until(process.stdout);
  const [rest, ...heard] = split(process.stderr, signals.length + 1);
  const stderr = until(rest!);
  for (const [index, [after, signal]] of signals.entries()) {
    const said = await until(heard[index]!, after);
    assert(said.includes(after), said);
    process.kill(signal);
  }
  const { code } = await process.status;
  return { code, stdout: await stdout, stderr: await stderr };
}

function split(stream: ReadableStream<Uint8Array>, count: number): ReadonlyArray<ReadableStream<Uint8Array>> {
  if (count === 1) return [stream];
  const [one, others] = stream.tee();
  return [one, ...split(others, count - 1)];
}

/** The most characters on stderr for a run that succeeds. */
const smallLog = 1500;

const states = (runs: ReadonlyArray<Run>) => runs.map(({ status_humanized }) => status_humanized);

// ---- the page -------------------------------------------------------------------------------------------------------

Deno.test("docs/recipes.md has steps with commands, and says when each of them runs", () => {
  assert.deepEqual(steps.map(({ name, condition }) => [name, condition]), [
    ["Build what the pull request changes", undefined],
    ["Cancel what a killed step left behind", "cancelled()"],
    ["Deploy", undefined],
    ["Say what happened", "always()"],
    ["Build what differs from production", undefined],
  ]);
});

// ---- GitHub: a pull request -----------------------------------------------------------------------------------------

const build = step("Build what the pull request changes");
const cleanUp = step("Cancel what a killed step left behind");

Deno.test("the pull request's recipe starts the run with all that it names, and ends as it ends", async () => {
  await withMachine(["--speed", "60"], async (machine) => {
    const { code, stderr, stdout } = await runStep(machine, build);
    const [run, ...others] = await machine.runs(4);
    assert.deepEqual([code, JSON.parse(stdout).id, others], [0, run?.id, []]);
    assert(stderr.length < smallLog, stderr);
    const { trigger } = run!;
    assert.deepEqual(
      [trigger.git_sha, trigger.git_branch, trigger.github_pull_request_id, trigger.schema_override],
      ["981c5cf", "feature/a", 7, "dbt_cloud_pr_4_7"],
    );
    assert.match(
      String(trigger.cause),
      /^Triggered by dbtc from https:\/\/github\.com\/jaffle\/shop\/actions\/runs\/4711 /,
    );
    // A step that nobody cancelled leaves a file, too: to cancel what has ended changes nothing.
    assert.equal((await runStep(machine, cleanUp)).code, 0);
    assert.deepEqual(states(await machine.runs(4)), ["Success"]);
  });
});

Deno.test("a cancelled workflow's SIGINT reaches dbtc by exec, which cancels the run", async () => {
  await withMachine([], async (machine) => {
    const { code, stderr } = await interrupted(machine, build, [["Ctrl-C cancels it", "SIGINT"]]);
    assert.equal(code, 130, stderr);
    assert.deepEqual(states(await machine.runs(4)), ["Cancelled"]);
  });
});

Deno.test("SIGTERM after SIGINT ends dbtc at once, and the last step cancels what is left", async () => {
  // The first two requests for the run to be cancelled are refused: the run outlives its step.
  const fault = '{"fault":"cancel-refused","times":2}';
  await withMachine(["--fault", fault], async (machine) => {
    const { code, stderr } = await interrupted(machine, build, [
      ["Ctrl-C cancels it", "SIGINT"],
      ["could not be cancelled", "SIGTERM"],
    ]);
    const [run] = await machine.runs(4);
    assert.equal(code, 143, stderr);
    assert.equal(stderr.trimEnd().split("\n").at(-1), `Run ${run?.id} continues: dbtc runs wait ${run?.id}`);
    assert.notDeepEqual(states(await machine.runs(4)), ["Cancelled"]);
    await fetch(`${machine.host}/_sandbox/faults`, { method: "DELETE" });
    assert.equal((await runStep(machine, cleanUp)).code, 0);
    assert.deepEqual(
      (await outcome(machine.bash(["-c", 'dbtc runs wait "$(cat run-id)"'], machine.github(build)))).code,
      5,
    );
  });
});

Deno.test("a step that was killed leaves the run's id, by which the last step cancels it", async () => {
  await withMachine([], async (machine) => {
    const { stderr } = await interrupted(machine, build, [["Ctrl-C cancels it", "SIGKILL"]]);
    assert.notDeepEqual(states(await machine.runs(4)), ["Cancelled"], stderr);
    assert.equal((await runStep(machine, cleanUp)).code, 0);
    assert.deepEqual(
      (await outcome(machine.bash(["-c", 'dbtc runs wait "$(cat run-id)"'], machine.github(build)))).code,
      5,
    );
  });
});

Deno.test("the last step does nothing where no run was started", async () => {
  await withMachine([], async (machine) => {
    assert.deepEqual(await runStep(machine, cleanUp), { code: 0, stdout: "", stderr: "" });
  });
});

// ---- GitHub: a deployment -------------------------------------------------------------------------------------------

const deploy = step("Deploy");
const say = step("Say what happened");

Deno.test("a cancelled deployment goes on, and the workflow that is run again attaches to it", async () => {
  await withMachine(["--speed", "20"], async (machine) => {
    const before = (await machine.runs(1)).length;
    const first = await interrupted(machine, deploy, [["Ctrl-C leaves it", "SIGINT"]]);
    assert.equal(first.code, 130, first.stderr);
    assert.equal((await runStep(machine, say)).code, 0);
    const second = await runStep(machine, deploy);
    const runs = (await machine.runs(1)).slice(before);
    assert.equal(second.code, 0, second.stderr);
    assert.match(second.stderr, new RegExp(`Attached to run ${runs[0]?.id} `));
    assert.deepEqual(states(runs), ["Success"]);
    // A third time, it has succeeded already.
    const third = await runStep(machine, deploy);
    assert.deepEqual([third.code, JSON.parse(third.stdout).id], [0, runs[0]?.id]);
    assert.equal((await machine.runs(1)).length, before + 1);
    assert.equal((await runStep(machine, say)).code, 0);
    const summary = await Deno.readTextFile(`${machine.folder}/summary.md`);
    assert.match(summary, new RegExp(`^### .*Run ${runs[0]?.id} of job 1[^]*^### .*Run ${runs[0]?.id} of job 1`, "m"));
  });
});

Deno.test("a deployment that fails says why in the summary, and starts another run when it is run again", async () => {
  await withMachine(["--speed", "60"], async (machine) => {
    const failing = { ...deploy, script: deploy.script.replace("trigger 1", "trigger 2") };
    assert.notEqual(failing.script, deploy.script);
    const before = (await machine.runs(2)).length;
    assert.equal((await runStep(machine, failing)).code, 1);
    assert.equal((await runStep(machine, say)).code, 0);
    assert.match(await Deno.readTextFile(`${machine.folder}/summary.md`), /model\.jaffle_shop\.customers/);
    assert.equal((await runStep(machine, failing)).code, 1);
    assert.deepEqual(states((await machine.runs(2)).slice(before)), ["Error", "Error"]);
  });
});

Deno.test("state comparison gets the manifest of the last successful run, or ends the step", async () => {
  const compare = { ...step("Build what differs from production"), env: build.env };
  await withMachine(["--speed", "60"], async (machine) => {
    const none = { ...compare, script: compare.script.replace("--job-id 1", "--job-id 4") };
    assert.equal((await runStep(machine, none)).code, 3);
    assert.equal((await runStep(machine, deploy)).code, 0);
    const { code, stderr } = await runStep(machine, compare);
    assert.equal(code, 0, stderr);
    const { metadata } = JSON.parse(await Deno.readTextFile(`${machine.folder}/state/manifest.json`));
    assert.match(metadata.dbt_schema_version, /manifest/);
    const calls = await Deno.readTextFile(`${machine.folder}/../calls`);
    assert.equal(calls, "dbt build --select state:modified+ --defer --state state\n");
  });
});

// ---- GitLab and Azure DevOps ----------------------------------------------------------------------------------------

/** The commands of the YAML that has this word: the first is the step's, the second cleans up. */
function scriptsOf(word: string): ReadonlyArray<string> {
  const yaml = blocks("yaml").find((text) => text.includes(word)) ?? "";
  return [...yaml.matchAll(/\|\n((?: {6}.*\n)+)/g)].map(([, script = ""]) => script);
}

const pullRequests = {
  GitLab: {
    scripts: scriptsOf("merge_request_event"),
    env: {
      GITLAB_CI: "true",
      CI_PROJECT_ID: "3",
      CI_PIPELINE_ID: "9",
      CI_JOB_NAME: "dbt",
      CI_COMMIT_SHA: "merge00",
      CI_MERGE_REQUEST_IID: "7",
      CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: "981c5cf",
      CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "feature/a",
      CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "3",
      CI_MERGE_REQUEST_PROJECT_ID: "3",
    },
    cancelled: { CI_JOB_STATUS: "canceled" },
    field: "gitlab_merge_request_id",
  },
  "Azure DevOps": {
    scripts: scriptsOf("PublishTestResults"),
    env: {
      TF_BUILD: "True",
      SYSTEM_TEAMPROJECT: "Jaffle Shop",
      BUILD_BUILDID: "12",
      BUILD_REPOSITORY_PROVIDER: "TfsGit",
      BUILD_SOURCEVERSION: "merge00",
      SYSTEM_PULLREQUEST_PULLREQUESTID: "7",
      SYSTEM_PULLREQUEST_SOURCECOMMITID: "981c5cf",
      SYSTEM_PULLREQUEST_SOURCEBRANCH: "refs/heads/feature/a",
    },
    cancelled: {},
    field: "azure_pull_request_id",
  },
};

for (const [system, { cancelled, env, field, scripts: [start = "", clean = ""] }] of Object.entries(pullRequests)) {
  Deno.test(`the recipe for ${system} starts the run of the pull request, attaches to it, and has a report`, async () => {
    await withMachine(["--speed", "60"], async (machine) => {
      const { DBT_CLOUD_HOST = "", DBT_CLOUD_ACCOUNT_ID = "", DBT_CLOUD_SERVICE_TOKEN = "" } = machine.github(build);
      const whole = { DBT_CLOUD_HOST, DBT_CLOUD_ACCOUNT_ID, DBT_CLOUD_SERVICE_TOKEN, ...env };
      const { code, stderr } = await outcome(machine.bash(["-e", "-c", start], whole));
      assert.equal(code, 0, stderr);
      assert(stderr.length < smallLog, stderr);
      const [run, ...others] = await machine.runs(4);
      const { trigger } = run!;
      assert.deepEqual([trigger.git_sha, trigger.git_branch, trigger[field], trigger.schema_override, others], [
        "981c5cf",
        "feature/a",
        7,
        "dbt_cloud_pr_4_7",
        [],
      ]);
      assert.match(await Deno.readTextFile(`${machine.folder}/dbt.xml`), /^<\?xml .*\n<testsuites name="dbt" tests="/);
      // The job is retried.
      const again = await outcome(machine.bash(["-e", "-c", start], whole));
      assert.equal(again.code, 0, again.stderr);
      assert.equal((await machine.runs(4)).length, 1);
      // To cancel what has ended changes nothing.
      assert.equal((await outcome(machine.bash(["-e", "-c", clean], { ...whole, ...cancelled }))).code, 0);
      assert.deepEqual(states(await machine.runs(4)), ["Success"]);
    });
  });

  Deno.test(`the recipe for ${system} cancels the run that a killed step left behind`, async () => {
    await withMachine([], async (machine) => {
      const { DBT_CLOUD_HOST = "", DBT_CLOUD_ACCOUNT_ID = "", DBT_CLOUD_SERVICE_TOKEN = "" } = machine.github(build);
      const whole = { DBT_CLOUD_HOST, DBT_CLOUD_ACCOUNT_ID, DBT_CLOUD_SERVICE_TOKEN, ...env };
      const script = machine.bash(["-e", "-c", start.replace(/^ *dbtc/, "exec dbtc")], whole);
      await until(script.stderr, "Ctrl-C cancels it");
      script.kill("SIGKILL");
      await Promise.all([script.status, script.stdout.cancel()]);
      assert.equal((await outcome(machine.bash(["-e", "-c", clean], { ...whole, ...cancelled }))).code, 0);
      const waited = await outcome(machine.bash(["-c", 'dbtc runs wait "$(cat run-id)"'], whole));
      assert.equal(waited.code, 5, waited.stderr);
    });
  });
}

// ---- Airflow --------------------------------------------------------------------------------------------------------

/** Runs the operator's command as Airflow does: with its variables, and one pipe for all that is printed. */
function attempt({ bash, github }: Machine): Deno.ChildProcess {
  const { DBT_CLOUD_HOST = "", DBT_CLOUD_ACCOUNT_ID = "", DBT_CLOUD_SERVICE_TOKEN = "" } = github(build);
  return bash(["-c", `exec 2>&1\n${bashCommand}`], {
    ...{ DBT_CLOUD_HOST, DBT_CLOUD_ACCOUNT_ID, DBT_CLOUD_SERVICE_TOKEN },
    AIRFLOW_CTX_DAG_ID: "jaffle_shop",
    AIRFLOW_CTX_TASK_ID: "dbt_build",
    AIRFLOW_CTX_DAG_RUN_ID: "scheduled__2024-05-27T00:00:00+00:00",
  });
}

Deno.test("Airflow's task has the run as its XCom, and an attempt after a lost worker attaches to its run", async () => {
  await withMachine(["--speed", "20"], async (machine) => {
    const before = (await machine.runs(1)).length;
    const lost = attempt(machine);
    await until(lost.stdout, "Ctrl-C cancels it");
    lost.kill("SIGKILL");
    await Promise.all([lost.status, lost.stderr.cancel()]);
    const { code, stdout } = await outcome(attempt(machine));
    const [run, ...others] = (await machine.runs(1)).slice(before);
    assert.deepEqual([code, others], [0, []], stdout);
    assert.match(stdout, new RegExp(`^Attached to run ${run?.id} `));
    const { id, status_humanized } = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
    assert.deepEqual([id, status_humanized], [run?.id, "Success"]);
  });
});

Deno.test("Airflow's SIGTERM cancels the run, and the attempt after it starts another", async () => {
  await withMachine(["--speed", "20"], async (machine) => {
    const before = (await machine.runs(1)).length;
    const killed = attempt(machine);
    const [heard, rest] = killed.stdout.tee();
    const all = until(rest);
    await until(heard, "Ctrl-C cancels it");
    killed.kill("SIGTERM");
    assert.equal((await killed.status).code, 143, await all);
    await killed.stderr.cancel();
    assert.equal((await outcome(attempt(machine))).code, 0);
    assert.deepEqual(states((await machine.runs(1)).slice(before)), ["Cancelled", "Success"]);
  });
});

// ---- the shell ------------------------------------------------------------------------------------------------------

const [both = "", again = ""] = blocks("bash");

Deno.test("two jobs are started at the same time, and the failure of one is the script's", async () => {
  await withMachine(["--speed", "60"], async (machine) => {
    const script = machine.bash(["-c", both], machine.github(build));
    const { code, stderr } = await outcome(script);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /model\.jaffle_shop\.customers/);
    assert.deepEqual(states([...(await machine.runs(1)).slice(-1), ...(await machine.runs(2)).slice(-1)]), [
      "Success",
      "Error",
    ]);
  });
});

Deno.test("the script that tries again does so while dbt Cloud is unavailable, and not after a failed run", async () => {
  await withMachine(["--speed", "60"], async (machine) => {
    const env = machine.github(build);
    const before = (await machine.runs(2)).length;
    assert.equal((await outcome(machine.bash(["-c", again], env))).code, 0);
    assert.equal((await outcome(machine.bash(["-c", again.replace("trigger 1", "trigger 2")], env))).code, 1);
    assert.equal((await machine.runs(2)).length, before + 1);
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    listener.close();
    const nobody = { ...env, DBT_CLOUD_HOST: `http://127.0.0.1:${listener.addr.port}` };
    const impatient = again.replace("--key", "--http-retries 0 --key");
    const { code, stderr } = await outcome(machine.bash(["-c", impatient], nobody));
    assert.equal(code, 7, stderr);
    assert.equal(await Deno.readTextFile(`${machine.folder}/../calls`), "sleep 60\nsleep 300\nsleep 0\n");
  });
});
