/**
 * Imports Effect's cluster without reading the environment. Import this file, and wait for it, before any module of
 * `effect/cluster`.
 *
 * `effect/cluster/ShardingConfig` copies all environment variables when it is imported. Deno refuses that where only
 * some of them are allowed (`--allow-env=DBT_CLOUD_HOST`). dbtc gives every setting of the cluster itself.
 *
 * @module
 */
const property = Object.getOwnPropertyDescriptor(globalThis, "process");
Object.defineProperty(globalThis, "process", { configurable: true, writable: true, value: { env: {} } });
try {
  await import("effect/cluster/ShardingConfig");
} finally {
  if (property === undefined) Reflect.deleteProperty(globalThis, "process");
  else Object.defineProperty(globalThis, "process", property);
}
export {};
