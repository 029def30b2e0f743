/**
 * The endpoints of the group `semanticLayerConfigurations`: Semantic Layer configurations, which name the environment
 * that a project's Semantic Layer reads.
 *
 * dbt's specification had them until 2024-05-01; Python dbtc and the Terraform provider still use them.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, maybe } from "../endpoint.ts";
import {
  environment_id,
  field,
  type Fields,
  type InProject,
  inProject,
  type Members,
  named,
  type Nested,
  nested,
  nullable,
  State,
  struct,
} from "../schema.ts";
import { SemanticLayerCredentials } from "./semantic_layer_credentials.ts";

// ---- models ---------------------------------------------------------------------------------------------------------

/** What one can set about a Semantic Layer configuration. */
export interface SemanticLayerConfigurationOptions {
  /** The environment that the Semantic Layer reads. */
  readonly environment_id?: number | null;
  /** Its credentials. Source: the specification of 2023; the Terraform provider gives none. */
  readonly semantic_layer_credentials_id?: number | null;
  /** Whether it is there: 1 active, 2 deleted. */
  readonly state?: number | null;
}

const options: Members<SemanticLayerConfigurationOptions> = {
  environment_id: nullable(field(Schema.Int, "The environment that the Semantic Layer reads")),
  semantic_layer_credentials_id: nullable(field(Schema.Int, "Its credentials")),
  state: nullable(field(named(Schema.Int, State), "Whether it is there")),
};

/** A Semantic Layer configuration. */
export interface SemanticLayerConfiguration extends SemanticLayerConfigurationOptions {
  /** The configuration's id. */
  readonly id: number;
  /** The account. */
  readonly account_id?: number | null;
  /** The project. */
  readonly project_id?: number | null;
  /** Its credentials, where they are included. Source: the specification of 2023. */
  readonly semantic_layer_credentials?: Nested<SemanticLayerCredentials> | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
}

/** Reads a {@linkcode SemanticLayerConfiguration}. */
export const SemanticLayerConfiguration: Schema.Codec<SemanticLayerConfiguration> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  project_id: nullable(Schema.Int),
  ...options,
  semantic_layer_credentials: nullable(nested(() => SemanticLayerCredentials)),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, { columns: ["id", "project_id", "environment_id", "semantic_layer_credentials_id", "created_at"] });

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** What every request about one Semantic Layer configuration has. */
export interface OfSemanticLayerConfiguration extends InProject {
  /** The configuration: a project's `semantic_layer_config_id`. */
  readonly sl_config_id: number;
}

const ofSemanticLayerConfiguration: Fields<OfSemanticLayerConfiguration> = {
  ...inProject,
  sl_config_id: field(Schema.Int, "The configuration: a project's semantic_layer_config_id"),
};

const undocumented = "Published until 2024-05-01; Python dbtc and the Terraform provider use it";

/** What {@linkcode create} asks for. */
export interface Create extends InProject, SemanticLayerConfigurationOptions {
  /** The environment that the Semantic Layer reads. */
  readonly environment_id: number;
}

const createRequest: Fields<Create> = { ...inProject, ...options, environment_id };

/** Create a Semantic Layer configuration. */
export const create: Endpoint<Create, SemanticLayerConfiguration> = endpoint("semanticLayerConfigurations.create", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/semantic-layer-configurations/",
  summary: "Create a Semantic Layer configuration",
  request: createRequest,
  repeats: { account_id: "account_id", project_id: "project_id" },
  success: data(SemanticLayerConfiguration),
  dbtc: "create_sl_config",
  undocumented,
});

/** Get one Semantic Layer configuration. */
export const get: Endpoint<OfSemanticLayerConfiguration, SemanticLayerConfiguration> = endpoint(
  "semanticLayerConfigurations.get",
  {
    route: "GET /api/v3/accounts/:account_id/projects/:project_id/semantic-layer-configurations/:sl_config_id/",
    summary: "Get one Semantic Layer configuration",
    request: ofSemanticLayerConfiguration,
    success: data(SemanticLayerConfiguration),
    dbtc: "get_sl_config",
    undocumented,
  },
);

/** What {@linkcode update} asks for. */
export interface Update extends OfSemanticLayerConfiguration, Create {}

/** Update a Semantic Layer configuration. What is not given is reset. */
export const update: Endpoint<Update, SemanticLayerConfiguration> = endpoint("semanticLayerConfigurations.update", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/semantic-layer-configurations/:sl_config_id/",
  summary: "Update a Semantic Layer configuration",
  request: { ...ofSemanticLayerConfiguration, ...createRequest },
  repeats: { account_id: "account_id", project_id: "project_id", id: "sl_config_id" },
  replaces: true,
  success: data(SemanticLayerConfiguration),
  dbtc: "update_sl_config",
  undocumented,
});

/** Delete a Semantic Layer configuration. */
const del: Endpoint<OfSemanticLayerConfiguration, SemanticLayerConfiguration | undefined> = endpoint(
  "semanticLayerConfigurations.delete",
  {
    route: "DELETE /api/v3/accounts/:account_id/projects/:project_id/semantic-layer-configurations/:sl_config_id/",
    summary: "Delete a Semantic Layer configuration",
    request: ofSemanticLayerConfiguration,
    success: maybe(SemanticLayerConfiguration),
    dbtc: "delete_sl_config",
    undocumented,
  },
);
export { del as delete };
