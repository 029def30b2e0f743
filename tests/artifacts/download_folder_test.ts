/**
 * The artifacts of a run in a folder: whole or not at all, and nowhere else.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import assert from "node:assert/strict";
import { platform } from "../../lib/cli/platform.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { downloadArtifacts, type Downloaded, type DownloadOptions, type runs } from "../../mod.ts";
import { command, type Outcome, type Surroundings } from "../support/command.ts";
import { contents, onDisk } from "../support/real_disk.ts";
import {
  html,
  ok,
  refusal,
  type Reply,
  reset,
  type Sent,
  session,
  type Transport,
  transport,
} from "../support/fixtures.ts";

const id = 70_471_800_000_001;
const run_steps = [
  { id: 1, index: 1, name: "Invoke dbt with `dbt build`" },
  { id: 2, index: 2, name: "Invoke dbt with `dbt docs generate`" },
];
const which = (name: string) => JSON.stringify({ results: [], args: { which: name } });

/** A server with a run of a build and its docs; `answer` gives a file of the last step. */
function server(
  paths: ReadonlyArray<string> | null,
  answer: (path: string, sent: Sent) => Reply = (path) => ({ status: 200, body: `all of ${path}` }),
): Transport {
  return transport((sent) => {
    const [, path] = /\/artifacts\/(.*)$/.exec(decodeURIComponent(sent.url.pathname)) ?? [];
    if (path === undefined) return ok({ id, status: 10, run_steps, finished_at: null });
    if (path === "") return ok(paths);
    if (path !== "run_results.json") return answer(path, sent);
    return { status: 200, body: which(sent.url.searchParams.get("step") === "1" ? "build" : "generate") };
  });
}

/** Downloads into a folder of its own, which `prepare` may fill. */
function download(
  net: Transport,
  request: Partial<runs.Download> = {},
  options: Partial<DownloadOptions> = {},
  prepare: (dir: string) => void = () => {},
) {
  return onDisk((dir) => {
    prepare(dir);
    return downloadArtifacts({ run_id: id, ...request }, { dir: `${dir}/in`, ...options }).pipe(
      Effect.provide([session(net), platform]),
    );
  });
}

/** What failed, and why, in short. */
function failures({ failed }: Downloaded): ReadonlyArray<readonly [string, string]> {
  return failed.map(({ path, message }) => [path, message]);
}

Deno.test("downloadArtifacts() writes every file, run_results.json of the build", async () => {
  const net = server([
    "manifest.json",
    "run_results.json",
    "compiled/shop/models/a.sql",
    "compiled/shop/models/é ü?.sql",
  ]);
  const { value, files } = await download(net);
  assert.deepEqual(files, {
    "in/compiled/shop/models/a.sql": "all of compiled/shop/models/a.sql",
    "in/compiled/shop/models/é ü?.sql": "all of compiled/shop/models/é ü?.sql",
    "in/manifest.json": "all of manifest.json",
    "in/run_results.json": which("build"),
  });
  assert.deepEqual(value, {
    files: [
      { path: "manifest.json", bytes: 20 },
      { path: "run_results.json", step: 1, bytes: which("build").length },
      { path: "compiled/shop/models/a.sql", bytes: 33 },
      { path: "compiled/shop/models/é ü?.sql", bytes: 38 },
    ],
    failed: [],
  });
});

Deno.test("downloadArtifacts() takes the step that is numbered, for the list and for every file", async () => {
  const net = server(["manifest.json", "run_results.json"]);
  const { value, files } = await download(net, { step: 2 });
  assert.equal(files["in/run_results.json"], which("generate"));
  assert.deepEqual(value.files.map(({ step }) => step), [2, 2]);
  assert(net.sent.filter(({ path }) => path.includes("/artifacts/")).every(({ path }) => path.endsWith("?step=2")));
});

