import { UnavailableError } from "~/errors";
import type { BoundedRedis } from "~/reservations/redis/bounded-redis.server";
import { limiterClient } from "./redis-limit-store.server";

/** Debts of accounts, as fractions of an account's hourly allowance. They decay linearly, a debt of 1 within an hour. */
export interface Debts {
  /** Adds to each debt (never below 0) and returns the new ones. Adding 0 only reads. */
  add(changes: readonly DebtChange[]): Promise<readonly number[]>;
}

interface DebtChange {
  readonly key: string;
  readonly amount: number;
}

const HOUR_MS = 3_600_000;
/** Accounts kept in memory, some 10 MB. Those unchanged for longest go first, since least of their debt is left. */
const MAX_ACCOUNTS = 50_000;

/** `now`: monotonic milliseconds. */
export function createMemoryDebts({
  now,
  maxAccounts = MAX_ACCOUNTS,
}: {
  readonly now: () => number;
  readonly maxAccounts?: number;
}): Debts {
  const accounts = new Map<string, { readonly debt: number; readonly at: number }>();
  return {
    async add(changes) {
      const at = now();
      return changes.map(({ key, amount }) => {
        const account = accounts.get(key) ?? { debt: 0, at };
        const debt = Math.max(0, Math.max(0, account.debt - (at - account.at) / HOUR_MS) + amount);
        if (amount === 0) return debt;
        accounts.delete(key);
        if (debt > 0) accounts.set(key, { debt, at });
        const [oldest] = accounts.size > maxAccounts ? accounts.keys() : [];
        if (oldest !== undefined) accounts.delete(oldest);
        return debt;
      });
    },
  };
}

/** KEYS: accounts. ARGV: the amount to add to each. Atomic for all of them, by Redis's clock. Returns the new debts. */
const ADD = `
local time = redis.call('TIME')
local now, hour, debts = time[1] * 1000 + math.floor(time[2] / 1000), ${HOUR_MS}, {}
for index, key in ipairs(KEYS) do
  local account, amount = redis.call('HMGET', key, 'debt', 'at'), tonumber(ARGV[index])
  local debt = math.max(0, tonumber(account[1] or '0') - (now - tonumber(account[2] or now)) / hour)
  debt = math.max(0, debt + amount)
  if amount ~= 0 and debt == 0 then redis.call('DEL', key) end
  if amount ~= 0 and debt > 0 then
    redis.call('HSET', key, 'debt', string.format('%.9f', debt), 'at', string.format('%.0f', now))
    redis.call('PEXPIRE', key, math.ceil(debt * hour))
  end
  debts[index] = string.format('%.9f', debt)
end
return debts
`;

/** Debts shared by all servers. While Redis is unavailable, this server counts alone, in `fallback`. */
export function createRedisDebts({
  connection,
  prefix,
  fallback,
}: {
  readonly connection: BoundedRedis;
  readonly prefix: string;
  readonly fallback: Debts;
}): Debts {
  const redis = limiterClient(connection);
  return {
    async add(changes) {
      if (changes.length === 0) return [];
      try {
        // One hash tag, so that all keys are in one slot of a cluster.
        const keys = changes.map(({ key }) => `{${prefix}:unpaid}:${key}`);
        const debts = await redis.eval(ADD, { keys, arguments: changes.map(({ amount }) => amount.toFixed(9)) });
        return (debts as unknown as string[]).map(Number);
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error;
        return fallback.add(changes);
      }
    },
  };
}
