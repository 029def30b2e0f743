/**
 * The endpoints of the group `auditLogs`: audit logs as files. `accounts.listAuditLogs` lists the events as rows.
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

/** The state of exports. */
export interface ExportStatus {
  /** Whether an export is running. */
  readonly is_running?: boolean | null;
}

/** Reads an {@linkcode ExportStatus}. */
export const ExportStatus: Schema.Codec<ExportStatus> = struct({ is_running: nullable(Schema.Boolean) }, {
  columns: ["is_running"],
});

/** A started export. */
export interface StartedExport {
  /** The export's id: `export_id` of {@linkcode getExport}. */
  readonly job_id?: string | null;
}

/** Reads a {@linkcode StartedExport}. */
export const StartedExport: Schema.Codec<StartedExport> = struct({ job_id: nullable(Schema.String) }, {
  columns: ["job_id"],
});

/** A finished export. */
export interface Export {
  /** The URL of the file. */
  readonly download_url?: string | null;
}

/** Reads an {@linkcode Export}. */
export const Export: Schema.Codec<Export> = struct({ download_url: nullable(Schema.String) }, {
  columns: ["download_url"],
});

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** Download the recent audit log events of an account as CSV. */
export const downloadRecent: Download<InAccount> = download("auditLogs.downloadRecent", {
  route: "GET /api/v3/accounts/:account_id/audit-logs/download/",
  summary: "Download the recent audit log events of an account as CSV",
  request: inAccount,
});

/** The request of {@linkcode getExportStatus}. */
export interface GetExportStatus extends InAccount {
  /** Related objects to include in the response. */
  readonly include_related?: Related;
}

/** Check whether an export of an account's audit logs is running. */
export const getExportStatus: Endpoint<GetExportStatus, ExportStatus> = endpoint("auditLogs.getExportStatus", {
  route: "GET /api/v3/accounts/:account_id/audit-logs/export/",
  summary: "Check whether an export of an account's audit logs is running",
  request: { ...inAccount, include_related: optional(related()) },
  success: data(ExportStatus),
});

/** Start an export of all audit log events of an account. */
export const submitExport: Endpoint<InAccount, StartedExport> = endpoint("auditLogs.submitExport", {
  route: "POST /api/v3/accounts/:account_id/audit-logs/export/",
  summary: "Start an export of all audit log events of an account",
  request: inAccount,
  success: data(StartedExport),
});

/** The request of {@linkcode getExport}. */
export interface GetExport extends GetExportStatus {
  /** The export's id: `job_id` in the response of {@linkcode submitExport}. */
  readonly export_id: string;
}

/** Get the download URL of an export. */
export const getExport: Endpoint<GetExport, Export> = endpoint("auditLogs.getExport", {
  route: "GET /api/v3/accounts/:account_id/audit-logs/export/:export_id/download/",
  summary: "Get the download URL of an export",
  request: {
    ...inAccount,
    export_id: field(Schema.String, "Export id: job_id in the response of submit-export"),
    include_related: optional(related()),
  },
  success: data(Export),
});
