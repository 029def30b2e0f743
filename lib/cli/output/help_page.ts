/**
 * The help of a command as text. `main.ts` prints it.
 *
 * Own code, because the formatter of `effect/cli` does not wrap lines, and prints the global flags before the commands.
 *
 * @module
 */
import * as Option from "effect/Option";
import * as CliOutput from "effect/cli/CliOutput";
import type { FlagDoc, HelpDoc } from "effect/cli/HelpDoc";
import { type ColorStyle, paint } from "./terminal.ts";

/** How to print help. */
export interface HelpStyle extends ColorStyle {
  /** The longest line, in characters. */
  readonly width: number;
  /** Whether to describe the global flags. Otherwise help has their names only. */
  readonly describesGlobalFlags: boolean;
  /** Groups of commands that have their names only, so that the page fits a screen. */
  readonly briefGroups?: ReadonlyArray<string>;
}

/** The width of help that goes to a pipe or a file. */
export const helpWidth = 100;
/** The width of help on a narrower terminal. */
export const leastHelpWidth = 60;

/** The help of a command. */
export function helpPage(doc: HelpDoc, style: HelpStyle): string {
  const room = style.width - margin.length;
  const flags = doc.globalFlags ?? [];
  const sections: ReadonlyArray<Section> = [
    ["description", wrap(doc.description, room)],
    ["usage", wrap(doc.usage, room)],
    [
      "arguments",
      rowLines(
        (doc.args ?? []).map(({ description, name, type, variadic }) => ({
          left: `${name}${variadic ? "..." : ""} ${type}`,
          right: Option.getOrElse(description, () => ""),
        })),
        style,
      ),
    ],
    ["flags", rowLines(doc.flags.map(flagRow), style)],
    ...(doc.subcommands ?? []).map(({ commands, group = "commands" }): Section => [
      group,
      style.briefGroups?.includes(group) === true ? wrap(commands.map(({ name }) => name).join(" "), room) : rowLines(
        commands.map(({ description, name, shortDescription = description }) => ({
          left: name,
          right: shortDescription,
        })),
        style,
      ),
    ]),
    [
      "examples",
      (doc.examples ?? []).flatMap(({ command, description = "" }, index) => [
        ...index > 0 && description !== "" ? [""] : [],
        ...wrap(description, room - 2).map((line) => paint(style, "dim", `# ${line}`)),
        paint(style, "cyan", command),
      ]),
    ],
    [
      "global flags",
      style.describesGlobalFlags ? rowLines(flags.map(flagRow), style) : [
        ...wrap(flags.map(({ name }) => `--${name}`).join(" "), room),
        ...flags.length > 0 ? ["See dbtc --help"] : [],
      ],
    ],
  ];
  return sections.filter(([, lines]) => lines.length > 0).map(([title, lines]) =>
    [title.toUpperCase(), ...lines.map((line) => line === "" ? "" : margin + line)].join("\n")
  ).join("\n\n");
}

/** A part of a page: its title, and its lines without the margin. */
type Section = readonly [title: string, lines: ReadonlyArray<string>];

const margin = "  ";

/** Something that has a description. */
interface HelpRow {
  readonly left: string;
  readonly right: string;
}

function flagRow({ aliases, description, name, type }: FlagDoc): HelpRow {
  // The description lists the values of a choice.
  const value = type === "boolean" ? "" : type.includes("|") && type.startsWith("<") ? " choice" : ` ${type}`;
  // `integer|auto` has said that one choice is `auto`.
  const right = Option.getOrElse(description, () => "").replace(
    / \(choices: ([^)]*)\)$/,
    (text, choices: string) => choices.split(", ").every((choice) => type.split("|").includes(choice)) ? "" : text,
  );
  // `--no-NAME` of other booleans is the default, or has a meaning that the description names.
  const negation = type === "boolean" && right.startsWith("Whether ") ? "[no-]" : "";
  return { left: [`--${negation}${name}`, ...aliases].join(", ") + value, right };
}

/** The widest left column. The description of a longer name starts on the next line. */
const widestName = 34;
const gap = "  ";

/** Two columns: names, and descriptions that wrap below their start. */
function rowLines(rows: ReadonlyArray<HelpRow>, style: HelpStyle): ReadonlyArray<string> {
  const widest = Math.min(widestName, Math.floor(0.4 * style.width));
  const column = Math.max(0, ...rows.map(({ left }) => left.length).filter((length) => length <= widest));
  const indent = " ".repeat(column) + gap;
  return rows.flatMap(({ left, right }) => {
    const [first = "", ...more] = wrap(right, style.width - margin.length - indent.length);
    const name = paint(style, "green", left);
    return [
      ...left.length > column
        ? [name, ...first === "" ? [] : [indent + first]]
        : [`${name}${" ".repeat(column - left.length)}${gap}${first}`.trimEnd()],
      ...more.map((line) => indent + line),
    ];
  });
}

/** The lines of a text. A word that is too long has a line of its own. */
export function wrap(text: string, width: number): ReadonlyArray<string> {
  const lines: Array<string> = [];
  for (const word of text.split(/\s+/).filter((word) => word !== "")) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && CliOutput.displayWidth(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
