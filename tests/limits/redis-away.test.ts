import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLimits } from "~/limits/limits.server";
import { createBestEffortRedis } from "~/limits/redis-limit-store.server";
import { startRedis, type RedisServer } from "../redis-server";

/** Limits are best effort: if their Redis is unavailable, requests continue almost without delay, counted by this server alone. */
describe("limits without their Redis", () => {
  let redis: RedisServer;
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    await redis.stop();
  });

  async function limits(url = redis.url) {
    const options = {
      perMinute: 3,
      unitsPerClient: 5,
      trustedProxyHops: 1,
      secret: "a".repeat(32),
      pagesPerSecond: null,
      now: () => performance.now(),
      log: { warn: () => undefined },
    };
    const connection = createBestEffortRedis({ url, log: options.log });
    const limits = createLimits({ ...options, redis: { connection, prefix: `test:${randomUUID()}` } });
    const capped = limits.capped({
      changeCart: async () => ({ outcome: "unknown_product", productIds: [] }),
      start: async () => ({ outcome: "empty_cart" }),
    });
    const change = async (sessionHash: string) => {
      const admission = await limits.admit(
        new Request("http://shop.test/", { headers: { "X-Forwarded-For": "203.0.113.7" } }),
        sessionHash,
        "change",
      );
      if (admission.outcome === "rate_limited") return admission.outcome;
      return (await capped.changeCart({ sessionHash, lines: [{ productId: "bowl", quantity: 1 }] })).outcome;
    };
    const counted = async () => Number(await redis.command("DBSIZE"));
    await vi.waitFor(async () => {
      await change(randomUUID());
      expect(await counted()).toBeGreaterThan(2);
    }, 5_000);
    return { change };
  }

  it("still count when it is down", async () => {
    const { change } = await limits();
    await redis.kill();
    const session = randomUUID();
    const outcomes = [];
    for (let i = 0; i < 5; i += 1) outcomes.push(await change(session));
    expect(outcomes[0]).toBe("unknown_product");
    expect(outcomes.at(-1)).toBe("rate_limited");
  });

  it("still count when it does not respond", async () => {
    const { change } = await limits();
    await redis.command("CLIENT", "PAUSE", "600000", "ALL");
    const session = randomUUID();
    const outcomes = [];
    for (let i = 0; i < 5; i += 1) outcomes.push(await change(session));
    expect(outcomes[0]).toBe("unknown_product");
    expect(outcomes.at(-1)).toBe("rate_limited");
  });

  it("are counted by all servers together when Redis is far away and connecting takes longer than a call may", async () => {
    const far = await farAway(redis.port);
    await limits(`redis://127.0.0.1:${far.port}`);
    far.close();
  });
});

/** The same Redis behind 80 ms of latency each way, with extra round trips at the start as for TLS. */
async function farAway(port: number): Promise<{ readonly port: number; close(): void }> {
  const server = createServer((near) => {
    const there = connect(port, "127.0.0.1");
    const later = (milliseconds: number, act: () => unknown) => void setTimeout(act, milliseconds);
    near.on("data", (chunk) => later(near.bytesRead === chunk.length ? 400 : 80, () => there.write(chunk)));
    there.on("data", (chunk) => later(80, () => near.write(chunk)));
    for (const [one, other] of [
      [near, there],
      [there, near],
    ] as const)
      one.on("error", () => other.destroy()).on("close", () => other.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { port: address.port, close: () => void server.close() };
}
