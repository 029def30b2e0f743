/**
 * The house stands: a file imports only from its own layer or one below, and nothing goes in a circle.
 */
import { expandGlobSync } from "../support/source_files.ts";
import assert from "node:assert/strict";
import { posix } from "node:path";

/** From the ground up. A name that ends with a slash is a folder and all within it; the longest one that fits counts. */
const layers: ReadonlyArray<ReadonlyArray<string>> = [
  ["deno.json", "lib/schema.ts", "lib/time.ts"],
  ["lib/models/"],
  ["lib/error.ts"],
  ["lib/definition.ts"],
  ["lib/request.ts"],
  ["lib/dbt.ts"],
  ["lib/endpoint.ts"],
  ["lib/client/", "lib/paginate.ts", "lib/find_by_name.ts"],
  ["lib/api/"],
  ["lib/artifacts/"],
  ["lib/workflows/"],
  ["lib/groups/"],
  ["lib/sandbox/"],
  ["lib/cli/"],
  ["mod.ts", "cli.ts"],
];
/** Models that hold one another. */
const circle = "lib/models/";

const files = expandGlobSync(["mod.ts", "cli.ts", "lib"]);

/** What a file imports, types and `import()` included; examples in comments are not its own. */
function importsOf(file: string): ReadonlyArray<string> {
  const code = Deno.readTextFileSync(file).replaceAll(/^\s*(\*|\/\/).*$/gm, "");
  const found = code.matchAll(/(?:\bfrom|\bimport\(|^import)\s*"(\.[^"]+)"/gm);
  return [...new Set([...found].map(([, to = ""]) => posix.join(posix.dirname(file), to)))];
}

function levelOf(file: string): number {
  const fits = layers.flatMap((names, level) =>
    names.filter((name) => name === file || (name.endsWith("/") && file.startsWith(name))).map((name) => ({
      name,
      level,
    }))
  );
  return fits.toSorted((a, b) => b.name.length - a.name.length)[0]?.level ?? NaN;
}

const graph = new Map(files.map((file) => [file, importsOf(file)]));

Deno.test("every file has a layer", () => {
  assert.deepEqual(files.filter((file) => Number.isNaN(levelOf(file))), []);
});

Deno.test("no import goes upward", () => {
  const upward = [...graph].flatMap(([from, all]) =>
    all.filter((to) => !(levelOf(to) <= levelOf(from))).map((to) => `${from} -> ${to}`)
  );
  assert.deepEqual(upward, []);
});

Deno.test("no imports go in a circle", () => {
  const [done, path, circles] = [new Set<string>(), [] as Array<string>, [] as Array<string>];
  const visit = (file: string): void => {
    const at = path.indexOf(file);
    if (at >= 0) {
      const round = [...path.slice(at), file];
      if (!round.every((one) => one.startsWith(circle))) circles.push(round.join(" -> "));
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    graph.get(file)?.forEach(visit);
    path.pop();
    done.add(file);
  };
  files.forEach(visit);
  assert.deepEqual(circles, []);
});
