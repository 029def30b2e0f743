/**
 * Runs the cases of `plan_cases.ts`: their files in a folder, their command lines, and their plans in short.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import { command } from "../support/command.ts";
import type { PlanCase } from "./plan_cases.ts";

/** The folder of the files. */
export const files: string = new URL("files", import.meta.url).pathname;

/** A change of a plan, as `--report json` has it. */
export interface ReportedChange {
  readonly action: string;
  readonly identifier: string;
  readonly differences?: ReadonlyArray<{ readonly field: string }>;
  readonly overrides?: ReadonlyArray<{ readonly action: string; readonly name: string }>;
}

/** Prepares the sandbox of a case with ours: tags, the name of job 3, and what was applied earlier. */
export const prepare = Effect.fnUntraced(function* (planCase: PlanCase, folder: string) {
  const { earlier, job3, linked = ["00_link.yml"] } = planCase;
  const [file, ...flags] = linked ?? [];
  const commands = [
    ...file === undefined ? [] : [["jobs", "link", `${files}/${file}`, ...flags]],
    ...job3 === undefined ? [] : [["jobs", "update", "3", "--name", job3]],
    ...earlier === undefined ? [] : [["jobs", "apply", ...argvOf({ ...planCase, flags: earlier }, folder), "--yes"]],
  ];
  for (const argv of commands) {
    const { code, stderr } = yield* command(argv);
    assert.equal(code, 0, stderr);
  }
});

/** A temporary folder with the files of a case, changed as the case says. */
export async function filesFolder({ edit, file }: PlanCase): Promise<string> {
  const folder = await Deno.makeTempDir();
  for await (const { isFile, name } of Deno.readDir(files)) {
    if (isFile) await Deno.copyFile(`${files}/${name}`, `${folder}/${name}`);
  }
  await Deno.mkdir(`${folder}/08_dir`);
  for (const name of ["a.yml", "b.yml"]) await Deno.copyFile(`${files}/08_dir/${name}`, `${folder}/08_dir/${name}`);
  if (edit !== undefined) {
    const text = await Deno.readTextFile(`${folder}/${file}`);
    await Deno.writeTextFile(`${folder}/${file}`, text.replace(edit[0], edit[1]));
  }
  return folder;
}

/** The file and the flags of a case. */
export function argvOf({ file, flags = [] }: Pick<PlanCase, "file" | "flags">, folder: string): ReadonlyArray<string> {
  return [`${folder}/${file}`, ...flags.map((flag) => flag.endsWith(".yml") ? `${folder}/${flag}` : flag)];
}

/** The changes of a plan in short, sorted: `update daily: name`, `env create daily:DBT_SIZE`. */
export function changesIn(changes: ReadonlyArray<ReportedChange>): ReadonlyArray<string> {
  return changes.flatMap(({ action, differences = [], identifier, overrides = [] }) => {
    const fields = differences.map(({ field }) => field).join(", ");
    return [
      ...action !== "update"
        ? [`${action} ${identifier}`]
        : differences.length === 0
        ? []
        : [`update ${identifier}: ${fields}`],
      ...overrides.map((override) => `env ${override.action} ${identifier}:${override.name}`),
    ];
  }).toSorted();
}
