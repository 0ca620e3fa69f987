import { describe, expect, it } from "vitest";
import type { CheckoutOrder } from "~/checkout/report/orders";
import { CALLS, createWorld, once, type Process, type World } from "../world";

/** Longer than the audit allows between a payment and its fulfilment. */
const LATER_MS = 11 * 60_000;
const delayed = { config: { paymentMethods: ["card", "us_bank_account"] }, rows: { mug: 3 } };

async function theOrder(shop: Process): Promise<CheckoutOrder> {
  const { orders } = await shop.checkout.orders({ atMost: 100 });
  if (orders.length !== 1 || orders[0] === undefined)
    throw new Error(`one order was expected: ${JSON.stringify(orders)}`);
  return orders[0];
}

async function drift(shop: Process): Promise<Record<string, number>> {
  const { products } = await shop.checkout.audit();
  return Object.fromEntries(
    products.filter((product) => product.drift !== 0).map((product) => [product.productId, product.drift]),
  );
}

async function paid(world: World, shop: Process, lines: Record<string, number> = { mug: 2 }): Promise<string> {
  const checkoutId = await shop.pay("ann", lines);
  world.stripe.pay(checkoutId);
  await shop.checkout.fulfil(checkoutId);
  return checkoutId;
}

/** Edits metadata as in Stripe's dashboard. Removes the log, which would otherwise take precedence over the keys of lines. */
async function forge(world: World, checkoutId: string, metadata: Record<string, string>): Promise<void> {
  const log = Object.keys(world.stripe.session(checkoutId)?.metadata ?? {}).filter((key) =>
    key.startsWith("holdfast_log_"),
  );
  const body = new URLSearchParams(
    Object.entries({ ...Object.fromEntries(log.map((key) => [key, ""])), ...metadata }).map(([key, value]) => [
      `metadata[${key}]`,
      value,
    ]),
  );
  const response = await world.sandbox.fetch(
    new Request(`http://stripe.test/v1/checkout/sessions/${checkoutId}`, {
      method: "POST",
      headers: { authorization: "Bearer sk_test_sandbox" },
      body,
    }),
  );
  expect(response.status).toBe(200);
}

async function refundByHand(world: World, checkoutId: string, amount?: number): Promise<void> {
  const payment = world.stripe.session(checkoutId)?.payment_intent;
  const body = new URLSearchParams({
    payment_intent: String(payment),
    ...(amount === undefined ? {} : { amount: String(amount) }),
  });
  const response = await world.sandbox.fetch(
    new Request("http://stripe.test/v1/refunds", {
      method: "POST",
      headers: { authorization: "Bearer sk_test_sandbox" },
      body,
    }),
  );
  expect(response.status).toBe(200);
}

const line = (mark: object) => JSON.stringify({ product: "mug", name: "mug", quantity: 2, unit: 1250, ...mark });

