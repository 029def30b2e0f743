/**
 * The endpoints of the group `scim`: SCIM, with which an identity provider manages users and groups of an account (RFC
 * 7643, RFC 7644).
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { body, data, type Endpoint, endpoint, maybe, type Page, page } from "../endpoint.ts";
import { field, type Fields, issued, type Members, named, nullable, optional, struct } from "../schema.ts";
import { type InAccount, inAccount, type Related, related } from "../shared_fields.ts";
import { LicenseType } from "./users.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** What a SCIM document is. */
export const ScimSchema = {
  user: "urn:ietf:params:scim:schemas:core:2.0:User",
  dbt_user: "urn:ietf:params:scim:schemas:extension:dbtLabs:2.0:User",
  group: "urn:ietf:params:scim:schemas:core:2.0:Group",
  patch: "urn:ietf:params:scim:api:messages:2.0:PatchOp",
} as const;

/** What a patch does. */
export const PatchOp = { add: "add", remove: "remove", replace: "replace" } as const;

const schemas = Schema.Array(named(Schema.String, ScimSchema));

// ---- models ---------------------------------------------------------------------------------------------------------

/** How SCIM works in an account. */
export interface Config {
  /** Whether SCIM is on. */
  readonly enabled?: boolean | null;
  /** Whether people may change by hand what SCIM manages. */
  readonly manual_updates_allowed?: boolean | null;
  /** Whether the identity provider says which licence a user has. */
  readonly scim_controlled_license_type?: boolean | null;
}

/** Reads a {@linkcode Config}. */
export const Config: Schema.Codec<Config> = struct({
  enabled: nullable(Schema.Boolean),
  manual_updates_allowed: nullable(Schema.Boolean),
  scim_controlled_license_type: nullable(Schema.Boolean),
}, { columns: ["enabled", "manual_updates_allowed", "scim_controlled_license_type"] });

/** A token of the identity provider. */
export interface ScimToken {
  /** The token's id. */
  readonly id: number;
  /** The name. */
  readonly name?: string | null;
  /** The token itself, to authenticate with. It comes once, when the token is created. */
  readonly token_string?: string | null;
  /** When it was last used. */
  readonly last_used?: string | null;
  /** When it was created. */
  readonly created_at?: string | null;
}

/** Reads a {@linkcode ScimToken}. */
export const ScimToken: Schema.Codec<ScimToken> = struct({
  id: Schema.Int,
  name: nullable(Schema.String),
  token_string: nullable(issued),
  last_used: nullable(Schema.String),
  created_at: nullable(Schema.String),
}, { columns: ["id", "name", "last_used", "created_at"] });

/** A list of SCIM. */
export interface ScimList<A> {
  /** What this is. */
  readonly schemas?: ReadonlyArray<string> | null;
  /** How many there are. */
  readonly totalResults?: number | null;
  /** Which of them is the first here, from 1. */
  readonly startIndex?: number | null;
  /** How many are here. */
  readonly itemsPerPage?: number | null;
  /** The things. */
  readonly Resources?: ReadonlyArray<A> | null;
}

const listColumns = ["totalResults", "startIndex", "itemsPerPage", "Resources"] as const;

function scimList<A>(item: Schema.Codec<A>): Schema.Codec<ScimList<A>> {
  return struct({
    schemas: nullable(Schema.Array(Schema.String)),
    totalResults: nullable(Schema.Int),
    startIndex: nullable(Schema.Int),
    itemsPerPage: nullable(Schema.Int),
    Resources: optional(Schema.NullOr(Schema.Array(item))),
  }, { columns: listColumns });
}

/** What is known of a thing of SCIM. */
export interface Meta {
  /** What it is: `User`, `Group`. */
  readonly resourceType?: string | null;
  /** Where it is. */
  readonly location?: string | null;
  /** When it was created. */
  readonly created?: string | null;
  /** When it last changed. */
  readonly lastModified?: string | null;
}

const meta: Schema.Codec<Meta> = struct({
  resourceType: nullable(Schema.String),
  location: nullable(Schema.String),
  created: nullable(Schema.String),
  lastModified: nullable(Schema.String),
});

