/**
 * `dbtc jobs trigger`, `jobs rerun`, `runs retry` and `runs wait`: what they ask for, say, print and end with.
 *
 * @module
 */
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as HttpClient from "effect/http/HttpClient";
import assert from "node:assert/strict";
import { ExitNotice } from "../../../lib/cli/output/exit_notice.ts";
// Loaded now: virtual time does not wait for files.
import "../../../lib/cli/commands/runs_retry.ts";
import "../../../lib/cli/commands/runs_wait.ts";
import * as sandbox from "../../../lib/sandbox/mod.ts";
import { command, type Outcome, sandboxEnv, type Surroundings } from "../../support/command.ts";
import { succeeds } from "../../support/fixtures.ts";

type Line = readonly [argv: string, surroundings?: Surroundings];

/** Runs command lines against one sandbox, on virtual time; says what came of them, and what was sent. */
function dbtc(options: sandbox.Options, ...lines: ReadonlyArray<Line>) {
  return succeeds(
    Effect.gen(function* () {
      const outcomes = yield* Effect.forEach(lines, ([argv, surroundings]) => command(words(argv), surroundings));
      const sent = yield* Effect.flatMap(sandbox.Sandbox, ({ requests }) => requests);
      return { outcomes, writes: sent.filter(({ verb }) => verb !== "GET").map(({ path, body }) => ({ path, body })) };
    }).pipe(Effect.provide(sandbox.layer(options))),
  );
}

const words = (argv: string) => [...argv.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? "");

/** Interrupts a command some seconds after its first request; says also what its exit notice was just before. */
const interrupt = Effect.fnUntraced(function* (
  running: Effect.Effect<Outcome, never, HttpClient.HttpClient>,
  seconds: number,
) {
  const exitNotice: ExitNotice = { text: undefined };
  let outcome: Outcome | undefined;
  const keep = Effect.tap(running, (ended) => Effect.sync(() => outcome = ended));
  // Before its first request, the command reads files, which virtual time does not wait for.
  const asks = yield* Deferred.make<void>();
  const watched = HttpClient.tapRequest(yield* HttpClient.HttpClient, () => Deferred.succeed(asks, undefined));
  // The command itself can be interrupted; what came of it is wanted still.
  const fiber = yield* Effect.forkChild(Effect.uninterruptible(
    keep.pipe(
      Effect.provideService(ExitNotice, exitNotice),
      Effect.provideService(HttpClient.HttpClient, watched),
    ),
  ));
  yield* Deferred.await(asks);
  yield* Effect.sleep(seconds * 1000);
  const { text: last } = exitNotice;
  yield* Fiber.interrupt(fiber);
  assert(outcome !== undefined);
  return { ...outcome, last };
});

/** Runs one command line in a sandbox, and interrupts it. */
function cut(argv: string, seconds: number, options: sandbox.Options = {}, env = sandboxEnv) {
  return succeeds(
    Effect.provide(interrupt(command(words(argv), { env }), seconds), sandbox.layer(options)),
  );
}

// deno-lint-ignore no-explicit-any -- a test says what it expects of it
const json = ({ stdout }: Outcome): any => JSON.parse(stdout);
const lines = ({ stderr }: Outcome) => stderr.trimEnd().split("\n");
const terminal: Surroundings = { terminal: true };
const lost: ReadonlyArray<sandbox.Fault> = [{ fault: "reset", route: "POST */run/" }];

// ---- what is asked for ----------------------------------------------------------------------------------------------

Deno.test("jobs trigger --dry-run shows the cause with its tag, and sends nothing", async () => {
  const { outcomes, writes } = await dbtc(
    {},
    ["jobs trigger 1 --cause Deploy --dry-run"],
    ["jobs trigger 1 --cause Deploy --key 'build 1' --dry-run"],
    ["jobs trigger 1 --cause Deploy --no-tag --dry-run"],
  );
  assert.deepEqual(writes, []);
  const [drawn, keyed, plain] = outcomes.map(({ stdout }) => JSON.parse(stdout.split("\n\n")[1] ?? "").cause);
  assert.match(drawn, /^Deploy \[dbtc:\w{10}\]$/);
  assert.match(keyed, /^Deploy \[dbtc:\w{13}\.\w{10}\]$/);
  assert.equal(plain, "Deploy");
});

