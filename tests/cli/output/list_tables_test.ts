/**
 * Tables of lists on a terminal: names instead of ids, short headings, times for people, and every width.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import { cellText, clockTime, headingsOf } from "../../../lib/cli/output/cell_text.ts";
import { renderTable } from "../../../lib/cli/output/text_table.ts";
import { table } from "../../../lib/groups/table.ts";
import * as sandbox from "../../../lib/sandbox/mod.ts";
import { command, type Outcome, sandboxEnv, type Surroundings } from "../../support/command.ts";
import { ok, type Reply, type Sent, transport } from "../../support/fixtures.ts";

/** Runs a command line in a sandbox; gives also the requests. */
function dbtc(argv: ReadonlyArray<string>, surroundings: Surroundings = { terminal: true, columns: 80 }) {
  return Effect.runPromise(
    Effect.gen(function* () {
      const outcome: Outcome = yield* command(argv, surroundings);
      const sent = (yield* (yield* sandbox.Sandbox).requests).map(({ path, query }) => `${path}${query ?? ""}`);
      return { ...outcome, sent };
    }).pipe(Effect.provide(sandbox.layer())),
  );
}

const headings = ({ stdout }: Outcome) => (stdout.split("\n")[0] ?? "").split(/ {2,}/);

Deno.test("runs list has the names of jobs, short headings and times for people, and fits 80 columns", async () => {
  const outcome = await dbtc(["runs", "list"]);
  assert.deepEqual(headings(outcome), ["ID", "JOB", "STATUS", "BRANCH", "STARTED", "DURATION"]);
  const [, newest = ""] = outcome.stdout.split("\n");
  assert.match(newest, /^70471800000006 {2}Weekly backfill +Success {2}main +\d+h ago +10m 04s$/);
  assert(outcome.stdout.split("\n").every((line) => line.length <= 80));
  assert.equal(outcome.sent.length, 1, "the names of one page come with its rows");
});

Deno.test("runs list of more than a page reads the names of the jobs once, deleted ones too", async () => {
  const cloud = transport(({ path, url }: Sent): Reply => {
    const total = path.includes("/jobs/") ? 120 : 250;
    const [limit, offset] = [Number(url.searchParams.get("limit")), Number(url.searchParams.get("offset") ?? 0)];
    const rows = Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, index) => {
      const id = offset + index + 1;
      return path.includes("/jobs/")
        ? { id, account_id: 1, name: `Job ${id}` }
        : { id: 1000 - id, account_id: 1, job_definition_id: (id % 120) + 1, status: 10, status_humanized: "Success" };
    });
    return ok(rows, { pagination: { count: rows.length, total_count: total } });
  });
  const { code, stdout } = await Effect.runPromise(
    command(["runs", "list", "--all"], { terminal: true, columns: 80 }).pipe(Effect.provide(cloud.layer)),
  );
  assert.equal(code, 0);
  assert.equal(stdout.match(/^\d+ {2}Job \d+ +Success$/gm)?.length, 250, stdout.slice(0, 200));
  const ofJobs = cloud.sent.filter(({ path }) => path.includes("/jobs/"));
  assert.equal(ofJobs.length, 2, "two pages of jobs");
  assert(ofJobs.every(({ url }) => url.searchParams.get("state") === "all"));
});

Deno.test("names that are too many are left out: the table has ids, and says why", async () => {
  const cloud = transport(({ path, url }: Sent): Reply => {
    const [limit, offset] = [Number(url.searchParams.get("limit")), Number(url.searchParams.get("offset") ?? 0)];
    if (path.includes("/jobs/")) {
      const rows = Array.from({ length: limit }, (_, index) => ({ id: offset + index + 1, name: "A job" }));
      return ok(rows, { pagination: { total_count: 10_000 } });
    }
    const rows = Array.from({ length: Math.min(limit, 101 - offset) }, (_, index) => ({
      id: 1000 - offset - index,
      job_definition_id: 9999,
      status_humanized: "Success",
    }));
    return ok(rows, { pagination: { total_count: 101 } });
  });
  const { stderr, stdout } = await Effect.runPromise(
    command(["runs", "list", "--all"], { terminal: true }).pipe(Effect.provide(cloud.layer)),
  );
  assert.match(stdout, /^1000 +9999 +Success$/m);
  assert.match(stderr, /Some rows show ids: dbtc read the names of 1000 of 10,000 jobs/);
  assert(cloud.sent.filter(({ path }) => path.includes("/jobs/")).length <= 12);
});

Deno.test("a list whose names cannot be read shows ids", async () => {
  const cloud = transport(({ path }) =>
    path.includes("/users/")
      ? { status: 403, body: { status: { code: 403, is_success: false, user_message: "No." } } }
      : ok([{ id: 1, type: 1, user_id: 7, on_failure: [3] }])
  );
  const { code, stdout } = await Effect.runPromise(
    command(["notifications", "list"], { terminal: true }).pipe(Effect.provide(cloud.layer)),
  );
  assert.deepEqual([code, stdout], [0, "ID  TYPE  USER  ON FAILURE\n1   1     7     3\n"]);
});

