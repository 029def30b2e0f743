/**
 * Filters and patches of SCIM (RFC 7644, §3.4.2.2 and §3.5.2) over JSON objects. `endpoints/scim_endpoints.ts` uses
 * them. By hand, since a package for them would come with every installation of the library, for one group of the
 * sandbox.
 *
 * @module
 */
import { isRow, listIn, objectIn, objectsIn, type Row } from "./response_format.ts";

/** What SCIM refuses, with the `scimType` of RFC 7644, §3.12. */
export class ScimError extends Error {
  /** Makes a refusal: HTTP status, `scimType` where there is one, and words. */
  constructor(readonly status: number, readonly scimType: string | undefined, detail: string) {
    super(detail);
  }
}

/** A filter, read. */
type Test = (resource: Row) => boolean;

// ---- attributes -----------------------------------------------------------------------------------------------------

/** Attributes that are compared with their case; all others are not. */
const caseExact = new Set(["id", "externalid", "value"]);

/** The name of a member in its own case: names of SCIM have none. The last name is the member's own where it is new. */
function memberName(object: Row, name: string): string {
  return Object.keys(object).find((key) => key.toLowerCase() === name.toLowerCase()) ?? name;
}

/** An attribute's path in parts: `name.givenName`; a URN of a schema with its dots is one part. */
function attributePath(text: string): ReadonlyArray<string> {
  const [, urn, attribute = ""] = /^(urn:.+:\d+\.\d+:\w+)(?::(.+))?$/i.exec(text) ?? [undefined, undefined, text];
  const names = attribute === "" ? [] : attribute.split(".");
  if (urn === undefined) return names;
  // The core schemas are the resource itself; extensions are members by their URN.
  return /:schemas:core:/i.test(urn) ? names : [urn, ...names];
}

/** The values at a path; of a list, those of its items. */
function valuesAt(value: unknown, [name, ...rest]: ReadonlyArray<string>): ReadonlyArray<unknown> {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, name === undefined ? [] : [name, ...rest]));
  if (name === undefined) return value === undefined || value === null ? [] : [value];
  return isRow(value) ? valuesAt(value[memberName(value, name)], rest) : [];
}

// ---- filters --------------------------------------------------------------------------------------------------------

const comparisons: Readonly<Record<string, (a: string | number, b: string | number) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  co: (a, b) => String(a).includes(String(b)),
  sw: (a, b) => String(a).startsWith(String(b)),
  ew: (a, b) => String(a).endsWith(String(b)),
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
};

function comparable(value: unknown, exact: boolean): string | number {
  if (typeof value === "number") return value;
  return exact ? String(value) : String(value).toLowerCase();
}

