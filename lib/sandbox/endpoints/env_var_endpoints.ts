/**
 * Handlers of environment variables: their values by environment, job and user, and many values in one request.
 *
 * A row of the collection is one value of a variable: of a project, an environment, a job or a user, as its `type`
 * says.
 *
 * @module
 */
import { completeRow } from "../data/complete_row.ts";
import { isDeleted } from "../data/row_store.ts";
import {
  answer,
  invalid,
  isRow,
  notFound,
  objectIn,
  type Reply,
  type Row,
  stamp,
} from "../protocol/response_format.ts";
import { addRow } from "./crud_handlers.ts";
import { type EndpointRequest, type Handler, inPath } from "./endpoint_request.ts";
import { withBody } from "./check_body.ts";

const collection = "environment-variables";

// ---- reading values -------------------------------------------------------------------------------------------------

/** The values that the path and the query ask for. */
function valuesOf({ world: { store }, params, query }: EndpointRequest): ReadonlyArray<Row> {
  const [name, type, environment] = ["name", "type", "environment_id"].map((field) => query.get(field));
  return store.rows(collection).filter((row) =>
    !isDeleted(row) && inPath({ params }, row) && (name ?? row.name) === row.name && (type ?? row.type) === row.type &&
    (!environment || row.environment_id === null || String(row.environment_id) === environment)
  );
}

function environmentsOf({ world: { store }, params }: EndpointRequest): ReadonlyArray<Row> {
  return store.rows("environments").filter((row) => !isDeleted(row) && inPath({ params }, row));
}

/**
 * Values by the name of their variable, and then by level. `levelOf` names a value's level; undefined leaves it out.
 */
function byVariable(values: ReadonlyArray<Row>, levelOf: (value: Row) => unknown): Row {
  const variables = new Map<string, Row>();
  for (const value of values) {
    const level = levelOf(value);
    if (level === undefined) continue;
    const name = String(value.name);
    variables.set(name, { ...variables.get(name), [String(level)]: { id: value.id, value: value.display_value } });
  }
  return Object.fromEntries(variables);
}

const listByEnvironment: Handler = (request) => {
  const environments = environmentsOf(request);
  const variables = byVariable(
    valuesOf(request),
    ({ type, environment_id }) =>
      type === "project" ? "project" : environments.find(({ id }) => id === environment_id)?.name,
  );
  return answer({ environments: ["project", ...environments.map(({ name }) => name)], variables });
};

/** The values for the job or user that the query names by `field`: of the project, of an environment, and its own. */
function valuesFor(request: EndpointRequest, type: "job" | "user", field: string, environmentId: unknown): Reply {
  const id = request.query.get(field);
  if (id === null) return invalid({ [field]: "required key not provided" });
  return answer(byVariable(valuesOf(request), (value) => {
    if (value.type === "environment") return value.environment_id === environmentId ? "environment" : undefined;
    return value.type === "project" || (value.type === type && String(value[field]) === id) ? value.type : undefined;
  }));
}

const listByJob: Handler = (request) => {
  const job = request.world.store.find("jobs", request.query.get("job_definition_id"));
  return valuesFor(request, "job", "job_definition_id", job?.environment_id);
};

const listByUser: Handler = (request) => {
  const development = environmentsOf(request).find(({ type }) => type === "development");
  return valuesFor(request, "user", "user_id", development?.id);
};

// ---- writing all values of a variable -------------------------------------------------------------------------------

/** Names in the body of a variable that are not the id of a value or the name of an environment. */
const notTargets = new Set(["name", "new_name", "ids"]);

/**
 * Sets values of a variable. A key is the id of one of its values, `project`, or the name of an environment, for which
 * a value is created where it has none. An empty text or null deletes a value. This is what the specification says of
 * the PUT, and how the Terraform provider uses it.
 */