const ci: Readonly<Record<string, readonly [env: Readonly<Record<string, string>>, page: string]>> = {
  "GitHub": [
    { GITHUB_SERVER_URL: "https://github.com", GITHUB_REPOSITORY: "acme/dbt", GITHUB_RUN_ID: "7" },
    "https://github.com/acme/dbt/actions/runs/7",
  ],
  "GitLab": [{ CI_JOB_URL: "https://gitlab.com/acme/dbt/-/jobs/7" }, "https://gitlab.com/acme/dbt/-/jobs/7"],
  "Azure DevOps": [
    {
      SYSTEM_COLLECTIONURI: "https://dev.azure.com/acme/",
      SYSTEM_TEAMPROJECT: "Jaffle Shop",
      BUILD_BUILDID: "7",
    },
    "https://dev.azure.com/acme/Jaffle%20Shop/_build/results?buildId=7",
  ],
  "Jenkins": [{ BUILD_URL: "https://ci.acme.com/job/dbt/7/" }, "https://ci.acme.com/job/dbt/7"],
  "CircleCI": [{ CIRCLE_BUILD_URL: "https://circleci.com/gh/acme/dbt/7" }, "https://circleci.com/gh/acme/dbt/7"],
  "Buildkite": [
    { BUILDKITE_BUILD_URL: "https://buildkite.com/acme/dbt/builds/7" },
    "https://buildkite.com/acme/dbt/builds/7",
  ],
  "Bitbucket": [
    { BITBUCKET_REPO_FULL_NAME: "acme/dbt", BITBUCKET_BUILD_NUMBER: "7" },
    "https://bitbucket.org/acme/dbt/pipelines/results/7",
  ],
};

Deno.test("jobs trigger without a cause names the CI system's run, or itself alone", async () => {
  for (const [name, [env, page]] of Object.entries({ ...ci, "none": [{ GITHUB_SERVER_URL: "x" }, ""] as const })) {
    const { outcomes: [outcome] } = await dbtc({}, [
      "jobs trigger 1 --no-tag --dry-run",
      { env: { ...sandboxEnv, ...env } },
    ]);
    const { cause } = JSON.parse(outcome!.stdout.split("\n\n")[1] ?? "");
    assert.equal(cause, page === "" ? "Triggered by dbtc" : `Triggered by dbtc from ${page}`, name);
  }
});

Deno.test("jobs trigger --key attaches to its run, and says so", async () => {
  const trigger = "jobs trigger 1 --key 'build 1' --cause Deploy";
  const { outcomes: [first, again, after, other], writes } = await dbtc(
    {},
    [`${trigger} --no-wait`],
    [trigger],
    [trigger],
    ["jobs trigger 1 --key 'build 2' --no-wait"],
  );
  const { id } = json(first!);
  assert.deepEqual([again, after].map((outcome) => [outcome!.code, json(outcome!).id]), [[0, id], [0, id]]);
  for (const outcome of [again!, after!]) {
    assert.match(lines(outcome)[0] ?? "", new RegExp(`^Attached to run ${id} of job 1 — Ctrl-C leaves it  http`));
  }
  assert.notEqual(json(other!).id, id);
  assert.equal(writes.length, 2);
});

Deno.test("jobs trigger --reuse-running attaches to the run that does the same", async () => {
  const { outcomes: [first, same, different], writes } = await dbtc(
    {},
    ["jobs trigger 3 --no-wait --git-branch main"],
    ["jobs trigger 3 --no-wait --git-branch main --reuse-running"],
    ["jobs trigger 3 --no-wait --git-branch dev --reuse-running"],
  );
  assert.equal(json(same!).id, json(first!).id);
  assert.notEqual(json(different!).id, json(first!).id);
  assert.equal(writes.length, 2);
});

Deno.test("jobs trigger --no-tag sends the cause as it is, and gives up a lost answer at once", async () => {
  const { outcomes: [outcome], writes } = await dbtc({ faults: lost }, [
    "jobs trigger 1 --no-tag --cause 'Mine [dbtc:x]'",
  ]);
  assert.deepEqual(writes, [{ path: "/api/v2/accounts/1/jobs/1/run/", body: { cause: "Mine [dbtc:x]" } }]);
  assert.equal(outcome!.code, 10);
  assert.match(JSON.parse(lines(outcome!).at(-1) ?? "").error.message, /Nothing marks the run/);
});

