/**
 * Where Effect's cluster keeps the messages of a deployment: those of the workflow, and of its clocks. `prune` loads
 * this file.
 *
 * @module
 */
import "./quiet_environment.ts";
import type * as EntityAddress from "effect/cluster/EntityAddress";
import type { Sharding } from "effect/cluster/Sharding";
import { Deployment } from "./deployment_model.ts";

const [EntityId, EntityType, Address] = await Promise.all([
  import("effect/cluster/EntityId"),
  import("effect/cluster/EntityType"),
  import("effect/cluster/EntityAddress"),
]);

/** The addresses of an execution. */
export function addressesOf(
  sharding: Sharding["Service"],
  execution_id: string,
): ReadonlyArray<EntityAddress.EntityAddress> {
  const entityId = EntityId.make(execution_id);
  const shardId = sharding.getShardId(entityId, "default");
  return [`Workflow/${Deployment._tag}`, "Workflow/-/DurableClock"].map((type) =>
    Address.make({ entityType: EntityType.make(type), entityId, shardId })
  );
}
