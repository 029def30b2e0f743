/**
 * YAML as a tree in which each value knows its line, with anchors and merge keys resolved.
 *
 * YAML 1.2, as dbt-jobs-as-code reads it: `no` is text, `010` is ten, and a key that occurs twice is an error.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as yaml from "yaml";
import { withoutEnvironment } from "../without_environment.ts";
import type { Place, Problems } from "./problems.ts";

/** A value of a YAML file. */
export type Located = LocatedScalar | LocatedMap | LocatedList;

/** A text, a number, a boolean or null. */
export interface LocatedScalar extends Place {
  readonly kind: "scalar";
  /** The value. */
  readonly value: unknown;
  /** The text of the file, without quotes. */
  readonly text: string;
}

/** A map. */
export interface LocatedMap extends Place {
  readonly kind: "map";
  /** The values, by key, each with the line of its key. */
  readonly entries: ReadonlyMap<string, { readonly at: Place; readonly value: Located }>;
}

/** A list. */
export interface LocatedList extends Place {
  readonly kind: "list";
  /** The items. */
  readonly items: ReadonlyArray<Located>;
}

/** The most values of one file, with those of aliases counted each time: a small file can stand for very many. */
const mostValues = 500_000;

/**
 * Reads a YAML text. Undefined if it is empty, or wrong: then `problems` has what is wrong. `placeOf` makes the place of
 * a line.
 */
export const readYaml = Effect.fnUntraced(function* (
  text: string,
  placeOf: (line: number) => Place,
  problems: Problems,
): Effect.fn.Return<Located | undefined> {
  // Imported here: few commands read YAML, and every command would load it.
  const { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } = yield* Effect.promise(() => import("yaml"));
  const lines = new LineCounter();
  const options = { lineCounter: lines, merge: true, prettyErrors: false, version: "1.2" } as const;
  const document = withoutEnvironment(() => parseDocument(text, options));
  for (const { message, pos } of document.errors) {
    // The parser reports its full stack in the engine's words.
    const text = /call stack/.test(message) ? "it is nested too deeply" : message.split("\n")[0]?.replace(/:$/, "");
    problems.refuse(placeOf(lines.linePos(pos[0]).line), text ?? message);
  }
  if (document.errors.length > 0 || document.contents === null) return undefined;
  let [count, isTooBig] = [0, false];
  const place = (node: yaml.Node, fallback: Place) =>
    node.range ? placeOf(lines.linePos(node.range[0]).line) : fallback;
  const locate = (node: unknown, above: Place, open: ReadonlySet<unknown>): Located => {
    if (++count > mostValues && !isTooBig) {
      isTooBig = true;
      problems.refuse(above, `the file has more than ${mostValues.toLocaleString("en-US")} values`);
    }
    const empty: LocatedScalar = { kind: "scalar", value: null, text: "", ...above };
    if (isTooBig) return empty;
    if (isAlias(node)) {
      const target = node.resolve(document);
      if (target === undefined || open.has(target)) {
        problems.refuse(place(node, above), `the alias *${node.source} leads to itself or to no anchor`);
        return empty;
      }
      // A value behind an alias is where its anchor is, which is the line to change.
      return locate(target, place(node, above), new Set([...open, target]));
    }
    if (isMap(node)) {
      const at = place(node, above);
      const entries = new Map<string, { readonly at: Place; readonly value: Located }>();
      const merged = new Map<string, { readonly at: Place; readonly value: Located }>();
      for (const { key, value } of node.items) {
        const keyAt = isScalar(key) ? place(key, at) : at;
        if (!isScalar(key)) {
          problems.refuse(keyAt, "a key must be a text");
          continue;
        }
        const inner = locate(value, keyAt, open);
        if (key.value === "<<" || typeof key.value === "symbol") {
          const sources = inner.kind === "list" ? inner.items : [inner];
          for (const source of sources) {
            if (source.kind !== "map") problems.refuse(keyAt, "<< takes a map, or a list of maps");
            // Of several maps, the first one that has a key counts.
            else for (const [name, entry] of source.entries) if (!merged.has(name)) merged.set(name, entry);
          }
        } else entries.set(textOf(key), { at: keyAt, value: inner });
      }
      return { kind: "map", entries: new Map([...merged, ...entries]), ...at };
    }
    if (isSeq(node)) {
      const at = place(node, above);
      return { kind: "list", items: node.items.map((item) => locate(item, at, open)), ...at };
    }
    return isScalar(node) ? { kind: "scalar", value: node.value, text: textOf(node), ...place(node, above) } : empty;
  };
  return locate(document.contents, placeOf(1), new Set());
});

/** The text of a scalar as the file has it: `010` and `1.10` are no longer known from their values. */
function textOf({ source, value }: yaml.Scalar): string {
  return typeof value === "string" ? value : source ?? String(value);
}

/** The plain value of a tree. */
export function plain(located: Located): unknown {
  switch (located.kind) {
    case "scalar":
      return located.value;
    case "list":
      return located.items.map(plain);
    case "map":
      return Object.fromEntries([...located.entries].map(([name, { value }]) => [name, plain(value)]));
  }
}

/** What a value is, in words: for errors. */
export function described(located: Located): string {
  if (located.kind !== "scalar") return located.kind === "map" ? "a map" : "a list";
  return located.value === null ? "nothing" : `"${located.text}"`;
}
