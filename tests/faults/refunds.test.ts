import { describe, expect, it } from "vitest";
import type { RefundStatus } from "~/sandbox/stripe/controls.server";
import { CALLS, createWorld, once, SHOP_TAG, type Process, type World } from "../checkout/world";
import { deliver } from "./webhook";

const DAY_MS = 86_400_000;

/** A paid order that an admin's edit left short, so that it has to be refunded. `status`: of its refunds at Stripe. */
async function shortOrder(status: RefundStatus = "succeeded") {
  const world = createWorld({ rows: { mug: 1 } });
  const shop = await world.open();
  const checkoutId = await shop.pay("ann", { mug: 1 });
  world.stripe.pay(checkoutId);
  world.setStock("mug", 0);
  world.stripe.setRefundStatus(checkoutId, status);
  return { world, shop, checkoutId };
}

async function paidOrder(units = 2) {
  const world = createWorld();
  const shop = await world.open();
  const checkoutId = await shop.pay("ann", { mug: units });
  world.stripe.pay(checkoutId);
  await shop.checkout.fulfil(checkoutId);
  return { world, shop, checkoutId };
}

async function refundManually(
  { dependencies }: Process,
  world: World,
  checkoutId: string,
  amount?: number,
): Promise<void> {
  const paymentIntentId = world.stripe.session(checkoutId)?.payment_intent ?? "";
  expect(
    await dependencies.gateway.refund({
      paymentIntentId,
      amount,
      metadata: {},
      idempotencyKey: `by hand ${checkoutId} ${String(amount)}`,
    }),
  ).toMatchObject({ outcome: "refunded" });
}

const statuses = (world: World, checkoutId: string) =>
  world.stripe.refunds(checkoutId).map(({ amount, status }) => `${amount} ${String(status)}`);
const idOf = (world: World, checkoutId: string, index = 0) => world.stripe.refunds(checkoutId)[index]?.id ?? "";
const listed = async (shop: Process) => (await shop.checkout.orders({ atMost: 100 })).orders[0];

/** Delivers a signed Stripe event about the latest refund. */
const deliverRefundEvent = (world: World, shop: Process, checkoutId: string, type = "refund.failed") =>
  deliver(world, shop, { type, refundId: idOf(world, checkoutId, world.stripe.refunds(checkoutId).length - 1) });

