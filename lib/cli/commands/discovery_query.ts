/**
 * `dbtc discovery query`: sends a GraphQL query from a file, and prints the rows of all pages.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import * as discovery from "../../discovery/discovery.ts";
import { placeDocument } from "../../graphql/send_query.ts";
import { one, text } from "../input/flag_types.ts";
import { readTextFile } from "../input/read_json.ts";
import { usage } from "../output/exit_code.ts";
import { print } from "../output/print.ts";
import { note, write } from "../output/write_output.ts";
import { sendRaw } from "./call_endpoint.ts";
import { reportingPartialData } from "./partial_data.ts";
import { printRequest } from "./print_request.ts";
import { program, type ProgramInput } from "./program.ts";

const flags = {
  file: one("file", text("file"), "Read the query from this file; - for stdin", "f"),
};

type Input = ProgramInput<Partial<Pick<discovery.OwnQuery, "query">> & Omit<discovery.OwnQuery, "query">, typeof flags>;

/** The request, with the query from its file. */
const requestOf = Effect.fnUntraced(function* ({ flags: { file }, request: { query, ...rest } }: Input) {
  if (query !== undefined && file !== undefined) return yield* usage("--file does not go with a query");
  if (query !== undefined) return { ...rest, query };
  if (file === undefined) {
    return yield* usage("Which query? Try: dbtc discovery query -f QUERY.graphql, or dbtc sl query for metrics");
  }
  return { ...rest, query: yield* readTextFile("--file", file) };
});

const placedOf = ({ beta = true, query, variables = {} }: discovery.OwnQuery) =>
  placeDocument(beta ? "discovery_beta" : "discovery", query, variables);

/** Prints the rows of all pages of the query's first connection; the whole answer, if it has none. */
export const discoveryQuery = program(discovery.query, {
  flags,
  optional: ["query"],
  dryRun: (input) => Effect.flatMap(requestOf(input), (request) => printRequest(placedOf(request), input.invocation)),
  run: Effect.fnUntraced(function* (input) {
    const { invocation } = input;
    const request = yield* requestOf(input);
    if (invocation.raw) {
      return yield* write(Stream.make(yield* sendRaw("discovery.query", placedOf(request))), invocation.output);
    }
    const pages = yield* Stream.runCollect(discovery.pagesOf(request));
    const found = pages.flatMap((page) => discovery.findConnection(page) ?? []);
    // Without `$after`, only the first page was asked for.
    if (found.at(-1)?.hasMore) yield* note("dbt Cloud has more rows. With a variable $after, dbtc asks for all pages");
    yield* print(found.length > 0 ? found.flatMap(({ rows }) => rows) : pages[0], invocation);
  }, reportingPartialData),
});
