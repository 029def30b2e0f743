/**
 * The options of the functions in `trigger_and_wait.ts`, and the events that those functions report.
 *
 * @module
 */
import type * as Effect from "effect/Effect";
import type * as jobs from "../api/jobs.ts";
import type { Run } from "../models/run.ts";
import type { Mark } from "./start_at_most_once.ts";
import type { RunEvent, WaitOptions } from "./wait_for_run.ts";

// ---- events ---------------------------------------------------------------------------------------------------------

/** A run was started. */
export interface Triggered {
  /** Tells the event. */
  readonly _tag: "Triggered";
  /** The run, as it began. */
  readonly run: Run;
  /** Whether it is sure that it was started here: no other run is ever cancelled. */
  readonly ours: boolean;
}

/** A run that was there already is waited for. It is never cancelled. */
export interface Attached {
  /** Tells the event. */
  readonly _tag: "Attached";
  /** The run, as it was found: it may have ended. */
  readonly run: Run;
}

/** A run that was started here is being cancelled. */
export interface Cancelling {
  /** Tells the event. */
  readonly _tag: "Cancelling";
  /** The run, as last seen. */
  readonly run: Run;
}

/** A run that was started here could not be cancelled. */
export interface NotCancelled {
  /** Tells the event. */
  readonly _tag: "NotCancelled";
  /** The run, as last seen. */
  readonly run: Run;
  /** Why not. */
  readonly detail: string;
}

/** What is seen of a run that is started. */
export type TriggerEvent = Triggered | Attached | RunEvent | Cancelling | NotCancelled;

// ---- options --------------------------------------------------------------------------------------------------------

/** How a run is started. */
export interface StartOptions {
  /**
   * What the run is for, in the caller's words: a CI job's and attempt's name, a date. Where one of the job's newest
   * 100 runs was started with the same key and is in flight or succeeded, or was restarted from where it failed and
   * that is or did, no run is started: that one is given, and never cancelled. A failed or cancelled one does not
   * count.
   *
   * That covers calls one after the other, as of a CI step that is tried again. It is no lock: two processes that ask
   * within the same second may both find nothing, and both start a run.
   */
  readonly key?: string;
  /**
   * Attach to the job's newest run in flight that was asked to do the same: every override is equal, and it takes up no
   * other run. Start one where there is none. Only the job's newest 100 runs are looked at.
   */
  readonly reuseRunning?: boolean;
  /**
   * False leaves the cause alone, and does not list the job's runs before. Then a lost answer is `Ambiguous` at once:
   * nothing tells the run from others.
   */
  readonly tag?: boolean;
  /**
   * Ask a second time, with the same tag, where the answer was lost and no run turned up within 60 s. Where both come
   * to be, the one with the lower id is given; the other is cancelled while it is queued, and else left, with a
   * warning.
   */
  readonly resend?: boolean;
  /** Told, before the run is asked for, how it can be recognized. */
  readonly onAsk?: (mark: Mark) => Effect.Effect<void>;
  /** Told each event; the last one it is told holds the last known run. */
  readonly onEvent?: (event: TriggerEvent) => Effect.Effect<void>;
}

/** How a run is waited for that was started here. */
export interface SeeThroughOptions extends Omit<WaitOptions, "fresh"> {
  /** Told each event; the last one it is told holds the last known run. */
  readonly onEvent?: (event: TriggerEvent) => Effect.Effect<void>;
  /** What becomes of the run after `timeout`, where it is sure that it was started here. It is left when absent. */
  readonly onTimeout?: "leave" | "cancel";
  /** What becomes of the run after an interrupt, where it is sure that it was started here. Cancelled when absent. */
  readonly onInterrupt?: "leave" | "cancel";
  /**
   * How often a run that ended in error is taken up where it failed, as by {@linkcode retryRun}; a cancelled one never
   * is. The last run's end is what counts, and `timeout` is for all of them together. 0 when absent.
   */
  readonly retries?: number;
}

/** How a run is started and waited for. */
export interface TriggerOptions extends StartOptions, SeeThroughOptions {}

/** How a run is taken up where it failed. */
export interface RestartOptions extends Pick<StartOptions, "onAsk" | "onEvent"> {
  /** The ordinary run to start where there is nothing to take up; then it is refused when absent. */
  readonly orRun?: Omit<jobs.Trigger, keyof jobs.OfJob>;
}
