/**
 * Thousands of damaged answers and of random command lines: each command ends, with an exit code that says something,
 * and without a trace. What an answer has is in what the command prints.
 *
 * @module
 */
import * as Arbitrary from "effect/Arbitrary";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import * as HttpClient from "effect/http/HttpClient";
import assert from "node:assert/strict";
import { table } from "../../lib/groups/table.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { command, type Outcome } from "../support/command.ts";
import { type Reply, transport, virtually } from "../support/fixtures.ts";
import { integer, oneOf, testProperty } from "../support/property.ts";

/** Every exit code but 70, a defect. */
const meaningful = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];

/** How many cases each property tries. All tests together may take six minutes: `deno task fuzz` tries 3,000. */
const runs = Number(Deno.env.get("DBTC_FUZZ_RUNS") ?? 500);

function check({ code, stderr }: Outcome, what: string): void {
  assert(meaningful.includes(code), `${what} exits ${code}: ${stderr}`);
  assert(!/a defect in dbtc|\n\s+at .*\.ts|\[object Object\]|is not a function|Cannot read prop/.test(stderr), stderr);
}

// ---- damaged answers ------------------------------------------------------------------------------------------------

/** Commands that read much of what they are answered. */
const commandLines = [
  "whoami",
  "accounts list",
  "jobs list",
  "jobs get 1",
  "jobs get 1 --format table",
  "jobs update 1 --name x",
  "jobs trigger 1 --no-wait",
  "runs list --format table",
  "runs list --format csv --limit 5",
  "runs list --format jsonl --all",
  "runs get 70471800000001 -i run_steps",
  "runs wait 70471800000001 --timeout 20",
  "runs explain 70471800000002 --report markdown",
  "runs explain 70471800000002 --report json",
  "runs logs 70471800000002",
  "runs timing 70471800000001",
  "runs cancel --all-jobs --yes",
  "runs list-artifacts 70471800000001",
  "env-vars list --project-id 1",
  "environments list --project-id 1 --format table",
  "users list --format table",
  "webhooks list",
  "connections list",
].map((line) => [...line.split(" "), "--no-http-retry", "--request-timeout", "5"]);

interface Exchange {
  readonly request: string;
  readonly status: number;
  readonly text: string;
}

/** What each command is answered when nothing goes wrong. */
const answers: ReadonlyArray<ReadonlyArray<Exchange>> = await Promise.all(commandLines.map((argv) =>
  Effect.runPromise(
    Effect.gen(function* () {
      const client = yield* HttpClient.HttpClient;
      const exchanges: Array<Exchange> = [];
      const recorder = HttpClient.make((request, url) =>
        Effect.flatMap(client.execute(request), (response) =>
          Effect.map(
            Effect.orElseSucceed(response.text, () => ""),
            (text) => {
              exchanges.push({ request: `${request.method} ${url.pathname}`, status: response.status, text });
              return response;
            },
          ))
      );
      yield* Effect.provideService(command(argv), HttpClient.HttpClient, recorder);
      return exchanges;
    }).pipe(Effect.provide(sandbox.layer())),
  )
));

/** Values that a server may send in place of another. */
const strange: ReadonlyArray<unknown> = [
  null,
  true,
  "",
  "text",
  "::error::x\n##vso[task.complete]\u001b[31m\u202e",
  0,
  -1,
  1.5,
  1e308,
  2 ** 53 + 2,
  [],
  [null],
  {},
  { constructor: { toString: null }, toString: 1, valueOf: "x" },
  JSON.parse('{"__proto__": {"id": 1}, "hasOwnProperty": false}'),
  nested(3000),
  "x".repeat(100_000),
];

function nested(levels: number): unknown {
  return JSON.parse("[".repeat(levels) + "]".repeat(levels));
}

/** The value with one place of it changed; `steps` say where. */
function changed(value: unknown, steps: ReadonlyArray<number>, kind: number): unknown {
  const [step, ...rest] = steps;
  if (step === undefined || value === null || typeof value !== "object") return strange[kind % strange.length];
  if (Array.isArray(value)) {
    return value.length === 0 ? [strange[kind % strange.length]] : value.with(
      step % value.length,
      changed(value[step % value.length], rest, kind),
    );
  }
  const members = Object.entries(value);
  const [name, inner] = members[step % members.length] ?? ["x", null];
  const others = members.filter(([other]) => other !== name);
  if (rest.length > 0) return Object.fromEntries([...others, [name, changed(inner, rest, kind)]]);
  switch (kind % 4) {
    case 0:
      return Object.fromEntries(others);
    case 1:
      return Object.fromEntries([...members, ["constructor", inner], ["never_seen", inner]]);
    default:
      return Object.fromEntries([...others, [name, strange[kind % strange.length]]]);
  }
}

