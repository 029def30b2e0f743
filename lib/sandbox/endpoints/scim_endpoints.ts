/**
 * Handlers of SCIM, with which an identity provider manages users and groups: RFC 7643 and RFC 7644, which say more than
 * dbt Cloud's specification. Users, licences and groups are the account's own, so that other endpoints see what SCIM
 * changes.
 *
 * @module
 */
import { ScimSchema } from "../../api/scim.ts";
import { defined } from "../../defined.ts";
import { completeRow } from "../data/complete_row.ts";
import { licencesOf } from "../data/licences.ts";
import { isDeleted } from "../data/row_store.ts";
import { resourceTypes, schemas, serviceProviderConfig } from "../data/scim_schemas.ts";
import {
  answer,
  isRow,
  jsonText,
  listIn,
  objectIn,
  type RawReply,
  type Row,
  stamp,
} from "../protocol/response_format.ts";
import { patched, readFilter, ScimError } from "../protocol/scim_filter.ts";
import { checkBody, notAnObject, withBody } from "./check_body.ts";
import { addRow } from "./crud_handlers.ts";
import { type EndpointRequest, type Handler, inPath, rowsOfAccount } from "./endpoint_request.ts";

// ---- answers --------------------------------------------------------------------------------------------------------

const messages = "urn:ietf:params:scim:api:messages:2.0";

function scim(value: unknown, status = 200): RawReply {
  return jsonText(status, value, "application/scim+json");
}

/** A handler whose refusals have the form of RFC 7644, §3.12. */
function scimHandler(handler: (request: EndpointRequest) => RawReply): Handler {
  return (request) => {
    try {
      return handler(request);
    } catch (error) {
      if (!(error instanceof ScimError)) throw error;
      const { status, scimType, message: detail } = error;
      const type = defined({ scimType });
      return scim({ schemas: [`${messages}:Error`], status: String(status), ...type, detail }, status);
    }
  };
}

function missing(): ScimError {
  return new ScimError(404, undefined, "The resource was not found.");
}

/** The page of a list that `filter`, `startIndex` and `count` ask for. */
function listOf(resources: ReadonlyArray<Row>, query: URLSearchParams): RawReply {
  const filter = query.get("filter");
  const found = filter === null ? resources : resources.filter(readFilter(filter));
  const startIndex = Math.max(1, Number(query.get("startIndex") ?? 1) || 1);
  const count = Math.max(0, Number(query.get("count") ?? 100) || 0);
  const page = found.slice(startIndex - 1, startIndex - 1 + count);
  const names = (name: string) => query.get(name)?.split(",").map((text) => text.trim().toLowerCase());
  const [only, without] = [names("attributes"), names("excludedAttributes")];
  const shown = (name: string) =>
    ["id", "schemas"].includes(name) ||
    (only?.includes(name.toLowerCase()) ?? true) && !(without?.includes(name.toLowerCase()) ?? false);
  return scim({
    schemas: [`${messages}:ListResponse`],
    totalResults: found.length,
    startIndex,
    itemsPerPage: page.length,
    Resources: page.map((resource) => Object.fromEntries(Object.entries(resource).filter(([name]) => shown(name)))),
  });
}

/** What SCIM keeps of a row that the row's own fields do not have. */
function extras(row: Row): Row {
  return objectIn(row._sandbox);
}

function metaOf(resourceType: string, { id, created_at, updated_at }: Row): Row {
  return {
    resourceType,
    created: created_at ?? null,
    lastModified: updated_at ?? created_at ?? null,
    location: `/scim/v2/${resourceType}s/${id}`,
  };
}

/** The body of a write, once its fields are what they should be. */
function bodyOf(request: EndpointRequest): Row {
  const { body } = request;
  const refused = isRow(body) ? checkBody(request, body) : notAnObject();
  if (refused !== undefined || !isRow(body)) {
    const data = refused !== undefined && "json" in refused ? refused.json.data : body;
    throw new ScimError(400, "invalidValue", `The request is not valid: ${JSON.stringify(data)}`);
  }
  return body;
}

function created(resource: Row): RawReply {
  const location = isRow(resource.meta) ? String(resource.meta.location) : "";
  return { ...scim(resource, 201), location };
}

const noContent: RawReply = { status: 204, text: "", type: "application/scim+json" };

/** The operations of a patch. */
function operationsOf(request: EndpointRequest): ReadonlyArray<unknown> {
  return listIn(bodyOf(request).Operations);
}

// ---- users ----------------------------------------------------------------------------------------------------------

/** A user's licence in the account of the path, deleted or not. */
function licenceOf({ world: { store }, params }: EndpointRequest, user: Row): Row | undefined {
  return licencesOf(store, user.id, params.account_id)[0];
}

