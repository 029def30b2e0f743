/**
 * Reads the saved contexts: the entries of our own `contexts.yml`, which `dbtc auth` writes, and of dbt's
 * `dbt_cloud.yml`. `config.ts` chooses one, and `contexts.ts` is the library's view of them.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import { defined } from "../defined.ts";
import { type DbtError, unusable } from "../error.ts";
import {
  contextsFile,
  dbtCloudFile,
  findHome,
  type Home,
  mayRead,
  parseYaml,
  pathBeside,
  readIfPresent,
} from "./config_files.ts";
import { FileId } from "./dbt_project.ts";
import { baseUrl, idsOf } from "./host.ts";
import { accessOf, describe, hostname, type SavedContext, type TokenSource } from "./saved_context.ts";

/** All saved contexts. */
export interface SavedContexts {
  /** The file that `dbtc auth` writes; undefined where the environment has no folder for it. */
  readonly file: string | undefined;
  /** The name that `dbtc auth use` chose; undefined for none. No context may have it any more. */
  readonly current: string | undefined;
  /** The contexts, those of `contexts.yml` first. */
  readonly contexts: ReadonlyArray<SavedContext>;
  /** What is wrong with entries of `contexts.yml` that make no sense, by name. They are not among the contexts. */
  readonly damaged: ReadonlyMap<string, string>;
  /** Why the entries of `dbt_cloud.yml` are missing, if that file cannot be used. */
  readonly problem?: DbtError;
}

const Text = Schema.optionalKey(Schema.NullOr(Schema.String));

/** An entry of `contexts.yml`. */
const OwnEntry = Schema.Struct({
  host: Schema.String,
  account_id: Schema.optionalKey(FileId),
  account_name: Text,
  project_id: Schema.optionalKey(Schema.NullOr(FileId)),
  token: Schema.optionalKey(Schema.NullOr(Schema.RedactedFromValue(Schema.String))),
  token_command: Schema.optionalKey(Schema.NullOr(Schema.Union([Schema.String, Schema.NonEmptyArray(Schema.String)]))),
  token_file: Text,
  discovery_url: Text,
  semantic_layer_url: Text,
});

/** The file itself. Its entries are read one by one, so that a damaged one leaves the others. */
const OwnFile = Schema.Struct({
  current: Schema.optionalKey(Schema.NullOr(Schema.String)),
  contexts: Schema.optionalKey(Schema.NullOr(Schema.Record(Schema.String, Schema.Unknown))),
});

/** The part of `~/.dbt/dbt_cloud.yml` that a client needs: https://docs.getdbt.com/reference/dbt_cloud.yml */
const CloudFile = Schema.Struct({
  context: Schema.optionalKey(Schema.NullOr(Schema.Struct({
    "active-host": Text,
    "active-project": Schema.optionalKey(Schema.NullOr(FileId)),
  }))),
  projects: Schema.Array(Schema.Struct({
    "project-id": FileId,
    "project-name": Text,
    "account-id": FileId,
    "account-name": Text,
    "account-host": Schema.String,
    "token-value": Schema.RedactedFromValue(Schema.String),
  })),
});

/** Reads all saved contexts. `Contexts.load` of the library. */
export const load: Effect.Effect<SavedContexts, DbtError, FileSystem.FileSystem> = Effect.flatMap(
  findHome,
  (home) => loadFrom(home, contextsFile(home)),
);

/** As {@linkcode load}, but without our own file where Deno lets the program read only dbt's. */
export const loadReadable: typeof load = Effect.flatMap(findHome, (home) => {
  const [own, dbts] = [contextsFile(home), dbtCloudFile(home)];
  const isSkipped = own !== undefined && !mayRead(own) && dbts !== undefined && mayRead(dbts);
  return loadFrom(home, isSkipped ? undefined : own);
});

