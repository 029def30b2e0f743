/**
 * The endpoints of the group `webhooks`: webhooks, which send events about jobs' runs to a URL, and the history of
 * what they sent.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { type Call, data, type Endpoint, endpoint, maybe, type Page, page } from "../endpoint.ts";
import {
  field,
  type Fields,
  type InAccount,
  inAccount,
  issued,
  type Members,
  named,
  nullable,
  optional,
  type Paging,
  paging,
  type Related,
  related,
  struct,
} from "../schema.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** What can happen to a run. A run that failed is completed too. */
export const EventType = {
  started: "job.run.started",
  completed: "job.run.completed",
  errored: "job.run.errored",
} as const;

// ---- models ---------------------------------------------------------------------------------------------------------

/** A number, which webhooks mostly give as text. */
export type NumberOrText = number | string;

const numberOrText: Schema.Codec<NumberOrText> = Schema.Union([Schema.Int, Schema.String]);

/** What one can set about a webhook. */
export interface WebhookOptions {
  /** The name. */
  readonly name?: string | null;
  /** What it is for, in words. */
  readonly description?: string | null;
  /** The URL that events are sent to. */
  readonly client_url?: string | null;
  /** What it is sent for: see {@linkcode EventType}. */
  readonly event_types?: ReadonlyArray<string> | null;
  /** Whether it is at work. */
  readonly active?: boolean | null;
  /** Why it is not. */
  readonly deactivate_reason?: string | null;
}

const name = field(Schema.String, "The name");
const clientUrl = field(Schema.String, "The URL that events are sent to");
const eventTypes = field(Schema.Array(named(Schema.String, EventType)), "What it is sent for");
const active = field(Schema.Boolean, "Whether it is at work");

const options: Members<WebhookOptions> = {
  name: nullable(name),
  description: nullable(field(Schema.String, "What it is for, in words")),
  client_url: nullable(clientUrl),
  event_types: nullable(eventTypes),
  active: nullable(active),
  deactivate_reason: nullable(field(Schema.String, "Why it is not at work")),
};

/** A webhook: a subscription. */
export interface Webhook extends WebhookOptions {
  /** The webhook's id: `wsu_…`. */
  readonly id: string;
  /** The jobs; all of the account's if empty. dbt Cloud returns the ids as text, and takes numbers. */
  readonly job_ids?: ReadonlyArray<NumberOrText> | null;
  /** The account. */
  readonly account_id?: NumberOrText | null;
  /** The account's other id: `act_…`. */
  readonly account_identifier?: string | null;
  /** The key of its events' signatures. It comes once, when the webhook is created. Source: dbt's documentation. */
  readonly hmac_secret?: string | null;
  /** The newest status of HTTP that the URL answered; `0` before the first event. */
  readonly http_status_code?: NumberOrText | null;
  /** When it was last sent to, in microseconds since 1970. */
  readonly dispatched_at?: NumberOrText | null;
  /** When it was created, in microseconds since 1970. Source: dbt's documentation. */
  readonly created_at?: NumberOrText | null;
  /** When it last changed, in microseconds since 1970. Source: dbt's documentation. */
  readonly updated_at?: NumberOrText | null;
}

/** Reads a {@linkcode Webhook}. */
export const Webhook: Schema.Codec<Webhook> = struct({
  id: Schema.String,
  ...options,
  job_ids: nullable(Schema.Array(numberOrText)),
  account_id: nullable(numberOrText),
  account_identifier: nullable(Schema.String),
  hmac_secret: nullable(issued),
  http_status_code: nullable(numberOrText),
  dispatched_at: nullable(numberOrText),
  created_at: nullable(numberOrText),
  updated_at: nullable(numberOrText),
}, { columns: ["id", "name", "active", "event_types", "job_ids", "client_url", "http_status_code"] });

/** What a webhook was deleted as. */
export interface DeletedWebhook {
  /** The webhook's id. */
  readonly id: string;
}

