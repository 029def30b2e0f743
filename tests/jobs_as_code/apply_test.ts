/**
 * What happens when plans are applied: order, references, conflicts, failures half-way, interrupts, prunes, and how many
 * requests it takes.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import * as HttpClient from "effect/http/HttpClient";
import * as HttpClientRequest from "effect/http/HttpClientRequest";
import assert from "node:assert/strict";
import { ExitNotice } from "../../lib/cli/output/exit_notice.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { applyJobPlan, type Dbt, DbtClient, type DbtError, envVars, jobs } from "../../mod.ts";
import { command } from "../support/command.ts";
import { succeeds } from "../support/fixtures.ts";

/** Runs a program with a new sandbox, on virtual time. */
function inSandbox<A>(
  program: Effect.Effect<A, DbtError, Dbt | sandbox.Sandbox | HttpClient.HttpClient>,
  options: sandbox.Options = {},
): Promise<A> {
  const client = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" });
  return succeeds(Effect.provide(program, Layer.provideMerge(client, sandbox.layer(options))));
}

const files = (text: string) => ({ files: [{ path: "jobs.yml", text }] });

/** A job of a file. */
function job(key: string, lines: ReadonlyArray<string> = []): string {
  return `  ${key}:\n    name: Job ${key}\n    project_id: jaffle_shop\n    environment_id: production\n    execute_steps: [dbt build]\n${
    lines.map((line) => `    ${line}\n`).join("")
  }`;
}

const file = (...entries: ReadonlyArray<readonly [key: string, ...lines: ReadonlyArray<string>]>) =>
  `jobs:\n${entries.map(([key, ...lines]) => job(key, lines)).join("")}`;

/** A job that dbt Cloud refuses, and dbtc does not know that. */
const refusedJob = [
  "bad",
  "schedule: { date: { type: every_day }, time: { type: at_exact_hours, interval: 2 } }",
] as const;

const created = (plan: jobs.JobPlan) => plan.creates.map(({ identifier }) => identifier);
const steps = ({ applied, failed, left }: jobs.AppliedJobs) => ({
  applied: applied.map(({ action, identifier }) => `${action} ${identifier}`),
  failed: failed.map(({ action, identifier }) => `${action} ${identifier}`),
  left: left.map(({ action, identifier }) => `${action} ${identifier}`),
});

/** The jobs of the account, by the identifier in their name. */
const byIdentifier = Effect.map(
  jobs.list({}),
  ({ data }) => new Map(data.map((one) => [/\[\[(.*)\]\]/.exec(one.name ?? "")?.[1] ?? `job ${one.id}`, one] as const)),
);

Deno.test("jobs are created after those that they refer to, whatever the order of the file", async () => {
  const text = file(
    ["a", "job_completion_trigger_condition: { condition: { job_id: b, statuses: [10] } }"],
    ["b", "deferring_job_definition_id: c"],
    ["c", "self_deferring: true"],
  );
  await inSandbox(Effect.gen(function* () {
    const plan = yield* jobs.plan(files(text));
    assert.deepEqual(created(plan), ["c", "b", "a"]);
    yield* applyJobPlan(plan);
    const live = yield* byIdentifier;
    const [a, b, c] = ["a", "b", "c"].map((key) => live.get(key));
    assert.deepEqual(a?.job_completion_trigger_condition?.condition, { job_id: b?.id, project_id: 1, statuses: [10] });
    assert.deepEqual([b?.deferring_job_definition_id, c?.deferring_job_definition_id], [c?.id, c?.id]);
    const again = yield* jobs.plan(files(text));
    assert.deepEqual([again.creates, again.updates], [[], []]);
  }));
});

Deno.test("new jobs that defer to each other are both created, and then refer to each other", async () => {
  const text = file(["a", "deferring_job_definition_id: b"], ["b", "deferring_job_definition_id: a"]);
  await inSandbox(Effect.gen(function* () {
    yield* applyJobPlan(yield* jobs.plan(files(text)));
    const live = yield* byIdentifier;
    assert.equal(live.get("a")?.deferring_job_definition_id, live.get("b")?.id);
    assert.equal(live.get("b")?.deferring_job_definition_id, live.get("a")?.id);
  }));
});

