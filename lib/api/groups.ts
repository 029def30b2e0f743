/**
 * The endpoints of the group `groups`: groups of users, and their permissions.
 *
 * `lib/groups/groups.ts` adds the workflows of the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, type Page, page } from "../endpoint.ts";
import { field, type Fields, jsonList, type Members, named, nullable, optional, struct } from "../schema.ts";
import {
  type InAccount,
  inAccount,
  type InProject,
  inProject,
  type Ordered,
  ordered,
  type Related,
  related,
  State,
  state,
  type StateFilter,
} from "../shared_fields.ts";
import { GroupPermission } from "./projects.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** The permission sets that a permission can grant. */
export const PermissionSet = {
  account_admin: "account_admin",
  account_viewer: "account_viewer",
  admin: "admin",
  analyst: "analyst",
  analyst_read: "analyst_read",
  billing_admin: "billing_admin",
  cost_insights_admin: "cost_insights_admin",
  cost_insights_viewer: "cost_insights_viewer",
  cost_management_admin: "cost_management_admin",
  cost_management_viewer: "cost_management_viewer",
  database_admin: "database_admin",
  developer: "developer",
  fusion_admin: "fusion_admin",
  git_admin: "git_admin",
  job_admin: "job_admin",
  job_creator: "job_creator",
  job_runner: "job_runner",
  job_viewer: "job_viewer",
  manage_marketplace_apps: "manage_marketplace_apps",
  member: "member",
  metadata_only: "metadata_only",
  notification_manager: "notification_manager",
  owner: "owner",
  project_creator: "project_creator",
  readonly: "readonly",
  scim_only: "scim_only",
  security_admin: "security_admin",
  semantic_layer_only: "semantic_layer_only",
  stakeholder: "stakeholder",
  team_admin: "team_admin",
  webhooks_only: "webhooks_only",
} as const;

/** The environments that a permission allows to change. Source: the Terraform provider. */
export const EnvironmentCategory = {
  all: "all",
  development: "development",
  staging: "staging",
  production: "production",
  other: "other",
} as const;

// ---- models ---------------------------------------------------------------------------------------------------------

/** The fields of a group that requests can set. */
export interface GroupOptions {
  /** The group's name. */
  readonly name?: string | null;
  /** Whether new users join the group. */
  readonly assign_by_default?: boolean | null;
  /** SSO groups at the identity provider whose users join the group. */
  readonly sso_mapping_groups?: ReadonlyArray<string> | null;
  /** State of the group: 1 active, 2 deleted. */
  readonly state?: number | null;
}

const groupOptions: Members<GroupOptions> = {
  name: nullable(field(Schema.String, "Name of the group")),
  assign_by_default: nullable(field(Schema.Boolean, "Whether new users join the group")),
  sso_mapping_groups: nullable(
    field(Schema.Array(Schema.String), "SSO groups at the identity provider whose users join the group"),
  ),
  state: nullable(field(named(Schema.Int, State), "State of the group")),
};

/** A group of users. */
export interface Group extends GroupOptions {
  /** The group's id. */
  readonly id: number;
  /** The account's id. */
  readonly account_id?: number | null;
  /** The permissions of its users. */
  readonly group_permissions?: ReadonlyArray<GroupPermission> | null;
  /** How many users are in it. */
  readonly member_count?: number | null;
  /** Whether the identity provider manages the group through SCIM. */
  readonly scim_managed?: boolean | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
}

/** Reads a {@linkcode Group}. */
export const Group: Schema.Codec<Group> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  ...groupOptions,
  group_permissions: nullable(Schema.Array(GroupPermission)),
  member_count: nullable(Schema.Int),
  scim_managed: nullable(Schema.Boolean),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, {
  columns: ["id", "name", "member_count", "assign_by_default", "sso_mapping_groups", "scim_managed", "created_at"],
});

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** Fields of every request about one group. */
export interface OfGroup extends InAccount {
  /** The group's id. */
  readonly group_id: number;
}

const ofGroup: Fields<OfGroup> = { ...inAccount, group_id: field(Schema.Int, "Group id") };

/** Related objects that requests for groups can include. */
export type GroupRelated = Related<"group_permissions">;

const groupRelated: Schema.Codec<GroupRelated, string> = related("group_permissions");

/** The request of {@linkcode list}. */
export interface List extends InAccount, Ordered {
  /** Only the groups with this name. */
  readonly name?: string;
  /** Only the groups whose name contains this text, ignoring case. */
  readonly name__icontains?: string;
  /** Only the group with this id. */
  readonly pk?: number;
  /** Only the groups with these ids. */
  readonly pk__in?: ReadonlyArray<number>;
  /** State of the groups: active, deleted or all (default: active). */
  readonly state?: StateFilter;
  /** Related objects to include in each group. */
  readonly include_related?: GroupRelated;
}

/** List the groups of an account. */
export const list: Endpoint<List, Page<Group>> = endpoint("groups.list", {
  route: "GET /api/v3/accounts/:account_id/groups/",
  summary: "List the groups of an account",
  request: {
    ...inAccount,
    name: optional(field(Schema.String, "Only the groups with this name")),
    name__icontains: optional(field(Schema.String, "Only the groups whose name contains this text, ignoring case")),
    pk: optional(field(Schema.Int, "Only the group with this id")),
    pk__in: optional(field(jsonList(Schema.Int), "Only the groups with these ids")),
    state: optional(state),
    include_related: optional(groupRelated),
    ...ordered,
  },
  success: page(Group),
  dbtc: "list_groups",
});

