import { BoundedRedis, type BoundedRedisOptions } from "~/reservations/redis/bounded-redis.server";
import type { AddressBook } from "./address-book";

/**
 * A connection of its own for limits: they are a courtesy and must not slow down holds. While Redis does not answer, limits
 * are counted by each server for itself.
 */
export function connectLimits({ url, log }: Pick<BoundedRedisOptions, "url" | "log">): BoundedRedis {
  return new BoundedRedis({ url, callMs: 400, tryMs: 300, log });
}

/** The one verb that a `RateLimiterRedis` counts with. A point whose answer was lost is counted twice, which only costs a point. */
export function limiterClient(redis: BoundedRedis) {
  return {
    eval: (script: string, options: { keys: string[]; arguments: string[] }) => redis.call((client) => client.eval(script, options)),
  };
}

/** The same book for all servers. Nothing is known of other carts while Redis does not answer: the holds themselves fail then. */
export function createRedisAddressBook(redis: BoundedRedis, options: { prefix: string; keepSeconds: number }): AddressBook {
  return {
    async note(address, session) {
      const key = `${options.prefix}:address:${address}`;
      try {
        // Written together in this order. No `multi`: without a connection it would wait for one.
        const [, , carts] = await redis.call((client) =>
          Promise.all([client.sAdd(key, session), client.expire(key, options.keepSeconds), client.sMembers(key)]),
        );
        return carts;
      } catch {
        return [session];
      }
    },
  };
}
