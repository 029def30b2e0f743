/**
 * No secret is where it should not be: every command of the table is run with a marked token and marked secrets, in every
 * way that fails too, and all that it leaves behind is searched for the marks.
 *
 * @module
 */
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import * as SchemaAST from "effect/SchemaAST";
import * as TestClock from "effect/testing/TestClock";
import * as Tracer from "effect/Tracer";
import * as Fiber from "effect/Fiber";
import type * as HttpClient from "effect/http/HttpClient";
import assert from "node:assert/strict";
import { flagName } from "../../lib/cli/input/field_flags.ts";
import { commandOf } from "../../lib/cli/commands/programs.ts";
import { bodyFields, fieldOf, pathNames } from "../../lib/request.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { isIssued } from "../../lib/schema.ts";
import type { AnyCall, AnyRow } from "../../lib/groups/table_entry.ts";
import { table } from "../../lib/groups/table.ts";
import { connections, DbtClient, type Reason } from "../../mod.ts";
import { command, type Outcome, type Surroundings } from "../support/command.ts";
import { html, ok, refusal, refused, type Reply, reset, type Sent, transport, untrusted } from "../support/fixtures.ts";

const mark = "MARKED-0123456789-SECRET";
const token = "dbtc_MARKED-9876543210-TOKEN";

const env = {
  DBT_CLOUD_HOST: "http://127.0.0.1:8008",
  DBT_CLOUD_SERVICE_TOKEN: token,
  DBT_CLOUD_ACCOUNT_ID: "1",
  DBT_CLOUD_PROJECT_ID: "1",
};

// ---- what is run ----------------------------------------------------------------------------------------------------

/** A value in its wire form with every member that its schema names, secrets marked; each model stands in it once. */
function marked(ast: SchemaAST.AST, secret: unknown, seen: ReadonlySet<SchemaAST.AST> = new Set()): unknown {
  if (ast.annotations?.secret === true) return secret;
  if (SchemaAST.isSuspend(ast)) return marked(ast.thunk(), secret, seen);
  if (SchemaAST.isUnion(ast)) {
    const hidden = ast.types.find((type) => type.annotations?.secret === true);
    return marked(hidden ?? ast.types[0] ?? SchemaAST.unknown, secret, seen);
  }
  const encoded = SchemaAST.toEncoded(ast);
  if (SchemaAST.isString(encoded)) return "text";
  if (SchemaAST.isNumber(encoded)) return 1;
  if (SchemaAST.isBoolean(encoded)) return true;
  if (SchemaAST.isLiteral(encoded)) return encoded.literal;
  if (SchemaAST.isArrays(ast)) return ast.rest.map((item) => marked(item, secret, seen));
  if (!SchemaAST.isObjects(ast) || seen.has(ast)) return null;
  const within = new Set([...seen, ast]);
  return Object.fromEntries([
    ...ast.propertySignatures.map(({ name, type }) => [String(name), marked(type, secret, within)]),
    ...ast.indexSignatures.map(({ type }) => ["any", marked(type, secret, within)]),
  ]);
}

/** The flags of every command, by the name of its endpoint. */
const flagsOf = new Map(
  await Promise.all(
    table.map(async (row) => [row.call.name, (await commandOf(row)).spellings.map(({ name }) => name)] as const),
  ),
);

/** The command line of a row that says everything: the ids of its path, and its whole body on stdin. */
function sayAll({ call, group, verb }: AnyRow, secret: unknown = mark): readonly [ReadonlyArray<string>, string] {
  const flags = flagsOf.get(call.name) ?? [];
  const names = "route" in call ? pathNames(call.route).filter((name) => name !== "account_id") : lacking(call);
  const ids = names.flatMap((name) => flags.includes(flagName(name)) ? [`--${flagName(name)}`, "1"] : []);
  const rest = [
    "--yes",
    ...flags.includes("wait") ? ["--no-wait"] : [],
    ...flags.includes("replace") ? ["--replace"] : [],
  ];
  const valueOf = (name: string) => marked(fieldOf(call, name)?.ast ?? SchemaAST.unknown, secret);
  const body = !("route" in call)
    ? undefined
    : call.payload !== undefined
    ? valueOf(call.payload)
    : Object.fromEntries(bodyFields(call).map((name) => [name, valueOf(name)]));
  const payload = flags.includes("payload") ? ["--payload", "-"] : [];
  return [[group, verb, ...ids, ...payload, ...rest], JSON.stringify(body ?? null)];
}

