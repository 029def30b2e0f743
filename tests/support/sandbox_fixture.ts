/**
 * A sandbox in this process or behind a port, and plain requests to it. The tests of the sandbox use it.
 *
 * @module
 */
import * as Arbitrary from "effect/Arbitrary";
import * as Effect from "effect/Effect";
import * as HttpClient from "effect/http/HttpClient";
import type { HttpClientError } from "effect/http/HttpClientError";
import * as HttpClientRequest from "effect/http/HttpClientRequest";
import type * as HttpMethod from "effect/http/HttpMethod";
import * as Schema from "effect/Schema";
import * as SchemaAST from "effect/SchemaAST";
import * as TestClock from "effect/testing/TestClock";
import { transport } from "../../lib/client/transport.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";

/** An answer. The body is its JSON, or else its text. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // deno-lint-ignore no-explicit-any -- whole values are compared with what is expected of them
  readonly body: any;
}

/** A sandbox, with functions that send requests to it. */
export interface Bench extends sandbox.Handle {
  /** Sends a request such as `GET /api/…` (default: with the token `sandbox`). */
  readonly ask: (
    request: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Effect.Effect<Answer, HttpClientError>;
  /** Sends a request, and returns the `data` of its answer. */
  // deno-lint-ignore no-explicit-any -- as the body
  readonly data: (request: string, body?: unknown) => Effect.Effect<any, HttpClientError>;
}

function benchOf(handle: sandbox.Handle, client: HttpClient.HttpClient, url: string): Bench {
  const ask: Bench["ask"] = (request, body, headers = { authorization: "Bearer sandbox" }) => {
    const [verb = "", path = ""] = request.split(" ");
    return client.execute(
      HttpClientRequest.make(verb as HttpMethod.HttpMethod)(url + path).pipe( // a verb, as the tests write it
        HttpClientRequest.setHeaders(headers),
        typeof body === "string"
          ? HttpClientRequest.bodyText(body, "application/json")
          : body === undefined
          ? (self) => self
          : HttpClientRequest.bodyJsonUnsafe(body),
      ),
    ).pipe(Effect.flatMap((response) =>
      Effect.map(response.text, (text) => ({
        status: response.status,
        headers: response.headers,
        body: jsonOf(text),
      }))
    ));
  };
  return { ...handle, ask, data: (request, body) => Effect.map(ask(request, body), (answer) => answer.body.data) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Runs a test against a sandbox in this process. */
export function inProcess(
  options: sandbox.Options,
  body: (bench: Bench) => Effect.Effect<void, HttpClientError>,
): Promise<void> {
  return Effect.runPromise(
    sandbox.make(options).pipe(
      Effect.flatMap((handle) => body(benchOf(handle, handle.client, "http://127.0.0.1"))),
      Effect.provide(TestClock.layer()),
    ),
  );
}

/** Runs a test against a sandbox behind a port. Its time is virtual too. */
export function overPort(
  options: sandbox.Options,
  body: (bench: Bench) => Effect.Effect<void, HttpClientError>,
): Promise<void> {
  return Effect.runPromise(
    Effect.gen(function* () {
      const listening = yield* sandbox.listen(options);
      yield* body(benchOf(listening, yield* HttpClient.HttpClient, listening.url));
    }).pipe(Effect.orDie, Effect.scoped, Effect.provide([TestClock.layer(), transport])),
  );
}

/** A test that runs twice: in this process and over a port. */
export function test(
  name: string,
  body: (bench: Bench) => Effect.Effect<void, HttpClientError>,
  options: sandbox.Options = {},
): void {
  Deno.test(`sandbox ${name}`, () => inProcess(options, body));
  Deno.test(`sandbox ${name}, over a port`, () => overPort(options, body));
}

/** A small value of a schema. A number is 1, since most collections of the seed have a row 1. */
export function sample(ast: SchemaAST.AST): unknown {
  if (SchemaAST.isNumber(ast)) return 1;
  const values = Arbitrary.schema(Schema.make<Schema.Codec<unknown>>(ast));
  return Effect.runSync(Arbitrary.sampleEffect(values, { count: 1, size: 1, seed: "sample" }))[0];
}

/** The account's path in API v2. */
export const v2 = "/api/v2/accounts/1";
/** The account's path in API v3. */
export const v3 = "/api/v3/accounts/1";
