/**
 * The endpoints of the group `extendedAttributes`: extended attributes, which add to or override the connection
 * settings of an environment or a profile.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, maybe } from "../endpoint.ts";
import { field, type Fields, named, nullable, optional, struct } from "../schema.ts";
import { type InProject, inProject, type Related, related, State } from "../shared_fields.ts";

// ---- models ---------------------------------------------------------------------------------------------------------

/** Extended attributes. */
export interface ExtendedAttributes {
  /** The extended attributes' id. */
  readonly id: number;
  /** The account's id. */
  readonly account_id?: number | null;
  /** The project's id. */
  readonly project_id?: number | null;
  /** The attributes, as in `profiles.yml`; at most 4,096 bytes of JSON. */
  readonly extended_attributes?: { readonly [name: string]: unknown } | null;
  /** State of the extended attributes: 1 active, 2 deleted. */
  readonly state?: number | null;
  /** When they were created. */
  readonly created_at?: string | null;
  /** When they last changed. */
  readonly updated_at?: string | null;
}

const attributes = field(
  Schema.Record(Schema.String, Schema.Unknown),
  "Attributes, as in profiles.yml; at most 4096 bytes of JSON",
);

/** Reads {@linkcode ExtendedAttributes}. */
export const ExtendedAttributes: Schema.Codec<ExtendedAttributes> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  project_id: nullable(Schema.Int),
  extended_attributes: nullable(attributes),
  state: nullable(named(Schema.Int, State)),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, { columns: ["id", "project_id", "extended_attributes", "created_at", "updated_at"] });

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** Fields of every request about extended attributes. */
export interface OfExtendedAttributes extends InProject {
  /** The extended attributes' id. */
  readonly extended_attributes_id: number;
}

const ofExtendedAttributes: Fields<OfExtendedAttributes> = {
  ...inProject,
  extended_attributes_id: field(Schema.Int, "Extended attributes id"),
};

/** The request of {@linkcode create}. */
export interface Create extends InProject {
  /** The attributes, as in `profiles.yml`; at most 4,096 bytes of JSON. */
  readonly extended_attributes: { readonly [name: string]: unknown };
}

/** Create extended attributes. */
export const create: Endpoint<Create, ExtendedAttributes> = endpoint("extendedAttributes.create", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/extended-attributes/",
  summary: "Create extended attributes",
  request: { ...inProject, extended_attributes: attributes },
  success: data(ExtendedAttributes),
  dbtc: "create_extended_attributes",
});

/** The request of {@linkcode get}. */
export interface Get extends OfExtendedAttributes {
  /** Related objects to include in the extended attributes. */
  readonly include_related?: Related;
}

/** Get extended attributes. */
export const get: Endpoint<Get, ExtendedAttributes> = endpoint("extendedAttributes.get", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/extended-attributes/:extended_attributes_id/",
  summary: "Get extended attributes",
  request: { ...ofExtendedAttributes, include_related: optional(related()) },
  success: data(ExtendedAttributes),
  dbtc: "get_extended_attributes",
});

/** The request of {@linkcode patch} and {@linkcode update}. */
export interface Update extends OfExtendedAttributes, Create {
  /** State of the extended attributes: 1 active, 2 deleted. */
  readonly state?: number | null;
}

const updateRequest: Fields<Update> = {
  ...ofExtendedAttributes,
  extended_attributes: attributes,
  state: nullable(field(named(Schema.Int, State), "State of the extended attributes")),
};

/** Change extended attributes. */
export const patch: Endpoint<Update, ExtendedAttributes> = endpoint("extendedAttributes.patch", {
  route: "PATCH /api/v3/accounts/:account_id/projects/:project_id/extended-attributes/:extended_attributes_id/",
  summary: "Change extended attributes",
  request: updateRequest,
  success: data(ExtendedAttributes),
});

/** Update extended attributes. Fields that are left out are reset. */
export const update: Endpoint<Update, ExtendedAttributes> = endpoint("extendedAttributes.update", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/extended-attributes/:extended_attributes_id/",
  summary: "Update extended attributes",
  request: updateRequest,
  replaces: true,
  success: data(ExtendedAttributes),
  dbtc: "update_extended_attributes",
  undocumented: "Python dbtc uses it; the specification has PATCH only",
});

/** Delete extended attributes. */
const del: Endpoint<OfExtendedAttributes, ExtendedAttributes | undefined> = endpoint("extendedAttributes.delete", {
  route: "DELETE /api/v3/accounts/:account_id/projects/:project_id/extended-attributes/:extended_attributes_id/",
  summary: "Delete extended attributes",
  request: ofExtendedAttributes,
  success: maybe(ExtendedAttributes),
  dbtc: "delete_extended_attributes",
});
export { del as delete };
