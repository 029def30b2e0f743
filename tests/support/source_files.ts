export function expandGlobSync(roots: ReadonlyArray<string>): ReadonlyArray<string> {
  return roots.flatMap((root): ReadonlyArray<string> =>
    Deno.statSync(root).isFile
      ? [root]
      : expandGlobSync([...Deno.readDirSync(root)].map(({ name }) => `${root}/${name}`))
  ).filter((file) => file.endsWith(".ts"));
}
