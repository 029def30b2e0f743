/**
 * Answers and requests that nobody should send: each ends in a reason and an exit code.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import * as HttpClient from "effect/http/HttpClient";
import * as HttpClientResponse from "effect/http/HttpClientResponse";
import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { exitCode } from "../../lib/cli/output/exit_code.ts";
import { Dbt, DbtClient, type DbtError, jobs, runs } from "../../mod.ts";
import { command } from "../support/command.ts";
import {
  fails,
  html,
  ok,
  type Reply,
  reset,
  secret,
  session,
  succeeds,
  type Transport,
  transport,
  virtually,
} from "../support/fixtures.ts";

const utf8 = new TextEncoder();
const env = { DBT_CLOUD_HOST: "ab123.us1.dbt.com", DBT_CLOUD_SERVICE_TOKEN: secret, DBT_CLOUD_ACCOUNT_ID: "7" };

/** A body whose `?` are bytes that no UTF-8 has. */
function broken(text: string): Reply {
  return { status: 200, chunks: [utf8.encode(text).map((byte) => byte === 63 ? 0xff : byte)] };
}

/** A body in a type that is not its own. */
function typed(type: string, body: string): Reply {
  return { status: 200, headers: { "content-type": type }, body };
}

const envelope = (status: unknown, data: unknown = { id: 5 }): Reply => ({ status: 200, body: { status, data } });
const good = '{"status":{"code":200,"is_success":true},"data":{"id":5}}';
const cut = good.slice(0, -10);

/** What becomes of a call: its reason, or "done"; and its exit code. */
type Ending = readonly [reason: string, code: number];
const done: Ending = ["done", 0];
const undecodable: Ending = ["Undecodable", 8];
const ambiguous: Ending = ["Ambiguous", 10];
const unreachable: Ending = ["Unreachable", 7];
const elsewhere: Ending = ["NotFound", 2];

