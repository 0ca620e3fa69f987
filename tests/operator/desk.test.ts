import { describe, expect, it } from "vitest";
import { UnavailableError } from "~/errors";
import type { HeldCart, ProductStock } from "~/operator/operator-desk";
import { figure } from "../api/metrics-text";
import { CALLS, CHECKOUT_TTL_MS, TTL_MS } from "../checkout/world";
import { openShop, type OperatedShop } from "./operator-world";

async function holdsOf(shop: OperatedShop) {
  shop.world.advance(1_001);
  const { holds } = await shop.desk.overview();
  if (holds === null) throw new Error("the reservation store is unavailable");
  return holds;
}

/** The log lines of the operator's actions, newest first. */
const actions = (shop: OperatedShop) =>
  shop.desk
    .journal({ filter: { event: "operator", level: "warn" } })
    .lines.map(({ facts }) => Object.fromEntries(facts.map(({ name, value }) => [name, value])));

describe("the overview", () => {
  it("names the server by an id that stays the same, and that no other server has", async () => {
    const shop = await openShop();
    const other = await openShop({ world: shop.world });
    const { server } = await shop.desk.overview();
    shop.world.advance(60_000);
    expect((await shop.desk.overview()).server).toBe(server);
    expect((await other.desk.overview()).server).not.toBe(server);
  });

  it("of an idle shop lists low stock and no holds", async () => {
    const shop = await openShop({ world: { rows: { mug: 9, pot: 0, jar: 5 } } });
    const overview = await shop.desk.overview();
    expect(overview).toMatchObject({
      server: expect.stringMatching(/^[0-9a-f]{6}$/) as string,
      holdsIn: "memory",
      payments: "test",
      isReady: true,
      warnings: ["run one server"],
      tableProblems: [],
      oversoldUnits: 0,
      latePayments: 0,
    });
    expect(overview.holds).toMatchObject({
      totals: { shopping: 0, checkout: 0, units: 0, carts: 0 },
      carts: [],
      hasMoreCarts: false,
      hasMoreProducts: false,
      allLowStockListed: true,
    });
    expect(overview.holds?.products.map(({ productId, onHand, isLow }) => [productId, onHand, isLow])).toEqual([
      ["pot", 0, true],
      ["jar", 5, true],
    ]);
  });

  it("lists stock and holds by product, and the time left by cart", async () => {
    const shop = await openShop({ world: { rows: { mug: { inventory: 9, name: "Tide Mug" }, pot: 9, jar: 99 } } });
    await shop.hold("ann", { mug: 2, pot: 1 });
    shop.world.advance(20_000);
    await shop.hold("bob", { mug: 1 });
    await shop.hold("cyd", { mug: 3 });
    const checkoutId = await shop.pay("cyd", { mug: 3 });
    const holds = await holdsOf(shop);
    expect(holds.products).toEqual<ProductStock[]>([
      { productId: "mug", name: "Tide Mug", onHand: 9, held: 6, inCheckout: 3, available: 3, isLow: false },
      { productId: "pot", name: "pot", onHand: 9, held: 1, inCheckout: 0, available: 8, isLow: false },
    ]);
    expect(holds.totals).toMatchObject({ shopping: 3, checkout: 1, units: 7, carts: 3 });
    const [cyd, ann, bob, ...rest] = holds.carts;
    expect(cyd).toMatchObject({
      sessionHash: "cyd",
      state: "checkout",
      checkoutId,
      lines: [{ productId: "mug", name: "Tide Mug", quantity: 3 }],
    });
    expect(cyd?.claimId).toMatch(/^claim-/);
    expect(cyd?.endsInMs).toBe(CHECKOUT_TTL_MS - 1_001);
    expect(ann).toMatchObject<Partial<HeldCart>>({
      sessionHash: "ann",
      state: "shopping",
      checkoutId: null,
      claimId: null,
    });
    expect(bob?.sessionHash).toBe("bob");
    expect((bob?.endsInMs ?? 0) - (ann?.endsInMs ?? 0)).toBe(20_000);
    expect(rest).toEqual([]);
  });

  it("is bounded, and says where it cuts", async () => {
    const rows = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`p${n}`, 1]));
    const shop = await openShop({ world: { rows } });
    for (let n = 0; n < 120; n += 1) await shop.hold(`cart ${n}`, { [`p${n}`]: 1 });
    const holds = await holdsOf(shop);
    expect(holds.carts).toHaveLength(100);
    expect(holds).toMatchObject({ hasMoreCarts: true, hasMoreProducts: true, allLowStockListed: false });
    expect(holds.products.length).toBeLessThanOrEqual(150);
  });

  it("reads a bounded number of store pages and yields between them when a great many holds have lapsed", async () => {
    const shop = await openShop();
    let [pages, turns] = [0, 0];
    shop.storeDriver.snapshot = async () => {
      pages += 1;
      setImmediate(() => (turns += 1));
      return { reservations: [], cursor: pages < 1_000 ? String(pages) : null };
    };
    expect(await holdsOf(shop)).toMatchObject({ carts: [], hasMoreCarts: true, hasMoreProducts: true });
    expect(pages).toBeLessThan(100);
    expect(turns).toBeGreaterThan(pages - 2);
  });

  it("shows holds while the database is unavailable, and warnings while the reservation store is", async () => {
    const shop = await openShop();
    await shop.hold("ann", { mug: 1 });
    shop.setFaults((call) => (call.name.includes("database") ? "refuse" : null));
    expect((await holdsOf(shop)).products).toMatchObject([
      { productId: "mug", name: null, onHand: null, held: 1, available: null },
    ]);
    const totals = shop.storeDriver.totals.bind(shop.storeDriver);
    shop.storeDriver.totals = () => Promise.reject(new UnavailableError("Redis does not answer"));
    shop.world.advance(1_001);
    expect(await shop.desk.overview()).toMatchObject({ holds: null, warnings: ["run one server"] });
    shop.storeDriver.totals = totals;
    expect((await holdsOf(shop)).totals.units).toBe(1);
  });

  it("shows carts but no held units per product while payments in progress are being recovered", async () => {
    const shop = await openShop();
    await shop.hold("ann", { mug: 1 });
    shop.store.held = () => Promise.reject(new UnavailableError("payments in progress are still being looked up"));
    const holds = await holdsOf(shop);
    expect(holds.carts).toMatchObject([{ lines: [{ productId: "mug", quantity: 1 }] }]);
    expect(holds.products.find(({ productId }) => productId === "mug")).toMatchObject({
      held: null,
      inCheckout: null,
      available: null,
    });
  });

  it("is read once for all callers within a second, and again after an action", async () => {
    const shop = await openShop();
    const [one, other] = await Promise.all([shop.desk.overview(), shop.desk.overview()]);
    expect(other).toBe(one);
    await shop.desk.pause();
    expect((await shop.desk.overview()).selling.isPaused).toBe(true);
  });
});

