/** Rules of a key, and what a deployment does in one process after the other. */
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as HttpClient from "effect/http/HttpClient";
import * as HttpClientResponse from "effect/http/HttpClientResponse";
import assert from "node:assert/strict";
import * as durable from "../../lib/durable/mod.ts";
import { RunStatus } from "../../lib/models/run.ts";
import { reasonOf, test, until } from "../support/deployment_processes.ts";

const triggers = (bench: { readonly count: (verb: string, path: RegExp) => Effect.Effect<number> }) =>
  bench.count("POST", /\/jobs\/\d+\/run\/$/);

test("the same key gives the same run, also in another process", (bench) =>
  Effect.gen(function* () {
    const deploy = durable.deploy({ job_id: 1, cause: "Deploy" }, { key: "k" });
    const [one, two] = yield* bench.process(Effect.all([deploy, deploy], { concurrency: 2 }));
    assert.equal(one.status, RunStatus.success);
    assert.equal(two.id, one.id);
    assert.equal((yield* bench.process(deploy)).id, one.id);
    assert.equal(yield* triggers(bench), 1);
    const info = yield* bench.process(durable.show({ key: "k" }));
    assert.deepEqual(
      [info.state, info.run_id, info.runs, info.run_status, info.attempt, info.account],
      ["succeeded", one.id, [one.id], RunStatus.success, 1, "127.0.0.1/1"],
    );
  }));

test("a key with other overrides is refused, and names them", (bench) =>
  Effect.gen(function* () {
    yield* bench.process(durable.deploy({ job_id: 1, cause: "a", git_branch: "main" }, { key: "k" }));
    const other = durable.deploy({ job_id: 1, cause: "b", git_branch: "next" }, { key: "k" });
    const reason = yield* reasonOf(bench.process(other));
    assert(reason._tag === "Unsendable");
    assert.match(reason.detail, /another git_branch/);
    // The cause is for people.
    yield* bench.process(durable.deploy({ job_id: 1, cause: "b", git_branch: "main" }, { key: "k" }));
    assert.equal(yield* triggers(bench), 1);
  }));

test("a failed deployment stays failed, until there is a new attempt", (bench) =>
  Effect.gen(function* () {
    const deploy = (newAttempt: boolean) =>
      reasonOf(bench.process(durable.deploy({ job_id: 2, cause: "Nightly" }, { key: "k", newAttempt })));
    const first = yield* deploy(false);
    assert(first._tag === "RunFailed");
    const again = yield* deploy(false);
    assert(again._tag === "RunFailed");
    assert.equal(again.run.id, first.run.id);
    const second = yield* deploy(true);
    assert(second._tag === "RunFailed");
    assert(second.run.id > first.run.id);
    assert.equal(yield* triggers(bench), 2);
    const all = yield* bench.process(durable.list({ state: "failed" }));
    assert.deepEqual(all.map(({ attempt, reason }) => [attempt, reason]), [[2, "RunFailed"], [1, "RunFailed"]]);
  }));

test("a failed run is retried from the point of failure", (bench) =>
  Effect.gen(function* () {
    const run = yield* bench.process(durable.deploy({ job_id: 2, cause: "Nightly" }, { key: "k", retries: 2 }));
    const info = yield* bench.process(durable.show({ key: "k" }));
    assert.deepEqual([info.state, info.runs], ["succeeded", [run.retrying_run_id, run.id]]);
    assert.deepEqual([yield* triggers(bench), yield* bench.count("POST", /\/retry\/$/)], [1, 1]);
  }));

test("a run that dbt Cloud does not retry is a failed run", (bench) =>
  Effect.gen(function* () {
    // As where another run of the job has come in between: RETRY_NOT_LATEST_RUN.
    const refusing = (client: HttpClient.HttpClient) =>
      HttpClient.transform(client, (effect, request) =>
        request.url.endsWith("/retry/")
          ? Effect.succeed(HttpClientResponse.fromWeb(
            request,
            Response.json({
              status: { code: 400, is_success: false, user_message: "This run cannot be retried." },
              data: { reason: "RETRY_NOT_LATEST_RUN" },
            }, { status: 400 }),
          ))
          : effect);
    const deploy = durable.deploy({ job_id: 2, cause: "Nightly" }, { key: "k", retries: 1 });
    assert.equal((yield* reasonOf(bench.process(deploy, { transport: refusing })))._tag, "RunFailed");
  }));

test("the process that goes hands over, and nothing is cancelled", (bench) =>
  Effect.gen(function* () {
    const deploy = durable.deploy({ job_id: 3, cause: "Long" }, { key: "k" });
    const hasRun = Effect.map(durable.list(), ([first]) => first?.run_id != null);
    yield* bench.process(Effect.gen(function* () {
      yield* Effect.forkScoped(deploy);
      yield* until(hasRun);
    }));
    const run = yield* bench.process(deploy);
    assert.equal(run.status, RunStatus.success);
    assert.deepEqual([yield* triggers(bench), yield* bench.count("POST", /\/cancel\/$/)], [1, 0]);
  }), { speed: 300 });

