/**
 * The endpoints of the group `notifications`: notifications: who gets a message when a job or a model ends, and how.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, maybe, type Page, page } from "../endpoint.ts";
import {
  environment_id,
  field,
  type Fields,
  type InAccount,
  inAccount,
  type Members,
  named,
  type Nested,
  nested,
  nullable,
  optional,
  type Ordered,
  ordered,
  type Related,
  related,
  State,
  state,
  type StateFilter,
  struct,
} from "../schema.ts";
import { User } from "./users.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** Where a notification goes. dbt says not to use `webhook`. */
export const NotificationType = { email: 1, slack: 2, webhook: 3, external_email: 4, slack_v2: 5 } as const;

/** What a notification in Microsoft Teams is sent for. Source: the Terraform provider. */
export const TriggerOn = {
  run_warning: "run_warning",
  run_successful: "run_successful",
  run_errored: "run_errored",
  run_cancelled: "run_cancelled",
} as const;

const type = named(Schema.Int, NotificationType);

// ---- models ---------------------------------------------------------------------------------------------------------

/** What one can set about a notification. */
export interface NotificationOptions {
  /** Whom an e-mail goes to; for the other types, who created the notification. */
  readonly user_id?: number | null;
  /** Where it goes: see {@linkcode NotificationType}. */
  readonly type?: number | null;
  /** The jobs that it is sent for when they are cancelled. */
  readonly on_cancel?: ReadonlyArray<number> | null;
  /** The jobs that it is sent for when they fail. */
  readonly on_failure?: ReadonlyArray<number> | null;
  /** The jobs that it is sent for when they succeed. */
  readonly on_success?: ReadonlyArray<number> | null;
  /** The jobs that it is sent for when they warn. */
  readonly on_warning?: ReadonlyArray<number> | null;
  /** The address, for an external e-mail. */
  readonly external_email?: string | null;
  /** The channel, for Slack. */
  readonly slack_channel_id?: string | null;
  /** The channel's name, for Slack. */
  readonly slack_channel_name?: string | null;
  /** Whether it is there: 1 active, 2 deleted. */
  readonly state?: number | null;
}

const user_id = field(Schema.Int, "Whom an e-mail goes to; for the other types, who created the notification");
const jobs = Schema.Array(Schema.Int);

const options: Members<NotificationOptions> = {
  user_id: nullable(user_id),
  type: nullable(field(type, "Where it goes")),
  on_cancel: nullable(field(jobs, "The jobs that it is sent for when they are cancelled")),
  on_failure: nullable(field(jobs, "The jobs that it is sent for when they fail")),
  on_success: nullable(field(jobs, "The jobs that it is sent for when they succeed")),
  on_warning: nullable(field(jobs, "The jobs that it is sent for when they warn")),
  external_email: nullable(field(Schema.String, "The address, for an external e-mail")),
  slack_channel_id: nullable(field(Schema.String, "The channel, for Slack")),
  slack_channel_name: nullable(field(Schema.String, "The channel's name, for Slack")),
  state: nullable(field(named(Schema.Int, State), "Whether it is there")),
};

