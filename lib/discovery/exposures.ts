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
  listAt,
  type NodeFilter,
  nodeFilter,
  nodeVariables,
  type OneNode,
  oneNode,
  oneNodeAt,
} from "./node_requests.ts";
import { type PackageResource, packageResourceMembers, type Parents, parentsMembers } from "./resources.ts";

/** An exposure of an environment. */
export interface AppliedExposure extends PackageResource {
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
  ...packageResourceMembers,
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
export interface AppliedExposureDetails extends AppliedExposure, Parents {}

/** The schema of {@linkcode AppliedExposureDetails}. */
export const AppliedExposureDetails: Schema.Codec<AppliedExposureDetails> = struct({
  ...appliedExposureMembers,
  ...parentsMembers,
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
  at: listAt("exposures"),
  variables: { ...environmentVariables, filter: "ExposureFilter" },
  row: AppliedExposure,
  paging: "relay",
  most: 500,
});

/** Get an exposure of an environment. */
export const get: Query<OneNode, AppliedExposureDetails> = query("exposures.get", {
  summary: "Get an exposure of an environment",
  request: oneNode,
  at: oneNodeAt("exposures"),
  variables: nodeVariables,
  answer: AppliedExposureDetails,
});