describe("an operator's action", () => {
  it("releases a cart's shopping hold, but nothing that is at a payment page", async () => {
    const shop = await openShop({ world: { rows: { mug: 9, pot: 9 } } });
    expect(await shop.desk.releaseHold({ sessionHash: "nobody", productIds: "all" })).toEqual({
      outcome: "nothing_held",
    });
    await shop.hold("ann", { mug: 2, pot: 1 });
    expect(await shop.desk.releaseHold({ sessionHash: "ann", productIds: ["pot"] })).toEqual({
      outcome: "released",
      lines: [{ productId: "pot", quantity: 1 }],
    });
    const checkoutId = await shop.pay("ann", { mug: 2 });
    expect(await shop.desk.releaseHold({ sessionHash: "ann", productIds: "all" })).toEqual({
      outcome: "in_checkout",
      checkoutId,
    });
    expect(await shop.store.totals()).toMatchObject({ units: 2 });
    expect(actions(shop)[0]).toEqual({
      action: "release hold",
      session: "ann",
      productIds: "all",
      outcome: "in_checkout",
      checkoutId,
    });
  });

  it("closes a payment page, adds stock during sales or sets it, and is logged each time", async () => {
    const shop = await openShop();
    const checkoutId = await shop.pay("ann", { mug: 1 });
    expect(await shop.desk.closePaymentPage(checkoutId)).toEqual({ outcome: "closed" });
    expect(await shop.desk.restock({ productId: "mug", delta: 4 })).toEqual({ outcome: "moved", before: 3, after: 7 });
    expect(await shop.desk.setStock({ productId: "mug", inventory: 5 })).toEqual({
      outcome: "moved",
      before: 7,
      after: 5,
    });
    expect(await shop.desk.restock({ productId: "mug", delta: -6 })).toEqual({ outcome: "below_zero", inventory: 5 });
    expect(await shop.desk.setStock({ productId: "none", inventory: 5 })).toEqual({ outcome: "unknown_product" });
    expect(actions(shop)).toEqual([
      { action: "set stock", productId: "none", inventory: "5", outcome: "unknown_product" },
      { action: "restock", productId: "mug", delta: "-6", outcome: "below_zero", onHand: "5" },
      { action: "set stock", productId: "mug", inventory: "5", outcome: "moved", before: "7", after: "5" },
      { action: "restock", productId: "mug", delta: "4", outcome: "moved", before: "3", after: "7" },
      { action: "close payment page", checkoutId, outcome: "closed" },
    ]);
  });

  it("adds stock without undoing a sale between its read and its write", async () => {
    const shop = await openShop();
    const readStock = shop.catalog.readStock.bind(shop.catalog);
    let hasSold = false;
    shop.catalog.readStock = async (ids) => {
      const rows = await readStock(ids);
      if (!hasSold) shop.world.setStock("mug", 2);
      hasSold = true;
      return rows;
    };
    expect(await shop.desk.restock({ productId: "mug", delta: 10 })).toEqual({
      outcome: "moved",
      before: 2,
      after: 12,
    });
  });

  it("settles, inspects and fulfils an order", async () => {
    const shop = await openShop();
    const checkoutId = await shop.pay("ann", { mug: 1 });
    shop.world.stripe.pay(checkoutId);
    expect(await shop.desk.inspect(checkoutId)).toMatchObject({
      status: "complete",
      next: expect.stringContaining("Announce the decrements") as string,
    });
    expect(await shop.desk.fulfil(checkoutId)).toMatchObject({ outcome: "done", repeated: false });
    expect(await shop.desk.settle({ checkoutId, productId: "mug", verdict: "not_applied" })).toEqual({
      outcome: "not_applicable",
      reason: null,
    });
    expect(await shop.desk.inspect("cs_test_none")).toBeNull();
    expect(actions(shop).map(({ action }) => action)).toEqual(["inspect", "settle", "fulfil", "inspect"]);
  });
});