/** Answers, and how a get, a list, a write, a delete and a file end that are answered so. */
const answers: Readonly<Record<string, readonly [Reply, ...ReadonlyArray<Ending>]>> = {
  "bytes that are no UTF-8": [
    broken('{"data":{"id":5,"name":"?"}}'),
    undecodable,
    undecodable,
    undecodable,
    undecodable,
    done,
  ],
  "a character cut in two": [
    { status: 200, chunks: [utf8.encode('{"data":{"id":5,"name":"ü').slice(0, -1)] },
    undecodable,
    undecodable,
    undecodable,
    undecodable,
    done,
  ],
  "a character in two pieces": [
    { status: 200, chunks: [...utf8.encode(good.replace("5", '5,"name":"ü"'))].map((byte) => Uint8Array.of(byte)) },
    done,
    undecodable,
    done,
    done,
    done,
  ],
  "a byte order mark": [{ status: 200, body: `\ufeff${good}` }, done, undecodable, done, done, done],
  "half of its JSON": [{ status: 200, body: cut }, undecodable, undecodable, undecodable, undecodable, done],
  "a body that breaks off": [
    { status: 200, chunks: [cut, reset] },
    unreachable,
    unreachable,
    ambiguous,
    ambiguous,
    unreachable,
  ],
  "nothing": [{ status: 200, body: "" }, undecodable, undecodable, undecodable, done, done],
  "204": [{ status: 204 }, undecodable, undecodable, undecodable, done, done],
  "204 with a body": [{ status: 204, body: good }, done, undecodable, done, done, done],
  "JSON that says it is text": [typed("text/plain", good), done, undecodable, done, done, done],
  "JSON that says it is HTML": [typed("text/html", good), done, undecodable, done, done, undecodable],
  "HTML that says it is JSON": [
    typed("application/json", "<html></html>"),
    undecodable,
    undecodable,
    undecodable,
    undecodable,
    done,
  ],
  "HTML": [html(200), undecodable, undecodable, undecodable, undecodable, undecodable],
  "null": [{ status: 200, body: "null" }, undecodable, undecodable, undecodable, undecodable, done],
  "a number": [{ status: 200, body: "5" }, undecodable, undecodable, undecodable, undecodable, done],
  "a list": [{ status: 200, body: "[]" }, undecodable, undecodable, undecodable, done, done],
  "an envelope of nothing": [{ status: 200, body: "{}" }, undecodable, undecodable, undecodable, done, done],
  "rows without an envelope": [
    { status: 200, body: '[{"id":5}]' },
    undecodable,
    undecodable,
    undecodable,
    done,
    done,
  ],
  "an envelope whose status is null": [envelope(null), done, undecodable, done, done, done],
  "an envelope whose data is null": [
    envelope({ code: 200, is_success: true }, null),
    undecodable,
    done,
    undecodable,
    done,
    done,
  ],
  "an envelope whose code is text": [
    envelope({ code: "200", is_success: "false" }),
    done,
    undecodable,
    done,
    done,
    done,
  ],
  "is_success: false and 200": [
    envelope({ code: 200, is_success: false, user_message: "No." }),
    ["Invalid", 9],
    ["Invalid", 9],
    ["Invalid", 9],
    ["Invalid", 9],
    done,
  ],
  "is_success: false and 404": [
    envelope({ code: 404, is_success: false }),
    ["NotFound", 3],
    ["NotFound", 3],
    ["NotFound", 3],
    ["NotFound", 3],
    done,
  ],
  "is_success: false and a message that is no text": [
    envelope({ code: 400, is_success: false, user_message: { a: 1 }, developer_message: [1] }),
    ["Invalid", 9],
    ["Invalid", 9],
    ["Invalid", 9],
    ["Invalid", 9],
    done,
  ],
  "a redirect to another host": [
    { status: 302, headers: { location: "https://example.com/" } },
    elsewhere,
    elsewhere,
    elsewhere,
    elsewhere,
    elsewhere,
  ],
  "a redirect without a place": [{ status: 307 }, elsewhere, elsewhere, elsewhere, elsewhere, elsewhere],
  "a status that nobody knows": [
    { status: 299, body: good },
    done,
    undecodable,
    done,
    done,
    done,
  ],
  "418": [{ status: 418, body: good }, ["Invalid", 9], ["Invalid", 9], ["Invalid", 9], ["Invalid", 9], ["Invalid", 9]],
  "an id beyond 2^53": [
    { status: 200, body: good.replace("5", "9007199254740993") },
    undecodable,
    undecodable,
    undecodable,
    undecodable,
    done,
  ],
  "an id that is no whole number": [
    { status: 200, body: good.replace("5", "5.5") },
    undecodable,
    undecodable,
    undecodable,
    undecodable,
    done,
  ],
  "__proto__ and its kind": [
    { status: 200, body: '{"data":{"id":5,"__proto__":{"id":6},"constructor":null,"toString":1}}' },
    done,
    undecodable,
    done,
    done,
    done,
  ],
  "JSON as deep as a well": [
    { status: 200, body: `{"data":{"id":5,"deep":${"[".repeat(5000)}${"]".repeat(5000)}}}` },
    done,
    undecodable,
    done,
    done,
    done,
  ],
};

const kinds: ReadonlyArray<readonly [name: string, Effect.Effect<unknown, DbtError, Dbt>]> = [
  ["get", jobs.get({ job_id: 5 })],
  ["list", jobs.list({})],
  ["write", jobs.trigger({ job_id: 5, cause: "test" })],
  ["delete", jobs.delete({ job_id: 5 })],
  ["file", Stream.runDrain(runs.getArtifact({ run_id: 1, path: "manifest.json" }))],
];

