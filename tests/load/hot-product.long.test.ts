import { afterAll, beforeAll, expect, it } from "vitest";
import { startRedis, type RedisServer } from "../redis-server";
import { LIVE, sellHotProduct } from "./hot-product";
import { sellInVirtualTime } from "./hot-product-in-virtual-time";

const SALES = Number(process.env.SALES ?? 500);
const AT_MOST_MS = Number(process.env.AT_MOST_MS ?? 120_000);
/** The goal in virtual time. Real time gets a margin for a busy machine. */
const GOAL_SECONDS = 60;
const MARGIN_SECONDS = 15;

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(async () => {
  await server.stop();
});

for (const { name, servers, onRedis } of [
  { name: "one server, in memory", servers: 1, onRedis: false },
  { name: "one server on Redis", servers: 1, onRedis: true },
  { name: "two servers on Redis", servers: 2, onRedis: true },
]) {
  it(`${SALES} sales of one product at Stripe's live limits: ${name}`, { timeout: AT_MOST_MS + 60_000 }, async () => {
    await server.command("FLUSHALL");
    const figures = await sellHotProduct({
      sales: SALES,
      servers,
      redisUrl: onRedis ? server.url : null,
      stripe: LIVE,
      databaseMs: 30,
      atMostMs: AT_MOST_MS,
    });
    console.log(name, JSON.stringify(figures));
    expect(figures).toMatchObject({ settled: SALES, stock: 0 });
    expect(figures.seconds).toBeLessThan(GOAL_SECONDS + MARGIN_SECONDS);
    if (onRedis) expect(figures.redisCommandsPerSecond).toBeLessThan(2_000);
  });
}

it.each([1, 2])(
  `${SALES} sales of one product in virtual time: %i server(s)`,
  { timeout: AT_MOST_MS + 60_000 },
  async (servers) => {
    const figures = await sellInVirtualTime({ sales: SALES, servers });
    console.log(`${servers} server(s) in virtual time`, JSON.stringify(figures));
    expect(figures).toMatchObject({ settled: SALES, stock: 0 });
    expect(figures.seconds).toBeLessThan(GOAL_SECONDS);
  },
);