describe("orders", () => {
  it("cost one Stripe request per ten seconds for any number of viewers, and are read again after an action", async () => {
    const shop = await openShop();
    const checkoutId = await shop.pay("ann", { mug: 1 });
    shop.world.stripe.pay(checkoutId);
    const before = shop.stripeReads();
    const [book] = await Promise.all([shop.desk.orders(), shop.desk.orders(), shop.desk.orders()]);
    shop.world.advance(9_000);
    await shop.desk.orders();
    expect(shop.stripeReads() - before).toBe(1);
    const [order] = book.recent;
    expect(order).toMatchObject({ checkoutId, state: "being_confirmed" });
    expect(order?.dashboardUrl).toBe(`https://dashboard.stripe.com/test/payments/${order?.paymentId}`);
    expect(book).toMatchObject({ queue: [], isWhole: true });
    await shop.desk.fulfil(checkoutId);
    expect((await shop.desk.orders()).recent).toMatchObject([{ state: "paid" }]);
    shop.world.advance(10_001);
    const later = shop.stripeReads();
    await shop.desk.orders();
    expect(shop.stripeReads() - later).toBe(1);
  });

  it("that need attention stay in the queue behind a hundred newer ones", async () => {
    const shop = await openShop({ world: { rows: { mug: 500 } } });
    const oldest = await shop.pay("ann", { mug: 1 });
    shop.world.stripe.pay(oldest);
    shop.setFaults((call) => (call.name.includes(CALLS.swap) ? "cut" : null));
    await expect(shop.checkout.fulfil(oldest)).rejects.toThrow(UnavailableError);
    shop.heal();
    shop.world.setStock("mug", 400);
    expect(await shop.checkout.fulfil(oldest)).toMatchObject({ outcome: "needs_review" });
    for (let n = 0; n < 101; n += 1) shop.world.stripe.pay(await shop.pay(`buyer ${n}`, { mug: 1 }));
    const book = await shop.desk.orders();
    expect(book.recent).toHaveLength(50);
    expect(book.queue).toMatchObject([{ checkoutId: oldest, state: "needs_review", reason: "unclear_row" }]);
    expect(book.isWhole).toBe(true);
    const before = shop.stripeReads();
    shop.world.advance(60_000);
    await shop.desk.orders();
    expect(shop.stripeReads() - before).toBe(1);
    await shop.desk.settle({ checkoutId: oldest, productId: "mug", verdict: "applied" });
    expect((await shop.desk.orders()).queue).toEqual([]);
  }, 60_000);
});

