/**
 * Values of a file in the form that the schema of a field has: texts, numbers and booleans in the spellings that
 * dbt-jobs-as-code takes, and with the line of each.
 *
 * @module
 */
import * as Predicate from "effect/Predicate";
import * as SchemaAST from "effect/SchemaAST";
import { membersOf } from "../schema.ts";
import { described, type Located } from "./located_yaml.ts";
import { didYouMean, type Place, type Problems } from "./problems.ts";

/** Ids that a file may give as a name or an identifier. */
const references = new Set([
  "project_id",
  "environment_id",
  "deferring_environment_id",
  "deferring_job_definition_id",
  "job_completion_trigger_condition.condition.job_id",
  "job_completion_trigger_condition.condition.project_id",
]);

/** A value, if it is an object. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return Predicate.isObject(value) ? value : undefined;
}

/** Whether a value is null. */
export function isNull(located: Located): boolean {
  return located.kind === "scalar" && located.value === null;
}

/** The words that dbt-jobs-as-code takes for booleans, in any case. */
const booleans = new Map([
  ...["true", "yes", "on", "y", "t", "1"].map((word) => [word, true] as const),
  ...["false", "no", "off", "n", "f", "0"].map((word) => [word, false] as const),
]);

/** A boolean, in any of the spellings that dbt-jobs-as-code takes. */
export function readBoolean(located: Located, path: string, problems: Problems): boolean | undefined {
  const value = located.kind === "scalar" ? booleans.get(located.text.toLowerCase()) : undefined;
  if (value === undefined) {
    problems.refuse(located, `${path}: expected true or false, and this is ${described(located)}`);
  }
  return value;
}

/** A whole number. */
export function readInt(located: Located, path: string, problems: Problems, what = "a number"): number | undefined {
  const text = located.kind === "scalar" ? located.text.trim() : "";
  // As a file has it, 010 is ten.
  const value = /^[-+]?\d[\d_]*$/.test(text) ? Number(text.replaceAll("_", "")) : NaN;
  if (Number.isSafeInteger(value)) return value;
  problems.refuse(located, `${path}: expected ${what}, and this is ${described(located)}`);
  return undefined;
}

/** A value in the form that a field's schema has. Undefined if it is wrong. */
export function coerce(
  ast: SchemaAST.AST,
  located: Located,
  path: string,
  places: Map<string, Place>,
  problems: Problems,
): unknown {
  if (isNull(located)) return null;
  const inner = withoutNull(ast);
  if (SchemaAST.isObjects(inner)) {
    if (located.kind !== "map") {
      problems.refuse(located, `${path}: expected a map, and this is ${described(located)}`);
      return undefined;
    }
    const types = membersOf(inner);
    const members: Record<string, unknown> = {};
    for (const [name, { at, value }] of located.entries) {
      places.set(`${path}.${name}`, at);
      const type = types.get(name);
      if (type === undefined) {
        problems.warn(at, `unknown key ${path}.${name}, which is not sent${didYouMean(name, types.keys())}`);
        continue;
      }
      const member = coerce(type, value, `${path}.${name}`, places, problems);
      if (member !== undefined) members[name] = member;
    }
    return members;
  }
  if (SchemaAST.isArrays(inner)) {
    const item = inner.rest[0];
    if (located.kind !== "list" || item === undefined) {
      problems.refuse(located, `${path}: expected a list, and this is ${described(located)}`);
      return undefined;
    }
    return located.items.flatMap((value) => {
      if (isNull(value)) problems.refuse(value, `${path}: an item is empty`);
      return coerce(item, value, path, places, problems) ?? [];
    });
  }
  if (SchemaAST.isBoolean(inner)) return readBoolean(located, path, problems);
  if (SchemaAST.isNumber(inner)) {
    if (!references.has(path)) return readInt(located, path, problems);
    if (located.kind === "scalar" && !/^[-+]?\d[\d_]*$/.test(located.text.trim())) return located.text;
    return readInt(located, path, problems, "an id or a name");
  }
  if (located.kind === "scalar" && typeof located.value === "string") return located.value;
  const hint = located.kind === "scalar" ? `: put it in quotes, "${located.text}"` : "";
  problems.refuse(
    located,
    `${path}: expected a text, and this is ${located.kind === "scalar" ? located.text : described(located)}${hint}`,
  );
  return undefined;
}

/** The type beside null. */
function withoutNull(ast: SchemaAST.AST): SchemaAST.AST {
  if (!SchemaAST.isUnion(ast)) return ast;
  return ast.types.find((type) => !SchemaAST.isNull(type) && !SchemaAST.isUndefined(type)) ?? ast;
}
