/**
 * A dbt Cloud of one job, as small as starting a run needs it, that can be made to fail at any request.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Result from "effect/Result";
import type { Dbt, DbtError, runs } from "../../mod.ts";
import {
  html,
  ok,
  refusal,
  refused,
  type Reply,
  reset,
  type Sent,
  session,
  type Transport,
  transport,
  untrusted,
  virtually,
} from "./fixtures.ts";

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
  /** Why it cannot be retried itself, where dbt Cloud says so. */
  readonly retry_not_supported_reason?: string | null;
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
  /** How new runs end: each by its number, from 0. */
  readonly end?: number | ((nth: number) => number);
}

/** A run that was there before. */
export function old(id: number, end = 10): Kept {
  return { id, trigger: { id, cause: "Scheduled", cause_category: "scheduled" }, born: -1000, takes: 60, end };
}

/** Makes a cloud. */
export function cloud({ trouble = () => undefined, before = [old(41)], takes = 60, end = 10 }: Behaviour = {}): Cloud {
  const kept = [...before];
  const purposes: Array<Purpose> = [];
  const show = ({ born, cancelled, end, id, takes, trigger, ...kept }: Kept, at: number): runs.Run => ({
    id,
    job_definition_id: 5,
    project_id: 3,
    status: cancelled !== undefined && at >= cancelled + 2 ? 30 : at >= born + takes ? end : at >= born + 5 ? 3 : 1,
    retrying_run_id: kept.retrying_run_id ?? null,
    can_retry: (kept.retry_not_supported_reason ?? null) === null,
    retry_not_supported_reason: kept.retry_not_supported_reason ?? null,
    trigger,
  });
  const make = (born: number, trigger: Omit<runs.RunTrigger, "id">, retrying_run_id?: number) => {
    const id = Math.max(0, ...kept.map(({ id }) => id)) + 1;
    const how = typeof end === "number" ? end : end(kept.length - before.length);
    const run: Kept = {
      id,
      trigger: { id, ...trigger },
      retrying_run_id: retrying_run_id ?? null,
      born,
      takes,
      end: how,
    };
    kept.push(run);
    return ok(show(run, born));
  };
  const there = (at: number) => kept.filter(({ born }) => born <= at);

  const happen = (purpose: Purpose, { path, url, body, at }: Sent, lands = 0): Reply => {
    const run_id = Number(/runs\/(\d+)/.exec(path)?.[1]);
    const run = there(at).find(({ id }) => id === run_id);
    switch (purpose) {
      case "post":
        return make(at + lands, { ...body as runs.RunTrigger, cause_category: "api" }); // as the tests ask
      case "retry":
        return make(at + lands, { cause: "Retry", cause_category: "rerun" }, run_id);
      case "baseline":
      case "look": {
        const above = Number(url.searchParams.get("id__gt") ?? 0);
        const newestFirst = url.searchParams.get("order_by") === "-id";
        const rows = there(at).filter(({ id }) => id > above).toSorted((a, b) =>
          newestFirst ? b.id - a.id : a.id - b.id
        );
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
  return url.searchParams.has("id__gt") ? "look" : "baseline";
}

/** It happens, and the connection breaks. */
export const acceptedThenLost: Trouble = { accepted: reset };

/** What the tests ask for. */
export const asked = { job_id: 5, cause: "Deploy" };

/** What may become of the answer to a request that happened, or did not. */
export const losses: Readonly<Record<string, Reply>> = {
  "408": refusal(408),
  "500": refusal(500),
  "502 as HTML": html(502),
  "503": refusal(503),
  "504": html(504),
  "a broken connection": reset,
  "silence": "silence",
  "an empty body": { status: 200, body: "" },
  "a cut body": { status: 200, body: '{"status": {' },
  "a body that breaks off": { status: 200, chunks: ["{", reset] },
  "HTML": html(200),
  "no run": ok(null),
  "a run without an id": ok({ status: 1 }),
  "an envelope that says 500": { status: 200, body: { status: { code: 500, is_success: false }, data: null } },
};

/** What says for sure that nothing happened, and the reason that it is. */
export const refusals: Readonly<Record<string, readonly [Reply, string]>> = {
  "400": [refusal(400), "Invalid"],
  "401": [refusal(401), "Unauthorized"],
  "403": [refusal(403), "Forbidden"],
  "404": [refusal(404), "NotFound"],
  "a redirect": [{ status: 308 }, "NotFound"],
  "429 for ever": [refusal(429), "RateLimited"],
  "501": [refusal(501), "ServerFault"],
  "503 with Retry-After for ever": [{ status: 503, headers: { "retry-after": "6" } }, "ServerFault"],
  "connections that are never made": [refused, "Unreachable"],
  "an untrusted host": [untrusted, "Unreachable"],
};

/** Interrupts an effect after some seconds, and says how and when it ended. */
export async function interrupted(
  of: Cloud,
  after: number,
  effect: Effect.Effect<runs.Run, DbtError, Dbt>,
): Promise<{ readonly exit: Exit.Exit<runs.Run, DbtError>; readonly took: number }> {
  const { result, seconds } = await virtually(
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(effect);
      yield* Effect.sleep(after * 1000);
      yield* Fiber.interrupt(fiber);
      return yield* Fiber.await(fiber);
    }).pipe(Effect.provide(session(of))),
  );
  return { exit: Result.getOrThrow(result), took: Math.round((seconds - after) * 10) / 10 };
}
