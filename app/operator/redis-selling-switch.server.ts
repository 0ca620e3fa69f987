import { BoundedRedis, type BoundedRedisOptions } from "~/reservations/redis/bounded-redis.server";
import type { Selling } from "./operator-desk";
import { SELLING, type SellingSwitch } from "./selling-switch";

const POLL_MS = 500;

/**
 * One key in Redis, which every server looks at twice a second. Set: paused, since the time that it bears. It has no deadline,
 * and is lost with Redis' data, as a pause is not worth a write to disk.
 */
export function createRedisSellingSwitch({ key, url, log }: { readonly key: string } & Pick<BoundedRedisOptions, "url" | "log">): SellingSwitch {
  const redis = new BoundedRedis({ url, callMs: 800, tryMs: 500, log });
  let known = SELLING;
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    try {
      known = heard(await redis.call((client) => client.get(key)));
    } catch {
      // The last word stands. That Redis does not answer is told by whoever holds.
    }
    if (redis.isClosed) return;
    timer = setTimeout(() => void look(), POLL_MS);
    timer.unref();
  }
  const firstLook = look();

  async function say(word: (client: Parameters<Parameters<BoundedRedis["call"]>[0]>[0]) => Promise<unknown>): Promise<Selling> {
    await redis.call(word);
    known = heard(await redis.call((client) => client.get(key)));
    return known;
  }

  return {
    async read() {
      await firstLook;
      return known;
    },
    pause: () => say((client) => client.set(key, String(Date.now()), { condition: "NX" })),
    resume: () => say((client) => client.del(key)),
    close() {
      clearTimeout(timer);
      redis.close();
    },
  };
}

function heard(pausedAt: string | null): Selling {
  return pausedAt === null ? SELLING : { isPaused: true, pausedAt: Number(pausedAt) };
}
