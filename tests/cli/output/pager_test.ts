/**
 * Long output in the user's pager.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import { type Pager, StartPager } from "../../../lib/cli/output/pager.ts";
import { command, sandboxEnv } from "../../support/command.ts";
import { ok, transport } from "../../support/fixtures.ts";

const runs = Array.from({ length: 100 }, (_, index) => ({ id: 1000 + index, status: 10, git_branch: "main" }));

/** What a command prints on a terminal of 40 rows, and what its pager is given. */
async function paged(
  argv: ReadonlyArray<string>,
  { env = { PAGER: "less" }, rows = runs, start, terminal = true }: {
    readonly env?: Readonly<Record<string, string>>;
    readonly rows?: ReadonlyArray<unknown>;
    readonly start?: (write: (text: string) => void) => Promise<Pager>;
    readonly terminal?: boolean;
  } = {},
) {
  const started: Array<string> = [];
  let [shown, closed] = ["", false];
  const pager: Pager = {
    write: (text) => Promise.resolve((shown += text, true)),
    close: () => Promise.resolve((closed = true, 0)),
  };
  const { layer } = transport(() => ok(rows, { pagination: { count: rows.length, total_count: rows.length } }));
  const outcome = await Effect.runPromise(
    command(argv, { env: { ...sandboxEnv, ...env }, terminal }).pipe(
      Effect.provide(layer),
      Effect.provideService(StartPager, (name) => {
        started.push(name);
        return start?.((text) => shown += text) ?? Promise.resolve(pager);
      }),
    ),
  );
  return { ...outcome, shown, started, closed };
}

const lines = (text: string) => text.split("\n").length - 1;
const list = ["runs", "list"];

Deno.test("a table longer than the screen is shown in $PAGER, $DBTC_PAGER before it, and the pager is waited for", async () => {
  const { code, shown, started, stdout, closed } = await paged(list);
  assert.deepEqual([code, stdout, lines(shown), started, closed], [0, "", 101, ["less"], true]);
  const own = await paged(list, { env: { PAGER: "less", DBTC_PAGER: "most -s" } });
  assert.deepEqual(own.started, ["most -s"]);
});

Deno.test("short output, output of no terminal, to a file, or without a pager is printed", async () => {
  for (
    const other of [{ rows: runs.slice(0, 5) }, { terminal: false }, { env: {} }]
  ) {
    const { code, started, stdout } = await paged(list, other);
    assert.deepEqual([code, started], [0, []]);
    assert.notEqual(stdout, "");
  }
  const file = await Deno.makeTempFile();
  assert.deepEqual((await paged([...list, "-o", file])).started, []);
  await Deno.remove(file);
});

Deno.test("a pager that cannot be started is named, and the output printed", async () => {
  const { code, stderr, stdout } = await paged(list, { start: () => Promise.reject(new Error("not found")) });
  assert.equal(code, 0);
  assert.equal(lines(stdout), 101);
  assert.match(stderr, /the pager less cannot be started: Error: not found/);
});

Deno.test("a pager that the user closes gets no more text, and is no failure", async () => {
  const { code, stderr, stdout } = await paged(list, {
    start: () => Promise.resolve({ write: () => Promise.resolve(false), close: () => Promise.resolve(0) }),
  });
  assert.deepEqual([code, stderr, stdout], [0, "", ""]);
});

Deno.test("if a pager fails, at the first text or at its end, all text is printed", async () => {
  for (const isAlive of [false, true]) {
    const { code, stderr, stdout } = await paged(list, {
      start: () => Promise.resolve({ write: () => Promise.resolve(isAlive), close: () => Promise.resolve(127) }),
    });
    assert.deepEqual([code, lines(stdout)], [0, 101]);
    assert.match(stderr, /^dbtc: the pager less ended with exit code 127$/m);
  }
});

Deno.test("the pager is a process that reads the text on stdin", async () => {
  const file = await Deno.makeTempFile();
  const real = StartPager.defaultValue();
  const pager = await real(`cat > '${file}'; echo "$LESS" >> '${file}'`, undefined);
  assert.equal(await pager.write("text\n"), true);
  assert.equal(await pager.close(), 0);
  assert.equal(await Deno.readTextFile(file), "text\nFRX\n");
  await Deno.remove(file);
});
