/**
 * The requests of the workflows of the group `envVars`, in a file of their own: `deno doc` lists what a group re-exports
 * with `export *`, and leaves out what it re-exports by name.
 *
 * @module
 */
import type { NewValue } from "../api/env_vars.ts";
import type { InProject } from "../shared_fields.ts";

/** What `envVars.set` asks for. */
export interface SetValue extends InProject {
  /** The variable's name, such as `DBT_SIZE`. */
  readonly name: string;
  /** The value. Pass a secret as `Redacted`, so that nothing prints it. */
  readonly value: NewValue;
  /** The environment that gets the value (default: the project's default value is set). */
  readonly environment_id?: number;
  /** The job that gets the value, which overrides those of the project and the environment. */
  readonly job_definition_id?: number;
}

/** What `envVars.unset` asks for. */
export interface UnsetValue extends InProject {
  /** The variable's name. */
  readonly name: string;
  /** The environment whose value is deleted (default: the project's default value is deleted). */
  readonly environment_id?: number;
  /** The job whose override is deleted. */
  readonly job_definition_id?: number;
  /** Delete the variable with all its values (default: false). */
  readonly all?: boolean;
}

/** What `envVars.diff` asks for. */
export interface DiffEnvironments extends InProject {
  /** The environment to compare with. */
  readonly before_environment_id: number;
  /** The environment to compare. */
  readonly after_environment_id: number;
}
