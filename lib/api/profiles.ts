/**
 * The endpoints of the group `profiles`: profiles, which hold connection, credentials and extended attributes for
 * environments to share.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, maybe, type Page, page } from "../endpoint.ts";
import { field, type Fields, jsonList, type Members, nullable, optional, struct } from "../schema.ts";
import { type InProject, inProject, type Paging, paging, type Related, related } from "../shared_fields.ts";

// ---- models ---------------------------------------------------------------------------------------------------------

/** What one can set about a profile. */
export interface ProfileOptions {
  /** Its name, unique in the project: letters, digits, dashes and underscores, a letter first. */
  readonly key?: string | null;
  /** The connection to the warehouse. */
  readonly connection_id?: number | null;
  /** The credentials for the warehouse. */
  readonly credentials_id?: number | null;
  /** The extended attributes; null for none. */
  readonly extended_attributes_id?: number | null;
}

const options: Members<ProfileOptions> = {
  key: nullable(field(Schema.String, "Its name, unique in the project")),
  connection_id: nullable(field(Schema.Int, "The connection to the warehouse")),
  credentials_id: nullable(field(Schema.Int, "The credentials for the warehouse")),
  extended_attributes_id: nullable(field(Schema.Int, "The extended attributes; null for none")),
};

/** An environment that uses a profile. */
export interface ProfileBinding {
  /** The environment's id. */
  readonly id?: number | null;
  /** The environment's name. */
  readonly name?: string | null;
  /** What the environment is for: `development`, `deployment`. */
  readonly type?: string | null;
  /** What a deployment environment is for: `production`, `staging`. */
  readonly deployment_type?: string | null;
}

const binding: Schema.Codec<ProfileBinding> = struct({
  id: nullable(Schema.Int),
  name: nullable(Schema.String),
  type: nullable(Schema.String),
  deployment_type: nullable(Schema.String),
});

/** A profile. */
export interface Profile extends ProfileOptions {
  /** The profile's id. */
  readonly id: number;
  /** The account. */
  readonly account_id?: number | null;
  /** The project. */
  readonly project_id?: number | null;
  /** The environments whose primary profile it is. */
  readonly primary_bindings?: ReadonlyArray<ProfileBinding> | null;
  /** The environments whose catalog it reads. */
  readonly catalog_bindings?: ReadonlyArray<ProfileBinding> | null;
}

/** Reads a {@linkcode Profile}. */
export const Profile: Schema.Codec<Profile> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  project_id: nullable(Schema.Int),
  ...options,
  primary_bindings: nullable(Schema.Array(binding)),
  catalog_bindings: nullable(Schema.Array(binding)),
}, { columns: ["id", "key", "project_id", "connection_id", "credentials_id", "extended_attributes_id"] });

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** What every request about one profile has. */
export interface OfProfile extends InProject {
  /** The profile. */
  readonly profile_id: number;
}

const ofProfile: Fields<OfProfile> = { ...inProject, profile_id: field(Schema.Int, "The profile") };

/** What {@linkcode list} asks for. */
export interface List extends InProject, Paging {
  /** Only the profiles whose key contains this, in any case. */
  readonly key?: string;
  /** Only the profiles with this connection. */
  readonly connection_id?: number;
  /** Only the profiles with these ids. */
  readonly profile_ids?: ReadonlyArray<number>;
  /** Related things to include in each profile. */
  readonly include_related?: Related;
}

/** List the profiles of a project. */
export const list: Endpoint<List, Page<Profile>> = endpoint("profiles.list", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/profiles/",
  summary: "List the profiles of a project",
  request: {
    ...inProject,
    key: optional(field(Schema.String, "Only the profiles whose key contains this, in any case")),
    connection_id: optional(field(Schema.Int, "Only the profiles with this connection")),
    profile_ids: optional(field(jsonList(Schema.Int), "Only the profiles with these ids")),
    include_related: optional(related()),
    ...paging,
  },
  success: page(Profile),
});

/** What {@linkcode create} asks for. */
export interface Create extends InProject, ProfileOptions {
  /** Its name, unique in the project: letters, digits, dashes and underscores, a letter first. */
  readonly key: string;
  /** The connection to the warehouse. */
  readonly connection_id: number;
  /** The credentials for the warehouse. */
  readonly credentials_id: number;
}

/** Create a profile. */
export const create: Endpoint<Create, Profile> = endpoint("profiles.create", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/profiles/",
  summary: "Create a profile",
  request: {
    ...inProject,
    ...options,
    key: field(Schema.String, "Its name, unique in the project"),
    connection_id: field(Schema.Int, "The connection to the warehouse"),
    credentials_id: field(Schema.Int, "The credentials for the warehouse"),
  },
  repeats: { account_id: "account_id", project_id: "project_id" },
  success: data(Profile),
});

/** What {@linkcode get} asks for. */
export interface Get extends OfProfile {
  /** Related things to include in the profile. */
  readonly include_related?: Related;
}

/** Get one profile. */
export const get: Endpoint<Get, Profile> = endpoint("profiles.get", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/profiles/:profile_id/",
  summary: "Get one profile",
  request: { ...ofProfile, include_related: optional(related()) },
  success: data(Profile),
});

/** What {@linkcode patch} asks for. */
export interface Patch extends OfProfile, ProfileOptions {}

/** Change some of a profile. */
export const patch: Endpoint<Patch, Profile> = endpoint("profiles.patch", {
  route: "PATCH /api/v3/accounts/:account_id/projects/:project_id/profiles/:profile_id/",
  summary: "Change some of a profile",
  request: { ...ofProfile, ...options },
  repeats: { account_id: "account_id", project_id: "project_id", pk: "profile_id" },
  success: data(Profile),
});

/** Delete a profile that no deployment environment uses. */
const del: Endpoint<OfProfile, Profile | undefined> = endpoint("profiles.delete", {
  route: "DELETE /api/v3/accounts/:account_id/projects/:project_id/profiles/:profile_id/",
  summary: "Delete a profile that no deployment environment uses",
  request: ofProfile,
  success: maybe(Profile),
});
export { del as delete };
