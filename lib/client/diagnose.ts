/**
 * `diagnose`: asks each API of dbt Cloud once, and says what is wrong and what to do. `dbtc doctor` prints it.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Predicate from "effect/Predicate";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import type * as Headers from "effect/http/Headers";
import * as HttpClient from "effect/http/HttpClient";
import * as HttpClientRequest from "effect/http/HttpClientRequest";
import type { Api } from "../request.ts";
import { version } from "../version.ts";
import type { Options } from "./client_options.ts";
import {
  apiOfHost,
  apiUrls,
  baseUrl,
  idsOf,
  isLegacyHost,
  isThisMachine,
  urlVariable,
  whereToFindHost,
} from "./host.ts";
import { noAnswerWithin, transportMessage } from "./response.ts";
import { readText } from "./response_body.ts";
import { defined } from "../defined.ts";

/** How far a request came: no address, no connection, no trust, or an answer. */
export type ConnectionStage = "dns" | "connection" | "tls" | "http";

/** What one check found. */
export interface HealthCheck {
  /** What was checked: `Admin API v2`, `Clock`. */
  readonly name: string;
  /**
   * `ok`; `warning`, if it works but something should change; `failed`; `skipped`, if Deno does not let the program look.
   */
  readonly result: "ok" | "warning" | "failed" | "skipped";
  /** The URL that was asked, for an API. */
  readonly url?: string;
  /** How far the request came. `http` means that an answer came. */
  readonly reached?: ConnectionStage;
  /** The status of the answer. */
  readonly status?: number;
  /** How long the answer took, in milliseconds. */
  readonly milliseconds?: number;
  /** What was found, in a few words. */
  readonly detail: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** An answer, as far as it matters here. */
interface Answer {
  readonly status: number;
  readonly headers: Headers.Headers;
  readonly body: unknown;
}

/** A request that shows whether an API works. */
interface Probe {
  readonly api: Api;
  readonly name: string;
  readonly path: string;
  /** The query, for GraphQL. */
  readonly query?: string;
}

const apiNames: Readonly<Record<Api, string>> = {
  admin: "Admin API",
  discovery: "Discovery API",
  semantic_layer: "Semantic Layer",
};

function probesOf({ account_id, environment_id }: Omit<Options, "token">): ReadonlyArray<Probe> {
  const account = account_id === undefined ? "" : `${account_id}/`;
  return [
    { api: "admin", name: `${apiNames.admin} v2`, path: `/api/v2/accounts/${account}` },
    ...account_id === undefined
      ? []
      : [{ api: "admin", name: `${apiNames.admin} v3`, path: `/api/v3/accounts/${account}projects/?limit=1` } as const],
    { api: "discovery", name: apiNames.discovery, path: "/graphql", query: "{ __typename }" },
    {
      api: "semantic_layer",
      name: apiNames.semantic_layer,
      path: "/api/graphql",
      // Without an environment, no query of this API is authorized.
      query: environment_id === undefined
        ? "{ __typename }"
        : `{ environmentInfo(environmentId: ${environment_id}) { dialect } }`,
    },
  ];
}

/**
 * Asks each API of dbt Cloud once, and says what is wrong and what to do: the Admin API v2 and v3, the Discovery API and
 * the Semantic Layer; and whether the clock is right.
 *
 * **When to use**
 *
 * To tell a wrong host, a wrong token, a proxy and a missing permission apart. `dbtc doctor` is the command.
 *
 * **Details**
 *
 * Four reads, all at once, each once and with the limit of `requestTimeout` (default: 10 s). Whether a token may use the
 * Semantic Layer is known only with an `environment_id`. It never fails: what cannot be reached is a check that `failed`.
 * No text is from a server, and none contains the token.
 *
 * @example
 * ```ts
 * import { diagnose } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const options = { token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" };
 * const [admin] = await Effect.runPromise(diagnose(options).pipe(Effect.provide(sandbox.layer())));
 * assert.equal(admin?.result, "ok");
 * ```
 */
export const diagnose: (
  options: Options,
) => Effect.Effect<ReadonlyArray<HealthCheck>, never, HttpClient.HttpClient> = Effect.fnUntraced(function* (options) {
  const base = baseUrl(options.host);
  if (Result.isFailure(base)) {
    return [{ name: "Host", result: "failed", detail: base.failure, advice: whereToFindHost }];
  }
  const { account_id = idsOf(base.success).account_id } = options;
  const urls = apiUrls(base.success, options);
  if (Result.isFailure(urls)) return [{ name: "Host", result: "failed", detail: urls.failure }];
  const settings = { ...options, ...defined({ account_id }) };
  const results = yield* Effect.forEach(
    probesOf(settings),
    (probe) => runProbe(probe, urls.success[probe.api], settings),
    { concurrency: "unbounded" },
  );
  return [
    ...checkHost(base.success.host),
    ...withoutUseless(results.map(({ check }) => check)),
    ...results.flatMap(({ skew }) => skew === undefined ? [] : [checkClock(skew)]).slice(0, 1),
  ];
});

/** A token that one API accepts need not be good for the others. */
function withoutUseless(checks: ReadonlyArray<HealthCheck>): ReadonlyArray<HealthCheck> {
  const isRefusal = ({ status }: HealthCheck) => status === 401 || status === 403;
  const works = checks.some(({ result }) => result === "ok");
  return checks.map((check) =>
    works && check.result === "failed" && isRefusal(check) ? { ...check, result: "warning" } : check
  );
}

function checkHost(host: string): ReadonlyArray<HealthCheck> {
  const { accessHost, api } = apiOfHost(host);
  if (api !== "admin") {
    const detail = `${host} is the host of the ${apiNames[api]}`;
    return [{ name: "Host", result: "failed", detail, advice: `Use the account's access host, ${accessHost}` }];
  }
  if (!isLegacyHost(host)) return [];
  const detail = `${host} is deprecated since 2026-11-01`;
  return [{ name: "Host", result: "warning", detail, advice: ownHost }];
}

const ownHost =
  "Use your account's own host, such as ab123.us1.dbt.com: it is in your browser's address bar when you " +
  "use dbt Cloud";

/** The most that clocks may differ, in milliseconds. */
const longestSkew = 120_000;

function checkClock(skew: number): HealthCheck {
  const minutes = Math.round(Math.abs(skew) / 60_000);
  if (Math.abs(skew) <= longestSkew) return { name: "Clock", result: "ok", detail: "agrees with dbt Cloud's" };
  return {
    name: "Clock",
    result: "warning",
    detail: `is ${minutes} min ${skew > 0 ? "ahead of" : "behind"} dbt Cloud's`,
    advice: "Set this machine's clock: --since and certificates depend on it",
  };
}

/** A check, and how far this machine's clock is ahead, in milliseconds, if the answer says it. */
interface Probed {
  readonly check: HealthCheck;
  readonly skew?: number;
}

const runProbe = Effect.fnUntraced(function* (
  { api, name, path, query }: Probe,
  base: string,
  options: Options,
): Effect.fn.Return<Probed, never, HttpClient.HttpClient> {
  const http = yield* HttpClient.HttpClient;
  // What the program sets, such as a proxy, holds here as it does for a client.
  const requestInit = Option.getOrUndefined(yield* Effect.serviceOption(FetchHttpClient.RequestInit));
  const url = base + path;
  const timeout = Duration.fromInputUnsafe(options.requestTimeout ?? Duration.seconds(10));
  const token = Redacted.value(options.token);
  if (!/^[\x21-\x7e]+$/.test(token)) {
    const detail = "the token is empty, or has a blank, a line break or another character that no token has";
    return { check: { name, url, result: "failed", detail, advice: "Set the token again" } };
  }
  const request = HttpClientRequest.make(query === undefined ? "GET" : "POST")(url).pipe(
    HttpClientRequest.bearerToken(options.token),
    HttpClientRequest.accept("application/json"),
    HttpClientRequest.setHeader("user-agent", `dbtc/${version}`),
    query === undefined ? (self) => self : HttpClientRequest.bodyJsonUnsafe({ query }),
  );
  const begin = yield* Clock.currentTimeMillis;
  const result = yield* http.execute(request).pipe(
    // A redirect would take the token to another host.
    Effect.provideService(FetchHttpClient.RequestInit, { ...requestInit, redirect: "manual" }),
    Effect.mapError(transportMessage),
    Effect.flatMap((response) =>
      Effect.mapBoth(readText(response, timeout), {
        onFailure: ({ detail }) => detail,
        onSuccess: (text): Answer => ({ status: response.status, headers: response.headers, body: parsed(text) }),
      })
    ),
    Effect.timeoutOrElse({ duration: timeout, orElse: () => Effect.fail(noAnswerWithin(timeout)) }),
    Effect.result,
  );
  const now = yield* Clock.currentTimeMillis;
  if (Result.isFailure(result)) {
    return { check: { name, url, ...noAnswer(api, new URL(url), result.failure, now) } };
  }
  const { headers, status } = result.success;
  const date = Date.parse(headers.date ?? "");
  return {
    check: {
      name,
      url,
      reached: "http",
      status,
      milliseconds: now - begin,
      ...judge(api, url, options, result.success),
    },
    ...Number.isNaN(date) ? {} : { skew: now - date },
  };
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What was found, and what to do. */
type Finding = Pick<HealthCheck, "result" | "detail" | "advice" | "reached">;

/** Why no answer came. The texts are those of Deno and of Node. */
function noAnswer(api: Api, { host }: URL, message: string, now: number): Finding {
  const failed = (reached: ConnectionStage, detail: string, advice: string): Finding => ({
    result: "failed",
    reached,
    detail,
    advice,
  });
  if (message.includes("Requires net access")) {
    return {
      result: "skipped",
      detail: "not looked at: Deno does not allow it",
      advice: `Run again with --allow-net=${host}`,
    };
  }
  const elsewhere = api === "admin"
    ? "Check the host: it is in your browser's address bar when you use dbt Cloud. Check the network and the VPN"
    : `If Account settings, Access URLs, has another address of the ${apiNames[api]}, set ${urlVariable(api)}`;
  if (/dns error|ENOTFOUND|EAI_AGAIN/.test(message)) {
    return failed("dns", "DNS has no address for this host", elsewhere);
  }
  if (/InvalidContentType|wrong version number|EPROTO/i.test(message)) {
    return failed(
      "tls",
      "does not speak https",
      "It may be a proxy, or a server of plain http: check the port",
    );
  }
  if (/certificate|CERT_|SELF_SIGNED|ERR_TLS/i.test(message)) {
    const certificate = certificateAdvice(message, now) ??
      (api === "admin" ? `The certificate is for another host. ${ownHost}` : elsewhere);
    return failed("tls", "the certificate is not valid", certificate);
  }
  if (/proxy|tunnel/i.test(message)) {
    return failed("connection", "a proxy refuses the connection", "Check HTTPS_PROXY and NO_PROXY");
  }
  if (/refused/i.test(message)) {
    return failed(
      "connection",
      "refuses the connection",
      "Check the host and its port, and a firewall between",
    );
  }
  if (/^no answer within/.test(message)) {
    return failed(
      "connection",
      message,
      "Check the network, a firewall, and whether a proxy is needed: set HTTPS_PROXY",
    );
  }
  return failed("connection", "the connection broke", "Try again. Check the network, and a proxy or firewall between");
}

/** What a certificate says beside that it is for another host. */
function certificateAdvice(message: string, now: number): string | undefined {
  if (/expired|not ?(yet)? ?valid ?(yet|before)|NotValidYet|NOT_YET_VALID|HAS_EXPIRED/i.test(message)) {
    return `Check this machine's clock, which says ${new Date(now).toISOString()}`;
  }
  if (/UnknownIssuer|SELF_SIGNED|UNABLE_TO|CaUsedAsEndEntity|self-signed/i.test(message)) {
    return "A proxy may inspect TLS: trust its certificate, in Deno with DENO_CERT=FILE or DENO_TLS_CA_STORE=system, " +
      "in Node with NODE_EXTRA_CA_CERTS=FILE";
  }
  return undefined;
}

/** What an answer means. */
function judge(api: Api, url: string, options: Omit<Options, "token">, { body, headers, status }: Answer): Finding {
  const { host } = new URL(url);
  const isEnveloped = Predicate.hasProperty(body, "status") && Predicate.isReadonlyObject(body.status);
  const failed = (detail: string, advice: string): Finding => ({ result: "failed", detail, advice });
  if (status >= 200 && status < 300) {
    return api === "admin" ? judgeAdmin(isEnveloped) : judgeGraphql(api, options, body);
  }
  if (status >= 300 && status < 400) {
    const to = URL.canParse(headers.location ?? "", url) ? new URL(headers.location ?? "", url).host : "elsewhere";
    return failed(
      `redirects to ${to}`,
      "dbtc follows no redirect, since it would take the token there. Check the host",
    );
  }
  switch (status) {
    case 401:
      return failed(
        "does not accept the token (401)",
        isLegacyHost(host)
          ? `Your account may be on a cell. ${ownHost}`
          : api === "admin"
          ? "Check that the token is whole and not expired, and that it belongs to an account on this host"
          : permissionAdvice[api],
      );
    case 403:
      return accessDenied(body)
        ? failed("does not allow this IP address (403)", "Ask an admin to allow it in the account's IP restrictions")
        : !isEnveloped && api === "admin"
        ? failed("refused (403), and not by dbt Cloud", "A proxy or a firewall between may refuse it")
        : failed(
          "the token may not do this (403)",
          api === "admin" ? "Check the token's permission sets" : permissionAdvice[api],
        );
    case 404:
      return isEnveloped
        ? failed(
          `account ${options.account_id} is not there for this token (404)`,
          "Check the account's id, and that the token is of this account",
        )
        : {
          // A stand-in on this machine need not have every API.
          result: api !== "admin" && isThisMachine(new URL(url).hostname) ? "warning" : "failed",
          detail: `there is no ${apiNames[api]} at this host (404)`,
          advice: api === "admin"
            ? `Check the host. ${ownHost}`
            : `Set ${urlVariable(api)} to the address under Access URLs`,
        };
    case 407:
      return failed("a proxy asks for a login (407)", "Put user and password into HTTPS_PROXY");
    case 429:
      return {
        result: "warning",
        detail: "answers that there are too many requests (429)",
        advice: "Wait five minutes",
      };
    default:
      return failed(
        `fails (${status})`,
        status >= 500 ? "Try again later, and see https://status.getdbt.com" : "Check the host, and a proxy between",
      );
  }
}

const permissionAdvice: Readonly<Record<Exclude<Api, "admin">, string>> = {
  discovery: "A service token needs the permission set Metadata Only; a personal access token needs none",
  semantic_layer:
    "A service token needs the permission sets Semantic Layer Only and Metadata Only; the environment needs " +
    "the Semantic Layer",
};

function judgeAdmin(isEnveloped: boolean): Finding {
  return isEnveloped ? { result: "ok", detail: "answers" } : {
    result: "failed",
    detail: "answers, but not as dbt Cloud does",
    advice: "It may be the page of a login or of a proxy: check the host and the network",
  };
}

function judgeGraphql(
  api: Exclude<Api, "admin">,
  { environment_id }: Omit<Options, "token">,
  body: unknown,
): Finding {
  const errors = Predicate.hasProperty(body, "errors") && Array.isArray(body.errors) ? body.errors : [];
  if (!Predicate.hasProperty(body, "data") && errors.length === 0) return judgeAdmin(false);
  // The words of the Semantic Layer, by dbt's own SDK: `dbtsl/api/graphql/client/base.py`.
  const isRefused = errors.some((error) =>
    Predicate.hasProperty(error, "message") && /not authorized|unauthorized|forbidden/i.test(String(error.message))
  );
  if (isRefused) return { result: "warning", detail: "the token may not use it", advice: permissionAdvice[api] };
  return {
    result: "ok",
    detail: api === "semantic_layer" && environment_id === undefined
      ? "answers; DBT_CLOUD_ENVIRONMENT_ID shows whether the token may use it"
      : "answers",
  };
}

/** dbt Cloud's answer to an address that is not allowed: docs.getdbt.com, faqs/Troubleshooting/ip-restrictions. */
function accessDenied(body: unknown): boolean {
  return Predicate.hasProperty(body, "data") && Predicate.hasProperty(body.data, "account_access_denied") &&
    body.data.account_access_denied === true;
}
