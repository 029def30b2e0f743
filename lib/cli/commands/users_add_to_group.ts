/**
 * `dbtc users add-to-group`: adds a user to a group, and says which groups the user is in.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import * as users from "../../groups/users.ts";
import { addToGroup } from "../../workflows/user_groups.ts";
import { isForPeople, print, styleFor } from "../output/print.ts";
import { clean } from "../output/safe_text.ts";
import { write } from "../output/write_output.ts";
import { program } from "./program.ts";

/** Prints a line for people, and all groups of the user as data. */
export const usersAddToGroup = program(users.addToGroup, {
  flags: {},
  run: Effect.fnUntraced(function* ({ invocation, request }) {
    const result = yield* addToGroup(request);
    if (!isForPeople(yield* styleFor(invocation))) return yield* print(result, invocation, { afterWrite: true });
    const { added, email, groups, user_id } = result;
    const group = groups.find(({ id }) => id === request.group_id)?.name ?? `group ${request.group_id}`;
    const all = groups.map(({ id, name }) => name ?? String(id)).join(", ");
    const line = `${email ?? `User ${user_id}`} ${added ? "was added to" : "was already in"} ${group}. Groups: ${all}`;
    yield* write(Stream.make(`${clean(line)}\n`), invocation.output);
  }),
});
