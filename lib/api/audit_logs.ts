/**
 * The endpoints of the group `auditLogs`: exporting audit logs as a file. `accounts.listAuditLogs` lists them row by
 * row.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { data, type Download, download, type Endpoint, endpoint } from "../endpoint.ts";
import { field, nullable, optional, struct } from "../schema.ts";
import { type InAccount, inAccount, type Related, related } from "../shared_fields.ts";

// ---- models ---------------------------------------------------------------------------------------------------------

/** Whether an export is at work. */
export interface ExportStatus {
  /** Whether one is. */
  readonly is_running?: boolean | null;
}

/** Reads an {@linkcode ExportStatus}. */
export const ExportStatus: Schema.Codec<ExportStatus> = struct({ is_running: nullable(Schema.Boolean) }, {
  columns: ["is_running"],
});

/** An export that began. */
export interface StartedExport {
  /** Its id: `export_id` of {@linkcode getExport}. */
  readonly job_id?: string | null;
}

/** Reads a {@linkcode StartedExport}. */
export const StartedExport: Schema.Codec<StartedExport> = struct({ job_id: nullable(Schema.String) }, {
  columns: ["job_id"],
});

/** An export that ended. */
export interface Export {
  /** Where the file is. */
  readonly download_url?: string | null;
}

/** Reads an {@linkcode Export}. */
export const Export: Schema.Codec<Export> = struct({ download_url: nullable(Schema.String) }, {
  columns: ["download_url"],
});

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** Download what was done in an account lately, as CSV. */
export const downloadRecent: Download<InAccount> = download("auditLogs.downloadRecent", {
  route: "GET /api/v3/accounts/:account_id/audit-logs/download/",
  summary: "Download what was done in an account lately, as CSV",
  request: inAccount,
});

/** What {@linkcode getExportStatus} asks for. */
export interface GetExportStatus extends InAccount {
  /** Related things to include in the answer. */
  readonly include_related?: Related;
}

/** Get whether an export of an account's audit logs is at work. */
export const getExportStatus: Endpoint<GetExportStatus, ExportStatus> = endpoint("auditLogs.getExportStatus", {
  route: "GET /api/v3/accounts/:account_id/audit-logs/export/",
  summary: "Get whether an export of an account's audit logs is at work",
  request: { ...inAccount, include_related: optional(related()) },
  success: data(ExportStatus),
});

/** Begin an export of all of an account's audit logs. */
export const submitExport: Endpoint<InAccount, StartedExport> = endpoint("auditLogs.submitExport", {
  route: "POST /api/v3/accounts/:account_id/audit-logs/export/",
  summary: "Begin an export of all of an account's audit logs",
  request: inAccount,
  success: data(StartedExport),
});

/** What {@linkcode getExport} asks for. */
export interface GetExport extends GetExportStatus {
  /** The export: `job_id` of what {@linkcode submitExport} answers. */
  readonly export_id: string;
}

/** Get where the file of an export is. */
export const getExport: Endpoint<GetExport, Export> = endpoint("auditLogs.getExport", {
  route: "GET /api/v3/accounts/:account_id/audit-logs/export/:export_id/download/",
  summary: "Get where the file of an export is",
  request: {
    ...inAccount,
    export_id: field(Schema.String, "The export: job_id of what submit-export answers"),
    include_related: optional(related()),
  },
  success: data(Export),
});
