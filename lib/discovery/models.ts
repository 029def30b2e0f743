/**
 * The queries of the group `models`: how models were built, what is around them, and how long they took.
 *
 * @module
 */
export * from "./applied_models.ts";
export * from "./model_performance.ts";
export * from "./public_models.ts";
