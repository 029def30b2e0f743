/**
 * Lets a person at a terminal choose the thing that a command needs and that the command line does not name, as `gh` does.
 * `endpoint_command.ts` loads it for such a command line.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Prompt from "effect/cli/Prompt";
import { list } from "../../api/runs.ts";
import { Dbt } from "../../dbt.ts";
import { defined } from "../../defined.ts";
import { type FoundKind, nounOf } from "../../groups/id_fields.ts";
import { listNamed, type ParentIds, type ResolvedId } from "../../groups/named_lists.ts";
import type { Run } from "../../models/run.ts";
import { longAgo } from "../output/cell_text.ts";
import { clean } from "../output/safe_text.ts";
import { ask } from "./ask_person.ts";
import { NamedThingsFound } from "./id_references.ts";

/** The most things to choose from: one request. */
const mostChoices = 100;
/** The most runs to choose from. */
const mostRuns = 30;

/** Asks which thing of a kind is meant. Undefined if no such thing exists. */
export const chooseThing = Effect.fnUntraced(function* (kind: FoundKind, request: Readonly<Record<string, unknown>>) {
  const { defaults } = yield* Dbt;
  const ids = (["account_id", "project_id", "environment_id"] as const).flatMap((field) => {
    const id = request[field] ?? defaults[field];
    return typeof id === "number" ? [[field, id] as const] : [];
  });
  const place: ParentIds = Object.fromEntries(ids);
  const choices = kind === "run" ? yield* runChoices(place) : yield* thingChoices(kind, place);
  if (choices.length === 0) return undefined;
  const thing = yield* ask(
    Prompt.AutoComplete({ message: `Which ${nounOf(kind)}?`, choices, filterLabel: "find" }),
  );
  (yield* NamedThingsFound).set(`the chosen ${kind}`, thing);
  return thing.id;
});

const thingChoices = Effect.fnUntraced(function* (kind: Exclude<FoundKind, "run">, place: ParentIds) {
  const { things } = yield* listNamed(kind, place, mostChoices);
  return things.map((thing) => ({ title: clean(thing.name ?? ""), description: String(thing.id), value: thing }));
});

const runChoices = Effect.fnUntraced(function* ({ account_id }: ParentIds) {
  const { data } = yield* list({
    ...defined({ account_id }),
    order_by: "-id",
    limit: mostRuns,
    include_related: ["job"],
  });
  const now = yield* Clock.currentTimeMillis;
  return data.map((run) => {
    const value: ResolvedId = { kind: "run", id: run.id };
    return { title: clean(runTitle(run, now)), description: String(run.id), value };
  });
});

function runTitle({ created_at, job, status, status_humanized }: Run, now: number): string {
  return [status_humanized ?? `status ${status}`, job?.name, created_at && longAgo(created_at, now)]
    .filter((part) => typeof part === "string" && part !== "").join("  ");
}