describe("an audit reports", () => {
  it("a missing mark as sold and not taken, after the reconciler has had time to run", async () => {
    const world = createWorld();
    const shop = await world.open();
    const checkoutId = await paid(world, shop);
    await forge(world, checkoutId, { holdfast_line_0: line({ mark: "claimed" }) });
    expect(await drift(shop)).toEqual({});

    world.advance(LATER_MS);
    expect(await drift(shop)).toEqual({ mug: 2 });
    expect((await shop.checkout.audit()).problems).toMatchObject([
      { checkoutId, reason: "not_taken", lines: [{ productId: "mug", sold: 2, taken: 0 }] },
    ]);
  });

  it("a forged mark with a different number of units than were bought", async () => {
    const world = createWorld();
    const shop = await world.open();
    const checkoutId = await paid(world, shop);
    await forge(world, checkoutId, { holdfast_line_0: line({ mark: "done", from: 3, to: 2 }) });

    expect(await drift(shop)).toEqual({ mug: 1 });
    expect((await shop.checkout.audit()).problems).toMatchObject([{ checkoutId, reason: "wrong_number" }]);
  });

  it("units that were taken but not paid, or taken and refunded", async () => {
    const world = createWorld(delayed);
    const shop = await world.open();
    const unpaid = await shop.pay("bob", { mug: 1 });
    world.stripe.payLater(unpaid);
    await forge(world, unpaid, { holdfast_line_0: line({ quantity: 1, mark: "done", from: 3, to: 2 }) });
    const refunded = await paid(world, shop);
    await refundByHand(world, refunded);

    expect(await drift(shop)).toEqual({ mug: -3 });
    expect((await shop.checkout.audit()).problems.map(({ reason }) => reason)).toEqual([
      "not_given_back",
      "not_given_back",
    ]);
  });

  it("an unreadable record, and continues with the others", async () => {
    const world = createWorld({ rows: { mug: 9 } });
    const shop = await world.open();
    const broken = await paid(world, shop);
    await forge(world, broken, { holdfast_line_0: "{" });
    await paid(world, shop, { mug: 1 });

    expect(await shop.checkout.audit()).toMatchObject({
      checkouts: 2,
      problems: [{ checkoutId: broken, reason: "unreadable" }],
      products: [{ sold: 1, taken: 1 }],
    });
    expect((await shop.checkout.orders({ atMost: 100 })).orders).toHaveLength(1);
  });

  it("nothing about another shop's sessions", async () => {
    const world = createWorld({ rows: { mug: 9 } });
    const other = await world.open({
      dependencies: (real) => ({ config: { ...real.config, shopTag: "another shop" } }),
    });
    const checkoutId = await paid(world, other);
    await forge(world, checkoutId, { holdfast_line_0: "{" });
    const shop = await world.open();

    expect(await shop.checkout.audit()).toMatchObject({ checkouts: 0, products: [], problems: [] });
    expect(await other.checkout.audit()).toMatchObject({ problems: [{ reason: "unreadable" }] });
  });
});

