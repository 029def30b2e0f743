/**
 * The group `projects`: its endpoints, and a workflow that finds a project by name.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import { get, list } from "../api/projects.ts";
import { Dbt } from "../dbt.ts";
import { type Workflow, workflow } from "../endpoint.ts";
import { type DbtError, unsendable } from "../error.ts";
import { oneNamed } from "../find_by_name.ts";
import type { Project } from "../models/project.ts";
import { paginate } from "../paginate.ts";
import { field, optional } from "../schema.ts";
import * as accounts from "./accounts.ts";

export * from "../api/projects.ts";

/** The request of {@linkcode getByName}. */
export interface GetByName {
  /** The project's exact name. */
  readonly project_name: string;
  /**
   * The id of the account to search (default: the client's account; if it has none, all accounts that the token can
   * see).
   */
  readonly account_id?: number;
  /** The name of the account to search. Not together with `account_id`. */
  readonly account_name?: string;
}

/** Get a project by name. Fails with `NotFound` if no project has the name, with `Unsendable` if several have it. */
export const getByName: Workflow<GetByName, Project> = /* @__PURE__ */ workflow("projects.getByName", () => ({
  summary: "Get a project by name",
  request: {
    project_name: field(Schema.String, "Exact name of the project"),
    account_id: optional(
      field(Schema.Int, "Id of the account to search (default: $DBT_CLOUD_ACCOUNT_ID, else all accounts)"),
    ),
    account_name: optional(field(Schema.String, "Name of the account to search")),
  },
  run: Effect.fn("projects.getByName")(function* (request: GetByName) {
    const { project_name } = request;
    const accountIds = yield* accountsOf(request);
    const candidates = yield* Stream.fromIterable(accountIds).pipe(
      Stream.flatMap((account_id) =>
        paginate(list, { account_id, name__icontains: project_name }).pipe(
          Stream.map(({ id, name }) => ({
            account_id,
            id,
            names: name ? [name] : [],
            ...(accountIds.length > 1 ? { place: `account ${account_id}` } : {}),
          })),
        )
      ),
      Stream.runCollect,
    );
    const failure = { endpoint: "projects.getByName", noun: "project" };
    const { account_id, id } = yield* oneNamed(candidates, project_name, failure);
    return yield* get({ account_id, project_id: id });
  }),
  dbtc: "get_project_by_name",
}));

/** The accounts that {@linkcode getByName} searches. */
const accountsOf = Effect.fnUntraced(function* (
  { account_id, account_name }: GetByName,
): Effect.fn.Return<ReadonlyArray<number>, DbtError, Dbt> {
  if (account_id !== undefined && account_name !== undefined) {
    const detail = "account_id and account_name cannot be used together";
    return yield* unsendable("projects.getByName", detail);
  }
  if (account_name !== undefined) return [(yield* accounts.getByName({ account_name })).id];
  const known = account_id ?? (yield* Dbt).defaults.account_id;
  return known === undefined ? (yield* accounts.list({})).data.map(({ id }) => id) : [known];
});
