/**
 * Cancelling many runs: in the library and on the command line, against the sandbox and what it can do wrong.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import * as TestClock from "effect/testing/TestClock";
import assert from "node:assert/strict";
import { type CancelRuns, cancelRuns, type Dbt, DbtClient, type DbtError, jobs, runs } from "../../mod.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { command, type Outcome, sandboxEnv, type Surroundings } from "../support/command.ts";
import { fails, ok, refusal, session, succeeds, transport } from "../support/fixtures.ts";

/** A sandbox, and a session with it. */
function over(options: sandbox.Options) {
  return DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
    Layer.provideMerge(sandbox.layer(options)),
  );
}

/** Runs of these jobs, one after another. */
function started(...job_ids: ReadonlyArray<number>): Effect.Effect<ReadonlyArray<runs.Run>, DbtError, Dbt> {
  return Effect.forEach(job_ids, (job_id) => jobs.trigger({ job_id, cause: "Test" }));
}

/** The runs that were asked to stop, in this order. */
const cancels = Effect.gen(function* () {
  const { requests } = yield* sandbox.Sandbox;
  return (yield* requests).flatMap(({ path, verb }) =>
    verb === "POST" && path.endsWith("/cancel/") ? [Number(/runs\/(\d+)/.exec(path)?.[1])] : []
  );
});

/** What became of each run, by how the runs came to be, from 1: its status, and why it is not over. */
const became = Effect.fnUntraced(function* (filter: CancelRuns, of: ReadonlyArray<runs.Run>) {
  const cancelled = yield* cancelRuns(filter);
  return cancelled.map(({ run, failure }) => [
    of.findIndex(({ id }) => id === run.id) + 1,
    run.status,
    failure?.reason._tag,
  ]);
});

// ---- the library ----------------------------------------------------------------------------------------------------

const filters: ReadonlyArray<readonly [name: string, filter: CancelRuns, cancelled: ReadonlyArray<number>]> = [
  ["a job", { job_definition_id: 3 }, [4, 1]],
  ["a job and a status", { job_definition_id: 3, status: 1 }, [4]],
  ["a job and statuses", { job_definition_id: 3, status__in: [2, 3] }, [1]],
  ["a project", { project_id: 1 }, [4, 1, 2, 3]],
  ["projects", { project_id__in: [1, 9] }, [4, 1, 2, 3]],
  ["an environment", { environment_id: 1 }, [4, 1, 2, 3]],
  ["an environment without runs", { environment_id: 2 }, []],
  ["all jobs", { all_jobs: true }, [4, 1, 2, 3]],
  ["a time that is past", { all_jobs: true, created_at__range: ["1969-01-01T00:00:00", "1969-01-02T00:00:00"] }, []],
  ["a time that is now", { all_jobs: true, created_at__range: ["1970-01-01T00:00:00", "1970-01-01T01:00:00"] }, [
    4,
    1,
    2,
    3,
  ]],
];

for (const [name, filter, cancelled] of filters) {
  Deno.test(`cancelRuns() cancels the runs in flight of ${name}, those in the queue first, and no other`, async () => {
    const program = Effect.gen(function* () {
      // The fourth waits for the first: runs of one job are serial.
      const made = yield* started(3, 1, 4, 3);
      yield* Effect.sleep("20 seconds");
      const ended = yield* became(filter, made);
      assert.deepEqual(ended, cancelled.map((nth) => [nth, 30, undefined]));
      assert.deepEqual(yield* cancels, cancelled.map((nth) => made[nth - 1]!.id));
      const { data } = yield* runs.list({ order_by: "id", id__gt: made[0]!.id - 1 });
      assert.deepEqual(
        data.map(({ status }, index) => [index + 1, status === 30]),
        made.map((_, index) => [index + 1, cancelled.includes(index + 1)]),
      );
    });
    await succeeds(Effect.provide(program, over({ runs: 0 })));
  });
}

Deno.test("cancelRuns() cancels more runs than one page has", async () => {
  const program = Effect.gen(function* () {
    const made = yield* started(...Array.from({ length: 230 }, () => 4));
    const cancelled = yield* cancelRuns({ job_definition_id: 4 });
    assert.deepEqual(cancelled.map(({ run }) => run.id), made.map(({ id }) => id));
    assert.equal(new Set(yield* cancels).size, 230);
    assert.equal((yield* cancels).length, 230);
  });
  await succeeds(Effect.provide(program, over({ runs: 0 })));
});

const refused: Readonly<Record<string, readonly [CancelRuns, RegExp]>> = {
  "nothing says whose runs": [{}, /says whose runs; all_jobs takes those of every job/],
  "only a status is given": [{ status: 1 }, /says whose runs/],
  "only a time is given": [{ created_at__range: ["2026-01-01", "2026-02-01"] }, /says whose runs/],
  "a status is final": [{ job_definition_id: 3, status: 10 }, /a run with status 10 is over/],
  "one of the statuses is final": [{ all_jobs: true, status__in: [1, 30] }, /a run with status 30 is over/],
};

