/**
 * Makes the payload of a deployment from a request to trigger a job.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as jobs from "../api/jobs.ts";
import { Dbt } from "../dbt.ts";
import { type DbtError, unsendable } from "../error.ts";
import type { DeploymentPayload } from "./deployment_model.ts";
import { identify } from "./account_clients.ts";

/** How a deployment is started. */
export interface PayloadOptions {
  /**
   * The idempotency key: what the run is for, in the caller's words, as a CI job's name and attempt, or a date. At most
   * 200 characters.
   */
  readonly key: string;
  /** Which attempt with this key it is, from 1 (default: 1). */
  readonly attempt?: number;
  /** How often a run that ended in error is retried from the point of failure (default: 0). */
  readonly retries?: number;
  /**
   * Send a second request, with the same tag, where the answer was lost and no run appears within 60 s (default:
   * false). Then two runs may start; one stays.
   */
  readonly resend?: boolean;
}

const call = "deployments.deploy";
/** The longest key, in characters. */
const longestKey = 200;

/** What identifies an account, by client: it does not change, and costs a request. */
const identities = new WeakMap<Dbt, Map<number, string>>();

/**
 * The payload of {@linkcode Deployment}: it finds out what identifies the account.
 *
 * **When to use**
 *
 * For `Deployment.execute` in a workflow of your own. {@linkcode deploy} does it itself.
 *
 * **Details**
 *
 * One request for each client and account, to get the account's subdomain.
 *
 * **Errors**
 *
 * `Unsendable` where the key, the attempt or the retries make no sense, and those of `accounts.get`.
 */
export const payload: (
  request: jobs.Trigger,
  options: PayloadOptions,
) => Effect.Effect<DeploymentPayload, DbtError, Dbt> = Effect.fnUntraced(function* (
  { account_id: given, cause, job_id, ...overrides },
  { attempt = 1, key, resend = false, retries = 0 },
) {
  if (key.trim() === "") return yield* unsendable(call, "the key is empty");
  if (key.length > longestKey) return yield* unsendable(call, `the key has more than ${longestKey} characters`);
  if (!(Number.isInteger(attempt) && attempt > 0)) return yield* unsendable(call, "attempt is a whole number from 1");
  if (!(Number.isInteger(retries) && retries >= 0)) return yield* unsendable(call, "retries is a whole number from 0");
  if (!(Number.isInteger(job_id) && job_id > 0)) return yield* unsendable(call, "job_id is a whole number from 1");
  const dbt = yield* Dbt;
  const account_id = given ?? dbt.defaults.account_id;
  if (account_id === undefined) return yield* unsendable(call, "account_id is missing");
  const known = identities.get(dbt) ?? new Map<number, string>();
  identities.set(dbt, known);
  const account = known.get(account_id) ?? (yield* identify(dbt, account_id));
  known.set(account_id, account);
  return { ...overrides, account, account_id, job_id, key, attempt, cause, retries, resend };
});
