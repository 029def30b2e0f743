/**
 * Tells when the bytes of a file begin to come.
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import type * as HttpClientResponse from "effect/http/HttpClientResponse";

/** Is told when a file's bytes begin to come, and how many there will be where the answer says so. */
export const Begins: Context.Reference<(size: number | undefined) => Effect.Effect<void>> = Context.Reference(
  "@dbtc/dbtc/transfer/Begins",
  { defaultValue: () => (_size) => Effect.void },
);

/** Tells {@linkcode Begins} of an answer. The length of a compressed one is not that of its file. */
export const announce = Effect.fnUntraced(function* (
  { headers }: HttpClientResponse.HttpClientResponse,
): Effect.fn.Return<void> {
  const length = headers["content-encoding"] === undefined ? headers["content-length"] : undefined;
  yield* (yield* Begins)(/^\d+$/.test(length ?? "") ? Number(length) : undefined);
});
