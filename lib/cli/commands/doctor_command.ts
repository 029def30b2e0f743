/**
 * `dbtc doctor`: looks at the settings, asks each API of dbt Cloud, and says what to do.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as Stream from "effect/Stream";
import * as Command from "effect/cli/Command";
import { variable } from "../../client/environment_variables.ts";
import type { HealthCheck } from "../../client/judge_answer.ts";
import type { DbtError } from "../../error.ts";
import { mayReadVariable } from "../../client/config_files.ts";
import { type Access, findAccess } from "../../client/config.ts";
import { load } from "../../client/context_files.ts";
import { hostname } from "../../client/saved_context.ts";
import { clientOptions, invocation } from "../input/global_flags.ts";
import { counted } from "../output/counted.ts";
import { ExitCode, ExitWith } from "../output/exit_code.ts";
import { isForPeople, print, styleFor } from "../output/print.ts";
import { clean } from "../output/safe_text.ts";
import { wrap } from "../output/help_page.ts";
import type { Style } from "../output/render.ts";
import { paint } from "../output/terminal.ts";
import { write } from "../output/write_output.ts";
import { tokenOrigin } from "./auth_status.ts";
import { looseMode } from "./change_contexts.ts";
import type { BuiltCommand } from "./command_types.ts";
import { withExamples } from "./examples.ts";
import { Transport } from "./with_dbt.ts";
import { settingsProblem } from "./auth_contexts.ts";

/** Makes the command. */
export function doctorCommand(description: string): BuiltCommand {
  const command = Command.make("doctor", {}, () => doctor).pipe(Command.withDescription(description));
  return { command: withExamples(command, "doctor"), spellings: [] };
}

const doctor = Effect.gen(function* () {
  const settings = yield* invocation;
  const given = yield* clientOptions;
  const found = yield* Effect.result(Effect.gen(function* () {
    const access = yield* findAccess(given);
    return { access, token: yield* access.token };
  }));
  const { diagnose } = yield* Effect.promise(() => import("../../client/diagnose.ts"));
  const ofApis = Result.isFailure(found) ? [] : yield* Effect.provide(
    diagnose({ ...found.success.access.options, token: found.success.token }),
    yield* yield* Transport,
  );
  const ofSettings = Result.match(found, {
    onFailure: checkFailure,
    onSuccess: ({ access }) => checkSettings(access),
  });
  const checks = [ofSettings, ...yield* checkFiles, ...yield* checkProxy, ...ofApis];
  const code = exitCodeOf(checks);
  const style = yield* styleFor(settings);
  if (isForPeople(style)) {
    yield* write(Stream.make(`${linesOf(checks, style)}\n${verdict(checks)}\n`), settings.output);
  } else yield* print({ ok: code === ExitCode.done, checks }, settings);
  if (code !== ExitCode.done) return yield* new ExitWith({ code });
});

// ---- settings -------------------------------------------------------------------------------------------------------

function checkFailure(error: DbtError): HealthCheck {
  return {
    name: "Settings",
    result: "failed",
    detail: settingsProblem(error),
    advice: "docs/configuration.md has all settings",
  };
}

function checkSettings(access: Access): HealthCheck {
  const { options, source } = access;
  const account = options.account_id === undefined ? "no account" : `account ${options.account_id}`;
  const context = source._tag === "Context" ? `, context ${source.context.name}` : "";
  const detail = `${account} on ${hostname(options.host)}${context}, token from ${tokenOrigin(access)}`;
  return options.account_id === undefined
    ? { name: "Settings", result: "warning", detail, advice: "Most commands need an account: set DBT_CLOUD_ACCOUNT_ID" }
    : { name: "Settings", result: "ok", detail };
}

