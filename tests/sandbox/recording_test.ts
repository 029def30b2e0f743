/**
 * Recording a command, removing what is private, and answering from the recording.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as HttpClient from "effect/http/HttpClient";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as Stream from "effect/Stream";
import assert from "node:assert/strict";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { models } from "../../lib/discovery/mod.ts";
import { type Dbt, DbtClient, type DbtError, jobs, type Page, projects, runs, triggerAndWait } from "../../mod.ts";
import { command, type Outcome, sandboxEnv } from "../support/command.ts";
import { fails, html, ok, reset, session, succeeds, type Transport, transport } from "../support/fixtures.ts";

/** What an effect sends and is answered, recorded. */
function recorded<A>(
  effect: Effect.Effect<A, DbtError, Dbt>,
  net: Transport,
  options?: sandbox.RecordOptions,
): Promise<sandbox.Recording> {
  return succeeds(
    Effect.gen(function* () {
      const { client, recording } = sandbox.makeRecorder(yield* HttpClient.HttpClient, options);
      const over = session({ sent: [], layer: Layer.succeed(HttpClient.HttpClient, client) });
      yield* Effect.exit(Effect.provide(effect, over));
      return yield* recording;
    }).pipe(Effect.provide(net.layer)),
  );
}

/** A session that is answered from a recording. */
function replaying(recording: sandbox.Recording | string): Layer.Layer<Dbt> {
  return DbtClient.layer({ token: Redacted.make("any"), account_id: 7, host: "ab123.us1.dbt.com" }).pipe(
    Layer.provide(sandbox.replay(recording)),
    Layer.orDie,
  );
}

async function answerOf(data: unknown): Promise<unknown> {
  const { exchanges: [only] } = await recorded(jobs.get({ job_id: 5 }), transport(() => ok(data)));
  const body = only?.answer?.body;
  assert(body !== undefined && "json" in body);
  return (body.json as { data: unknown }).data; // an envelope, as `ok` makes it
}

// ---- stand-ins ------------------------------------------------------------------------------------------------------

Deno.test("makeRecorder replaces secrets, e-mail addresses, hosts and names, each by one stand-in throughout", async () => {
  const secret = 's3cr3t/with "quotes"';
  assert.deepEqual(
    await answerOf({
      id: 5,
      name: "Acme churn",
      description: "Asked for by Ada Lovelace <ada@acme.test> for ACME CHURN",
      owner: { fullname: "Ada Lovelace", email: "Ada@acme.test", ip: "203.0.113.7" },
      href: "https://ab123.us1.dbt.com/deploy/7/projects/3/runs/1/",
      token_string: "dbtc_0123456789abcdef",
      logs: `acme churn by ada lovelace: Bearer dbtc_0123456789abcdef at https://ab123.us1.dbt.com:443, ${secret}`,
      settings: { api_key: secret, echoed: secret },
    }),
    {
      id: 5,
      name: "name-1",
      description: "name-2",
      owner: { fullname: "name-3", email: "person-1@example.com", ip: "198.18.0.1" },
      href: "https://host-1.example.com/deploy/7/projects/3/runs/1/",
      token_string: "secret-2",
      logs: "name-1 by name-3: Bearer secret-2 at https://host-2.example.com, secret-3",
      settings: { api_key: "secret-3", echoed: "secret-3" },
    },
  );
});

Deno.test("makeRecorder keeps ids, times, states and numbers as they were written", async () => {
  const data =
    `{"id":5,"big":12345678901234567890,"half":1.50,"name":null,"job_type":"scheduled","git_sha":"3f1c","state":1,
    "status_humanized":"Success","created_at":"2024-05-27 10:42:16.179903+00:00","active":true,"settings":{"threads":4}}`;
  const net = transport(() => ({ status: 200, body: `{"status":{"code":200,"is_success":true},"data":${data}}` }));
  const text = sandbox.writeRecording(await recorded(jobs.get({ job_id: 5 }), net));
  assert(text.includes(`"data":${data.replaceAll(/\n\s+/g, "")}`), text);
});

Deno.test("makeRecorder keeps the words of dbt that a name happens to be", async () => {
  const run_steps = [{
    run_id: 1,
    index: 4,
    name: "Invoke dbt with `dbt build`",
    status_humanized: "Success",
    started_at: "",
  }];
  assert.deepEqual(
    await answerOf({ name: "Success", job_type: "scheduled", run_steps, schedule: { name: "Schedule" } }),
    { name: "name-1", job_type: "scheduled", run_steps, schedule: { name: "name-2" } },
  );
});

