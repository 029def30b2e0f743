/**
 * Runs a command line of dbtc in this process, and returns what it printed and its exit code. The tests of the command
 * line use it.
 *
 * @module
 */
import type * as Cause from "effect/Cause";
import * as ConfigProvider from "effect/ConfigProvider";
import * as Console from "effect/Console";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import * as PlatformError from "effect/PlatformError";
import * as Queue from "effect/Queue";
import * as Sink from "effect/Sink";
import * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import * as Terminal from "effect/Terminal";
import { TerminalCapabilities } from "effect/cli/TerminalCapabilities";
import * as HttpClient from "effect/http/HttpClient";
import { run } from "../../lib/cli/main.ts";
import { Browser } from "../../lib/cli/output/browser.ts";
import { Transport } from "../../lib/cli/commands/with_dbt.ts";
import { platform } from "../../lib/cli/platform.ts";
import { sourceFiles } from "./source_files.ts";

// Virtual time does not wait for files. So what a command loads only when it needs it is loaded now.
const lazy = sourceFiles.filter((file) =>
  /^lib\/(artifacts|cli|client|discovery|graphql|groups|jobs_as_code|sandbox\/graphql|semantic_layer|workflows)\//.test(
    file,
  )
);
await Promise.all([
  import("effect/encoding/Csv"),
  import("effect/encoding/Yaml"),
  import("minijinja-js"),
  import("yaml"),
  ...lazy.map((file) => import(new URL(`../../${file}`, import.meta.url).href)),
]);

/** The platform, but that it reads files at once: virtual time would pass while a command reads its configuration. */
const atOncePlatform = Layer.provideMerge(
  Layer.effect(
    FileSystem.FileSystem,
    Effect.map(FileSystem.FileSystem, (fs) => ({
      ...fs,
      readFileString: (path: string, encoding?: string) =>
        Effect.suspend(() => {
          try {
            return Effect.succeed(Deno.readTextFileSync(path));
          } catch (error) {
            return error instanceof Deno.errors.NotFound
              ? Effect.fail(
                PlatformError.systemError({ _tag: "NotFound", module: "FileSystem", method: "readFileString" }),
              )
              : fs.readFileString(path, encoding);
          }
        }),
    })),
  ),
  platform,
);

/** The environment of a command. */
export interface Surroundings {
  /** Environment variables; there are no others. */
  readonly env?: Readonly<Record<string, string>>;
  /** The text on stdin. */
  readonly stdin?: string;
  /** Whether stdin, stdout and stderr are a terminal (default: pipes). */
  readonly terminal?: boolean;
  /** The width of the terminal (default: 120). */
  readonly columns?: number;
  /** Opens a page in the browser, or gives the reason why it cannot (default: opens nothing). */
  readonly open?: (url: string) => string | undefined;
}

/** The result of a command. */
export interface Outcome {
  /** The exit code. */
  readonly code: number;
  /** The text on stdout. */
  readonly stdout: string;
  /** The text on stderr. */
  readonly stderr: string;
}

/** Environment variables for the sandbox's own token. */
export const sandboxEnv: Readonly<Record<string, string>> = {
  DBT_CLOUD_HOST: "http://127.0.0.1:8008",
  DBT_CLOUD_SERVICE_TOKEN: "sandbox",
  DBT_CLOUD_ACCOUNT_ID: "1",
};

function keyOf(key: string): Terminal.UserInput {
  return {
    input: Option.some(key),
    key: { name: key === "\n" ? "return" : key, ctrl: false, meta: false, shift: false },
  };
}

/** Runs a command line over the given `HttpClient`. */
export const command = Effect.fnUntraced(function* (
  argv: ReadonlyArray<string>,
  { columns = 120, env = sandboxEnv, open = () => undefined, stdin = "", terminal = false }: Surroundings = {},
): Effect.fn.Return<Outcome, never, HttpClient.HttpClient> {
  const written = { stdout: "", stderr: "" };
  const decoder = new TextDecoder();
  const into = (name: keyof typeof written) =>
    Sink.forEach((chunk: string | Uint8Array) =>
      Effect.sync(() => written[name] += typeof chunk === "string" ? chunk : decoder.decode(chunk))
    );
  const stdio = Stdio.layerTest({
    args: Effect.succeed(argv),
    stdinIsTerminal: Effect.succeed(terminal),
    stdoutIsTerminal: Effect.succeed(terminal),
    stderrIsTerminal: Effect.succeed(terminal),
    stdout: () => into("stdout"),
    stderr: () => into("stderr"),
    stdin: Stream.make(new TextEncoder().encode(stdin)),
  });
  /** The lines that a person types, one at each prompt. After the last one, they press Ctrl-C. */
  const typed = stdin === "" ? [] : stdin.replace(/\n$/, "").split("\n");
  const screen = Layer.succeed(
    Terminal.Terminal,
    Terminal.make({
      columns: Effect.succeed(columns),
      rows: Effect.succeed(40),
      size: Effect.die("unused"),
      readInput: Effect.gen(function* () {
        const keys = yield* Queue.unbounded<Terminal.UserInput, Cause.Done>();
        const line = typed.shift();
        for (const key of line ?? []) Queue.offerUnsafe(keys, keyOf(key));
        if (line === undefined) Queue.endUnsafe(keys);
        else Queue.offerUnsafe(keys, keyOf("\n"));
        return keys;
      }),
      readLine: Effect.succeed(stdin.trim()),
      display: () => Effect.void,
    }),
  );
  const speaking = {
    ...globalThis.console,
    log: (text: string) => written.stdout += `${text}\n`,
    error: (text: string) => written.stderr += `${text}\n`,
  };
  const over = Layer.succeed(HttpClient.HttpClient, yield* HttpClient.HttpClient);
  const code = yield* run(argv).pipe(
    Effect.provideService(Transport, Effect.succeed(over)),
    Effect.provideService(Browser, { open: (url) => Effect.sync(() => open(url)) }),
    Effect.provide(Layer.mergeAll(
      atOncePlatform,
      stdio,
      screen,
      ConfigProvider.layer(ConfigProvider.fromEnv({ env: { HOME: "/nonexistent", ...env } })),
      Layer.succeed(Console.Console, speaking as Console.Console), // all that loggers and completions call
      Layer.succeed(TerminalCapabilities, { canColor: false, canAnimate: terminal, canPrompt: terminal }),
    )),
  );
  return { code, ...written };
});
