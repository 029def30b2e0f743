/**
 * The logs of a run as a stream.
 *
 * @module
 */
import * as Arbitrary from "effect/Arbitrary";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import assert from "node:assert/strict";
import { logOf } from "../../lib/workflows/step_log.ts";
import { type LogText, runs, streamLogs } from "../../mod.ts";
import { type Reply, reset, session, transport } from "../support/fixtures.ts";
import { integer, testProperty } from "../support/property.ts";

const text = Arbitrary.schema(Schema.String);
const steps = Arbitrary.array(
  Arbitrary.schema(Schema.Struct({
    id: Schema.Int,
    other: Schema.Json,
    logs: Schema.optionalKey(Schema.NullOr(Schema.String)),
    name: Schema.optionalKey(Schema.String),
    debug_logs: Schema.optionalKey(Schema.NullOr(Schema.String)),
    truncated_debug_logs: Schema.optionalKey(Schema.String),
  })),
  { maxLength: 4 },
);

/** An answer in pieces of some size. */
function inPieces(json: string, size: number): Reply {
  const bytes = new TextEncoder().encode(json);
  const chunks = Array.from(
    { length: Math.ceil(bytes.length / size) },
    (_, index) => bytes.slice(index * size, (index + 1) * size),
  );
  return { status: 200, chunks };
}

/** The parts of an answer, joined by step. */
async function logsIn(reply: Reply, debug = false): Promise<ReadonlyMap<number, string>> {
  const parts = Stream.runCollect(streamLogs({ run_id: 5, debug }));
  const all = await Effect.runPromise(Effect.provide(parts, session(transport(() => reply))));
  return Map.groupBy(all, ({ step }) => step).entries().reduce(
    (logs, [step, parts]) => logs.set(step, parts.map(({ text }: LogText) => text).join("")),
    new Map<number, string>(),
  );
}

testProperty(
  "streamLogs() gives what runs.logs gives, wherever the answer is cut",
  Arbitrary.all([steps, text, integer(1, 40), Arbitrary.schema(Schema.Boolean)]),
  async ([steps, cause, size, debug]) => {
    const indexed = steps.map((step, position) => ({ ...step, index: position + 1 }));
    const data = { id: 5, trigger: { cause }, run_steps: indexed, trailing: [{ run_steps: [{ logs: "not this" }] }] };
    const streamed = await logsIn(inPieces(JSON.stringify({ status: { code: 200 }, data }), size), debug);
    const whole = indexed.map((step) => [step.index, logOf(step, debug)]);
    assert.deepEqual([...streamed], whole);
  },
);

Deno.test("streamLogs() gives a log of 66 MiB, which is more than an answer may have otherwise", async () => {
  const line = new TextEncoder().encode("12:00:00  1 of 39 START sql table model dbt.customers\\n".repeat(20_000));
  const lines = Array.from({ length: Math.ceil(66 * 2 ** 20 / line.length) }, () => line);
  const encode = (text: string) => new TextEncoder().encode(text);
  const reply: Reply = {
    status: 200,
    chunks: [encode('{"data":{"id":5,"run_steps":[{"index":1,"name":"dbt","logs":"'), ...lines, encode('"}]}}')],
  };
  const net = transport(() => reply);
  const size = await Effect.runPromise(
    streamLogs({ run_id: 5 }).pipe(
      Stream.runFold(() => 0, (size, { text }) => size + text.length),
      Effect.provide(session(net)),
    ),
  );
  assert.equal(size, lines.length * (line.length - 20_000));
  const held = await Effect.runPromise(Effect.flip(runs.logs({ run_id: 5 })).pipe(Effect.provide(session(net))));
  assert.equal(held.reason._tag, "Undecodable");
});

for (
  const [name, reply, tag] of [
    ["is cut", inPieces('{"data":{"run_steps":[{"index":1,"logs":"a', 9), "Undecodable"],
    ["is no JSON", inPieces('{"data": oops}', 9), "Undecodable"],
    ["breaks off", { status: 200, chunks: ['{"data":{"run_steps":[{"index":1,"logs":"a', reset] }, "Unreachable"],
    ["has no such step", inPieces('{"data":{"run_steps":[{"index":1,"logs":"a"}]}}', 9), "NotFound"],
  ] as const
) {
  Deno.test(`streamLogs() fails where the answer ${name}`, async () => {
    const parts = Stream.runCollect(streamLogs({ run_id: 5, step: 2 }));
    const error = await Effect.runPromise(Effect.provide(Effect.flip(parts), session(transport(() => reply))));
    assert.equal(error.reason._tag, tag);
  });
}
