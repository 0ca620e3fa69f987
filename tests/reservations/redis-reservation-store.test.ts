import { afterAll, beforeAll } from "vitest";
import { createRedisReservationStore } from "~/reservations/redis-reservation-store.server";
import { createRedisRebuildTurns } from "~/reservations/redis/rebuild-turns.server";
import { RedisConnection } from "~/reservations/redis/redis-connection.server";
import { startRedis, type RedisServer } from "../redis-server";
import { describeReservationStore, storeTiming } from "./describe-reservation-store";

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(async () => {
  await server.stop();
});

describeReservationStore("the Redis store", async () => {
  await server.command("FLUSHALL");
  let offset = 0;
  const redis = new RedisConnection({ url: server.url, shopTag: "shop", ...storeTiming, log: { warn: () => undefined }, clockOffsetMs: () => offset });
  const store = createRedisReservationStore(redis);
  const turns = createRedisRebuildTurns(redis, { quietMs: 0 });
  await turns.begin();
  await turns.end();
  return {
    store,
    advance: async (milliseconds) => {
      offset += milliseconds;
    },
    close: async () => redis.close(),
  };
});