function usersHere(request: EndpointRequest): ReadonlyArray<Row> {
  return request.world.store.rows("users").filter((user) => !isDeleted(user) && licenceOf(request, user) !== undefined);
}

function groupsHere(request: EndpointRequest): ReadonlyArray<Row> {
  return rowsOfAccount(request, "groups");
}

/** A user in SCIM's form. */
function userResource(request: EndpointRequest, user: Row): Row {
  const licence = licenceOf(request, user) ?? {};
  const { externalId, emails } = extras(user);
  const groups = groupsHere(request).filter(({ id }) => listIn(licence.group_ids).includes(id));
  return {
    schemas: [ScimSchema.user, ScimSchema.dbt_user],
    id: String(user.id),
    ...defined({ externalId }),
    userName: user.email,
    active: user.is_active === true && licence.state === 1,
    name: { givenName: user.first_name, familyName: user.last_name },
    emails: emails ?? [{ value: user.email, primary: true, type: "work" }],
    groups: groups.map((group) => ({
      value: String(group.id),
      display: group.name,
      externalId: extras(group).externalId ?? null,
    })),
    [ScimSchema.dbt_user]: { licenseType: licence.license_type },
    meta: metaOf("User", user),
  };
}

function userOf(request: EndpointRequest): Row {
  const user = usersHere(request).find(({ id }) => String(id) === request.params.user_id);
  if (user === undefined) throw missing();
  return user;
}

/** Entra ID sends booleans as text. */
function isTrue(value: unknown): boolean {
  return String(value).toLowerCase() === "true";
}

/** Writes a user, and the licence in the account of the path. `user` is the stored one; undefined for a new one. */
function writeUser(request: EndpointRequest, resource: Row, user: Row | undefined): Row {
  const { world: { store }, params, now } = request;
  const email = String(resource.userName);
  const taken = usersHere(request).find((other) =>
    other !== user && String(other.email).toLowerCase() === email.toLowerCase()
  );
  if (taken !== undefined) throw new ScimError(409, "uniqueness", `There is a user ${email} already.`);
  const { givenName, familyName } = objectIn(resource.name);
  const active = isTrue(resource.active);
  const fields = {
    email,
    first_name: givenName ?? null,
    last_name: familyName ?? null,
    is_active: active,
    scim_managed: true,
    _sandbox: { externalId: resource.externalId, emails: resource.emails },
  };
  const written = user ?? addRow(request, "users", fields);
  Object.assign(written, completeRow("users", { ...written, ...fields, updated_at: stamp(now) }));
  const extension = resource[ScimSchema.dbt_user];
  // The specification: a user without a licence type becomes a developer.
  const license_type = objectIn(extension).licenseType ?? "developer";
  const licence = licenceOf(request, written) ?? addRow(request, "permissions", {
    account_id: Number(params.account_id),
    user_id: written.id,
    group_ids: store.rows("groups").filter((group) => group.assign_by_default === true && !isDeleted(group))
      .map(({ id }) => id),
    permission_statements: [],
  });
  Object.assign(licence, { license_type, state: active ? 1 : 2, updated_at: stamp(now) });
  return userResource(request, written);
}

const userHandlers: Readonly<Record<string, (request: EndpointRequest) => RawReply>> = {
  "scim.createUser": (request) => created(writeUser(request, bodyOf(request), undefined)),
  "scim.deleteUser": (request) => {
    const user = userOf(request);
    const licence = licenceOf(request, user);
    if (licence !== undefined) Object.assign(licence, { state: 2, updated_at: stamp(request.now) });
    // Without any licence a user is deactivated, as by `users.updateLicense`.
    if (licencesOf(request.world.store, user.id, undefined).every(isDeleted)) user.state = 2;
    return noContent;
  },
  "scim.getUser": (request) => scim(userResource(request, userOf(request))),
  "scim.listUsers": (request) => listOf(usersHere(request).map((user) => userResource(request, user)), request.query),
  "scim.patchUser": (request) => {
    const user = userOf(request);
    return scim(writeUser(request, patched(userResource(request, user), operationsOf(request)), user));
  },
  "scim.updateUser": (request) => scim(writeUser(request, bodyOf(request), userOf(request))),
};

// ---- groups ---------------------------------------------------------------------------------------------------------

/** The active licences in the account that are in a group. */
function licencesIn(request: EndpointRequest, group: Row): ReadonlyArray<Row> {
  return rowsOfAccount(request, "permissions").filter(({ group_ids }) => listIn(group_ids).includes(group.id));
}

/** A group in SCIM's form. */
function groupResource(request: EndpointRequest, group: Row): Row {
  const { externalId } = extras(group);
  return {
    schemas: [ScimSchema.group],
    id: String(group.id),
    ...defined({ externalId }),
    displayName: group.name,
    members: licencesIn(request, group).map(({ user_id }) => ({
      value: String(user_id),
      display: request.world.store.find("users", user_id)?.email ?? null,
    })),
    meta: metaOf("Group", group),
  };
}