/** Reads a filter, such as `userName eq "a@b.c" and active eq true`. */
export function readFilter(text: string): Test {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[()[\]]|[^\s()[\]"]+/g) ?? [];
  let at = 0;
  const bad = () => new ScimError(400, "invalidFilter", `The filter cannot be read: ${text}`);
  const take = () => tokens[at++] ?? "";
  const next = (word: string) => {
    const is = tokens[at]?.toLowerCase() === word;
    if (is) at++;
    return is;
  };
  const expect = (word: string) => {
    if (!next(word)) throw bad();
  };
  const or = (): Test => {
    const tests = [and()];
    while (next("or")) tests.push(and());
    return (resource) => tests.some((test) => test(resource));
  };
  const and = (): Test => {
    const tests = [one()];
    while (next("and")) tests.push(one());
    return (resource) => tests.every((test) => test(resource));
  };
  const one = (): Test => {
    if (next("not")) {
      const inner = one();
      return (resource) => !inner(resource);
    }
    if (next("(")) {
      const inner = or();
      expect(")");
      return inner;
    }
    const attribute = take();
    if (!/^[a-z$]/i.test(attribute)) throw bad();
    const path = attributePath(attribute);
    if (next("[")) {
      const inner = or();
      expect("]");
      return (resource) => valuesAt(resource, path).some((item) => isRow(item) && inner(item));
    }
    const operator = take().toLowerCase();
    if (operator === "pr") return (resource) => valuesAt(resource, path).length > 0;
    const holds = Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined;
    const wanted = literal(take());
    if (holds === undefined || wanted === undefined) throw bad();
    const exact = caseExact.has(path.at(-1)?.toLowerCase() ?? "");
    return (resource) => {
      // A list of objects, as `emails`, is compared by what its items have as `value`.
      const values = valuesAt(resource, path).flatMap((value) => isRow(value) ? valuesAt(value, ["value"]) : [value]);
      const matches = values.some((value) => holds(comparable(value, exact), comparable(wanted, exact)));
      return matches || (operator === "ne" && values.length === 0);
    };
  };
  const test = or();
  if (at < tokens.length) throw bad();
  return test;
}

/** A value in a filter: text, number, true, false or null; undefined for anything else. */
function literal(token: string): unknown {
  try {
    return JSON.parse(token);
  } catch {
    return undefined;
  }
}

// ---- patches --------------------------------------------------------------------------------------------------------

/** Attributes that only dbt Cloud writes. */
const readOnly = new Set(["id", "meta", "groups"]);

/** A resource after the operations of a patch. */
export function patched(resource: Row, operations: ReadonlyArray<unknown>): Row {
  const copy = structuredClone(resource);
  for (const operation of operations) {
    if (!isRow(operation)) throw new ScimError(400, "invalidSyntax", "An operation must be an object.");
    const { path, value } = operation;
    // Entra ID writes `Add`, `Replace` and `Remove`.
    const op = String(operation.op).toLowerCase();
    if (!["add", "replace", "remove"].includes(op)) {
      throw new ScimError(400, "invalidSyntax", `There is no operation ${operation.op}.`);
    }
    if (typeof path === "string" && path !== "") apply(copy, op, path, value);
    else if (op !== "remove" && isRow(value)) {
      for (const [name, inner] of Object.entries(value)) apply(copy, op, name, inner);
    } else throw new ScimError(400, op === "remove" ? "noTarget" : "invalidValue", "The operation has no path.");
  }
  return copy;
}

/** Carries out one operation at `emails[type eq "work"].value` or a simpler path. */
function apply(resource: Row, op: string, path: string, value: unknown): void {
  const [, attribute = "", filter, sub] = /^([^[]+)(?:\[(.*)\](?:\.(.+))?)?$/.exec(path) ?? [];
  const names = attributePath(attribute.trim());
  const last = names.at(-1);
  if (last === undefined) {
    // A path that names only a schema sets several of its attributes.
    if (isRow(value)) { for (const [name, inner] of Object.entries(value)) apply(resource, op, name, inner); }
    return;
  }
  if (names.some((name) => !/^[a-z$]/i.test(name))) {
    throw new ScimError(400, "invalidPath", `No attribute is at ${path}.`);
  }
  if (readOnly.has(names[0]?.toLowerCase() ?? "")) {
    throw new ScimError(400, "mutability", `${names[0]} is read-only.`);
  }
  let object = resource;
  for (const name of names.slice(0, -1)) {
    const key = memberName(object, name);
    const next = objectIn(object[key]);
    object[key] = next;
    object = next;
  }
  const key = memberName(object, last);
  const old = object[key];
  if (filter !== undefined) {
    const matches = readFilter(filter);
    const list = listIn(old);
    const chosen = objectsIn(old).filter(matches);
    if (chosen.length === 0 && op === "replace") throw new ScimError(400, "noTarget", `Nothing is at ${path}.`);
    if (op === "remove" && sub === undefined) {
      object[key] = list.filter((item) => !isRow(item) || !chosen.includes(item));
    } else {
      for (const item of chosen) {
        if (sub === undefined) Object.assign(item, value);
        else if (op === "remove") delete item[memberName(item, sub)];
        else item[memberName(item, sub)] = value;
      }
    }
  } else if (op === "remove") {
    // Some identity providers name what leaves a list in `value`.
    if (Array.isArray(old) && Array.isArray(value)) object[key] = old.filter((item) => !value.some(same(item)));
    else delete object[key];
  } else if (op === "add" && (Array.isArray(old) || Array.isArray(value))) {
    const list = listIn(old);
    object[key] = [...list, ...[value].flat().filter((item) => !list.some(same(item)))];
  } else object[key] = isRow(old) && isRow(value) ? { ...old, ...value } : value;
}

/** Whether two items of a list are the same: by their `value`, where they have one. */
function same(a: unknown): (b: unknown) => boolean {
  const key = (item: unknown) => JSON.stringify(isRow(item) ? String(item.value) : item);
  return (b) => key(a) === key(b);
}
