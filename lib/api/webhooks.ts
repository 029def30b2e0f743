/**
 * The endpoints of the group `webhooks`: webhooks, which send events about the runs of jobs to a URL, and the history
 * of those events.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { type Call, data, type Endpoint, endpoint, maybe, type Page, page } from "../endpoint.ts";
import { field, type Fields, issued, type Members, named, nullable, optional, struct } from "../schema.ts";
import { type InAccount, inAccount, type Paging, paging, type Related, related } from "../shared_fields.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** The events of a run. A failed run is completed too. */
export const EventType = {
  started: "job.run.started",
  completed: "job.run.completed",
  errored: "job.run.errored",
} as const;

// ---- models ---------------------------------------------------------------------------------------------------------

/** A number, which webhook endpoints usually return as text. */
export type NumberOrText = number | string;

const numberOrText: Schema.Codec<NumberOrText> = Schema.Union([Schema.Int, Schema.String]);

/** The fields of a webhook that requests can set. */
export interface WebhookOptions {
  /** The webhook's name. */
  readonly name?: string | null;
  /** What the webhook is for. */
  readonly description?: string | null;
  /** The URL that events are sent to. */
  readonly client_url?: string | null;
  /** The events to send: see {@linkcode EventType}. */
  readonly event_types?: ReadonlyArray<string> | null;
  /** The ids of the jobs; empty for all jobs of the account. dbt Cloud returns them as text, and takes numbers. */
  readonly job_ids?: ReadonlyArray<NumberOrText> | null;
  /** Whether the webhook is active. */
  readonly active?: boolean | null;
  /** Why the webhook is not active. */
  readonly deactivate_reason?: string | null;
}

const name = field(Schema.String, "Name of the webhook");
const clientUrl = field(Schema.String, "URL that events are sent to");
const eventTypes = field(Schema.Array(named(Schema.String, EventType)), "Events to send");
const active = field(Schema.Boolean, "Whether the webhook is active");

const options: Members<WebhookOptions> = {
  name: nullable(name),
  description: nullable(field(Schema.String, "What the webhook is for")),
  client_url: nullable(clientUrl),
  event_types: nullable(eventTypes),
  job_ids: nullable(field(Schema.Array(numberOrText), "Ids of the jobs (default: all jobs of the account)")),
  active: nullable(active),
  deactivate_reason: nullable(field(Schema.String, "Why the webhook is not active")),
};

/** A webhook, which dbt Cloud also calls a subscription. */
export interface Webhook extends WebhookOptions {
  /** The webhook's id: `wsu_…`. */
  readonly id: string;
  /** The account's id. */
  readonly account_id?: NumberOrText | null;
  /** The account's identifier: `act_…`. */
  readonly account_identifier?: string | null;
  /** The key that signs its events, returned only when the webhook is created. Source: dbt's documentation. */
  readonly hmac_secret?: string | null;
  /** The last HTTP status code that the URL returned; `0` before the first event. */
  readonly http_status_code?: NumberOrText | null;
  /** When dbt Cloud last sent an event, in microseconds since 1970. */
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
  account_id: nullable(numberOrText),
  account_identifier: nullable(Schema.String),
  hmac_secret: nullable(issued),
  http_status_code: nullable(numberOrText),
  dispatched_at: nullable(numberOrText),
  created_at: nullable(numberOrText),
  updated_at: nullable(numberOrText),
}, { columns: ["id", "name", "active", "event_types", "job_ids", "client_url", "http_status_code"] });

/** A deleted webhook. */
export interface DeletedWebhook {
  /** The webhook's id. */
  readonly id: string;
}

/** Reads a {@linkcode DeletedWebhook}. */
export const DeletedWebhook: Schema.Codec<DeletedWebhook> = struct({ id: Schema.String }, { columns: ["id"] });

