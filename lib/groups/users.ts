/**
 * The group `users`: its endpoints, and a workflow that adds a user to a group. Its code is in `lib/workflows`, and is
 * loaded when the workflow runs.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { type Workflow, workflow } from "../endpoint.ts";
import { field } from "../schema.ts";
import { inAccount } from "../shared_fields.ts";
import type { UserGroups } from "../workflows/user_groups.ts";
import type { AddToGroup } from "../workflows/user_requests.ts";

export * from "../api/users.ts";
export type * from "../workflows/user_requests.ts";

/**
 * Add a user to a group, and keep the other groups.
 *
 * **When to use**
 *
 * Instead of `groups.assign`, which replaces all groups of a user.
 *
 * **Details**
 *
 * Two requests: one that reads the user's groups, and one that sets them. Nothing is sent if the user is in the group.
 * Groups that somebody else changes between the two requests are set back.
 *
 * **Errors**
 *
 * `Unsendable` if the token may not read the user's groups: they would be lost.
 *
 * @example
 * ```ts
 * import { DbtClient, users } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const client = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer()),
 * );
 * const program = users.addToGroup({ user_id: 2, group_id: 1 }).pipe(Effect.provide(client));
 * const { groups } = await Effect.runPromise(program);
 * assert.deepEqual(groups.map(({ name }) => name).toSorted(), ["Everyone", "Owner"]);
 * ```
 */
export const addToGroup: Workflow<AddToGroup, UserGroups> = /* @__PURE__ */ workflow("users.addToGroup", () => ({
  summary: "Add a user to a group, and keep the other groups",
  request: { user_id: field(Schema.Int, "User id"), group_id: field(Schema.Int, "Group id"), ...inAccount },
  load: async () => (await import("../workflows/user_groups.ts")).addToGroup,
}));