Deno.test("downloadArtifacts() takes what a glob matches", async () => {
  const paths = ["manifest.json", "catalog.json", "compiled/a.sql", "compiled/m/b.sql", "run/m/b.sql", ".user.yml"];
  const chosen = async (...match: ReadonlyArray<string>) =>
    Object.keys((await download(server(paths), { match })).files);
  assert.deepEqual(await chosen("*.json"), ["in/catalog.json", "in/manifest.json"]);
  assert.deepEqual(await chosen("compiled/**"), ["in/compiled/a.sql", "in/compiled/m/b.sql"]);
  assert.deepEqual(await chosen("**/b.sql", "*.yml"), ["in/.user.yml", "in/compiled/m/b.sql", "in/run/m/b.sql"]);
});

// ---- paths ----------------------------------------------------------------------------------------------------------

const leaving: ReadonlyArray<readonly [path: string, why: RegExp]> = [
  ["../evil", /would leave the folder/],
  ["compiled/../../evil", /would leave the folder/],
  ["..", /would leave the folder/],
  [".", /would leave the folder/],
  ["a/./b", /would leave the folder/],
  ["a//b", /would leave the folder/],
  ["a/", /would leave the folder/],
  ["", /would leave the folder/],
  ["/etc/evil", /absolute/],
  ["//host/share/evil", /absolute/],
  ["C:/evil", /drive/],
  ["c:evil", /drive/],
  ["..\\evil", /backslashes/],
  ["\\\\host\\share", /backslashes/],
  ["C:\\evil", /backslashes/],
  ["a\u0000b", /control characters/],
  ["a\nb", /control characters/],
];

for (const [path, why] of leaving) {
  Deno.test(`downloadArtifacts() refuses ${JSON.stringify(path)}, and writes the others`, async () => {
    const net = server(["good.json", path]);
    const { value, files } = await download(net);
    assert.deepEqual(files, { "in/good.json": "all of good.json" });
    assert.deepEqual(value.failed.map(({ path }) => path), [path]);
    assert.match(value.failed[0]?.message ?? "", why);
    assert(net.sent.every(({ url }) => !url.pathname.includes("evil")), "nothing was asked for");
  });
}

Deno.test("downloadArtifacts() follows no link out of the folder, and replaces one that stands for a file", async () => {
  const { value, files } = await download(
    server(["out/evil.sql", "out/deep/evil.sql", "inner/good.sql", "linked.json", "dangling/evil.sql"]),
    {},
    {},
    (dir) => {
      Deno.mkdirSync(`${dir}/in/real`, { recursive: true });
      Deno.mkdirSync(`${dir}/outside`);
      Deno.writeTextFileSync(`${dir}/outside/kept.json`, "kept");
      Deno.symlinkSync("../outside", `${dir}/in/out`);
      Deno.symlinkSync("real", `${dir}/in/inner`);
      Deno.symlinkSync("../outside/kept.json", `${dir}/in/linked.json`);
      Deno.symlinkSync("../nowhere", `${dir}/in/dangling`);
    },
  );
  assert.deepEqual(files, {
    "in/dangling": "-> ../nowhere",
    "in/inner": "-> real",
    "in/linked.json": "all of linked.json",
    "in/out": "-> ../outside",
    "in/real/good.sql": "all of inner/good.sql",
    "outside/kept.json": "kept",
  });
  assert.deepEqual(value.failed.map(({ path }) => path), ["out/evil.sql", "out/deep/evil.sql", "dangling/evil.sql"]);
  assert.match(value.failed[0]?.message ?? "", /is a link that leads out of the folder/);
});

Deno.test("downloadArtifacts() takes a folder that is a link itself", async () => {
  const { files } = await download(server(["a/b.sql"]), {}, {}, (dir) => {
    Deno.mkdirSync(`${dir}/real`);
    Deno.symlinkSync("real", `${dir}/in`);
  });
  assert.equal(files["real/a/b.sql"], "all of a/b.sql");
});

Deno.test("downloadArtifacts() keeps apart what differs in case only, where the disk does", async () => {
  const net = server(["Model.sql", "model.sql", "MODEL.sql", "other.sql"]);
  const told = await download(net);
  assert.deepEqual(Object.keys(told.files), ["in/MODEL.sql", "in/Model.sql", "in/model.sql", "in/other.sql"]);
  assert.deepEqual(told.value.failed, []);
});

