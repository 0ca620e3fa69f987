import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLimits } from "~/limits/limits.server";
import { systemClock } from "~/reservations/clock";
import { createMemoryReservationStore } from "~/reservations/memory-reservation-store.server";
import { startRedis, type RedisServer } from "../redis-server";

/** Limits are a courtesy: where their Redis does not answer, a request goes on within a moment, counted by this server alone. */
describe("limits whose Redis does not answer", () => {
  let redis: RedisServer;
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    await redis.stop();
  });

  async function limits() {
    const options = { perMinute: 3, unitsPerClient: 5, trustedProxyHops: 1, pagesPerSecond: null, log: { warn: () => undefined } };
    const store = createMemoryReservationStore({ clock: systemClock, ttlMs: 120_000, maxAgeMs: 1_200_000 });
    const limits = createLimits({ ...options, store, redis: { url: redis.url, prefix: `test:${randomUUID()}`, keepSeconds: 60 } });
    const capped = limits.capped({
      changeCart: async () => ({ outcome: "unknown_product", productIds: [] }),
      start: async () => ({ outcome: "empty_cart" }),
    });
    const change = async (session: string) => {
      await limits.admit(new Request("http://shop.test/", { headers: { "X-Forwarded-For": "203.0.113.7" } }), session);
      return (await capped.changeCart({ session, lines: [{ productId: "bowl", quantity: 1 }] })).outcome;
    };
    const counted = async () => Number(await redis.command("DBSIZE"));
    await vi.waitFor(async () => {
      await change(randomUUID()).catch(() => undefined);
      expect(await counted()).toBeGreaterThan(2);
    });
    return { change };
  }

  it("go on when it is gone, and still count", async () => {
    const { change } = await limits();
    await redis.kill();
    const session = randomUUID();
    const outcomes = [];
    for (let i = 0; i < 5; i += 1) outcomes.push(await change(session).catch((error: unknown) => error));
    expect(outcomes[0]).toBe("unknown_product");
    expect(outcomes.at(-1)).toMatchObject({ status: 429 });
  });

  it("go on when it is silent, and still count", async () => {
    const { change } = await limits();
    await redis.command("CLIENT", "PAUSE", "600000", "ALL");
    const session = randomUUID();
    const outcomes = [];
    for (let i = 0; i < 5; i += 1) outcomes.push(await change(session).catch((error: unknown) => error));
    expect(outcomes[0]).toBe("unknown_product");
    expect(outcomes.at(-1)).toMatchObject({ status: 429 });
  });
});
