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
 * What one can set about a private endpoint. Nobody has published what dbt Cloud takes: these are the members of an
 * answer that are for a customer to say.
 */
export interface PrivateEndpointOptions {
  /** The name. */
  readonly name?: string | null;
  /** What it leads to. */
  readonly type?: string | null;
  /** Its DNS name within dbt Cloud. */
  readonly private_link_endpoint?: string | null;
  /** Its id at the cloud provider. */
  readonly endpoint_identifier?: string | null;
  /** Its addresses. */
  readonly cidr_range?: string | null;
  /** Its port. */
  readonly port?: number | null;
}

const options: Members<PrivateEndpointOptions> = {
  name: nullable(field(Schema.String, "The name")),
  type: nullable(field(Schema.String, "What it leads to")),
  private_link_endpoint: nullable(field(Schema.String, "Its DNS name within dbt Cloud")),
  endpoint_identifier: nullable(field(Schema.String, "Its id at the cloud provider")),
  cidr_range: nullable(field(Schema.String, "Its addresses")),
  port: nullable(field(Schema.Int, "Its port")),
};

/** A private endpoint. */
export interface PrivateEndpoint extends PrivateEndpointOptions {
  /** The endpoint's id. */
  readonly id: string;
  /** The account. */
  readonly account_id?: number | null;
  /** The addresses from which dbt Cloud comes out of it, for the warehouse to allow. */
  readonly egress_cidr?: string | null;
  /** How far it has come at the cloud provider. */
  readonly endpoint_state?: string | null;
  /** Whether what it leads to can be reached. */
  readonly connectivity_status?: string | null;
  /** How many connections use it. */
  readonly connection_count?: number | null;
  /** How far dbt Cloud has come with making it. */
  readonly provisioning_status?: string | null;
  /** The same in words. */
  readonly provisioning_status_message?: string | null;
  /** Whether it is there: 1 active, 2 deleted. */
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

/** What every request about one private endpoint has. */
export interface OfPrivateEndpoint extends InAccount {
  /** The endpoint's id, which is text. */
  readonly private_endpoint_id: string;
}

const ofPrivateEndpoint: Fields<OfPrivateEndpoint> = {
  ...inAccount,
  private_endpoint_id: field(Schema.String, "The private endpoint"),
};

/** What {@linkcode list} asks for. */
export interface List extends InAccount, Paging {
  /** Only the endpoints with this in their name or their DNS name. */
  readonly search?: string;
  /** Only the endpoints of this type. */
  readonly type?: string;
  /** Related things to include in each endpoint. */
  readonly include_related?: Related;
}

/** List the private endpoints of an account. */
export const list: Endpoint<List, Page<PrivateEndpoint>> = endpoint("privateEndpoints.list", {
  route: "GET /api/v3/accounts/:account_id/private-endpoints/",
  summary: "List the private endpoints of an account",
  request: {
    ...inAccount,
    search: optional(field(Schema.String, "Only the endpoints with this in their name or their DNS name")),
    type: optional(field(Schema.String, "Only the endpoints of this type")),
    include_related: optional(related()),
    ...paging,
  },
  success: page(PrivateEndpoint),
});

/** List the private endpoints of an account, by the path that they had until March 2026. */
export const listPrivateLink: Endpoint<InAccount, Page<PrivateEndpoint>> = endpoint(
  "privateEndpoints.listPrivateLink",
  {
    route: "GET /api/v3/accounts/:account_id/private-link-endpoints/",
    summary: "List the private endpoints of an account, by the path that they had until March 2026",
    request: inAccount,
    success: page(PrivateEndpoint),
    dbtc: "list_private_link_endpoints",
    deprecated: "private-endpoints list",
    undocumented: "Published until March 2026; Python dbtc uses it",
  },
);

/** What {@linkcode create} asks for. */
export interface Create extends InAccount, PrivateEndpointOptions {}

/** Create a private endpoint. */
export const create: Endpoint<Create, PrivateEndpoint | undefined> = endpoint("privateEndpoints.create", {
  route: "POST /api/v3/accounts/:account_id/private-endpoints/",
  summary: "Create a private endpoint",
  request: { ...inAccount, ...options },
  // By the specification the answer has no body. If one comes, it holds the new endpoint.
  success: maybe(PrivateEndpoint),
});

/** What {@linkcode get} asks for. */
export interface Get extends OfPrivateEndpoint {
  /** Related things to include in the endpoint. */
  readonly include_related?: Related;
}

/** Get one private endpoint. */
export const get: Endpoint<Get, PrivateEndpoint> = endpoint("privateEndpoints.get", {
  route: "GET /api/v3/accounts/:account_id/private-endpoints/:private_endpoint_id/",
  summary: "Get one private endpoint",
  request: { ...ofPrivateEndpoint, include_related: optional(related()) },
  success: data(PrivateEndpoint),
});

/** What {@linkcode patch} asks for. */
export interface Patch extends OfPrivateEndpoint, PrivateEndpointOptions {}

/** Change some of a private endpoint. */
export const patch: Endpoint<Patch, PrivateEndpoint | undefined> = endpoint("privateEndpoints.patch", {
  route: "PATCH /api/v3/accounts/:account_id/private-endpoints/:private_endpoint_id/",
  summary: "Change some of a private endpoint",
  request: { ...ofPrivateEndpoint, ...options },
  success: maybe(PrivateEndpoint), // as of `create`
});

/** Delete a private endpoint. */
const del: Endpoint<OfPrivateEndpoint, PrivateEndpoint | undefined> = endpoint("privateEndpoints.delete", {
  route: "DELETE /api/v3/accounts/:account_id/private-endpoints/:private_endpoint_id/",
  summary: "Delete a private endpoint",
  request: ofPrivateEndpoint,
  success: maybe(PrivateEndpoint),
});
export { del as delete };
