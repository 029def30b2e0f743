/**
 * Jobs of dbt Cloud as a file, in the format of dbt-jobs-as-code.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import { escapeControls } from "../client/redact.ts";
import type { Dbt } from "../dbt.ts";
import { type DbtError, unsendable } from "../error.ts";
import {
  accountOf,
  concurrency,
  idsIn,
  isInScope,
  listEnvironments,
  listJobs,
  listProjects,
  listVariables,
  type LiveJob,
  type Override,
  readOverridesOf,
  relatedOverrides,
} from "./account_jobs.ts";
import { defaults, yearly } from "./canonical_job.ts";
import { isSecretName } from "../workflows/env_var_values.ts";
import { objectOf } from "./declared_values.ts";
import { identifierPattern, untag } from "./identifier_tag.ts";
import type { ExportJobs } from "./jobs_as_code_types.ts";

/** An exported file, and what its reader has to know. */
export interface ExportedJobs {
  /** The YAML. */
  readonly text: string;
  /** What the file cannot have, and what is not as it should be. */
  readonly warnings: ReadonlyArray<string>;
}

/** By this line, editors check the file. Theirs has it too. */
const schemaLine =
  "# yaml-language-server: $schema=https://raw.githubusercontent.com/dbt-labs/dbt-jobs-as-code/main/src/" +
  "dbt_jobs_as_code/schemas/load_job_schema.json";

/** Keys that dbt-jobs-as-code demands; others are left out where they have its default. */
const demanded = new Set([
  "account_id",
  "name",
  "settings",
  "run_generate_sources",
  "generate_docs",
  "triggers",
  "job_type",
]);

