/**
 * How dbt Cloud writes its responses: envelopes, times and durations. Everything in the sandbox that answers uses it.
 *
 * @module
 */
import * as Predicate from "effect/Predicate";

/** A JSON object, such as a row of a collection. */
export type Row = Record<string, unknown>;

/** Whether a value is a JSON object, and no list. */
export function isRow(value: unknown): value is Row {
  return Predicate.isObject(value);
}

/** A value as a JSON object; an empty one where it is anything else. */
export function objectIn(value: unknown): Row {
  return isRow(value) ? value : {};
}

/** A value as a list; an empty one where it is anything else. */
export function listIn(value: unknown): ReadonlyArray<unknown> {
  return Array.isArray(value) ? value : [];
}

/** The JSON objects in a list. */
export function objectsIn(value: unknown): ReadonlyArray<Row> {
  return listIn(value).filter(isRow);
}

/** The answer to a request: JSON in an envelope, or anything else. */
export type Reply =
  | { readonly status: number; readonly json: Row; readonly retryAfter?: number }
  | RawReply;

/** An answer that is no JSON in an envelope: a file, an HTML page, or what a recording has. */
export interface RawReply {
  /** HTTP status. */
  readonly status: number;
  /** Its body. */
  readonly text: string | Uint8Array;
  /** Its content type. */
  readonly type: string;
  /** The header `Location`. */
  readonly location?: string;
  /** The header `Retry-After`. */
  readonly retryAfter?: number | string;
  /** The header `Allow`. */
  readonly allow?: string;
  /** The connection breaks before the body is complete. */
  readonly cut?: boolean;
}

// ---- envelopes ------------------------------------------------------------------------------------------------------

/** A successful answer in its envelope. */
export function answer(data: unknown, status = 200, extra: Row = {}): Reply {
  return {
    status,
    json: {
      status: { code: status, is_success: true, user_message: "Success!", developer_message: "" },
      data,
      extra,
      error_code: null,
    },
  };
}

/** A failure in its envelope. */
export function refuse(status: number, user_message: string, data: unknown = null): Reply {
  return { status, json: { status: { code: status, is_success: false, user_message, developer_message: "" }, data } };
}

/**
 * 400 for a wrong body, by field, as recorded in https://github.com/dbt-labs/terraform-provider-dbtcloud/issues/245.
 */
export function invalid(data: Row): Reply {
  return refuse(400, "The request was invalid. Please double check the provided data and try again.", data);
}

/** 404: dbt Cloud answers the same for a missing row and for one that the token may not see. */
export function notFound(): Reply {
  return refuse(404, "The requested resource was not found. Please check that you have the proper permissions.");
}

/**
 * The answer for a verb that a path does not have, as Django REST framework gives it: 405, and 200 with a description
 * for OPTIONS. HEAD is answered as GET. `verbs` are the verbs that the path has.
 */
export function otherVerb(verb: string, verbs: ReadonlyArray<string>): Reply {
  const allow = [...verbs, ...verbs.includes("GET") ? ["HEAD"] : [], "OPTIONS"].join(", ");
  return verb === "OPTIONS"
    ? {
      ...jsonText(200, { name: "", description: "", renders: ["application/json"], parses: ["application/json"] }),
      allow,
    }
    // https://github.com/dbt-labs/dbt-cloud-openapi-spec/issues/7
    : { ...jsonText(405, { detail: `Method "${verb}" not allowed.` }), allow };
}

/** JSON without an envelope. */
export function jsonText(status: number, value: unknown, type = "application/json"): RawReply {
  return { status, text: JSON.stringify(value), type };
}

/** An HTML page without an envelope, as a gateway or a web server in front of dbt Cloud answers. */
export function htmlPage(status: number, title: string): Reply {
  const text =
    `<!doctype html>\n<html lang="en">\n<head><title>${title}</title></head>\n<body>\n  <h1>${title}</h1>\n</body>\n</html>\n`;
  return { status, text, type: "text/html; charset=utf-8" };
}

// ---- times ----------------------------------------------------------------------------------------------------------

/** `2024-05-27 10:42:16.179000+00:00` */
export function stamp(milliseconds: number): string {
  const iso = new Date(milliseconds).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}000+00:00`;
}

/** `2024-05-27T10:42:16.179000Z`, as dbt's artifacts have it. */
export function stampZ(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace("Z", "000Z");
}

/** `10:42:16`, as dbt's logs have it. */
export function timeOfDay(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(11, 19);
}

/** Reads a time as milliseconds since 1970; without a zone it is UTC. NaN where the text is no time. */
export function parseTime(text: string): number {
  const iso = text.trim().replace(" ", "T");
  return Date.parse(iso.includes("T") && !/(Z|[+-]\d\d:?\d\d)$/i.test(iso) ? `${iso}Z` : iso);
}

/** `00:01:37` */
export function duration(milliseconds: number): string {
  const seconds = Math.floor(Math.max(0, milliseconds) / 1000);
  return [seconds / 3600, seconds / 60 % 60, seconds % 60].map((part) => String(Math.floor(part)).padStart(2, "0"))
    .join(":");
}

const units: ReadonlyArray<readonly [string, number]> = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** `1 minute, 37 seconds`; less than a second is `0 minutes`. */
export function humanizedDuration(milliseconds: number): string {
  let seconds = Math.floor(Math.max(0, milliseconds) / 1000);
  const first = units.findIndex(([, size]) => seconds >= size);
  if (first < 0) return "0 minutes";
  const parts: Array<string> = [];
  for (const [name, size] of units.slice(first, first + 2)) {
    const count = Math.floor(seconds / size);
    if (count > 0) parts.push(`${count} ${name}${count === 1 ? "" : "s"}`);
    seconds -= count * size;
  }
  return parts.join(", ");
}
