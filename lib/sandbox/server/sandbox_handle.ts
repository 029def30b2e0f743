/**
 * Makes a sandbox from its options, and the handle by which programs and tests use it. `lib/sandbox/mod.ts` and
 * `listen.ts` build on it.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as HttpClient from "effect/http/HttpClient";
import * as HttpClientError from "effect/http/HttpClientError";
import * as HttpServerRequest from "effect/http/HttpServerRequest";
import * as HttpServerResponse from "effect/http/HttpServerResponse";
import { defined } from "../../defined.ts";
import { coalesce } from "./coalesce.ts";
import { type Logged, makeRequestLog } from "./request_log.ts";
import { type Fault, makeFaults } from "../protocol/faults.ts";
import type { Recording } from "../recording/recording_file.ts";
import { makeReplay } from "../recording/replay.ts";
import { makeRuns } from "../runs/run_store.ts";
import { jaffleShop } from "../data/jaffle_shop_seed.ts";
import type { SandboxState } from "./sandbox_state.ts";
import { serveRequest } from "./serve_request.ts";
import { completeRow } from "../data/complete_row.ts";
import { restoreRuns, type Snapshot, snapshotOf } from "./snapshot.ts";
import { addHistory } from "../runs/new_run.ts";
import { makeStore, type Seed } from "../data/row_store.ts";
import type { Permission } from "../endpoints/issued_tokens.ts";

/** The options of a sandbox. */
export interface Options {
  /** How many completed runs it starts with (default: 6). */
  readonly runs?: number;
  /** Milliseconds that it waits before each answer (default: 0). */
  readonly latency?: number;
  /** How much faster than in dbt Cloud runs go: with 60, a run of a minute takes a second (default: 1). */
  readonly speed?: number;
  /** Rows by collection (`jobs`, `projects` …) that replace those of the Jaffle Shop, collection by collection. */
  readonly seed?: Seed;
  /**
   * The most that a GraphQL query may ask for: rows, times the fields of each (default: no limit). dbt Cloud has a limit,
   * and does not publish it.
   */
  readonly complexityLimit?: number;
  /** The faults that it starts with. */
  readonly faults?: ReadonlyArray<Fault>;
  /**
   * What each token may do (default: `sandbox` may do everything, `sandbox-runner` may read, and start and stop runs,
   * `sandbox-readonly` may read).
   */
  readonly tokens?: Readonly<Record<string, Permission>>;
  /** What another sandbox held. It replaces `seed` and `runs`. */
  readonly state?: Snapshot;
  /**
   * Runs after each write, before the write is answered. It can save what the sandbox then holds. Writes that arrive
   * while it runs wait, and it then runs once for all of them.
   */
  readonly onWrite?: (snapshot: Effect.Effect<Snapshot>) => Effect.Effect<void>;
  /** Answers come from this recording alone, and any token is accepted. */
  readonly replay?: Recording;
  /** Host names to answer to, besides those of this machine: `localhost`, names below it, 127.0.0.1 and ::1. */
  readonly allowHosts?: ReadonlyArray<string>;
  /** A text that `GET /_sandbox/health` shows, by which another process knows this sandbox again. */
  readonly instance?: string;
}

/** A sandbox, as programs and tests use it. */
export interface Handle {
  /** Sends requests to the sandbox, whatever their host. The answer is made in the sender's fiber, by its `Clock`. */
  readonly client: HttpClient.HttpClient;
  /** The requests so far, without those to `/_sandbox`. */
  readonly requests: Effect.Effect<ReadonlyArray<Logged>>;
  /** Adds a fault. */
  readonly inject: (fault: Fault) => Effect.Effect<void>;
  /** Removes all faults. */
  readonly heal: Effect.Effect<void>;
  /** What the sandbox holds. Another one can start with it, by the option `state`. */
  readonly snapshot: Effect.Effect<Snapshot>;
}

/** Makes the state of a new sandbox. */
export const openSandbox = Effect.fnUntraced(function* (options: Options): Effect.fn.Return<SandboxState> {
  const { runs: count = 6, latency = 0, speed = 1, faults = [], state, onWrite, replay } = options;
  const now = yield* Clock.currentTimeMillis;
  const store = state === undefined
    ? makeStore({ ...jaffleShop, ...options.seed }, completeRow)
    : makeStore(state.rows, (_, row) => row);
  const runs = makeRuns((account) => Number(store.find("accounts", account)?.run_slots ?? 1));
  if (state === undefined) addHistory(store, runs, count, now);
  else restoreRuns(runs, state);
  const tokens = options.tokens ?? { "sandbox": "all", "sandbox-runner": "run", "sandbox-readonly": "read" };
  const world = { store, runs, speed };
  return {
    world,
    faults: makeFaults(faults),
    log: makeRequestLog(),
    allowHosts: options.allowHosts ?? [],
    ...defined({ instance: options.instance }),
    tokens,
    latency,
    complexityLimit: options.complexityLimit ?? Infinity,
    late: [],
    flush: Effect.void,
    onWrite: onWrite === undefined ? Effect.void : coalesce(onWrite(Effect.sync(() => snapshotOf(world)))),
    ...replay === undefined ? {} : { replay: makeReplay(replay) },
  };
});

/** The handle of a sandbox. */
export function makeHandle(sandbox: SandboxState): Handle {
  const client = HttpClient.make((request) =>
    serveRequest(sandbox, HttpServerRequest.fromClientRequest(request)).pipe(
      Effect.map((response) => HttpServerResponse.toClientResponse(response, { request })),
      Effect.mapError(() =>
        new HttpClientError.HttpClientError({
          reason: new HttpClientError.TransportError({
            request,
            cause: new Error("connection closed before message completed"),
          }),
        })
      ),
    )
  );
  return {
    client,
    requests: Effect.sync(sandbox.log.all),
    inject: (fault) => Effect.sync(() => sandbox.faults.add(fault)),
    heal: Effect.sync(() => sandbox.faults.clear()),
    snapshot: Effect.sync(() => snapshotOf(sandbox.world)),
  };
}
