import { describe, expect, it } from "vitest";
import { UnavailableError } from "~/errors";
import type { ReservationStore } from "~/reservations/reservation-store";
import { CALLS, createWorld, once, type Process, type World } from "../checkout/world";
import { deliver } from "./webhook";

/** A paid order that an admin's edit left short, so that it has to be refunded. */
async function shortWorld(rows: Record<string, number> = { mug: 1 }) {
  const world = createWorld({ rows });
  const shop = await world.open();
  const checkoutId = await shop.pay("ann", Object.fromEntries(Object.keys(rows).map((id) => [id, 1])));
  world.stripe.pay(checkoutId);
  world.setStock(Object.keys(rows).at(-1) ?? "mug", 0);
  return { world, shop, checkoutId };
}

const markOf = (world: World, checkoutId: string, index = 0) =>
  world.stripe.session(checkoutId)?.metadata[`holdfast_line_${index}`] ?? "";
const heldUnits = async (shop: Process) => (await shop.store.totals()).units;

describe("a payment is refunded exactly once", () => {
  it("if an admin sets the stock to 0 during the payment", async () => {
    const { world, shop, checkoutId } = await shortWorld();

    expect(await deliver(world, shop, { checkoutId })).toMatchObject({ outcome: "refunded", repeated: false });
    expect(await deliver(world, shop, { checkoutId })).toMatchObject({ outcome: "refunded", repeated: true });

    expect(await world.refunds()).toEqual([1250]);
    expect(world.stock()).toBe(0);
    expect(await heldUnits(shop)).toBe(0);
    expect(shop.eventsOf("shortage")).toMatchObject([{ productId: "mug", units: 1, claimed: true }]);
  });

  it("although the refund timed out and the product was restocked before the retry", async () => {
    const { world, shop, checkoutId } = await shortWorld();
    shop.setFaults(once(CALLS.refund, "refuse"));
    await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow(UnavailableError);
    world.setStock("mug", 50);

    shop.heal();
    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "refunded" });

    expect(await world.refunds()).toEqual([1250]);
    expect(world.stock()).toBe(50);
  });

  it("if the response to the refund is lost", async () => {
    const { world, shop, checkoutId } = await shortWorld();
    shop.setFaults(once(CALLS.refund, "cut"));
    await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow(UnavailableError);
    shop.heal();

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "refunded" });

    expect(await world.refunds()).toEqual([1250]);
  });

  it("if the merchant has already refunded it manually", async () => {
    const { world, shop, checkoutId } = await shortWorld();
    const intent = world.stripe.session(checkoutId)?.payment_intent ?? "";
    expect(
      await shop.dependencies.gateway.refund({ paymentIntentId: intent, metadata: {}, idempotencyKey: "by hand" }),
    ).toMatchObject({ outcome: "refunded" });

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "refunded" });

    expect(await world.refunds()).toEqual([1250]);
  });

  it("if Stripe always replays a saved 500 for the first key", async () => {
    const { world, shop, checkoutId } = await shortWorld();
    world.stripe.failNext({ method: "POST", path: "/v1/refunds", status: 500 });

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "refunded" });

    expect(await world.refunds()).toEqual([1250]);
  });

  it("if the refund was made but the response is 500", async () => {
    const { world, shop, checkoutId } = await shortWorld();
    world.stripe.failNext({ method: "POST", path: "/v1/refunds", status: 500, when: "after" });

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "refunded" });

    expect(await world.refunds()).toEqual([1250]);
  });

  it("or waits for an operator, without blocking other sales, if Stripe refuses", async () => {
    const { world, shop, checkoutId } = await shortWorld();
    const refused = { method: "POST", path: "/v1/refunds", status: 400, code: "charge_disputed" };
    world.stripe.failNext({ ...refused, times: 2 });

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "needs_review" });
    const rebooted = await world.open();
    expect(rebooted.checkout.ready).toBe(true);
    expect(await world.refunds()).toEqual([]);

    expect(await rebooted.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "refunded" });
    expect(await world.refunds()).toEqual([1250]);
  });

  it("or never, without keeping units from other shoppers", async () => {
    const { world, shop, checkoutId } = await shortWorld({ mug: 1, pot: 1 });
    world.stripe.failNext({ method: "POST", path: "/v1/refunds", status: 400, code: "charge_disputed" });

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "needs_review" });

    expect(
      await shop.checkout.changeCart({ sessionHash: "bob", lines: [{ productId: "mug", quantity: 1 }] }),
    ).toMatchObject({ outcome: "granted" });
  });

  it("or waits for an operator, with nothing written, if Stripe reports it paid but names no payment", async () => {
    const { world, shop, checkoutId } = await shortWorld();
    const nameless: Process = await world.open({
      dependencies: ({ gateway }) => ({
        gateway: {
          ...gateway,
          fetch: async (id) =>
            gateway.fetch(id).then((session) => (session === null ? null : { ...session, payment: null })),
        },
      }),
    });

    expect(await nameless.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "needs_review", reason: "no_payment" });
    expect(await nameless.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "needs_review", reason: "no_payment" });
    expect(world.stripe.session(checkoutId)?.metadata["holdfast_verdict"]).toBe("refund");
    expect(await heldUnits(nameless)).toBe(0);

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "refunded" });
    expect(await world.refunds()).toEqual([1250]);
  });

  it("although a replayed response has another amount than is left, since Stripe's list decides", async () => {
    const { world, checkoutId } = await shortWorld();
    let responses = 0;
    const misled = await world.open({
      dependencies: ({ gateway }) => ({
        gateway: {
          ...gateway,
          refund: async (request) => {
            responses += 1;
            return responses === 1
              ? { outcome: "refunded", refund: { id: "re_of_a_part", createdAt: 0, amount: 1, status: "succeeded" } }
              : gateway.refund(request);
          },
        },
      }),
    });

    expect(await misled.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "refunded" });
    expect(await world.refunds()).toEqual([1250]);
  });

  it("or not at all for an order with a total of 0", async () => {
    const world = createWorld({ rows: { mug: { inventory: 1, price: 0 } } });
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { mug: 1 });
    world.stripe.pay(checkoutId);
    world.setStock("mug", 0);

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "refunded" });

    expect(shop.calls.filter((call) => call.includes("refunds"))).toEqual([]);
    expect(await heldUnits(shop)).toBe(0);
  });

  it("with no stock taken if one of three lines is short", async () => {
    const { world, shop, checkoutId } = await shortWorld({ cup: 2, mug: 2, pot: 2 });

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "refunded" });

    expect([world.stock("cup"), world.stock("mug"), world.stock("pot")]).toEqual([2, 2, 0]);
    expect(await world.refunds()).toEqual([3750]);
  });

  it("with two lines returned to stock if the third is set to 0 between its announcement and its swap", async () => {
    const world = createWorld({ rows: { cup: 2, mug: 2, pot: 2 } });
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { cup: 1, mug: 1, pot: 1 });
    world.stripe.pay(checkoutId);
    let swaps = 0;
    shop.setFaults(({ name }) => {
      if (name === CALLS.swap && (swaps += 1) === 3) world.setStock("pot", 0);
      return null;
    });

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "refunded" });

    expect([world.stock("cup"), world.stock("mug"), world.stock("pot")]).toEqual([2, 2, 0]);
    expect(await world.refunds()).toEqual([3750]);
    expect(markOf(world, checkoutId, 0)).toContain('"returned"');
  });
});

