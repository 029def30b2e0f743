/**
 * Adding a user to a group.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import { assign } from "../api/groups.ts";
import { getV2 } from "../api/users.ts";
import { Dbt } from "../dbt.ts";
import { type DbtError, unsendable } from "../error.ts";
import { State } from "../shared_fields.ts";
import type { AddToGroup } from "./user_requests.ts";

/** A group of a user. */
export interface UserGroup {
  /** The group's id. */
  readonly id: number;
  /** The group's name. */
  readonly name: string | null;
}

/** The groups of a user after a change. */
export interface UserGroups {
  /** The user's id. */
  readonly user_id: number;
  /** The user's email address. */
  readonly email: string | null;
  /** Whether the user was added. False if the user was in the group before; then nothing was sent. */
  readonly added: boolean;
  /** All groups of the user. */
  readonly groups: ReadonlyArray<UserGroup>;
}

/**
 * Adds a user to a group: see `users.addToGroup`. dbt Cloud replaces all groups of a user at once, so they are read
 * before. The list has the user's licences in all accounts, as the Terraform provider says.
 */
export const addToGroup: (request: AddToGroup) => Effect.Effect<UserGroups, DbtError, Dbt> = Effect.fn(
  "users.addToGroup",
)(function* ({ group_id, user_id, ...account }) {
  const user = yield* getV2({ ...account, user_id });
  const account_id = account.account_id ?? (yield* Dbt).defaults.account_id;
  const licences = (user.permissions ?? []).filter((licence) =>
    licence.account_id === account_id && licence.state !== State.deleted
  );
  // Without them, the user would leave all groups.
  if (licences.length === 0 || licences.some(({ groups }) => !groups)) {
    const detail = `dbt Cloud does not say which groups user ${user_id} is in: the token may not be allowed to read ` +
      "them. To set all groups of a user, use groups assign";
    return yield* unsendable("users.addToGroup", detail);
  }
  const before = licences.flatMap(({ groups }) => groups ?? []).flatMap(({ id, name, state }): Array<UserGroup> =>
    typeof id === "number" && state !== State.deleted ? [{ id, name: name ?? null }] : []
  );
  const email = user.email ?? null;
  if (before.some(({ id }) => id === group_id)) return { user_id, email, added: false, groups: before };
  const { data } = yield* assign({
    ...account,
    user_id,
    desired_group_ids: [...new Set([...before.map(({ id }) => id), group_id])],
  });
  return { user_id, email, added: true, groups: data.map(({ id, name }) => ({ id, name: name ?? null })) };
});
