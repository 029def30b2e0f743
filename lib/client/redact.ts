/**
 * Removes secrets from errors: a server may repeat in its message what it was sent. `make_dbt.ts` does so with every
 * error.
 *
 * @module
 */
import type { Reason } from "../error.ts";

/** A reason with `<redacted>` in place of each secret. */
export function redact(reason: Reason, secrets: ReadonlyArray<string>): Reason {
  const forms = [...new Set(secrets.flatMap((text) => [text, JSON.stringify(text).slice(1, -1)]))]
    // The longest first: one secret may contain another.
    .toSorted((a, b) => b.length - a.length);
  // A reason is plain data, and keeps its type: only text inside its strings changes.
  return JSON.parse(
    JSON.stringify(reason),
    (name, value) =>
      typeof value !== "string" || name === "_tag"
        ? value
        : forms.reduce((text, form) => text.replaceAll(form, "<redacted>"), value),
  );
}