Deno.test("downloadArtifacts() refuses what differs in case only, where the disk takes it for one", async () => {
  const folding = Layer.effect(
    FileSystem.FileSystem,
    Effect.map(FileSystem.FileSystem, (fs) => ({ ...fs, exists: () => Effect.succeed(true) })),
  ).pipe(Layer.provide(platform));
  const { value, files } = await onDisk((dir) =>
    downloadArtifacts({ run_id: id }, { dir }).pipe(
      Effect.provide([session(server(["Model.sql", "model.sql", "other.sql"])), platform, folding]),
    )
  );
  assert.deepEqual(Object.keys(files), ["Model.sql", "other.sql"]);
  assert.deepEqual(failures(value), [
    ["model.sql", "its path differs from Model.sql in case only, which this disk does not tell apart"],
  ]);
});

Deno.test("downloadArtifacts() says which file cannot be written, as one whose folder is a file", async () => {
  const { value, files } = await download(server(["a", "a/b.sql", "c/d.sql", "e"]), {}, { concurrency: 1 }, (dir) => {
    Deno.mkdirSync(`${dir}/in/e/full`, { recursive: true });
  });
  assert.deepEqual(files, { "in/a": "all of a", "in/c/d.sql": "all of c/d.sql" });
  assert.deepEqual(value.failed.map(({ path, error }) => [path, error]), [["a/b.sql", undefined], ["e", undefined]]);
});

// ---- whole or not at all --------------------------------------------------------------------------------------------

Deno.test("downloadArtifacts() replaces files that are there, and keeps their mode", async () => {
  const modes: Array<number> = [];
  const { files } = await onDisk((dir) => {
    Deno.writeTextFileSync(`${dir}/a.json`, "something much longer than what comes");
    Deno.chmodSync(`${dir}/a.json`, 0o640);
    return downloadArtifacts({ run_id: id }, {
      dir,
      onFile: () => Effect.sync(() => modes.push((Deno.statSync(`${dir}/a.json`).mode ?? 0) & 0o777)),
    }).pipe(Effect.provide([session(server(["a.json"])), platform]));
  });
  assert.deepEqual([files, modes], [{ "a.json": "all of a.json" }, [0o640]]);
});

Deno.test("downloadArtifacts() begins a file anew that breaks off, four times at most, and leaves no half one", async () => {
  const tried = new Map<string, number>();
  const net = server(["often.json", "once.json", "there.json"], (path) => {
    const nth = (tried.get(path) ?? 0) + 1;
    tried.set(path, nth);
    const breaks = path === "often.json" || (path === "once.json" && nth === 1);
    return breaks ? { status: 200, chunks: ["half", reset] } : { status: 200, body: `all of ${path}` };
  });
  const { value, files } = await download(net, {}, {}, (dir) => {
    Deno.mkdirSync(`${dir}/in`);
    Deno.writeTextFileSync(`${dir}/in/often.json`, "as it was");
  });
  assert.deepEqual(Object.fromEntries(tried), { "often.json": 4, "once.json": 2, "there.json": 1 });
  assert.deepEqual(files, {
    "in/often.json": "as it was",
    "in/once.json": "all of once.json",
    "in/there.json": "all of there.json",
  });
  assert.deepEqual(value.files.find(({ path }) => path === "once.json")?.bytes, 16);
  assert.deepEqual(value.failed.map(({ path, error }) => [path, error?.reason._tag]), [["often.json", "Unreachable"]]);
});

Deno.test("downloadArtifacts() leaves nothing half when it is interrupted", async () => {
  const net = server(["a.json"], () => ({ status: 200, chunks: ["half", null] }));
  const { files } = await onDisk((dir) =>
    downloadArtifacts({ run_id: id }, { dir }).pipe(
      Effect.timeoutOption("5 seconds"),
      Effect.provide([session(net), platform]),
    )
  );
  assert.deepEqual(files, {});
});

