/**
 * Faults: what the sandbox does wrong when it is told to. `server/serve_request.ts` and the endpoints ask here whether
 * a fault hits the request at hand.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Random from "effect/Random";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import { oneLine } from "../../schema.ts";
import { matchesStars } from "./glob.ts";

/** The faults, each with its default for `seconds` where it has a duration. */
export const faultKinds = {
  /** 429, and the request is not carried out; with `Retry-After` where `seconds` are given. */
  "rate-limit": undefined,
  /** 500, and the request is not carried out. */
  "server-error": undefined,
  /** 502 with a page of HTML, and the request is not carried out. */
  "bad-gateway-html": undefined,
  /** No answer, ever. */
  "timeout": undefined,
  /** The connection breaks before anything happens. */
  "reset": undefined,
  /** A write happens, and the connection breaks. */
  "accepted-then-lost": undefined,
  /** A write is answered with 504, and happens after some seconds. */
  "late-accept": 5,
  /** New rows are missing in lists for some seconds. */
  "hidden-in-list": 5,
  /** The request is carried out, and the answer is empty. */
  "empty-body": undefined,
  /** The request is carried out, and the answer is not JSON. */
  "invalid-json": undefined,
  /** The request is carried out, and the connection breaks in the middle of the answer. */
  "truncated-body": undefined,
  /** A run is not found for some seconds after it was triggered. */
  "not-found-after-trigger": 5,
  /** A row of an earlier page is deleted when a later page is read. */
  "row-deleted-between-pages": undefined,
  /** A run that is not over has a status that dbt never documented. */
  "unknown-status": undefined,
  /** Everything with an id has fields that dbt never documented. */
  "unknown-fields": undefined,
  /** Everything but ids and statuses is null. */
  "null-fields": undefined,
  /** Artifacts appear only some seconds after a run ended. */
  "late-artifact": 10,
  /** Artifacts are listed, but answer 404. */
  "missing-artifact": undefined,
  /** A run that is triggered never leaves the queue. */
  "stuck-queued": undefined,
  /** The answer takes some seconds longer. */
  "slow": 5,
  /** A run that is cancelled goes on for some seconds. */
  "slow-cancel": 60,
  /** A run is not cancelled: 400. */
  "cancel-refused": undefined,
  /** 401, as if the token were revoked. */
  "token-revoked": undefined,
  /** 302 to a login page. */
  "redirect": undefined,
  /** A GraphQL query is refused as too complex. */
  "complexity": undefined,
  /** A part of the answer to a GraphQL query is null, with an error beside it. */
  "partial-data": undefined,
  /** A GraphQL query is answered with 200, an error and no data. */
  "graphql-error": undefined,
  /** The Semantic Layer refuses a query. */
  "query-refused": undefined,
  /** A query of the Semantic Layer fails in the warehouse. */
  "query-fails": undefined,
  /** A query of the Semantic Layer runs this long in the warehouse. */
  "query-slow": 30,
} as const;

/** The name of a fault. */
export type FaultName = keyof typeof faultKinds;

/** The names of all faults. */
export const faultNames: ReadonlyArray<FaultName> = Object.keys(faultKinds) as Array<FaultName>; // its only keys

/** The faults that hit GraphQL queries only. */
export const graphqlFaults: ReadonlyArray<FaultName> = [
  ...["complexity", "partial-data", "graphql-error"] as const,
  ...["query-refused", "query-fails", "query-slow"] as const,
];

/** A fault, and which requests it hits. */
export interface Fault {
  /** What goes wrong. */
  readonly fault: FaultName;
  /** Which requests it hits: verb and path, with `*` for anything, as in `GET *runs*` (default: all of the API). */
  readonly route?: string;
  /** How many times it happens (default: no limit). */
  readonly times?: number;
  /** How likely it hits each request, from 0 to 1 (default: 1). */
  readonly probability?: number;
  /** How many seconds it lasts, for faults that have a duration (default: depends on the fault). */
  readonly seconds?: number;
}

