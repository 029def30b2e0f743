/**
 * What goes wrong, on purpose.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Random from "effect/Random";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";

/** What can go wrong, and how long it takes where that is a matter of time. */
export const faultKinds = {
  /** 429, instead of doing it; with `Retry-After` where `seconds` are given. */
  "rate-limit": undefined,
  /** 500, instead of doing it. */
  "server-error": undefined,
  /** 502 with a page of HTML, instead of doing it. */
  "bad-gateway-html": undefined,
  /** No answer, ever. */
  "timeout": undefined,
  /** The connection breaks before anything happens. */
  "reset": undefined,
  /** A write happens, and the connection breaks. */
  "accepted-then-lost": undefined,
  /** A write is answered with 504, and happens after some seconds. */
  "late-accept": 5,
  /** What is new is not in lists for some seconds. */
  "hidden-in-list": 5,
  /** It happens, and the answer is empty. */
  "empty-body": undefined,
  /** It happens, and the answer is not JSON. */
  "invalid-json": undefined,
  /** It happens, and the connection breaks in the middle of the answer. */
  "truncated-body": undefined,
  /** A run is not found for some seconds after it was triggered. */
  "not-found-after-trigger": 5,
  /** A row of the pages before is deleted when a later page is read. */
  "row-deleted-between-pages": undefined,
  /** A run that is not over has a status that dbt never documented. */
  "unknown-status": undefined,
  /** Everything has fields that dbt never documented. */
  "unknown-fields": undefined,
  /** Everything but ids and statuses is null. */
  "null-fields": undefined,
  /** Artifacts are there only some seconds after a run ended. */
  "late-artifact": 10,
  /** Artifacts are listed, but not there. */
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
} as const;

/** The name of a fault. */
export type FaultName = keyof typeof faultKinds;

/** The names of all faults. */
export const faultNames: ReadonlyArray<FaultName> = Object.keys(faultKinds) as Array<FaultName>; // its keys

/** Something to go wrong. */
export interface Fault {
  /** What goes wrong. */
  readonly fault: FaultName;
  /** Which requests it hits: verb and path, with `*` for anything, as in `GET *runs*`. All of the API when absent. */
  readonly route?: string;
  /** How many times it happens; again and again when absent. */
  readonly times?: number;
  /** How likely it happens each time, from 0 to 1; 1 when absent. */
  readonly probability?: number;
  /** How many seconds it takes, where that is a matter of time. */
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

/** Reads a fault as people write it: its name, or JSON. Else says what is wrong: a misspelt field would do nothing. */
export function readFault(text: string): Result.Result<Fault, string> {
  const trimmed = text.trim();
  const json = trimmed.startsWith("{") ? trimmed : JSON.stringify({ fault: trimmed });
  const read = Schema.decodeUnknownResult(Schema.fromJsonString(Fault), { onExcessProperty: "error" })(json);
  return Result.mapError(read, ({ message }) => message.replaceAll(/\s+/g, " "));
}

/** A fault that is to happen, and how many times still. */
interface Active {
  readonly fault: Fault;
  readonly glob: RegExp;
  left: number;
}

/** The faults that can hit one request. */
export interface Drawn {
  /** The seconds of a fault of this name that hits; each hit is counted. It hits where `applies` says so. */
  readonly take: (name: FaultName, applies?: (seconds: number) => boolean) => number | undefined;
}

/** The faults of a sandbox. */
export interface Faults {
  /** The faults that are to happen, each with the times that are left. */
  readonly list: () => ReadonlyArray<Fault>;
  /** Adds a fault. */
  readonly add: (fault: Fault) => void;
  /** Forgets all of them. */
  readonly clear: () => void;
  /** The faults that can hit a request: verb and path. */
  readonly draw: (verb: string, path: string) => Effect.Effect<Drawn>;
}

const none: Drawn = { take: () => undefined };

/** Faults, to begin with these. */
export function makeFaults(initial: ReadonlyArray<Fault>): Faults {
  let active: ReadonlyArray<Active> = [];
  const add = (fault: Fault) => {
    const glob = (fault.route ?? "*").replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
    active = [...active, { fault, glob: new RegExp(`^${glob}$`), left: fault.times ?? Infinity }];
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
        if (!one.glob.test(`${verb} ${path}`)) continue;
        const { probability = 1 } = one.fault;
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

/** Adds fields that dbt never documented, to everything with an id. */
export function withUnknown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withUnknown);
  if (typeof value !== "object" || value === null) return value;
  const row = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withUnknown(member)]));
  return "id" in row ? { ...row, x_new: "surprise", x_new_thing: { id: 1, x_list: [null, 1] } } : row;
}

/** Makes null of everything but ids and statuses. */
export function withNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNulls);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, name === "id" || name === "status" ? member : null]),
  );
}
