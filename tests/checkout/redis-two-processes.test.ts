import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import type { LeaseStore } from "~/checkout/leases/lease-store";
import { createMemoryLeaseStore } from "~/checkout/leases/memory-lease-store.server";
import { createRedisLeaseStore } from "~/checkout/leases/redis-lease-store.server";
import type { RedisConnection } from "~/reservations/redis/redis-connection.server";
import { redisForTests } from "../redis-for-tests";
import { connect } from "../reservations/redis-fixture";
import { createWorld, START, type World } from "./world";

const SALES = 30;
const STOCK = 100;

const server = redisForTests();

/** One server process. External calls take a random time, so that two processes interleave at every step. */
async function openProcess(world: World, leasesOn: (redis: RedisConnection) => LeaseStore) {
  // The store uses the world's time, as Stripe does.
  const { redis, store, turns } = connect(server.url, { offset: { ms: START - Date.now() } });
  onTestFinished(() => redis.close());
  const shop = world.boot({
    pause: () => sleep(Math.random() * 10),
    dependencies: (real) => ({
      reservations: { ...real.reservations, store },
      leases: leasesOn(redis),
      rebuildLeases: createRedisLeaseStore(redis, { forRebuild: true }),
      rebuildTurns: turns,
    }),
  });
  await shop.checkout.rebuild();
  return shop;
}

/** Number of one-unit decrements after `SALES` sales whose webhooks reach both processes at once. */
async function decrements(leasesOn: (redis: RedisConnection) => LeaseStore): Promise<number> {
  const world = createWorld({ rows: { mug: STOCK } });
  const a = await openProcess(world, leasesOn);
  const b = await openProcess(world, leasesOn);
  for (let sale = 0; sale < SALES; sale += 1) {
    const checkoutId = await a.pay(`shopper-${sale}`, { mug: 1 });
    world.stripe.pay(checkoutId);
    const runs = [a, b].map((shop) => shop.checkout.fulfil(checkoutId));
    const outcomes = (await Promise.all(runs)).map((each) => each.outcome);
    expect(outcomes).toEqual(["done", "done"]);
  }
  expect((await b.dependencies.reservations.store.totals()).units).toBe(0);
  return STOCK - (world.stock() ?? NaN);
}

it(`${SALES} sales reported to two processes at once cause ${SALES} decrements`, { timeout: 60_000 }, async () => {
  expect(await decrements((redis) => createRedisLeaseStore(redis))).toBe(SALES);
});

it("causes more decrements if the processes don't share leases (negative control)", { timeout: 60_000 }, async () => {
  expect(await decrements(() => createMemoryLeaseStore())).toBeGreaterThan(SALES);
});

it(
  "fulfils a sale exactly once after Redis lost all data, whichever process rebuilds",
  { timeout: 60_000 },
  async () => {
    const world = createWorld({ rows: { mug: 3 } });
    const leasesOn = (redis: RedisConnection) => createRedisLeaseStore(redis);
    const a = await openProcess(world, leasesOn);
    const b = await openProcess(world, leasesOn);
    const [paid, open] = [await a.pay("ann", { mug: 1 }), await b.pay("bob", { mug: 2 })];
    world.stripe.pay(paid);
    await server.command("FLUSHALL");

    await expect(b.checkout.fulfil(paid)).rejects.toThrow();
    await expect(
      a.checkout.changeCart({ sessionHash: "cy", lines: [{ productId: "mug", quantity: 1 }] }),
    ).rejects.toThrow();
    expect(await a.checkout.isIntact()).toBe(false);
    expect(await a.checkout.rebuild()).toMatchObject({ claimsRestored: 2, fulfilled: 1 });
    expect(await b.checkout.isIntact()).toBe(true);

    expect(world.stock()).toBe(2);
    expect(
      await b.checkout.changeCart({ sessionHash: "cy", lines: [{ productId: "mug", quantity: 1 }] }),
    ).toMatchObject({
      outcome: "refused",
    });
    world.stripe.pay(open);
    expect(await b.checkout.fulfil(open)).toMatchObject({ outcome: "done" });
    expect(world.stock()).toBe(0);
  },
);

it(
  "keeps a page open whose claim was lost with all data, and does not close it as unclaimed",
  { timeout: 60_000 },
  async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const a = await openProcess(world, (redis) => createRedisLeaseStore(redis));
    const checkoutId = await a.pay("ann", { mug: 1 });
    await server.command("FLUSHALL");
    await a.checkout.rebuild();
    expect(world.stripe.sessions().find((session) => session.id === checkoutId)?.status).toBe("open");
  },
);
