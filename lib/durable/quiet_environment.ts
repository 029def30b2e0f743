/**
 * Imports Effect's cluster without reading the environment. Import this file, and wait for it, before any module of
 * `effect/cluster`.
 *
 * `effect/cluster/ShardingConfig` copies all environment variables when it is imported. Deno refuses that where only
 * some of them are allowed (`--allow-env=DBT_CLOUD_HOST`). dbtc gives every setting of the cluster itself.
 *
 * @module
 */
import process from "node:process";

const property = Object.getOwnPropertyDescriptor(globalThis, "process");
// All else of it stays: other code of the program may use it meanwhile.
const quiet = new Proxy(process, { get: (target, name) => name === "env" ? {} : Reflect.get(target, name) });
Object.defineProperty(globalThis, "process", { configurable: true, writable: true, value: quiet });
try {
  await import("effect/cluster/ShardingConfig");
} finally {
  if (property === undefined) Reflect.deleteProperty(globalThis, "process");
  else Object.defineProperty(globalThis, "process", property);
}
