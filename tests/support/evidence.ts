/**
 * Reads the folder of evidence: dbt's specification, recorded answers and artifacts, which are not part of this project.
 * `DBTC_EVIDENCE` names the folder (default: `../shared/data` beside the repository). Where it is missing, the tests that
 * read it are skipped; the same facts are in `tests/contracts/facts`, as small cases of our own.
 *
 * @module
 */
const root = new URL("../../", import.meta.url);
const folder = new URL(`${(Deno.env.get("DBTC_EVIDENCE") ?? "../shared/data").replace(/\/$/, "")}/`, root);

/** Whether the folder is missing. */
export const absent: boolean = !exists("");

/** The URL of a file of evidence. `../seed/` is a folder beside the folder of evidence. */
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