test("cancel cancels the run with one request, within 2 s", (bench) =>
  Effect.gen(function* () {
    yield* bench.process(Effect.gen(function* () {
      const fiber = yield* Effect.forkScoped(durable.deploy({ job_id: 3, cause: "Long" }, { key: "k" }));
      yield* until(Effect.map(durable.list(), ([first]) => first?.run_status != null));
      const begun = performance.now();
      const info = yield* durable.cancel({ key: "k" });
      assert(performance.now() - begun < 2000);
      assert.equal(info.state, "cancelled");
      const reason = yield* reasonOf(Fiber.join(fiber));
      assert(reason._tag === "RunCancelled");
      assert.equal(reason.run.id, info.run_id);
    }));
    assert.equal(yield* bench.count("POST", /\/cancel\/$/), 1);
    // It stays cancelled.
    const again = yield* bench.process(durable.cancel({ key: "k" }));
    assert.equal(again.state, "cancelled");
    assert.equal(yield* bench.count("POST", /\/cancel\/$/), 1);
  }), { speed: 1 });

test("with the database lost, the run is found by its tag", (bench) =>
  Effect.gen(function* () {
    const deploy = durable.deploy({ job_id: 1, cause: "Deploy" }, { key: "k" });
    const run = yield* bench.process(deploy);
    const other = yield* Effect.promise(() => bench.withAnotherDatabase());
    assert.equal((yield* other.process(deploy)).id, run.id);
    assert.equal(yield* triggers(bench), 1);
  }));

test("with the database lost, a failed run stays failed, and a new attempt is one", (bench) =>
  Effect.gen(function* () {
    const deploy = (newAttempt: boolean) => durable.deploy({ job_id: 2, cause: "Nightly" }, { key: "k", newAttempt });
    const first = yield* reasonOf(bench.process(deploy(false)));
    const other = yield* Effect.promise(() => bench.withAnotherDatabase());
    const again = yield* reasonOf(other.process(deploy(false)));
    assert(first._tag === "RunFailed" && again._tag === "RunFailed");
    assert.equal(again.run.id, first.run.id);
    const third = yield* Effect.promise(() => bench.withAnotherDatabase());
    const second = yield* reasonOf(third.process(deploy(true)));
    assert(second._tag === "RunFailed");
    assert(second.run.id > first.run.id);
    assert.equal(yield* triggers(bench), 2);
  }));

test("a run that only attaches is not cancelled", (bench) =>
  Effect.gen(function* () {
    const other = yield* Effect.promise(() => bench.withAnotherDatabase());
    const deploy = (key: string) => durable.deploy({ job_id: 3, cause: "Long" }, { key });
    const isOpen = until(Effect.map(durable.list(), ([first]) => first?.run_id != null));
    yield* bench.process(Effect.andThen(Effect.forkScoped(deploy("k")), isOpen));
    yield* other.process(Effect.gen(function* () {
      // A first attempt that only that database knows.
      yield* Effect.forkScoped(durable.deploy({ job_id: 3, cause: "Long" }, { key: "k", newAttempt: true }));
      yield* isOpen;
      assert.equal((yield* durable.cancel({ key: "k" })).state, "cancelled");
    }));
    assert.equal(yield* bench.count("POST", /\/cancel\/$/), 1);
  }), { speed: 1 });

test("the wait ends after its timeout, and the deployment goes on", (bench) =>
  Effect.gen(function* () {
    yield* bench.process(Effect.gen(function* () {
      const deploy = durable.deploy({ job_id: 3, cause: "Long" }, { key: "k", timeout: "1 second" });
      const reason = yield* reasonOf(deploy);
      assert(reason._tag === "WaitTimedOut", Deno.inspect(reason));
      assert.equal((yield* durable.show({ key: "k" })).state, "open");
    }));
    assert.equal(yield* bench.count("POST", /\/cancel\/$/), 0);
  }), { speed: 1 });

test("without a process that runs it, a deployment waits", (bench) =>
  Effect.gen(function* () {
    const deploy = durable.deploy({ job_id: 1, cause: "Deploy" }, { key: "k", timeout: "500 millis" });
    const reason = yield* reasonOf(bench.process(deploy, { runs: false }));
    assert(reason._tag === "Unreachable");
    assert.match(reason.detail, /deployment k has started no run within/);
    assert.equal((yield* bench.process(durable.deploy({ job_id: 1, cause: "Deploy" }, { key: "k" }))).status, 10);
  }));

test("prune deletes what has ended, and its messages", (bench) =>
  Effect.gen(function* () {
    yield* bench.process(durable.deploy({ job_id: 1, cause: "Deploy" }, { key: "k" }));
    yield* bench.process(Effect.gen(function* () {
      assert.equal(yield* durable.prune(), 0);
      assert.equal(yield* durable.prune({ olderThan: 0 }), 1);
      assert.deepEqual(yield* durable.list(), []);
    }));
  }));
