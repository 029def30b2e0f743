/**
 * CI runs of several pull requests at the same time, against the sandbox and what it can do wrong.
 *
 * @module
 */
import * as Arbitrary from "effect/Arbitrary";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Logger from "effect/Logger";
import * as Option from "effect/Option";
import * as Random from "effect/Random";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as TestClock from "effect/testing/TestClock";
import assert from "node:assert/strict";
import {
  type AutoscaleEvent,
  type AutoscaleOptions,
  DbtClient,
  type DbtError,
  jobs,
  runs,
  triggerAutoscalingCi,
} from "../../mod.ts";
import { ExitNotice } from "../../lib/cli/output/exit_notice.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { command, sandboxEnv, type Surroundings } from "../support/command.ts";
import { virtually } from "../support/fixtures.ts";
import { check, integer, oneOf } from "../support/property.ts";

// ---- what there is --------------------------------------------------------------------------------------------------

/** What is there before: jobs 4 and 5 of project 1, job 6 of project 2; the next job is the clone, 7. */
interface Before {
  /** The job of each run in flight, and what triggered it. */
  readonly runs?: ReadonlyArray<readonly [job_id: number, trigger?: Partial<jobs.Trigger>]>;
  /** How many run slots the account has; 5 when absent. */
  readonly slots?: number | null;
  /** What goes wrong from then on. */
  readonly faults?: ReadonlyArray<sandbox.Fault>;
  /** What goes wrong two seconds after it began. */
  readonly later?: ReadonlyArray<sandbox.Fault>;
  /** The token. */
  readonly token?: string;
  /** Seconds until somebody else cancels the new run. */
  readonly cancels?: number;
  /** Seconds until it is interrupted. */
  readonly cut?: number;
  /** The name of job 4. */
  readonly name?: string;
  /** Milliseconds that each answer takes. */
  readonly latency?: number;
  /** What chance is made of. */
  readonly chance?: string;
}

const ci = {
  account_id: 1,
  execute_steps: ["dbt build --select state:modified+"],
  dbt_version: null,
  description: "Builds what a pull request changes",
  generate_docs: true,
  run_lint: true,
  errors_on_lint_failure: false,
  settings: { threads: 4, target_name: "ci" },
  execution: { timeout_seconds: 900 },
  triggers: {
    github_webhook: true,
    git_provider_webhook: true,
    schedule: true,
    on_merge: true,
    custom_branch_only: true,
  },
  triggers_on_draft_pr: true,
  job_completion_trigger_condition: { condition: { job_id: 5, project_id: 1, statuses: [10] } },
  schedule: { cron: "0 6 * * *", date: { type: "every_day" }, time: { type: "at_exact_hours", hours: [6] } },
};

function seed(run_slots: number | null, name = "CI"): sandbox.Options["seed"] & object {
  return {
    accounts: [{ id: 1, name: "Jaffles", run_slots }],
    projects: [{ id: 1, account_id: 1, name: "one" }, { id: 2, account_id: 1, name: "two" }],
    environments: [
      { id: 1, account_id: 1, project_id: 1, name: "one" },
      { id: 2, account_id: 1, project_id: 2, name: "two" },
    ],
    jobs: [
      { ...ci, id: 4, project_id: 1, environment_id: 1, name, job_type: "ci", deferring_environment_id: 1 },
      { ...ci, id: 5, project_id: 1, environment_id: 1, name: "Another", job_type: "ci" },
      { ...ci, id: 6, project_id: 2, environment_id: 2, name: "CI", job_type: "ci" },
    ],
  };
}

/** What came of it. */
interface After {
  /** How it ended. */
  readonly exit: Exit.Exit<runs.Run, DbtError>;
  /** The requests; looks at a run are left out. `R1` is the first run before, `N` the new one. */
  readonly asked: ReadonlyArray<string>;
  /** The bodies that start a run, or make a job. */
  readonly bodies: ReadonlyArray<unknown>;
  /** Which of the runs before were cancelled, from 1. */
  readonly cancelled: ReadonlyArray<number>;
  /** The new runs, oldest first. */
  readonly made: ReadonlyArray<runs.Run>;
  /** The clones that are left. */
  readonly clones: ReadonlyArray<jobs.Job>;
  /** The events, and the warnings. */
  readonly said: ReadonlyArray<string>;
  /** Seconds that it took. */
  readonly seconds: number;
}

const asked = {
  job_id: 4,
  cause: "Commit 981c5cf",
  github_pull_request_id: 7,
  git_sha: "981c5cf",
  schema_override: "pr_7",
};
const pr7 = { github_pull_request_id: 7 };
const pr8 = { github_pull_request_id: 8 };

