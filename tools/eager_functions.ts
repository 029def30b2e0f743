/**
 * Makes `dbtc.mjs` start sooner: puts the functions that common commands call into parentheses. V8 compiles such
 * functions together with the file, and Deno keeps what was compiled then for the next start. Others it compiles again at
 * each start. `tools/build.ts` calls this.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { listen } from "../lib/sandbox/server/listen.ts";

/** The commands whose functions are compiled with the file. */
const commands = [
  "--help",
  "jobs list",
  "jobs trigger 1 --dry-run",
  "jobs trigger 1 --poll-interval 0.1",
  "runs list --format table",
].map((line) => line.split(" "));

/**
 * How a function starts that is an expression: an arrow, or one without a name. Declarations and methods would not be
 * the same in parentheses.
 */
const expression = /^(?:async )?(?:\(|[\w$]+=>|function\*?\()/;

/** What is read of V8's report of the functions that were called. */
type Coverage = ReadonlyArray<{
  readonly url: string;
  readonly functions: ReadonlyArray<{ readonly ranges: ReadonlyArray<Range> }>;
}>;

/** A part of a script, and how often it ran. The first range of a function is all of it. */
interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

/** Runs the commands against a sandbox, and puts the functions that they call into parentheses. */
export async function compileEagerly(file: string): Promise<void> {
  const folder = await Deno.makeTempDir();
  await Effect.runPromise(Effect.scoped(Effect.gen(function* () {
    const { url } = yield* listen({ runs: 20, speed: 60 });
    for (const args of commands) yield* Effect.promise(() => run(file, args, url, folder));
  })));
  const code = await Deno.readTextFile(file);
  const reports = await Promise.all(
    [...Deno.readDirSync(folder)].map(async ({ name }): Promise<Coverage> =>
      [JSON.parse(await Deno.readTextFile(join(folder, name)))].flat()
    ),
  );
  await Deno.remove(folder, { recursive: true });
  const ends = new Map(
    reports.flat().filter(({ url }) => url === pathToFileURL(file).href)
      .flatMap(({ functions }) => functions.flatMap(({ ranges: [whole] }) => whole ?? []))
      .filter(({ count, startOffset }) => count > 0 && expression.test(code.slice(startOffset, startOffset + 100)))
      .map(({ endOffset, startOffset }) => [startOffset, endOffset]),
  );
  const marks = new Map<number, string>();
  for (const [start, end] of ends) {
    marks.set(start, `${marks.get(start) ?? ""}(`);
    marks.set(end, `)${marks.get(end) ?? ""}`);
  }
  const places = [0, ...[...marks.keys()].toSorted((a, b) => a - b)];
  const pieces = places.map((place, index) => (marks.get(place) ?? "") + code.slice(place, places[index + 1]));
  await Deno.writeTextFile(file, pieces.join(""));
}

async function run(file: string, args: ReadonlyArray<string>, url: string, coverage: string): Promise<void> {
  const { stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", `--coverage=${coverage}`, file, ...args],
    env: { DBT_CLOUD_HOST: url, DBT_CLOUD_SERVICE_TOKEN: "sandbox", DBT_CLOUD_ACCOUNT_ID: "1", DBTC_CONTEXT: "" },
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
