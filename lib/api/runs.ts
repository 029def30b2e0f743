/**
 * Runs.
 *
 * @module
 */
/** A run. */
export interface Run {
  /** The run's id. */
  readonly id: number;
  /** Words. */
  readonly status_message?: string | null;
}