/** Exports jobs. */
export const exportJobsFile: (request: ExportJobs) => Effect.Effect<ExportedJobs, DbtError, Dbt> = Effect.fn(
  "jobs.export",
)(function* (request) {
  const account_id = yield* accountOf("jobs.export", request);
  const all = yield* listJobs(account_id);
  const ids = idsIn(request.job_id, request.job_id__in);
  const missing = [...ids ?? []].find((id) => !all.some(({ job }) => job.id === id));
  if (missing !== undefined) {
    const detail = `there is no job ${missing}, or this token may not see it`;
    return yield* unsendable("jobs.export", detail);
  }
  const live = all.filter(({ job, tag }) =>
    isInScope(request, job) && (ids?.has(job.id) ?? true) && (request.managed_only !== true || tag !== undefined)
  );
  const variables = yield* listVariables(account_id, live.flatMap(({ job }) => job.project_id ?? []));
  const overrides = yield* Effect.forEach(live, ({ job }) => {
    const project_id = job.project_id ?? 0;
    const related = relatedOverrides(job);
    return related !== undefined
      ? Effect.succeed(related)
      : (variables.get(project_id)?.size ?? 0) === 0
      ? Effect.succeed(new Map<string, Override>())
      : readOverridesOf(account_id, project_id, job.id);
  }, { concurrency });
  const names = request.names === true ? yield* namesOf(account_id) : undefined;
  const keys = keysOf(live);
  const warnings: Array<string> = [...keys.warnings];
  const identifiers = new Map(live.map(({ job }, index) => [job.id, keys.names[index]]));
  const exported = Object.fromEntries(live.map((one, index) => {
    const key = keys.names[index] ?? "";
    return [
      key,
      fileJob(one, overrides[index] ?? new Map(), request, { ids: names, identifiers, key, warnings }),
    ];
  }));
  const { Document, visit } = yield* Effect.promise(() => import("yaml"));
  const document = new Document({ jobs: exported }, { version: "1.2", aliasDuplicateObjects: false });
  // In quotes, such text stands in one line, with escapes for what a terminal or a CI system obeys.
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value === "string" && steers.test(node.value)) node.type = "QUOTE_DOUBLE";
    },
  });
  const body = escapeControls(document.toString({ lineWidth: 0, doubleQuotedAsJSON: true }));
  const templates = live.filter(({ job }) =>
    /\{[{%#]/.test(JSON.stringify(job.execute_steps ?? []) + (job.name ?? ""))
  );
  for (const { job } of templates) {
    warnings.push(`job ${job.id} has {{ or {% in its name or steps: with variables, write {% raw %} around it`);
  }
  return { text: `${schemaLine}\n\n${body}`, warnings };
});

/** What a terminal or a CI system obeys: see `escapeControls`, and `::error::` at the beginning of a line. */
// deno-lint-ignore no-control-regex
const steers = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|##\w*\[|^\s*::/m;

/** The names of projects and environments. */
const namesOf = Effect.fnUntraced(function* (account_id: number) {
  const [projects, environments] = yield* Effect.all([listProjects(account_id), listEnvironments(account_id)], {
    concurrency: "unbounded",
  });
  const byId = (things: ReadonlyArray<{ readonly id: number; readonly name: string }>) =>
    new Map<unknown, string>(things.flatMap(({ id, name }) => /^\d*$/.test(name) ? [] : [[id, name] as const]));
  return { projects: byId(projects), environments: byId(environments) };
});

/** The identifiers of jobs: of their tags, else made of their names, so that they stay the same. */
function keysOf(live: ReadonlyArray<LiveJob>) {
  const taken = new Set(live.flatMap(({ tag }) => tag?.identifier ?? []));
  const seen = new Set<string>();
  const warnings: Array<string> = [];
  const names = live.map(({ job, name, tag }) => {
    if (tag !== undefined && !seen.has(tag.identifier)) {
      seen.add(tag.identifier);
      return tag.identifier;
    }
    const slug = tag?.identifier ??
      (name.normalize("NFKD").toLowerCase().replaceAll(/[^a-z0-9]+/g, "_").replaceAll(/^_+|_+$/g, "") || "job");
    const free = [slug, `${slug}_${job.id}`].find((one) => !taken.has(one) && identifierPattern.test(one)) ??
      `job_${job.id}`;
    taken.add(free);
    if (tag !== undefined) {
      warnings.push(`job ${job.id} has the tag [[${tag.identifier}]], as another job does: it is ${free} in the file`);
    }
    return free;
  });
  return { names, warnings };
}

interface ExportContext {
  readonly ids: { readonly projects: Map<unknown, string>; readonly environments: Map<unknown, string> } | undefined;
  readonly identifiers: ReadonlyMap<number, string | undefined>;
  readonly key: string;
  readonly warnings: Array<string>;
}

/** A job in the form of a file. Where it has a default, the key is left out, unless dbt-jobs-as-code demands it. */
function fileJob(
  { job, name }: LiveJob,
  overrides: ReadonlyMap<string, Override>,
  { include_linked_id }: ExportJobs,
  { identifiers, ids, key, warnings }: ExportContext,
): Readonly<Record<string, unknown>> {
  const condition = job.job_completion_trigger_condition?.condition;
  const isSelf = job.deferring_job_definition_id === job.id;
  // An id has the same meaning for dbt-jobs-as-code, an identifier only for dbtc.
  const job_id = (id: number | null | undefined) => ids === undefined ? id : identifiers.get(id ?? NaN) ?? id;
  const project = (id: unknown) => ids?.projects.get(id) ?? id;
  const environment = (id: unknown) => ids?.environments.get(id) ?? id;
  const { custom_branch_only: _, ...triggers } = job.triggers ?? {};
  const fields: Record<string, unknown> = {
    ...include_linked_id === true ? { linked_id: job.id } : {},
    ...ids === undefined ? { account_id: job.account_id } : {},
    project_id: project(job.project_id),
    environment_id: environment(job.environment_id),
    dbt_version: job.dbt_version,
    name,
    description: untag(job).description,
    job_type: job.job_type,
    settings: {
      threads: job.settings?.threads ?? defaults.settings.threads,
      target_name: job.settings?.target_name ?? "default",
    },
    execution: job.execution?.timeout_seconds ? { timeout_seconds: job.execution.timeout_seconds } : undefined,
    deferring_environment_id: environment(job.deferring_environment_id),
    deferring_job_definition_id: isSelf ? null : job_id(job.deferring_job_definition_id),
    ...isSelf ? { self_deferring: true } : {},
    run_generate_sources: job.run_generate_sources ?? false,
    run_lint: job.run_lint,
    errors_on_lint_failure: job.errors_on_lint_failure,
    execute_steps: job.execute_steps ?? [],
    generate_docs: job.generate_docs ?? false,
    schedule: { cron: job.schedule?.cron ?? yearly },
    triggers: { github_webhook: triggers.github_webhook ?? false, ...triggers },
    triggers_on_draft_pr: job.triggers_on_draft_pr,
    run_compare_changes: job.run_compare_changes,
    compare_changes_flags: job.compare_changes_flags,
    cost_optimization_features: job.cost_optimization_features,
    job_completion_trigger_condition: condition === null || condition === undefined ? undefined : {
      condition: {
        job_id: job_id(condition.job_id),
        project_id: project(condition.project_id),
        statuses: condition.statuses,
      },
    },
    custom_environment_variables: overrides.size === 0 ? undefined : [...overrides].map(([variable, { value }]) => {
      if (!isSecretName(variable)) return { [variable]: value };
      warnings.push(
        `${key}: nobody can read the secret ${variable}. The file has a variable in its place: give its value with --vars`,
      );
      return { [variable]: `{{ ${variable} }}` };
    }),
  };
  return Object.fromEntries(
    Object.entries(fields).filter(([field, value]) =>
      value !== undefined && (demanded.has(field) || !isDefault(field, value))
    ),
  );
}

/** Whether dbt-jobs-as-code takes this very value where the key is left out: of some, null is another value to it. */
function isDefault(field: string, value: unknown): boolean {
  if (field === "deferring_job_definition_id") return value === null;
  const fallback = objectOf(defaults)?.[field];
  return Object.hasOwn(defaults, field) && JSON.stringify(fallback) === JSON.stringify(value);
}

/** Exports jobs as YAML. */
export const exportJobs: (request: ExportJobs) => Effect.Effect<string, DbtError, Dbt> = (request) =>
  Effect.map(exportJobsFile(request), ({ text }) => text);