describe("the last hour", () => {
  it("has the activity of each step, and rates over all steps", async () => {
    const shop = await openShop({ world: { rows: { mug: 3, pot: 9 } } });
    await shop.hold("ann", { mug: 1, pot: 1 });
    await shop.hold("bob", { mug: 2 });
    await shop.hold("cyd", { mug: 1 });
    await shop.run("the history of figures");
    const checkoutId = await shop.pay("ann", { mug: 1, pot: 1 });
    shop.world.stripe.pay(checkoutId);
    await shop.checkout.fulfil(checkoutId);
    shop.world.advance(TTL_MS + 1_000);
    await shop.store.view("bob");
    await shop.hold("dan", { pot: 1 });
    await shop.checkout.release({ sessionHash: "dan", productIds: "all" });
    await shop.run("the history of figures");

    const { steps, totals, expiryRate, purchaseRate } = shop.desk.history();
    expect(steps).toMatchObject([
      { activeHolds: 3, heldUnits: 4, granted: 2, refused: 1, expired: 0, completed: 0 },
      {
        activeHolds: 0,
        heldUnits: 0,
        granted: 1,
        refused: 0,
        expired: 1,
        completed: 2,
        released: 1,
        latePayments: 0,
        oversoldUnits: 0,
      },
    ]);
    expect(totals).toMatchObject({ granted: 3, refused: 1, expired: 1, completed: 2, released: 1 });
    expect([expiryRate, purchaseRate]).toEqual([0.25, 0.5]);
    const counted = await shop.samples();
    expect(totals.granted).toBe(figure(counted, "reservations_total", { outcome: "granted" }));
  });

  it("is at most an hour, and a step is null, not 0, while the store is unavailable", async () => {
    const shop = await openShop();
    expect(shop.desk.history()).toMatchObject({ steps: [], expiryRate: null, purchaseRate: null, missedSales: [] });
    const totals = shop.storeDriver.totals.bind(shop.storeDriver);
    shop.storeDriver.totals = () => Promise.reject(new UnavailableError("Redis does not answer"));
    await shop.run("the history of figures");
    expect(shop.desk.history().steps).toMatchObject([{ activeHolds: null, heldUnits: null, granted: 0 }]);
    shop.storeDriver.totals = totals;
    for (let n = 0; n < 250; n += 1) await shop.run("the history of figures");
    const { steps, stepMs } = shop.desk.history();
    expect(steps.length * stepMs).toBe(60 * 60_000);
    expect(steps[0]?.activeHolds).toBe(0);
  });

  it("counts missed sales: units that others held, once per cart, for one hour, and nothing that was sold out", async () => {
    const shop = await openShop({ world: { rows: { mug: 3, pot: 0 } } });
    await shop.hold("ann", { mug: 2 });
    await shop.hold("bob", { mug: 3 });
    await shop.hold("bob", { mug: 2 });
    await shop.hold("cyd", { mug: 2 });
    await shop.hold("cyd", { pot: 1 });
    await expect(shop.pay("dan", { mug: 2 })).rejects.toThrow("refused");
    expect(shop.desk.history().missedSales).toEqual([{ productId: "mug", name: "mug", units: 4, carts: 3 }]);
    shop.world.advance(60 * 60_000 + 1);
    expect(shop.desk.history().missedSales).toEqual([]);
  });

  it("counts as missed only what the stock could have covered: with two in stock, one held and five requested, one", async () => {
    const shop = await openShop({ world: { rows: { mug: 2 } } });
    await shop.hold("ann", { mug: 1 });
    expect(await shop.hold("bob", { mug: 5 })).toMatchObject({
      outcome: "refused",
      lines: [{ requested: 5, available: 1, missed: 1 }],
    });
    expect(shop.desk.history().missedSales).toEqual([{ productId: "mug", name: "mug", units: 1, carts: 1 }]);
  });
});

