/**
 * The group `groups`: its endpoints, and a workflow that deletes a group of users.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Struct from "effect/Struct";
import { get, type Group, type OfGroup, update } from "../api/groups.ts";
import { type Workflow, workflow } from "../endpoint.ts";
import { State } from "../shared_fields.ts";

export * from "../api/groups.ts";

/** Delete a group. Makes two requests: dbt Cloud has no DELETE for groups, so it reads the group and sets its state. */
const del: Workflow<OfGroup, Group> = /* @__PURE__ */ workflow("groups.delete", () => ({
  summary: "Delete a group",
  request: Struct.pick(get.request, ["account_id", "group_id"]),
  run: Effect.fn("groups.delete")(function* (request: OfGroup) {
    const group = Struct.pick(request, ["account_id", "group_id"]);
    const { name, assign_by_default = null, sso_mapping_groups = null } = yield* get(group);
    return yield* update({ ...group, name: name ?? "", assign_by_default, sso_mapping_groups, state: State.deleted });
  }),
  dbtc: "delete_user_group",
}));
export { del as delete };
