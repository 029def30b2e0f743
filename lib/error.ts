/**
 * `DbtError`, with its message, and `isTransient`, which decides about retries. Every failure of a call is this one
 * error with a reason, in the library and on the command line.
 *
 * @module
 */
import * as Data from "effect/Data";
import type { NotFound, Reason, RunFailed, WaitTimedOut, Words } from "./error_reasons.ts";
import type { RunStatus } from "./models/run.ts";

export type * from "./error_reasons.ts";

/**
 * The error of every call: the endpoint, and the reason why it failed.
 *
 * **When to use**
 *
 * `Effect.catchReason("DbtError", "NotFound", …)` handles one reason, `Effect.catchTag("DbtError", …)` all of them.
 *
 * **Details**
 *
 * Its message names the endpoint, repeats what dbt Cloud says, and says what to try. It never contains the token, nor a
 * secret of the request. {@linkcode DbtErrorSchema} writes it to JSON and reads it again.
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
  /** Tells a `DbtError` from other errors of an Effect. */
  readonly _tag = "DbtError";

  /** The name that stack traces and `Cause.pretty` print. */
  override get name(): string {
    return "DbtError";
  }

  /** What failed, at which endpoint, and what to try. */
  override get message(): string {
    return `${this.endpoint}: ${describe(this.reason)}`;
  }
}

/**
 * The longest that dbtc waits where dbt Cloud asks it to, in seconds: a cooldown of the Admin API lasts five minutes.
 * https://docs.getdbt.com/docs/dbt-apis/rate-limits
 */
export const longestWait = 330;

/**
 * Whether the same request may be sent again: dbt Cloud did not carry it out, and may do so next time.
 *
 * **When to use**
 *
 * For retries of your own around several calls: `Effect.retry({ while: isTransient, times: 3 })`.
 *
 * **Details**
 *
 * The client retries exactly these errors itself. True for `RateLimited`, for `ServerFault` with status 408, 500, 502,
 * 503 or 504, for `Unreachable` that is not permanent, and for a read whose answer was cut. Never true for `Ambiguous`.
 */
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
      return `${reason.host} does not accept the token (${reason.status}${userMessage(reason)}).${moreWords(reason)} ` +
        "Check that the token is whole and not expired, and that it belongs to an account on this host.";
    case "Forbidden":
      return `The token may not do this (${reason.status}${userMessage(reason)}).${moreWords(reason)} ` +
        (reason.errors?.some(({ message }) => message === "User is not authorized")
          // dbt's Semantic Layer says the same of a token, of an environment, and of one without a configuration.
          ? "Check the environment's id, and that the Semantic Layer is set up for it. A service token needs the " +
            "permissions Semantic Layer Only and Metadata Only."
          : "Check the token's permission sets and the account's IP restrictions.");
    case "NotFound":
      return notFound(reason);
    case "Invalid":
      // Words of several lines, such as MetricFlow's, stand below.
      return (reason.user_message?.includes("\n")
        ? `Refused (${reason.status}):\n${shortened(reason.user_message)}`
        : `Refused (${reason.status}${userMessage(reason)}).`) +
        moreWords(reason) +
        (reason.path === undefined ? "" : ` Paths of dbt Cloud end with a slash: try ${reason.path}/`) +
        (isTooComplex(reason) ? " Ask for fewer fields, or for fewer rows." : "");
    case "RateLimited":
      return `Too many requests (429). ${askedToWait(reason) ?? "Wait five minutes, or lower the rate."}`;
    case "ServerFault":
      return reason.status === 501
        ? `Not implemented (501${userMessage(reason)}).${moreWords(reason)}`
        : `dbt Cloud fails (${reason.status}${userMessage(reason)}).${moreWords(reason)} ` +
          (askedToWait(reason) ?? "Try again later.");
    case "Unreachable":
      return reason.permanent
        ? `${reason.host} cannot be trusted: ${sentence(reason.detail)} Check the host.`
        : `No answer from ${reason.host}: ${sentence(reason.detail)} Check the host and the network.`;
    case "Ambiguous":
      return `The answer was lost (${reason.detail}): unknown whether it happened. ` +
        (reason.remedy ?? "Look before you send it again.");
    case "Undecodable":
      return `The answer (${reason.status}) is not understood: ${sentence(shortened(reason.detail))}`;
    case "QueryFailed":
      return `Query ${reason.query_id} failed: ${sentence(shortened(reason.error))}`;
    case "RunFailed":
      return `Run ${reason.run.id} ended in error${messageOf(reason.run)}`;
    case "RunCancelled":
      return `Run ${reason.run.id} was cancelled${messageOf(reason.run)}`;
    case "WaitTimedOut":
      return `Stopped waiting after ${reason.seconds} s. Run ${reason.run.id} ${stateOf(reason)}.`;
  }
}