/** Starts a CI run where this was before. */
async function autoscale(
  request: jobs.TriggerAutoscalingCi,
  {
    cancels,
    chance = "autoscale",
    cut,
    faults = [],
    later = [],
    latency = 0,
    name,
    runs: earlier = [],
    slots = 5,
    token = "sandbox",
  }: Before = {},
  options: AutoscaleOptions = {},
): Promise<After> {
  const said: Array<string> = [];
  const onEvent = (event: AutoscaleEvent) =>
    Effect.sync(() =>
      void said.push(`${event._tag} ${"run" in event ? event.run.id : "job" in event ? event.job.id : ""}`)
    );
  const session = (token: string) =>
    DbtClient.layer({ token: Redacted.make(token), account_id: 1, host: "http://127.0.0.1" });
  const program = Effect.gen(function* () {
    const { heal, inject, requests } = yield* sandbox.Sandbox;
    const before = yield* Effect.forEach(
      earlier,
      ([job_id, trigger]) => jobs.trigger({ job_id, cause: "Before", ...trigger }),
    );
    yield* Effect.sleep("8 seconds");
    yield* Effect.forEach(faults, inject);
    const { length } = yield* requests;
    const begun = yield* Effect.clockWith((clock) => clock.currentTimeMillis);
    const fiber = yield* Effect.forkChild(
      triggerAutoscalingCi(request, { onEvent, ...options }).pipe(Effect.provide(session(token))),
    );
    if (later.length > 0) {
      yield* Effect.sleep("2 seconds");
      yield* Effect.forEach(later, inject);
    }
    if (cancels !== undefined) {
      yield* Effect.sleep(cancels * 1000);
      yield* Effect.flatMap(runs.getMostRecent({}), ({ id }) => runs.cancel({ run_id: id }));
    }
    if (cut !== undefined) {
      yield* Effect.sleep(cut * 1000);
      yield* Fiber.interrupt(fiber);
    }
    const exit = yield* Fiber.await(fiber);
    const seconds = ((yield* Effect.clockWith((clock) => clock.currentTimeMillis)) - begun) / 1000;
    const sent = (yield* requests).slice(length);
    yield* heal;
    // What is late has come by then, and what was asked to stop has stopped.
    yield* Effect.sleep("5 minutes");
    const { data: made } = yield* runs.list({ id__gt: before.at(-1)?.id ?? 0, include_related: ["trigger"] });
    const { data: clones } = yield* jobs.list({ name__icontains: "[dbtc clone of job 4: " });
    const now = yield* Effect.forEach(before, ({ id }) => runs.get({ run_id: id }));
    const names = new Map([
      ...before.map(({ id }, nth) => [id, `R${nth + 1}`] as const),
      ...made.map(({ id }) => [id, "N"] as const),
    ]);
    return {
      exit,
      asked: sent.map(({ path, query, verb }) => {
        const about = query.flatMap(([name, value]) =>
          /^(job_definition_id|project_id|status__in)$/.test(name) ? [` ${name}=${value}`] : []
        );
        const short = path.replace("/api/v2/accounts/1/", "").replace(/\/$/, "").replace(
          /\d{14}/,
          (id) => names.get(Number(id)) ?? id,
        );
        return `${verb} ${short || "account"}${about.join("")}`;
      }).filter((line) => !/^GET runs\/\w+$/.test(line)),
      bodies: sent.flatMap(({ body, path }) => /\/(run|jobs)\/$/.test(path) && body !== null ? [body] : []),
      cancelled: now.flatMap(({ status }, nth) => status === 30 ? [nth + 1] : []),
      made,
      clones,
      said: said.map((line) => line.replaceAll(/\d{14}/g, (id) => names.get(Number(id)) ?? id)),
      seconds,
    };
  });
  const { result } = await virtually(program.pipe(
    Effect.provide(session("sandbox")),
    Effect.provide(sandbox.layer({ runs: 0, latency, seed: seed(slots, name) })),
    Random.withSeed(chance),
    Effect.provide(Logger.layer([Logger.make(({ message }) => void said.push(String(message)))])),
  ));
  return Result.getOrThrow(result);
}

/** Why it failed. */
function reasonOf({ exit }: After): DbtError["reason"] {
  return Option.getOrThrow(Exit.findErrorOption(exit)).reason;
}

// ---- each case ------------------------------------------------------------------------------------------------------

const begin = ["GET jobs/4", "GET runs status__in=[1,2,3]"];
const start = (job: number) => [`GET runs job_definition_id=${job}`, `POST jobs/${job}/run`];
const supersede = "GET runs project_id=1 status__in=[1,2,3]";
const onJob = [...begin, ...start(4), supersede];
const queued = [...begin, "GET account", ...start(4), supersede];
const onClone = [...begin, "GET account", "POST jobs", ...start(7), supersede, "DELETE jobs/7"];
const cancelling = (all: ReadonlyArray<string>, ...nths: ReadonlyArray<number>) =>
  all.flatMap((line) => line === supersede ? [line, ...nths.map((nth) => `POST runs/R${nth}/cancel`)] : [line]);
