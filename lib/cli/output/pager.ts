/**
 * Shows long output in the user's pager, as `gh` and `git` do: on a terminal, where `$DBTC_PAGER` or `$PAGER` names one.
 *
 * Own code over two platforms, for the reason that `token_command.ts` gives.
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import * as Terminal from "effect/Terminal";
import { variable } from "../../client/environment_variables.ts";
import { OutputError } from "./exit_code.ts";
import { clean } from "./safe_text.ts";
import { guarded, note, write } from "./write_output.ts";

/** A pager that is open. */
export interface Pager {
  /** Gives it more text. False if the user has closed it. */
  readonly write: (text: string) => Promise<boolean>;
  /** Ends the text, and waits until the user closes the pager. Returns its exit code. */
  readonly close: () => Promise<number>;
}

/** Starts a pager. Fails if it cannot be started. Tests replace it. */
export const StartPager: Context.Reference<(command: string, options: string | undefined) => Promise<Pager>> = Context
  .Reference("@dbtc/dbtc/cli/output/pager/StartPager", { defaultValue: () => startPager });

/**
 * Writes text as `write` does, but shows it in the pager if stdout is a terminal with fewer rows than the text has lines.
 * If the pager cannot be started, or fails, the text is printed. If the user closes it, the rest of the text is not asked
 * for.
 */
export const writePaged = Effect.fnUntraced(function* <E, R>(
  content: Stream.Stream<string, E, R>,
  file: string | undefined,
): Effect.fn.Return<void, E | OutputError, R | FileSystem.FileSystem | Stdio.Stdio | Terminal.Terminal> {
  const stdio = yield* Stdio.Stdio;
  const command = file === undefined && (yield* stdio.stdoutIsTerminal)
    ? (yield* variable("DBTC_PAGER")) ?? (yield* variable("PAGER"))
    : undefined;
  if (command === undefined) return yield* write(content, file);
  const rows = yield* (yield* Terminal.Terminal).rows;
  const start = yield* StartPager;
  const options = yield* variable("LESS");
  const open = Effect.tryPromise(() => start(command, options)).pipe(
    Effect.tapError(({ cause }) => note(`dbtc: the pager ${clean(command)} cannot be started: ${clean(`${cause}`)}`)),
    Effect.option,
  );
  /** Where text goes: nowhere yet, since it may fit the screen; to the pager; or to stdout. */
  let goes: "nowhere" | "pager" | "stdout" = "nowhere";
  let pager: Pager | undefined;
  /** The text so far, which is printed if the pager fails; undefined if it became too long to keep. */
  let held: string | undefined = "";
  /** Waits for the pager. The text to print if the pager failed. */
  const close = Effect.fnUntraced(function* () {
    if (pager === undefined) return undefined;
    const { close } = pager;
    pager = undefined;
    const code = yield* Effect.promise(close);
    if (code === 0) return undefined;
    goes = "stdout";
    const failure = `the pager ${clean(command)} ended with exit code ${code}`;
    if (held === undefined) return yield* new OutputError({ message: `${failure}, and did not show everything` });
    yield* note(`dbtc: ${failure}`);
    return held;
  });
  const text = guarded(content).pipe(
    Stream.mapEffect(Effect.fnUntraced(function* (text) {
      if (goes === "stdout") return text;
      if (held !== undefined) held += text;
      if (goes === "nowhere") {
        // Until there is a pager, all text is held.
        text = held ?? "";
        if (text.split("\n").length <= rows) return "";
        pager = Option.getOrUndefined(yield* open);
        goes = pager === undefined ? "stdout" : "pager";
      }
      if (pager === undefined) return text;
      const { write } = pager;
      if (!(yield* Effect.promise(() => write(text)))) return yield* close();
      if (held !== undefined && held.length > longestHeld) held = undefined;
      return "";
    })),
    Stream.takeWhile((text) => text !== undefined),
    Stream.filter((text) => text !== ""),
  );
  const rest = Stream.suspend(() => goes === "nowhere" ? Stream.make(held ?? "") : Stream.fromEffect(close()));
  yield* Effect.ensuring(
    write(Stream.concat(text, rest.pipe(Stream.map((text) => text ?? ""))), undefined),
    Effect.ignore(Effect.suspend(close)),
  );
});

/** The longest text that is kept in case the pager fails, in characters. */
const longestHeld = 1_000_000;

/** Starts a command in the shell, with the options that `git` gives `less` too: short text is printed, colours stay. */
async function startPager(command: string, options = "FRX"): Promise<Pager> {
  const { default: process } = await import("node:process");
  const [shell = "", ...args] = process.platform === "win32" ? ["cmd", "/d", "/s", "/c"] : ["sh", "-c"];
  const { ended, stdin } = "Deno" in globalThis
    ? startOnDeno(shell, [...args, command], options)
    : await startOnNode(shell, [...args, command], options);
  const writer = stdin.getWriter();
  const encoder = new TextEncoder();
  return {
    write: (text) => writer.write(encoder.encode(text)).then(() => true, () => false),
    close: async () => {
      await writer.close().catch(() => {});
      return await ended;
    },
  };
}

/** A process that reads stdin, and a promise of its exit code. */
interface Started {
  readonly stdin: WritableStream<Uint8Array>;
  readonly ended: Promise<number>;
}

function startOnDeno(program: string, args: Array<string>, options: string): Started {
  const { stdin, status } = new Deno.Command(program, { args, env: { LESS: options }, stdin: "piped" }).spawn();
  return { stdin, ended: status.then(({ code }) => code) };
}

async function startOnNode(program: string, args: Array<string>, options: string): Promise<Started> {
  const [{ spawn }, { default: process }, { Writable }] = await Promise.all([
    import("node:child_process"),
    import("node:process"),
    import("node:stream"),
  ]);
  const env = { ...process.env, LESS: options };
  const child = spawn(program, args, { env, stdio: ["pipe", "inherit", "inherit"] });
  await new Promise((resolve, reject) => child.on("spawn", resolve).on("error", reject));
  return {
    stdin: Writable.toWeb(child.stdin),
    ended: new Promise((resolve) => child.on("close", (code) => resolve(code ?? 1))),
  };
}