Deno.test("an existing job can be started by a new one", async () => {
  const text = file(["a"], ["z", "linked_id: 1", "job_completion_trigger_condition: { condition: { job_id: a } }"]);
  await inSandbox(Effect.gen(function* () {
    yield* applyJobPlan(yield* jobs.plan(files(text)));
    const live = yield* byIdentifier;
    assert.equal(live.get("z")?.job_completion_trigger_condition?.condition?.job_id, live.get("a")?.id);
  }));
});

/** An update of job 1 by hand. */
const minimal = { job_id: 1, project_id: 1, environment_id: 1, execute_steps: ["dbt build"] };

Deno.test("an update leaves fields alone that the file does not have", async () => {
  await inSandbox(Effect.gen(function* () {
    yield* jobs.update({ ...minimal, name: "Daily", lifecycle_webhooks: true });
    yield* applyJobPlan(yield* jobs.plan(files(file(["daily", "linked_id: 1", "dbt_version: latest"]))));
    const after = yield* jobs.get({ job_id: 1 });
    assert.deepEqual([after.lifecycle_webhooks, after.dbt_version, after.name], [
      true,
      "latest",
      "Job daily [[daily]]",
    ]);
  }));
});

Deno.test("a job that changed since the plan is not updated, unless force is set", async () => {
  await inSandbox(Effect.gen(function* () {
    const plan = yield* jobs.plan(files(file(["daily", "linked_id: 1"])));
    yield* jobs.update({ ...minimal, name: "By hand" });
    const result = yield* applyJobPlan(plan);
    assert.deepEqual(steps(result), { applied: [], failed: ["update daily"], left: [] });
    assert.match(result.failed[0]?.failure?.message ?? "", /job 1 changed since the plan \(name, .*\)\. Plan again/);
    assert.equal((yield* jobs.get({ job_id: 1 })).name, "By hand");
    assert.deepEqual(steps(yield* applyJobPlan(plan, { force: true })).applied, ["update daily"]);
  }));
});

Deno.test("a failure stops everything after it; a new plan has what is left, and creates nothing twice", async () => {
  const text = file(["a"], refusedJob, ["c"]);
  await inSandbox(Effect.gen(function* () {
    const first = yield* applyJobPlan(yield* jobs.plan(files(text)));
    assert.deepEqual(steps(first), { applied: ["create a"], failed: ["create bad"], left: ["create c"] });
    const again = yield* jobs.plan(files(file(["a"], ["bad"], ["c"])));
    assert.deepEqual(created(again), ["bad", "c"]);
    yield* applyJobPlan(again);
    assert.equal((yield* jobs.list({})).data.length, 7);
  }));
});

Deno.test("with keep_going, the changes after a failure are tried, and nothing is pruned", async () => {
  await inSandbox(Effect.gen(function* () {
    yield* applyJobPlan(yield* jobs.plan(files(file(["old"]))));
    const plan = yield* jobs.plan({ ...files(file(["a"], refusedJob, ["c"])), prune: "delete" });
    assert.deepEqual(plan.deletes.map(({ identifier }) => identifier), ["old"]);
    const result = yield* applyJobPlan(plan, { keep_going: true });
    assert.deepEqual(steps(result), {
      applied: ["create a", "create c"],
      failed: ["create bad"],
      left: ["delete old"],
    });
  }));
});

Deno.test("prune deactivates or deletes managed jobs of the files' projects and environments, and no other", async () => {
  await inSandbox(Effect.gen(function* () {
    const old = file(["old", "triggers: { schedule: true }", 'schedule: { cron: "0 6 * * *" }']);
    yield* applyJobPlan(yield* jobs.plan(files(old)));
    yield* applyJobPlan(yield* jobs.plan(files(file(["elsewhere"]).replace("production", "development"))));
    const next = files(file(["new"]));
    assert.deepEqual((yield* jobs.plan(next)).deletes, []);
    yield* applyJobPlan(yield* jobs.plan({ ...next, prune: "deactivate" }));
    const paused = (yield* byIdentifier).get("old");
    assert.deepEqual([paused?.triggers?.schedule, paused?.name], [false, "Job old [[old]]"]);
    assert.deepEqual((yield* jobs.plan({ ...next, prune: "deactivate" })).deletes, [], "it is off already");
    yield* applyJobPlan(yield* jobs.plan({ ...next, prune: "delete" }));
    assert.deepEqual([...(yield* byIdentifier).keys()], ["job 1", "job 2", "job 3", "job 4", "elsewhere", "new"]);
  }));
});

