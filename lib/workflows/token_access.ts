/**
 * What a token can read. dbt Cloud has no endpoint that lists the grants of a service token, so each kind of thing is
 * asked for once. `dbtc auth status` prints it.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import * as accounts from "../api/accounts.ts";
import * as connections from "../api/connections.ts";
import * as environments from "../api/environments.ts";
import * as groups from "../api/groups.ts";
import * as jobs from "../api/jobs.ts";
import * as projects from "../api/projects.ts";
import * as runs from "../api/runs.ts";
import * as serviceTokens from "../api/service_tokens.ts";
import * as users from "../api/users.ts";
import type { Dbt } from "../dbt.ts";
import type { DbtError } from "../error.ts";

/** The lists that are asked for, each for one row. */
const lists: Readonly<Record<string, Effect.Effect<unknown, DbtError, Dbt>>> = {
  projects: projects.list({ limit: 1 }),
  environments: environments.listByAccount({ limit: 1 }),
  connections: connections.list({ limit: 1 }),
  jobs: jobs.list({ limit: 1 }),
  runs: runs.list({ limit: 1 }),
  users: users.list({ limit: 1 }),
  groups: groups.list({}),
  "service tokens": serviceTokens.list({ limit: 1 }),
};

/** What a token can read. */
export interface TokenAccess {
  /** The account, if the token can read it. */
  readonly account: accounts.Account | undefined;
  /** The user that owns the token, if dbt Cloud says it. */
  readonly user: accounts.User | undefined;
  /** What could be read: `account`, `projects`, `environments`, `connections`, `jobs`, `runs`, `users`, `groups`, `service tokens`. */
  readonly readable: ReadonlyArray<string>;
  /** What dbt Cloud refused to show. */
  readonly refused: ReadonlyArray<string>;
}

/**
 * Finds out what the client's token can read in its account.
 *
 * **When to use**
 *
 * To check a token before it is used, or to see which permission it lacks.
 *
 * **Details**
 *
 * It makes ten requests, nine of them for at most one row. Nothing says what a token may write without writing.
 *
 * **Errors**
 *
 * `Unauthorized`, if dbt Cloud does not know the token; and everything that is neither an answer nor a refusal.
 *
 * @example
 * ```ts
 * import { DbtClient, tokenAccess } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const client = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer()),
 * );
 * const { readable } = await Effect.runPromise(Effect.provide(tokenAccess, client));
 * assert(readable.includes("runs"));
 * ```
 */
export const tokenAccess: Effect.Effect<TokenAccess, DbtError, Dbt> = Effect.gen(function* () {
  const { account, owner, rest } = yield* Effect.all({
    account: answerOrRefusal(accounts.get({})),
    // `whoami` is in no specification, so a host without it is no failure.
    owner: Effect.option(accounts.whoami({})),
    rest: Effect.forEach(
      Object.entries(lists),
      ([name, list]) => Effect.map(answerOrRefusal(list), (result) => ({ name, isReadable: Result.isSuccess(result) })),
      { concurrency: 4 },
    ),
  }, { concurrency: 3 });
  const asked = [{ name: "account", isReadable: Result.isSuccess(account) }, ...rest];
  const readable = asked.filter(({ isReadable }) => isReadable).map(({ name }) => name);
  if (readable.length === 0 && Result.isFailure(account)) return yield* account.failure;
  return {
    account: Result.getOrUndefined(account),
    user: Option.getOrUndefined(owner)?.user ?? undefined,
    readable,
    refused: asked.filter(({ isReadable }) => !isReadable).map(({ name }) => name),
  };
});

/** The answer, or dbt Cloud's refusal to show it. Anything else is a failure. */
const answerOrRefusal = Effect.fnUntraced(function* <A>(
  read: Effect.Effect<A, DbtError, Dbt>,
): Effect.fn.Return<Result.Result<A, DbtError>, DbtError, Dbt> {
  const result = yield* Effect.result(read);
  if (Result.isSuccess(result)) return result;
  const { reason } = result.failure;
  const isRefusal = reason._tag === "Unauthorized" || reason._tag === "Forbidden" || reason._tag === "Invalid" ||
    (reason._tag === "NotFound" && reason.enveloped);
  return isRefusal ? result : yield* result.failure;
});
