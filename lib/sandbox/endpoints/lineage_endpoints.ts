/**
 * Handlers of lineage integrations: the folders and dashboards of a BI tool, and which of them dbt Cloud watches. The
 * tool is made up.
 *
 * @module
 */
import {
  answer,
  jsonText,
  listIn,
  notFound,
  objectIn,
  objectsIn,
  type Row,
  stamp,
} from "../protocol/response_format.ts";
import { type EndpointRequest, type Handler, inPath } from "./endpoint_request.ts";
import { withBody } from "./check_body.ts";

/** What the BI tool has, by folder; at the top under no name. */
const tool: Readonly<Record<string, ReadonlyArray<Row>>> = {
  "": [
    { identifier: "folder-sales", name: "Sales", type: "folder" },
    { identifier: "folder-shops", name: "Shops", type: "folder" },
  ],
  "folder-sales": [
    { identifier: "dashboard-orders", name: "Orders by month", type: "dashboard" },
    { identifier: "dashboard-customers", name: "Customers", type: "dashboard" },
  ],
  "folder-shops": [{ identifier: "dashboard-shops", name: "Shops", type: "dashboard" }],
};

/** The integration that the path names. */
function integrationOf(
  { world: { store }, params: { account_id = "", project_id = "", integration_id } }: EndpointRequest,
) {
  const row = store.find("integrations/lineages", integration_id);
  return row !== undefined && row.state !== 2 && inPath({ params: { account_id, project_id } }, row) ? row : undefined;
}

/** The ids of what an integration watches. */
function watchedBy({ _sandbox }: Row): ReadonlyArray<unknown> {
  return listIn(objectIn(_sandbox).watching);
}

const listCollection: Handler = (request) => {
  const { params, query } = request;
  const integration = integrationOf(request);
  const folder = params.collection_id ?? query.get("collection_id") ?? "";
  const found = Object.hasOwn(tool, folder) ? tool[folder] : undefined;
  if (integration === undefined || found === undefined) return notFound();
  const watched = watchedBy(integration);
  const collections = found.map((thing) => ({ ...thing, watching: watched.includes(thing.identifier) }));
  return answer([{ collections }], 200, { pagination: { count: 1, total_count: 1 } });
};

/** Changes what an integration watches, and answers how many things that are. */
const select = withBody((request, { to_add, to_remove }) => {
  const integration = integrationOf(request);
  if (integration === undefined) return notFound();
  const before = watchedBy(integration);
  const given = objectsIn(to_add).map(({ identifier }) => identifier);
  const added = new Set(given.filter((id) => !before.includes(id)));
  const removed = before.filter((id) => listIn(to_remove).includes(id));
  const watching = [...before.filter((id) => !removed.includes(id)), ...added];
  Object.assign(integration, { _sandbox: { watching }, updated_at: stamp(request.now) });
  return jsonText(200, { added: added.size, removed: removed.length });
});

/** By the endpoint's name. */
export const lineageHandlers: Readonly<Record<string, Handler>> = {
  "lineageIntegrations.listCollection": listCollection,
  "lineageIntegrations.listCollections": listCollection,
  "lineageIntegrations.select": select,
};