function lacking(call: AnyCall): ReadonlyArray<string> {
  return Object.keys(call.request).filter((name) => {
    const ast = fieldOf(call, name)?.ast ?? SchemaAST.unknown;
    return !SchemaAST.isOptional(ast) && !SchemaAST.isObjects(ast);
  });
}

/** The rows whose body has a secret. */
const secretive = table.filter((row) => sayAll(row)[1].includes(mark));

// ---- what is searched -----------------------------------------------------------------------------------------------

/** Keeps what spans say: their names, attributes and events, and what they failed with. */
function watching(): { readonly said: () => string; readonly layer: Layer.Layer<never> } {
  const spans: Array<Tracer.NativeSpan> = [];
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options);
      spans.push(span);
      return span;
    },
  });
  return {
    layer: Layer.succeed(Tracer.Tracer, tracer),
    said: () =>
      spans.map((span) => {
        const failed = span.status._tag === "Ended" && span.status.exit._tag === "Failure"
          ? [Cause.pretty(span.status.exit.cause), Deno.inspect(span.status.exit.cause, { depth: 20 })]
          : [];
        return [span.name, Deno.inspect([...span.attributes, span.events], { depth: 20 }), ...failed].join("\n");
      }).join("\n"),
  };
}

/** What a command left, place by place. */
interface Left extends Outcome {
  readonly spans: string;
}

const run = Effect.fnUntraced(function* (
  argv: ReadonlyArray<string>,
  surroundings: Surroundings,
): Effect.fn.Return<Left, never, HttpClient.HttpClient> {
  const { layer, said } = watching();
  const fiber = yield* Effect.forkChild(Effect.provide(command(argv, surroundings), layer));
  // Waits between attempts, and before a lost trigger is looked for; real time for what is loaded on the way.
  for (let minute = 0; minute < 600 && fiber.pollUnsafe() === undefined; minute++) {
    yield* TestClock.adjust("1 minute");
    yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 0)));
  }
  assert.notEqual(fiber.pollUnsafe(), undefined, `${argv.join(" ")} still runs after ten virtual hours`);
  const outcome = yield* Fiber.join(fiber);
  return { ...outcome, spans: said() };
});

/** The places that a mark is in, of a command. */
function places(argv: ReadonlyArray<string>, left: object): ReadonlyArray<string> {
  return Object.entries(left).flatMap(([place, text]) =>
    typeof text === "string" && [mark, token].some((secret) => text.includes(secret))
      ? [`${argv.slice(0, 2).join(" ")}: ${place}: ${around(text)}`]
      : []
  );
}

function around(text: string): string {
  const at = Math.max(0, text.search(/MARKED/) - 80);
  return text.slice(at, at + 160);
}

const advice = "mark the field with `secret` of lib/schema.ts, or `issued` where an answer tells it; " +
  "where it is marked, hide it in the place that is named";

/** Runs on virtual time. */
function virtual<A>(effect: Effect.Effect<A, unknown>): Promise<A> {
  return Effect.runPromise(Effect.provide(effect, TestClock.layer({ warningDelay: "10 minutes" })));
}

// ---- every command --------------------------------------------------------------------------------------------------

Deno.test("the table has secrets to hide", () => {
  const names = secretive.map(({ call }) => call.name).join(", ");
  assert(secretive.length > 12, `mark secret fields with \`secret\` of lib/schema.ts; only these have some: ${names}`);
});

