/**
 * `dbtc record`: runs another command, and keeps what was sent and answered.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as HttpClient from "effect/http/HttpClient";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import * as Stream from "effect/Stream";
import type { Recording } from "../../sandbox/recording/recording_file.ts";
import { findWords } from "../input/argv.ts";
import { globals, globalsGiven, invocation, type RunMain } from "../tree.ts";
import { Ended, ExitCode, usage } from "../output/exit_code.ts";
import { checkOutput } from "../output/print.ts";
import { Transport } from "../input/client_flags.ts";
import { note, Private, write } from "../output/write_output.ts";

/** Runs a command line, and writes its traffic to a file, however it ends. Ends as it ends. */
export const record = Effect.fnUntraced(function* (file: string, argv: ReadonlyArray<string>, run: RunMain) {
  const [misplaced] = yield* globalsGiven;
  if (misplaced !== undefined) {
    return yield* usage(
      `--${misplaced} is for the command that is recorded: dbtc record FILE -- COMMAND --${misplaced} …`,
    );
  }
  const { table } = yield* Effect.promise(() => import("../../groups/table.ts"));
  const { words } = findWords(argv, globals, table);
  if (words[0] === "record" || words[0] === "sandbox") return yield* usage(`dbtc ${words[0]} sends nothing to record`);
  if (file === "-") return yield* usage("A recording goes to a file: stdout is the command's");
  yield* checkOutput({ ...yield* invocation, output: Option.some(file) });
  const { makeRecorder, writeRecording } = yield* Effect.promise(() => import("../../sandbox/mod.ts"));
  const { code, recorded } = yield* Effect.gen(function* () {
    const { client, recording } = makeRecorder(yield* HttpClient.HttpClient, { command: words.join(" ") });
    const over = Effect.succeed(Layer.succeed(HttpClient.HttpClient, client));
    const code = yield* Effect.provideService(run(argv), Transport, over);
    return { code, recorded: yield* recording };
  }).pipe(Effect.provide(yield* yield* Transport));
  const written = yield* write(Stream.make(writeRecording(recorded)), file).pipe(
    Effect.provideService(Private, true),
    Effect.andThen(Effect.forEach(remarks(recorded, file), note)),
    Effect.as(ExitCode.done),
    Effect.catchTag("UsageError", ({ message }) => Effect.as(note(`dbtc: ${message}`), ExitCode.usage)),
  );
  const ended = code === ExitCode.done ? written : code;
  if (ended !== ExitCode.done) return yield* new Ended({ code: ended });
}, Effect.uninterruptible); // An interrupt ends the command that is recorded, not what is known of it by then.

/** What to know of a recording before it is given to anyone. */
function remarks({ exchanges }: Recording, file: string): ReadonlyArray<string> {
  const bodies = exchanges.flatMap(({ request, answer }) => [request.body, answer?.body]);
  const omitted = bodies.filter((body) => body !== undefined && "omitted" in body).length;
  const binary = bodies.filter((body) => body !== undefined && "base64" in body).length;
  const count = (number: number, one: string, several: string) => `${number} ${number === 1 ? one : several}`;
  return [
    `Recorded ${
      count(exchanges.length, "request", "requests")
    } in ${file}. Secrets, e-mail addresses, hosts and names have ` +
    "stand-ins, as far as they are known: read it before you share it",
    ...omitted === 0 ? [] : [`Too large to keep, left out: ${count(omitted, "body", "bodies")}`],
    ...binary === 0 ? [] : [`No text, kept as it is: ${count(binary, "body", "bodies")}`],
  ];
}
