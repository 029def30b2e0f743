/**
 * Which client a deployment is sent with: that of its account. A worker leaves alone an account that it has no client
 * for, and one whose token is refused.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as Semaphore from "effect/Semaphore";
import * as accounts from "../api/accounts.ts";
import { Dbt, type Named } from "../dbt.ts";
import { data, type Definition } from "../endpoint.ts";
import type { DbtError } from "../error.ts";
import { nullable, struct } from "../schema.ts";
import type { DeploymentPayload } from "./deployment_model.ts";

/** An account, as a payload names it. */
export type OfAccount = Pick<DeploymentPayload, "account" | "account_id">;

/** The clients of a worker. */
export interface AccountClients {
  /** The client of an account, or the reason why it has no client. */
  readonly find: (account: OfAccount) => Effect.Effect<Result.Result<Dbt, string>>;
  /** Says that the account's token was refused: no request is sent with it for a while, and it is read again. */
  readonly refused: (account: OfAccount, error: DbtError) => Effect.Effect<void>;
}

/** The key of the service. */
export const AccountClients: Context.Service<AccountClients, AccountClients> = Context.Service<AccountClients>(
  "@dbtc/dbtc/durable/account_clients/AccountClients",
);

/** For how long a token that was refused is not used, in milliseconds. */
const refusedFor = 30_000;
/** For how long a client is used before its settings are read again, in milliseconds. */
const freshFor = 300_000;

/** The one member that identifies an account. */
const Subdomain: Schema.Codec<{ readonly static_subdomain?: string | null }> = struct({
  static_subdomain: nullable(Schema.String),
});

/**
 * What identifies an account: its subdomain, which stays where the account moves to a host of its own, and its id. The
 * host where dbt Cloud names no subdomain, or the token may not read the account. One request.
 */
export const identify: (dbt: Dbt, account_id: number) => Effect.Effect<string, DbtError> = Effect.fnUntraced(
  function* (dbt, account_id) {
    // Any other member of the account may be of another type.
    const definition: Named<Definition<accounts.Get, { readonly static_subdomain?: string | null }>> = {
      ...accounts.get,
      name: accounts.get.name,
      success: data(Subdomain),
    };
    const found = yield* dbt.send(definition, { account_id }).pipe(
      Effect.catchIf(
        ({ reason }) => ["Forbidden", "NotFound", "Invalid", "Undecodable"].includes(reason._tag),
        () => Effect.succeed({ static_subdomain: null }),
      ),
    );
    return `${found.static_subdomain || new URL(dbt.url).host}/${account_id}`;
  },
);

/** Makes a client; it reads the token each time. */
export type MakeClient = Effect.Effect<Dbt, DbtError>;

/**
 * Clients from those that may be an account's: the first one that is for it counts. The candidates are looked up again
 * where a token was refused.
 */
export function makeAccountClients(
  candidates: (account_id: number) => Effect.Effect<ReadonlyArray<MakeClient>, DbtError>,
): AccountClients {
  const known = new Map<string, { readonly dbt: Dbt; readonly at: number }>();
  const refusals = new Map<string, { readonly words: string; readonly at: number }>();
  // Many deployments of an account begin at once, and one request tells them all. No account waits for another one,
  // whose host may not answer.
  const turns = new Map<string, Semaphore.Semaphore>();
  const search = Effect.fnUntraced(function* (
    { account, account_id }: OfAccount,
  ): Effect.fn.Return<Result.Result<Dbt, string>> {
    const now = yield* Clock.currentTimeMillis;
    const refusal = refusals.get(account);
    if (refusal !== undefined && now - refusal.at < refusedFor) return Result.fail(refusal.words);
    const client = known.get(account);
    if (client !== undefined && now - client.at < freshFor) return Result.succeed(client.dbt);
    const makes = yield* Effect.result(candidates(account_id));
    let problem = Result.isFailure(makes) ? makes.failure.message : `this worker has no token for account ${account}`;
    for (const make of Result.isSuccess(makes) ? makes.success : []) {
      const found = yield* make.pipe(
        Effect.flatMap((dbt) => Effect.map(identify(dbt, account_id), (identity) => ({ dbt, identity }))),
        Effect.result,
      );
      if (Result.isFailure(found)) problem = found.failure.message;
      else if (found.success.identity === account) {
        known.set(account, { dbt: found.success.dbt, at: now });
        refusals.delete(account);
        return Result.succeed(found.success.dbt);
      }
    }
    // A failure now says nothing of a client that was good before.
    return client === undefined ? Result.fail(problem) : Result.succeed(client.dbt);
  });
  return {
    find: (of) =>
      Effect.suspend(() => {
        const turn = turns.get(of.account) ?? Semaphore.makeUnsafe(1);
        turns.set(of.account, turn);
        return turn.withPermit(search(of));
      }),
    refused: Effect.fnUntraced(function* ({ account }, { message }) {
      known.delete(account);
      refusals.set(account, { words: message, at: yield* Clock.currentTimeMillis });
    }),
  };
}

/** The clients of a program that has one. */
const ofPrograms = new WeakMap<Dbt, AccountClients>();

/** The clients of a program with this one. What is known of its account is kept. */
export function ofDbt(dbt: Dbt): AccountClients {
  const clients = ofPrograms.get(dbt) ?? makeAccountClients(() => Effect.succeed([Effect.succeed(dbt)]));
  ofPrograms.set(dbt, clients);
  return clients;
}

/** The client of the program, for its account. */
export const layerDbt: Layer.Layer<AccountClients, never, Dbt> = Layer.effect(AccountClients, Effect.map(Dbt, ofDbt));
