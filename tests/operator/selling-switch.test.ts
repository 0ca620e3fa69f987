import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { UnavailableError } from "~/errors";
import { createRedisSellingSwitch } from "~/operator/redis-selling-switch.server";
import type { SellingSwitch } from "~/operator/selling-switch";
import { CHECKOUT_TTL_MS, createWorld, TTL_MS } from "../checkout/world";
import { startRedis, type RedisServer } from "../redis-server";
import { openShop, type OperatedShop } from "./operator-world";

const silent = { warn: () => undefined };

async function expectPaused(outcome: Promise<unknown>): Promise<void> {
  expect(await outcome).toEqual({ outcome: "selling_paused", mayPay: true, retryAfterSeconds: 60 });
}

describe("while the products table rejects updates", () => {
  it("no session gets more or pays, carts can still shrink, and the shop reopens by itself", async () => {
    const shop = await openShop({ world: { rows: { mug: 9, pot: 9 } } });
    await shop.hold("ann", { mug: 2 });
    const closedBy = "The database is read-only.";
    Object.assign(shop.catalog, { closedBy: { message: closedBy } });
    expect((await shop.desk.overview()).selling).toEqual({ isPaused: false, pausedAt: null, closedBy });
    for (const refused of [shop.hold("bob", { mug: 1 }), shop.start("ann", { mug: 2 })]) {
      expect(await refused).toEqual({ outcome: "selling_paused", mayPay: false, retryAfterSeconds: 60 });
    }
    expect(await shop.hold("ann", { mug: 1 })).toMatchObject({ outcome: "granted" });
    Object.assign(shop.catalog, { closedBy: null });
    await shop.pay("ann", { mug: 1 });
  });
});

describe("while selling is paused", () => {
  async function pausedShop(held: Record<string, number> = { mug: 2 }): Promise<OperatedShop> {
    const shop = await openShop({ world: { rows: { mug: 9, pot: 9 } } });
    await shop.hold("ann", held);
    expect(await shop.desk.pause()).toMatchObject({ isPaused: true });
    return shop;
  }

  it("no session gets more: no further unit, no other product, no split into two lines, no new cart", async () => {
    const shop = await pausedShop();
    await expectPaused(shop.hold("ann", { mug: 3 }));
    await expectPaused(shop.hold("ann", { mug: 1, pot: 1 }));
    const twice = { productId: "mug", quantity: 2 };
    await expectPaused(shop.checkout.changeCart({ sessionHash: "ann", lines: [twice, twice] }));
    await expectPaused(shop.hold("bob", { mug: 1 }));
    await expectPaused(shop.start("bob", { mug: 1 }));
    await expectPaused(shop.start("ann", { mug: 2, pot: 1 }));
    expect(await shop.store.totals()).toMatchObject({ units: 2, sessions: 1 });
  });

  it("held units can be reduced, extended, released and paid for, and are deducted from stock", async () => {
    const shop = await pausedShop({ mug: 2, pot: 1 });
    expect(await shop.hold("ann", { mug: 1 })).toMatchObject({ outcome: "granted" });
    expect(await shop.store.renew("ann")).toMatchObject({ outcome: "renewed" });
    expect(await shop.checkout.release({ sessionHash: "ann", productIds: ["pot"] })).toMatchObject({
      outcome: "released",
    });
    const checkoutId = await shop.pay("ann", { mug: 1 });
    expect(await shop.pay("ann", { mug: 1 })).toBe(checkoutId);
    shop.world.stripe.pay(checkoutId);
    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
    expect(shop.world.stock()).toBe(8);
  });

  it("a lapsed line can be neither held again nor paid for", async () => {
    const shop = await pausedShop();
    shop.world.advance(TTL_MS + 1_000);
    await expectPaused(shop.hold("ann", { mug: 2 }));
    await expectPaused(shop.start("ann", { mug: 2 }));
  });

  it("an open payment page can be left, and is closed at its deadline", async () => {
    const shop = await pausedShop({ mug: 2 });
    await shop.pay("ann", { mug: 2 });
    expect(await shop.hold("ann", { mug: 1 })).toMatchObject({ outcome: "granted" });
    await shop.pay("ann", { mug: 1 });
    shop.world.advance(CHECKOUT_TTL_MS);
    await shop.checkout.sweep();
    expect(await shop.store.totals()).toMatchObject({ units: 0 });
  });

  it("a payment whose hold was lost is still fulfilled", async () => {
    const shop = await pausedShop();
    const checkoutId = await shop.pay("ann", { mug: 2 });
    const [claim] = await shop.store.claims({ olderThanMs: 0 });
    await shop.store.unclaim({ claimId: claim?.claimId ?? "", checkoutId, to: "stock" });
    shop.world.stripe.pay(checkoutId);
    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
  });

  it("pausing again keeps the first time, and resuming lets every session hold again", async () => {
    const shop = await pausedShop();
    const { pausedAt } = await shop.desk.pause();
    expect((await shop.desk.overview()).selling).toEqual({ isPaused: true, pausedAt, closedBy: null });
    expect(await shop.desk.resume()).toEqual({ isPaused: false, pausedAt: null, closedBy: null });
    expect(await shop.hold("bob", { mug: 3 })).toMatchObject({ outcome: "granted" });
    expect((await shop.desk.overview()).selling).toEqual({ isPaused: false, pausedAt: null, closedBy: null });
  });

  it("if the pause is never read, sessions get more (negative control)", async () => {
    const shop = await openShop({ ignoresPause: true });
    await shop.desk.pause();
    expect(await shop.hold("bob", { mug: 1 })).toMatchObject({ outcome: "granted" });
  });
});

