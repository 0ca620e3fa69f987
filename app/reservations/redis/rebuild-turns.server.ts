import { randomBytes } from "node:crypto";
import type { RebuildTurns } from "~/reservations/rebuild-turns";
import type { RedisConnection } from "./redis-connection.server";
import { replies } from "./replies";
import { scripts } from "./scripts.server";

/** After this time another server may begin a rebuild, too. Either may end it. */
const TURN_MS = 15_000;

/**
 * Coordinates rebuilds between servers that share the store. Data counts as lost
 * - when the epoch key is missing (`FLUSHALL`, an empty Redis),
 * - when Redis is another process than before (a restart, a failover), because its latest writes may be missing,
 * - when its epoch is older than one that this server knows of, because another Redis was rebuilt and sold stock since.
 *
 * `quietMs`: how long a lease from before the loss may still be used. No server begins earlier.
 */
export function createRedisRebuildTurns(redis: RedisConnection, { quietMs }: { quietMs: number }): RebuildTurns {
  const newId = () => randomBytes(9).toString("base64url");
  let generation = "";
  return {
    async begin() {
      const begun = replies.beginRebuild.parse(
        await redis.run(scripts.beginRebuild, { generation: newId(), turnMs: TURN_MS, quietMs }),
      );
      if (begun.outcome === "begun") generation = begun.generation;
      if (begun.outcome === "rebuilt") redis.knownEpoch.prove(performance.now(), [begun.epoch]);
      return begun.outcome;
    },
    learn(epochs) {
      redis.knownEpoch.prove(performance.now(), epochs);
    },
    async end() {
      const ended = replies.endRebuild.parse(await redis.run(scripts.endRebuild, { generation, id: newId() }));
      if (ended.outcome === "rebuilt") redis.knownEpoch.prove(performance.now(), [ended.epoch]);
      return ended.outcome === "rebuilt";
    },
  };
}