const kept = onClone.slice(0, -1);

const cases: Readonly<
  Record<
    string,
    readonly [
      before: Before,
      requests: ReadonlyArray<string>,
      request?: Partial<jobs.TriggerAutoscalingCi>,
      options?: AutoscaleOptions,
    ]
  >
> = {
  "nothing is in flight": [{}, onJob],
  "the same pull request is on the job": [{ runs: [[4, pr7]] }, cancelling(onJob, 1)],
  "it is on a clone, and the job is idle": [{ runs: [[5, pr7]] }, cancelling(onJob, 1)],
  "it is in flight several times": [{ runs: [[4, pr7], [5, pr7], [4, pr7]] }, cancelling(onJob, 1, 2, 3)],
  "another one is on the job, and slots are free": [{ runs: [[4, pr8]] }, onClone],
  "the same, and the clone is to be kept": [{ runs: [[4, pr8]] }, kept, { delete_cloned_job: false }],
  "the same, and nobody waits": [{ runs: [[4, pr8]] }, kept, { delete_cloned_job: false }, { wait: false }],
  "the same, nobody waits, and the clone is to be deleted": [{ runs: [[4, pr8]] }, onClone, {}, { wait: false }],
  "another one is on another job": [{ runs: [[5, pr8]] }, onJob],
  "another one is on the job, and slots are full": [{ runs: [[4, pr8], [5], [6]], slots: 3 }, queued],
  "another one is on the job, and max_run_slots is reached": [{ runs: [[4, pr8], [5]] }, queued, { max_run_slots: 2 }],
  "another one is on the job, and max_run_slots is not": [{ runs: [[4, pr8], [5]] }, onClone, { max_run_slots: 3 }],
  "max_run_slots is more than the account has": [{ runs: [[4, pr8], [5]], slots: 2 }, queued, { max_run_slots: 99 }],
  "the account has fewer slots than runs": [{ runs: [[4, pr8], [5], [6]], slots: 1 }, queued],
  "the account does not say how many slots it has": [{ runs: [[4, pr8]], slots: null }, queued],
  "the same, but max_run_slots does": [{ runs: [[4, pr8]], slots: null }, onClone, { max_run_slots: 2 }],
  "what is superseded leaves a slot": [{ runs: [[4, pr8], [4, pr7]], slots: 2 }, cancelling(onClone, 2)],
  "it is on a clone, and another one on the job": [{ runs: [[5, pr7], [4, pr8]] }, cancelling(onClone, 1)],
  "no pull request is named, and the job is busy": [{ runs: [[4, pr7]] }, onClone, { github_pull_request_id: null }],
  "no pull request is named, and the job is idle": [{ runs: [[5, pr7]] }, onJob, { github_pull_request_id: null }],
  "the job is busy without a pull request": [{ runs: [[4]] }, onClone],
  "the same number is in another project": [{ runs: [[6, pr7]] }, onJob],
  "the same number is in another project, which takes a slot": [{ runs: [[6, pr7], [4, pr8]], slots: 2 }, queued],
  "the same number is at another git provider": [{ runs: [[5, { gitlab_merge_request_id: 7 }]] }, onJob],
  // A CI system hands texts over.
  "the number is a text": [{ runs: [[4, pr7]] }, cancelling(onJob, 1), {
    github_pull_request_id: "7" as unknown as number,
  }],
  "it is a merge request of GitLab": [{ runs: [[4, { gitlab_merge_request_id: 7 }]] }, cancelling(onJob, 1), {
    github_pull_request_id: null,
    gitlab_merge_request_id: 7,
  }],
  "it is a pull request in Azure DevOps": [{ runs: [[4, { azure_pull_request_id: 7 }]] }, cancelling(onJob, 1), {
    github_pull_request_id: null,
    azure_pull_request_id: 7,
  }],
  "it is a pull request elsewhere": [{ runs: [[4, { non_native_pull_request_id: 7 }]] }, cancelling(onJob, 1), {
    github_pull_request_id: null,
    non_native_pull_request_id: 7,
  }],
  "what triggered the runs is not said": [
    { runs: [[4, pr7]], faults: [{ fault: "null-fields", route: "GET */runs/" }] },
    onJob,
  ],
  "nobody waits": [{ runs: [[4, pr7]] }, cancelling(onJob, 1), {}, { wait: false }],
};

