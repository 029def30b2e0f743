/**
 * Tags at the end of a run's cause, by which a run can be found again: dbt Cloud has no idempotency keys. Starting a
 * run uses them.
 *
 * A tag is `[dbtc:spp1h4ye35]`, and random. Where the caller gives an idempotency key, the tag begins with the key's
 * hash: `[dbtc:3w5e11264sgsf.spp1h4ye35]`. The whole tag identifies the run of one request, the hash all runs of one
 * key.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Random from "effect/Random";
import type { Run } from "../api/runs.ts";

/** The longest cause that dbt Cloud keeps, in bytes of UTF-8. It cuts a longer one. */
const longestCause = 255;

/** A random tag. `hash` is the {@linkcode keyHash} that it begins with. */
export const drawTag: (hash?: string) => Effect.Effect<string> = Effect.fnUntraced(function* (hash) {
  const drawn = Math.floor((yield* Random.next) * 36 ** 10).toString(36).padStart(10, "0");
  return `[dbtc:${hash === undefined ? "" : `${hash}.`}${drawn}]`;
});

/**
 * The hash of a key in the tags of one job's runs: 64-bit FNV-1a. It tells keys apart, and does not keep them secret.
 */
export function keyHash(job_id: number, key: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(`${job_id} ${key}`)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(36).padStart(13, "0");
}

/** A cause that ends with a tag. The user's text is cut where both are too long; tags in that text are removed. */
export function tagged(cause: string, tag: string): string {
  let words = cause.toWellFormed();
  for (let before = ""; before !== words;) [before, words] = [words, words.replaceAll(/\s*\[dbtc:[^\]]*\]/g, "")];
  const room = new Uint8Array(longestCause - tag.length - 1);
  const { read } = new TextEncoder().encodeInto(words.trim(), room);
  return `${words.trim().slice(0, read).trimEnd()} ${tag}`.trimStart();
}

/** Whether a run was started through the API with this tag. */
export function hasTag(run: Run, tag: string): boolean {
  return causeOf(run).endsWith(tag);
}

/** Whether a run was started through the API with a tag that has this {@linkcode keyHash}. */
export function hasKey(run: Run, hash: string): boolean {
  return /\[dbtc:([0-9a-z]+)\.[0-9a-z]+\]$/.exec(causeOf(run))?.[1] === hash;
}

/** The cause of a run that was started through the API. */
function causeOf({ trigger }: Run): string {
  return (trigger?.cause_category ?? "api") === "api" ? trigger?.cause?.trimEnd() ?? "" : "";
}
