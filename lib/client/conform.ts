/**
 * Whether an answer is what its schema says, without making a copy of it.
 *
 * `Schema.is` says the same, and builds what it checks anew on the way: on a page of a hundred runs that takes longer
 * than reading its JSON. The shapes that answers have are few, so that they are checked here where all is known, and
 * left to `Schema.is` where it is not.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import * as SchemaAST from "effect/SchemaAST";

type Check = (value: unknown) => boolean;

const checks = new WeakMap<SchemaAST.AST, Check>();

/** Whether a value is what a schema without transformations says. */
export function conforms<A>(schema: Schema.Codec<A>, value: unknown): value is A {
  return checkOf(schema.ast)(value);
}

function checkOf(ast: SchemaAST.AST): Check {
  let check = checks.get(ast);
  if (check === undefined) checks.set(ast, check = compile(ast));
  return check;
}

function compile(ast: SchemaAST.AST): Check {
  const plain = ast.checks === undefined ? compilePlain(ast) : undefined;
  if (plain !== undefined) return plain;
  // An integer is the one check that answers have in number.
  if (SchemaAST.isNumber(ast) && ast.checks?.length === 1 && isInt(ast)) return Number.isSafeInteger;
  return Schema.is(Schema.make<Schema.Codec<unknown>>(ast));
}

function isInt({ checks }: SchemaAST.Number): boolean {
  const representation = checks?.[0]?.annotations?.representation;
  return typeof representation === "object" && representation !== null && "id" in representation &&
    representation.id === "effect/schema/isInt";
}

function compilePlain(ast: SchemaAST.AST): Check | undefined {
  switch (ast._tag) {
    case "String":
      return (value) => typeof value === "string";
    case "Number":
      return (value) => typeof value === "number";
    case "Boolean":
      return (value) => typeof value === "boolean";
    case "Null":
      return (value) => value === null;
    case "Unknown":
      return () => true;
    case "Suspend": {
      let check: Check | undefined;
      return (value) => (check ??= checkOf(ast.thunk()))(value);
    }
    case "Union": {
      const members = ast.types.map(checkOf);
      const [first, second] = members;
      if (ast.options?.mode === "oneOf" || first === undefined || second === undefined) return undefined;
      return members.length === 2
        ? (value) => first(value) || second(value)
        : (value) => members.some((member) => member(value));
    }
    case "Arrays": {
      const item = ast.rest[0] && checkOf(ast.rest[0]);
      return ast.elements.length > 0 || ast.rest.length !== 1 || item === undefined
        ? undefined
        : (value) => Array.isArray(value) && value.every(item);
    }
    case "Objects": {
      if (ast.indexSignatures.length > 0 || ast.propertySignatures.length === 0) return undefined;
      const members = ast.propertySignatures.map(({ name, type }) => ({
        name: String(name),
        check: checkOf(type),
        optional: SchemaAST.isOptional(type),
      }));
      return (value) => {
        if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
        // Read by the names of the schema; what is read is checked next.
        const record = value as Readonly<Record<string, unknown>>;
        for (const { name, check, optional } of members) {
          const inner = record[name];
          if (inner === undefined && optional && !Object.hasOwn(record, name)) continue;
          if (!check(inner)) return false;
        }
        return true;
      };
    }
    default:
      return undefined;
  }
}
