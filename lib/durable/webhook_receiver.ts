/**
 * Receives dbt Cloud's webhooks: the wait for a run ends within a second, and not with the next poll.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Hex from "effect/encoding/Hex";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import type { WorkflowEngine } from "effect/workflow/WorkflowEngine";
import { Buffer } from "node:buffer";
import * as runs from "../api/runs.ts";
import { Dbt } from "../dbt.ts";
import { sendForRun } from "../workflows/lenient_run.ts";
import { hasEnded } from "../workflows/run_events.ts";
import { AccountClients } from "./account_clients.ts";
import { type Deployments, storage } from "./deployments.ts";
import { completeWaits, waitsFor } from "./run_poller.ts";

/** The largest body of a webhook, in bytes. One of dbt Cloud has less than two thousand. */
const mostBytes = 1024 * 1024;

/** What is read of a webhook. Ids are texts in some members, and numbers in others. */
const Hook = Schema.fromJsonString(Schema.Struct({
  accountId: Schema.Union([Schema.Int, Schema.FiniteFromString]),
  eventType: Schema.String,
  data: Schema.Struct({ runId: Schema.Union([Schema.Int, Schema.FiniteFromString]) }),
}));

/** Answers a request of dbt Cloud's. */
export type WebhookReceiver = (
  request: Request,
) => Effect.Effect<Response, never, AccountClients | Deployments | WorkflowEngine>;

/**
 * Makes a receiver for the webhooks of a subscription.
 *
 * The signature is checked, and then the run is asked for: what the webhook says of it is not believed. Nothing is asked
 * for a run that no deployment waits for, so a webhook that comes twice, or late, costs nothing.
 */
export function webhookReceiver(secret: Redacted.Redacted<string>): WebhookReceiver {
  const verify = async (signature: Uint8Array<ArrayBuffer>, body: Uint8Array<ArrayBuffer>) => {
    const bytes = new TextEncoder().encode(Redacted.value(secret));
    const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
    return await crypto.subtle.verify("HMAC", key, signature, body);
  };
  return Effect.fnUntraced(function* (request) {
    if (request.method !== "POST") return answer(405, "Webhooks are sent with POST");
    if (Number(request.headers.get("content-length") ?? 0) > mostBytes) return answer(413, "The body is too large");
    const body = yield* Effect.option(readBody(request));
    if (Option.isNone(body)) return answer(400, "The body cannot be read");
    if (body.value === undefined) return answer(413, "The body is too large");
    const bytes = body.value;
    // https://docs.getdbt.com/docs/deploy/webhooks: the hex of the HMAC-SHA256 of the body.
    const signature = Hex.decode(request.headers.get("authorization") ?? "");
    const genuine = Result.isSuccess(signature) &&
      // Where the secret can be no key, as an empty one, no signature is right.
      (yield* Effect.orElseSucceed(
        Effect.tryPromise(() => verify(Uint8Array.from(signature.success), bytes)),
        () => false,
      ));
    if (!genuine) return answer(401, "The signature is not that of the subscription's secret");
    const hook = Schema.decodeUnknownOption(Hook)(new TextDecoder().decode(bytes));
    if (Option.isNone(hook)) return answer(400, "This is not a webhook of dbt Cloud");
    return yield* receive(hook.value).pipe(
      // dbt Cloud sends a webhook again that was not accepted. Until then there is the poller.
      Effect.catchCause((cause) =>
        Effect.as(Effect.logWarning("A webhook was not used", cause), answer(503, "Try again"))
      ),
    );
  });
}

const receive = Effect.fnUntraced(function* ({ accountId: account_id, data: { runId: run_id } }: typeof Hook.Type) {
  const self = yield* storage;
  const waits = (yield* waitsFor(self, { account_id, run_id })).filter(({ ended_at }) => ended_at === null);
  const clients = yield* AccountClients;
  for (const [account, its] of Map.groupBy(waits, ({ account }) => account)) {
    const client = yield* clients.find({ account, account_id });
    if (Result.isFailure(client)) continue;
    const run = yield* Effect.provideService(sendForRun(runs.get, { account_id, run_id }), Dbt, client.success);
    if (hasEnded(run)) yield* completeWaits(self, its, Result.succeed(run));
  }
  return new Response(null, { status: 204 });
});

/** The body; undefined if it is too large. Anybody can send one, and not all say their length before. */
const readBody = Effect.fnUntraced(function* ({ body }: Request) {
  if (body === null) return new Uint8Array();
  const pieces: Array<Uint8Array> = [];
  let length = 0;
  yield* Stream.fromReadableStream({ evaluate: () => body, onError: (cause) => cause }).pipe(
    Stream.takeUntil((piece) => {
      pieces.push(piece);
      length += piece.byteLength;
      return length > mostBytes;
    }),
    Stream.runDrain,
  );
  return length > mostBytes ? undefined : Uint8Array.from(Buffer.concat(pieces));
});

function answer(status: number, words: string): Response {
  return new Response(`${words}.\n`, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}
