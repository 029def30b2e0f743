/**
 * The schemas of the Discovery API, as `graphql` executes them. `graphql_server.ts` loads this file with the first
 * query, since it takes longer than everything else that the sandbox does at its start.
 *
 * The types are those of the schema that the API published in December 2024, without its descriptions, and of what
 * clients and documentation show since then.
 *
 * @module
 */
import {
  buildASTSchema,
  type DefinitionNode,
  type FieldDefinitionNode,
  type GraphQLSchema,
  type InterfaceTypeDefinitionNode,
  Kind,
  type NamedTypeNode,
  type ObjectTypeDefinitionNode,
  parse,
  visit,
} from "graphql";
import { betaTypes } from "./discovery_beta_sdl.ts";
import { jobTypes } from "./discovery_job_sdl.ts";
import { nodeTypes } from "./discovery_nodes_sdl.ts";
import { rootTypes } from "./discovery_roots_sdl.ts";

const schemas = new Map<boolean, GraphQLSchema>();

/** The schema at `/graphql`, or at `/beta/graphql`, which has more. */
export function discoverySchema(beta: boolean): GraphQLSchema {
  let schema = schemas.get(beta);
  if (schema === undefined) {
    schemas.set(beta, schema = makeSchema([rootTypes, nodeTypes, jobTypes, beta ? betaTypes : ""]));
  }
  return schema;
}

/**
 * Makes a schema of types that leave out what is the same everywhere: the fields that a type has from its interfaces,
 * and the two types of each connection.
 */
export function makeSchema(types: ReadonlyArray<string>): GraphQLSchema {
  const document = parse(types.join("\n"), { noLocation: true });
  const named = new Map<string, DefinitionNode>();
  for (const definition of document.definitions) {
    if ("name" in definition && definition.name !== undefined) {
      const { kind, name: { value } } = definition;
      const known = named.get(value);
      // `extend type` adds its fields to the type.
      if (kind !== Kind.OBJECT_TYPE_EXTENSION) named.set(value, definition);
      else if (hasFields(known)) {
        named.set(value, { ...known, fields: [...known.fields ?? [], ...definition.fields ?? []] });
      }
    }
  }
  const fieldsOf = (type: WithFields): ReadonlyArray<FieldDefinitionNode> => {
    const own = type.fields ?? [];
    const names = new Set(own.map(({ name }) => name.value));
    const inherited = (type.interfaces ?? []).flatMap(({ name }) => {
      const from = named.get(name.value);
      return hasFields(from) ? fieldsOf(from) : [];
    });
    return [...own, ...inherited.filter(({ name: { value } }) => !names.has(value) && names.add(value))];
  };
  const complete = [...named.values()].map((type) => hasFields(type) ? { ...type, fields: fieldsOf(type) } : type);
  const definitions = [...complete, ...connectionTypes(complete, new Set(named.keys()))];
  return buildASTSchema({ kind: Kind.DOCUMENT, definitions }, { assumeValidSDL: true });
}

type WithFields = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

function hasFields(definition: DefinitionNode | undefined): definition is WithFields {
  return definition?.kind === Kind.OBJECT_TYPE_DEFINITION || definition?.kind === Kind.INTERFACE_TYPE_DEFINITION;
}

/** The types of the connections that fields return, and that nothing defines. */
function connectionTypes(
  definitions: ReadonlyArray<DefinitionNode>,
  known: ReadonlySet<string>,
): ReadonlyArray<DefinitionNode> {
  const nodes = new Set<string>();
  const collect = ({ name: { value } }: NamedTypeNode) => {
    if (value.endsWith("Connection") && !known.has(value)) nodes.add(value.slice(0, -"Connection".length));
  };
  for (const definition of definitions) visit(definition, { NamedType: (type) => void collect(type) });
  const types = [...nodes].map((node) =>
    `type ${node}Connection { edges: [${node}Edge!]! pageInfo: PageInfo! totalCount: Int! }
     type ${node}Edge { cursor: String! node: ${node}! }`
  );
  return types.length === 0 ? [] : parse(types.join("\n"), { noLocation: true }).definitions;
}
