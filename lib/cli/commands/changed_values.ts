/**
 * What dbt Cloud kept differently from how it was sent. It derives some fields from others: the `cron` of a job's
 * schedule follows from its date and time, whatever cron was sent.
 *
 * @module
 */
import * as Predicate from "effect/Predicate";
import { clean } from "../output/safe_text.ts";

/** Says which of the given values are others in the answer, a line for each. */
export function changedValues(given: unknown, answer: unknown, path = ""): ReadonlyArray<string> {
  if (Predicate.isObject(given) && Predicate.isObject(answer)) {
    return Object.entries(given).flatMap(([name, value]) =>
      Object.hasOwn(answer, name) ? changedValues(value, answer[name], path === "" ? name : `${path}.${name}`) : []
    );
  }
  // The value that was sent may be a secret, which dbt Cloud answers with asterisks.
  if (!isPlain(given) || !isPlain(answer) || String(given) === String(answer) || /^\**$/.test(String(answer))) {
    return [];
  }
  return [`${clean(path)}: dbt Cloud did not keep the value that was sent. It is now ${clean(JSON.stringify(answer))}`];
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
