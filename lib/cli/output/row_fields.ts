/**
 * Fields of the rows that are printed, by name or by path (`environment.name`).
 *
 * @module
 */

/** The given fields of a row, nested as they were. A field that it has not is null. */
export function pick(row: unknown, fields: ReadonlyArray<string>): unknown {
  const picked: Record<string, unknown> = {};
  for (const field of fields) {
    const names = field.split(".");
    let target = picked;
    for (const name of names.slice(0, -1)) {
      // Only objects made here are ever put into `picked`.
      target = (target[name] ??= {}) as Record<string, unknown>;
    }
    target[names.at(-1) ?? field] = at(row, field) ?? null;
  }
  return picked;
}

/** The fields that a row has at its top. */
export function fieldsOf(row: unknown): ReadonlyArray<string> {
  return isRecord(row) ? Object.keys(row) : [];
}

/** The value of a field. */
export function at(row: unknown, field: string): unknown {
  return field.split(".").reduce((value, name) => isRecord(value) ? value[name] : undefined, row);
}

/** Whether a value has fields. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value as one text. */
export function plain(value: unknown): string {
  return value === undefined || value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
}
