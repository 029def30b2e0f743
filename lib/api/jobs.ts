/**
 * Jobs, and starting a run of one.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { type Endpoint, endpoint, type Page, page } from "../endpoint.ts";
import {
  field,
  type InAccount,
  inAccount,
  jsonList,
  nullable,
  optional,
  type Ordered,
  ordered,
  project_id,
  struct,
} from "../schema.ts";

/** A job. */
export interface Job {
  /** The job's id. */
  readonly id: number;
  /** Its name. */
  readonly name?: string | null;
}

/** Reads a {@linkcode Job}. */
export const Job: Schema.Codec<Job> = struct<Job>({ id: Schema.Int, name: nullable(Schema.String) }, {
  columns: ["id", "name"],
});

/** What {@linkcode list} asks for. */
export interface List extends InAccount, Ordered {
  /** Only the jobs of this project. */
  readonly project_id?: number;
  /** Only the jobs of these projects. */
  readonly project_id__in?: ReadonlyArray<number>;
}

/** List the jobs of an account. */
export const list: Endpoint<List, Page<Job>> = endpoint({
  route: "GET /api/v2/accounts/:account_id/jobs/",
  summary: "List the jobs of an account",
  request: {
    ...inAccount,
    project_id: optional(field(Schema.Int, "Only the jobs of this project")),
    project_id__in: optional(field(jsonList(project_id), "Only the jobs of these projects")),
    ...ordered,
  },
  success: page(Job),
  dbtc: "list_jobs",
});