Deno.test("jobs trigger whose answer is lost exits 10, and says the tag, where to look and what to type", async () => {
  const { outcomes: [outcome], writes } = await dbtc({ faults: lost }, ["jobs trigger 1 --cause Deploy"]);
  assert.deepEqual([outcome!.code, outcome!.stdout, writes.length], [10, "", 1]);
  const [, tag = ""] = /(\[dbtc:\w+\])/.exec(JSON.stringify(writes[0])) ?? [];
  const { error } = JSON.parse(lines(outcome!).at(-1) ?? "");
  for (const text of [tag, "/deploy/1/projects/1/jobs/1", "dbtc runs list --job-id 1", "dbtc runs wait RUN"]) {
    assert(error.message.includes(text), text);
  }
});

Deno.test("jobs trigger --resend asks a second time, with the same tag", async () => {
  const { outcomes: [outcome], writes } = await dbtc({ faults: [{ ...lost[0]!, times: 1 }] }, [
    "jobs trigger 1 --resend",
  ]);
  assert.deepEqual([outcome!.code, json(outcome!).status_humanized], [0, "Success"]);
  assert.equal(writes.length, 2);
  assert.deepEqual(writes[0], writes[1]);
});

// ---- taking up what failed ------------------------------------------------------------------------------------------

Deno.test("jobs trigger --retries takes up a failed run, also with --no-wait, and ends as the last one", async () => {
  const { outcomes: [outcome], writes } = await dbtc({}, ["jobs trigger 2 --retries 2 --no-wait"]);
  const run = json(outcome!);
  assert.deepEqual([outcome!.code, run.status_humanized], [0, "Success"]);
  assert.deepEqual(writes.map(({ path }) => path), [
    "/api/v2/accounts/1/jobs/2/run/",
    `/api/v2/accounts/1/runs/${run.id - 1}/retry/`,
  ]);
  const first = lines(outcome!).filter((line) => line.includes("Ctrl-C")).map((line) => line.replace(/ {2}http.*/, ""));
  assert.deepEqual(first, [
    `Run ${run.id - 1} of job 2 — Ctrl-C cancels it`,
    `Run ${run.id} of job 2 retries run ${run.id - 1} — Ctrl-C cancels it`,
  ]);
});

Deno.test("runs retry takes up the newest run of its job where it failed, and waits", async () => {
  const { outcomes: [failed] } = await dbtc({}, ["jobs trigger 2"]);
  const { id } = json(failed!);
  const { outcomes: [, again, older, none], writes } = await dbtc(
    {},
    ["jobs trigger 2"],
    [`runs retry ${id}`],
    [`runs retry ${id} --no-wait`, terminal],
    ["runs retry 99"],
  );
  assert.deepEqual([again!.code, json(again!).retrying_run_id, json(again!).status_humanized], [0, id, "Success"]);
  assert.match(lines(again!)[0] ?? "", new RegExp(`^Run ${id + 1} of job 2 retries run ${id} — Ctrl-C cancels it`));
  assert.equal(older!.code, 2);
  assert.equal(
    older!.stderr,
    `dbtc: runs retry: run ${id} cannot be retried: it is not the newest run of its job, which is ${id + 1}. ` +
      '"dbtc jobs rerun 2 --or-run" starts an ordinary run.\n',
  );
  assert.equal(none!.code, 3);
  assert.equal(writes.length, 2);
});

Deno.test("jobs rerun takes up the newest run that failed, refuses another, and starts one with --or-run", async () => {
  const { outcomes: [refused, ordinary, failed, again], writes } = await dbtc(
    {},
    ["jobs rerun 1", terminal],
    ["jobs trigger-from-failure 1 --or-run --no-wait"],
    ["jobs trigger 2"],
    ["jobs rerun 2 --no-wait"],
  );
  assert.equal(refused!.code, 2);
  assert.match(
    refused!.stderr,
    /^dbtc: jobs rerun: run \d+, the newest of job 1, cannot be retried: it did not fail\. "dbtc jobs rerun 1 --or-run" starts an ordinary run\.$/m,
  );
  assert.deepEqual([ordinary!.code, json(ordinary!).retrying_run_id], [0, null]);
  assert.deepEqual([again!.code, json(again!).retrying_run_id], [0, json(failed!).id]);
  assert.equal(writes.length, 3);
});