for (const [name, [before, requests, request, options]] of Object.entries(cases)) {
  Deno.test(`triggerAutoscalingCi() sends what it should where ${name}`, async () => {
    const after = await autoscale({ ...asked, ...request }, before, options);
    assert.deepEqual(after.asked, requests);
    assert(Exit.isSuccess(after.exit));
    const clones = requests.includes("POST jobs");
    const deletes = requests.includes("DELETE jobs/7");
    assert.equal(after.exit.value.job_definition_id, clones ? 7 : 4);
    assert.equal(after.exit.value.status, options?.wait === false && !deletes ? 1 : 10);
    const superseded = requests.flatMap((line) => /R(\d)\/cancel/.exec(line)?.[1] ?? []).map(Number);
    assert.deepEqual(after.cancelled, superseded);
    assert.deepEqual(after.clones.map(({ id }) => id), clones && !deletes ? [7] : []);
    assert.deepEqual(
      after.said.filter((line) => /^(Cloned|Triggered|Superseding) /.test(line)).toSorted(),
      [...clones ? ["Cloned 7"] : [], ...superseded.map((nth) => `Superseding R${nth}`), "Triggered N"],
    );
  });
}

Deno.test("triggerAutoscalingCi() sees more runs in flight than one page has", async () => {
  const runs = Array.from({ length: 130 }, (_, nth) => [5, nth === 120 ? pr7 : pr8] as const);
  const after = await autoscale({ ...asked, job_id: 5 }, { runs: [...runs, [5, pr8]], slots: 200 });
  assert.deepEqual(after.cancelled, [121]);
  assert.equal(after.said.filter((line) => line === "Cloned 7").length, 1);
  const full = await autoscale({ ...asked, job_id: 5 }, { runs, slots: 129 });
  assert(!full.asked.includes("POST jobs"));
});

// ---- the clone ------------------------------------------------------------------------------------------------------

Deno.test("triggerAutoscalingCi() clones all that a job is, but what would start it, and what only dbt Cloud writes", async () => {
  const { bodies: [created, triggered], made } = await autoscale(asked, { runs: [[4, pr8]] });
  const { name, ...rest } = created as jobs.Create;
  assert.match(name, /^CI \[dbtc clone of job 4: [0-9a-z]{10}\]$/);
  const { schedule, ...whole } = ci;
  const expected = {
    ...whole,
    project_id: 1,
    environment_id: 1,
    job_type: "ci",
    deferring_environment_id: 1,
    job_completion_trigger_condition: null,
    triggers_on_draft_pr: false,
    // dbt Cloud refuses `custom_branch_only`: https://github.com/dbt-labs/dbt-jobs-as-code/issues/91
    triggers: { github_webhook: false, git_provider_webhook: false, schedule: false, on_merge: false },
  };
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, Object(rest)[name]])), expected);
  assert(schedule !== undefined && !("schedule" in rest));
  assert.deepEqual(Object.keys(rest).filter((name) => !Object.hasOwn(jobs.create.request, name)), []);
  const { cause, ...overrides } = triggered as jobs.Trigger;
  assert.match(cause, /^Commit 981c5cf \[dbtc:\w+\]$/);
  assert.deepEqual(overrides, { github_pull_request_id: 7, git_sha: "981c5cf", schema_override: "pr_7" });
  assert.equal(made[0]?.trigger?.schema_override, "pr_7");
});

Deno.test("triggerAutoscalingCi() cuts a long name, never its mark", async () => {
  const long = "x".repeat(400);
  const { bodies: [created] } = await autoscale(asked, { runs: [[4, pr8]], name: long });
  const { name } = created as jobs.Create;
  assert.equal(name.length, 255);
  assert.match(name, /^x+ \[dbtc clone of job 4: [0-9a-z]{10}\]$/);
});

// ---- mistakes -------------------------------------------------------------------------------------------------------

const mistakes: Readonly<Record<string, readonly [Partial<jobs.TriggerAutoscalingCi>, RegExp]>> = {
  "max_run_slots is 0": [{ max_run_slots: 0 }, /max_run_slots is 0, and has to be 1 at least/],
  "max_run_slots is negative": [{ max_run_slots: -1 }, /max_run_slots is -1/],
  "max_run_slots is no whole number": [{ max_run_slots: 1.5 }, /max_run_slots is 1\.5/],
  "two pull requests are named": [{ gitlab_merge_request_id: 7 }, /github_pull_request_id and gitlab_merge_request_id/],
  "the pull request is no number": [
    { github_pull_request_id: NaN },
    /"NaN", which is not the number of a pull request/,
  ],
  "an override is not what it should be": [{ threads_override: 0.5 }, /threads_override is not what it should be/],
};

for (const [name, [request, says]] of Object.entries(mistakes)) {
  Deno.test(`triggerAutoscalingCi() sends nothing where ${name}`, async () => {
    const after = await autoscale({ ...asked, ...request }, { runs: [[4, pr7]] });
    const error = Option.getOrThrow(Exit.findErrorOption(after.exit));
    assert.equal(error.reason._tag, "Unsendable");
    assert.match(error.message, says);
    assert.match(error.message, /^jobs\.triggerAutoscalingCi: /);
    assert.deepEqual(after.asked, []);
  });
}

