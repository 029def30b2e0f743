/**
 * Reads files of jobs: which jobs they declare, with each value in the form that dbt Cloud takes, and what is wrong with
 * them. The keys of a job are the fields of `jobs.create`, and those that only files have.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import * as SchemaAST from "effect/SchemaAST";
import * as jobs from "../api/jobs.ts";
import type { JobsFiles } from "./jobs_as_code_types.ts";
import { identifierPattern, longestDescription, untag } from "./identifier_tag.ts";
import { described, type Located, type LocatedMap, readYaml } from "./located_yaml.ts";
import { didYouMean, type Place, type Problems } from "./problems.ts";
import { renderTemplate } from "./render_template.ts";

/** The override of an environment variable, as a file has it. */
export interface DeclaredOverride {
  /** The value; null to delete the override. */
  readonly value: string | null;
  /** Where it is. */
  readonly at: Place;
}

/** A job, as a file has it. */
export interface DeclaredJob extends Place {
  /** The identifier: the job's key. */
  readonly key: string;
  /** The filter of a tag in the name. */
  readonly filter: string;
  /** The fields that the file names. Ids may be names or identifiers still. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The place of a field, such as `triggers.schedule`. */
  readonly placeOf: (path: string) => Place;
  /** The id of the job in dbt Cloud, for a job that has no tag yet. */
  readonly linked_id: number | undefined;
  /** Whether the job defers to itself. */
  readonly self_deferring: boolean;
  /** The overrides of environment variables, by name. */
  readonly overrides: ReadonlyMap<string, DeclaredOverride>;
}

/** What files declare. */
export interface Declared {
  /** The jobs, by identifier. */
  readonly jobs: ReadonlyArray<DeclaredJob>;
  /** The account that the files name. */
  readonly account_id: { readonly value: number; readonly at: Place } | undefined;
  /** Where the files say that new tags go. */
  readonly identifiers_in: "name" | "description" | undefined;
}

// ---- keys -----------------------------------------------------------------------------------------------------------

