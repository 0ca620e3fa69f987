import { randomBytes } from "node:crypto";
import type { RebuildTurns } from "../rebuild-turns";
import { answers } from "./answers";
import type { RedisConnection } from "./redis-connection.server";
import { scripts } from "./scripts.server";

/** How long one server may be at it before another, too, may begin; both may end it. */
const TURN_MS = 15_000;

/**
 * Rebuilding where several servers share the store. Data counts as lost when the epoch key is missing (`FLUSHALL`, an empty
 * Redis) and when Redis is not the process that it was (a restart, a failover), because its latest writes may be missing.
 * `quietMs`: how long a lease taken before the loss may still be used; nobody begins earlier.
 */
export function createRedisRebuildTurns(redis: RedisConnection, { quietMs }: { quietMs: number }): RebuildTurns {
  let generation = "";
  return {
    async begin() {
      const request = { generation: randomBytes(9).toString("base64url"), turnMs: TURN_MS, quietMs };
      const begun = answers.beginRebuild.parse(await redis.run(scripts.beginRebuild, request));
      if (begun.outcome === "begun") generation = begun.generation;
      return begun.outcome;
    },
    async end() {
      return answers.endRebuild.parse(await redis.run(scripts.endRebuild, { generation })).outcome === "rebuilt";
    },
  };
}
