import { randomUUID } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import { startRedis } from "../redis-server";
import { describeLimits } from "./describe-limits";

describeLimits("memory", async () => null);

let redis: Awaited<ReturnType<typeof startRedis>>;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => {
  await redis.stop();
});
describeLimits("Redis", async () => ({ url: redis.url, prefix: `test:${randomUUID()}` }));
