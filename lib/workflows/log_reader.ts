/**
 * Reads the logs of steps out of the answer for a run while it comes. A debug log can have hundreds of megabytes, more
 * than one string can hold.
 *
 * @module
 */
import { jsonParser } from "stream-json/core/parser.js";
import { defined } from "../defined.ts";
import type { LogText } from "./step_log.ts";

/** A step while its members are read. */
interface StepSoFar {
  /** Its place in the list, from 1. */
  readonly position: number;
  index?: number;
  name?: string;
  /** Whether text of the wanted log was found. */
  found: boolean;
  /** The other logs, by their names in the answer: one of them is given where the wanted log is empty. */
  readonly others: Map<string, Array<string>>;
}

/** Reads pieces of JSON. Throws where they are no JSON. */
export interface LogReader {
  /** The parts of logs that this piece has. */
  readonly read: (json: string) => ReadonlyArray<LogText>;
  /** Whether the JSON has ended. */
  readonly isWhole: () => boolean;
}

/** The logs that are given instead of `logs` and `debug_logs` where these are empty, the best first. */
const otherLogs = { logs: ["debug_logs", "truncated_debug_logs"], debug_logs: ["truncated_debug_logs"] };

/** Makes a reader of `data.run_steps`. */
export function makeLogReader(wanted: "logs" | "debug_logs"): LogReader {
  const parse = jsonParser({ streamKeys: false, packStrings: false, streamNumbers: false });
  /** The names that lead to the value that is being read; undefined in a list. */
  const path: Array<string | undefined> = [];
  let [begun, steps] = [false, 0];
  let step: StepSoFar | undefined;
  /** Takes the pieces of the string that is being read. */
  let takePiece: ((piece: string) => void) | undefined;
  let texts: Array<LogText> = [];

  const isStepList = () => path.length === 3 && path[0] === "data" && path[1] === "run_steps";
  const give = ({ index, name, position }: StepSoFar, text: string) =>
    texts.push({ step: index ?? position, ...defined({ name }), text });
  const pieceTaker = (step: StepSoFar, member: string | undefined) => {
    if (member === "name") return (piece: string) => void (step.name = (step.name ?? "") + piece);
    if (member === wanted) {
      return (piece: string) => {
        step.found = true;
        give(step, piece);
      };
    }
    if (member === undefined || !otherLogs[wanted].includes(member)) return undefined;
    const pieces: Array<string> = [];
    step.others.set(member, pieces);
    return (piece: string) => void (step.found || pieces.push(piece));
  };
  const endStep = (step: StepSoFar) => {
    if (step.found) return;
    const pieces = otherLogs[wanted].map((name) => step.others.get(name) ?? []).find(({ length }) => length > 0);
    // A step without any log is given too: it is there.
    for (const piece of pieces ?? [""]) give(step, piece);
  };

  return {
    isWhole: () => begun && path.length === 0,
    read: (json) => {
      texts = [];
      const tokens = parse(json);
      // The parser gives a symbol where a piece ends no token.
      for (const token of typeof tokens === "symbol" ? [] : tokens.values) {
        begun = true;
        switch (token.name) {
          case "startObject":
            if (isStepList()) step = { position: ++steps, found: false, others: new Map() };
            path.push(undefined);
            break;
          case "startArray":
            path.push(undefined);
            break;
          case "endObject":
          case "endArray":
            path.pop();
            if (step !== undefined && isStepList()) {
              endStep(step);
              step = undefined;
            }
            break;
          case "keyValue":
            path[path.length - 1] = token.value;
            break;
          case "startString":
            takePiece = step !== undefined && path.length === 4 ? pieceTaker(step, path[3]) : undefined;
            break;
          case "stringChunk":
            takePiece?.(token.value);
            break;
          case "numberValue":
            if (step !== undefined && path.length === 4 && path[3] === "index") step.index = Number(token.value);
            break;
        }
      }
      return texts;
    },
  };
}
