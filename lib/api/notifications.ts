/**
 * The endpoints of the group `notifications`: notifications, messages that dbt Cloud sends when a job or a model
 * ends.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, maybe, type Page, page } from "../endpoint.ts";
import { field, type Fields, type Members, named, type Nested, nested, nullable, optional, struct } from "../schema.ts";
import {
  environment_id,
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
import { User } from "./users.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** The channels of notifications. dbt says not to use `webhook`. */
export const NotificationType = { email: 1, slack: 2, webhook: 3, external_email: 4, slack_v2: 5 } as const;

/** The events that send a notification to Microsoft Teams. Source: the Terraform provider. */
export const TriggerOn = {
  run_warning: "run_warning",
  run_successful: "run_successful",
  run_errored: "run_errored",
  run_cancelled: "run_cancelled",
} as const;

const type = named(Schema.Int, NotificationType);

// ---- models ---------------------------------------------------------------------------------------------------------

/** The fields of a notification that requests can set. */
export interface NotificationOptions {
  /** The id of the user who gets the email; for other types, of the user who created the notification. */
  readonly user_id?: number | null;
  /** Its channel: see {@linkcode NotificationType}. */
  readonly type?: number | null;
  /** The ids of the jobs to report when they are cancelled. */
  readonly on_cancel?: ReadonlyArray<number> | null;
  /** The ids of the jobs to report when they fail. */
  readonly on_failure?: ReadonlyArray<number> | null;
  /** The ids of the jobs to report when they succeed. */
  readonly on_success?: ReadonlyArray<number> | null;
  /** The ids of the jobs to report when they have warnings. */
  readonly on_warning?: ReadonlyArray<number> | null;
  /** The email address, for an external email. */
  readonly external_email?: string | null;
  /** The id of the Slack channel. */
  readonly slack_channel_id?: string | null;
  /** The name of the Slack channel. */
  readonly slack_channel_name?: string | null;
  /** State of the notification: 1 active, 2 deleted. */
  readonly state?: number | null;
}

const user_id = field(
  Schema.Int,
  "Id of the user who gets the email; for other types, of the user who creates the notification",
);
const jobs = Schema.Array(Schema.Int);

const options: Members<NotificationOptions> = {
  user_id: nullable(user_id),
  type: nullable(field(type, "Channel of the notification")),
  on_cancel: nullable(field(jobs, "Ids of the jobs to report when they are cancelled")),
  on_failure: nullable(field(jobs, "Ids of the jobs to report when they fail")),
  on_success: nullable(field(jobs, "Ids of the jobs to report when they succeed")),
  on_warning: nullable(field(jobs, "Ids of the jobs to report when they have warnings")),
  external_email: nullable(field(Schema.String, "Email address, for an external email")),
  slack_channel_id: nullable(field(Schema.String, "Id of the Slack channel")),
  slack_channel_name: nullable(field(Schema.String, "Name of the Slack channel")),
  state: nullable(field(named(Schema.Int, State), "State of the notification")),
};

/** A notification about the results of jobs. */
export interface Notification extends NotificationOptions {
  /** The notification's id. */
  readonly id: number;
  /** The account's id. */
  readonly account_id?: number | null;
  /** The user that `user_id` names. */
  readonly user?: Nested<User> | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
}

/** Reads a {@linkcode Notification}. */
export const Notification: Schema.Codec<Notification> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  ...options,
  user: nullable(nested(() => User)),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, {
  columns: [
    "id",
    "type",
    "user_id",
    "external_email",
    "slack_channel_name",
    "on_failure",
    "on_success",
    "on_cancel",
  ],
});

/** Settings of notifications to the owners of models. Source: the Terraform provider. */
export interface ModelNotificationOptions {
  /** Whether to notify the owners of models. */
  readonly enabled?: boolean | null;
  /** Whether owners are notified of success. */
  readonly on_success?: boolean | null;
  /** Whether owners are notified of failures. */
  readonly on_failure?: boolean | null;
  /** Whether owners are notified of warnings. */
  readonly on_warning?: boolean | null;
  /** Whether owners are notified of skipped models. */
  readonly on_skipped?: boolean | null;
}

