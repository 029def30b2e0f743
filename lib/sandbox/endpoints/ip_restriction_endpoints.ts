/**
 * Handlers of IP restrictions. An account has one set of rules, whose id is the account's. The rules are kept and can be
 * checked, but keep nobody out: the sandbox only ever sees this machine.
 *
 * @module
 */
import { BlockList, isIP } from "node:net";
import { RuleType } from "../../api/ip_restrictions.ts";
import {
  answer,
  isRow,
  jsonText,
  notFound,
  objectsIn,
  type Reply,
  type Row,
  stamp,
} from "../protocol/response_format.ts";
import { addRow, create, update } from "./crud_handlers.ts";
import { type EndpointRequest, type Handler, rowOf, rowsOfAccount } from "./endpoint_request.ts";
import { withBody } from "./check_body.ts";

const sets = "ip-restrictions-sets";

/** The address of everybody who uses the sandbox: it listens on this machine only. */
const clientAddress = "127.0.0.1";

// ---- the set of an account ------------------------------------------------------------------------------------------

/** The set of the account in the path; made where nobody has written it yet. */
function setOf(request: EndpointRequest): Row {
  const { world: { store }, params } = request;
  const account_id = Number(params.account_id);
  return store.rows(sets).find((row) => row.account_id === account_id) ??
    addRow(request, sets, { account_id, enabled: false, enabled_for_service_tokens: false, state: 1 });
}

function switchSet(request: EndpointRequest, enabled: unknown): Row {
  return Object.assign(setOf(request), { enabled, updated_at: stamp(request.now) });
}

const enable = withBody((request, { enabled }) =>
  answer({ ...switchSet(request, enabled), id: Number(request.params.account_id) })
);

// ---- rules ----------------------------------------------------------------------------------------------------------

/** An address or a network in its parts; undefined where it is none. */
function readCidr(text: unknown): { address: string; prefix: number; family: "ipv4" | "ipv6" } | undefined {
  const [address = "", length] = String(text).split("/");
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  const prefix = Number(length ?? most);
  return version === 0 || !Number.isInteger(prefix) || prefix < 0 || prefix > most
    ? undefined
    : { address, prefix, family: version === 4 ? "ipv4" : "ipv6" };
}

/**
 * Writes a rule. Addresses are only added: one goes with `state: 2`, and a wrong one is left out, as the specification
 * says. Whether the account's rules hold is written for the account.
 */
function writeRule(write: Handler): Handler {
  return (request) => {
    const { body, route, now } = request;
    if (!isRow(body)) return write(request);
    const before = route.item ? rowOf(request) : undefined;
    const cidrs = new Map(objectsIn(before?.cidrs).map((cidr) => [cidr.id, cidr]));
    let next = Math.max(0, ...[...cidrs.keys()].map(Number)) + 1;
    for (const given of objectsIn(body.cidrs)) {
      const known = cidrs.get(given.id) ?? [...cidrs.values()].find(({ cidr }) => cidr === given.cidr);
      const id = known?.id ?? next++;
      if (given.state === 2) cidrs.delete(id);
      else if (readCidr(given.cidr ?? known?.cidr) !== undefined) {
        const changed = Object.entries(given).some(([name, value]) => known?.[name] !== value);
        if (known !== undefined && !changed) continue;
        const times = { created_at: known?.created_at ?? stamp(now), updated_at: stamp(now) };
        cidrs.set(id, { enabled: true, ...known, ...given, id, state: 1, ...times });
      }
    }
    const reply = write({ ...request, body: { ...body, cidrs: [...cidrs.values()] } });
    if (reply.status < 300 && typeof body.rule_set_enabled === "boolean") {
      switchSet(request, body.rule_set_enabled);
    }
    return reply;
  };
}

/** Whether rules let an address in. A rule that denies wins. Without a rule that allows, all others may enter. */
function letsIn(rules: ReadonlyArray<Row>, address: string): boolean {
  const lists = new Map([RuleType.allow, RuleType.deny].map((type) => [type, new BlockList()]));
  for (const { type, cidrs } of rules) {
    for (const { cidr } of objectsIn(cidrs)) {
      const network = readCidr(cidr);
      const list = type === RuleType.allow || type === RuleType.deny ? lists.get(type) : undefined;
      if (network !== undefined) list?.addSubnet(network.address, network.prefix, network.family);
    }
  }
  const allows = rules.some(({ type }) => type === RuleType.allow);
  return !lists.get(RuleType.deny)?.check(address) && (!allows || lists.get(RuleType.allow)?.check(address) === true);
}

/** Answers whether the rules of the set in the path let the caller in, without the rule in the path where there is one. */
function validate(request: EndpointRequest): Reply {
  const { account_id, rule_set_id, rule_id } = request.params;
  if (rule_set_id !== account_id) return notFound();
  const rules = rowsOfAccount(request, "ip-restrictions");
  if (rule_id !== undefined && !rules.some(({ id }) => String(id) === rule_id)) return notFound();
  const counted = rules.filter(({ id }) => String(id) !== rule_id);
  return jsonText(200, { is_valid_for_admin: letsIn(counted, clientAddress) });
}

/** By the endpoint's name. */
export const ipRestrictionHandlers: Readonly<Record<string, Handler>> = {
  "ipRestrictions.create": writeRule(create),
  "ipRestrictions.enable": enable,
  "ipRestrictions.update": writeRule(update),
  "ipRestrictions.validate": validate,
  "ipRestrictions.validateWithout": validate,
};