/** A member of a group. */
export interface Member {
  /** The user's id. */
  readonly value?: string | null;
  /** The user's name. */
  readonly display?: string | null;
}

const member: Schema.Codec<Member> = struct({ value: nullable(Schema.String), display: nullable(Schema.String) });

/** What one can set about a group. */
export interface GroupOptions {
  /** What this is: `ScimSchema.group`. */
  readonly schemas?: ReadonlyArray<string> | null;
  /** The group's id at the identity provider. */
  readonly externalId?: string | null;
  /** The name. */
  readonly displayName?: string | null;
  /** The users in it. */
  readonly members?: ReadonlyArray<Member> | null;
}

const displayName = field(Schema.String, "The name");

const groupOptions: Members<GroupOptions> = {
  schemas: nullable(field(schemas, "What this is, by URN")),
  externalId: nullable(field(Schema.String, "The group's id at the identity provider")),
  displayName: nullable(displayName),
  members: nullable(field(Schema.Array(member), "The users in it")),
};

/** A group, as SCIM has it. */
export interface ScimGroup extends GroupOptions {
  /** The group's id. */
  readonly id: string;
  /** What is known of it. */
  readonly meta?: Meta | null;
}

/** Reads a {@linkcode ScimGroup}. */
export const ScimGroup: Schema.Codec<ScimGroup> = struct({ id: Schema.String, ...groupOptions, meta: nullable(meta) }, {
  columns: ["id", "externalId", "displayName", "meta.lastModified"],
});

/** A user's name. */
export interface Name {
  /** The first name. */
  readonly givenName?: string | null;
  /** The last name. */
  readonly familyName?: string | null;
}

/** A user's address of mail. */
export interface Email {
  /** The address. */
  readonly value?: string | null;
  /** Whether it is the main one. */
  readonly primary?: boolean | null;
  /** What it is for: `work`. */
  readonly type?: string | null;
}

/** What dbt adds to a user. */
export interface DbtAttributes {
  /** What the user may use: see `LicenseType` of users. */
  readonly licenseType?: string | null;
}

/** What one can set about a user. */
export interface UserOptions {
  /** What this is: `ScimSchema.user`, `ScimSchema.dbt_user`. */
  readonly schemas?: ReadonlyArray<string> | null;
  /** The user's id at the identity provider. */
  readonly externalId?: string | null;
  /** The user's main address of mail. */
  readonly userName?: string | null;
  /** Whether the user may log in. */
  readonly active?: boolean | null;
  /** The name. */
  readonly name?: Name | null;
  /** The addresses of mail. */
  readonly emails?: ReadonlyArray<Email> | null;
  /** What dbt adds: the licence. */
  readonly "urn:ietf:params:scim:schemas:extension:dbtLabs:2.0:User"?: DbtAttributes | null;
}

const userName = field(Schema.String, "The user's main address of mail");
const active = field(Schema.Boolean, "Whether the user may log in");

const personName: Schema.Codec<Name> = struct({
  givenName: nullable(field(Schema.String, "The first name")),
  familyName: nullable(field(Schema.String, "The last name")),
});

const email: Schema.Codec<Email> = struct({
  value: nullable(Schema.String),
  primary: nullable(Schema.Boolean),
  type: nullable(Schema.String),
});

const emails = Schema.Array(email);

const dbtAttributes: Schema.Codec<DbtAttributes> = struct({
  licenseType: nullable(field(named(Schema.String, LicenseType), "What the user may use")),
});

const userOptions: Members<UserOptions> = {
  schemas: nullable(field(schemas, "What this is, by URN")),
  externalId: nullable(field(Schema.String, "The user's id at the identity provider")),
  userName: nullable(userName),
  active: nullable(active),
  name: nullable(field(personName, "The name")),
  emails: nullable(field(emails, "The addresses of mail")),
  [ScimSchema.dbt_user]: nullable(field(dbtAttributes, "What dbt adds: the licence")),
};

/** A group that a user is in. */
export interface UserGroup {
  /** The group's id. */
  readonly value?: string | null;
  /** The group's name. */
  readonly display?: string | null;
  /** The group's id at the identity provider. */
  readonly externalId?: string | null;
}

