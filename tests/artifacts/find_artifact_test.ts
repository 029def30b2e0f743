/**
 * The artifacts of a run: which step holds the one that is meant, and those that come late.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import * as Stream from "effect/Stream";
import * as HttpClient from "effect/http/HttpClient";
import assert from "node:assert/strict";
import { workOf } from "../../lib/artifacts/step_command.ts";
// Loaded before the clock begins.
import "../../lib/cli/commands/runs_artifacts.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { artifactOf, DbtClient, findArtifact, runs } from "../../mod.ts";
import { command, type Outcome } from "../support/command.ts";
import { onDisk } from "../support/real_disk.ts";
import {
  fails,
  ok,
  refusal,
  type Reply,
  type Sent,
  session,
  succeeds,
  type Transport,
  transport,
  virtually,
} from "../support/fixtures.ts";

const id = 70_471_800_000_001;

/** The files of a step, by their paths. */
type Files = Readonly<Record<string, unknown>>;

/** A step: its name, and the files of the target folder after it. */
type Held = readonly [name: string, files?: Files];

/** A server with a run of these steps. */
function server(
  held: ReadonlyArray<Held>,
  { finished_at = null, answer }: {
    readonly finished_at?: string | null;
    readonly answer?: (sent: Sent) => Reply | undefined;
  } = {},
): Transport {
  const run_steps = held.map(([name], index) => ({ id: index + 1, index: index + 1, name, status: 10 }));
  return transport((sent) => {
    const [, path] = /\/artifacts\/(.+)$/.exec(sent.url.pathname) ?? [];
    if (path === undefined) return answer?.(sent) ?? ok({ id, status: 10, run_steps, finished_at });
    const step = Number(sent.url.searchParams.get("step") ?? held.length);
    const file = held[step - 1]?.[1]?.[path];
    return answer?.(sent) ?? (file === undefined ? refusal(404, "Not found.") : { status: 200, body: file });
  });
}

/** The steps that were asked for a file. */
function asked({ sent }: Transport): ReadonlyArray<string> {
  return sent.flatMap(({ path }) => /artifacts\/.*$/.exec(path) ?? []);
}

const results = (which: string) => ({ metadata: {}, results: [], elapsed_time: 1, args: { which } });
const clone: Held = ["Clone git repository"];
const profile: Held = ["Create profile from connection Warehouse"];
const deps: Held = ["Invoke dbt with `dbt deps`"];
const built: Files = { "manifest.json": {}, "run_results.json": results("build") };
const build: Held = ["Invoke dbt with `dbt build`", built];
const documented: Files = { ...built, "run_results.json": results("generate"), "catalog.json": {} };
const docs: Held = ["Invoke dbt with `dbt docs generate`", documented];
const fresh: Held = ["Source freshness", { "manifest.json": {}, "sources.json": {} }];

for (
  const [name, steps, path, step, tries] of [
    ["run_results.json of the build, not of the docs", [clone, profile, deps, build, docs], "run_results.json", 4, 1],
    [
      "run_results.json of the last of two builds",
      [
        build,
        ["Invoke dbt with `dbt test`", { "run_results.json": results("test") }],
        docs,
      ],
      "run_results.json",
      2,
      1,
    ],
    [
      "run_results.json by what is in it, where the name says nothing",
      [
        ["Step", built],
        ["Step", documented],
        ["Step", documented],
      ],
      "run_results.json",
      1,
      3,
    ],
    [
      "run_results.json of the build, where a later command wrote none of its own",
      [
        build,
        ["Invoke dbt with `dbt docs generate`", documented],
        ["Invoke dbt with `dbt run-operation grant`", documented],
      ],
      "run_results.json",
      1,
      1,
    ],
    ["run_results.json of the docs, where nothing was built", [clone, deps, docs], "run_results.json", 3, 1],
    [
      "run_results.json that is broken, where there is no other",
      [
        ["Invoke dbt with `dbt build`", { "run_results.json": "{" }],
      ],
      "run_results.json",
      1,
      1,
    ],
    ["run_results.json of a retry", [["Invoke dbt with `dbt retry`", built], docs], "run_results.json", 1, 1],
    [
      "run_results.json behind flags of dbt itself",
      [
        ["Invoke dbt with `dbt --log-level debug build`", built],
        ["Invoke dbt with `dbt --no-use-colors docs generate`", documented],
      ],
      "run_results.json",
      1,
      1,
    ],
    ["sources.json of the freshness check", [fresh, build, docs], "sources.json", 1, 1],
    [
      "sources.json of a command",
      [build, ["Invoke dbt with `dbt source freshness`", { "sources.json": {} }], build],
      "sources.json",
      2,
      1,
    ],
    ["catalog.json of the docs", [build, docs, ["Invoke dbt with `dbt test`", built]], "catalog.json", 2, 1],
    ["manifest.json of the last step", [clone, deps, build, docs], "manifest.json", 4, 1],
    [
      "manifest.json of the last step that has it",
      [build, ["Invoke dbt with `dbt run-operation grant`"]],
      "manifest.json",
      1,
      2,
    ],
    [
      "any other file of the last step that has it",
      [
        ["Invoke dbt with `dbt build`", { "compiled/a/b.sql": "select 1" }],
        docs,
      ],
      "compiled/a/b.sql",
      1,
      2,
    ],
  ] as ReadonlyArray<readonly [string, ReadonlyArray<Held>, string, number, number]>
) {
  Deno.test(`findArtifact() finds ${name}`, async () => {
    const net = server(steps);
    assert.equal(await succeeds(Effect.provide(findArtifact({ run_id: id, path }), session(net))), step);
    assert.equal(asked(net).length, tries, asked(net).join("\n"));
  });
}

