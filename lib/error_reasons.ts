/**
 * The reasons why a call fails. `error.ts` makes one error of them, with a message; `error_schema.ts` has their schema.
 *
 * ```
 * DbtError            what failed, and at which endpoint; never the client's token
 *   reason
 *     Unsendable      the request is not valid: nothing was sent
 *     Unauthorized    401: no token, or a wrong one
 *     Forbidden       403: the token lacks a permission, or the IP address is refused
 *     NotFound        404: absent, or hidden from the token; not enveloped: a wrong host or route
 *     Invalid         any other 4xx, or GraphQL's errors: refused, in dbt Cloud's words
 *     RateLimited     429, and not retried any more
 *     ServerFault     5xx, and not retried any more
 *     Unreachable     no answer, and nothing can have happened
 *     Ambiguous       a write whose answer was lost: it may have happened
 *     Undecodable     an answer that dbtc does not understand
 *     QueryFailed     the query of the Semantic Layer failed
 *     RunFailed       the run ended in error
 *     RunCancelled    the run was cancelled
 *     WaitTimedOut    the run did not end in time
 * ```
 *
 * @module
 */
import type { Run } from "./models/run.ts";

/** What dbt Cloud says about a failure. Control characters and secrets are removed. */
export interface Words {
  /** dbt Cloud's message for users. */
  readonly user_message?: string;
  /** dbt Cloud's message for developers. It often names the field that is wrong. */
  readonly developer_message?: string;
  /** Details, such as what is wrong with each field. */
  readonly data?: unknown;
  /** The errors of a GraphQL answer. `user_message` has their messages. */
  readonly errors?: ReadonlyArray<GraphQLError>;
}

/** An error of a GraphQL answer. */
export interface GraphQLError {
  /** What is wrong. */
  readonly message: string;
  /** Where in the answer: `["environment", "applied", "models"]`. */
  readonly path?: ReadonlyArray<string | number>;
  /** Details. `code` is the kind of the error, such as `COMPLEXITY_EXCEEDED`. */
  readonly extensions?: { readonly [name: string]: unknown };
}

/** The request is not valid: a field is missing, wrong, or would leave its path. Nothing was sent. */
export interface Unsendable {
  /** Always `Unsendable`. */
  readonly _tag: "Unsendable";
  /** What is wrong, and with which field. */
  readonly detail: string;
}

/** No token, or one that dbt Cloud does not know. */
export interface Unauthorized extends Words {
  /** Always `Unauthorized`. */
  readonly _tag: "Unauthorized";
  /** HTTP status: 401; 200 or 400 of a GraphQL answer. */
  readonly status: number;
  /** The host that refused the token. */
  readonly host: string;
}

/** The token lacks a permission, or dbt Cloud refuses requests from this IP address. */
export interface Forbidden extends Words {
  /** Always `Forbidden`. */
  readonly _tag: "Forbidden";
  /** HTTP status: 403; 200 or 400 of a GraphQL answer. */
  readonly status: number;
}

/** Absent, or not visible to this token: dbt Cloud does not tell the two apart. */
export interface NotFound extends Words {
  /** Always `NotFound`. */
  readonly _tag: "NotFound";
  /** HTTP status: 404; 200 of a GraphQL answer; or 3xx for a redirect, which is never followed. */
  readonly status: number;
  /** False where the answer is not in dbt Cloud's envelope: then the host or the route is wrong. */
  readonly enveloped: boolean;
  /** The host that was asked. */
  readonly host: string;
  /** The path that was asked for. */
  readonly path?: string;
  /** Where a redirect leads, if that is the same path with a slash at its end. */
  readonly location?: string;
  /** What dbtc looked for among the rows that dbt Cloud returned, and did not find: no request was answered with 404. */
  readonly detail?: string;
}

/** Refused, in dbt Cloud's words. */
export interface Invalid extends Words {
  /** Always `Invalid`. */
  readonly _tag: "Invalid";
  /** HTTP status: a 4xx that has no reason of its own, or 200 of a GraphQL answer. */
  readonly status: number;
  /** The path, if dbt Cloud may have refused the request (405) because it has no slash at its end. */
  readonly path?: string;
}

/** Too many requests, and not retried any more. */
export interface RateLimited {
  /** Always `RateLimited`. */
  readonly _tag: "RateLimited";
  /** HTTP status: 429. */
  readonly status: number;
  /** Seconds that dbt Cloud asks to wait. */
  readonly retry_after?: number;
}

/** dbt Cloud, or a proxy before it, failed. */
export interface ServerFault extends Words {
  /** Always `ServerFault`. */
  readonly _tag: "ServerFault";
  /** HTTP status: 5xx, or 408. */
  readonly status: number;
  /** Seconds that dbt Cloud asks to wait. */
  readonly retry_after?: number;
}

/** No answer, and nothing can have happened: the request was a read, or the connection was never made. */
export interface Unreachable {
  /** Always `Unreachable`. */
  readonly _tag: "Unreachable";
  /** The host that was asked. */
  readonly host: string;
  /** The message of the transport. */
  readonly detail: string;
  /** Whether a retry cannot help, as with a wrong certificate. */
  readonly permanent: boolean;
}

/** A write whose answer was lost: it may have happened. It is never sent again automatically. */
export interface Ambiguous {
  /** Always `Ambiguous`. */
  readonly _tag: "Ambiguous";
  /** HTTP status, if an answer came. */
  readonly status?: number;
  /** How the answer was lost. */
  readonly detail: string;
  /** How to find out whether it happened, if there is a way. */
  readonly remedy?: string;
}

/** An answer that dbtc does not understand. */
export interface Undecodable {
  /** Always `Undecodable`. */
  readonly _tag: "Undecodable";
  /** HTTP status. */
  readonly status: number;
  /** What is wrong, and where. */
  readonly detail: string;
  /** Whether the body was cut or empty: a read may be retried. */
  readonly truncated: boolean;
}

/** A query of the Semantic Layer was accepted, and failed: it does not compile, or the warehouse refuses its SQL. */
export interface QueryFailed {
  /** Always `QueryFailed`. */
  readonly _tag: "QueryFailed";
  /** The id of the query. */
  readonly query_id: string;
  /** Why it failed, in the words of dbt Cloud or of the warehouse. */
  readonly error: string;
  /** Its SQL, if it was compiled. */
  readonly sql?: string;
}

/** The run ended in error. */
export interface RunFailed {
  /** Always `RunFailed`. */
  readonly _tag: "RunFailed";
  /** The run as it ended. */
  readonly run: Run;
}

/** The run was cancelled. */
export interface RunCancelled {
  /** Always `RunCancelled`. */
  readonly _tag: "RunCancelled";
  /** The run as it ended. */
  readonly run: Run;
}

/** The run did not end in time. */
export interface WaitTimedOut {
  /** Always `WaitTimedOut`. */
  readonly _tag: "WaitTimedOut";
  /** The run as last polled. */
  readonly run: Run;
  /** How long the wait was, in seconds. */
  readonly seconds: number;
  /** Whether dbtc asked dbt Cloud to cancel the run; `run` shows whether it was. */
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
  | QueryFailed
  | RunFailed
  | RunCancelled
  | WaitTimedOut;
