/**
 * Files with the values of variables.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type { DbtError } from "../error.ts";
import type { JobsFile } from "./jobs_as_code_types.ts";
import { described, plain, readYaml } from "./located_yaml.ts";
import { makeProblems, type Place, refuseProblems } from "./problems.ts";

/**
 * The values of variables in files, and in `own`, whose values count before those of files. A variable that two files
 * have is refused. Undefined if nothing has values.
 */
export const readVars = Effect.fnUntraced(function* (
  endpoint: string,
  files: ReadonlyArray<JobsFile>,
  own: string | undefined,
): Effect.fn.Return<Readonly<Record<string, unknown>> | undefined, DbtError> {
  if (files.length === 0 && own === undefined) return undefined;
  const problems = makeProblems();
  const values = new Map<string, { readonly value: unknown; readonly at: Place }>();
  const read = Effect.fnUntraced(function* ({ path, text }: JobsFile, replaces: boolean) {
    const root = yield* readYaml(text, (line) => ({ file: path, line }), problems);
    if (root === undefined || (root.kind === "scalar" && root.value === null)) return;
    if (root.kind !== "map") {
      return problems.refuse(root, `expected variables, such as tier: prod, and this is ${described(root)}`);
    }
    for (const [name, { at, value }] of root.entries) {
      const earlier = values.get(name);
      if (earlier !== undefined && !replaces) {
        problems.refuse(at, `the variable ${name} is also at ${earlier.at.file}:${earlier.at.line}`);
      } else values.set(name, { value: plain(value), at });
    }
  });
  for (const file of files) yield* read(file, false);
  if (own !== undefined) yield* read({ path: "--vars", text: own }, true);
  yield* refuseProblems(endpoint, problems);
  return Object.fromEntries([...values].map(([name, { value }]) => [name, value]));
});
