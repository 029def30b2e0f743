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

/** What a schema takes. */
interface Shape {
  /** The {@linkcode kindOf} the values that it takes whatever they are: most fields need no more. */
  readonly kinds: number;
  /** Whether it takes a value of another kind. */
  readonly others: Check;
}

const none: Check = () => false;
const [text, integer, fraction, truth, nothing] = [1, 2, 4, 8, 16];

/** The bit of a value's kind: 0 where more than its kind matters. */
function kindOf(value: unknown): number {
  switch (typeof value) {
    case "string":
      return text;
    case "number":
      return Number.isSafeInteger(value) ? integer : fraction;
    case "boolean":
      return truth;
    default:
      return value === null ? nothing : 0;
  }
}

const shapes = new WeakMap<SchemaAST.AST, Shape>();

/** Whether a value is what a schema without transformations says. */
export function conforms<A>(schema: Schema.Codec<A>, value: unknown): value is A {
  return takes(shapeOf(schema.ast), value);
}

function takes({ kinds, others }: Shape, value: unknown): boolean {
  return (kinds & kindOf(value)) !== 0 || others(value);
}

function shapeOf(ast: SchemaAST.AST): Shape {
  let shape = shapes.get(ast);
  if (shape === undefined) shapes.set(ast, shape = compile(ast));
  return shape;
}

function compile(ast: SchemaAST.AST): Shape {
  const plain = ast.checks === undefined ? compilePlain(ast) : undefined;
  if (plain !== undefined) return plain;
  // An integer is the one check that answers have in number.
  if (SchemaAST.isNumber(ast) && ast.checks?.length === 1 && isInt(ast)) return { kinds: integer, others: none };
  return { kinds: 0, others: Schema.is(Schema.make<Schema.Codec<unknown>>(ast)) };
}

function isInt({ checks }: SchemaAST.Number): boolean {
  const representation = checks?.[0]?.annotations?.representation;
  return typeof representation === "object" && representation !== null && "id" in representation &&
    representation.id === "effect/schema/isInt";
}

function compilePlain(ast: SchemaAST.AST): Shape | undefined {
  switch (ast._tag) {
    case "String":
      return { kinds: text, others: none };
    case "Number":
      return { kinds: integer | fraction, others: none };
    case "Boolean":
      return { kinds: truth, others: none };
    case "Null":
      return { kinds: nothing, others: none };
    case "Unknown":
      return { kinds: 0, others: () => true };
    case "Suspend": {
      let shape: Shape | undefined;
      return { kinds: 0, others: (value) => takes(shape ??= shapeOf(ast.thunk()), value) };
    }
    case "Union": {
      if (ast.options?.mode === "oneOf" || ast.types.length === 0) return undefined;
      const members = ast.types.map(shapeOf);
      const [other = none, ...more] = members.map(({ others }) => others).filter((others) => others !== none);
      return {
        kinds: members.reduce((all, { kinds }) => all | kinds, 0),
        others: more.length === 0 ? other : (value) => other(value) || more.some((others) => others(value)),
      };
    }
    case "Arrays": {
      const item = ast.rest[0] && shapeOf(ast.rest[0]);
      return ast.elements.length > 0 || ast.rest.length !== 1 || item === undefined
        ? undefined
        : { kinds: 0, others: (value) => Array.isArray(value) && value.every((each) => takes(item, each)) };
    }
    case "Objects": {
      if (ast.indexSignatures.length > 0 || ast.propertySignatures.length === 0) return undefined;
      const members = ast.propertySignatures.map(({ name, type }) => ({
        name: String(name),
        shape: shapeOf(type),
        optional: SchemaAST.isOptional(type),
      }));
      const others: Check = (value) => {
        if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
        // Read by the names of the schema; what is read is checked next.
        const record = value as Readonly<Record<string, unknown>>;
        for (const { name, shape, optional } of members) {
          const inner = record[name];
          if (inner === undefined && optional && !Object.hasOwn(record, name)) continue;
          if (!takes(shape, inner)) return false;
        }
        return true;
      };
      return { kinds: 0, others };
    }
    default:
      return undefined;
  }
}
