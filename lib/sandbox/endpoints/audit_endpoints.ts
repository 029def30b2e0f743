/**
 * Handlers of audit logs: a list, a CSV file, and an export that takes some seconds.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Csv from "effect/encoding/Csv";
import * as Stream from "effect/Stream";
import type { Store } from "../data/row_store.ts";
import { uuid } from "../data/stable_ids.ts";
import { answer, notFound, refuse, type Reply } from "../protocol/response_format.ts";
import { addRow, list } from "./crud_handlers.ts";
import { type EndpointRequest, type Handler, inPath } from "./endpoint_request.ts";

/** Milliseconds that an export takes. */
const exportDuration = 5000;

/** The collection of the exports. */
const exports = "audit-logs/exports";

function isExporting({ world: { store }, params, now }: EndpointRequest): boolean {
  return store.rows(exports).some((row) => inPath({ params }, row) && now < Number(row.started) + exportDuration);
}

const columns = [
  "id",
  "logged_at",
  "service",
  "source",
  "event_type",
  "event_label",
  "actor_type",
  "actor_name",
  "actor_id",
  "actor_ip",
];

function csvFile(store: Store, account_id: string): Reply {
  const rows = store.rows("audit-logs").filter((row) => inPath({ params: { account_id } }, row));
  const text = Stream.fromIterable(rows).pipe(
    Stream.map((row) => Object.fromEntries(columns.map((name) => [name, String(row[name] ?? "")]))),
    Stream.pipeThroughChannel(Csv.encodeString({ columns, headers: true })),
    Stream.mkString,
  );
  return { status: 200, text: Effect.runSync(text), type: "text/csv" };
}

/** The file of a finished export. Its address needs no token, as a signed one of dbt Cloud's storage. */
export function exportedFile(store: Store, id: string, now: number): Reply | undefined {
  const found = store.rows(exports).find(({ job_id }) => job_id === id);
  return found === undefined || now < Number(found.started) + exportDuration
    ? undefined
    : csvFile(store, String(found.account_id));
}

/** Lists the logs. dbt Cloud turns the days that Python dbtc sends into one filter by a range of times. */
const listAuditLogs: Handler = (request) => {
  const query = new URLSearchParams(request.query);
  const [from, to] = ["logged_at_start", "logged_at_end"].map((name) => query.get(name));
  query.delete("logged_at_start");
  query.delete("logged_at_end");
  if (from || to) query.set("logged_at__range", [from || "1970-01-01", to || "9999-12-31"].join(","));
  return list({ ...request, query });
};

/** By the endpoint's name. */
export const auditHandlers: Readonly<Record<string, Handler>> = {
  "accounts.listAuditLogs": listAuditLogs,
  "auditLogs.downloadRecent": ({ world: { store }, params }) => csvFile(store, params.account_id ?? ""),
  "auditLogs.getExportStatus": (request) => answer({ is_running: isExporting(request) }),
  "auditLogs.submitExport": (request) => {
    if (isExporting(request)) return refuse(400, "An export is running already.");
    const { world: { store }, params, now } = request;
    const job_id = uuid(`${exports}/${store.rows(exports).length}`);
    addRow(request, exports, { job_id, started: now, account_id: Number(params.account_id) });
    return answer({ job_id });
  },
  "auditLogs.getExport": ({ world: { store }, params: { export_id = "" }, now, origin }) =>
    exportedFile(store, export_id, now) === undefined
      ? notFound()
      : answer({ download_url: `${origin}/_sandbox/exports/${export_id}.csv` }),
};