const userGroup: Schema.Codec<UserGroup> = struct({
  value: nullable(Schema.String),
  display: nullable(Schema.String),
  externalId: nullable(Schema.String),
});

/** A user, as SCIM has one. */
export interface ScimUser extends UserOptions {
  /** The user's id. */
  readonly id: string;
  /** The groups that the user is in. */
  readonly groups?: ReadonlyArray<UserGroup> | null;
  /** What is known of the user. */
  readonly meta?: Meta | null;
}

/** Reads a {@linkcode ScimUser}. */
export const ScimUser: Schema.Codec<ScimUser> = struct({
  id: Schema.String,
  ...userOptions,
  groups: nullable(Schema.Array(userGroup)),
  meta: nullable(meta),
}, { columns: ["id", "externalId", "userName", "active", "name.givenName", "name.familyName", "meta.lastModified"] });

/** A kind of thing that SCIM manages, or the schema of one. */
export interface ResourceType {
  /** What this is. */
  readonly schemas?: ReadonlyArray<string> | null;
  /** Its id: `User`, or a schema's URN. */
  readonly id: string;
  /** The name. */
  readonly name?: string | null;
  /** What it is, in words. */
  readonly description?: string | null;
  /** The path of its things: `/Users`. */
  readonly endpoint?: string | null;
  /** The schema of its things: a URN. */
  readonly schema?: string | null;
  /** What else its things can have. */
  readonly schemaExtensions?: ReadonlyArray<SchemaExtension> | null;
  /** What is known of it. */
  readonly meta?: Meta | null;
}

/** What else a thing of SCIM can have. */
export interface SchemaExtension {
  /** Its schema: a URN. */
  readonly schema?: string | null;
  /** Whether a thing must have it. */
  readonly required?: boolean | null;
}

const schemaExtension: Schema.Codec<SchemaExtension> = struct({
  schema: nullable(Schema.String),
  required: nullable(Schema.Boolean),
});

/** Reads a {@linkcode ResourceType}. */
export const ResourceType: Schema.Codec<ResourceType> = struct({
  schemas: nullable(Schema.Array(Schema.String)),
  id: Schema.String,
  name: nullable(Schema.String),
  description: nullable(Schema.String),
  endpoint: nullable(Schema.String),
  schema: nullable(Schema.String),
  schemaExtensions: nullable(Schema.Array(schemaExtension)),
  meta: nullable(meta),
}, { columns: ["id", "name", "endpoint", "schema", "description"] });

/** One change of a patch. */
export interface Operation {
  /** What it does: see {@linkcode PatchOp}. */
  readonly op: string;
  /** To what: `members`, `active` … */
  readonly path?: string;
  /** With what value. */
  readonly value?: unknown;
}

const operation: Schema.Codec<Operation> = struct({
  op: named(Schema.String, PatchOp),
  path: optional(Schema.String),
  value: optional(Schema.Unknown),
});

// ---- settings and tokens --------------------------------------------------------------------------------------------

/** Which related things an answer can include: none is known. */
export interface WithRelated extends InAccount {
  /** Related things to include in the answer. */
  readonly include_related?: Related;
}

const withRelated: Fields<WithRelated> = { ...inAccount, include_related: optional(related()) };

/** Get how SCIM works in an account. */
export const getConfig: Endpoint<WithRelated, Config> = endpoint("scim.getConfig", {
  route: "GET /api/v3/accounts/:account_id/scim-config/",
  summary: "Get how SCIM works in an account",
  request: withRelated,
  success: data(Config),
});

/** What {@linkcode updateConfig} asks for. */
export interface UpdateConfig extends InAccount {
  /** Whether SCIM is on. */
  readonly enabled: boolean;
  /** Whether people may change by hand what SCIM manages. */
  readonly manual_updates_allowed: boolean;
  /** Whether the identity provider says which licence a user has. */
  readonly scim_controlled_license_type?: boolean;
}

/** Set how SCIM works in an account. */
export const updateConfig: Endpoint<UpdateConfig, Config> = endpoint("scim.updateConfig", {
  route: "POST /api/v3/accounts/:account_id/scim-config/",
  summary: "Set how SCIM works in an account",
  request: {
    ...inAccount,
    enabled: field(Schema.Boolean, "Whether SCIM is on"),
    manual_updates_allowed: field(Schema.Boolean, "Whether people may change by hand what SCIM manages"),
    scim_controlled_license_type: optional(
      field(Schema.Boolean, "Whether the identity provider says which licence a user has"),
    ),
  },
  replaces: true,
  success: data(Config),
});

