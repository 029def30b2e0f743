/**
 * The endpoints of the group `licenseMaps`: license maps, which give a license to the users of SSO groups at the
 * identity provider.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, maybe, type Page, page } from "../endpoint.ts";
import { field, type Fields, type Members, named, nullable, optional, struct } from "../schema.ts";
import {
  type InAccount,
  inAccount,
  type Ordered,
  ordered,
  type Related,
  related,
  State,
  state,
  type StateFilter,
} from "../shared_fields.ts";
import { LicenseType } from "./users.ts";

// ---- models ---------------------------------------------------------------------------------------------------------

/** The fields of a license map that requests can set. */
export interface LicenseMapOptions {
  /** The license type: see `LicenseType` of users. */
  readonly license_type?: string | null;
  /** The SSO groups at the identity provider whose users get the license. */
  readonly sso_license_mapping_groups?: ReadonlyArray<string> | null;
  /** State of the license map: 1 active, 2 deleted. */
  readonly state?: number | null;
}

const licenseType = field(named(Schema.String, LicenseType), "License type");

const options: Members<LicenseMapOptions> = {
  license_type: nullable(licenseType),
  sso_license_mapping_groups: nullable(
    field(Schema.Array(Schema.String), "SSO groups at the identity provider whose users get the license"),
  ),
  state: nullable(field(named(Schema.Int, State), "State of the license map")),
};

/** A license map. */
export interface LicenseMap extends LicenseMapOptions {
  /** The map's id. */
  readonly id: number;
  /** The account's id. */
  readonly account_id?: number | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
}

/** Reads a {@linkcode LicenseMap}. */
export const LicenseMap: Schema.Codec<LicenseMap> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  ...options,
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, { columns: ["id", "license_type", "sso_license_mapping_groups", "created_at"] });

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** Fields of every request about one license map. */
export interface OfLicenseMap extends InAccount {
  /** The license map's id. */
  readonly license_map_id: number;
}

const ofLicenseMap: Fields<OfLicenseMap> = { ...inAccount, license_map_id: field(Schema.Int, "License map id") };

/** The request of {@linkcode list}. */
export interface List extends InAccount, Ordered {
  /** Only the license map with this id. */
  readonly pk?: number;
  /** State of the license maps: active, deleted or all (default: active). */
  readonly state?: StateFilter;
  /** Related objects to include in each license map. */
  readonly include_related?: Related;
}

/** List the license maps of an account. */
export const list: Endpoint<List, Page<LicenseMap>> = endpoint("licenseMaps.list", {
  route: "GET /api/v3/accounts/:account_id/license-maps/",
  summary: "List the license maps of an account",
  request: {
    ...inAccount,
    pk: optional(field(Schema.Int, "Only the license map with this id")),
    state: optional(state),
    include_related: optional(related()),
    ...ordered,
  },
  success: page(LicenseMap),
  dbtc: "list_license_maps",
});

/** The request of {@linkcode create}. */
export interface Create extends InAccount, LicenseMapOptions {
  /** The license type: see `LicenseType` of users. */
  readonly license_type: string;
}

const createRequest: Fields<Create> = { ...inAccount, ...options, license_type: licenseType };

/** Create a license map. */
export const create: Endpoint<Create, LicenseMap> = endpoint("licenseMaps.create", {
  route: "POST /api/v3/accounts/:account_id/license-maps/",
  summary: "Create a license map",
  request: createRequest,
  repeats: { account_id: "account_id" },
  success: data(LicenseMap),
  dbtc: "create_license_map",
});

/** The request of {@linkcode get}. */
export interface Get extends OfLicenseMap {
  /** Related objects to include in the license map. */
  readonly include_related?: Related;
}

/** Get a license map. */
export const get: Endpoint<Get, LicenseMap> = endpoint("licenseMaps.get", {
  route: "GET /api/v3/accounts/:account_id/license-maps/:license_map_id/",
  summary: "Get a license map",
  request: { ...ofLicenseMap, include_related: optional(related()) },
  success: data(LicenseMap),
  dbtc: "get_license_map",
});

/** The request of {@linkcode update}. */
export interface Update extends OfLicenseMap, Create {}

/** Update a license map. Fields that are left out are reset. */
export const update: Endpoint<Update, LicenseMap> = endpoint("licenseMaps.update", {
  route: "POST /api/v3/accounts/:account_id/license-maps/:license_map_id/",
  summary: "Update a license map",
  request: { ...ofLicenseMap, ...createRequest },
  repeats: { account_id: "account_id", id: "license_map_id" },
  replaces: true,
  success: data(LicenseMap),
  dbtc: "update_license_map",
});

/** Delete a license map. */
const del: Endpoint<OfLicenseMap, LicenseMap | undefined> = endpoint("licenseMaps.delete", {
  route: "DELETE /api/v3/accounts/:account_id/license-maps/:license_map_id/",
  summary: "Delete a license map",
  request: ofLicenseMap,
  success: maybe(LicenseMap),
  dbtc: "delete_license_map",
});
export { del as delete };
