/**
 * Files of jobs as Jinja templates, as dbt-jobs-as-code has them: rendered as text before they are read as YAML.
 *
 * By minijinja, which is Jinja by the same author. It is loaded only where a file is a template: it is 1 MB.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type { Place, Problems } from "./problems.ts";

/** A text that can be read as YAML. */
export interface Rendered {
  /** The text. */
  readonly text: string;
  /** The place of a line of the text. */
  readonly placeOf: (line: number) => Place;
}

/** The most steps of one template: a loop without end is an error. */
const mostSteps = 10_000_000;

/**
 * Renders a file with variables. Without variables, a file that needs some is a problem; any other stays as it is, also
 * where it has Jinja's brackets. Undefined where there are problems.
 */
export const renderTemplate = Effect.fnUntraced(function* (
  file: string,
  source: string,
  vars: Readonly<Record<string, unknown>> | undefined,
  problems: Problems,
): Effect.fn.Return<Rendered | undefined> {
  const placeOf = (line: number) => ({ file, line });
  if (!/\{[{%#]/.test(source)) return { text: source, placeOf };
  if (vars === undefined) {
    const names = namesIn(source);
    for (const { line, name } of names) {
      problems.refuse({ file, line }, `the variable ${name} has no value: give --vars-yml or --vars`);
    }
    return names.length === 0 ? { text: source, placeOf } : undefined;
  }
  const { Environment } = yield* Effect.promise(() => import("minijinja-js"));
  const environment = new Environment();
  environment.undefinedBehavior = "strict";
  environment.keepTrailingNewline = true;
  environment.fuel = mostSteps;
  environment.enablePyCompat();
  try {
    // The name has no ending: minijinja would write values as JSON into a file called `.yml`.
    const text = environment.renderNamedStr("template", source, nullAsText(vars));
    const isSameLength = text.split("\n").length === source.split("\n").length;
    return {
      text,
      // A loop changes the number of lines. Then only the rendered text has the line.
      placeOf: isSameLength ? placeOf : (line) => ({ file: `${file} (rendered)`, line }),
    };
  } catch (error) {
    const [first = ""] = String(error instanceof Error ? error.message : error).split("\n");
    const line = Number(/\(in template:(\d+)\)/.exec(first)?.[1] ?? 1);
    const missing = namesIn(source).filter((name) => name.line === line && !Object.hasOwn(vars, name.name));
    const problem = first.replace(/ \(in template:\d+\)/, "");
    problems.refuse(
      { file, line },
      missing.length > 0 && problem.startsWith("undefined value")
        ? `${missing.map(({ name }) => name).join(", ")} has no value in --vars-yml or --vars`
        : `the template cannot be rendered: ${problem}`,
    );
    return undefined;
  } finally {
    environment.free();
  }
});

/** Null as the text `null`, as dbt-jobs-as-code does: Jinja would print `none`, which YAML takes for a text. */
function nullAsText(value: unknown): unknown {
  if (value === null) return "null";
  if (Array.isArray(value)) return value.map(nullAsText);
  return typeof value === "object"
    ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, nullAsText(inner)]))
    : value;
}

// ---- names ----------------------------------------------------------------------------------------------------------

/** Words of Jinja, and the globals that it has. */
const words = new Set(
  ("and or not in is if else elif endif for endfor recursive set endset block endblock macro endmacro call endcall " +
    "filter endfilter with endwith without context raw endraw do break continue import include extends from as ignore " +
    "missing required scoped autoescape endautoescape true false none True False None loop self super caller varargs " +
    "kwargs range dict lipsum cycler joiner namespace debug").split(" "),
);

/**
 * The variables that a template needs, in order, each with the line where it is first used. Own code, because minijinja
 * for JavaScript does not tell them. It knows no scopes: a name that is set anywhere needs no value.
 */
function namesIn(source: string): ReadonlyArray<{ readonly name: string; readonly line: number }> {
  const code = source
    .replaceAll(/\{#[^]*?#\}|\{%-?\s*raw\s*-?%\}[^]*?\{%-?\s*endraw\s*-?%\}/g, blank);
  const [names, own] = [new Map<string, number>(), new Set<string>()];
  for (const block of code.matchAll(/\{\{[^]*?\}\}|\{%[^]*?%\}/g)) {
    const text = block[0].replaceAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, blank);
    const declared =
      /^\{%[-+]?\s*(?:set\s+([\w\s,]+?)\s*(?:=|[-+]?%\})|for\s+([\w\s,()]+?)\s+in\b|macro\s+(\w+\s*\([^)]*\))|with\s+([\w\s,=]+))/
        .exec(text);
    for (const name of declared?.slice(1).join(" ").match(/[A-Za-z_]\w*/g) ?? []) own.add(name);
    // Not after a dot, a filter's bar or `is`, and not the name of an argument.
    for (
      const { 0: name, index } of text.matchAll(/(?<![\w.]|\|\s*|\bis\s+(?:not\s+)?)[A-Za-z_]\w*(?!\w|\s*=(?!=))/g)
    ) {
      const line = source.slice(0, block.index + index).split("\n").length;
      if (!words.has(name) && !names.has(name)) names.set(name, line);
    }
  }
  return [...names].filter(([name]) => !own.has(name)).map(([name, line]) => ({ name, line }));
}

/** Blanks in place of a text, so that lines stay where they are. */
function blank(text: string): string {
  return text.replaceAll(/[^\n]/g, " ");
}
