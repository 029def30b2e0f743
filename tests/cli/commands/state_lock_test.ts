/**
 * The lock of a state file whose owner ends in the same moment. `tests/slow/sandbox_state_test.ts` has owners that run and
 * owners that were killed.
 *
 * @module
 */
import * as NodeFileSystem from "@effect/platform-node-shared/NodeFileSystem";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Path from "effect/Path";
import assert from "node:assert/strict";
import { makeStateLock } from "../../../lib/cli/commands/state_lock.ts";

/** A file system where the owner of a lock removes it as soon as another sandbox has found it. */
const ownerEnds = Layer.effect(
  FileSystem.FileSystem,
  Effect.map(FileSystem.FileSystem, (fs): FileSystem.FileSystem => ({
    ...fs,
    writeFileString: (path, text, options) =>
      Effect.tapError(
        fs.writeFileString(path, text, options),
        ({ reason }) => reason._tag === "AlreadyExists" ? fs.remove(path) : Effect.void,
      ),
  })),
).pipe(Layer.provide(NodeFileSystem.layer));

Deno.test("a lock that its owner removes meanwhile is free", () =>
  Effect.runPromise(
    Effect.scoped(Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const state = `${yield* fs.makeTempDirectoryScoped()}/state`;
      const lock = yield* makeStateLock(state);
      yield* fs.writeFileString(`${state}.lock`, JSON.stringify({ url: "http://127.0.0.1:1", instance: "other" }));
      yield* lock.take({ url: "http://127.0.0.1:2", instance: "own" });
      assert.match(yield* fs.readFileString(`${state}.lock`), /"instance":"own"/);
    })).pipe(Effect.provide(Layer.merge(ownerEnds, Path.layer))),
  ));
