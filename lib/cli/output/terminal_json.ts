/**
 * JSON for people: with line breaks, and in colours where the terminal has them. `dbtc api` and `--format json` print it.
 *
 * @module
 */
import { cleanLines, escapeControls } from "./safe_text.ts";
import { type ColorStyle, paint } from "./terminal.ts";

/** A text, one of the six signs, or a number, `true`, `false` or `null`. */
const token = /"(?:\\.|[^"\\])*"|[[\]{},:]|[^\s[\]{},:"]+/g;

/**
 * The JSON of a server with one member a line, and without what controls a terminal. Own code, because `JSON.parse` changes
 * numbers of more than 15 digits: here each token stays as it is. A text that is no JSON keeps its lines.
 */
export function indentJson(text: string): string {
  try {
    JSON.parse(text);
  } catch {
    return cleanLines(text);
  }
  const tokens = text.match(token) ?? [];
  let [out, depth] = ["", 0];
  for (const [index, part] of tokens.entries()) {
    const [opens, closes] = [isOpening(part), isClosing(part)];
    const isEmpty = opens && isClosing(tokens[index + 1]);
    const closesEmpty = closes && isOpening(tokens[index - 1]);
    if (opens && !isEmpty) depth++;
    if (closes && !closesEmpty) depth--;
    const lineBreak = "\n" + "  ".repeat(depth);
    if (closes) out += closesEmpty ? part : lineBreak + part;
    else out += part === ":" ? ": " : (opens && !isEmpty) || part === "," ? part + lineBreak : part;
  }
  return escapeControls(out) + "\n";
}

function isOpening(part: string | undefined): boolean {
  return part === "{" || part === "[";
}

function isClosing(part: string | undefined): boolean {
  return part === "}" || part === "]";
}

/** JSON in the colours of its values, if colours are wanted. */
export function paintJson(text: string, style: ColorStyle): string {
  if (!style.color) return text;
  return text.replaceAll(
    /("(?:\\.|[^"\\])*")(\s*:)?|-?\d[\d.eE+-]*|true|false|null/g,
    (part, quoted: string | undefined, colon: string | undefined) =>
      colon !== undefined
        ? paint(style, "cyan", quoted ?? "") + colon
        : paint(style, quoted !== undefined ? "green" : part === "null" ? "dim" : "yellow", part),
  );
}
