/**
 * HTML as a value: a template that escapes everything that is put into it. The sandbox's pages are made of it.
 *
 * @module
 */

/** A piece of HTML. */
export class Html {
  /** Its source. */
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** What a template takes: HTML as it is, lists of it, and anything else as escaped text. Null and undefined are empty. */
type Hole = Html | ReadonlyArray<Html> | string | number | null | undefined;

/** HTML with values in it. A value can stand in text or in a quoted attribute. */
export function html(strings: TemplateStringsArray, ...holes: ReadonlyArray<Hole>): Html {
  return new Html(strings.reduce((source, text, index) => source + sourceOf(holes[index - 1]) + text));
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function sourceOf(hole: Hole): string {
  if (hole instanceof Html) return hole.source;
  if (typeof hole === "object" && hole !== null) return hole.map(sourceOf).join("");
  return String(hole ?? "").replaceAll(/[&<>"']/g, (character) => entities[character] ?? "");
}
