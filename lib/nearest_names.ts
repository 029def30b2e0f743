/**
 * The names that a misspelt word may mean. Messages about unknown flags, fields and metrics suggest them.
 *
 * @module
 */

/** The names nearest to a word, if at most two letters differ. */
export function nearestNames(word: string, names: ReadonlyArray<string>): ReadonlyArray<string> {
  const distances = names.map((name) => distance(word, name));
  const least = Math.min(...distances);
  return least > 2 || least >= word.length ? [] : names.filter((_, index) => distances[index] === least);
}

/** How many letters to insert, remove or replace to make one word of another (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [at, letter] of [...from].entries()) {
    const next = [at + 1];
    for (let index = 0; index < to.length; index++) {
      const replaced = (row[index] ?? 0) + (letter === to[index] ? 0 : 1);
      next.push(Math.min(replaced, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
