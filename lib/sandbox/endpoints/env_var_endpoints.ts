/**
 * Environment variables: the three ways in which they are read, and many values at once.
 *
 * @module
 */
import { addRow, type Ask, type Behave, inPath, mistakes } from "./crud_handlers.ts";
import { whole } from "../data/show_row.ts";
import { isDeleted } from "../data/row_store.ts";
import { answer, invalid, isRow, notFound, type Reply, type Row, stamp } from "../protocol/response_format.ts";

const collection = "environment-variables";

/** The values that the path and the query ask for. */
function valuesOf({ world: { store }, params, query }: Ask): ReadonlyArray<Row> {
  const [name, type, environment] = ["name", "type", "environment_id"].map((field) => query.get(field));
  return store.rows(collection).filter((row) =>
    !isDeleted(row) && inPath({ params }, row) && (name ?? row.name) === row.name && (type ?? row.type) === row.type &&
    (!environment || row.environment_id === null || String(row.environment_id) === environment)
  );
}

function environmentsOf({ world: { store }, params }: Ask): ReadonlyArray<Row> {
  return store.rows("environments").filter((row) => !isDeleted(row) && inPath({ params }, row));
}

/** Values by variable, and within it by what they hold for. */
function byName(rows: ReadonlyArray<Row>, layer: (row: Row) => unknown): Row {
  const found: Record<string, Row> = {};
  for (const row of rows) {
    const name = layer(row);
    if (name === undefined) continue;
    found[String(row.name)] = { ...found[String(row.name)], [String(name)]: { id: row.id, value: row.display_value } };
  }
  return found;
}

const listByEnvironment: Behave = (ask) => {
  const environments = environmentsOf(ask);
  const variables = byName(
    valuesOf(ask),
    ({ type, environment_id }) =>
      type === "project" ? "project" : environments.find(({ id }) => id === environment_id)?.name,
  );
  return answer({ environments: ["project", ...environments.map(({ name }) => name)], variables });
};

/** The layers of a job's or a user's values: the project's, those of the environment, and its own. */
function layers(ask: Ask, field: string, own: string, environment: unknown): Reply {
  const id = ask.query.get(field);
  if (id === null) return invalid({ [field]: "required key not provided" });
  return answer(byName(valuesOf(ask), (row) => {
    if (row.type === "environment") return row.environment_id === environment ? "environment" : undefined;
    return row.type === "project" || (row.type === own && String(row[field]) === id) ? row.type : undefined;
  }));
}

const listByJob: Behave = (ask) => {
  const job = ask.world.store.find("jobs", ask.query.get("job_definition_id"));
  return layers(ask, "job_definition_id", "job", job?.environment_id);
};

const listByUser: Behave = (ask) => {
  const development = environmentsOf(ask).find(({ type }) => type === "development");
  return layers(ask, "user_id", "user", development?.id);
};

// ---- all values of a variable at once -------------------------------------------------------------------------------

/** Names in the body of a variable that are no environment's. */
const plain = new Set(["name", "new_name", "ids"]);

