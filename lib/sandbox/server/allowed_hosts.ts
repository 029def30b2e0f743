/**
 * Which names a sandbox answers to. A web page can give a name of its own the address 127.0.0.1, and so reach a server
 * on its reader's machine; the browser then sends that name as `Host` or `Origin`. `serve_request.ts` refuses it.
 *
 * @module
 */
import { isThisMachine } from "../../client/host.ts";

/** The name in a request's `Host` or `Origin` that is neither this machine's nor allowed; undefined where all are. */
export function foreignName(
  host: string | undefined,
  origin: string | undefined,
  allowed: ReadonlyArray<string>,
): string | undefined {
  const isAllowed = (url: string) => {
    const name = nameOf(url);
    return name !== undefined && (isThisMachine(name) || allowed.some((other) => nameOf(`http://${other}`) === name));
  };
  if (host !== undefined && !isAllowed(`http://${host}`)) return host;
  return origin === undefined || isAllowed(origin) ? undefined : origin;
}

/** The name in a URL, in lower case and without the dot that may end it. */
function nameOf(url: string): string | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  // A user in front of the name is not a part of `Host` or `Origin`.
  return parsed === undefined || parsed.username !== "" ? undefined : parsed.hostname.replace(/\.$/, "");
}
