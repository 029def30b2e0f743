/**
 * The order of the layers: a file imports only from its own layer or one below, and no imports go in a circle.
 *
 * @module
 */
import assert from "node:assert/strict";
import { posix } from "node:path";
import { sourceFiles } from "../support/source_files.ts";

/** From the bottom up. A name that ends with a slash is a folder; the longest name that fits a file counts. */
const layers: ReadonlyArray<ReadonlyArray<string>> = [
  [
    "lib/defined.ts",
    "lib/nearest.ts",
    "lib/nesting.ts",
    "lib/schema.ts",
    "lib/shared_fields.ts",
    "lib/time.ts",
    "lib/version.ts",
    "lib/without_environment.ts",
  ],
  ["lib/models/"],
  ["lib/error.ts", "lib/error_reasons.ts", "lib/error_schema.ts"],
  ["lib/definition.ts"],
  ["lib/request.ts"],
  ["lib/dbt.ts"],
  ["lib/endpoint.ts"],
  ["lib/client/", "lib/paginate.ts", "lib/find_by_name.ts", "lib/not_found.ts", "lib/deliver_events.ts"],
  ["lib/api/", "lib/graphql/"],
  ["lib/discovery/"],
  ["lib/semantic_layer/"],
  ["lib/artifacts/"],
  ["lib/workflows/"],
  ["lib/jobs_as_code/"],
  ["lib/groups/"],
  ["lib/durable/"],
  ["lib/sandbox/protocol/"],
  ["lib/sandbox/data/"],
  ["lib/sandbox/runs/"],
  ["lib/sandbox/endpoints/"],
  ["lib/sandbox/graphql/"],
  ["lib/sandbox/semantic_layer/"],
  ["lib/sandbox/recording/"],
  ["lib/sandbox/server/"],
  ["lib/sandbox/mod.ts"],
  ["lib/cli/output/"],
  ["lib/cli/input/"],
  ["lib/cli/report/"],
  ["lib/cli/commands/"],
  ["lib/cli/"],
  ["mod.ts", "cli.ts"],
];
/** Account, environment, job, project and run contain each other in dbt's answers: the one circle that is allowed. */
const models = "lib/models/";

/** What a file imports, types and `import()` included; the examples in its comments are not its own. */
function importsOf(file: string): ReadonlyArray<string> {
  const code = Deno.readTextFileSync(file).replaceAll(/^\s*(\*|\/\/).*$/gm, "");
  const found = code.matchAll(/(?:\bfrom|\bimport\(|^import)\s*"(\.[^"]+)"/gm);
  return [...new Set([...found].map(([, to = ""]) => posix.join(posix.dirname(file), to)))];
}

/** The number of a file's layer. */
function layerOf(file: string): number | undefined {
  const fits = layers.flatMap((names, layer) =>
    names.filter((name) => name === file || (name.endsWith("/") && file.startsWith(name)))
      .map(({ length }) => ({ length, layer }))
  );
  return fits.toSorted((a, b) => b.length - a.length)[0]?.layer;
}

const graph = new Map(sourceFiles.map((file) => [file, importsOf(file)]));

Deno.test("every file has a layer", () => {
  const without = sourceFiles.filter((file) => layerOf(file) === undefined);
  assert.deepEqual(without, [], "add these files to `layers` in tests/contracts/layers_test.ts");
});

Deno.test("no file imports from a layer above it", () => {
  const upward = [...graph].flatMap(([from, all]) =>
    all.filter((to) => !((layerOf(to) ?? NaN) <= (layerOf(from) ?? NaN))).map((to) => `${from} -> ${to}`)
  );
  assert.deepEqual(upward, [], "move what these files share to a layer below both");
});

Deno.test("no imports go in a circle, but for the models", () => {
  const [done, path, circles] = [new Set<string>(), [] as Array<string>, [] as Array<string>];
  const visit = (file: string): void => {
    const at = path.indexOf(file);
    if (at >= 0) {
      const circle = [...path.slice(at), file];
      if (!circle.every((one) => one.startsWith(models))) circles.push(circle.join(" -> "));
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    graph.get(file)?.forEach(visit);
    path.pop();
    done.add(file);
  };
  sourceFiles.forEach(visit);
  assert.deepEqual(circles, [], "take one arrow out of each circle");
});

/** The files that an import of a file loads, and with `andLater` also those that `import()` loads. */
function loadedBy(first: string, andLater = false): ReadonlyArray<string> {
  const loaded = new Set<string>();
  const load = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    const code = Deno.readTextFileSync(file).replaceAll(/^\s*(\*|\/\/).*$/gm, "");
    const follow = (to: string) => to.endsWith(".ts") && load(posix.join(posix.dirname(file), to));
    // Types load nothing.
    for (const [, names = "", to = ""] of code.matchAll(/^(?:import|export) ((?!type )[^;]*?)from "(\.[^"]+)"/gm)) {
      const [, list] = /^\{([^}]*)\}\s*$/.exec(names.trim()) ?? [];
      const areTypes = list !== undefined && list.split(",").every((name) => /^\s*(?:type |$)/.test(name));
      if (!areTypes) follow(to);
    }
    if (andLater) { for (const [, to = ""] of code.matchAll(/import\("(\.[^"]+)"\)/g)) follow(to); }
  };
  load(first);
  return [...loaded];
}

Deno.test("a program that imports mod.ts loads nothing of the GraphQL APIs", () => {
  const loaded = loadedBy("mod.ts");
  assert(loaded.length > 50);
  assert.deepEqual(loaded.filter((file) => /^lib\/(graphql|discovery|semantic_layer)\//.test(file)), []);
});

Deno.test("a bundle of the entry points jobs and runs has nothing of jobs as code", () => {
  const bundled = ["jobs", "runs"].flatMap((group) => loadedBy(`lib/groups/${group}.ts`, true));
  assert(bundled.includes("lib/workflows/autoscaling_ci.ts"));
  assert.deepEqual(bundled.filter((file) => file.includes("jobs_as_code")), []);
});

Deno.test("a bundler can leave out each workflow that a program does not use", () => {
  const calls = sourceFiles.flatMap((file) => {
    const text = Deno.readTextFileSync(new URL(`../../${file}`, import.meta.url));
    return [...text.matchAll(/(\/\* @__PURE__ \*\/ )?\bworkflow\(\s*("[\w.]+")/g)];
  });
  assert(calls.length > 20);
  const unmarked = calls.filter(([, mark]) => mark === undefined).map(([, , name]) => name);
  assert.deepEqual(unmarked, [], "write /* @__PURE__ */ before these calls");
});

Deno.test("a file's name is found once in lib, but for a group's and mod.ts", () => {
  const shared = /^lib\/(api|discovery|groups|models)\/|\/mod\.ts$/;
  const names = Map.groupBy(sourceFiles.filter((file) => !shared.test(file)), (file) => posix.basename(file));
  assert.deepEqual([...names.values()].filter((files) => files.length > 1), []);
});
