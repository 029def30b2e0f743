/**
 * `conforms`: whether an answer fits its schema, and `withoutNullItems` for one that does not. `response.ts` checks every
 * answer with them.
 *
 * `Schema.is` gives the same result, but builds a copy of the value on the way: for a page of a hundred runs, that
 * takes longer than to parse the JSON. So the few kinds of schemas that answers have are checked here in place;
 * `Schema.is` checks all others.
 *
 * @module
 */
import * as Predicate from "effect/Predicate";
import * as Schema from "effect/Schema";
import * as SchemaAST from "effect/SchemaAST";
import { mapParts, membersOf } from "../schema.ts";

type Check = (value: unknown) => boolean;

/** The check that a schema is compiled to. */
interface Validator {
  /** The kinds of values that fit without another check, as bits of {@linkcode kindOf}: enough for most fields. */
  readonly kinds: number;
  /** Whether a value of another kind fits. */
  readonly others: Check;
}

const never: Check = () => false;
const [text, integer, fraction, boolean, nothing] = [1, 2, 4, 8, 16];

/** The kind of a value, as one bit; 0 for objects and arrays. */
function kindOf(value: unknown): number {
  switch (typeof value) {
    case "string":
      return text;
    case "number":
      return Number.isSafeInteger(value) ? integer : fraction;
    case "boolean":
      return boolean;
    default:
      return value === null ? nothing : 0;
  }
}

const validators = new WeakMap<SchemaAST.AST, Validator>();

/** Whether a value fits a schema. The schema has no transformations, as those of all answers. */
export function conforms<A>(schema: Schema.Codec<A>, value: unknown): value is A {
  return accepts(validatorOf(schema.ast), value);
}

/**
 * A copy of an answer, without the nulls in its lists where the schema has no null there. They say nothing, and one of
 * them must not make all other items unreadable.
 */
export function withoutNullItems(ast: SchemaAST.AST, value: unknown): unknown {
  const [item] = SchemaAST.isArrays(ast) ? ast.rest : [];
  const kept = item !== undefined && Array.isArray(value)
    ? value.filter((each) => each !== null || accepts(validatorOf(item), null))
    : value;
  return mapParts(ast, kept, withoutNullItems);
}

/**
 * A value without the members and items that have another type than a schema says; undefined if it does not fit without
 * them either. The value itself where all of them fit.
 */
export function partThatFits<A>(schema: Schema.Codec<A>, value: unknown): A | undefined {
  // `fit` gives only what `accepts` has accepted.
  return fit(schema.ast, value) as A | undefined;
}

function fit(ast: SchemaAST.AST, value: unknown): unknown {
  if (accepts(validatorOf(ast), value)) return value;
  if (SchemaAST.isSuspend(ast)) return fit(ast.thunk(), value);
  if (SchemaAST.isUnion(ast)) return ast.types.map((type) => fit(type, value)).find((found) => found !== undefined);
  if (SchemaAST.isArrays(ast) && Array.isArray(value)) {
    const [item] = ast.rest;
    return item && value.map((each) => fit(item, each)).filter((each) => each !== undefined);
  }
  if (!SchemaAST.isObjects(ast) || !Predicate.isObject(value)) return undefined;
  const known = membersOf(ast);
  const kept = Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const type = known.get(name);
      return [name, type === undefined ? inner : fit(type, inner)] as const;
    }).filter(([, inner]) => inner !== undefined),
  );
  return accepts(validatorOf(ast), kept) ? kept : undefined;
}

function accepts({ kinds, others }: Validator, value: unknown): boolean {
  return (kinds & kindOf(value)) !== 0 || others(value);
}

function validatorOf(ast: SchemaAST.AST): Validator {
  let validator = validators.get(ast);
  if (validator === undefined) validators.set(ast, validator = compile(ast));
  return validator;
}

function compile(ast: SchemaAST.AST): Validator {
  const withoutChecks = ast.checks === undefined ? compileWithoutChecks(ast) : undefined;
  if (withoutChecks !== undefined) return withoutChecks;
  // `Schema.Int` is the one check that many fields have.
  if (SchemaAST.isNumber(ast) && ast.checks?.length === 1 && isInt(ast)) return { kinds: integer, others: never };
  return { kinds: 0, others: Schema.is(Schema.make<Schema.Codec<unknown>>(ast)) };
}

function isInt({ checks }: SchemaAST.Number): boolean {
  const representation = checks?.[0]?.annotations?.representation;
  return typeof representation === "object" && representation !== null && "id" in representation &&
    representation.id === "effect/schema/isInt";
}

function compileWithoutChecks(ast: SchemaAST.AST): Validator | undefined {
  switch (ast._tag) {
    case "String":
      return { kinds: text, others: never };
    case "Number":
      return { kinds: integer | fraction, others: never };
    case "Boolean":
      return { kinds: boolean, others: never };
    case "Null":
      return { kinds: nothing, others: never };
    case "Unknown":
      return { kinds: 0, others: () => true };
    case "Suspend": {
      let validator: Validator | undefined;
      return { kinds: 0, others: (value) => accepts(validator ??= validatorOf(ast.thunk()), value) };
    }
    case "Union": {
      if (ast.options?.mode === "oneOf" || ast.types.length === 0) return undefined;
      const members = ast.types.map(validatorOf);
      const [other = never, ...more] = members.map(({ others }) => others).filter((others) => others !== never);
      return {
        kinds: members.reduce((all, { kinds }) => all | kinds, 0),
        others: more.length === 0 ? other : (value) => other(value) || more.some((others) => others(value)),
      };
    }
    case "Arrays": {
      const item = ast.rest[0] && validatorOf(ast.rest[0]);
      return ast.elements.length > 0 || ast.rest.length !== 1 || item === undefined
        ? undefined
        : { kinds: 0, others: (value) => Array.isArray(value) && value.every((each) => accepts(item, each)) };
    }
    case "Objects": {
      if (ast.indexSignatures.length > 0 || ast.propertySignatures.length === 0) return undefined;
      const members = ast.propertySignatures.map(({ name, type }) => ({
        name: String(name),
        validator: validatorOf(type),
        optional: SchemaAST.isOptional(type),
      }));
      const others: Check = (value) => {
        if (!Predicate.isObject(value)) return false;
        for (const { name, validator, optional } of members) {
          const inner = value[name];
          if (inner === undefined && optional && !Object.hasOwn(value, name)) continue;
          if (!accepts(validator, inner)) return false;
        }
        return true;
      };
      return { kinds: 0, others };
    }
    default:
      return undefined;
  }
}
