/**
 * What a recording must not tell, replaced: tokens and other secrets, e-mail addresses, hosts and names. The same text
 * has the same stand-in throughout a recording, whatever its case.
 *
 * @module
 */
import * as SchemaAST from "effect/SchemaAST";
import { fieldOf } from "../../request.ts";
import { isSecret } from "../data/input_rules.ts";
import { type Body, type Exchange, isExactNumber, type RecordedRequest } from "./recording_file.ts";
import { findRoute } from "../protocol/routes.ts";
import { isRow } from "../protocol/response_format.ts";

// ---- which members hold what ----------------------------------------------------------------------------------------

/** What a text is; its stand-in says so. */
type Kind = "secret" | "value" | "person" | "host" | "address" | "url" | "name";

/** Members whose text dbt chooses, or that says when or which: they are kept, but for what is hidden within them. */
const kept =
  /(^|_)(id|ids|uid|type|status|state|category|humanized|strategy|backend|version|plan|level|format|at|sha|cron|timezone|sets?|event|kind|materialized|by|related)$/;

/** The members that hold something to replace, in the order in which they are tried. */
const members: ReadonlyArray<readonly [RegExp, Kind]> = [
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

function kindOf(member: string, within: unknown): Kind | undefined {
  // `name__icontains` filters by what `name` holds.
  const name = member.replace(/__\w+$/, "").toLowerCase();
  // What dbt does has a name of dbt's, as a run's steps do: who reads it looks for its words.
  const deed = name === "name" && isRow(within) && "started_at" in within;
  // The parts of it are the names.
  const relation = name === "relation_name";
  return deed || relation || kept.test(name) ? undefined : members.find(([pattern]) => pattern.test(name))?.[1];
}

// ---- what is replaced wherever it stands ----------------------------------------------------------------------------

const patterns: ReadonlyArray<readonly [RegExp, Kind]> = [
  [/BEGIN [A-Z ]*PRIVATE KEY-----[^]*?-----END [A-Z ]*PRIVATE KEY/g, "secret"],
  [/\b(?:dbt[a-z]_|gh[a-z]_|github_pat_|glpat-|xox[a-z]-|AKIA|eyJ)[\w.-]{12,}/g, "secret"],
  [/(?<=\b(?:Bearer|Token|Basic) )[\w.~+/=-]{12,}/g, "secret"],
  [/(?<=\/\/)[^/\s:@"']+:[^/\s@"']+(?=@)/g, "secret"],
  [/[\w.%+-]+@[\w-]+(?:\.[\w-]+)+/g, "person"],
  [/(?<=\w:\/\/(?:[^/\s@"']*@)?)(?=[\w-]*[.:\d-])[A-Za-z0-9.-]+(?::\d+)?(?![\w.:-]|[^/\s@"']*@)/g, "host"],
  [/(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g, "address"],
];

/** dbt's ids of nodes, which are made of names. */
const nodeIds =
  /\b(?:model|seed|test|unit_test|snapshot|source|macro|analysis|operation|exposure|metric|semantic_model|saved_query)\.([\w-]+(?:\.[\w-]+)+)/g;

/** dbt's own words, which a name may happen to be: they are replaced in the members that hold names, and nowhere else. */
const ordinary = new Set(
  ("dbt run runs job jobs build test tests seed snapshot source sources model models docs default dev prod production " +
    "staging main master api json sql target table view name none null true false public admin user users account " +
    "project environment snowflake bigquery redshift postgres databricks github gitlab success error create").split(
      " ",
    ),
);

/** What dbt Cloud itself shows instead of a secret. */
const hidden = /^\**$/;

// ---- stand-ins ------------------------------------------------------------------------------------------------------

/** Learns what is to be replaced, and replaces it. */
interface StandIns {
  /** Learns that a text is to be replaced. */
  readonly learn: (kind: Kind, text: string) => void;
  /** Learns what a text shows by its shape: addresses, tokens, hosts. */
  readonly scan: (text: string) => void;
  /** The stand-in of a text that is the whole value of a member of this kind. */
  readonly of: (kind: Kind | undefined, text: string) => string | undefined;
  /** A text with all that was learned replaced, where it stands as words. */
  readonly replace: (text: string) => string;
}

/** A text to look for, and where its first word is in it. */
interface Sought {
  readonly text: string;
  readonly lead: number;
}

const word = /[\p{L}\p{N}_]+/gu;

function makeStandIns(): StandIns {
  const known = new Map<string, { readonly kind: Kind; readonly instead: string }>();
  const counts = new Map<Kind, number>();
  /** What is looked for in texts, by its first word, the longest first. */
  const byWord = new Map<string, Array<Sought>>();

  const learn = (kind: Kind, whole: string) => {
    const text = whole.trim().toLowerCase();
    if (hidden.test(text) || known.has(text)) return;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    known.set(text, { kind, instead: standIn(kind, count) });
    const common = text.length < 3 || /^\d+$/.test(text) ||
      ((kind === "name" || kind === "value") && ordinary.has(text));
    const first = common ? undefined : text.match(word)?.[0];
    if (first === undefined) return;
    const sought = [...byWord.get(first) ?? [], { text, lead: text.indexOf(first) }];
    byWord.set(first, sought.sort((a, b) => b.text.length - a.text.length));
  };

  return {
    learn,
    scan: (text) => {
      for (const [pattern, kind] of patterns) {
        for (const [found] of text.matchAll(pattern)) if (!isNobodys(found)) learn(kind, found);
      }
    },
    of: (kind, text) => {
      const found = known.get(text.trim().toLowerCase());
      // A secret is one wherever it stands; a name may be a word elsewhere.
      return kind !== undefined || found?.kind === "secret" ? found?.instead : undefined;
    },
    replace: (text) => {
      const lower = text.toLowerCase();
      // The few letters that are longer in lower case would shift all that follows.
      const searched = lower.length === text.length ? lower : text;
      let [replaced, done] = ["", 0];
      for (const { 0: first, index } of searched.matchAll(word)) {
        const found = byWord.get(first)?.find(({ text, lead }) =>
          index - lead >= done && searched.startsWith(text, index - lead) &&
          (!isWord(text.at(-1)) || !isWord(searched[index - lead + text.length]))
        );
        if (found === undefined) continue;
        replaced += text.slice(done, index - found.lead) + (known.get(found.text)?.instead ?? "");
        done = index - found.lead + found.text.length;
      }
      return replaced + text.slice(done);
    },
  };
}

function isWord(letter: string | undefined): boolean {
  return letter !== undefined && /[\p{L}\p{N}_]/u.test(letter);
}

function isNobodys(host: string): boolean {
  return /^(127\.0\.0\.1|localhost|0\.0\.0\.0|docs\.getdbt\.com|schemas\.getdbt\.com)(:\d+)?$/.test(host);
}

/** Domains and addresses that are nobody's: RFC 2606 and RFC 2544. */
function standIn(kind: Kind, count: number): string {
  switch (kind) {
    case "person":
      return `person-${count}@example.com`;
    case "host":
      return `host-${count}.example.com`;
    case "url":
      return `https://example.com/url-${count}`;
    case "address":
      return `198.18.${count >> 8 & 255}.${count & 255}`;
    default:
      return `${kind}-${count}`;
  }
}

// ---- exchanges ------------------------------------------------------------------------------------------------------

/** Exchanges that tell nobody's secrets, addresses, hosts and names. Ids, times and states are as they were. */
export function anonymous(
  exchanges: ReadonlyArray<Exchange>,
  tokens: ReadonlyArray<string> = [],
): ReadonlyArray<Exchange> {
  const all = makeStandIns();
  // A token as short as the sandbox's may be a word like others.
  for (const token of tokens) if (token.length >= 12) all.learn("secret", token);
  for (const { request } of exchanges) learnSecrets(request, all);
  for (const { request, answer } of exchanges) {
    for (const [name, value] of request.query) learnValue(name, value, {}, all);
    all.scan(readablePath(request.path));
    for (const value of Object.values(answer?.headers ?? {})) all.scan(value);
    for (const body of [request.body, answer?.body]) learnBody(body, all);
  }
  return exchanges.map(({ request, answer, ...rest }) => ({
    request: {
      ...request,
      path: request.path.split("/").map((segment) => encodeURIComponent(all.replace(readablePath(segment)))).join("/"),
      query: request.query.map(([name, value]) => [name, String(replaced(name, value, {}, all))] as const),
      ...bodyWith(request.body, all),
    },
    ...answer === undefined ? {} : {
      answer: {
        ...answer,
        headers: Object.fromEntries(
          Object.entries(answer.headers).map(([name, value]) => [name, all.replace(value)]),
        ),
        ...bodyWith(answer.body, all),
      },
    },
    ...rest,
  }));
}

/** A path as people read it: not escaped, where it can be read at all. */
export function readablePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** What the table marks as a secret of a request. */
function learnSecrets({ verb, path, body }: RecordedRequest, all: StandIns): void {
  const call = findRoute(verb, path)?.route.call;
  if (call === undefined || body === undefined || !("json" in body)) return;
  const marked = (ast: SchemaAST.AST | undefined, value: unknown) => {
    for (const text of ast === undefined ? [] : secretsIn(ast, value)) all.learn("secret", text);
  };
  if (call.payload !== undefined) marked(fieldOf(call, call.payload)?.ast, body.json);
  else if (isRow(body.json)) {
    for (const [name, value] of Object.entries(body.json)) marked(fieldOf(call, name)?.ast, value);
  }
}

/** The texts that a schema marks as secret. */
function secretsIn(ast: SchemaAST.AST, value: unknown): ReadonlyArray<string> {
  if (isSecret(ast)) return typeof value === "string" ? [value] : [];
  if (SchemaAST.isSuspend(ast)) return secretsIn(ast.thunk(), value);
  if (SchemaAST.isUnion(ast)) return ast.types.flatMap((type) => secretsIn(type, value));
  if (SchemaAST.isArrays(ast) && Array.isArray(value)) {
    const item = ast.rest[0];
    return item === undefined ? [] : value.flatMap((inner) => secretsIn(item, inner));
  }
  if (!SchemaAST.isObjects(ast) || !isRow(value)) return [];
  const types = new Map(ast.propertySignatures.map(({ name, type }) => [String(name), type]));
  return Object.entries(value).flatMap(([name, inner]) => {
    const type = types.get(name) ?? ast.indexSignatures[0]?.type;
    return type === undefined ? [] : secretsIn(type, inner);
  });
}

function learnBody(body: Body | undefined, all: StandIns): void {
  if (body === undefined) return;
  if ("json" in body) learnValue("", body.json, undefined, all);
  else if ("text" in body) learnText("", body.text, all);
}

function learnValue(member: string, value: unknown, within: unknown, all: StandIns): void {
  if (typeof value === "string") {
    const kind = kindOf(member, within);
    if (kind === undefined) learnText(member, value, all);
    else if (value.trim() !== "") all.learn(shapeOf(value) ?? kind, value);
  } else if (Array.isArray(value)) {
    for (const inner of value) learnValue(member, inner, within, all);
  } else if (isRow(value) && !isExactNumber(value)) {
    for (const [name, inner] of Object.entries(value)) {
      learnText("", name, all);
      learnValue(name, inner, value, all);
    }
  }
}

function learnText(member: string, text: string, all: StandIns): void {
  all.scan(text);
  const names = [...text.matchAll(nodeIds)].flatMap(([, path = ""]) => path.split("."));
  if (member === "relation_name") names.push(...text.split(".").map((part) => part.replaceAll(/^["`]|["`]$/g, "")));
  for (const name of names) all.learn("name", name);
}

/** A login that is an e-mail address has an address for its stand-in. */
function shapeOf(text: string): Kind | undefined {
  return /^[\w.%+-]+@[\w-]+(\.[\w-]+)+$/.test(text.trim()) ? "person" : undefined;
}

function replaced(member: string, value: unknown, within: unknown, all: StandIns): unknown {
  if (typeof value === "string") {
    const kind = kindOf(member, within);
    const whole = all.of(kind, value);
    if (whole !== undefined) return whole;
    // What dbt chooses is a word of its own: a name that happens to be the same is another matter.
    return kept.test(member) && /^[\w +-]*$/.test(value) ? value : all.replace(value);
  }
  if (Array.isArray(value)) return value.map((inner) => replaced(member, inner, within, all));
  if (!isRow(value) || isExactNumber(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      // Members are dbt's; the keys of a map, as those of nodes and of variables, may be somebody's.
      /^_?[a-z][a-z0-9_]*$/.test(name) ? name : all.replace(name),
      replaced(name, inner, value, all),
    ]),
  );
}

function bodyWith(body: Body | undefined, all: StandIns): { readonly body?: Body } {
  if (body === undefined) return {};
  if ("json" in body) return { body: { json: replaced("", body.json, undefined, all) } };
  return { body: "text" in body ? { text: all.replace(body.text) } : body };
}