describe("a payment whose claim has ended", () => {
  const forget = async (store: ReservationStore, checkoutId: string) => {
    const [claim] = await store.claims({ olderThanMs: 0 });
    await store.unclaim({ claimId: claim?.claimId ?? "", checkoutId, to: "stock" });
  };

  describe("while another shopper has a pending request for its unit", () => {
    const pending = { sessionHash: "bob", operationId: "undecided" };
    const open = async () => {
      const world = createWorld({ rows: { mug: 1 } });
      const shop = await world.open();
      const checkoutId = await shop.pay("ann", { mug: 1 });
      world.stripe.pay(checkoutId);
      await forget(shop.store, checkoutId);
      await shop.store.place({ ...pending, lines: [{ productId: "mug", quantity: 1 }], maxLines: 30 });
      await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow(UnavailableError);
      expect(shop.eventsOf("late_payment")).toEqual([]);
      expect(await world.refunds()).toEqual([]);
      return { world, shop, checkoutId };
    };

    it("is not refunded, and is fulfilled once the other request is refused", async () => {
      const { world, shop, checkoutId } = await open();
      await shop.store.abort(pending);
      expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
      expect(world.stock()).toBe(0);
    });

    it("is refunded once the other request is granted", async () => {
      const { world, shop, checkoutId } = await open();
      await shop.store.confirm(pending);
      expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "refunded" });
      expect(world.stock()).toBe(1);
    });
  });

  it("is fulfilled if the units are free", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { mug: 1 });
    await forget(shop.store, checkoutId);
    world.stripe.pay(checkoutId);

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });

    expect(world.stock()).toBe(0);
    expect(await world.refunds()).toEqual([]);
    expect(shop.eventsOf("late_payment")).toMatchObject([{ outcome: "granted" }]);
    expect(await heldUnits(shop)).toBe(0);
  });

  it("is refunded if the unit is promised to another shopper", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { mug: 1 });
    await forget(shop.store, checkoutId);
    const bobs = await shop.pay("bob", { mug: 1 });
    world.stripe.pay(checkoutId);
    world.stripe.pay(bobs);

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "refunded" });
    expect(await shop.checkout.fulfil(bobs)).toMatchObject({ outcome: "done" });

    expect(world.stock()).toBe(0);
    expect(await world.refunds()).toEqual([1250]);
    expect(shop.eventsOf("late_payment")).toMatchObject([{ outcome: "refused" }]);
  });

  it("stays refunded although the unit becomes free before the retry", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { mug: 1 });
    await forget(shop.store, checkoutId);
    await shop.checkout.changeCart({ sessionHash: "bob", lines: [{ productId: "mug", quantity: 1 }] });
    world.stripe.pay(checkoutId);
    shop.setFaults(once(CALLS.refund, 503, 9));
    await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow(UnavailableError);
    await shop.checkout.release({ sessionHash: "bob", productIds: "all" });
    shop.heal();

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "refunded" });

    expect(world.stock()).toBe(1);
    expect(await world.refunds()).toEqual([1250]);
  });
});

