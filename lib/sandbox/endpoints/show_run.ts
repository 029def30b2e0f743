/**
 * Runs as endpoints show them, without related rows: the fields of `runs/run_fields.ts`, and the faults that change
 * them.
 *
 * @module
 */
import type { Row } from "../protocol/response_format.ts";
import { runFields } from "../runs/run_fields.ts";
import type { RunRecord } from "../runs/run_store.ts";
import type { EndpointRequest } from "./endpoint_request.ts";

/** A run as an answer shows it, without related rows. */
export function showRun({ world: { runs }, now, origin, faults }: EndpointRequest, run: RunRecord): Row {
  const fields = runFields(run, { runs, now, origin });
  return fields.in_progress === true && faults.take("unknown-status") !== undefined
    ? { ...fields, status: 25, status_humanized: "Waiting" }
    : fields;
}
