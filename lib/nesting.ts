/**
 * How deeply JSON may be nested. Requests and answers that are nested deeper are refused: what walks through them, such
 * as `JSON.stringify` with an indent, would overflow the stack.
 *
 * @module
 */

/** The most levels of an answer. Recorded answers of dbt Cloud have fewer than 20. */
export const mostLevels = 5050;

/** The most levels of a request, and of the details of an error: more functions walk through these. */
export const fewLevels = 500;

/** Whether a value has more levels than these. It walks level by level, so it needs no stack itself. */
export function isTooDeep(value: unknown, levels: number): boolean {
  let level = [value];
  for (let depth = 0; depth <= levels; depth++) {
    // Each value once: one that contains itself twice would make each level twice as long.
    level = [...new Set(level.flatMap((each) => typeof each === "object" && each !== null ? Object.values(each) : []))];
    if (level.length === 0) return false;
  }
  return true;
}

/** Whether a text of JSON has so many brackets that it may have more levels than these. Most answers have fewer. */
export function mayBeTooDeep(json: string, levels: number): boolean {
  let count = 0;
  for (const bracket of ["{", "["]) {
    for (let at = json.indexOf(bracket); at >= 0; at = json.indexOf(bracket, at + 1)) {
      if (++count > levels) return true;
    }
  }
  return false;
}
