/**
 * The endpoints of the group `ipRestrictions`: IP restrictions, which limit the addresses that can reach an account.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { body, data, type Endpoint, endpoint, maybe, type Page, page } from "../endpoint.ts";
import { field, type Fields, named, nullable, optional, struct } from "../schema.ts";
import { type InAccount, inAccount, type Related, related, State } from "../shared_fields.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** What a rule does with its addresses. */
export const RuleType = { allow: 1, deny: 2 } as const;

// ---- models ---------------------------------------------------------------------------------------------------------

/** Addresses that a rule is for. */
export interface Cidr {
  /** Their id: with it, what is there already is changed. */
  readonly id?: number | null;
  /** The addresses: `10.1.0.0/16`. */
  readonly cidr?: string | null;
  /** The same addresses, by IPv6. Written by dbt Cloud. */
  readonly cidr_ipv6?: string | null;
  /** Whether the rule holds for them. Source: answers that other clients recorded. */
  readonly enabled?: boolean | null;
  /** The rule. */
  readonly ip_restriction_rule_id?: number | null;
  /** Whether they are there: 1 active, 2 deleted. */
  readonly state?: number | null;
  /** When they were created. */
  readonly created_at?: string | null;
  /** When they last changed. */
  readonly updated_at?: string | null;
}

const cidr: Schema.Codec<Cidr> = struct({
  id: nullable(Schema.Int),
  cidr: nullable(Schema.String),
  cidr_ipv6: nullable(Schema.String),
  enabled: nullable(Schema.Boolean),
  ip_restriction_rule_id: nullable(Schema.Int),
  state: nullable(named(Schema.Int, State)),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
});

/** A rule that lets addresses in, or keeps them out. */
export interface IpRestrictionRule {
  /** The rule's id. */
  readonly id: number;
  /** The account. */
  readonly account_id?: number | null;
  /** The name. */
  readonly name?: string | null;
  /** What it is for, in words. */
  readonly description?: string | null;
  /** What it does with its addresses: see {@linkcode RuleType}. */
  readonly type?: number | null;
  /** Its addresses. */
  readonly cidrs?: ReadonlyArray<Cidr> | null;
  /** The account's set of rules. */
  readonly ip_restriction_rule_set_id?: number | null;
  /** Whether the account's rules hold. */
  readonly rule_set_enabled?: boolean | null;
  /** Whether they hold for service tokens too. */
  readonly enabled_for_service_tokens?: boolean | null;
  /** The user who created it. */
  readonly created_by_id?: number | null;
  /** The service token that created it. */
  readonly created_by_service_token_id?: number | null;
  /** Whether it is there: 1 active, 2 deleted. */
  readonly state?: number | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
}

/** Reads an {@linkcode IpRestrictionRule}. */
export const IpRestrictionRule: Schema.Codec<IpRestrictionRule> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  name: nullable(Schema.String),
  description: nullable(Schema.String),
  type: nullable(named(Schema.Int, RuleType)),
  cidrs: nullable(Schema.Array(cidr)),
  ip_restriction_rule_set_id: nullable(Schema.Int),
  rule_set_enabled: nullable(Schema.Boolean),
  enabled_for_service_tokens: nullable(Schema.Boolean),
  created_by_id: nullable(Schema.Int),
  created_by_service_token_id: nullable(Schema.Int),
  state: nullable(named(Schema.Int, State)),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, { columns: ["id", "name", "type", "description", "rule_set_enabled", "state", "updated_at"] });

/** An account's set of rules. */
export interface IpRestrictionRuleSet {
  /** The set's id. */
  readonly id: number;
  /** The account. */
  readonly account_id?: number | null;
  /** Whether its rules hold. */
  readonly enabled?: boolean | null;
  /** Whether they hold for service tokens too. */
  readonly enabled_for_service_tokens?: boolean | null;
  /** Whether it is there: 1 active, 2 deleted. */
  readonly state?: number | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
}

/** Reads an {@linkcode IpRestrictionRuleSet}. */
export const IpRestrictionRuleSet: Schema.Codec<IpRestrictionRuleSet> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  enabled: nullable(Schema.Boolean),
  enabled_for_service_tokens: nullable(Schema.Boolean),
  state: nullable(named(Schema.Int, State)),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, { columns: ["id", "enabled", "enabled_for_service_tokens", "updated_at"] });

/** Whether one's own address would be let in. */
export interface Validation {
  /** Whether it would. */
  readonly is_valid_for_admin?: boolean | null;
}

/** Reads a {@linkcode Validation}. */
export const Validation: Schema.Codec<Validation> = struct({ is_valid_for_admin: nullable(Schema.Boolean) }, {
  columns: ["is_valid_for_admin"],
});

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** What every request about one rule has. */
export interface OfRule extends InAccount {
  /** The rule. */
  readonly rule_id: number;
}

const ofRule: Fields<OfRule> = { ...inAccount, rule_id: field(Schema.Int, "The rule") };

/** What {@linkcode list} asks for. */
export interface List extends InAccount {
  /** Related things to include in each rule. */
  readonly include_related?: Related;
}

/** List the rules of an account. */
export const list: Endpoint<List, Page<IpRestrictionRule>> = endpoint("ipRestrictions.list", {
  route: "GET /api/v3/accounts/:account_id/ip-restrictions/",
  summary: "List the rules of an account",
  request: { ...inAccount, include_related: optional(related()) },
  success: page(IpRestrictionRule),
});

