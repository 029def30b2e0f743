/**
 * The Semantic Layer of the sandbox: its schema, and the values of its fields for one request. `serve_request.ts` loads
 * this file with the first query.
 *
 * @module
 */
import { buildSchema, type GraphQLSchema } from "graphql";
import type { World } from "../endpoints/endpoint_request.ts";
import type { RequestFaults } from "../protocol/faults.ts";
import { semanticLayerRoot } from "./semantic_layer_root.ts";
import { semanticLayerSdl } from "./semantic_layer_sdl.ts";
import { openWarehouse } from "./warehouse.ts";

/** What answers the queries. */
export interface SemanticLayerApi {
  /** Its schema. */
  readonly schema: GraphQLSchema;
  /** The values of the fields, for a request at a time in milliseconds. */
  readonly root: (world: World, now: number, faults: RequestFaults, isAuthorized: boolean) => unknown;
}

let loaded: Promise<SemanticLayerApi> | undefined;

/** Loads the schema and the database, which all sandboxes of this process share. */
export function loadSemanticLayer(): Promise<SemanticLayerApi> {
  return loaded ??= load();
}

async function load(): Promise<SemanticLayerApi> {
  const warehouse = await openWarehouse();
  return {
    schema: buildSchema(semanticLayerSdl),
    root: (world, now, faults, isAuthorized) => semanticLayerRoot({ world, now, faults, warehouse, isAuthorized }),
  };
}