// ---- what goes wrong ------------------------------------------------------------------------------------------------

/** What is expected where something goes wrong. */
interface Expected {
  /** Why it fails; nothing where it succeeds. */
  readonly reason?: DbtError["reason"]["_tag"];
  /** Which runs before are cancelled. */
  readonly cancelled?: ReadonlyArray<number>;
  /** The statuses of the new runs. */
  readonly made?: ReadonlyArray<number>;
  /** Whether the clone is left. */
  readonly left?: boolean;
  /** What is said. */
  readonly says?: RegExp;
  /** How it is waited. */
  readonly options?: AutoscaleOptions;
}

const busy: Before["runs"] = [[4, pr8], [5, pr7]];
const clone = "POST */jobs/";
const run = "POST */jobs/7/run/";

const slowAndLost: ReadonlyArray<sandbox.Fault> = [
  { fault: "slow", route: run },
  { fault: "accepted-then-lost", route: run },
];

const troubles: Readonly<Record<string, readonly [faults: ReadonlyArray<sandbox.Fault>, Expected, before?: Before]>> = {
  "the runs cannot be listed": [[{ fault: "token-revoked", route: "GET */runs/" }], { reason: "Unauthorized" }],
  "the job is not there": [[{ fault: "token-revoked", route: "GET */jobs/4/" }], { reason: "Unauthorized" }],
  "the account cannot be read": [[{ fault: "token-revoked", route: "GET */accounts/1/" }], { reason: "Unauthorized" }],
  "the token may not clone": [[], { reason: "NotFound" }, { token: "sandbox-runner" }],
  "the clone is refused": [[{ fault: "token-revoked", route: clone }], { reason: "Unauthorized" }],
  "the clone's answer is lost": [[{ fault: "accepted-then-lost", route: clone }], { made: [10], cancelled: [2] }],
  "the clone's answer is empty": [[{ fault: "empty-body", route: clone }], { made: [10], cancelled: [2] }],
  "the clone comes late": [[{ fault: "late-accept", route: clone }], { made: [10], cancelled: [2] }],
  "the clone's request is lost": [[{ fault: "reset", route: clone }], { reason: "Ambiguous" }],
  "the clone is made once the rate is low enough": [[{ fault: "rate-limit", route: clone, times: 4 }], {
    made: [10],
    cancelled: [2],
  }],
  "the run is refused": [[{ fault: "token-revoked", route: run }], { reason: "Unauthorized" }],
  "the run is refused, and the clone was to be kept": [[{ fault: "token-revoked", route: run }], {
    reason: "Unauthorized",
    options: { wait: false },
  }],
  "the run's answer is lost": [[{ fault: "accepted-then-lost", route: run }], { made: [10], cancelled: [2] }],
  "the run's request is lost": [[{ fault: "reset", route: run }], { reason: "Ambiguous" }],
  "the run comes after nobody looks for it any more": [[{ fault: "late-accept", route: run, seconds: 200 }], {
    reason: "Ambiguous",
  }],
  "the run's answer is lost, and no list shows it until the clone is to be deleted": [
    [...slowAndLost, { fault: "stuck-queued", route: run }],
    { reason: "Ambiguous", made: [30], says: /^Run N of the clone was cancelled$/ },
    { later: [{ fault: "hidden-in-list", route: "GET */runs/", seconds: 68 }] },
  ],
  "the same, and the run has ended by then": [
    slowAndLost,
    { reason: "Ambiguous", made: [10], says: /^Run N of the clone was found after all, and had ended: Success$/ },
    { later: [{ fault: "hidden-in-list", route: "GET */runs/", seconds: 68 }] },
  ],
  "the run's answer is lost, and no list can be read": [
    slowAndLost,
    {
      reason: "Ambiguous",
      made: [10],
      left: true,
      says: /Whether a run of it goes on could not be found out\. To delete/,
    },
    { later: [{ fault: "server-error", route: "GET */runs/" }] },
  ],
  "the run cannot be watched": [[{ fault: "token-revoked", route: "GET */runs/7*" }], {
    reason: "Unauthorized",
    made: [30],
    cancelled: [2],
    says: /^Run N of the clone was cancelled$/,
  }],
  "looking at the run fails for long": [[{ fault: "server-error", route: "GET */runs/7*" }], {
    reason: "ServerFault",
    made: [10],
    cancelled: [2],
  }],
  "older runs cannot be cancelled": [[{ fault: "cancel-refused" }], {
    made: [10],
    says: /^Run R2 of the same pull request is not over: .*could not be cancelled/,
  }],
  "the run takes too long": [[], {
    reason: "WaitTimedOut",
    made: [30],
    cancelled: [2],
    options: { timeout: "20 seconds" },
  }],
  "the run takes too long, and does not stop": [[{ fault: "slow-cancel" }], {
    reason: "WaitTimedOut",
    made: [10],
    says: /^Run N of the clone, which is deleted, may go on$/,
    options: { timeout: "20 seconds" },
  }],
  "the delete's answer is lost": [[{ fault: "accepted-then-lost", route: "DELETE *", times: 1 }], {
    made: [10],
    cancelled: [2],
  }],
  "the delete is lost twice": [[{ fault: "reset", route: "DELETE *", times: 2 }], { made: [10], cancelled: [2] }],
  "the delete is refused": [[{ fault: "token-revoked", route: "DELETE *" }], {
    made: [10],
    cancelled: [2],
    left: true,
    says:
      /^The clone of job 4 is left: job 7, "CI \[dbtc clone of job 4: \w{10}\]"\. .* To delete it: dbtc jobs delete 7$/,
  }],
};