describe("a refund", () => {
  it.each(["pending", "requires_action"] as const)(
    "that stays %s counts as pending, not as refunded, and is not repeated",
    async (status) => {
      const { world, shop, checkoutId } = await shortOrder(status);
      for (const repeated of [false, true]) {
        expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({
          outcome: "refunded",
          repeated,
          order: { refund: { returned: 0, pending: 1250, owed: 0 } },
        });
      }
      expect(await listed(shop)).toMatchObject({ state: "refund_pending", reason: null });
      expect(await shop.checkout.settle({ checkoutId, verdict: "retry" })).toEqual({
        outcome: "not_applicable",
        reason: null,
      });
      expect(await shop.checkout.inspect(checkoutId)).toMatchObject({
        refunds: [{ amount: 1250, status: "pending" }],
        next: expect.stringContaining("pending") as string,
      });
      expect(statuses(world, checkoutId)).toEqual([`1250 ${status}`]);
      expect(shop.eventsOf("refund_made")).toMatchObject([{ status: "pending" }]);

      world.stripe.settleRefund(idOf(world, checkoutId), "succeeded");
      expect(await deliverRefundEvent(world, shop, checkoutId, "refund.updated")).toMatchObject({
        outcome: "refunded",
        order: { refund: { returned: 1250, pending: 0 } },
      });
      expect(await listed(shop)).toMatchObject({ state: "refunded" });
    },
  );

  it.each(["failed", "canceled"] as const)(
    "that is %s at once waits for an operator, and is not repeated automatically",
    async (status) => {
      const { world, shop, checkoutId } = await shortOrder(status === "failed" ? "failed" : "pending");
      if (status === "canceled") {
        await shop.checkout.fulfil(checkoutId);
        world.stripe.settleRefund(idOf(world, checkoutId), "canceled");
      }
      for (const _look of [1, 2, 3]) {
        expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({
          outcome: "needs_review",
          reason: "refund_failed",
          order: { refund: { owed: 1250 } },
        });
      }
      await shop.checkout.rebuild();
      expect(statuses(world, checkoutId)).toEqual([`1250 ${status}`]);
      expect(await listed(shop)).toMatchObject({ state: "needs_review", reason: "refund_failed" });
      expect(shop.eventsOf("refund_failed")).toMatchObject([{ checkoutId, amount: 1250 }]);
      world.advance(11 * 60_000);
      expect((await shop.checkout.audit()).problems).toMatchObject([
        { checkoutId, reason: "not_refunded", lines: [{ sold: 1, taken: 0 }] },
      ]);
    },
  );

  it("that failed is repeated under the next key when an operator retries", async () => {
    const { world, shop, checkoutId } = await shortOrder("failed");
    await shop.checkout.fulfil(checkoutId);
    world.stripe.setRefundStatus(checkoutId, "pending");

    expect(await shop.checkout.settle({ checkoutId, verdict: "retry" })).toMatchObject({
      outcome: "refunded",
      order: { refund: { pending: 1250 } },
    });
    expect(await shop.checkout.settle({ checkoutId, verdict: "retry" })).toEqual({
      outcome: "not_applicable",
      reason: null,
    });

    expect(statuses(world, checkoutId)).toEqual(["1250 failed", "1250 pending"]);
    const keys = world.stripe
      .calls()
      .filter(({ path }) => path === "/v1/refunds")
      .flatMap(({ idempotencyKey }) => idempotencyKey ?? []);
    expect(keys).toEqual([`refund:${checkoutId}:0`, `refund:${checkoutId}:1`]);
    expect(await listed(shop)).toMatchObject({ state: "refund_pending", reason: null });
  });

  it("that keeps failing is tried once per verdict of an operator", async () => {
    const { world, shop, checkoutId } = await shortOrder("failed");
    await shop.checkout.fulfil(checkoutId);
    for (const tries of [2, 3]) {
      expect(await shop.checkout.settle({ checkoutId, verdict: "retry" })).toMatchObject({
        outcome: "needs_review",
        reason: "refund_failed",
      });
      expect(statuses(world, checkoutId)).toHaveLength(tries);
    }
    expect(shop.eventsOf("refund_failed")).toHaveLength(1);
  });

  it("that failed ends as refunded elsewhere on an operator's verdict, and is not reported again", async () => {
    const { world, shop, checkoutId } = await shortOrder("failed");
    await shop.checkout.fulfil(checkoutId);
    expect(await shop.checkout.settle({ checkoutId, verdict: "refunded_elsewhere" })).toMatchObject({
      outcome: "refunded",
    });

    expect(await deliverRefundEvent(world, shop, checkoutId)).toMatchObject({ outcome: "refunded" });
    expect(await listed(shop)).toMatchObject({ state: "refunded", refund: { owed: 0 } });
    expect(statuses(world, checkoutId)).toEqual(["1250 failed"]);
    world.advance(11 * 60_000);
    expect(await shop.checkout.audit()).toMatchObject({ problems: [] });
  });

  it("made manually that failed is repeated with its amount, and the order stays a sale", async () => {
    const { world, shop, checkoutId } = await paidOrder();
    await refundManually(shop, world, checkoutId, 300);
    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({
      outcome: "done",
      order: { refund: { returned: 300, owed: 0 } },
    });
    world.stripe.settleRefund(idOf(world, checkoutId), "failed");

    expect(await deliverRefundEvent(world, shop, checkoutId)).toMatchObject({
      outcome: "needs_review",
      reason: "refund_failed",
      order: { refund: { returned: 0, owed: 300 } },
    });
    expect(await shop.checkout.settle({ checkoutId, verdict: "retry" })).toMatchObject({
      outcome: "done",
      order: { refund: { returned: 300, owed: 0 } },
    });
    expect(statuses(world, checkoutId)).toEqual(["300 failed", "300 succeeded"]);
    expect(world.stock()).toBe(1);
  });

  it("made manually that failed and was refunded elsewhere leaves a sale", async () => {
    const { world, shop, checkoutId } = await paidOrder();
    await refundManually(shop, world, checkoutId, 300);
    world.stripe.settleRefund(idOf(world, checkoutId), "failed");
    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "needs_review" });
    expect(await shop.checkout.settle({ checkoutId, verdict: "refunded_elsewhere" })).toMatchObject({
      outcome: "done",
    });
    expect(await listed(shop)).toMatchObject({ state: "paid" });
    expect(await shop.checkout.audit()).toMatchObject({ problems: [] });
  });
});