for (const [name, [reply, ...endings]] of Object.entries(answers)) {
  Deno.test(`An answer of ${name} ends in a reason and an exit code`, async () => {
    const ends: Array<readonly [string, ...Ending]> = [];
    for (const [kind, call] of kinds) {
      const { result } = await virtually(Effect.provide(call, session(transport(() => reply))));
      const ending: Ending = Result.isSuccess(result) ? done : [result.failure.reason._tag, exitCode(result.failure)];
      ends.push([kind, ...ending]);
    }
    assert.deepEqual(ends, kinds.map(([kind], index) => [kind, ...endings[index]!]));
  });

  Deno.test(`dbtc exits ${endings[0]?.[1]} after an answer of ${name}, and prints nothing else`, async () => {
    const net = transport(() => reply);
    const { result } = await virtually(command(["jobs", "get", "5"], { env }).pipe(Effect.provide(net.layer)));
    const { code, stderr, stdout } = Result.getOrThrow(result);
    const [reason, expected] = endings[0]!;
    assert.equal(code, expected, stderr);
    assert.equal(stdout === "", expected !== 0);
    if (expected !== 0) assert.equal(JSON.parse(stderr.trimEnd().split("\n").at(-1) ?? "").error.reason, reason);
    assert(!stderr.includes(secret));
  });
}

Deno.test("An id beyond 2^53 is exact with --raw and in dbtc api", async () => {
  const body = good.replace("5", "9007199254740993");
  for (const argv of [["jobs", "get", "5", "--raw"], ["api", "GET", "/api/v2/accounts/7/jobs/5/"]]) {
    const net = transport(() => ({ status: 200, body }));
    const { result } = await virtually(command(argv, { env }).pipe(Effect.provide(net.layer)));
    const { code, stdout } = Result.getOrThrow(result);
    assert.deepEqual([code, stdout.trimEnd()], [0, body]);
  }
});

// ---- requests -------------------------------------------------------------------------------------------------------

Deno.test("Ids that are none are refused, and nothing is sent", async () => {
  const net = transport(() => ok({ id: 5 }));
  for (const id of ["9007199254740993", "1e400", "5.5", "-5", "+5", "NaN", "Infinity", "٥", "５", "", " ", "0x5"]) {
    const run = command(["jobs", "get", "--job-id", id], { env }).pipe(Effect.provide(net.layer));
    const { code, stdout } = Result.getOrThrow((await virtually(run)).result);
    assert.deepEqual([id, code, stdout], [id, 2, ""]);
  }
  for (const job_id of [2 ** 53, NaN, Infinity, 5.5, "5/../6" as unknown as number]) {
    const { reason } = await fails(Effect.provide(jobs.get({ job_id }), session(net)));
    assert.equal(reason._tag, "Unsendable");
  }
  assert.equal(net.sent.length, 0);
});

Deno.test("What is no number is looked up as a name, and cannot leave its place", async () => {
  const net = transport(() => ok([]));
  const names = ["5\r\nX-Injected: 1", "../5", "%2f5", "5&state=2", "5#"];
  for (const name of names) {
    const run = command(["jobs", "get", "--job-id", name], { env }).pipe(Effect.provide(net.layer));
    const { code, stdout } = Result.getOrThrow((await virtually(run)).result);
    assert.deepEqual([name, code, stdout], [name, 3, ""]);
  }
  for (const { headers, method, url } of net.sent) {
    assert.deepEqual([method, url.pathname, headers["x-injected"]], ["GET", "/api/v2/accounts/7/jobs/", undefined]);
    assert.deepEqual([url.searchParams.get("state"), url.hash], [null, ""]);
  }
  const filters = net.sent.flatMap(({ url }) => url.searchParams.getAll("name__icontains"));
  assert.deepEqual(filters, names);
});

Deno.test("Texts in a path and a query cannot leave their place", async () => {
  const net = transport(() => ({ status: 200, body: "select 1" }));
  const names = ["a%2f..%2fb", "a\r\nX-Injected: 1", "a?b=c#d", "a\\..\\b", "%2e%2e", "日本語", "a;b=c", "\u202e", " "];
  for (const path of names) {
    await succeeds(Effect.provide(Stream.runDrain(runs.getArtifact({ run_id: 1, path })), session(net)));
  }
  for (const { url, headers } of net.sent) {
    assert.equal(url.origin, "https://ab123.us1.dbt.com");
    assert.match(url.pathname, /^\/api\/v2\/accounts\/7\/runs\/1\/artifacts\/[^/]+$/);
    assert.deepEqual([url.search, url.hash, headers["x-injected"]], ["", "", undefined]);
  }
  assert.deepEqual(net.sent.map(({ url }) => decodeURIComponent(url.pathname.split("/").at(-1) ?? "")), names);

  const queries = transport(() => ok([]));
  const order_by = "id&state=2\r\nX-Injected: 1#日本語";
  await succeeds(Effect.provide(jobs.list({ order_by }), session(queries)));
  assert.deepEqual([...queries.sent[0]!.url.searchParams], [["order_by", order_by]]);
});

