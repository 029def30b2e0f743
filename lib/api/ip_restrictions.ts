/**
 * The endpoints of the group `ipRestrictions`: IP restrictions, the rules that limit which addresses can reach an
 * account.
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

/** Whether a rule allows or denies its addresses. */
export const RuleType = { allow: 1, deny: 2 } as const;

// ---- models ---------------------------------------------------------------------------------------------------------

/** A range of IP addresses in a rule. */
export interface Cidr {
  /** The range's id. Pass it to change an existing range. */
  readonly id?: number | null;
  /** The range in CIDR notation: `10.1.0.0/16`. */
  readonly cidr?: string | null;
  /** The same range in IPv6. Set by dbt Cloud. */
  readonly cidr_ipv6?: string | null;
  /** Whether the range is in use. Source: responses that other clients recorded. */
  readonly enabled?: boolean | null;
  /** The rule's id. */
  readonly ip_restriction_rule_id?: number | null;
  /** State of the range: 1 active, 2 deleted. */
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

/** A rule that allows or denies IP addresses. */
export interface IpRestrictionRule {
  /** The rule's id. */
  readonly id: number;
  /** The account's id. */
  readonly account_id?: number | null;
  /** The rule's name. */
  readonly name?: string | null;
  /** What the rule is for. */
  readonly description?: string | null;
  /** Whether it allows or denies its addresses: see {@linkcode RuleType}. */
  readonly type?: number | null;
  /** Its ranges of IP addresses. */
  readonly cidrs?: ReadonlyArray<Cidr> | null;
  /** The id of the account's rule set. */
  readonly ip_restriction_rule_set_id?: number | null;
  /** Whether the account's rules are enabled. */
  readonly rule_set_enabled?: boolean | null;
  /** Whether they apply to service tokens too. */
  readonly enabled_for_service_tokens?: boolean | null;
  /** The id of the user who created it. */
  readonly created_by_id?: number | null;
  /** The id of the service token that created it. */
  readonly created_by_service_token_id?: number | null;
  /** State of the rule: 1 active, 2 deleted. */
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

/** The rule set of an account. */
export interface IpRestrictionRuleSet {
  /** The set's id. */
  readonly id: number;
  /** The account's id. */
  readonly account_id?: number | null;
  /** Whether its rules are enabled. */
  readonly enabled?: boolean | null;
  /** Whether they apply to service tokens too. */
  readonly enabled_for_service_tokens?: boolean | null;
  /** State of the rule set: 1 active, 2 deleted. */
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

/** Whether the rules allow the caller's own address. */
export interface Validation {
  /** Whether they allow it. */
  readonly is_valid_for_admin?: boolean | null;
}

/** Reads a {@linkcode Validation}. */
export const Validation: Schema.Codec<Validation> = struct({ is_valid_for_admin: nullable(Schema.Boolean) }, {
  columns: ["is_valid_for_admin"],
});

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** Fields of every request about one rule. */
export interface OfRule extends InAccount {
  /** The rule's id. */
  readonly rule_id: number;
}

const ofRule: Fields<OfRule> = { ...inAccount, rule_id: field(Schema.Int, "Rule id") };

/** The request of {@linkcode list}. */
export interface List extends InAccount {
  /** Related objects to include in each rule. */
  readonly include_related?: Related;
}

/** List the IP restriction rules of an account. */
export const list: Endpoint<List, Page<IpRestrictionRule>> = endpoint("ipRestrictions.list", {
  route: "GET /api/v3/accounts/:account_id/ip-restrictions/",
  summary: "List the IP restriction rules of an account",
  request: { ...inAccount, include_related: optional(related()) },
  success: page(IpRestrictionRule),
});

/** The request of {@linkcode create}. */
export interface Create extends InAccount {
  /** The rule's name. */
  readonly name: string;
  /** Whether it allows or denies its addresses: see {@linkcode RuleType}. */
  readonly type: number;
  /** Its ranges of IP addresses. An update keeps ranges that are left out, and removes those with `state: 2`. */
  readonly cidrs: ReadonlyArray<Cidr>;
  /** What the rule is for. */
  readonly description?: string | null;
  /** Whether the account's rules are enabled. */
  readonly rule_set_enabled?: boolean;
  /** State of the rule: 1 active, 2 deleted. Source: responses that other clients recorded. */
  readonly state?: number | null;
}

const createRequest: Fields<Create> = {
  ...inAccount,
  name: field(Schema.String, "Name of the rule"),
  type: field(named(Schema.Int, RuleType), "Whether the rule allows or denies its addresses"),
  cidrs: field(Schema.Array(cidr), 'Ranges of IP addresses: [{"cidr": "10.1.0.0/16"}]'),
  description: nullable(field(Schema.String, "What the rule is for")),
  rule_set_enabled: optional(field(Schema.Boolean, "Whether the account's rules are enabled")),
  state: nullable(field(named(Schema.Int, State), "State of the rule")),
};

/** Create an IP restriction rule. dbt Cloud drops invalid ranges without an error: check `cidrs` in the response. */
export const create: Endpoint<Create, IpRestrictionRule> = endpoint("ipRestrictions.create", {
  route: "POST /api/v3/accounts/:account_id/ip-restrictions/",
  summary: "Create an IP restriction rule",
  request: createRequest,
  repeats: { account_id: "account_id" },
  success: data(IpRestrictionRule),
});

/** The request of {@linkcode get}. */
export interface Get extends OfRule {
  /** Related objects to include in the rule. */
  readonly include_related?: Related;
}

/** Get an IP restriction rule. */
export const get: Endpoint<Get, IpRestrictionRule> = endpoint("ipRestrictions.get", {
  route: "GET /api/v3/accounts/:account_id/ip-restrictions/:rule_id",
  summary: "Get an IP restriction rule",
  request: { ...ofRule, include_related: optional(related()) },
  success: data(IpRestrictionRule),
});

/** The request of {@linkcode update}. */
export interface Update extends OfRule, Create {}

/**
 * Update an IP restriction rule; ranges are only added. To remove a range, send it with `state: 2`. `cidrs` in the
 * response are the rule's current ranges; dbt Cloud drops invalid ones without an error.
 */
export const update: Endpoint<Update, IpRestrictionRule> = endpoint("ipRestrictions.update", {
  route: "PUT /api/v3/accounts/:account_id/ip-restrictions/:rule_id",
  summary: "Update an IP restriction rule; ranges are only added",
  request: { ...ofRule, ...createRequest },
  repeats: { account_id: "account_id", id: "rule_id" },
  replaces: true,
  // In the specification the response has no envelope; in responses that other clients recorded it has one.
  success: data(IpRestrictionRule),
});

/** Delete an IP restriction rule. */
const del: Endpoint<OfRule, IpRestrictionRule | undefined> = endpoint("ipRestrictions.delete", {
  route: "DELETE /api/v3/accounts/:account_id/ip-restrictions/:rule_id",
  summary: "Delete an IP restriction rule",
  request: ofRule,
  success: maybe(IpRestrictionRule),
});
export { del as delete };

/** The request of {@linkcode enable}. */
export interface Enable extends InAccount {
  /** Whether to enable the account's rules. */
  readonly enabled: boolean;
}

/** Enable or disable the IP restriction rules of an account. */
export const enable: Endpoint<Enable, IpRestrictionRuleSet> = endpoint("ipRestrictions.enable", {
  route: "POST /api/v3/accounts/:account_id/ip-restrictions-set/",
  summary: "Enable or disable the IP restriction rules of an account",
  request: { ...inAccount, enabled: field(Schema.Boolean, "Whether to enable the account's rules") },
  success: data(IpRestrictionRuleSet),
});

/** The request of {@linkcode validate}. */
export interface Validate extends InAccount {
  /** The id of the account's rule set: `ip_restriction_rule_set_id` of any rule. */
  readonly rule_set_id: number;
  /** Related objects to include in the response. */
  readonly include_related?: Related;
}

const validateRequest: Fields<Validate> = {
  ...inAccount,
  rule_set_id: field(Schema.Int, "Id of the account's rule set: ip_restriction_rule_set_id of any rule"),
  include_related: optional(related()),
};

/** Check whether the IP restriction rules of an account allow your own address. */
export const validate: Endpoint<Validate, Validation> = endpoint("ipRestrictions.validate", {
  route: "GET /api/v3/accounts/:account_id/ip-restrictions-set/:rule_set_id/validate/",
  summary: "Check whether the IP restriction rules of an account allow your own address",
  request: validateRequest,
  success: body(Validation),
});

/** The request of {@linkcode validateWithout}. */
export interface ValidateWithout extends Validate, OfRule {}

/** Check whether the IP restriction rules without one of them allow your own address. */
export const validateWithout: Endpoint<ValidateWithout, Validation> = endpoint("ipRestrictions.validateWithout", {
  route: "GET /api/v3/accounts/:account_id/ip-restrictions-set/:rule_set_id/validate/:rule_id",
  summary: "Check whether the IP restriction rules without one of them allow your own address",
  request: { ...validateRequest, ...ofRule },
  success: body(Validation),
});