function setValues(request: EndpointRequest, variable: Row, oldName: string | undefined): Reply {
  const { world: { store }, params, now } = request;
  const name = String(variable.new_name ?? oldName);
  const rows = store.rows(collection).filter((row) => !isDeleted(row) && inPath({ params }, row));
  const oldValues = rows.filter((row) => row.name === oldName);
  if (!name.startsWith("DBT_")) return refused("The name of a variable must begin with DBT_");
  if (name !== oldName && rows.some((row) => row.name === name)) return refused(`${name} exists already`);
  const targets = Object.entries(variable).filter(([key]) => !notTargets.has(key)).map(([key, sent]) => {
    const environment = environmentsOf(request).find((row) => row.name === key);
    const type = key === "project" ? "project" : "environment";
    const environment_id = environment?.id ?? null;
    const old = oldValues.find(({ id }) => String(id) === key) ??
      oldValues.find((row) => row.type === type && row.environment_id === environment_id);
    const known = key === "project" || environment !== undefined || String(old?.id) === key;
    const value = Array.isArray(sent) ? sent[0] : sent;
    return { key, known, type, environment_id, old, value: value === "" ? null : value ?? null };
  });
  const unknown = targets.find(({ known }) => !known);
  if (unknown !== undefined) {
    return refused(
      /^\d+$/.test(unknown.key) ? `${oldName} has no value ${unknown.key}` : `There is no environment ${unknown.key}`,
    );
  }
  for (const row of oldValues) Object.assign(row, completeRow(collection, { ...row, name, updated_at: stamp(now) }));
  const new_var_ids: Array<unknown> = [];
  const deleted_var_ids: Array<unknown> = [];
  for (const { type, environment_id, old, value } of targets) {
    if (old === undefined && value !== null) {
      const place = { account_id: Number(params.account_id), project_id: Number(params.project_id) };
      new_var_ids.push(addRow(request, collection, { ...place, name, type, environment_id, raw_value: value }).id);
    } else if (old !== undefined && value === null) {
      old.state = 2;
      deleted_var_ids.push(old.id);
    } else if (old !== undefined) Object.assign(old, completeRow(collection, { ...old, raw_value: value }));
  }
  return answer({ message: "Success!", new_var_ids, deleted_var_ids, failures: {} });
}

function refused(reason: string): Reply {
  return invalid({ reason });
}

const createBulk = withBody((request, { env_var }) => {
  // A list is answered with a list, as the specification has it; one variable, as Terraform sends it, with one object.
  if (!Array.isArray(env_var)) {
    if (!isRow(env_var)) return invalid({});
    const reply = setValues(request, env_var, undefined);
    return reply.status === 200 ? answer(dataOf(reply), 201) : reply;
  }
  const results = env_var.filter(isRow).map((variable) => {
    const reply = setValues(request, variable, undefined);
    const data = dataOf(reply);
    const key_name = variable.new_name;
    return reply.status === 200
      ? { status: "success", status_code: 201, key_name, data }
      : { status: "error", status_code: 400, key_name, reason: isRow(data) ? data.reason : null };
  });
  return results.some(({ status }) => status === "error")
    ? { status: 400, json: { ...jsonOf(invalid({})), data: results } }
    : answer(results, 201);
});

function jsonOf(reply: Reply): Row {
  return "json" in reply ? reply.json : {};
}

function dataOf(reply: Reply): unknown {
  return jsonOf(reply).data;
}

const updateBulk = withBody((request, body) => {
  const variable = objectIn(body.env_vars);
  const name = String(variable.name);
  const values = valuesOf({ ...request, query: new URLSearchParams({ name }) });
  return values.length === 0 ? refused(`There is no variable ${name}`) : setValues(request, variable, name);
});

const deleteBulk = withBody((request, body) => {
  const values = valuesOf({ ...request, query: new URLSearchParams({ name: String(body.name) }) });
  for (const row of values) row.state = 2;
  return values.length === 0 ? notFound() : answer({ deleted_var_ids: values.map(({ id }) => id) });
});

/** By the endpoint's name. */
export const envVarHandlers: Readonly<Record<string, Handler>> = {
  "envVars.list": listByEnvironment,
  "envVars.listByJob": listByJob,
  "envVars.listByUser": listByUser,
  "envVars.createBulk": createBulk,
  "envVars.updateBulk": updateBulk,
  "envVars.deleteBulk": deleteBulk,
};
