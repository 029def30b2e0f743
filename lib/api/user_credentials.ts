/**
 * The endpoints of the group `userCredentials`: user credentials, which say which credentials a user develops with
 * in each project.
 *
 * They accept only the user's own personal access token, not a service token or the token of an admin.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, maybe, type Page, page } from "../endpoint.ts";
import { field, type Fields, named, type Nested, nested, nullable, optional, struct } from "../schema.ts";
import { type Related, related, State } from "../shared_fields.ts";
import { Credentials } from "./credentials.ts";
import { Project } from "./projects.ts";

// ---- models ---------------------------------------------------------------------------------------------------------

/** The credentials that a user develops with in a project. */
export interface UserCredentials {
  /** The id of the user credentials, which is not `credentials_id`. */
  readonly id: number;
  /** The account's id. */
  readonly account_id?: number | null;
  /** The user's id. */
  readonly user_id?: number | null;
  /** The project's id. */
  readonly project_id?: number | null;
  /** The credentials' id. */
  readonly credentials_id?: number | null;
  /** State of the user credentials: 1 active, 2 deleted. */
  readonly state?: number | null;
  /** When they were created. */
  readonly created_at?: string | null;
  /** When they last changed. */
  readonly updated_at?: string | null;
  /** The credentials; null unless requested with `include_related`. */
  readonly credentials?: Nested<Credentials> | null;
  /** The project; null unless requested with `include_related`. */
  readonly project?: Nested<Project> | null;
}

/** Reads {@linkcode UserCredentials}. */
export const UserCredentials: Schema.Codec<UserCredentials> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  user_id: nullable(Schema.Int),
  project_id: nullable(Schema.Int),
  credentials_id: nullable(Schema.Int),
  state: nullable(named(Schema.Int, State)),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
  credentials: nullable(nested(() => Credentials)),
  project: nullable(nested(() => Project)),
}, { columns: ["id", "user_id", "account_id", "project_id", "credentials_id", "state", "created_at"] });

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** Fields of every request about the user credentials of a user. */
export interface OfUser {
  /** The user's id, which must own the token. */
  readonly user_id: number;
}

const ofUser: Fields<OfUser> = { user_id: field(Schema.Int, "User id; the user must own the token") };

/** Fields of every request about one row of user credentials. */
export interface OfUserCredentials extends OfUser {
  /** The id of the user credentials, which is not `credentials_id`. */
  readonly user_credentials_id: number;
}

const ofUserCredentials: Fields<OfUserCredentials> = {
  ...ofUser,
  user_credentials_id: field(Schema.Int, "Id of the user credentials, which is not credentials_id"),
};

/** Related objects that requests for user credentials can include. */
export type UserCredentialsRelated = Related<"credentials" | "project">;

const userCredentialsRelated: Schema.Codec<UserCredentialsRelated, string> = related("credentials", "project");

/** The request of {@linkcode list}. */
export interface List extends OfUser {
  /** Related objects to include in each row. */
  readonly include_related?: UserCredentialsRelated;
}

/** List the user credentials of a user. */
export const list: Endpoint<List, Page<UserCredentials>> = endpoint("userCredentials.list", {
  route: "GET /api/v3/users/:user_id/credentials/",
  summary: "List the user credentials of a user",
  request: { ...ofUser, include_related: optional(userCredentialsRelated) },
  success: page(UserCredentials),
});

/** The request of {@linkcode create}. */
export interface Create extends OfUser {
  /** The account's id. */
  readonly account_id: number;
  /** The project's id. */
  readonly project_id: number;
  /** The credentials' id. */
  readonly credentials_id: number;
  /** State of the user credentials: 1 active, 2 deleted. */
  readonly state?: number | null;
}

const createRequest: Fields<Create> = {
  ...ofUser,
  account_id: field(Schema.Int, "Account"),
  project_id: field(Schema.Int, "Project"),
  credentials_id: field(Schema.Int, "Credentials id"),
  state: nullable(field(named(Schema.Int, State), "State of the user credentials")),
};

/** Set the credentials that a user develops with in a project. */
export const create: Endpoint<Create, UserCredentials> = endpoint("userCredentials.create", {
  route: "POST /api/v3/users/:user_id/credentials/",
  summary: "Set the credentials that a user develops with in a project",
  request: createRequest,
  repeats: { user_id: "user_id" },
  success: data(UserCredentials),
});

/** The request of {@linkcode get}. */
export interface Get extends OfUserCredentials {
  /** Related objects to include in the response. */
  readonly include_related?: UserCredentialsRelated;
}

/** Get user credentials. */
export const get: Endpoint<Get, UserCredentials> = endpoint("userCredentials.get", {
  route: "GET /api/v3/users/:user_id/credentials/:user_credentials_id/",
  summary: "Get user credentials",
  request: { ...ofUserCredentials, include_related: optional(userCredentialsRelated) },
  // The specification says that the response is a list, as for `list`; the specification of 2023 said one object.
  success: data(UserCredentials),
});

/** The request of {@linkcode update}. */
export interface Update extends OfUserCredentials, Create {}

/** Update user credentials. Fields that are left out are reset. */
export const update: Endpoint<Update, UserCredentials> = endpoint("userCredentials.update", {
  route: "POST /api/v3/users/:user_id/credentials/:user_credentials_id/",
  summary: "Update user credentials",
  request: { ...ofUserCredentials, ...createRequest },
  repeats: { user_id: "user_id", id: "user_credentials_id" },
  replaces: true,
  success: data(UserCredentials),
});

/** Delete user credentials. */
const del: Endpoint<OfUserCredentials, UserCredentials | undefined> = endpoint("userCredentials.delete", {
  route: "DELETE /api/v3/users/:user_id/credentials/:user_credentials_id/",
  summary: "Delete user credentials",
  request: ofUserCredentials,
  success: maybe(UserCredentials),
});
export { del as delete };
