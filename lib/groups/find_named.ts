/**
 * Finds things of dbt Cloud by an id, a name or a pasted URL. The command line finds with it whatever an argument or a
 * flag means; programs use {@linkcode findByName} and {@linkcode resolveId}.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Struct from "effect/Struct";
import { get as getAccount } from "../api/accounts.ts";
import { isUrl, matchHosts, readThingUrl, type ThingUrl } from "../client/host.ts";
import { Dbt } from "../dbt.ts";
import { defined } from "../defined.ts";
import { type DbtError, unsendable } from "../error.ts";
import { ambiguous, havingName, type Named, notNamed, plural } from "../find_by_name.ts";
import { nounOf } from "./id_fields.ts";
import { listOf, namesById, type ParentIds, readRows, type ResolvedId, thingOf, within } from "./named_lists.ts";
import { type NamedKind, namedThings } from "./named_things.ts";

export type { NamedKind, ParentIds, ResolvedId };

/** How {@linkcode findByName} looks. */
export interface FindByNameOptions extends ParentIds {
  /** If no name is the same letter for letter, ignore case (default: no). */
  readonly ignoreCase?: boolean;
  /** What errors name as their origin (default: the list that is read). */
  readonly endpoint?: string;
  /** What the error of an ambiguous name advises (default: to give the id). */
  readonly remedy?: string;
}

/** The most rows that a look-up reads: 100 requests. */
const mostRows = 10_000;
/** The rows that are compared for a suggestion where the server filters by name: 3 requests. */
const suggestedRows = 300;

/**
 * Finds a thing by its name.
 *
 * **When to use**
 *
 * Where people name a job, a project or another thing. {@linkcode resolveId} also takes ids and URLs.
 *
 * **Details**
 *
 * The name must be the same letter for letter. A tag of jobs as code is no part of a job's name, and is a name itself:
 * `Orders [[orders]]` is found as `Orders` and as `orders`. If several things have the name, the client's project
 * (`project_id` of its settings) decides.
 *
 * One request for each 100 rows that the list has: where dbt Cloud can filter by name (accounts' projects, environments,
 * jobs, groups, connections), of the rows that contain the name. It reads 10,000 rows at most. An unknown name costs up
 * to 3 more requests, for suggestions; an ambiguous one up to 2, for the names of projects and environments.
 *
 * **Errors**
 *
 * `NotFound` with suggestions, if nothing has the name; `Unsendable` with ids and places, if several things have it; and
 * those of the list.
 *
 * @example
 * ```ts
 * import { DbtClient, findByName } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const client = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer()),
 * );
 * const job = await Effect.runPromise(findByName("job", "Daily build").pipe(Effect.provide(client)));
 * assert.equal(job.id, 1);
 * ```
 */
export const findByName: (
  kind: NamedKind,
  name: string,
  options?: FindByNameOptions,
) => Effect.Effect<ResolvedId, DbtError, Dbt> = Effect.fn("findByName")(function* (kind, name, options = {}) {
  const { endpoint, ignoreCase, remedy, ...place } = options;
  const { defaults } = yield* Dbt;
  const list = yield* listOf(kind);
  const noun = nounOf(kind);
  const failure = { endpoint: endpoint ?? list.name, noun, ...defined({ remedy }) };
  const filters = "name__icontains" in list.request;
  const { rows, total } = yield* readRows(
    list,
    { ...within(list, place), ...filters ? { name__icontains: name } : {} },
    mostRows,
  );
  const things = rows.flatMap((row) => Option.toArray(thingOf(kind, row)));
  const found = havingName(things, name, ignoreCase);
  const inProject = found.filter(({ project_id }) => project_id !== undefined && project_id === defaults.project_id);
  const [only, ...others] = inProject.length === 1 ? inProject : found;
  if (only !== undefined && others.length > 0) {
    return yield* ambiguous(name, yield* withPlaces(found, place), failure);
  }
  if (only !== undefined) return only;
  if (total > rows.length) {
    const detail = `dbtc read ${rows.length} of ${total} ${
      plural(noun)
    } and found none called "${name}". Give the id instead`;
    return yield* unsendable(failure.endpoint, detail);
  }
  const known = filters ? yield* readRows(list, within(list, place), suggestedRows) : { rows, total };
  const scope = known.total > known.rows.length
    ? ` (dbtc compared ${known.rows.length} of ${known.total.toLocaleString("en-US")} ${plural(noun)})`
    : "";
  return yield* notNamed(name, known.rows.flatMap((row) => Option.toArray(thingOf(kind, row))), failure, scope);
});

/** How {@linkcode resolveId} resolves. */
export interface ResolveIdOptions extends FindByNameOptions {
  /** Take digits for a name, and nothing for a URL (default: digits are an id). */
  readonly isName?: boolean;
}

/**
 * Resolves what a person types where an id is asked for: an id, a name, or the URL of a page of dbt Cloud.
 *
 * **When to use**
 *
 * For arguments and settings that people write. A run has no name: it is found by its id or URL.
 *
 * **Details**
 *
 * Digits are always an id, and cost no request. A number in another writing, such as `1e3`, is neither an id nor a name:
 * set `isName` for a thing of that name. A URL costs none either, unless its host may be an older one of the
 * account: then one for the account. A name costs those of {@linkcode findByName}. Ids of webhooks and private endpoints
 * are text: a text without blanks that has a digit is an id.
 *
 * **Errors**
 *
 * Those of {@linkcode findByName}, and of the request for the account; and `Unsendable` for such a number, and for a URL
 * of another account, or of another thing. No request goes to the host of a URL.
 *
 * @example
 * ```ts
 * import { DbtClient, resolveId } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const client = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer()),
 * );
 * const run = resolveId("run", "https://cloud.getdbt.com/deploy/1/projects/1/runs/123/");
 * assert.equal((await Effect.runPromise(run.pipe(Effect.provide(client)))).id, 123);
 * ```
 */
