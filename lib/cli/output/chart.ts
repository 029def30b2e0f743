/**
 * Small charts of characters: a line of levels over time, and bars. The commands that analyse runs print them on a
 * terminal.
 *
 * @module
 */

/** The levels of a chart of one line, from low to high. */
export const levels: ReadonlyArray<string> = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/** A chart of one line: a level for each value, a blank for null and 0. The highest value is the highest level. */
export function sparkline(values: ReadonlyArray<number | null>): string {
  const most = values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  return values.map((value) => {
    if (value === null || value <= 0) return " ";
    return levels[Math.max(0, Math.ceil(value / most * levels.length) - 1)] ?? "";
  }).join("");
}

/** A bar whose length is a share of `width`: at least one character for any value above 0. */
export function bar(value: number, most: number, width: number): string {
  return value <= 0 || most <= 0 ? "" : "█".repeat(Math.max(1, Math.round(value / most * width)));
}
