/**
 * Which handler answers an endpoint: one of its own, or that of its verb and path. `server/serve_request.ts` calls it.
 *
 * @module
 */
import { refuse, type Reply } from "../protocol/response_format.ts";
import { type Route, routes } from "../protocol/routes.ts";
import { accessHandlers } from "./access_endpoints.ts";
import { auditHandlers } from "./audit_endpoints.ts";
import { create, get, list, remove, update } from "./crud_handlers.ts";
import type { EndpointRequest, Handler } from "./endpoint_request.ts";
import { envVarHandlers } from "./env_var_endpoints.ts";
import { ipRestrictionHandlers } from "./ip_restriction_endpoints.ts";
import { jobHandlers } from "./job_endpoints.ts";
import { lineageHandlers } from "./lineage_endpoints.ts";
import { projectHandlers } from "./project_endpoints.ts";
import { runHandlers } from "./run_endpoints.ts";
import { scimHandlers } from "./scim_endpoints.ts";
import { unlistedHandlers } from "./unlisted_handlers.ts";

/** Answers a request; with 501 where its endpoint has no handler. */
export function handle(request: EndpointRequest): Reply {
  return handlerOf(request.route)?.(request) ??
    refuse(501, `The sandbox does not know how to answer ${request.route.call.name}.`);
}

/** By what verb and path of an endpoint say. */
const defaultHandlers: Readonly<Record<string, Handler>> = { list, get, create, update, delete: remove };

/** By the endpoint's name. */
const ownHandlers: Readonly<Record<string, Handler>> = {
  ...runHandlers,
  ...accessHandlers,
  ...auditHandlers,
  ...envVarHandlers,
  ...ipRestrictionHandlers,
  ...jobHandlers,
  ...lineageHandlers,
  ...projectHandlers,
  ...scimHandlers,
  ...unlistedHandlers,
};

function handlerOf({ call, action }: Route): Handler | undefined {
  return ownHandlers[call.name] ?? (action === undefined ? undefined : defaultHandlers[action]);
}

/** The names of the endpoints that are answered with 501. */
export const notModelled: ReadonlyArray<string> = routes.filter((route) => handlerOf(route) === undefined)
  .map(({ call }) => call.name);
