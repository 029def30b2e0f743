/**
 * Placing a request: from an endpoint's fields to verb, path, query and body. The client places every request before it
 * sends it; the command line also to show it (`--dry-run`), and the sandbox finds its routes with `parseRoute`.
 *
 * @module
 */
import * as Predicate from "effect/Predicate";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as SchemaAST from "effect/SchemaAST";
import type { Call, Definition, Entry, Verb } from "./definition.ts";
import { fewLevels, isTooDeep } from "./nesting.ts";
import { masked, membersOf, oneLine } from "./schema.ts";

/** An API of dbt Cloud. Each has a host and a rate limit of its own. */
export type Api = "admin" | "discovery" | "semantic_layer";

/** A request as it is sent. */
export interface Placed {
  /** Where it goes (default: the Admin API). */
  readonly api?: Api;
  /** The verb. */
  readonly method: Verb;
  /** The path, each segment escaped. */
  readonly path: string;
  /** The query, in the order of the endpoint's fields. */
  readonly query: ReadonlyArray<readonly [string, string]>;
  /** The body, before it is written as JSON. */
  readonly body?: unknown;
  /** The secret values in it. They are removed from errors, even where the server repeats them. */
  readonly secrets?: ReadonlyArray<string>;
  /** Marks a read that is no GET, such as a GraphQL query: it may be sent again, and also by a read-only client. */
  readonly reads?: boolean;
}

/** Whether a request changes nothing. */
export function isRead({ method, reads }: Placed): boolean {
  return method === "GET" || reads === true;
}

/** The ids that the client fills into a path where the request has none. */
export interface Defaults {
  /** Fills every `account_id`. */
  readonly account_id?: number;
  /** Fills `project_id` where it says what contains the thing, never where the project is the thing itself. */
  readonly project_id?: number;
  /** Fills `environment_id` where it says what contains the thing, never where the environment is the thing itself. */
  readonly environment_id?: number;
}

/** A name in a route. */
export interface PathName {
  /** The field that fills it. */
  readonly name: string;
  /** Whether it stands for the rest of the path, slashes included. */
  readonly tail: boolean;
}

/** A parsed route. */
export interface Path {
  /** The verb. */
  readonly method: Verb;
  /** The path's text and names, alternating, text first. */
  readonly parts: ReadonlyArray<string | PathName>;
  /** The names alone, in order. */
  readonly names: ReadonlyArray<string>;
}

const paths = new Map<string, Path>();

/** Parses a route. Each route is parsed only once. */
export function parseRoute(route: string): Path {
  let path = paths.get(route);
  if (path === undefined) paths.set(route, path = parse(route));
  return path;
}

function parse(route: string): Path {
  const space = route.indexOf(" ");
  const parts = route.slice(space + 1).split(/:([a-z_]+\*?)/).map((part, index) =>
    index % 2 === 0 ? part : { name: part.replace("*", ""), tail: part.endsWith("*") }
  );
  const names = parts.flatMap((part) => typeof part === "string" ? [] : [part.name]);
  return { method: route.slice(0, space) as Verb, parts, names }; // `Route` allows no other verb
}

/** The names in a route, in order. */
export function pathNames(route: string): ReadonlyArray<string> {
  return parseRoute(route).names;
}

/**
 * Places a request, or says what is wrong with it. Fields that the endpoint does not know are sent too, since dbt may
 * have added them. With `body: "wire"`, the fields of the body are in their JSON form already: they are checked, and
 * not encoded.
 */
export function place<Request>(
  call: Call<Request>,
  request: Request,
  defaults: Defaults = {},
  body: "typed" | "wire" = "typed",
): Result.Result<Placed, string> {
  const { method, parts, names } = parseRoute(call.route);
  const encoded = encodeFields(call, request, {
    fallback: (name) => fallback(name, call.route, defaults),
    required: names,
    inWireForm: body === "wire" ? bodyFields(call) : [],
  });
  if (Result.isFailure(encoded)) return Result.fail(encoded.failure);
  const { values, secrets } = encoded.success;

  let path = "";
  for (const part of parts) {
    if (typeof part === "string") {
      path += part;
      continue;
    }
    const text = String(values.get(part.name));
    const segments = part.tail ? text.split("/") : [text];
    if (!segments.every((segment) => segment.isWellFormed())) return Result.fail(`${part.name} is not Unicode`);
    if (segments.some((segment) => segment === "" || segment === "." || segment === "..")) {
      return Result.fail(`${part.name} "${text}" would leave its path`);
    }
    path += segments.map(encodeURIComponent).join("/");
  }

  const rest = [...values.keys()].filter((name) => !names.includes(name));
  // `includes` of an array of field names accepts only those names; `never` lets it search for any text.
  const inQuery = method === "GET" ? rest : rest.filter((name) => call.query?.includes(name as never));
  const nested = inQuery.find((name) => Predicate.isReadonlyObject(values.get(name)));
  if (nested !== undefined) return Result.fail(`${nested} is an object, and a query has only texts and numbers`);
  const query = inQuery.map((name) => [name, String(values.get(name))] as const);
  const placed: Placed = { method, path, query, ...(secrets.size > 0 ? { secrets: [...secrets] } : {}) };
  if (method === "GET") return Result.succeed(placed);
  if (call.payload !== undefined) return Result.succeed({ ...placed, body: values.get(call.payload) });
  const members = new Map([
    ...Object.entries(call.repeats ?? {}).map(([name, source]) => [name, values.get(source)] as const),
    ...rest.filter((name) => !inQuery.includes(name)).map((name) => [name, values.get(name)] as const),
  ]);
  if (members.size === 0 && !takesBody(call)) return Result.succeed(placed);
  const whole = Object.fromEntries(members);
  return Result.succeed({ ...placed, body: call.sendable?.(whole, whole) ?? whole });
}

