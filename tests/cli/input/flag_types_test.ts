/**
 * Values of flags: each type refuses wrong ones in the same words, exits 2 and sends nothing.
 *
 * @module
 */
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import assert from "node:assert/strict";
import { fieldFlags } from "../../../lib/cli/input/field_flags.ts";
import { choice, count, decimal, duration, file, integer, moment, nameOr } from "../../../lib/cli/input/flag_types.ts";
import { table } from "../../../lib/groups/table.ts";
import * as sandbox from "../../../lib/sandbox/mod.ts";
import { command, type Outcome, sandboxEnv, type Surroundings } from "../../support/command.ts";

/** Runs a command line; gives what it printed, and how many requests it sent. */
function dbtc(argv: ReadonlyArray<string>, surroundings: Surroundings = { terminal: true }) {
  return Effect.runPromise(
    Effect.gen(function* () {
      const outcome: Outcome = yield* command(argv, surroundings);
      return { ...outcome, sent: (yield* (yield* sandbox.Sandbox).requests).length };
    }).pipe(Effect.provide(sandbox.layer())),
  );
}

// ---- wrong values ---------------------------------------------------------------------------------------------------

const wrong: Readonly<Record<string, readonly [argv: string, says: string]>> = {
  "a choice, global": ["jobs list --format xml", '--format: "xml" is not table|json|jsonl|csv|markdown|arrow'],
  "a choice of a program": ["runs explain 1 --report html", '--report: "html" is not text|markdown|github|junit|json'],
  "a choice before a run starts": ["jobs trigger 1 --on-timeout wait", '--on-timeout: "wait" is not leave|cancel'],
  "a choice in another case": [
    "jobs trigger 1 --on-interrupt Leave",
    '--on-interrupt: "Leave" is not cancel|leave. Did you mean leave?',
  ],
  "a choice of effect/cli": [
    "jobs list --log-level loud",
    '--log-level: "loud" is not all|trace|debug|info|warn|warning|error|fatal|none',
  ],
  "a count below its least": ["runs timing 1 --top 0", '--top: "0" is not a number of nodes'],
  "a count with decimals": ["jobs trigger 1 --retries 1.5", '--retries: "1.5" is not a number of retries'],
  "a count with a sign": ["jobs trigger 1 --retries -1", '--retries: "-1" is not a number of retries'],
  "a count that is too high": ["jobs list --http-retries 1e9", '--http-retries: "1e9" is not a number of retries'],
  "a duration of nothing": ["jobs trigger 1 --timeout 0", '--timeout: "0" is not a time: 90, 30s, 15m, 2h'],
  "a duration in words": [
    "runs wait 1 --poll-interval soon",
    '--poll-interval: "soon" is not a time: 90, 30s, 15m, 2h',
  ],
  "a duration, global": ["jobs list --request-timeout 1w", '--request-timeout: "1w" is not a time: 90, 30s, 15m, 2h'],
  "a moment in words": [
    "runs list --since yesterday",
    '--since: "yesterday" is not a time, or how long ago: 24h, 7d, 2026-01-31T12:00',
  ],
  "a moment that is no date": [
    "runs cancel --job-id 1 --until 2026-02-30T99:00",
    '--until: "2026-02-30T99:00" is not a time, or how long ago: 24h, 7d, 2026-01-31T12:00',
  ],
  "an integer": ["runs get-step --step-id x", '--step-id: "x" is not an integer'],
  "an integer with decimals": ["runs list --limit 1.5", '--limit: "1.5" is not an integer'],
  "an integer as an argument": ["runs get-step x", 'step-id: "x" is not an integer'],
  "a member's integer": ["jobs update 1 --settings.threads many", '--settings.threads: "many" is not an integer'],
  "a name or an integer": [
    "runs list --status done",
    '--status: "done" is not queued|starting|running|success|error|cancelled|integer',
  ],
  "one of several names": [
    "runs list --status error,done",
    '--status: "error,done" is not queued|starting|running|success|error|cancelled|integer',
  ],
  "a step": ["runs get-artifact 1 manifest.json --step last", '--step: "last" is not integer|auto'],
  "yes or no, global": ["jobs list --raw=maybe", '--raw: "maybe" is not true|false'],
  "yes or no of a field": ["jobs update 1 --no-generate-docs=maybe", '--generate-docs: "maybe" is not true|false'],
  "yes or no of effect/cli": ["jobs list --help=maybe", '--help: "maybe" is not true|yes|on|1|y|false|no|off|0|n'],
  "a port": ["sandbox --port 65536", '--port: "65536" is not a port'],
  "a factor": ["sandbox --speed 0", '--speed: "0" is not a factor'],
  "a number of milliseconds": ["sandbox --latency 5s", '--latency: "5s" is not a number of milliseconds'],
  "a query parameter": ["api GET /api/v2/accounts/ -q limit", '--query: "limit" is not name=value'],
  "JSON": ["extended-attributes create --extended-attributes {", '--extended-attributes: "{" is not json'],
  "no value": ["jobs get --job-id", "--job needs a value: id|name|url"],
  "no value, but another flag": [
    "jobs get 1 --format --fields id",
    "--format needs a value: table|json|jsonl|csv|markdown|arrow",
  ],
  "no value of a file": ["jobs list -o", "--output needs a value: file"],
  "an empty file": ["projects create --name x --yes -o=", "--output needs a value: file"],
  "an empty folder": ["runs download 1 --dir=", "--dir needs a value: folder"],
};

