/**
 * What an answer of dbt Cloud, or none, says about host, token and network, and what to do. `diagnose.ts` asks.
 *
 * @module
 */
import * as Predicate from "effect/Predicate";
import type * as Headers from "effect/http/Headers";
import type { Api } from "../request.ts";
import type { Options } from "./client_options.ts";
import { isLegacyHost, isThisMachine, urlVariable } from "./host.ts";
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
export interface Answer {
  readonly status: number;
  readonly headers: Headers.Headers;
  readonly body: unknown;
}

/** What each API is called. */
export const apiNames: Readonly<Record<Api, string>> = {
  admin: "Admin API",
  discovery: "Discovery API",
  semantic_layer: "Semantic Layer",
};

/** Where to find the host of an account. */
export const ownHost =
  "Use your account's own host, such as ab123.us1.dbt.com: it is in your browser's address bar when you " +
  "use dbt Cloud";

/** What was found, and what to do. */
type Finding = Pick<HealthCheck, "result" | "detail" | "advice" | "reached">;

/** Why no answer came. The texts are those of Deno and of Node. */
export function noAnswer(api: Api, { host }: URL, message: string, now: number): Finding {
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
export function judge(
  api: Api,
  url: string,
  options: Omit<Options, "token">,
  { body, headers, status }: Answer,
): Finding {
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
      ? "answers; set DBT_CLOUD_ENVIRONMENT_ID to test whether the token may use it"
      : "answers",
  };
}

/** dbt Cloud's answer to an address that is not allowed: docs.getdbt.com, faqs/Troubleshooting/ip-restrictions. */
function accessDenied(body: unknown): boolean {
  return Predicate.hasProperty(body, "data") && Predicate.hasProperty(body.data, "account_access_denied") &&
    body.data.account_access_denied === true;
}
