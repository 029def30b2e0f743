/**
 * What the resources of a project have in common in the Discovery API, as the newest manifest and the runs made them, and
 * as one run built them. Each group adds what only its own type has.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { type Members, nullable } from "../schema.ts";
import { Catalog, json, Neighbour, NodeTest } from "./nodes.ts";

/** What every resource of a project has. */
export interface Resource {
  /** dbt's id, such as `model.jaffle_shop.customers`. */
  readonly uniqueId: string;
  /** Its name. */
  readonly name?: string | null;
  /** Its description. */
  readonly description?: string | null;
  /** The type of the resource, such as `model`. */
  readonly resourceType?: string | null;
  /** The file that defines it. */
  readonly filePath?: string | null;
  /** Its tags. */
  readonly tags?: ReadonlyArray<string> | null;
  /** Its `meta`. */
  readonly meta?: { readonly [name: string]: unknown } | null;
}

/** The members of {@linkcode Resource}. */
export const resourceMembers: Members<Resource> = {
  uniqueId: Schema.String,
  name: nullable(Schema.String),
  description: nullable(Schema.String),
  resourceType: nullable(Schema.String),
  filePath: nullable(Schema.String),
  tags: nullable(Schema.Array(Schema.String)),
  meta: nullable(json),
};

/** A resource, and the package that it is from. */
export interface PackageResource extends Resource {
  /** The package that it is from. */
  readonly packageName?: string | null;
}

/** The members of {@linkcode PackageResource}. */
export const packageResourceMembers: Members<PackageResource> = {
  ...resourceMembers,
  packageName: nullable(Schema.String),
};

/** Where a resource is in the warehouse. */
export interface RelationName {
  /** The database that it is in. */
  readonly database?: string | null;
  /** The schema that it is in. */
  readonly schema?: string | null;
  /** The name of its relation. */
  readonly alias?: string | null;
}

/** The members of {@linkcode RelationName}. */
export const relationNameMembers: Members<RelationName> = {
  database: nullable(Schema.String),
  schema: nullable(Schema.String),
  alias: nullable(Schema.String),
};

/** What is around a resource that has a relation. */
export interface RelationDetails {
  /** What needs it. */
  readonly children?: ReadonlyArray<Neighbour> | null;
  /** Its tests. */
  readonly tests?: ReadonlyArray<NodeTest> | null;
  /** Its relation in the warehouse; null if no run has generated docs. */
  readonly catalog?: Catalog | null;
}

/** The members of {@linkcode RelationDetails}. */
export const relationDetailsMembers: Members<RelationDetails> = {
  children: nullable(Schema.Array(Neighbour)),
  tests: nullable(Schema.Array(NodeTest)),
  catalog: nullable(Catalog),
};

/** The code of a resource. */
export interface CodeDetails {
  /** Its code, with Jinja. */
  readonly rawCode?: string | null;
  /** Its code as dbt compiled it. */
  readonly compiledCode?: string | null;
  /** Its configuration. */
  readonly config?: { readonly [name: string]: unknown } | null;
}

/** The members of {@linkcode CodeDetails}. */
export const codeDetailsMembers: Members<CodeDetails> = {
  rawCode: nullable(Schema.String),
  compiledCode: nullable(Schema.String),
  config: nullable(json),
};

/** What a resource needs. */
export interface Parents {
  /** What it needs. */
  readonly parents?: ReadonlyArray<Neighbour> | null;
}

/** The members of {@linkcode Parents}. */
export const parentsMembers: Members<Parents> = { parents: nullable(Schema.Array(Neighbour)) };

/** A node as one run built it. */
export interface RunNode {
  /** dbt's id, such as `model.jaffle_shop.customers`. */
  readonly uniqueId: string;
  /** Its name. */
  readonly name?: string | null;
  /** The type of the resource, such as `model`. */
  readonly resourceType?: string | null;
  /** Its description. */
  readonly description?: string | null;
  /** How it ended, such as success, error or skipped. */
  readonly status?: string | null;
  /** Why it failed. */
  readonly error?: string | null;
  /** Whether dbt skipped it. */
  readonly skip?: boolean | null;
  /** The run's id. */
  readonly runId?: number | null;
  /** The job's id. */
  readonly jobId?: number | null;
  /** The environment's id. */
  readonly environmentId?: number | null;
  /** The project's id. */
  readonly projectId?: number | null;
  /** When it began to execute. */
  readonly executeStartedAt?: string | null;
  /** When it had executed. */
  readonly executeCompletedAt?: string | null;
  /** How long it took, in seconds. */
  readonly executionTime?: number | null;
  /** When dbt began to compile it. */
  readonly compileStartedAt?: string | null;
  /** When dbt had compiled it. */
  readonly compileCompletedAt?: string | null;
  /** When the run wrote its results, in ISO 8601. */
  readonly runGeneratedAt?: string | null;
  /** How long the command took, in seconds. */
  readonly runElapsedTime?: number | null;
  /** Its tags. */
  readonly tags?: ReadonlyArray<string> | null;
  /** Its `meta`. */
  readonly meta?: { readonly [name: string]: unknown } | null;
}

/** The members of {@linkcode RunNode}. */
export const runNodeMembers: Members<RunNode> = {
  uniqueId: Schema.String,
  name: nullable(Schema.String),
  resourceType: nullable(Schema.String),
  description: nullable(Schema.String),
  status: nullable(Schema.String),
  error: nullable(Schema.String),
  skip: nullable(Schema.Boolean),
  runId: nullable(Schema.Number),
  jobId: nullable(Schema.Number),
  environmentId: nullable(Schema.Number),
  projectId: nullable(Schema.Number),
  executeStartedAt: nullable(Schema.String),
  executeCompletedAt: nullable(Schema.String),
  executionTime: nullable(Schema.Number),
  compileStartedAt: nullable(Schema.String),
  compileCompletedAt: nullable(Schema.String),
  runGeneratedAt: nullable(Schema.String),
  runElapsedTime: nullable(Schema.Number),
  tags: nullable(Schema.Array(Schema.String)),
  meta: nullable(json),
};
