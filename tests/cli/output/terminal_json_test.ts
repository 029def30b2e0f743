import * as Arbitrary from "effect/Arbitrary";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import assert from "node:assert/strict";
import { indentJson, paintJson } from "../../../lib/cli/output/terminal_json.ts";
import * as sandbox from "../../../lib/sandbox/mod.ts";
import { command } from "../../support/command.ts";
import { succeeds } from "../../support/fixtures.ts";
import { testProperty } from "../../support/property.ts";

// Its escape sequences are the colours alone.
// deno-lint-ignore no-control-regex
const colors = /\u001b\[\d+m/g;

testProperty(
  "JSON on a terminal has the lines of JSON.stringify, with and without colours",
  Arbitrary.schema(Schema.Json),
  (value) => {
    const text = indentJson(JSON.stringify(value));
    assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
    assert.equal(text.split("\n").length, JSON.stringify(value, null, 2).split("\n").length + 1);
    assert.equal(paintJson(text, { color: true }).replaceAll(colors, ""), text);
    assert.equal(paintJson(text, { color: false }), text);
  },
);

Deno.test("a long number keeps its digits, and a text that is no JSON its lines, without escape sequences", () => {
  assert.equal(indentJson('{"id":70471812345678901234,"x":[]}'), '{\n  "id": 70471812345678901234,\n  "x": []\n}\n');
  assert.equal(indentJson('"\u009b31m"'), '"\\u009b31m"\n');
  assert.equal(indentJson("<html>\n\u001b[31mred</html>\n"), "<html>\nred</html>\n");
});

Deno.test("dbtc api prints lines on a terminal, and the very response in a pipe and with --raw", async () => {
  const path = "/api/v2/accounts/{account_id}/";
  const [person, pipe, raw] = await succeeds(
    Effect.all([
      command(["api", path], { terminal: true }),
      command(["api", path]),
      command(["api", path, "--raw"], { terminal: true }),
    ]).pipe(Effect.provide(sandbox.layer())),
  );
  assert.equal(pipe.stdout.split("\n").length, 2);
  assert.equal(raw.stdout, pipe.stdout);
  assert.equal(person.stdout, JSON.stringify(JSON.parse(pipe.stdout), null, 2) + "\n");
});
