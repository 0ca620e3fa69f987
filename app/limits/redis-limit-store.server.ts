import { BoundedRedis, type BoundedRedisOptions } from "~/reservations/redis/bounded-redis.server";

/**
 * A connection of its own for limits: they are a courtesy and must not slow down holds. While Redis does not answer, limits
 * are counted by each server for itself.
 */
export function connectLimits({ url, log }: Pick<BoundedRedisOptions, "url" | "log">): BoundedRedis {
  return new BoundedRedis({ url, callMs: 400, tryMs: 300, log });
}

/** Where the servers of a shop count limits together. */
export interface LimitStore {
  readonly connection: BoundedRedis;
  readonly prefix: string;
}

/** The one verb that a `RateLimiterRedis` counts with. A point whose answer was lost is counted twice, which only costs a point. */
export function limiterClient(redis: BoundedRedis) {
  return {
    eval: (script: string, options: { keys: string[]; arguments: string[] }) =>
      redis.call((client) => client.eval(script, options)),
  };
}
