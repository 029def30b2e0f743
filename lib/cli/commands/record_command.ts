/**
 * `dbtc record`: runs another command, and writes its requests and responses to a file.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as HttpClient from "effect/http/HttpClient";
import * as Layer from "effect/Layer";
import * as Stream from "effect/Stream";
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import { writeFileSync } from "node:fs";
import type { Recording } from "../../sandbox/recording/recording_file.ts";
import { findWords } from "../input/argv.ts";
import { globalsGiven, globalSpellings } from "../input/global_flags.ts";
import { ExitCode, ExitWith, usage } from "../output/exit_code.ts";
import { ExitNotice } from "../output/exit_notice.ts";
import { checkWritable, note, OwnerOnly, write } from "../output/write_output.ts";
import type { BuiltCommand, RunCommandLine } from "./command_types.ts";
import { withExamples } from "./examples.ts";
import { Transport } from "./with_dbt.ts";

/** Makes the command. `run` runs the command line to record. */
export function recordCommand(description: string, run: RunCommandLine): BuiltCommand {
  const command = Command.make("record", {
    file: Argument.String("file").pipe(Argument.withDescription("File to write: requests and responses, one a line")),
    command: Argument.String("command").pipe(
      Argument.withDescription("Command to run, with its flags; everything after -- belongs to it"),
      Argument.variadic({ min: 1 }),
    ),
  }, ({ command, file }) => record(file, command, run)).pipe(Command.withDescription(description));
  return { command: withExamples(command, "record"), spellings: [] };
}

/** Writes the file also if the command fails or is interrupted, and exits with the command's exit code. */
const record = Effect.fnUntraced(function* (file: string, argv: ReadonlyArray<string>, run: RunCommandLine) {
  const [misplaced] = yield* globalsGiven;
  if (misplaced !== undefined) {
    return yield* usage(
      `Put --${misplaced} after the command to record: dbtc record FILE -- COMMAND --${misplaced} …`,
    );
  }
  const { table } = yield* Effect.promise(() => import("../../groups/table.ts"));
  // The command as it is typed elsewhere: `dbtc record FILE -- dbtc jobs list`.
  if (argv[0] === "dbtc") argv = argv.slice(1);
  const { words } = findWords(argv, globalSpellings, table);
  if (words[0] === "record" || words[0] === "sandbox") return yield* usage(`dbtc ${words[0]} cannot be recorded`);
  if (file === "-") return yield* usage("record needs a file: stdout has the output of the command");
  yield* checkWritable(file);
  const { makeRecorder, writeRecording } = yield* Effect.promise(() => import("../../sandbox/mod.ts"));
  const { code, recorded } = yield* Effect.gen(function* () {
    const { client, recording } = makeRecorder(yield* HttpClient.HttpClient, { command: words.join(" ") });
    const recorder = Effect.succeed(Layer.succeed(HttpClient.HttpClient, client));
    const exitNotice = yield* ExitNotice;
    const services = yield* Effect.context<never>();
    // On SIGHUP the process exits at once: what was recorded until then is written without an effect.
    exitNotice.save = () =>
      writeFileSync(file, writeRecording(Effect.runSyncWith(services)(recording)), { mode: 0o600 });
    const code = yield* Effect.provideService(run(argv), Transport, recorder);
    exitNotice.save = undefined;
    return { code, recorded: yield* recording };
  }).pipe(Effect.provide(yield* yield* Transport));
  const writeCode = yield* write(Stream.make(writeRecording(recorded)), file).pipe(
    Effect.provideService(OwnerOnly, true),
    Effect.andThen(Effect.forEach(remarks(recorded, file), note)),
    Effect.as(ExitCode.done),
    Effect.catchTag("OutputError", ({ message }) => Effect.as(note(`dbtc: ${message}`), ExitCode.notWritten)),
  );
  const failure = code === ExitCode.done ? writeCode : code;
  if (failure !== ExitCode.done) return yield* new ExitWith({ code: failure });
}, Effect.uninterruptible); // Only the recorded command can be interrupted: what it sent until then is written.

/** What a user should know before they share a recording. */
function remarks({ exchanges }: Recording, file: string): ReadonlyArray<string> {
  const bodies = exchanges.flatMap(({ request, answer }) => [request.body, answer?.body]);
  const omitted = bodies.filter((body) => body !== undefined && "omitted" in body).length;
  const binary = bodies.filter((body) => body !== undefined && "base64" in body).length;
  const count = (number: number, one: string, several: string) => `${number} ${number === 1 ? one : several}`;
  return [
    `Recorded ${
      count(exchanges.length, "request", "requests")
    } in ${file}. Secrets, e-mail addresses, hosts and names have ` +
    "stand-ins, as far as dbtc knows them: read the file before you share it",
    ...omitted === 0 ? [] : [`Left out, because too large: ${count(omitted, "body", "bodies")}`],
    ...binary === 0 ? [] : [`Kept unchanged, because not text: ${count(binary, "body", "bodies")}`],
  ];
}
