/**
 * Reports that a download starts, and its size. The command line listens, for its progress bar.
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import type * as HttpClientResponse from "effect/http/HttpClientResponse";

/** Called when the answer to a download has come: with the number of bytes of the file, if the answer has it. */
export const OnDownloadStart: Context.Reference<(size: number | undefined) => Effect.Effect<void>> = Context.Reference(
  "@dbtc/dbtc/client/download_size/OnDownloadStart",
  { defaultValue: () => (_size) => Effect.void },
);

/** Calls {@linkcode OnDownloadStart} for an answer. The length of a compressed answer is not that of the file. */
export const reportDownloadStart = Effect.fnUntraced(function* (
  { headers }: HttpClientResponse.HttpClientResponse,
): Effect.fn.Return<void> {
  const length = headers["content-encoding"] === undefined ? headers["content-length"] : undefined;
  yield* (yield* OnDownloadStart)(/^\d+$/.test(length ?? "") ? Number(length) : undefined);
});
