/**
 * `dbtc worker`: runs the deployments of a database, until it is stopped.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import * as Stream from "effect/Stream";
import * as Command from "effect/cli/Command";
import * as HttpClient from "effect/http/HttpClient";
import * as HttpServerResponse from "effect/http/HttpServerResponse";
import * as Http from "node:http";
import { loadOptions } from "../../client/config.ts";
import { loadReadable } from "../../client/context_files.ts";
import { variable } from "../../client/environment_variables.ts";
import { redactedSetting } from "../../client/environment_variables.ts";
import { fileProblem } from "../../client/file_error.ts";
import { make } from "../../client/make_dbt.ts";
import { AccountClients, makeAccountClients, type MakeClient } from "../../durable/account_clients.ts";
import { PollInterval } from "../../durable/mod.ts";
import { workerHttp } from "../../durable/worker_http.ts";
import { pollerState, workerLayer } from "../../durable/worker_layer.ts";
import { webhookReceiver } from "../../durable/webhook_receiver.ts";
import { serveOn, serverOptions } from "../../sandbox/server/node_http.ts";
import { duration, integer, one, spellingsOf, text } from "../input/flag_types.ts";
import { clientOptions } from "../input/global_flags.ts";
import { usage } from "../output/exit_code.ts";
import { clean } from "../output/safe_text.ts";
import { note, write } from "../output/write_output.ts";
import type { BuiltCommand, Values } from "./command_types.ts";
import { closingSoon, isPostgres, namedDatabase, storageOf } from "./durable_database.ts";
import { databaseFlag } from "./durable_flags.ts";
import { withExamples } from "./examples.ts";
import { Transport } from "./with_dbt.ts";

const flags = {
  database: databaseFlag,
  port: one(
    "port",
    integer("a port", 0, 65_535),
    "Answer /healthz, /metrics and /webhook on this port; /webhook needs $DBTC_WEBHOOK_SECRET or $DBTC_WEBHOOK_SECRET_FILE",
  ),
  listen: one("listen", text("address"), "Listen on this address (default: 127.0.0.1)"),
  interval: one(
    "poll-interval",
    duration,
    "Polling interval, such as 5 or 30s (default: 5s, longer for over 500 runs)",
  ),
};

/** Makes the command. */
export function workerCommand(description: string): BuiltCommand {
  const command = Command.make("worker", flags, work).pipe(Command.withDescription(description));
  return { command: withExamples(command, "worker"), spellings: spellingsOf(flags) };
}

const work = Effect.fnUntraced(function* ({ database: named, interval, listen, port }: Values<typeof flags>) {
  const database = yield* namedDatabase(named);
  if (database === undefined) {
    return yield* usage("Which database? Try: dbtc worker --database postgres://user@host/name, or set DBTC_DATABASE");
  }
  const secret = yield* webhookSecret;
  if (secret !== undefined && port === undefined) yield* note("Webhooks are not received: --port is not given");
  const webhook = secret === undefined ? undefined : webhookReceiver(secret);
  const work = Effect.gen(function* () {
    const services = yield* Effect.context<Effect.Services<ReturnType<ReturnType<typeof workerHttp>>>>();
    if (port !== undefined) {
      const answer = workerHttp(webhook);
      const bound = yield* serveOn(Http.createServer(serverOptions), {
        port,
        hostname: listen ?? "127.0.0.1",
        secure: false,
        // `node_http.ts` makes its requests of the web's.
        answer: (request) =>
          Effect.map(Effect.provideContext(answer(request.source as Request), services), HttpServerResponse.fromWeb),
      }).pipe(Effect.mapError(({ cause }) => usage(`--port: cannot listen on port ${port}: ${reasonOf(cause)}`)));
      yield* write(Stream.make(`dbtc worker listening on http://${listen ?? "127.0.0.1"}:${bound}\n`), undefined);
    }
    yield* note(`dbtc worker runs the deployments of ${isPostgres(database) ? "the database" : clean(database)}`);
    return yield* Effect.never;
  });
  const live = workerLayer.pipe(
    Layer.provideMerge(storageOf(database, true)),
    Layer.provideMerge(yield* clients),
    Layer.provideMerge(pollerState),
  );
  yield* Effect.scoped(work).pipe(
    Effect.provide(closingSoon(live)),
    interval === undefined ? (self) => self : Effect.provideService(PollInterval, interval),
  );
});

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? clean(cause.message) : String(cause);
}

/** The secret of the webhook subscription, from the environment or a file: a command line is no place for it. */
const webhookSecret = Effect.gen(function* () {
  const secret = yield* Effect.mapError(redactedSetting("DBTC_WEBHOOK_SECRET"), ({ message }) => usage(message));
  if (secret !== undefined) return secret;
  const file = yield* variable("DBTC_WEBHOOK_SECRET_FILE");
  if (file === undefined) return undefined;
  const fs = yield* FileSystem.FileSystem;
  const text = yield* Effect.mapError(
    fs.readFileString(file),
    (error) => usage(`DBTC_WEBHOOK_SECRET_FILE: cannot read ${file}: ${fileProblem(error)}`),
  );
  return Redacted.make(text.trim());
});

/**
 * The clients of the worker: that of the flags and the environment, and those of all saved contexts for the account. Their
 * tokens are read again where dbt Cloud refuses one, and every five minutes.
 */
const clients = Effect.gen(function* () {
  const given = yield* clientOptions;
  const fs = yield* FileSystem.FileSystem;
  const layer = Effect.map(HttpClient.HttpClient, (transport) => {
    const clientOf = (options: Parameters<typeof loadOptions>[0]): MakeClient =>
      loadOptions(options).pipe(
        Effect.flatMap(make),
        Effect.provideService(HttpClient.HttpClient, transport),
        Effect.provideService(FileSystem.FileSystem, fs),
      );
    return makeAccountClients(Effect.fnUntraced(function* (account_id) {
      // What the command line names counts alone.
      if (given.context !== undefined || given.host !== undefined) return [clientOf(given)];
      const saved = yield* Effect.option(Effect.provideService(loadReadable, FileSystem.FileSystem, fs));
      const fitting = Option.isNone(saved)
        ? []
        : saved.value.contexts.filter((context) => context.account_id === account_id);
      return [clientOf(given), ...fitting.map(({ name }) => clientOf({ ...given, context: name }))];
    }));
  });
  // The transport lives as long as the worker: where its scope closes, so do its connections for writes.
  return Layer.effect(AccountClients, layer).pipe(Layer.provide(yield* yield* Transport));
});
