/**
 * Handlers of connections, repositories, notifications, adapters and webhooks: what the default handlers do not cover.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Zip from "effect/encoding/Zip";
import * as Stream from "effect/Stream";
import { bodyFields } from "../../request.ts";
import { adapterSchema } from "../data/adapter_schema.ts";
import { projectName } from "../data/dbt_node.ts";
import { nodes } from "../data/jaffle_shop_nodes.ts";
import { isDeleted } from "../data/row_store.ts";
import { answer, invalid, isRow, notFound, refuse, type Row, stamp } from "../protocol/response_format.ts";
import { checkBody, notAnObject, withBody } from "./check_body.ts";
import { referring } from "./computed_fields.ts";
import { addRow, create, list, remove, update } from "./crud_handlers.ts";
import { type EndpointRequest, type Handler, rowOf } from "./endpoint_request.ts";
import { answerRow } from "./show_row.ts";

/** Lists connections without their `config`. */
const listConnections: Handler = (request) => {
  const reply = list(request);
  if (!("json" in reply) || !Array.isArray(reply.json.data)) return reply;
  return { ...reply, json: { ...reply.json, data: reply.json.data.map((row) => ({ ...row, config: null })) } };
};

// ---- settings: one row for each connection or environment -----------------------------------------------------------

/** The row for the connection or environment that the path names by `field`. */
function settingsRow({ world: { store }, route: { collection }, params }: EndpointRequest, field: string) {
  return store.rows(collection).find((row) => String(row[field]) === params[field]);
}

/** Gets settings, or their defaults where nobody has written them yet. */
function getSettings(field: string, defaults: Row): Handler {
  return (request) => {
    const { params } = request;
    const ids = { [field]: Number(params[field]), account_id: Number(params.account_id) };
    return answer(answerRow(request, settingsRow(request, field) ?? { id: ids[field], ...defaults, ...ids }));
  };
}

/** Writes settings. */
function setSettings(field: string, defaults: Row): Handler {
  return (request) => {
    const { body, route: { call, collection }, params, now } = request;
    if (!isRow(body)) return notAnObject();
    const refused = checkBody(request, body, { partial: call.route.startsWith("PATCH ") });
    if (refused !== undefined) return refused;
    const ids = { [field]: Number(params[field]), account_id: Number(params.account_id) };
    const row = settingsRow(request, field) ?? addRow(request, collection, { ...defaults, ...ids });
    const fields = Object.fromEntries(bodyFields(call).flatMap((name) => name in body ? [[name, body[name]]] : []));
    const replaces = call.kind === "endpoint" && call.replaces === true;
    Object.assign(row, replaces ? defaults : {}, fields, { updated_at: stamp(now) });
    return answer(answerRow(request, row));
  };
}

/** Lists that nobody has set are null: the Terraform provider tells them from empty ones. */
const catalogConfig: Row = {
  database_allow: null,
  database_deny: null,
  schema_allow: null,
  schema_deny: null,
  table_allow: null,
  table_deny: null,
  view_allow: null,
  view_deny: null,
};

const modelNotifications: Row = {
  enabled: false,
  on_success: false,
  on_failure: false,
  on_warning: false,
  on_skipped: false,
};

// ---- SSH tunnels ----------------------------------------------------------------------------------------------------

/** Answers a write of a tunnel, and then says in its connection whether it has one. Inferred from the Terraform provider. */
function writeTunnel(write: Handler): Handler {
  return (request) => {
    const { world: { store }, body } = request;
    const before = rowOf(request)?.connection_id;
    const reply = write(request);
    const connection = store.find("connections", isRow(body) ? body.connection_id ?? before : before);
    if (reply.status < 300 && connection !== undefined) {
      connection.is_ssh_tunnel_enabled = referring(store, "encryptions", "connection_id", connection.id).length > 0;
    }
    return reply;
  };
}

