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
  environmentVariables,
  type InEnvironment,
  inEnvironment,
  listAt,
  nodeVariables,
  type OneNode,
  oneNode,
  oneNodeAt,
} from "./node_requests.ts";
import { DefinedNeighbour } from "./nodes.ts";
import { type PackageResource, packageResourceMembers } from "./resources.ts";

/** A group of models, and who owns it. */
export interface ModelGroup extends PackageResource {
  /** The name of its owner. */
  readonly ownerName?: string | null;
  /** The e-mail address of its owner. */
  readonly ownerEmail?: string | null;
  /** How many models it owns. */
  readonly modelCount?: number | null;
}

const modelGroupMembers = {
  ...packageResourceMembers,
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
  at: listAt("groups", "definition"),
  variables: { ...environmentVariables, filter: "GroupFilter" },
  row: ModelGroup,
  paging: "relay",
  most: 500,
});

/** Get a group of models with its models. */
export const get: Query<OneNode, ModelGroupDetails> = query("modelGroups.get", {
  summary: "Get a group of models with its models",
  request: oneNode,
  at: oneNodeAt("groups", "definition"),
  variables: nodeVariables,
  answer: ModelGroupDetails,
});
