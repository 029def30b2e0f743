/**
 * What dbt Cloud derives when it stores a job, and what it refuses.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as TestClock from "effect/testing/TestClock";
import assert from "node:assert/strict";
import { test, v2 } from "../support/sandbox_fixture.ts";

const least = { name: "New", project_id: 1, environment_id: 1 };
const words = "State aware orchestration is not available for CI or Merge jobs";

test(
  "creates a job that has no steps",
  Effect.fnUntraced(function* ({ ask, data }) {
    // Neither revision of the specification requires `execute_steps`; dagster-dbt sends none.
    const { status, body } = yield* ask(`POST ${v2}/jobs/`, least);
    assert.deepEqual([status, body.data.execute_steps], [201, []]);
    const run = yield* data(`POST ${v2}/jobs/${body.data.id}/run/`, { cause: "test" });
    yield* TestClock.adjust("10 minutes");
    assert.equal((yield* data(`GET ${v2}/runs/${run.id}/`)).status_humanized, "Success");
  }),
);

test(
  "derives a job's type from its triggers, whatever label was sent",
  Effect.fnUntraced(function* ({ data }) {
    const schedule = { schedule: true };
    const cases: ReadonlyArray<readonly [unknown, string]> = [
      // Terraform provider 1.12.2: `scheduled` and `other` follow from the schedule trigger.
      [{ job_type: "scheduled", triggers: {} }, "other"],
      [{ job_type: "other", triggers: schedule }, "scheduled"],
      [{ triggers: schedule }, "scheduled"],
      [{}, "other"],
      [{ triggers: { github_webhook: true } }, "ci"],
      [{ triggers: { git_provider_webhook: true, schedule: true } }, "ci"],
      [{ triggers: { on_merge: true } }, "merge"],
      [{ job_type: "ci", triggers: {} }, "ci"],
      [{ job_type: "adaptive", triggers: {} }, "adaptive"],
    ];
    for (const [fields, type] of cases) {
      assert.deepEqual([fields, (yield* data(`POST ${v2}/jobs/`, { ...least, ...Object(fields) })).job_type], [
        fields,
        type,
      ]);
    }
  }),
);

test(
  "keeps CI and adaptive jobs what they are",
  Effect.fnUntraced(function* ({ ask, data }) {
    const { id } = yield* data(`POST ${v2}/jobs/`, { ...least, job_type: "adaptive" });
    const errors: Array<unknown> = [];
    for (
      const [job, type] of [[4, "scheduled"], [4, "other"], [4, "merge"], [1, "ci"], [id, "ci"], [1, "adaptive"]]
    ) {
      const { status, body } = yield* ask(`POST ${v2}/jobs/${job}/`, { ...least, job_type: type });
      errors.push([status, body.data.job_type]);
    }
    // The words are those of the Terraform provider's validateJobTypeChange.
    assert.deepEqual(errors, [
      [400, "the job type field for this job can only be set to 'ci'"],
      [400, "the job type field for this job can only be set to 'ci'"],
      [400, "the job type field for this job can only be set to 'ci'"],
      [400, "cannot change job_type to 'ci' from 'other'"],
      [400, "the job type field for this job can only be set to 'adaptive'"],
      [400, "cannot change job_type to 'adaptive' from 'other'"],
    ]);
    assert.equal((yield* data(`POST ${v2}/jobs/4/`, least)).job_type, "ci");
    assert.equal((yield* data(`POST ${v2}/jobs/4/`, { ...least, job_type: "ci" })).job_type, "ci");
  }),
);

test(
  "derives the parts of a schedule from each other",
  Effect.fnUntraced(function* ({ data }) {
    const hourly = { type: "every_hour", interval: 1 };
    const exact = { type: "at_exact_hours", hours: [9, 17] };
    const cases: ReadonlyArray<readonly [unknown, unknown]> = [
      // The Terraform provider sends the cron of `interval_cron` only, and reads the days.
      [
        { date: { type: "interval_cron", cron: "4 */5 * * 1,2" }, time: { type: "every_hour", interval: 5 } },
        {
          cron: "4 */5 * * 1,2",
          date: { type: "interval_cron", cron: "4 */5 * * 1,2", days: [1, 2] },
          time: { type: "every_hour", interval: 5 },
        },
      ],
      [
        { cron: "", date: { type: "interval_cron", cron: "4 */5 * * *" }, time: hourly },
        {
          cron: "4 */5 * * *",
          date: { type: "interval_cron", cron: "4 */5 * * *", days: [0, 1, 2, 3, 4, 5, 6] },
          time: hourly,
        },
      ],
      [
        { date: { type: "custom_cron", cron: "0 21 * * *" }, time: hourly },
        { cron: "0 21 * * *", date: { type: "custom_cron", cron: "0 21 * * *" }, time: hourly },
      ],
      [{ date: { type: "every_day" }, time: exact }, {
        cron: "0 9,17 * * *",
        date: { type: "every_day" },
        time: exact,
      }],
      [
        { date: { type: "days_of_week", days: [1, 4] }, time: { type: "every_hour", interval: 2 } },
        {
          cron: "0 */2 * * 1,4",
          date: { type: "days_of_week", days: [1, 4] },
          time: { type: "every_hour", interval: 2 },
        },
      ],
      [{ date: { type: "every_day" }, time: { type: "every_hour" } }, {
        cron: "0 * * * *",
        date: { type: "every_day" },
        time: hourly,
      }],
      [undefined, { cron: "0 * * * *", date: { type: "every_day" }, time: hourly }],
    ];
    for (const [schedule, expected] of cases) {
      assert.deepEqual((yield* data(`POST ${v2}/jobs/`, { ...least, schedule })).schedule, expected);
    }
  }),
);

