/**
 * The tag `[[identifier]]` in the name or description of a job, by which a job in dbt Cloud is known to a file.
 *
 * @module
 */
import type { Job } from "../models/job.ts";

/** The tag of a job. */
export interface Tag {
  /** The identifier: the key in the file. */
  readonly identifier: string;
  /** The filter before the identifier, such as `uat` in `[[uat:daily]]`; empty without a filter. */
  readonly filter: string;
  /** The field that has the tag. */
  readonly place: "name" | "description";
}

/** The name and the description of a job without its tag. */
export interface Untagged {
  /** The tag; undefined if the job has none. */
  readonly tag: Tag | undefined;
  /** The identifier in the description, where the name has another one. */
  readonly other: string | undefined;
  /** The name. */
  readonly name: string;
  /** The description. */
  readonly description: string;
}

/** What identifiers are made of. */
export const identifierPattern: RegExp = /^[A-Za-z0-9_-]+$/;

/** The longest description of a job, with its tag: dbt-jobs-as-code. */
export const longestDescription = 255;

const tagPattern = /\[\[(?:([*A-Za-z0-9_-]*):)?([A-Za-z0-9_-]+)\]\]/;

/** Takes the tag out of a job's name, or else of its description. */
export function untag({ name, description }: Pick<Job, "name" | "description">): Untagged {
  const inName = tagPattern.exec(name ?? "");
  const inDescription = tagPattern.exec(description ?? "");
  const found = inName ?? inDescription;
  const place = inName === null ? "description" : "name";
  const [, filter = "", identifier = ""] = found ?? [];
  return {
    tag: found === null ? undefined : { identifier, filter, place },
    other: inName !== null && inDescription !== null && inDescription[2] !== identifier ? inDescription[2] : undefined,
    name: without(name ?? "", inName),
    // A tag in both places stays in the description only where it is the one that counts.
    description: without(description ?? "", inDescription),
  };
}

/** A text without a tag, and without the blank before it. */
function without(text: string, found: RegExpExecArray | null): string {
  return found === null
    ? text
    : `${text.slice(0, found.index).replace(/ $/, "")}${text.slice(found.index + found[0].length)}`;
}

/** The name and the description of a job with a tag. */
export function withTag(
  { name, description }: { readonly name: string; readonly description: string },
  { filter, identifier, place }: Tag,
): { readonly name: string; readonly description: string } {
  const tag = `[[${filter === "" ? "" : `${filter}:`}${identifier}]]`;
  return place === "name"
    ? { name: `${name} ${tag}`.trimStart(), description }
    : { name, description: `${description} ${tag}`.trimStart() };
}
