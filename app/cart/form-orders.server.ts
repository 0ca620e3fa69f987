import type { BoundedRedis } from "~/reservations/redis/bounded-redis.server";

/** When a form was sent, as far as the browser tells. */
interface FormOrder {
  /** Of the cookie that came with it: what the browser knew of when it was sent. */
  readonly revision: number;
  /** By the browser's own clock, epoch milliseconds; null without JavaScript. */
  readonly clickedAt: number | null;
}

/**
 * Which form about a product was sent last, for each session: a request can be overtaken by a later one, and the person's latest click
 * wins. Remembered for as long as a request may be under way.
 */
export interface FormOrders {
  /** False: something later was asked for one of these products, so this form changes nothing. Else later calls are compared with it. */
  isLatest(sessionHash: string, productIds: readonly string[] | "all", order: FormOrder): Promise<boolean>;
}

/** Longest time that a request may be late. A clock that was set back by more does not make clicks look old for longer. */
const LATE_MS = 60_000;
const MOST_SESSIONS = 10_000;
/** Stands for whatever the cart holds. */
const ALL = "*";

interface Last extends FormOrder {
  readonly at: number;
}

/** For one process. `now`: milliseconds, monotonic. */
export function createMemoryFormOrders({ now }: { now: () => number }): FormOrders {
  /** Least recently sent first. */
  const sessions = new Map<string, Map<string, Last>>();

  return {
    async isLatest(sessionHash, productIds, order) {
      const since = now() - LATE_MS;
      const known = [...(sessions.get(sessionHash) ?? [])].filter(([, last]) => last.at > since);
      const isAbout = (key: string) => productIds === "all" || key === ALL || productIds.includes(key.slice(1));
      if (known.some(([key, last]) => isAbout(key) && isOlder(order, last))) return false;
      const keys = productIds === "all" ? [ALL] : productIds.map(keyOf);
      sessions.delete(sessionHash);
      sessions.set(sessionHash, new Map([...known, ...keys.map((key) => [key, { ...order, at: now() }] as const)]));
      for (const oldest of sessions.keys()) {
        if (sessions.size <= MOST_SESSIONS) break;
        sessions.delete(oldest);
      }
      return true;
    },
  };
}

/** Of one browser's clicks the clock tells the order; without it, only what the browser knew when it sent the form. */
function isOlder(order: FormOrder, last: FormOrder): boolean {
  if (order.clickedAt === null || last.clickedAt === null) return order.revision < last.revision;
  return order.clickedAt < last.clickedAt && last.clickedAt - order.clickedAt < LATE_MS;
}

/** As above, in one step. KEYS {session}, ARGV {"all" or "some", late in ms, revision, time of the click or "", key...}. Answers 1: the latest. */
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

/** For all servers of a shop. While Redis does not answer every form counts as the latest: holding fails then anyway. */
export function createRedisFormOrders({ redis, prefix }: { redis: BoundedRedis; prefix: string }): FormOrders {
  return {
    async isLatest(sessionHash, productIds, { revision, clickedAt }) {
      const keys = productIds === "all" ? [ALL] : productIds.map(keyOf);
      const args = [
        productIds === "all" ? "all" : "some",
        String(LATE_MS),
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

/** No product's id is that of all. */
function keyOf(productId: string): string {
  return `=${productId}`;
}
