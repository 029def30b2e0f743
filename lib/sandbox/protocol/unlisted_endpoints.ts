/**
 * Endpoints that the client's table does not have, since dbt does not publish them, and other clients of dbt Cloud use.
 * `routes.ts` serves them beside those of the table.
 *
 * Paths, verbs and members are those of the Terraform provider 1.12.5, unless a comment says otherwise.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, maybe, page } from "../../endpoint.ts";
import { nullable, secret } from "../../schema.ts";
import { inAccount } from "../../shared_fields.ts";
import type { AnyRequest } from "../../groups/table_entry.ts";

/** An endpoint whose request and answer only the sandbox's handlers read. */
type Unlisted = Endpoint<AnyRequest, unknown>;

/** The fields of rows. */
type Members = Readonly<Record<string, Schema.optionalKey<Schema.Codec<unknown, unknown>>>>;

const int = nullable(Schema.Int);
const text = nullable(Schema.String);
const bool = nullable(Schema.Boolean);
const hidden = nullable(secret);

/** A kind of row: where it is, and what it has. */
interface Kind {
  /** The path of the collection. */
  readonly path: `/api/${string}/`;
  /** The name of a row's id in the path. */
  readonly row: string;
  /** The members of a row. */
  readonly shown: Readonly<Record<string, Schema.optionalKey<Schema.Codec<unknown>>>>;
  /** The fields that a write sends beside these, or in another form: secrets. */
  readonly written: Members;
  /** The verb of an update. */
  readonly update: "POST" | "PATCH";
}

/** The endpoints that list, create, get, update and delete rows of a kind. */
function rowsOf(group: string, { path, row, shown, written, update }: Kind): ReadonlyArray<Unlisted> {
  const times = { created_at: text, updated_at: text };
  const model: Schema.Codec<unknown> = Schema.Struct({ id: Schema.Int, account_id: int, ...shown, ...times });
  const fields = { ...inAccount, ...shown, ...written };
  const one = { ...inAccount, [row]: Schema.Int };
  const here = `${path}:${row}/` as const;
  return [
    endpoint(`${group}.list`, {
      route: `GET ${path}`,
      summary: "List all",
      request: inAccount,
      success: page(model),
    }),
    endpoint(`${group}.create`, { route: `POST ${path}`, summary: "Create", request: fields, success: data(model) }),
    endpoint(`${group}.get`, { route: `GET ${here}`, summary: "Get one", request: one, success: data(model) }),
    endpoint(`${group}.update`, {
      route: `${update} ${here}`,
      summary: "Update one",
      request: { ...fields, ...one },
      success: data(model),
    }),
    endpoint(`${group}.delete`, {
      route: `DELETE ${here}`,
      summary: "Delete one",
      request: one,
      success: maybe(model),
    }),
  ];
}

const account = "/api/v3/accounts/:account_id";

const features: ReadonlyArray<Unlisted> = [
  endpoint("accountFeatures.get", {
    route: "GET /api/private/accounts/:account_id/features/",
    summary: "Get which features an account has",
    request: inAccount,
    success: data(Schema.Unknown),
  }),
  endpoint("accountFeatures.update", {
    route: "POST /api/private/accounts/:account_id/features/",
    summary: "Switch a feature on or off",
    request: { ...inAccount, feature: Schema.String, value: Schema.Boolean },
    success: data(Schema.Unknown),
  }),
];

const azureProjects = "/api/v3/integrations/azure-ad/projects/";

const azureDevOps: ReadonlyArray<Unlisted> = [
  endpoint("azureDevOps.listProjects", {
    route: `GET ${azureProjects}`,
    summary: "List the projects of Azure DevOps",
    request: { account_id: int },
    success: data(Schema.Unknown),
  }),
  endpoint("azureDevOps.listRepositories", {
    route: `GET ${azureProjects}:azure_project_id/repositories/`,
    summary: "List the repositories of a project of Azure DevOps",
    request: { account_id: int, azure_project_id: Schema.String },
    success: data(Schema.Unknown),
  }),
];

const platformConfig = { auth_type: text, user: text, role: text, warehouse: text, catalog: text };

const others: ReadonlyArray<Unlisted> = [
  endpoint("constants.get", {
    route: "GET /api/v2/constants/",
    summary: "Get the permission sets",
    request: {},
    success: data(Schema.Unknown),
  }),
  // Python dbtc's `delete_environment`. dbt published it until 2023-06-16.
  endpoint("environments.deleteInAccount", {
    route: `DELETE ${account}/environments/:environment_id/`,
    summary: "Delete an environment",
    request: { ...inAccount, environment_id: Schema.Int },
    success: maybe(Schema.Unknown),
  }),
  endpoint("platformMetadataCredentials.triggerIngestion", {
    route: `POST ${account}/platform-metadata-credentials/:platform_metadata_credentials_id/trigger-ingestion/`,
    summary: "Read the warehouse's metadata now",
    request: { ...inAccount, platform_metadata_credentials_id: Schema.Int },
    success: data(Schema.Unknown),
  }),
];

/** The endpoints. */
export const unlistedEndpoints: ReadonlyArray<Unlisted> = [
  ...features,
  ...azureDevOps,
  ...others,
  ...rowsOf("openAiIntegrations", {
    path: `${account}/integrations/open-ai/`,
    row: "open_ai_integration_id",
    shown: { key_type: text, azure_endpoint: text, azure_deployment_name: text, azure_api_version: text },
    written: { key_value: hidden },
    update: "PATCH",
  }),
  ...rowsOf("azureAdApplications", {
    path: `${account}/azure-ad-applications/`,
    row: "azure_ad_application_id",
    shown: {
      organization_name: text,
      client_id: text,
      tenant_id: text,
      azure_service_authentication_method: text,
      oauth_redirect_uri_domain: text,
    },
    written: { client_secret: hidden },
    update: "POST",
  }),
  ...rowsOf("authProviders", {
    path: `${account}/auth-provider/`,
    row: "auth_provider_id",
    shown: {
      type: text,
      slug: text,
      state: int,
      allow_password_backdoor: bool,
      login_url: text,
      cert_expiry_date: text,
      entity_id: text,
      sso_url: text,
      cert: text,
      sign_request: bool,
      attribute_map: text,
      client_id: text,
      tenant_id: text,
      domain: text,
      include_indirect_groups: bool,
      max_groups_to_retrieve: int,
      gsuite_admin_id: text,
      authorization_url: text,
    },
    written: { client_secret: hidden, admin_refresh_token: hidden },
    update: "POST",
  }),
  ...rowsOf("platformMetadataCredentials", {
    path: `${account}/platform-metadata-credentials/`,
    row: "platform_metadata_credentials_id",
    shown: {
      connection_id: int,
      adapter_version: text,
      catalog_ingestion_enabled: bool,
      cost_optimization_enabled: bool,
      cost_insights_enabled: bool,
      config: nullable(Schema.Struct(platformConfig)),
    },
    written: {
      config: nullable(Schema.Struct({
        ...platformConfig,
        password: hidden,
        private_key: hidden,
        private_key_passphrase: hidden,
        token: hidden,
      })),
    },
    update: "PATCH",
  }),
];
