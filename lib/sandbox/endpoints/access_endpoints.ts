/**
 * Handlers of users and licences, groups, invitations, service tokens and their permissions: what the default handlers
 * do not cover.
 *
 * @module
 */
import { licencesOf } from "../data/licences.ts";
import { isDeleted } from "../data/row_store.ts";
import { issuedSecrets } from "../data/secret_fields.ts";
import {
  answer,
  invalid,
  isRow,
  listIn,
  notFound,
  objectsIn,
  refuse,
  type Reply,
  type Row,
  stamp,
} from "../protocol/response_format.ts";
import { checkBody, withBody } from "./check_body.ts";
import { groupRows, referring } from "./computed_fields.ts";
import { addRow, create, get, listWhere } from "./crud_handlers.ts";
import { type EndpointRequest, type Handler, rowOf, rowsOfAccount } from "./endpoint_request.ts";
import { answerRow, showRow } from "./show_row.ts";

// ---- users and licences ---------------------------------------------------------------------------------------------

/** A user's licences in the account of the path, where it has one. */
function licencesHere({ world: { store }, params }: EndpointRequest, userId: unknown): ReadonlyArray<Row> {
  return licencesOf(store, userId, params.account_id);
}

const listUsers: Handler = (request) => listWhere(request, ({ id }) => licencesHere(request, id).length > 0);

const getUser: Handler = (request) => {
  const user = rowOf(request);
  return user !== undefined && licencesHere(request, user.id).length === 0 ? notFound() : get(request);
};

const updateLicense = withBody((request, body) => {
  const { now, world: { store } } = request;
  const licence = rowOf(request);
  if (licence === undefined) return notFound();
  const { license_type, state, groups, permission_statements = licence.permission_statements } = body;
  const group_ids = Array.isArray(groups) ? groups.map(({ id }) => id) : licence.group_ids;
  Object.assign(licence, { license_type, state, permission_statements, group_ids, updated_at: stamp(now) });
  // A user without a licence is deactivated.
  const user = store.find("users", licence.user_id);
  if (user !== undefined) user.state = licencesHere(request, user.id).every(isDeleted) ? 2 : 1;
  return answer(answerRow(request, licence));
});

/** The types of licences. An account's `…_seats` say how many it has of each. */
const licenseTypes = ["developer", "explorer", "read_only", "it", "analyst"];

const getLicenses: Handler = (request) => {
  const account = request.world.store.find("accounts", request.params.account_id) ?? {};
  const licences = rowsOfAccount(request, "permissions");
  const counts = licenseTypes.map((type) => {
    const total = Number(account[`${type}_seats`] ?? 0);
    const in_use = licences.filter(({ license_type }) => license_type === type).length;
    const rest = { available: total - in_use, assigned: in_use, enterprise_plan: account.plan === "enterprise" };
    return [type, { limited: true, over_limit: in_use > total, total, in_use, ...rest }];
  });
  return answer([Object.fromEntries(counts)]);
};

// ---- groups and invitations -----------------------------------------------------------------------------------------

/** A list that has only one page. */
function onePage(rows: ReadonlyArray<unknown>): Reply {
  return answer(rows, 200, { pagination: { count: rows.length, total_count: rows.length } });
}

const assignGroups = withBody((request, body) => {
  const { world: { store }, now } = request;
  const licence = licencesHere(request, body.user_id).find((licence) => !isDeleted(licence));
  if (licence === undefined) return invalid({ user_id: `${body.user_id} does not exist` });
  Object.assign(licence, { group_ids: body.desired_group_ids, updated_at: stamp(now) });
  return onePage(groupRows(store, licence).map((group) => showRow(request, "groups", group)));
});

