import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { UnavailableError } from "~/errors";
import { createSelling, type SellingControl } from "~/operator/selling.server";
import type { ReservationStore } from "~/reservations/reservation-store";
import { CHECKOUT_TTL_MS, createWorld, TTL_MS } from "../checkout/world";
import { startRedis, type RedisServer } from "../redis-server";
import { openShop, type OperatedShop } from "./operator-world";

const silent = { warn: () => undefined };

async function expectPaused(work: Promise<unknown>): Promise<void> {
  expect(await work).toEqual({ outcome: "selling_paused", mayPay: true, retryAfterSeconds: 60 });
}

describe("while the products table takes no updates", () => {
  it("nobody gets more and nobody pays, fewer and giving back go on, and the shop opens by itself", async () => {
    let closedBy: string | null = null;
    const selling = createSelling({
      redis: null,
      store: { view: (sessionHash) => shop.store.view(sessionHash) },
      closedBy: () => closedBy,
      log: silent,
    });
    const shop: OperatedShop = await openShop({ world: { rows: { mug: 9, pot: 9 } }, selling });
    await shop.hold("ann", { mug: 2 });
    closedBy = "The database is read-only.";
    expect(await selling.read()).toEqual({ isPaused: false, pausedAt: null, closedBy });
    for (const refused of [shop.hold("bob", { mug: 1 }), shop.start("ann", { mug: 2 })]) {
      expect(await refused).toEqual({ outcome: "selling_paused", mayPay: false, retryAfterSeconds: 60 });
    }
    expect(await shop.hold("ann", { mug: 1 })).toMatchObject({ outcome: "granted" });
    closedBy = null;
    await shop.pay("ann", { mug: 1 });
    selling.close();
  });
});

