/**
 * Facts about dbt Cloud that are not part of this project: its specification, recorded answers, artifacts. The folder is
 * `DBTC_EVIDENCE`, by default `../shared/data` beside the repository. Tests that read it are skipped where it is missing.
 *
 * @module
 */
const root = new URL("../../", import.meta.url);
const folder = new URL(`${(Deno.env.get("DBTC_EVIDENCE") ?? "../shared/data").replace(/\/$/, "")}/`, root);

/** Whether the folder is missing. */
export const absent: boolean = !exists("");

/** The URL of a file of evidence; `../seed/` is a folder beside it. */
export function evidence(path: string): URL {
  return new URL(path, folder);
}

/** Whether a file or folder of evidence exists. */
export function exists(path: string): boolean {
  try {
    return Deno.statSync(evidence(path)) !== undefined;
  } catch {
    return false;
  }
}

/** The text of a file of evidence. */
export function read(path: string): string {
  return Deno.readTextFileSync(evidence(path));
}
