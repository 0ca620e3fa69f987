import { randomUUID } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import { createBestEffortRedis } from "~/limits/redis-limit-store.server";
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
describeLimits("Redis", async () => ({
  connection: createBestEffortRedis({ url: redis.url, log: { warn: () => undefined } }),
  prefix: `test:${randomUUID()}`,
}));
