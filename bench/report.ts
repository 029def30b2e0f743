/**
 * Runs every bench, and writes what they print to `docs/bench.md`, under the goals and how far they are met.
 *
 * @module
 */

const benches = ["start", "page", "list", "artifact", "bundle", "check", "sandbox"] as const;

/** What each bench printed. */
type Printed = Readonly<Record<(typeof benches)[number], string>>;

/** What is to be held. */
interface Goal {
  /** What is measured. */
  readonly what: string;
  /** The goal. */
  readonly most: number;
  /** The unit of both numbers. */
  readonly unit: "×" | "s" | "MB" | "KB";
  /** What came of it; NaN where it was not measured. */
  readonly is: (printed: Printed) => number;
  /** What there is to say where it is missed. */
  readonly missed: string;
}

/** The list of runs in Python. */
const pythonList = /Python dbtc: 100 runs/;

const goals: ReadonlyArray<Goal> = [
  ...[
    {
      way: "`dbtc --version` from source",
      pattern: /^ +dbtc --version/,
      over: /Python dbtc: import/,
      most: 1 / 10,
      missed:
        "Deno reads and resolves all of dbtc's files before it runs the first, those of other commands too: two " +
        "thirds of this start. The command itself loads two files.",
    },
    {
      way: "`dbtc --version`, the one file on Deno",
      pattern: /Deno: --version/,
      over: /Python dbtc: import/,
      most: 1 / 12,
      missed: "Half of it is Deno's own start, and the other half reading a file of 2 MB.",
    },
    {
      way: "`dbtc runs list`, 100 rows, from source",
      pattern: /^ +dbtc runs list --limit/,
      over: pythonList,
      most: 1 / 3.8,
      missed: "To import `effect/cli/Command` and the services of the platform takes about what the goal allows: see " +
        "the first line of what was printed. The one file takes less than half of this.",
    },
    {
      way: "`dbtc runs list`, the one file on Deno",
      pattern: /Deno: runs list/,
      over: pythonList,
      most: 1 / 5.5,
      missed: "Deno's own start, `node:fs`, `node:process` and the first `fetch` take 60 ms of CPU, half of what the " +
        "goal allows. To evaluate 130 modules of Effect and 100 of dbtc takes 40 ms more, and no module stands out.",
    },
    {
      way: "`dbtc runs list`, the one file on Node",
      pattern: /file, Node: runs list/,
      over: pythonList,
      most: 1 / 3.3,
      missed: "Node parses 2 MB at each start: a quarter of it. From 22.8 on, Node keeps compiled code, but of files " +
        "that another imports: the command of the npm package does that, and takes a quarter less there. Node 20 has " +
        "no such cache; its own start, and its `fetch`, take another quarter.",
    },
  ].map(({ most, missed, over, pattern, way }): Goal => ({
    what: `${way}, over ${over === pythonList ? "the same 100 rows in Python dbtc" : "importing Python dbtc"}`,
    most,
    unit: "×",
    is: ({ start }) => milliseconds(start, pattern) / milliseconds(start, over),
    missed,
  })),
  {
    what: "A page of 100 runs, sent, received and validated, over `fetch` and `JSON.parse`",
    most: 1.9,
    unit: "×",
    is: ({ page }) => largest(page, /runs\.list .*× ([\d.]+)/g),
    missed:
      "Effect's own HTTP client and the check of every field are half of the difference. The rest is many small steps, none " +
      "of which takes a tenth: placing the request, the rate limit, the span, two timeouts, the policy of retries. It is " +
      "less than a millisecond for each page.",
  },
  {
    what: "10,000 runs at 50 ms a request, from the command's start",
    most: 0.7,
    unit: "s",
    is: ({ list }) => largest(list, /^ +10000 rows +dbtc runs .* ([\d.]+) s +CPU/gm),
    missed:
      "A third of it is the start of the process. Then comes one page, and waves of 24: they arrive together, and while " +
      "JavaScript's one thread parses a wave, the next requests are not sent yet. The sandbox shares the machine's cores.",
  },
  {
    what: "CPU for 100,000 runs as jsonl, over a program of `fetch` and `JSON`",
    most: 2.5,
    unit: "×",
    is: ({ list }) =>
      largest(list, /^ +100000 rows +dbtc runs .* CPU +([\d.]+) s/gm) /
      largest(list, /^ +100000 rows +fetch .* CPU +([\d.]+) s/gm),
    missed:
      "A tenth is the start of the process. Of the rest, most is what the page above costs; the search for control " +
      "characters in the output is a thirtieth.",
  },
  {
    what: "Memory of 100,000 runs, over that of 10,000: flat",
    most: 1.3,
    unit: "×",
    is: ({ list }) =>
      largest(list, /^ +100000 rows +dbtc runs .* (\d+) MB/gm) /
      largest(list, /^ +10000 rows +dbtc runs .* (\d+) MB/gm),
    missed:
      "What is over is garbage. On a machine with much memory, V8 lets the heap grow before it collects, and 10,000 rows end " +
      "before that. Where V8 collects early (`--v8-flags=--optimize-for-size`, next row), the memory is flat, at twice the CPU.",
  },
  {
    what: "The same where V8 collects garbage early",
    most: 1.3,
    unit: "×",
    is: ({ list }) =>
      largest(list, /^ +100000 rows +dbtc, heap .* (\d+) MB/gm) /
      largest(list, /^ +10000 rows +dbtc, heap .* (\d+) MB/gm),
    missed: "Something keeps rows that were printed.",
  },
  {
    what: "The memory of a program that streams 1,000,000 runs",
    most: 350,
    unit: "MB",
    is: ({ list }) => largest(list, /^ +1000000 rows .* (\d+) MB/gm),
    missed: "What is over is garbage that V8 has not collected yet, as above.",
  },
  {
    what: "An artifact of 200 MB to disk: the most memory over the start's",
    most: 150,
    unit: "MB",
    is: ({ artifact }) => largest(artifact, /dbtc runs get-artifact +(\d+) MB/g),
    missed: "The pieces are written as they come; what is over is garbage that was not yet collected.",
  },
  {
    what: "The bundle of a program that reads jobs and runs, by entry points, split: what it loads at its start",
    most: 240,
    unit: "KB",
    is: ({ bundle }) => largest(bundle, /entry points .* at the start (\d+) KB/g),
    missed:
      "186 KB of it are Effect's. A program of Effect's HTTP client, `Schema` and `Stream` alone has 124 KB; the " +
      "rest is what dbtc uses of them. Splitting loads 9 KB of Effect that only other parts use.",
  },
  {
    what: "The same as one file",
    most: 300,
    unit: "KB",
    is: ({ bundle }) => largest(bundle, /entry points +one file (\d+) KB/g),
    missed: "One file has what a program would load only when it uses it, too.",
  },
  {
    what: "The type-check of a program that imports the module from a registry, over that of `effect/Effect` alone",
    most: 1.5,
    unit: "×",
    is: ({ check }) => largest(check, /declarations .*× ([\d.]+)/g),
    missed: "The declarations name types of many of Effect's modules.",
  },
  {
    what: "The same from a checkout, where Deno checks all of dbtc's sources",
    most: 2,
    unit: "×",
    is: ({ check }) => largest(check, /sources .*× ([\d.]+)/g),
    missed:
      "Deno checks about 200 files then, and none of them takes more than a fourteenth of the time. A third is `lib/api`, " +
      "where the compiler compares the interface of each request with its schemas. Deno remembers a program that " +
      "it has checked: it is paid once for each change.",
  },
];

