/**
 * The endpoints of the group `privateEndpoints`: private endpoints, through which dbt Cloud reaches a warehouse
 * without the public internet.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, maybe, type Page, page } from "../endpoint.ts";
import { field, type Fields, type Members, named, nullable, optional, struct } from "../schema.ts";
import { type InAccount, inAccount, type Paging, paging, type Related, related, State } from "../shared_fields.ts";

// ---- models ---------------------------------------------------------------------------------------------------------

/**
 * The fields of a private endpoint that requests can set. The request is not documented: these are the fields of the
 * response that only the customer can know.
 */
export interface PrivateEndpointOptions {
  /** The endpoint's name. */
  readonly name?: string | null;
  /** The type of service that the endpoint connects to. */
  readonly type?: string | null;
  /** Its DNS name in dbt Cloud. */
  readonly private_link_endpoint?: string | null;
  /** Its id at the cloud provider. */
  readonly endpoint_identifier?: string | null;
  /** Its range of IP addresses. */
  readonly cidr_range?: string | null;
  /** The port. */
  readonly port?: number | null;
}

const options: Members<PrivateEndpointOptions> = {
  name: nullable(field(Schema.String, "Name of the endpoint")),
  type: nullable(field(Schema.String, "Type of service that the endpoint connects to")),
  private_link_endpoint: nullable(field(Schema.String, "DNS name in dbt Cloud")),
  endpoint_identifier: nullable(field(Schema.String, "Id at the cloud provider")),
  cidr_range: nullable(field(Schema.String, "Range of IP addresses")),
  port: nullable(field(Schema.Int, "Port")),
};

/** A private endpoint. */
export interface PrivateEndpoint extends PrivateEndpointOptions {
  /** The endpoint's id. */
  readonly id: string;
  /** The account's id. */
  readonly account_id?: number | null;
  /** The IP addresses of dbt Cloud that the warehouse must allow. */
  readonly egress_cidr?: string | null;
  /** Its state at the cloud provider. */
  readonly endpoint_state?: string | null;
  /** Whether the service can be reached. */
  readonly connectivity_status?: string | null;
  /** How many connections use it. */
  readonly connection_count?: number | null;
  /** The progress of dbt Cloud in creating it. */
  readonly provisioning_status?: string | null;
  /** The progress, in words. */
  readonly provisioning_status_message?: string | null;
  /** State of the endpoint: 1 active, 2 deleted. */
  readonly state?: number | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
}

/** Reads a {@linkcode PrivateEndpoint}. */
export const PrivateEndpoint: Schema.Codec<PrivateEndpoint> = struct({
  id: Schema.String,
  account_id: nullable(Schema.Int),
  ...options,
  egress_cidr: nullable(Schema.String),
  endpoint_state: nullable(Schema.String),
  connectivity_status: nullable(Schema.String),
  connection_count: nullable(Schema.Int),
  provisioning_status: nullable(Schema.String),
  provisioning_status_message: nullable(Schema.String),
  state: nullable(named(Schema.Int, State)),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, { columns: ["id", "name", "type", "endpoint_state", "connectivity_status", "connection_count", "created_at"] });

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** Fields of every request about one private endpoint. */
export interface OfPrivateEndpoint extends InAccount {
  /** The private endpoint's id, as text. */
  readonly private_endpoint_id: string;
}

const ofPrivateEndpoint: Fields<OfPrivateEndpoint> = {
  ...inAccount,
  private_endpoint_id: field(Schema.String, "Private endpoint id"),
};

/** The request of {@linkcode list}. */
export interface List extends InAccount, Paging {
  /** Only the endpoints whose name or DNS name contains this text. */
  readonly search?: string;
  /** Only the endpoints of this type. */
  readonly type?: string;
  /** Related objects to include in each endpoint. */
  readonly include_related?: Related;
}

/** List the private endpoints of an account. */
export const list: Endpoint<List, Page<PrivateEndpoint>> = endpoint("privateEndpoints.list", {
  route: "GET /api/v3/accounts/:account_id/private-endpoints/",
  summary: "List the private endpoints of an account",
  request: {
    ...inAccount,
    search: optional(field(Schema.String, "Only the endpoints whose name or DNS name contains this text")),
    type: optional(field(Schema.String, "Only the endpoints of this type")),
    include_related: optional(related()),
    ...paging,
  },
  success: page(PrivateEndpoint),
});

/** List the private endpoints of an account, at the path used until March 2026. */
export const listPrivateLink: Endpoint<InAccount, Page<PrivateEndpoint>> = endpoint(
  "privateEndpoints.listPrivateLink",
  {
    route: "GET /api/v3/accounts/:account_id/private-link-endpoints/",
    summary: "List the private endpoints of an account, at the path used until March 2026",
    request: inAccount,
    success: page(PrivateEndpoint),
    dbtc: "list_private_link_endpoints",
    deprecated: "private-endpoints list",
    undocumented: "Published until March 2026; Python dbtc uses it",
  },
);

/** The request of {@linkcode create}. */
export interface Create extends InAccount, PrivateEndpointOptions {}

/** Create a private endpoint. */
export const create: Endpoint<Create, PrivateEndpoint | undefined> = endpoint("privateEndpoints.create", {
  route: "POST /api/v3/accounts/:account_id/private-endpoints/",
  summary: "Create a private endpoint",
  request: { ...inAccount, ...options },
  // In the specification the response has no body. If dbt Cloud sends one, it holds the new endpoint.
  success: maybe(PrivateEndpoint),
});

/** The request of {@linkcode get}. */
export interface Get extends OfPrivateEndpoint {
  /** Related objects to include in the endpoint. */
  readonly include_related?: Related;
}

/** Get a private endpoint. */
export const get: Endpoint<Get, PrivateEndpoint> = endpoint("privateEndpoints.get", {
  route: "GET /api/v3/accounts/:account_id/private-endpoints/:private_endpoint_id/",
  summary: "Get a private endpoint",
  request: { ...ofPrivateEndpoint, include_related: optional(related()) },
  success: data(PrivateEndpoint),
});

/** The request of {@linkcode patch}. */
export interface Patch extends OfPrivateEndpoint, PrivateEndpointOptions {}

/** Change some fields of a private endpoint. */
export const patch: Endpoint<Patch, PrivateEndpoint | undefined> = endpoint("privateEndpoints.patch", {
  route: "PATCH /api/v3/accounts/:account_id/private-endpoints/:private_endpoint_id/",
  summary: "Change some fields of a private endpoint",
  request: { ...ofPrivateEndpoint, ...options },
  success: maybe(PrivateEndpoint), // as in `create`
});

/** Delete a private endpoint. */
const del: Endpoint<OfPrivateEndpoint, PrivateEndpoint | undefined> = endpoint("privateEndpoints.delete", {
  route: "DELETE /api/v3/accounts/:account_id/private-endpoints/:private_endpoint_id/",
  summary: "Delete a private endpoint",
  request: ofPrivateEndpoint,
  success: maybe(PrivateEndpoint),
});
export { del as delete };
