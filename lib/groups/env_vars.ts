/**
 * The group `envVars`: its endpoints, and workflows that set, delete and compare values by environment. Their code is in
 * `lib/workflows`, and is loaded when the workflow runs.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import type { EnvVars } from "../api/env_vars.ts";
import { type Workflow, workflow } from "../endpoint.ts";
import { field, optional, secret } from "../schema.ts";
import { inProject } from "../shared_fields.ts";
import type { DiffEnvironments, SetValue, UnsetValue } from "../workflows/env_var_requests.ts";
import type { EnvironmentDiff } from "../workflows/env_var_diff.ts";
import type { ChangedValue } from "../workflows/env_var_values.ts";

export * from "../api/env_vars.ts";
export type * from "../workflows/env_var_requests.ts";

/**
 * Set the value of a variable for an environment or a job, or its default for the project.
 *
 * **When to use**
 *
 * To change one value. All other values of the variable stay as they are.
 *
 * **Details**
 *
 * Creates the variable if the project does not have it; a job can override only a variable that the project has. Two
 * requests, and one more if the request names an environment or a job.
 *
 * **Errors**
 *
 * `Unsendable` for an empty value, which would delete the variable's value in dbt Cloud, and for a secret of asterisks,
 * which is what dbt Cloud shows for it. `NotFound` for an unknown environment, job or variable of a job. `Invalid` if dbt Cloud refuses the value.
 *
 * @example
 * ```ts
 * import { DbtClient, envVars } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const client = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer()),
 * );
 * const program = envVars.set({ project_id: 1, environment_id: 1, name: "DBT_COLOR", value: "blue" });
 * const { environment, result } = await Effect.runPromise(program.pipe(Effect.provide(client)));
 * assert.deepEqual([environment, result], ["production", "created"]);
 * ```
 */
export const set: Workflow<SetValue, ChangedValue> = /* @__PURE__ */ workflow("envVars.set", () => ({
  summary: "Set the value of a variable for an environment or a job, or its default for the project",
  request: {
    name: field(Schema.String, "Name of the variable, such as DBT_SIZE"),
    value: field(Schema.Union([Schema.String, secret]), "Value"),
    ...inProject,
    environment_id: optional(
      field(Schema.Int, "Environment that gets the value (default: set the project's default value)"),
    ),
    job_definition_id: optional(
      field(Schema.Int, "Job that gets the value, which overrides those of the project and the environment"),
    ),
  },
  load: async () => (await import("../workflows/env_var_values.ts")).setValue,
}));

/**
 * Delete the value of a variable for an environment or a job, or its default for the project. With `all`, deletes the variable.
 *
 * **Details**
 *
 * Two requests, and one more if the request names an environment or a job.
 *
 * **Errors**
 *
 * `NotFound` if there is no such value: its message names the environments that have one. `Unsendable` if the request
 * names several of environment, job and `all`.
 */
export const unset: Workflow<UnsetValue, ReadonlyArray<ChangedValue>> = /* @__PURE__ */ workflow(
  "envVars.unset",
  () => ({
    summary: "Delete the value of a variable for an environment or a job, or its default for the project",
    request: {
      name: field(Schema.String, "Name of the variable"),
      ...inProject,
      environment_id: optional(
        field(Schema.Int, "Environment whose value is deleted (default: delete the project's default value)"),
      ),
      job_definition_id: optional(field(Schema.Int, "Job whose override is deleted")),
      all: optional(field(Schema.Boolean, "Delete the variable with all its values")),
    },
    load: async () => (await import("../workflows/env_var_values.ts")).unsetValue,
  }),
);

/**
 * Compare the environment variables of two environments.
 *
 * **Details**
 *
 * Compares the values that runs get: the environment's own, or the project's default. Overrides of jobs and users do not
 * count. dbt Cloud does not show secrets: of a secret, it is known only whether and where it is set. Three requests.
 *
 * **Errors**
 *
 * `NotFound` for an unknown environment, `Unsendable` for environments of different projects.
 *
 * @example
 * ```ts
 * import { DbtClient, envVars } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const client = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer()),
 * );
 * const diff = envVars.diff({ project_id: 1, before_environment_id: 1, after_environment_id: 2 });
 * const { after, before } = await Effect.runPromise(diff.pipe(Effect.provide(client)));
 * assert.deepEqual([before, after], ["production", "development"]);
 * ```
 */
export const diff: Workflow<DiffEnvironments, EnvironmentDiff> = /* @__PURE__ */ workflow("envVars.diff", () => ({
  summary: "Compare the environment variables of two environments",
  request: {
    before_environment_id: field(Schema.Int, "Environment to compare with"),
    after_environment_id: field(Schema.Int, "Environment to compare"),
    ...inProject,
  },
  load: async () => (await import("../workflows/env_var_diff.ts")).diffEnvironments,
}));

/** A row of the grid that {@linkcode gridOf} makes. */
export type GridRow = Readonly<Record<string, string | null>>;

/** The variables of a list as a grid: a row for each variable, with its value for each environment by name. */
export function gridOf(vars: EnvVars): ReadonlyArray<GridRow> {
  const columns = environmentsOf(vars);
  // An environment may be called as the column of names.
  const title = ["variable", "name", "variable name"].find((title) => !columns.includes(title)) ?? "variable";
  return Object.entries(vars.variables ?? {}).toSorted(([a], [b]) => a < b ? -1 : 1).map(([name, values]) =>
    Object.fromEntries([[title, name], ...columns.map((column) => [column, values?.[column]?.value ?? null])])
  );
}

/** The environments of a list: those that it names, and any others that have values. */
function environmentsOf({ environments, variables }: EnvVars): ReadonlyArray<string> {
  return [
    ...new Set([...environments ?? [], ...Object.values(variables ?? {}).flatMap((of) => Object.keys(of ?? {}))]),
  ];
}