describe("after an ordinary checkout the audit is clean, and the order is listed as", () => {
  async function expectInOrder(world: World, shop: Process, state: CheckoutOrder["state"]): Promise<void> {
    world.advance(LATER_MS);
    expect(await theOrder(shop)).toMatchObject({ state });
    expect(await shop.checkout.audit()).toMatchObject({ checkouts: 1, problems: [] });
    expect(await drift(shop)).toEqual({});
  }

  it("paid, ready to pack", async () => {
    const world = createWorld({ rows: { mug: { inventory: 3, name: "Tide Mug" } } });
    const shop = await world.open();
    const checkoutId = await paid(world, shop);
    await expectInOrder(world, shop, "paid");
    const order = await theOrder(shop);
    expect(order.paymentId).toMatch(/^pi_/);
    expect(order).toMatchObject({
      checkoutId,
      total: { amount: 2500, currency: "usd" },
      refund: { returned: 0 },
      lines: [{ name: "Tide Mug", quantity: 2, state: { mark: "done" } }],
    });
  });

  it("being confirmed, if it is not taken yet", async () => {
    const world = createWorld();
    const shop = await world.open();
    world.stripe.pay(await shop.pay("ann", { mug: 1 }));
    expect(await theOrder(shop)).toMatchObject({ state: "being_confirmed" });
    expect(await drift(shop)).toEqual({});
  });

  it("refunded, with taken units given back, if stock was short", async () => {
    const world = createWorld({ rows: { mug: 3, pot: 1 } });
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { mug: 1, pot: 1 });
    world.setStock("pot", 0);
    world.stripe.pay(checkoutId);
    await shop.checkout.fulfil(checkoutId);
    await expectInOrder(world, shop, "refunded");
    expect(await theOrder(shop)).toMatchObject({ refund: { returned: 2500 } });
  });

  it("refunded, although Stripe made the refund late; drift only if that takes too long", async () => {
    const world = createWorld({ rows: { mug: 3, pot: 1 } });
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { mug: 1, pot: 1 });
    // Read as 1 when both are announced, so that the mug is taken and has to be given back.
    world.table.onSwap = (productId) => productId === "mug" && world.setStock("pot", 0);
    world.stripe.pay(checkoutId);
    shop.setFaults((call) => (call.name.includes(CALLS.listRefunds) ? "refuse" : null));
    await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow();
    expect((await theOrder(shop)).lines.map(({ state }) => state.mark).sort()).toEqual(["claimed", "returned"]);
    expect(await drift(shop)).toEqual({});

    world.advance(LATER_MS);
    expect(await drift(shop)).toEqual({ mug: 1, pot: 1 });
    shop.heal();
    await shop.checkout.fulfil(checkoutId);
    await expectInOrder(world, shop, "refunded");
  });

  it.each(["granted", "refused"] as const)("paid or refunded, if a late payment is %s", async (outcome) => {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { mug: 1 });
    const [claim] = await shop.store.claims({ olderThanMs: 0 });
    await shop.store.unclaim({ claimId: claim?.claimId ?? "", checkoutId, to: "stock" });
    if (outcome === "refused")
      await shop.checkout.changeCart({ sessionHash: "bob", lines: [{ productId: "mug", quantity: 1 }] });
    world.stripe.pay(checkoutId);
    await shop.checkout.fulfil(checkoutId);
    expect(shop.eventsOf("late_payment")).toMatchObject([{ outcome }]);
    await expectInOrder(world, shop, outcome === "granted" ? "paid" : "refunded");
  });

  it.each(["applied", "not_applied"] as const)(
    "settled as %s, after it waited for a person and counted as drift",
    async (verdict) => {
      const world = createWorld({ rows: { mug: 10 } });
      const killed = await world.open();
      const checkoutId = await killed.pay("ann", { mug: 1 });
      world.stripe.pay(checkoutId);
      killed.setFaults(once(CALLS.swap, verdict === "applied" ? "kill after" : "kill before"));
      await killed.run(killed.checkout.fulfil(checkoutId));
      world.setStock("mug", 20);
      const shop = await world.open();
      expect(await theOrder(shop)).toMatchObject({
        state: "needs_review",
        lines: [{ state: { mark: "needs_review", from: 10, to: 9 } }],
      });
      expect(await shop.checkout.audit()).toMatchObject({
        problems: [{ checkoutId, reason: "needs_review" }],
        products: [{ drift: 1 }],
      });

      await shop.checkout.settle({ checkoutId, productId: "mug", verdict });
      await expectInOrder(world, shop, "paid");
    },
  );

  it("awaiting payment and then paid, if the payment is delayed", async () => {
    const world = createWorld(delayed);
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { mug: 1 });
    world.stripe.payLater(checkoutId);
    await shop.checkout.fulfil(checkoutId);
    await expectInOrder(world, shop, "awaiting_payment");
    world.stripe.settle(checkoutId, "succeeded");
    await shop.checkout.fulfil(checkoutId);
    await expectInOrder(world, shop, "paid");
  });

  it("not charged, if a delayed payment fails", async () => {
    const world = createWorld(delayed);
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { mug: 1 });
    world.stripe.payLater(checkoutId);
    world.stripe.settle(checkoutId, "failed");
    await shop.checkout.fulfil(checkoutId);
    await expectInOrder(world, shop, "not_charged");
  });

  it("paid, ready to pack, after a partial manual refund", async () => {
    const world = createWorld();
    const shop = await world.open();
    await refundByHand(world, await paid(world, shop), 300);
    await expectInOrder(world, shop, "paid");
    expect(await theOrder(shop)).toMatchObject({ refund: { returned: 300 } });
  });
});

