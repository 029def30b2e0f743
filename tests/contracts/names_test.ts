/**
 * The names of endpoints and workflows. Each file is read for itself, without the table: a name must not depend on
 * which other files are loaded.
 *
 * @module
 */
import assert from "node:assert/strict";
import { posix } from "node:path";
import { sourceFiles } from "../support/source_files.ts";

const notGroups = ["mod.ts", "group_loaders.ts", "table.ts", "table_entry.ts"].map((name) => `lib/groups/${name}`);

/** Files with more of a group than the file that is named after it. */
const groupOf: Readonly<Record<string, string>> = { all_jobs: "jobs", jobs_as_code: "jobs" };

/** The corrections that a file needs, in words. */
async function corrections(file: string): Promise<ReadonlyArray<string>> {
  const name = posix.basename(file, ".ts");
  const group = groupOf[name] ?? name.replaceAll(/_[a-z]/g, (letter) => letter.slice(1).toUpperCase());
  const members: Readonly<Record<string, unknown>> = await import(`../../${file}`);
  return Object.entries(members).flatMap(([exported, member]) => {
    if (typeof member !== "function" || !("kind" in member) || member.name === `${group}.${exported}`) return [];
    return [`${file}: ${String(member.kind)}("${group}.${exported}", …) instead of "${member.name}"`];
  });
}

for (const folder of ["lib/api/", "lib/groups/"]) {
  Deno.test(`${folder} names each endpoint and workflow after its file and its export`, async () => {
    const files = sourceFiles.filter((file) => file.startsWith(folder) && !notGroups.includes(file));
    const all = await Promise.all(files.map(corrections));
    assert.deepEqual(all.flat(), [], "write these names as the first argument");
  });
}
