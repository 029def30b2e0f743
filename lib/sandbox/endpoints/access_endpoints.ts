/**
 * Who may do what: users and their licences, groups, invitations, tokens, and what all of them are allowed.
 *
 * @module
 */
import { addRow, type Ask, type Behave, create, get, inPath, list, mistakes, rowOf, shown } from "./crud_handlers.ts";
import { issueOnce } from "../data/input_rules.ts";
import { idsIn } from "../data/computed_fields.ts";
import { type Lookup, show } from "../data/show_row.ts";
import { isDeleted } from "../data/row_store.ts";
import { answer, invalid, isRow, notFound, type Reply, type Row, stamp } from "../protocol/response_format.ts";

// ---- users and licences ---------------------------------------------------------------------------------------------

/** The licences of a user, deleted ones too; in the account of the path where it has one. */
function licencesOf({ world: { store }, params }: Ask, user: Row): ReadonlyArray<Row> {
  const { account_id } = params;
  const around = account_id === undefined ? {} : { account_id };
  return store.rows("permissions").filter((one) => one.user_id === user.id && inPath({ params: around }, one));
}

/** A user's licences, which differ by account. */
export const licenceLookup = (ask: Ask): Lookup => (row, name) => {
  if (ask.route.collection !== "users" || (name !== "license" && name !== "permissions")) return undefined;
  const { world: { store }, route: { version } } = ask;
  const licences = licencesOf(ask, row).filter((one) => !isDeleted(one)).map((one) =>
    show(store, version, "permissions", one, [])
  );
  return name === "permissions" ? licences : licences[0] ?? null;
};

const listUsers: Behave = (ask) => list(licenceLookup, (user) => licencesOf(ask, user).length > 0)(ask);

const getUser: Behave = (ask) => {
  const user = rowOf(ask);
  return user !== undefined && licencesOf(ask, user).length === 0 ? notFound() : get(licenceLookup)(ask);
};

const updateLicense: Behave = (ask) => {
  const licence = rowOf(ask);
  if (licence === undefined) return notFound();
  if (!isRow(ask.body)) return invalid({ body: "expected a dictionary" });
  const wrong = mistakes(ask, ask.body, true);
  if (wrong !== undefined) return wrong;
  const { license_type, state, groups, permission_statements = licence.permission_statements } = ask.body;
  const ids = Array.isArray(groups) ? groups.map(({ id }) => id) : licence.group_ids;
  const updated_at = stamp(ask.now);
  Object.assign(licence, { license_type, state, permission_statements, group_ids: ids, updated_at });
  // A user whose licence is gone is deactivated.
  const user = ask.world.store.find("users", licence.user_id);
  if (user !== undefined) user.state = licencesOf(ask, user).every(isDeleted) ? 2 : 1;
  return answer(shown(ask, licence));
};

/** The kinds of licences, and the member of the account that says how many there are. */
const seats = ["developer", "explorer", "read_only", "it", "analyst"];

const licenses: Behave = ({ world: { store }, params: { account_id = "" } }) => {
  const account = store.find("accounts", account_id) ?? {};
  const given = store.rows("permissions").filter((one) => !isDeleted(one) && inPath({ params: { account_id } }, one));
  const kinds = seats.map((kind) => {
    const total = Number(account[`${kind}_seats`] ?? 0);
    const in_use = given.filter(({ license_type }) => license_type === kind).length;
    const left = { available: total - in_use, assigned: in_use, enterprise_plan: account.plan === "enterprise" };
    return [kind, { limited: true, over_limit: in_use > total, total, in_use, ...left }];
  });
  return answer([Object.fromEntries(kinds)]);
};

// ---- groups and invitations -----------------------------------------------------------------------------------------

function all(rows: ReadonlyArray<unknown>): Reply {
  return answer(rows, 200, { pagination: { count: rows.length, total_count: rows.length } });
}