describe("the audit", () => {
  it("is shared by concurrent callers, has product names, and sets metrics that are absent before", async () => {
    const shop = await openShop({ world: { rows: { mug: { inventory: 9, name: "Tide Mug" } } } });
    const names = (await shop.samples()).map(({ name }) => name);
    for (const name of ["stock_drift_units", "stock_drift_products", "stock_audit_timestamp_seconds"])
      expect(names).not.toContain(name);
    expect(shop.desk.lastAudit).toBeNull();
    const checkoutId = await shop.pay("ann", { mug: 2 });
    shop.world.stripe.pay(checkoutId);
    shop.world.advance(11 * 60_000);

    const before = shop.stripeReads();
    const [audit, same] = await Promise.all([shop.desk.audit(), shop.desk.audit()]);
    expect(same).toBe(audit);
    expect(shop.stripeReads() - before).toBe(1);
    expect(audit).toMatchObject({
      at: shop.world.clock.wall(),
      checkouts: 1,
      driftUnits: 2,
      products: [{ productId: "mug", name: "Tide Mug", sold: 2, taken: 0, drift: 2 }],
    });
    expect(audit.problems).toMatchObject([{ checkoutId, reason: "not_taken" }]);
    expect(shop.desk.lastAudit).toBe(audit);
    const drifted = await shop.samples();
    expect(figure(drifted, "stock_drift_units")).toBe(2);
    expect(figure(drifted, "stock_drift_products")).toBe(1);
    expect(figure(drifted, "stock_audit_timestamp_seconds")).toBe(shop.world.clock.wall() / 1000);

    await shop.checkout.fulfil(checkoutId);
    await shop.desk.audit();
    const samples = await shop.samples();
    expect(samples.filter(({ name }) => name === "stock_drift_units")).toMatchObject([{ value: 0 }]);
  });

  it("does not offset a sale that was not deducted with a refund that was not restocked", async () => {
    const shop = await openShop();
    const refunded = await shop.pay("ann", { mug: 1 });
    shop.world.stripe.pay(refunded);
    await shop.checkout.fulfil(refunded);
    const payment = String(shop.world.stripe.session(refunded)?.payment_intent);
    const body = new URLSearchParams({ payment_intent: payment });
    await shop.world.sandbox.fetch(
      new Request("http://stripe.test/v1/refunds", {
        method: "POST",
        headers: { authorization: "Bearer sk_test_sandbox" },
        body,
      }),
    );
    shop.world.stripe.pay(await shop.pay("bob", { mug: 1 }));
    shop.world.advance(11 * 60_000);

    const audit = await shop.desk.audit();

    expect(audit.problems.map(({ reason }) => reason)).toEqual(["not_given_back", "not_taken"]);
    expect(audit.driftUnits).toBe(2);
    const samples = await shop.samples();
    expect(figure(samples, "stock_drift_units")).toBe(2);
    expect(figure(samples, "stock_drift_products")).toBe(1);
  });

  it("logs each checkout with drift once, and keeps the last result while Stripe is unavailable", async () => {
    const shop = await openShop();
    const checkoutId = await shop.pay("ann", { mug: 2 });
    shop.world.stripe.pay(checkoutId);
    shop.world.advance(11 * 60_000);
    await shop.desk.audit();
    const audit = await shop.desk.audit();
    expect(
      shop.desk.journal({ filter: { text: checkoutId, event: "stock does not match payment" } }).lines,
    ).toHaveLength(1);
    shop.setFaults((call) => (call.name.includes(CALLS.list) ? "refuse" : null));
    await expect(shop.desk.audit()).rejects.toThrow(UnavailableError);
    expect(shop.desk.lastAudit).toBe(audit);
    shop.heal();
    await shop.desk.audit();
    expect(shop.desk.lastAudit).not.toBe(audit);
  });
});