// ---- waiting --------------------------------------------------------------------------------------------------------

Deno.test("runs wait ends as the run does, prints it, and says why it failed", async () => {
  for (const [job, code, status] of [[1, 0, "Success"], [2, 1, "Error"]] as const) {
    // In its own time: the files that say why it failed are read as they come.
    const writes = await Effect.runPromise(
      Effect.gen(function* () {
        const { id } = json(yield* command(["jobs", "trigger", String(job), "--no-wait"]));
        for (const argv of [[String(id)], ["--run-id", String(id)]]) {
          const outcome = yield* command(["runs", "wait", ...argv, "--poll-interval", "0.1"]);
          assert.deepEqual([outcome.code, json(outcome).id, json(outcome).status_humanized], [code, id, status]);
          const attached = `^Attached to run ${id} of job ${job} — Ctrl-C leaves it  http`;
          assert.match(lines(outcome)[0] ?? "", new RegExp(attached));
          assert.equal(outcome.stderr.includes("model.jaffle_shop.customers"), code === 1);
        }
        const sent = yield* Effect.flatMap(sandbox.Sandbox, ({ requests }) => requests);
        return sent.filter(({ verb }) => verb !== "GET");
      }).pipe(Effect.provide(sandbox.layer({ speed: 300 }))),
    );
    assert.equal(writes.length, 1);
  }
});

Deno.test("runs wait exits 6 after its timeout, 3 for no run, and 2 without one", async () => {
  const { outcomes: [started] } = await dbtc({}, ["jobs trigger 3 --no-wait"]);
  const { id } = json(started!);
  const { outcomes: [, late, none, nothing, dry], writes } = await dbtc(
    {},
    ["jobs trigger 3 --no-wait"],
    [`runs wait ${id} --timeout 30`],
    ["runs wait 5"],
    ["runs wait"],
    ["runs wait 5 --dry-run"],
  );
  assert.deepEqual([late!.code, none!.code, nothing!.code, dry!.code], [6, 3, 2, 2]);
  assert.equal(json(late!).status_humanized, "Running");
  assert.equal(lines(late!).at(-2), `Run ${id} continues: dbtc runs wait ${id}`);
  assert.equal(JSON.parse(lines(late!).at(-1) ?? "").error.run_id, id);
  assert.equal(writes.length, 1);
});

Deno.test("runs wait does not say that a run goes on where its last poll failed", async () => {
  const outcome = await succeeds(
    Effect.gen(function* () {
      const { id } = JSON.parse((yield* command(words("jobs trigger 1 --no-wait"))).stdout);
      const { inject } = yield* sandbox.Sandbox;
      yield* inject({ fault: "server-error", route: `GET */runs/${id}/`, times: 1000 });
      return yield* command(["runs", "wait", String(id), "--timeout", "30s"]);
    }).pipe(Effect.provide(sandbox.layer({}))),
  );
  assert.equal(outcome.code, 7);
  assert.doesNotMatch(outcome.stderr, /goes on/);
});

Deno.test("jobs trigger --no-wait says how to wait: on a terminal, and beside JSON in a pipe", async () => {
  const { outcomes: [line, whole, some] } = await dbtc(
    {},
    ["jobs trigger 1 --no-wait", terminal],
    ["jobs trigger 1 --no-wait"],
    ["jobs trigger 1 --no-wait --fields id", terminal],
  );
  const { id } = json(whole!);
  assert.deepEqual([line!.code, line!.stderr], [0, ""]);
  assert.match(
    line!.stdout,
    new RegExp(`^Run ${id - 1} of job 1: Queued. To wait for it: dbtc runs wait ${id - 1}  http\\S+\n$`),
  );
  assert.match(
    whole!.stderr,
    new RegExp(`^Run ${id} of job 1: Queued. To wait for it: dbtc runs wait ${id}  http\\S+\n$`),
  );
  assert.match(some!.stdout, new RegExp(`${id + 1}`));
});

// ---- interrupts -----------------------------------------------------------------------------------------------------

