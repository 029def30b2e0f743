/**
 * Reads files of jobs: which jobs they declare, with each value in the form that dbt Cloud takes, and what is wrong with
 * them. The keys of a job are the fields of `jobs.create`, and those that only files have.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as Schema from "effect/Schema";
import type * as SchemaAST from "effect/SchemaAST";
import * as jobs from "../api/jobs.ts";
import { distance } from "../nearest.ts";
import type { JobsFiles } from "./jobs_as_code_types.ts";
import type { Declared, DeclaredJob } from "./declared_job.ts";
import { checkRules } from "./declared_job_rules.ts";
import { readOverrides } from "./declared_overrides.ts";
import { coerce, isNull, readBoolean, readInt } from "./declared_values.ts";
import { identifierPattern, untag } from "./identifier_tag.ts";
import { described, type LocatedMap, readYaml } from "./located_yaml.ts";
import { didYouMean, type Place, type Problems } from "./problems.ts";
import { renderTemplate } from "./render_template.ts";

// ---- keys -----------------------------------------------------------------------------------------------------------

/** The fields that dbt Cloud takes, from the endpoint: a field that dbt adds there is a key here. */
const known = new Map<string, SchemaAST.AST>(
  Object.entries<Schema.Codec<unknown, unknown>>(jobs.create.request).map(([name, { ast }]) => [name, ast]),
);
/** The keys that only files have. */
const ownKeys = ["linked_id", "id", "identifier", "self_deferring", "custom_environment_variables"];
/** Keys that are refused, and what to do instead. */
const refused: Readonly<Record<string, string>> = {
  generate_sources: "generate_sources is not supported: use run_generate_sources, which is the same",
};
const required = ["name", "project_id", "environment_id", "execute_steps"];
const topLevel = ["jobs", "account_id", "identifiers_in"];

// ---- files ----------------------------------------------------------------------------------------------------------

/** Reads files. What is wrong goes to `problems`; the result has what could be read. */
export const readDeclared = Effect.fnUntraced(function* (
  { files, vars }: Pick<JobsFiles, "files" | "vars">,
  problems: Problems,
): Effect.fn.Return<Declared> {
  const found = new Map<string, DeclaredJob>();
  let account_id: Declared["account_id"];
  let identifiers_in: Declared["identifiers_in"];
  const takeAccount = (value: number, at: Place) => {
    account_id ??= { value, at };
    if (account_id.value === value) return;
    const { file, line } = account_id.at;
    problems.refuse(at, `account_id ${value}, but ${file}:${line} has ${account_id.value}: files of one plan have one`);
  };
  for (const { path, text } of files) {
    const rendered = yield* renderTemplate(path, text, vars, problems);
    const root = rendered && (yield* readYaml(rendered.text, rendered.placeOf, problems));
    if (root === undefined || (root.kind === "scalar" && root.value === null)) continue;
    if (root.kind !== "map") {
      problems.refuse(root, `expected a map with the key jobs, and this is ${described(root)}`);
      continue;
    }
    for (const [name, { at, value }] of root.entries) {
      // Other keys are homes of anchors.
      if (name === "account_id") {
        const id = readInt(value, "account_id", problems);
        if (id !== undefined) takeAccount(id, at);
      } else if (name === "identifiers_in") {
        const word = value.kind === "scalar" ? value.value : undefined;
        if (word === "name" || word === "description") identifiers_in = word;
        else problems.refuse(value, `identifiers_in: expected name or description, and this is ${described(value)}`);
      } else if (name !== "jobs") {
        const meant = topLevel.find((known) => name.length > 2 && distance(name, known) <= 2);
        if (meant !== undefined) {
          problems.warn(at, `unknown key ${name}, which is not read. Did you mean "${meant}"?`);
        }
      }
    }
    for (const job of jobsIn(root, problems)) {
      const other = found.get(job.key);
      if (other === undefined) found.set(job.key, job);
      else problems.refuse(job, `the identifier ${job.key} is also at ${other.file}:${other.line}: rename one of them`);
    }
  }
  const named = new Set<number>();
  for (const { fields, placeOf } of found.values()) {
    const id = fields.account_id;
    if (typeof id !== "number" || named.has(id)) continue;
    named.add(id);
    takeAccount(id, placeOf("account_id"));
  }
  return {
    jobs: [...found.values()].toSorted((a, b) => a.key < b.key ? -1 : 1),
    account_id,
    identifiers_in,
  };
});

