/**
 * Rows as answers show them: with computed fields, related rows, and times in the form of their version of the API.
 *
 * @module
 */
import { objectIn, type Row } from "../protocol/response_format.ts";
import { answerMembers, collectionOf } from "../protocol/routes.ts";
import { computedFields, type FieldContext, referring, relatedFields } from "./computed_fields.ts";
import { type EndpointRequest, relatedOf } from "./endpoint_request.ts";

/**
 * Related rows that are in answers without being asked for, by version and collection, as recorded answers have them.
 */
const alwaysRelated: Readonly<Record<string, ReadonlyArray<string>>> = {
  "v2 projects": ["connection", "repository"],
  "v3 projects": ["connection", "repository"],
  "v2 environments": ["connection", "repository"],
  "v3 environments": ["project"],
  "v3 groups": ["group_permissions"],
  "v2 notifications": ["user"],
  "v3 semantic-layer-configurations": ["semantic_layer_credentials"],
  "v2 users": ["permissions"],
  // Lists of v3 have the shape of v2: the Terraform provider reads groups in `permissions`.
  "v3 users": ["license", "permissions"],
};

/** A row as the endpoint answers it: without the members that its answer does not have. */
export function answerRow(request: EndpointRequest, row: Row): Row {
  const { route, query } = request;
  const shown = showRow(request, route.collection, row, relatedOf(query));
  const known = answerMembers(route.call);
  return known.size === 0 ? shown : Object.fromEntries(Object.entries(shown).filter(([name]) => known.has(name)));
}

/** A row with all members that answers can have, and with these related rows. */
export function showRow(
  request: EndpointRequest,
  collection: string,
  row: Row,
  related: ReadonlyArray<string> = [],
): Row {
  const { version } = request.route;
  const context = contextOf(request);
  const { _sandbox, ...shown } = row;
  for (const [name, compute] of Object.entries(computedFields[collection] ?? {})) shown[name] = compute(row, context);
  for (const name of new Set([...alwaysRelated[`${version} ${collection}`] ?? [], ...related])) {
    // Rows within other rows show less: a user's licence, say, is in answers about users only.
    const compute = collection === request.route.collection ? relatedFields[collection]?.[name] : undefined;
    const value = compute === undefined ? relatedRows(context, collection, row, name) : compute(row, context);
    if (value !== undefined) shown[name] = value;
  }
  // Times have a space in all of v3 but accounts, and in projects; elsewhere a T.
  const spaced = collection === "projects" || (version === "v3" && collection !== "accounts");
  return spaced ? shown : Object.fromEntries(
    Object.entries(shown).map(([name, value]) =>
      name.endsWith("_at") && typeof value === "string" ? [name, value.replace(" ", "T")] : [name, value]
    ),
  );
}

/** The value of a field of a row, whether it is stored or computed; undefined where rows have no such field. */
export function readField(request: EndpointRequest, collection: string, row: Row, name: string): unknown {
  const computed = computedFields[collection] ?? {};
  // A client chooses the name: `toString` is no field.
  if (Object.hasOwn(computed, name)) return computed[name]?.(row, contextOf(request));
  return Object.hasOwn(row, name) ? row[name] : undefined;
}

function contextOf(request: EndpointRequest): FieldContext {
  return { ...request, show: (collection, row) => showRow(request, collection, row) };
}

/** The row that `…_id` refers to, or the rows that refer to this one. */
function relatedRows(
  { world: { store }, route: { version }, show }: FieldContext,
  collection: string,
  row: Row,
  name: string,
): unknown {
  const field = `${name}_id`;
  if (field in row) {
    const target = collectionOf(field);
    const other = store.find(target, row[field]);
    if (other === undefined) return null;
    const shown = show(target, other);
    return version === "v2" && collection === "environments" && name === "connection" ? flatConnection(shown) : shown;
  }
  const others = name.replaceAll("_", "-");
  return !store.has(others)
    ? undefined
    : referring(store, others, `${collection.replace(/s$/, "")}_id`, row.id).map((other) => show(others, other));
}

/** A connection as v2 environments have it: its details are among its members. */
function flatConnection({ details, project_id, ...rest }: Row): Row {
  return { ...rest, dbt_project_id: project_id, ...objectIn(details) };
}