const assignGroups: Behave = (ask) => {
  const { world: { store }, body } = ask;
  if (!isRow(body)) return invalid({ body: "expected a dictionary" });
  const wrong = mistakes(ask, body, true);
  if (wrong !== undefined) return wrong;
  const licence = licencesOf(ask, { id: body.user_id }).find((one) => !isDeleted(one));
  if (licence === undefined) return invalid({ user_id: `${body.user_id} does not exist` });
  Object.assign(licence, { group_ids: body.desired_group_ids, updated_at: stamp(ask.now) });
  return all(
    idsIn(licence, "group_ids").flatMap((id) => {
      const group = store.find("groups", id);
      return group === undefined ? [] : [show(store, "v3", "groups", group, [])];
    }),
  );
};

const sendInvites: Behave = (ask) => {
  const { world: { store }, body, params: { account_id }, now } = ask;
  if (!isRow(body)) return invalid({ body: "expected a dictionary" });
  const wrong = mistakes(ask, body, true);
  if (wrong !== undefined) return wrong;
  const { email_addresses, license_type, group_ids = [], id } = body;
  const again = id === undefined ? undefined : store.find("invites", id);
  if (id !== undefined && again === undefined) return invalid({ id: `${id} does not exist` });
  const sent = Array.isArray(email_addresses) ? email_addresses : [];
  if (again !== undefined) Object.assign(again, { created_at: stamp(now), status: 1 });
  for (const email_address of again === undefined ? sent : []) {
    const invite = { email_address, license_type, group_ids, status: 1, type: "manual" };
    addRow(ask, "invites", { ...invite, account_id: Number(account_id) });
  }
  return answer({ sent }, 201);
};

// ---- permissions ----------------------------------------------------------------------------------------------------

/** Gives a thing of the path these permissions, instead of those that it had. */
function assign(collection: string, field: string): Behave {
  return (ask) => {
    const { world: { store }, params, body } = ask;
    const id = Number(params[field]);
    const wrong = mistakes(ask, body, true);
    if (wrong !== undefined) return wrong;
    const given = Array.isArray(body) ? body.filter(isRow) : [];
    if (given.some((one) => (one[field] ?? id) !== id)) return invalid({ [field]: `must be ${id}` });
    for (const row of store.rows(collection)) if (row[field] === id) row.state = 2;
    return all(given.map((one) => addRow(ask, collection, { ...permission, ...one, [field]: id })));
  };
}

const permission: Row = { project_id: null, writable_environment_categories: [] };

const assignGroup = assign("group-permissions", "group_id");

/** A new service token has its permissions from the beginning. */
const createToken: Behave = (ask) => {
  const { world: { store }, body, params: { account_id }, route: { call, collection } } = ask;
  const reply = create(ask);
  const id = reply !== undefined && "json" in reply && isRow(reply.json.data) ? reply.json.data.id : undefined;
  const row = store.find(collection, id);
  if (row === undefined || !isRow(body) || !Array.isArray(body.permission_grants)) return reply;
  for (const grant of body.permission_grants.filter(isRow)) {
    const all_projects = (grant.project_id ?? null) === null;
    const one = { ...permission, ...grant, account_id: Number(account_id), service_token_id: id, all_projects };
    addRow(ask, "service-tokens/permissions", one);
  }
  return answer({ ...shown(ask, row), ...issueOnce(call.name, row) }, 201);
};

/** By the endpoint's name. */
export const accessCalls: Readonly<Record<string, Behave>> = {
  "accounts.getLicenses": licenses,
  "accounts.listFeatureFlags": ({ world: { store } }) =>
    answer(Object.fromEntries(store.rows("feature-flags").map(({ name, value }) => [name, value]))),
  "accounts.whoami": ({ world: { store } }) => answer({ user: store.rows("users")[0] ?? null }),
  "groups.assign": assignGroups,
  "groups.assignPermissions": (ask) => rowOf(ask, "groups") === undefined ? notFound() : assignGroup(ask),
  "groups.assignProjectPermissions": assign("group-permissions", "project_id"),
  "invites.send": sendInvites,
  "serviceTokens.assignPermissions": assign("service-tokens/permissions", "service_token_id"),
  "serviceTokens.create": createToken,
  "users.get": getUser,
  "users.getV2": getUser,
  "users.list": listUsers,
  "users.listV2": listUsers,
  "users.updateLicense": updateLicense,
};