Deno.test("a creation whose answer is lost is found, and is not sent again", async () => {
  await inSandbox(
    Effect.gen(function* () {
      const result = yield* applyJobPlan(yield* jobs.plan(files(file(["a"]))));
      assert.deepEqual(steps(result).applied, ["create a"]);
      assert.equal((yield* jobs.list({ name__icontains: "Job a" })).data.length, 1);
    }),
    { faults: [{ fault: "accepted-then-lost", route: "POST /api/v2/accounts/:account_id/jobs/", times: 1 }] },
  );
});

Deno.test("the value of a secret override is in no plan, and is sent only where dbt Cloud has none", async () => {
  const text = (value: string) =>
    file(["daily", "linked_id: 1", `custom_environment_variables: [{ DBT_ENV_SECRET_TOKEN: ${value} }]`]);
  await inSandbox(Effect.gen(function* () {
    const plan = yield* jobs.plan(files(text("first-secret")));
    assert(!JSON.stringify(plan).includes("first-secret"));
    yield* applyJobPlan(plan);
    const [set] = Object.values(
      yield* envVars.listByJob({ project_id: 1, job_definition_id: 1, name: "DBT_ENV_SECRET_TOKEN" }),
    );
    assert.match(set?.job?.value ?? "", /^\*+$/);
    assert.deepEqual((yield* jobs.plan(files(text("other")))).updates, []);
    assert.equal((yield* jobs.plan({ ...files(text("other")), secrets: true })).updates.length, 1);
  }));
});

// ---- many jobs ------------------------------------------------------------------------------------------------------

/** Three hundred jobs that exist, in a file. */
const manyJobs = `jobs:\n${Array.from({ length: 300 }, (_, at) => job(`job_${at}`)).join("")}`;

Deno.test("a plan of 300 jobs takes a request for 100 of them, and one each for projects, environments and variables", async () => {
  await inSandbox(Effect.gen(function* () {
    const { requests } = yield* sandbox.Sandbox;
    yield* applyJobPlan(yield* jobs.plan(files(manyJobs)));
    const before = (yield* requests).length;
    const plan = yield* jobs.plan(files(manyJobs));
    assert.deepEqual([plan.unchanged.length, plan.creates, plan.updates], [300, [], []]);
    // 4 pages: dbtc reads the seams of pages again.
    const count = (yield* requests).length - before;
    assert(count <= 4 + 3 + 1, `${count} requests`);
  }));
});

Deno.test("where the list of jobs has no overrides, each job is asked for its own", async () => {
  const program = Effect.gen(function* () {
    const plan = yield* jobs.plan(files(file(["nightly", "linked_id: 2"])));
    return plan.updates.map(({ overrides }) => overrides.map(({ action, name }) => `${action} ${name}`));
  });
  // An older dbt Cloud, which does not know the related objects.
  const forgetting = Layer.effect(
    HttpClient.HttpClient,
    Effect.map(
      HttpClient.HttpClient,
      (client) =>
        HttpClient.mapRequest(
          client,
          (request) =>
            HttpClientRequest.setUrlParam(request, "include_related", request.url.includes("/jobs/") ? "" : "none"),
        ),
    ),
  );
  const client = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" });
  const layer = client.pipe(Layer.provide(forgetting), Layer.provide(sandbox.layer()));
  assert.deepEqual(await succeeds(Effect.provide(program, layer)), [["delete DBT_WAREHOUSE_SIZE"]]);
});

// ---- the command ----------------------------------------------------------------------------------------------------