for (const [name, [faults, expected, before]] of Object.entries(troubles)) {
  Deno.test(`triggerAutoscalingCi() leaves no clone that it does not name where ${name}`, async () => {
    const { options } = expected;
    const request = options?.wait === false ? { ...asked, delete_cloned_job: false } : asked;
    const after = await autoscale(request, { runs: busy, faults, ...before }, options);
    assert.equal(Exit.isSuccess(after.exit) ? undefined : reasonOf(after)._tag, expected.reason);
    assert.deepEqual(after.clones.map(({ id }) => id), expected.left ? [7] : []);
    assert.equal(after.said.some((line) => line.includes(" is left: ")), expected.left ?? false);
    assert.deepEqual(after.made.map(({ status }) => status), expected.made ?? []);
    assert.deepEqual(after.cancelled, expected.cancelled ?? []);
    if (expected.says) assert(after.said.some((line) => expected.says?.test(line)), after.said.join("\n"));
  });
}

Deno.test("triggerAutoscalingCi() fails as its run does, and deletes the clone", async () => {
  const after = await autoscale(asked, { runs: [[4, pr8]], cancels: 20 });
  assert.equal(reasonOf(after)._tag, "RunCancelled");
  assert.deepEqual(after.clones, []);
});

Deno.test("triggerAutoscalingCi() leaves one run to a pull request that is started twice at the same time: the newer", async () => {
  const session = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" });
  const program = Effect.gen(function* () {
    const begin = (seconds: number) => Effect.exit(Effect.delay(triggerAutoscalingCi(asked), seconds * 1000));
    const exits = yield* Effect.all([begin(0), begin(0.4)], { concurrency: 2 });
    const { data } = yield* runs.list({});
    return { data: data.map(({ status }) => status), succeeded: exits.map(Exit.isSuccess) };
  });
  const { result } = await virtually(
    program.pipe(Effect.provide(session), Effect.provide(sandbox.layer({ runs: 0, latency: 300, seed: seed(5) }))),
  );
  assert.deepEqual(Result.getOrThrow(result), { data: [30, 10], succeeded: [false, true] });
});

// ---- interrupts -----------------------------------------------------------------------------------------------------

const nuisances: ReadonlyArray<ReadonlyArray<sandbox.Fault>> = [
  [],
  [{ fault: "slow-cancel" }],
  [{ fault: "cancel-refused" }],
  [{ fault: "slow", probability: 0.4, seconds: 2 }],
  [{ fault: "accepted-then-lost", route: "POST *" }],
  [{ fault: "accepted-then-lost", route: "DELETE *", times: 2 }],
  [{ fault: "late-accept", route: "POST */run/", seconds: 3 }, {
    fault: "hidden-in-list",
    route: "GET */runs/",
    seconds: 3,
  }],
  [{ fault: "rate-limit", route: "POST *", probability: 0.5 }],
  [{ fault: "empty-body", probability: 0.2 }],
];

/** A moment, in seconds. Most of what it does, it does at once, or soon. */
const moment = Arbitrary.map(
  Arbitrary.all({ within: oneOf([4, 12, 90]), thousandths: integer(0, 999) }),
  ({ within, thousandths }) => within * thousandths / 1000,
);

