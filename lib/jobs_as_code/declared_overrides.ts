/**
 * Overrides of environment variables in files: `custom_environment_variables`.
 *
 * @module
 */
import { isMask, isSecretName } from "../workflows/env_var_values.ts";
import { isNull } from "./declared_values.ts";
import { described, type Located } from "./located_yaml.ts";
import type { Place, Problems } from "./problems.ts";

/** The override of an environment variable, as a file has it. */
export interface DeclaredOverride {
  /** The value; null to delete the override. */
  readonly value: string | null;
  /** Where it is. */
  readonly at: Place;
}

/** Reads the overrides of a job. */
export function readOverrides(
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
      } else if (value.value !== null && isSecretName(name) && isMask(value.text)) {
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
