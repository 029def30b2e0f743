/**
 * What dbt Cloud is known to say: its specification, recorded answers and artifacts. They are not part of this project;
 * tests that need them are skipped where they are absent.
 *
 * @module
 */
const folder = new URL("../../../shared/data/", import.meta.url);

/** Whether the evidence is absent. */
export const absent: boolean = await Deno.stat(folder).then(() => false, () => true);

/** The text of a file of evidence. */
export function read(path: string): string {
  return Deno.readTextFileSync(new URL(path, folder));
}
