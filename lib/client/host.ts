/**
 * The hosts of a client: the access host, checked before a token goes there, and read from any URL of dbt Cloud that a
 * person pastes; and those of the other APIs. `config.ts` and `make_dbt.ts` use it.
 *
 * @module
 */
import * as Result from "effect/Result";
import type { Api } from "../request.ts";

/** Where to find the host, for messages where none is set. */
export const whereToFindHost =
  "set DBT_CLOUD_HOST to your account's access host, such as ab123.us1.dbt.com: it is the " +
  "host in your browser's address bar when you use dbt Cloud, and stands in Account settings under Access URLs";

/** The base URL of a host or URL, or what is wrong with it. Plain http is allowed to this machine only. */
export function baseUrl(host: string): Result.Result<URL, string> {
  if (host.trim() === "") return Result.fail(`no host: ${whereToFindHost}`);
  const text = host.includes("://") ? host : `https://${host}`;
  const isNoHost = `${JSON.stringify(host)} is not a host, such as ab123.us1.dbt.com`;
  if (!URL.canParse(text)) return Result.fail(isNoHost);
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return Result.fail("a host with a user or a password is not allowed");
  // What URL parsers change or drop, such as a line break, a backslash or a missing slash, is another host than it seems.
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(text)?.[1]?.toLowerCase();
  const ports = url.port === "" ? ["", ":443", ":80"] : [""];
  if (!ports.some((port) => authority === url.host + port)) return Result.fail(isNoHost);
  if (!/^(?:\w[\w.-]*|\[[\da-f:.]+\])$/.test(url.hostname)) return Result.fail(isNoHost);
  // A dot at the end names the same host: https://www.rfc-editor.org/rfc/rfc1034#section-3.1
  url.hostname = url.hostname.replace(/\.$/, "");
  if (url.protocol === "https:") return Result.succeed(url);
  return url.protocol === "http:" && isThisMachine(url.hostname)
    ? Result.succeed(url)
    : Result.fail(`${url.protocol}//${url.host} would send the token in the clear: use https`);
}

/** The URLs of the APIs, where they are not those that follow from the access host. */
export interface ApiOverrides {
  /** The Discovery API's host or URL. */
  readonly discoveryUrl?: string;
  /** The Semantic Layer's host or URL. */
  readonly semanticLayerUrl?: string;
}

/** What each API but the Admin API is called in hosts, and what sets another URL. */
const otherApis = {
  discovery: { label: "metadata", option: "discoveryUrl", variable: "DBT_CLOUD_DISCOVERY_URL" },
  semantic_layer: { label: "semantic-layer", option: "semanticLayerUrl", variable: "DBT_CLOUD_SEMANTIC_LAYER_URL" },
} as const;

/**
 * The URL of each API, without a slash at its end. The rules are those of dbt-mcp and of dbt's documentation:
 * `ab123.us1.dbt.com` has `ab123.metadata.us1.dbt.com`, any other host has `metadata.` in front. This machine and
 * addresses without a name serve all APIs at one place.
 */
export function apiUrls(
  access: URL,
  overrides: ApiOverrides = {},
): Result.Result<Readonly<Record<Api, string>>, string> {
  const urlOf = (api: keyof typeof otherApis): Result.Result<string, string> => {
    const { label, option, variable } = otherApis[api];
    const given = overrides[option];
    if (given === undefined) return Result.succeed(`${access.protocol}//${hostOf(label, access)}`);
    return Result.mapBoth(baseUrl(given), {
      onFailure: (detail) => `${variable}: ${detail}`,
      // The URL that dbt Cloud shows under Access URLs has GraphQL's path.
      onSuccess: ({ origin, pathname }) =>
        origin + pathname.replace(/(\/(beta|api))?\/graphql\/?$/, "").replace(/\/$/, ""),
    });
  };
  return Result.all({
    admin: Result.succeed(access.origin),
    discovery: urlOf("discovery"),
    semantic_layer: urlOf("semantic_layer"),
  });
}

/** Which API a host is for, by its name alone, and the access host that belongs to it. */
export function apiOfHost(host: string): { readonly api: Api; readonly accessHost: string } {
  for (const api of ["discovery", "semantic_layer"] as const) {
    const { label } = otherApis[api];
    const accessHost = host.replace(new RegExp(`^([^.]+\\.)?${label}\\.(?=[^.]+\\.)`), "$1");
    if (accessHost !== host) return { api, accessHost };
  }
  return { api: "admin", accessHost: host };
}

/** The variable that sets the URL of an API. */
export function urlVariable(api: Exclude<Api, "admin">): string {
  return otherApis[api].variable;
}

/** The host of an API, with its port. */
function hostOf(label: string, { host, hostname }: URL): string {
  if (isThisMachine(hostname) || /^(?:[\d.]+|\[.*\])$/.test(hostname)) return host;
  const cell = /^([^.]+)\.([^.]+\.dbt\.com(?::\d+)?)$/.exec(host);
  return cell === null ? `${label}.${host}` : `${cell[1]}.${label}.${cell[2]}`;
}