for (const faults of nuisances) {
  const name = faults.map(({ fault }) => fault).join(" and ") || "nothing";
  Deno.test(`triggerAutoscalingCi() leaves no clone when it is interrupted at any moment, given ${name}`, async () => {
    let interrupts = 0;
    await check(Arbitrary.all({ cut: moment, chance: integer(0, 1e6) }), async ({ cut, chance }) => {
      const after = await autoscale(asked, { runs: busy, faults, cut, latency: 300, chance: String(chance) });
      const message = `interrupted after ${cut} s: ${after.asked.join(", ")}; ${after.said.join(", ")}`;
      const said = after.said.join("\n");
      assert.deepEqual(
        after.clones.filter(({ id }) => !said.includes(`To delete it: dbtc jobs delete ${id}`)),
        [],
        message,
      );
      if (!/rate-limit|empty-body/.test(name)) assert.deepEqual(after.clones, [], message);
      assert(after.made.length <= 1, message);
      for (const { status } of after.made) assert(status === 30 || /\bN\b/.test(said), message);
      // The other pull request's run goes on, whatever happens to this one's.
      assert(!after.cancelled.includes(1), message);
      interrupts += Number(Exit.hasInterrupts(after.exit));
    }, { seed: JSON.stringify(faults), runs: 25 });
    assert(interrupts > 15, `${interrupts} interrupts`);
  });
}

/** What is waited for once the run has ended, or nobody waits for it: the fault that makes it take minutes. */
const remainders: Readonly<Record<string, readonly [sandbox.Fault, number, Partial<AutoscaleOptions>, number]>> = {
  "a clone whose deletion is limited": [{ fault: "rate-limit", route: "DELETE *" }, 90, {}, 10],
  "a clone whose deletion is not answered": [{ fault: "timeout", route: "DELETE *" }, 90, {}, 10],
  "older runs whose cancellation is limited": [
    { fault: "rate-limit", route: "POST */cancel/" },
    30,
    { timeout: "5 seconds" },
    0,
  ],
};

for (const [name, [fault, cut, options, most]] of Object.entries(remainders)) {
  Deno.test(`triggerAutoscalingCi() ends soon after an interrupt, given ${name}`, async () => {
    const lines: Array<string> = [];
    const log = Logger.make<unknown, void>(({ message }) => void lines.push(String(message)));
    const session = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" });
    const isClone = fault.route === "DELETE *";
    const program = Effect.gen(function* () {
      yield* jobs.trigger({ job_id: 4, cause: "Before", ...(isClone ? pr8 : { github_pull_request_id: 7 }) });
      yield* (yield* sandbox.Sandbox).inject(fault);
      const fiber = yield* Effect.forkChild(triggerAutoscalingCi(asked, options));
      yield* Effect.sleep(cut * 1000);
      assert.equal(fiber.pollUnsafe(), undefined, "it has ended before");
      yield* Fiber.interrupt(fiber);
      return yield* Fiber.await(fiber);
    });
    const { result, seconds } = await virtually(
      program.pipe(
        Effect.provide(session),
        Effect.provide([sandbox.layer({ runs: 0, seed: seed(5) }), Logger.layer([log])]),
      ),
    );
    assert(Exit.isFailure(Result.getOrThrow(result)));
    assert(seconds - cut <= most, `took ${seconds - cut} s`);
    assert.equal(lines.some((line) => line.includes("To delete it: dbtc jobs delete 7")), isClone, lines.join("\n"));
  });
}

// ---- the command ----------------------------------------------------------------------------------------------------

/** Runs a command line on virtual time, where a run of pull request 8 is on job 4. */
async function dbtc(
  argv: ReadonlyArray<string>,
  surroundings: Surroundings = {},
  exitNotice: ExitNotice = { text: undefined },
  eachSecond: (writes: ReadonlyArray<string>) => void = () => {},
  latency = 0,
) {
  const program = Effect.gen(function* () {
    const before = yield* Effect.forkChild(jobs.trigger({ job_id: 4, cause: "Before", ...pr8 }));
    yield* TestClock.adjust("1 minute");
    yield* Fiber.join(before);
    const { requests } = yield* sandbox.Sandbox;
    const { length } = yield* requests;
    const written = Effect.map(
      requests,
      (all) =>
        all.slice(length).flatMap(({ path, verb }) =>
          verb === "GET" ? [] : [`${verb} ${path.replace("/api/v2/accounts/1/", "")}`]
        ),
    );
    const fiber = yield* Effect.forkChild(Effect.provideService(command(argv, surroundings), ExitNotice, exitNotice));
    for (let second = 0; second < 3600 && fiber.pollUnsafe() === undefined; second++) {
      // A command loads what it needs, which virtual time does not wait for.
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 1)));
      yield* TestClock.adjust("1 second");
      eachSecond(yield* written);
    }
    return { ...yield* Fiber.join(fiber), writes: yield* written };
  });
  const session = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" });
  return await Effect.runPromise(
    program.pipe(
      Effect.provide(session),
      Effect.provide([sandbox.layer({ runs: 0, seed: seed(5), latency }), TestClock.layer()]),
      Effect.scoped,
    ),
  );
}

const argv = ["jobs", "trigger-autoscaling-ci", "4", "--github-pull-request-id", "7", "--cause", "Commit"];

