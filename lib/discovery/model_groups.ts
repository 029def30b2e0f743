/**
 * The queries of the group `model-groups`: groups of models in dbt, each with an owner. Groups of users are in `groups`.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { type Connection, connection, type Limited, limited } from "../graphql/connection.ts";
import { type Query, query } from "../graphql/query.ts";
import { field, nullable, optional, struct } from "../schema.ts";
import {
  DefinedNeighbour,
  environmentVariables,
  type InEnvironment,
  inEnvironment,
  json,
  nodeVariables,
  type OneNode,
  oneNode,
} from "./nodes.ts";

/** A group of models, and who owns it. */
export interface ModelGroup {
  /** dbt's id: `model.jaffle_shop.customers`. */
  readonly uniqueId: string;
  /** Its name. */
  readonly name?: string | null;
  /** Its description. */
  readonly description?: string | null;
  /** Its type, such as `model`. */
  readonly resourceType?: string | null;
  /** The file that defines it. */
  readonly filePath?: string | null;
  /** Its tags. */
  readonly tags?: ReadonlyArray<string> | null;
  /** Its `meta`. */
  readonly meta?: { readonly [name: string]: unknown } | null;
  /** The package that it is from. */
  readonly packageName?: string | null;
  /** The name of its owner. */
  readonly ownerName?: string | null;
  /** The e-mail address of its owner. */
  readonly ownerEmail?: string | null;
  /** How many models it owns. */
  readonly modelCount?: number | null;
}

const modelGroupMembers = {
  uniqueId: Schema.String,
  name: nullable(Schema.String),
  description: nullable(Schema.String),
  resourceType: nullable(Schema.String),
  filePath: nullable(Schema.String),
  tags: nullable(Schema.Array(Schema.String)),
  meta: nullable(json),
  packageName: nullable(Schema.String),
  ownerName: nullable(Schema.String),
  ownerEmail: nullable(Schema.String),
  modelCount: nullable(Schema.Number),
};

/** The schema of {@linkcode ModelGroup}. */
export const ModelGroup: Schema.Codec<ModelGroup> = struct(modelGroupMembers, {
  columns: ["name", "ownerName", "ownerEmail", "modelCount"],
});

/** A group with its models. */
export interface ModelGroupDetails extends ModelGroup {
  /** Its models. */
  readonly models?: ReadonlyArray<DefinedNeighbour> | null;
}

/** The schema of {@linkcode ModelGroupDetails}. */
export const ModelGroupDetails: Schema.Codec<ModelGroupDetails> = struct({
  ...modelGroupMembers,
  models: nullable(Schema.Array(DefinedNeighbour)),
});

/** Which groups to list. */
export interface ListModelGroups extends InEnvironment, Limited {
  /** Groups with these ids. */
  readonly uniqueIds?: ReadonlyArray<string>;
}

/** List the groups of models of an environment. */
export const list: Connection<ListModelGroups, ModelGroup> = connection("modelGroups.list", {
  summary: "List the groups of models of an environment",
  request: {
    ...inEnvironment,
    ...limited,
    uniqueIds: optional(field(Schema.Array(Schema.String), "Only groups with this id")),
  },
  at: ["environment(id: $environment_id)", "definition", "groups(filter: $filter, first: $first, after: $after)"],
  variables: { ...environmentVariables, filter: "GroupFilter" },
  row: ModelGroup,
  paging: "relay",
  most: 500,
});

/** Get a group of models with its models. */
export const get: Query<OneNode, ModelGroupDetails> = query("modelGroups.get", {
  summary: "Get a group of models with its models",
  request: oneNode,
  at: [
    "environment(id: $environment_id)",
    "definition",
    "groups(filter: {uniqueIds: [$uniqueId]}, first: 1)",
    "edges",
    "node",
  ],
  variables: nodeVariables,
  answer: ModelGroupDetails,
});