Deno.test("Half of a character is no path", async () => {
  const net = transport(() => ok(null));
  const call = Stream.runDrain(runs.getArtifact({ run_id: 1, path: "a/\ud800" }));
  assert.deepEqual((await fails(Effect.provide(call, session(net)))).reason, {
    _tag: "Unsendable",
    detail: "path is not Unicode",
  });
  assert.equal(net.sent.length, 0);
});

Deno.test("A request that is placed by hand stays on its host, at its path", async () => {
  const net = transport(() => ok(null));
  const paths = [
    "@example.com/",
    ".example.com/",
    ":80@example.com/",
    "api/v2/",
    "",
    "/api/../../x",
    "/api/%2e%2E/x",
    "/api/.",
    "/api\\..\\x",
    "/api/v2/\r\nX-Injected: 1",
    "/api/v2/ x",
    "/api/v2/?a=b",
    "/api/v2/#a",
  ];
  for (const path of paths) {
    const call = Dbt.use((dbt) => dbt.execute("api", { method: "GET", path, query: [] }, Result.succeed));
    const { reason } = await fails(Effect.provide(call, session(net)));
    assert.deepEqual(reason, {
      _tag: "Unsendable",
      detail: `${JSON.stringify(path)} is not a path, or not the one that it says`,
    });
  }
  assert.equal(net.sent.length, 0);
});

// ---- over a wire ----------------------------------------------------------------------------------------------------

/** Does something against a server that answers whatever a test writes, byte by byte. */
async function against<A>(
  answer: (write: (bytes: string | Uint8Array) => Promise<void>) => Promise<void>,
  use: (session: Layer.Layer<Dbt, DbtError>) => Promise<A>,
): Promise<A> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const connection of listener) {
      try {
        await connection.read(new Uint8Array(65_536));
        await answer(async (bytes) => {
          let rest = typeof bytes === "string" ? utf8.encode(bytes) : bytes;
          while (rest.length > 0) rest = rest.subarray(await connection.write(rest));
        });
      } catch {
        // Who was asked has heard enough.
      } finally {
        connection.close();
      }
    }
  })();
  const { port } = listener.addr as Deno.NetAddr; // of TCP
  try {
    return await use(DbtClient.layerFetch({
      token: Redacted.make(secret),
      host: `http://127.0.0.1:${port}`,
      account_id: 7,
      timeout: "5 seconds",
      idleTimeout: "5 seconds",
      requestTimeout: "20 seconds",
    }));
  } finally {
    listener.close();
    await serving;
  }
}

const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

/** The reason of a write: it is tried once. */
async function reasonOf(session: Layer.Layer<Dbt, DbtError>) {
  const call = jobs.trigger({ job_id: 5, cause: "test" });
  return (await Effect.runPromise(Effect.flip(Effect.provide(call, session)))).reason;
}

