/**
 * Which fields of requests and rows are ids of things that have names: `deferring_environment_id` is the id of an
 * environment. The command line takes names for such fields, and tables show names in their place.
 *
 * @module
 */
import { type NamedKind, namedThings } from "./named_things.ts";

/** A kind of things that the command line finds: those with names, and runs, which only have URLs. */
export type FoundKind = NamedKind | "run";

/**
 * The words that fields have before the kind. Other words make it an id elsewhere, such as GitLab's of
 * `gitlab_project_id`.
 */
const idField =
  /^(?:before_|after_|deferring_|docs_|freshness_|primary_|desired_|created_by_)?([a-z_]+?)(?:_definition)?_ids?$/;

/** Kinds by other names that fields have for them. */
const otherNames: Readonly<Record<string, FoundKind>> = {
  private_link_endpoint: "private_endpoint",
  semantic_layer_credentials: "sl_creds",
};

/** The kind of the thing whose id a field has; undefined if the field is no such id. */
export function kindOfField(field: string): FoundKind | undefined {
  const noun = idField.exec(field)?.[1];
  if (noun === undefined) return undefined;
  const kind = Object.hasOwn(otherNames, noun) ? otherNames[noun] : noun;
  return kind !== undefined && isKind(kind) ? kind : undefined;
}

/** The words for kinds that are not just their names. */
const nouns: Readonly<Record<string, string>> = {
  integration: "lineage integration",
  oauth_configuration: "OAuth configuration",
  rule: "IP restriction",
  sl_creds: "Semantic Layer credential",
};

/** The word for a kind: `service token`. */
export function nounOf(kind: string): string {
  return (Object.hasOwn(nouns, kind) ? nouns[kind] : undefined) ?? kind.replaceAll("_", " ");
}

function isKind(text: string): text is FoundKind {
  return text === "run" || Object.hasOwn(namedThings, text);
}
