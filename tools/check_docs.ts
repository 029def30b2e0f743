/**
 * Checks the documentation of all that people can import, for `deno task docs`: each export has a doc comment, and each
 * type that it names is exported too. Other files than those of deno.json's `exports` can be given as arguments.
 *
 * Its exit code is the one of `deno doc --lint`, which needs help with two things:
 *
 * - It does not follow `export * as runs from "…"` to the types that are exported there. So it is given those files too.
 * - It takes every type of an npm package for a private one (denoland/deno#27364). So what is imported from a package is
 *   an empty file here.
 *
 * @module
 */
import deno from "../deno.json" with { type: "json" };

/** A module, as far as `deno info --json` is read. */
interface Module {
  readonly specifier: string;
  readonly dependencies?: ReadonlyArray<{ readonly specifier: string }>;
}

const root = new URL("../", import.meta.url);
const asked = Deno.args.map((file) => new URL(file, `file://${Deno.cwd()}/`).href);
const files = asked.length > 0 ? asked : Object.values(deno.exports).map((path) => new URL(path, root).href);
const modules = new Map(files.flatMap(modulesOf).map((module) => [module.specifier, module]));
const packages = [...modules.values()].flatMap(({ dependencies = [] }) => dependencies)
  .map(({ specifier }) => specifier).filter((specifier) => !specifier.startsWith("."));
const empty = "data:application/typescript,export%20{}";
const imports = Object.fromEntries(packages.map((specifier) => [specifier, empty]));

const { code } = await new Deno.Command(Deno.execPath(), {
  args: [
    "doc",
    "--lint",
    `--import-map=data:application/json,${encodeURIComponent(JSON.stringify({ imports }))}`,
    ...new Set(files.flatMap((file) => [file, ...namespacesOf(file)])),
  ],
  cwd: root,
  stdout: "null",
  stderr: "inherit",
}).spawn().status;
Deno.exit(code);

/** A file, and all that it imports. */
function modulesOf(file: string): ReadonlyArray<Module> {
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json", file], cwd: root }).outputSync();
  return JSON.parse(new TextDecoder().decode(stdout)).modules;
}

/** The files that stand behind a file's namespaces. One that does not exist has none: `deno doc` reports it. */
function namespacesOf(file: string): ReadonlyArray<string> {
  if (!modules.has(file) || modules.get(file)?.dependencies === undefined) return [];
  const text = Deno.readTextFileSync(new URL(file));
  return [...text.matchAll(/^export (?:type )?\*( as \w+)? from "(\..*)";$/gm)].flatMap(([, namespace, path = ""]) => {
    const target = new URL(path, file).href;
    return [...namespace === undefined ? [] : [target], ...namespacesOf(target)];
  });
}