/** The fields that dbt Cloud takes, from the endpoint: a field that dbt adds there is a key here. */
const known = new Map<string, SchemaAST.AST>(
  Object.entries<Schema.Codec<unknown, unknown>>(jobs.create.request).map(([name, { ast }]) => [name, ast]),
);
/** The keys that only files have. */
const ownKeys = ["linked_id", "id", "identifier", "self_deferring", "custom_environment_variables"];
/** Ids that a file may give as a name or an identifier. */
const references = new Set([
  "project_id",
  "environment_id",
  "deferring_environment_id",
  "deferring_job_definition_id",
  "job_completion_trigger_condition.condition.job_id",
  "job_completion_trigger_condition.condition.project_id",
]);
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
        if (id !== undefined && account_id !== undefined && account_id.value !== id) {
          const { file, line } = account_id.at;
          problems.refuse(
            at,
            `account_id ${id}, but ${file}:${line} has ${account_id.value}: files of one plan have one`,
          );
        } else if (id !== undefined) account_id ??= { value: id, at };
      } else if (name === "identifiers_in") {
        const word = value.kind === "scalar" ? value.value : undefined;
        if (word === "name" || word === "description") identifiers_in = word;
        else problems.refuse(value, `identifiers_in: expected name or description, and this is ${described(value)}`);
      } else if (name !== "jobs") {
        const meant = didYouMean(name, topLevel);
        if (meant !== "") problems.warn(at, `unknown key ${name}, which is not read${meant}`);
      }
    }
    for (const job of jobsIn(root, problems)) {
      const other = found.get(job.key);
      if (other === undefined) found.set(job.key, job);
      else problems.refuse(job, `the identifier ${job.key} is also at ${other.file}:${other.line}: rename one of them`);
    }
  }
  const named = new Map<number, Place>();
  for (const { fields, placeOf } of found.values()) {
    if (typeof fields.account_id === "number" && !named.has(fields.account_id)) {
      named.set(fields.account_id, placeOf("account_id"));
    }
  }
  for (const [value, at] of named) {
    if (account_id === undefined) account_id = { value, at };
    else if (account_id.value !== value) {
      const { file, line } = account_id.at;
      problems.refuse(
        at,
        `account_id ${value}, but ${file}:${line} has ${account_id.value}: files of one plan have one`,
      );
    }
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

/** What dbt Cloud refuses, and the file can already tell. */
function checkRules({ fields, key, placeOf, self_deferring }: DeclaredJob, problems: Problems): void {
  const { cost_optimization_features: features, deferring_job_definition_id, job_type, state } = fields;
  const refuse = (path: string, text: string) => problems.refuse(placeOf(path), `${key}: ${text}`);
  const isForCi = job_type === "ci" || job_type === "merge";
  const schedule = objectOf(fields.schedule);
  if (self_deferring && (deferring_job_definition_id ?? null) !== null) {
    refuse("self_deferring", "self_deferring and deferring_job_definition_id exclude each other");
  }
  if (typeof fields.description === "string" && fields.description.length > longestDescription) {
    refuse("description", `description has ${fields.description.length} characters: at most ${longestDescription}`);
  }
  if (Array.isArray(fields.execute_steps) && fields.execute_steps.length === 0) {
    refuse("execute_steps", "execute_steps is empty: expected commands such as dbt build");
  }
  if (typeof job_type === "string" && !Object.values<string>(jobs.JobType).includes(job_type)) {
    refuse("job_type", `job_type: expected ${Object.values(jobs.JobType).join(", ")}, and this is "${job_type}"`);
  }
  if (state !== undefined && state !== null && state !== 1) {
    refuse("state", "state: only 1, active. To delete a job, take it out of the file and use --prune=delete");
  }
  if (objectOf(fields.triggers)?.schedule === true && !isForCi && schedule === undefined) {
    refuse("triggers.schedule", "schedule is missing: triggers.schedule is true");
  }
  if (
    schedule !== undefined && (typeof schedule.cron !== "string" || !isCron(schedule.cron)) && !derivesCron(schedule)
  ) {
    const cron = schedule.cron === undefined ? "missing" : `"${String(schedule.cron)}"`;
    refuse("schedule.cron", `schedule.cron is ${cron}: expected five fields, such as "0 6 * * *"`);
  }
  if (objectOf(fields.triggers)?.custom_branch_only !== undefined) {
    problems.warn(
      placeOf("triggers.custom_branch_only"),
      `${key}: dbt Cloud refuses custom_branch_only; it is not sent`,
    );
  }
  // The rules of terraform-provider-dbtcloud 664 and 715.
  if (isForCi && Array.isArray(features) && features.some((feature) => feature !== "dbt_state")) {
    refuse("cost_optimization_features", "cost_optimization_features of a CI or merge job: expected [] or [dbt_state]");
  }
  if (fields.force_node_selection !== undefined && fields.force_node_selection !== null) {
    if (isForCi) refuse("force_node_selection", "dbt Cloud refuses force_node_selection for CI and merge jobs");
    else if (features !== undefined) {
      refuse("force_node_selection", "force_node_selection and cost_optimization_features exclude each other");
    }
  }
  const statuses = objectOf(objectOf(fields.job_completion_trigger_condition)?.condition)?.statuses;
  if (
    Array.isArray(statuses) &&
    statuses.some((status) => !Object.values<unknown>(jobs.CompletionStatus).includes(status))
  ) {
    refuse(
      "job_completion_trigger_condition.condition.statuses",
      "statuses: expected 10 (success), 20 (error) and 30 (cancelled)",
    );
  }
}

function isCron(cron: string): boolean {
  return /^@[a-z]+$/.test(cron.trim()) || /^[\d*/,\-?#A-Za-z]+(\s+[\d*/,\-?#A-Za-z]+){4,5}$/.test(cron.trim());
}

/** Whether dbt Cloud makes the cron expression of a schedule itself. */
export function derivesCron(schedule: Readonly<Record<string, unknown>>): boolean {
  const type = objectOf(schedule.date)?.type;
  return type === "every_day" || type === "days_of_week";
}

/** A value, if it is an object. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Readonly<Record<string, unknown>> // an object that is no list
    : undefined;
}

// ---- overrides ------------------------------------------------------------------------------------------------------

/** Whether dbt Cloud keeps the value of a variable secret. */
export function isSecret(name: string): boolean {
  return name.startsWith("DBT_ENV_SECRET");
}

function readOverrides(
  key: string,
  list: Located | undefined,
  problems: Problems,
): ReadonlyMap<string, DeclaredOverride> {
  const overrides = new Map<string, DeclaredOverride>();
  if (list === undefined || isNull(list)) return overrides;
  if (list.kind !== "list") {
    problems.refuse(list, `${key}: custom_environment_variables: expected a list such as - DBT_SIZE: "M"`);
    return overrides;
  }
  for (const item of list.items) {
    if (item.kind !== "map") {
      problems.refuse(item, `${key}: expected NAME: value, and this is ${described(item)}`);
      continue;
    }
    for (const [name, { at, value }] of item.entries) {
      const earlier = overrides.get(name);
      if (!/^DBT_[A-Z0-9_]+$/.test(name)) {
        problems.refuse(at, `${key}: ${name}: a variable's name begins with DBT_ and is in upper case`);
      } else if (earlier !== undefined) {
        problems.refuse(at, `${key}: ${name} is also at ${earlier.at.file}:${earlier.at.line}`);
      } else if (value.kind !== "scalar") {
        problems.refuse(value, `${key}: ${name}: expected a text, and this is ${described(value)}`);
      } else if (value.value !== null && isSecret(name) && /^\*+$/.test(value.text)) {
        problems.refuse(
          value,
          `${key}: ${name}: asterisks are what dbt Cloud shows of a secret. Write a variable, such as "{{ ${name} }}", ` +
            "and give its value with --vars",
        );
      } else overrides.set(name, { value: value.value === null ? null : value.text, at });
    }
  }
  return overrides;
}

// ---- values ---------------------------------------------------------------------------------------------------------

function isNull(located: Located): boolean {
  return located.kind === "scalar" && located.value === null;
}

/** The words that dbt-jobs-as-code takes for booleans, in any case. */
const booleans = new Map([
  ...["true", "yes", "on", "y", "t", "1"].map((word) => [word, true] as const),
  ...["false", "no", "off", "n", "f", "0"].map((word) => [word, false] as const),
]);

function readBoolean(located: Located, path: string, problems: Problems): boolean | undefined {
  const value = located.kind === "scalar" ? booleans.get(located.text.toLowerCase()) : undefined;
  if (value === undefined) {
    problems.refuse(located, `${path}: expected true or false, and this is ${described(located)}`);
  }
  return value;
}

function readInt(located: Located, path: string, problems: Problems, what = "a number"): number | undefined {
  const text = located.kind === "scalar" ? located.text.trim() : "";
  // As a file has it, 010 is ten.
  const value = /^[-+]?\d[\d_]*$/.test(text) ? Number(text.replaceAll("_", "")) : NaN;
  if (Number.isSafeInteger(value)) return value;
  problems.refuse(located, `${path}: expected ${what}, and this is ${described(located)}`);
  return undefined;
}

/** A value in the form that a field's schema has. Undefined if it is wrong. */
function coerce(
  ast: SchemaAST.AST,
  located: Located,
  path: string,
  places: Map<string, Place>,
  problems: Problems,
): unknown {
  if (isNull(located)) return null;
  const inner = withoutNull(ast);
  if (SchemaAST.isObjects(inner)) {
    if (located.kind !== "map") {
      problems.refuse(located, `${path}: expected a map, and this is ${described(located)}`);
      return undefined;
    }
    const types = new Map(inner.propertySignatures.map(({ name, type }) => [String(name), type]));
    const members: Record<string, unknown> = {};
    for (const [name, { at, value }] of located.entries) {
      places.set(`${path}.${name}`, at);
      const type = types.get(name);
      if (type === undefined) {
        problems.warn(at, `unknown key ${path}.${name}, which is not sent${didYouMean(name, types.keys())}`);
        continue;
      }
      const member = coerce(type, value, `${path}.${name}`, places, problems);
      if (member !== undefined) members[name] = member;
    }
    return members;
  }
  if (SchemaAST.isArrays(inner)) {
    const item = inner.rest[0];
    if (located.kind !== "list" || item === undefined) {
      problems.refuse(located, `${path}: expected a list, and this is ${described(located)}`);
      return undefined;
    }
    return located.items.flatMap((value) => {
      if (isNull(value)) problems.refuse(value, `${path}: an item is empty`);
      return coerce(item, value, path, places, problems) ?? [];
    });
  }
  if (SchemaAST.isBoolean(inner)) return readBoolean(located, path, problems);
  if (SchemaAST.isNumber(inner)) {
    if (!references.has(path)) return readInt(located, path, problems);
    if (located.kind === "scalar" && !/^[-+]?\d[\d_]*$/.test(located.text.trim())) return located.text;
    return readInt(located, path, problems, "an id or a name");
  }
  if (located.kind === "scalar" && typeof located.value === "string") return located.value;
  const hint = located.kind === "scalar" ? `: put it in quotes, "${located.text}"` : "";
  problems.refuse(
    located,
    `${path}: expected a text, and this is ${located.kind === "scalar" ? located.text : described(located)}${hint}`,
  );
  return undefined;
}

/** The type beside null. */
function withoutNull(ast: SchemaAST.AST): SchemaAST.AST {
  if (!SchemaAST.isUnion(ast)) return ast;
  return ast.types.find((type) => !SchemaAST.isNull(type) && !SchemaAST.isUndefined(type)) ?? ast;
}
