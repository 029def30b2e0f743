/**
 * The project that `dbt_project.yml` names, by `dbt-cloud: project-id`. `config.ts` takes it for the default of
 * `project_id`.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Schema from "effect/Schema";
import process from "node:process";
import { mayRead, parseYaml } from "./config_files.ts";
import { variable } from "./environment_variables.ts";

/** An id in dbt's files: text, as dbt writes it, or a number, as a person may. */
export const FileId: Schema.Codec<string | number> = Schema.Union([Schema.String, Schema.Number]);

/** The part of the file that names the project. https://docs.getdbt.com/reference/dbt_project.yml */
const ProjectFile = Schema.Struct({ "dbt-cloud": Schema.Struct({ "project-id": FileId }) });

/** A project, and the file that names it. */
export interface LinkedProject {
  /** The project's id. */
  readonly project_id: number;
  /** The file. */
  readonly file: string;
}

/**
 * The project of the `dbt_project.yml` in the current folder or the nearest folder above it, where dbt looks too, or in
 * `DBT_PROJECT_DIR`. Undefined if it is missing, or dbtc may not read it: the file is only a default. A part that
 * makes no sense is logged.
 */
export const linkedProject: Effect.Effect<LinkedProject | undefined, never, FileSystem.FileSystem> = Effect.gen(
  function* () {
    const fs = yield* FileSystem.FileSystem;
    const named = yield* variable("DBT_PROJECT_DIR");
    for (const folder of named === undefined ? foldersUpward() : [named]) {
      const file = `${folder.replace(/[\\/]$/, "")}/dbt_project.yml`;
      if (!mayRead(file)) return undefined;
      const text = yield* Effect.orElseSucceed(fs.readFileString(file), () => undefined);
      if (text === undefined) continue;
      return yield* projectIn(file, text);
    }
    return undefined;
  },
);

const projectIn = Effect.fnUntraced(function* (file: string, text: string) {
  // Only this part is parsed: the rest may be long, and have what the parser does not know.
  const [part] = /^dbt-cloud:.*$(?:\r?\n(?:[ \t].*|#.*|\s*)$)*/m.exec(text) ?? [];
  if (part === undefined) return undefined;
  const id = yield* parseYaml(file, part).pipe(
    Effect.flatMap(Schema.decodeUnknownEffect(ProjectFile)),
    Effect.map((read) => String(read["dbt-cloud"]["project-id"])),
    Effect.orElseSucceed(() => ""),
  );
  if (/^\d+$/.test(id)) return { project_id: Number(id), file };
  // `dbt-cloud` may have other members, and no project.
  if (/project-id/.test(part)) {
    yield* Effect.logWarning(`${file}: project-id under dbt-cloud is not an id, and is ignored`);
  }
  return undefined;
});

/** The current folder and those above it. None where Deno does not let the program know where it is. */
function foldersUpward(): ReadonlyArray<string> {
  if (!mayRead(".")) return [];
  const folders = [process.cwd()];
  for (;;) {
    const last = folders.at(-1) ?? "";
    const above = last.replace(/[\\/][^\\/]*$/, "");
    if (above === last) return folders;
    folders.push(above);
  }
}
