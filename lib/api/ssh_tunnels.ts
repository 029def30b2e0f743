/**
 * The endpoints of the group `sshTunnels`: SSH tunnels, through which connections reach Postgres and Redshift.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import type * as Redacted from "effect/Redacted";
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, maybe, type Page, page } from "../endpoint.ts";
import { field, type Fields, type Members, named, nullable, optional, secret, struct } from "../schema.ts";
import {
  type InAccount,
  inAccount,
  type Ordered,
  ordered,
  type Related,
  related,
  State,
  state,
  type StateFilter,
} from "../shared_fields.ts";

// ---- models ---------------------------------------------------------------------------------------------------------

/** What one can see and set about an SSH tunnel. */
export interface SshTunnelOptions {
  /** The connection that goes through it. */
  readonly connection_id?: number | null;
  /** The user at the other end. */
  readonly username?: string | null;
  /** The host at the other end. */
  readonly hostname?: string | null;
  /** The port at the other end. */
  readonly port?: number | null;
  /** The public half of its key. */
  readonly public_key?: string | null;
  /** Whether it is there: 1 active, 2 deleted. */
  readonly state?: number | null;
}

const options: Members<SshTunnelOptions> = {
  connection_id: nullable(field(Schema.Int, "The connection that goes through it")),
  username: nullable(field(Schema.String, "The user at the other end")),
  hostname: nullable(field(Schema.String, "The host at the other end")),
  port: nullable(field(Schema.Int, "The port at the other end")),
  public_key: nullable(field(Schema.String, "The public half of its key")),
  state: nullable(field(named(Schema.Int, State), "Whether it is there")),
};

/** An SSH tunnel. */
export interface SshTunnel extends SshTunnelOptions {
  /** The tunnel's id. */
  readonly id: number;
  /** The account. */
  readonly account_id?: number | null;
}

/** Reads an {@linkcode SshTunnel}. */
export const SshTunnel: Schema.Codec<SshTunnel> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  ...options,
}, { columns: ["id", "connection_id", "username", "hostname", "port", "state"] });

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** What every request about one SSH tunnel has. */
export interface OfSshTunnel extends InAccount {
  /** The tunnel. */
  readonly ssh_tunnel_id: number;
}

const ofSshTunnel: Fields<OfSshTunnel> = { ...inAccount, ssh_tunnel_id: field(Schema.Int, "The tunnel") };

/** What {@linkcode list} asks for. */
export interface List extends InAccount, Ordered {
  /** Only the tunnels of this connection. */
  readonly connection_id?: number;
  /** Only the tunnel with this id. */
  readonly pk?: number;
  /** Active tunnels, deleted ones, or all of them; active when absent. */
  readonly state?: StateFilter;
  /** Related things to include in each tunnel. */
  readonly include_related?: Related;
}

/** List the SSH tunnels of an account. */
export const list: Endpoint<List, Page<SshTunnel>> = endpoint("sshTunnels.list", {
  route: "GET /api/v2/accounts/:account_id/encryptions/",
  summary: "List the SSH tunnels of an account",
  request: {
    ...inAccount,
    connection_id: optional(field(Schema.Int, "Only the tunnels of this connection")),
    pk: optional(field(Schema.Int, "Only the tunnel with this id")),
    state: optional(state),
    include_related: optional(related()),
    ...ordered,
  },
  success: page(SshTunnel),
});

/** What {@linkcode create} asks for. */
export interface Create extends InAccount, SshTunnelOptions {
  /** The connection that goes through it. */
  readonly connection_id: number;
  /** The user at the other end. */
  readonly username: string;
  /** The host at the other end. */
  readonly hostname: string;
  /** The port at the other end. */
  readonly port: number;
  /** The private half of its key. The Terraform provider gives none, and reads the public half that dbt Cloud made. */
  readonly private_key?: Redacted.Redacted<string> | null;
}

const createRequest: Fields<Create> = {
  ...inAccount,
  ...options,
  connection_id: field(Schema.Int, "The connection that goes through it"),
  username: field(Schema.String, "The user at the other end"),
  hostname: field(Schema.String, "The host at the other end"),
  port: field(Schema.Int, "The port at the other end"),
  private_key: nullable(field(secret, "The private half of its key")),
};

/** Create an SSH tunnel for a connection. */
export const create: Endpoint<Create, SshTunnel> = endpoint("sshTunnels.create", {
  route: "POST /api/v2/accounts/:account_id/encryptions/",
  summary: "Create an SSH tunnel for a connection",
  request: createRequest,
  repeats: { account_id: "account_id" },
  success: data(SshTunnel),
});

/** What {@linkcode get} asks for. */
export interface Get extends OfSshTunnel {
  /** Related things to include in the tunnel. */
  readonly include_related?: Related;
}

/** Get one SSH tunnel. */
export const get: Endpoint<Get, SshTunnel> = endpoint("sshTunnels.get", {
  route: "GET /api/v2/accounts/:account_id/encryptions/:ssh_tunnel_id/",
  summary: "Get one SSH tunnel",
  request: { ...ofSshTunnel, include_related: optional(related()) },
  success: data(SshTunnel),
});

/** What {@linkcode update} asks for. */
export interface Update extends OfSshTunnel, Create {}

/** Update an SSH tunnel. What is not given is reset. */
export const update: Endpoint<Update, SshTunnel> = endpoint("sshTunnels.update", {
  route: "POST /api/v2/accounts/:account_id/encryptions/:ssh_tunnel_id/",
  summary: "Update an SSH tunnel",
  request: { ...ofSshTunnel, ...createRequest },
  repeats: { account_id: "account_id", id: "ssh_tunnel_id" },
  replaces: true,
  success: data(SshTunnel),
});

/** Delete an SSH tunnel. */
const del: Endpoint<OfSshTunnel, SshTunnel | undefined> = endpoint("sshTunnels.delete", {
  route: "DELETE /api/v2/accounts/:account_id/encryptions/:ssh_tunnel_id/",
  summary: "Delete an SSH tunnel",
  request: ofSshTunnel,
  success: maybe(SshTunnel),
});
export { del as delete };
