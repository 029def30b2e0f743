/**
 * Every fault of the sandbox, and what comes of every kind of call in spite of it: the tables are the specification.
 *
 * `once`, a fault hits the request that a column is about; `always`, it hits every request of the API that it can. A
 * cell says what the call gives, or its reason and exit code, and then how things stand ten seconds later: the run that
 * it is about, or whether the thing was made. A dot: nothing can go wrong there.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import assert from "node:assert/strict";
import { jobs, paginate, restartAndWait, runs, triggerAndWait, waitForRun } from "../../mod.ts";
import { type Column, testTable } from "../support/fault_table.ts";

// ---- runs -----------------------------------------------------------------------------------------------------------

// `trigger`, `restart`: of a run that was not there before. What is lost is looked for; what is sure to have been refused
// is no run; and a run that goes on when the waiting ends is left, and said.
// `cancel`: a POST like others. It is sent once: whether it happened stands after the comma.
// `artifact`: a file, the moment its run has ended. What breaks off after its first byte is not tried again.
const runTable = `
          trigger                 wait            restart                 cancel                    artifact
rate-limit
  once    Success                 Success         Success                 Cancelled                 whole
  always  RateLimited 7, no run   RateLimited 7   RateLimited 7, no run   RateLimited 7, Running    RateLimited 7
server-error
  once    Ambiguous 10, no run    Success         Ambiguous 10, no run    Ambiguous 10, Running     whole
  always  ServerFault 7, no run   ServerFault 7   ServerFault 7, no run   Ambiguous 10, Running     ServerFault 7
bad-gateway-html
  once    Ambiguous 10, no run    Success         Ambiguous 10, no run    Ambiguous 10, Running     whole
  always  ServerFault 7, no run   ServerFault 7   ServerFault 7, no run   Ambiguous 10, Running     ServerFault 7
timeout
  once    Ambiguous 10, no run    Success         Ambiguous 10, no run    Ambiguous 10, Running     whole
  always  Unreachable 7, no run   Unreachable 7   Unreachable 7, no run   Ambiguous 10, Running     Unreachable 7
reset
  once    Ambiguous 10, no run    Success         Ambiguous 10, no run    Ambiguous 10, Running     whole
  always  Unreachable 7, no run   Unreachable 7   Unreachable 7, no run   Ambiguous 10, Running     Unreachable 7
accepted-then-lost
  once    Success                 .               Success                 Ambiguous 10, Cancelled   .
  always  Success                 .               Success                 Ambiguous 10, Cancelled   .
late-accept
  once    Success                 .               Success                 Ambiguous 10, Cancelled   .
  always  Success                 .               Success                 Ambiguous 10, Cancelled   .
hidden-in-list
  once    .                       .               .                       .                         .
  always  .                       .               .                       .                         .
accepted-then-lost + hidden-in-list
  once    Success                 .               Success                 Ambiguous 10, Cancelled   .
  always  Success                 .               Success                 Ambiguous 10, Cancelled   .
empty-body
  once    Success                 Success         Success                 Undecodable 8, Cancelled  whole
  always  Undecodable 8, no run   Undecodable 8   Undecodable 8, no run   Undecodable 8, Cancelled  Undecodable 8
invalid-json
  once    Success                 Success         Success                 Undecodable 8, Cancelled  as it came
  always  Undecodable 8, no run   Undecodable 8   Undecodable 8, no run   Undecodable 8, Cancelled  as it came
truncated-body
  once    Success                 Success         Success                 Ambiguous 10, Cancelled   Unreachable 7
  always  Unreachable 7, no run   Unreachable 7   Unreachable 7, no run   Ambiguous 10, Cancelled   Unreachable 7
not-found-after-trigger
  once    Success                 Success         Success                 .                         .
  always  Success                 Success         Success                 .                         .
row-deleted-between-pages
  once    .                       .               .                       .                         .
  always  .                       .               .                       .                         .
unknown-status
  once    Success                 Success         Success                 Cancelled                 .
  always  Success                 Success         Success                 Cancelled                 .
unknown-fields
  once    Success                 Success         Success                 Cancelled                 .
  always  Success                 Success         Success                 Cancelled                 .
null-fields
  once    Success                 Success         Success                 Cancelled                 .
  always  Success                 Success         Success                 Cancelled                 .
late-artifact
  once    .                       .               .                       .                         NotFound 3
  always  .                       .               .                       .                         NotFound 3
missing-artifact
  once    .                       .               .                       .                         NotFound 3
  always  .                       .               .                       .                         NotFound 3
stuck-queued
  once    WaitTimedOut 6, Queued  .               WaitTimedOut 6, Queued  .                         .
  always  WaitTimedOut 6, Queued  .               WaitTimedOut 6, Queued  .                         .
slow
  once    Success                 Success         Success                 Cancelled                 whole
  always  Success                 Success         Success                 Cancelled                 whole
slow-cancel
  once    .                       .               .                       Running                   .
  always  .                       .               .                       Running                   .
cancel-refused
  once    .                       .               .                       Invalid 9, Running        .
  always  .                       .               .                       Invalid 9, Running        .
token-revoked
  once    Unauthorized 4, no run  Unauthorized 4  Unauthorized 4, no run  Unauthorized 4, Running   Unauthorized 4
  always  Unauthorized 4, no run  Unauthorized 4  Unauthorized 4, no run  Unauthorized 4, Running   Unauthorized 4
redirect
  once    NotFound 2, no run      Success         NotFound 2, no run      NotFound 2, Running       NotFound 2
  always  NotFound 2, no run      NotFound 2      NotFound 2, no run      NotFound 2, Running       NotFound 2
`;

/** Long enough for what the client tries again, short enough for a run that never begins. */
const timeout = "30 minutes";

