/**
 * What the commands of jobs as code share: flags that name files, where new tags go, and what they print.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import { variable } from "../../client/environment_variables.ts";
import { defined } from "../../defined.ts";
import { commandName } from "../../groups/table_entry.ts";
import { readVars } from "../../jobs_as_code/read_vars.ts";
import { argumentList, file, many, one, text } from "../input/flag_types.ts";
import { readJobFiles } from "../input/job_files.ts";
import { usage } from "../output/exit_code.ts";
import { clean } from "../output/safe_text.ts";
import { note } from "../output/write_output.ts";

/** The flags that name files. */
export const fileFlags = {
  files: argumentList("files", file, "Files, folders or globs of jobs in YAML; - for stdin"),
  varsYml: many("vars-yml", file, "File, folder or glob with the values of variables"),
  vars: one("vars", text("yaml"), "Values of variables, such as 'tier: prod'; they override those of files"),
};

export interface FileFlags {
  readonly files: ReadonlyArray<string>;
  readonly varsYml: ReadonlyArray<string>;
  readonly vars: string | undefined;
}

/** The part of a request that comes from files. */
export const readFiles = Effect.fnUntraced(function* (endpoint: string, { files, vars, varsYml }: FileFlags) {
  if (files.length === 0) {
    return yield* usage(`Which files? Name files, folders or globs: dbtc ${commandName(endpoint)} jobs.yml`);
  }
  const read = yield* readJobFiles(files);
  const values = yield* readVars(endpoint, yield* readJobFiles(varsYml), vars);
  return { files: read, ...defined({ vars: values }) };
});

/** Where new tags go, as dbt-jobs-as-code has it: https://github.com/dbt-labs/dbt-jobs-as-code#environment-variables */
export const useDescription = Effect.fnUntraced(function* (given: boolean | undefined) {
  const value = (yield* variable("DBT_JOBS_AS_CODE_USE_DESC_FOR_ID"))?.toLowerCase();
  const isSet = given ?? (value === undefined ? undefined : ["1", "true", "yes", "on"].includes(value));
  return defined({ use_desc_for_id: isSet });
});

/** Filters with several values, which `--project-id` and the like have too. */
export const hidden = ["project-id-in", "environment-id-in", "job-id-in"];

/** Prints the warnings of a plan on stderr. */
export const noteWarnings = (warnings: ReadonlyArray<string>) =>
  Effect.forEach(warnings, (warning) => note(`dbtc: warning: ${clean(warning)}`), { discard: true });
