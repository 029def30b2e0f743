/**
 * A ticket decides who may start a run: the first process that takes it, and no other, ever. It is on the disk before
 * the request is sent. Who does not get it searches for the run instead.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import * as Schema from "effect/Schema";
import * as Semaphore from "effect/Semaphore";
import * as DurableDeferred from "effect/workflow/DurableDeferred";
import { WorkflowEngine, type WorkflowInstance } from "effect/workflow/WorkflowEngine";
import * as jobs from "../api/jobs.ts";
import * as runs from "../api/runs.ts";
import { Dbt } from "../dbt.ts";
import { DbtError } from "../error.ts";

/**
 * Takes a ticket; says whether it was there to take. Of all completions of a `DurableDeferred`, the first one stays, in
 * whichever process: so a process that was frozen in between does not get it either.
 */
const take: (name: string) => Effect.Effect<boolean, never, WorkflowEngine | WorkflowInstance> = Effect.fnUntraced(
  function* (name) {
    const ticket = DurableDeferred.make(`ticket/${name}`, { success: Schema.String });
    const nonce = crypto.randomUUID();
    yield* DurableDeferred.succeed(ticket, { token: yield* DurableDeferred.token(ticket), value: nonce });
    const first = yield* (yield* WorkflowEngine).deferredResult(ticket);
    return Option.isSome(first) && Exit.isSuccess(first.value) && first.value.value === nonce;
  },
);

/**
 * How many requests of this process are between their ticket and their answer: of these, and no others, nobody knows what
 * came of them if the process is killed. So the ticket is taken last, and not while the request waits for its turn.
 */
const asking = Semaphore.makeUnsafe(8);

/** The endpoints that start a run. */
const starts: ReadonlySet<string> = new Set([jobs.trigger.name, runs.retry.name]);

/**
 * Runs an effect with a client that takes a ticket before each request that starts a run. Without it, the request is
 * not sent, and fails as one whose answer was lost: then the run is searched for.
 */
export const withTickets = <A, E, R>(
  name: string,
  effect: Effect.Effect<A, E, R | Dbt>,
): Effect.Effect<A, E, R | Dbt | WorkflowEngine | WorkflowInstance> =>
  Effect.gen(function* () {
    const dbt = yield* Dbt;
    const context = yield* Effect.context<WorkflowEngine | WorkflowInstance>();
    let asked = 0;
    const send: Dbt["send"] = (endpoint, request) =>
      starts.has(endpoint.name)
        ? Effect.provideContext(Effect.suspend(() => take(`${name}/${++asked}`)), context).pipe(
          Effect.flatMap((mine) => mine ? dbt.send(endpoint, request) : Effect.fail(lost(endpoint.name))),
          asking.withPermits(1),
        )
        : dbt.send(endpoint, request);
    return yield* Effect.provideService(effect, Dbt, { ...dbt, send });
  });

function lost(endpoint: string): DbtError {
  return new DbtError({
    endpoint,
    reason: { _tag: "Ambiguous", detail: "the process that sent the request has ended" },
  });
}