/** The request of {@linkcode create}. */
export interface Create extends InAccount, GroupOptions {
  /** The group's name. */
  readonly name: string;
}

const createRequest: Fields<Create> = {
  ...inAccount,
  ...groupOptions,
  name: field(Schema.String, "Name of the group"),
};

/** Create a group. */
export const create: Endpoint<Create, Group> = endpoint("groups.create", {
  route: "POST /api/v3/accounts/:account_id/groups/",
  summary: "Create a group",
  request: createRequest,
  repeats: { account_id: "account_id" },
  success: data(Group),
  dbtc: ["create_user_group", "create_group"],
});

/** The request of {@linkcode get}. */
export interface Get extends OfGroup {
  /** Related objects to include in the group. */
  readonly include_related?: GroupRelated;
}

/** Get a group. */
export const get: Endpoint<Get, Group> = endpoint("groups.get", {
  route: "GET /api/v3/accounts/:account_id/groups/:group_id/",
  summary: "Get a group",
  request: { ...ofGroup, include_related: optional(groupRelated) },
  success: data(Group),
  dbtc: "get_group",
});

/** The request of {@linkcode update}. */
export interface Update extends OfGroup, Create {}

/** Update a group. Fields that are left out are reset. */
export const update: Endpoint<Update, Group> = endpoint("groups.update", {
  route: "POST /api/v3/accounts/:account_id/groups/:group_id/",
  summary: "Update a group",
  request: { ...ofGroup, ...createRequest },
  repeats: { account_id: "account_id", id: "group_id" },
  replaces: true,
  success: data(Group),
  dbtc: "update_group",
});

/** A permission to grant to a group. */
export interface Grant {
  /** The account's id. */
  readonly account_id: number;
  /** The group's id. */
  readonly group_id: number;
  /** The permission set: see {@linkcode PermissionSet}. */
  readonly permission_set: string;
  /** Whether it applies to all projects. */
  readonly all_projects: boolean;
  /** The project's id, if it applies to one project. */
  readonly project_id?: number | null;
  /** The environments that it allows to change: see {@linkcode EnvironmentCategory}. */
  readonly writable_environment_categories?: ReadonlyArray<string> | null;
  /** The permission level, as a number. */
  readonly permission_level?: number | null;
  /** State of the permission: 1 active, 2 deleted. */
  readonly state?: number | null;
}

const grant: Schema.Codec<Grant> = struct({
  account_id: Schema.Int,
  group_id: Schema.Int,
  permission_set: named(Schema.String, PermissionSet),
  all_projects: Schema.Boolean,
  project_id: nullable(Schema.Int),
  writable_environment_categories: nullable(Schema.Array(named(Schema.String, EnvironmentCategory))),
  permission_level: nullable(Schema.Int),
  state: nullable(named(Schema.Int, State)),
});

/** The request of {@linkcode assignPermissions}. */
export interface AssignPermissions extends OfGroup {
  /** All permissions of the group. */
  readonly permissions: ReadonlyArray<Grant>;
}

const permissions = field(Schema.Array(grant), "All permissions of the group");

/** Replace the permissions of a group. */
export const assignPermissions: Endpoint<AssignPermissions, Page<GroupPermission>> = endpoint(
  "groups.assignPermissions",
  {
    route: "POST /api/v3/accounts/:account_id/group-permissions/:group_id/",
    summary: "Replace the permissions of a group",
    request: { ...ofGroup, permissions },
    payload: "permissions",
    success: page(GroupPermission),
    dbtc: "assign_group_permissions",
  },
);

/** The request of {@linkcode assignProjectPermissions}. */
export interface AssignProjectPermissions extends InProject {
  /** All permissions of groups in the project. */
  readonly permissions: ReadonlyArray<Grant>;
}

/** Replace the permissions of groups in a project. */
export const assignProjectPermissions: Endpoint<AssignProjectPermissions, unknown> = endpoint(
  "groups.assignProjectPermissions",
  {
    route: "POST /api/v3/accounts/:account_id/projects/:project_id/group-permissions/",
    summary: "Replace the permissions of groups in a project",
    request: {
      ...inProject,
      permissions: field(Schema.Array(grant), "All permissions of groups in the project"),
    },
    payload: "permissions",
    success: data(Schema.Unknown),
    dbtc: "assign_project_group_permissions",
    undocumented: "Published until 2025-06-04; Python dbtc sends it without a body",
  },
);

/** The request of {@linkcode assign}. */
export interface Assign extends InAccount {
  /** The user's id. */
  readonly user_id: number;
  /** The ids of all groups of the user. */
  readonly desired_group_ids: ReadonlyArray<number>;
}

/** Set the groups of a user. The user leaves all other groups. */
export const assign: Endpoint<Assign, Page<Group>> = endpoint("groups.assign", {
  route: "POST /api/v3/accounts/:account_id/assign-groups/",
  summary: "Set the groups of a user",
  request: {
    ...inAccount,
    user_id: field(Schema.Int, "User id"),
    desired_group_ids: field(Schema.Array(Schema.Int), "Ids of all groups of the user"),
  },
  success: page(Group),
  dbtc: "assign_user_to_group",
});
