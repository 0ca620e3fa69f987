import { BoundedRedis, type BoundedRedisOptions } from "~/reservations/redis/bounded-redis.server";
import { keyPrefix } from "~/reservations/redis/redis-connection.server";
import type { Selling } from "./operator-desk";
import { NOT_PAUSED, type SellingSwitch } from "./selling-switch";

const POLL_MS = 500;
const SELLING_VALUE = "selling";

/**
 * One key in Redis, polled twice a second by every server. Its value is `selling`, or the time the pause began. If the key is missing,
 * either selling was never paused or Redis lost its data, so a server that knows of a pause writes it back.
 */
export function createRedisSellingSwitch({
  holdsTag,
  url,
  log,
}: { readonly holdsTag: string } & Pick<BoundedRedisOptions, "url" | "log">): SellingSwitch {
  const key = `${keyPrefix(holdsTag)}:selling-paused`;
  const redis = new BoundedRedis({ url, callMs: 800, tryMs: 500, log });
  let known = NOT_PAUSED;
  let timer: NodeJS.Timeout | undefined;

  async function poll(): Promise<void> {
    try {
      const value = await redis.call((client) => client.get(key));
      if (value !== null) known = parse(value);
      else if (known.isPaused)
        await redis.call((client) => client.set(key, String(known.pausedAt), { condition: "NX" }));
    } catch {
      // Keeps the last known state. The reservation store reports that Redis is unavailable.
    }
    if (redis.isClosed) return;
    timer = setTimeout(() => void poll(), POLL_MS);
    timer.unref();
  }
  const firstPoll = poll();

  async function write(value: string): Promise<Selling> {
    await redis.call((client) => client.set(key, value));
    known = parse(value);
    return known;
  }

  return {
    async read() {
      await firstPoll;
      return known;
    },
    async pause() {
      const value = await redis.call((client) => client.get(key));
      return write(value === null || value === SELLING_VALUE ? String(known.pausedAt ?? Date.now()) : value);
    },
    resume: () => write(SELLING_VALUE),
    close() {
      clearTimeout(timer);
      redis.close();
    },
  };
}

function parse(value: string): Selling {
  return value === SELLING_VALUE ? NOT_PAUSED : { isPaused: true, pausedAt: Number(value), closedBy: null };
}