for (
  const [name, argv, options, env, expected] of [
    ["cancels it", "", {}, {}, [/ — Ctrl-C cancels it /, "Cancelled", /^Run \d+ was cancelled$/]],
    ["leaves it if told so", "--on-interrupt leave", {}, {}, [
      / — Ctrl-C leaves it /,
      "Running",
      /^Run (\d+) continues: dbtc runs wait \1$/,
    ]],
    ["leaves it if the environment says so", "", {}, { DBTC_ON_INTERRUPT: "leave" }, [
      / — Ctrl-C leaves it /,
      "Running",
      /^Run (\d+) continues: dbtc runs wait \1$/,
    ]],
    ["cancels it if a flag says so", "--on-interrupt cancel", {}, { DBTC_ON_INTERRUPT: "leave" }, [
      / — Ctrl-C cancels it /,
      "Cancelled",
      /^Run \d+ was cancelled$/,
    ]],
    ["says that it was asked to stop", "", { faults: [{ fault: "slow-cancel" }] }, {}, [
      / — Ctrl-C cancels it /,
      "Running",
      /^Run (\d+) is being cancelled: dbtc runs wait \1$/,
    ]],
    [
      "says that it was asked to stop where the answer to that cannot be read",
      "",
      {
        faults: [{ fault: "invalid-json", route: "POST */cancel/" }, { fault: "slow-cancel" }],
      },
      {},
      [/ — Ctrl-C cancels it /, "Running", /^Run (\d+) is being cancelled: dbtc runs wait \1$/],
    ],
    ["says that it goes on where it was not cancelled", "", { faults: [{ fault: "cancel-refused" }] }, {}, [
      / — Ctrl-C cancels it /,
      "Running",
      /^Run (\d+) continues: dbtc runs wait \1$/,
    ]],
    ["names the account, where it was named", "--account-id 1 --on-interrupt leave", {}, {}, [
      / — Ctrl-C leaves it /,
      "Running",
      /^Run (\d+) continues: dbtc runs wait \1 --account-id 1$/,
    ]],
  ] as const satisfies ReadonlyArray<
    readonly [string, string, sandbox.Options, Record<string, string>, readonly [RegExp, string, RegExp]]
  >
) {
  Deno.test(`jobs trigger that is interrupted ${name}, and says so last`, async () => {
    const [first, status, last] = expected;
    const outcome = await cut(`jobs trigger 3 ${argv}`, 20, options, { ...sandboxEnv, ...env });
    assert.equal(outcome.code, 130);
    assert.match(lines(outcome)[0] ?? "", first);
    assert.equal(json(outcome).status_humanized, status);
    assert.match(lines(outcome).at(-1) ?? "", last);
    // What would have been said had it been made to end at once.
    assert.match(outcome.last ?? "", /^Run (\d+) continues: dbtc runs wait \1/);
  });
}

