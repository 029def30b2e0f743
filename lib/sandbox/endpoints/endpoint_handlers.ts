/**
 * What each endpoint does: what is its own to do, or what its verb and path say.
 *
 * @module
 */
import { accessCalls, licenceLookup } from "./access_endpoints.ts";
import { auditCalls } from "./audit_endpoints.ts";
import { type Ask, type Behave, create, get, list, remove, update } from "./crud_handlers.ts";
import { envVarCalls } from "./env_var_endpoints.ts";
import { projectCalls } from "./project_endpoints.ts";
import { routes } from "../protocol/routes.ts";
import { jobRuns, runCalls } from "./run_endpoints.ts";
import type { Lookup } from "../data/show_row.ts";
import { refuse, type Reply } from "../protocol/response_format.ts";

export { running } from "./run_endpoints.ts";

/** Answers a request. */
export function behave(ask: Ask): Reply {
  return behaviourOf(ask.route)?.(ask) ??
    refuse(501, `The sandbox does not know how to answer ${ask.route.call.name}.`);
}

const lookup = (ask: Ask): Lookup => {
  const [runs, licences] = [jobRuns(ask), licenceLookup(ask)];
  return (row, name) => runs(row, name) ?? licences(row, name);
};

const defaults: Readonly<Record<string, Behave>> = {
  list: list(lookup),
  get: get(lookup),
  create,
  update,
  delete: remove,
};

/** By the endpoint's name. */
const calls: Readonly<Record<string, Behave>> = {
  ...runCalls,
  ...accessCalls,
  ...auditCalls,
  ...envVarCalls,
  ...projectCalls,
};

function behaviourOf({ call, action }: Ask["route"]): Behave | undefined {
  // SCIM is a protocol of its own: that a few of its verbs look like the others' would help nobody.
  if (call.name.startsWith("scim.")) return undefined;
  return calls[call.name] ?? (action === undefined ? undefined : defaults[action]);
}

/** The endpoints that are answered with 501: by name. */
export const notModelled: ReadonlyArray<string> = routes.filter((route) => behaviourOf(route) === undefined)
  .map(({ call }) => call.name);
