/**
 * Deployments cost nothing to who does not ask for them: no other command loads a file of `lib/durable`, nor Effect's
 * cluster.
 *
 * @module
 */
import assert from "node:assert/strict";

interface Module {
  readonly specifier: string;
  readonly dependencies?: ReadonlyArray<{
    readonly isDynamic?: boolean;
    readonly code?: { readonly specifier?: string };
  }>;
}

Deno.test("only the commands for deployments load lib/durable", async () => {
  const root = new URL("../../", import.meta.url);
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", new URL("cli.ts", root).pathname],
    stderr: "null",
  }).output();
  // `deno info --json` writes it so: https://docs.deno.com/runtime/reference/cli/info/
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { readonly modules: ReadonlyArray<Module> };
  const imports = new Map(modules.map(({ dependencies = [], specifier }) => [
    specifier,
    dependencies.flatMap(({ code, isDynamic }) => isDynamic || code?.specifier === undefined ? [] : [code.specifier]),
  ]));
  const isDurable = (specifier: string) =>
    specifier.startsWith(`${root.href}lib/durable/`) || /effect@[^/]*\/cluster|sql-pg/.test(specifier);
  const loads = (from: string, seen = new Set<string>()): boolean => {
    if (isDurable(from)) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return (imports.get(from) ?? []).some((to) => loads(to, seen));
  };
  const own = [...imports.keys()].filter((specifier) => specifier.startsWith(root.href) && !isDurable(specifier));
  assert(own.length > 100);
  const names = own.filter((specifier) => loads(specifier)).map((specifier) => specifier.split("/").at(-1));
  assert.deepEqual(names.toSorted(), [
    "deployments_command.ts",
    "durable_database.ts",
    "jobs_trigger_durable.ts",
    "worker_command.ts",
  ]);
});
