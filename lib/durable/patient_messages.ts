/**
 * The messages of Effect's cluster, written patiently. The storage layers use it.
 *
 * The cluster gives up a write after about a second, and the workflow dies of it: a full disk or a restart of the database
 * would end deployments whose runs go on.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type { PersistenceError } from "effect/cluster/ClusterError";
import { MessageStorage } from "effect/cluster/MessageStorage";
import { isSqlError } from "effect/sql/SqlError";
import { pauses } from "./patience.ts";

/** What says that the statement is wrong: to send it again does no good. */
const permanent: ReadonlySet<string> = new Set(["SqlSyntaxError", "UniqueViolation", "ConstraintError"]);

function kindOf({ cause }: PersistenceError): string {
  return isSqlError(cause) ? cause.reason._tag : "";
}

function isTransient(error: { readonly _tag: string }): boolean {
  // Of the errors of these methods, it is the only one with this tag.
  if (error._tag !== "PersistenceError") return false;
  const kind = kindOf(error as PersistenceError);
  return kind !== "" && !permanent.has(kind);
}

/** Repeats a write until the database takes it. */
function patiently<A, E extends { readonly _tag: string }>(write: Effect.Effect<A, E>): Effect.Effect<A, E> {
  return Effect.retry(write, { schedule: pauses, while: isTransient });
}

/** The messages of the cluster, whose writes wait for a database that is away or full. */
export const layer = <E, R>(messages: Layer.Layer<MessageStorage, E, R>): Layer.Layer<MessageStorage, E, R> =>
  Layer.effect(
    MessageStorage,
    Effect.map(MessageStorage, (messages) =>
      MessageStorage.of({
        ...messages,
        saveReply: (reply) =>
          Effect.suspend(() => {
            let tries = 0;
            return patiently(Effect.suspend(() => {
              tries++;
              return messages.saveReply(reply);
            })).pipe(
              // The answer to an earlier write was lost.
              Effect.catchIf(
                (error) => error._tag === "PersistenceError" && kindOf(error) === "UniqueViolation" && tries > 1,
                () => Effect.void,
              ),
            );
          }),
        saveRequest: (request) => patiently(messages.saveRequest(request)),
        saveEnvelope: (envelope) => patiently(messages.saveEnvelope(envelope)),
      })),
  ).pipe(Layer.provide(messages));
