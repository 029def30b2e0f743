/**
 * The request of `users.addToGroup`, in a file of its own: `deno doc` lists what a group re-exports with `export *`, and
 * leaves out what it re-exports by name.
 *
 * @module
 */
import type { InAccount } from "../shared_fields.ts";

/** What `users.addToGroup` asks for. */
export interface AddToGroup extends InAccount {
  /** The user's id. */
  readonly user_id: number;
  /** The group's id. */
  readonly group_id: number;
}
