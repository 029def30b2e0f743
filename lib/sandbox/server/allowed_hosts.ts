/**
 * Which names a sandbox answers to. A web page can give a name of its own the address 127.0.0.1, and so reach a server
 * on its reader's machine; the browser then sends that name as `Host` or `Origin`. `serve_request.ts` refuses it.
 *
 * @module
 */

/** Names and addresses of this machine. Every name below `localhost` is one (RFC 6761, 6.3): nobody else can own it. */
const here = /^(?:(?:[\w-]+\.)*localhost|127\.0\.0\.1|\[::1\])$/;

/** The name in a request's `Host` or `Origin` that is neither this machine's nor allowed; undefined where all are. */
export function foreignName(
  host: string | undefined,
  origin: string | undefined,
  allowed: ReadonlyArray<string>,
): string | undefined {
  const isAllowed = (url: string) => {
    const name = nameOf(url);
    return name !== undefined && (here.test(name) || allowed.some((other) => nameOf(`http://${other}`) === name));
  };
  if (host !== undefined && !isAllowed(`http://${host}`)) return host;
  return origin === undefined || isAllowed(origin) ? undefined : origin;
}

/** Whether a text is a host name or address, without a port. */
export function isHostName(text: string): boolean {
  return /^(?:\[[\da-f:.]+\]|[\w.-]+)$/i.test(text) && nameOf(`http://${text}`) !== undefined;
}

/** The name in a URL, in lower case and without the dot that may end it. */
function nameOf(url: string): string | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  // A user in front of the name is not a part of `Host` or `Origin`.
  return parsed === undefined || parsed.username !== "" ? undefined : parsed.hostname.replace(/\.$/, "");
}
