/**
 * Measures things side by side: the ratio of two medians of one run says more than either.
 *
 * @module
 */

/** One thing to measure. */
export interface Subject {
  /** What it is called in the report. */
  readonly name: string;
  /** Does it once. */
  readonly run: () => Promise<unknown>;
}

/** Runs the subjects in turn, `rounds` times after a warm-up, and prints their medians and their ratios to the first. */
export async function compare(title: string, subjects: ReadonlyArray<Subject>, rounds: number): Promise<void> {
  const times = new Map(subjects.map(({ name }) => [name, Array<number>()]));
  for (const { run } of subjects) await run();
  for (let round = 0; round < rounds; round++) {
    for (const { name, run } of subjects) {
      const start = performance.now();
      await run();
      times.get(name)?.push(performance.now() - start);
    }
  }
  const medians = [...times].map(([name, all]) => [name, all.sort((a, b) => a - b)[all.length >> 1] ?? NaN] as const);
  const base = medians[0]?.[1] ?? NaN;
  console.log(`\n${title} (${rounds} rounds)`);
  for (const [name, median] of medians) {
    console.log(`  ${name.padEnd(48)} ${median.toFixed(2).padStart(9)} ms  × ${(median / base).toFixed(2)}`);
  }
}

/** Runs a script of this project in a process of its own. Fails where it fails. */
export function script(path: string, args: ReadonlyArray<string> = [], env: Record<string, string> = {}) {
  const { pathname } = new URL(path, import.meta.url);
  return run(Deno.execPath(), ["run", "-A", "--no-check", "--quiet", pathname, ...args], env);
}

/** Runs a program. Fails where it fails. */
export async function run(program: string, args: ReadonlyArray<string>, env: Record<string, string> = {}) {
  const { success, stderr } = await new Deno.Command(program, {
    args: [...args],
    env,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** Whether a program is installed: whether it can run this. */
export function isThere(program: string, ...args: ReadonlyArray<string>): Promise<boolean> {
  return run(program, args).then(() => true, () => false);
}
