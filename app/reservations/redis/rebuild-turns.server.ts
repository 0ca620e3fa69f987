import { randomBytes } from "node:crypto";
import type { RebuildTurns } from "~/reservations/rebuild-turns";
import { answers } from "./answers";
import type { RedisConnection } from "./redis-connection.server";
import { scripts } from "./scripts.server";

/** How long one server may be at it before another, too, may begin; both may end it. */
const TURN_MS = 15_000;

/**
 * Rebuilding where several servers share the store. Data counts as lost when the epoch key is missing (`FLUSHALL`, an empty
 * Redis), when Redis is not the process that it was (a restart, a failover), because its latest writes may be missing, and
 * when its epoch is older than one that this server knows of, because another Redis was rebuilt and sold since.
 * `quietMs`: how long a lease taken before the loss may still be used; nobody begins earlier.
 */
export function createRedisRebuildTurns(redis: RedisConnection, { quietMs }: { quietMs: number }): RebuildTurns {
  const newId = () => randomBytes(9).toString("base64url");
  let generation = "";
  return {
    async begin() {
      const begun = answers.beginRebuild.parse(
        await redis.run(scripts.beginRebuild, { generation: newId(), turnMs: TURN_MS, quietMs }),
      );
      if (begun.outcome === "begun") generation = begun.generation;
      if (begun.outcome === "rebuilt") redis.known.prove(performance.now(), [begun.epoch]);
      return begun.outcome;
    },
    learn(epochs) {
      redis.known.prove(performance.now(), epochs);
    },
    async end() {
      const ended = answers.endRebuild.parse(await redis.run(scripts.endRebuild, { generation, id: newId() }));
      if (ended.outcome === "rebuilt") redis.known.prove(performance.now(), [ended.epoch]);
      return ended.outcome === "rebuilt";
    },
  };
}