for (
  const [name, flags, terminal] of [
    ["as JSON, with every word on what happens", ["--log-level", "debug"], false],
    ["as a table", ["--format", "table"], true],
    ["as a dry run", ["--dry-run"], false],
    ["as it came", ["--raw"], false],
  ] as const
) {
  Deno.test(`no command of the table shows a secret, ${name}`, async () => {
    const found: Array<string> = [];
    const codes = new Map<number, number>();
    for (const row of table) {
      const [argv, stdin] = sayAll(row);
      await virtual(
        Effect.gen(function* () {
          const left = yield* run([...argv, ...flags], { env, stdin, terminal });
          const log = JSON.stringify(yield* (yield* sandbox.Sandbox).requests);
          const held = JSON.stringify(yield* (yield* sandbox.Sandbox).snapshot);
          codes.set(left.code, (codes.get(left.code) ?? 0) + 1);
          if (left.code === 70) found.push(`${argv.join(" ")}: ${left.stderr}`);
          found.push(...places(argv, { ...left, log, held }));
        }).pipe(Effect.provide(sandbox.layer({ tokens: { [token]: "all" } }))),
      );
    }
    assert.deepEqual(found, [], advice);
    // Many of the things that the ids name are not there, but most commands must have come through.
    assert(
      (codes.get(0) ?? 0) > table.length / 3,
      `most commands fail in the sandbox, by exit code: ${Deno.inspect(codes)}`,
    );
  });
}

Deno.test("no command shows a secret that is of the wrong kind", async () => {
  const found: Array<string> = [];
  for (const row of secretive) {
    for (const wrong of [[mark], { [mark]: mark }]) {
      const [argv, stdin] = sayAll(row, wrong);
      const left = await virtual(Effect.provide(run(argv, { env, stdin }), transport(() => ok({ id: 1 })).layer));
      found.push(...places(argv, left));
    }
  }
  assert.deepEqual(found, [], advice);
});

// ---- every failure --------------------------------------------------------------------------------------------------

/** A server that says everything that it was told. */
const gossip = ({ headers }: Sent) => `you sent ${headers.authorization}`;

const failures: Readonly<Record<Exclude<Reason["_tag"], "Unsendable">, (sent: Sent) => Reply>> = {
  Unauthorized: (sent) => refusal(401, gossip(sent)),
  Forbidden: (sent) => refusal(403, gossip(sent)),
  NotFound: (sent) => refusal(404, gossip(sent)),
  Invalid: (sent) => refusal(400, gossip(sent), { said: [gossip(sent)] }),
  RateLimited: (sent) => refusal(429, gossip(sent)),
  ServerFault: (sent) => refusal(sent.method === "GET" ? 500 : 501, gossip(sent)),
  Unreachable: (sent) => sent.method === "GET" ? reset : refused,
  Ambiguous: (sent) => sent.path.endsWith("/run/") ? reset : ok([]),
  Undecodable: (sent) => ({ status: 200, body: { data: gossip(sent) } }),
  QueryFailed: (sent) => ({
    status: 200,
    body: { data: { createQuery: { queryId: "01" }, query: { status: "FAILED", error: gossip(sent) } } },
  }),
  RunFailed: (sent) => ok(runOf(sent, 20)),
  RunCancelled: (sent) => ok(runOf(sent, 30)),
  WaitTimedOut: (sent) => ok(runOf(sent, 3)),
};

function runOf(sent: Sent, status: number): unknown {
  if (sent.method === "GET" && /runs\/$/.test(sent.url.pathname)) return [];
  return { id: 9, job_definition_id: 1, status };
}

for (const [tag, reply] of Object.entries(failures)) {
  Deno.test(`${tag} shows no token, whatever the server says`, async () => {
    const waits = /^(Ambiguous|Run|Wait)/.test(tag);
    const argv = tag === "QueryFailed"
      ? ["sl", "query", "--metrics", "revenue", "--environment-id", "1"]
      : waits
      ? ["jobs", "trigger", "1", "--timeout", "60"]
      : ["jobs", "get", "1"];
    for (const format of ["json", "table"]) {
      const all = [...argv, "--format", format, "--log-level", "debug"];
      const left = await virtual(Effect.provide(run(all, { env }), transport(reply).layer));
      assert.notEqual(left.code, 0);
      assert.notEqual(left.code, 70, left.stderr);
      if (format === "json") assert.match(left.stderr, new RegExp(`"reason":"${tag}"`));
      assert.deepEqual(places(all, left), [], advice);
    }
  });
}