// ---- repositories that dbt Cloud hosts ------------------------------------------------------------------------------

const createManaged = withBody((request, { name }) => {
  const { params: { account_id, project_id } } = request;
  const row = addRow(request, "repositories", {
    name,
    full_name: `managed/${name}`,
    remote_url: `git://github.com/dbt-cloud-managed/${name}.git`,
    remote_backend: "managed",
    account_id: Number(account_id),
    project_id: Number(project_id),
  });
  return answer(answerRow(request, row), 201);
});

/** The files of the Jaffle Shop, as a dbt project. */
const projectFiles: Readonly<Record<string, string>> = {
  "dbt_project.yml": `name: ${projectName}\nversion: "1.0"\nprofile: default\nmodel-paths: [models]\n`,
  ...Object.fromEntries(nodes.filter(({ kind }) => kind === "model").map(({ file, code }) => [file, code])),
};

const downloadManaged: Handler = ({ world: { store }, params }) => {
  const { name, remote_backend } = store.find("repositories", params.repository_id) ?? {};
  if (remote_backend !== "managed") return notFound();
  // "Store", since compression is asynchronous and handlers are not.
  const files = Object.entries(projectFiles).map(([path, text]) =>
    Zip.file(`${name}/${path}`, text, { method: "Store", mtime: new Date("2024-01-01T00:00:00Z") })
  );
  const archive = Stream.fromIterable(files).pipe(Stream.pipeThroughChannel(Zip.encode()), Stream.mkUint8Array);
  return { status: 200, text: Effect.runSync(archive), type: "application/zip" };
};

// ---- profiles -------------------------------------------------------------------------------------------------------

/** The specification: "The profile must not be assigned to any deployment environments in order to be deleted." */
const deleteProfile: Handler = (request) => {
  const { world: { store } } = request;
  const profile = rowOf(request);
  return profile !== undefined && referring(store, "environments", "primary_profile_id", profile.id).length > 0
    ? refuse(400, "The profile must not be assigned to any deployment environments in order to be deleted.")
    : remove(request);
};

// ---- the rest -------------------------------------------------------------------------------------------------------

/** Deletes the e-mail notifications of the token's user. In the sandbox that is always the first user. */
const unsubscribe: Handler = ({ world: { store } }) => {
  const [user] = store.rows("users");
  for (const row of store.rows("notifications")) {
    if (!isDeleted(row) && row.type === 1 && row.user_id === user?.id) row.state = 2;
  }
  return answer(null);
};

/** By the endpoint's name. */
export const projectHandlers: Readonly<Record<string, Handler>> = {
  "adapters.getSchema": ({ query }) => {
    const schema = adapterSchema(query.get("adapter_version") ?? "");
    return schema === undefined ? invalid({ adapter_version: "not a valid value" }) : answer(schema);
  },
  "connections.getCatalogConfig": getSettings("connection_id", catalogConfig),
  "connections.list": listConnections,
  "connections.patchCatalogConfig": setSettings("connection_id", catalogConfig),
  // The sandbox has no warehouse to connect to: every valid connection works.
  "connections.test": (request) => checkBody(request, request.body) ?? answer(null),
  "sshTunnels.create": writeTunnel(create),
  "sshTunnels.delete": writeTunnel(remove),
  "sshTunnels.update": writeTunnel(update),
  // The sandbox has no cache.
  "environments.deleteSaoCache": () => answer(null),
  "notifications.getModelNotifications": getSettings("environment_id", modelNotifications),
  "notifications.unsubscribe": unsubscribe,
  "notifications.updateModelNotifications": setSettings("environment_id", modelNotifications),
  "profiles.delete": deleteProfile,
  "repos.createManaged": createManaged,
  "repos.downloadManaged": downloadManaged,
  // The sandbox sends nothing, so that every test succeeds.
  "webhooks.test": () => answer({ verification_error: null, verification_status_code: "200" }),
};
