/** Start-up: one command against importing `effect/cli/Command` and the platform alone. Goal: × 1.3. @module */
import { compare, script } from "./measure.ts";

await compare("start-up", [
  { name: "import effect/cli/Command and the platform", run: () => script("start_base.ts") },
  { name: "dbtc --version", run: () => script("../cli.ts", ["--version"]) },
  { name: "dbtc runs list --help", run: () => script("../cli.ts", ["runs", "list", "--help"]) },
], 15);
