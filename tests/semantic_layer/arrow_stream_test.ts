/**
 * Pages of Arrow joined into one stream: a reader finds every row once.
 *
 * @module
 */
import { dictionary, int32, list, tableFromIPC, utf8 } from "@uwdata/flechette";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import assert from "node:assert/strict";
import { joinArrow } from "../../lib/semantic_layer/arrow_stream.ts";
import { arrowPage } from "../support/arrow_page.ts";
import { integer, testProperty } from "../support/property.ts";

async function joined(pages: ReadonlyArray<string>): Promise<Uint8Array> {
  const parts = await Effect.runPromise(
    Stream.runCollect(joinArrow(Stream.fromIterable(pages), (detail) => new Error(detail))),
  );
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

testProperty("all rows of all pages are there, in order", integer(0, 40), async (size) => {
  const pages = Array.from({ length: 3 }, (_, page) => Array.from({ length: size }, (_, row) => page * 100 + row));
  const bytes = await joined(
    pages.map((rows) =>
      arrowPage({ id: [int32(), rows], name: [utf8(), rows.map((row) => row % 7 === 0 ? null : `row ${row}`)] })
    ),
  );
  const table = tableFromIPC(bytes);
  assert.deepEqual([...table.getChild("id")], pages.flat());
  assert.deepEqual(table.getChild("name").at(1), size < 2 ? table.getChild("name").at(1) : "row 1");
}, { runs: 30 });

Deno.test("dictionaries of each page, and types that rows cannot hold, pass through", async () => {
  const page = (names: ReadonlyArray<string>) =>
    arrowPage({ name: [dictionary(utf8(), int32(), false, 1), names], tags: [list(int32()), names.map(() => [1, 2])] });
  const table = tableFromIPC(await joined([page(["a", "b"]), page(["c", "a"])]));
  assert.deepEqual([...table.getChild("name")], ["a", "b", "c", "a"]);
  assert.deepEqual([...table.getChild("tags").at(3)], [1, 2]);
});

Deno.test("a page with other columns, and one that is cut, are errors", async () => {
  const page = arrowPage({ id: [int32(), [1]] });
  await assert.rejects(joined([page, arrowPage({ id: [utf8(), ["1"]] })]), {
    message: "a page has other columns than the first one",
  });
  await assert.rejects(joined([page.slice(0, 200)]), { message: /^the Arrow stream is cut at byte \d+$/ });
  await assert.rejects(joined([btoa("<html>Bad Gateway</html>")]), { message: "it is no Arrow stream at byte 0" });
  await assert.rejects(joined(["<html>"]), { message: "it is no base64: Length must be a multiple of 4, but is 6" });
});
