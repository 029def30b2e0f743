/**
 * The endpoints of the group `scim`: SCIM, the protocol with which an identity provider manages the users and groups of
 * an account (RFC 7643, RFC 7644).
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

/** The schemas of SCIM documents, by URN. */
export const ScimSchema = {
  user: "urn:ietf:params:scim:schemas:core:2.0:User",
  dbt_user: "urn:ietf:params:scim:schemas:extension:dbtLabs:2.0:User",
  group: "urn:ietf:params:scim:schemas:core:2.0:Group",
  patch: "urn:ietf:params:scim:api:messages:2.0:PatchOp",
} as const;

/** The operations of a patch. */
export const PatchOp = { add: "add", remove: "remove", replace: "replace" } as const;

const schemas = Schema.Array(named(Schema.String, ScimSchema));

// ---- models ---------------------------------------------------------------------------------------------------------

/** The SCIM settings of an account. */
export interface Config {
  /** Whether SCIM is enabled. */
  readonly enabled?: boolean | null;
  /** Whether users and groups that SCIM manages can also be changed manually. */
  readonly manual_updates_allowed?: boolean | null;
  /** Whether the identity provider controls the license types of users. */
  readonly scim_controlled_license_type?: boolean | null;
}

/** Reads a {@linkcode Config}. */
export const Config: Schema.Codec<Config> = struct({
  enabled: nullable(Schema.Boolean),
  manual_updates_allowed: nullable(Schema.Boolean),
  scim_controlled_license_type: nullable(Schema.Boolean),
}, { columns: ["enabled", "manual_updates_allowed", "scim_controlled_license_type"] });