/** Reads a {@linkcode DeletedWebhook}. */
export const DeletedWebhook: Schema.Codec<DeletedWebhook> = struct({ id: Schema.String }, { columns: ["id"] });

/** What came of a test. dbt Cloud answers one or the other. */
export interface Test {
  /** The event that was sent. */
  readonly event_id?: string | null;
  /** What was wrong; null for nothing. Source: dbt's documentation. */
  readonly verification_error?: string | null;
  /** The status of HTTP that the URL answered. Source: dbt's documentation. */
  readonly verification_status_code?: NumberOrText | null;
}

/** Reads a {@linkcode Test}. */
export const Test: Schema.Codec<Test> = struct({
  event_id: nullable(Schema.String),
  verification_error: nullable(Schema.String),
  verification_status_code: nullable(numberOrText),
}, { columns: ["event_id", "verification_status_code", "verification_error"] });

/** Something that happened, and was sent. */
export interface Event {
  /** The event's id: `wev_…`. */
  readonly id: string;
  /** The webhook. */
  readonly subscription_id?: string | null;
  /** The account. */
  readonly account_id?: NumberOrText | null;
  /** The account's other id: `act_…`. */
  readonly account_identifier?: string | null;
  /** The job. */
  readonly job_id?: NumberOrText | null;
  /** What happened: see {@linkcode EventType}. */
  readonly trigger_event_type?: string | null;
  /** What was sent: JSON text. */
  readonly payload?: string | null;
  /** The status of HTTP that the URL answered. */
  readonly http_status_code?: NumberOrText | null;
  /** When it happened, in microseconds since 1970. Source: the specification of 2023. */
  readonly created_at?: NumberOrText | null;
  /** When it last changed, in microseconds since 1970. Source: the specification of 2023. */
  readonly updated_at?: NumberOrText | null;
}

/** Reads an {@linkcode Event}. */
export const Event: Schema.Codec<Event> = struct({
  id: Schema.String,
  subscription_id: nullable(Schema.String),
  account_id: nullable(numberOrText),
  account_identifier: nullable(Schema.String),
  job_id: nullable(numberOrText),
  trigger_event_type: nullable(named(Schema.String, EventType)),
  payload: nullable(Schema.String),
  http_status_code: nullable(numberOrText),
  created_at: nullable(numberOrText),
  updated_at: nullable(numberOrText),
}, { columns: ["id", "trigger_event_type", "job_id", "http_status_code", "created_at"] });

/** One time that an event was sent. dbt Cloud tries five times. */
export interface Receipt {
  /** The receipt's id. */
  readonly id: string;
  /** The event. */
  readonly event_id?: string | null;
  /** The webhook. */
  readonly subscription_id?: string | null;
  /** When it was sent, in microseconds since 1970. */
  readonly dispatched_at?: NumberOrText | null;
  /** The status of HTTP that the URL answered. */
  readonly http_status_code?: NumberOrText | null;
  /** What went wrong. */
  readonly error_info?: string | null;
  /** What was sent: JSON text. */
  readonly request_body?: string | null;
  /** The headers that were sent: JSON text. */
  readonly request_headers?: string | null;
  /** What the URL answered. */
  readonly response_body?: string | null;
  /** When the receipt was written, in microseconds since 1970. Source: the specification of 2023. */
  readonly created_at?: NumberOrText | null;
}

/** Reads a {@linkcode Receipt}. */
export const Receipt: Schema.Codec<Receipt> = struct({
  id: Schema.String,
  event_id: nullable(Schema.String),
  subscription_id: nullable(Schema.String),
  dispatched_at: nullable(numberOrText),
  http_status_code: nullable(numberOrText),
  error_info: nullable(Schema.String),
  request_body: nullable(Schema.String),
  request_headers: nullable(Schema.String),
  response_body: nullable(Schema.String),
  created_at: nullable(numberOrText),
}, { columns: ["id", "event_id", "dispatched_at", "http_status_code", "error_info"] });

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** What every request about one webhook has. */
export interface OfWebhook extends InAccount {
  /** The webhook: `wsu_…`. */
  readonly webhook_id: string;
}

