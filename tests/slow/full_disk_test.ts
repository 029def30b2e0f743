/**
 * The command as a process whose stdout, stderr or file cannot be written: it does the same, and its exit code is true.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { dbtcInShell } from "../support/dbtc_process.ts";

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in bash, against a sandbox of its own, and gives the writes that the sandbox received. */
function bash(script: string): Promise<Ended & { readonly writes: ReadonlyArray<string> }> {
  return Effect.runPromise(Effect.scoped(Effect.gen(function* () {
    const { requests, url } = yield* sandbox.listen({ speed: 600 });
    const { code, stderr, stdout } = yield* Effect.promise(() =>
      new Deno.Command("bash", {
        args: ["-c", `set -o pipefail\ndbtc() { ${dbtcInShell} "$@"; }\n${script}`],
        env: { DBT_CLOUD_HOST: url, DBT_CLOUD_SERVICE_TOKEN: "sandbox", DBT_CLOUD_ACCOUNT_ID: "1" },
      }).output()
    );
    const decoder = new TextDecoder();
    const writes = (yield* requests).filter(({ verb }) => verb !== "GET").map(({ path, verb }) =>
      `${verb} ${path.replace("/api/v2/accounts/1", "").replaceAll(/7047\d+/g, "RUN")}`
    );
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr), writes };
  })));
}

const ignore = Deno.build.os !== "linux"; // /dev/full

/** Command lines that write, wait or fail: each with its exit code. */
const commands: ReadonlyArray<readonly [argv: string, code: number]> = [
  ["jobs trigger 1 --poll-interval 0.2", 0],
  ["jobs trigger 2 --poll-interval 0.2", 1],
  ["jobs trigger 2 --poll-interval 0.2 --report markdown --logs", 1],
  ["jobs trigger 3 --no-wait", 0],
  ["jobs update 1 --name x", 0],
  ["runs cancel --all-jobs --yes", 0],
  ["jobs get 99", 3],
  ["jobs get --job-id x", 3],
  ["runs list --format csv --fields nope", 2],
];

for (const [argv, code] of commands) {
  Deno.test({
    name: `dbtc ${argv} does and exits the same with a full disk under stderr`,
    ignore,
    async fn() {
      const [usual, full] = [await bash(`dbtc ${argv}`), await bash(`dbtc ${argv} 2>/dev/full`)];
      assert.deepEqual([usual.code, full.code], [code, code], usual.stderr);
      assert.deepEqual(full.writes, usual.writes);
      const lines = (text: string) => text.split("\n").length;
      assert.equal(lines(full.stdout), lines(usual.stdout));
    },
  });
}

Deno.test({
  name: "dbtc exits 11 and says why, where it cannot write what was asked for",
  ignore,
  async fn() {
    for (
      const script of [
        "dbtc --help >/dev/full",
        "dbtc --version >/dev/full",
        "dbtc --completions bash >/dev/full",
        "dbtc jobs list >/dev/full",
        "dbtc jobs get 1 -o /dev/full",
        "dbtc jobs update 1 --name x >/dev/full",
        "dbtc runs list --format jsonl --all >/dev/full",
        "dbtc jobs trigger 1 --poll-interval 0.2 >/dev/full",
        "dbtc jobs trigger 1 --poll-interval 0.2 --run-id-file /dev/full",
      ]
    ) {
      const { code, stderr } = await bash(script);
      assert.equal(code, 11, `${script}: ${stderr}`);
      assert.match(stderr, /Cannot write .*: no space left on the disk/, script);
    }
  },
});

Deno.test({
  name: "the exit code of a run that failed counts more than a disk that is full",
  ignore,
  async fn() {
    assert.equal((await bash("dbtc jobs trigger 2 --poll-interval 0.2 >/dev/full")).code, 1);
  },
});

Deno.test({
  name: "dbtc writes nothing to a file that it cannot write, before it sends anything",
  ignore,
  async fn() {
    const { code, stderr, writes } = await bash("dbtc jobs update 1 --name x -o /dev/null/here");
    assert.deepEqual([code, writes], [2, []]);
    assert.match(stderr, /Cannot write \/dev\/null\/here: /);
    assert(!stderr.includes("FileSystem."), stderr);
  },
});

Deno.test({
  name: "a reader that has enough ends the command without a word",
  ignore,
  async fn() {
    const { stderr, stdout } = await bash("dbtc runs list --all --format jsonl | head -1");
    assert.deepEqual([stdout.split("\n").length, stderr], [2, ""]);
  },
});

Deno.test({
  name: "jobs trigger prints less than 12 KB into a pipe for the Jaffle Shop",
  ignore,
  async fn() {
    const { stdout, stderr } = await bash("dbtc jobs trigger 1 --poll-interval 0.2");
    assert(stdout.length + stderr.length < 12_000, `${stdout.length} + ${stderr.length}`);
  },
});