/** The jobs of a file. */
function jobsIn(root: LocatedMap, problems: Problems): ReadonlyArray<DeclaredJob> {
  const declared = root.entries.get("jobs")?.value;
  if (declared === undefined || (declared.kind === "scalar" && declared.value === null)) return [];
  if (declared.kind === "list" && declared.items.length === 0) return [];
  if (declared.kind !== "map") {
    problems.refuse(declared, `jobs: expected a map from identifiers to jobs, and this is ${described(declared)}`);
    return [];
  }
  return [...declared.entries].flatMap(([key, { at, value }]) => {
    if (!identifierPattern.test(key)) {
      problems.refuse(at, `the identifier "${key}" may only have letters, digits, _ and -`);
    } else if (value.kind !== "map") {
      problems.refuse(at, `${key}: expected a map with the fields of the job, and this is ${described(value)}`);
    } else return [readJob(key, at, value, problems)];
    return [];
  });
}

// ---- jobs -----------------------------------------------------------------------------------------------------------

function readJob(key: string, at: Place, map: LocatedMap, problems: Problems): DeclaredJob {
  const places = new Map<string, Place>();
  const fields: Record<string, unknown> = {};
  for (const [name, { at, value }] of map.entries) {
    places.set(name, at);
    const ast = known.get(name);
    if (Object.hasOwn(refused, name)) problems.refuse(at, refused[name] ?? name);
    else if (ast !== undefined) {
      const read = coerce(ast, value, name, places, problems);
      if (read !== undefined) fields[name] = read;
    } else if (!ownKeys.includes(name)) {
      problems.warn(
        at,
        `unknown key ${name}, which is not sent${didYouMean(name, [...known.keys(), ...ownKeys])}`,
      );
    }
  }
  const placeOf = (path: string): Place => {
    for (let rest = path; rest !== ""; rest = rest.replace(/\.?[^.]*$/, "")) {
      const place = places.get(rest);
      if (place !== undefined) return place;
    }
    return at;
  };
  for (const name of required) {
    // A value that is undefined here was wrong, and has been refused.
    if (fields[name] === null || !map.entries.has(name)) {
      problems.refuse(placeOf(name), `${key}: ${name} is missing`);
    }
  }
  const own = (name: string) => map.entries.get(name)?.value;
  const [linked, self, identifier, id] = [own("linked_id"), own("self_deferring"), own("identifier"), own("id")];
  if (identifier !== undefined && !(identifier.kind === "scalar" && identifier.text === key)) {
    problems.warn(identifier, `${key}: identifier is not read: the key ${key} is the identifier`);
  }
  if (id !== undefined && !(id.kind === "scalar" && id.value === null)) {
    problems.warn(id, `${key}: id is not read. To name a job that exists, use linked_id`);
  }
  const declared: DeclaredJob = {
    key,
    ...at,
    ...nameOf(key, fields, placeOf, problems),
    placeOf,
    linked_id: linked === undefined || isNull(linked) ? undefined : readInt(linked, `${key}: linked_id`, problems),
    self_deferring: self !== undefined && !isNull(self) &&
      readBoolean(self, `${key}: self_deferring`, problems) === true,
    overrides: readOverrides(key, own("custom_environment_variables"), problems),
  };
  checkRules(declared, problems);
  return declared;
}

/** A tag in a name is a filter, or a mistake. */
function nameOf(
  key: string,
  fields: Record<string, unknown>,
  placeOf: DeclaredJob["placeOf"],
  problems: Problems,
): Pick<DeclaredJob, "fields" | "filter"> {
  const [name, description] = [fields.name, fields.description].map((text) => typeof text === "string" ? text : "");
  const { tag } = untag({ name: name ?? "" });
  const other = untag({ name: "", description: description ?? "" }).tag;
  const wrong = [tag, other].find((found) => found !== undefined && found.identifier !== key);
  if (wrong !== undefined) {
    problems.refuse(
      placeOf(wrong.place),
      `${key}: the tag [[${wrong.identifier}]] in the ${wrong.place} differs from the key ${key}: take the tag out, or ` +
        "rename the key",
    );
  }
  const plain = untag({ name: name ?? "", description: description ?? "" });
  return {
    filter: tag?.filter ?? other?.filter ?? "",
    fields: {
      ...fields,
      ...typeof fields.name === "string" ? { name: plain.name } : {},
      ...typeof fields.description === "string" ? { description: plain.description } : {},
    },
  };
}
