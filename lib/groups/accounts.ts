/**
 * The group `accounts`: its endpoints, and a workflow that finds an account by its name.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import { get, list } from "../api/accounts.ts";
import { type Workflow, workflow } from "../endpoint.ts";
import { oneNamed } from "../find_by_name.ts";
import type { Account } from "../models/account.ts";
import { field } from "../schema.ts";

export * from "../api/accounts.ts";

/** What {@linkcode getByName} asks for. */
export interface GetByName {
  /** The account's name, letter for letter. */
  readonly account_name: string;
}

/** Get one account by its name. Fails with `NotFound` for none, and with `Unsendable` for several. */
export const getByName: Workflow<GetByName, Account> = workflow("accounts.getByName", {
  summary: "Get one account by its name",
  request: { account_name: field(Schema.String, "The account's name, letter for letter") },
  run: Effect.fn("accounts.getByName")(function* ({ account_name }: GetByName) {
    const accounts = Stream.fromArrayEffect(Effect.map(list({}), (page) => page.data));
    const { id } = yield* oneNamed("accounts.getByName", "account", account_name, accounts);
    return yield* get({ account_id: id });
  }),
  dbtc: "get_account_by_name",
});
