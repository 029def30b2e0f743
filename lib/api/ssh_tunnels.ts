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

/** The fields of an SSH tunnel that requests can set. */
export interface SshTunnelOptions {
  /** The id of the connection that uses the tunnel. */
  readonly connection_id?: number | null;
  /** The user name on the SSH server. */
  readonly username?: string | null;
  /** The host of the SSH server. */
  readonly hostname?: string | null;
  /** The port of the SSH server. */
  readonly port?: number | null;
  /** The public key. */
  readonly public_key?: string | null;
  /** State of the tunnel: 1 active, 2 deleted. */
  readonly state?: number | null;
}

const options: Members<SshTunnelOptions> = {
  connection_id: nullable(field(Schema.Int, "Id of the connection that uses the tunnel")),
  username: nullable(field(Schema.String, "User name on the SSH server")),
  hostname: nullable(field(Schema.String, "Host of the SSH server")),
  port: nullable(field(Schema.Int, "Port of the SSH server")),
  public_key: nullable(field(Schema.String, "Public key")),
  state: nullable(field(named(Schema.Int, State), "State of the tunnel")),
};

/** An SSH tunnel. */
export interface SshTunnel extends SshTunnelOptions {
  /** The tunnel's id. */
  readonly id: number;
  /** The account's id. */
  readonly account_id?: number | null;
}

/** Reads an {@linkcode SshTunnel}. */
export const SshTunnel: Schema.Codec<SshTunnel> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  ...options,
}, { columns: ["id", "connection_id", "username", "hostname", "port", "state"] });

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** Fields of every request about one SSH tunnel. */
export interface OfSshTunnel extends InAccount {
  /** The tunnel's id. */
  readonly ssh_tunnel_id: number;
}

const ofSshTunnel: Fields<OfSshTunnel> = { ...inAccount, ssh_tunnel_id: field(Schema.Int, "Tunnel id") };

/** The request of {@linkcode list}. */
export interface List extends InAccount, Ordered {
  /** Only the tunnels of this connection. */
  readonly connection_id?: number;
  /** Only the tunnel with this id. */
  readonly pk?: number;
  /** State of the tunnels: active, deleted or all (default: active). */
  readonly state?: StateFilter;
  /** Related objects to include in each tunnel. */
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

/** The request of {@linkcode create}. */
export interface Create extends InAccount, SshTunnelOptions {
  /** The id of the connection that uses the tunnel. */
  readonly connection_id: number;
  /** The user name on the SSH server. */
  readonly username: string;
  /** The host of the SSH server. */
  readonly hostname: string;
  /** The port of the SSH server. */
  readonly port: number;
  /** The private key. The Terraform provider omits it, and reads the public key that dbt Cloud generates. */
  readonly private_key?: Redacted.Redacted<string> | null;
}

const createRequest: Fields<Create> = {
  ...inAccount,
  ...options,
  connection_id: field(Schema.Int, "Id of the connection that uses the tunnel"),
  username: field(Schema.String, "User name on the SSH server"),
  hostname: field(Schema.String, "Host of the SSH server"),
  port: field(Schema.Int, "Port of the SSH server"),
  private_key: nullable(field(secret, "Private key (default: dbt Cloud generates a key pair)")),
};

/** Create an SSH tunnel for a connection. */
export const create: Endpoint<Create, SshTunnel> = endpoint("sshTunnels.create", {
  route: "POST /api/v2/accounts/:account_id/encryptions/",
  summary: "Create an SSH tunnel for a connection",
  request: createRequest,
  repeats: { account_id: "account_id" },
  success: data(SshTunnel),
});

/** The request of {@linkcode get}. */
export interface Get extends OfSshTunnel {
  /** Related objects to include in the tunnel. */
  readonly include_related?: Related;
}

/** Get an SSH tunnel. */
export const get: Endpoint<Get, SshTunnel> = endpoint("sshTunnels.get", {
  route: "GET /api/v2/accounts/:account_id/encryptions/:ssh_tunnel_id/",
  summary: "Get an SSH tunnel",
  request: { ...ofSshTunnel, include_related: optional(related()) },
  success: data(SshTunnel),
});

/** The request of {@linkcode update}. */
export interface Update extends OfSshTunnel, Create {}

/** Update an SSH tunnel. Fields that are left out are reset. */
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
