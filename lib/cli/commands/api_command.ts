/**
 * `dbtc api`: sends any request, and prints the body of the response: unchanged, but for people in lines and colours.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Predicate from "effect/Predicate";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import { Dbt } from "../../dbt.ts";
import { defined } from "../../defined.ts";
import { type Endpoint, type Page, page as pageOf, type Verb } from "../../endpoint.ts";
import { DbtError } from "../../error.ts";
import { pages } from "../../paginate.ts";
import type { Placed } from "../../request.ts";
import { type Paging, paging as pagingFields } from "../../shared_fields.ts";
import { many, one, spellingsOf, text, toggle, type ValueType } from "../input/flag_types.ts";
import { invocation } from "../input/global_flags.ts";
import { onlyId } from "../input/missing_ids.ts";
import { readJson } from "../input/read_json.ts";
import { usage } from "../output/exit_code.ts";
import { fieldMistake, type Invocation, print, styleFor } from "../output/print.ts";
import { jsonStream } from "../output/render.ts";
import { writePaged } from "../output/pager.ts";
import { indentJson, paintJson } from "../output/terminal_json.ts";
import { checkWritable, OwnerOnly, write } from "../output/write_output.ts";
import { sendRaw } from "./call_endpoint.ts";
import type { BuiltCommand } from "./command_types.ts";
import { confirm } from "./confirm.ts";
import { withExamples } from "./examples.ts";
import { printRequest } from "./print_request.ts";
import { withDbt } from "./with_dbt.ts";

const verbs = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const satisfies ReadonlyArray<Verb>;

const parameter: ValueType<readonly [name: string, value: string]> = {
  ...text("name=value"),
  read: (text) => {
    const equals = text.indexOf("=");
    return equals < 1 ? Option.none() : Option.some([text.slice(0, equals), text.slice(equals + 1)]);
  },
};

const flags = {
  query: many("query", parameter, "Query parameter", { short: "q" }),
  paginate: toggle("paginate", false, "Get all pages of a list, and print the rows of all of them"),
  payload: one("payload", text("json"), "Request body: JSON, @file, or - for stdin", "d"),
};

/** Makes the command. */
export function apiCommand(description: string): BuiltCommand {
  const command = Command.make("api", {
    ...flags,
    verb: Argument.String("method").pipe(
      Argument.withDescription(`${verbs.join(", ")} (default: GET, if only a path is given)`),
    ),
    path: Argument.String("path").pipe(
      Argument.withDescription(
        "Path, such as /api/v2/accounts/{account_id}/runs/; dbtc fills in {account_id}, {project_id} and {environment_id}",
      ),
      Argument.optional,
    ),
  }, ({ paginate, path: second, payload, query, verb: first }) =>
    Effect.gen(function* () {
      const [verb, path] = Option.match(second, {
        onSome: (path) => [first, path] as const,
        // As with `gh api PATH`. A body needs its verb, so that nobody writes by accident.
        onNone: () => ["GET", first] as const,
      });
      if (Option.isNone(second) && verbs.some((known) => known === first.toUpperCase())) {
        return yield* usage(`Which path? Try: dbtc api ${first} /api/v2/accounts/{account_id}/`);
      }
      if (Option.isNone(second) && payload !== undefined) {
        return yield* usage(`--payload needs a verb: dbtc api POST ${path}`);
      }
      const method = verbs.find((known) => known === verb.toUpperCase());
      if (method === undefined) return yield* usage(`"${verb}" is not an HTTP method: ${verbs.join(", ")}`);
      const placed: Placed = {
        method,
        path: yield* fillPath(path),
        query,
        ...(payload === undefined ? {} : { body: yield* readJson(payload) }),
      };
      const settings = yield* invocation;
      if (paginate) {
        if (method !== "GET") return yield* usage(`--paginate goes with GET only, not with ${method}`);
        if (settings.raw) return yield* usage("--raw prints one response: it does not go with --paginate");
      }
      if (settings.dryRun) return yield* printRequest(placed, settings);
      yield* checkWritable(settings.output);
      if (method === "DELETE") yield* confirm(`DELETE ${placed.path}`, settings);
      if (paginate) return yield* printPages(placed, settings);
      const text = yield* sendRaw("api", placed);
      if (settings.fields !== undefined || settings.format !== undefined) {
        return yield* print(yield* dataOf(text), settings, { afterWrite: method !== "GET" });
      }
      const shown = text.endsWith("\n") || text === "" ? text : `${text}\n`;
      const style = yield* styleFor(settings);
      // A program gets the very response, and a person one that can be read.
      if (style.width === Infinity || settings.raw) return yield* write(Stream.make(shown), settings.output);
      yield* writePaged(Stream.make(paintJson(indentJson(shown), style)), settings.output);
    }).pipe(
      withDbt,
      // No schema says whether the response has a secret, so a file of it is always private.
      Effect.provideService(OwnerOnly, true),
    )).pipe(Command.withDescription(description));
  return { command: withExamples(command, "api"), spellings: spellingsOf(flags) };
}