interface Damage {
  readonly at: number;
  readonly exchange: number;
  readonly steps: ReadonlyArray<number>;
  readonly kind: number;
  readonly how: "value" | "cut" | "status" | "text";
}

function damagedText(text: string, { how, kind, steps }: Damage): string {
  if (how === "cut") return text.slice(0, Math.floor(text.length * kind / 1000));
  if (how === "text") return ["", "<html>", "null", "[]", "\ufeff{}", '{"status":null}', "\u0000"][kind % 7] ?? "";
  try {
    return JSON.stringify(changed(JSON.parse(text), steps, kind));
  } catch {
    return text;
  }
}

testProperty(
  "whatever dbt Cloud answers, a command ends with an exit code that says something",
  Arbitrary.all({
    at: integer(0, commandLines.length - 1),
    exchange: integer(0, 9),
    steps: Arbitrary.array(integer(0, 60), { maxLength: 6 }),
    kind: integer(0, 999),
    how: oneOf(["value", "value", "value", "value", "cut", "status", "text"] as const),
  }),
  async (damage) => {
    const argv = commandLines[damage.at] ?? [];
    const exchanges = answers[damage.at] ?? [];
    const target = exchanges[damage.exchange % Math.max(1, exchanges.length)];
    const { layer } = transport(({ method, url }): Reply => {
      const found = exchanges.find(({ request }) => request === `${method} ${url.pathname}`);
      if (found === undefined) return { status: 404, body: { detail: "Not found." } };
      if (found !== target) return { status: found.status, body: found.text };
      const status = damage.how === "status" ? 200 + damage.kind % 400 : found.status;
      return { status, body: damagedText(found.text, damage) };
    });
    const { result } = await virtually(Effect.provide(command(argv), layer));
    assert(result._tag === "Success");
    check(result.success, argv.join(" "));
    if (result.success.code === 0 && argv.join(" ") === commandLines[3]?.join(" ")) {
      // What came is what is printed.
      assert.deepEqual(JSON.parse(result.success.stdout), JSON.parse(damagedText(target?.text ?? "", damage)).data);
    }
  },
  { runs },
);

// ---- random command lines -------------------------------------------------------------------------------------------

const words = [
  ...new Set(table.flatMap(({ group, verb }) => [group, verb])),
  "api",
  "GET",
  "/api/v2/accounts/",
  "record",
  "/dev/null",
  "--",
  "-",
  "1",
  "0",
  "-1",
  "99999999999999999999",
  "1e400",
  "text",
  "",
  "{}",
  "[1,2]",
  "null",
  "@/nonexistent",
  "constructor",
  "__proto__",
  "\u0000",
  "\ud800",
];
const flags = [
  "--account-id",
  "--job-id",
  "--run-id",
  "--limit",
  "--offset",
  "--status",
  "--format",
  "--fields",
  "--all",
]
  .concat(["--payload", "-d", "-j", "--help", "--dry-run", "--raw", "--yes", "--no-wait", "--timeout", "--since"])
  .concat(["--order-by", "-i", "--drift", "--host", "--toString", "--constructor", "--=", "---", "-=", "--no-no-wait"]);
const part = Arbitrary.flatMap(
  integer(0, 9),
  (kind) =>
    kind < 5
      ? oneOf(words)
      : kind < 8
      ? oneOf(flags)
      : kind < 9
      ? Arbitrary.map(Arbitrary.all({ flag: oneOf(flags), word: oneOf(words) }), ({ flag, word }) => `${flag}=${word}`)
      : Arbitrary.schema(Schema.String.check(Schema.isPattern(/^[ -~]{0,12}$/))),
);

testProperty(
  "whatever is typed, a command ends with an exit code that says something",
  Arbitrary.all({
    row: oneOf(table.map(({ group, verb }) => [group, verb])),
    isRow: integer(0, 3),
    rest: Arbitrary.array(part, { maxLength: 6 }),
  }),
  async ({ isRow, rest, row }) => {
    const argv = [...(isRow > 0 ? row : []), ...rest].filter((word) => !word.startsWith("--completions"));
    if (argv.includes("sandbox")) return; // It ends only when it is told to.
    const { layer } = transport((): Reply => ({
      status: 404,
      body: { status: { code: 404, is_success: false }, data: null },
    }));
    const { result } = await virtually(Effect.provide(command(argv, { stdin: "{}" }), layer));
    assert(result._tag === "Success");
    check(result.success, JSON.stringify(argv));
  },
  { runs },
);