/** What is wrong with the files of contexts, though perhaps not with the one in use. */
const checkFiles = Effect.gen(function* () {
  const saved = yield* Effect.result(load);
  // If the file matters, the settings fail with the same words.
  if (Result.isFailure(saved)) return [];
  const { damaged, file, problem } = saved.success;
  const checks: Array<HealthCheck> = [...damaged].map(([name, detail]) => ({
    name: `Context ${name}`,
    result: "warning",
    detail,
    advice: `Mend it in ${file}, or log in again: dbtc auth login --context ${name}`,
  }));
  if (problem !== undefined) {
    checks.push({ name: "dbt_cloud.yml", result: "warning", detail: settingsProblem(problem) });
  }
  const mode = file && (yield* looseMode(file));
  if (mode !== undefined && mode !== "") {
    checks.push({
      name: "contexts.yml",
      result: "warning",
      detail: `others than you can read it (mode ${mode})`,
      advice: `chmod 600 ${file}`,
    });
  }
  return checks;
});

const proxyVariables = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/** Whether requests go through a proxy. Its user and password are not shown. */
const checkProxy = Effect.gen(function* () {
  const unread = proxyVariables.filter((name) => !mayReadVariable(name));
  for (const name of proxyVariables) {
    const value = unread.includes(name) ? undefined : yield* variable(name);
    if (value === undefined) continue;
    const host = URL.canParse(value) ? new URL(value).host : "a value that is no URL";
    return [
      { name: "Proxy", result: "ok", detail: `${name} is set: requests go through ${host}` } satisfies HealthCheck,
    ];
  }
  if (unread.length === 0) return [];
  const skipped: HealthCheck = {
    name: "Proxy",
    result: "skipped",
    detail: "not looked at: Deno does not allow it",
    advice: `--allow-env=${unread.join(",")} shows whether requests go through one`,
  };
  return [skipped];
});

// ---- result ---------------------------------------------------------------------------------------------------------

/** 0 if each API can be reached with the token. Else why not; what is wrong with the settings comes first. */
function exitCodeOf(checks: ReadonlyArray<HealthCheck>): number {
  const failed = checks.filter(({ result }) => result === "failed");
  const codes = failed.map(({ reached, status, url }) =>
    url === undefined
      ? ExitCode.usage
      : reached !== "http" || (status ?? 0) >= 500
      ? ExitCode.unavailable
      : status === 401 || status === 403
      ? ExitCode.notAllowed
      : ExitCode.usage
  );
  const unseen = checks.some(({ result, url }) => result === "skipped" && url !== undefined);
  return codes.find((code) => code === ExitCode.usage) ?? codes[0] ?? (unseen ? ExitCode.usage : ExitCode.done);
}

const marks = { ok: "✓", warning: "!", failed: "✗", skipped: "-" } as const;
const colors = { ok: "green", warning: "yellow", failed: "red", skipped: "dim" } as const;

/** A line for each check, with what to do below it; once where several need the same. */
function linesOf(checks: ReadonlyArray<HealthCheck>, style: Style): string {
  const nameWidth = Math.max(...checks.map(({ name }) => name.length));
  const indent = " ".repeat(nameWidth + 4);
  const wrapped = (text: string) => wrap(clean(text), Math.max(30, style.width - indent.length));
  return checks.flatMap(({ advice, detail, milliseconds, name, result, url }, index) => {
    const host = url === undefined ? "" : `${new URL(url).host}: `;
    const time = milliseconds === undefined ? "" : ` (${Math.round(milliseconds)} ms)`;
    const isSaid = advice === undefined || result === "ok" || checks[index + 1]?.advice === advice;
    const [first = "", ...more] = [...wrapped(`${host}${detail}${time}`), ...isSaid ? [] : wrapped(advice)];
    const mark = paint(style, colors[result], marks[result]);
    return [`${mark} ${clean(name).padEnd(nameWidth)}  ${first}\n`, ...more.map((line) => `${indent}${line}\n`)];
  }).join("");
}

function verdict(checks: ReadonlyArray<HealthCheck>): string {
  const count = (result: HealthCheck["result"]) => checks.filter((check) => check.result === result).length;
  const failed = count("failed");
  if (failed > 0) return `${counted(failed, "check")} failed`;
  const unseen = checks.some(({ result, url }) => result === "skipped" && url !== undefined);
  if (unseen) return "Not every API could be looked at";
  return count("warning") > 0 ? "dbt Cloud can be reached; see what is marked with !" : "All is well";
}
