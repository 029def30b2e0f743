/**
 * The endpoints of the group `userCredentials`: user credentials, which say what a user develops with in each project.
 *
 * Only the user's own personal access token may call them: no service token, and no admin's.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, maybe, type Page, page } from "../endpoint.ts";
import {
  field,
  type Fields,
  named,
  type Nested,
  nested,
  nullable,
  optional,
  type Related,
  related,
  State,
  struct,
} from "../schema.ts";
import { Credentials } from "./credentials.ts";
import { Project } from "./projects.ts";

// ---- models ---------------------------------------------------------------------------------------------------------

/** Which credentials a user develops with in a project. */
export interface UserCredentials {
  /** The user credentials' id, not the credentials'. */
  readonly id: number;
  /** The account. */
  readonly account_id?: number | null;
  /** The user. */
  readonly user_id?: number | null;
  /** The project. */
  readonly project_id?: number | null;
  /** The credentials. */
  readonly credentials_id?: number | null;
  /** Whether they are there: 1 active, 2 deleted. */
  readonly state?: number | null;
  /** When they were created. */
  readonly created_at?: string | null;
  /** When they last changed. */
  readonly updated_at?: string | null;
  /** The credentials; null unless asked for with `include_related`. */
  readonly credentials?: Nested<Credentials> | null;
  /** The project; null unless asked for with `include_related`. */
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

/** What every request about the credentials of a user has. */
export interface OfUser {
  /** The user: the token's own. */
  readonly user_id: number;
}

const ofUser: Fields<OfUser> = { user_id: field(Schema.Int, "The user: the token's own") };

/** What every request about some credentials of a user has. */
export interface OfUserCredentials extends OfUser {
  /** The user credentials: their own id, not the credentials'. */
  readonly user_credentials_id: number;
}

const ofUserCredentials: Fields<OfUserCredentials> = {
  ...ofUser,
  user_credentials_id: field(Schema.Int, "The user credentials: their own id, not the credentials'"),
};

/** Which related things an answer about user credentials can include. */
export type UserCredentialsRelated = Related<"credentials" | "project">;

const userCredentialsRelated: Schema.Codec<UserCredentialsRelated, string> = related("credentials", "project");

/** What {@linkcode list} asks for. */
export interface List extends OfUser {
  /** Related things to include in each. */
  readonly include_related?: UserCredentialsRelated;
}

/** List the credentials that a user develops with. */
export const list: Endpoint<List, Page<UserCredentials>> = endpoint("userCredentials.list", {
  route: "GET /api/v3/users/:user_id/credentials/",
  summary: "List the credentials that a user develops with",
  request: { ...ofUser, include_related: optional(userCredentialsRelated) },
  success: page(UserCredentials),
});

/** What {@linkcode create} asks for. */
export interface Create extends OfUser {
  /** The account. */
  readonly account_id: number;
  /** The project. */
  readonly project_id: number;
  /** The credentials. */
  readonly credentials_id: number;
  /** Whether they are there: 1 active, 2 deleted. */
  readonly state?: number | null;
}

const createRequest: Fields<Create> = {
  ...ofUser,
  account_id: field(Schema.Int, "The account"),
  project_id: field(Schema.Int, "The project"),
  credentials_id: field(Schema.Int, "The credentials"),
  state: nullable(field(named(Schema.Int, State), "Whether they are there")),
};

/** Let a user develop with credentials. */
export const create: Endpoint<Create, UserCredentials> = endpoint("userCredentials.create", {
  route: "POST /api/v3/users/:user_id/credentials/",
  summary: "Let a user develop with credentials",
  request: createRequest,
  repeats: { user_id: "user_id" },
  success: data(UserCredentials),
});

/** What {@linkcode get} asks for. */
export interface Get extends OfUserCredentials {
  /** Related things to include. */
  readonly include_related?: UserCredentialsRelated;
}

/** Get some credentials that a user develops with. */
export const get: Endpoint<Get, UserCredentials> = endpoint("userCredentials.get", {
  route: "GET /api/v3/users/:user_id/credentials/:user_credentials_id/",
  summary: "Get some credentials that a user develops with",
  request: { ...ofUserCredentials, include_related: optional(userCredentialsRelated) },
  // The specification says that the answer is a list, as for `list`; the specification of 2023 said one object.
  success: data(UserCredentials),
});

/** What {@linkcode update} asks for. */
export interface Update extends OfUserCredentials, Create {}

/** Update which credentials a user develops with. What is not given is reset. */
export const update: Endpoint<Update, UserCredentials> = endpoint("userCredentials.update", {
  route: "POST /api/v3/users/:user_id/credentials/:user_credentials_id/",
  summary: "Update which credentials a user develops with",
  request: { ...ofUserCredentials, ...createRequest },
  repeats: { user_id: "user_id", id: "user_credentials_id" },
  replaces: true,
  success: data(UserCredentials),
});

/** Let a user no longer develop with credentials. */
const del: Endpoint<OfUserCredentials, UserCredentials | undefined> = endpoint("userCredentials.delete", {
  route: "DELETE /api/v3/users/:user_id/credentials/:user_credentials_id/",
  summary: "Let a user no longer develop with credentials",
  request: ofUserCredentials,
  success: maybe(UserCredentials),
});
export { del as delete };