Deno.test("downloadArtifacts() goes on where a file is missing, and stops where nothing will come", async () => {
  const paths = Array.from({ length: 50 }, (_, index) => `${index}.json`);
  const missing = await download(
    server(paths, (path) => Number.parseInt(path) % 2 ? refusal(404) : { status: 200, body: path }),
  );
  assert.deepEqual([missing.value.files.length, missing.value.failed.length], [25, 25]);
  assert(missing.value.failed.every(({ error }) => error?.reason._tag === "NotFound"));

  for (const [reply, tried] of [[refusal(401), 1], [html(502), 3]] as const) {
    const net = server(paths, () => reply);
    const { value } = await download(net, {}, { concurrency: 1 });
    const asked = new Set(net.sent.flatMap(({ path }) => /artifacts\/\d+\.json/.exec(path) ?? []));
    assert.deepEqual([asked.size, value.files.length, value.failed.length], [tried, 0, 50]);
    assert.match(value.failed.at(-1)?.message ?? "", /^not tried, since others failed: runs\.getArtifact: /);
  }
});

Deno.test("downloadArtifacts() brings thousands of files, eight at once", async () => {
  const paths = Array.from(
    { length: 3000 },
    (_, index) => `compiled/shop/models/folder_${index % 17}/model_${index}.sql`,
  );
  const counted: Array<number> = [];
  const net = server(paths);
  const { value, files } = await onDisk((dir) =>
    downloadArtifacts({ run_id: id }, { dir, onFile: (_, count) => Effect.sync(() => counted.push(count)) }).pipe(
      Effect.provide([session(net, { requestsPerMinute: 1e6 }), platform]),
    )
  );
  assert.deepEqual([value.failed, value.files.length, Object.keys(files).length], [[], 3000, 3000]);
  assert.deepEqual([counted.length, new Set(counted)], [3000, new Set([3000])]);
});

Deno.test("downloadArtifacts() brings every file whatever its callback does", async () => {
  for (
    const onFile of [() => Effect.fail("no"), () => Effect.die("no"), () => Effect.interrupt, () => Effect.sleep(50)]
  ) {
    const { value } = await onDisk((dir) =>
      downloadArtifacts({ run_id: id }, { dir, onFile }).pipe(
        Effect.provide([session(server(["a.json", "b.json", "c.json"])), platform]),
      )
    );
    assert.deepEqual([value.files.length, value.failed], [3, []]);
  }
});

Deno.test("downloadArtifacts() fails where there is nothing to download, or nowhere to", async () => {
  for (
    const [paths, match, says] of [[null, undefined, "has no artifacts"], [[], undefined, "has no artifacts"], [
      ["a.json"],
      ["*.sql", "*.csv"],
      "no artifact of run 70471800000001 is called *.sql or *.csv",
    ]] as const
  ) {
    const { value } = await onDisk((dir) =>
      Effect.flip(downloadArtifacts({ run_id: id, ...(match ? { match } : {}) }, { dir })).pipe(
        Effect.provide([session(server(paths)), platform]),
      )
    );
    assert(value._tag === "DbtError" && value.reason._tag === "NotFound");
    assert(value.message.includes(says), value.message);
  }
  const { value } = await onDisk((dir) => {
    Deno.writeTextFileSync(`${dir}/file`, "");
    return Effect.flip(downloadArtifacts({ run_id: id }, { dir: `${dir}/file/in` })).pipe(
      Effect.provide([session(server(["a.json"])), platform]),
    );
  });
  assert.equal(value._tag, "PlatformError");
});

Deno.test("downloadArtifacts() waits for a list and for files that come late, of a run that has just ended", async () => {
  const net = transport(({ path, at }) => {
    if (path.endsWith("/artifacts/")) return ok(at < 10 ? null : ["a.json", "b.json"]);
    if (!path.includes("/artifacts/")) return ok({ id, status: 10, run_steps, finished_at: "1970-01-01T00:00:00Z" });
    return at < 20 ? refusal(404) : { status: 200, body: "{}" };
  });
  const { value, files, seconds } = await download(net);
  assert.deepEqual([value.failed, files], [[], { "in/a.json": "{}", "in/b.json": "{}" }]);
  assert(seconds >= 20, `${seconds} s`);
});

