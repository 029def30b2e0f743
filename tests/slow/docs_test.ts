/**
 * The pages against what they describe: what is generated is up to date, tables are complete, and the commands of README
 * do what README shows.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import { migration, reference, tokens } from "../../tools/generate.ts";
import { ExitCode } from "../../lib/cli/output/exit_code.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { groups } from "../../mod.ts";
import { command, type Outcome, sandboxEnv } from "../support/command.ts";

const generate = "run deno task generate";
const read = (path: string) => Deno.readTextFile(new URL(`../../${path}`, import.meta.url));

Deno.test("docs/cli.md is what --help says: deno task generate", async () => {
  assert.equal(await read("docs/cli.md"), await Effect.runPromise(reference), generate);
});

Deno.test("docs/coming_from_python_dbtc.md has the methods of Python dbtc: deno task generate", async () => {
  const page = await read("docs/coming_from_python_dbtc.md");
  assert.equal(page, migration(page), generate);
});

Deno.test("docs/tokens.md lists the groups that its table does not name: deno task generate", async () => {
  const page = await read("docs/tokens.md");
  assert.equal(page, tokens(page), generate);
});

Deno.test("docs/tokens.md names no permission set that dbt does not have", async () => {
  const page = await read("docs/tokens.md");
  const sets = [...page.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, name = ""]) => name);
  const unknown = sets.filter((name) => !Object.hasOwn(groups.PermissionSet, name));
  assert.deepEqual(
    unknown,
    [],
    "correct these names in docs/tokens.md, or add them to `PermissionSet` in lib/api/groups.ts",
  );
});

Deno.test("docs/sandbox.md lists every fault", async () => {
  const listed = [...(await read("docs/sandbox.md")).matchAll(/^\| `([a-z-]+)` +\|/gm)].map(([, name]) => name);
  assert.deepEqual(
    listed,
    sandbox.faultNames,
    "add each fault to the table of docs/sandbox.md, in the order of `faultNames`",
  );
});

Deno.test("docs/exit_codes.md lists every exit code", async () => {
  const listed = [...(await read("docs/exit_codes.md")).matchAll(/^\| (\d[\d, ]*?) +\|/gm)].flatMap(([, codes = ""]) =>
    codes.split(",").map(Number)
  );
  const all = [...Object.values(ExitCode), 129, 143].toSorted((a, b) => a - b);
  assert.deepEqual(listed, all, "add each exit code to the table of docs/exit_codes.md, in ascending order");
});

// ---- transcripts ----------------------------------------------------------------------------------------------------

/** A command of a transcript, and what the transcript shows of it. */
interface Shown {
  readonly line: string;
  readonly output: string;
}

function transcripts(markdown: string): ReadonlyArray<Shown> {
  return [...markdown.matchAll(/```console\n([^]*?)```/g)].flatMap(([, block = ""]) =>
    block.split(/^\$ /m).slice(1).map((part) => {
      const [line = "", ...output] = part.split("\n");
      return { line: line.replace(/ +#.*$/, ""), output: output.join("\n").trimEnd() };
    })
  );
}

/** The words of a command line, as a shell reads them. */
function words(line: string): ReadonlyArray<string> {
  return [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    // Quotes within the other kind stay.
    word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? "")
  );
}

/** What differs from run to run: ids, ports and durations. */
function normal(text: string): string {
  return text.replaceAll(/704718\d+/g, "RUN").replaceAll(/127\.0\.0\.1:\d+/g, "HOST").replaceAll(/\d+s\b/g, "SECONDS");
}

Deno.test("every dbtc command of README and of these pages does what the page shows", async () => {
  const pages = (await Promise.all(["README.md", "docs/triggering.md", "docs/semantic_layer.md"].map(read))).join("");
  const shown = transcripts(pages).filter(({ line }) =>
    /\bdbtc (?!sandbox|auth login)/.test(line) && !line.startsWith("deno")
  );
  assert(shown.length > 8);
  const env = { ...sandboxEnv, DBT_CLOUD_ENVIRONMENT_ID: "1" };
  const run = Effect.gen(function* () {
    const job = yield* command(["jobs", "get", "1"]);
    const [newest, older] = JSON.parse((yield* command(["runs", "list", "--job-id", "1", "--limit", "2"])).stdout);
    const directory = yield* Effect.promise(() => Deno.makeTempDir());
    const outcomes: Array<readonly [Shown, Outcome]> = [];
    for (const each of shown) {
      for (const [, call = ""] of each.line.matchAll(/\bdbtc ((?:'[^']*'|"[^"]*"|[^|)'"])+)/g)) {
        const argv = words(
          call.replaceAll("$SHA", "981c5cf").replaceAll("$RUN", newest.id).replaceAll("$BASE", older.id),
        )
          .map((word) => word === "target/manifest.json" ? `${directory}/manifest.json` : word);
        const terminal = each.output !== "" && !argv.includes("trigger");
        const outcome = yield* command(argv, { stdin: job.stdout, terminal, env });
        assert.equal(outcome.code, argv.join(" ").startsWith("jobs trigger 2") ? 1 : 0, `${call}: ${outcome.stderr}`);
        outcomes.push([each, outcome]);
      }
    }
    yield* Effect.promise(() => Deno.remove(directory, { recursive: true }));
    return outcomes;
  });
  for (
    const [{ line, output }, { stdout, stderr }] of await Effect.runPromise(
      run.pipe(Effect.provide(sandbox.layer({ speed: 60 }))),
    )
  ) {
    if (output === "") continue;
    // A trigger in a pipe says more on its way, and a terminal shows the same end.
    const lines = new Set(normal(`${stdout}\n${stderr}`).split("\n").map((text) => text.trim()));
    const missing = normal(output).split("\n").map((text) => text.trim()).filter((text) => !lines.has(text));
    const wrong = missing.filter((text) => !text.startsWith("✗ Error in"));
    assert.deepEqual(wrong, [], `The page shows lines that "${line}" does not print: correct them there`);
  }
});
