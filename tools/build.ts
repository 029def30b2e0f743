/**
 * Builds the command line as one file, `dbtc.mjs`, which runs on Deno and on Node. The `package.json` beside it makes
 * the folder an npm package. `deno task build [FOLDER]` runs this (default: `dist`).
 *
 * @module
 */
import * as esbuild from "esbuild";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import deno from "../deno.json" with { type: "json" };
import { compileEagerly } from "./eager_functions.ts";

type Inputs = esbuild.Metafile["inputs"];

const root = fileURLToPath(new URL("../", import.meta.url));

/** The oldest Node that starts the file: the first with `process.getBuiltinModule`. */
const oldestNode = "20.16.0";

/** What Deno has and an older Node lacks: how to see that it is there, and the modules of core-js that add it. */
const polyfills: ReadonlyArray<readonly [present: string, ...modules: ReadonlyArray<string>]> = [
  ["Map.groupBy", "modules/es.map.group-by"],
  ["Object.groupBy", "modules/es.object.group-by"],
  ["Promise.withResolvers", "modules/es.promise.with-resolvers"],
  ["Promise.try", "modules/es.promise.try"],
  ["Array.fromAsync", "modules/es.array.from-async"],
  ["Set.prototype.union", "actual/set"],
  ["globalThis.Iterator?.prototype.map", "actual/iterator"],
  ["URL.parse", "modules/web.url.parse"],
  ["RegExp.escape", "modules/es.regexp.escape"],
  ["JSON.rawJSON", "modules/es.json.raw-json", "modules/es.json.parse"],
  ["Error.isError", "modules/es.error.is-error"],
  ["Uint8Array.fromBase64", "modules/es.uint8-array.from-base64"],
  ["Uint8Array.fromHex", "modules/es.uint8-array.from-hex"],
  ["Uint8Array.prototype.toBase64", "modules/es.uint8-array.to-base64"],
  ["Uint8Array.prototype.toHex", "modules/es.uint8-array.to-hex"],
];

/** Polyfills come first: modules use them while they are evaluated. */
const entry = `
if (!(${polyfills.map(([present]) => present).join(" && ")})) require("polyfills");
import("./cli.ts");
`;

/** Adds what is missing. */
const addPolyfills = polyfills.map(([present, ...modules]) =>
  `if (!${present}) { ${modules.map((module) => `require("core-js/${module}");`).join(" ")} }`
).join("\n");

/**
 * Imports that few commands need, and that import nothing of Effect: it would be in the file twice. They are in the file
 * as compressed text. To parse them with the rest at each start takes 3 % of it on Deno, and up to 9 % on Node.
 */
const packed = /^(polyfills|@uwdata\/flechette|graphql|yaml|\.\/certificate\.ts)$/;

/**
 * Loads Node's modules when they are first used. An `import` of them would be moved to the top of the file: it would
 * load them at every start, and where Node has no `node:sqlite`, nothing would start.
 */
const lazyBuiltins: esbuild.Plugin = {
  name: "lazy-builtins",
  setup(build) {
    const names = builtinModules.map((name) => name.replace("/", "\\/")).join("|");
    build.onResolve({ filter: new RegExp(`^(node:.*|(${names}))$`) }, ({ path }) => ({
      path: path.replace(/^node:/, ""),
      namespace: "builtin",
    }));
    build.onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
      loader: "js",
      contents: `module.exports = process.getBuiltinModule("node:${path}");
if (!module.exports) {
  // As Node fails where it has no such module.
  throw Object.assign(new Error("No such built-in module: node:${path}"), { code: "ERR_UNKNOWN_BUILTIN_MODULE" });
}`,
    }));
  },
};

/** `effect/cli` makes a segmenter when it is loaded, which takes 6 ms; only tables with wide characters need it. */
const lazySegmenter: esbuild.Plugin = {
  name: "lazy-segmenter",
  setup(build) {
    build.onLoad({ filter: /\/effect\/dist\/cli\/CliOutput\.js$/ }, async ({ path }) => {
      const source = await Deno.readTextFile(path);
      const contents = source.replace(
        /const graphemeSegmenter = ([^;]+);/,
        "let made; const graphemeSegmenter = { segment: (text) => (made ??= $1).segment(text) };",
      );
      if (contents === source) throw new Error(`${path} has changed: is the plugin lazy-segmenter still needed?`);
      return { contents, loader: "js" };
    });
  },
};

/** A text in the file, compressed: an expression that is its bytes. */
function compressed(bytes: Uint8Array): string {
  return `require("zlib").brotliDecompressSync(Buffer.from("${
    brotliCompressSync(bytes).toString("base64")
  }", "base64"))`;
}

/** Puts WebAssembly that a package reads from its folder into the file, compressed: 1 MB becomes a third of it. */
const inlineWasm: esbuild.Plugin = {
  name: "inline-wasm",
  setup(build) {
    build.onLoad({ filter: /\/minijinja-js\/dist\/node\/minijinja_js\.js$/ }, async ({ path }) => {
      const source = await Deno.readTextFile(path);
      const contents = source
        .replace(/const path = require\('path'\)\.join\(__dirname, '([^']+)'\);\n/, "")
        .replace("require('fs').readFileSync(path)", 'require("./minijinja_js_bg.wasm")');
      if (contents.includes("__dirname") || !contents.includes(".wasm")) throw new Error(`${path} has changed`);
      return { contents, loader: "js" };
    });
    build.onLoad({ filter: /\.wasm$/ }, async ({ path }) => {
      return { loader: "js", contents: `module.exports = ${compressed(await Deno.readFile(path))};` };
    });
  },
};

