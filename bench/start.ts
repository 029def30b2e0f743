/**
 * Start-up: five commands from source, and as one bundle, against importing `effect/cli/Command` and the platform alone.
 * Goal: × 1.3.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import { listen } from "../lib/sandbox/server/listen.ts";
import { compare, script } from "./measure.ts";

const bundle = await Deno.makeTempDir();
const { success } = await new Deno.Command(Deno.execPath(), {
  args: ["bundle", "--quiet", "--code-splitting", "--outdir", bundle, new URL("../cli.ts", import.meta.url).pathname],
}).output();
if (!success) throw new Error("deno bundle failed");

await Effect.runPromise(Effect.scoped(Effect.gen(function* () {
  const { url } = yield* listen({ runs: 100 });
  const env = { DBT_CLOUD_HOST: url, DBT_CLOUD_SERVICE_TOKEN: "sandbox", DBT_CLOUD_ACCOUNT_ID: "1" };
  const dbtc = (line: string) => ({
    name: `dbtc ${line}`,
    run: () => script("../cli.ts", line.split(" "), env),
  });
  const bundled = (line: string) => ({
    name: `bundled: ${line}`,
    run: () => script(`file://${bundle}/cli.js`, line.split(" "), env),
  });
  yield* Effect.promise(() =>
    compare("start-up", [
      { name: "import effect/cli/Command and the platform", run: () => script("start_base.ts") },
      dbtc("--version"),
      dbtc("--help"),
      dbtc("runs list --help"),
      dbtc("jobs trigger 1 --dry-run"),
      dbtc("runs list --limit 100"),
      bundled("--version"),
      bundled("runs list --limit 100"),
    ], 15)
  );
})));
await Deno.remove(bundle, { recursive: true });
