/**
 * What every endpoint does by default: tokens and routes, lists with filters, order and pages, and writes.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import { absent, read } from "../support/evidence.ts";
import { inProcess, test, v2, v3 } from "../support/sandbox_fixture.ts";

const refused = (code: number, user_message: string, data: unknown = null) => ({
  status: { code, is_success: false, user_message, developer_message: "" },
  data,
});
const missing = refused(
  404,
  "The requested resource was not found. Please check that you have the proper permissions.",
);
const wrong = "The request was invalid. Please double check the provided data and try again.";
const ids = (rows: ReadonlyArray<{ readonly id: number }>) => rows.map(({ id }) => id);

// ---- who asks, and where --------------------------------------------------------------------------------------------

test(
  "answers both scheme words, and 401 to anything else",
  Effect.fnUntraced(function* ({ ask }) {
    const statuses: Array<number> = [];
    for (const authorization of ["Bearer sandbox", "Token sandbox", "sandbox", "Bearer other", "Basic sandbox", ""]) {
      statuses.push((yield* ask(`GET ${v2}/jobs/1/`, undefined, { authorization })).status);
    }
    assert.deepEqual(statuses, [200, 200, 401, 401, 401, 401]);
    const { body } = yield* ask(`GET ${v2}/jobs/1/`, undefined, {});
    assert.deepEqual(body, refused(401, "Invalid token."));
  }),
);

test(
  "hides what a token may not do behind a 404 in the envelope",
  Effect.fnUntraced(function* ({ ask }) {
    const seen: Array<unknown> = [];
    for (const token of ["sandbox", "sandbox-runner", "sandbox-readonly"]) {
      const headers = { authorization: `Bearer ${token}` };
      const name = yield* ask(`PATCH ${v2}/`, { name: "Jaffle Shop" }, headers);
      const started = yield* ask(`POST ${v2}/jobs/3/run/`, { cause: "test" }, headers);
      const cancelled = yield* ask(`POST ${v2}/runs/70471800000007/cancel/`, undefined, headers);
      const got = yield* ask(`GET ${v2}/runs/`, undefined, headers);
      seen.push([name.status, started.status, cancelled.status, got.status]);
      if (token === "sandbox-readonly") assert.deepEqual(started.body, missing);
    }
    assert.deepEqual(seen, [[200, 200, 200, 200], [404, 200, 200, 200], [404, 404, 404, 200]]);
  }),
);

test(
  "answers a route that is not there without the envelope",
  Effect.fnUntraced(function* ({ ask }) {
    const statuses: Array<unknown> = [];
    for (
      const request of [
        `GET ${v2}/nothing/`,
        `GET /api/v4/accounts/`,
        `GET /api/v2//accounts/1/jobs/`,
        `GET /nothing`,
        `POST ${v2}/nothing`,
      ]
    ) {
      const { status, body } = yield* ask(request, request.startsWith("GET") ? undefined : { cause: "test" });
      statuses.push([status, typeof body]);
    }
    assert.deepEqual(statuses, Array.from({ length: 5 }, () => [404, "string"]));
  }),
);

test(
  "answers a thing that is not there with 404 in the envelope",
  Effect.fnUntraced(function* ({ ask }) {
    for (
      const request of [
        `GET ${v2}/jobs/99/`,
        `GET /api/v2/accounts/2/jobs/1/`,
        `GET /api/v2/accounts/2/runs/`,
        `GET ${v3}/projects/2/environments/`,
        `GET ${v2}/runs/1/`,
        `GET ${v2}/runs/x/`,
        `GET ${v2}/steps/1/`,
        `GET ${v2}/runs/70471800000001/artifacts/nothing.json`,
        `POST ${v2}/jobs/99/run/`,
        `DELETE ${v2}/jobs/99/`,
      ]
    ) {
      const { status, body } = yield* ask(request, request.startsWith("POST") ? { cause: "test" } : undefined);
      assert.deepEqual([request, status, body], [request, 404, missing]);
    }
  }),
);

test(
  "keeps accounts apart",
  Effect.fnUntraced(function* ({ ask, data }) {
    const other = "/api/v2/accounts/2";
    assert.deepEqual([yield* data(`GET ${other}/jobs/`), yield* data(`GET ${other}/runs/`)], [[], []]);
    for (
      const request of [
        `GET ${other}/jobs/1/`,
        `POST ${other}/jobs/1/run/`,
        `POST ${other}/jobs/1/rerun/`,
        `GET ${other}/jobs/1/artifacts/manifest.json`,
        `GET ${other}/runs/70471800000001/`,
        `POST ${other}/runs/70471800000001/cancel/`,
        `GET ${other}/runs/70471800000001/artifacts/manifest.json`,
        `GET ${other}/steps/70680000000101/`,
      ]
    ) {
      const { status, body } = yield* ask(request, request.endsWith("run/") ? { cause: "test" } : undefined);
      assert.deepEqual([request, status, body], [request, 404, missing]);
    }
  }),
  { seed: { accounts: [{ id: 1, name: "One" }, { id: 2, name: "Two" }] } },
);

// dbt Cloud is a Django server: https://github.com/dbt-labs/dbt-cloud-openapi-spec/issues/7 has its 405.
test(
  "answers a verb that a path does not have with 405, HEAD as GET without a body, and OPTIONS",
  Effect.fnUntraced(function* ({ ask }) {
    const cases: ReadonlyArray<readonly [string, number, unknown, string | undefined]> = [
      [`PUT ${v2}/jobs/1/`, 405, { detail: 'Method "PUT" not allowed.' }, "GET, POST, DELETE, HEAD, OPTIONS"],
      [`GET ${v2}/jobs/1/run/`, 405, { detail: 'Method "GET" not allowed.' }, "POST, OPTIONS"],
      [`HEAD ${v2}/jobs/1/run/`, 405, "", "POST, OPTIONS"],
      [`HEAD ${v2}/jobs/1/`, 200, "", undefined],
      [`HEAD ${v2}/jobs/99/`, 404, "", undefined],
      [
        `OPTIONS ${v2}/jobs/1/`,
        200,
        { name: "", description: "", renders: ["application/json"], parses: ["application/json"] },
        "GET, POST, DELETE, HEAD, OPTIONS",
      ],
    ];
    for (const [request, status, body, allow] of cases) {
      const answer = yield* ask(request, request.startsWith("PUT") ? {} : undefined);
      assert.deepEqual([request, answer.status, answer.body, answer.headers.allow], [request, status, body, allow]);
    }
    const headers = { authorization: "Token nobody" };
    assert.equal((yield* ask(`PUT ${v2}/jobs/1/`, {}, headers)).status, 401);
    const readonly = { authorization: "Token sandbox-readonly" };
    assert.equal((yield* ask(`HEAD ${v2}/jobs/1/`, undefined, readonly)).status, 200);
  }),
);

test(
  "deletes an environment by the account's path too, as Python dbtc does",
  Effect.fnUntraced(function* ({ ask, data }) {
    assert.equal((yield* data(`DELETE ${v3}/environments/2/`)).state, 2);
    assert.equal((yield* ask(`GET ${v3}/projects/1/environments/2/`)).status, 404);
  }),
);

// ---- lists ----------------------------------------------------------------------------------------------------------

test(
  "says of a list how it was asked for",
  Effect.fnUntraced(function* ({ ask }) {
    const { body } = yield* ask(`GET ${v2}/jobs/?project_id__in=[1,2]&limit=2&offset=1&order_by=-id&what=ever`);
    const { data, ...rest } = body;
    assert.deepEqual(ids(data), [3, 2]);
    assert.deepEqual(rest, {
      status: { code: 200, is_success: true, user_message: "Success!", developer_message: "" },
      extra: {
        filters: { account_id: 1, project_id__in: [1, 2], what: "ever", limit: 2, offset: 1, state: "active" },
        order_by: "-id",
        pagination: { count: 2, total_count: 4 },
      },
      error_code: null,
    });
  }),
);

test(
  "filters a list by the names of fields",
  Effect.fnUntraced(function* ({ ask, data }) {
    yield* ask(`POST ${v3}/projects/`, { name: "other" });
    yield* ask(`POST ${v2}/jobs/`, { name: "Fifth", project_id: 2, environment_id: 1, execute_steps: ["dbt run"] });
    yield* ask(`DELETE ${v2}/jobs/3/`);
    const found: Record<string, unknown> = {};
    const cases = {
      "": [1, 2, 4, 5],
      "project_id=2": [5],
      "project_id__in=[1,2]": [1, 2, 4, 5],
      "project_id__in=2&project_id__in=7": [5],
      "project_id__in=2,7": [5],
      "project_id__in=['2']": [5],
      "name__icontains=DAILY": [1],
      "state=deleted": [3],
      "state=2": [3],
      "state=all": [1, 2, 3, 4, 5],
      "state=active": [1, 2, 4, 5],
      "pk=2": [2],
      "triggers_schedule=true": [],
      "generate_docs=true": [1, 2],
      "job_type=ci": [4],
      "unknown=1": [1, 2, 4, 5],
      "order_by=-name": [2, 5, 1, 4],
      "order_by=project_id": [1, 2, 4, 5],
      "offset=3": [5],
      "offset=9": [],
      "limit=0": [],
    };
    for (const query of Object.keys(cases)) found[query] = ids(yield* data(`GET ${v2}/jobs/?${query}`));
    assert.deepEqual(found, cases);
  }),
);

test(
  "refuses lists of more than 100, and what is no page",
  Effect.fnUntraced(function* ({ ask }) {
    for (const query of ["limit=101", "limit=x", "limit=-1", "offset=x", "order_by=nothing"]) {
      const { status, body } = yield* ask(`GET ${v2}/runs/?${query}`);
      assert.deepEqual([query, status, body.status.is_success, body.data], [query, 400, false, null]);
    }
  }),
);

test(
  "gives each run once, page by page",
  Effect.fnUntraced(function* ({ ask, data }) {
    const all = Array.from({ length: 250 }, (_, index) => 70471800000001 + index);
    const pages: Record<string, Array<number>> = { id: [], "-id": [], created_at: [], "-finished_at": [] };
    for (const [order, seen] of Object.entries(pages)) {
      for (const offset of [0, 100, 200]) {
        seen.push(...ids(yield* data(`GET ${v2}/runs/?order_by=${order}&offset=${offset}`)));
      }
    }
    assert.deepEqual(pages, { id: all, "-id": all.toReversed(), created_at: all, "-finished_at": all.toReversed() });
    const { body } = yield* ask(`GET ${v2}/runs/?offset=200`);
    assert.deepEqual(body.extra, {
      filters: { account_id: 1, limit: 100, offset: 200, state: "all" },
      order_by: "id",
      pagination: { count: 50, total_count: 250 },
    });
  }),
  { runs: 250 },
);

test(
  "filters runs by status, job and time",
  Effect.fnUntraced(function* ({ data }) {
    const last = (count: number) => (rows: ReadonlyArray<{ readonly id: number }>) =>
      rows.slice(-count).map(({ id }) => id - 70471800000000);
    assert.deepEqual(last(9)(yield* data(`GET ${v2}/runs/`)), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.deepEqual(last(9)(yield* data(`GET ${v2}/runs/?status=20`)), [2, 5, 8]);
    assert.deepEqual(last(9)(yield* data(`GET ${v2}/runs/?status__in=[20,30]`)), [2, 5, 8]);
    assert.deepEqual(last(9)(yield* data(`GET ${v2}/runs/?job_definition_id=3&order_by=-id`)), [9, 6, 3]);
    assert.deepEqual(last(9)(yield* data(`GET ${v2}/runs/?id__gt=70471800000007`)), [8, 9]);
    assert.deepEqual(last(9)(yield* data(`GET ${v2}/runs/?has_docs_generated=true`)), [1, 4, 7]);
    assert.deepEqual(last(9)(yield* data(`GET ${v2}/runs/?state=deleted`)), []);
    const range = encodeURIComponent(`["1969-12-31 03:00:00","1969-12-31T12:00:00Z"]`);
    assert.deepEqual(last(9)(yield* data(`GET ${v2}/runs/?created_at__range=${range}`)), [5, 6, 7]);
  }),
  { runs: 9 },
);

test(
  "understands every writing of include_related",
  Effect.fnUntraced(function* ({ data }) {
    const path = `GET ${v2}/runs/70471800000001/`;
    const bare = yield* data(path);
    assert.deepEqual([bare.trigger, bare.job, bare.environment, bare.run_steps], [null, null, null, []]);
    const [first, ...others] = yield* Effect.forEach([
      "include_related=trigger,job",
      `include_related=${encodeURIComponent(`["trigger","job"]`)}`,
      `include_related=${encodeURIComponent(`['trigger', 'job']`)}`,
      "include_related=[trigger,job]",
      "include_related=trigger&include_related=job",
    ], (query) => data(`${path}?${query}`));
    assert.deepEqual([first.trigger.cause, first.job.name, first.environment], ["scheduled", "Daily build", null]);
    for (const other of others) assert.deepEqual(other, first);
  }),
);

// ---- writes ---------------------------------------------------------------------------------------------------------

const fifth = { name: "Fifth", project_id: 1, environment_id: 1, execute_steps: ["dbt run"], id: null };

test(
  "creates a job that is there afterwards",
  Effect.fnUntraced(function* ({ ask, data }) {
    const { status, body } = yield* ask(`POST ${v2}/jobs/`, { ...fifth, settings: { threads: 8 } });
    assert.deepEqual([status, body.status.code, body.data.id], [201, 201, 5]);
    assert.deepEqual(body.data.settings, { threads: 8, target_name: "default" });
    assert.deepEqual(body.data.created_at, "1970-01-01T00:00:00.000000+00:00");
    assert.deepEqual(yield* data(`GET ${v2}/jobs/5/`), body.data);
  }),
);

test(
  "says what is wrong with a body, field by field",
  Effect.fnUntraced(function* ({ ask, data }) {
    const cases: ReadonlyArray<readonly [unknown, unknown]> = [
      [{ name: "x" }, {
        project_id: "required key not provided",
        environment_id: "required key not provided",
      }],
      [{ ...fifth, execute_steps: "dbt run" }, { execute_steps: "not a valid value" }],
      [{ ...fifth, environment_id: 9, project_id: 8 }, {
        project_id: "8 does not exist",
        environment_id: "9 does not exist",
      }],
      [[1], { body: "expected a dictionary" }],
      ["{", { body: "expected JSON" }],
    ];
    for (const [body, data] of cases) {
      assert.deepEqual((yield* ask(`POST ${v2}/jobs/`, body)).body, refused(400, wrong, data));
    }
    assert.deepEqual((yield* ask(`POST ${v2}/jobs/1/run/`, {})).body.data, { cause: "required key not provided" });
    assert.deepEqual((yield* ask(`POST ${v2}/jobs/1/run/`, { cause: "x".repeat(256) })).body.data, {
      cause: "length of value must be at most 255",
    });
    assert.deepEqual(ids(yield* data(`GET ${v2}/jobs/`)), [1, 2, 3, 4]);
  }),
);

test(
  "resets what a replacement does not name, and keeps what a patch does not",
  Effect.fnUntraced(function* ({ ask }) {
    const { body: { data: job } } = yield* ask(`POST ${v2}/jobs/1/`, fifth);
    assert.deepEqual([job.id, job.name, job.generate_docs, job.settings, job.created_at], [
      1,
      "Fifth",
      false,
      { threads: 1, target_name: "default" },
      "2024-09-06T07:41:12.146234+00:00",
    ]);
    const { body: { data: environment } } = yield* ask(`POST ${v3}/projects/1/environments/1/`, {
      name: "renamed",
      type: "deployment",
      dbt_version: "latest",
    });
    assert.deepEqual([environment.name, environment.credentials_id, environment.connection_id], [
      "renamed",
      null,
      null,
    ]);
    const { body: { data: account } } = yield* ask(`PATCH ${v2}/`, { name: "Jaffles" });
    assert.deepEqual([account.name, account.run_slots, account.plan], ["Jaffles", 5, "enterprise"]);
  }),
);

test(
  "deletes softly",
  Effect.fnUntraced(function* ({ ask, data }) {
    const { status, body } = yield* ask(`DELETE ${v2}/jobs/1/`);
    assert.deepEqual([status, body.data.id, body.data.state], [200, 1, 2]);
    assert.deepEqual(ids(yield* data(`GET ${v2}/jobs/`)), [2, 3, 4]);
    for (
      const request of [`GET ${v2}/jobs/1/`, `DELETE ${v2}/jobs/1/`, `POST ${v2}/jobs/1/`, `POST ${v2}/jobs/1/run/`]
    ) {
      assert.deepEqual((yield* ask(request, request.startsWith("POST") ? { cause: "test" } : undefined)).status, 404);
    }
  }),
);

test(
  "writes times with a space or a T, as dbt Cloud does",
  Effect.fnUntraced(function* ({ data }) {
    const times = yield* Effect.forEach([
      `GET /api/v3/accounts/`,
      `GET ${v3}/projects/`,
      `GET ${v3}/environments/`,
      `GET ${v2}/environments/`,
      `GET ${v2}/jobs/`,
      `GET ${v2}/runs/`,
    ], (request) => Effect.map(data(request), ([{ created_at }]) => created_at.slice(10, 11)));
    assert.deepEqual(times, ["T", " ", " ", "T", "T", " "]);
  }),
);

// ---- evidence -------------------------------------------------------------------------------------------------------

/** The keys that a recorded answer has and ours has not; below a connection it depends on the warehouse. */
function lost(recorded: unknown, ours: unknown, path = ""): ReadonlyArray<string> {
  if (Array.isArray(recorded)) {
    return recorded.length === 0 ? [] : Array.isArray(ours) ? lost(recorded[0], ours[0], `${path}[]`) : [path];
  }
  if (typeof recorded !== "object" || recorded === null) return [];
  if (typeof ours !== "object" || ours === null) return [path];
  return Object.entries(recorded).filter(([name]) => !/\.(connection|details)$/.test(path) || name === "id").flatMap((
    [name, value],
  ) => name in ours ? lost(value, Reflect.get(ours, name), `${path}.${name}`) : [`${path}.${name}`]);
}

