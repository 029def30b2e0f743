/**
 * The endpoints of the group `invites`: invitations to an account.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, type Page, page } from "../endpoint.ts";
import { field, named, type Nested, nested, nullable, optional, struct } from "../schema.ts";
import { type InAccount, inAccount, type Paging, paging, type Related, related } from "../shared_fields.ts";
import { Account } from "./accounts.ts";
import { Group } from "./groups.ts";
import { LicenseType } from "./users.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** The status of an invitation. */
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
  /** The account's id. */
  readonly account_id?: number | null;
  /** The email address of the invited person. */
  readonly email_address?: string | null;
  /** The license type of the user: see `LicenseType` of users. */
  readonly license_type?: string | null;
  /** Its status: see {@linkcode InviteStatus}. */
  readonly status?: number | null;
  /** Who sent it: see {@linkcode InviteType}. */
  readonly type?: string | null;
  /** The ids of the groups that the user joins. */
  readonly group_ids?: ReadonlyArray<number> | null;
  /** When it was accepted. */
  readonly redeemed_at?: string | null;
  /** When it was sent. */
  readonly created_at?: string | null;
  /** The account, if requested with `include_related`. */
  readonly account?: Nested<Account> | null;
  /** The groups that the user joins, if requested with `include_related`. */
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
  /** The email addresses that they were sent to. */
  readonly sent?: ReadonlyArray<string> | null;
}

/** Reads {@linkcode SentInvites}. */
export const SentInvites: Schema.Codec<SentInvites> = struct({ sent: nullable(Schema.Array(Schema.String)) }, {
  columns: ["sent"],
});

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** The request of {@linkcode list}. */
export interface List extends InAccount, Paging {
  /** Related objects to include in each invitation. */
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

/** The request of {@linkcode get}. */
export interface Get extends InAccount {
  /** The invitation's id. */
  readonly invite_id: number;
  /** Related objects to include in the invitation. */
  readonly include_related?: Related;
}

/** Get an invitation. */
export const get: Endpoint<Get, Invite> = endpoint("invites.get", {
  route: "GET /api/v2/accounts/:account_id/invites/:invite_id/",
  summary: "Get an invitation",
  request: {
    ...inAccount,
    invite_id: field(Schema.Int, "Invitation id"),
    include_related: optional(related()),
  },
  success: data(Invite),
});

/** The request of {@linkcode send}. */
export interface Send extends InAccount {
  /** The email addresses of the people to invite. */
  readonly email_addresses: ReadonlyArray<string>;
  /** The license type of the users: see `LicenseType` of users. */
  readonly license_type: string;
  /** The ids of the groups that the users join. */
  readonly group_ids?: ReadonlyArray<number>;
  /** The id of an invitation to send again. The specification says no more about it. */
  readonly id?: number;
}

/** Invite people to an account by email. */
export const send: Endpoint<Send, SentInvites> = endpoint("invites.send", {
  route: "POST /api/v3/accounts/:account_id/invites/",
  summary: "Invite people to an account by email",
  request: {
    ...inAccount,
    email_addresses: field(Schema.Array(Schema.String), "Email addresses of the people to invite"),
    license_type: field(named(Schema.String, LicenseType), "License type of the users"),
    group_ids: optional(field(Schema.Array(Schema.Int), "Ids of the groups that the users join")),
    id: optional(field(Schema.Int, "Id of an invitation to send again")),
  },
  success: data(SentInvites),
});
