/**
 * The names nearest to a word that was mistyped. The command line suggests flags with it, and look-ups by name things.
 *
 * Own code, because `effect/cli` keeps its own for itself.
 *
 * @module
 */

/** How many letters to insert, remove or replace to make one word of another (Levenshtein). */
export function distance(from: string, to: string): number {
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

/**
 * The names that a person may have meant, nearest first and at most `most`: those that contain the word, or that differ
 * from it, as a whole or in one of their words, in a third of its letters at most. Ignores case.
 */
export function nearest(word: string, names: ReadonlyArray<string>, most: number): ReadonlyArray<string> {
  const typed = word.toLowerCase();
  return names.map((name) => {
    const known = name.toLowerCase();
    return {
      name,
      contains: known.includes(typed),
      apart: Math.min(...[known, ...known.split(" ")].map((part) => distance(typed, part))),
    };
  })
    .filter(({ apart, contains }) => contains || apart <= Math.max(1, Math.floor(typed.length / 3)))
    .toSorted((a, b) => a.apart - b.apart)
    .slice(0, most)
    .map(({ name }) => name);
}
