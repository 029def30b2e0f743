/**
 * What a sandbox is like, and what one does with it.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as HttpClient from "effect/http/HttpClient";
import * as HttpClientError from "effect/http/HttpClientError";
import * as HttpServerRequest from "effect/http/HttpServerRequest";
import * as HttpServerResponse from "effect/http/HttpServerResponse";
import type { Logged } from "./control_endpoints.ts";
import { type Fault, makeFaults } from "../protocol/faults.ts";
import type { Recording } from "../recording/recording_file.ts";
import { makeReplay } from "../recording/replay.ts";
import { makeRuns } from "../runs/run_store.ts";
import { seed as jaffleShop } from "../data/jaffle_shop_seed.ts";
import { type Permission, serve, type Served } from "./serve_request.ts";
import { whole } from "../data/show_row.ts";
import { restoreRuns, type Snapshot, snapshotOf } from "./snapshot.ts";
import { addHistory } from "../runs/new_run.ts";
import { makeStore, type Seed } from "../data/row_store.ts";

/** What a sandbox is like. */
export interface Options {
  /** How many runs are over when it starts; 6 when absent. */
  readonly runs?: number;
  /** Milliseconds that each answer takes; 0 when absent. */
  readonly latency?: number;
  /** How much faster than in dbt Cloud runs go: with 60, what takes a minute takes a second. 1 when absent. */
  readonly speed?: number;
  /** Rows by collection (`jobs`, `projects` …), each with its id, instead of those of the Jaffle Shop. */
  readonly seed?: Seed;
  /** What goes wrong from the start. */
  readonly faults?: ReadonlyArray<Fault>;
  /**
   * What each token may do. `sandbox` may do all, `sandbox-runner` start and stop runs, and `sandbox-readonly` only
   * read, when absent.
   */
  readonly tokens?: Readonly<Record<string, Permission>>;
  /** What another sandbox held: instead of a seed, and of runs that are over. */
  readonly state?: Snapshot;
  /** What follows each write, before it is answered: as keeping what the sandbox holds by then. */
  readonly onWrite?: (snapshot: Effect.Effect<Snapshot>) => Effect.Effect<void>;
  /** Answer what was recorded, and nothing else. Whose token it is does not matter. */
  readonly replay?: Recording;
}

/** A sandbox at hand. */
export interface Handle {
  /** Sends requests to it, whatever their host; they are answered in the sender's fiber, and in its time. */
  readonly client: HttpClient.HttpClient;
  /** The requests that came in, without those to `/_sandbox`. */
  readonly requests: Effect.Effect<ReadonlyArray<Logged>>;
  /** Makes something go wrong. */
  readonly inject: (fault: Fault) => Effect.Effect<void>;
  /** Makes nothing go wrong any more. */
  readonly heal: Effect.Effect<void>;
  /** What it holds: another sandbox can start with it. */
  readonly snapshot: Effect.Effect<Snapshot>;
}

/** All that a sandbox needs, at its beginning. */
export const open = Effect.fnUntraced(function* (options: Options): Effect.fn.Return<Served> {
  const { runs: count = 6, latency = 0, speed = 1, faults = [], state, onWrite, replay } = options;
  const now = yield* Clock.currentTimeMillis;
  const store = state === undefined
    ? makeStore({ ...jaffleShop, ...options.seed }, whole)
    : makeStore(state.rows, (_, row) => row);
  const runs = makeRuns((account) => Number(store.find("accounts", account)?.run_slots ?? 1));
  if (state === undefined) addHistory(store, runs, count, now);
  else restoreRuns(runs, state);
  const tokens = options.tokens ?? { "sandbox": "all", "sandbox-runner": "run", "sandbox-readonly": "read" };
  const world = { store, runs, speed };
  return {
    world,
    faults: makeFaults(faults),
    log: [],
    tokens,
    latency,
    late: [],
    flush: Effect.void,
    written: onWrite?.(Effect.sync(() => snapshotOf(world))) ?? Effect.void,
    ...replay === undefined ? {} : { replay: makeReplay(replay) },
  };
});

/** What one does with a sandbox. */
export function handleOf(served: Served): Handle {
  const client = HttpClient.make((request) =>
    serve(served, HttpServerRequest.fromClientRequest(request)).pipe(
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
    requests: Effect.sync(() => [...served.log]),
    inject: (fault) => Effect.sync(() => served.faults.add(fault)),
    heal: Effect.sync(() => served.faults.clear()),
    snapshot: Effect.sync(() => snapshotOf(served.world)),
  };
}
