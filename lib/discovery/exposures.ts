/**
 * The queries of the group `exposures`: dashboards and other uses of the project's models.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { type Connection, connection } from "../graphql/connection.ts";
import { type Query, query } from "../graphql/query.ts";
import { field, nullable, optional, struct } from "../schema.ts";
import {
  environmentVariables,
  json,
  Neighbour,
  type NodeFilter,
  nodeFilter,
  nodeVariables,
  type OneNode,
  oneNode,
} from "./nodes.ts";

/** An exposure of an environment. */
export interface AppliedExposure {
  /** dbt's id: `model.jaffle_shop.customers`. */
  readonly uniqueId: string;
  /** Its name. */
  readonly name?: string | null;
  /** Its description. */
  readonly description?: string | null;
  /** Its type, such as `model`. */
  readonly resourceType?: string | null;
  /** The file that defines it. */
  readonly filePath?: string | null;
  /** Its tags. */
  readonly tags?: ReadonlyArray<string> | null;
  /** Its `meta`. */
  readonly meta?: { readonly [name: string]: unknown } | null;
  /** The package that it is from. */
  readonly packageName?: string | null;
  /** What it is: dashboard, notebook, analysis, ml or application. */
  readonly exposureType?: string | null;
  /** Its label. */
  readonly label?: string | null;
  /** How mature it is: high, medium or low. */
  readonly maturity?: string | null;
  /** The name of its owner. */
  readonly ownerName?: string | null;
  /** The e-mail address of its owner. */
  readonly ownerEmail?: string | null;
  /** Where to open it. */
  readonly url?: string | null;
  /** When the manifest was written. */
  readonly manifestGeneratedAt?: string | null;
}

const appliedExposureMembers = {
  uniqueId: Schema.String,
  name: nullable(Schema.String),
  description: nullable(Schema.String),
  resourceType: nullable(Schema.String),
  filePath: nullable(Schema.String),
  tags: nullable(Schema.Array(Schema.String)),
  meta: nullable(json),
  packageName: nullable(Schema.String),
  exposureType: nullable(Schema.String),
  label: nullable(Schema.String),
  maturity: nullable(Schema.String),
  ownerName: nullable(Schema.String),
  ownerEmail: nullable(Schema.String),
  url: nullable(Schema.String),
  manifestGeneratedAt: nullable(Schema.String),
};

/** The schema of {@linkcode AppliedExposure}. */
export const AppliedExposure: Schema.Codec<AppliedExposure> = struct(appliedExposureMembers, {
  columns: ["name", "exposureType", "maturity", "ownerName", "url"],
});

/** An exposure with what is around it. */
export interface AppliedExposureDetails extends AppliedExposure {
  /** What it needs. */
  readonly parents?: ReadonlyArray<Neighbour> | null;
}

/** The schema of {@linkcode AppliedExposureDetails}. */
export const AppliedExposureDetails: Schema.Codec<AppliedExposureDetails> = struct({
  ...appliedExposureMembers,
  parents: nullable(Schema.Array(Neighbour)),
});

/** Which exposures to list. */
export interface ListExposures extends NodeFilter {
  /** Exposures of this type: dashboard, notebook, analysis, ml or application. */
  readonly exposureType?: string;
}

/** List the exposures of an environment. */
export const list: Connection<ListExposures, AppliedExposure> = connection("exposures.list", {
  summary: "List the exposures of an environment",
  request: {
    ...nodeFilter,
    exposureType: optional(field(Schema.String, "Only exposures of this type, such as dashboard")),
  },
  at: ["environment(id: $environment_id)", "applied", "exposures(filter: $filter, first: $first, after: $after)"],
  variables: { ...environmentVariables, filter: "ExposureFilter" },
  row: AppliedExposure,
  paging: "relay",
  most: 500,
});

/** Get an exposure of an environment. */
export const get: Query<OneNode, AppliedExposureDetails> = query("exposures.get", {
  summary: "Get an exposure of an environment",
  request: oneNode,
  at: [
    "environment(id: $environment_id)",
    "applied",
    "exposures(filter: {uniqueIds: [$uniqueId]}, first: 1)",
    "edges",
    "node",
  ],
  variables: nodeVariables,
  answer: AppliedExposureDetails,
});
