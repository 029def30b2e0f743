/**
 * What `run_process.ts` prints when the process has to exit at once: on a second Ctrl-C, or when its terminal closes.
 * `follow_run.ts` keeps the text up to date.
 *
 * @module
 */
import * as Context from "effect/Context";

/** A mutable cell: `run_process.ts` reads it in a signal handler, where no effect can run any more. */
export interface ExitNotice {
  /** The run that continues in dbt Cloud without this process; undefined if no run does. */
  text: string | undefined;
  /** The exit code after a signal, if it is not the one that shells expect. */
  code?: number | undefined;
  /** Keeps what would be lost, without an effect: `dbtc record` writes its file. */
  save?: (() => void) | undefined;
}

/** The exit notice of this process. */
export const ExitNotice: Context.Reference<ExitNotice> = Context.Reference(
  "@dbtc/dbtc/cli/output/exit_notice/ExitNotice",
  { defaultValue: (): ExitNotice => ({ text: undefined }) },
);