for (const [name, [filter, says]] of Object.entries(refused)) {
  Deno.test(`cancelRuns() sends nothing where ${name}`, async () => {
    const net = transport(() => ok([]));
    const { message, reason } = await fails(Effect.provide(cancelRuns(filter), session(net)));
    assert.equal(reason._tag, "Unsendable");
    assert.match(message, says);
    assert.deepEqual(net.sent, []);
  });
}

Deno.test("cancelRuns() cancels no run that does not fit, should the server ignore the filters", async () => {
  const row = { account_id: 7, job_definition_id: 5, project_id: 3, environment_id: 2, status: 3, created_at: null };
  const rows = [
    { ...row, id: 1, job_definition_id: 6 },
    { ...row, id: 2, project_id: 4 },
    { ...row, id: 3, environment_id: null },
    { ...row, id: 4, status: 10 },
    { ...row, id: 5, created_at: "2026-01-31 23:59:59.5+00:00" },
    { ...row, id: 6, created_at: "2026-02-02T00:00:00Z" },
    { ...row, id: 7 },
    { ...row, id: 8, created_at: "2026-02-01 12:00:00.179903+00:00" },
  ];
  const net = transport(({ method, path }) =>
    method === "GET" ? ok(rows) : ok({ ...rows.find(({ id }) => path.includes(`/runs/${id}/`)), status: 30 })
  );
  const filter = {
    job_definition_id: 5,
    project_id: 3,
    environment_id: 2,
    created_at__range: ["2026-02-01T00:00:00", "2026-02-01T23:59:59"],
  };
  const cancelled = await succeeds(Effect.provide(cancelRuns(filter), session(net)));
  assert.deepEqual(cancelled.map(({ run }) => [run.id, run.status]), [[8, 30]]);
  assert.deepEqual(net.sent.filter(({ method }) => method === "POST").map(({ path }) => path), [
    "/api/v2/accounts/7/runs/8/cancel/",
  ]);
});

const troubles: ReadonlyArray<
  readonly [fault: sandbox.FaultName, status: number, failure: string | undefined, seconds?: number]
> = [
  ["cancel-refused", 3, "Invalid"],
  ["slow-cancel", 3, "WaitTimedOut"],
  ["slow-cancel", 30, undefined, 5],
  ["accepted-then-lost", 30, undefined],
  ["empty-body", 30, undefined],
  ["invalid-json", 30, undefined],
  ["truncated-body", 30, undefined],
  ["late-accept", 30, undefined, 4],
  ["server-error", 3, "Ambiguous"],
  ["reset", 3, "Ambiguous"],
  ["timeout", 3, "Ambiguous"],
  ["rate-limit", 3, "RateLimited"],
  ["token-revoked", 3, "Unauthorized"],
  ["unknown-fields", 30, undefined],
  ["null-fields", 30, undefined],
];

for (const [fault, status, failure, seconds] of troubles) {
  Deno.test(`cancelRuns() tells ${failure ?? "that a run is over"} after ${fault} of ${seconds ?? "any"} s`, async () => {
    const program = Effect.gen(function* () {
      const made = yield* started(3);
      yield* Effect.sleep("20 seconds");
      const { inject } = yield* sandbox.Sandbox;
      yield* inject({ fault, route: "POST */cancel/", ...(seconds === undefined ? {} : { seconds }) });
      assert.deepEqual(yield* became({ job_definition_id: 3 }, made), [[1, status, failure]]);
      // A rate limit says that nothing happened; all else is sent once.
      assert.equal((yield* cancels).length > 1, fault === "rate-limit");
    });
    await succeeds(Effect.provide(program, over({ runs: 0 })));
  });
}

Deno.test("cancelRuns() takes no run for a failure that ended meanwhile, though dbt Cloud refuses", async () => {
  const program = Effect.gen(function* () {
    const made = yield* started(1);
    const { inject } = yield* sandbox.Sandbox;
    yield* inject({ fault: "slow", route: "POST */cancel/", seconds: 200 });
    yield* inject({ fault: "cancel-refused" });
    assert.deepEqual(yield* became({ job_definition_id: 1 }, made), [[1, 10, undefined]]);
  });
  await succeeds(
    Effect.provide(
      program,
      DbtClient.layer({
        token: Redacted.make("sandbox"),
        account_id: 1,
        host: "http://127.0.0.1",
        timeout: "5 minutes",
      })
        .pipe(Layer.provideMerge(sandbox.layer({ runs: 0 }))),
    ),
  );
});

// ---- the command ----------------------------------------------------------------------------------------------------

