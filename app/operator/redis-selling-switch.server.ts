import { BoundedRedis, type BoundedRedisOptions } from "~/reservations/redis/bounded-redis.server";
import type { Selling } from "./operator-desk";
import { SELLING, type SellingSwitch } from "./selling-switch";

const POLL_MS = 500;
const SELLING_WORD = "selling";

/**
 * One key in Redis, which every server looks at twice a second: the time since when selling is paused, or `selling`. Where the key is
 * missing Redis has lost its data, or nobody ever paused: a server that knows of a pause then writes it down again.
 */
export function createRedisSellingSwitch({
  key,
  url,
  log,
}: { readonly key: string } & Pick<BoundedRedisOptions, "url" | "log">): SellingSwitch {
  const redis = new BoundedRedis({ url, callMs: 800, tryMs: 500, log });
  let known = SELLING;
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    try {
      const word = await redis.call((client) => client.get(key));
      if (word !== null) known = heard(word);
      else if (known.isPaused)
        await redis.call((client) => client.set(key, String(known.pausedAt), { condition: "NX" }));
    } catch {
      // The last word stands. That Redis does not answer is told by whoever holds.
    }
    if (redis.isClosed) return;
    timer = setTimeout(() => void look(), POLL_MS);
    timer.unref();
  }
  const firstLook = look();

  async function say(word: string): Promise<Selling> {
    await redis.call((client) => client.set(key, word));
    known = heard(word);
    return known;
  }

  return {
    async read() {
      await firstLook;
      return known;
    },
    async pause() {
      const word = await redis.call((client) => client.get(key));
      return say(word === null || word === SELLING_WORD ? String(known.pausedAt ?? Date.now()) : word);
    },
    resume: () => say(SELLING_WORD),
    close() {
      clearTimeout(timer);
      redis.close();
    },
  };
}

function heard(word: string): Selling {
  return word === SELLING_WORD ? SELLING : { isPaused: true, pausedAt: Number(word), closedBy: null };
}