/** The result of a test. dbt Cloud returns either the event's id, or the error and status code. */
export interface Test {
  /** The event that was sent. */
  readonly event_id?: string | null;
  /** The error, or null. Source: dbt's documentation. */
  readonly verification_error?: string | null;
  /** The HTTP status code that the URL returned. Source: dbt's documentation. */
  readonly verification_status_code?: NumberOrText | null;
}

/** Reads a {@linkcode Test}. */
export const Test: Schema.Codec<Test> = struct({
  event_id: nullable(Schema.String),
  verification_error: nullable(Schema.String),
  verification_status_code: nullable(numberOrText),
}, { columns: ["event_id", "verification_status_code", "verification_error"] });

/** An event that was sent. */
export interface Event {
  /** The event's id: `wev_…`. */
  readonly id: string;
  /** The webhook's id. */
  readonly subscription_id?: string | null;
  /** The account's id. */
  readonly account_id?: NumberOrText | null;
  /** The account's identifier: `act_…`. */
  readonly account_identifier?: string | null;
  /** The job's id. */
  readonly job_id?: NumberOrText | null;
  /** The type of the event: see {@linkcode EventType}. */
  readonly trigger_event_type?: string | null;
  /** The payload: JSON text. */
  readonly payload?: string | null;
  /** The HTTP status code that the URL returned. */
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

/** One delivery of an event. dbt Cloud tries up to five times. */
export interface Receipt {
  /** The receipt's id. */
  readonly id: string;
  /** The event's id. */
  readonly event_id?: string | null;
  /** The webhook's id. */
  readonly subscription_id?: string | null;
  /** When it was sent, in microseconds since 1970. */
  readonly dispatched_at?: NumberOrText | null;
  /** The HTTP status code that the URL returned. */
  readonly http_status_code?: NumberOrText | null;
  /** The error, if the delivery failed. */
  readonly error_info?: string | null;
  /** The body of the request: JSON text. */
  readonly request_body?: string | null;
  /** The headers of the request: JSON text. */
  readonly request_headers?: string | null;
  /** The body of the response. */
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

/** Fields of every request about one webhook. */
export interface OfWebhook extends InAccount {
  /** The webhook's id: `wsu_…`. */
  readonly webhook_id: string;
}

const ofWebhook: Fields<OfWebhook> = { ...inAccount, webhook_id: field(Schema.String, "Webhook id: wsu_…") };

/** A request with `include_related`. No values for it are documented. */
export interface WithRelated {
  /** Related objects to include in the response. */
  readonly include_related?: Related;
}

const withRelated: Fields<WithRelated> = { include_related: optional(related()) };

/** The request of {@linkcode list}. */
export interface List extends InAccount, Paging, WithRelated {}

/** List the webhooks of an account. The default of `limit` is 10 here. */
export const list: Endpoint<List, Page<Webhook>> = endpoint("webhooks.list", {
  route: "GET /api/v3/accounts/:account_id/webhooks/subscriptions",
  summary: "List the webhooks of an account",
  request: { ...inAccount, ...withRelated, ...paging },
  success: page(Webhook),
  dbtc: "list_webhooks",
});

/** The request of {@linkcode create}. */
export interface Create extends InAccount, WebhookOptions {
  /** The webhook's name. */
  readonly name: string;
  /** The URL that events are sent to. */
  readonly client_url: string;
  /** The events to send, at least one: see {@linkcode EventType}. */
  readonly event_types: ReadonlyArray<string>;
  /** Whether the webhook is active. */
  readonly active: boolean;
}

const createRequest: Fields<Create> = {
  ...inAccount,
  ...options,
  name,
  client_url: clientUrl,
  event_types: eventTypes,
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

/** Create a webhook. Only this response contains the key that signs its events. */
export const create: Endpoint<Create, Webhook> = endpoint("webhooks.create", {
  route: "POST /api/v3/accounts/:account_id/webhooks/subscriptions",
  summary: "Create a webhook",
  request: createRequest,
  repeats: { account_id: "account_id" },
  sendable: sendableWebhook,
  success: data(Webhook),
  dbtc: "create_webhook",
});

/** The request of {@linkcode get}. */
export interface Get extends OfWebhook, WithRelated {}

/** Get a webhook. */
export const get: Endpoint<Get, Webhook> = endpoint("webhooks.get", {
  route: "GET /api/v3/accounts/:account_id/webhooks/subscription/:webhook_id",
  summary: "Get a webhook",
  request: { ...ofWebhook, ...withRelated },
  success: data(Webhook),
  dbtc: "get_webhook",
});

/** The request of {@linkcode update}. */
export interface Update extends OfWebhook, Create {}

/** Update a webhook. Fields that are left out are reset. */
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

/** Send a test event to the URL of a webhook. */
export const test: Endpoint<Get, Test> = endpoint("webhooks.test", {
  route: "GET /api/v3/accounts/:account_id/webhooks/subscription/:webhook_id/test",
  summary: "Send a test event to the URL of a webhook",
  request: { ...ofWebhook, ...withRelated },
  success: data(Test),
  dbtc: "test_webhook",
});

/** The request of {@linkcode listEvents}. */
export interface ListEvents extends OfWebhook, Paging, WithRelated {}

/** List the events of a webhook. */
export const listEvents: Endpoint<ListEvents, Page<Event>> = endpoint("webhooks.listEvents", {
  route: "GET /api/v3/accounts/:account_id/webhooks/subscription/:webhook_id/events",
  summary: "List the events of a webhook",
  request: { ...ofWebhook, ...withRelated, ...paging },
  success: page(Event),
});

/** The request of {@linkcode listReceipts}. */
export interface ListReceipts extends Get {
  /** The event's id: `wev_…`. */
  readonly event_id: string;
}

const event_id = field(Schema.String, "Event id: wev_…");

/** List the deliveries of an event to a webhook. */
export const listReceipts: Endpoint<ListReceipts, Page<Receipt>> = endpoint("webhooks.listReceipts", {
  route: "GET /api/v3/accounts/:account_id/webhooks/subscription/:webhook_id/event/:event_id/receipt",
  summary: "List the deliveries of an event to a webhook",
  request: { ...ofWebhook, event_id, ...withRelated },
  success: page(Receipt),
});

// ---- deprecated -----------------------------------------------------------------------------------------------------

/** The request of {@linkcode getEvent}. */
export interface GetEvent extends InAccount, WithRelated {
  /** The event's id: `wev_…`. */
  readonly event_id: string;
}

/** Get an event. */
export const getEvent: Endpoint<GetEvent, Event> = endpoint("webhooks.getEvent", {
  route: "GET /api/v3/accounts/:account_id/webhooks/event/:event_id",
  summary: "Get an event",
  request: { ...inAccount, event_id, ...withRelated },
  success: data(Event),
  deprecated: "webhooks list-events",
});

/** List the deliveries of an event to all webhooks. */
export const listReceiptsOfEvent: Endpoint<GetEvent, Page<Receipt>> = endpoint("webhooks.listReceiptsOfEvent", {
  route: "GET /api/v3/accounts/:account_id/webhooks/event/:event_id/receipts",
  summary: "List the deliveries of an event to all webhooks",
  request: { ...inAccount, event_id, ...withRelated },
  success: page(Receipt),
  deprecated: "webhooks list-receipts",
});

/** The request of {@linkcode getReceipt}. */
export interface GetReceipt extends InAccount, WithRelated {
  /** The receipt's id. */
  readonly receipt_id: string;
}

/** Get one delivery of an event. */
export const getReceipt: Endpoint<GetReceipt, Receipt> = endpoint("webhooks.getReceipt", {
  route: "GET /api/v3/accounts/:account_id/webhooks/receipt/:receipt_id",
  summary: "Get one delivery of an event",
  request: { ...inAccount, receipt_id: field(Schema.String, "Receipt id"), ...withRelated },
  success: data(Receipt),
  deprecated: "webhooks list-receipts",
});
