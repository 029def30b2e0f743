/**
 * What a process says that is made to end at once, by a second Ctrl-C or with its terminal.
 *
 * @module
 */
import * as Context from "effect/Context";

/** What is to be said. Whoever ends the process reads it: there is no time for an effect then. */
export interface Parting {
  /** What goes on in dbt Cloud without this process; undefined where nothing does. */
  words: string | undefined;
}

/** The last words of this process, as a command keeps them. */
export const Parting: Context.Reference<Parting> = Context.Reference("@dbtc/dbtc/cli/parting/Parting", {
  defaultValue: (): Parting => ({ words: undefined }),
});
