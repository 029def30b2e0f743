/**
 * The server of the sandbox's port: requests and answers at the edges of HTTP, clients that leave, and its end.
 *
 * @module
 */
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as HttpServerResponse from "effect/http/HttpServerResponse";
import * as Stream from "effect/Stream";
import assert from "node:assert/strict";
import * as Http from "node:http";
import { text } from "node:stream/consumers";
import { type Answer, serveOn } from "../../lib/sandbox/server/node_http.ts";

/** Runs a test against a server on any free port. */
const serving = (answer: Answer, test: (port: number) => Promise<void>): Promise<void> =>
  Effect.runPromise(Effect.scoped(Effect.gen(function* () {
    const port = yield* serveOn(Http.createServer(), { port: 0, secure: false, answer });
    yield* Effect.promise(() => test(port));
  })));

/** Sends a request as Node does: any header, a body with any verb. */
async function ask(port: number, options: Http.RequestOptions, body = ""): Promise<[status: number, text: string]> {
  const { promise, resolve, reject } = Promise.withResolvers<Http.IncomingMessage>();
  const request = Http.request({ host: "127.0.0.1", port, agent: false, ...options }, resolve).on("error", reject);
  request.end(body);
  const response = await promise;
  return [response.statusCode ?? 0, await text(response)];
}

/** Answers what the server made of a request. */
const echo: Answer = (request) =>
  Effect.map(
    Effect.orDie(request.text),
    (body) => HttpServerResponse.text(`${request.method} ${request.originalUrl} ${request.headers["x-a"]} ${body}`),
  );

Deno.test("the sandbox's server reads verb, address, headers and body", () =>
  serving(echo, async (port) => {
    const headers = { host: "h:1", "x-a": "1" };
    assert.deepEqual(await ask(port, { method: "POST", path: "/a/?q=%20", headers }, "b"), [
      200,
      "POST http://h:1/a/?q=%20 1 b",
    ]);
    assert.deepEqual(await ask(port, { path: "http://other/b", headers }), [200, "GET http://other/b 1 "]);
    assert.deepEqual((await ask(port, { method: "HEAD", path: "/c", headers }))[1], "");
    // Nobody should send one, and some clients do.
    assert.deepEqual(await ask(port, { path: "/d", headers: { ...headers, "content-length": 1 } }, "x"), [
      200,
      "GET http://h:1/d 1 ",
    ]);
  }));

Deno.test("the sandbox's server answers 500 where it fails before an answer, and breaks off within one", () =>
  serving(
    ({ url }) =>
      url === "/early" ? Effect.die("early") : Effect.succeed(HttpServerResponse.stream(
        url === "/late"
          ? Stream.concat(Stream.succeed(new Uint8Array(4)), Stream.die("late"))
          : Stream.fromIterable(Array.from({ length: 40 }, () => new Uint8Array(65_536))),
      )),
    async (port) => {
      assert.deepEqual(await ask(port, { path: "/early" }), [500, ""]);
      await assert.rejects(ask(port, { path: "/late" }));
      assert.equal((await ask(port, { path: "/large" }))[1].length, 40 * 65_536);
    },
  ));

Deno.test("the sandbox's server gives up an answer when its client leaves", () => {
  const [asked, left] = [Deferred.makeUnsafe<void>(), Deferred.makeUnsafe<void>()];
  const answer = () =>
    Deferred.succeed(asked, undefined).pipe(
      Effect.andThen(Effect.never),
      Effect.onInterrupt(() => Deferred.succeed(left, undefined)),
    );
  return serving(answer, async (port) => {
    const request = Http.get({ host: "127.0.0.1", port }).on("error", () => {});
    await Effect.runPromise(Deferred.await(asked));
    request.destroy();
    await Effect.runPromise(Deferred.await(left));
  });
});

Deno.test("the sandbox's server waits for no client when it closes", async () => {
  let waiting: Promise<unknown> = Promise.resolve();
  const asked = Deferred.makeUnsafe<void>();
  await serving(() => Effect.andThen(Deferred.succeed(asked, undefined), Effect.never), async (port) => {
    waiting = assert.rejects(ask(port, {}));
    await Effect.runPromise(Deferred.await(asked));
  });
  await waiting;
});
