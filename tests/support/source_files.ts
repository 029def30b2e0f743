/**
 * Lists the source files of the library and the command, as paths from the repository's root. The tests of layers and
 * names use it.
 *
 * @module
 */
const root = new URL("../../", import.meta.url);

function walk(path: string): ReadonlyArray<string> {
  return [...Deno.readDirSync(new URL(path, root))].flatMap(({ isDirectory, name }) =>
    isDirectory ? walk(`${path}${name}/`) : `${path}${name}`
  );
}

/** `mod.ts`, `cli.ts` and all of `lib`. */
export const sourceFiles: ReadonlyArray<string> = ["mod.ts", "cli.ts", ...walk("lib/")].filter((path) =>
  path.endsWith(".ts")
);