describe("while selling is paused", () => {
  async function pausedShop(held: Record<string, number> = { mug: 2 }): Promise<OperatedShop> {
    const shop = await openShop({ world: { rows: { mug: 9, pot: 9 } } });
    await shop.hold("ann", held);
    expect(await shop.desk.pause()).toMatchObject({ isPaused: true });
    return shop;
  }

  it("nobody gets more: not another unit, not another product, not in two lines, not a new cart", async () => {
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

  it("what is held can be changed to less, extended, given back and paid for, and is taken from the stock", async () => {
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

  it("a line that has lapsed cannot be held again, nor paid for", async () => {
    const shop = await pausedShop();
    shop.world.advance(TTL_MS + 1_000);
    await expectPaused(shop.hold("ann", { mug: 2 }));
    await expectPaused(shop.start("ann", { mug: 2 }));
  });

  it("an open payment page can be left, and is closed in time", async () => {
    const shop = await pausedShop({ mug: 2 });
    await shop.pay("ann", { mug: 2 });
    expect(await shop.hold("ann", { mug: 1 })).toMatchObject({ outcome: "granted" });
    await shop.pay("ann", { mug: 1 });
    shop.world.advance(CHECKOUT_TTL_MS);
    await shop.checkout.sweep();
    expect(await shop.store.totals()).toMatchObject({ units: 0 });
  });

  it("a payment whose hold was lost is fulfilled all the same", async () => {
    const shop = await pausedShop();
    const checkoutId = await shop.pay("ann", { mug: 2 });
    const [claim] = await shop.store.claims({ olderThanMs: 0 });
    await shop.store.unclaim({ claimId: claim?.claimId ?? "", checkoutId, to: "stock" });
    shop.world.stripe.pay(checkoutId);
    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
  });

  it("pausing again keeps the time of the first, and after resuming everybody can hold again", async () => {
    const shop = await pausedShop();
    const { pausedAt } = await shop.desk.pause();
    expect((await shop.desk.overview()).selling).toEqual({ isPaused: true, pausedAt, closedBy: null });
    expect(await shop.desk.resume()).toEqual({ isPaused: false, pausedAt: null, closedBy: null });
    expect(await shop.hold("bob", { mug: 3 })).toMatchObject({ outcome: "granted" });
    expect((await shop.desk.overview()).selling).toEqual({ isPaused: false, pausedAt: null, closedBy: null });
  });

  it("without the guard they would get more (negative control)", async () => {
    const shop = await openShop({ unguarded: true });
    await shop.desk.pause();
    expect(await shop.hold("bob", { mug: 1 })).toMatchObject({ outcome: "granted" });
  });
});

describe("two servers with one Redis", () => {
  let redis: RedisServer;
  const open: SellingControl[] = [];

  beforeAll(async () => {
    redis = await startRedis();
  }, 60_000);
  afterAll(async () => {
    for (const selling of open) selling.close();
    await redis.stop();
  });

  function connect(
    shopTag: string,
    store: Pick<ReservationStore, "view"> = { view: () => Promise.reject(new Error("no store")) },
  ): SellingControl {
    const selling = createSelling({ redis: { url: redis.url, shopTag }, store, closedBy: () => null, log: silent });
    open.push(selling);
    return selling;
  }

  it("what one says the other does, and a server that comes up later, but no other shop", async () => {
    const [one, other, stranger] = [connect("shop-a"), connect("shop-a"), connect("shop-b")];
    expect((await other.read()).isPaused).toBe(false);
    const said = await one.pause();
    expect(said.isPaused).toBe(true);
    expect(await one.read()).toEqual(said);
    await expect.poll(() => other.read(), { timeout: 20_000 }).toEqual(said);
    expect(await other.pause()).toEqual(said);
    expect(await connect("shop-a").read()).toEqual(said);
    expect((await stranger.read()).isPaused).toBe(false);

    await other.resume();
    await expect.poll(async () => (await one.read()).isPaused, { timeout: 20_000 }).toBe(false);
  });

  it("a cart on the other server gets no more, and pays for what it holds", async () => {
    const world = createWorld({ rows: { mug: 9 } });
    let store: ReservationStore | null = null;
    const selling = connect("shop-c", {
      view: (sessionHash) => (store === null ? Promise.reject(new Error("no store")) : store.view(sessionHash)),
    });
    const shop = await openShop({ world, selling });
    store = shop.store;
    await shop.hold("ann", { mug: 1 });
    await connect("shop-c").pause();
    await expect.poll(async () => (await selling.read()).isPaused, { timeout: 20_000 }).toBe(true);
    await expectPaused(shop.hold("ann", { mug: 2 }));
    await shop.pay("ann", { mug: 1 });
  });

  it("while Redis does not answer the last word stands, nobody is told that another was heard, and lost data ends no pause", async () => {
    const [one, other] = [connect("shop-d"), connect("shop-d")];
    await one.pause();
    await expect.poll(async () => (await other.read()).isPaused, { timeout: 20_000 }).toBe(true);
    await redis.kill();
    await expect(one.resume()).rejects.toThrow(UnavailableError);
    await expect(other.pause()).rejects.toThrow(UnavailableError);
    expect((await one.read()).isPaused).toBe(true);
    expect((await other.read()).isPaused).toBe(true);
    // A server that never heard a word sells; it could not hold anything now anyhow.
    expect((await connect("shop-d").read()).isPaused).toBe(false);
    await redis.start();
    await expect.poll(async () => (await connect("shop-d").read()).isPaused, { timeout: 20_000 }).toBe(true);
    expect([(await one.read()).isPaused, (await other.read()).isPaused]).toEqual([true, true]);
    // Its connection may still be on its way back.
    await vi.waitFor(() => one.resume(), { timeout: 20_000 });
    await expect.poll(async () => (await other.read()).isPaused, { timeout: 20_000 }).toBe(false);
  }, 60_000);

  it("is one key beside the holds of the shop, in the same slot", async () => {
    await connect("0123456789abcdef").pause();
    expect(await redis.command("KEYS", "*0123456789ab*")).toEqual(["{holdfast:0123456789ab}:v1:selling-paused"]);
  });
});
