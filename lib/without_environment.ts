/**
 * Runs code of others that reads the environment, without the permission for it.
 *
 * @module
 */
import process from "node:process";

/**
 * Runs a function that sees an empty environment. For npm's `yaml`, which looks for `LOG_STREAM` and `LOG_TOKENS` while it
 * parses: under named permissions Deno would refuse that, or ask the user. The function must not wait for anything.
 */
export function withoutEnvironment<A>(run: () => A): A {
  const env = process.env;
  process.env = {};
  try {
    return run();
  } finally {
    process.env = env;
  }
}