/** Builds what is {@linkcode packed} as a bundle of its own, and puts it into the file as text. */
function packs(options: esbuild.BuildOptions, inputs: Inputs): esbuild.Plugin {
  return {
    name: "packs",
    setup(build) {
      build.onResolve({ filter: packed }, async ({ path, kind, resolveDir, pluginData: isResolving }) => {
        if (isResolving === true) return undefined;
        const found = path === "polyfills"
          ? { path }
          : await build.resolve(path, { kind, resolveDir, pluginData: true });
        return { path: found.path, namespace: "packed" };
      });
      build.onLoad({ filter: /.*/, namespace: "packed" }, async ({ path }) => {
        const contents = path === "polyfills" ? addPolyfills : `module.exports = require(${JSON.stringify(path)});`;
        const bundle = await esbuild.build({
          ...options,
          stdin: { contents, resolveDir: root },
          plugins: [lazyBuiltins],
          format: "cjs",
          write: false,
          metafile: true,
        });
        Object.assign(inputs, bundle.metafile.inputs);
        const [{ contents: code } = { contents: new Uint8Array() }] = bundle.outputFiles;
        return { loader: "js", contents: `new Function("module", ${compressed(code)}.toString())(module);` };
      });
    },
  };
}

/** Imports of packages with a version, such as `npm:yaml@2/x`, which esbuild does not know. */
const npmSpecifiers: esbuild.Plugin = {
  name: "npm-specifiers",
  setup(build) {
    build.onResolve(
      { filter: /^npm:/ },
      ({ path, kind, resolveDir }) =>
        build.resolve(path.replace(/^npm:\/?((?:@[^/]+\/)?[^@/]+)(?:@[^/]+)?/, "$1"), { kind, resolveDir }),
    );
  },
};

/** A folder with the packages of `deno.json` in `node_modules`, where esbuild finds them. */
async function installPackages(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "dbtc-build-" });
  const config = { imports: deno.imports, nodeModulesDir: "auto" };
  await Deno.writeTextFile(join(folder, "deno.json"), JSON.stringify(config));
  await Deno.copyFile(join(root, "deno.lock"), join(folder, "deno.lock"));
  const install = new Deno.Command(Deno.execPath(), { args: ["install", "--quiet"], cwd: folder });
  const { code, stderr } = await install.output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  return folder;
}

/** The licences of the packages that are in the file: most of them have to be passed on. */
async function licences(inputs: Inputs): Promise<string> {
  const folders = Object.keys(inputs).flatMap((file) =>
    /^(?!packed:).*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []
  );
  const texts = await Promise.all(
    [...new Set(folders)].toSorted().map(async (folder) => {
      const { license, name, version } = JSON.parse(await Deno.readTextFile(join(root, folder, "package.json")));
      const file = [...Deno.readDirSync(join(root, folder))].find(({ name }) => /^licen[cs]e/i.test(name))?.name;
      const text = file === undefined ? "" : await Deno.readTextFile(join(root, folder, file));
      return `## ${name} ${version} (${license})\n\n${text.trim()}\n`;
    }),
  );
  return `# Packages in dbtc.mjs\n\n${texts.join("\n")}`;
}

/** `package.json`, with what npm and npx need to know of the command. */
const manifest = {
  name: deno.name,
  version: deno.version,
  description: "Client, command line and local sandbox for dbt Cloud",
  license: deno.license,
  type: "module",
  bin: { dbtc: "npm_command.mjs" },
  engines: { node: `>=${oldestNode}` },
};

/** Builds the package in a folder; gives the path of its `dbtc.mjs`. */
export async function build(folder: string): Promise<string> {
  const outfile = join(folder, "dbtc.mjs");
  const packages = await installPackages();
  try {
    const options: esbuild.BuildOptions = {
      absWorkingDir: root,
      nodePaths: [join(packages, "node_modules")],
      bundle: true,
      platform: "node",
      target: `node${oldestNode}`,
      minify: true,
      legalComments: "none",
      logLevel: "warning",
    };
    const inputs: Inputs = {};
    const { metafile } = await esbuild.build({
      ...options,
      stdin: { contents: entry, resolveDir: root },
      outfile,
      plugins: [npmSpecifiers, packs(options, inputs), lazyBuiltins, lazySegmenter, inlineWasm],
      format: "esm",
      // The npm package imports the file.
      define: { "import.meta.main": "true" },
      banner: { js: "#!/usr/bin/env node" },
      metafile: true,
    });
    // esbuild leaves some characters outside of ASCII. With one of them, V8 reads the whole file more slowly: 4 % of a start.
    const code = await Deno.readTextFile(outfile);
    const escaped = code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
    await Deno.writeTextFile(outfile, escaped, { mode: 0o755 });
    await compileEagerly(outfile);
    await Deno.copyFile(join(root, "tools/npm_command.mjs"), join(folder, "npm_command.mjs"));
    await Deno.writeTextFile(join(folder, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
    await Deno.writeTextFile(
      join(folder, "THIRD_PARTY_LICENSES.md"),
      await licences({ ...inputs, ...metafile.inputs }),
    );
    for (const file of ["README.md", "CHANGELOG.md", "LICENSE"]) {
      await Deno.copyFile(join(root, file), join(folder, file));
    }
  } finally {
    await esbuild.stop();
    await Deno.remove(packages, { recursive: true });
  }
  return outfile;
}

if (import.meta.main) {
  const file = await build(Deno.args[0] ?? join(root, "dist"));
  console.log(`${file}  ${Math.round((await Deno.stat(file)).size / 1024)} KB`);
}
