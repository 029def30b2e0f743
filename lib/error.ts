/**
 * `DbtError`, with its message, and `isTransient`, which decides about retries. Every failure of a call is this one
 * error with a reason, in the library and on the command line.
 *
 * @module
 */
import * as Data from "effect/Data";
import type { NotFound, Reason, WaitTimedOut } from "./error_reasons.ts";
import type { RunStatus } from "./models/run.ts";

export type * from "./error_reasons.ts";

/**
 * The one error of every call. `Effect.catchReason("DbtError", "NotFound", …)` picks a reason.
 *
 * @example
 * ```ts
 * import { DbtError } from "@dbtc/dbtc";
 * import assert from "node:assert/strict";
 *
 * const error = new DbtError({ endpoint: "jobs.get", reason: { _tag: "Unsendable", detail: "job_id is missing" } });
 * assert.equal(error.message, "jobs.get: job_id is missing.");
 * ```
 */
export class DbtError extends Data.Error<{
  /** What was called: `jobs.get`. */
  readonly endpoint: string;
  /** Why it failed. */
  readonly reason: Reason;
}> {
  /** Tells the error. */
  readonly _tag = "DbtError";

  /** What failed, at which endpoint, and what to try. */
  override get message(): string {
    return `${this.endpoint}: ${describe(this.reason)}`;
  }
}

/** Whether the same request can be sent again: dbt Cloud did not carry it out, and may do so next time. */
export function isTransient({ reason }: DbtError): boolean {
  switch (reason._tag) {
    case "RateLimited":
      return true;
    case "ServerFault":
      return [408, 500, 502, 503, 504].includes(reason.status);
    case "Unreachable":
      return !reason.permanent;
    case "Undecodable":
      return reason.truncated;
    default:
      return false;
  }
}

// ---- messages -------------------------------------------------------------------------------------------------------

/** What went wrong and what to try, as whole sentences. */
function describe(reason: Reason): string {
  switch (reason._tag) {
    case "Unsendable":
      return sentence(reason.detail);
    case "Unauthorized":
      return `${reason.host} does not accept the token (401${userMessage(reason)}). ` +
        "Check that the token is whole and not expired, and that it belongs to an account on this host.";
    case "Forbidden":
      return `The token may not do this (403${userMessage(reason)}). ` +
        "Check the token's permission sets and the account's IP restrictions.";
    case "NotFound":
      if (reason.enveloped) {
        return `Not found, or not visible to this token (404${userMessage(reason)})${pathOf(reason)}. ` +
          "Check the ids, the account and the token's permissions.";
      }
      return reason.status === 404
        ? `${reason.host} has no such route (404 without dbt's envelope)${pathOf(reason)}. Check the host.`
        : `${reason.host} redirects elsewhere (${reason.status}), which is not followed. Check the host.`;
    case "Invalid":
      return `Refused (${reason.status}${userMessage(reason)}).${fieldErrors(reason.data)}`;
    case "RateLimited":
      return "Too many requests (429), still, after all retries. Wait five minutes, or lower the rate.";
    case "ServerFault":
      return reason.status === 501
        ? `Not implemented (501${userMessage(reason)}).`
        : `dbt Cloud fails (${reason.status}${userMessage(reason)}). Try again later.`;
    case "Unreachable":
      return reason.permanent
        ? `${reason.host} cannot be trusted: ${sentence(reason.detail)} Check the host.`
        : `No answer from ${reason.host}: ${sentence(reason.detail)} Check the host and the network.`;
    case "Ambiguous":
      return `The answer was lost (${reason.detail}): unknown whether it happened. ` +
        (reason.remedy ?? "Look before you send it again.");
    case "Undecodable":
      return `The answer (${reason.status}) is not understood: ${sentence(reason.detail)}`;
    case "RunFailed":
      return `Run ${reason.run.id} ended in error${reason.run.status_message ? `: ${reason.run.status_message}` : "."}`;
    case "RunCancelled":
      return `Run ${reason.run.id} was cancelled${reason.run.status_message ? `: ${reason.run.status_message}` : "."}`;
    case "WaitTimedOut":
      return `Run ${reason.run.id} ${stateOf(reason)} after ${reason.seconds} s.` +
        (reason.cancelled ? "" : " It was not cancelled.");
  }
}

/** As in `RunStatus`, which is imported as a type only: the models take longer to load than this file. */
const cancelled: typeof RunStatus["cancelled"] = 30;

function stateOf(reason: WaitTimedOut): string {
  if (!reason.cancelled) return "goes on";
  return reason.run.status === cancelled ? "was cancelled" : "was asked to stop";
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function pathOf({ path }: NotFound): string {
  return path === undefined ? "" : `: ${path}`;
}

/** dbt's message for the user, to stand behind the status. */
function userMessage(reason: { readonly user_message?: string }): string {
  return reason.user_message ? `: ${reason.user_message.replace(/\.$/, "")}` : "";
}

/** dbt's messages about single fields: `{ name: ["This field is required."] }`, or `{ reason: "…" }`. */
function fieldErrors(data: unknown): string {
  return data === undefined || data === null ? "" : ` ${typeof data === "string" ? data : JSON.stringify(data)}`;
}