describe("orders", () => {
  it("refunded in Stripe's dashboard are not ready to pack", async () => {
    const world = createWorld();
    const shop = await world.open();
    await refundByHand(world, await paid(world, shop));
    expect(await theOrder(shop)).toMatchObject({ state: "refunded_elsewhere", refund: { returned: 2500 } });
  });

  it("whose refund Stripe refuses wait for a person", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { mug: 1 });
    world.setStock("mug", 0);
    world.stripe.pay(checkoutId);
    world.stripe.failNext({ method: "POST", path: "/v1/refunds", status: 400, code: "charge_disputed" });
    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "needs_review" });
    expect(await theOrder(shop)).toMatchObject({ state: "needs_review" });
    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "refunded" });
    expect(await theOrder(shop)).toMatchObject({ state: "refunded" });
  });

  it("are listed newest first up to the limit, without open pages, at a hundred per request", async () => {
    const world = createWorld({ rows: { mug: 99 } });
    const shop = await world.open();
    const ids: string[] = [];
    for (const sessionHash of ["ann", "bob", "cyd"]) {
      const checkoutId = await shop.pay(sessionHash, { mug: 1 });
      world.stripe.pay(checkoutId);
      ids.unshift(checkoutId);
      world.advance(1_000);
    }
    await shop.pay("dan", { mug: 1 });
    const before = shop.calls.length;
    const all = await shop.checkout.orders({ atMost: 100 });
    expect(shop.calls.slice(before)).toEqual([CALLS.list]);
    expect(all.orders.map(({ checkoutId }) => checkoutId)).toEqual(ids);
    expect(all.isWhole).toBe(true);
    const some = await shop.checkout.orders({ atMost: 2 });
    expect(some.orders.map(({ checkoutId }) => checkoutId)).toEqual(ids.slice(0, 2));
    expect(some.isWhole).toBe(false);
    expect((await shop.checkout.orders({ atMost: 4 })).isWhole).toBe(true);
  });
});

describe("a payment page closed by an operator", () => {
  it("keeps its units until Stripe gives proof, then releases them", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { mug: 1 });
    shop.setFaults((call) =>
      call.name.includes(CALLS.expire) ||
      (call.name.includes("GET") && shop.calls.some((name) => name.includes(CALLS.expire)))
        ? "refuse"
        : null,
    );
    expect(await shop.checkout.close(checkoutId)).toEqual({ outcome: "no_proof" });
    expect(await shop.store.totals()).toMatchObject({ units: 1 });
    expect(world.stripe.session(checkoutId)?.status).toBe("open");

    shop.heal();
    expect(await shop.checkout.close(checkoutId)).toEqual({ outcome: "closed" });
    expect(world.stripe.session(checkoutId)?.status).toBe("expired");
    expect(await shop.store.totals()).toMatchObject({ units: 0 });
    expect(await shop.checkout.close(checkoutId)).toEqual({ outcome: "closed" });
  });

  it("becomes an order if it was just paid", async () => {
    const world = createWorld();
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { mug: 1 });
    world.stripe.pay(checkoutId);
    expect(await shop.checkout.close(checkoutId)).toEqual({ outcome: "paid", checkoutId });
    expect(world.stock()).toBe(2);
  });

  it("is left alone if it is another shop's or unknown, or if holds are not rebuilt yet", async () => {
    const world = createWorld();
    const other = await world.open({
      dependencies: (real) => ({ config: { ...real.config, shopTag: "another shop" } }),
    });
    const checkoutId = await other.pay("ann", { mug: 1 });
    await expect(world.boot().checkout.close(checkoutId)).rejects.toThrow("still being looked up");
    const shop = await world.open();
    expect(await shop.checkout.close(checkoutId)).toEqual({ outcome: "not_ours" });
    expect(await shop.checkout.close("cs_test_none")).toEqual({ outcome: "unknown_page" });
    expect(world.stripe.session(checkoutId)?.status).toBe("open");
  });
});
