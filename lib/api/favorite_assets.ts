/**
 * The endpoints of the group `favoriteAssets`: favorite assets: models, sources and others that users marked in the
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

/** Something that a user marked. */
export interface FavoriteAsset {
  /** The mark's id. */
  readonly id: number;
  /** The project; null for what is known from the warehouse only. */
  readonly project_id?: number | null;
  /** The environment. */
  readonly environment_id?: number | null;
  /** What is marked: its unique id. */
  readonly asset_id?: string | null;
  /** Its name. */
  readonly name?: string | null;
  /** Where it lives. */
  readonly platform?: string | null;
  /** What it is: `model`, `source` … */
  readonly asset_type?: string | null;
  /** When it was marked. */
  readonly created_at?: string | null;
  /** When the mark last changed. */
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

/** What {@linkcode list} asks for. */
export interface List extends InAccount, Paging {
  /** Only what this user marked. */
  readonly user_id?: number;
  /** Only what is in this project. */
  readonly project_id?: number;
  /** Only what is in this environment. */
  readonly environment_id?: number;
  /** Related things to include in each mark. */
  readonly include_related?: Related;
}

/** List what users marked in the catalog. */
export const list: Endpoint<List, Page<FavoriteAsset>> = endpoint("favoriteAssets.list", {
  route: "GET /api/v3/accounts/:account_id/favorite-assets/",
  summary: "List what users marked in the catalog",
  request: {
    ...inAccount,
    user_id: optional(field(Schema.Int, "Only what this user marked")),
    project_id: optional(field(Schema.Int, "Only what is in this project")),
    environment_id: optional(field(Schema.Int, "Only what is in this environment")),
    include_related: optional(related()),
    ...paging,
  },
  success: page(FavoriteAsset),
});
