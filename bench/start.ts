/**
 * Start-up of commands: from source, as `deno install` installs it, and from the one file of `deno task build` on Deno
 * and on Node, against what a user would use instead. That is Python dbtc, where `DBTC_PYTHON` (default: `python3`) has
 * it, and curl with jq.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import { listen } from "../lib/sandbox/server/listen.ts";
import { build } from "../tools/build.ts";
import { compare, isThere, run, script, type Subject } from "./measure.ts";

const root = new URL("../", import.meta.url).pathname;
const folder = await Deno.makeTempDir();
const oneFile = await build(folder);
// With a lock file of the packages that the command reaches. A checkout's has twice as many, and Deno goes through them
// for each import of a package.
const install = ["install", "--global", "--allow-all", "--quiet", "--root", folder, "--name", "dbtc"];
await run(Deno.execPath(), [...install, "--config", `${root}deno.json`, `${root}cli.ts`]);
const python = Deno.env.get("DBTC_PYTHON") ?? "python3";
const [hasNode, hasCurl, hasPython] = await Promise.all([
  isThere("node", "-e", ""),
  isThere("sh", "-c", "curl --version && jq --version"),
  isThere(python, "-c", "import dbtc"),
]);

await Effect.runPromise(Effect.scoped(Effect.gen(function* () {
  const { url } = yield* listen({ runs: 100 });
  // Python dbtc speaks only https.
  const secure = yield* listen({ runs: 100, tls: true });
  const authority = `${folder}/authority.pem`;
  yield* Effect.promise(() => Deno.writeTextFile(authority, secure.authority ?? ""));
  const env = { DBT_CLOUD_HOST: url, DBT_CLOUD_SERVICE_TOKEN: "sandbox", DBT_CLOUD_ACCOUNT_ID: "1" };
  const list = "runs list --limit 100";
  const dbtc = (line: string): Subject => ({
    name: `dbtc ${line}`,
    run: () => run(`${folder}/bin/dbtc`, line.split(" "), env),
  });
  const onDeno = (line: string): Subject => ({
    name: `one file, Deno: ${line}`,
    run: () => script(`file://${oneFile}`, line.split(" "), env),
  });
  const onNode = (line: string): Subject => ({
    name: `one file, Node: ${line}`,
    run: () => run("node", [oneFile, ...line.split(" ")], env),
  });
  const asPackage = (line: string): Subject => ({
    name: `npm package, Node: ${line}`,
    run: () => run("node", [`${folder}/npm_command.mjs`, ...line.split(" ")], { ...env, XDG_CACHE_HOME: folder }),
  });
  const pythonList = [
    "import os, dbtc",
    "client = dbtc.dbtCloudClient(host=os.environ['DBT_CLOUD_HOST'], service_token='sandbox')",
    "print(client.cloud.list_runs(1, limit=100))",
  ].join("\n");
  const pythonEnv = { ...env, DBT_CLOUD_HOST: new URL(secure.url).host, REQUESTS_CA_BUNDLE: authority };
  const curl = `curl -s -H "authorization: Bearer sandbox" "${url}/api/v2/accounts/1/runs/?limit=100" | jq .data`;
  yield* Effect.promise(() =>
    compare("start-up", [
      { name: "import effect/cli/Command and the platform", run: () => script("start_base.ts") },
      ...["--version", "--help", "runs list --help", "jobs trigger 1 --dry-run", list].map(dbtc),
      ...["--version", list].map(onDeno),
      ...hasNode ? [...["--version", list].map(onNode), asPackage(list)] : [],
      ...hasCurl ? [{ name: "curl and jq: 100 runs", run: () => run("sh", ["-c", curl]) }] : [],
      ...hasPython
        ? [
          { name: "Python dbtc: import", run: () => run(python, ["-c", "import dbtc"]) },
          { name: "Python dbtc: 100 runs", run: () => run(python, ["-c", pythonList], pythonEnv) },
        ]
        : [],
    ], 7)
  );
})));
await Deno.remove(folder, { recursive: true });
