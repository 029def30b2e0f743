/**
 * The pages for people: the front page, and those of runs and jobs.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as TestClock from "effect/testing/TestClock";
import assert from "node:assert/strict";
import { html } from "../../lib/sandbox/server/html.ts";
import { readRecording } from "../../lib/sandbox/mod.ts";
import * as Result from "effect/Result";
import { type Bench, inProcess, test, v2 } from "../support/sandbox_fixture.ts";

const name = `<script>alert("1")</script> & 'more'`;
const escaped = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;more&#39;";

const jobOf = (bench: Bench) =>
  bench.data(`POST ${v2}/jobs/`, {
    account_id: 1,
    project_id: 1,
    environment_id: 1,
    name,
    execute_steps: ["dbt build"],
  });

/** Reads a page, which nobody needs a token for, and holds it to what is true of all pages. */
const pageOf = Effect.fnUntraced(function* ({ ask }: Bench, path: string, expected = 200) {
  const { body, headers, status } = yield* ask(`GET ${path}`, undefined, {});
  assert.equal(status, expected, path);
  assert.equal(headers["content-type"], "text/html; charset=utf-8");
  const text = String(body);
  assert.match(text, /^<!doctype html>\s+<html lang="en">/);
  assert.match(text, /<meta name="viewport" content="width=device-width, initial-scale=1"/);
  assert.match(text, /prefers-color-scheme: dark/);
  // It works without scripts, and loads nothing.
  assert.doesNotMatch(text, /<script|javascript:|\son\w+=|@import|url\(|\ssrc=|rel="stylesheet"/);
  return text;
});

test(
  "has a front page with its tokens, jobs, runs, faults and requests",
  Effect.fnUntraced(function* (bench) {
    yield* jobOf(bench);
    yield* bench.inject({ fault: "slow", route: `GET */<b>/*`, times: 3 });
    yield* bench.ask(`GET ${v2}/jobs/?name=%3Cb%3E`);
    const text = yield* pageOf(bench, "/");
    for (const part of ["sandbox-runner", "Daily build", escaped, "GET */&lt;b&gt;/*", "name=&lt;b&gt;"]) {
      assert(text.includes(part), part);
    }
    assert.match(text, /href="\/openapi\.json"/);
    assert.match(text, /href="https:\/\/jsr\.io\/@dbtc\/dbtc"/);
    const links = [...text.matchAll(/href="(\/deploy\/[^"]+)"/g)].map(([, path = ""]) => path);
    assert.equal(links.length, 5 + 6, "jobs and runs");
    for (const path of links) yield* pageOf(bench, path);
    // A page is no request of a client.
    assert.equal((yield* bench.requests).length, 2);
  }),
);

test(
  "has a page at the address of each run, with its steps, logs and failed nodes",
  Effect.fnUntraced(function* (bench) {
    for (const { href, id, job_definition_id } of yield* bench.data(`GET ${v2}/runs/`)) {
      const text = yield* pageOf(bench, new URL(href).pathname);
      assert(text.includes(`Run ${id}`));
      assert.match(text, /Invoke dbt with `dbt build/);
      assert.match(text, /Running with dbt=/);
      assert(!text.includes("\u001b"));
      const failed = job_definition_id === 2;
      assert.equal(text.includes("Failed nodes"), failed);
      assert.equal(text.includes("Database Error in model customers"), failed);
      assert.equal(text.includes('http-equiv="refresh"'), false);
    }
  }),
);

test(
  "loads the page of a run again while it runs",
  Effect.fnUntraced(function* (bench) {
    const { href } = yield* bench.data(`POST ${v2}/jobs/1/run/`, { cause: name });
    const { pathname } = new URL(href);
    const queued = yield* pageOf(bench, pathname);
    assert.match(queued, /No step has started/);
    assert.match(queued, /http-equiv="refresh"/);
    assert(queued.includes(escaped));
    yield* TestClock.adjust("10 seconds");
    assert.match(yield* pageOf(bench, pathname), /Running/);
    yield* TestClock.adjust("10 minutes");
    const over = yield* pageOf(bench, pathname);
    assert.match(over, /Success/);
    assert.doesNotMatch(over, /http-equiv="refresh"/);
  }),
);

test(
  "has a page for each job, and none for what is not there",
  Effect.fnUntraced(function* (bench) {
    const { id } = yield* jobOf(bench);
    const path = `/deploy/1/projects/1/jobs/${id}/`;
    assert((yield* pageOf(bench, path)).includes(`<h1>${escaped}</h1>`));
    yield* pageOf(bench, path.slice(0, -1));
    yield* bench.ask(`DELETE ${v2}/jobs/${id}/`);
    for (const gone of [path, "/deploy/2/projects/1/jobs/1/", "/deploy/1/projects/2/jobs/1/"]) {
      yield* pageOf(bench, gone, 404);
    }
    yield* pageOf(bench, "/deploy/1/projects/1/runs/1/", 404);
    yield* pageOf(bench, "/deploy/1/projects/2/runs/70471800000001/", 404);
    assert.equal((yield* bench.ask("GET /deploy/1/")).status, 404);
    assert.equal((yield* bench.ask("POST /", {})).status, 404);
  }),
);

Deno.test("the front page of a recording shows no jobs, since they answer nothing", () =>
  inProcess(
    { replay: Result.getOrThrow(readRecording('{"recording":1}')) },
    Effect.fnUntraced(function* (bench) {
      const text = yield* pageOf(bench, "/");
      assert.match(text, /answers from a recording/);
      assert.doesNotMatch(text, /Daily build/);
      assert.equal((yield* bench.ask("GET /deploy/1/projects/1/jobs/1/")).status, 404);
    }),
  ));

Deno.test("html`` escapes what is put into it, and keeps its own pieces", () => {
  const { source } = html`<p title="${`"'`}">${"<&>"}${[html`<b>${1}</b>`]}${null}${undefined}</p>`;
  assert.equal(source, '<p title="&quot;&#39;">&lt;&amp;&gt;<b>1</b></p>');
});