/** What every request about one token has. */
export interface OfToken extends InAccount {
  /** The token. */
  readonly token_id: number;
}

const ofToken: Fields<OfToken> = { ...inAccount, token_id: field(Schema.Int, "The token") };

/** List the tokens of the identity provider. */
export const listTokens: Endpoint<WithRelated, Page<ScimToken>> = endpoint("scim.listTokens", {
  route: "GET /api/v3/accounts/:account_id/scim-config/tokens/",
  summary: "List the tokens of the identity provider",
  request: withRelated,
  success: page(ScimToken),
});

/** What {@linkcode createToken} asks for. */
export interface CreateToken extends InAccount {
  /** The name. */
  readonly name: string;
}

/** Create a token for the identity provider. The answer has the token itself, this once. */
export const createToken: Endpoint<CreateToken, ScimToken> = endpoint("scim.createToken", {
  route: "POST /api/v3/accounts/:account_id/scim-config/tokens/",
  summary: "Create a token for the identity provider",
  request: { ...inAccount, name: field(Schema.String, "The name") },
  success: data(ScimToken),
});

/** What {@linkcode getToken} asks for. */
export interface GetToken extends OfToken, WithRelated {}

/** Get one token of the identity provider. */
export const getToken: Endpoint<GetToken, ScimToken> = endpoint("scim.getToken", {
  route: "GET /api/v3/accounts/:account_id/scim-config/tokens/:token_id/",
  summary: "Get one token of the identity provider",
  request: { ...ofToken, ...withRelated },
  success: data(ScimToken),
});

/** Delete a token of the identity provider. */
export const deleteToken: Endpoint<OfToken, ScimToken | undefined> = endpoint("scim.deleteToken", {
  route: "DELETE /api/v3/accounts/:account_id/scim-config/tokens/:token_id/",
  summary: "Delete a token of the identity provider",
  request: ofToken,
  success: maybe(ScimToken),
});

// ---- groups ---------------------------------------------------------------------------------------------------------

/** Which things a list of SCIM has. Source: RFC 7644; the specification names none of these. */
export interface Query extends WithRelated {
  /** Only what is so: `displayName eq "Analysts"`. */
  readonly filter?: string;
  /** From this one on, counted from 1. */
  readonly startIndex?: number;
  /** At most this many. */
  readonly count?: number;
}

const query: Fields<Query> = {
  ...withRelated,
  filter: optional(field(Schema.String, 'Only what is so: displayName eq "Analysts"')),
  startIndex: optional(field(Schema.Int, "From this one on, counted from 1")),
  count: optional(field(Schema.Int, "At most this many")),
};

/** What every request about one group has. */
export interface OfGroup extends InAccount {
  /** The group. */
  readonly group_id: string;
}

const ofGroup: Fields<OfGroup> = { ...inAccount, group_id: field(Schema.String, "The group") };

/** List groups. */
export const listGroups: Endpoint<Query, ScimList<ScimGroup>> = endpoint("scim.listGroups", {
  route: "GET /api/v3/accounts/:account_id/scim/v2/Groups",
  summary: "List groups",
  request: query,
  success: body(scimList(ScimGroup)),
});

/** What {@linkcode createGroup} asks for. */
export interface CreateGroup extends InAccount, GroupOptions {
  /** What this is: `ScimSchema.group`. */
  readonly schemas: ReadonlyArray<string>;
  /** The name. */
  readonly displayName: string;
}

const createGroupRequest: Fields<CreateGroup> = {
  ...inAccount,
  ...groupOptions,
  schemas: field(schemas, "What this is, by URN"),
  displayName,
};

/** Create a group. */
export const createGroup: Endpoint<CreateGroup, ScimGroup> = endpoint("scim.createGroup", {
  route: "POST /api/v3/accounts/:account_id/scim/v2/Groups",
  summary: "Create a group",
  request: createGroupRequest,
  success: body(ScimGroup),
});