/** Prints the rows of all pages of a list, as they come. */
const printPages = Effect.fnUntraced(function* ({ path, query }: Placed, settings: Invocation) {
  const own = query.filter(([name]) => name !== "limit" && name !== "offset");
  const numberOf = (name: string) => {
    const text = query.findLast(([found]) => found === name)?.[1];
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
  };
  const read = Effect.fnUntraced(function* ({ limit, offset }: Paging) {
    const paging = Object.entries({ limit, offset }).map(([name, value]) => [name, String(value)] as const);
    const text = yield* sendRaw("api", { method: "GET", path, query: [...own, ...paging] });
    const body = Option.getOrUndefined(decodePage(text));
    if (body !== undefined) return body;
    const detail = "--paginate needs a list: a response with its rows in data";
    return yield* new DbtError({
      endpoint: "api",
      reason: { _tag: "Undecodable", status: 200, detail, truncated: false },
    });
  });
  const list: Endpoint<Paging, Page<unknown>> = Object.assign(
    Object.defineProperty((request: Paging) => read(request), "name", { value: "api" }),
    {
      kind: "endpoint" as const,
      route: "GET /api/" as const,
      summary: "",
      request: pagingFields,
      success: pageOf(Schema.Unknown),
    },
  );
  const [limit, offset] = [numberOf("limit"), numberOf("offset")];
  const style = yield* styleFor(settings);
  let isChecked = false;
  const rows = pages(list, defined({ limit, offset }), { rows: Infinity }).pipe(
    Stream.mapEffect(({ data }) => {
      const mistake = isChecked ? undefined : fieldMistake(data, style);
      isChecked ||= data.length > 0;
      return mistake === undefined ? Effect.succeed(data) : Effect.fail(usage(mistake));
    }),
    Stream.flatMap(Stream.fromArray),
  );
  if (settings.format === "table" || settings.format === "csv" || settings.format === "markdown") {
    return yield* print(yield* Stream.runCollect(rows), settings);
  }
  yield* write(jsonStream(rows, { ...style, format: settings.format ?? "json" }), settings.output);
});

/** The page in a response: rows in `data`, and how many there are. */
const decodePage = Schema.decodeUnknownOption(Schema.fromJsonString(pageOf(Schema.Unknown).schema));

/** What `--format` and `--fields` work on: the envelope's `data`, or the whole of an answer without envelope. */
const dataOf = Effect.fnUntraced(function* (text: string) {
  const body = yield* Effect.try({
    try: (): unknown => JSON.parse(text),
    catch: () => usage("--format and --fields need a JSON response. Without them, dbtc prints the response unchanged"),
  });
  return Predicate.hasProperty(body, "data") && Predicate.hasProperty(body, "status") ? body.data : body;
});

/** The path, with `{account_id}` and the like replaced by the settings' ids, or those of the only account and project. */
const fillPath = Effect.fnUntraced(function* (path: string) {
  const { defaults } = yield* Dbt;
  let filled = path;
  for (const field of ["account_id", "project_id", "environment_id"] as const) {
    if (!path.includes(`{${field}}`)) continue;
    const id = defaults[field] ?? (yield* onlyId(field, {}));
    if (id !== undefined) filled = filled.replaceAll(`{${field}}`, String(id));
  }
  const missing = /\{\w+\}/.exec(filled)?.[0];
  if (missing !== undefined) return yield* usage(`${path} needs ${missing}, and no setting has it`);
  if (!/^\/[^?#]*$/.test(filled) || filled.split("/").some((part) => part === "." || part === "..")) {
    return yield* usage(`"${path}" is not a path such as /api/v2/accounts/. Give the query with --query`);
  }
  return filled;
});