/** A run that somebody else started some seconds ago: nothing here may cancel it. */
const another = Effect.fnUntraced(function* (job_id: number, seconds = 10) {
  const { id } = yield* jobs.trigger({ job_id, cause: "Another" });
  yield* Effect.sleep(seconds * 1000);
  const unharmed = Effect.map(runs.get({ run_id: id }), ({ status }) => assert.notEqual(status, 30, "was cancelled"));
  return { id, unharmed };
});

/** How the runs stand that a call started, of all that there are. */
const started = Effect.fnUntraced(function* (isOurs: (run: runs.Run) => boolean) {
  const { data } = yield* runs.list({ order_by: "-id", include_related: ["trigger"], limit: 20 });
  const ours = data.filter(isOurs);
  return ours.length === 0 ? "no run" : ours.map(({ status_humanized }) => status_humanized).join(" and ");
});

const runColumns: Readonly<Record<string, Column>> = {
  trigger: {
    route: "POST */run/",
    prepare: Effect.map(another(4), ({ unharmed }) => ({
      call: Effect.as(triggerAndWait({ job_id: 1, cause: "Test" }, { timeout }), ""),
      after: Effect.andThen(unharmed, started(({ trigger }) => trigger?.cause?.startsWith("Test") === true)),
    })),
  },
  wait: {
    route: "GET */runs/7*",
    prepare: Effect.map(another(1, 0), ({ id, unharmed }) => ({
      call: Effect.as(waitForRun({ run_id: id }, { fresh: true, timeout }), "Success"),
      after: Effect.as(unharmed, ""),
    })),
  },
  restart: {
    route: "POST */retry/",
    prepare: Effect.map(another(4), ({ unharmed }) => ({
      call: Effect.as(restartAndWait({ job_id: 2 }, { timeout }), ""),
      after: Effect.andThen(unharmed, started(({ retrying_run_id }) => typeof retrying_run_id === "number")),
    })),
  },
  cancel: {
    route: "POST */cancel/",
    prepare: Effect.gen(function* () {
      const { unharmed } = yield* another(4);
      const { id } = yield* jobs.trigger({ job_id: 3, cause: "Test" });
      yield* Effect.sleep("10 seconds");
      return {
        call: Effect.as(runs.cancel({ run_id: id }), ""),
        after: Effect.andThen(unharmed, started(({ trigger }) => trigger?.cause === "Test")),
      };
    }),
  },
  artifact: {
    route: "GET */artifacts/*",
    prepare: Effect.gen(function* () {
      const { id } = yield* triggerAndWait({ job_id: 1, cause: "Test" }, { schedule: Schedule.spaced("1 second") });
      return { call: yield* downloading(runs.getArtifact({ run_id: id, path: "run_results.json" })) };
    }),
  },
};

/** A download, in a word: whether it gives what it gave when nothing went wrong. */
const downloading = Effect.fnUntraced(function* <E, R>(file: Stream.Stream<Uint8Array, E, R>) {
  const read = file.pipe(Stream.decodeText(), Stream.mkString);
  const whole = yield* read;
  return Effect.map(read, (text) => text === whole ? "whole" : text === "" ? "nothing" : "as it came");
});

testTable("runs", runColumns, runTable);

// ---- single requests ------------------------------------------------------------------------------------------------

