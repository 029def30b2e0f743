/**
 * `diagnose`: asks each API of dbt Cloud once, and says what is wrong and what to do. `dbtc doctor` prints it.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import * as HttpClient from "effect/http/HttpClient";
import { defined } from "../defined.ts";
import type { Api } from "../request.ts";
import { authorizedRequest, problemOfToken } from "./authorized_request.ts";
import type { Options } from "./client_options.ts";
import { apiOfHost, apiUrls, baseUrl, idsOf, isLegacyHost, whereToFindHost } from "./host.ts";
import { type Answer, apiNames, type HealthCheck, judge, noAnswer, ownHost } from "./judge_answer.ts";
import { noAnswerWithin, transportMessage } from "./response.ts";
import { readText } from "./response_body.ts";

/** A request that shows whether an API works. */
interface Probe {
  readonly api: Api;
  readonly name: string;
  readonly path: string;
  /** The query, for GraphQL. */
  readonly query?: string;
}

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
    ...withoutUseless(results.map(({ check }) => check), settings),
    ...results.flatMap(({ skew }) => skew === undefined ? [] : [checkClock(skew)]).slice(0, 1),
  ];
});

/** A token that one API accepts need not be good for the others. */
function withoutUseless(
  checks: ReadonlyArray<HealthCheck>,
  { environment_id }: Pick<Options, "environment_id">,
): ReadonlyArray<HealthCheck> {
  const isRefusal = ({ status }: HealthCheck) => status === 401 || status === 403;
  // Without an environment, the Semantic Layer answers to any token.
  const works = checks.some(({ name, result }) =>
    result === "ok" && (name !== apiNames.semantic_layer || environment_id !== undefined)
  );
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
  const detail = problemOfToken(options);
  if (detail !== undefined) {
    return { check: { name, url, result: "failed", detail, advice: "Set the token again" } };
  }
  const request = authorizedRequest(options, {
    method: query === undefined ? "GET" : "POST",
    url,
    accept: "application/json",
    body: query && { query },
  });
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
