/**
 * The flags by which `dbtc runs cancel` finds runs.
 *
 * @module
 */
import type { RunStatus } from "../../models/run.ts";
import type { Callable, Row } from "../../groups/table_entry.ts";
import { type FieldFlag, flagsOf, type FlagSpec, spans } from "../input/field_flags.ts";
import { nameFlags } from "../input/name_flags.ts";

/** The fields of `runs list` by which `runs cancel` finds runs, where it is given none. */
const cancelledBy: ReadonlySet<string> = new Set(["job_definition_id", "project_id", "environment_id", "status"]);

/** The statuses that a run can be cancelled in. */
const inFlight: ReadonlyArray<string> = ["queued", "starting", "running"] satisfies Array<keyof typeof RunStatus>;

/** The flags by which `runs cancel` finds runs: they fill fields of `runs list`. */
export function cancelFlags(list: Callable): ReadonlyArray<FieldFlag> {
  return flagsOf(list).filter(({ path }) => cancelledBy.has(path[0] ?? "")).map((flag) => {
    if (flag.path[0] !== "status") return flag;
    return {
      ...flag,
      names: Object.fromEntries(Object.entries(flag.names ?? {}).filter(([name]) => inFlight.includes(name))),
    };
  });
}

/** All flags of `runs cancel` beside its own field. */
export function cancelSpecs({ list }: Row): ReadonlyArray<FlagSpec> {
  if (list === undefined) return [];
  const named = nameFlags(list).filter(({ name }) => name !== "account-name");
  const filters = [...cancelFlags(list), ...named, ...spans].map((flag) => ({
    ...flag,
    description: `Without a run: ${flag.description.charAt(0).toLowerCase()}${flag.description.slice(1)}`,
  }));
  return [...filters, {
    name: "all-jobs",
    takes: "boolean",
    metavar: "",
    description: "Without a run: the runs of every job of the account",
  }];
}
