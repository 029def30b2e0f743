/**
 * Numbers in sentences: `1 run`, `1,234 runs`.
 *
 * @module
 */

/** A number with a comma after each thousand. */
export function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

/** A number of things. Their noun is regular. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}
