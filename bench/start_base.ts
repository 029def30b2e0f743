/** What a command of effect/cli on the Node platform costs at least. @module */
import "@effect/platform-node/NodeServices";
import "effect/cli/Command";
