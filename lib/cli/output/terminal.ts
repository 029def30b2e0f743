/**
 * Colours, width and line erasing of a terminal. Tables, reports and progress displays use them.
 *
 * @module
 */

/** Returns to the start of the line and erases it. */
export const eraseLine = "\r\u001b[2K";

const colorCodes = { dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

/** The name of a colour. */
type Color = keyof typeof colorCodes;

/** Whether to print in colour. */
export interface ColorStyle {
  /** True if colours are wanted. */
  readonly color: boolean;
}

/** The text in a colour, if colours are wanted. */
export function paint(style: ColorStyle, color: Color, text: string): string {
  return style.color && text !== "" ? `\u001b[${colorCodes[color]}m${text}\u001b[0m` : text;
}

const statusColors: Readonly<Record<string, Color>> = {
  Success: "green",
  Error: "red",
  Cancelled: "yellow",
  Running: "cyan",
  Starting: "cyan",
};

/** The text of a field; in the colour of its status if it is a status field. */
export function paintStatus(style: ColorStyle, field: string, text: string): string {
  // The first word of `Success 2h ago` is a status too.
  const color = /^status|_run$/.test(field) ? statusColors[text.trim().split(" ")[0] ?? ""] : undefined;
  return color === undefined ? text : paint(style, color, text);
}

/** A usable width: some terminals report 0 columns when they do not know. */
export function widthOf(columns: number): number {
  return columns > 0 ? columns : 80;
}