Deno.test("makeRecorder replaces the names within ids of nodes and relations", async () => {
  assert.deepEqual(
    await answerOf({
      unique_id: "model.acme.dim_churn",
      relation_name: '"WAREHOUSE_X"."acme_prod"."dim_churn"',
      nodes: { "model.acme.dim_churn": { compiled_code: "select * from warehouse_x.acme_prod.dim_churn" } },
    }),
    {
      unique_id: "model.name-1.name-2",
      relation_name: '"name-3"."name-4"."name-2"',
      nodes: { "model.name-1.name-2": { compiled_code: "select * from name-3.name-4.name-2" } },
    },
  );
});

Deno.test("makeRecorder replaces what the table marks as secret of a request, and where it comes back", async () => {
  const net = transport(({ body }) => ok({ id: 1, said: JSON.stringify(body) }));
  const { credentials } = await import("../../mod.ts");
  const request = { project_id: 3, type: "snowflake", schema: "s", password: Redacted.make("hunter22!") };
  const { exchanges } = await recorded(credentials.create(request as Parameters<typeof credentials.create>[0]), net); // only what the secret needs
  assert.doesNotMatch(JSON.stringify(exchanges), /hunter22/);
  assert.match(JSON.stringify(exchanges), /"password":"secret-2"/);
});

