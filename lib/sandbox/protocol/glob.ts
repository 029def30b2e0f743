/**
 * Names and paths against patterns with wildcards: as Python's `fnmatch` and `pathlib` match them, on which dbt's node
 * selection is built, and with `*` alone, for the routes of faults. Matching takes time in proportion to pattern times
 * text, whatever the pattern is. A regular expression with many `.*` can take minutes.
 *
 * @module
 */

/** A part of a pattern: one character as it is, any one (`?`), any number (`*`), or one of a set (`[a-z]`). */
type Token = string | { readonly any: "one" | "many" } | {
  readonly ranges: ReadonlyArray<string>;
  readonly not: boolean;
};

/** Whether a text matches a pattern with `*`, `?`, `[seq]` and `[!seq]`, as Python's `fnmatch.fnmatchcase` does. */
export function matchesName(text: string, pattern: string): boolean {
  return matchTokens([...text], tokensOf(pattern), fits, (token) => isMany(token));
}

/** Whether a text matches a pattern in which only `*` is special: it stands for any text. */
export function matchesStars(text: string, pattern: string): boolean {
  return matchTokens([...text], [...pattern], (char, token) => char === token, (token) => token === "*");
}

/** Whether the path of a file or folder matches a pattern in which `**` is any number of folders. */
export function matchesPath(path: string, isFolder: boolean, pattern: string): boolean {
  const parts = partsOf(pattern);
  // `pathlib` yields folders only for a pattern that ends in `**`.
  if (parts.at(-1) === "**" && !isFolder) return false;
  return matchTokens(partsOf(path), parts, matchesName, (part) => part === "**");
}

/** The parts of a path or pattern; `.` and empty ones do not count. */
export function partsOf(path: string): ReadonlyArray<string> {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

/** Matches greedily, and goes back to the last `*` only, which is enough: time is at most tokens times texts. */
function matchTokens<T>(
  texts: ReadonlyArray<string>,
  tokens: ReadonlyArray<T>,
  fits: (text: string, token: T) => boolean,
  isMany: (token: T) => boolean,
): boolean {
  let [at, next, star, from] = [0, 0, -1, 0];
  while (at < texts.length) {
    const [text, token] = [texts[at], tokens[next]];
    if (token !== undefined && isMany(token)) [star, from, next] = [next, at, next + 1];
    else if (text !== undefined && token !== undefined && fits(text, token)) [at, next] = [at + 1, next + 1];
    else if (star >= 0) [from, at, next] = [from + 1, from + 1, star + 1];
    else return false;
  }
  return tokens.slice(next).every(isMany);
}

function isMany(token: Token): boolean {
  return typeof token === "object" && "any" in token && token.any === "many";
}

function fits(text: string, token: Token): boolean {
  if (typeof token === "string") return text === token;
  if ("any" in token) return true;
  return token.ranges.some((range) => text >= range.charAt(0) && text <= range.charAt(range.length - 1)) !== token.not;
}

function tokensOf(pattern: string): ReadonlyArray<Token> {
  const chars = [...pattern];
  const tokens: Array<Token> = [];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? "";
    if (char === "*" || char === "?") tokens.push({ any: char === "*" ? "many" : "one" });
    else {
      const not = chars[at + 1] === "!";
      const first = at + (not ? 2 : 1);
      // A `]` right after the `[` is one of the characters. A `[` that nothing closes is itself.
      const close = char === "[" ? chars.indexOf("]", first + 1) : -1;
      if (close < 0) tokens.push(char);
      else {
        tokens.push({ ranges: rangesOf(chars.slice(first, close)), not });
        at = close;
      }
    }
  }
  return tokens;
}

function rangesOf(chars: ReadonlyArray<string>): ReadonlyArray<string> {
  const ranges: Array<string> = [];
  for (let at = 0; at < chars.length; at++) {
    const [char = "", dash, last] = chars.slice(at, at + 3);
    if (dash === "-" && last !== undefined) {
      ranges.push(`${char}-${last}`);
      at += 2;
    } else ranges.push(char);
  }
  return ranges;
}
