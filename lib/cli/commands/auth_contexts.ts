/**
 * `dbtc auth list`, `use` and `logout`: the saved contexts, without a request.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import { findAccess } from "../../client/config.ts";
import { find, load, type SavedContexts } from "../../client/context_files.ts";
import { describe, hostname, type SavedContext } from "../../client/saved_context.ts";
import type { DbtError } from "../../error.ts";
import { ask, canAsk } from "../input/ask_person.ts";
import { clientOptions, invocation } from "../input/global_flags.ts";
import { usage } from "../output/exit_code.ts";
import { isForPeople, print, styleFor } from "../output/print.ts";
import { clean } from "../output/safe_text.ts";
import { note } from "../output/write_output.ts";
import { putInUse, removeContext } from "./change_contexts.ts";

/** Where the token of a context is, in words. */
function tokenPlace({ isDbts, token }: SavedContext): string {
  switch (token._tag) {
    case "Stored":
      return isDbts ? "dbt_cloud.yml" : "contexts.yml";
    case "Command":
      return "command";
    case "File":
      return "file";
    case "None":
      return "none";
  }
}

/** Lists the contexts. The one that commands would use now is marked. */
export const list = Effect.gen(function* () {
  const settings = yield* invocation;
  const saved = yield* load;
  const inUse = yield* Effect.result(findAccess(yield* clientOptions));
  const source = Result.isSuccess(inUse) ? inUse.success.source : undefined;
  const forPeople = isForPeople(yield* styleFor(settings));
  // For people, an account is one column: its id and name.
  const columns = forPeople
    ? ["current", "name", "host", "account", "project_id", "token"]
    : ["current", "name", "host", "account_id", "account_name", "project_id", "token"];
  const rows = saved.contexts.map((context) => {
    const { account_id, account_name = null, file, name, project_id = null } = context;
    const current = source?._tag === "Context" && isSame(source.context, context);
    return {
      current: forPeople ? (current ? "*" : "") : current,
      name,
      host: hostname(context.host),
      ...(forPeople ? { account: `${account_id} ${account_name ?? ""}`.trim() } : {}),
      account_id,
      account_name,
      project_id,
      token: tokenPlace(context),
      file,
    };
  });
  if (forPeople && rows.length === 0) yield* note("No context is saved: run dbtc auth login");
  else yield* print(rows, settings, { columns });
  for (const [name, mistake] of saved.damaged) yield* note(`dbtc: context ${clean(name)} cannot be used: ${mistake}`);
  if (saved.problem !== undefined) yield* note(`dbtc: ${settingsProblem(saved.problem)}`);
  if (source?._tag === "Environment" && rows.length > 0) {
    yield* note(`dbtc: none of them is in use: ${source.variable} is set, and comes first`);
  }
});

function isSame(one: SavedContext, other: SavedContext): boolean {
  return one.file === other.file && one.name === other.name && one.project_id === other.project_id;
}

/** Names of contexts, for a command that needs one. */
function named({ contexts }: SavedContexts): string {
  return contexts.length === 0
    ? "No context is saved: run dbtc auth login"
    : `There are: ${contexts.map(describe).join("; ")}`;
}

/** The context that an argument or `--context` names. */
const contextOf = Effect.fnUntraced(function* (saved: SavedContexts, argument: string | undefined) {
  const { context: flag } = yield* clientOptions;
  if (argument !== undefined && flag !== undefined && argument !== flag) {
    return yield* usage(`"${argument}" and --context "${flag}" name two contexts: leave out one of them`);
  }
  const name = argument ?? flag;
  if (name === undefined) return undefined;
  return { name, context: yield* Effect.fromResult(find(saved, name, "The command line")) };
});

/** Asks which context is meant. Undefined without contexts, and without a terminal. */
const chooseContext = Effect.fnUntraced(function* ({ contexts }: SavedContexts) {
  if (contexts.length === 0 || !(yield* canAsk)) return undefined;
  const Prompt = yield* Effect.promise(() => import("effect/cli/Prompt"));
  const first = contexts.find(({ isCurrent }) => isCurrent);
  const context = yield* ask(Prompt.Select({
    message: "Which context?",
    choices: contexts.map((context) => ({
      title: clean(describe(context)),
      value: context,
      selected: context === first,
    })),
  }));
  return { name: context.name, context };
});

/** Puts a context in use. */
export const use = Effect.fnUntraced(function* (argument: string | undefined) {
  const saved = yield* load;
  const chosen = (yield* contextOf(saved, argument)) ?? (yield* chooseContext(saved));
  if (chosen === undefined) return yield* usage(`Which context? ${named(saved)}`);
  yield* putInUse(chosen.name);
  yield* note(`In use: ${clean(describe(chosen.context))}`);
  yield* noteIfOverridden(chosen.name);
});

/** Says what comes before the context that was just put in use. */
export const noteIfOverridden = Effect.fnUntraced(function* (name: string) {
  const access = yield* Effect.result(findAccess());
  if (Result.isFailure(access)) return yield* note(`dbtc: ${settingsProblem(access.failure)}`);
  const { source } = access.success;
  if (source._tag === "Environment") {
    yield* note(`dbtc: ${source.variable} is set, and comes before it. Unset it, or name --context ${name}`);
  } else if (source._tag === "Context" && source.chosenBy === "DBTC_CONTEXT" && source.context.name !== name) {
    yield* note(`dbtc: DBTC_CONTEXT is "${source.context.name}", and comes before it: unset it`);
  } else if (source._tag === "Context" && source.context.name !== name) {
    yield* note(`dbtc: the environment asks for ${clean(describe(source.context))}, which comes before it`);
  }
});

/** What is wrong with settings. There is no endpoint yet that the message could name. */
export function settingsProblem({ message }: DbtError): string {
  return clean(message.replace(/^session: /, ""));
}

/** Removes a context. Its token stays valid. */
export const logout = Effect.fnUntraced(function* (argument: string | undefined) {
  const saved = yield* load;
  const given = yield* contextOf(saved, argument);
  const context = given?.context ?? saved.contexts.find(({ isCurrent, isDbts }) => isCurrent && !isDbts);
  if (context === undefined) return yield* usage(`Which context? None of contexts.yml is in use. ${named(saved)}`);
  if (context.isDbts) {
    return yield* usage(
      `${describe(context)} is an entry of ${context.file}, which dbtc does not change: remove it there`,
    );
  }
  const file = yield* removeContext(context.name);
  yield* note(`Removed ${clean(describe(context))} from ${file}`);
  if (context.token._tag === "Stored") {
    yield* note("Its token is still valid: revoke it in dbt Cloud, under Account settings, API tokens");
  }
  const rest = saved.contexts.filter((other) => other !== context);
  if (context.isCurrent && rest.length > 0) {
    yield* note(
      `None of contexts.yml is in use now: dbtc auth use NAME. There are: ${clean(rest.map(describe).join("; "))}`,
    );
  }
});
