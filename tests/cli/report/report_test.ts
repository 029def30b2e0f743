/**
 * The reports of why a run ended as it did, and what hostile words can do in them: nothing.
 *
 * @module
 */
import assert from "node:assert/strict";
import { githubReport } from "../../../lib/cli/report/report_github.ts";
import { junitReport } from "../../../lib/cli/report/report_junit.ts";
import { markdownReport } from "../../../lib/cli/report/report_markdown.ts";
import { textReport } from "../../../lib/cli/report/report_text.ts";
import type { ExplainedNode, ExplainedStep, Explanation, runs } from "../../../mod.ts";

const run: runs.Run = {
  id: 42,
  job_definition_id: 7,
  status: 20,
  status_humanized: "Error",
  duration: "00:01:37",
  href: "https://ab123.us1.dbt.com/deploy/1/projects/1/runs/42/",
};

function stepOf(name: string, status: number, more: Partial<ExplainedStep> = {}): ExplainedStep {
  return { step: { id: 1, index: 1, name, status }, counts: {}, failed: [], skipped: [], warned: [], log: "", ...more };
}

const customers: ExplainedNode = {
  unique_id: "model.shop.customers",
  status: "error",
  message: "Database Error in model customers (models/customers.sql)\n  100%, no: really\n",
  file: "models/customers.sql",
  compiled_code: "\n\nselect *\nfrom nowhere\n",
};

const broken: Explanation = {
  run,
  steps: [
    stepOf("Clone git repository", 10),
    stepOf("Invoke dbt with `dbt build`", 20, {
      counts: { success: 24, error: 1, skipped: 2, warn: 1 },
      failed: [customers],
      skipped: [{ unique_id: "test.shop.a.1", status: "skipped" }, { unique_id: "test.shop.b.2", status: "skipped" }],
      warned: [{ unique_id: "test.shop.c.3", status: "warn", message: "Got 2 results", file: "models/schema.yml" }],
      log: "\u001b[31mCompleted with 1 error\u001b[0m\nDone. ERROR=1",
    }),
  ],
};

const plain = { color: false };

// ---- what they say --------------------------------------------------------------------------------------------------

Deno.test("textReport() says what failed, and the end of the log", () => {
  assert.equal(
    textReport(broken, plain),
    `✗ Run 42 of job 7 ended in error after 1m 37s  https://ab123.us1.dbt.com/deploy/1/projects/1/runs/42/

✗ Invoke dbt with \`dbt build\` failed: 1 error, 2 skipped, 1 warn, 24 success
  model.shop.customers  error  models/customers.sql
  │ Database Error in model customers (models/customers.sql)
  │   100%, no: really
  Compiled code:
  │ select *
  │ from nowhere
  test.shop.c.3  warn  models/schema.yml
  │ Got 2 results
  Skipped:
    test.shop.a.1
    test.shop.b.2
  The end of its log:
  │ Completed with 1 error
  │ Done. ERROR=1
`,
  );
});