for (const [name, [argv, says]] of Object.entries(wrong)) {
  Deno.test(`a wrong value is refused before anything is sent: ${name}`, async () => {
    const { code, sent, stderr, stdout } = await dbtc(argv.split(" "));
    assert.deepEqual({ code, sent, stdout }, { code: 2, sent: 0, stdout: "" }, stderr);
    assert.equal(stderr.split("\n")[0], `dbtc: ${says}`);
    assert.match(stderr, /\nSee dbtc .*--help\n$/);
  });
}

const variables: Readonly<Record<string, string>> = {
  DBTC_FORMAT: "table|json|jsonl|csv|markdown",
  DBTC_ON_INTERRUPT: "cancel|leave",
};

for (const [variable, expected] of Object.entries(variables)) {
  Deno.test(`a wrong ${variable} is refused as a flag's value is`, async () => {
    const env = { ...sandboxEnv, [variable]: "xml" };
    const { code, sent, stderr } = await dbtc(["jobs", "trigger", "1"], { env, terminal: true });
    assert.deepEqual({ code, sent }, { code: 2, sent: 0 });
    assert.equal(stderr, `dbtc: ${variable}: "xml" is not ${expected}\nSee dbtc jobs trigger --help\n`);
  });
}

/** The flags of fields for which a program has a flag or an argument of its own, or none. */
const replaced = new Set([
  "runs get-artifact step",
  ...["plan", "apply", "link"].flatMap((verb) => [`jobs ${verb} files`, `jobs ${verb} vars`]),
  ...["plan", "apply", "link", "unlink", "export"].flatMap((verb) =>
    ["project", "environment", "job"].map((noun) => `jobs ${verb} ${noun}-id-in`)
  ),
]);

