/**
 * Reads tables of faults and results, and tries each cell against a sandbox with that fault. `fault_matrix_test.ts` has
 * the tables.
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
import { graphqlFaults } from "../../lib/sandbox/protocol/faults.ts";
import { virtually } from "./fixtures.ts";

/** A call, ready to be made. */
interface Ready {
  /** The call; it gives its result in a word. */
  readonly call: Effect.Effect<string, DbtError, Dbt>;
  /** The state ten seconds later, in a word, when the faults are over. Also checks what must always hold. */
  readonly after?: Effect.Effect<string, DbtError, Dbt>;
}

/** A column of a table. */
export interface Column {
  /** The request that a fault hits once. */
  readonly route: string;
  /** Prepares the call, before any fault. */
  readonly prepare: Effect.Effect<Ready, DbtError, Dbt>;
}

/** A row of a table. */
interface Row {
  /** The faults, at the same time. */
  readonly faults: ReadonlyArray<sandbox.FaultName>;
  /** Once, in the column's request; or always, in every request. */
  readonly when: "once" | "always";
  /** The expected result of each column's call. */
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

/** The faults that choose their own requests. The others hit any request. */
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

/** How often "always" is: a number, so that hits can be counted. */
const always = 1_000_000;

/** The result of a column's call, or its error's reason and exit code; then the state after it. A dot if no fault hit. */
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
    // A write is sent again only after a sure refusal.
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
  Deno.test(`the table of ${name} has every fault, once and always`, () => {
    const lines = table.filter(({ faults }) => faults.length === 1).map(({ faults, when }) => `${faults} ${when}`);
    assert.deepEqual(
      lines,
      sandbox.faultNames.filter((fault) => !graphqlFaults.includes(fault)).flatMap((
        fault,
      ) => [`${fault} once`, `${fault} always`]),
      `add each fault, in the order of \`faultNames\`, and below it the lines "once" and "always" with what comes of each ` +
        `column, ${where}. A fault that chooses its requests itself also belongs in \`choosy\` of ` +
        "tests/support/fault_table.ts",
    );
    const short = table.filter(({ cells }) => cells.length !== Object.keys(columns).length);
    assert.deepEqual(short, [], `give these lines a cell for each column ${where}`);
  });
}