const modelOptions: Members<ModelNotificationOptions> = {
  enabled: nullable(field(Schema.Boolean, "Whether to notify the owners of models")),
  on_success: nullable(field(Schema.Boolean, "Whether owners are notified of success")),
  on_failure: nullable(field(Schema.Boolean, "Whether owners are notified of failures")),
  on_warning: nullable(field(Schema.Boolean, "Whether owners are notified of warnings")),
  on_skipped: nullable(field(Schema.Boolean, "Whether owners are notified of skipped models")),
};

/** The model notifications of an environment. Source: the Terraform provider. */
export interface ModelNotifications extends ModelNotificationOptions {
  /** Their id. */
  readonly id?: number | null;
  /** The account's id. */
  readonly account_id?: number | null;
  /** The environment's id. */
  readonly environment_id?: number | null;
  /** When they were created. */
  readonly created_at?: string | null;
  /** When they last changed. */
  readonly updated_at?: string | null;
}

/** Reads {@linkcode ModelNotifications}. */
export const ModelNotifications: Schema.Codec<ModelNotifications> = struct({
  id: nullable(Schema.Int),
  account_id: nullable(Schema.Int),
  environment_id: nullable(Schema.Int),
  ...modelOptions,
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, { columns: ["environment_id", "enabled", "on_success", "on_failure", "on_warning", "on_skipped"] });

/** A channel of Microsoft Teams. Source: the Terraform provider. */
export interface Channel {
  /** The channel's id in dbt Cloud. */
  readonly id?: number | null;
  /** Its type: `teams`. */
  readonly channel_type?: string | null;
  /** The team's id. */
  readonly teams_team_id?: string | null;
  /** The channel's id in the team. */
  readonly teams_channel_id?: string | null;
}

/** An event that a channel is notified of. Source: the Terraform provider. */
export interface Rule {
  /** The rule's id. */
  readonly id?: number | null;
  /** The event: see {@linkcode TriggerOn}. */
  readonly trigger_on?: string | null;
  /** The job's id; null for all jobs of the account. */
  readonly job_id?: number | null;
  /** The job's name. Set by dbt Cloud. */
  readonly job_name?: string | null;
}

const channel: Schema.Codec<Channel> = struct({
  id: nullable(Schema.Int),
  channel_type: nullable(Schema.String),
  teams_team_id: nullable(Schema.String),
  teams_channel_id: nullable(Schema.String),
});

const rule: Schema.Codec<Rule> = struct({
  id: nullable(Schema.Int),
  trigger_on: nullable(named(Schema.String, TriggerOn)),
  job_id: nullable(Schema.Int),
  job_name: nullable(Schema.String),
});

/** The fields of a setting that requests can set. */
export interface SettingOptions {
  /** The setting's name. */
  readonly name?: string | null;
  /** What the setting is for. */
  readonly description?: string | null;
  /** Whether it is active. */
  readonly is_active?: boolean | null;
  /** The channels to notify. */
  readonly channels?: ReadonlyArray<Channel> | null;
  /** The events to report to the channels. */
  readonly rules?: ReadonlyArray<Rule> | null;
}

const settingOptions: Members<SettingOptions> = {
  name: nullable(field(Schema.String, "Name of the setting")),
  description: nullable(field(Schema.String, "What the setting is for")),
  is_active: nullable(field(Schema.Boolean, "Whether the setting is active")),
  channels: nullable(field(Schema.Array(channel), "Channels to notify")),
  rules: nullable(field(Schema.Array(rule), "Events to report to the channels")),
};

/** A setting for notifications in Microsoft Teams. Source: the Terraform provider. */
export interface Setting extends SettingOptions {
  /** The setting's id. */
  readonly id: number;
  /** The account's id. */
  readonly account_id?: number | null;
}

/** Reads a {@linkcode Setting}. */
export const Setting: Schema.Codec<Setting> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  ...settingOptions,
}, { columns: ["id", "name", "description", "is_active"] });

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** Fields of every request about one notification. */
export interface OfNotification extends InAccount {
  /** The notification's id. */
  readonly notification_id: number;
}

