/**
 * What SCIM says of itself: its resource types, their schemas and what the server can do, as RFC 7643 describes them.
 * `scim_endpoints.ts` serves it.
 *
 * @module
 */
import { ScimSchema } from "../../api/scim.ts";
import type { Row } from "../protocol/response_format.ts";

const core = "urn:ietf:params:scim:schemas:core:2.0";

/** A resource that describes SCIM itself. */
function description(resourceType: string, id: string, location: string, rest: Row): Row {
  return {
    schemas: [`${core}:${resourceType}`],
    id,
    ...rest,
    meta: { resourceType, location: `/scim/v2/${location}` },
  };
}

/** What can be managed. */
export const resourceTypes: ReadonlyArray<Row> = [
  description("ResourceType", "User", "ResourceTypes/User", {
    name: "User",
    description: "User Account",
    endpoint: "/Users",
    schema: ScimSchema.user,
    schemaExtensions: [{ schema: ScimSchema.dbt_user, required: false }],
  }),
  description("ResourceType", "Group", "ResourceTypes/Group", {
    name: "Group",
    description: "Group",
    endpoint: "/Groups",
    schema: ScimSchema.group,
    schemaExtensions: [],
  }),
];

/** An attribute of a schema: RFC 7643, §7. */
function attribute(name: string, type: string, rest: Row = {}): Row {
  return {
    name,
    type,
    multiValued: false,
    required: false,
    caseExact: false,
    mutability: "readWrite",
    returned: "default",
    uniqueness: "none",
    ...rest,
  };
}

function list(name: string, ...subAttributes: ReadonlyArray<Row>): Row {
  return attribute(name, "complex", { multiValued: true, subAttributes });
}

const value = attribute("value", "string");
const display = attribute("display", "string", { mutability: "readOnly" });
const externalId = attribute("externalId", "string", { caseExact: true });

function schema(id: string, name: string, text: string, attributes: ReadonlyArray<Row>): Row {
  return description("Schema", id, `Schemas/${id}`, { name, description: text, attributes });
}

/** The attributes of each. */
export const schemas: ReadonlyArray<Row> = [
  schema(ScimSchema.user, "User", "User Account", [
    attribute("userName", "string", { required: true, uniqueness: "server" }),
    externalId,
    attribute("active", "boolean", { required: true }),
    attribute("name", "complex", {
      required: true,
      subAttributes: [attribute("givenName", "string"), attribute("familyName", "string")],
    }),
    list("emails", value, attribute("primary", "boolean"), attribute("type", "string")),
    { ...list("groups", value, display, externalId), mutability: "readOnly" },
  ]),
  schema(ScimSchema.group, "Group", "Group", [
    attribute("displayName", "string", { required: true }),
    externalId,
    list("members", value, display),
  ]),
  schema(ScimSchema.dbt_user, "dbt User", "What dbt adds to a user", [attribute("licenseType", "string")]),
];

/** What the server can do. Bulk, sorting and ETags are not in dbt's specification. */
export const serviceProviderConfig: Row = {
  schemas: [`${core}:ServiceProviderConfig`],
  documentationUri: "https://docs.getdbt.com/docs/cloud/manage-access/scim",
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: 100 },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: false },
  authenticationSchemes: [{
    type: "oauthbearertoken",
    name: "OAuth Bearer Token",
    description: "A SCIM token of the account",
  }],
  meta: { resourceType: "ServiceProviderConfig", location: "/scim/v2/ServiceProviderConfig" },
};
