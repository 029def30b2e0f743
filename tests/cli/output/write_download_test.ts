/**
 * A file that comes on the command line: whole or not at all, with a bar on a terminal.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import assert from "node:assert/strict";
// Loaded before the clock begins.
import "../../../lib/cli/commands/runs_artifacts.ts";
import * as sandbox from "../../../lib/sandbox/mod.ts";
import { command, type Outcome, sandboxEnv, type Surroundings } from "../../support/command.ts";
import { onDisk } from "../../support/real_disk.ts";
import { refusal, type Reply, reset, type Sent, type Transport, transport } from "../../support/fixtures.ts";

/** What a command did, and what is in its folder then. */
interface Done extends Outcome {
  readonly files: Readonly<Record<string, string>>;
  readonly seconds: number;
}

/** Runs a command line on virtual time; `DIR` is a folder of its own, which `prepare` may fill. */
async function dbtc(
  net: Transport,
  argv: ReadonlyArray<string>,
  surroundings: Surroundings = {},
  prepare: (dir: string) => void = () => {},
): Promise<Done> {
  const { value, files, seconds } = await onDisk((dir) => {
    prepare(dir);
    const spelled = argv.map((word) => word.replace("DIR", dir));
    return Effect.map(
      Effect.provide(command(spelled, { env: sandboxEnv, ...surroundings }), net.layer),
      (outcome) => ({ ...outcome, stderr: outcome.stderr.replaceAll(dir, "DIR") }),
    );
  });
  return { ...value, files, seconds };
}

const get = ["runs", "get-artifact", "1", "manifest.json"];
const toFile = [...get, "-o", "DIR/manifest.json"];

/** A server whose file is answered so, each time by another reply; the last one again and again. */
function server(...replies: ReadonlyArray<Reply>): Transport {
  return transport((_: Sent, index) => replies[Math.min(index, replies.length - 1)] ?? refusal(500));
}

const whole: Reply = { status: 200, body: "all of it" };
const half: Reply = { status: 200, chunks: ["half of it", reset] };

for (const argv of [toFile, ["jobs", "get-artifact", "1", "manifest.json", "-o", "DIR/manifest.json"]]) {
  Deno.test(`dbtc ${argv.slice(0, 2).join(" ")} -o begins anew what breaks off, and writes it whole`, async () => {
    const net = server(half, half, whole);
    const { code, stdout, stderr, files, seconds } = await dbtc(net, argv);
    assert.deepEqual([code, stdout, files], [0, "", { "manifest.json": "all of it" }], stderr);
    assert.equal(stderr, "manifest.json broke off: retrying\n".repeat(2));
    assert.equal(net.sent.length, 3);
    assert(seconds >= 3, `${seconds} s`);
  });

  Deno.test(`dbtc ${argv.slice(0, 2).join(" ")} -o leaves what was there where a file breaks off for good`, async () => {
    const net = server(half);
    const done = await dbtc(net, argv, {}, (dir) => Deno.writeTextFileSync(`${dir}/manifest.json`, "as it was"));
    assert.deepEqual([done.code, done.files], [7, { "manifest.json": "as it was" }]);
    assert(
      done.stderr.startsWith(
        "manifest.json broke off: retrying\n".repeat(3) +
          "manifest.json broke off several times: nothing was written. Run the same command again\n",
      ),
      done.stderr,
    );
    assert.equal(net.sent.length, 4);
  });
}

Deno.test("dbtc runs get-artifact to stdout ends where the file breaks off, and says that it is not whole", async () => {
  const net = server(half, whole);
  const { code, stdout, stderr } = await dbtc(net, get);
  assert.deepEqual([code, stdout, net.sent.length], [7, "half of it", 1]);
  assert.match(stderr, /^manifest\.json broke off: the output is incomplete\. With -o, dbtc writes the whole file/);
});

Deno.test("dbtc runs get-artifact -o begins nothing anew that never began", async () => {
  for (const [reply, code] of [[refusal(403), 4], [refusal(503), 7]] as const) {
    const done = await dbtc(server(reply), toFile);
    assert.deepEqual([done.code, done.files], [code, {}]);
    assert(!done.stderr.includes("broke off"), done.stderr);
  }
});

