/**
 * The reasons why a call fails. `error.ts` makes one error of them, with a message.
 *
 * ```
 * DbtError            what failed, and at which endpoint; never the session's token
 *   reason
 *     Unsendable      the request makes no sense: nothing was sent
 *     Unauthorized    401: no token, or a wrong one
 *     Forbidden       403: the token, or this address, may not
 *     NotFound        404: absent, or hidden from the token; not enveloped: a wrong host or route
 *     Invalid         any other 4xx: refused, in dbt's words
 *     RateLimited     429, after all retries
 *     ServerFault     5xx, after all retries
 *     Unreachable     no answer, and nothing can have happened
 *     Ambiguous       a write whose answer was lost: unknown whether it happened
 *     Undecodable     an answer that is not understood
 *     RunFailed       the run that was waited for ended in error
 *     RunCancelled    the run that was waited for was cancelled
 *     WaitTimedOut    the run that was waited for goes on
 * ```
 *
 * @module
 */
import type { Run } from "./models/run.ts";

/** The request makes no sense: a field is missing, wrong, or would leave its path. Nothing was sent. */
export interface Unsendable {
  /** Tells the reason. */
  readonly _tag: "Unsendable";
  /** What is wrong, and with which field. */
  readonly detail: string;
}

/** No token, or one that dbt Cloud does not know. */
export interface Unauthorized {
  /** Tells the reason. */
  readonly _tag: "Unauthorized";
  /** HTTP status: 401. */
  readonly status: number;
  /** The host that refused the token. */
  readonly host: string;
  /** dbt's words. */
  readonly user_message?: string;
}

/** The token may not do this, or this address may not ask. */
export interface Forbidden {
  /** Tells the reason. */
  readonly _tag: "Forbidden";
  /** HTTP status: 403. */
  readonly status: number;
  /** dbt's words. */
  readonly user_message?: string;
}

/** Absent, or not visible to this token: dbt Cloud does not tell the two apart. */
export interface NotFound {
  /** Tells the reason. */
  readonly _tag: "NotFound";
  /** HTTP status: 404, or 3xx for a redirect, which is never followed. */
  readonly status: number;
  /** False when the answer is not dbt's envelope: then the host or the route is wrong. */
  readonly enveloped: boolean;
  /** The host that was asked. */
  readonly host: string;
  /** The path that was asked for, where one was. */
  readonly path?: string;
  /** dbt's words. */
  readonly user_message?: string;
}

/** Refused, in dbt's words. */
export interface Invalid {
  /** Tells the reason. */
  readonly _tag: "Invalid";
  /** HTTP status: a 4xx that has no reason of its own. */
  readonly status: number;
  /** dbt's words. */
  readonly user_message?: string;
  /** dbt's words for developers. */
  readonly developer_message?: string;
  /** What dbt says of the fields. */
  readonly data?: unknown;
}

/** Too many requests, still, after all retries. */
export interface RateLimited {
  /** Tells the reason. */
  readonly _tag: "RateLimited";
  /** HTTP status: 429. */
  readonly status: number;
  /** Seconds that the server asks to wait. */
  readonly retry_after?: number;
}

/** dbt Cloud, or something before it, failed. */
export interface ServerFault {
  /** Tells the reason. */
  readonly _tag: "ServerFault";
  /** HTTP status: 5xx, or 408. */
  readonly status: number;
  /** Seconds that the server asks to wait. */
  readonly retry_after?: number;
  /** dbt's words. */
  readonly user_message?: string;
}

/** No answer, and nothing can have happened: the request was a read, or the connection was never made. */
export interface Unreachable {
  /** Tells the reason. */
  readonly _tag: "Unreachable";
  /** The host that was asked. */
  readonly host: string;
  /** What the transport says. */
  readonly detail: string;
  /** Trying again does not help, as with a certificate. */
  readonly permanent: boolean;
}

/** A write whose answer was lost: unknown whether it happened. Never sent again by itself. */
export interface Ambiguous {
  /** Tells the reason. */
  readonly _tag: "Ambiguous";
  /** HTTP status, where one came. */
  readonly status?: number;
  /** How the answer was lost. */
  readonly detail: string;
  /** How to find out, where there is a way. */
  readonly remedy?: string;
}

/** An answer that is not understood. */
export interface Undecodable {
  /** Tells the reason. */
  readonly _tag: "Undecodable";
  /** HTTP status. */
  readonly status: number;
  /** What is wrong, and where. */
  readonly detail: string;
  /** The body was cut or empty: a read may be tried again. */
  readonly truncated: boolean;
}

/** The run that was waited for ended in error. */
export interface RunFailed {
  /** Tells the reason. */
  readonly _tag: "RunFailed";
  /** The run as it ended. */
  readonly run: Run;
}

/** The run that was waited for was cancelled. */
export interface RunCancelled {
  /** Tells the reason. */
  readonly _tag: "RunCancelled";
  /** The run as it ended. */
  readonly run: Run;
}

/** The run that was waited for goes on. */
export interface WaitTimedOut {
  /** Tells the reason. */
  readonly _tag: "WaitTimedOut";
  /** The run as it was last seen. */
  readonly run: Run;
  /** Seconds that were waited. */
  readonly seconds: number;
  /** It was asked to stop then; `run` tells whether it has. */
  readonly cancelled?: boolean;
}

/** Why a call failed. */
export type Reason =
  | Unsendable
  | Unauthorized
  | Forbidden
  | NotFound
  | Invalid
  | RateLimited
  | ServerFault
  | Unreachable
  | Ambiguous
  | Undecodable
  | RunFailed
  | RunCancelled
  | WaitTimedOut;
