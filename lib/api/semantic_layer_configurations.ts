/**
 * The endpoints of the group `semanticLayerConfigurations`: Semantic Layer configurations, which set the
 * environment that a project's Semantic Layer reads.
 *
 * dbt's specification had these endpoints until 2024-05-01; Python dbtc and the Terraform provider still use them.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, maybe } from "../endpoint.ts";
import { field, type Fields, type Members, named, type Nested, nested, nullable, struct } from "../schema.ts";
import { environment_id, type InProject, inProject, State } from "../shared_fields.ts";
import { SemanticLayerCredentials } from "./semantic_layer_credentials.ts";

// ---- models ---------------------------------------------------------------------------------------------------------

/** The fields of a Semantic Layer configuration that requests can set. */
export interface SemanticLayerConfigurationOptions {
  /** The id of the environment that the Semantic Layer reads. */
  readonly environment_id?: number | null;
  /** The id of its credentials. Source: the specification of 2023; the Terraform provider does not send it. */
  readonly semantic_layer_credentials_id?: number | null;
  /** State of the configuration: 1 active, 2 deleted. */
  readonly state?: number | null;
}

const options: Members<SemanticLayerConfigurationOptions> = {
  environment_id: nullable(field(Schema.Int, "Id of the environment that the Semantic Layer reads")),
  semantic_layer_credentials_id: nullable(field(Schema.Int, "Id of the Semantic Layer credentials")),
  state: nullable(field(named(Schema.Int, State), "State of the configuration")),
};

/** A Semantic Layer configuration. */
export interface SemanticLayerConfiguration extends SemanticLayerConfigurationOptions {
  /** The configuration's id. */
  readonly id: number;
  /** The account's id. */
  readonly account_id?: number | null;
  /** The project's id. */
  readonly project_id?: number | null;
  /** Its credentials, if requested with `include_related`. Source: the specification of 2023. */
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

/** Fields of every request about one Semantic Layer configuration. */
export interface OfSemanticLayerConfiguration extends InProject {
  /** The configuration's id: `semantic_layer_config_id` of a project. */
  readonly sl_config_id: number;
}

const ofSemanticLayerConfiguration: Fields<OfSemanticLayerConfiguration> = {
  ...inProject,
  sl_config_id: field(Schema.Int, "Configuration id: semantic_layer_config_id of a project"),
};

const undocumented = "Published until 2024-05-01; Python dbtc and the Terraform provider use it";

/** The request of {@linkcode create}. */
export interface Create extends InProject, SemanticLayerConfigurationOptions {
  /** The id of the environment that the Semantic Layer reads. */
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

/** Get a Semantic Layer configuration. */
export const get: Endpoint<OfSemanticLayerConfiguration, SemanticLayerConfiguration> = endpoint(
  "semanticLayerConfigurations.get",
  {
    route: "GET /api/v3/accounts/:account_id/projects/:project_id/semantic-layer-configurations/:sl_config_id/",
    summary: "Get a Semantic Layer configuration",
    request: ofSemanticLayerConfiguration,
    success: data(SemanticLayerConfiguration),
    dbtc: "get_sl_config",
    undocumented,
  },
);

/** The request of {@linkcode update}. */
export interface Update extends OfSemanticLayerConfiguration, Create {}

/** Update a Semantic Layer configuration. Fields that are left out are reset. */
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