const ofWebhook: Fields<OfWebhook> = { ...inAccount, webhook_id: field(Schema.String, "The webhook: wsu_…") };

/** Which related things an answer about webhooks can include: none is known. */
export interface WithRelated {
  /** Related things to include in the answer. */
  readonly include_related?: Related;
}

const withRelated: Fields<WithRelated> = { include_related: optional(related()) };

/** What {@linkcode list} asks for. */
export interface List extends InAccount, Paging, WithRelated {}

/** List the webhooks of an account. dbt Cloud gives 10 where no `limit` is given. */
export const list: Endpoint<List, Page<Webhook>> = endpoint("webhooks.list", {
  route: "GET /api/v3/accounts/:account_id/webhooks/subscriptions",
  summary: "List the webhooks of an account",
  request: { ...inAccount, ...withRelated, ...paging },
  success: page(Webhook),
  dbtc: "list_webhooks",
});

/** What {@linkcode create} asks for. */
export interface Create extends InAccount, WebhookOptions {
  /** The name. */
  readonly name: string;
  /** The URL that events are sent to. */
  readonly client_url: string;
  /** What it is sent for, at least one: see {@linkcode EventType}. */
  readonly event_types: ReadonlyArray<string>;
  /** The jobs (default: all of the account's), also as a webhook has them; they are sent as numbers. */
  readonly job_ids?: ReadonlyArray<NumberOrText> | null;
  /** Whether it is at work. */
  readonly active: boolean;
}

const createRequest: Fields<Create> = {
  ...inAccount,
  ...options,
  name,
  client_url: clientUrl,
  event_types: eventTypes,
  job_ids: nullable(field(Schema.Array(numberOrText), "The jobs (default: all of the account's)")),
  active,
};

/**
 * A webhook as it may be sent: with numbers for the ids of jobs, as the specification and dbt's documentation have them.
 * dbt Cloud returns them as text (terraform-provider-dbtcloud 631).
 */
const sendableWebhook: NonNullable<Call<Create>["sendable"]> = (webhook) =>
  Array.isArray(webhook.job_ids)
    ? {
      ...webhook,
      job_ids: webhook.job_ids.map((id: unknown) => typeof id === "string" && /^\d+$/.test(id) ? Number(id) : id),
    }
    : webhook;

/** Create a webhook. The answer has the key of its events' signatures, this once. */
export const create: Endpoint<Create, Webhook> = endpoint("webhooks.create", {
  route: "POST /api/v3/accounts/:account_id/webhooks/subscriptions",
  summary: "Create a webhook",
  request: createRequest,
  repeats: { account_id: "account_id" },
  sendable: sendableWebhook,
  success: data(Webhook),
  dbtc: "create_webhook",
});

/** What {@linkcode get} asks for. */
export interface Get extends OfWebhook, WithRelated {}

/** Get one webhook. */
export const get: Endpoint<Get, Webhook> = endpoint("webhooks.get", {
  route: "GET /api/v3/accounts/:account_id/webhooks/subscription/:webhook_id",
  summary: "Get one webhook",
  request: { ...ofWebhook, ...withRelated },
  success: data(Webhook),
  dbtc: "get_webhook",
});

/** What {@linkcode update} asks for. */
export interface Update extends OfWebhook, Create {}

/** Update a webhook. What is not given is reset. */
export const update: Endpoint<Update, Webhook> = endpoint("webhooks.update", {
  route: "PUT /api/v3/accounts/:account_id/webhooks/subscription/:webhook_id",
  summary: "Update a webhook",
  request: { ...ofWebhook, ...createRequest },
  repeats: { account_id: "account_id", id: "webhook_id" },
  replaces: true,
  sendable: sendableWebhook,
  success: data(Webhook),
  dbtc: "update_webhook",
});