function groupOf(request: EndpointRequest): Row {
  const group = groupsHere(request).find(({ id }) => String(id) === request.params.group_id);
  if (group === undefined) throw missing();
  return group;
}

/** Writes a group and who is in it. `group` is the stored one; undefined for a new one. */
function writeGroup(request: EndpointRequest, resource: Row, group: Row | undefined): Row {
  const { params, now } = request;
  const name = String(resource.displayName);
  const taken = groupsHere(request).find((other) => other !== group && other.name === name);
  if (taken !== undefined) throw new ScimError(409, "uniqueness", `There is a group ${name} already.`);
  const members = listIn(resource.members).map((member) => isRow(member) ? String(member.value) : "");
  const users = usersHere(request);
  const unknown = members.find((member) => !users.some(({ id }) => String(id) === member));
  if (unknown !== undefined) throw new ScimError(400, "invalidValue", `There is no user ${unknown}.`);
  const fields = { name, scim_managed: true, _sandbox: { externalId: resource.externalId } };
  const written = group ?? addRow(request, "groups", { ...fields, account_id: Number(params.account_id) });
  Object.assign(written, fields, { updated_at: stamp(now) });
  for (const user of users) {
    const licence = licenceOf(request, user);
    if (licence === undefined) continue;
    const others = listIn(licence.group_ids).filter((id) => id !== written.id);
    licence.group_ids = members.includes(String(user.id)) ? [...others, written.id] : others;
  }
  return groupResource(request, written);
}

const groupHandlers: Readonly<Record<string, (request: EndpointRequest) => RawReply>> = {
  "scim.createGroup": (request) => created(writeGroup(request, bodyOf(request), undefined)),
  "scim.deleteGroup": (request) => {
    const group = groupOf(request);
    writeGroup(request, { ...groupResource(request, group), members: [] }, group);
    group.state = 2;
    return noContent;
  },
  "scim.getGroup": (request) => scim(groupResource(request, groupOf(request))),
  "scim.listGroups": (request) =>
    listOf(groupsHere(request).map((group) => groupResource(request, group)), request.query),
  "scim.patchGroup": (request) => {
    const group = groupOf(request);
    return scim(writeGroup(request, patched(groupResource(request, group), operationsOf(request)), group));
  },
  "scim.updateGroup": (request) => scim(writeGroup(request, bodyOf(request), groupOf(request))),
};

// ---- what SCIM can do -----------------------------------------------------------------------------------------------

function oneOf(resources: ReadonlyArray<Row>, id: string | undefined): RawReply {
  const found = resources.find((resource) => resource.id === id);
  if (found === undefined) throw missing();
  return scim(found);
}

const descriptionHandlers: Readonly<Record<string, (request: EndpointRequest) => RawReply>> = {
  "scim.getResourceType": ({ params }) => oneOf(resourceTypes, params.resource_type),
  "scim.getSchema": ({ params }) => oneOf(schemas, params.schema_uri),
  "scim.getServiceProviderConfig": () => scim(serviceProviderConfig),
  "scim.listResourceTypes": ({ query }) => listOf(resourceTypes, query),
  "scim.listSchemas": ({ query }) => listOf(schemas, query),
};

// ---- settings -------------------------------------------------------------------------------------------------------

/** How SCIM works in an account that never set it. */
const defaultConfig: Row = { enabled: false, manual_updates_allowed: true, scim_controlled_license_type: false };
const configs = "scim-configs";

function configOf({ world: { store }, params: { account_id = "" } }: EndpointRequest): Row | undefined {
  return store.rows(configs).find((row) => inPath({ params: { account_id } }, row));
}

function shownConfig(request: EndpointRequest): ReturnType<Handler> {
  const config = { ...defaultConfig, ...configOf(request) };
  return answer(Object.fromEntries(Object.keys(defaultConfig).map((name) => [name, config[name]])));
}

const updateConfig = withBody((request, body) => {
  const row = configOf(request) ?? addRow(request, configs, { account_id: Number(request.params.account_id) });
  Object.assign(row, defaultConfig, body);
  return shownConfig(request);
});

/** By the endpoint's name. Tokens are rows that the default handlers answer. */
export const scimHandlers: Readonly<Record<string, Handler>> = {
  ...Object.fromEntries(
    Object.entries({ ...userHandlers, ...groupHandlers, ...descriptionHandlers })
      .map(([name, handler]) => [name, scimHandler(handler)]),
  ),
  "scim.getConfig": shownConfig,
  "scim.updateConfig": updateConfig,
};