const loadFrom = Effect.fnUntraced(function* (home: Home, file: string | undefined) {
  const own = yield* loadOwn(home, file);
  const dbts = yield* Effect.result(loadDbts(home));
  const all: SavedContexts = {
    ...own,
    contexts: [...own.contexts, ...Result.getOrElse(dbts, () => [])],
    ...Result.isFailure(dbts) ? { problem: dbts.failure } : {},
  };
  if (own.current === undefined) return all;
  const current = Result.getOrUndefined(find(all, own.current, ""));
  return { ...all, contexts: all.contexts.map((one) => ({ ...one, isCurrent: one === current })) };
});

/** The file of the contexts that dbtc writes; undefined where the environment names no folder for it. */
export const file: Effect.Effect<string | undefined> = Effect.map(findHome, contextsFile);

/**
 * The context with a name, which may also be the id of a project in `dbt_cloud.yml`. Fails with the candidates where
 * none has it, or several.
 */
export function find(
  { contexts, damaged, file, problem }: SavedContexts,
  name: string,
  asked: string,
): Result.Result<SavedContext, DbtError> {
  const mistake = damaged.get(name);
  if (mistake !== undefined) return Result.fail(unusable(`${file}: context ${name}: ${mistake}`));
  const own = contexts.filter((one) => !one.isDbts && one.name === name);
  const named = own.length > 0 ? own : contexts.filter((one) => one.name === name);
  const found = named.length > 0
    ? named
    : contexts.filter(({ isDbts, project_id }) => isDbts && String(project_id) === name);
  const [first, ...others] = found;
  const list = (all: ReadonlyArray<SavedContext>) => all.map(describe).join("; ");
  if (first === undefined) {
    if (problem !== undefined) return Result.fail(problem);
    return Result.fail(unusable(
      `${asked} asks for the context "${name}", which does not exist. ${
        contexts.length === 0 ? "No context is saved: run dbtc auth login" : `There are: ${list(contexts)}`
      }`,
    ));
  }
  if (others.some((other) => accessOf(other) !== accessOf(first))) {
    return Result.fail(unusable(
      `${asked} asks for the context "${name}", and several have this name: ${
        list(found)
      }. Name the id of the project instead`,
    ));
  }
  return Result.succeed(first);
}

// ---- our own file ---------------------------------------------------------------------------------------------------

/** The contexts of our own file. */
const loadOwn = Effect.fnUntraced(function* (
  home: Home,
  file: string | undefined,
): Effect.fn.Return<SavedContexts, DbtError, FileSystem.FileSystem> {
  const none: SavedContexts = { file, current: undefined, contexts: [], damaged: new Map() };
  const text = file && (yield* readIfPresent(file));
  return file === undefined || text === undefined ? none : yield* parseContexts(home, file, text);
});

/** Reads the text of our own file. */
const parseContexts: (
  home: Home,
  file: string,
  text: string,
) => Effect.Effect<SavedContexts, DbtError> = Effect.fnUntraced(function* (home, file, text) {
  const parsed = (yield* parseYaml(file, text)) ?? {};
  const { contexts, current } = yield* Effect.mapError(
    Schema.decodeUnknownEffect(OwnFile)(parsed),
    () => unusable(`${file} is not what dbtc writes: it has a mapping "contexts", and "current" with one of its names`),
  );
  const read: Array<SavedContext> = [];
  const damaged = new Map<string, string>();
  for (const [name, value] of Object.entries(contexts ?? {})) {
    const entry = readOwn(home, file, name, value);
    if (Result.isSuccess(entry)) read.push(entry.success);
    else damaged.set(name, entry.failure);
  }
  return { file, current: current ?? undefined, contexts: read, damaged };
});