Deno.test("makeRecorder keeps no token, wherever an answer says it", async () => {
  const net = transport(({ headers }) => ok({ id: 5, said: `you sent ${headers.authorization}` }));
  const { exchanges } = await recorded(jobs.get({ job_id: 5 }), net);
  assert.match(JSON.stringify(exchanges), /you sent Bearer secret-1"/);
  assert.deepEqual(exchanges[0]?.request, { verb: "GET", path: "/api/v2/accounts/7/jobs/5/", query: [] });
});

Deno.test("makeRecorder replaces names in queries and paths, as in the answers", async () => {
  const net = transport(() => ok([{ id: 3, name: "Acme" }]));
  const { exchanges: [only] } = await recorded(projects.list({ name__icontains: "acme" }), net);
  assert.deepEqual(only?.request.query, [["name__icontains", "name-1"]]);
});

// ---- bodies ---------------------------------------------------------------------------------------------------------

const artifact = { run_id: 9, path: "manifest.json" };

function bodies(recording: sandbox.Recording): ReadonlyArray<unknown> {
  return recording.exchanges.map(({ answer, failure }) =>
    failure ?? (answer?.cut === true ? [answer.body, "cut"] : answer?.body)
  );
}

function binary(bytes: Uint8Array): Transport {
  const client = HttpClient.make((request) =>
    Effect.promise(async () => {
      const { fromWeb } = await import("effect/http/HttpClientResponse");
      return fromWeb(request, new Response(bytes.slice()));
    })
  );
  return { sent: [], layer: Layer.succeed(HttpClient.HttpClient, client) };
}

async function recordedFile(bytes: Uint8Array, options?: sandbox.RecordOptions): Promise<sandbox.Recording> {
  return await Effect.runPromise(
    Effect.gen(function* () {
      const { client, recording } = sandbox.makeRecorder(yield* HttpClient.HttpClient, options);
      const over = session({ sent: [], layer: Layer.succeed(HttpClient.HttpClient, client) });
      yield* Effect.exit(Effect.provide(Stream.runDrain(runs.getArtifact(artifact)), over));
      return yield* recording;
    }).pipe(Effect.provide(binary(bytes).layer)),
  );
}

Deno.test("makeRecorder keeps what is no text as base64, and gives it back byte by byte", async () => {
  const bytes = Uint8Array.of(0xff, 0xfe, 0, 1, 0x80);
  const recording = await recordedFile(bytes);
  assert.deepEqual(bodies(recording), [{ base64: "//4AAYA=" }]);
  const read = Stream.runCollect(runs.getArtifact(artifact)).pipe(Effect.provide(replaying(recording)));
  assert.deepEqual([...await Effect.runPromise(read)].flatMap((chunk) => [...chunk]), [...bytes]);
});

Deno.test("makeRecorder leaves out a body that is too large, and its replay says so", async () => {
  const recording = await recordedFile(new Uint8Array(300), { limit: 200 });
  assert.deepEqual(bodies(recording), [{ omitted: 300 }]);
  const read = Stream.runDrain(runs.getArtifact(artifact)).pipe(Effect.flip, Effect.provide(replaying(recording)));
  assert.match((await Effect.runPromise(read)).message, /too large to keep/);
});

Deno.test("makeRecorder keeps pages of HTML, broken connections, silence and bodies that break off", async () => {
  const kinds: ReadonlyArray<[Parameters<typeof transport>[0], unknown]> = [
    [() => html(502), { text: "<html><body>Bad Gateway</body></html>" }],
    [() => reset, "broken"],
    [() => "silence", "silent"],
    [() => ({ status: 200, chunks: ["{", reset] }), [{ text: "{" }, "cut"]],
  ];
  for (const [reply, expected] of kinds) {
    const [first] = bodies(await recorded(jobs.get({ job_id: 5 }), transport(reply)));
    assert.deepEqual(first, expected);
  }
});

// ---- replay ---------------------------------------------------------------------------------------------------------

/** A recording of answers to `jobs.get`, `runs.get` … by hand. */
function lines(...exchanges: ReadonlyArray<unknown>): string {
  return [{ recording: 1 }, ...exchanges].map((line) => JSON.stringify(line)).join("\n");
}

function exchange(route: string, data: unknown, more: object = {}): unknown {
  const [verb, path] = route.split(" ");
  return {
    request: { verb, path: `/api/v2/accounts/7/${path}`, query: [], ...more },
    answer: { status: 200, headers: {}, body: { json: { status: { code: 200, is_success: true }, data } } },
  };
}

Deno.test("replay answers in order, a read again with the last answer", async () => {
  const recording = lines(...[1, 3, 10].map((status) => exchange("GET runs/9/", { id: 9, status })));
  const program = Effect.forEach([1, 2, 3, 4, 5], () => Effect.map(runs.get({ run_id: 9 }), ({ status }) => status));
  assert.deepEqual(await succeeds(Effect.provide(program, replaying(recording))), [1, 3, 10, 10, 10]);
});

Deno.test("replay answers a write as often as it was recorded", async () => {
  const recording = lines(exchange("POST runs/9/cancel/", { id: 9, status: 30 }));
  const cancel = runs.cancel({ run_id: 9 });
  const { message } = await fails(Effect.provide(Effect.andThen(cancel, cancel), replaying(recording)));
  assert.equal(
    message,
    "runs.cancel: Not implemented (501: POST /api/v2/accounts/7/runs/9/cancel/ was recorded once, and is sent again).",
  );
});

Deno.test("replay names what was not recorded, and what differs", async () => {
  const recording = lines(
    exchange("GET jobs/", [], { query: [["limit", "1"]] }),
    exchange("POST jobs/5/run/", { id: 9 }, { body: { json: { cause: "a" } } }),
  );
  const said = async (call: Effect.Effect<unknown, DbtError, Dbt>) =>
    (await fails(Effect.provide(call, replaying(recording)))).message;
  assert.equal(
    await said(jobs.get({ job_id: 6 })),
    "jobs.get: Not implemented (501: GET /api/v2/accounts/7/jobs/6/ was not recorded).",
  );
  assert.equal(
    await said(jobs.list({ limit: 2 })),
    "jobs.list: Not implemented (501: GET /api/v2/accounts/7/jobs/?limit=2 was not recorded; with the query ?limit=1 it was).",
  );
  assert.equal(
    await said(jobs.trigger({ job_id: 5, cause: "b" })),
    "jobs.trigger: Not implemented (501: POST /api/v2/accounts/7/jobs/5/run/ was not recorded, with this body).",
  );
});

Deno.test("replay takes query and body in any order, and a run's tag for any other", async () => {
  const recording = lines(
    exchange("GET jobs/", [{ id: 1 }], { query: [["limit", "1"], ["offset", "2"]] }),
    exchange("POST jobs/5/run/", { id: 9 }, { body: { json: { git_sha: "3f", cause: "a [dbtc:0123456789]" } } }),
  );
  const program = Effect.gen(function* () {
    const { data }: Page<unknown> = yield* jobs.list({ offset: 2, limit: 1 });
    return [data, yield* jobs.trigger({ job_id: 5, cause: "a [dbtc:abcdefghij]", git_sha: "3f" })];
  });
  assert.deepEqual(await succeeds(Effect.provide(program, replaying(recording))), [[{ id: 1 }], { id: 9 }]);
});

Deno.test("replay breaks connections where they broke", async () => {
  const broken = { request: { verb: "GET", path: "/api/v2/accounts/7/jobs/5/", query: [] }, failure: "broken" };
  const { reason } = await fails(Effect.provide(jobs.get({ job_id: 5 }), replaying(lines(broken))));
  assert.equal(reason._tag, "Unreachable");
});

Deno.test("a wait that was recorded is replayed to the same end", async () => {
  const program = triggerAndWait({ job_id: 2, cause: "deploy jaffle_shop" });
  const first = await succeeds(
    Effect.gen(function* () {
      const { client, recording } = sandbox.makeRecorder(yield* HttpClient.HttpClient);
      const { reason } = yield* Effect.flip(Effect.provide(program, live(client)));
      return { reason, recording: yield* recording };
    }).pipe(Effect.provide(sandbox.layer())),
  );
  assert.equal(first.reason._tag, "RunFailed");
  const again = triggerAndWait({ job_id: 2, cause: causeOf(first.recording) });
  const { reason } = await fails(
    Effect.gen(function* () {
      return yield* Effect.provide(again, live(yield* HttpClient.HttpClient));
    }).pipe(Effect.provide(Layer.orDie(sandbox.replay(sandbox.writeRecording(first.recording))))),
  );
  assert(reason._tag === "RunFailed" && first.reason._tag === "RunFailed");
  assert.equal(reason.run.id, first.reason.run.id);
});

function live(client: HttpClient.HttpClient): Layer.Layer<Dbt> {
  return DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
    Layer.provide(Layer.succeed(HttpClient.HttpClient, client)),
    Layer.orDie,
  );
}

