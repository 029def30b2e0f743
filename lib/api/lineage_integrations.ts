/**
 * The endpoints of the group `lineageIntegrations`: lineage integrations: BI tools whose dashboards dbt Cloud shows
 * next to the models that they read.
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

/** What of a BI tool can be watched. */
export const SelectionType = { folder: "folder", dashboard: "dashboard" } as const;

// ---- models ---------------------------------------------------------------------------------------------------------

/** A lineage integration, without its secret. */
export interface LineageIntegration {
  /** The integration's id. */
  readonly id: number;
  /** The account. */
  readonly account_id?: number | null;
  /** The project. */
  readonly project_id?: number | null;
  /** The BI tool: see {@linkcode LineageIntegrationType}. */
  readonly name?: string | null;
  /** How to reach the BI tool. Source: the Terraform provider. */
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

/** A folder or a dashboard of a BI tool. */
export interface Selection {
  /** Its id at the BI tool. */
  readonly identifier?: string | null;
  /** Its name. */
  readonly name?: string | null;
  /** What it is: see {@linkcode SelectionType}. */
  readonly type?: string | null;
  /** Whether dbt Cloud watches it. */
  readonly watching?: boolean | null;
}

const selection: Schema.Codec<Selection> = struct({
  identifier: nullable(field(Schema.String, "Its id at the BI tool")),
  name: nullable(field(Schema.String, "Its name")),
  type: nullable(field(named(Schema.String, SelectionType), "What it is")),
  watching: nullable(field(Schema.Boolean, "Whether dbt Cloud watches it")),
});

/** What a BI tool has at one place. */
export interface Collection {
  /** The folders and dashboards. */
  readonly collections?: ReadonlyArray<Selection> | null;
}

/** Reads a {@linkcode Collection}. */
export const Collection: Schema.Codec<Collection> = struct({ collections: nullable(Schema.Array(selection)) }, {
  columns: ["collections"],
});

/** What a change of what is watched did. */
export interface SelectionChange {
  /** How many things are watched from now on. */
  readonly added?: number | null;
  /** How many things are no longer watched. */
  readonly removed?: number | null;
}

/** Reads a {@linkcode SelectionChange}. */
export const SelectionChange: Schema.Codec<SelectionChange> = struct({
  added: nullable(Schema.Int),
  removed: nullable(Schema.Int),
}, { columns: ["added", "removed"] });

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** What every request about one lineage integration has. */
export interface OfLineageIntegration extends InProject {
  /** The lineage integration. */
  readonly integration_id: number;
}

const ofLineageIntegration: Fields<OfLineageIntegration> = {
  ...inProject,
  integration_id: field(Schema.Int, "The lineage integration"),
};

/** What {@linkcode list} asks for. */
export interface List extends InProject {
  /** Related things to include in each integration. */
  readonly include_related?: Related;
}

/** List the lineage integrations of a project. */
export const list: Endpoint<List, Page<LineageIntegration>> = endpoint("lineageIntegrations.list", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/integrations/lineage/",
  summary: "List the lineage integrations of a project",
  request: { ...inProject, include_related: optional(related()) },
  success: page(LineageIntegration),
});

/** How to reach Tableau. Source: the Terraform provider; what Power BI needs is not published. */
export interface LineageConfig {
  /** The server. */
  readonly host?: string | null;
  /** The site on the server. */
  readonly site_id?: string | null;
  /** The name of the token. */
  readonly token_name?: string | null;
  /** The token. */
  readonly token?: Redacted.Redacted<string> | null;
}

const config: Schema.Codec<LineageConfig, unknown> = part({
  host: nullable(field(Schema.String, "The server")),
  site_id: nullable(field(Schema.String, "The site on the server")),
  token_name: nullable(field(Schema.String, "The name of the token")),
  token: nullable(field(secret, "The token")),
});

/** What one can set about a lineage integration. */
export interface LineageIntegrationOptions {
  /** The BI tool: see {@linkcode LineageIntegrationType}. */
  readonly name?: string | null;
  /** How to reach the BI tool. */
  readonly config?: LineageConfig | null;
}

const name = field(named(Schema.String, LineageIntegrationType), "The BI tool");

const options: Fields<LineageIntegrationOptions> = {
  name: nullable(name),
  config: nullable(field(config, "How to reach the BI tool")),
};

/** What {@linkcode create} asks for. */
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

/** What {@linkcode get} asks for. */
export interface Get extends OfLineageIntegration {
  /** Related things to include in the integration. */
  readonly include_related?: Related;
}

/** Get one lineage integration. */
export const get: Endpoint<Get, LineageIntegration> = endpoint("lineageIntegrations.get", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/integrations/lineage/:integration_id/",
  summary: "Get one lineage integration",
  request: { ...ofLineageIntegration, include_related: optional(related()) },
  success: data(LineageIntegration),
});

/** What {@linkcode patch} asks for. */
export interface Patch extends OfLineageIntegration, LineageIntegrationOptions {}

/** Change some of a lineage integration. */
export const patch: Endpoint<Patch, LineageIntegration> = endpoint("lineageIntegrations.patch", {
  route: "PATCH /api/v3/accounts/:account_id/projects/:project_id/integrations/lineage/:integration_id/",
  summary: "Change some of a lineage integration",
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

/** What {@linkcode listCollections} asks for. */
export interface ListCollections extends Get {
  /** The folder to look into; the top when absent. */
  readonly collection_id?: string;
}

/** List the folders and dashboards that a BI tool has. */
export const listCollections: Endpoint<ListCollections, Page<Collection>> = endpoint(
  "lineageIntegrations.listCollections",
  {
    route: `GET ${collections}/`,
    summary: "List the folders and dashboards that a BI tool has",
    request: {
      ...ofLineageIntegration,
      collection_id: optional(field(Schema.String, "The folder to look into; the top when absent")),
      include_related: optional(related()),
    },
    success: page(Collection),
  },
);

/** What {@linkcode listCollection} asks for. */
export interface ListCollection extends Get {
  /** The folder to look into. */
  readonly collection_id: string;
}

/** List the folders and dashboards within one folder of a BI tool. */
export const listCollection: Endpoint<ListCollection, Page<Collection>> = endpoint(
  "lineageIntegrations.listCollection",
  {
    route: `GET ${collections}/:collection_id/`,
    summary: "List the folders and dashboards within one folder of a BI tool",
    request: {
      ...ofLineageIntegration,
      collection_id: field(Schema.String, "The folder to look into"),
      include_related: optional(related()),
    },
    success: page(Collection),
  },
);

/** What {@linkcode select} asks for. */
export interface Select extends OfLineageIntegration {
  /** What to watch from now on. */
  readonly to_add?: ReadonlyArray<Selection>;
  /** What not to watch any longer: ids at the BI tool. */
  readonly to_remove?: ReadonlyArray<string>;
}

/** Choose what dbt Cloud watches of a BI tool. */
export const select: Endpoint<Select, SelectionChange> = endpoint("lineageIntegrations.select", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/integrations/lineage/:integration_id/selections",
  summary: "Choose what dbt Cloud watches of a BI tool",
  request: {
    ...ofLineageIntegration,
    to_add: optional(field(Schema.Array(selection), "What to watch from now on")),
    to_remove: optional(field(Schema.Array(Schema.String), "What not to watch any longer: ids at the BI tool")),
  },
  success: body(SelectionChange),
});
