/**
 * Checks a client's host, before a token goes there.
 *
 * @module
 */
import * as Result from "effect/Result";

/** The base URL of a host or URL, or what is wrong with it. Plain http is allowed to this machine only. */
export function baseUrl(host: string): Result.Result<URL, string> {
  const text = host.includes("://") ? host : `https://${host}`;
  if (!URL.canParse(text)) return Result.fail(`"${host}" is not a host`);
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return Result.fail("a host with a user or a password is not allowed");
  if (url.protocol === "https:") return Result.succeed(url);
  // Every name below `localhost` is this machine too (RFC 6761, 6.3): the sandbox is also at `dbtc.localhost`.
  const loopback = /^(?:(?:[\w-]+\.)*localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  return url.protocol === "http:" && loopback
    ? Result.succeed(url)
    : Result.fail(`${url.protocol}//${url.host} would send the token in the clear: use https`);
}
