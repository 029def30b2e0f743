/**
 * Reads the value of `--payload`: JSON, a file that has it, or stdin; and stdin itself.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import { fileProblem } from "../../client/file_error.ts";
import { fewLevels, isTooDeep } from "../../nesting.ts";
import { usage, type UsageError } from "../output/exit_code.ts";

/** Reads JSON from the text itself, from `@file`, or from stdin at `-`. */
export const readJson = Effect.fnUntraced(function* (payload: string) {
  const text = payload === "-" || payload.startsWith("@")
    ? yield* readTextFile("--payload", payload.replace(/^@/, ""))
    : payload;
  const value = yield* Effect.try({
    try: (): unknown => JSON.parse(text),
    // The error shows the position only: the text around it may be a secret.
    catch: (error) =>
      usage(
        `--payload is not JSON${
          / (at|after) .*?position.*$/.exec(String(error))?.[0].replace(/^.* at /, " at ") ?? ""
        }`,
      ),
  });
  return isTooDeep(value, fewLevels) ? yield* usage(`--payload is nested deeper than ${fewLevels} levels`) : value;
});

/** Reads the text of a file, or of stdin at `-`. `flag` names the file, for messages. */
export const readTextFile = Effect.fnUntraced(function* (flag: string, path: string) {
  if (path === "-") return yield* readStdin;
  const fs = yield* FileSystem.FileSystem;
  return yield* Effect.mapError(
    fs.readFileString(path),
    (error) => usage(`${flag}: cannot read ${path}: ${fileProblem(error)}`),
  );
});

/** Reads all of stdin. */
export const readStdin: Effect.Effect<string, UsageError, Stdio.Stdio> = Effect.gen(function* () {
  const { stdin } = yield* Stdio.Stdio;
  return yield* stdin.pipe(Stream.decodeText(), Stream.mkString);
}).pipe(
  Effect.mapError((error) => usage(`Cannot read stdin: ${error.message}`)),
);
