import { createClient } from "redis";
import type { AddressBook } from "./address-book";

export type LimitRedis = ReturnType<typeof connectLimits>;

/**
 * A connection of its own for limits: they are a courtesy and must not slow down holds. It never queues; while Redis does
 * not answer, limits are counted by each server for itself.
 */
export function connectLimits(url: string, onError: (error: unknown) => void) {
  const client = createClient({ url, disableOfflineQueue: true, socket: { connectTimeout: 1_000 }, commandOptions: { timeout: 500 } });
  client.on("error", onError);
  void client.connect().catch(onError);
  return client;
}

/** The same book for all servers. Nothing is known of other carts while Redis does not answer: the holds themselves fail then. */
export function createRedisAddressBook(client: LimitRedis, options: { prefix: string; keepSeconds: number }): AddressBook {
  return {
    async note(address, session) {
      const key = `${options.prefix}:address:${address}`;
      try {
        const [, , carts] = await client.multi().sAdd(key, session).expire(key, options.keepSeconds).sMembers(key).execTyped();
        return carts;
      } catch {
        return [session];
      }
    },
  };
}
