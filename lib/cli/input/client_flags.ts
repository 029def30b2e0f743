/**
 * The session of a command: how it reaches dbt Cloud, and the flags that say how patient it is.
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import type * as Layer from "effect/Layer";
import * as Schedule from "effect/Schedule";
import type * as HttpClient from "effect/http/HttpClient";
import type { Given } from "../../client/config.ts";
import { retry } from "../../client/retry.ts";
import { usage, type UsageError } from "../output/exit_code.ts";
import type { FlagSpec } from "./field_flags.ts";
import { readDuration } from "./request_input.ts";

/** How a command reaches dbt Cloud: over the platform's `fetch`, loaded by the first command that sends anything. */
export const Transport: Context.Reference<Effect.Effect<Layer.Layer<HttpClient.HttpClient>>> = Context.Reference(
  "@dbtc/dbtc/cli/session/Transport",
  {
    defaultValue: () =>
      Effect.map(Effect.promise(() => import("../../client/transport.ts")), ({ transport }) => transport),
  },
);

/** The flags. */
export const sessionFlags = [
  {
    name: "http-retries",
    takes: "one",
    metavar: "integer",
    description: "How often a request is tried again at most; as long as it makes sense when absent",
  },
  { name: "no-http-retry", takes: "boolean", metavar: "", description: "Try no request again" },
  {
    name: "request-timeout",
    takes: "one",
    metavar: "time",
    description: "How long one request may take with all its attempts: 30, 2m; a file, until it begins to come",
  },
  {
    name: "drift",
    takes: "boolean",
    metavar: "",
    description: "Say on stderr where answers are not what dbtc knows of them",
  },
] as const satisfies ReadonlyArray<FlagSpec>;

type FlagName = typeof sessionFlags[number]["name"];

/** What the flags say, each read by its name. */
export const sessionOptions: <R>(
  setting: (name: FlagName) => Effect.Effect<string | undefined, never, R>,
) => Effect.Effect<Given, UsageError, R> = Effect.fnUntraced(function* (setting) {
  const retries = (yield* setting("no-http-retry")) === "true" ? "0" : yield* setting("http-retries");
  if (retries !== undefined && !/^\d{1,9}$/.test(retries)) {
    return yield* usage(`--http-retries: "${retries}" is not a number of attempts`);
  }
  const timeout = yield* setting("request-timeout");
  const seconds = timeout === undefined ? undefined : readDuration(timeout);
  if (timeout !== undefined && !(seconds !== undefined && seconds > 0)) {
    return yield* usage(`--request-timeout: "${timeout}" is not a time: 30, 90s, 2m`);
  }
  return {
    ...(retries === undefined ? {} : { retry: Schedule.max([retry, Schedule.recurs(Number(retries))]) }),
    ...(seconds === undefined ? {} : { requestTimeout: Duration.seconds(seconds) }),
  };
});
