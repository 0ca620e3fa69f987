import { BoundedRedis, type BoundedRedisOptions } from "~/reservations/redis/bounded-redis.server";

/**
 * A connection for what is best effort, limits and the order of forms: separate from that of holds, so that it cannot slow them down. While
 * Redis is unavailable, each server decides for itself.
 */
export function createBestEffortRedis({ url, log }: Pick<BoundedRedisOptions, "url" | "log">): BoundedRedis {
  return new BoundedRedis({ url, callMs: 400, tryMs: 300, log });
}

/** Storage in which the servers of a shop count limits together. */
export interface LimitStore {
  readonly connection: BoundedRedis;
  readonly prefix: string;
}

/** The one operation that `RateLimiterRedis` needs. If its response is lost, a point is counted twice, which does no harm. */
export function limiterClient(redis: BoundedRedis) {
  return {
    eval: (script: string, options: { keys: string[]; arguments: string[] }) =>
      redis.call((client) => client.eval(script, options)),
  };
}