Deno.test("--time and DBTC_TIME show the date and the time of day", async () => {
  const utc = /\d{4}-\d\d-\d\d \d\d:\d\dZ/;
  assert.match((await dbtc(["runs", "list", "--limit", "1", "--time", "utc"])).stdout, utc);
  const env = { ...sandboxEnv, DBTC_TIME: "utc" };
  assert.match((await dbtc(["runs", "list", "--limit", "1"], { terminal: true, env })).stdout, utc);
  assert.match((await dbtc(["runs", "list", "--limit", "1", "--time", "local"])).stdout, /\d{4}-\d\d-\d\d \d\d:\d\d /);
  assert.match((await dbtc(["jobs", "get", "1", "--time", "utc"])).stdout, /^created_at .* \d\d:\d\dZ$/m);
  const wrong = await dbtc(["runs", "list", "--time", "zulu"]);
  assert.deepEqual([wrong.code, wrong.sent], [2, []]);
  // The time zone of a process cannot be set for one test; what differs is that UTC says so.
  assert.equal(clockTime("2026-01-31 12:05:59.123456+00:00", "utc"), "2026-01-31 12:05Z");
});

Deno.test("--fields prints the fields as they are called, and looks no name up", async () => {
  const { sent, stdout } = await dbtc(["runs", "list", "--fields", "id,job_definition_id", "--limit", "1"]);
  assert.equal(stdout, "ID              JOB_DEFINITION_ID\n70471800000006  3\n");
  assert.equal(sent.length, 1);
});

Deno.test("pipes and csv have every field unchanged, and no related objects that nobody asked for", async () => {
  const piped = await dbtc(["runs", "list", "--limit", "1"], {});
  const [run] = JSON.parse(piped.stdout);
  assert.deepEqual([run.job, run.duration, run.job_definition_id], [null, "00:10:04", 3]);
  const csv = await dbtc(["runs", "list", "--limit", "1", "--format", "csv"]);
  assert(csv.stdout.split("\n")[0]?.split(",").includes("job_definition_id"));
});

Deno.test("every list fits any terminal: as a table, or as a card for each row", async () => {
  const lists = table.filter(({ call, verb }) =>
    verb === "list" && call.kind === "endpoint" && call.success.from === "page"
  );
  const wrong: Array<string> = [];
  await Effect.runPromise(
    Effect.forEach([80, 120], (columns) =>
      Effect.forEach(lists, ({ group }) =>
        Effect.gen(function* () {
          const argv = [
            group,
            "list",
            ...group === "personal-access-tokens" || group === "user-credentials" ? ["--user", "1"] : [],
          ];
          const { code, stderr, stdout } = yield* command(argv, {
            terminal: true,
            columns,
            env: { ...sandboxEnv, DBT_CLOUD_PROJECT_ID: "1" },
          });
          if (code !== 0) wrong.push(`${group}: ${stderr}`);
          const isTable = /^[A-Z]/.test(stdout) && !/^[A-Z ]+ {2}.*\n[A-Z ]+ {2}/.test(stdout);
          const tooWide = stdout.split("\n").filter((line) => line.length > columns);
          if (isTable && tooWide.length > 0) wrong.push(`${group} at ${columns}: ${tooWide[0]}`);
        }))).pipe(Effect.provide(sandbox.layer())),
  );
  assert.deepEqual(wrong, []);
});

Deno.test("on 20 columns each row is a card, with nothing cut", async () => {
  const { stdout } = await dbtc(["jobs", "list", "--limit", "2"], { terminal: true, columns: 20 });
  assert.match(
    stdout,
    /^ID {11}1\nNAME {9}Daily build\nPROJECT {6}jaffle_shop\nENVIRONMENT {2}production\nLAST RUN {5}Success \d+h ago\n\nID {11}2\n/,
  );
});

Deno.test("headings are short, and tell columns apart", () => {
  const columns = [
    "id",
    "job_definition_id",
    "status_humanized",
    "git_branch",
    "created_at",
    "is_active",
    "most_recent_run",
  ];
  assert.deepEqual(headingsOf(columns), ["ID", "JOB", "STATUS", "BRANCH", "CREATED", "ACTIVE", "LAST RUN"]);
  assert.deepEqual(headingsOf(["developer.in_use", "it.in_use"]), ["DEVELOPER IN USE", "IT IN USE"]);
  assert.deepEqual(headingsOf(["meta.lastModified", "environment__count"]), ["LAST MODIFIED", "ENVIRONMENTS"]);
});

Deno.test("cells have times, durations, states and runs in short words", () => {
  const now = Date.parse("2026-01-31T12:00:00Z");
  const cell = (column: string, value: unknown) => cellText(column, value, {}, now);
  assert.equal(cell("started_at", "2026-01-31 11:59:30+00:00"), "30s ago");
  assert.equal(cell("next_run", "2026-02-01T13:00:00Z"), "in 1d");
  assert.equal(cell("created_at", "2023-12-01T00:00:00Z"), "2y ago");
  assert.equal(cell("duration", "01:02:03"), "1h 02m 03s");
  assert.equal(cell("state", 2), "deleted");
  const run = { status_humanized: "Error", finished_at: "2026-01-31T10:00:00Z", started_at: "2026-01-30T10:00:00Z" };
  assert.equal(cell("most_recent_run", run), "Error 2h ago");
  assert.equal(cell("name", "a\u001b[31mb\nc"), "ab c");
});

Deno.test("a cut cell counts the columns of wide characters", () => {
  const rows = [{ id: 1, name: "データベース全体の日次ビルド", note: "x".repeat(40) }];
  const text = renderTable(rows, { color: false, width: 40, columns: ["id", "name", "note"] }, 0);
  for (const line of text.split("\n")) {
    const width = [...line].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 0x2fff ? 2 : 1), 0);
    assert(width <= 40, `${width}: ${line}`);
  }
});
