/**
 * Ids that look random and are the same in each sandbox: of rows, nodes, invocations and queries.
 *
 * @module
 */

/** Ten hexadecimal digits, the same for the same text, as dbt appends them to the ids of tests. */
export function hash(text: string): string {
  let [a, b] = [0x811c9dc5, 0x1b873593];
  for (let index = 0; index < text.length; index++) {
    a = Math.imul(a ^ text.charCodeAt(index), 0x01000193);
    b = Math.imul(b ^ text.charCodeAt(index), 0x85ebca6b);
  }
  return ((a >>> 0).toString(16).padStart(8, "0") + (b >>> 0).toString(16).padStart(8, "0")).slice(0, 10);
}

/** A UUID, the same for the same text. */
export function uuid(text: string): string {
  const hex = hash(text) + hash(`${text}/1`) + hash(`${text}/2`) + "00";
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
