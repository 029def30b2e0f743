/**
 * Removes private texts from a recording: tokens and other secrets, e-mail addresses, hosts and names get pseudonyms.
 * Here is where in an exchange they are; what they look like, and what replaces them, is in `pseudonyms.ts`.
 * `recorder.ts` calls it before a recording leaves the process.
 *
 * @module
 */
import * as SchemaAST from "effect/SchemaAST";
import { fieldOf } from "../../request.ts";
import { isSecret, membersOf } from "../../schema.ts";
import { isRow } from "../protocol/response_format.ts";
import { findRoute } from "../protocol/routes.ts";
import { makePseudonyms, type PrivateKind, type Pseudonyms } from "./pseudonyms.ts";
import { type Body, type Exchange, isExactNumber, type RecordedRequest } from "./recording_file.ts";

// ---- which members are private --------------------------------------------------------------------------------------

/** Members that hold dbt's own words, ids or times. They are kept, except for private texts within them. */
const publicMember =
  /(^|_)(id|ids|uid|type|status|state|category|humanized|strategy|backend|version|plan|level|format|at|sha|cron|timezone|sets?|event|kind|materialized|by|related)$/;

/** Members whose values are private. The first pattern that matches counts. */
const privateMembers: ReadonlyArray<readonly [RegExp, PrivateKind]> = [
  [
    /(^|_)(secret|password|passphrase|token|pat|(private|public|api|access|signing|encryption)_key)(_(string|str|value|json|pem))?$/,
    "secret",
  ],
  [/^(raw_|display_)?value$/, "value"],
  [/(^|_)(host|hostname|server|domain|subdomain)$/, "host"],
  [/^(remote|web|client|enterprise_login)_url$|^pull_request_url_template$/, "url"],
  [
    /(^|_)(name|fullname|user|username|login|identifier|alias|branch|repo|schema|database|dbname|catalog|warehouse|role|dataset|account|project|description|comment|owner|bucket)$/,
    "name",
  ],
];

/** What the value of a member is, where it is private. `within` is the object around it. */
function kindOf(member: string, within: unknown): PrivateKind | undefined {
  // `name__icontains` filters by what `name` holds.
  const name = member.replace(/__\w+$/, "").toLowerCase();
  // The name of a run's step is dbt's own, and readers look for it.
  const step = name === "name" && isRow(within) && "started_at" in within;
  // Its parts are names, not the complete value: `learnText` splits it.
  const relation = name === "relation_name";
  return step || relation || publicMember.test(name)
    ? undefined
    : privateMembers.find(([pattern]) => pattern.test(name))?.[1];
}

/** dbt's ids of nodes, whose parts are names. */
const nodeIds =
  /\b(?:model|seed|test|unit_test|snapshot|source|macro|analysis|operation|exposure|metric|semantic_model|saved_query)\.([\w-]+(?:\.[\w-]+)+)/g;

// ---- exchanges ------------------------------------------------------------------------------------------------------

/** Replaces secrets, addresses, hosts and names in exchanges. Ids, times and states stay. `tokens` are those sent. */
export function anonymise(
  exchanges: ReadonlyArray<Exchange>,
  tokens: ReadonlyArray<string> = [],
): ReadonlyArray<Exchange> {
  const pseudonyms = makePseudonyms();
  // A short token, as the sandbox's, may be a common word.
  for (const token of tokens) if (token.length >= 12) pseudonyms.learn("secret", token);
  for (const { request } of exchanges) learnSecrets(request, pseudonyms);
  for (const { request, answer } of exchanges) {
    for (const [name, value] of request.query) learnValue(name, value, {}, pseudonyms);
    pseudonyms.scan(readablePath(request.path));
    for (const value of Object.values(answer?.headers ?? {})) pseudonyms.scan(value);
    for (const body of [request.body, answer?.body]) learnBody(body, pseudonyms);
  }
  return exchanges.map(({ request, answer, ...rest }) => ({
    request: {
      ...request,
      path: request.path.split("/").map((segment) => encodeURIComponent(pseudonyms.replace(readablePath(segment))))
        .join("/"),
      query: request.query.map(([name, value]) => [name, String(replaceIn(name, value, {}, pseudonyms))] as const),
      ...bodyWith(request.body, pseudonyms),
    },
    ...answer === undefined ? {} : {
      answer: {
        ...answer,
        headers: Object.fromEntries(
          Object.entries(answer.headers).map(([name, value]) => [name, pseudonyms.replace(value)]),
        ),
        ...bodyWith(answer.body, pseudonyms),
      },
    },
    ...rest,
  }));
}

