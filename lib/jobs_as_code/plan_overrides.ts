/**
 * The changes of environment variables' overrides in a plan.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import type { Dbt } from "../dbt.ts";
import type { DbtError } from "../error.ts";
import { concurrency, listVariables, type Override, readOverridesOf, relatedOverrides } from "./account_jobs.ts";
import type { DeclaredJob } from "./declared_job.ts";
import { isSecretName } from "../workflows/env_var_values.ts";
import type { OverrideChange } from "./jobs_as_code_types.ts";
import type { MatchedJob } from "./match_jobs.ts";
import type { Problems } from "./problems.ts";

/** The changes of overrides, by identifier. */
export const overrideChanges = Effect.fnUntraced(function* (
  account_id: number,
  matched: ReadonlyArray<MatchedJob>,
  secrets: boolean,
  problems: Problems,
): Effect.fn.Return<ReadonlyMap<string, ReadonlyArray<OverrideChange>>, DbtError, Dbt> {
  const variables = yield* listVariables(account_id, matched.map(({ place }) => place.project_id));
  const changes = yield* Effect.forEach(
    matched,
    Effect.fnUntraced(function* ({ declared, live, place: { project_id } }) {
      const known = variables.get(project_id) ?? new Set();
      for (const [name, { at, value }] of declared.overrides) {
        if (known.has(name) || value === null) continue;
        problems.refuse(
          at,
          `${declared.key}: project ${project_id} has no variable ${name}. Create it first: ` +
            `dbtc env-vars set ${name} ${isSecretName(name) ? "-" : "VALUE"} --project ${project_id}`,
        );
      }
      const key = declared.key;
      if (live === undefined) return [key, compareOverrides(declared, new Map(), secrets)] as const;
      // An override needs a variable of the project.
      if (known.size === 0) return [key, []] as const;
      const related = relatedOverrides(live.job);
      if (related !== undefined && compareOverrides(declared, related, secrets).length === 0) return [key, []] as const;
      const project = live.job.project_id ?? project_id;
      return [
        key,
        compareOverrides(declared, yield* readOverridesOf(account_id, project, live.job.id), secrets),
      ] as const;
    }),
    { concurrency },
  );
  return new Map(changes);
});

/** The changes between the overrides of a job and those of a file. Of a secret one, only its presence is known. */
function compareOverrides(
  { overrides }: Pick<DeclaredJob, "overrides">,
  live: ReadonlyMap<string, Override>,
  secrets: boolean,
): ReadonlyArray<OverrideChange> {
  const names = [...new Set([...overrides.keys(), ...live.keys()])].toSorted();
  return names.flatMap((name): ReadonlyArray<OverrideChange> => {
    const [before, after] = [live.get(name)?.value, overrides.get(name)?.value ?? undefined];
    if (after === undefined) return before === undefined ? [] : [{ action: "delete", name, before }];
    const shown = isSecretName(name) ? Redacted.make(after) : after;
    if (before === undefined) return [{ action: "create", name, after: shown }];
    const isSame = isSecretName(name) ? !secrets : before === after;
    return isSame ? [] : [{ action: "update", name, before, after: shown }];
  });
}
