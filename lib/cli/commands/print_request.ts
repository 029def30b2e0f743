/**
 * `--dry-run`: prints a request instead of sending it.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Predicate from "effect/Predicate";
import * as Result from "effect/Result";
import * as Stream from "effect/Stream";
import { Dbt } from "../../dbt.ts";
import type { Download, Endpoint } from "../../endpoint.ts";
import { fieldOf, place, type Placed } from "../../request.ts";
import { type AnyCall, type AnyRequest, commandName, kebab, type Row } from "../../groups/table_entry.ts";
import { descriptionOf, masked } from "../../schema.ts";
import { argumentFields, flagName } from "../input/field_flags.ts";
import { typedName } from "../input/load_group.ts";
import { withFlagOfId } from "../input/usage_message.ts";
import { usage, type UsageError } from "../output/exit_code.ts";
import type { Invocation } from "../output/print.ts";
import { write } from "../output/write_output.ts";
import { runsOfJob } from "./run_of_job.ts";

/** A row's call that sends one request. */
type OneRequest = Endpoint<AnyRequest, unknown> | Download<AnyRequest>;

/** Places a request whose body is in its JSON form. */
export const placeRequest = Effect.fnUntraced(function* (call: OneRequest, request: AnyRequest) {
  const { defaults } = yield* Dbt;
  const placed = place(call, request, defaults, "wire");
  return Result.isSuccess(placed) ? placed.success : yield* requestMistake(call, placed.failure);
});

/** Prints the request of a row. Its body is in its JSON form. */
export const printCall = Effect.fnUntraced(function* ({ call }: Row, request: AnyRequest, invocation: Invocation) {
  if (!("route" in call)) return yield* severalRequests(call);
  yield* printPlaced(call, yield* placeRequest(call, request), invocation);
});

/** Prints a placed request of a call, without the secrets in its body. */
export function printPlaced(call: OneRequest, placed: Placed, invocation: Invocation) {
  return printRequest({ ...placed, ...("body" in placed ? { body: maskBody(call, placed.body) } : {}) }, invocation);
}

/** Prints a request, without the token. */
export const printRequest = Effect.fnUntraced(
  function* ({ api = "admin", method, path, query, body }: Placed, invocation: Invocation) {
    const { urls } = yield* Dbt;
    const search = query.length === 0 ? "" : `?${new URLSearchParams(query.map(([name, value]) => [name, value]))}`;
    const text = `${method} ${urls[api]}${path}${search}\nAuthorization: Bearer ***\n` +
      (body === undefined ? "" : `Content-Type: application/json\n\n${JSON.stringify(body, null, 2)}\n`);
    yield* write(Stream.make(text), invocation.output);
  },
);

function maskBody(call: OneRequest, body: unknown): unknown {
  const mask = (name: string, value: unknown) => {
    const schema = fieldOf(call, name);
    return schema === undefined ? value : masked(schema.ast, value);
  };
  if (call.payload !== undefined) return mask(call.payload, body);
  return Predicate.isObject(body)
    ? Object.fromEntries(Object.entries(body).map(([name, value]) => [name, mask(name, value)]))
    : body;
}

/** Refuses `--dry-run` of a call that sends several requests. */
export function severalRequests({ name }: { readonly name: string }): UsageError {
  return usage(`${commandName(name)} sends several requests: --dry-run cannot print them`);
}

/** The error of a request that dbtc cannot send. If fields are missing, it names what to type. */
export function requestMistake(call: AnyCall, problem: string): UsageError {
  const [, names] = /^([\w, ]+) (?:is|are) missing$/.exec(problem) ?? [];
  if (names === undefined) return usage(withFlagOfId(problem));
  const missing = names.split(", ");
  const command = typedName(call.name);
  const isScim = call.name.startsWith("scim.");
  const args = argumentFields(call);
  const nounOf = (name: string) => nounOfField(name, call.name.split(".")[0] ?? "");
  const isId = (name: string) => /_id$|[uU]niqueId$/.test(name);
  const [only = "", ...others] = missing;
  const meaning = fieldOf(call, only);
  if (others.length === 0 && args.includes(only) && !isId(only) && meaning !== undefined) {
    const words = descriptionOf(meaning) ?? "";
    const flag = kebab(flagName(only));
    return usage(
      `${command} needs --${flag}: ${words.charAt(0).toLowerCase()}${words.slice(1)}. ` +
        `Try: dbtc ${command} ${flag.toUpperCase()}`,
    );
  }
  return usage(
    missing.every((name) => isId(name) && args.includes(name))
      ? `Which ${
        [...new Set(missing.map(nounOf).map((noun) => noun.replace(/^(?:before|after) /, "")))].join(" and ")
      }? Try: dbtc ${command} ${args.map((name) => nounOf(name).toUpperCase().replaceAll(" ", "_")).join(" ")}${
        runsOfJob(call) === undefined ? "" : `, or dbtc ${command} --job JOB`
      }`
      : `${command} needs ${missing.map((name) => `--${isScim ? flagName(name) : kebab(flagName(name))}`).join(", ")}`,
  );
}

/** What a field of an id is called in a question: `job` for `job_definition_id`, `model` for `uniqueId` of models. */
function nounOfField(name: string, group: string): string {
  return /[uU]niqueId$/.test(name)
    ? kebab(group).replaceAll("-", " ").replace(/s$/, "")
    : name.replace(/(?:_definition)?_id$/, "").replaceAll("_", " ");
}