/** The values of a request's fields as they are sent. */
export interface EncodedFields {
  /** The values in their JSON form. A map, since a field may be called `__proto__`. */
  readonly values: ReadonlyMap<string, unknown>;
  /** The secret values among them. */
  readonly secrets: ReadonlySet<string>;
}

/** How {@linkcode encodeFields} treats single fields. */
export interface EncodeOptions {
  /** The value of a field that the request does not have. */
  readonly fallback?: (name: string) => unknown;
  /** Fields that must have a value, beside those that the schemas require. */
  readonly required?: ReadonlyArray<string>;
  /** Fields that are in their JSON form already: they are checked, and not encoded. */
  readonly inWireForm?: ReadonlyArray<string>;
}

/** Encodes each field of a request by its schema, or says what is wrong. Unknown fields are kept. */
export function encodeFields<Request>(
  call: Entry<Request>,
  request: Request,
  { fallback = () => undefined, required = [], inWireForm = [] }: EncodeOptions,
): Result.Result<EncodedFields, string> {
  const given = request as Readonly<Record<string, unknown>>; // read by name, each value checked by its field's schema
  const values = new Map<string, unknown>();
  const secrets = new Set<string>();
  const hide = (secret: unknown) => {
    // A shorter text is part of many words: errors without it would be unreadable.
    if (typeof secret === "string" && secret.length > 3) secrets.add(secret);
    return secret;
  };
  const missing: Array<string> = [];
  for (const name of new Set([...Object.keys(call.request), ...Object.keys(given)])) {
    const asked = own(given, name);
    const value = asked === undefined ? fallback(name) : asked;
    const schema = fieldOf(call, name);
    if (value === undefined) {
      if (required.includes(name) || (schema !== undefined && !SchemaAST.isOptional(schema.ast))) missing.push(name);
      continue;
    }
    if (isTooDeep(value, fewLevels)) return Result.fail(`${name} is nested deeper than ${fewLevels} levels`);
    const encoded = schema === undefined
      ? Result.succeed(value)
      : inWireForm.includes(name)
      ? check(schema, value)
      : encode(schema, value);
    if (Result.isFailure(encoded)) return Result.fail(`${name} is not what it should be: ${encoded.failure}`);
    values.set(name, revealed(encoded.success, hide));
    if (schema !== undefined) masked(schema.ast, values.get(name), hide);
  }
  return missing.length > 0 ? Result.fail(missingFields(missing)) : Result.succeed({ values, secrets });
}

/** A request of which some fields may be missing. */
export type WithoutSome<Request, Some extends keyof Request> = [Some] extends [never] ? Request
  : Omit<Request, Some> & Partial<Pick<Request, Some>>;

/**
 * Reads a request as the command line and JSON hold it: what goes into a body in its wire form, all else as it is meant.
 * Only the fields in `without` may be missing although the endpoint requires them. Fields that the endpoint does not name
 * are kept.
 */
export function readRequest<Request, Some extends keyof Request & string = never>(
  call: Entry<Request> | Call<Request>,
  given: Readonly<Record<string, unknown>>,
  without: ReadonlyArray<Some> = [],
): Result.Result<WithoutSome<Request, Some>, string> {
  const inBody = "route" in call ? bodyFields(call) : [];
  const read = new Map<string, unknown>();
  const lacking: Array<string> = [];
  for (const name of new Set([...Object.keys(call.request), ...Object.keys(given)])) {
    const schema = fieldOf(call, name);
    const asked = own(given, name);
    if (isTooDeep(asked, fewLevels)) return Result.fail(`${name} is nested deeper than ${fewLevels} levels`);
    if (asked === undefined) {
      const optional = schema === undefined || SchemaAST.isOptional(schema.ast) ||
        without.some((some) => some === name);
      if (!optional) lacking.push(name);
      continue;
    }
    const value = schema === undefined
      ? Result.succeed(asked)
      : Schema.decodeUnknownResult(inBody.includes(name) ? schema : Schema.toType(schema))(asked);
    if (Result.isFailure(value)) return Result.fail(`${name} is not what it should be: ${oneLine(value.failure)}`);
    read.set(name, restore(asked, value.success));
  }
  if (lacking.length > 0) return Result.fail(missingFields(lacking));
  // Each field was read by its own schema, and none is missing but those that may be.
  return Result.succeed(Object.fromEntries(read) as WithoutSome<Request, Some>);
}

