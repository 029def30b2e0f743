/**
 * `dbtc env-vars list`, `set`, `unset` and `diff`: the values of environment variables by environment.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import { capitalize } from "effect/String";
import * as envVars from "../../groups/env_vars.ts";
import { diffEnvironments, type EnvironmentDiff } from "../../workflows/env_var_diff.ts";
import { type ChangedValue, isSecretName, setValue, valuesToDelete } from "../../workflows/env_var_values.ts";
import { askSecret } from "../input/ask_person.ts";
import { nameTyped } from "../input/id_references.ts";
import { readStdin } from "../input/read_json.ts";
import { counted } from "../output/counted.ts";
import { usage } from "../output/exit_code.ts";
import { type Invocation, isForPeople, isWholeJson, print, styleFor } from "../output/print.ts";
import { clean } from "../output/safe_text.ts";
import { note, write } from "../output/write_output.ts";
import { callRow } from "./call_endpoint.ts";
import { confirm } from "./confirm.ts";
import { program } from "./program.ts";

/** Prints a grid of variables and environments; JSON is dbt Cloud's own. */
export const envVarsList = program(envVars.list, {
  flags: {},
  run: Effect.fnUntraced(function* ({ invocation, request, row }) {
    const style = yield* styleFor(invocation);
    if (invocation.raw || style.format === "json" || style.format === "jsonl") {
      return yield* callRow(row, { ...request }, invocation);
    }
    const grid = envVars.gridOf(yield* envVars.list(request));
    if (grid.length === 0) yield* note("No variables");
    yield* print(grid, invocation, { columns: Object.keys(grid[0] ?? {}) });
  }),
});

const secretRemedy = "Give - as the value, and the secret on stdin";

/** Sets one value. That of a secret comes from stdin or the terminal, never from the command line. */
export const envVarsSet = program(envVars.set, {
  flags: {},
  optional: ["value"],
  run: Effect.fnUntraced(function* ({ invocation, request: { value: typed, ...request } }) {
    const { name } = request;
    if (typed !== undefined && typed !== "-" && isSecretName(name)) {
      return yield* usage(
        `${name} is a secret: other users can read a command line, and the shell may keep it. ${secretRemedy}, or leave ` +
          "it out, and dbtc asks for it. Nothing was sent",
      );
    }
    if (typed === undefined && !isSecretName(name)) {
      return yield* usage(`Which value? Try: dbtc env-vars set ${name} VALUE (with -, dbtc reads it from stdin)`);
    }
    const value = typed === undefined ? yield* askSecret(`Value of ${name}`, secretRemedy) : typed === "-"
      // `echo` adds a line break.
      ? (yield* readStdin).replace(/\r?\n$/, "")
      : typed;
    yield* printChanges([yield* setValue({ ...request, value })], invocation);
  }),
});

/** Deletes values, after a question. What is not there is an error before the question. */
export const envVarsUnset = program(envVars.unset, {
  flags: {},
  run: Effect.fnUntraced(function* ({ invocation, request }) {
    const { remove, values } = yield* valuesToDelete(request);
    const { job_definition_id: job, name } = request;
    const places = values.map(placeName).join(", ");
    const jobName = job === undefined ? undefined : yield* nameTyped("job", job);
    const action = request.all
      ? `Delete ${name} with all its values: ${places}`
      : `Delete the value of ${name} for ${places}${jobName === undefined ? "" : ` "${jobName}"`}`;
    yield* confirm(clean(action), invocation);
    yield* remove;
    yield* printChanges(values, invocation);
  }),
});

/** What a value is set for. */
function placeName({ environment, job_definition_id }: ChangedValue): string {
  return environment === "project" ? "the project, as default" : environment ?? `job ${job_definition_id}`;
}

const printChanges = Effect.fnUntraced(function* (changes: ReadonlyArray<ChangedValue>, invocation: Invocation) {
  if (!isForPeople(yield* styleFor(invocation))) return yield* print(changes, invocation, { afterWrite: true });
  const lines = changes.map((change) => `${capitalize(change.result)} ${change.name} for ${placeName(change)}`);
  yield* write(Stream.make(`${lines.map(clean).join("\n")}\n`), invocation.output);
});

// ---- two environments -----------------------------------------------------------------------------------------------

/** Prints the variables that differ; of secrets, whether and where they are set. */
export const envVarsDiff = program(envVars.diff, {
  flags: {},
  run: Effect.fnUntraced(function* ({ invocation, request }) {
    const diff = yield* diffEnvironments(request);
    const columns = ["variable", "change", "before", "after", "before_from", "after_from", "secret"];
    const style = yield* styleFor(invocation, columns);
    if (isWholeJson(style)) return yield* print(diff, invocation);
    if (isForPeople(style)) {
      yield* note(summary(diff));
      const rows = diff.variables.map((variable) => ({
        change: variable.change,
        variable: variable.variable,
        [diff.before]: shown(variable.before, variable.before_from, variable.secret),
        [diff.after]: shown(variable.after, variable.after_from, variable.secret),
      }));
      if (rows.length === 0) return;
      return yield* print(rows, invocation, { columns: ["change", "variable", diff.before, diff.after] });
    }
    yield* print(diff.variables, invocation, { columns });
  }),
});

function shown(value: string | null, from: string | null, secret: boolean): string {
  if (from === null) return "";
  return `${secret ? "(secret)" : value ?? ""}${from === "project" ? " (project's default)" : ""}`;
}

function summary({ after, before, same, variables }: EnvironmentDiff): string {
  const ofSame = `${counted(same, "variable")} ${same === 1 ? "is" : "are"} the same`;
  const differ = variables.filter(({ change }) => change !== "unknown").length;
  const unknown = variables.length - differ;
  return clean(
    [
      `${before} and ${after}: ${counted(differ, "variable")} ${differ === 1 ? "differs" : "differ"}`,
      ...unknown === 0 ? [] : [`${counted(unknown, "secret")} may differ`],
      ofSame,
    ].join(", "),
  );
}
