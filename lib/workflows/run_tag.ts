/**
 * The tag at the end of a run's cause, by which the run can be found again. `start_tagged.ts` starts runs with it.
 *
 * A tag is `[dbtc:spp1h4ye35]`, drawn anew for each run. Where the caller gives a key, the tag begins with the key's
 * hash: `[dbtc:3w5e11264sgsf.spp1h4ye35]`. So the whole tag says which run was asked for here, and its beginning which
 * runs were asked for with that key.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type { Run } from "../api/runs.ts";

/** What dbt Cloud keeps of a cause, in bytes of UTF-8. */
const longestCause = 255;

/** A tag that no other run has. `hash` is the {@linkcode keyHash} that it begins with. */
export function drawTag(hash?: string): Effect.Effect<string> {
  return Effect.map(drawLetters, (letters) => `[dbtc:${hash === undefined ? "" : `${hash}.`}${letters}]`);
}

/**
 * Ten letters or digits, 52 bits. They come from the platform's cryptographic randomness: Effect's `Random` may be
 * seeded, and then two programs would draw the same tag, and one could cancel the run of the other.
 */
export const drawLetters: Effect.Effect<string> = Effect.sync(() => {
  const [number = 0n] = crypto.getRandomValues(new BigUint64Array(1));
  // 36^10 is so much less than 2^64 that no letter is noticeably likelier than another.
  return (number % 36n ** 10n).toString(36).padStart(10, "0");
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