/** Runs a command line on virtual time, where runs of these jobs are 20 s old. */
async function dbtc(
  argv: ReadonlyArray<string>,
  { of, surroundings = {}, faults = [] }: {
    readonly of: ReadonlyArray<number>;
    readonly surroundings?: Surroundings;
    readonly faults?: ReadonlyArray<sandbox.Fault>;
  },
): Promise<Outcome & { readonly made: ReadonlyArray<number>; readonly cancelled: ReadonlyArray<number> }> {
  const program = Effect.gen(function* () {
    const made = yield* started(...of);
    yield* TestClock.adjust("20 seconds");
    const { inject } = yield* sandbox.Sandbox;
    yield* Effect.forEach(faults, inject);
    const fiber = yield* Effect.forkChild(command(argv, surroundings));
    for (let second = 0; second < 3600 && fiber.pollUnsafe() === undefined; second++) {
      // A command loads what it needs, which virtual time does not wait for.
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 1)));
      yield* TestClock.adjust("1 second");
    }
    const outcome = yield* Fiber.join(fiber);
    return { ...outcome, made: made.map(({ id }) => id), cancelled: yield* cancels };
  });
  return await Effect.runPromise(program.pipe(Effect.provide([over({ runs: 0 }), TestClock.layer()]), Effect.scoped));
}

Deno.test("dbtc runs cancel shows the runs that fit, cancels each, and prints how they are then", async () => {
  const outcome = await dbtc(["runs", "cancel", "--job-id", "3", "--yes"], { of: [3, 1, 3] });
  const [first, , third] = outcome.made;
  assert.equal(outcome.code, 0);
  assert.deepEqual(outcome.cancelled, [third, first]);
  assert.deepEqual(
    JSON.parse(outcome.stdout).map(({ id, status }: runs.Run) => [id, status]),
    [[third, 30], [first, 30]],
  );
  assert.match(outcome.stderr, new RegExp(`^ID .*\n${third} +3 +Queued .*\n${first} +3 +Running .*\n$`));
});

Deno.test("dbtc runs cancel takes statuses and names, and cancels only what fits", async () => {
  for (
    const [flags, cancelled] of [
      [["--job-id", "3", "--status", "queued"], [3]],
      [["--job-name", "Weekly backfill", "--status", "running", "--status", "starting"], [1]],
      [["--project-name", "jaffle_shop", "--status", "queued"], [3]],
      [["--environment-id", "1", "--since", "1h"], [3, 1, 2]],
      [["--environment-id", "1", "--until", "1h"], []],
      [["--all-jobs"], [3, 1, 2]],
    ] as const
  ) {
    const outcome = await dbtc(["runs", "cancel", "--yes", ...flags], { of: [3, 1, 3] });
    assert.deepEqual([outcome.code, outcome.cancelled], [0, cancelled.map((nth) => outcome.made[nth - 1])]);
  }
});

Deno.test("dbtc runs cancel of a run that had ended says so with its status, and exits 0", async () => {
  const ended = { id: 5, account_id: 1, status: 20, status_humanized: "Error" };
  const answers = {
    "answered with the run": transport(() => ok(ended)),
    "refused": transport(({ method }) => method === "GET" ? ok(ended) : refusal(400)),
  };
  for (const [name, net] of Object.entries(answers)) {
    const { code, stderr, stdout } = await Effect.runPromise(
      command(["runs", "cancel", "5"]).pipe(Effect.provide(net.layer)),
    );
    assert.deepEqual([code, stderr], [0, "Run 5 had ended: Error. There was nothing to cancel\n"], name);
    assert.equal(JSON.parse(stdout).status, 20);
  }
  const running = transport(({ method }) => method === "GET" ? ok({ ...ended, status: 3 }) : refusal(400, "Busy."));
  const { code, stderr } = await Effect.runPromise(
    command(["runs", "cancel", "5"]).pipe(Effect.provide(running.layer)),
  );
  assert.equal(code, 9);
  assert.match(stderr, /Busy/);
});

Deno.test("dbtc runs cancel says that no run fits", async () => {
  const { code, stdout, stderr } = await dbtc(["runs", "cancel", "--job-id", "2"], { of: [3] });
  assert.deepEqual([code, stdout, stderr], [0, "[]\n", "No queued or running run matches: nothing to cancel\n"]);
});

