/**
 * The endpoints of the group `profiles`: profiles, each a connection, credentials and extended attributes that
 * environments can share.
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

/** The fields of a profile that requests can set. */
export interface ProfileOptions {
  /** Its name, unique in the project. It starts with a letter and has letters, digits, dashes and underscores. */
  readonly key?: string | null;
  /** The connection's id. */
  readonly connection_id?: number | null;
  /** The credentials' id. */
  readonly credentials_id?: number | null;
  /** The extended attributes' id, or null. */
  readonly extended_attributes_id?: number | null;
}

const options: Members<ProfileOptions> = {
  key: nullable(field(Schema.String, "Name, unique in the project: letters, digits, dashes and underscores")),
  connection_id: nullable(field(Schema.Int, "Connection id")),
  credentials_id: nullable(field(Schema.Int, "Credentials id")),
  extended_attributes_id: nullable(field(Schema.Int, "Extended attributes id")),
};

/** An environment that uses a profile. */
export interface ProfileBinding {
  /** The environment's id. */
  readonly id?: number | null;
  /** The environment's name. */
  readonly name?: string | null;
  /** The environment's type: `development`, `deployment`. */
  readonly type?: string | null;
  /** The environment's deployment type: `production`, `staging`. */
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
  /** The account's id. */
  readonly account_id?: number | null;
  /** The project's id. */
  readonly project_id?: number | null;
  /** The environments that use it as their primary profile. */
  readonly primary_bindings?: ReadonlyArray<ProfileBinding> | null;
  /** The environments that use it for the catalog. */
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

/** Fields of every request about one profile. */
export interface OfProfile extends InProject {
  /** The profile's id. */
  readonly profile_id: number;
}

const ofProfile: Fields<OfProfile> = { ...inProject, profile_id: field(Schema.Int, "Profile id") };

/** The request of {@linkcode list}. */
export interface List extends InProject, Paging {
  /** Only the profiles whose key contains this text, ignoring case. */
  readonly key?: string;
  /** Only the profiles with this connection. */
  readonly connection_id?: number;
  /** Only the profiles with these ids. */
  readonly profile_ids?: ReadonlyArray<number>;
  /** Related objects to include in each profile. */
  readonly include_related?: Related;
}

/** List the profiles of a project. */
export const list: Endpoint<List, Page<Profile>> = endpoint("profiles.list", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/profiles/",
  summary: "List the profiles of a project",
  request: {
    ...inProject,
    key: optional(field(Schema.String, "Only the profiles whose key contains this text, ignoring case")),
    connection_id: optional(field(Schema.Int, "Only the profiles with this connection")),
    profile_ids: optional(field(jsonList(Schema.Int), "Only the profiles with these ids")),
    include_related: optional(related()),
    ...paging,
  },
  success: page(Profile),
});

/** The request of {@linkcode create}. */
export interface Create extends InProject, ProfileOptions {
  /** Its name, unique in the project. It starts with a letter and has letters, digits, dashes and underscores. */
  readonly key: string;
  /** The connection's id. */
  readonly connection_id: number;
  /** The credentials' id. */
  readonly credentials_id: number;
}

/** Create a profile. */
export const create: Endpoint<Create, Profile> = endpoint("profiles.create", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/profiles/",
  summary: "Create a profile",
  request: {
    ...inProject,
    ...options,
    key: field(Schema.String, "Name, unique in the project: letters, digits, dashes and underscores"),
    connection_id: field(Schema.Int, "Connection id"),
    credentials_id: field(Schema.Int, "Credentials id"),
  },
  repeats: { account_id: "account_id", project_id: "project_id" },
  success: data(Profile),
});

/** The request of {@linkcode get}. */
export interface Get extends OfProfile {
  /** Related objects to include in the profile. */
  readonly include_related?: Related;
}

/** Get a profile. */
export const get: Endpoint<Get, Profile> = endpoint("profiles.get", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/profiles/:profile_id/",
  summary: "Get a profile",
  request: { ...ofProfile, include_related: optional(related()) },
  success: data(Profile),
});

/** The request of {@linkcode patch}. */
export interface Patch extends OfProfile, ProfileOptions {}

/** Change some fields of a profile. */
export const patch: Endpoint<Patch, Profile> = endpoint("profiles.patch", {
  route: "PATCH /api/v3/accounts/:account_id/projects/:project_id/profiles/:profile_id/",
  summary: "Change some fields of a profile",
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
