/**
 * The endpoints of the group `lineageIntegrations`: lineage integrations, the BI tools whose dashboards dbt Cloud
 * shows next to the models that they read.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import type * as Redacted from "effect/Redacted";
import * as Schema from "effect/Schema";
import { body, data, type Endpoint, endpoint, maybe, type Page, page } from "../endpoint.ts";
import { field, type Fields, named, nullable, optional, part, secret, struct } from "../schema.ts";
import { type InProject, inProject, type Related, related } from "../shared_fields.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** The BI tools. */
export const LineageIntegrationType = { tableau: "tableau", powerbi: "powerbi" } as const;

/** The kinds of objects in a BI tool that dbt Cloud can watch. */
export const SelectionType = { folder: "folder", dashboard: "dashboard" } as const;

// ---- models ---------------------------------------------------------------------------------------------------------

/** A lineage integration, without its secret. */
export interface LineageIntegration {
  /** The integration's id. */
  readonly id: number;
  /** The account's id. */
  readonly account_id?: number | null;
  /** The project's id. */
  readonly project_id?: number | null;
  /** The BI tool: see {@linkcode LineageIntegrationType}. */
  readonly name?: string | null;
  /** How to connect to the BI tool. Source: the Terraform provider. */
  readonly config?: { readonly [name: string]: unknown } | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
}

/** Reads a {@linkcode LineageIntegration}. */
export const LineageIntegration: Schema.Codec<LineageIntegration> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  project_id: nullable(Schema.Int),
  name: nullable(named(Schema.String, LineageIntegrationType)),
  config: nullable(Schema.Record(Schema.String, Schema.Unknown)),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, { columns: ["id", "name", "project_id", "created_at", "updated_at"] });

/** A folder or dashboard in a BI tool. */
export interface Selection {
  /** Its id in the BI tool. */
  readonly identifier?: string | null;
  /** Its name. */
  readonly name?: string | null;
  /** Folder or dashboard: see {@linkcode SelectionType}. */
  readonly type?: string | null;
  /** Whether dbt Cloud watches it. */
  readonly watching?: boolean | null;
}

const selection: Schema.Codec<Selection> = struct({
  identifier: nullable(field(Schema.String, "Id in the BI tool")),
  name: nullable(field(Schema.String, "Name")),
  type: nullable(field(named(Schema.String, SelectionType), "Folder or dashboard")),
  watching: nullable(field(Schema.Boolean, "Whether dbt Cloud watches it")),
});

/** The content of one folder of a BI tool. */
export interface Collection {
  /** The folders and dashboards. */
  readonly collections?: ReadonlyArray<Selection> | null;
}

/** Reads a {@linkcode Collection}. */
export const Collection: Schema.Codec<Collection> = struct({ collections: nullable(Schema.Array(selection)) }, {
  columns: ["collections"],
});

/** The result of changing what dbt Cloud watches. */
export interface SelectionChange {
  /** How many objects were added. */
  readonly added?: number | null;
  /** How many objects were removed. */
  readonly removed?: number | null;
}

/** Reads a {@linkcode SelectionChange}. */
export const SelectionChange: Schema.Codec<SelectionChange> = struct({
  added: nullable(Schema.Int),
  removed: nullable(Schema.Int),
}, { columns: ["added", "removed"] });

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** Fields of every request about one lineage integration. */
export interface OfLineageIntegration extends InProject {
  /** The lineage integration's id. */
  readonly integration_id: number;
}

const ofLineageIntegration: Fields<OfLineageIntegration> = {
  ...inProject,
  integration_id: field(Schema.Int, "Lineage integration id"),
};

/** The request of {@linkcode list}. */
export interface List extends InProject {
  /** Related objects to include in each integration. */
  readonly include_related?: Related;
}

/** List the lineage integrations of a project. */
export const list: Endpoint<List, Page<LineageIntegration>> = endpoint("lineageIntegrations.list", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/integrations/lineage/",
  summary: "List the lineage integrations of a project",
  request: { ...inProject, include_related: optional(related()) },
  success: page(LineageIntegration),
});

/** How to connect to Tableau. Source: the Terraform provider. The fields for Power BI are not documented. */
export interface LineageConfig {
  /** The server. */
  readonly host?: string | null;
  /** The site's id on the server. */
  readonly site_id?: string | null;
  /** The name of the token. */
  readonly token_name?: string | null;
  /** The token. */
  readonly token?: Redacted.Redacted<string> | null;
}

const config: Schema.Codec<LineageConfig, unknown> = part({
  host: nullable(field(Schema.String, "Server")),
  site_id: nullable(field(Schema.String, "Site id on the server")),
  token_name: nullable(field(Schema.String, "Name of the token")),
  token: nullable(field(secret, "Token")),
});