/** Delete a webhook. */
const del: Endpoint<OfWebhook, DeletedWebhook | undefined> = endpoint("webhooks.delete", {
  route: "DELETE /api/v3/accounts/:account_id/webhooks/subscription/:webhook_id",
  summary: "Delete a webhook",
  request: ofWebhook,
  success: maybe(DeletedWebhook),
  dbtc: "delete_webhook",
});
export { del as delete };

/** Send an event to a webhook's URL, to see that it answers. */
export const test: Endpoint<Get, Test> = endpoint("webhooks.test", {
  route: "GET /api/v3/accounts/:account_id/webhooks/subscription/:webhook_id/test",
  summary: "Send an event to a webhook's URL, to see that it answers",
  request: { ...ofWebhook, ...withRelated },
  success: data(Test),
  dbtc: "test_webhook",
});

/** What {@linkcode listEvents} asks for. */
export interface ListEvents extends OfWebhook, Paging, WithRelated {}

/** List the events of a webhook. */
export const listEvents: Endpoint<ListEvents, Page<Event>> = endpoint("webhooks.listEvents", {
  route: "GET /api/v3/accounts/:account_id/webhooks/subscription/:webhook_id/events",
  summary: "List the events of a webhook",
  request: { ...ofWebhook, ...withRelated, ...paging },
  success: page(Event),
});

/** What {@linkcode listReceipts} asks for. */
export interface ListReceipts extends Get {
  /** The event: `wev_…`. */
  readonly event_id: string;
}

const event_id = field(Schema.String, "The event: wev_…");

/** List the times that an event was sent to a webhook. */
export const listReceipts: Endpoint<ListReceipts, Page<Receipt>> = endpoint("webhooks.listReceipts", {
  route: "GET /api/v3/accounts/:account_id/webhooks/subscription/:webhook_id/event/:event_id/receipt",
  summary: "List the times that an event was sent to a webhook",
  request: { ...ofWebhook, event_id, ...withRelated },
  success: page(Receipt),
});

// ---- deprecated -----------------------------------------------------------------------------------------------------

/** What {@linkcode getEvent} asks for. */
export interface GetEvent extends InAccount, WithRelated {
  /** The event: `wev_…`. */
  readonly event_id: string;
}

/** Get one event. */
export const getEvent: Endpoint<GetEvent, Event> = endpoint("webhooks.getEvent", {
  route: "GET /api/v3/accounts/:account_id/webhooks/event/:event_id",
  summary: "Get one event",
  request: { ...inAccount, event_id, ...withRelated },
  success: data(Event),
  deprecated: "webhooks list-events",
});

/** List the times that an event was sent, to whatever webhook. */
export const listReceiptsOfEvent: Endpoint<GetEvent, Page<Receipt>> = endpoint("webhooks.listReceiptsOfEvent", {
  route: "GET /api/v3/accounts/:account_id/webhooks/event/:event_id/receipts",
  summary: "List the times that an event was sent, to whatever webhook",
  request: { ...inAccount, event_id, ...withRelated },
  success: page(Receipt),
  deprecated: "webhooks list-receipts",
});

/** What {@linkcode getReceipt} asks for. */
export interface GetReceipt extends InAccount, WithRelated {
  /** The receipt. */
  readonly receipt_id: string;
}

/** Get one time that an event was sent. */
export const getReceipt: Endpoint<GetReceipt, Receipt> = endpoint("webhooks.getReceipt", {
  route: "GET /api/v3/accounts/:account_id/webhooks/receipt/:receipt_id",
  summary: "Get one time that an event was sent",
  request: { ...inAccount, receipt_id: field(Schema.String, "The receipt"), ...withRelated },
  success: data(Receipt),
  deprecated: "webhooks list-receipts",
});