/** What {@linkcode create} asks for. */
export interface Create extends InAccount {
  /** The name. */
  readonly name: string;
  /** What it does with its addresses: see {@linkcode RuleType}. */
  readonly type: number;
  /** Its addresses; on an update those that are not named stay, and those with `state: 2` go. */
  readonly cidrs: ReadonlyArray<Cidr>;
  /** What it is for, in words. */
  readonly description?: string | null;
  /** Whether the account's rules hold. */
  readonly rule_set_enabled?: boolean;
  /** Whether it is there: 1 active, 2 deleted. Source: answers that other clients recorded. */
  readonly state?: number | null;
}

const createRequest: Fields<Create> = {
  ...inAccount,
  name: field(Schema.String, "The name"),
  type: field(named(Schema.Int, RuleType), "What it does with its addresses"),
  cidrs: field(Schema.Array(cidr), 'Its addresses: [{"cidr": "10.1.0.0/16"}]'),
  description: nullable(field(Schema.String, "What it is for, in words")),
  rule_set_enabled: optional(field(Schema.Boolean, "Whether the account's rules hold")),
  state: nullable(field(named(Schema.Int, State), "Whether it is there")),
};

/** Create a rule. Addresses that are wrong are left out, and it is created all the same: see the answer's `cidrs`. */
export const create: Endpoint<Create, IpRestrictionRule> = endpoint("ipRestrictions.create", {
  route: "POST /api/v3/accounts/:account_id/ip-restrictions/",
  summary: "Create a rule",
  request: createRequest,
  repeats: { account_id: "account_id" },
  success: data(IpRestrictionRule),
});

/** What {@linkcode get} asks for. */
export interface Get extends OfRule {
  /** Related things to include in the rule. */
  readonly include_related?: Related;
}

/** Get one rule. */
export const get: Endpoint<Get, IpRestrictionRule> = endpoint("ipRestrictions.get", {
  route: "GET /api/v3/accounts/:account_id/ip-restrictions/:rule_id",
  summary: "Get one rule",
  request: { ...ofRule, include_related: optional(related()) },
  success: data(IpRestrictionRule),
});

/** What {@linkcode update} asks for. */
export interface Update extends OfRule, Create {}

/**
 * Update a rule; addresses are only added. One goes with `state: 2`. The answer's `cidrs` are those that it has now,
 * which need not be all that were named.
 */
export const update: Endpoint<Update, IpRestrictionRule> = endpoint("ipRestrictions.update", {
  route: "PUT /api/v3/accounts/:account_id/ip-restrictions/:rule_id",
  summary: "Update a rule; addresses are only added",
  request: { ...ofRule, ...createRequest },
  repeats: { account_id: "account_id", id: "rule_id" },
  replaces: true,
  // By the specification the answer has no envelope; in answers that other clients recorded it has one.
  success: data(IpRestrictionRule),
});

/** Delete a rule. */
const del: Endpoint<OfRule, IpRestrictionRule | undefined> = endpoint("ipRestrictions.delete", {
  route: "DELETE /api/v3/accounts/:account_id/ip-restrictions/:rule_id",
  summary: "Delete a rule",
  request: ofRule,
  success: maybe(IpRestrictionRule),
});
export { del as delete };

/** What {@linkcode enable} asks for. */
export interface Enable extends InAccount {
  /** Whether the account's rules are to hold. */
  readonly enabled: boolean;
}

/** Switch the rules of an account on or off. */
export const enable: Endpoint<Enable, IpRestrictionRuleSet> = endpoint("ipRestrictions.enable", {
  route: "POST /api/v3/accounts/:account_id/ip-restrictions-set/",
  summary: "Switch the rules of an account on or off",
  request: { ...inAccount, enabled: field(Schema.Boolean, "Whether the account's rules are to hold") },
  success: data(IpRestrictionRuleSet),
});

/** What {@linkcode validate} asks for. */
export interface Validate extends InAccount {
  /** The account's set of rules: `ip_restriction_rule_set_id` of any rule. */
  readonly rule_set_id: number;
  /** Related things to include in the answer. */
  readonly include_related?: Related;
}

const validateRequest: Fields<Validate> = {
  ...inAccount,
  rule_set_id: field(Schema.Int, "The account's set of rules: any rule names it"),
  include_related: optional(related()),
};

/** Get whether the rules of an account would let one's own address in. */
export const validate: Endpoint<Validate, Validation> = endpoint("ipRestrictions.validate", {
  route: "GET /api/v3/accounts/:account_id/ip-restrictions-set/:rule_set_id/validate/",
  summary: "Get whether the rules of an account would let one's own address in",
  request: validateRequest,
  success: body(Validation),
});

/** What {@linkcode validateWithout} asks for. */
export interface ValidateWithout extends Validate, OfRule {}

/** Get whether the rules of an account but for one would let one's own address in. */
export const validateWithout: Endpoint<ValidateWithout, Validation> = endpoint("ipRestrictions.validateWithout", {
  route: "GET /api/v3/accounts/:account_id/ip-restrictions-set/:rule_set_id/validate/:rule_id",
  summary: "Get whether the rules of an account but for one would let one's own address in",
  request: { ...validateRequest, ...ofRule },
  success: body(Validation),
});
