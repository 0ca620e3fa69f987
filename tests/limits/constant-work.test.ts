import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CheckoutService } from "~/checkout/checkout";
import { createLimits } from "~/limits/limits.server";
import { LastFigures } from "~/reservations/last-figures";
import { createMemoryReservationStore } from "~/reservations/memory-reservation-store.server";
import type { ReservationStore } from "~/reservations/reservation-store";
import { reserve } from "~/reservations/reserve";
import { startRedis, type RedisServer } from "../redis-server";
import { connect } from "../reservations/redis-fixture";

/** A carrier's address: many carts in a day, few at a time. What a change costs is counted in steps, since time depends on the machine. */
const ADDRESS = "203.0.113.9";
const MANY = 30_000;
const AT_ONCE = 500;
const LONG_AFTER_MS = 3_600_000;

interface Steps {
  /** Verbs of the store. */
  readonly verbs: number;
  /** Commands of Redis, those within scripts included; 0 in memory. */
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

/** The steps of one change of a cart at an address that had so many carts before, all of which hold nothing any more. */
async function changeAfter(
  past: number,
  store: ReservationStore,
  advance: (ms: number) => void,
  commands: () => Promise<number>,
): Promise<Steps> {
  let verbs = 0;
  const counted = new Proxy(store, {
    get(target, name: keyof ReservationStore) {
      const verb = target[name].bind(target) as (...given: unknown[]) => unknown;
      return (...given: unknown[]) => {
        verbs += 1;
        return verb(...given);
      };
    },
  });
  const rows = new Map([["bowl", { name: "bowl", inventory: MANY * 2, active: true }]]);
  const engine = {
    store: counted,
    readStock: async () => rows,
    figures: new LastFigures(),
    limits: { maxUnitsPerLine: 10, maxLinesPerCart: 30 },
    newOperationId: randomUUID,
    backOff: async () => undefined,
  };
  const bare: Pick<CheckoutService, "changeCart" | "start"> = {
    changeCart: (request) => reserve(engine, request),
    start: async () => ({ outcome: "empty_cart" }),
  };
  const limits = (unitsPerClient: number) =>
    createLimits({
      perMinute: 0,
      unitsPerClient,
      trustedProxyHops: 1,
      secret: "a".repeat(32),
      pagesPerSecond: null,
      redis: null,
      log: { warn: () => undefined },
    });
  /** Holds nothing for longer than it takes to ask. */
  const asking: typeof bare = {
    ...bare,
    async changeCart(request) {
      expect(await store.place({ ...request, operationId: "asked", maxLines: 30 })).toMatchObject({
        outcome: "placed",
      });
      return { outcome: "unknown_product", productIds: [] };
    },
  };
  const change = async (from: ReturnType<typeof createLimits>, verbs = bare) => {
    const session = randomUUID();
    await from.admit(new Request("http://shop.test/", { headers: { "X-Forwarded-For": ADDRESS } }), session, "change");
    return (await from.capped(verbs).changeCart({ sessionHash: session, lines: [{ productId: "bowl", quantity: 1 }] }))
      .outcome;
  };

  const roomy = limits(MANY);
  for (let left = past; left > 0; left -= AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(left, AT_ONCE) }, () => change(roomy, asking)));
  advance(LONG_AFTER_MS);
  // The first one drops the deadlines that have passed, which are as many as a life has ticks, however many carts had them.
  expect(await change(roomy)).toBe("granted");
  const tight = limits(2);
  const before = { verbs, commands: await commands() };
  expect(await change(tight)).toBe("granted");
  const steps = { verbs: verbs - before.verbs, commands: (await commands()) - before.commands };
  expect(await change(tight)).toBe("limit_exceeded");
  return steps;
}

describe(
  "a change at an address that had 30,000 carts before costs at most twice what it costs after ten",
  { timeout: 120_000 },
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
      expect((await measure(MANY)).verbs).toBeLessThanOrEqual(few.verbs * 2);
    });

    it("in Redis, commands within scripts counted", async () => {
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
      expect(many.verbs).toBeLessThanOrEqual(few.verbs * 2);
      expect(many.commands).toBeLessThanOrEqual(few.commands * 2);
    });
  },
);