Deno.test("An answer in chunks that ends too early is lost", async () => {
  const reason = await against(
    (write) => write(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk(cut)}`),
    reasonOf,
  );
  assert.equal(reason._tag, "Ambiguous");
});

Deno.test("An answer shorter than it says is lost", async () => {
  const reason = await against((write) => write(`${head}Content-Length: 1000\r\n\r\n${cut}`), reasonOf);
  assert.equal(reason._tag, "Ambiguous");
});

Deno.test("An answer that is no HTTP is lost", async () => {
  const reason = await against((write) => write("SSH-2.0-OpenSSH_9.6\r\n"), reasonOf);
  assert.equal(reason._tag, "Ambiguous");
});

Deno.test("A hundred megabytes of JSON are not read to their end", async () => {
  const piece = utf8.encode(" ".repeat(2 ** 20));
  let written = 0;
  const reason = await against(async (write) => {
    await write(`${head}Content-Length: ${100 * piece.length}\r\n\r\n`);
    for (; written < 100; written++) await write(piece);
  }, reasonOf);
  assert.deepEqual(reason, {
    _tag: "Undecodable",
    status: 200,
    detail: `it is longer than ${64 * 2 ** 20} bytes`,
    truncated: false,
  });
  assert(written < 90, `${written} MiB were taken`);
});

Deno.test("The connection of an answer that stands still is closed", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr; // of TCP
  const closed = (async () => {
    const connection = await listener.accept();
    const buffer = new Uint8Array(65_536);
    await connection.read(buffer);
    await connection.write(utf8.encode(`${head}Content-Length: 1000\r\n\r\n${cut}`));
    // A reset says the same as an end.
    const read = await connection.read(buffer).catch(() => null);
    connection.close();
    return read;
  })();
  const client = DbtClient.layerFetch({
    token: Redacted.make(secret),
    host: `http://127.0.0.1:${port}`,
    account_id: 7,
    idleTimeout: "100 millis",
    retry: Schedule.recurs(0),
  });
  const error = await Effect.runPromise(Effect.flip(Effect.provide(jobs.get({ job_id: 5 }), client)));
  assert.match(error.message, /no answer within 0.1 s/);
  assert.equal(await closed, null);
  listener.close();
});

Deno.test("An answer that is inflated in small pieces of large buffers takes memory for the pieces only", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage: () => void = runInNewContext("gc");
  let [before, kept] = [0, 0];
  // As Deno's fetch hands out a compressed answer: 4 KiB each, in a buffer of 64 KiB. All is 40 MiB.
  const pieces = Stream.range(1, 10_000).pipe(Stream.map((index) => {
    if (index === 1 || index === 10_000) {
      collectGarbage();
      [before, kept] = [kept, Deno.memoryUsage().external];
    }
    return new Uint8Array(64 * 1024).fill(32).subarray(0, 4096);
  }));
  const body = Stream.concat(pieces, Stream.make(utf8.encode('{"data":{"id":5}}')));
  const http = HttpClient.make((request) =>
    Effect.succeed(
      Object.create(HttpClientResponse.fromWeb(request, new Response(null)), { stream: { value: body } }),
    )
  );
  const net: Transport = { sent: [], layer: Layer.succeed(HttpClient.HttpClient, http) };
  const job = await Effect.runPromise(jobs.get({ job_id: 5 }).pipe(Effect.provide(session(net))));
  assert.deepEqual(job, { id: 5 });
  const grown = (kept - before) / 2 ** 20;
  assert(grown < 200, `${grown} MiB are kept`);
});

Deno.test("256 MiB that come as 256 KiB of gzip are counted as they are inflated", async () => {
  const zeros = Array.from({ length: 256 }, () => new Uint8Array(2 ** 20));
  const gzip = ReadableStream.from(zeros).pipeThrough(new CompressionStream("gzip"));
  const bomb = new Uint8Array(await new Response(gzip).arrayBuffer());
  const reason = await against(async (write) => {
    await write(`${head}Content-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`);
    await write(bomb);
  }, reasonOf);
  assert(reason._tag === "Undecodable");
  assert.equal(reason.detail, `it is longer than ${64 * 2 ** 20} bytes`);
});

Deno.test("A hundred megabytes of a file pass through", async () => {
  const piece = utf8.encode("x".repeat(2 ** 20));
  const size = await against(async (write) => {
    await write(`${head}Content-Length: ${100 * piece.length}\r\n\r\n`);
    for (let written = 0; written < 100; written++) await write(piece);
  }, (session) =>
    Effect.runPromise(
      runs.getArtifact({ run_id: 1, path: "manifest.json" }).pipe(
        Stream.runFold(() => 0, (size, bytes: Uint8Array) => size + bytes.length),
        Effect.provide(session),
      ),
    ));
  assert.equal(size, 100 * piece.length);
});
