/**
 * What comes of calls when something goes wrong: tables to be read, and the sandbox in which each of their cells is
 * tried.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Random from "effect/Random";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import assert from "node:assert/strict";
import { type Dbt, DbtClient, type DbtError } from "../../mod.ts";
import { exitCode } from "../../lib/cli/output/exit_code.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { virtually } from "./fixtures.ts";

/** A call that is prepared: what it gives in a word, and how things stand after it. */
export interface Ready {
  /** The call. */
  readonly call: Effect.Effect<string, DbtError, Dbt>;
  /** How things stand ten seconds after it, once nothing goes wrong any more. Also checks what must hold anyway. */
  readonly after?: Effect.Effect<string, DbtError, Dbt>;
}

/** A column of a table. */
export interface Column {
  /** The request that it is about. */
  readonly route: string;
  /** Prepares the call; nothing goes wrong yet. */
  readonly prepare: Effect.Effect<Ready, DbtError, Dbt>;
}

/** A row of a table. */
interface Row {
  /** What goes wrong. */
  readonly faults: ReadonlyArray<sandbox.FaultName>;
  /** Once, in the request that the column is about; or always, in every request. */
  readonly when: "once" | "always";
  /** What comes of each column's call. */
  readonly cells: ReadonlyArray<string>;
}

/**
 * Reads a table. Its first line names the columns; then a line names what goes wrong, and the two below it hold the
 * cells for `once` and `always`.
 */
function readTable(text: string, columns: ReadonlyArray<string>): ReadonlyArray<Row> {
  let faults: Row["faults"] = [];
  const [head = "", ...lines] = text.split("\n").filter((line) => line.trim() !== "");
  assert.deepEqual(head.trim().split(/\s{2,}/), columns, "name the columns in the first line of the table");
  return lines.flatMap((line) => {
    const [when, ...cells] = line.trim().split(/\s{2,}/);
    if (when === "once" || when === "always") return [{ faults, when, cells }];
    faults = line.trim().split(" + ") as Array<sandbox.FaultName>; // `inject` takes no other
    return [];
  });
}

/** The faults that choose their requests themselves. The others hit any. */
const choosy: ReadonlySet<sandbox.FaultName> = new Set([
  "accepted-then-lost",
  "late-accept",
  "hidden-in-list",
  "not-found-after-trigger",
  "row-deleted-between-pages",
  "unknown-status",
  "late-artifact",
  "missing-artifact",
  "stuck-queued",
  "slow-cancel",
  "cancel-refused",
]);

/** As good as always, but countable. */
const always = 1_000_000;

/**
 * What comes of a column's call: what it gives, or its reason and exit code, and how things stand after it. A dot where
 * nothing can go wrong.
 */
async function tryCell({ route, prepare }: Column, { faults, when }: Pick<Row, "faults" | "when">): Promise<string> {
  const session = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
    Layer.provideMerge(sandbox.layer({ runs: 250 })),
  );
  const program = Effect.gen(function* () {
    const handle = yield* sandbox.Sandbox;
    const { call, after } = yield* prepare;
    const before = (yield* handle.requests).length;
    for (const fault of faults) {
      yield* handle.inject(
        when === "always" ? { fault, times: always } : { fault, times: 1, ...(choosy.has(fault) ? {} : { route }) },
      );
    }
    const ended = yield* Effect.result(call);
    const { faults: left } = JSON.parse(
      yield* Effect.orDie(Effect.flatMap(handle.client.get("http://127.0.0.1/_sandbox/faults"), ({ text }) => text)),
    ) as { readonly faults: ReadonlyArray<sandbox.Fault> };
    const writes = (yield* handle.requests).slice(before).filter(({ verb }) => verb !== "GET").length;
    // Only what was surely refused is sent again.
    if (!faults.includes("rate-limit")) assert(writes <= (route.startsWith("GET ") ? 0 : 1), `${writes} writes`);
    yield* handle.heal;
    yield* Effect.sleep("10 seconds");
    const said = Result.match(ended, {
      onSuccess: (word) => word,
      onFailure: (error) => `${error.reason._tag} ${exitCode(error)}`,
    });
    const stands = after === undefined ? "" : yield* after;
    const untouched = left.filter(({ times }) => times === (when === "always" ? always : 1)).length === faults.length;
    if (untouched) assert(Result.isSuccess(ended), `${said}, but not for ${faults.join(" and ")}`);
    return untouched ? "." : [said, stands].filter((word) => word !== "").join(", ");
  });
  const { result } = await virtually(Effect.provide(program, session).pipe(Random.withSeed("trouble")));
  return Result.getOrThrow(result);
}

/** Tests each row of a table. */
export function testTable(name: string, columns: Readonly<Record<string, Column>>, text: string): void {
  const where = `in the table of ${name} in tests/slow/fault_matrix_test.ts`;
  const table = readTable(text, Object.keys(columns));
  for (const row of table) {
    Deno.test(`${name} hold for ${row.faults.join(" + ")}, ${row.when}`, async () => {
      const cells = await Promise.all(Object.values(columns).map((column) => tryCell(column, row)));
      const named = (cells: ReadonlyArray<string>) =>
        Object.keys(columns).map((column, index) => [column, cells[index]]);
      assert.deepEqual(
        Object.fromEntries(named(cells)),
        Object.fromEntries(named(row.cells)),
        `where what happens now is right, write it into the cell ${where}`,
      );
    });
  }
  Deno.test(`${name} speak of every fault, once and always`, () => {
    const lines = table.filter(({ faults }) => faults.length === 1).map(({ faults, when }) => `${faults} ${when}`);
    assert.deepEqual(
      lines,
      sandbox.faultNames.flatMap((fault) => [`${fault} once`, `${fault} always`]),
      `add each fault, in the order of \`faultNames\`, and below it the lines "once" and "always" with what comes of each ` +
        `column, ${where}. A fault that chooses its requests itself also belongs in \`choosy\` of ` +
        "tests/support/fault_table.ts",
    );
    const short = table.filter(({ cells }) => cells.length !== Object.keys(columns).length);
    assert.deepEqual(short, [], `give these lines a cell for each column ${where}`);
  });
}