const ofNotification: Fields<OfNotification> = {
  ...inAccount,
  notification_id: field(Schema.Int, "Notification id"),
};

/** The request of {@linkcode list}. */
export interface List extends InAccount, Ordered {
  /** Only the notifications of this user. */
  readonly user_id?: number;
  /** Only the notifications to this kind of channel: see {@linkcode NotificationType}. */
  readonly type?: number;
  /** Only the notifications to this external email address. */
  readonly external_email?: string;
  /** Only the notifications to this Slack channel. */
  readonly slack_channel_id?: string;
  /** Only the notification with this id. */
  readonly pk?: number;
  /** State of the notifications: active, deleted or all (default: active). */
  readonly state?: StateFilter;
  /** Related objects to include in each notification. */
  readonly include_related?: Related;
}

/** List the notifications of an account. */
export const list: Endpoint<List, Page<Notification>> = endpoint("notifications.list", {
  route: "GET /api/v2/accounts/:account_id/notifications/",
  summary: "List the notifications of an account",
  request: {
    ...inAccount,
    user_id: optional(field(Schema.Int, "Only the notifications of this user")),
    type: optional(field(type, "Only the notifications to this kind of channel")),
    external_email: optional(field(Schema.String, "Only the notifications to this external email address")),
    slack_channel_id: optional(field(Schema.String, "Only the notifications to this Slack channel")),
    pk: optional(field(Schema.Int, "Only the notification with this id")),
    state: optional(state),
    include_related: optional(related()),
    ...ordered,
  },
  success: page(Notification),
  dbtc: "list_notifications",
});

/** The request of {@linkcode create}. */
export interface Create extends InAccount, NotificationOptions {
  /** The id of the user who gets the email; for other types, of the user who creates the notification. */
  readonly user_id: number;
  /** Its channel: see {@linkcode NotificationType}. */
  readonly type: number;
}

const createRequest: Fields<Create> = {
  ...inAccount,
  ...options,
  user_id,
  type: field(type, "Channel of the notification"),
};

/** Create a notification. */
export const create: Endpoint<Create, Notification> = endpoint("notifications.create", {
  route: "POST /api/v2/accounts/:account_id/notifications/",
  summary: "Create a notification",
  request: createRequest,
  repeats: { account_id: "account_id" },
  success: data(Notification),
  dbtc: "create_notification",
});

/** The request of {@linkcode get}. */
export interface Get extends OfNotification {
  /** Related objects to include in the notification. */
  readonly include_related?: Related;
}

/** Get a notification. */
export const get: Endpoint<Get, Notification> = endpoint("notifications.get", {
  route: "GET /api/v2/accounts/:account_id/notifications/:notification_id/",
  summary: "Get a notification",
  request: { ...ofNotification, include_related: optional(related()) },
  success: data(Notification),
  dbtc: "get_notification",
});

/** The request of {@linkcode update}. */
export interface Update extends OfNotification, Create {}

/** Update a notification. Fields that are left out are reset. */
export const update: Endpoint<Update, Notification> = endpoint("notifications.update", {
  route: "POST /api/v2/accounts/:account_id/notifications/:notification_id/",
  summary: "Update a notification",
  request: { ...ofNotification, ...createRequest },
  repeats: { account_id: "account_id", id: "notification_id" },
  replaces: true,
  success: data(Notification),
  dbtc: "update_notification",
});

/** Delete a notification. */
const del: Endpoint<OfNotification, Notification | undefined> = endpoint("notifications.delete", {
  route: "DELETE /api/v2/accounts/:account_id/notifications/:notification_id/",
  summary: "Delete a notification",
  request: ofNotification,
  success: maybe(Notification),
  dbtc: "delete_notification",
});
export { del as delete };

/** The request of {@linkcode unsubscribe}, which has no fields. */
export type Unsubscribe = Readonly<Record<string, never>>;