Deno.test("every report shows a step whose nodes failed as failed, though dbt Cloud calls it a success", () => {
  const explanation: Explanation = {
    run: { ...run, status: 10, status_humanized: "Success" },
    steps: [stepOf("Invoke dbt with `dbt build`", 10, {
      counts: { "partial success": 1 },
      failed: [{ unique_id: "model.shop.events", status: "partial success" }],
    })],
  };
  assert.match(textReport(explanation, plain), /^✗ Invoke dbt with `dbt build` failed: 1 partial success$/m);
  assert.match(markdownReport(explanation), /^#### ❌ .* failed: 1 partial success$/m);
  for (const report of [textReport(explanation, plain), markdownReport(explanation)]) {
    assert.doesNotMatch(report, /[✓✅].*failed/);
  }
});

Deno.test("every report says how many failures a test had", () => {
  const node = (failures: number | null): ExplainedNode => ({ unique_id: "test.shop.a.1", status: "fail", failures });
  const reports = (failures: number | null) => {
    const explanation = { run, steps: [stepOf("Invoke dbt with `dbt test`", 20, { failed: [node(failures)] })] };
    return [textReport(explanation, plain), markdownReport(explanation), githubReport(explanation)];
  };
  for (const report of reports(3)) assert.match(report, /fail \(3 failures\)/);
  for (const report of reports(1)) assert.match(report, /fail \(1 failure\)/);
  for (const failures of [0, null]) {
    for (const report of reports(failures)) assert.doesNotMatch(report, /failure\b|failures/);
  }
});

Deno.test("textReport() has no head where the run's end was just said, and colours where it may", () => {
  const text = textReport(broken, { color: true }, false);
  assert(text.startsWith("\u001b[31m✗\u001b[0m Invoke dbt"));
  assert(text.includes("model.shop.customers  \u001b[31merror\u001b[0m"));
  assert(text.includes("test.shop.c.3  \u001b[33mwarn\u001b[0m"));
});

Deno.test("textReport() cuts what is long, and says so", () => {
  const many = Array.from({ length: 25 }, (_, index) => ({ unique_id: `test.shop.t${index}`, status: "skipped" }));
  const code = Array.from({ length: 100 }, (_, index) => `line ${index}`).join("\n");
  const text = textReport({
    run,
    steps: [stepOf("s", 20, { failed: [{ ...customers, compiled_code: code }], skipped: many })],
  }, plain);
  assert(text.includes("    test.shop.t19\n  … and 5 more: --report json\n"));
  assert(text.includes("  │ line 39\n  … and 60 more lines: --report json\n") && !text.includes("line 40"));
});

Deno.test("markdownReport() says what failed, in tables and fences", () => {
  assert.equal(
    markdownReport(broken),
    `### ❌ Run 42 of job 7 ended in error after 1m 37s

#### ❌ \`\` Invoke dbt with \`dbt build\` \`\` failed: 1 error, 2 skipped, 1 warn, 24 success

| status | node | file | message |
| --- | --- | --- | --- |
| \`error\` | \`model.shop.customers\` | \`models/customers.sql\` | \`Database Error in model customers (models/customers.sql)\` |
| \`warn\` | \`test.shop.c.3\` | \`models/schema.yml\` | \`Got 2 results\` |
| \`skipped\` | \`test.shop.a.1\` |  |  |
| \`skipped\` | \`test.shop.b.2\` |  |  |

<details><summary><code>model.shop.customers</code></summary>

\`\`\`
Database Error in model customers (models/customers.sql)
  100%, no: really
\`\`\`

\`\`\`sql


select *
from nowhere
\`\`\`

</details>

<details><summary><code>test.shop.c.3</code></summary>

\`\`\`
Got 2 results
\`\`\`

</details>

<details><summary><code>The end of the log of Invoke dbt with \`dbt build\`</code></summary>

\`\`\`
Completed with 1 error
Done. ERROR=1
\`\`\`

</details>

[Run 42 in dbt Cloud](https://ab123.us1.dbt.com/deploy/1/projects/1/runs/42/)
`,
  );
});

Deno.test("githubReport() annotates files, and groups what is long", () => {
  assert.equal(
    githubReport(broken),
    "│ Run 42 of job 7 ended in error after 1m 37s  https://ab123.us1.dbt.com/deploy/1/projects/1/runs/42/\n" +
      "::error file=models/customers.sql,title=model.shop.customers%3A error::" +
      "Database Error in model customers (models/customers.sql)%0A  100%25, no: really%0A\n" +
      "::warning file=models/schema.yml,title=test.shop.c.3%3A warn::Got 2 results\n" +
      "::group::Compiled code of model.shop.customers\n" +
      "│ \n│ \n│ select *\n│ from nowhere\n" +
      "::endgroup::\n" +
      "::group::Skipped in Invoke dbt with `dbt build`\n" +
      "│ test.shop.a.1\n│ test.shop.b.2\n" +
      "::endgroup::\n" +
      "::group::The end of the log of Invoke dbt with `dbt build`\n" +
      "│ Completed with 1 error\n│ Done. ERROR=1\n" +
      "::endgroup::\n",
  );
});

Deno.test("githubReport() makes ten annotations of a kind, as GitHub shows them, and lists the others", () => {
  const failed = Array.from({ length: 12 }, (_, index) => ({ unique_id: `test.shop.t${index}`, status: "fail" }));
  const lines = githubReport({ run, steps: [stepOf("s", 20, { failed, warned: failed.slice(0, 10) })] }).split("\n");
  assert.equal(lines.filter((line) => line.startsWith("::error ")).length, 10);
  assert.equal(lines.filter((line) => line.startsWith("::warning ")).length, 10);
  assert.deepEqual(lines.slice(11, 17), [
    "::group::2 more",
    "│ test.shop.t10: fail",
    "│ fail",
    "│ test.shop.t11: fail",
    "│ fail",
    "::endgroup::",
  ]);
});

Deno.test("githubReport() annotates a step that failed without a node, with the end of its log", () => {
  const steps = [
    stepOf("Invoke dbt with `dbt deps`", 20, { log: "Package not found", unread: "runs.getArtifact: no" }),
  ];
  assert.equal(
    githubReport({ run, steps }).split("\n")[1],
    "::error title=Invoke dbt with `dbt deps` failed::Cannot read which nodes failed: runs.getArtifact: no%0A" +
      "Package not found",
  );
});

Deno.test("every report says that nothing failed, and what warns", () => {
  const warned = [{ unique_id: "test.shop.c", status: "warn", message: "Got 2 results" }];
  const good: Explanation = { run: { ...run, status: 10 }, steps: [stepOf("dbt build", 10, { counts: { pass: 2 } })] };
  const warns: Explanation = { ...good, steps: [stepOf("dbt test", 10, { counts: { pass: 1, warn: 1 }, warned })] };
  const { href } = run;
  assert.equal(textReport(good, plain), `✓ Run 42 of job 7 succeeded after 1m 37s  ${href}\nNothing failed\n`);
  assert.equal(
    textReport(warns, plain),
    `✓ Run 42 of job 7 succeeded after 1m 37s  ${href}\nNothing failed\n\n` +
      "✓ dbt test warns: 1 warn, 1 pass\n  test.shop.c  warn\n  │ Got 2 results\n",
  );
  assert.equal(githubReport(good), `│ Run 42 of job 7 succeeded after 1m 37s  ${href}\nNothing failed\n`);
  assert(githubReport(warns).includes("\nNothing failed\n::warning title=test.shop.c%3A warn::Got 2 results\n"));
  assert(
    markdownReport(good).startsWith("### ✅ Run 42 of job 7 succeeded after 1m 37s\n\nNothing failed.\n\n[Run 42"),
  );
  assert(markdownReport(warns).includes("#### ✅ `dbt test` warns: 1 warn, 1 pass\n\n| status"));
});

Deno.test("every report says why a run was cancelled, by whom, and what had run", () => {
  const cancelled: Explanation = {
    run: {
      ...run,
      status: 30,
      status_message: "Cancelled by user.",
      audit: { cancellation: { actor: { name: "Jane" } } },
    },
    steps: [
      stepOf("Invoke dbt with `dbt seed`", 10, { counts: { success: 3 } }),
      stepOf("Invoke dbt with `dbt build`", 30, { log: "1 of 9 START" }),
    ],
  };
  assert.equal(
    textReport(cancelled, plain),
    `⊘ Run 42 of job 7 was cancelled after 1m 37s  ${run.href}\nCancelled by user. Cancelled by Jane\n\n` +
      "✓ Invoke dbt with `dbt seed` succeeded: 3 success\n\n" +
      "⊘ Invoke dbt with `dbt build` was cancelled\n  The end of its log:\n  │ 1 of 9 START\n",
  );
  const [, first] = githubReport(cancelled).split("\n");
  assert.equal(first, "::error title=Run 42 of job 7 was cancelled after 1m 37s::Cancelled by user. Cancelled by Jane");
  assert(
    markdownReport(cancelled).startsWith(
      "### 🚫 Run 42 of job 7 was cancelled after 1m 37s\n\n`Cancelled by user. Cancelled by Jane`\n\n" +
        "#### ✅ `` Invoke dbt with `dbt seed` `` succeeded: 3 success\n\n",
    ),
  );
});

Deno.test("every report says that a run goes on, or that nothing says why", () => {
  const going: Explanation = { run: { id: 42, status: 3, status_humanized: "Running" }, steps: [stepOf("dbt run", 3)] };
  assert.equal(textReport(going, plain), "· Run 42 has not ended: Running\n\n· dbt run continues\n");
  assert.equal(markdownReport(going), "### ⏳ Run 42 has not ended: Running\n\n#### ⏳ `dbt run` continues\n");
  assert.equal(
    textReport({ run: { id: 42, status: 20 }, steps: [] }, plain),
    "✗ Run 42 ended in error\ndbt Cloud gives no reason\n",
  );
  assert.equal(
    textReport({ run: { id: 42, status: 20, status_message: "No slot" }, steps: [] }, plain, false),
    "No slot\n",
  );
});

// ---- hostile words --------------------------------------------------------------------------------------------------

const attacks = [
  "::error::pwned",
  "  ::set-output name=x::1",
  "\t::add-mask::a",
  "text ##[error]pwned",
  "##vso[task.setvariable variable=x]1",
  "::stop-commands::x",
  "\u001b]0;title\u0007\u001b[2J\u001b[31mred\u009b1m",
  "a\r::error::behind a carriage return",
  "a\u0085::error::behind a next line",
  "a\u2028::error::behind a line separator",
  "```\n</details><script>alert(1)</script>\n````\n# Title",
  "| a \\| b | `x` <img src=x onerror=alert(1)> [link](javascript:x) @everyone",
  "%0A::error::escaped already",
  "x,file=/etc/passwd,line=1",
];

/** A run whose every word is hostile. */
const hostile = (attack: string): Explanation => ({
  run: {
    ...run,
    status_humanized: attack,
    status_message: attack,
    href: `https://x) ${attack}`,
    audit: { cancellation: { actor: { name: attack } } },
  },
  steps: [20, 30, 3].map((status) =>
    stepOf(attack, status, {
      counts: { [attack]: 1 },
      failed: [{ unique_id: attack, status: attack, message: attack, file: attack, compiled_code: attack }],
      warned: [{ unique_id: attack, status: "warn", message: attack, file: attack }],
      skipped: [{ unique_id: attack, status: "skipped" }],
      unread: attack,
      log: attack,
    })
  ),
});

/** A hostile run that fails without a node, is cancelled, or goes on. */
const runsOf: ReadonlyArray<Explanation> = [...attacks, attacks.join("\n")].map(hostile).flatMap(({ run, steps }) =>
  [20, 30, 3, 10].flatMap((status) => [
    { run: { ...run, status }, steps },
    { run: { ...run, status }, steps: steps.map((step) => ({ ...step, failed: [] })) },
  ])
);

/** What GitHub's runner takes for a command: `::name …::` at a line's begin, blanks aside; `##[name]` anywhere. */
function commandsOf(text: string): ReadonlyArray<string> {
  return text.split(/\r\n|\r|\n/).flatMap((line) => {
    const command = /^\s*::([\w-]+)(?: [^]*?)?::/.exec(line)?.[1] ?? /##\[(\w[\w-]*)[^\]]*\]/.exec(line)?.[1];
    return command === undefined ? [] : [command];
  });
}

Deno.test("githubReport() lets no word of another's be a command, nor end one", () => {
  for (const explanation of runsOf) {
    const text = githubReport(explanation);
    const commands = new Set(commandsOf(text));
    assert.deepEqual([...commands].filter((name) => !["error", "warning", "group", "endgroup"].includes(name)), []);
    // Each line is a command of ours, or stands behind a bar.
    const wrong = text.trimEnd().split("\n").filter((line) =>
      !/^(│ |::(error|warning|group|endgroup)[: ]|Nothing)/.test(line)
    );
    assert.deepEqual(wrong, []);
    // A property holds neither of the signs that end one, so that there are as many as were written.
    for (const [, properties = ""] of text.matchAll(/^::(?:error|warning) (.*?)::/gm)) {
      assert.match(properties, /^(file=[^,:]*,)?title=[^,:]*$/);
    }
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]|##\w*\[/);
  }
});