Deno.test("jobs trigger that is interrupted on a terminal leaves no spinner behind", async () => {
  const cancelled = interrupt(command(words("jobs trigger 3"), terminal), 40);
  const { stderr } = await succeeds(Effect.provide(cancelled, sandbox.layer()));
  // deno-lint-ignore no-control-regex -- it is what erases a line
  assert.match(stderr, /\r\u001b\[2KRun \d+ was cancelled\n$/);
});

Deno.test("jobs trigger that is interrupted while it asks prints the run that came of it", async () => {
  const slow: sandbox.Options = { faults: [{ fault: "slow", route: "POST */run/" }] };
  for (const [argv, status] of [["", "Cancelled"], ["--no-wait", "Queued"]] as const) {
    const outcome = await cut(`jobs trigger 3 ${argv}`, 2, slow);
    assert.deepEqual([outcome.code, json(outcome).status_humanized], [130, status]);
    assert.match(
      outcome.last ?? "",
      /^A run with trigger\.cause \[dbtc:\w+\] may have been started: dbtc runs list --job-id 3 /,
    );
  }
});

Deno.test("jobs trigger that is interrupted before it asks leaves nothing to say", async () => {
  const outcome = await cut("jobs trigger 3", 2, { faults: [{ fault: "slow" }] });
  assert.deepEqual([outcome.code, outcome.stdout, outcome.stderr, outcome.last], [130, "", "", undefined]);
});

Deno.test("runs wait that is interrupted leaves the run", async () => {
  const outcome = await Effect.runPromise(
    Effect.gen(function* () {
      const { id } = json(yield* command(["jobs", "trigger", "3", "--no-wait"]));
      return yield* interrupt(command(["runs", "wait", String(id)]), 0.5);
    }).pipe(Effect.provide(sandbox.layer({ speed: 20 }))),
  );
  const { id, status_humanized } = json(outcome);
  assert.deepEqual([outcome.code, outcome.last], [130, `Run ${id} continues: dbtc runs wait ${id}`]);
  assert.match(status_humanized, /^(Queued|Starting|Running)$/);
  assert.equal(lines(outcome).at(-1), outcome.last);
});

Deno.test("jobs trigger leaves a run after --timeout, and cancels it with --on-timeout cancel", async () => {
  const { outcomes: [left, cancelled], writes } = await dbtc(
    {},
    ["jobs trigger 3 --timeout 30"],
    ["jobs trigger 3 --timeout 30 --on-timeout cancel"],
  );
  assert.deepEqual([left!, cancelled!].map((outcome) => [outcome.code, json(outcome).status_humanized]), [
    [6, "Running"],
    [6, "Cancelled"],
  ]);
  assert.deepEqual(writes.map(({ path }) => path.split("/").at(-2)), ["run", "run", "cancel"]);
});

// ---- the file with the run's id -------------------------------------------------------------------------------------

Deno.test("--run-id-file holds the run's id as soon as it is known", async () => {
  const directory = await Deno.makeTempDir();
  const file = `${directory}/run`;
  const options = { speed: 600 };
  const run = (...argv: ReadonlyArray<string>) =>
    Effect.runPromise(command([...argv, "--run-id-file", file]).pipe(Effect.provide(sandbox.layer(options))));
  for (const argv of [["jobs", "trigger", "1", "--no-wait"], ["jobs", "trigger", "1", "--poll-interval", "0.1"]]) {
    const outcome = await run(...argv);
    assert.equal(outcome.code, 0, outcome.stderr);
    assert.equal(await Deno.readTextFile(file), `${json(outcome).id}\n`);
  }
  // What fails before there is a run leaves no other run's id.
  assert.equal((await run("jobs", "trigger", "99")).code, 3);
  assert.deepEqual([...Deno.readDirSync(directory)], []);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("--run-id-file that cannot be written is refused before anything is sent", async () => {
  const directory = await Deno.makeTempDir();
  await Effect.runPromise(
    Effect.gen(function* () {
      for (const file of ["/dev/null/run", directory, "-", ""]) {
        const { code, stderr } = yield* command(["jobs", "trigger", "1", `--run-id-file=${file}`], terminal);
        assert.deepEqual([code, stderr.startsWith("dbtc: ")], [2, true], stderr);
      }
      assert.deepEqual(yield* Effect.flatMap(sandbox.Sandbox, ({ requests }) => requests), []);
    }).pipe(Effect.provide(sandbox.layer())),
  );
  await Deno.remove(directory);
});

// ---- mistakes -------------------------------------------------------------------------------------------------------

Deno.test("flags that make no sense exit 2, and send nothing", async () => {
  const mistakes: ReadonlyArray<readonly [string, RegExp]> = [
    ["jobs trigger 1 --on-interrupt stop", /--on-interrupt: "stop" is not cancel\|leave/],
    ["jobs trigger 1 --on-timeout stop", /--on-timeout: "stop" is not leave\|cancel/],
    ["jobs trigger 1 --retries many", /--retries: "many" is not a number of retries/],
    ["jobs trigger 1 --retries -1", /--retries: "-1" is not a number of retries/],
    ["jobs trigger 1 --timeout 0", /--timeout: "0" is not a time/],
    ["jobs trigger 1 --key ''", /the key is empty/],
    ["jobs trigger 1 --no-tag --key k", /without a tag, a key could find no run/],
    ["jobs trigger 1 --no-tag --resend", /without a tag, resend could find no run/],
  ];
  const { outcomes, writes } = await dbtc({}, ...mistakes.map(([argv]): Line => [argv, terminal]));
  for (const [index, [argv, says]] of mistakes.entries()) {
    assert.equal(outcomes[index]!.code, 2, argv);
    assert.match(outcomes[index]!.stderr, says);
  }
  assert.deepEqual(writes, []);
  const env = { ...sandboxEnv, DBTC_ON_INTERRUPT: "stop" };
  const { outcomes: [outcome] } = await dbtc({}, ["jobs trigger 1", { env, terminal: true }]);
  assert.match(outcome!.stderr, /DBTC_ON_INTERRUPT: "stop" is not cancel\|leave/);
});
