/**
 * The cause of a run as a mark that the run can be found by.
 *
 * A tag is `[dbtc:spp1h4ye35]`, drawn anew for each run. Where the caller gives a key, the tag begins with the key's
 * hash: `[dbtc:3w5e11264sgsf.spp1h4ye35]`. So the whole tag says which run was asked for here, and its beginning which
 * runs were asked for with that key.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Random from "effect/Random";
import type { Run } from "../api/runs.ts";

/** What dbt Cloud keeps of a cause, in bytes of UTF-8. */
const longestCause = 255;

/** A mark for a cause, as no other run has it. `hash` is the {@linkcode keyHash} that it begins with. */
export const drawTag: (hash?: string) => Effect.Effect<string> = Effect.fnUntraced(function* (hash) {
  const drawn = Math.floor((yield* Random.next) * 36 ** 10).toString(36).padStart(10, "0");
  return `[dbtc:${hash === undefined ? "" : `${hash}.`}${drawn}]`;
});

/** What stands for a key in the tags of one job's runs: its FNV-1a of 64 bits. It tells keys apart, and hides none. */
export function keyHash(job_id: number, key: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(`${job_id} ${key}`)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(36).padStart(13, "0");
}

/** A cause that ends with a tag: the user's words are cut, never the tag, and are no tag themselves. */
export function tagged(cause: string, tag: string): string {
  let words = cause.toWellFormed();
  for (let before = ""; before !== words;) [before, words] = [words, words.replaceAll(/\s*\[dbtc:[^\]]*\]/g, "")];
  const room = new Uint8Array(longestCause - tag.length - 1);
  const { read } = new TextEncoder().encodeInto(words.trim(), room);
  return `${words.trim().slice(0, read).trimEnd()} ${tag}`.trimStart();
}

/** Whether a run was started through the API, with this tag at the end of its cause. */
export function hasTag(run: Run, tag: string): boolean {
  return causeOf(run).endsWith(tag);
}

/** Whether a run was started through the API, with a tag of this {@linkcode keyHash} at the end of its cause. */
export function hasKey(run: Run, hash: string): boolean {
  return /\[dbtc:([0-9a-z]+)\.[0-9a-z]+\]$/.exec(causeOf(run))?.[1] === hash;
}

/** Why somebody started a run through the API. */
function causeOf({ trigger }: Run): string {
  return (trigger?.cause_category ?? "api") === "api" ? trigger?.cause?.trimEnd() ?? "" : "";
}
