/**
 * The request of an update that replaces the whole thing: dbtc reads the thing, changes the given fields, and sends it
 * back. `call_endpoint.ts` uses it, so that an update of one field does not reset the others.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Predicate from "effect/Predicate";
import * as Schema from "effect/Schema";
import type { Endpoint } from "../../endpoint.ts";
import { DbtError } from "../../error.ts";
import { fieldOf, own, pathNames, writable } from "../../request.ts";
import type { AnyRequest } from "../../groups/table_entry.ts";
import { masked } from "../../schema.ts";
import { cleanLines } from "../output/safe_text.ts";
import { note } from "../output/write_output.ts";

/** Merges the changes into the current thing. Prints them on stderr; `changed` is false if there are none. */
export const mergeUpdate = Effect.fnUntraced(
  function* (
    call: Endpoint<AnyRequest, unknown>,
    reader: Endpoint<AnyRequest, unknown> | undefined,
    changes: Record<string, unknown>,
  ) {
    if (reader === undefined) return { request: changes, current: undefined, changed: true };
    const names = pathNames(call.route);
    const ids = Object.fromEntries(names.flatMap((name) => changes[name] === undefined ? [] : [[name, changes[name]]]));
    const current = yield* Effect.mapError(
      reader(ids),
      // An id that is missing is missing for the command that the user typed, not for the read.
      ({ endpoint, reason }) => new DbtError({ endpoint: reason._tag === "Unsendable" ? call.name : endpoint, reason }),
    );
    if (!Predicate.isObject(current)) return { request: changes, current, changed: true };
    let changed = false;
    const whole = new Map<string, unknown>(Object.entries(ids));
    for (const name of new Set([...Object.keys(current), ...Object.keys(changes)])) {
      if (names.includes(name)) continue;
      const [before, given] = [own(current, name), own(changes, name)];
      const schema = fieldOf(call, name);
      // A response may have null where a request must not. dbt Cloud then resets to null what the request leaves out.
      if (given === undefined && before === null && schema !== undefined && !Schema.is(schema)(null)) continue;
      const after = mergeValue(before, given);
      whole.set(name, after);
      const shown = (value: unknown) => schema === undefined ? value : masked(schema.ast, value);
      changed ||= JSON.stringify(before) !== JSON.stringify(after);
      for (const change of changeLines(name, shown(before), shown(after))) yield* note(cleanLines(change));
    }
    return { request: writable(call, Object.fromEntries(whole), changes), current, changed };
  },
);

/** The new value; of an object, with the members that it does not name. */
function mergeValue(before: unknown, given: unknown): unknown {
  if (given === undefined) return before;
  if (!Predicate.isObject(before) || !Predicate.isObject(given)) return given;
  const members = Object.entries(given).map(([name, inner]) => [name, mergeValue(own(before, name), inner)]);
  return { ...before, ...Object.fromEntries(members) };
}

/** A line for the old value and one for the new; of objects, lines for the members that differ. */
function changeLines(name: string, before: unknown, after: unknown): ReadonlyArray<string> {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return Predicate.isObject(before) && Predicate.isObject(after)
    ? [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((member) =>
      changeLines(`${name}.${member}`, own(before, member), own(after, member))
    )
    : [`- ${name}: ${JSON.stringify(before) ?? "(nothing)"}\n+ ${name}: ${JSON.stringify(after) ?? "(nothing)"}`];
}
