import type { BoundedRedis } from "~/reservations/redis/bounded-redis.server";

/** When a form was sent, as far as the browser can tell. */
interface FormOrder {
  /** Revision of the cookie sent with it: what the browser knew at the time. */
  readonly revision: number;
  /** Time of the click in epoch milliseconds by the browser's clock; null without JavaScript. */
  readonly clickedAt: number | null;
}

/**
 * Tracks which form for a product was sent last, per session: requests can overtake each other, and the shopper's latest click wins. Kept
 * for as long as a request may be in flight.
 */
export interface FormOrders {
  /** False if a later form for one of these products has arrived, so this one must change nothing. Otherwise records this form. */
  isLatest(sessionHash: string, productIds: readonly string[] | "all", order: FormOrder): Promise<boolean>;
}

/** Longest delay of a request. A browser clock that is set back makes clicks look old for no longer than this. */
const MAX_DELAY_MS = 60_000;
const MAX_SESSIONS = 10_000;
/** Key for all products of the cart. */
const ALL = "*";

interface Last extends FormOrder {
  readonly at: number;
}

/** For one process. `now`: milliseconds, monotonic. */
export function createMemoryFormOrders({ now }: { now: () => number }): FormOrders {
  /** Least recent first. */
  const sessions = new Map<string, Map<string, Last>>();

  return {
    async isLatest(sessionHash, productIds, order) {
      const since = now() - MAX_DELAY_MS;
      const known = [...(sessions.get(sessionHash) ?? [])].filter(([, last]) => last.at > since);
      const isAbout = (key: string) => productIds === "all" || key === ALL || productIds.includes(key.slice(1));
      if (known.some(([key, last]) => isAbout(key) && isOlder(order, last))) return false;
      const keys = productIds === "all" ? [ALL] : productIds.map(keyOf);
      sessions.delete(sessionHash);
      sessions.set(sessionHash, new Map([...known, ...keys.map((key) => [key, { ...order, at: now() }] as const)]));
      for (const oldest of sessions.keys()) {
        if (sessions.size <= MAX_SESSIONS) break;
        sessions.delete(oldest);
      }
      return true;
    },
  };
}

/** Compares two forms of one browser: by the time of the click or, without it, by what the browser knew when it sent them. */
function isOlder(order: FormOrder, last: FormOrder): boolean {
  if (order.clickedAt === null || last.clickedAt === null) return order.revision < last.revision;
  return order.clickedAt < last.clickedAt && last.clickedAt - order.clickedAt < MAX_DELAY_MS;
}

/** The same, atomically. KEYS: session. ARGV: "all" or "some", maximum delay in ms, revision, time of the click or "", keys… Returns 1 for the latest. */
const SCRIPT = `
local mode, late, revision, clicked = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local about = {}
for index = 5, #ARGV do about[ARGV[index]] = true end
local known = redis.call('HGETALL', KEYS[1])
for index = 1, #known, 2 do
  local key, last = known[index], cjson.decode(known[index + 1])
  if mode == 'all' or key == '${ALL}' or about[key] then
    local older = revision < last.revision
    if clicked and last.clicked then older = clicked < last.clicked and last.clicked - clicked < late end
    if older then return 0 end
  end
end
for index = 5, #ARGV do redis.call('HSET', KEYS[1], ARGV[index], cjson.encode({ revision = revision, clicked = clicked })) end
redis.call('PEXPIRE', KEYS[1], late)
return 1
`;

/** Shared by all servers of a shop. While Redis is unavailable, every form counts as the latest: holding fails then anyway. */
export function createRedisFormOrders({ redis, prefix }: { redis: BoundedRedis; prefix: string }): FormOrders {
  return {
    async isLatest(sessionHash, productIds, { revision, clickedAt }) {
      const keys = productIds === "all" ? [ALL] : productIds.map(keyOf);
      const args = [
        productIds === "all" ? "all" : "some",
        String(MAX_DELAY_MS),
        String(revision),
        clickedAt === null ? "" : String(clickedAt),
        ...keys,
      ];
      try {
        return (
          (await redis.call((client) =>
            client.eval(SCRIPT, { keys: [`${prefix}:${sessionHash}`], arguments: args }),
          )) === 1
        );
      } catch {
        return true;
      }
    },
  };
}

/** The prefix keeps product ids apart from `ALL`. */
function keyOf(productId: string): string {
  return `=${productId}`;
}
