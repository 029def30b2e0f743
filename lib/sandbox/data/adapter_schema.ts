/**
 * The answer of `adapters.getSchema`: the fields that a warehouse's connection and credentials need. Their types and
 * descriptions are those of the endpoints that create connections and credentials.
 *
 * @module
 */
import * as SchemaAST from "effect/SchemaAST";
import { fieldOf } from "../../request.ts";
import { isSecret, membersOf } from "../../schema.ts";
import type { Row } from "../protocol/response_format.ts";
import { requiredConfig } from "./connection_config.ts";
import { credentialFields } from "./row_rules.ts";
import { routes } from "../protocol/routes.ts";

/** The members of an object whose schema may also allow null. */
function objectIn(ast: SchemaAST.AST): ReadonlyMap<string, SchemaAST.AST> {
  return SchemaAST.isUnion(ast) ? ast.types.map(objectIn).find(({ size }) => size > 0) ?? new Map() : membersOf(ast);
}

const connection = routes.find(({ call }) => call.name === "connections.create")?.call;
const credentials = routes.find(({ call }) => call.name === "credentials.create")?.call;
const config = objectIn((connection && fieldOf(connection, "config"))?.ast ?? SchemaAST.unknown);

function typeOf(ast: SchemaAST.AST): string {
  if (SchemaAST.isUnion(ast)) return ast.types.filter((type) => !SchemaAST.isNull(type)).map(typeOf)[0] ?? "text";
  return SchemaAST.isNumber(ast) ? "number" : SchemaAST.isBoolean(ast) ? "boolean" : "text";
}

function secretIn(ast: SchemaAST.AST): boolean {
  return SchemaAST.isUnion(ast) ? ast.types.some(secretIn) : isSecret(ast);
}

function fieldGroup(names: ReadonlyArray<string>, schemaOf: (name: string) => SchemaAST.AST | undefined): Row {
  const fields = names.map((name) => {
    const ast = schemaOf(name) ?? SchemaAST.unknown;
    const metadata = {
      label: name.replaceAll("_", " "),
      description: String(ast.annotations?.description ?? ""),
      field_type: typeOf(ast),
      encrypt: secretIn(ast),
      validation: { required: true },
    };
    return [name, { metadata, value: null }];
  });
  return {
    fields: Object.fromEntries(fields),
    field_order: names,
    field_groups: [{ name: "Settings", members: names }],
  };
}

/** The required fields of an adapter; undefined for an unknown one. */
export function adapterSchema(version: string): Row | undefined {
  const names = requiredConfig(version);
  if (names === undefined) return undefined;
  const kind = version.replace(/_v\d+$/, "");
  const credentialNames = credentialFields[version === "bigquery_v1" ? "adapter" : kind] ?? [];
  return {
    adapter: {
      metadata: { title: kind, docs_link: `https://docs.getdbt.com/docs/cloud/connect-data-platform/connect-${kind}` },
      connection: fieldGroup(names, (name) => config.get(name)),
      credential: fieldGroup(credentialNames, (name) => credentials && fieldOf(credentials, name)?.ast),
    },
  };
}