Deno.test("dbtc runs get-artifact -o leaves no half file of the sandbox's", async () => {
  const { value, files } = await onDisk((dir) =>
    command(["runs", "get-artifact", "70471800000001", "manifest.json", "-o", `${dir}/manifest.json`]).pipe(
      Effect.provide(sandbox.layer({ faults: [{ fault: "truncated-body" }] })),
    )
  );
  assert.deepEqual([value.code, files], [7, {}]);
});

Deno.test("dbtc runs get-artifact -o leaves nothing half when it is interrupted", async () => {
  const { value, files } = await onDisk((dir) =>
    Effect.gen(function* () {
      const running = yield* Effect.forkChild(command([...get, "-o", `${dir}/manifest.json`]));
      yield* Effect.sleep("20 seconds");
      const before = [...Deno.readDirSync(dir)].length;
      yield* Fiber.interrupt(running);
      return before;
    }).pipe(Effect.provide(server({ status: 200, chunks: ["half of it", null] }).layer))
  );
  assert.deepEqual([value, files], [1, {}]);
});

Deno.test("dbtc runs get-artifact -o keeps the mode of a file, and follows a link to it", async () => {
  const { value, files } = await onDisk((dir) => {
    Deno.writeTextFileSync(`${dir}/real.json`, "as it was");
    Deno.chmodSync(`${dir}/real.json`, 0o640);
    Deno.symlinkSync("real.json", `${dir}/manifest.json`);
    return command([...get, "-o", `${dir}/manifest.json`]).pipe(
      Effect.map(({ code }) => [code, (Deno.statSync(`${dir}/real.json`).mode ?? 0) & 0o777]),
      Effect.provide(server(whole).layer),
    );
  });
  assert.deepEqual([value, files], [[0, 0o640], { "manifest.json": "-> real.json", "real.json": "all of it" }]);
});

Deno.test("dbtc runs get-artifact -o writes into what is no regular file", async () => {
  const { code, files } = await dbtc(server(whole), [...get, "-o", "/dev/null"]);
  assert.deepEqual([code, files, (await Deno.stat("/dev/null")).isFile], [0, {}, false]);
});

// ---- the bar --------------------------------------------------------------------------------------------------------

const large: ReadonlyArray<string> = Array.from({ length: 5 }, () => "x".repeat(500_000));
// deno-lint-ignore no-control-regex
const shown = /\r\u001b\[2K([^\r]*)/g;

/** What stood on the terminal, one text after another. */
function seen({ stderr }: Outcome): ReadonlyArray<string> {
  return [...stderr.matchAll(shown)].map(([, text = ""]) => text);
}

Deno.test("dbtc runs get-artifact -o shows how far a large file is, and takes it away", async () => {
  const known = await dbtc(server({ status: 200, headers: { "content-length": "2500000" }, chunks: large }), toFile, {
    terminal: true,
  });
  assert.equal(known.files["manifest.json"]?.length, 2_500_000);
  const [first = "", ...others] = seen(known);
  assert.equal(first, "manifest.json  ████░░░░░░░░░░░░░░░░  0.5 of 2.5 MB  20 %");
  assert.equal(others.at(-1), "");
  const unknown = await dbtc(server({ status: 200, chunks: large }), toFile, { terminal: true });
  assert.equal(seen(unknown)[0], "manifest.json  1.5 MB");
});

Deno.test("dbtc runs get-artifact shows no bar in a pipe, of a small file, or beside the file itself", async () => {
  const reply: Reply = { status: 200, headers: { "content-length": "2500000" }, chunks: large };
  assert.equal((await dbtc(server(reply), toFile)).stderr, "");
  assert.equal((await dbtc(server(whole), toFile, { terminal: true })).stderr, "");
  const printed = await dbtc(server(reply), get, { terminal: true });
  assert.deepEqual([printed.stderr, printed.stdout.length], ["", 2_500_000]);
});

Deno.test("dbtc runs get-artifact -o takes the length of a compressed answer for none of the file's", async () => {
  const headers = { "content-length": "9", "content-encoding": "gzip" };
  const { stderr } = await dbtc(server({ status: 200, headers, chunks: large }), toFile, { terminal: true });
  assert.match(stderr, /manifest\.json {2}1\.5 MB/);
});