/** What dbt Cloud says about the end of a run. Only the run's id and status are sure to be what the model says. */
function messageOf({ status_message }: RunFailed["run"]): string {
  return typeof status_message === "string" && status_message !== "" ? `: ${status_message}` : ".";
}

/** As in `RunStatus`, which is imported as a type only: the models take longer to load than this file. */
const cancelled: typeof RunStatus["cancelled"] = 30;

function stateOf(reason: WaitTimedOut): string {
  if (!reason.cancelled) return "has not ended, and was not cancelled";
  return reason.run.status === cancelled ? "was cancelled" : "was asked to stop";
}

/** Whether dbt Cloud refused a GraphQL query as too complex. It publishes no limit. */
export function isTooComplex(reason: Reason): boolean {
  return reason._tag === "Invalid" &&
    reason.errors?.some(({ extensions }) => extensions?.code === "COMPLEXITY_EXCEEDED") === true;
}

/** The error of a request that cannot be sent as it is. `endpoint` is what was called, `detail` what is wrong with it. */
export function unsendable(endpoint: string, detail: string): DbtError {
  return new DbtError({ endpoint, reason: { _tag: "Unsendable", detail } });
}

/** A setting that is not usable, or none where one is needed. */
export function unusable(detail: string): DbtError {
  return unsendable("session", detail);
}

function notFound(reason: NotFound): string {
  const { detail, enveloped, host, location, path, status } = reason;
  if (detail !== undefined) return sentence(detail);
  const where = path === undefined ? "" : `: ${path}`;
  if (enveloped) {
    return `Not found, or not visible to this token (${status}${userMessage(reason)})${where}.${moreWords(reason)} ` +
      "Check the ids, the account and the token's permissions.";
  }
  if (status === 404) {
    return `${host} has no such route (404 without dbt's envelope${userMessage(reason)})${where}.` +
      `${moreWords(reason)} Check the host.`;
  }
  return location === undefined
    ? `${host} redirects elsewhere (${status}), which is not followed. Check the host.`
    : `${host} redirects to the same path with a slash at its end (${status}), which is not followed. Ask for ${path}/`;
}

/** What dbt Cloud asks for, and why dbtc did not wait for it. */
function askedToWait({ retry_after }: { readonly retry_after?: number }): string | undefined {
  if (retry_after === undefined) return undefined;
  const seconds = Math.ceil(retry_after);
  return `dbt Cloud asks to wait ${seconds} s` +
    (seconds > longestWait ? `, longer than the ${longestWait} s that dbtc waits. ` : ". ") +
    "Try again after that.";
}

function sentence(text: string): string {
  return /[.!?]$|\n/.test(text) ? text : `${text}.`;
}

/** dbt Cloud's message for the user, to stand behind the status. */
function userMessage({ user_message }: Words): string {
  return user_message ? `: ${shortened(user_message).replace(/\.$/, "")}` : "";
}

/** What dbt Cloud says besides its message for the user; what that message says already is left out. */
function moreWords({ data, developer_message, user_message = "" }: Words): string {
  let said = user_message;
  let more = "";
  if (developer_message && !said.includes(developer_message)) {
    said += ` ${developer_message}`;
    more += ` ${sentence(shortened(developer_message))}`;
  }
  const text = typeof data === "string" ? data : jsonOf(data);
  const isSaid = typeof data === "string" ? said.includes(data) : textsIn(data)?.every((text) => said.includes(text));
  return text === "" || isSaid ? more : `${more} ${shortened(text)}`;
}

/** The texts of an object that holds nothing else, such as `{ reason: "…" }`. */
function textsIn(data: unknown): ReadonlyArray<string> | undefined {
  const values = typeof data === "object" && data !== null ? Object.values(data).flat() : undefined;
  return values?.every((value) => typeof value === "string") ? values : undefined;
}

/** JSON for a message; empty where there is nothing to say. */
function jsonOf(data: unknown): string {
  try {
    const json = data === undefined || data === null ? "" : JSON.stringify(data);
    return json === "{}" || json === "[]" ? "" : json;
  } catch {
    // It is nested too deep, or contains itself.
    return "(details that cannot be printed)";
  }
}

/** A text of a server, as long as a message can bear. The reason has all of it. */
function shortened(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText)} … (${text.length} characters)`;
}

/** The longest text of a server in a message, in characters. */
const longestText = 4000;