describe("two servers with one Redis", () => {
  let redis: RedisServer;
  const open: SellingSwitch[] = [];

  beforeAll(async () => {
    redis = await startRedis();
  }, 60_000);
  afterAll(async () => {
    for (const selling of open) selling.close();
    await redis.stop();
  });

  function connect(shopTag: string): SellingSwitch {
    const selling = createRedisSellingSwitch({ url: redis.url, holdsTag: shopTag, log: silent });
    open.push(selling);
    return selling;
  }

  it("a pause reaches the other server and servers that start later, but no other shop", async () => {
    const [one, other, stranger] = [connect("shop-a"), connect("shop-a"), connect("shop-b")];
    expect((await other.read()).isPaused).toBe(false);
    const paused = await one.pause();
    expect(paused.isPaused).toBe(true);
    expect(await one.read()).toEqual(paused);
    await expect.poll(() => other.read(), { timeout: 20_000 }).toEqual(paused);
    expect(await other.pause()).toEqual(paused);
    expect(await connect("shop-a").read()).toEqual(paused);
    expect((await stranger.read()).isPaused).toBe(false);

    await other.resume();
    await expect.poll(async () => (await one.read()).isPaused, { timeout: 20_000 }).toBe(false);
  });

  it("a cart on the other server gets no more, but can pay for what it holds", async () => {
    const world = createWorld({ rows: { mug: 9 } });
    const sellingSwitch = connect("shop-c");
    const shop = await openShop({ world, drivers: { sellingSwitch } });
    await shop.hold("ann", { mug: 1 });
    await connect("shop-c").pause();
    await expect.poll(async () => (await sellingSwitch.read()).isPaused, { timeout: 20_000 }).toBe(true);
    await expectPaused(shop.hold("ann", { mug: 2 }));
    await shop.pay("ann", { mug: 1 });
  });

  it("while Redis is down the last state stays and changes fail, and losing its data does not end a pause", async () => {
    const [one, other] = [connect("shop-d"), connect("shop-d")];
    await one.pause();
    await expect.poll(async () => (await other.read()).isPaused, { timeout: 20_000 }).toBe(true);
    await redis.kill();
    await expect(one.resume()).rejects.toThrow(UnavailableError);
    await expect(other.pause()).rejects.toThrow(UnavailableError);
    expect((await one.read()).isPaused).toBe(true);
    expect((await other.read()).isPaused).toBe(true);
    // A server without any reading is not paused; without Redis it cannot hold anything anyway.
    expect((await connect("shop-d").read()).isPaused).toBe(false);
    await redis.start();
    await expect.poll(async () => (await connect("shop-d").read()).isPaused, { timeout: 20_000 }).toBe(true);
    expect([(await one.read()).isPaused, (await other.read()).isPaused]).toEqual([true, true]);
    // Its connection may still be recovering.
    await vi.waitFor(() => one.resume(), { timeout: 20_000 });
    await expect.poll(async () => (await other.read()).isPaused, { timeout: 20_000 }).toBe(false);
  }, 60_000);

  it("share one key beside the shop's holds, in the same slot", async () => {
    await connect("0123456789abcdef").pause();
    expect(await redis.command("KEYS", "*0123456789ab*")).toEqual(["{holdfast:0123456789ab}:v1:selling-paused"]);
  });
});
