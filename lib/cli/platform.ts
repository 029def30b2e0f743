/**
 * What a command needs from the platform: files, paths, stdin, stdout and the terminal. Used by `run_process.ts` and by tests.
 *
 * From `@effect/platform-node-shared`: `@effect/platform-node` has the same layers, and brings a Redis client and five
 * more packages into everyone's lock file.
 *
 * @module
 */
import * as NodeFileSystem from "@effect/platform-node-shared/NodeFileSystem";
import * as NodePath from "@effect/platform-node-shared/NodePath";
import * as NodeStdio from "@effect/platform-node-shared/NodeStdio";
import * as NodeTerminal from "@effect/platform-node-shared/NodeTerminal";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type * as Command from "effect/cli/Command";
import * as ChildProcessSpawner from "effect/process/ChildProcessSpawner";

/** `effect/cli` asks for this, and no command starts a process. */
const noProcesses = Layer.succeed(
  ChildProcessSpawner.ChildProcessSpawner,
  ChildProcessSpawner.make(() => Effect.die("dbtc starts no process")),
);

/** The platform's services. */
export const platform: Layer.Layer<Command.Environment> = Layer.mergeAll(
  NodeFileSystem.layer,
  NodePath.layer,
  NodeStdio.layer,
  NodeTerminal.layer,
  noProcesses,
);
