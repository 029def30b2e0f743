/**
 * Colours of a terminal. Tables, reports and progress use them.
 *
 * @module
 */
const codes = { dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

/** Text in a colour, where colours are wanted. */
export function paint(style: { readonly color: boolean }, color: keyof typeof codes, text: string): string {
  return style.color && text !== "" ? `\u001b[${codes[color]}m${text}\u001b[0m` : text;
}

const tints: Readonly<Record<string, keyof typeof codes>> = {
  Success: "green",
  Error: "red",
  Cancelled: "yellow",
  Running: "cyan",
  Starting: "cyan",
};

/** A state in its colour. */
export function tint(style: { readonly color: boolean }, field: string, text: string): string {
  const color = field.startsWith("status") ? tints[text.trim()] : undefined;
  return color === undefined ? text : paint(style, color, text);
}
