/**
 * Comparing the values of environment variables of two environments.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as envVars from "../api/env_vars.ts";
import type { Dbt } from "../dbt.ts";
import { type DbtError, unsendable } from "../error.ts";
import { own } from "../request.ts";
import type { DiffEnvironments } from "./env_var_requests.ts";
import { findEnvironment, isMask, isSecretName, isSet, placeOf, projectDefault } from "./env_var_values.ts";

/** The values of one variable in two environments. */
export interface VariableDiff {
  /** The variable's name. */
  readonly variable: string;
  /**
   * How they differ: `added` is set only after, `removed` only before, `changed` has two values. `unknown` are secrets
   * that may differ: dbt Cloud does not show them.
   */
  readonly change: "added" | "removed" | "changed" | "unknown";
  /** The value before; null for a secret, and where it is not set. */
  readonly before: string | null;
  /** The value after; null for a secret, and where it is not set. */
  readonly after: string | null;
  /** Where the value before is set: in the environment, or as the project's default; null where it is not set. */
  readonly before_from: "environment" | "project" | null;
  /** Where the value after is set. */
  readonly after_from: "environment" | "project" | null;
  /** Whether the variable is a secret. */
  readonly secret: boolean;
}

/** How the variables of two environments differ. */
export interface EnvironmentDiff {
  /** The name of the environment to compare with. */
  readonly before: string;
  /** The name of the environment to compare. */
  readonly after: string;
  /** The variables that differ, by name. */
  readonly variables: ReadonlyArray<VariableDiff>;
  /** The number of variables that do not differ. */
  readonly same: number;
}

/** Compares two environments: see `envVars.diff`. */
export const diffEnvironments: (request: DiffEnvironments) => Effect.Effect<EnvironmentDiff, DbtError, Dbt> = Effect.fn(
  "envVars.diff",
)(function* ({ after_environment_id, before_environment_id, ...inProject }) {
  const endpoint = "envVars.diff";
  const [before, after] = yield* Effect.all([
    findEnvironment(endpoint, inProject, before_environment_id),
    findEnvironment(endpoint, inProject, after_environment_id),
  ], { concurrency: 2 });
  if (before.project_id !== after.project_id) {
    const detail = `${before.name} and ${after.name} are environments of different projects`;
    return yield* unsendable(endpoint, detail);
  }
  const { variables } = yield* envVars.list({ ...inProject, ...placeOf(before) });
  const all = Object.entries(variables ?? {}).toSorted(([a], [b]) => a < b ? -1 : 1).map(([variable, values]) =>
    diffOf(variable, values ?? {}, [before.name ?? "", after.name ?? ""])
  );
  const differing = all.filter((diff) => diff !== undefined);
  return {
    before: before.name ?? String(before.id),
    after: after.name ?? String(after.id),
    variables: differing,
    same: all.length - differing.length,
  };
});

type Values = Readonly<Record<string, envVars.Value | null>>;

/** How a variable differs; undefined where it does not. */
function diffOf(
  variable: string,
  values: Values,
  [before, after]: readonly [string, string],
): VariableDiff | undefined {
  const [old, now] = [effective(values, before), effective(values, after)];
  const secret = isSecretName(variable) || isMask(old.value) || isMask(now.value);
  const shareOne = old.from === now.from && old.from !== "environment";
  const areEqual = !secret && old.from !== null && now.from !== null && old.value === now.value;
  if (shareOne || areEqual) return undefined;
  return {
    variable,
    change: old.from === null ? "added" : now.from === null ? "removed" : secret ? "unknown" : "changed",
    before: secret ? null : old.value,
    after: secret ? null : now.value,
    before_from: old.from,
    after_from: now.from,
    secret,
  };
}

/** The value that an environment's runs get: its own, or the project's default. */
function effective(values: Values, environment: string): {
  readonly value: string | null;
  readonly from: VariableDiff["before_from"];
} {
  const [ofEnvironment, ofProject] = [own(values, environment), own(values, projectDefault)];
  if (isSet(ofEnvironment)) return { value: ofEnvironment?.value ?? null, from: "environment" };
  return { value: ofProject?.value ?? null, from: isSet(ofProject) ? "project" : null };
}
