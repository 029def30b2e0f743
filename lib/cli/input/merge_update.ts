/**
 * Updates that replace: the thing is read first, and sent back whole with the changes over it.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Predicate from "effect/Predicate";
import * as Schema from "effect/Schema";
import type { Endpoint } from "../../endpoint.ts";
import { DbtError } from "../../error.ts";
import { fieldOf, own, pathNames, writable } from "../../request.ts";
import { masked } from "../../schema.ts";
import type { AnyRequest } from "../../groups/table_entry.ts";
import { clean } from "../output/safe_text.ts";
import { note } from "../output/write_output.ts";

/**
 * The whole thing with the changes over it: what an endpoint that replaces must be sent, so that nothing is blanked.
 * Says on stderr what changes, and tells whether anything does.
 */
export const merged = Effect.fnUntraced(
  function* (
    call: Endpoint<AnyRequest, unknown>,
    reader: Endpoint<AnyRequest, unknown> | undefined,
    request: Record<string, unknown>,
  ) {
    if (reader === undefined) return { whole: request, current: undefined, changed: true };
    const names = pathNames(call.route);
    const ids = Object.fromEntries(names.flatMap((name) => request[name] === undefined ? [] : [[name, request[name]]]));
    const current = yield* Effect.mapError(
      reader(ids),
      // What is missing is missing for the update that was typed.
      ({ endpoint, reason }) => new DbtError({ endpoint: reason._tag === "Unsendable" ? call.name : endpoint, reason }),
    );
    if (!Predicate.isObject(current)) return { whole: request, current, changed: true };
    let changed = false;
    const whole = new Map<string, unknown>(Object.entries(ids));
    for (const name of new Set([...Object.keys(current), ...Object.keys(request)])) {
      if (names.includes(name)) continue;
      const [before, given] = [own(current, name), own(request, name)];
      const schema = fieldOf(call, name);
      // A null that a request cannot say is what it resets to.
      if (given === undefined && before === null && schema !== undefined && !Schema.is(schema)(null)) continue;
      const after = over(before, given);
      whole.set(name, after);
      const shown = (value: unknown) => schema === undefined ? value : masked(schema.ast, value);
      changed ||= JSON.stringify(before) !== JSON.stringify(after);
      for (const change of changes(name, shown(before), shown(after))) yield* note(clean(change, true));
    }
    return { whole: writable(call, Object.fromEntries(whole), request), current, changed };
  },
);

/** What is given, over what is there: members that are not named stay. */
function over(before: unknown, given: unknown): unknown {
  if (given === undefined) return before;
  if (!Predicate.isObject(before) || !Predicate.isObject(given)) return given;
  const members = Object.entries(given).map(([name, inner]) => [name, over(own(before, name), inner)]);
  return { ...before, ...Object.fromEntries(members) };
}

/** What is different, a line for the old and a line for the new; for things with members, only the members that are. */
function changes(name: string, before: unknown, after: unknown): ReadonlyArray<string> {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return Predicate.isObject(before) && Predicate.isObject(after)
    ? [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((member) =>
      changes(`${name}.${member}`, own(before, member), own(after, member))
    )
    : [`- ${name}: ${JSON.stringify(before) ?? "(nothing)"}\n+ ${name}: ${JSON.stringify(after) ?? "(nothing)"}`];
}