/** The fields of a lineage integration that requests can set. */
export interface LineageIntegrationOptions {
  /** The BI tool: see {@linkcode LineageIntegrationType}. */
  readonly name?: string | null;
  /** How to connect to the BI tool. */
  readonly config?: LineageConfig | null;
}

const name = field(named(Schema.String, LineageIntegrationType), "BI tool");

const options: Fields<LineageIntegrationOptions> = {
  name: nullable(name),
  config: nullable(field(config, "How to connect to the BI tool")),
};

/** The request of {@linkcode create}. */
export interface Create extends InProject, LineageIntegrationOptions {
  /** The BI tool: see {@linkcode LineageIntegrationType}. */
  readonly name: string;
}

/** Create a lineage integration. */
export const create: Endpoint<Create, LineageIntegration> = endpoint("lineageIntegrations.create", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/integrations/lineage/",
  summary: "Create a lineage integration",
  request: { ...inProject, ...options, name },
  repeats: { account_id: "account_id", project_id: "project_id" },
  success: data(LineageIntegration),
});

/** The request of {@linkcode get}. */
export interface Get extends OfLineageIntegration {
  /** Related objects to include in the integration. */
  readonly include_related?: Related;
}

/** Get a lineage integration. */
export const get: Endpoint<Get, LineageIntegration> = endpoint("lineageIntegrations.get", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/integrations/lineage/:integration_id/",
  summary: "Get a lineage integration",
  request: { ...ofLineageIntegration, include_related: optional(related()) },
  success: data(LineageIntegration),
});

/** The request of {@linkcode patch}. */
export interface Patch extends OfLineageIntegration, LineageIntegrationOptions {}

/** Change some fields of a lineage integration. */
export const patch: Endpoint<Patch, LineageIntegration> = endpoint("lineageIntegrations.patch", {
  route: "PATCH /api/v3/accounts/:account_id/projects/:project_id/integrations/lineage/:integration_id/",
  summary: "Change some fields of a lineage integration",
  request: { ...ofLineageIntegration, ...options },
  repeats: { account_id: "account_id", project_id: "project_id" },
  success: data(LineageIntegration),
});

/** Delete a lineage integration. */
const del: Endpoint<OfLineageIntegration, LineageIntegration | undefined> = endpoint("lineageIntegrations.delete", {
  route: "DELETE /api/v3/accounts/:account_id/projects/:project_id/integrations/lineage/:integration_id/",
  summary: "Delete a lineage integration",
  request: ofLineageIntegration,
  success: maybe(LineageIntegration),
});
export { del as delete };

const collections =
  "/api/v3/accounts/:account_id/projects/:project_id/integrations/lineage/:integration_id/collections";

/** The request of {@linkcode listCollections}. */
export interface ListCollections extends Get {
  /** The folder's id (default: the top level). */
  readonly collection_id?: string;
}

/** List the folders and dashboards of a BI tool. */
export const listCollections: Endpoint<ListCollections, Page<Collection>> = endpoint(
  "lineageIntegrations.listCollections",
  {
    route: `GET ${collections}/`,
    summary: "List the folders and dashboards of a BI tool",
    request: {
      ...ofLineageIntegration,
      collection_id: optional(field(Schema.String, "Folder id (default: the top level)")),
      include_related: optional(related()),
    },
    success: page(Collection),
  },
);

/** The request of {@linkcode listCollection}. */
export interface ListCollection extends Get {
  /** The folder's id. */
  readonly collection_id: string;
}

/** List the folders and dashboards in one folder of a BI tool. */
export const listCollection: Endpoint<ListCollection, Page<Collection>> = endpoint(
  "lineageIntegrations.listCollection",
  {
    route: `GET ${collections}/:collection_id/`,
    summary: "List the folders and dashboards in one folder of a BI tool",
    request: {
      ...ofLineageIntegration,
      collection_id: field(Schema.String, "Folder id"),
      include_related: optional(related()),
    },
    success: page(Collection),
  },
);

/** The request of {@linkcode select}. */
export interface Select extends OfLineageIntegration {
  /** The objects to start watching. */
  readonly to_add?: ReadonlyArray<Selection>;
  /** The objects to stop watching: ids in the BI tool. */
  readonly to_remove?: ReadonlyArray<string>;
}

/** Choose what dbt Cloud watches in a BI tool. */
export const select: Endpoint<Select, SelectionChange> = endpoint("lineageIntegrations.select", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/integrations/lineage/:integration_id/selections",
  summary: "Choose what dbt Cloud watches in a BI tool",
  request: {
    ...ofLineageIntegration,
    to_add: optional(field(Schema.Array(selection), "Objects to start watching")),
    to_remove: optional(field(Schema.Array(Schema.String), "Objects to stop watching: ids in the BI tool")),
  },
  success: body(SelectionChange),
});
