/**
 * What was done in an account: as a list, as CSV, and as an export that takes its time.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Csv from "effect/encoding/Csv";
import * as Stream from "effect/Stream";
import { addRow, type Ask, type Behave, inPath, list } from "./crud_handlers.ts";
import { uuid } from "../data/dbt_node.ts";
import type { Store } from "../data/row_store.ts";
import { answer, notFound, refuse, type Reply, type Row } from "../protocol/response_format.ts";

/** Milliseconds that an export takes. */
const exporting = 5000;

const exports = "audit-logs/exports";

function running({ world: { store }, params, now }: Ask): boolean {
  return store.rows(exports).some((one) => inPath({ params }, one) && now < Number(one.started) + exporting);
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

function csv(store: Store, account_id: string): Reply {
  const rows = store.rows("audit-logs").filter((row) => inPath({ params: { account_id } }, row));
  const text = Stream.fromIterable(rows).pipe(
    Stream.map((row) => Object.fromEntries(columns.map((name) => [name, String(row[name] ?? "")]))),
    Stream.pipeThroughChannel(Csv.encodeString({ columns, headers: true })),
    Stream.mkString,
  );
  return { status: 200, text: Effect.runSync(text), type: "text/csv" };
}

/** The file of an export, at the address that its answer gives: it needs no token, as a signed one. */
export function exportedFile(store: Store, id: string, now: number): Reply | undefined {
  const found = store.rows(exports).find(({ job_id }) => job_id === id);
  return found === undefined || now < Number(found.started) + exporting
    ? undefined
    : csv(store, String(found.account_id));
}

/** Python dbtc's days, as dbt Cloud echoes them: a range of times. */
const listAuditLogs: Behave = (ask) => {
  const query = new URLSearchParams(ask.query);
  const [from, to] = ["logged_at_start", "logged_at_end"].map((name) => query.get(name));
  query.delete("logged_at_start");
  query.delete("logged_at_end");
  if (from || to) query.set("logged_at__range", [from || "1970-01-01", to || "9999-12-31"].join(","));
  return list(() => () => undefined)({ ...ask, query });
};

/** By the endpoint's name. */
export const auditCalls: Readonly<Record<string, Behave>> = {
  "accounts.listAuditLogs": listAuditLogs,
  "auditLogs.downloadRecent": ({ world: { store }, params }) => csv(store, params.account_id ?? ""),
  "auditLogs.getExportStatus": (ask) => answer({ is_running: running(ask) }),
  "auditLogs.submitExport": (ask) => {
    if (running(ask)) return refuse(400, "An export is running already.");
    const { world: { store }, params, now } = ask;
    const job_id = uuid(`${exports}/${store.rows(exports).length}`);
    const started: Row = { job_id, started: now, account_id: Number(params.account_id) };
    addRow(ask, exports, started);
    return answer({ job_id });
  },
  "auditLogs.getExport": ({ world: { store }, params: { export_id = "" }, now, origin }) =>
    exportedFile(store, export_id, now) === undefined
      ? notFound()
      : answer({ download_url: `${origin}/_sandbox/exports/${export_id}.csv` }),
};
