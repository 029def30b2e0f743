/**
 * The licences of a user: rows of `permissions`, one for each account. Endpoints of users and groups read them.
 *
 * @module
 */
import type { Row } from "../protocol/response_format.ts";
import type { Store } from "./row_store.ts";

/** The licences of a user in an account, or in all accounts where none is named; deleted ones too. */
export function licencesOf(store: Store, userId: unknown, account_id: string | undefined): ReadonlyArray<Row> {
  return store.rows("permissions").filter((licence) =>
    licence.user_id === userId &&
    (account_id === undefined || licence.account_id === undefined || String(licence.account_id) === account_id)
  );
}
