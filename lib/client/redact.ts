/**
 * Makes the texts of errors safe: a server may repeat in its message what it was sent. `make_dbt.ts` does so with every
 * error, before anything else sees it.
 *
 * @module
 */
import type { Reason } from "../error.ts";

/**
 * Text without terminal escapes, control characters and invisible format characters, such as changes of direction.
 * Lines and tabs stay.
 */
export function withoutControls(text: string): string {
  return text
    // deno-lint-ignore no-control-regex
    .replaceAll(/\u001b(\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b\u009c]*(\u0007|\u001b\\|\u009c))/g, "")
    .replaceAll(/[^\P{Cc}\n\t]|\p{Cf}/gu, "");
}

/** Replaces each of these secrets by `<redacted>`, as it is and as JSON has it. */
export function hiding(secrets: ReadonlyArray<string>): (text: string) => string {
  const forms = [...new Set(secrets.flatMap((text) => [text, JSON.stringify(text).slice(1, -1)]))]
    // The longest first: one secret may contain another.
    .toSorted((a, b) => b.length - a.length);
  return (text) => forms.reduce((rest, form) => rest.replaceAll(form, "<redacted>"), text);
}

/**
 * A reason without control characters, and with `<redacted>` in place of each secret. In this order: removed from
 * between the halves of a token, a control character would join them again.
 */
export function redact(reason: Reason, secrets: ReadonlyArray<string>): Reason {
  const hide = hiding(secrets);
  const safe = (text: string) => hide(withoutControls(text));
  // A reason is plain data, and keeps its type: only text inside its strings, and names of members, changes.
  return JSON.parse(JSON.stringify(reason), (name, value) => {
    if (typeof value === "string") return name === "_tag" ? value : safe(value);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    const members = Object.entries(value);
    return members.every(([name]) => safe(name) === name)
      ? value
      : Object.fromEntries(members.map(([name, inner]) => [safe(name), inner]));
  });
}

/** JSON with other escapes but the same values: `JSON.stringify` leaves characters that terminals and CI systems act on. */
export function escapeControls(json: string): string {
  const text = json.replaceAll(/[\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, escape);
  // The second search costs a third of both, and hardly any JSON needs it.
  return text.includes("##") ? text.replaceAll(/#(?=#\w*\[)/g, escape) : text;
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