/** Every name below `localhost` is this machine too (RFC 6761, 6.3): the sandbox is also at `dbtc.localhost`. */
export function isThisMachine(hostname: string): boolean {
  return /^(?:(?:[\w-]+\.)*localhost|127\.0\.0\.1|\[::1\])$/.test(hostname);
}

/** The ids that a URL of dbt Cloud has in its path. */
export interface UrlIds {
  /** The account: `7` of `/deploy/7/projects/1/runs/123/`. */
  readonly account_id?: number;
  /** The project: `1` of the same path. */
  readonly project_id?: number;
}

/**
 * The account and the project of a URL from the browser, as `…/deploy/7/projects/1/runs/123/`, `…/settings/accounts/7`
 * or the old `…/#/accounts/7/`, or of an API route.
 */
export function idsOf(url: URL): UrlIds {
  const path = pathOf(url);
  const account = /\/(?:accounts|[a-z-]+(?=\/\d+\/projects\/)|deploy|develop|explore|dashboard|settings)\/(\d+)\//.exec(
    path,
  )
    ?.[1];
  const project = account === undefined ? undefined : /\/projects\/(\d+)\//.exec(path)?.[1];
  return {
    ...(account === undefined ? {} : { account_id: Number(account) }),
    ...(project === undefined ? {} : { project_id: Number(project) }),
  };
}

/** The path, and what the old single-page URLs have after `#`. */
function pathOf(url: URL): string {
  return `${url.pathname}/${url.hash.replace(/^#/, "")}/`;
}

// ---- pasted URLs ----------------------------------------------------------------------------------------------------

/** A URL of a thing in dbt Cloud, as a person pastes it. */
export interface ThingUrl extends UrlIds {
  /** The text that was pasted. */
  readonly text: string;
  /** Its host, with the port. It may be an older one of the account. No token is ever sent there. */
  readonly host: string;
  /** The ids in its path, by kind: `{ project: 1, run: 123 }`. */
  readonly ids: Readonly<Record<string, number>>;
}

/** Whether a text is meant as a URL, not as a name. */
export function isUrl(text: string): boolean {
  return /^https?:\/\//i.test(text.trim());
}

/**
 * Reads a pasted URL: a page of dbt Cloud (`/deploy/1/projects/1/runs/123/`, also with a step or a query behind it), the
 * old `/#/accounts/1/projects/1/jobs/5/`, or a route of the API. Undefined if the text is no such URL.
 */
export function readThingUrl(text: string): ThingUrl | undefined {
  if (!isUrl(text) || !URL.canParse(text.trim())) return undefined;
  const url = new URL(text.trim());
  const pairs = [...pathOf(url).matchAll(/(?<=\/)([a-z][a-z-]*?)s?\/(\d+)(?=\/)/g)].map(([, noun = "", id]) =>
    [noun.replaceAll("-", "_"), Number(id)] as const
  );
  return { text, host: url.host, ...idsOf(url), ids: Object.fromEntries(pairs) };
}

/**
 * The region of a host of dbt Cloud. The hosts without an account's prefix are older names of a region:
 * https://docs.getdbt.com/docs/cloud/about-cloud/access-regions-ip-addresses
 */
function regionOf(host: string): string | undefined {
  return Object.hasOwn(legacyHosts, host) ? legacyHosts[host] : /(?:^|\.)([a-z]{2}\d)\.dbt\.com$/.exec(host)?.[1];
}

/** The hosts that accounts shared before each had its own, with their regions. Deprecated since 2026-11-01. */
const legacyHosts: Readonly<Record<string, string>> = {
  "cloud.getdbt.com": "us1",
  "emea.dbt.com": "eu1",
  "au.dbt.com": "au1",
};

/** Whether accounts share a host, or did so before each got its own. */
export function isLegacyHost(host: string): boolean {
  return Object.hasOwn(legacyHosts, host);
}

/** Whether a host is one of dbt Cloud. */
function isOfDbt(host: string): boolean {
  return /(?:^|\.)(?:dbt|getdbt)\.com$/.test(host);
}

/** What two hosts say about whether they serve the same account, if its number is the same on both. */
export type HostMatch =
  /** The same host; or both are hosts of one region, in which an account's number occurs once. */
  | "same"
  /** They may be an old and a new host of the account: its subdomains tell. */
  | "unknown"
  /** Hosts of two regions, or no host of dbt Cloud. */
  | "other";

/** Compares the host of a pasted URL with that of a client. A client of the sandbox stands for every host of dbt Cloud. */
export function matchHosts(pasted: string, client: string): HostMatch {
  if (pasted === client) return "same";
  const isLocal = (host: string) => isThisMachine(host.replace(/:\d+$/, ""));
  if (isLocal(client)) return isLocal(pasted) || isOfDbt(pasted) ? "same" : "other";
  if (!isOfDbt(pasted)) return "other";
  const regions = [regionOf(pasted), regionOf(client)];
  return regions.includes(undefined) ? "unknown" : regions[0] === regions[1] ? "same" : "other";
}
