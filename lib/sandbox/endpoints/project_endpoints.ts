/**
 * What verbs do not say of connections, repositories, webhooks, notifications and adapters.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Zip from "effect/encoding/Zip";
import * as Stream from "effect/Stream";
import { bodyFields } from "../../request.ts";
import { adapterSchema } from "../data/adapter_schema.ts";
import { addRow, type Ask, type Behave, list, mistakes, shown } from "./crud_handlers.ts";
import { nodes } from "../data/jaffle_shop_nodes.ts";
import { projectName } from "../data/dbt_node.ts";
import { isDeleted } from "../data/row_store.ts";
import { answer, invalid, isRow, notFound, type Row, stamp } from "../protocol/response_format.ts";

const plainList = list(() => () => undefined);

/** A list of connections has no configs. */
const listConnections: Behave = (ask) => {
  const reply = plainList(ask);
  if (reply === undefined || !("json" in reply) || !Array.isArray(reply.json.data)) return reply;
  return { ...reply, json: { ...reply.json, data: reply.json.data.map((row) => ({ ...row, config: null })) } };
};

// ---- things of which there is one ----------------------------------------------------------------------------------

/** The row of a thing of which another one has one: `model-notifications` of an environment. */
function only({ world: { store }, route: { collection }, params }: Ask, field: string): Row | undefined {
  return store.rows(collection).find((row) => String(row[field]) === params[field]);
}

/** Gets the one, as it is where nobody has written it yet. */
function getOnly(field: string, initial: Row): Behave {
  return (ask) => {
    const ids = { [field]: Number(ask.params[field]), account_id: Number(ask.params.account_id) };
    return answer(shown(ask, only(ask, field) ?? { id: ids[field], ...initial, ...ids }));
  };
}

/** Writes the one. */
function setOnly(field: string, initial: Row): Behave {
  return (ask) => {
    const { body, route: { call, collection }, params, now } = ask;
    if (!isRow(body)) return invalid({ body: "expected a dictionary" });
    const wrong = mistakes(ask, body, !call.route.startsWith("PATCH "));
    if (wrong !== undefined) return wrong;
    const ids = { [field]: Number(params[field]), account_id: Number(params.account_id) };
    const row = only(ask, field) ?? addRow(ask, collection, { ...initial, ...ids });
    const given = Object.fromEntries(bodyFields(call).flatMap((name) => name in body ? [[name, body[name]]] : []));
    Object.assign(row, call.kind === "endpoint" && call.replaces ? initial : {}, given, { updated_at: stamp(now) });
    return answer(shown(ask, row));
  };
}

const catalog: Row = {
  database_allow: [],
  database_deny: [],
  schema_allow: [],
  schema_deny: [],
  table_allow: [],
  table_deny: [],
  view_allow: [],
  view_deny: [],
};

const modelNotifications: Row = {
  enabled: false,
  on_success: false,
  on_failure: false,
  on_warning: false,
  on_skipped: false,
};

// ---- repositories that dbt Cloud hosts ------------------------------------------------------------------------------

const createManaged: Behave = (ask) => {
  const { body, params: { account_id, project_id } } = ask;
  const wrong = mistakes(ask, body, true);
  if (wrong !== undefined || !isRow(body)) return wrong ?? invalid({ body: "expected a dictionary" });
  const { name } = body;
  const row = addRow(ask, "repositories", {
    name,
    full_name: `managed/${name}`,
    remote_url: `git://github.com/dbt-cloud-managed/${name}.git`,
    remote_backend: "managed",
    account_id: Number(account_id),
    project_id: Number(project_id),
  });
  return answer(shown(ask, row), 201);
};

/** The files of the Jaffle Shop, as a project of dbt. */
const projectFiles: Readonly<Record<string, string>> = {
  "dbt_project.yml": `name: ${projectName}\nversion: "1.0"\nprofile: default\nmodel-paths: [models]\n`,
  ...Object.fromEntries(nodes.filter(({ kind }) => kind === "model").map(({ file, code }) => [file, code])),
};

const downloadManaged: Behave = ({ world: { store }, params }) => {
  const { name, remote_backend } = store.find("repositories", params.repository_id) ?? {};
  if (remote_backend !== "managed") return notFound();
  // Stored files need no compressor, which is asynchronous: so the archive is there at once.
  const files = Object.entries(projectFiles).map(([path, text]) =>
    Zip.file(`${name}/${path}`, text, { method: "Store", mtime: new Date("2024-01-01T00:00:00Z") })
  );
  const archive = Stream.fromIterable(files).pipe(Stream.pipeThroughChannel(Zip.encode()), Stream.mkUint8Array);
  return { status: 200, text: Effect.runSync(archive), type: "application/zip" };
};

// ---- the rest -------------------------------------------------------------------------------------------------------

/** Deletes the notifications by e-mail of the user whose token it is: the sandbox knows one. */
const unsubscribe: Behave = ({ world: { store } }) => {
  const [user] = store.rows("users");
  const mine = store.rows("notifications").filter((row) =>
    !isDeleted(row) && row.type === 1 && row.user_id === user?.id
  );
  for (const row of mine) row.state = 2;
  return answer(null);
};

/** By the endpoint's name. */
export const projectCalls: Readonly<Record<string, Behave>> = {
  "adapters.getSchema": ({ query }) => {
    const schema = adapterSchema(query.get("adapter_version") ?? "");
    return schema === undefined ? invalid({ adapter_version: "not a valid value" }) : answer(schema);
  },
  "connections.getCatalogConfig": getOnly("connection_id", catalog),
  "connections.list": listConnections,
  "connections.patchCatalogConfig": setOnly("connection_id", catalog),
  // No warehouse is asked: whatever is well said is good.
  "connections.test": (ask) => mistakes(ask, ask.body, true) ?? answer(null),
  // Nothing is remembered, so that there is nothing to clear.
  "environments.deleteSaoCache": () => answer(null),
  "notifications.getModelNotifications": getOnly("environment_id", modelNotifications),
  "notifications.unsubscribe": unsubscribe,
  "notifications.updateModelNotifications": setOnly("environment_id", modelNotifications),
  "repos.createManaged": createManaged,
  "repos.downloadManaged": downloadManaged,
  // Nothing is sent, so that nothing goes wrong.
  "webhooks.test": () => answer({ verification_error: null, verification_status_code: "200" }),
};
