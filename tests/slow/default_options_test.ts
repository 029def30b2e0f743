/**
 * That programs may import dbtc without its own compiler options.
 *
 * @module
 */
import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };

Deno.test("mod.ts is type-checked under Deno's own compiler options", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ imports: config.imports }));
  const mod = new URL("../../mod.ts", import.meta.url);
  await Deno.writeTextFile(`${folder}/program.ts`, `export * from "${mod}";\n`);
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--config", `${folder}/deno.json`, "--no-lock", `${folder}/program.ts`],
  }).output();
  await Deno.remove(folder, { recursive: true });
  assert.equal(code, 0, new TextDecoder().decode(stderr));
});