/** A notification of how jobs ended. */
export interface Notification extends NotificationOptions {
  /** The notification's id. */
  readonly id: number;
  /** The account. */
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

/** Whether and when the owners of models are told how they ended. Source: the Terraform provider. */
export interface ModelNotificationOptions {
  /** Whether they are told at all. */
  readonly enabled?: boolean | null;
  /** Whether they are told of success. */
  readonly on_success?: boolean | null;
  /** Whether they are told of failure. */
  readonly on_failure?: boolean | null;
  /** Whether they are told of warnings. */
  readonly on_warning?: boolean | null;
  /** Whether they are told that a model was skipped. */
  readonly on_skipped?: boolean | null;
}

const modelOptions: Members<ModelNotificationOptions> = {
  enabled: nullable(field(Schema.Boolean, "Whether the owners of models are told at all")),
  on_success: nullable(field(Schema.Boolean, "Whether they are told of success")),
  on_failure: nullable(field(Schema.Boolean, "Whether they are told of failure")),
  on_warning: nullable(field(Schema.Boolean, "Whether they are told of warnings")),
  on_skipped: nullable(field(Schema.Boolean, "Whether they are told that a model was skipped")),
};

/** The notifications of an environment's models. Source: the Terraform provider. */
export interface ModelNotifications extends ModelNotificationOptions {
  /** Their id. */
  readonly id?: number | null;
  /** The account. */
  readonly account_id?: number | null;
  /** The environment. */
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
  /** What it is: `teams`. */
  readonly channel_type?: string | null;
  /** The team. */
  readonly teams_team_id?: string | null;
  /** The channel in the team. */
  readonly teams_channel_id?: string | null;
}

/** What a channel is told of. Source: the Terraform provider. */
export interface Rule {
  /** The rule's id. */
  readonly id?: number | null;
  /** What: see {@linkcode TriggerOn}. */
  readonly trigger_on?: string | null;
  /** The job; all of the account when null. */
  readonly job_id?: number | null;
  /** The job's name. Written by dbt Cloud. */
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

/** What one can set about a setting. */
export interface SettingOptions {
  /** The name. */
  readonly name?: string | null;
  /** What it is for, in words. */
  readonly description?: string | null;
  /** Whether it is at work. */
  readonly is_active?: boolean | null;
  /** The channels that are told. */
  readonly channels?: ReadonlyArray<Channel> | null;
  /** What they are told of. */
  readonly rules?: ReadonlyArray<Rule> | null;
}

const settingOptions: Members<SettingOptions> = {
  name: nullable(field(Schema.String, "The name")),
  description: nullable(field(Schema.String, "What it is for, in words")),
  is_active: nullable(field(Schema.Boolean, "Whether it is at work")),
  channels: nullable(field(Schema.Array(channel), "The channels that are told")),
  rules: nullable(field(Schema.Array(rule), "What they are told of")),
};

/** A setting of notifications in Microsoft Teams. Source: the Terraform provider. */
export interface Setting extends SettingOptions {
  /** The setting's id. */
  readonly id: number;
  /** The account. */
  readonly account_id?: number | null;
}

/** Reads a {@linkcode Setting}. */
export const Setting: Schema.Codec<Setting> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  ...settingOptions,
}, { columns: ["id", "name", "description", "is_active"] });

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** What every request about one notification has. */
export interface OfNotification extends InAccount {
  /** The notification. */
  readonly notification_id: number;
}

const ofNotification: Fields<OfNotification> = {
  ...inAccount,
  notification_id: field(Schema.Int, "The notification"),
};

/** What {@linkcode list} asks for. */
export interface List extends InAccount, Ordered {
  /** Only the notifications of this user. */
  readonly user_id?: number;
  /** Only the notifications of this type: see {@linkcode NotificationType}. */
  readonly type?: number;
  /** Only the notifications that go to this address. */
  readonly external_email?: string;
  /** Only the notifications that go to this channel of Slack. */
  readonly slack_channel_id?: string;
  /** Only the notification with this id. */
  readonly pk?: number;
  /** Active notifications, deleted ones, or all of them; active when absent. */
  readonly state?: StateFilter;
  /** Related things to include in each notification. */
  readonly include_related?: Related;
}

/** List the notifications of an account. */
export const list: Endpoint<List, Page<Notification>> = endpoint("notifications.list", {
  route: "GET /api/v2/accounts/:account_id/notifications/",
  summary: "List the notifications of an account",
  request: {
    ...inAccount,
    user_id: optional(field(Schema.Int, "Only the notifications of this user")),
    type: optional(field(type, "Only the notifications of this type")),
    external_email: optional(field(Schema.String, "Only the notifications that go to this address")),
    slack_channel_id: optional(field(Schema.String, "Only the notifications that go to this channel of Slack")),
    pk: optional(field(Schema.Int, "Only the notification with this id")),
    state: optional(state),
    include_related: optional(related()),
    ...ordered,
  },
  success: page(Notification),
  dbtc: "list_notifications",
});

/** What {@linkcode create} asks for. */
export interface Create extends InAccount, NotificationOptions {
  /** Whom an e-mail goes to; for the other types, who creates the notification. */
  readonly user_id: number;
  /** Where it goes: see {@linkcode NotificationType}. */
  readonly type: number;
}

const createRequest: Fields<Create> = { ...inAccount, ...options, user_id, type: field(type, "Where it goes") };

/** Create a notification. */
export const create: Endpoint<Create, Notification> = endpoint("notifications.create", {
  route: "POST /api/v2/accounts/:account_id/notifications/",
  summary: "Create a notification",
  request: createRequest,
  repeats: { account_id: "account_id" },
  success: data(Notification),
  dbtc: "create_notification",
});

/** What {@linkcode get} asks for. */
export interface Get extends OfNotification {
  /** Related things to include in the notification. */
  readonly include_related?: Related;
}

/** Get one notification. */
export const get: Endpoint<Get, Notification> = endpoint("notifications.get", {
  route: "GET /api/v2/accounts/:account_id/notifications/:notification_id/",
  summary: "Get one notification",
  request: { ...ofNotification, include_related: optional(related()) },
  success: data(Notification),
  dbtc: "get_notification",
});

