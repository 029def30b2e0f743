/**
 * Handlers of `protocol/unlisted_endpoints.ts`, which only other clients of dbt Cloud use: what the default handlers do
 * not cover.
 *
 * @module
 */
import { PermissionSet } from "../../api/groups.ts";
import { isDeleted } from "../data/row_store.ts";
import { uuid } from "../data/stable_ids.ts";
import { answer, invalid, notFound, type Row, stamp } from "../protocol/response_format.ts";
import { addRow } from "./crud_handlers.ts";
import { type EndpointRequest, type Handler, inPath } from "./endpoint_request.ts";
import { withBody } from "./check_body.ts";

// ---- features of an account -----------------------------------------------------------------------------------------

/** The features that the Terraform provider reads. That all are off is the sandbox's own choice. */
const noFeatures: Row = {
  "advanced-ci": false,
  "partial-parsing": false,
  "repo-caching": false,
  ai_features: false,
  "catalog-ingestion": false,
  "explorer-account-ui": false,
  "fusion-migration-permissions": false,
};

/** The collection of the features: one row for each feature that was switched. */
const features = "features";

function switched({ world: { store }, params: { account_id = "" } }: EndpointRequest): ReadonlyArray<Row> {
  return store.rows(features).filter((row) => inPath({ params: { account_id } }, row));
}

const getFeatures: Handler = (request) =>
  answer({ ...noFeatures, ...Object.fromEntries(switched(request).map(({ feature, value }) => [feature, value])) });

const updateFeature = withBody((request, { feature, value }) => {
  const { params, now } = request;
  if (!Object.hasOwn(noFeatures, String(feature))) return invalid({ feature: "not a valid value" });
  const row = switched(request).find((row) => row.feature === feature);
  if (row === undefined) addRow(request, features, { account_id: Number(params.account_id), feature, value });
  else Object.assign(row, { value, updated_at: stamp(now) });
  return getFeatures(request);
});

// ---- Azure DevOps ---------------------------------------------------------------------------------------------------

const azureUrl = "https://dev.azure.com/jaffleshop";
const azureProject: Row = {
  id: uuid("azure"),
  name: "jaffle_shop",
  url: `${azureUrl}/_apis/projects/${uuid("azure")}`,
};
const azureRepository: Row = {
  id: uuid("azure/repository"),
  name: "jaffle_shop",
  url: `${azureUrl}/_apis/git/repositories/${uuid("azure/repository")}`,
  remoteUrl: `${azureUrl}/jaffle_shop/_git/jaffle_shop`,
  webUrl: `${azureUrl}/jaffle_shop/_git/jaffle_shop`,
  defaultBranch: "refs/heads/main",
};

/** A list as Azure's own API has it. */
function azureList(...value: ReadonlyArray<Row>): ReturnType<Handler> {
  return answer({ count: value.length, value });
}

// ---- the rest -------------------------------------------------------------------------------------------------------

const triggerIngestion: Handler = ({ world: { store }, params: { account_id = "", ...params } }) => {
  const row = store.find("platform-metadata-credentials", params.platform_metadata_credentials_id);
  const found = row !== undefined && !isDeleted(row) && inPath({ params: { account_id } }, row);
  return found ? answer(null) : notFound();
};

/** By the endpoint's name. */
export const unlistedHandlers: Readonly<Record<string, Handler>> = {
  "accountFeatures.get": getFeatures,
  "accountFeatures.update": updateFeature,
  "azureDevOps.listProjects": () => azureList(azureProject),
  "azureDevOps.listRepositories": ({ params }) =>
    params.azure_project_id === azureProject.id ? azureList(azureRepository) : notFound(),
  "constants.get": () =>
    answer({ permissions_sets: Object.fromEntries(Object.values(PermissionSet).map((name) => [name, name])) }),
  "platformMetadataCredentials.triggerIngestion": triggerIngestion,
};
