/**
 * Records what goes through an `HttpClient`, for `dbtc record` and for programs. `replay.ts` answers it again.
 *
 * @module
 */
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as HttpClient from "effect/http/HttpClient";
import * as HttpClientRequest from "effect/http/HttpClientRequest";
import type * as HttpClientResponse from "effect/http/HttpClientResponse";
import * as Option from "effect/Option";
import * as Stream from "effect/Stream";
import { Buffer } from "node:buffer";
import { defined } from "../../defined.ts";
import {
  type Body,
  bodyOf,
  type Exchange,
  keptHeaders,
  type RecordedRequest,
  type Recording,
} from "./recording_file.ts";
import { anonymise } from "./anonymise.ts";

/** The options of a recorder. */
export interface RecordOptions {
  /** The command that is recorded, by its words: `jobs list`. */
  readonly command?: string;
  /** The most bytes that are kept of one body; of all bodies, ten times as many (default: 10 MiB). */
  readonly limit?: number;
}

/** Records what goes through its client. */
export interface Recorder {
  /** The client to use: it sends requests by the client that was given. */
  readonly client: HttpClient.HttpClient;
  /** What went through the client so far, with pseudonyms for secrets, e-mail addresses, hosts and names. */
  readonly recording: Effect.Effect<Recording>;
}

/** A request, and its answer or failure so far. */
interface Draft {
  readonly request: RecordedRequest;
  failure?: "broken" | "silent";
  answer?: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: ReceivedBody };
}

/** A body, as far as it was received. */
interface ReceivedBody {
  readonly chunks: Array<Uint8Array>;
  size: number;
  complete: boolean;
}

/**
 * Records what goes through a client.
 *
 * @example
 * ```ts
 * import { DbtClient, jobs } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as HttpClient from "effect/http/HttpClient";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const session = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" });
 * const program = Effect.gen(function* () {
 *   const { client, recording } = sandbox.makeRecorder(yield* HttpClient.HttpClient);
 *   yield* jobs.get({ job_id: 1 }).pipe(
 *     Effect.provide(session),
 *     Effect.provideService(HttpClient.HttpClient, client),
 *   );
 *   return sandbox.writeRecording(yield* recording);
 * });
 * const text = await Effect.runPromise(program.pipe(Effect.provide(sandbox.layer())));
 * assert.equal(text.split("\n").length, 3);
 * assert.doesNotMatch(text, /Daily build/);
 * ```
 */
export function makeRecorder(client: HttpClient.HttpClient, options: RecordOptions = {}): Recorder {
  const { command, limit = 10 * 1024 * 1024 } = options;
  const drafts: Array<Draft> = [];
  const tokens = new Set<string>();
  let room = 10 * limit;

  const keep = (body: ReceivedBody, bytes: Uint8Array) => {
    body.size += bytes.length;
    if (body.size > limit || bytes.length > room) {
      // A part of a body is of no use: drop all of it.
      room += body.chunks.reduce((sum, { length }) => sum + length, 0);
      body.chunks.length = 0;
      body.size = Math.max(body.size, limit + 1);
    } else {
      body.chunks.push(bytes);
      room -= bytes.length;
    }
  };

  /** A response that keeps its body when somebody reads it. */
  const observed = (response: HttpClientResponse.HttpClientResponse, body: ReceivedBody) => {
    const keepAll = (bytes: Uint8Array) =>
      Effect.sync(() => {
        if (!body.complete) keep(body, bytes);
        body.complete = true;
      });
    return Object.create(response, {
      text: { get: () => Effect.tap(response.text, (text) => keepAll(new TextEncoder().encode(text))) },
      arrayBuffer: { get: () => Effect.tap(response.arrayBuffer, (buffer) => keepAll(new Uint8Array(buffer))) },
      stream: {
        get: () =>
          response.stream.pipe(
            Stream.tap((bytes) => Effect.sync(() => keep(body, bytes))),
            Stream.onEnd(Effect.sync(() => body.complete = true)),
          ),
      },
    }) as HttpClientResponse.HttpClientResponse; // it inherits all other members from the response
  };

  return {
    client: HttpClient.transform(client, (effect, request) =>
      Effect.suspend(() => {
        const token = /^\w+ (.+)$/.exec(request.headers.authorization ?? "")?.[1];
        if (token !== undefined) tokens.add(token);
        const draft: Draft = { request: requestOf(request, limit) };
        drafts.push(draft);
        return effect.pipe(
          Effect.map((response) => {
            const { headers, status } = response;
            const body: ReceivedBody = { chunks: [], size: 0, complete: false };
            draft.answer = {
              status,
              headers: Object.fromEntries(keptHeaders.flatMap((name) => {
                const value = headers[name];
                return value === undefined ? [] : [[name, value]];
              })),
              body,
            };
            return observed(response, body);
          }),
          Effect.onExit((exit) =>
            Effect.sync(() => {
              if (Exit.isSuccess(exit)) return;
              draft.failure = Cause.hasInterruptsOnly(exit.cause) ? "silent" : "broken";
            })
          ),
        );
      })),
    recording: Effect.sync(() => ({
      ...defined({ command }),
      exchanges: anonymise(drafts.map((draft) => exchangeOf(draft, limit)), [...tokens]),
    })),
  };
}

function exchangeOf({ answer, failure, request }: Draft, limit: number): Exchange {
  if (answer === undefined) return { request, failure: failure ?? "silent" };
  const { status, headers, body: { chunks, size, complete } } = answer;
  const body: Body | undefined = size > limit ? { omitted: size } : bodyOf(Buffer.concat(chunks));
  return {
    request,
    answer: { status, headers, ...defined({ body }), ...complete ? {} : { cut: true } },
  };
}

function requestOf(request: HttpClientRequest.HttpClientRequest, limit: number): RecordedRequest {
  const url = Option.getOrElse(HttpClientRequest.toUrl(request), () => new URL("http://unknown/"));
  const { body } = request;
  const sent = body._tag === "Uint8Array"
    ? body.body.length > limit ? { omitted: body.body.length } : bodyOf(body.body)
    : undefined;
  return {
    verb: request.method,
    path: url.pathname,
    query: [...url.searchParams],
    ...defined({ body: sent }),
  };
}