/** Delete all your own email notifications. */
export const unsubscribe: Endpoint<Unsubscribe, unknown> = endpoint("notifications.unsubscribe", {
  route: "POST /api/v2/notifications/unsubscribe/",
  summary: "Delete all your own email notifications",
  request: {},
  success: maybe(Schema.Unknown),
});

// ---- model notifications --------------------------------------------------------------------------------------------

/** Fields of every request about the model notifications of an environment. */
export interface OfModels extends InAccount {
  /** The environment's id. */
  readonly environment_id: number;
}

const ofModels: Fields<OfModels> = { ...inAccount, environment_id };

/** Get the model notifications of an environment. */
export const getModelNotifications: Endpoint<OfModels, ModelNotifications> = endpoint(
  "notifications.getModelNotifications",
  {
    route: "GET /api/v3/accounts/:account_id/environments/:environment_id/model-notifications/",
    summary: "Get the model notifications of an environment",
    request: ofModels,
    success: data(ModelNotifications),
    undocumented: "The Terraform provider uses it",
  },
);

/** The request of {@linkcode updateModelNotifications}. */
export interface UpdateModelNotifications extends OfModels, ModelNotificationOptions {}

/** Set the model notifications of an environment. */
export const updateModelNotifications: Endpoint<UpdateModelNotifications, ModelNotifications> = endpoint(
  "notifications.updateModelNotifications",
  {
    route: "POST /api/v3/accounts/:account_id/environments/:environment_id/model-notifications/",
    summary: "Set the model notifications of an environment",
    request: { ...ofModels, ...modelOptions },
    replaces: true,
    success: data(ModelNotifications),
    undocumented: "The Terraform provider uses it, and sends all fields",
  },
);

// ---- Microsoft Teams ------------------------------------------------------------------------------------------------

/** Fields of every request about one setting. */
export interface OfSetting extends InAccount {
  /** The setting's id. */
  readonly setting_id: number;
}

const ofSetting: Fields<OfSetting> = { ...inAccount, setting_id: field(Schema.Int, "Setting id") };

/** The request of {@linkcode createSetting}. */
export interface CreateSetting extends InAccount, SettingOptions {
  /** The setting's name. */
  readonly name: string;
}

/** Create a setting for notifications in Microsoft Teams. */
export const createSetting: Endpoint<CreateSetting, Setting> = endpoint("notifications.createSetting", {
  route: "POST /api/private/accounts/:account_id/notification-settings/",
  summary: "Create a setting for notifications in Microsoft Teams",
  request: { ...inAccount, ...settingOptions, name: field(Schema.String, "Name of the setting") },
  success: data(Setting),
  undocumented: "The Terraform provider uses it",
});

/** Get a setting for notifications in Microsoft Teams. */
export const getSetting: Endpoint<OfSetting, Setting> = endpoint("notifications.getSetting", {
  route: "GET /api/private/accounts/:account_id/notification-settings/:setting_id/",
  summary: "Get a setting for notifications in Microsoft Teams",
  request: ofSetting,
  success: data(Setting),
  undocumented: "The Terraform provider uses it",
});

/** The request of {@linkcode patchSetting}. */
export interface PatchSetting extends OfSetting, SettingOptions {}

/** Change a setting for notifications in Microsoft Teams. */
export const patchSetting: Endpoint<PatchSetting, Setting> = endpoint("notifications.patchSetting", {
  route: "PATCH /api/private/accounts/:account_id/notification-settings/:setting_id/",
  summary: "Change a setting for notifications in Microsoft Teams",
  request: { ...ofSetting, ...settingOptions },
  success: data(Setting),
  undocumented: "The Terraform provider uses it",
});

/** Delete a setting for notifications in Microsoft Teams. */
export const deleteSetting: Endpoint<OfSetting, Setting | undefined> = endpoint("notifications.deleteSetting", {
  route: "DELETE /api/private/accounts/:account_id/notification-settings/:setting_id/",
  summary: "Delete a setting for notifications in Microsoft Teams",
  request: ofSetting,
  success: maybe(Setting),
  undocumented: "The Terraform provider uses it",
});