/** What a server says that says a request's body back: as the text that it came as, and as JSON. */
const echoes: Readonly<Record<string, (said: string, body: unknown) => Reply>> = {
  Unauthorized: (said) => refusal(401, said),
  Forbidden: (said) => refusal(403, said),
  NotFound: (said) => refusal(404, said),
  Invalid: (said, body) => refusal(400, said, { said: [said], body }),
  ServerFault: (said) => refusal(501, said),
  Ambiguous: (said) => refusal(500, said),
  Undecodable: (said) => ({ status: 200, body: said }),
};

Deno.test("no error shows a request's secret, whatever the server says", async () => {
  // As a private key has it, with what JSON writes otherwise.
  const key = `"${mark}"\n${mark}\\n`;
  const found: Array<string> = [];
  for (const row of secretive) {
    for (const [tag, echo] of Object.entries(echoes)) {
      const net = transport(({ body, method }) =>
        method === "GET" ? ok({ id: 1 }) : echo(`You sent ${JSON.stringify(body)}.`, body)
      );
      const [argv, stdin] = sayAll(row, key);
      const left = await virtual(Effect.provide(run([...argv, "--log-level", "debug"], { env, stdin }), net.layer));
      assert.match(left.stderr, new RegExp(`"reason":"${tag}"`), argv.join(" "));
      // What is not understood is not quoted.
      assert.equal(left.stderr.includes("<redacted>"), tag !== "Undecodable", left.stderr);
      found.push(...places(argv, left));
    }
  }
  assert.deepEqual(found, [], advice);
});

Deno.test("no error shows a secret that no schema names, nor part of one that holds another", async () => {
  const secrets = { long: Redacted.make(`${mark}-and-more`), short: Redacted.make(mark), tiny: Redacted.make("No") };
  const net = transport(({ body }) => refusal(400, `No: ${JSON.stringify(body)}`, body));
  const sent = connections.test({ account_id: 1, connection: { details: [secrets] } });
  const dbt = DbtClient.layer({ token: Redacted.make(token), host: "ab123.us1.dbt.com" }).pipe(
    Layer.provide(net.layer),
  );
  const { reason } = await Effect.runPromise(Effect.flip(Effect.provide(sent, dbt)));
  const hidden = { details: [{ long: "<redacted>", short: "<redacted>", tiny: "No" }] };
  assert.deepEqual(reason, {
    _tag: "Invalid",
    status: 400,
    user_message: `No: ${JSON.stringify(hidden)}`,
    data: hidden,
  });
});

Deno.test("a failed connection, a wrong certificate and a page of HTML show neither token nor secrets", async () => {
  const found: Array<string> = [];
  for (
    const reply of [refused, untrusted, reset, html(502), refusal(503), { status: 200, body: "" }, "silence"] as const
  ) {
    for (const row of secretive.slice(0, 4)) {
      const [argv, stdin] = sayAll(row);
      const left = await virtual(
        Effect.provide(run([...argv, "--log-level", "debug"], { env, stdin }), transport(() => reply).layer),
      );
      assert(![0, 70].includes(left.code), `${argv.join(" ")}: ${left.code} ${left.stderr}`);
      found.push(...places(argv, left));
    }
  }
  assert.deepEqual(found, [], advice);
});

Deno.test("a token that no request can carry, and a payload that is no JSON, are not quoted", async () => {
  const broken = { ...env, DBT_CLOUD_SERVICE_TOKEN: `${token}\nand more` };
  const quiet = transport(() => ok({ id: 1 })).layer;
  const cases = [
    [["jobs", "get", "1"], { env: broken }],
    [["credentials", "create", "--payload", `{"password":"${mark}",`], { env }],
    [["credentials", "create", "--payload", "-"], { env, stdin: `{"password":"${mark}"` }],
  ] as const;
  for (const [argv, surroundings] of cases) {
    const left = await virtual(Effect.provide(run(argv, surroundings), quiet));
    assert.equal(left.code, 2);
    assert.deepEqual(places(argv.slice(0, 2), left), []);
  }
});