const sendInvites = withBody((request, body) => {
  const { world: { store }, params: { account_id }, now } = request;
  const { email_addresses, license_type, group_ids = [], id } = body;
  const sent = listIn(email_addresses);
  if (id !== undefined) {
    const invite = store.find("invites", id);
    if (invite === undefined) return invalid({ id: `${id} does not exist` });
    Object.assign(invite, { created_at: stamp(now), status: 1 });
  } else {
    for (const email_address of sent) {
      const invite = { email_address, license_type, group_ids, status: 1, type: "manual" };
      addRow(request, "invites", { ...invite, account_id: Number(account_id) });
    }
  }
  return answer({ sent }, 201);
});

// ---- permissions ----------------------------------------------------------------------------------------------------

/** Replaces the permissions of the row that the path names by `field`. */
function assignPermissions(collection: string, field: string): Handler {
  return (request) => {
    const { world: { store }, params, body } = request;
    const id = Number(params[field]);
    const refused = checkBody(request, body);
    if (refused !== undefined) return refused;
    const permissions = objectsIn(body);
    if (permissions.some((permission) => (permission[field] ?? id) !== id)) {
      return invalid({ [field]: `must be ${id}` });
    }
    for (const row of store.rows(collection)) if (row[field] === id) row.state = 2;
    return onePage(
      permissions.map((fields) => addRow(request, collection, { ...newPermission, ...fields, [field]: id })),
    );
  };
}

const newPermission: Row = { project_id: null, writable_environment_categories: [] };

const assignGroupPermissions = assignPermissions("group-permissions", "group_id");

const replaceTokenPermissions = assignPermissions("service-tokens/permissions", "service_token_id");

/** Gives a service token its permissions, once. */
const assignTokenPermissions: Handler = (request) => {
  const { world: { store }, params: { service_token_id } } = request;
  const id = Number(service_token_id);
  if (store.find("service-tokens", id) === undefined) return notFound();
  // dbt Cloud's words: https://github.com/dbt-labs/terraform-provider-dbtcloud/issues/343
  return referring(store, "service-tokens/permissions", "service_token_id", id).length > 0
    ? refuse(400, "Service token permissions cannot be updated after assigment. Please create a new service token.")
    : replaceTokenPermissions(request);
};

/** Creates a service token together with its permissions. */
const createServiceToken: Handler = (request) => {
  const { world: { store }, body, params: { account_id }, route: { call, collection } } = request;
  const reply = create(request);
  const id = "json" in reply && isRow(reply.json.data) ? reply.json.data.id : undefined;
  const token = store.find(collection, id);
  if (token === undefined || !isRow(body) || !Array.isArray(body.permission_grants)) return reply;
  for (const grant of objectsIn(body.permission_grants)) {
    const all_projects = (grant.project_id ?? null) === null;
    const place = { account_id: Number(account_id), service_token_id: id, all_projects };
    addRow(request, "service-tokens/permissions", { ...newPermission, ...grant, ...place });
  }
  return answer({ ...answerRow(request, token), ...issuedSecrets(call.name, token) }, 201);
};

/** By the endpoint's name. */
export const accessHandlers: Readonly<Record<string, Handler>> = {
  "accounts.getLicenses": getLicenses,
  "accounts.listFeatureFlags": ({ world: { store } }) =>
    answer(Object.fromEntries(store.rows("feature-flags").map(({ name, value }) => [name, value]))),
  "accounts.whoami": ({ world: { store } }) => answer({ user: store.rows("users")[0] ?? null }),
  "groups.assign": assignGroups,
  "groups.assignPermissions": (request) =>
    rowOf(request, "groups") === undefined ? notFound() : assignGroupPermissions(request),
  "groups.assignProjectPermissions": assignPermissions("group-permissions", "project_id"),
  "invites.send": sendInvites,
  "serviceTokens.assignPermissions": assignTokenPermissions,
  "serviceTokens.create": createServiceToken,
  "users.get": getUser,
  "users.getV2": getUser,
  "users.list": listUsers,
  "users.listV2": listUsers,
  "users.updateLicense": updateLicense,
};