Deno.test("findArtifact() takes a step's command over its name", () => {
  const step = (name: string | null, dbt_command?: string) => ({
    id: 1,
    name,
    ...(dbt_command === undefined ? {} : { run_step_command: { dbt_command } }),
  });
  assert.equal(workOf(step("Build everything", "dbt build --select tag:docs")), "builds");
  assert.equal(workOf(step(null, "dbt docs generate")), "docs");
  assert.equal(workOf(step("Check the sources", "dbt source freshness")), "freshness");
  assert.equal(workOf(step("Check sources and models", "dbt freshness")), "freshness");
  assert.equal(workOf(step(null)), "other");
});

Deno.test("findArtifact() asks eight steps at most", async () => {
  const net = server([...Array.from({ length: 30 }, () => build), docs]);
  const error = await fails(Effect.provide(findArtifact({ run_id: id, path: "sources.json" }), session(net)));
  assert.equal(error.reason._tag, "NotFound");
  assert.match(error.message, /no step of run 70471800000001 has sources\.json/);
  assert.deepEqual(
    asked(net),
    [31, 30, 29, 28, 27, 26, 25, 24].map((step) => `artifacts/sources.json?step=${step}`),
  );
});

Deno.test("findArtifact() asks no step that writes nothing, and fails as the API fails", async () => {
  for (const steps of [[], [clone, profile, deps, ["Invoke dbt with `dbt clean`"] as Held]]) {
    const net = server(steps);
    const error = await fails(Effect.provide(findArtifact({ run_id: id, path: "manifest.json" }), session(net)));
    assert.equal(error.reason._tag, "NotFound");
    assert.equal(net.sent.length, 1);
  }
  const net = server([build, docs], { answer: ({ path }) => path.includes("/artifacts/") ? refusal(401) : undefined });
  const error = await fails(Effect.provide(findArtifact({ run_id: id, path: "run_results.json" }), session(net)));
  assert.equal(error.reason._tag, "Unauthorized");
});

Deno.test("artifactOf() streams the file of the step that holds it, of the account that is named", async () => {
  const net = server([build, docs]);
  const file = artifactOf({ run_id: id, account_id: 8, path: "run_results.json" });
  const text = await succeeds(Effect.provide(file.pipe(Stream.decodeText(), Stream.mkString), session(net)));
  assert.deepEqual(JSON.parse(text), results("build"));
  assert(net.sent.every(({ path }) => path.startsWith("/api/v2/accounts/8/")));
});

// The virtual clock begins in 1970.
for (
  const [finished_at, seconds] of [
    ["1970-01-01 00:00:00+00:00", 12],
    ["1970-01-01T00:00:30Z", 12],
    ["1970-01-01T00:02:00Z", undefined],
    [null, undefined],
  ] as const
) {
  Deno.test(`findArtifact() ${seconds ? "waits" : "does not wait"} where the run ended at ${finished_at}`, async () => {
    const answer = ({ path, at }: Sent) => path.includes("/artifacts/") && at < 10 ? refusal(404) : undefined;
    const net = server([build, docs], { finished_at, answer });
    const ended = await virtually(
      Effect.provide(Effect.option(findArtifact({ run_id: id, path: "run_results.json" })), session(net)),
    );
    assert.deepEqual([ended.result._tag === "Success" && ended.result.success._tag, ended.seconds], [
      seconds ? "Some" : "None",
      seconds ?? 0,
    ]);
  });
}

Deno.test("findArtifact() gives up a minute after the run's end", async () => {
  const net = server([build], {
    finished_at: "1969-12-31T23:59:40Z",
    answer: ({ path }) => path.includes("/artifacts/") ? refusal(404) : undefined,
  });
  const { seconds } = await virtually(
    Effect.provide(Effect.ignore(findArtifact({ run_id: id, path: "manifest.json" })), session(net)),
  );
  // It ended 20 s before the clock begins, which the test does 1 s later.
  assert.equal(seconds, 39);
});

// ---- on the command line --------------------------------------------------------------------------------------------

const env = {
  DBT_CLOUD_HOST: "https://ab123.us1.dbt.com",
  DBT_CLOUD_SERVICE_TOKEN: "dbtc_s3cr3t-0123456789",
  DBT_CLOUD_ACCOUNT_ID: "7",
};