// ---- secrets that are the answer ------------------------------------------------------------------------------------

/** The commands whose answer is a secret. */
const issuing = table.filter(({ call }) =>
  call.kind === "endpoint" && call.route.startsWith("POST ") && isIssued(call.success.schema.ast)
);

Deno.test("a secret that is the answer comes once, on stdout or in a file of mode 0600, and nowhere else", async () => {
  const secret = "issued-0123456789";
  const folder = await Deno.makeTempDir();
  const found: Array<string> = [];
  for (const row of issuing) {
    for (const file of [undefined, `${folder}/new`, `${folder}/there`]) {
      await Deno.writeTextFile(`${folder}/there`, "", { mode: 0o644 });
      const [argv, stdin] = sayAll(row);
      const whole = [...argv, "--log-level", "debug", ...file === undefined ? [] : ["-o", file]];
      const field = row.group === "webhooks" ? "hmac_secret" : "token_string";
      const answer = transport(() => ok({ id: row.group === "webhooks" ? "wsu_1" : 1, [field]: secret }));
      const left = await virtual(Effect.provide(run(whole, { env, stdin }), answer.layer));
      assert.equal(left.code, 0, `${row.call.name}: ${left.stderr}`);
      const said = file === undefined ? left.stdout : await Deno.readTextFile(file);
      assert.equal(said.split(secret).length, 2, row.call.name);
      assert.equal(left.stdout, file === undefined ? said : "");
      if ((left.stderr + left.spans).includes(secret)) found.push(row.call.name);
      if (file === undefined) continue;
      assert.equal(((await Deno.stat(file)).mode ?? 0) & 0o777, 0o600, row.call.name);
      await Deno.remove(file);
    }
  }
  await Deno.remove(folder, { recursive: true });
  assert.deepEqual(found, [], advice);
  assert.deepEqual(
    issuing.map(({ call }) => call.name),
    [
      "personalAccessTokens.create",
      "personalAccessTokens.rotate",
      "scim.createToken",
      "serviceTokens.create",
      "webhooks.create",
    ],
    "where the answer of a POST has a field of `issued`, add its endpoint here, and say above how the field is called",
  );
});

Deno.test("a token that the sandbox issues is in no later answer, and not in what it keeps", async () => {
  await virtual(
    Effect.gen(function* () {
      const { stdout } = yield* run(["service-tokens", "create", "--name", "ci"], { env });
      const { id, token_string } = JSON.parse(stdout);
      const again = yield* run(["service-tokens", "get", String(id)], { env });
      assert.equal(again.code, 0);
      const kept = JSON.stringify(yield* (yield* sandbox.Sandbox).snapshot);
      assert.doesNotMatch(again.stdout + kept, new RegExp(token_string));
    }).pipe(Effect.provide(sandbox.layer({ tokens: { [token]: "all" } }))),
  );
});

Deno.test("dbtc record keeps no secret of any command", async () => {
  const folder = await Deno.makeTempDir();
  const found: Array<string> = [];
  for (const row of secretive) {
    const [argv, stdin] = sayAll(row);
    const file = `${folder}/r`;
    // It says everything back.
    const echo = transport(({ body, headers }) =>
      ok({ id: 1, echo: body, text: JSON.stringify([body, headers.authorization]) })
    );
    const left = await virtual(Effect.provide(run(["record", file, "--", ...argv], { env, stdin }), echo.layer));
    assert.match(left.stderr, /Recorded \d+ request/, argv.join(" "));
    found.push(...places(argv, { recording: await Deno.readTextFile(file) }));
  }
  await Deno.remove(folder, { recursive: true });
  assert.deepEqual(found, [], advice);
});
