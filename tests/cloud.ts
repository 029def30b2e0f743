/**
 * A dbt Cloud of one job, as small as starting a run needs it, that can be made to fail at any request.
 *
 * @module
 */
import type { runs } from "../mod.ts";
import { ok, refusal, type Reply, reset, type Sent, type Transport, transport } from "./support.ts";

/** What a request is for. */
export type Purpose = "baseline" | "post" | "look" | "get" | "cancel" | "retry";

/** What happens to one request instead. */
export type Trouble =
  /** It is answered so, and nothing happens. */
  | Reply
  /** It happens, and is answered so. */
  | { readonly accepted: Reply; readonly lands?: number }
  | undefined;

/** A run, as the cloud keeps it. */
export interface Kept {
  /** Its id. */
  readonly id: number;
  /** What started it. */
  readonly trigger: runs.RunTrigger;
  /** The run that it takes up. */
  readonly retrying_run_id?: number | null;
  /** Seconds until it is there. */
  readonly born: number;
  /** Seconds from then until it ends. */
  readonly takes: number;
  /** How it ends. */
  readonly end: number;
  /** When it was cancelled. */
  cancelled?: number;
}

/** A cloud. */
export interface Cloud extends Transport {
  /** Its runs, oldest first. */
  readonly kept: Array<Kept>;
  /** What was asked, and when: `post 0`. */
  readonly asked: () => ReadonlyArray<string>;
  /** The runs that a request made, of all there are. */
  readonly made: () => ReadonlyArray<Kept>;
}

/** How a cloud behaves. */
export interface Behaviour {
  /** What goes wrong. `nth` counts the requests of that purpose. */
  readonly trouble?: (purpose: Purpose, nth: number, sent: Sent) => Trouble;
  /** The runs that are there before. */
  readonly before?: ReadonlyArray<Kept>;
  /** Seconds that new runs take. */
  readonly takes?: number;
  /** How new runs end. */
  readonly end?: number;
}

/** A run that was there before. */
export function old(id: number, end = 10): Kept {
  return { id, trigger: { id, cause: "Scheduled", cause_category: "scheduled" }, born: -1000, takes: 60, end };
}

/** Makes a cloud. */
export function cloud({ trouble = () => undefined, before = [old(41)], takes = 60, end = 10 }: Behaviour = {}): Cloud {
  const kept = [...before];
  const purposes: Array<Purpose> = [];
  const show = ({ id, trigger, retrying_run_id = null, born, takes, end, cancelled }: Kept, at: number): runs.Run => ({
    id,
    job_definition_id: 5,
    project_id: 3,
    status: cancelled !== undefined && at >= cancelled + 2 ? 30 : at >= born + takes ? end : at >= born + 5 ? 3 : 1,
    retrying_run_id,
    trigger,
  });
  const make = (born: number, trigger: Omit<runs.RunTrigger, "id">, retrying_run_id?: number) => {
    const id = Math.max(0, ...kept.map(({ id }) => id)) + 1;
    const run: Kept = { id, trigger: { id, ...trigger }, retrying_run_id: retrying_run_id ?? null, born, takes, end };
    kept.push(run);
    return ok(show(run, born));
  };
  const there = (at: number) => kept.filter(({ born }) => born <= at);

  const happen = (purpose: Purpose, { path, url, body, at }: Sent, lands = 0): Reply => {
    const run_id = Number(/runs\/(\d+)/.exec(path)?.[1]);
    const run = there(at).find(({ id }) => id === run_id);
    switch (purpose) {
      case "post":
        return make(at + lands, { cause: (body as { cause: string }).cause, cause_category: "api" });
      case "retry":
        return make(at + lands, { cause: "Retry", cause_category: "rerun" }, run_id);
      case "baseline":
      case "look": {
        const above = Number(url.searchParams.get("id__gt") ?? 0);
        const rows = there(at).filter(({ id }) => id > above).toSorted((a, b) => b.id - a.id);
        return ok(rows.slice(0, Number(url.searchParams.get("limit"))).map((run) => show(run, at)));
      }
      case "cancel":
        if (run) run.cancelled ??= at;
        return run ? ok(show(run, at)) : refusal(404);
      case "get":
        return run ? ok(show(run, at)) : refusal(404);
    }
  };

  const net = transport((sent) => {
    const purpose = purposeOf(sent);
    const nth = purposes.filter((other) => other === purpose).length;
    purposes.push(purpose);
    const wrong = trouble(purpose, nth, sent);
    if (wrong === undefined) return happen(purpose, sent);
    if (typeof wrong === "object" && "accepted" in wrong) {
      happen(purpose, sent, wrong.lands);
      return wrong.accepted;
    }
    return wrong;
  });
  return {
    ...net,
    kept,
    asked: () => net.sent.map(({ at }, index) => `${purposes[index]} ${Math.round(at * 10) / 10}`),
    made: () => kept.slice(before.length),
  };
}

function purposeOf({ method, path, url }: Sent): Purpose {
  if (path.endsWith("/run/")) return "post";
  if (path.endsWith("/retry/")) return "retry";
  if (path.endsWith("/cancel/")) return "cancel";
  if (method === "GET" && /runs\/\d+\//.test(path)) return "get";
  return url.searchParams.get("limit") === "1" ? "baseline" : "look";
}

/** It happens, and the connection breaks. */
export const acceptedThenLost: Trouble = { accepted: reset };