/** What {@linkcode update} asks for. */
export interface Update extends OfNotification, Create {}

/** Update a notification. What is not given is reset. */
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

/** What {@linkcode unsubscribe} asks for: nothing. */
export type Unsubscribe = Readonly<Record<string, never>>;

/** Delete all notifications that go to oneself by e-mail. */
export const unsubscribe: Endpoint<Unsubscribe, unknown> = endpoint("notifications.unsubscribe", {
  route: "POST /api/v2/notifications/unsubscribe/",
  summary: "Delete all notifications that go to oneself by e-mail",
  request: {},
  success: maybe(Schema.Unknown),
});

// ---- models' notifications ------------------------------------------------------------------------------------------

/** What every request about the notifications of an environment's models has. */
export interface OfModels extends InAccount {
  /** The environment. */
  readonly environment_id: number;
}

const ofModels: Fields<OfModels> = { ...inAccount, environment_id };

/** Get whether and when the owners of an environment's models are told how they ended. */
export const getModelNotifications: Endpoint<OfModels, ModelNotifications> = endpoint(
  "notifications.getModelNotifications",
  {
    route: "GET /api/v3/accounts/:account_id/environments/:environment_id/model-notifications/",
    summary: "Get whether and when the owners of an environment's models are told how they ended",
    request: ofModels,
    success: data(ModelNotifications),
    undocumented: "The Terraform provider uses it",
  },
);

/** What {@linkcode updateModelNotifications} asks for. */
export interface UpdateModelNotifications extends OfModels, ModelNotificationOptions {}

/** Set whether and when the owners of an environment's models are told how they ended. */
export const updateModelNotifications: Endpoint<UpdateModelNotifications, ModelNotifications> = endpoint(
  "notifications.updateModelNotifications",
  {
    route: "POST /api/v3/accounts/:account_id/environments/:environment_id/model-notifications/",
    summary: "Set whether and when the owners of an environment's models are told how they ended",
    request: { ...ofModels, ...modelOptions },
    replaces: true,
    success: data(ModelNotifications),
    undocumented: "The Terraform provider uses it, and sends all fields",
  },
);

// ---- Microsoft Teams ------------------------------------------------------------------------------------------------

/** What every request about one setting has. */
export interface OfSetting extends InAccount {
  /** The setting. */
  readonly setting_id: number;
}

const ofSetting: Fields<OfSetting> = { ...inAccount, setting_id: field(Schema.Int, "The setting") };

/** What {@linkcode createSetting} asks for. */
export interface CreateSetting extends InAccount, SettingOptions {
  /** The name. */
  readonly name: string;
}

/** Create a setting of notifications in Microsoft Teams. */
export const createSetting: Endpoint<CreateSetting, Setting> = endpoint("notifications.createSetting", {
  route: "POST /api/private/accounts/:account_id/notification-settings/",
  summary: "Create a setting of notifications in Microsoft Teams",
  request: { ...inAccount, ...settingOptions, name: field(Schema.String, "The name") },
  success: data(Setting),
  undocumented: "The Terraform provider uses it",
});

/** Get one setting of notifications in Microsoft Teams. */
export const getSetting: Endpoint<OfSetting, Setting> = endpoint("notifications.getSetting", {
  route: "GET /api/private/accounts/:account_id/notification-settings/:setting_id/",
  summary: "Get one setting of notifications in Microsoft Teams",
  request: ofSetting,
  success: data(Setting),
  undocumented: "The Terraform provider uses it",
});

/** What {@linkcode patchSetting} asks for. */
export interface PatchSetting extends OfSetting, SettingOptions {}

/** Change a setting of notifications in Microsoft Teams. */
export const patchSetting: Endpoint<PatchSetting, Setting> = endpoint("notifications.patchSetting", {
  route: "PATCH /api/private/accounts/:account_id/notification-settings/:setting_id/",
  summary: "Change a setting of notifications in Microsoft Teams",
  request: { ...ofSetting, ...settingOptions },
  success: data(Setting),
  undocumented: "The Terraform provider uses it",
});

/** Delete a setting of notifications in Microsoft Teams. */
export const deleteSetting: Endpoint<OfSetting, Setting | undefined> = endpoint("notifications.deleteSetting", {
  route: "DELETE /api/private/accounts/:account_id/notification-settings/:setting_id/",
  summary: "Delete a setting of notifications in Microsoft Teams",
  request: ofSetting,
  success: maybe(Setting),
  undocumented: "The Terraform provider uses it",
});
