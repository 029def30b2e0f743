/**
 * The group `accounts`: its endpoints, and a workflow that finds an account by name.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import { get, list } from "../api/accounts.ts";
import { type Workflow, workflow } from "../endpoint.ts";
import { oneNamed } from "../find_by_name.ts";
import type { Account } from "../models/account.ts";
import { field } from "../schema.ts";

export * from "../api/accounts.ts";

/** The request of {@linkcode getByName}. */
export interface GetByName {
  /** The account's exact name. */
  readonly account_name: string;
}

/** Get an account by name. Fails with `NotFound` if no account has the name, with `Unsendable` if several have it. */
export const getByName: Workflow<GetByName, Account> = /* @__PURE__ */ workflow("accounts.getByName", () => ({
  summary: "Get an account by name",
  request: { account_name: field(Schema.String, "Exact name of the account") },
  run: Effect.fn("accounts.getByName")(function* ({ account_name }: GetByName) {
    const { data } = yield* list({});
    const accounts = data.map(({ id, name }) => ({ id, names: name ? [name] : [] }));
    const { id } = yield* oneNamed(accounts, account_name, { endpoint: "accounts.getByName", noun: "account" });
    return yield* get({ account_id: id });
  }),
  dbtc: "get_account_by_name",
}));
