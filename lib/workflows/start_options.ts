/**
 * The events of a run that is started and waited for, and the options of doing so.
 *
 * @module
 */
import type * as jobs from "../api/jobs.ts";
import type { Run } from "../models/run.ts";
import type { Callback } from "../deliver_events.ts";
import type { RunEvent, StatusChanged } from "./run_events.ts";
import type { Mark } from "./start_at_most_once.ts";
import type { WaitOptions } from "./wait_for_run.ts";

// ---- events ---------------------------------------------------------------------------------------------------------

/** A run was started. */
export interface Triggered {
  /** The kind of event. */
  readonly _tag: "Triggered";
  /** The run, as it began. */
  readonly run: Run;
  /** Whether it is certain that it was started here. Only such a run is ever cancelled. */
  readonly ours: boolean;
}

/** A run that was there already is taken instead of a new one. It is never cancelled. */
export interface Attached {
  /** The kind of event. */
  readonly _tag: "Attached";
  /** The run, as it was found: it may have ended. */
  readonly run: Run;
}

/** A run that was started here is being cancelled. */
export interface Cancelling {
  /** The kind of event. */
  readonly _tag: "Cancelling";
  /** The run, as last seen. */
  readonly run: Run;
}

/** A run that was started here could not be cancelled. */
export interface NotCancelled {
  /** The kind of event. */
  readonly _tag: "NotCancelled";
  /** The run, as last seen. */
  readonly run: Run;
  /** Why not. */
  readonly detail: string;
}

/** What happens to a run that is started here or attached to. */
export type TriggerEvent = Triggered | Attached | RunEvent | Cancelling | NotCancelled;

/** What happens to a run after the stream's consumer has stopped. */
export type StopEvent = Triggered | Attached | Cancelling | NotCancelled | StatusChanged;

// ---- options --------------------------------------------------------------------------------------------------------

/**
 * How a run is started.
 *
 * @typeParam E How `onAsk` fails. It is logged, and changes nothing.
 * @typeParam R What `onAsk` needs.
 */
export interface AskOptions<E = never, R = never> {
  /**
   * An idempotency key: what the run is for, in the caller's words, as a CI job's name and attempt, or a date. Where one
   * of the job's newest 100 runs was started with the same key, and it or the last run that retried it is in flight or
   * succeeded, no run is started: that one is given, and never cancelled. A failed or cancelled run does not count.
   *
   * Calls with the same job and key over one client run one after the other. Between processes the key is no lock: two
   * that ask in the same second may both find nothing, and both start a run.
   */
  readonly key?: string;
  /**
   * Attach to the job's newest run in flight with the same overrides that retries no other run, and start one only where
   * none of the newest 100 runs is so (default: false). Over one client, such calls for a job run one after the other.
   */
  readonly reuseRunning?: boolean;
  /**
   * End the cause with a tag (default: true). False leaves the cause alone, and does not list the job's runs before.
   * Then a lost answer is `Ambiguous` at once: nothing tells the run from others.
   */
  readonly tag?: boolean;
  /**
   * Send a second request, with the same tag, where the answer was lost and no run turned up within 60 s (default:
   * false). Where both requests started a run, the one with the lower id is given; the other is cancelled while it is
   * queued, and left otherwise, with a warning.
   */
  readonly resend?: boolean;
  /**
   * Told how the run can be recognized, before the request is sent. It has 5 s: then the request is sent anyway. Its
   * failure is logged, and changes nothing.
   */
  readonly onAsk?: Callback<Mark, E, R>;
}

/**
 * How a run is started and left.
 *
 * @typeParam E How the callbacks fail. It is logged, and changes nothing.
 * @typeParam R What the callbacks need.
 */
export interface StartOptions<E = never, R = never> extends AskOptions<E, R>, EventOptions<TriggerEvent, E, R> {}

/** A callback for events. */
export interface EventOptions<Event, E = never, R = never> {
  /**
   * Told each event, in order, on a fiber of its own. It delays no request and no `timeout`. Its failure or
   * defect is logged once, as a warning, and changes nothing. The end, also after an interrupt, waits up to 5 s for it
   * to take what is left; what must not be lost belongs behind the wait, or into the consumer of `triggerAndWatch`.
   */
  readonly onEvent?: Callback<Event, E, R>;
}

/**
 * How long a run is waited for that was started here, and what happens to it then.
 *
 * @typeParam R What the schedule needs.
 */
export interface SeeThroughOptions<R = never> extends Omit<WaitOptions<R>, "fresh"> {
  /** What happens to a run after `timeout`, if it is certain that it was started here (default: leave). */
  readonly onTimeout?: "leave" | "cancel";
  /**
   * What happens to a run when nobody waits for it any more, if it is certain that it was started here (default: cancel).
   */
  readonly onInterrupt?: "leave" | "cancel";
  /**
   * How often a run that ended in error is retried from the point of failure, as by {@linkcode retryRun}; a cancelled
   * one never is. The last run decides, and `timeout` is for all of them together (default: 0).
   */
  readonly retries?: number;
}

/**
 * How a run is watched that was started here.
 *
 * @typeParam E How `onStop` fails. It is logged, and changes nothing.
 * @typeParam R What the schedule and `onStop` need.
 */
export interface WatchOptions<E = never, R = never> extends SeeThroughOptions<R> {
  /**
   * Told what happens after the stream's consumer has stopped: that the run is being cancelled, and how it ended. As
   * with `onEvent`, it delays no request, the end waits up to 5 s for it, and its failure changes nothing.
   */
  readonly onStop?: Callback<StopEvent, E, R>;
}

/**
 * How a run is waited for that was started here.
 *
 * @typeParam E How `onEvent` fails. It is logged, and changes nothing.
 * @typeParam R What the schedule and `onEvent` need.
 */
export interface FollowOptions<E = never, R = never> extends SeeThroughOptions<R>, EventOptions<TriggerEvent, E, R> {}

/**
 * How a run is started and waited for.
 *
 * @typeParam E How the callbacks fail. It is logged, and changes nothing.
 * @typeParam R What the schedule and the callbacks need.
 */
export interface TriggerOptions<E = never, R = never> extends AskOptions<E, R>, FollowOptions<E, R> {}

/**
 * How a run is retried from the point of failure.
 *
 * @typeParam E How `onAsk` fails. It is logged, and changes nothing.
 * @typeParam R What `onAsk` needs.
 */
export interface RestartOptions<E = never, R = never> extends Pick<AskOptions<E, R>, "onAsk"> {
  /** The ordinary run to start where there is nothing to retry (default: none; such a request is refused). */
  readonly orRun?: Omit<jobs.Trigger, keyof jobs.OfJob>;
}