function readOwn(
  home: Home,
  file: string,
  name: string,
  value: unknown,
): Result.Result<SavedContext, string> {
  const decoded = Schema.decodeUnknownResult(OwnEntry)(value);
  // The schema's own message would quote the value.
  if (Result.isFailure(decoded)) {
    return Result.fail(
      "it needs a host, and its other members as text or numbers",
    );
  }
  const entry = decoded.success;
  const url = baseUrl(entry.host);
  if (Result.isFailure(url)) return Result.fail(`host: ${url.failure}`);
  const ids = idsOf(url.success);
  const account_id = idOf(entry.account_id) ?? ids.account_id;
  const project_id = idOf(entry.project_id) ?? ids.project_id;
  if (account_id === undefined) return Result.fail("account_id is missing");
  if (Number.isNaN(account_id)) return Result.fail("account_id is not an id");
  if (Number.isNaN(project_id)) return Result.fail("project_id is not an id");
  if (ids.account_id !== undefined && ids.account_id !== account_id) {
    return Result.fail(`host is a URL of account ${ids.account_id}, and account_id is ${account_id}`);
  }
  const sources: ReadonlyArray<TokenSource> = [
    ...entry.token == null || Redacted.value(entry.token) === ""
      ? []
      : [{ _tag: "Stored", token: entry.token } as const],
    ...entry.token_command == null ? [] : [{ _tag: "Command", command: entry.token_command } as const],
    ...entry.token_file == null ? [] : [{ _tag: "File", path: pathBeside(home, file, entry.token_file) } as const],
  ];
  if (sources.length > 1) return Result.fail("it has several of token, token_command and token_file: keep one");
  return Result.succeed({
    name,
    file,
    isDbts: false,
    isCurrent: false, // `load` knows
    host: entry.host,
    account_id,
    ...entry.account_name == null ? {} : { account_name: entry.account_name },
    ...defined({ project_id }),
    ...entry.discovery_url == null ? {} : { discoveryUrl: entry.discovery_url },
    ...entry.semantic_layer_url == null ? {} : { semanticLayerUrl: entry.semantic_layer_url },
    token: sources[0] ?? { _tag: "None" },
  });
}

/** An id of a file; not a number where it is none. */
function idOf(id: string | number | null | undefined): number | undefined {
  if (id == null) return undefined;
  return /^\d+$/.test(String(id)) && Number.isSafeInteger(Number(id)) ? Number(id) : NaN;
}

// ---- dbt's file -----------------------------------------------------------------------------------------------------

/** The contexts of `dbt_cloud.yml`; the active one is current. */
const loadDbts = Effect.fnUntraced(function* (
  home: Home,
): Effect.fn.Return<ReadonlyArray<SavedContext>, DbtError, FileSystem.FileSystem> {
  const file = dbtCloudFile(home);
  const text = file && (yield* readIfPresent(file));
  if (file === undefined || text === undefined) return [];
  // The message does not quote the file, which contains tokens.
  const invalid = () => unusable(`${file} is not what dbt's user interface writes: download it again`);
  const { context, projects } = yield* parseYaml(file, text).pipe(
    Effect.flatMap((parsed) => Effect.mapError(Schema.decodeUnknownEffect(CloudFile)(parsed), invalid)),
  );
  const [host, project] = [context?.["active-host"] ?? undefined, context?.["active-project"] ?? undefined];
  const ids = projects.flatMap((entry) => [idOf(entry["account-id"]), idOf(entry["project-id"])]);
  if (ids.some(Number.isNaN)) return yield* invalid();
  return projects.map((entry): SavedContext => ({
    name: entry["project-name"] ?? String(entry["project-id"]),
    file,
    isDbts: true,
    isCurrent: (host !== undefined || project !== undefined) &&
      (host === undefined || hostname(host) === hostname(entry["account-host"])) &&
      (project === undefined || Number(project) === Number(entry["project-id"])),
    host: entry["account-host"],
    account_id: Number(entry["account-id"]),
    ...entry["account-name"] == null ? {} : { account_name: entry["account-name"] },
    project_id: Number(entry["project-id"]),
    token: { _tag: "Stored", token: entry["token-value"] },
  }));
});