test(
  "says when a job runs next, where a schedule starts it",
  Effect.fnUntraced(function* ({ data }) {
    const schedule = { date: { type: "custom_cron", cron: "30 6 * * *" }, time: { type: "every_hour", interval: 1 } };
    const on = yield* data(`POST ${v2}/jobs/`, { ...least, schedule, triggers: { schedule: true } });
    assert.deepEqual([on.next_run, on.next_run_humanized], [
      "1970-01-01T06:30:00.000000+00:00",
      "6 hours, 30 minutes",
    ]);
    const off = yield* data(`POST ${v2}/jobs/`, { ...least, schedule });
    assert.deepEqual([off.next_run, off.next_run_humanized], [null, null]);
    const never = { ...schedule, date: { type: "custom_cron", cron: "0 0 31 2 *" } };
    const none = yield* data(`POST ${v2}/jobs/`, { ...least, schedule: never, triggers: { schedule: true } });
    assert.equal(none.next_run, null);
  }),
);

test(
  "derives force_node_selection from what saves cost, and the other way round",
  Effect.fnUntraced(function* ({ data }) {
    const stateAware = ["state_aware_orchestration"];
    const cases: ReadonlyArray<readonly [unknown, ReadonlyArray<string>, boolean]> = [
      [{}, [], true],
      [{ cost_optimization_features: stateAware }, stateAware, false],
      [{ force_node_selection: false }, stateAware, false],
      [{ force_node_selection: true }, [], true],
      // Of the two the list wins, and `dbt_state` stays alone: `job.go` of the Terraform provider.
      [{ force_node_selection: true, cost_optimization_features: stateAware }, stateAware, false],
      [{ force_node_selection: false, cost_optimization_features: [] }, [], true],
      [{ cost_optimization_features: ["dbt_state", ...stateAware] }, ["dbt_state"], false],
      [{ cost_optimization_features: ["efficient_testing"] }, ["efficient_testing"], true],
    ];
    for (const [fields, features, forced] of cases) {
      const job = yield* data(`POST ${v2}/jobs/`, { ...least, ...Object(fields) });
      assert.deepEqual([fields, job.cost_optimization_features, job.force_node_selection], [fields, features, forced]);
    }
  }),
);

test(
  "refuses state-aware orchestration for CI and merge jobs with 405",
  Effect.fnUntraced(function* ({ ask, data }) {
    const merge = { ...least, triggers: { on_merge: true } };
    const refused: ReadonlyArray<readonly [string, unknown]> = [
      [`POST ${v2}/jobs/4/`, { ...least, force_node_selection: true }],
      [`POST ${v2}/jobs/4/`, { ...least, force_node_selection: false }],
      [`POST ${v2}/jobs/4/`, { ...least, cost_optimization_features: ["state_aware_orchestration"] }],
      [`POST ${v2}/jobs/`, { ...least, job_type: "ci", force_node_selection: true }],
      [`POST ${v2}/jobs/`, { ...merge, force_node_selection: true }],
    ];
    for (const [request, body] of refused) {
      const answer = yield* ask(request, body);
      assert.deepEqual([answer.status, answer.body.status.user_message], [405, words], JSON.stringify(body));
    }
    const accepted: ReadonlyArray<readonly [string, unknown]> = [
      [`POST ${v2}/jobs/4/`, { ...least, cost_optimization_features: ["dbt_state"] }],
      [`POST ${v2}/jobs/4/`, { ...least, cost_optimization_features: [] }],
      [`POST ${v2}/jobs/4/`, { ...least, force_node_selection: null }],
      [`POST ${v2}/jobs/`, merge],
      [`POST ${v2}/jobs/1/`, { ...least, force_node_selection: false }],
    ];
    assert.equal((yield* data(`GET ${v2}/jobs/4/`)).force_node_selection, null);
    for (const [request, body] of accepted) assert((yield* ask(request, body)).status < 300, JSON.stringify(body));
  }),
);

test(
  "refuses jobs that dbt Cloud refuses, in its words",
  Effect.fnUntraced(function* ({ ask }) {
    const condition = { job_id: 1, project_id: 1, statuses: [0, 20, 10] };
    const date = { type: "every_day" };
    const cases: ReadonlyArray<readonly [unknown, unknown]> = [
      // https://github.com/dbt-labs/dbt-jobs-as-code/issues/91
      [{ triggers: { schedule: false, custom_branch_only: false } }, {
        triggers: "Additional properties are not allowed ('custom_branch_only' was unexpected)",
      }],
      // https://github.com/dbt-labs/terraform-provider-dbtcloud/issues/44
      [{ schedule: { date, time: { type: "at_exact_hours", interval: 1 } } }, {
        schedule: { time: { interval: "extra keys not allowed", hours: "required key not provided" } },
      }],
      // https://github.com/dbt-labs/terraform-provider-dbtcloud/issues/495; the words are not known.
      [{ job_completion_trigger_condition: { condition } }, {
        job_completion_trigger_condition: { condition: { statuses: "not a valid value" } },
      }],
    ];
    for (const [fields, data] of cases) {
      for (const path of ["", "1/"]) {
        const { status, body } = yield* ask(`POST ${v2}/jobs/${path}`, { ...least, ...Object(fields) });
        assert.deepEqual([status, body.data], [400, data]);
      }
    }
    const triggers = { job_completion_trigger_condition: { condition: { ...condition, statuses: [10, 20, 30] } } };
    assert.equal((yield* ask(`POST ${v2}/jobs/`, { ...least, ...triggers })).status, 201);
  }),
);
