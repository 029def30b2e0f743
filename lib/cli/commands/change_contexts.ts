/**
 * Changes `contexts.yml`, for `dbtc auth`. What dbtc does not write itself stays: comments, order and unknown members.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import * as Redacted from "effect/Redacted";
import type { PlatformError } from "effect/PlatformError";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import type { Document } from "yaml";
import { file as contextsFile } from "../../client/context_files.ts";
import { fileProblem } from "../../client/file_error.ts";
import type { TokenSource } from "../../client/saved_context.ts";
import { withoutEnvironment } from "../../without_environment.ts";
import { usage, type UsageError } from "../output/exit_code.ts";
import { OwnerOnly, TokenGuard, write } from "../output/write_output.ts";

/** What {@linkcode saveContext} writes of a context. */
export interface NewContext {
  readonly name: string;
  readonly host: string;
  readonly account_id: number;
  readonly account_name?: string | undefined;
  readonly project_id?: number | undefined;
  readonly token: TokenSource;
}

/** The file to change. */
export const fileToChange = Effect.gen(function* () {
  const file = yield* contextsFile;
  return file ?? (yield* usage("There is no folder for contexts.yml: neither HOME nor XDG_CONFIG_HOME is set"));
});

/** Writes a context, and puts it in use. Members that dbtc does not know stay. Returns the file. */
export const saveContext = ({ name, token, ...members }: NewContext) =>
  change((document, { isMap }) => {
    if (!isMap(document.get("contexts"))) document.set("contexts", document.createNode({}));
    const source = {
      token: token._tag === "Stored" ? Redacted.value(token.token) : undefined,
      token_command: token._tag === "Command" ? token.command : undefined,
      token_file: token._tag === "File" ? token.path : undefined,
    };
    if (!isMap(document.getIn(["contexts", name]))) document.setIn(["contexts", name], document.createNode({}));
    for (const [member, value] of Object.entries({ ...members, ...source })) {
      const path = ["contexts", name, member];
      // A project that nobody names now stays; another token would contradict the new one.
      if (value !== undefined) document.setIn(path, value);
      else if (Object.hasOwn(source, member)) document.deleteIn(path);
    }
    document.set("current", name);
  });

/** Puts a context in use. Returns the file. */
export const putInUse = (name: string) => change((document) => document.set("current", name));

/** Removes a context. Returns the file. */
export const removeContext = (name: string) =>
  change((document) => {
    document.deleteIn(["contexts", name]);
    if (document.get("current") === name) document.delete("current");
  });

/** Reads the file, changes it, and writes it whole, for its owner alone. Other processes that change it wait. */
const change = Effect.fnUntraced(function* (edit: (document: Document, yaml: typeof import("yaml")) => void) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const file = yield* fileToChange;
  const yaml = yield* Effect.promise(() => import("yaml"));
  const cannot = (verb: string) => (error: unknown) => usage(`Cannot ${verb} ${file}: ${fileProblem(error)}`);
  const folder = path.dirname(file);
  yield* Effect.mapError(fs.makeDirectory(folder, { recursive: true, mode: 0o700 }), cannot("write"));
  // Two names of one file share its lock.
  const target = yield* Effect.orElseSucceed(fs.realPath(file), () => file);
  yield* Effect.scoped(Effect.gen(function* () {
    yield* lock(`${target}.lock`, cannot("write"));
    const text = yield* Effect.catch(
      fs.readFileString(target),
      (error) => error.reason._tag === "NotFound" ? Effect.succeed(header) : Effect.fail(cannot("read")(error)),
    );
    const document = withoutEnvironment(() => yaml.parseDocument(text));
    const [mistake] = document.errors;
    if (mistake !== undefined) {
      return yield* usage(
        `${file}, line ${mistake.linePos?.[0].line ?? 1}, is not valid YAML: mend it, or remove the file`,
      );
    }
    if (document.contents !== null && !yaml.isMap(document.contents)) {
      return yield* usage(`${file} is not what dbtc writes: mend it, or remove the file`);
    }
    edit(document, yaml);
    // Long values stay on their line.
    const changed = document.toString({ lineWidth: 0 });
    yield* write(Stream.make(changed), target).pipe(
      Effect.provideService(OwnerOnly, true),
      // This file is where the token is kept.
      Effect.provideService(TokenGuard, undefined),
    );
  }));
  return file;
});

const header = "# Accounts that dbtc can reach. Written by dbtc auth; you may change it by hand.\n" +
  "# In place of a token, a context may have a token_command or a token_file.\n\n";

/** How old a lock is, in milliseconds, if its process was killed: a change takes some hundredths of a second. */
const staleAge = 5000;

/** Takes a lock until the scope closes. */
const lock = Effect.fnUntraced(function* (file: string, cannot: (error: unknown) => UsageError) {
  const fs = yield* FileSystem.FileSystem;
  const isTaken = ({ reason }: PlatformError) => reason._tag === "AlreadyExists";
  const removeStale = Effect.gen(function* () {
    const written = Option.getOrUndefined((yield* fs.stat(file)).mtime)?.getTime() ?? 0;
    if ((yield* Clock.currentTimeMillis) - written > staleAge) yield* fs.remove(file);
  });
  const take = fs.writeFileString(file, "", { flag: "wx", mode: 0o600 }).pipe(
    Effect.tapError((error) => isTaken(error) ? Effect.ignore(removeStale) : Effect.void),
    Effect.retry({
      while: isTaken,
      schedule: Schedule.max([Schedule.spaced("20 millis"), Schedule.during(2 * staleAge)]),
    }),
    Effect.mapError(cannot),
  );
  yield* Effect.acquireRelease(take, () => Effect.ignore(fs.remove(file)));
});

/** The mode of the file, if others than its owner may read it. */
export const looseMode = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem;
  const stat = Option.getOrUndefined(yield* Effect.option(fs.stat(file)));
  return stat !== undefined && (stat.mode & 0o077) !== 0 ? (stat.mode & 0o777).toString(8) : undefined;
});
