/**
 * The requests that came in, as `/_sandbox/requests`, the front page and {@linkcode Handle} show them. It forgets the
 * oldest ones, so that a sandbox that runs for weeks does not grow.
 *
 * @module
 */

/** A request that came in, without its token. */
export interface Logged {
  /** Its verb. */
  readonly verb: string;
  /** Its path. */
  readonly path: string;
  /** Its query, name by name. */
  readonly query: ReadonlyArray<readonly [string, string]>;
  /** Its body: JSON with `***` for secrets, or text; null for no body. The log keeps none over 100,000 characters. */
  readonly body: unknown;
  /** When it came: RFC 3339. */
  readonly time: string;
}

/** The log of a sandbox. */
export interface RequestLog {
  /** The requests, oldest first. */
  readonly all: () => ReadonlyArray<Logged>;
  /** Adds a request. `size` is the number of characters in its body. */
  readonly add: (request: Logged, size: number) => void;
}

/** How many requests the log keeps. */
const mostRequests = 10_000;
/** How many characters of bodies it keeps. */
const mostCharacters = 20_000_000;
/** How many characters of one body. */
const longestBody = 100_000;

/** Makes an empty log. */
export function makeRequestLog(): RequestLog {
  const kept: Array<{ readonly request: Logged; readonly size: number }> = [];
  let characters = 0;
  return {
    all: () => kept.map(({ request }) => request),
    add: (request, size) => {
      const short = size <= longestBody;
      kept.push(
        short ? { request, size } : { request: { ...request, body: `(a body of ${size} characters)` }, size: 0 },
      );
      characters += short ? size : 0;
      while (kept.length > mostRequests || characters > mostCharacters) characters -= kept.shift()?.size ?? 0;
    },
  };
}
