/**
 * Runs downloads on virtual time with a real disk: the clock moves on while files are read and written.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Logger from "effect/Logger";
import * as TestClock from "effect/testing/TestClock";

/** Runs an effect with a new folder. Returns its value, the virtual seconds that it took, and the files of the folder. */
export async function onDisk<A, E>(use: (dir: string) => Effect.Effect<A, E>): Promise<{
  readonly value: A;
  readonly seconds: number;
  readonly files: Readonly<Record<string, string>>;
}> {
  const dir = await Deno.makeTempDir();
  const program = Effect.gen(function* () {
    const begun = yield* Clock.currentTimeMillis;
    const fiber = yield* Effect.forkChild(use(dir));
    let seconds = 0;
    while (fiber.pollUnsafe() === undefined && seconds < 600) {
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 2)));
      // An effect that waits for the disk does not wait for the clock: the clock must not run ahead of it.
      yield* TestClock.adjust("100 millis");
      seconds = ((yield* Clock.currentTimeMillis) - begun) / 1000;
    }
    return { value: yield* Fiber.join(fiber), seconds };
  });
  try {
    const ended = await Effect.runPromise(program.pipe(Effect.provide([TestClock.layer(), Logger.layer([])])));
    return { ...ended, files: contents(dir) };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** The files of a folder: path to content. A link's content is its target. */
export function contents(dir: string): Readonly<Record<string, string>> {
  const entries = [...Deno.readDirSync(dir)].toSorted((a, b) => a.name < b.name ? -1 : 1);
  return Object.fromEntries(
    entries.flatMap(({ name, isDirectory, isSymlink }) =>
      isDirectory
        ? Object.entries(contents(`${dir}/${name}`)).map(([path, text]) => [`${name}/${path}`, text])
        : [[name, isSymlink ? `-> ${Deno.readLinkSync(`${dir}/${name}`)}` : Deno.readTextFileSync(`${dir}/${name}`)]]
    ),
  );
}