const mistaken: ReadonlyArray<readonly [string, ReadonlyArray<string>, RegExp, Surroundings?]> = [
  ["nothing", [], /Which run\? Give its id\. To cancel several: --job,/],
  ["only a status", ["--status", "queued"], /Which run\?/],
  ["a final status", ["--job-id", "3", "--status", "success"], /"success" is not queued\|starting\|running/],
  ["a final status by number", ["--job-id", "3", "--status", "20"], /a run with status 20 is over/],
  ["a run and a job", ["1", "--job-id", "3"], /--job does not go with a run id/],
  ["a run and all jobs", ["--run-id", "1", "--all-jobs"], /--all-jobs does not go with a run id/],
  ["a job and all jobs", ["--job-id", "3", "--all-jobs"], /--all-jobs does not go with a job/],
  ["--raw", ["--job-id", "3", "--raw", "--yes"], /--raw prints one response/],
  ["no --yes in a pipe", ["--job-id", "3"], /Cancel 1 run\?\nNothing was changed: this needs --yes/],
  ["another answer than yes", ["--job-id", "3"], /Nothing was changed/, { terminal: true, stdin: "no" }],
  ["a read-only session", ["--job-id", "3", "--yes"], /Nothing was sent: this session is read-only/, {
    env: { ...sandboxEnv, DBTC_READONLY: "1" },
  }],
];

for (const [name, flags, says, surroundings = {}] of mistaken) {
  Deno.test(`dbtc runs cancel with ${name} exits 2, and cancels nothing`, async () => {
    const { code, stdout, stderr, cancelled } = await dbtc(["runs", "cancel", ...flags, "--format", "table"], {
      of: [3],
      surroundings,
    });
    assert.match(stderr, says);
    assert.deepEqual([code, stdout, cancelled], [2, "", []]);
  });
}

Deno.test("dbtc runs cancel asks on a terminal", async () => {
  const { code, stdout, stderr, made, cancelled } = await dbtc(["runs", "cancel", "--job-id", "3"], {
    of: [3],
    surroundings: { terminal: true, stdin: "yes" },
  });
  assert.deepEqual([code, cancelled], [0, made]);
  assert.match(stderr, /^ID .*\n704.* Running .*\nCancel 1 run\? \[y\/N\] $/);
  assert.match(stdout, /^ID .*\n704\d+ +Weekly backfill +Cancelled .*\n$/);
});

Deno.test("dbtc runs cancel --dry-run prints the runs, and cancels none, in a read-only session too", async () => {
  const env = { ...sandboxEnv, DBTC_READONLY: "1" };
  const outcome = await dbtc(["runs", "cancel", "--all-jobs", "--dry-run", "--fields", "id,status"], {
    of: [3, 1, 3],
    surroundings: { env },
  });
  const [first, second, third] = outcome.made;
  assert.deepEqual([outcome.code, outcome.stderr, outcome.cancelled], [
    0,
    "3 runs would be cancelled. Nothing was sent\n",
    [],
  ]);
  assert.deepEqual(JSON.parse(outcome.stdout), [
    { id: third, status: 1 },
    { id: first, status: 3 },
    { id: second, status: 3 },
  ]);
});

const outcomes: ReadonlyArray<readonly [ReadonlyArray<sandbox.Fault>, number, ReadonlyArray<number>, RegExp]> = [
  [[{ fault: "cancel-refused", times: 1 }], 9, [1, 30], /The run could not be cancelled/],
  [[{ fault: "slow-cancel" }], 6, [30, 3], /Stopped waiting after 10 s.*was asked to stop/],
  [[{ fault: "reset", route: "POST *", times: 1 }], 10, [3, 30], /unknown whether it happened/],
  [[{ fault: "cancel-refused", times: 1 }, { fault: "slow-cancel" }], 9, [1, 3], /was asked to stop[^]*could not be/],
  [[{ fault: "accepted-then-lost" }], 0, [30, 30], /^ID /],
];

for (const [faults, code, statuses, says] of outcomes) {
  const named = faults.map(({ fault }) => fault).join(" and ");
  Deno.test(`dbtc runs cancel exits ${code} after ${named}, and prints every run`, async () => {
    // The second one waits for the first, and is cancelled before it.
    const outcome = await dbtc(["runs", "cancel", "--job-id", "3", "--yes"], { of: [3, 3], faults });
    assert.equal(outcome.code, code);
    assert.match(outcome.stderr, says);
    assert.deepEqual(JSON.parse(outcome.stdout).map(({ status }: runs.Run) => status), statuses);
    assert.equal(outcome.cancelled.length, 2);
  });
}

Deno.test("dbtc runs cancel of one run is as it was", async () => {
  const program = Effect.gen(function* () {
    const [made] = yield* started(3);
    const outcome = yield* command(["runs", "cancel", String(made!.id)]);
    assert.deepEqual([outcome.code, JSON.parse(outcome.stdout).status, outcome.stderr], [0, 30, ""]);
    const dry = yield* command(["runs", "cancel", "--run-id", "5", "--dry-run"]);
    assert.match(dry.stdout, /^POST http:\/\/127\.0\.0\.1:8008\/api\/v2\/accounts\/1\/runs\/5\/cancel\/\n/);
  });
  await succeeds(Effect.provide(program, over({})));
});
