/**
 * dbt's command line: a step's command as words, its verb and its options, or the usage error that dbt exits with.
 * The options are those of dbt 1.9 (`dbt VERB --help`). `node_selection.ts` selects by them.
 *
 * @module
 */
import { defined } from "../../defined.ts";

/** Why dbt fails before it builds anything. */
export class DbtFailure extends Error {
  /** dbt's exit code: 2 for a usage error, else 1. */
  readonly exitCode: 1 | 2;
  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** How tests are selected with the nodes that they test. */
export type IndirectSelection = "eager" | "cautious" | "buildable" | "empty";

/** A dbt command. */
export interface DbtCommand {
  /** Its verb: `build`, `docs generate`. */
  readonly verb: string;
  /** The values of `--select` and its other spellings; undefined where it is not given. */
  readonly select?: ReadonlyArray<string>;
  /** The values of `--models` where it is not another spelling of `--select`: in `dbt list`. */
  readonly models?: ReadonlyArray<string>;
  /** The values of `--exclude`. */
  readonly exclude?: ReadonlyArray<string>;
  /** The values of `--resource-type`. */
  readonly types?: ReadonlyArray<string>;
  /** The values of `--exclude-resource-type`. */
  readonly withoutTypes?: ReadonlyArray<string>;
  /** The value of `--selector`. */
  readonly selector?: string;
  /** The value of `--inline`, a query of its own. */
  readonly inline?: string;
  /** The value of `--indirect-selection`. */
  readonly indirect: IndirectSelection;
  /** Whether `--warn-error` turns warnings into errors. */
  readonly warnError: boolean;
}

// ---- the options ----------------------------------------------------------------------------------------------------

type Kind = "flag" | "value" | "values";

function options(kind: Kind, text: string): ReadonlyArray<readonly [string, Kind]> {
  return text.trim().split(/\s+/).map((name) => [name, kind]);
}

/** Flags that `--no-` turns off. */
function pairs(text: string): ReadonlyArray<readonly [string, Kind]> {
  return options("flag", text).flatMap(([name, kind]) => [[`--${name}`, kind], [`--no-${name}`, kind]] as const);
}

const common = [
  ...pairs(`cache-selected-only debug defer fail-fast favor-state log-cache-events macro-debugging partial-parse
    partial-parse-file-diff populate-cache print quiet send-anonymous-usage-stats single-threaded static-parser
    use-colors use-colors-file use-experimental-parser version-check write-json`),
  ...options("flag", "-d -x -q --version -V -v --warn-error --deprecated-print --deprecated-no-print --help -h"),
  ...options(
    "value",
    `--defer-state --deprecated-defer --deprecated-favor-state --deprecated-state --indirect-selection
    --log-file-max-bytes --log-format --log-format-file --log-level --log-level-file --log-path
    --partial-parse-file-path --printer-width --profile --record-timing-info -r --state --target -t
    --warn-error-options`,
  ),
];
const folders = options("value", "--profiles-dir --project-dir --vars");
const place = [...folders, ...options("value", "--target-path")];
const threaded = [...place, ...options("value", "--threads")];
const selection = [
  ...options("values", "--select -s --models --model -m --exclude"),
  ...options("value", "--selector"),
];
const types = options(
  "values",
  "--resource-type --resource-types --exclude-resource-type --exclude-resource-types",
);
const refresh = options("flag", "--full-refresh -f");
const empty = pairs("empty");
const catalog = [...pairs("compile"), ...options("flag", "--empty-catalog --static")];
const inline = [...options("value", "--inline --output"), ...pairs("introspect")];
const window = options("value", "--event-time-start --event-time-end");
const freshness = [...threaded, ...selection, ...options("value", "--output -o")];
const list = [...place, ...selection, ...types, ...options("value", "--output"), ...options("values", "--output-keys")];

/** The options of each verb, besides the common ones. */
const verbs: Readonly<Record<string, ReadonlyArray<readonly [string, Kind]>>> = {
  "build": [
    ...[...threaded, ...selection, ...types, ...refresh, ...empty, ...window],
    ...[...pairs("export-saved-queries include-saved-query"), ...options("flag", "--show --store-failures")],
  ],
  "clean": [...place, ...pairs("clean-project-files-only")],
  "clone": [...threaded, ...selection, ...types, ...refresh],
  "compile": [...threaded, ...selection, ...refresh, ...empty, ...inline, ...pairs("inject-ephemeral-ctes")],
  "debug": [...folders, ...options("value", "--config-dir"), ...options("flag", "--connection")],
  "deps": [...folders, ...options("value", "--source --add-package"), ...options("flag", "--lock --upgrade")],
  "docs generate": [...threaded, ...selection, ...catalog],
  "docs serve": [...place, ...options("value", "--host --port"), ...pairs("browser")],
  "init": [...folders, ...options("flag", "--skip-profile-setup -s")],
  "list": list,
  "ls": list,
  "parse": threaded,
  "retry": [...threaded, ...refresh],
  "run": [...threaded, ...selection, ...refresh, ...empty, ...window],
  "run-operation": [...threaded, ...options("value", "--args")],
  "seed": [...threaded, ...selection, ...refresh, ...options("flag", "--show")],
  "show": [...threaded, ...selection, ...refresh, ...inline, ...options("value", "--inline-direct --limit")],
  "snapshot": [...threaded, ...selection, ...empty],
  "source freshness": freshness,
  "source snapshot-freshness": freshness,
  "test": [...threaded, ...selection, ...types, ...options("flag", "--store-failures")],
};

/** The verbs that take an argument, and what it is. */
const argumentOf: Readonly<Record<string, string>> = { "run-operation": "MACRO", "init": "[PROJECT_NAME]" };

const formats = ["text", "debug", "json", "default"];
const levels = ["debug", "info", "warn", "error", "none"];
const resourceTypes = [
  ...["metric", "semantic_model", "saved_query", "source", "analysis", "model", "test", "unit_test", "exposure"],
  ...["snapshot", "seed", "default"],
];
/** The values that an option takes, where they are few. */
const choices: Readonly<Record<string, ReadonlyArray<string>>> = {
  "--indirect-selection": ["eager", "cautious", "buildable", "empty"],
  "--log-format": formats,
  "--log-format-file": formats,
  "--log-level": levels,
  "--log-level-file": levels,
  "--resource-types": [...resourceTypes, "all"],
  "--exclude-resource-types": resourceTypes,
  "dbt list --output": ["json", "name", "path", "selector"],
  "dbt ls --output": ["json", "name", "path", "selector"],
  "dbt compile --output": ["json", "text"],
  "dbt show --output": ["json", "text"],
};
const integers: ReadonlySet<string> = new Set(["--threads", "--limit", "--printer-width", "--log-file-max-bytes"]);

/** Other spellings of an option. */
const spellings: Readonly<Record<string, string>> = {
  "-s": "--select",
  "-m": "--models",
  "--model": "--models",
  "--resource-type": "--resource-types",
  "--exclude-resource-type": "--exclude-resource-types",
};

// ---- reading --------------------------------------------------------------------------------------------------------

/** Reads a step's command, or throws the {@linkcode DbtFailure} that dbt ends with. */
export function parseCommand(text: string): DbtCommand {
  const words = shellWords(text);
  if (words[0] === "dbt") words.shift();
  const given = new Map<string, Array<string>>();
  const before = readOptions(words, new Map(common), given, "dbt", true);
  let verb = before.shift() ?? "";
  const isGroup = verb === "docs" || verb === "source";
  if (isGroup && before.length > 0) verb += ` ${before.shift()}`;
  const own = verbs[verb];
  if (own === undefined) {
    // Without a verb, dbt prints its help.
    if (verb === "" || isGroup && !verb.includes(" ")) return { verb: "help", indirect: "eager", warnError: false };
    const [group, name] = verb.split(" ", 2);
    throw isGroup
      ? usage(`dbt ${group}`, "[OPTIONS] COMMAND [ARGS]...", `No such command '${name}'.`)
      : usage("dbt", "[OPTIONS] COMMAND [ARGS]...", `No such command '${verb}'.`);
  }
  const rest = readOptions(before, new Map([...common, ...own]), given, `dbt ${verb}`, false);
  const fail = (message: string) => usage(`dbt ${verb}`, synopsisOf(verb), message);
  if (given.has("--help") || given.has("-h") || given.has("--version")) {
    return { verb: "help", indirect: "eager", warnError: false };
  }
  const wanted = argumentOf[verb];
  if (wanted === "MACRO" && rest.length === 0) throw fail("Missing argument 'MACRO'.");
  const extra = rest.slice(wanted === undefined ? 0 : 1);
  if (extra.length > 0) {
    throw fail(`Got unexpected extra argument${extra.length > 1 ? "s" : ""} (${extra.join(" ")})`);
  }
  return commandOf(verb === "ls" ? "list" : verb === "source snapshot-freshness" ? "source freshness" : verb, given);
}

function commandOf(verb: string, given: ReadonlyMap<string, ReadonlyArray<string>>): DbtCommand {
  const select = verb === "list" ? given.get("--select") : given.get("--select") ?? given.get("--models");
  const found = {
    select: verb !== "list" && given.has("--models") && given.has("--select")
      ? [...given.get("--select") ?? [], ...given.get("--models") ?? []]
      : select,
    models: verb === "list" ? given.get("--models") : undefined,
    exclude: given.get("--exclude"),
    types: given.get("--resource-types"),
    withoutTypes: given.get("--exclude-resource-types"),
    selector: given.get("--selector")?.at(-1),
    inline: (given.get("--inline") ?? given.get("--inline-direct"))?.at(-1),
  };
  const mode = given.get("--indirect-selection")?.at(-1)?.toLowerCase();
  return {
    verb,
    ...defined(found),
    indirect: mode === "cautious" || mode === "buildable" || mode === "empty" ? mode : "eager",
    warnError: given.has("--warn-error"),
  };
}

function synopsisOf(verb: string): string {
  return ["[OPTIONS]", ...argumentOf[verb] === undefined ? [] : [argumentOf[verb]]].join(" ");
}

/** A usage error in the words of click 8.1, on which dbt's command line is built. */
function usage(path: string, synopsis: string, message: string): DbtFailure {
  return new DbtFailure(`Usage: ${path} ${synopsis}\nTry '${path} -h' for help.\n\nError: ${message}`, 2);
}

/** Takes the options out of the words. `first` stops at the first word that is none. Returns the words that are left. */
function readOptions(
  words: ReadonlyArray<string>,
  known: ReadonlyMap<string, Kind>,
  given: Map<string, Array<string>>,
  path: string,
  first: boolean,
): Array<string> {
  const fail = (message: string) =>
    usage(path, first ? "[OPTIONS] COMMAND [ARGS]..." : synopsisOf(path.slice("dbt ".length)), message);
  const left = [...words];
  const others: Array<string> = [];
  const take = (spelling: string, kind: Kind, value: string | undefined) => {
    const name = spellings[spelling] ?? spelling;
    const values = given.get(name) ?? [];
    given.set(name, values);
    if (kind === "flag") return;
    const one = value ?? left.shift();
    if (one === undefined) throw fail(`Option '${spelling}' requires an argument.`);
    if (kind === "value") values.push(one);
    else {
      values.push(...one.split(" "));
      while (left[0] !== undefined && !left[0].startsWith("-")) values.push(left.shift() ?? "");
    }
    const allowed = choices[`${path} ${name}`] ?? choices[name];
    const wrong = allowed && values.find((value) => !allowed.includes(value.toLowerCase()));
    const shown = name === "--resource-types" || name === "--exclude-resource-types"
      ? `'${name}' / '${name.slice(0, -1)}'`
      : `'${spelling}'`;
    if (allowed !== undefined && wrong !== undefined) {
      throw fail(
        `Invalid value for ${shown}: '${wrong}' is not one of ${allowed.map((choice) => `'${choice}'`).join(", ")}.`,
      );
    }
    if (integers.has(name) && !/^[+-]?\d+$/.test(one)) {
      throw fail(`Invalid value for '${spelling}': '${one}' is not a valid integer.`);
    }
  };
  while (left.length > 0) {
    const word = left.shift() ?? "";
    if (word === "--") return [...others, ...left];
    if (!word.startsWith("-") || word === "-") {
      if (first) return [word, ...left];
      others.push(word);
      continue;
    }
    const equals = word.indexOf("=");
    const name = equals < 0 || !word.startsWith("--") ? word : word.slice(0, equals);
    const kind = known.get(name);
    if (kind !== undefined) {
      if (kind === "flag" && name !== word) throw fail(`Option '${name}' does not take a value.`);
      take(name, kind, name === word ? undefined : word.slice(equals + 1));
    } else if (word.startsWith("--")) throw fail(`No such option: ${name}`);
    else {
      // Short options in one word: `-xf`, `-scustomers`.
      for (let at = 1; at < word.length; at++) {
        const short = `-${word.charAt(at)}`;
        const its = known.get(short);
        if (its === undefined) throw fail(`No such option: ${short}`);
        take(short, its, its === "flag" ? undefined : word.slice(at + 1) || undefined);
        if (its !== "flag") break;
      }
    }
  }
  return others;
}

/** The words of a command line, with a shell's quotes and backslashes, as Python's `shlex.split` splits it. */
function shellWords(text: string): Array<string> {
  const words: Array<string> = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote === "" && /\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (quote === "" && (char === '"' || char === "'")) {
      quote = char;
      word ??= "";
    } else if (char === quote) quote = "";
    else if (char === "\\" && quote !== "'" && (quote === "" || /["\\]/.test(text.charAt(at + 1)))) {
      word = (word ?? "") + text.charAt(++at);
    } else word = (word ?? "") + char;
  }
  if (quote !== "") throw new DbtFailure("No closing quotation");
  if (word !== undefined) words.push(word);
  return words;
}