// `list`: 251 runs, the last of them new, in three pages. `create`: a write without a tag, so that a lost answer stays
// lost. `stream`: a file of a run that was over long ago.
const callTable = `
          list                  get             create                     stream
rate-limit
  once    every row             the job         made                       whole
  always  RateLimited 7         RateLimited 7   RateLimited 7, not made    RateLimited 7
server-error
  once    every row             the job         Ambiguous 10, not made     whole
  always  ServerFault 7         ServerFault 7   Ambiguous 10, not made     ServerFault 7
bad-gateway-html
  once    every row             the job         Ambiguous 10, not made     whole
  always  ServerFault 7         ServerFault 7   Ambiguous 10, not made     ServerFault 7
timeout
  once    every row             the job         Ambiguous 10, not made     whole
  always  Unreachable 7         Unreachable 7   Ambiguous 10, not made     Unreachable 7
reset
  once    every row             the job         Ambiguous 10, not made     whole
  always  Unreachable 7         Unreachable 7   Ambiguous 10, not made     Unreachable 7
accepted-then-lost
  once    .                     .               Ambiguous 10, made         .
  always  .                     .               Ambiguous 10, made         .
late-accept
  once    .                     .               Ambiguous 10, made         .
  always  .                     .               Ambiguous 10, made         .
hidden-in-list
  once    every row             .               .                          .
  always  all but the new one   .               .                          .
empty-body
  once    every row             the job         Undecodable 8, made        whole
  always  Undecodable 8         Undecodable 8   Undecodable 8, made        Undecodable 8
invalid-json
  once    every row             the job         Undecodable 8, made        as it came
  always  Undecodable 8         Undecodable 8   Undecodable 8, made        as it came
truncated-body
  once    every row             the job         Ambiguous 10, made         Unreachable 7
  always  Unreachable 7         Unreachable 7   Ambiguous 10, made         Unreachable 7
not-found-after-trigger
  once    .                     .               .                          .
  always  .                     .               .                          .
row-deleted-between-pages
  once    every row             .               .                          .
  always  every row             .               .                          .
unknown-status
  once    every row             .               .                          .
  always  every row             .               .                          .
unknown-fields
  once    every row             the job         made                       .
  always  every row             the job         made                       .
null-fields
  once    every row             the job         made                       .
  always  every row             the job         made                       .
late-artifact
  once    .                     .               .                          .
  always  .                     .               .                          .
missing-artifact
  once    .                     .               .                          NotFound 3
  always  .                     .               .                          NotFound 3
stuck-queued
  once    .                     .               .                          .
  always  .                     .               .                          .
slow
  once    every row             the job         made                       whole
  always  every row             the job         made                       whole
slow-cancel
  once    .                     .               .                          .
  always  .                     .               .                          .
cancel-refused
  once    .                     .               .                          .
  always  .                     .               .                          .
token-revoked
  once    Unauthorized 4        Unauthorized 4  Unauthorized 4, not made   Unauthorized 4
  always  Unauthorized 4        Unauthorized 4  Unauthorized 4, not made   Unauthorized 4
redirect
  once    NotFound 2            NotFound 2      NotFound 2, not made       NotFound 2
  always  NotFound 2            NotFound 2      NotFound 2, not made       NotFound 2
`;

const callColumns: Readonly<Record<string, Column>> = {
  list: {
    route: "GET */runs/",
    prepare: Effect.gen(function* () {
      const rows = paginate(runs.list, {}).pipe(Stream.map(({ id }) => id), Stream.runCollect);
      const { id: newest } = yield* another(1, 0);
      let came: ReadonlyArray<number> | undefined;
      return {
        call: Effect.map(rows, (ids) => (came = ids, "")),
        after: Effect.gen(function* () {
          if (came === undefined) return "";
          assert.equal(new Set(came).size, came.length, "a row came twice");
          const lost = (yield* rows).filter((id) => !came?.includes(id));
          return lost.length === 0
            ? "every row"
            : lost.every((id) => id === newest)
            ? "all but the new one"
            : `not ${lost}`;
        }),
      };
    }),
  },
  get: {
    route: "GET */jobs/1/",
    prepare: Effect.succeed({
      call: Effect.map(jobs.get({ job_id: 1 }), ({ id }) => id === 1 ? "the job" : `job ${id}`),
    }),
  },
  create: {
    route: "POST */jobs/",
    prepare: Effect.succeed({
      call: Effect.as(
        jobs.create({ name: "Test", project_id: 1, environment_id: 1, execute_steps: ["dbt build"] }),
        "",
      ),
      after: Effect.gen(function* () {
        const made = (yield* jobs.list({})).data.filter(({ name }) => name === "Test").length;
        return made === 0 ? "not made" : made === 1 ? "made" : `made ${made} times`;
      }),
    }),
  },
  stream: {
    route: "GET */artifacts/*",
    prepare: Effect.gen(function* () {
      const { data: [run] } = yield* runs.list({ job_definition_id: 1, limit: 1 });
      return { call: yield* downloading(runs.getArtifact({ run_id: run!.id, path: "manifest.json" })) };
    }),
  },
};

testTable("requests", callColumns, callTable);
