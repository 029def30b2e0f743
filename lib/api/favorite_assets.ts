/**
 * The endpoints of the group `favoriteAssets`: favorite assets, the resources that users marked as favorites in the
 * catalog.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { type Endpoint, endpoint, type Page, page } from "../endpoint.ts";
import { field, nullable, optional, struct } from "../schema.ts";
import { type InAccount, inAccount, type Paging, paging, type Related, related } from "../shared_fields.ts";

/** A resource that a user marked as a favorite. */
export interface FavoriteAsset {
  /** The favorite's id. */
  readonly id: number;
  /** The project's id; null for a resource that is known only from the warehouse. */
  readonly project_id?: number | null;
  /** The environment's id. */
  readonly environment_id?: number | null;
  /** The resource's unique id. */
  readonly asset_id?: string | null;
  /** The resource's name. */
  readonly name?: string | null;
  /** The platform that the resource is on. */
  readonly platform?: string | null;
  /** The type of the resource: `model`, `source` … */
  readonly asset_type?: string | null;
  /** When the user marked it. */
  readonly created_at?: string | null;
  /** When the favorite last changed. */
  readonly updated_at?: string | null;
}

/** Reads a {@linkcode FavoriteAsset}. */
export const FavoriteAsset: Schema.Codec<FavoriteAsset> = struct({
  id: Schema.Int,
  project_id: nullable(Schema.Int),
  environment_id: nullable(Schema.Int),
  asset_id: nullable(Schema.String),
  name: nullable(Schema.String),
  platform: nullable(Schema.String),
  asset_type: nullable(Schema.String),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, { columns: ["id", "name", "asset_type", "platform", "project_id", "environment_id", "created_at"] });

/** The request of {@linkcode list}. */
export interface List extends InAccount, Paging {
  /** Only favorites of this user. */
  readonly user_id?: number;
  /** Only favorites in this project. */
  readonly project_id?: number;
  /** Only favorites in this environment. */
  readonly environment_id?: number;
  /** Related objects to include in each favorite. */
  readonly include_related?: Related;
}

/** List the favorite assets of users. */
export const list: Endpoint<List, Page<FavoriteAsset>> = endpoint("favoriteAssets.list", {
  route: "GET /api/v3/accounts/:account_id/favorite-assets/",
  summary: "List the favorite assets of users",
  request: {
    ...inAccount,
    user_id: optional(field(Schema.Int, "Only favorites of this user")),
    project_id: optional(field(Schema.Int, "Only favorites in this project")),
    environment_id: optional(field(Schema.Int, "Only favorites in this environment")),
    include_related: optional(related()),
    ...paging,
  },
  success: page(FavoriteAsset),
});