Deno.test({
  name: "sandbox answers with every key of the recorded answers",
  ignore: absent,
  fn: () =>
    inProcess(
      {},
      Effect.fnUntraced(function* ({ ask }) {
        const differ: Record<string, unknown> = {};
        const compare = (name: string, { status, body }: { readonly status: number; readonly body: unknown }) => {
          const recorded = JSON.parse(read(`admin/recorded/${name}_response.json`));
          differ[name] = lost(recorded, body);
          assert.equal(status, recorded.status.code);
        };
        const job = { ...fifth, triggers: { schedule: true } };
        compare("account_list", yield* ask(`GET /api/v3/accounts/`));
        compare("project_list", yield* ask(`GET ${v3}/projects/`));
        compare("project_get", yield* ask(`GET ${v3}/projects/1/`));
        compare("project_create", yield* ask(`POST ${v3}/projects/`, { name: "test" }));
        compare("project_delete", yield* ask(`DELETE ${v3}/projects/2/`));
        compare("environment_list", yield* ask(`GET ${v2}/environments/`));
        compare(
          "environment_create",
          yield* ask(`POST ${v3}/projects/1/environments/`, { name: "x", type: "deployment" }),
        );
        compare("job_create", yield* ask(`POST ${v2}/jobs/`, job));
        compare("job_list", yield* ask(`GET ${v2}/jobs/?pk=5`));
        compare("job_delete", yield* ask(`DELETE ${v2}/jobs/5/`));
        yield* ask(`POST ${v2}/jobs/1/run/`, { cause: "test" });
        compare("run_cancel", yield* ask(`POST ${v2}/runs/70471800000007/cancel/`));
        assert.deepEqual(differ, {
          // Which accounts the token may see, as a filter that nobody asked for.
          account_list: [".extra.filters.pk__in"],
          project_list: [],
          project_get: [],
          project_create: [],
          project_delete: [],
          environment_list: [],
          environment_create: [],
          // Gone from answers since November 2023: https://github.com/dbt-labs/dbt-jobs-as-code/issues/59
          job_create: [".data.triggers.custom_branch_only"],
          job_list: [".data[].triggers.custom_branch_only"],
          job_delete: [".data.triggers.custom_branch_only"],
          run_cancel: [],
        });
      }),
    ),
});