/** What {@linkcode getGroup} asks for. */
export interface GetGroup extends OfGroup, WithRelated {}

/** Get one group. */
export const getGroup: Endpoint<GetGroup, ScimGroup> = endpoint("scim.getGroup", {
  route: "GET /api/v3/accounts/:account_id/scim/v2/Groups/:group_id",
  summary: "Get one group",
  request: { ...ofGroup, ...withRelated },
  success: body(ScimGroup),
});

/** What {@linkcode updateGroup} asks for. */
export interface UpdateGroup extends OfGroup, CreateGroup {}

/** Update a group. Users that are not named leave it. */
export const updateGroup: Endpoint<UpdateGroup, ScimGroup> = endpoint("scim.updateGroup", {
  route: "PUT /api/v3/accounts/:account_id/scim/v2/Groups/:group_id",
  summary: "Update a group",
  request: { ...ofGroup, ...createGroupRequest },
  replaces: true,
  success: body(ScimGroup),
});

/** What {@linkcode patchGroup} asks for. */
export interface PatchGroup extends OfGroup {
  /** The changes. */
  readonly Operations: ReadonlyArray<Operation>;
  /** What this is: `ScimSchema.patch`. */
  readonly schemas?: ReadonlyArray<string>;
}

const operations = field(Schema.Array(operation), 'The changes: [{"op": "replace", "path": "…", "value": …}]');

/** Change a group. The answer may be nothing. */
export const patchGroup: Endpoint<PatchGroup, ScimGroup | undefined> = endpoint("scim.patchGroup", {
  route: "PATCH /api/v3/accounts/:account_id/scim/v2/Groups/:group_id",
  summary: "Change a group",
  request: { ...ofGroup, Operations: operations, schemas: optional(field(schemas, "What this is, by URN")) },
  success: body(Schema.UndefinedOr(ScimGroup)),
});

/** Delete a group. */
export const deleteGroup: Endpoint<OfGroup, unknown> = endpoint("scim.deleteGroup", {
  route: "DELETE /api/v3/accounts/:account_id/scim/v2/Groups/:group_id",
  summary: "Delete a group",
  request: ofGroup,
  success: maybe(Schema.Unknown),
});

// ---- users ----------------------------------------------------------------------------------------------------------

/** What every request about one user has. */
export interface OfUser extends InAccount {
  /** The user. */
  readonly user_id: string;
}

const ofUser: Fields<OfUser> = { ...inAccount, user_id: field(Schema.String, "The user") };

/** List users. */
export const listUsers: Endpoint<Query, ScimList<ScimUser>> = endpoint("scim.listUsers", {
  route: "GET /api/v3/accounts/:account_id/scim/v2/Users",
  summary: "List users",
  request: query,
  success: body(scimList(ScimUser)),
});

/** What {@linkcode createUser} asks for. */
export interface CreateUser extends InAccount, UserOptions {
  /** What this is: `ScimSchema.user`, `ScimSchema.dbt_user`. */
  readonly schemas: ReadonlyArray<string>;
  /** The user's main address of mail. */
  readonly userName: string;
  /** Whether the user may log in. */
  readonly active: boolean;
  /** The name. */
  readonly name: Name;
  /** The addresses of mail. */
  readonly emails: ReadonlyArray<Email>;
}

const createUserRequest: Fields<CreateUser> = {
  ...inAccount,
  ...userOptions,
  schemas: field(schemas, "What this is, by URN"),
  userName,
  active,
  name: field(personName, "The name"),
  emails: field(emails, "The addresses of mail"),
};

/** Create a user. A user without a licence type becomes a developer. */
export const createUser: Endpoint<CreateUser, ScimUser> = endpoint("scim.createUser", {
  route: "POST /api/v3/accounts/:account_id/scim/v2/Users",
  summary: "Create a user",
  request: createUserRequest,
  success: body(ScimUser),
});

/** What {@linkcode getUser} asks for. */
export interface GetUser extends OfUser, WithRelated {}

/** Get one user. */
export const getUser: Endpoint<GetUser, ScimUser> = endpoint("scim.getUser", {
  route: "GET /api/v3/accounts/:account_id/scim/v2/Users/:user_id",
  summary: "Get one user",
  request: { ...ofUser, ...withRelated },
  success: body(ScimUser),
});

