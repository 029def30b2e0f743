/**
 * The files of jobs and of variables that a command line names: files, folders and globs. `jobs_as_code_input.ts` uses it.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Glob from "effect/Glob";
import * as Path from "effect/Path";
import type * as Stdio from "effect/Stdio";
import { fileProblem } from "../../client/file_error.ts";
import type { JobsFile } from "../../jobs_as_code/jobs_as_code_types.ts";
import { usage, type UsageError } from "../output/exit_code.ts";
import { readStdin } from "./read_json.ts";

type FileServices = FileSystem.FileSystem | Path.Path | Stdio.Stdio;

/**
 * Reads the files that patterns name, in the order of the patterns, and sorted within each. A folder stands for its `.yml`
 * and `.yaml` files, without those of folders within. `-` is stdin.
 */
export const readJobFiles = Effect.fnUntraced(function* (
  patterns: ReadonlyArray<string>,
): Effect.fn.Return<ReadonlyArray<JobsFile>, UsageError, FileServices> {
  const fs = yield* FileSystem.FileSystem;
  const found: Array<string> = [];
  for (const pattern of patterns) {
    const files = yield* filesOf(pattern);
    if (files.length === 0) return yield* usage(`no file matches ${pattern}`);
    found.push(...files);
  }
  return yield* Effect.forEach(
    [...new Set(found)],
    (path) =>
      path === "-" ? Effect.map(readStdin, (text) => ({ path: "stdin", text })) : Effect.map(
        Effect.mapError(fs.readFileString(path), (error) => usage(`cannot read ${path}: ${fileProblem(error)}`)),
        (text) => ({ path, text }),
      ),
  );
});

const filesOf = Effect.fnUntraced(function* (
  pattern: string,
): Effect.fn.Return<ReadonlyArray<string>, UsageError, FileServices> {
  if (pattern === "-") return ["-"];
  const fs = yield* FileSystem.FileSystem;
  const { join } = yield* Path.Path;
  const cannotList = (folder: string) => (error: unknown) => usage(`cannot read ${folder}: ${fileProblem(error)}`);
  const info = yield* Effect.orElseSucceed(fs.stat(pattern), () => undefined);
  if (info?.type === "Directory") {
    const names = yield* Effect.mapError(fs.readDirectory(pattern), cannotList(pattern));
    return names.filter((name) => /\.ya?ml$/.test(name)).toSorted().map((name) => join(pattern, name));
  }
  if (info !== undefined || !/[*?[{]/.test(pattern)) return info === undefined ? [] : [pattern];
  // From the last folder that the pattern names without a wildcard.
  const [, start = ""] = /^((?:[^*?[{]*\/)?)/.exec(pattern) ?? [];
  const folder = start === "" ? "." : start;
  const names = yield* Effect.orElseSucceed(fs.readDirectory(folder, { recursive: true }), () => []);
  const glob = Glob.make(pattern.slice(start.length));
  const files = names.filter((name) => Glob.match(glob, name)).toSorted().map((name) => `${start}${name}`);
  return yield* Effect.filter(
    files,
    (path) => Effect.map(Effect.orElseSucceed(fs.stat(path), () => undefined), (info) => info?.type === "File"),
  );
});
