/**
 * The queries of the group `macros`: macros of the project and of its packages.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { type Connection, connection, type Limited, limited } from "../graphql/connection.ts";
import { type Query, query } from "../graphql/query.ts";
import { onlyByName } from "../graphql/selection.ts";
import { field, nullable, optional, struct } from "../schema.ts";
import {
  environmentVariables,
  type InEnvironment,
  inEnvironment,
  listAt,
  nodeVariables,
  type OneNode,
  oneNode,
  oneNodeAt,
} from "./node_requests.ts";
import { type PackageResource, packageResourceMembers } from "./resources.ts";

/** An argument of a macro. */
export interface MacroArgument {
  /** Its name. */
  readonly name?: string | null;
  /** Its type. */
  readonly type?: string | null;
  /** Its description. */
  readonly description?: string | null;
}

/** The schema of {@linkcode MacroArgument}. */
export const MacroArgument: Schema.Codec<MacroArgument> = struct({
  name: nullable(Schema.String),
  type: nullable(Schema.String),
  description: nullable(Schema.String),
});

/** A macro of an environment. */
export interface Macro extends PackageResource {
  /** Its arguments. */
  readonly arguments?: ReadonlyArray<MacroArgument> | null;
  /** Its code. */
  readonly macroSql?: string | null;
  /** When the run that defined it wrote its results, in ISO 8601. */
  readonly runGeneratedAt?: string | null;
}

const macroMembers = {
  ...packageResourceMembers,
  arguments: nullable(Schema.Array(MacroArgument)),
  macroSql: nullable(onlyByName(Schema.String)),
  runGeneratedAt: nullable(Schema.String),
};

/** The schema of {@linkcode Macro}. */
export const Macro: Schema.Codec<Macro> = struct(macroMembers, {
  columns: ["name", "packageName", "filePath", "description"],
});

/** A macro with its code. */
export interface MacroDetails extends Macro {
  /** Its code. */
  readonly macroSql?: string | null;
}

/** The schema of {@linkcode MacroDetails}. */
export const MacroDetails: Schema.Codec<MacroDetails> = struct({
  ...macroMembers,
  macroSql: nullable(Schema.String),
});

/** Which macros to list. */
export interface ListMacros extends InEnvironment, Limited {
  /** Macros with these ids. */
  readonly uniqueIds?: ReadonlyArray<string>;
  /** Macros of this package. */
  readonly packageName?: string;
}

/** List the macros of an environment. */
export const list: Connection<ListMacros, Macro> = connection("macros.list", {
  summary: "List the macros of an environment",
  request: {
    ...inEnvironment,
    ...limited,
    uniqueIds: optional(field(Schema.Array(Schema.String), "Only macros with this id")),
    packageName: optional(field(Schema.String, "Only macros of this package")),
  },
  at: listAt("macros", "definition"),
  variables: { ...environmentVariables, filter: "MacroDefinitionFilter" },
  row: Macro,
  paging: "relay",
  most: 500,
});

/** Get a macro of an environment. */
export const get: Query<OneNode, MacroDetails> = query("macros.get", {
  summary: "Get a macro of an environment",
  request: oneNode,
  at: oneNodeAt("macros", "definition"),
  variables: nodeVariables,
  answer: MacroDetails,
});
