/**
 * Finds out where dbt Cloud's answers differ from the schemas: new fields, fields that never come, values without a
 * name. None of these is a failure, but maintainers want to know. `--drift` prints what is found; `response.ts` feeds
 * it.
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Predicate from "effect/Predicate";
import * as Schema from "effect/Schema";
import * as SchemaAST from "effect/SchemaAST";
import * as Struct from "effect/Struct";
import type { Answer } from "../definition.ts";
import { membersOf, namesOf } from "../schema.ts";
import { conforms } from "./validate.ts";

/** One way in which answers differ from what is known of them. */
export interface Difference {
  /** What was asked: `jobs.list`. */
  readonly endpoint: string;
  /** Where in the answer: `data[].settings.threads`; `*` is any name. */
  readonly path: string;
  /**
   * A field that is not known (`unknown`), one that is known and was in none of the answers (`missing`), a value that
   * has no name although others there have one (`value`), or something of another type (`type`).
   */
  readonly kind: "unknown" | "missing" | "value" | "type";
  /** What came there: the types, or the new values. No other content of an answer is kept. */
  readonly seen: ReadonlyArray<string>;
  /** In how many places of that path. */
  readonly times: number;
}

/** Collects differences. */
export interface DriftLog {
  /** How many answers were looked at. */
  readonly answers: number;
  /** Looks at one answer of an endpoint: at what lies where its schema applies. */
  readonly observe: (endpoint: string, answer: Answer<unknown>, value: unknown) => void;
  /** What was found until now, in the order in which it came; what is missing comes last. */
  readonly differences: () => ReadonlyArray<Difference>;
}

/**
 * The log to which a client reports how answers differ from the schemas.
 *
 * **When to use**
 *
 * To learn what dbt Cloud has added or changed: provide a {@linkcode makeDriftLog} for the calls to check.
 *
 * **Details**
 *
 * No difference is a failure of a call. Without a log, nothing is compared, and nothing is slower. No request is added.
 *
 * @example
 * ```ts
 * import { DbtClient, Drift, makeDriftLog, projects } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const session = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer({ faults: [{ fault: "unknown-fields" }] })),
 * );
 * const log = makeDriftLog();
 * const program = projects.get({ project_id: 1 }).pipe(Effect.provideService(Drift, log), Effect.provide(session));
 * await Effect.runPromise(program);
 * const found = log.differences().find(({ path }) => path === "x_new");
 * assert.deepEqual(found, { endpoint: "projects.get", path: "x_new", kind: "unknown", seen: ["string"], times: 1 });
 * ```
 */
export const Drift: Context.Reference<DriftLog | undefined> = Context.Reference<DriftLog | undefined>(
  "@dbtc/dbtc/client/drift/Drift",
  {
    defaultValue: () => undefined,
  },
);

/**
 * Makes an empty log of differences for {@linkcode Drift}.
 *
 * **Details**
 *
 * It keeps where answers differ, and new values of fields that have names; no other content of an answer.
 */
export function makeDriftLog(): DriftLog {
  const found = new Map<string, Difference & { readonly seen: Array<string>; times: number }>();
  /** By endpoint and path: the known members of the objects there, and those that came. */
  const objects = new Map<string, { readonly members: Set<string>; readonly came: Set<string>; times: number }>();
  let answers = 0;

  const note = (endpoint: string, path: string, kind: Difference["kind"], seen: string) => {
    const key = `${kind} ${endpoint} ${path}`;
    let difference = found.get(key);
    if (difference === undefined) found.set(key, difference = { endpoint, path, kind, seen: [], times: 0 });
    difference.times++;
    if (!difference.seen.includes(seen)) difference.seen.push(seen);
  };

  const compare = (endpoint: string, path: string, ast: SchemaAST.AST, value: unknown): void => {
    const at = (name: string) => path === "" ? name : `${path}.${name}`;
    const names = namesOf(Schema.make(ast));
    if (names !== undefined && (typeof value === "string" || typeof value === "number")) {
      if (!Object.values(names).includes(value)) note(endpoint, path, "value", JSON.stringify(value));
      return;
    }
    if (SchemaAST.isSuspend(ast)) return compare(endpoint, path, ast.thunk(), value);
    if (SchemaAST.isUnion(ast)) {
      const fitting = ast.types.find((type) => conforms(Schema.make<Schema.Codec<unknown>>(type), value)) ??
        ast.types.find((type) => typeof value === "object" && (SchemaAST.isObjects(type) || SchemaAST.isArrays(type)));
      return fitting === undefined
        ? note(endpoint, path, "type", typeOf(value))
        : compare(endpoint, path, fitting, value);
    }
    if (SchemaAST.isArrays(ast) && Array.isArray(value)) {
      const [item] = ast.rest;
      if (item !== undefined) value.forEach((inner) => compare(endpoint, `${path}[]`, item, inner));
      return;
    }
    if (SchemaAST.isObjects(ast) && Predicate.isObject(value)) {
      const known = membersOf(ast);
      const rest = ast.indexSignatures[0]?.type;
      const key = `${endpoint} ${path}`;
      const object = objects.get(key) ?? { members: new Set(known.keys()), came: new Set<string>(), times: 0 };
      objects.set(key, object);
      object.times++;
      for (const [name, inner] of Object.entries(value)) {
        const type = known.get(name);
        if (type !== undefined) {
          object.came.add(name);
          compare(endpoint, at(name), type, inner);
        } else if (rest !== undefined) compare(endpoint, at("*"), rest, inner);
        else if (known.size > 0) note(endpoint, at(name), "unknown", typeOf(inner));
      }
      return;
    }
    if (!conforms(Schema.make<Schema.Codec<unknown>>(ast), value)) note(endpoint, path, "type", typeOf(value));
  };

  return {
    get answers() {
      return answers;
    },
    observe: (endpoint, { from, schema }, value) => {
      answers++;
      // `status` and `error_code` of a page belong to the envelope, and not to the list.
      compare(
        endpoint,
        "",
        schema.ast,
        from === "page" && Predicate.isObject(value) ? Struct.omit(value, ["status", "error_code"]) : value,
      );
    },
    differences: () => [
      ...[...found.values()].map((difference) => ({ ...difference, seen: [...difference.seen] })),
      ...[...objects].flatMap(([key, { came, members, times }]) => {
        const [endpoint = "", path = ""] = key.split(" ");
        return [...members].filter((name) => !came.has(name)).map((name): Difference => ({
          endpoint,
          path: path === "" ? name : `${path}.${name}`,
          kind: "missing",
          seen: [],
          times,
        }));
      }),
    ],
  };
}

function typeOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "list" : typeof value;
}
