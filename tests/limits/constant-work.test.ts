import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLimits } from "~/limits/limits.server";
import { createMemoryReservationStore } from "~/reservations/memory-reservation-store.server";
import type { ReservationStore } from "~/reservations/reservation-store";
import { startRedis, type RedisServer } from "../redis-server";
import { connect } from "../reservations/redis-fixture";
import { cartsOver } from "./engine";

/** A mobile carrier's address: many carts a day, few at a time. The cost of a change is counted in steps, since time depends on the machine. */
const ADDRESS = "203.0.113.9";
const MANY = 30_000;
/** Few enough that a busy machine serves them within the limit of one Redis operation. */
const AT_ONCE = 50;
const LONG_AFTER_MS = 3_600_000;

interface Steps {
  /** Operations of the store. */
  readonly operations: number;
  /** Redis commands, including those inside scripts; 0 in memory. */
  readonly commands: number;
}

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => {
  await redis.stop();
});

async function commandsOf(server: RedisServer): Promise<number> {
  const counts = String(await server.command("INFO", "commandstats")).matchAll(/^cmdstat_(\w[^:]*):calls=(\d+)/gm);
  return [...counts]
    .filter(([, name]) => name !== "info" && !name?.startsWith("client") && name !== "hello")
    .reduce((sum, [, , calls]) => sum + Number(calls), 0);
}

/** Steps of one cart change at an address that has had `past` carts, none of which still holds anything. */
async function changeAfter(
  past: number,
  store: ReservationStore,
  advance: (ms: number) => void,
  commands: () => Promise<number>,
): Promise<Steps> {
  let operations = 0;
  const counted = new Proxy(store, {
    get(target, name: keyof ReservationStore) {
      const operation = target[name].bind(target) as (...given: unknown[]) => unknown;
      return (...given: unknown[]) => {
        operations += 1;
        return operation(...given);
      };
    },
  });
  const bare = cartsOver(counted, MANY * 2);
  const limits = (unitsPerClient: number) =>
    createLimits({
      perMinute: 0,
      unitsPerClient,
      trustedProxyHops: 1,
      secret: "a".repeat(32),
      pagesPerSecond: null,
      redis: null,
      now: () => performance.now(),
      log: { warn: () => undefined },
    });
  /** Holds a unit and releases it at once. */
  const asking: typeof bare = {
    ...bare,
    async changeCart(request) {
      expect(await store.place({ ...request, operationId: "asked", maxLines: 30 })).toMatchObject({
        outcome: "placed",
      });
      return { outcome: "unknown_product", productIds: [] };
    },
  };
  const change = async (from: ReturnType<typeof createLimits>, operations = bare) => {
    const session = randomUUID();
    await from.admit(new Request("http://shop.test/", { headers: { "X-Forwarded-For": ADDRESS } }), session, "change");
    return (
      await from.capped(operations).changeCart({ sessionHash: session, lines: [{ productId: "bowl", quantity: 1 }] })
    ).outcome;
  };

  const roomy = limits(MANY);
  for (let left = past; left > 0; left -= AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(left, AT_ONCE) }, () => change(roomy, asking)));
  advance(LONG_AFTER_MS);
  // The first change drops past deadlines: as many as a hold's life has ticks, however many carts had them.
  expect(await change(roomy)).toBe("granted");
  const tight = limits(2);
  const before = { operations, commands: await commands() };
  expect(await change(tight)).toBe("granted");
  const steps = { operations: operations - before.operations, commands: (await commands()) - before.commands };
  expect(await change(tight)).toBe("limit_exceeded");
  return steps;
}

describe(
  "a change at an address that has had 30,000 carts costs at most twice as much as after ten",
  { timeout: 300_000 },
  () => {
    it("in memory", async () => {
      const measure = (past: number) => {
        let now = 0;
        const store = createMemoryReservationStore({
          clock: { now: () => now, wall: () => now },
          ttlMs: 120_000,
          maxAgeMs: 1_200_000,
        });
        return changeAfter(
          past,
          store,
          (ms) => (now += ms),
          async () => 0,
        );
      };
      const few = await measure(10);
      expect((await measure(MANY)).operations).toBeLessThanOrEqual(few.operations * 2);
    });

    it("in Redis, including commands inside scripts", async () => {
      const measure = async (past: number) => {
        await redis.command("FLUSHALL");
        const offset = { ms: 0 };
        const server = connect(redis.url, { offset });
        try {
          await server.rebuild();
          return await changeAfter(
            past,
            server.store,
            (ms) => (offset.ms += ms),
            () => commandsOf(redis),
          );
        } finally {
          server.redis.close();
        }
      };
      const few = await measure(10);
      const many = await measure(MANY);
      expect(few.commands).toBeGreaterThan(10);
      expect(many.operations).toBeLessThanOrEqual(few.operations * 2);
      expect(many.commands).toBeLessThanOrEqual(few.commands * 2);
    });
  },
);