Deno.test("textReport() lets no word of another's be a command, nor steer the terminal", () => {
  for (const explanation of runsOf) {
    for (const headed of [true, false]) {
      const text = textReport(explanation, plain, headed);
      // deno-lint-ignore no-control-regex
      assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
      assert.deepEqual(commandsOf(text), []);
    }
  }
});

/** The text outside of fences. */
function outsideOf(markdown: string): string {
  const outside: Array<string> = [];
  let fence: string | undefined;
  for (const line of markdown.split("\n")) {
    const ticks = /^(`{3,})(\w*)$/.exec(line);
    if (fence === undefined) ticks === null ? outside.push(line) : fence = ticks[1];
    else if (ticks !== null && ticks[2] === "" && ticks[1]!.length >= fence.length) fence = undefined;
  }
  assert.equal(fence, undefined, "a fence is open at the end");
  return outside.join("\n");
}

/** The text outside of fences and of code, as a renderer of Markdown sees it. */
function markup(markdown: string): string {
  const summaries = outsideOf(markdown).replaceAll(/<summary><code>[^<>]*<\/code><\/summary>/g, "<summary/>");
  return summaries.replaceAll(/(?<!`)(`+)(?!`)([^\n]*?[^`])\1(?!`)/g, "code");
}

Deno.test("markdownReport() lets no word of another's be markup", () => {
  for (const explanation of runsOf) {
    const text = markup(markdownReport(explanation));
    assert.deepEqual(
      [...text.matchAll(/<[^>]*>/g)].map(([tag]) => tag).filter((tag) => !/^<(\/?details|summary\/)>$/.test(tag)),
      [],
    );
    for (const word of ["<script", "<img", "@everyone", "](javascript", "# Title", "::error"]) {
      assert(!text.includes(word), `${word} in ${text}`);
    }
    // Tables are cut at bars before anything else.
    const rows = outsideOf(markdownReport(explanation)).split("\n").filter((line) => line.startsWith("|"));
    const columns = new Set(rows.map((row) => row.split("|").length));
    assert.deepEqual([...columns], [6]);
  }
});

Deno.test("markdownReport() fits a step's summary, whatever dbt says, and says what is left out", () => {
  const huge = "é".repeat(200_000);
  const failed = Array.from({ length: 400 }, (_, index) => ({
    unique_id: `model.shop.m${index}`,
    status: "error",
    message: huge,
    compiled_code: huge,
  }));
  const text = markdownReport({ run, steps: [stepOf("s", 20, { failed, log: huge })] });
  assert(new TextEncoder().encode(text).length < 1024 * 1024);
  assert.match(text, /\n… and \d+ more parts, which do not fit here\.\n$/);
  assert(text.includes("| | … and 200 more | | |"));
  markup(text);
});

// ---- JUnit ----------------------------------------------------------------------------------------------------------

/** The names of a document's elements, each with its depth. Fails if it is not well-formed. */
function elementsOf(xml: string): ReadonlyArray<string> {
  const open: Array<string> = [];
  const all: Array<string> = [];
  const [declaration, ...rest] = xml.split("\n");
  assert.equal(declaration, '<?xml version="1.0" encoding="UTF-8"?>');
  const text = rest.join("\n");
  for (
    const [, slash, name = "", attributes = "", empty] of text.matchAll(/<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>/g)
  ) {
    assert.doesNotMatch(attributes, /&(?!(?:amp|lt|gt|quot);)/);
    if (slash) assert.equal(open.pop(), name);
    else {
      all.push(`${" ".repeat(open.length)}${name}`);
      if (!empty) open.push(name);
    }
  }
  assert.deepEqual(open, []);
  const words = text.replaceAll(/<\/?[a-z-]+(?: [a-z]+="[^"<]*")*\/?>/g, "");
  assert.doesNotMatch(words, /[<>]|&(?!(?:amp|lt|gt|quot);)/);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(xml, /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
  assert(xml.isWellFormed());
  return all;
}

Deno.test("junitReport() has a suite for each step, and a case for each node, with what the totals say", () => {
  const [clone, build] = broken.steps;
  const whole = {
    run,
    steps: [clone!, {
      ...build!,
      passed: [{ unique_id: "model.shop.orders", status: "success", execution_time: 1.5 }],
    }],
  };
  const xml = junitReport([whole]);
  assert.deepEqual(elementsOf(xml), [
    "testsuites",
    " testsuite",
    "  testcase",
    "   error",
    "  testcase",
    "   system-out",
    "  testcase",
    "   skipped",
    "  testcase",
    "   skipped",
    "  testcase",
  ]);
  assert.match(xml, /<testsuites name="dbt" tests="5" failures="0" errors="1" skipped="2" time="1\.500">/);
  assert.match(xml, /<testcase classname="model\.shop" name="customers" time="0\.000" file="models\/customers\.sql">/);
  assert.match(xml, /<error message="Database Error in model customers \(models\/customers\.sql\)">/);
});

Deno.test("junitReport() never says that a run passed which did not", () => {
  const lost = stepOf("Invoke dbt with `dbt build`", 20, { unread: "there is no file", log: "killed" });
  for (
    const [explanation, message] of [
      [{ run, steps: [lost] }, /Cannot read which nodes failed: there is no file\nkilled/],
      [{ run, steps: [] }, /Run 42 of job 7 ended in error/],
      [
        { run: { ...run, status: 30, status_message: "Cancelled by user." }, steps: [stepOf("Invoke dbt", 30)] },
        /Cancelled by user\./,
      ],
    ] as const
  ) {
    const xml = junitReport([explanation]);
    elementsOf(xml);
    assert.match(xml, /errors="1"/);
    assert.match(xml, message);
  }
  const fine = junitReport([{ run: { ...run, status: 10 }, steps: [] }]);
  assert.match(fine, /tests="0" failures="0" errors="0"/);
});

Deno.test("junitReport() is XML whatever dbt and dbt Cloud say", () => {
  const words = [
    "]]></error><x>",
    "a & b < c > d \" e '",
    "\u0000\u001b[31m\u0008",
    "\ud800",
    "\ufffe",
    "x".repeat(60_000),
  ];
  const nodes = words.map((word): ExplainedNode => ({
    unique_id: `model.${word}.b`,
    status: word,
    message: word,
    file: word,
  }));
  const step = stepOf(words.join(" "), 20, {
    failed: nodes,
    warned: nodes,
    skipped: nodes,
    log: words.join("\n"),
    unread: words[0]!,
  });
  const xml = junitReport([{ run, steps: [step] }, { run: { ...run, status_message: words.join("") }, steps: [] }]);
  assert.equal(elementsOf(xml).filter((name) => name.trim() === "testcase").length, 3 * words.length + 2);
});