/** A SCIM token, for the identity provider. */
export interface ScimToken {
  /** The token's id. */
  readonly id: number;
  /** The token's name. */
  readonly name?: string | null;
  /** The token itself. Only the response that creates the token contains it. */
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

/** A page of a SCIM list. */
export interface ScimList<A> {
  /** The schemas of this document, by URN. */
  readonly schemas?: ReadonlyArray<string> | null;
  /** How many results the whole list has. */
  readonly totalResults?: number | null;
  /** The position of the first result of this page, from 1. */
  readonly startIndex?: number | null;
  /** How many results this page has. */
  readonly itemsPerPage?: number | null;
  /** The results. */
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

/** Metadata of a SCIM resource. */
export interface Meta {
  /** Its type: `User`, `Group`. */
  readonly resourceType?: string | null;
  /** Its URL. */
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

/** The fields of a group that requests can set. */
export interface GroupOptions {
  /** The schemas of this document: `ScimSchema.group`. */
  readonly schemas?: ReadonlyArray<string> | null;
  /** The group's id at the identity provider. */
  readonly externalId?: string | null;
  /** The group's name. */
  readonly displayName?: string | null;
  /** The members of the group. */
  readonly members?: ReadonlyArray<Member> | null;
}

const displayName = field(Schema.String, "Name of the group");

const groupOptions: Members<GroupOptions> = {
  schemas: nullable(field(schemas, "Schemas of the document, by URN")),
  externalId: nullable(field(Schema.String, "Id of the group at the identity provider")),
  displayName: nullable(displayName),
  members: nullable(field(Schema.Array(member), "Members of the group")),
};

/** A SCIM group. */
export interface ScimGroup extends GroupOptions {
  /** The group's id. */
  readonly id: string;
  /** Its metadata. */
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

/** An email address of a user. */
export interface Email {
  /** The email address. */
  readonly value?: string | null;
  /** Whether it is the primary address. */
  readonly primary?: boolean | null;
  /** The type of the address: `work`. */
  readonly type?: string | null;
}

/** dbt's own attributes of a user. */
export interface DbtAttributes {
  /** The license type of the user: see `LicenseType` of users. */
  readonly licenseType?: string | null;
}

/** The fields of a user that requests can set. */
export interface UserOptions {
  /** The schemas of this document: `ScimSchema.user`, `ScimSchema.dbt_user`. */
  readonly schemas?: ReadonlyArray<string> | null;
  /** The user's id at the identity provider. */
  readonly externalId?: string | null;
  /** The user's primary email address. */
  readonly userName?: string | null;
  /** Whether the user may log in. */
  readonly active?: boolean | null;
  /** The user's name. */
  readonly name?: Name | null;
  /** The user's email addresses. */
  readonly emails?: ReadonlyArray<Email> | null;
  /** dbt's own attributes: the license type. */
  readonly "urn:ietf:params:scim:schemas:extension:dbtLabs:2.0:User"?: DbtAttributes | null;
}

const userName = field(Schema.String, "Primary email address of the user");
const active = field(Schema.Boolean, "Whether the user may log in");

const personName: Schema.Codec<Name> = struct({
  givenName: nullable(field(Schema.String, "First name")),
  familyName: nullable(field(Schema.String, "Last name")),
});

const email: Schema.Codec<Email> = struct({
  value: nullable(Schema.String),
  primary: nullable(Schema.Boolean),
  type: nullable(Schema.String),
});

const emails = Schema.Array(email);

const dbtAttributes: Schema.Codec<DbtAttributes> = struct({
  licenseType: nullable(field(named(Schema.String, LicenseType), "License type of the user")),
});

const userOptions: Members<UserOptions> = {
  schemas: nullable(field(schemas, "Schemas of the document, by URN")),
  externalId: nullable(field(Schema.String, "Id of the user at the identity provider")),
  userName: nullable(userName),
  active: nullable(active),
  name: nullable(field(personName, "Name of the user")),
  emails: nullable(field(emails, "Email addresses")),
  [ScimSchema.dbt_user]: nullable(field(dbtAttributes, "Attributes of dbt: the license type")),
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

/** A SCIM user. */
export interface ScimUser extends UserOptions {
  /** The user's id. */
  readonly id: string;
  /** The groups that the user is in. */
  readonly groups?: ReadonlyArray<UserGroup> | null;
  /** The user's metadata. */
  readonly meta?: Meta | null;
}

/** Reads a {@linkcode ScimUser}. */
export const ScimUser: Schema.Codec<ScimUser> = struct({
  id: Schema.String,
  ...userOptions,
  groups: nullable(Schema.Array(userGroup)),
  meta: nullable(meta),
}, { columns: ["id", "externalId", "userName", "active", "name.givenName", "name.familyName", "meta.lastModified"] });

/** A type of resource that SCIM manages, or its schema. */
export interface ResourceType {
  /** The schemas of this document, by URN. */
  readonly schemas?: ReadonlyArray<string> | null;
  /** Its id: `User`, or a schema's URN. */
  readonly id: string;
  /** The resource type's name. */
  readonly name?: string | null;
  /** The description. */
  readonly description?: string | null;
  /** The path of its resources: `/Users`. */
  readonly endpoint?: string | null;
  /** The schema of its resources, by URN. */
  readonly schema?: string | null;
  /** Schemas that extend it. */
  readonly schemaExtensions?: ReadonlyArray<SchemaExtension> | null;
  /** Its metadata. */
  readonly meta?: Meta | null;
}

/** A schema that extends another one. */
export interface SchemaExtension {
  /** The schema, by URN. */
  readonly schema?: string | null;
  /** Whether every resource must have it. */
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
  /** The operation: see {@linkcode PatchOp}. */
  readonly op: string;
  /** The attribute to change: `members`, `active` … */
  readonly path?: string;
  /** The value. */
  readonly value?: unknown;
}

const operation: Schema.Codec<Operation> = struct({
  op: named(Schema.String, PatchOp),
  path: optional(Schema.String),
  value: optional(Schema.Unknown),
});

// ---- settings and tokens --------------------------------------------------------------------------------------------

/** A request with `include_related`. No values for it are documented. */
export interface WithRelated extends InAccount {
  /** Related objects to include in the response. */
  readonly include_related?: Related;
}

const withRelated: Fields<WithRelated> = { ...inAccount, include_related: optional(related()) };

/** Get the SCIM settings of an account. */
export const getConfig: Endpoint<WithRelated, Config> = endpoint("scim.getConfig", {
  route: "GET /api/v3/accounts/:account_id/scim-config/",
  summary: "Get the SCIM settings of an account",
  request: withRelated,
  success: data(Config),
});

/** The request of {@linkcode updateConfig}. */
export interface UpdateConfig extends InAccount {
  /** Whether SCIM is enabled. */
  readonly enabled: boolean;
  /** Whether users and groups that SCIM manages can also be changed manually. */
  readonly manual_updates_allowed: boolean;
  /** Whether the identity provider controls the license types of users. */
  readonly scim_controlled_license_type?: boolean;
}

/** Update the SCIM settings of an account. */
export const updateConfig: Endpoint<UpdateConfig, Config> = endpoint("scim.updateConfig", {
  route: "POST /api/v3/accounts/:account_id/scim-config/",
  summary: "Update the SCIM settings of an account",
  request: {
    ...inAccount,
    enabled: field(Schema.Boolean, "Whether SCIM is enabled"),
    manual_updates_allowed: field(
      Schema.Boolean,
      "Whether users and groups that SCIM manages can also be changed manually",
    ),
    scim_controlled_license_type: optional(
      field(Schema.Boolean, "Whether the identity provider controls the license types of users"),
    ),
  },
  replaces: true,
  success: data(Config),
});

/** Fields of every request about one token. */
export interface OfToken extends InAccount {
  /** The token's id. */
  readonly token_id: number;
}

const ofToken: Fields<OfToken> = { ...inAccount, token_id: field(Schema.Int, "Token id") };

/** List the SCIM tokens of an account. */
export const listTokens: Endpoint<WithRelated, Page<ScimToken>> = endpoint("scim.listTokens", {
  route: "GET /api/v3/accounts/:account_id/scim-config/tokens/",
  summary: "List the SCIM tokens of an account",
  request: withRelated,
  success: page(ScimToken),
});

/** The request of {@linkcode createToken}. */
export interface CreateToken extends InAccount {
  /** The token's name. */
  readonly name: string;
}

/** Create a SCIM token for the identity provider. Only this response contains the token itself. */
export const createToken: Endpoint<CreateToken, ScimToken> = endpoint("scim.createToken", {
  route: "POST /api/v3/accounts/:account_id/scim-config/tokens/",
  summary: "Create a SCIM token for the identity provider",
  request: { ...inAccount, name: field(Schema.String, "Name of the token") },
  success: data(ScimToken),
});

/** The request of {@linkcode getToken}. */
export interface GetToken extends OfToken, WithRelated {}

/** Get a SCIM token. */
export const getToken: Endpoint<GetToken, ScimToken> = endpoint("scim.getToken", {
  route: "GET /api/v3/accounts/:account_id/scim-config/tokens/:token_id/",
  summary: "Get a SCIM token",
  request: { ...ofToken, ...withRelated },
  success: data(ScimToken),
});

/** Delete a SCIM token. */
export const deleteToken: Endpoint<OfToken, ScimToken | undefined> = endpoint("scim.deleteToken", {
  route: "DELETE /api/v3/accounts/:account_id/scim-config/tokens/:token_id/",
  summary: "Delete a SCIM token",
  request: ofToken,
  success: maybe(ScimToken),
});

// ---- groups ---------------------------------------------------------------------------------------------------------

/** The filters of a SCIM list. Source: RFC 7644; dbt's specification has none of these. */
export interface Query extends WithRelated {
  /** A SCIM filter: `displayName eq "Analysts"`. */
  readonly filter?: string;
  /** The position of the first result, from 1. */
  readonly startIndex?: number;
  /** At most this many results. */
  readonly count?: number;
}

const query: Fields<Query> = {
  ...withRelated,
  filter: optional(field(Schema.String, 'SCIM filter, such as displayName eq "Analysts"')),
  startIndex: optional(field(Schema.Int, "Position of the first result, from 1")),
  count: optional(field(Schema.Int, "At most this many results")),
};

/** Fields of every request about one group. */
export interface OfGroup extends InAccount {
  /** The group's id. */
  readonly group_id: string;
}

const ofGroup: Fields<OfGroup> = { ...inAccount, group_id: field(Schema.String, "Group id") };

/** List the SCIM groups of an account. */
export const listGroups: Endpoint<Query, ScimList<ScimGroup>> = endpoint("scim.listGroups", {
  route: "GET /api/v3/accounts/:account_id/scim/v2/Groups",
  summary: "List the SCIM groups of an account",
  request: query,
  success: body(scimList(ScimGroup)),
});

/** The request of {@linkcode createGroup}. */
export interface CreateGroup extends InAccount, GroupOptions {
  /** The schemas of this document: `ScimSchema.group`. */
  readonly schemas: ReadonlyArray<string>;
  /** The group's name. */
  readonly displayName: string;
}

const createGroupRequest: Fields<CreateGroup> = {
  ...inAccount,
  ...groupOptions,
  schemas: field(schemas, "Schemas of the document, by URN"),
  displayName,
};

/** Create a SCIM group. */
export const createGroup: Endpoint<CreateGroup, ScimGroup> = endpoint("scim.createGroup", {
  route: "POST /api/v3/accounts/:account_id/scim/v2/Groups",
  summary: "Create a SCIM group",
  request: createGroupRequest,
  success: body(ScimGroup),
});

/** The request of {@linkcode getGroup}. */
export interface GetGroup extends OfGroup, WithRelated {}

/** Get a SCIM group. */
export const getGroup: Endpoint<GetGroup, ScimGroup> = endpoint("scim.getGroup", {
  route: "GET /api/v3/accounts/:account_id/scim/v2/Groups/:group_id",
  summary: "Get a SCIM group",
  request: { ...ofGroup, ...withRelated },
  success: body(ScimGroup),
});

/** The request of {@linkcode updateGroup}. */
export interface UpdateGroup extends OfGroup, CreateGroup {}

/** Update a SCIM group. Users who are left out leave the group. */
export const updateGroup: Endpoint<UpdateGroup, ScimGroup> = endpoint("scim.updateGroup", {
  route: "PUT /api/v3/accounts/:account_id/scim/v2/Groups/:group_id",
  summary: "Update a SCIM group",
  request: { ...ofGroup, ...createGroupRequest },
  replaces: true,
  success: body(ScimGroup),
});

/** The request of {@linkcode patchGroup}. */
export interface PatchGroup extends OfGroup {
  /** The changes. */
  readonly Operations: ReadonlyArray<Operation>;
  /** The schemas of this document: `ScimSchema.patch`. */
  readonly schemas?: ReadonlyArray<string>;
}

const operations = field(Schema.Array(operation), 'Changes: [{"op": "replace", "path": "…", "value": …}]');

/** Change some fields of a SCIM group. The response may be empty. */
export const patchGroup: Endpoint<PatchGroup, ScimGroup | undefined> = endpoint("scim.patchGroup", {
  route: "PATCH /api/v3/accounts/:account_id/scim/v2/Groups/:group_id",
  summary: "Change some fields of a SCIM group",
  request: { ...ofGroup, Operations: operations, schemas: optional(field(schemas, "Schemas of the document, by URN")) },
  success: body(Schema.UndefinedOr(ScimGroup)),
});

/** Delete a SCIM group. */
export const deleteGroup: Endpoint<OfGroup, unknown> = endpoint("scim.deleteGroup", {
  route: "DELETE /api/v3/accounts/:account_id/scim/v2/Groups/:group_id",
  summary: "Delete a SCIM group",
  request: ofGroup,
  success: maybe(Schema.Unknown),
});

// ---- users ----------------------------------------------------------------------------------------------------------

/** Fields of every request about one user. */
export interface OfUser extends InAccount {
  /** The user's id. */
  readonly user_id: string;
}

const ofUser: Fields<OfUser> = { ...inAccount, user_id: field(Schema.String, "User id") };

/** List the SCIM users of an account. */
export const listUsers: Endpoint<Query, ScimList<ScimUser>> = endpoint("scim.listUsers", {
  route: "GET /api/v3/accounts/:account_id/scim/v2/Users",
  summary: "List the SCIM users of an account",
  request: query,
  success: body(scimList(ScimUser)),
});

/** The request of {@linkcode createUser}. */
export interface CreateUser extends InAccount, UserOptions {
  /** The schemas of this document: `ScimSchema.user`, `ScimSchema.dbt_user`. */
  readonly schemas: ReadonlyArray<string>;
  /** The user's primary email address. */
  readonly userName: string;
  /** Whether the user may log in. */
  readonly active: boolean;
  /** The user's name. */
  readonly name: Name;
  /** The user's email addresses. */
  readonly emails: ReadonlyArray<Email>;
}

const createUserRequest: Fields<CreateUser> = {
  ...inAccount,
  ...userOptions,
  schemas: field(schemas, "Schemas of the document, by URN"),
  userName,
  active,
  name: field(personName, "Name of the user"),
  emails: field(emails, "Email addresses"),
};

/** Create a SCIM user. A user without a license type becomes a developer. */
export const createUser: Endpoint<CreateUser, ScimUser> = endpoint("scim.createUser", {
  route: "POST /api/v3/accounts/:account_id/scim/v2/Users",
  summary: "Create a SCIM user",
  request: createUserRequest,
  success: body(ScimUser),
});

/** The request of {@linkcode getUser}. */
export interface GetUser extends OfUser, WithRelated {}

/** Get a SCIM user. */
export const getUser: Endpoint<GetUser, ScimUser> = endpoint("scim.getUser", {
  route: "GET /api/v3/accounts/:account_id/scim/v2/Users/:user_id",
  summary: "Get a SCIM user",
  request: { ...ofUser, ...withRelated },
  success: body(ScimUser),
});

/** The request of {@linkcode updateUser}. */
export interface UpdateUser extends OfUser, CreateUser {}

/** Update a SCIM user. */
export const updateUser: Endpoint<UpdateUser, ScimUser> = endpoint("scim.updateUser", {
  route: "PUT /api/v3/accounts/:account_id/scim/v2/Users/:user_id",
  summary: "Update a SCIM user",
  request: { ...ofUser, ...createUserRequest },
  replaces: true,
  success: body(ScimUser),
});

/** The request of {@linkcode patchUser}. */
export interface PatchUser extends OfUser {
  /** The changes. */
  readonly Operations: ReadonlyArray<Operation>;
  /** The schemas of this document: `ScimSchema.patch`. */
  readonly schemas: ReadonlyArray<string>;
}

/** Change some fields of a SCIM user. The response may be empty. */
export const patchUser: Endpoint<PatchUser, ScimUser | undefined> = endpoint("scim.patchUser", {
  route: "PATCH /api/v3/accounts/:account_id/scim/v2/Users/:user_id",
  summary: "Change some fields of a SCIM user",
  request: { ...ofUser, Operations: operations, schemas: field(schemas, "Schemas of the document, by URN") },
  success: body(Schema.UndefinedOr(ScimUser)),
});

/** Remove a user's license in the account. */
export const deleteUser: Endpoint<OfUser, unknown> = endpoint("scim.deleteUser", {
  route: "DELETE /api/v3/accounts/:account_id/scim/v2/Users/:user_id",
  summary: "Remove a user's license in the account",
  request: ofUser,
  success: maybe(Schema.Unknown),
});

// ---- what SCIM supports ---------------------------------------------------------------------------------------------

/** List the resource types that SCIM manages. */
export const listResourceTypes: Endpoint<WithRelated, ScimList<ResourceType>> = endpoint("scim.listResourceTypes", {
  route: "GET /api/v3/accounts/:account_id/scim/v2/ResourceTypes",
  summary: "List the resource types that SCIM manages",
  request: withRelated,
  success: body(scimList(ResourceType)),
});

/** The request of {@linkcode getResourceType}. */
export interface GetResourceType extends WithRelated {
  /** The resource type: `User`, `Group`. */
  readonly resource_type: string;
}

/** Get a resource type that SCIM manages. */
export const getResourceType: Endpoint<GetResourceType, ResourceType> = endpoint("scim.getResourceType", {
  route: "GET /api/v3/accounts/:account_id/scim/v2/ResourceTypes/:resource_type",
  summary: "Get a resource type that SCIM manages",
  request: { ...withRelated, resource_type: field(Schema.String, "Resource type: User or Group") },
  success: body(ResourceType),
});

/** List the SCIM schemas. */
export const listSchemas: Endpoint<WithRelated, ScimList<ResourceType>> = endpoint("scim.listSchemas", {
  route: "GET /api/v3/accounts/:account_id/scim/v2/Schemas",
  summary: "List the SCIM schemas",
  request: withRelated,
  success: body(scimList(ResourceType)),
});

/** The request of {@linkcode getSchema}. */
export interface GetSchema extends WithRelated {
  /** The schema: see {@linkcode ScimSchema}. */
  readonly schema_uri: string;
}

/** Get a SCIM schema. */
export const getSchema: Endpoint<GetSchema, ResourceType> = endpoint("scim.getSchema", {
  route: "GET /api/v3/accounts/:account_id/scim/v2/Schemas/:schema_uri",
  summary: "Get a SCIM schema",
  request: { ...withRelated, schema_uri: field(named(Schema.String, ScimSchema), "Schema") },
  success: body(ResourceType),
});

/** Get the SCIM features that dbt Cloud supports. */
export const getServiceProviderConfig: Endpoint<WithRelated, unknown> = endpoint("scim.getServiceProviderConfig", {
  route: "GET /api/v3/accounts/:account_id/scim/v2/ServiceProviderConfig",
  summary: "Get the SCIM features that dbt Cloud supports",
  request: withRelated,
  success: body(Schema.Unknown),
});
