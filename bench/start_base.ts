/** What a command of effect/cli on the Node platform costs at least. @module */
import "@effect/platform-node-shared/NodeFileSystem";
import "@effect/platform-node-shared/NodePath";
import "@effect/platform-node-shared/NodeStdio";
import "@effect/platform-node-shared/NodeTerminal";
import "effect/cli/Command";