Deno.test("every flag of every field refuses a wrong value in the same words, and sends nothing", async () => {
  const flags = table.flatMap(({ call, group, verb }) => fieldFlags(call).map((field) => ({ ...field, group, verb })));
  const strict = flags.filter(({ type }) => Option.isNone(type.read("☃")));
  assert(strict.length > flags.length / 4, `${strict.length} of ${flags.length}`);
  const messages = await Effect.runPromise(
    Effect.gen(function* () {
      const messages: Array<string> = [];
      for (const { flag: { spelling: { name } }, group, type, verb } of strict) {
        if (replaced.has(`${group} ${verb} ${name}`)) continue;
        const { code, stderr } = yield* command([group, verb, `--${name}=☃`], { terminal: true });
        const expected = { boolean: "true|false", integer: "an integer" }[type.expected] ?? type.expected;
        if (code !== 2 || !stderr.startsWith(`dbtc: --${name}: "☃" is not ${expected}\n`)) {
          messages.push(`${group} ${verb} --${name}: ${stderr}`);
        }
      }
      assert.deepEqual(yield* (yield* sandbox.Sandbox).requests, []);
      return messages;
    }).pipe(Effect.provide(sandbox.layer())),
  );
  assert.deepEqual(messages, []);
});

// ---- right values ---------------------------------------------------------------------------------------------------

Deno.test("types read what they should, and nothing else", () => {
  const read = <A>(type: { readonly read: (text: string) => Option.Option<A> }, ...texts: ReadonlyArray<string>) =>
    texts.map((text) => Option.getOrUndefined(type.read(text)));
  assert.deepEqual(read(choice(["a", "b"]), "a", "A", "c", ""), ["a", undefined, undefined, undefined]);
  assert.deepEqual(read(nameOr({ on: 1 }, integer("", 0, 9)), "on", "ON", "7", "off"), [1, 1, 7, undefined]);
  assert.deepEqual(read(nameOr({ on: 1 }, integer("", 0, 9)), "toString", "__proto__"), [undefined, undefined]);
  assert.deepEqual(read(integer("", 2, 4), "1", "2", "04", "5", "3.0"), [undefined, 2, 4, undefined, undefined]);
  assert.deepEqual(read(count("things"), "0", "1", "9999", "10000"), [undefined, 1, 9999, undefined]);
  assert.deepEqual(read(decimal("", ""), "0", "0.5", ".5", "-1", "1e3"), [0, 0.5, undefined, undefined, undefined]);
  assert.deepEqual(
    read(duration, "90", "0.1", "0.09", "2h", "1d", "36526d").map((value) => value && Duration.toSeconds(value)),
    [90, 0.1, undefined, 7200, 86400, undefined],
  );
  const now = Date.parse("2026-03-01T00:00:00Z");
  assert.deepEqual(
    read(moment, "24h", "2026-01-31", "2026-01-31T12:00", "2026-01-31 12:00", "2026-01-31T12:00+02:00", "now")
      .map((moment) => moment?.(now)),
    [
      "2026-02-28T00:00:00",
      "2026-01-31T00:00:00",
      "2026-01-31T12:00:00",
      "2026-01-31T12:00:00",
      "2026-01-31T10:00:00",
      undefined,
    ],
  );
  assert.deepEqual(read(file, "-", "/dev/null", "missing/x", ""), ["-", "/dev/null", "missing/x", undefined]);
});

Deno.test("a file may be a device or stdout, where that makes sense", async () => {
  const list = ["jobs", "list", "--fields", "id", "--limit", "1", "--format", "csv"];
  assert.deepEqual((await dbtc([...list, "-o", "/dev/null"])).stdout, "");
  assert.deepEqual((await dbtc([...list, "-o", "-"])).stdout, "id\n1\n");
  const trigger = ["jobs", "trigger", "1", "--no-wait", "--run-id-file"];
  assert.equal((await dbtc([...trigger, "/dev/null"])).code, 0);
  for (const name of ["-", ""]) {
    const { code, sent, stderr } = await dbtc([...trigger, name]);
    assert.deepEqual({ code, sent }, { code: 2, sent: 0 });
    assert.match(stderr, /^dbtc: --run-id-file needs a /);
  }
  const { code, sent, stderr } = await dbtc([...list, "-o", "/"]);
  assert.deepEqual({ code, sent }, { code: 2, sent: 0 });
  assert.match(stderr, /^dbtc: Cannot write \/: /);
});