export const resolveId: (
  kind: NamedKind | "run",
  reference: number | string,
  options?: ResolveIdOptions,
) => Effect.Effect<ResolvedId, DbtError, Dbt> = Effect.fn("resolveId")(function* (kind, reference, options = {}) {
  const { isName = false, ...find } = options;
  if (typeof reference === "number") return { kind, id: reference };
  const text = reference.trim();
  if (!isName && isUrl(text)) return yield* resolveUrl(kind, text, options);
  if (!isName && isId(kind, text)) return { kind, id: hasTextId(kind) ? text : Number(text) };
  if (kind === "run") {
    return yield* refuse(options, `"${text}" is no run: give its id or its URL. Runs have no names`);
  }
  if (!isName && isWrittenAsNumber(text)) {
    return yield* refuse(
      options,
      `"${text}" is not the id of a ${nounOf(kind)}: an id is a whole number, written in digits`,
    );
  }
  return yield* findByName(kind, reference, find);
});

function hasTextId(kind: NamedKind | "run"): boolean {
  return kind !== "run" && namedThings[kind].idType === "text";
}

/** Whether a text is an id of this kind, not a name. */
function isId(kind: NamedKind | "run", text: string): boolean {
  return hasTextId(kind) ? /^[\w-]*\d[\w-]*$/.test(text) : /^\d+$/.test(text);
}

/** Whether a text is a number in any writing: `1e400`, `5.5`, `0x5`, `NaN`, or digits of another script. */
function isWrittenAsNumber(text: string): boolean {
  return text === "NaN" || !Number.isNaN(Number(text.replaceAll(/(?![0-9])\p{Nd}/gu, "0")));
}

const refuse = ({ endpoint = "resolveId" }: FindByNameOptions, detail: string) => unsendable(endpoint, detail);

const resolveUrl = Effect.fnUntraced(function* (
  kind: NamedKind | "run",
  text: string,
  options: FindByNameOptions,
): Effect.fn.Return<ResolvedId, DbtError, Dbt> {
  const url = readThingUrl(text);
  if (url === undefined) return yield* refuse(options, `"${text}" is not a URL of dbt Cloud`);
  yield* checkAccount(url, options);
  const id = kind === "account" ? url.account_id : url.ids[kind];
  if (id === undefined) {
    const last = Object.keys(url.ids).at(-1);
    const is = last === undefined ? "nothing" : `${nounOf(last)} ${url.ids[last]}`;
    return yield* refuse(options, `${text} is the URL of ${is}, not of a ${nounOf(kind)}`);
  }
  return { kind, id, ...Struct.pick(url, ["account_id", "project_id"]) };
});

/** Refuses a URL that is not of the client's account. */
const checkAccount = Effect.fnUntraced(function* (url: ThingUrl, options: FindByNameOptions) {
  const { defaults, url: base } = yield* Dbt;
  const { host } = new URL(base);
  const account_id = options.account_id ?? defaults.account_id;
  const hosts = matchHosts(url.host, host);
  const isSameNumber = account_id === undefined || url.account_id === undefined || account_id === url.account_id;
  if (isSameNumber && (hosts === "same" || (hosts === "unknown" && (yield* isSubdomain(url, account_id))))) return;
  const theirs = [url.account_id === undefined ? undefined : `account ${url.account_id}`, url.host].filter((part) =>
    part !== undefined
  ).join(" on ");
  const ours = account_id === undefined ? host : `account ${account_id} on ${host}`;
  return yield* refuse(
    options,
    `${url.text} is of ${theirs}, and this session is of ${ours}. Nothing was sent. Save that account as a context ` +
      "(dbtc auth login), or set DBT_CLOUD_HOST, DBT_CLOUD_ACCOUNT_ID and its token",
  );
});

/** Whether the host of a URL begins with a subdomain of the account. Fails if the account cannot be read. */
function isSubdomain({ account_id, host }: ThingUrl, ours: number | undefined): Effect.Effect<boolean, DbtError, Dbt> {
  const id = ours ?? account_id;
  return getAccount(id === undefined ? {} : { account_id: id }).pipe(
    Effect.map((account) => [account.static_subdomain, account.vanity_subdomain].includes(host.split(".")[0])),
  );
}

/** Things with the names of their projects and environments. */
const withPlaces = Effect.fnUntraced(function* (found: ReadonlyArray<ResolvedId & Named>, place: ParentIds) {
  const parts = yield* Effect.forEach(["project", "environment"] as const, (kind) => {
    const ids = found.flatMap((thing) => thing[`${kind}_id`] ?? []);
    return ids.length === 0
      ? Effect.succeed([])
      : Effect.map(namesById(kind, ids, place), ({ names }) => [{ kind, names }]);
  });
  return found.map((thing): Named => {
    const place = parts.flat().flatMap(({ kind, names }) => {
      const id = thing[`${kind}_id`];
      return id === undefined || thing.kind === kind ? [] : [`${kind} ${names.get(id) ?? id}`];
    });
    return { ...thing, ...(place.length === 0 ? {} : { place: place.join(", ") }) };
  });
});