function causeOf({ exchanges }: sandbox.Recording): string {
  const body = exchanges.find(({ request }) => request.verb === "POST")?.request.body;
  assert(body !== undefined && "json" in body);
  return (body.json as { cause: string }).cause.replace(/ \[.*/, ""); // what a trigger sends
}

Deno.test("readRecording says what is wrong, and in which line", () => {
  const cases = {
    "": "it is no recording of dbtc: its first line does not say so",
    "{}": "it is no recording of dbtc: its first line does not say so",
    [lines() + "\nno json"]: "line 2 is no request with its answer: it is not JSON",
    [lines({ request: { verb: "GET", path: "/", query: [] } })]: "line 2 has neither an answer nor a failure, or both",
  };
  for (const [text, expected] of Object.entries(cases)) {
    assert.deepEqual(sandbox.readRecording(text), Result.fail(expected));
  }
  assert.match(String(Result.getFailure(sandbox.readRecording(lines({ request: 1 })))), /line 2 is no request with/);
});

Deno.test("readRecording reads what writeRecording wrote", async () => {
  const recording = await recorded(jobs.get({ job_id: 5 }), transport(() => ok({ id: 5 })), { command: "jobs get" });
  assert.deepEqual(sandbox.readRecording(sandbox.writeRecording(recording)), Result.succeed(recording));
});

// ---- dbtc record ----------------------------------------------------------------------------------------------------

/** Runs command lines over one sandbox, in a folder of their own. */
async function inFolder<A>(
  body: (folder: string) => Effect.Effect<A, unknown, HttpClient.HttpClient>,
  layer: Layer.Layer<HttpClient.HttpClient> = sandbox.layer({ speed: 600 }),
): Promise<A> {
  const folder = await Deno.makeTempDir();
  try {
    return await Effect.runPromise(Effect.provide(body(folder), layer));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("dbtc record writes the traffic of a command to a file of mode 0600, and ends as the command does", async () => {
  const { outcomes, text, mode } = await inFolder((folder) =>
    Effect.gen(function* () {
      const file = `${folder}/r.jsonl`;
      const outcomes: Array<Outcome> = [yield* command(["record", file, "--", "jobs", "get", "99"])];
      // As it is typed elsewhere, with the name of the program.
      outcomes.push(
        yield* command(["record", file, "--", "dbtc", "jobs", "list", "--format", "jsonl", "--fields", "id"]),
      );
      const text = yield* Effect.promise(() => Deno.readTextFile(file));
      return { outcomes, text, mode: (yield* Effect.promise(() => Deno.stat(file))).mode };
    })
  );
  assert.deepEqual(outcomes.map(({ code }) => code), [3, 0]);
  assert.equal(outcomes[1]?.stdout, '{"id":1}\n{"id":2}\n{"id":3}\n{"id":4}\n');
  assert.match(outcomes[1]?.stderr ?? "", /^Recorded 1 request in .*read the file before you share it\n$/);
  assert.match(text, /^\{"recording":1,"dbtc":"[^"]+","command":"jobs list"\}\n\{"request":/);
  assert.doesNotMatch(text, /Daily build|authorization/i);
  assert.equal((mode ?? 0) & 0o777, 0o600);
});

Deno.test("dbtc record refuses flags before --, a recording on stdout, and what sends nothing", async () => {
  const said = await inFolder((folder) =>
    Effect.forEach([
      ["record", `${folder}/r`, "--host", "h", "--", "jobs", "list"],
      ["record", "-", "--", "jobs", "list"],
      ["record", `${folder}/r`, "--", "sandbox"],
      ["record", "/dev/null/r", "--", "jobs", "list"],
    ], (argv) => command(argv, { env: { ...sandboxEnv, DBTC_FORMAT: "table" } }))
  );
  assert.deepEqual(said.map(({ code }) => code), [2, 2, 2, 2]);
  assert.match(said[0]?.stderr ?? "", /Put --host after the command to record/);
  assert.match(said[1]?.stderr ?? "", /record needs a file/);
  assert.match(said[2]?.stderr ?? "", /dbtc sandbox cannot be recorded/);
  assert.match(said[3]?.stderr ?? "", /a part of the path is not a folder/);
});

Deno.test("what dbtc record wrote is answered by dbtc sandbox --replay, over a port", async () => {
  const { first, again } = await inFolder((folder) =>
    Effect.gen(function* () {
      const file = `${folder}/r.jsonl`;
      const first = yield* command(["record", file, "--", "runs", "list", "--limit", "3"]);
      const read = sandbox.readRecording(yield* Effect.promise(() => Deno.readTextFile(file)));
      const { url } = yield* sandbox.listen({ replay: Result.getOrThrow(read) });
      const { transport } = yield* Effect.promise(() => import("../../lib/client/transport.ts"));
      const again = yield* Effect.provide(
        command(["runs", "list", "--limit", "3"], { env: { ...sandboxEnv, DBT_CLOUD_HOST: url } }),
        transport,
      );
      return { first, again };
    }).pipe(Effect.scoped)
  );
  assert.equal(again.code, 0, again.stderr);
  const ids = (stdout: string) => JSON.parse(stdout).map(({ id }: { id: number }) => id);
  assert.deepEqual(ids(again.stdout), ids(first.stdout));
});

// ---- GraphQL --------------------------------------------------------------------------------------------------------

/** A page of models, of which each has a run that says for which environment, and after which cursor, it was asked for. */
const modelPages = transport(({ body }) => {
  const { variables: { after, environment_id } } = body as {
    readonly variables: { readonly after?: string; readonly environment_id: number };
  };
  const lastRunId = environment_id * 10 + (after === undefined ? 1 : 2);
  const node = { uniqueId: `model.jaffle_shop.m${lastRunId}`, name: `m${lastRunId}`, executionInfo: { lastRunId } };
  const models = { pageInfo: { hasNextPage: after === undefined, endCursor: "second" }, edges: [{ node }] };
  return { status: 200, body: { data: { environment: { applied: { models } } } } };
});

const runsOf = (environment_id: number, field: "executionInfo" | "executionInfo.lastRunId" = "executionInfo") =>
  Effect.map(
    Stream.runCollect(models.list.pick(field)({ environment_id })),
    (rows) => rows.map(({ executionInfo }) => executionInfo?.lastRunId),
  );

Deno.test("a replay answers GraphQL by operation and variables, whatever the fields and the order", async () => {
  const recording = await recorded(Effect.all([runsOf(1), runsOf(2)]), modelPages);
  assert.equal(recording.exchanges.length, 4);
  const asked = Effect.all([runsOf(2), runsOf(1, "executionInfo.lastRunId"), runsOf(2)]);
  assert.deepEqual(await succeeds(Effect.provide(asked, replaying(sandbox.writeRecording(recording)))), [
    [21, 22],
    [11, 12],
    [21, 22],
  ]);
});

Deno.test("a replay has no answer to other variables, nor to another operation", async () => {
  const recording = await recorded(runsOf(1), modelPages);
  const get = models.get.pick("name")({ environment_id: 1, uniqueId: "model.jaffle_shop.m11" });
  for (const asked of [Effect.asVoid(runsOf(3)), Effect.asVoid(get)]) {
    const other = await fails(Effect.provide(asked, replaying(recording)));
    assert.match(other.message, /POST \/graphql was not recorded, with this body/);
  }
});