async function withFile<A>(text: string, use: (path: string) => Promise<A>): Promise<A> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/jobs.yml`, text);
    return await use(`${folder}/jobs.yml`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("jobs apply that fails half-way says what was done and what not, and exits 13", async () => {
  await withFile(file(["a"], refusedJob, ["c"]), async (path) => {
    const run = command(["jobs", "apply", path, "--yes", "--format", "json"]);
    const { code, stderr, stdout } = await Effect.runPromise(Effect.provide(run, sandbox.layer()));
    assert.equal(code, 13);
    assert.match(
      stderr,
      /Stopped: 1 of 3 changes applied\nFailed: create bad: .*interval.*\nNot done: create c\nRun the same command again/,
    );
    const { applied, failed, left } = JSON.parse(stdout);
    assert.deepEqual([applied.length, failed.length, left.length, applied[0].job_id], [1, 1, 1, 5]);
  });
});

Deno.test("jobs apply whose first change fails exits as that failure does", async () => {
  await withFile(file(refusedJob), async (path) => {
    const run = command(["jobs", "apply", path, "--yes"]);
    assert.equal((await Effect.runPromise(Effect.provide(run, sandbox.layer()))).code, 9);
  });
});

Deno.test("jobs apply needs --yes without a terminal, and changes nothing without it", async () => {
  await withFile(file(["a"]), async (path) => {
    const run = Effect.gen(function* () {
      const outcome = yield* command(["jobs", "apply", path]);
      return { outcome, writes: (yield* (yield* sandbox.Sandbox).requests).filter(({ verb }) => verb !== "GET") };
    });
    const { outcome, writes } = await Effect.runPromise(Effect.provide(run, sandbox.layer()));
    assert.deepEqual([outcome.code, writes], [2, []]);
    assert.match(outcome.stderr, /Apply 1 change\?/);
  });
});

Deno.test("jobs apply that is interrupted half-way says what was done; the same command goes on from there", async () => {
  await withFile(file(["a"], ["b"], ["c"]), async (path) => {
    const notice: ExitNotice = { text: undefined };
    const run = Effect.gen(function* () {
      // The second creation takes for ever.
      let posts = 0;
      const client = yield* HttpClient.HttpClient;
      const stuck = HttpClient.transform(
        client,
        (effect, request) => request.method === "POST" && ++posts === 2 ? Effect.never : effect,
      );
      const fiber = yield* Effect.forkChild(
        command(["jobs", "apply", path, "--yes"]).pipe(
          Effect.provideService(HttpClient.HttpClient, stuck),
          Effect.provideService(ExitNotice, notice),
        ),
      );
      for (let tries = 0; posts < 1 && tries < 500; tries++) yield* Effect.sleep(10);
      const { text: first } = notice;
      for (let tries = 0; posts < 2 && tries < 500; tries++) yield* Effect.sleep(10);
      yield* Fiber.interrupt(fiber);
      const again = yield* command(["jobs", "apply", path, "--yes", "--format", "json"]);
      return { code: notice.code, text: notice.text, first, again };
    });
    const { again, code, first, text } = await Effect.runPromise(Effect.provide(run, sandbox.layer()));
    assert.equal(code, 13);
    // The first creation may have happened too, before there is an answer to it.
    assert.match(
      first ?? "",
      /Interrupted: [01] of 3 changes applied\nIt is unknown whether this one was: create [ab]/,
    );
    assert.match(
      text ?? "",
      /Interrupted: 1 of 3 changes applied\nIt is unknown whether this one was: create b\nNot done: create b, create c/,
    );
    assert.deepEqual(JSON.parse(again.stdout).applied.map(({ identifier }: jobs.ManagedJob) => identifier), ["b", "c"]);
  });
});

Deno.test("jobs unlink takes tags off, and leaves all else", async () => {
  await inSandbox(Effect.gen(function* () {
    yield* jobs.link(files(file(["daily", "linked_id: 1"], ["ci", "linked_id: 4"])));
    const before = yield* jobs.get({ job_id: 1 });
    assert.equal(before.name, "Daily build [[daily]]");
    assert.deepEqual((yield* jobs.unlink({ identifiers: ["daily"] })).map(({ job_id }) => job_id), [1]);
    const after = yield* jobs.get({ job_id: 1 });
    assert.deepEqual({ ...after, updated_at: "" }, { ...before, name: "Daily build", updated_at: "" });
    assert.equal((yield* jobs.get({ job_id: 4 })).name, "CI [[ci]]");
  }));
});
