/**
 * The endpoints of the group `invites`: invitations to an account.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, type Page, page } from "../endpoint.ts";
import {
  field,
  type InAccount,
  inAccount,
  named,
  type Nested,
  nested,
  nullable,
  optional,
  type Paging,
  paging,
  type Related,
  related,
  struct,
} from "../schema.ts";
import { Account } from "./accounts.ts";
import { Group } from "./groups.ts";
import { LicenseType } from "./users.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** What became of an invitation. */
export const InviteStatus = {
  pending: 1,
  redeemed: 2,
  expired: 3,
  pending_email_verification: 4,
  email_verified_sso: 5,
} as const;

/** Who sent an invitation: a user, or the identity provider. */
export const InviteType = { standard: "standard", scim: "scim" } as const;

// ---- models ---------------------------------------------------------------------------------------------------------

/** An invitation. */
export interface Invite {
  /** The invitation's id. */
  readonly id: number;
  /** The account. */
  readonly account_id?: number | null;
  /** Who is invited. */
  readonly email_address?: string | null;
  /** What the user will be able to use: see `LicenseType` of users. */
  readonly license_type?: string | null;
  /** What became of it: see {@linkcode InviteStatus}. */
  readonly status?: number | null;
  /** Who sent it: see {@linkcode InviteType}. */
  readonly type?: string | null;
  /** The groups that the user will be in. */
  readonly group_ids?: ReadonlyArray<number> | null;
  /** When it was accepted. */
  readonly redeemed_at?: string | null;
  /** When it was sent. */
  readonly created_at?: string | null;
  /** The account, where it is included. */
  readonly account?: Nested<Account> | null;
  /** The groups that the user will be in, where they are included. */
  readonly groups?: ReadonlyArray<Nested<Group>> | null;
}

/** Reads an {@linkcode Invite}. */
export const Invite: Schema.Codec<Invite> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  email_address: nullable(Schema.String),
  license_type: nullable(named(Schema.String, LicenseType)),
  status: nullable(named(Schema.Int, InviteStatus)),
  type: nullable(named(Schema.String, InviteType)),
  group_ids: nullable(Schema.Array(Schema.Int)),
  redeemed_at: nullable(Schema.String),
  created_at: nullable(Schema.String),
  account: nullable(nested(() => Account)),
  groups: nullable(Schema.Array(nested(() => Group))),
}, { columns: ["id", "email_address", "license_type", "status", "type", "created_at", "redeemed_at"] });

/** The invitations that were sent. */
export interface SentInvites {
  /** The addresses that they went to. */
  readonly sent?: ReadonlyArray<string> | null;
}

/** Reads {@linkcode SentInvites}. */
export const SentInvites: Schema.Codec<SentInvites> = struct({ sent: nullable(Schema.Array(Schema.String)) }, {
  columns: ["sent"],
});

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** What {@linkcode list} asks for. */
export interface List extends InAccount, Paging {
  /** Related things to include in each invitation. */
  readonly include_related?: Related;
}

/** List the invitations to an account. */
export const list: Endpoint<List, Page<Invite>> = endpoint("invites.list", {
  route: "GET /api/v2/accounts/:account_id/invites/",
  summary: "List the invitations to an account",
  request: { ...inAccount, include_related: optional(related()), ...paging },
  success: page(Invite),
  dbtc: "list_invited_users",
});

/** What {@linkcode get} asks for. */
export interface Get extends InAccount {
  /** The invitation. */
  readonly invite_id: number;
  /** Related things to include in the invitation. */
  readonly include_related?: Related;
}

/** Get one invitation. */
export const get: Endpoint<Get, Invite> = endpoint("invites.get", {
  route: "GET /api/v2/accounts/:account_id/invites/:invite_id/",
  summary: "Get one invitation",
  request: {
    ...inAccount,
    invite_id: field(Schema.Int, "The invitation"),
    include_related: optional(related()),
  },
  success: data(Invite),
});

/** What {@linkcode send} asks for. */
export interface Send extends InAccount {
  /** Who is invited. */
  readonly email_addresses: ReadonlyArray<string>;
  /** What the users will be able to use: see `LicenseType` of users. */
  readonly license_type: string;
  /** The groups that the users will be in. */
  readonly group_ids?: ReadonlyArray<number>;
  /** The invitation to send again. The specification does not say more. */
  readonly id?: number;
}

/** Invite people to an account by mail. */
export const send: Endpoint<Send, SentInvites> = endpoint("invites.send", {
  route: "POST /api/v3/accounts/:account_id/invites/",
  summary: "Invite people to an account by mail",
  request: {
    ...inAccount,
    email_addresses: field(Schema.Array(Schema.String), "Who is invited"),
    license_type: field(named(Schema.String, LicenseType), "What the users will be able to use"),
    group_ids: optional(field(Schema.Array(Schema.Int), "The groups that the users will be in")),
    id: optional(field(Schema.Int, "The invitation to send again")),
  },
  success: data(SentInvites),
});
