/**
 * Checks what a request writes, before anything is written: the types of its fields, the rows that it refers to, and
 * the rules of its collection. Handlers return what these functions return, where it is not undefined.
 *
 * @module
 */
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as SchemaAST from "effect/SchemaAST";
import { bodyFields, fieldOf } from "../../request.ts";
import { isDeleted } from "../data/row_store.ts";
import { rowRules } from "../data/row_rules.ts";
import { secretMarks, withoutSecrets } from "../data/secret_fields.ts";
import { invalid, isRow, objectIn, objectsIn, type Reply, type Row } from "../protocol/response_format.ts";
import { collectionOf } from "../protocol/routes.ts";
import { type EndpointRequest, type Handler, inPath } from "./endpoint_request.ts";

/**
 * 400 where fields of a body are missing, have a wrong type, or refer to missing rows. A `partial` body may lack
 * fields.
 */
export function checkBody(
  request: EndpointRequest,
  body: unknown,
  { partial = false }: { readonly partial?: boolean } = {},
): Reply | undefined {
  const { route: { call } } = request;
  const fields = objectIn(body);
  const errors: Row = {};
  for (const name of bodyFields(call)) {
    const schema = fieldOf(call, name);
    const value = name === call.payload ? body : fields[name];
    if (schema === undefined) continue;
    if (value === undefined || value === null) {
      if (!partial && !SchemaAST.isOptional(schema.ast)) errors[name] = "required key not provided";
    } else if (Result.isFailure(Schema.decodeUnknownResult(schema)(value))) {
      errors[name] = "not a valid value";
    } else {
      // What is deleted may refer to deleted rows: Terraform deletes a connection before its SSH tunnel.
      if (fields.state === 2) continue;
      for (const object of [{ [name]: value }, ...objectsIn(value)]) {
        Object.assign(errors, missingReferences(request, object));
      }
    }
  }
  return Object.keys(errors).length === 0 ? undefined : invalid(errors);
}

/** 400 where a row breaks the rules of its collection. `before` is the stored row that it replaces. */
export function checkRow(
  { route: { collection }, world: { store } }: EndpointRequest,
  row: Row,
  before?: Row,
): Reply | undefined {
  const others = store.rows(collection).filter((other) => !isDeleted(other));
  const errors = rowRules[collection]?.(row, others, before) ?? {};
  return Object.keys(errors).length === 0 ? undefined : invalid(errors);
}

/** A handler of a body that is an object with valid fields; it answers 400 for any other. */
export function withBody(handler: (request: EndpointRequest, body: Row) => Reply): Handler {
  return (request) => {
    const { body } = request;
    return isRow(body) ? checkBody(request, body) ?? handler(request, body) : notAnObject();
  };
}

/** 400 for a body that is no object. */
export function notAnObject(): Reply {
  return invalid({ body: "expected a dictionary" });
}

/**
 * What a body may write: without ids and times, which the sandbox sets, and without secrets, which it does not store.
 */
export function writableFields({ route: { call, collection }, body }: EndpointRequest): unknown {
  if (!isRow(body)) return body;
  const { id: _, created_at: _created, updated_at: _updated, _sandbox, ...rest } = body;
  const shown = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => {
      const schema = fieldOf(call, name);
      return [name, schema === undefined ? value : withoutSecrets(schema.ast, value)];
    }).filter(([, value]) => value !== undefined),
  );
  return { ...shown, ...secretMarks(collection, body) };
}

/** What is wrong with the fields `…_id` and `…_ids`, which must refer to rows of the account in the path. */
function missingReferences({ world: { store }, params: { account_id } }: EndpointRequest, fields: Row): Row {
  const errors: Row = {};
  for (const [name, value] of Object.entries(fields)) {
    const collection = collectionOf(name.replace(/_ids$/, "_id"));
    if (!/_ids?$/.test(name) || !store.has(collection)) continue;
    for (const id of [value ?? []].flat()) {
      const row = store.find(collection, id);
      const found = row !== undefined && !isDeleted(row) &&
        (account_id === undefined || inPath({ params: { account_id } }, row));
      if (!found) errors[name] = `${id} does not exist`;
    }
  }
  return errors;
}
