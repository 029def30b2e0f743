/**
 * Handlers of jobs: what dbt Cloud refuses with 405. Their other rules are in `data/job_fields.ts`.
 *
 * @module
 */
import { asksForStateAware, noStateAware } from "../data/job_fields.ts";
import { isRow, refuse } from "../protocol/response_format.ts";
import { create, update } from "./crud_handlers.ts";
import { type Handler, rowOf } from "./endpoint_request.ts";

/** Refuses what CI and merge jobs cannot have, and lets the default handler answer the rest. */
function writeJob(write: Handler): Handler {
  return (request) => {
    const { body, route } = request;
    const before = route.item ? rowOf(request) : undefined;
    // Status, words and `data` are from https://github.com/dbt-labs/terraform-provider-dbtcloud/issues/664.
    return isRow(body) && asksForStateAware(body, before) ? refuse(405, noStateAware, {}) : write(request);
  };
}

/** By the endpoint's name. */
export const jobHandlers: Readonly<Record<string, Handler>> = {
  "jobs.create": writeJob(create),
  "jobs.update": writeJob(update),
};
