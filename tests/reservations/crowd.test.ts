import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startRedis, type RedisServer } from "../redis-server";
import { CrowdShop, regrants, shareOfAllowed } from "./crowd";
import { onRedis, type SharedRedis } from "./crowd-redis";
import {
  grantedDespite,
  HintsWithoutWaiting,
  ignoringPendingUnits,
  oneItem,
  overlappingCarts,
  turnover,
  withoutHints,
} from "./crowds";

let server: RedisServer;
let redis: SharedRedis;
beforeAll(async () => {
  server = await startRedis();
  redis = await onRedis(server);
});
afterAll(async () => {
  redis.close();
  await server.stop();
});

const corners = [
  { perSecond: 10, readMs: 2 },
  { perSecond: 10, readMs: 200 },
  { perSecond: 20, readMs: 80 },
  { perSecond: 200, readMs: 30 },
  { perSecond: 200, readMs: 200 },
];

describe.each([oneItem, overlappingCarts])("in a steady crowd that requests $name", ({ stock, carts }) => {
  describe.each([1, 2] as const)("on %i server(s)", (servers) => {
    it.each(corners)(
      "a returned item is granted soon: $perSecond requests per second, reads of $readMs ms",
      async ({ perSecond, readMs }) => {
        const shop = new CrowdShop({ stock, readMs, servers });
        const seen = await regrants(shop, { carts, perSecond, rounds: 60, readMs });
        expect([shareOfAllowed(seen, 0.5) <= 1, shareOfAllowed(seen, 0.95) <= 2], JSON.stringify(seen)).toEqual([
          true,
          true,
        ]);
        // A refused call costs at most one read; a granted one costs one, or two if its hint was outdated.
        expect(shop.reads).toBeLessThanOrEqual(seen.requests + seen.waits.length);
      },
    );
  });

  it("a returned item is granted soon on Redis with two servers", { timeout: 60_000 }, async () => {
    const [perSecond, readMs] = [40, 80];
    const shop = new CrowdShop({ stock, readMs, servers: 2, openStore: await redis.emptied() });
    const seen = await regrants(shop, { carts, perSecond, rounds: 20, readMs });
    expect([shareOfAllowed(seen, 0.5) <= 1, shareOfAllowed(seen, 0.95) <= 2], JSON.stringify(seen)).toEqual([
      true,
      true,
    ]);
  });

  it.each([
    ["without hints", withoutHints],
    ["if hints ignore pending units", ignoringPendingUnits],
  ])("a returned item stays unsold %s (negative control)", async (_, wrapStore) => {
    const shop = new CrowdShop({ stock, readMs: 200, servers: 1, wrapStore });
    const seen = await regrants(shop, { carts, perSecond: 40, rounds: 40, readMs: 200, patienceMs: 10_000 });
    expect(seen.unsold).toBeGreaterThan(0);
  });
});

describe("three items in carts that are abandoned after three seconds", () => {
  it.each([20, 200])(
    "are granted again at 0.8 of the possible rate, with %i requests per second",
    async (perSecond) => {
      const shop = new CrowdShop({ stock: { mug: 3 }, readMs: 80, servers: 1 });
      expect(await turnover(shop, { perSecond, seconds: 60 })).toBeGreaterThanOrEqual(0.8);
    },
  );

  it("are granted at less than half the possible rate without hints (negative control)", async () => {
    const shop = new CrowdShop({ stock: { mug: 3 }, readMs: 80, servers: 1, wrapStore: withoutHints });
    expect(await turnover(shop, { perSecond: 20, seconds: 60 })).toBeLessThan(0.5);
  });
});

const tenOfFive = () => ({ mug: 10 });
const withMadeUpId = (nth: number) => ({ mug: 5, [`made-up-${nth}`]: 1 });

describe("calls that can never be granted", () => {
  it.each([
    ["too many units (reads of 2 ms)", tenOfFive, 2],
    ["too many units (reads of 80 ms)", tenOfFive, 80],
    ["too many units (reads of 200 ms)", tenOfFive, 200],
    ["an additional made-up product (reads of 80 ms)", withMadeUpId, 80],
    ["an additional made-up product (reads of 200 ms)", withMadeUpId, 200],
  ] as const)("that request %s never block others, from the first one on", async (_, impossible, readMs) => {
    const shop = new CrowdShop({ stock: { mug: 5 }, readMs, servers: 1 });
    expect(await grantedDespite(shop, impossible)).toBe(12);
  });

  it("never block others once a hint is known, however slow reads are", async () => {
    const shop = new CrowdShop({ stock: { mug: 5 }, readMs: 200, servers: 2 });
    for (const first of ["a", "b", "c", "d"]) void shop.reserve(first, { mug: 1 }).then(() => shop.releaseAll(first));
    await shop.time.run(() => false);
    expect(await grantedDespite(shop, tenOfFive)).toBe(12);
  });

  it("never block others on two servers with slow reads, from the first one on", async () => {
    const shop = new CrowdShop({ stock: { mug: 5 }, readMs: 200, servers: 2 });
    expect(await grantedDespite(shop, tenOfFive)).toBe(12);
  });

  it("block some others if calls without a hint do not wait for the first of them (negative control)", async () => {
    const shop = new CrowdShop({
      stock: { mug: 5 },
      readMs: 200,
      servers: 1,
      hints: () => new HintsWithoutWaiting(),
    });
    expect(await grantedDespite(shop, tenOfFive)).toBeLessThan(12);
  });

  it("block most others without hints (negative control)", async () => {
    const shop = new CrowdShop({ stock: { mug: 5 }, readMs: 80, servers: 1, wrapStore: withoutHints });
    expect(await grantedDespite(shop, tenOfFive)).toBeLessThan(6);
  });
});