/** A path without escapes, or as it is where its escapes are invalid. */
export function readablePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Learns the fields of a request that its endpoint marks as secret. */
function learnSecrets({ verb, path, body }: RecordedRequest, pseudonyms: Pseudonyms): void {
  const call = findRoute(verb, path)?.route.call;
  if (call === undefined || body === undefined || !("json" in body)) return;
  const marked = (ast: SchemaAST.AST | undefined, value: unknown) => {
    for (const text of ast === undefined ? [] : secretsIn(ast, value)) pseudonyms.learn("secret", text);
  };
  if (call.payload !== undefined) marked(fieldOf(call, call.payload)?.ast, body.json);
  else if (isRow(body.json)) {
    for (const [name, value] of Object.entries(body.json)) marked(fieldOf(call, name)?.ast, value);
  }
}

/** The texts in a value that its schema marks as secret. */
function secretsIn(ast: SchemaAST.AST, value: unknown): ReadonlyArray<string> {
  if (isSecret(ast)) return typeof value === "string" ? [value] : [];
  if (SchemaAST.isSuspend(ast)) return secretsIn(ast.thunk(), value);
  if (SchemaAST.isUnion(ast)) return ast.types.flatMap((type) => secretsIn(type, value));
  if (SchemaAST.isArrays(ast) && Array.isArray(value)) {
    const item = ast.rest[0];
    return item === undefined ? [] : value.flatMap((inner) => secretsIn(item, inner));
  }
  if (!SchemaAST.isObjects(ast) || !isRow(value)) return [];
  const types = membersOf(ast);
  return Object.entries(value).flatMap(([name, inner]) => {
    const type = types.get(name) ?? ast.indexSignatures[0]?.type;
    return type === undefined ? [] : secretsIn(type, inner);
  });
}

function learnBody(body: Body | undefined, pseudonyms: Pseudonyms): void {
  if (body === undefined) return;
  if ("json" in body) learnValue("", body.json, undefined, pseudonyms);
  else if ("text" in body) learnText("", body.text, pseudonyms);
}

function learnValue(member: string, value: unknown, within: unknown, pseudonyms: Pseudonyms): void {
  if (typeof value === "string") {
    const kind = kindOf(member, within);
    if (kind === undefined) learnText(member, value, pseudonyms);
    else if (value.trim() !== "") pseudonyms.learn(kindByForm(value) ?? kind, value);
  } else if (Array.isArray(value)) {
    for (const inner of value) learnValue(member, inner, within, pseudonyms);
  } else if (isRow(value) && !isExactNumber(value)) {
    for (const [name, inner] of Object.entries(value)) {
      learnText("", name, pseudonyms);
      learnValue(name, inner, value, pseudonyms);
    }
  }
}

function learnText(member: string, text: string, pseudonyms: Pseudonyms): void {
  pseudonyms.scan(text);
  const names = [...text.matchAll(nodeIds)].flatMap(([, path = ""]) => path.split("."));
  if (member === "relation_name") names.push(...text.split(".").map((part) => part.replaceAll(/^["`]|["`]$/g, "")));
  for (const name of names) pseudonyms.learn("name", name);
}

/** The pseudonym of an e-mail address is one too, even where a login or name holds it. */
function kindByForm(text: string): PrivateKind | undefined {
  return /^[\w.%+-]+@[\w-]+(\.[\w-]+)+$/.test(text.trim()) ? "person" : undefined;
}

/** A value with all private texts replaced. */
function replaceIn(member: string, value: unknown, within: unknown, pseudonyms: Pseudonyms): unknown {
  if (typeof value === "string") {
    const kind = kindOf(member, within);
    const pseudonym = pseudonyms.of(kind, value);
    if (pseudonym !== undefined) return pseudonym;
    // A single word of dbt's own stays, even if a name is the same word.
    return publicMember.test(member) && /^[\w +-]*$/.test(value) ? value : pseudonyms.replace(value);
  }
  if (Array.isArray(value)) return value.map((inner) => replaceIn(member, inner, within, pseudonyms));
  if (!isRow(value) || isExactNumber(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      // Names of members are dbt's. The keys of a map, such as those of nodes and variables, may be private.
      /^_?[a-z][a-z0-9_]*$/.test(name) ? name : pseudonyms.replace(name),
      replaceIn(name, inner, value, pseudonyms),
    ]),
  );
}

function bodyWith(body: Body | undefined, pseudonyms: Pseudonyms): { readonly body?: Body } {
  if (body === undefined) return {};
  if ("json" in body) return { body: { json: replaceIn("", body.json, undefined, pseudonyms) } };
  return { body: "text" in body ? { text: pseudonyms.replace(body.text) } : body };
}
