/**
 * CI runs of several pull requests at the same time, against the sandbox and what it can do wrong.
 *
 * @module
 */
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Logger from "effect/Logger";
import * as Option from "effect/Option";
import * as Random from "effect/Random";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import assert from "node:assert/strict";
import {
  type AutoscaleEvent,
  type AutoscaleOptions,
  Dbt,
  type DbtError,
  jobs,
  runs,
  triggerAutoscalingCi,
} from "../mod.ts";
import * as sandbox from "../lib/sandbox/mod.ts";
import { randomFrom, virtually } from "./support.ts";

// ---- what there is --------------------------------------------------------------------------------------------------

/** What is there before: jobs 4 and 5 of project 1, job 6 of project 2; the next job is the clone, 7. */
interface Before {
  /** The job of each run in flight, and what triggered it. */
  readonly runs?: ReadonlyArray<readonly [job_id: number, trigger?: Partial<jobs.Trigger>]>;
  /** How many run slots the account has; 5 when absent. */
  readonly slots?: number | null;
  /** What goes wrong from then on. */
  readonly faults?: ReadonlyArray<sandbox.Fault>;
  /** The token. */
  readonly token?: string;
  /** Seconds until it is interrupted. */
  readonly cut?: number;
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

function seed(run_slots: number | null): sandbox.Options["seed"] & object {
  return {
    accounts: [{ id: 1, name: "Jaffles", run_slots }],
    projects: [{ id: 1, account_id: 1, name: "one" }, { id: 2, account_id: 1, name: "two" }],
    environments: [
      { id: 1, account_id: 1, project_id: 1, name: "one" },
      { id: 2, account_id: 1, project_id: 2, name: "two" },
    ],
    jobs: [
      { ...ci, id: 4, project_id: 1, environment_id: 1, name: "CI", job_type: "ci", deferring_environment_id: 1 },
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
  { chance = "autoscale", cut, faults = [], runs: earlier = [], slots = 5, token = "sandbox" }: Before = {},
  options: AutoscaleOptions = {},
): Promise<After> {
  const said: Array<string> = [];
  const onEvent = (event: AutoscaleEvent) =>
    Effect.sync(() => void said.push(`${event._tag} ${"run" in event ? event.run.id : event.job.id}`));
  const session = (token: string) =>
    Dbt.layer({ token: Redacted.make(token), account_id: 1, host: "http://127.0.0.1" });
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
    if (cut !== undefined) {
      yield* Effect.sleep(cut * 1000);
      yield* Fiber.interrupt(fiber);
    }
    const exit = yield* Fiber.await(fiber);
    const seconds = ((yield* Effect.clockWith((clock) => clock.currentTimeMillis)) - begun) / 1000;
    const sent = (yield* requests).slice(length);
    yield* heal;
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
    Effect.provide(sandbox.layer({ runs: 0, seed: seed(slots) })),
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