describe("a refund that fails weeks later", () => {
  it("is reported for each of its events, and logged once, even across a restart", async () => {
    const { world, shop, checkoutId } = await shortOrder();
    await shop.checkout.fulfil(checkoutId);
    world.advance(20 * DAY_MS);
    world.stripe.settleRefund(idOf(world, checkoutId), "failed");

    for (const type of ["refund.updated", "refund.failed", "refund.failed", "charge.refund.updated"]) {
      expect(await deliverRefundEvent(world, shop, checkoutId, type)).toMatchObject({
        outcome: "needs_review",
        reason: "refund_failed",
      });
    }
    expect(shop.eventsOf("refund_failed")).toHaveLength(1);
    const next = await world.open();
    expect(await deliverRefundEvent(world, next, checkoutId)).toMatchObject({
      outcome: "needs_review",
      reason: "refund_failed",
    });
    expect(next.eventsOf("refund_failed")).toEqual([]);
    expect(statuses(world, checkoutId)).toEqual(["1250 failed"]);
  });

  it("is found in Stripe's list without an event, although the order is older than the list of orders", async () => {
    const { world, shop, checkoutId } = await shortOrder();
    await shop.checkout.fulfil(checkoutId);
    world.advance(30 * DAY_MS);
    expect(await shop.checkout.checkRefunds()).toEqual({ failing: 0 });
    world.stripe.settleRefund(idOf(world, checkoutId), "failed");

    const next = await world.open();
    expect(await listed(next)).toBeUndefined();
    expect(await next.checkout.checkRefunds()).toEqual({ failing: 1 });
    expect(await next.checkout.checkRefunds()).toEqual({ failing: 1 });
    expect(await next.checkout.failedRefunds()).toMatchObject([
      { checkoutId, state: "needs_review", reason: "refund_failed" },
    ]);
    expect(next.eventsOf("refund_failed")).toHaveLength(1);

    expect(await next.checkout.settle({ checkoutId, verdict: "retry" })).toMatchObject({ outcome: "refunded" });
    expect(await next.checkout.failedRefunds()).toEqual([]);
    expect(await next.checkout.checkRefunds()).toEqual({ failing: 0 });
    world.advance(6 * DAY_MS);
    const before = next.calls.length;
    await next.checkout.checkRefunds();
    // By now the failed refund is older than 35 days, outside the requested window.
    expect(next.calls.slice(before)).toEqual([CALLS.listRefunds]);
  });

  it("is not ours in another shop, and an error for one does not hide the others", async () => {
    const world = createWorld({ rows: { mug: 3 } });
    const other = await world.open({
      dependencies: (real) => ({ config: { ...real.config, shopTag: "another shop" } }),
    });
    const shop = await world.open();
    const ids = [
      await other.pay("bob", { mug: 1 }),
      await shop.pay("ann", { mug: 1 }),
      await shop.pay("cyd", { mug: 1 }),
    ];
    for (const checkoutId of ids) {
      world.stripe.pay(checkoutId);
      await (world.stripe.session(checkoutId)?.metadata["holdfast_shop"] === SHOP_TAG ? shop : other).checkout.fulfil(
        checkoutId,
      );
      await refundManually(shop, world, checkoutId);
      world.stripe.settleRefund(idOf(world, checkoutId), "failed");
    }
    expect(await deliver(world, shop, { type: "refund.failed", refundId: idOf(world, ids[0] ?? "") })).toEqual({
      outcome: "not_ours",
    });
    expect(await deliver(world, shop, { type: "refund.failed", refundId: "re_of_nobody" })).toEqual({
      outcome: "not_ours",
    });
    shop.setFaults(once(CALLS.fetch, 503));
    await expect(shop.checkout.checkRefunds()).rejects.toThrow();
    expect(await shop.checkout.failedRefunds()).toHaveLength(1);
    shop.heal();
    expect(await shop.checkout.checkRefunds()).toEqual({ failing: 2 });
    expect(
      Object.keys(world.stripe.session(ids[0] ?? "")?.metadata ?? {}).filter((key) => key.startsWith("holdfast_log")),
    ).toHaveLength(2);
  });
});

describe("a process that dies", () => {
  it.each(["kill before", "kill after"] as const)(
    "%s each call of a refund that fails leaves one refund, and an order that waits",
    async (fault) => {
      for (const name of [CALLS.refund, CALLS.listRefunds, CALLS.write]) {
        const { world, shop, checkoutId } = await shortOrder("failed");
        shop.setFaults(once(name, fault));
        await shop.run(shop.checkout.fulfil(checkoutId));
        await world.landed();
        const next = await world.open();
        expect(await next.checkout.fulfil(checkoutId)).toMatchObject({
          outcome: "needs_review",
          reason: "refund_failed",
        });
        expect(statuses(world, checkoutId)).toEqual(["1250 failed"]);
      }
    },
  );

  it.each(["kill before", "kill after", "cut"] as const)(
    "%s a retry leaves one refund more at most, and it is not lost",
    async (fault) => {
      const { world, shop, checkoutId } = await shortOrder("failed");
      await shop.checkout.fulfil(checkoutId);
      world.stripe.setRefundStatus(checkoutId, "succeeded");
      shop.setFaults(once(CALLS.refund, fault));
      await shop.run(shop.checkout.settle({ checkoutId, verdict: "retry" }));
      await world.landed();
      const next = await world.open();
      const outcome = await next.checkout.fulfil(checkoutId);
      if (fault === "kill before")
        expect(await next.checkout.settle({ checkoutId, verdict: "retry" })).toMatchObject({ outcome: "refunded" });
      else expect(outcome).toMatchObject({ outcome: "refunded" });
      expect(statuses(world, checkoutId)).toEqual(["1250 failed", "1250 succeeded"]);
    },
  );
});