/**
 * Whether a path leads where it says: it begins at the root, and has no part that a URL parser would change, such as
 * `..`, a query or white space.
 */
export function staysPut(path: string): boolean {
  // deno-lint-ignore no-control-regex
  return /^\/[^?#\\\u0000-\u0020\u007f]*$/.test(path) && !/\/(\.|%2e){1,2}(\/|$)/i.test(path);
}

/**
 * A value in its JSON form. Members that its schema does not know are kept at every depth, as dbt may have added them.
 */
function encode(schema: Schema.Codec<unknown, unknown>, value: unknown): Result.Result<unknown, string> {
  if (SchemaAST.toEncoded(schema.ast) === schema.ast && Schema.is(schema)(value)) return Result.succeed(value);
  return Result.mapBoth(Schema.encodeUnknownResult(schema)(value), {
    onFailure: oneLine,
    onSuccess: (encoded) => restore(value, encoded),
  });
}

function check(schema: Schema.Codec<unknown, unknown>, value: unknown): Result.Result<unknown, string> {
  return Result.mapBoth(Schema.decodeUnknownResult(schema)(value), { onFailure: oneLine, onSuccess: () => value });
}

/** Puts back the members that encoding dropped. */
function restore(value: unknown, encoded: unknown): unknown {
  if (Array.isArray(value) && Array.isArray(encoded)) return encoded.map((item, index) => restore(value[index], item));
  if (!Predicate.isReadonlyObject(value) || !Predicate.isReadonlyObject(encoded)) return encoded;
  const members = Object.entries(value).map(([name, inner]) => [
    name,
    Object.hasOwn(encoded, name) ? restore(inner, encoded[name]) : inner,
  ]);
  return Object.fromEntries(members);
}

/** Replaces each `Redacted` by its text: those in free JSON or in unknown fields, which no schema has encoded. */
function revealed(value: unknown, hide: (secret: unknown) => unknown): unknown {
  if (Redacted.isRedacted(value)) return hide(Redacted.value(value));
  if (Array.isArray(value)) return value.map((item) => revealed(item, hide));
  if (!Predicate.isReadonlyObject(value) || "toJSON" in value) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, revealed(inner, hide)]));
}

/** The fields that a call sends as its body. */
export function bodyFields<Request>(call: Call<Request>): ReadonlyArray<string> {
  const names = pathNames(call.route);
  return call.route.startsWith("GET ")
    ? []
    // `never` as in `place`.
    : Object.keys(call.request).filter((name) => !names.includes(name) && !call.query?.includes(name as never));
}

/**
 * A thing in the form in which a call may send it: without the fields that only dbt Cloud writes, and with what the
 * call's `sendable` changes. `named` has the fields that the user named; a thing with an id was read, and names nothing.
 */
export function writable<Request, Success>(
  call: Definition<Request, Success>,
  thing: Readonly<Record<string, unknown>>,
  named: Readonly<Record<string, unknown>> = Object.hasOwn(thing, "id") ? {} : thing,
): Record<string, unknown> {
  const sent = new Set<string>([...pathNames(call.route), ...bodyFields(call), ...call.query ?? []]);
  const answered = membersOf(call.success.schema.ast);
  return Object.fromEntries(
    Object.entries(call.sendable?.(thing, named) ?? thing)
      .filter(([name]) => sent.has(name) || !answered.has(name)),
  );
}

/** A member of an object of others: `constructor` is one only where the object has it itself. */
export function own<A>(record: Readonly<Record<string, A>>, name: string): A | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** The schema of one field. */
export function fieldOf<Request>(
  { request }: { readonly request: Entry<Request>["request"] },
  name: string,
): Schema.Codec<unknown, unknown> | undefined {
  return Object.hasOwn(request, name)
    ? (request as Readonly<Record<string, Schema.Codec<unknown, unknown>>>)[name] // `Fields` holds nothing else
    : undefined;
}

function takesBody<Request>(call: Call<Request>): boolean {
  return bodyFields(call).length > 0 || call.repeats !== undefined;
}

/**
 * The default id for a name in the path: of the account anywhere, of the others only where the path goes on after it.
 */
function fallback(name: string, route: string, defaults: Defaults): number | undefined {
  if (!pathNames(route).includes(name)) return undefined;
  if (name === "account_id") return defaults.account_id;
  if (route.endsWith(`:${name}`) || route.endsWith(`:${name}/`)) return undefined;
  if (name === "project_id") return defaults.project_id;
  return name === "environment_id" ? defaults.environment_id : undefined;
}

function missingFields(names: ReadonlyArray<string>): string {
  return names.includes("account_id")
    ? "account_id is missing: set DBT_CLOUD_ACCOUNT_ID, or give the account_id of the request"
    : `${names.join(", ")} ${names.length === 1 ? "is" : "are"} missing`;
}