// ---- on the command line --------------------------------------------------------------------------------------------

/** Runs a command line against a sandbox of its own; `DIR` is a folder of its own. */
async function dbtc(
  argv: ReadonlyArray<string>,
  surroundings: Surroundings = {},
  options: sandbox.Options = {},
): Promise<Outcome & { readonly files: Readonly<Record<string, string>> }> {
  const dir = await Deno.makeTempDir();
  const spelled = argv.map((word) => word.replace("DIR", dir));
  const outcome = await Effect.runPromise(
    command(spelled, surroundings).pipe(Effect.provide(sandbox.layer(options))),
  );
  const files = contents(dir);
  await Deno.remove(dir, { recursive: true });
  const hide = (text: string) => text.replaceAll(dir, "DIR");
  return { code: outcome.code, stdout: hide(outcome.stdout), stderr: hide(outcome.stderr), files };
}

const line = ["runs", "download", String(id), "--dir", "DIR/target"];

Deno.test("dbtc runs download writes a summary on a terminal, and what came of each file as JSON", async () => {
  const shown = await dbtc([...line, "--match", "*.json"], { terminal: true });
  assert.deepEqual([shown.code, shown.stdout], [0, "3 files, 0.1 MB, in DIR/target\n"]);
  const piped = await dbtc([...line, "--match", "*.json"]);
  const { dir, files, failed } = JSON.parse(piped.stdout);
  assert.deepEqual([piped.code, dir, failed, piped.stderr], [0, "DIR/target", [], "3 files, 0.1 MB, in DIR/target\n"]);
  assert.deepEqual(files.map(({ path, step }: { path: string; step?: number }) => [path, step]), [
    ["manifest.json", undefined],
    ["run_results.json", 4],
    ["catalog.json", 5],
  ]);
  assert.equal(JSON.parse(piped.files["target/run_results.json"] ?? "").args.which, "build");
  const csv = await dbtc([...line, "--match", "catalog.json", "--format", "csv", "--fields", "path,step"]);
  assert.equal(csv.stdout, "path,step\ncatalog.json,5\n");
});

Deno.test("dbtc runs download says what failed, brings the rest, and exits as the first failure", async () => {
  const { code, stdout, stderr, files } = await dbtc([...line, "--match", "*.json"], { terminal: true }, {
    faults: [{ fault: "missing-artifact", route: "GET */artifacts/manifest.json" }],
  });
  assert.deepEqual([code, Object.keys(files)], [3, ["target/catalog.json", "target/run_results.json"]]);
  assert.equal(stdout, "2 files, 0.0 MB, in DIR/target; 1 failed\n");
  assert.match(stderr, /\nmanifest\.json: runs\.getArtifact: Not found|manifest\.json: runs\.getArtifact: Not found/);
});

for (
  const [name, argv, code, says] of [
    ["no folder", ["runs", "download", "1"], 2, /runs download needs --dir/],
    ["no run", ["runs", "download", "--dir", "DIR"], 2, /Which run\? Try: dbtc runs download RUN/],
    ["a step that is none", [...line, "--step", "x"], 2, /--step: \\"x\\" is not/],
    ["--dry-run", [...line, "--dry-run"], 2, /sends several requests: --dry-run cannot print them/],
    ["a run that is not there", ["runs", "download", "5", "--dir", "DIR/x"], 3, /Not found/],
    ["no file that matches", [...line, "--match", "*.xml"], 3, /is called \*\.xml/],
    ["a folder that cannot be made", ["runs", "download", String(id), "--dir", "/dev/null/x"], 2, /Cannot write into/],
  ] as ReadonlyArray<readonly [string, ReadonlyArray<string>, number, RegExp]>
) {
  Deno.test(`dbtc runs download with ${name} exits ${code}, and writes nothing`, async () => {
    const outcome = await dbtc(argv);
    assert.deepEqual([outcome.code, outcome.stdout, outcome.files], [code, "", {}]);
    assert.match(outcome.stderr, says);
  });
}