Deno.test("dbtc jobs trigger-autoscaling-ci shows the clone, and prints its run as it ended", async () => {
  const { code, stderr, stdout, writes } = await dbtc(argv);
  assert.equal(code, 0);
  assert.deepEqual(writes, ["POST jobs/", "POST jobs/7/run/", "DELETE jobs/7/"]);
  const { job_definition_id, status } = JSON.parse(stdout) as runs.Run;
  assert.deepEqual([job_definition_id, status], [7, 10]);
  const [first, second] = stderr.split("\n");
  assert.match(first ?? "", /^Job 4 is busy: cloned as job 7, CI \[dbtc clone of job 4: \w{10}\]$/);
  assert.match(second ?? "", /^Run 704\d+ of job 7 — Ctrl-C cancels it/);
});

Deno.test("dbtc jobs trigger-autoscaling-ci says which older runs it cancels", async () => {
  const { code, stderr, writes } = await dbtc(argv.with(4, "8"));
  assert.equal(code, 0);
  assert.match(stderr, /^Cancelling older run 704\d+ of the same pull request …$/m);
  assert.deepEqual(writes.map((line) => line.replace(/\d{14}/, "R")), ["POST jobs/4/run/", "POST runs/R/cancel/"]);
});

Deno.test("dbtc jobs trigger-autoscaling-ci that is ended at once names its run, or how to find it, and the clone", async () => {
  const exitNotice: ExitNotice = { text: undefined };
  const words: Array<readonly [ReadonlyArray<string>, string | undefined]> = [];
  const { writes } = await dbtc(argv, {}, exitNotice, (writes) => words.push([writes, exitNotice.text]));
  assert.equal(writes.length, 3);
  const at = (writes: number) => words.filter(([{ length }]) => length === writes).map(([, said]) => said);
  assert(at(2).length > 10);
  for (const said of at(2)) {
    assert.match(
      said ?? "",
      /Run 704\d+ continues: dbtc runs wait 704\d+|had ended|with trigger\.cause \[dbtc:\w+\].*--job-id 7 /,
    );
    assert.match(said ?? "", /^Job 7 is a clone of job 4: dbtc jobs delete 7$/m);
  }
  assert.equal(exitNotice.text, undefined);
});

Deno.test("dbtc jobs trigger-autoscaling-ci that is ended at once while it clones a job says how to find the clone", async () => {
  const exitNotice: ExitNotice = { text: undefined };
  const words = new Set<string | undefined>();
  await dbtc(argv, {}, exitNotice, () => words.add(exitNotice.text), 3000);
  assert.match(
    [...words].join("\n"),
    /^A clone of job 4 may have been made: dbtc jobs list --name-icontains \w{10}\nJob 7 is a clone of job 4/m,
  );
});

Deno.test("dbtc jobs trigger-autoscaling-ci --no-wait waits for a run whose clone is to be deleted, and says so", async () => {
  const { code, stderr, stdout } = await dbtc([...argv, "--no-wait"]);
  assert.deepEqual([code, JSON.parse(stdout).status], [0, 10]);
  assert.match(stderr, /dbtc waits for its run, and then deletes the clone$/m);
});

Deno.test("dbtc jobs trigger-autoscaling-ci understands Python dbtc's spelling", async () => {
  const payload = JSON.stringify({ github_pull_request_id: "7", cause: "Commit", schema_override: "pr_7" });
  const { code, stdout, stderr, writes } = await dbtc(
    [
      "trigger-autoscaling-ci-job",
      "--job-id",
      "4",
      "--payload",
      payload,
      "--no-should-poll",
      "--max-run-slots",
      "3",
      "--no-delete-cloned-job",
    ],
  );
  assert.equal(code, 0, stderr);
  assert.deepEqual(writes, ["POST jobs/", "POST jobs/7/run/"]);
  assert.deepEqual([JSON.parse(stdout).job_definition_id, JSON.parse(stdout).status], [7, 1]);
});

for (
  const [name, flags, says, surroundings] of [
    ["max_run_slots of 0", [...argv, "--max-run-slots", "0"], /max_run_slots is 0, and has to be 1 at least/],
    ["a dry run", [...argv, "--dry-run"], /sends several requests: --dry-run cannot print them/],
    ["no job", argv.filter((word) => word !== "4"), /Which job\? Try: dbtc jobs trigger-autoscaling-ci JOB/],
    [
      "an id that is none",
      [...argv, "--payload", '{"threads_override":"x"}'],
      /threads_override is not what it should/,
    ],
    ["a read-only session", argv, /read-only/, { env: { ...sandboxEnv, DBTC_READONLY: "1" } }],
  ] as const
) {
  Deno.test(`dbtc jobs trigger-autoscaling-ci with ${name} exits 2, and writes nothing`, async () => {
    const { code, stderr, stdout, writes } = await dbtc(flags, surroundings);
    assert.match(stderr, says);
    assert.deepEqual([code, stdout, writes], [2, "", []]);
  });
}