const printed = Object.fromEntries(benches.map((name) => [name, run(name)])) as Printed; // a text for each name
const met = goals.map((goal) => ({ ...goal, came: goal.is(printed) }));
const missed = met.filter(({ came, most }) => came > most);
const cpu = navigator.hardwareConcurrency;
const memory = Math.round(Deno.systemMemoryInfo().total / 2 ** 30);
const load = Deno.loadavg()[1]?.toFixed(0);
const machine = `${Deno.build.os} ${Deno.build.arch}, ${cpu} cores, ${memory} GB, ${processor()}, load average ${load}`;

await Deno.writeTextFile(
  new URL("../docs/bench.md", import.meta.url),
  `# Numbers

<!-- Written by deno task bench. -->

Measured on ${
    new Date().toISOString().slice(0, 10)
  } with Deno ${Deno.version.deno} on ${machine}, from a checkout. Others
may have been at work on the machine: a ratio of two numbers of one run says more than either. \`deno task bench\` measures
again, and writes this page.

| goal | at most | is | met |
| --- | --- | --- | --- |
${
    met.map(({ came, most, unit, what }) =>
      `| ${what} | ${round(most)} ${unit} | ${
        Number.isNaN(came) ? "not measured |" : `${round(came)} ${unit} | ${came <= most ? "yes" : "no"}`
      } |`
    ).join("\n")
  }

Python dbtc is measured where it is installed (\`DBTC_PYTHON\` names a Python that has it), Node, curl and jq too.
${
    missed.length === 0
      ? ""
      : `\n## What is missed\n\n${missed.map(({ what, missed }) => `- **${what}.** ${missed}`).join("\n")}\n`
  }
## What was printed

\`\`\`text
${benches.map((name) => printed[name].trim()).join("\n\n")}
\`\`\`
`,
);
new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", "docs/bench.md"] }).outputSync();

/** What a bench prints, which is shown too. */
function run(name: string): string {
  const { success, stdout } = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL(`${name}.ts`, import.meta.url).pathname],
    stderr: "inherit",
  }).outputSync();
  const text = new TextDecoder().decode(stdout);
  console.log(text.trimEnd());
  if (!success) throw new Error(`bench/${name}.ts failed`);
  return text;
}

/** The largest of the numbers that a pattern finds. */
function largest(text: string, pattern: RegExp): number {
  const found = [...text.matchAll(pattern)].map(([, number]) => Number(number));
  if (found.length === 0) throw new Error(`${pattern} is nowhere in what was printed:${text}`);
  return Math.max(...found);
}

/** The milliseconds of the line that a pattern finds; NaN if it finds no line. */
function milliseconds(text: string, pattern: RegExp): number {
  const line = text.split("\n").find((line) => pattern.test(line)) ?? "";
  return Number(/([\d.]+) ms/.exec(line)?.[1] ?? NaN);
}

function round(number: number): string {
  return number.toFixed(number < 10 ? 2 : 0);
}

/** The processor, where the system says it. */
function processor(): string {
  try {
    return /^model name\s*: (.*)$/m.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1] ?? "unknown processor";
  } catch {
    return "unknown processor";
  }
}