/** Sets the values of a variable: by environment, by its name or id; null deletes one. */
function setValues(ask: Ask, variable: Row, old: string | undefined): Reply {
  const { world: { store }, params, now } = ask;
  const name = String(variable.new_name ?? old);
  const rows = store.rows(collection).filter((row) => !isDeleted(row) && inPath({ params }, row));
  const kept = rows.filter((row) => row.name === old);
  const new_var_ids: Array<unknown> = [];
  const deleted_var_ids: Array<unknown> = [];
  if (!name.startsWith("DBT_")) return refused("The name of a variable must begin with DBT_");
  if (name !== old && rows.some((row) => row.name === name)) return refused(`${name} exists already`);
  const targets = Object.entries(variable).filter(([key]) => !plain.has(key)).map(([key, value]) => {
    const environment = environmentsOf(ask).find((one) => one.name === key || String(one.id) === key);
    return { key, environment, value: Array.isArray(value) ? value[0] : value };
  });
  const unknown = targets.find(({ key, environment }) => key !== "project" && environment === undefined);
  if (unknown !== undefined) return refused(`There is no environment ${unknown.key}`);
  for (const row of kept) Object.assign(row, whole(collection, { ...row, name, updated_at: stamp(now) }));
  for (const { environment, value } of targets) {
    const type = environment === undefined ? "project" : "environment";
    const environment_id = environment?.id ?? null;
    const there = kept.find((row) => row.type === type && row.environment_id === environment_id);
    if (there === undefined && value !== null && value !== undefined) {
      const place = { account_id: Number(params.account_id), project_id: Number(params.project_id) };
      new_var_ids.push(addRow(ask, collection, { ...place, name, type, environment_id, raw_value: value }).id);
    } else if (there !== undefined && value === null) {
      there.state = 2;
      deleted_var_ids.push(there.id);
    } else if (there !== undefined) Object.assign(there, whole(collection, { ...there, raw_value: value }));
  }
  return answer({ message: "Success!", new_var_ids, deleted_var_ids, failures: [] });
}

function refused(reason: string): Reply {
  return invalid({ reason });
}

const createBulk: Behave = (ask) => {
  const { body } = ask;
  const wrong = mistakes(ask, body, true);
  if (wrong !== undefined || !isRow(body)) return wrong ?? invalid({ body: "expected a dictionary" });
  const { env_var } = body;
  // A list is answered with a list, as the specification has it; one variable, as Terraform sends it, with one thing.
  if (!Array.isArray(env_var)) return isRow(env_var) ? created(setValues(ask, env_var, undefined)) : invalid({});
  const all = env_var.filter(isRow).map((one) => ({ key_name: one.new_name, reply: setValues(ask, one, undefined) }));
  const told = all.map(({ key_name, reply }) => {
    const data = "json" in reply ? reply.json.data : null;
    return reply.status === 200
      ? { status: "success", status_code: 201, key_name, data }
      : { status: "error", status_code: 400, key_name, reason: isRow(data) ? data.reason : null };
  });
  return all.some(({ reply }) => reply.status !== 200)
    ? { ...invalid({}), json: { ...jsonOf(invalid({})), data: told } }
    : answer(told, 201);
};

function jsonOf(reply: Reply): Row {
  return "json" in reply ? reply.json : {};
}

function created(reply: Reply): Reply {
  return reply.status === 200 ? answer(jsonOf(reply).data, 201) : reply;
}

const updateBulk: Behave = (ask) => {
  const { body } = ask;
  const wrong = mistakes(ask, body, true);
  if (wrong !== undefined) return wrong;
  const variable = isRow(body) && isRow(body.env_vars) ? body.env_vars : {};
  const name = String(variable.name);
  const known = valuesOf({ ...ask, query: new URLSearchParams({ name }) });
  return known.length === 0 ? refused(`There is no variable ${name}`) : setValues(ask, variable, name);
};

const deleteBulk: Behave = (ask) => {
  const { body } = ask;
  const wrong = mistakes(ask, body, true);
  if (wrong !== undefined || !isRow(body)) return wrong ?? invalid({ body: "expected a dictionary" });
  const gone = valuesOf({ ...ask, query: new URLSearchParams({ name: String(body.name) }) });
  for (const row of gone) row.state = 2;
  return gone.length === 0 ? notFound() : answer({ deleted_var_ids: gone.map(({ id }) => id) });
};

/** By the endpoint's name. */
export const envVarCalls: Readonly<Record<string, Behave>> = {
  "envVars.list": listByEnvironment,
  "envVars.listByJob": listByJob,
  "envVars.listByUser": listByUser,
  "envVars.createBulk": createBulk,
  "envVars.updateBulk": updateBulk,
  "envVars.deleteBulk": deleteBulk,
};
