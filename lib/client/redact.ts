/**
 * What an error says, without the secrets that a server may have said back.
 *
 * @module
 */
import type { Reason } from "../error.ts";

/** A reason without these texts. */
export function redact(reason: Reason, secrets: ReadonlyArray<string>): Reason {
  const forms = [...new Set(secrets.flatMap((text) => [text, JSON.stringify(text).slice(1, -1)]))]
    // One may stand within another.
    .toSorted((a, b) => b.length - a.length);
  // A reason is JSON, and remains one of its shape: only words within its strings change.
  return JSON.parse(
    JSON.stringify(reason),
    (name, value) =>
      typeof value !== "string" || name === "_tag"
        ? value
        : forms.reduce((text, form) => text.replaceAll(form, "<redacted>"), value),
  );
}