const isRoute = Schema.isPattern(/^(?:[A-Z]*\*|(?:GET|POST|PUT|PATCH|DELETE) )/, {
  expected: 'a verb and a path, as in "POST */jobs/*/run/"',
});
const isLikelihood = Schema.isBetween({ minimum: 0, maximum: 1 }, { expected: "a number from 0 to 1" });

/** Reads a {@linkcode Fault}. */
export const Fault: Schema.Codec<Fault> = Schema.Struct({
  fault: Schema.Literals(faultNames),
  route: Schema.optionalKey(Schema.String.check(isRoute)),
  times: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0, { expected: "a number above 0" }))),
  probability: Schema.optionalKey(Schema.Finite.check(isLikelihood)),
  seconds: Schema.optionalKey(
    Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0, { expected: "0 or more seconds" })),
  ),
});

/** Reads a fault: its name, or JSON. Refuses unknown fields, since a misspelt one would silently do nothing. */
export function readFault(text: string): Result.Result<Fault, string> {
  const trimmed = text.trim();
  if (/^[\w-]+$/.test(trimmed) && !faultNames.some((name) => name === trimmed)) {
    return Result.fail(`there is no such fault. Faults: ${faultNames.join(", ")}`);
  }
  const json = trimmed.startsWith("{") ? trimmed : JSON.stringify({ fault: trimmed });
  const read = Schema.decodeUnknownResult(Schema.fromJsonString(Fault), { onExcessProperty: "error" })(json);
  return Result.mapError(read, oneLine);
}

/** A fault that can still happen, and how many times. */
interface Active {
  readonly fault: Fault;
  left: number;
}

/** The faults that can hit one request. */
export interface RequestFaults {
  /** The seconds of a fault of this name, or undefined where none hits. A hit is counted only where `applies`. */
  readonly take: (name: FaultName, applies?: (seconds: number) => boolean) => number | undefined;
}

/** The faults of a sandbox. */
export interface Faults {
  /** The faults that can still happen, each with the times that are left. */
  readonly list: () => ReadonlyArray<Fault>;
  /** Adds a fault. */
  readonly add: (fault: Fault) => void;
  /** Removes all faults. */
  readonly clear: () => void;
  /** Draws the faults that can hit a request of this verb and path. */
  readonly draw: (verb: string, path: string) => Effect.Effect<RequestFaults>;
}

const none: RequestFaults = { take: () => undefined };

/** Makes the faults of a sandbox, starting with these. */
export function makeFaults(initial: ReadonlyArray<Fault>): Faults {
  let active: ReadonlyArray<Active> = [];
  const add = (fault: Fault) => {
    active = [...active, { fault, left: fault.times ?? Infinity }];
  };
  initial.forEach(add);
  return {
    add,
    clear: () => active = [],
    list: () => active.map(({ fault, left }) => ({ ...fault, ...left === Infinity ? {} : { times: left } })),
    draw: Effect.fnUntraced(function* (verb: string, path: string) {
      if (active.length === 0) return none;
      const hits: Array<Active> = [];
      for (const one of active) {
        const { probability = 1, route = "*" } = one.fault;
        if (!matchesStars(`${verb} ${path}`, route)) continue;
        if (probability >= 1 || (yield* Random.next) < probability) hits.push(one);
      }
      return {
        take: (name, applies = () => true) => {
          const secondsOf = ({ fault }: Active) => fault.seconds ?? faultKinds[name] ?? 0;
          const hit = hits.find((one) => one.fault.fault === name && one.left > 0 && applies(secondsOf(one)));
          if (hit === undefined) return undefined;
          hit.left--;
          if (hit.left === 0) active = active.filter((one) => one !== hit);
          return secondsOf(hit);
        },
      };
    }),
  };
}

/** The fault `unknown-fields`: adds fields that dbt never documented to everything with an id. */
export function addUnknownFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(addUnknownFields);
  if (typeof value !== "object" || value === null) return value;
  const row = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, addUnknownFields(member)]));
  return "id" in row ? { ...row, x_new: "surprise", x_new_thing: { id: 1, x_list: [null, 1] } } : row;
}

/** The fault `null-fields`: sets everything but ids and statuses to null. */
export function makeFieldsNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(makeFieldsNull);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, name === "id" || name === "status" ? member : null]),
  );
}
