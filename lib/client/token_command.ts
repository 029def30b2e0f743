/**
 * `runTokenCommand`: runs the command that prints a token, such as `op read op://dbt/token`. `contexts.ts` loads it only
 * for a context that has one.
 *
 * Own code over two platforms: Node's `spawn`, and with it Effect's `ChildProcess`, needs Deno's permission for the
 * whole environment, and `Deno.Command` does not.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import { type DbtError, unusable } from "../error.ts";

/** How long a command may take, in seconds: a person may have to unlock a password manager. */
const patience = 60;

/** How a process ended. */
interface Ended {
  readonly code: number | null;
  readonly stdout: string;
}

/**
 * Runs the command, and returns what it prints on stdout, without blanks around it. A text is run by the shell. The
 * command can ask on the terminal; its messages on stderr are shown.
 */
export const runTokenCommand = Effect.fnUntraced(function* (
  command: string | ReadonlyArray<string>,
  origin: string,
): Effect.fn.Return<string, DbtError> {
  const { default: process } = yield* Effect.promise(() => import("node:process"));
  const shell = process.platform === "win32" ? ["cmd", "/d", "/s", "/c"] : ["sh", "-c"];
  const [program = "", ...args] = typeof command === "string" ? [...shell, command] : command;
  const fail = (problem: string) => unusable(`the token_command of ${origin} ${problem}`);
  // Only a terminal is passed on: a pipe may be the payload of the command that needs the token.
  const stdin = process.stdin.isTTY === true ? "inherit" : "ignore";
  const { code, stdout } = yield* ("Deno" in globalThis ? runOnDeno : runOnNode)(program, args, stdin).pipe(
    Effect.mapError((error) =>
      error.name === "NotCapable"
        ? fail(`cannot be run: Deno does not allow it. Run again with --allow-run=${program}`)
        : fail(
          `cannot be run: ${
            /ENOENT|NotFound/.test(`${error.name} ${error.message}`)
              ? `there is no program ${JSON.stringify(program)}`
              : error.message
          }`,
        )
    ),
    Effect.timeoutOrElse({
      duration: patience * 1000,
      orElse: () => Effect.fail(fail(`did not end within ${patience} s, and was stopped`)),
    }),
  );
  if (code !== 0) return yield* fail(code === null ? "was killed" : `failed with exit code ${code}`);
  const token = stdout.trim();
  if (token === "") return yield* fail("printed nothing: it has to print the token on stdout");
  return /\s/.test(token) ? yield* fail("printed more than a token") : token;
});

type Run = (
  program: string,
  args: ReadonlyArray<string>,
  stdin: "inherit" | "ignore",
) => Effect.Effect<Ended, Error>;

/** An error, whatever was thrown. */
function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

const runOnDeno: Run = (program, args, stdin) => {
  const options = { stdin: stdin === "ignore" ? "null" : stdin, stdout: "piped", stderr: "inherit" } as const;
  const start = () => new Deno.Command(program, { args: [...args], ...options }).spawn();
  return Effect.acquireUseRelease(
    Effect.try({ try: start, catch: toError }),
    (child) =>
      Effect.tryPromise({
        try: async () => {
          const { code, signal, stdout } = await child.output();
          return { code: signal === null ? code : null, stdout: new TextDecoder().decode(stdout) };
        },
        catch: toError,
      }),
    (child) =>
      Effect.sync(() => {
        try {
          child.kill("SIGKILL");
        } catch {
          // It has ended.
        }
      }),
  );
};

const runOnNode: Run = (program, args, stdin) =>
  Effect.flatMap(
    Effect.promise(() => import("node:child_process")),
    ({ spawn }) =>
      Effect.callback<Ended, Error>((resume) => {
        const child = spawn(program, args, { stdio: [stdin, "pipe", "inherit"] });
        let stdout = "";
        child.stdout?.setEncoding("utf8").on("data", (piece: string) => stdout += piece);
        child.on("error", (error) => resume(Effect.fail(error)));
        child.on("close", (code) => resume(Effect.succeed({ code, stdout })));
        return Effect.sync(() => void child.kill("SIGKILL"));
      }),
  );