describe("a delayed payment", () => {
  const delayed = { config: { paymentMethods: ["card", "us_bank_account"] }, rows: { mug: 1 } };

  it("keeps the claim while it is pending, even past the deadline, and sells once it succeeds", async () => {
    const world = createWorld(delayed);
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { mug: 1 });
    expect(world.stripe.payLater(checkoutId).kind).toBe("processing");
    expect(await deliver(world, shop, { checkoutId })).toMatchObject({ outcome: "awaiting_payment" });
    world.advance(5 * 86_400_000);
    await shop.checkout.sweep();
    expect(await heldUnits(shop)).toBe(1);

    world.stripe.settle(checkoutId, "succeeded");
    expect(await deliver(world, shop, { checkoutId, type: "checkout.session.async_payment_succeeded" })).toMatchObject({
      outcome: "done",
    });

    expect(world.stock()).toBe(0);
    expect(await heldUnits(shop)).toBe(0);
  });

  it("releases the claim when it fails, but not on a `failed` event alone", async () => {
    const world = createWorld(delayed);
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { mug: 1 });
    world.stripe.payLater(checkoutId);
    expect(await deliver(world, shop, { checkoutId, type: "checkout.session.async_payment_failed" })).toMatchObject({
      outcome: "awaiting_payment",
    });

    world.stripe.settle(checkoutId, "failed");
    expect(await deliver(world, shop, { checkoutId, type: "checkout.session.async_payment_failed" })).toMatchObject({
      outcome: "released",
    });

    expect(await heldUnits(shop)).toBe(0);
    expect(world.stock()).toBe(1);
    expect(await world.refunds()).toEqual([]);
  });
});
