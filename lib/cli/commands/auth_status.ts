/**
 * `dbtc auth status`: the account in use, where its token comes from, and what it can read.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import * as Stream from "effect/Stream";
import { type Access, findAccess } from "../../client/config.ts";
import { hostname } from "../../client/saved_context.ts";
import { layer } from "../../client/mod.ts";
import { tokenAccess } from "../../workflows/token_access.ts";
import { clientOptions, invocation } from "../input/global_flags.ts";
import { wrap } from "../output/help_page.ts";
import { isForPeople, print, styleFor } from "../output/print.ts";
import { clean } from "../output/safe_text.ts";
import { write } from "../output/write_output.ts";
import { Transport, withClient } from "./with_dbt.ts";

/** Prints the status. Fails as any command does where there is no token, or dbt Cloud refuses it. */
export const status = Effect.gen(function* () {
  const settings = yield* invocation;
  const access = yield* findAccess(yield* clientOptions);
  const token = yield* access.token;
  const client = Layer.provide(layer({ ...access.options, token }), yield* yield* Transport);
  const { account, readable, refused, user } = yield* withClient(tokenAccess, client);
  const { account_id = null, environment_id = null, host, project_id = null } = access.options;
  const { source } = access;
  const report = {
    context: source._tag === "Context" ? source.context.name : null,
    chosen_by: source._tag === "Context" ? source.chosenBy : null,
    host: hostname(host),
    account_id: account?.id ?? account_id,
    account_name: account?.name ?? null,
    project_id,
    project_file: access.projectFile ?? null,
    environment_id,
    user: user?.email ?? user?.fullname ?? null,
    token_from: tokenOrigin(access),
    token_kind: kindOf(token),
    readable,
    refused,
  };
  const style = yield* styleFor(settings);
  if (!isForPeople(style)) return yield* print(report, settings);
  const lines: ReadonlyArray<readonly [string, string | null]> = [
    ["Host", report.host],
    ["Account", [account_id === null ? "" : String(report.account_id), report.account_name ?? ""].join(" ").trim()],
    ["User", report.user],
    ["Token", [report.token_kind, `from ${report.token_from}`].filter((part) => part !== null).join(", ")],
    ["Context", report.context && `${report.context} (chosen by ${report.chosen_by})`],
    ["Project", project_id === null ? null : `${project_id}${access.projectFile ? ` from ${access.projectFile}` : ""}`],
    ["Environment", environment_id === null ? null : String(environment_id)],
    ["Can read", readable.join(", ")],
    ["Refused", refused.join(", ")],
  ];
  const text = lines.flatMap(([name, value]) =>
    value === null || value === ""
      ? []
      : `${name.padEnd(12)}${wrap(clean(value), Math.max(20, style.width - 12)).join(`\n${" ".repeat(12)}`)}\n`
  );
  yield* write(Stream.make(text.join("")), settings.output);
});

/** Where the token comes from: a variable, a file or a command. Never the token. */
export function tokenOrigin({ source }: Access): string {
  if (source._tag === "Program") return "the program";
  if (source._tag === "Environment") return source.variable;
  const { file, token } = source.context;
  return token._tag === "File" ? token.path : token._tag === "Command" ? `token_command of ${file}` : file;
}

/** The kind of a token by its first letters, which dbt's own tools show; null if they say nothing. */
function kindOf(token: Redacted.Redacted<string>): string | null {
  const text = Redacted.value(token);
  return text.startsWith("dbtu_") ? "personal access token" : /^dbt[cs]_/.test(text) ? "service token" : null;
}