/** Runs a command line. It loads what it needs from the disk. */
async function dbtc(net: Transport, argv: ReadonlyArray<string>): Promise<Outcome> {
  return (await onDisk(() => Effect.provide(command(argv, { env }), net.layer))).value;
}

const get = (...more: ReadonlyArray<string>) => ["runs", "get-artifact", String(id), "run_results.json", ...more];

Deno.test("dbtc runs get-artifact --step auto prints the file of the step that holds it, and says which", async () => {
  for (const spelled of [["--step", "auto"], ["-s", "auto"], ["--step=auto"]]) {
    const { code, stdout, stderr } = await dbtc(server([clone, build, docs]), get(...spelled));
    assert.deepEqual([code, JSON.parse(stdout), stderr], [0, results("build"), "run_results.json of step 2\n"]);
  }
});

Deno.test("dbtc runs get-artifact takes the step that is numbered, or the last one, and nothing else", async () => {
  const numbered = server([clone, build, docs]);
  assert.deepEqual(JSON.parse((await dbtc(numbered, get("--step", "2"))).stdout), results("build"));
  assert.deepEqual(JSON.parse((await dbtc(numbered, get())).stdout), results("generate"));
  assert.equal(numbered.sent.length, 2);
  for (const [step, says] of [["last", /--step: \\"last\\" is not integer\|auto/], ["1.5", /--step/]] as const) {
    const { code, stdout, stderr } = await dbtc(numbered, get("--step", step));
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, says);
  }
  const { code, stderr } = await dbtc(numbered, ["runs", "get-artifact", "--step", "auto"]);
  assert.equal(code, 2);
  assert.match(stderr, /runs get-artifact needs --run, --path/);
  assert.equal(numbered.sent.length, 2);
});

Deno.test("dbtc runs get-artifact --dry-run shows the request, and refuses what is more than one", async () => {
  const net = server([build, docs]);
  const shown = await dbtc(net, get("--step", "1", "--dry-run"));
  assert.match(
    shown.stdout,
    /^GET https:\/\/ab123\.us1\.dbt\.com\/api\/v2\/accounts\/7\/runs\/\d+\/artifacts\/run_results\.json\?step=1\n/,
  );
  const refused = await dbtc(net, get("--step", "auto", "--dry-run"));
  assert.deepEqual([refused.code, refused.stdout], [2, ""]);
  assert.match(refused.stderr, /--step auto sends several requests/);
  assert.equal(net.sent.length, 0);
});

Deno.test("dbtc runs get-artifact waits for a late file of a run that has just ended, and for no other", async () => {
  const answer = ({ path, at }: Sent) => path.includes("/artifacts/") && at < 10 ? refusal(404) : undefined;
  for (const step of [[], ["--step", "1"], ["--step", "auto"]]) {
    const late = await dbtc(server([build], { finished_at: "1970-01-01T00:00:00Z", answer }), get(...step));
    assert.deepEqual([late.code, JSON.parse(late.stdout)], [0, results("build")], late.stderr);
    const old = await dbtc(server([build], { finished_at: "1960-01-01T00:00:00Z", answer }), get(...step));
    assert.deepEqual([old.code, old.stdout], [3, ""]);
  }
});

Deno.test("dbtc runs get-artifact fails as the file does where the run cannot be read", async () => {
  const net = server([build], { answer: () => refusal(404, "No such thing.") });
  const { code, stderr } = await dbtc(net, get());
  assert.equal(code, 3);
  assert.match(stderr, /"message":"runs\.getArtifact: Not found.*No such thing/);
});

Deno.test("dbtc runs get-most-recent-artifact gives the file of the newest run that succeeded, for state comparison", async () => {
  const program = Effect.gen(function* () {
    const { client } = yield* sandbox.make({ runs: 8 });
    const layer = Layer.succeed(HttpClient.HttpClient, client);
    const dbt = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
      Layer.provide(layer),
    );
    const ofJobs = Effect.provide(runs.getMostRecent({ environment_id: 1 }), dbt);
    const good = Effect.provide(runs.getMostRecent({ environment_id: 1, status: runs.RunStatus.success }), dbt);
    const line = ["runs", "get-most-recent-artifact", "run_results.json", "-e", "1"];
    const files = yield* Effect.forEach(
      [[], ["--step", "auto"], ["--step", "4"]],
      (step) => Effect.provide(command([...line, ...step]), layer),
    );
    return { any: yield* Effect.orDie(ofJobs), good: yield* Effect.orDie(good), files };
  });
  const { any, good, files } = await Effect.runPromise(program);
  assert.notEqual(any.status, runs.RunStatus.success, "the newest run has failed, so that it matters");
  assert.deepEqual(
    files.map(({ code, stdout }) => {
      const { args, metadata } = JSON.parse(stdout);
      return [code, args.which, metadata.env.DBT_CLOUD_RUN_ID];
    }),
    ["generate", "build", "build"].map((which) => [0, which, String(good.id)]),
  );
});