/** What {@linkcode updateUser} asks for. */
export interface UpdateUser extends OfUser, CreateUser {}

/** Update a user. */
export const updateUser: Endpoint<UpdateUser, ScimUser> = endpoint("scim.updateUser", {
  route: "PUT /api/v3/accounts/:account_id/scim/v2/Users/:user_id",
  summary: "Update a user",
  request: { ...ofUser, ...createUserRequest },
  replaces: true,
  success: body(ScimUser),
});

/** What {@linkcode patchUser} asks for. */
export interface PatchUser extends OfUser {
  /** The changes. */
  readonly Operations: ReadonlyArray<Operation>;
  /** What this is: `ScimSchema.patch`. */
  readonly schemas: ReadonlyArray<string>;
}

/** Change a user. The answer may be nothing. */
export const patchUser: Endpoint<PatchUser, ScimUser | undefined> = endpoint("scim.patchUser", {
  route: "PATCH /api/v3/accounts/:account_id/scim/v2/Users/:user_id",
  summary: "Change a user",
  request: { ...ofUser, Operations: operations, schemas: field(schemas, "What this is, by URN") },
  success: body(Schema.UndefinedOr(ScimUser)),
});

/** Take a user's licence in the account away. */
export const deleteUser: Endpoint<OfUser, unknown> = endpoint("scim.deleteUser", {
  route: "DELETE /api/v3/accounts/:account_id/scim/v2/Users/:user_id",
  summary: "Take a user's licence in the account away",
  request: ofUser,
  success: maybe(Schema.Unknown),
});

// ---- what SCIM knows ------------------------------------------------------------------------------------------------

/** List the kinds of things that SCIM manages. */
export const listResourceTypes: Endpoint<WithRelated, ScimList<ResourceType>> = endpoint("scim.listResourceTypes", {
  route: "GET /api/v3/accounts/:account_id/scim/v2/ResourceTypes",
  summary: "List the kinds of things that SCIM manages",
  request: withRelated,
  success: body(scimList(ResourceType)),
});

/** What {@linkcode getResourceType} asks for. */
export interface GetResourceType extends WithRelated {
  /** The kind: `User`, `Group`. */
  readonly resource_type: string;
}

/** Get one kind of things that SCIM manages. */
export const getResourceType: Endpoint<GetResourceType, ResourceType> = endpoint("scim.getResourceType", {
  route: "GET /api/v3/accounts/:account_id/scim/v2/ResourceTypes/:resource_type",
  summary: "Get one kind of things that SCIM manages",
  request: { ...withRelated, resource_type: field(Schema.String, "The kind: User, Group") },
  success: body(ResourceType),
});

/** List the schemas of the things that SCIM manages. */
export const listSchemas: Endpoint<WithRelated, ScimList<ResourceType>> = endpoint("scim.listSchemas", {
  route: "GET /api/v3/accounts/:account_id/scim/v2/Schemas",
  summary: "List the schemas of the things that SCIM manages",
  request: withRelated,
  success: body(scimList(ResourceType)),
});

/** What {@linkcode getSchema} asks for. */
export interface GetSchema extends WithRelated {
  /** The schema: see {@linkcode ScimSchema}. */
  readonly schema_uri: string;
}

/** Get one schema of the things that SCIM manages. */
export const getSchema: Endpoint<GetSchema, ResourceType> = endpoint("scim.getSchema", {
  route: "GET /api/v3/accounts/:account_id/scim/v2/Schemas/:schema_uri",
  summary: "Get one schema of the things that SCIM manages",
  request: { ...withRelated, schema_uri: field(named(Schema.String, ScimSchema), "The schema") },
  success: body(ResourceType),
});

/** Get what of SCIM dbt Cloud can do. */
export const getServiceProviderConfig: Endpoint<WithRelated, unknown> = endpoint("scim.getServiceProviderConfig", {
  route: "GET /api/v3/accounts/:account_id/scim/v2/ServiceProviderConfig",
  summary: "Get what of SCIM dbt Cloud can do",
  request: withRelated,
  success: body(Schema.Unknown),
});
