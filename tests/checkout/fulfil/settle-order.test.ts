import { describe, expect, it } from "vitest";
import type { RecordChange } from "~/checkout/fulfil/line-marks";
import { createSessionMarks } from "~/checkout/stripe/session-marks.server";
import { CALLS, createWorld, SHOP_TAG, type Process, type World } from "../world";

async function paid(cart: Record<string, number> = { mug: 2 }) {
  const world = createWorld({ rows: { mug: 5, pot: 5 } });
  const shop = await world.open();
  const checkoutId = await shop.pay("ann", cart);
  world.stripe.pay(checkoutId);
  return { world, shop, checkoutId };
}

/** Ann's cart is paid, and the mug's row rejects its swap. */
async function refused(cart?: Record<string, number>) {
  const { world, shop, checkoutId } = await paid(cart);
  const mug = { inventory: 5, refuses: "row" as "row" | undefined };
  world.rows.set("mug", mug);
  expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "needs_review", reason: "row_refused" });
  return { world, shop, checkoutId, mug };
}

async function mark(world: World, shop: Process, checkoutId: string, change: RecordChange): Promise<void> {
  const session = await shop.dependencies.gateway.fetch(checkoutId);
  const marks = createSessionMarks({ gateway: shop.dependencies.gateway, shopTag: SHOP_TAG, clock: world.clock });
  const record = session === null ? null : marks.read(session);
  if (record === null) throw new Error("no record");
  await marks.write(checkoutId, record, change);
}

const noteOf = (world: World, checkoutId: string) => world.stripe.session(checkoutId)?.metadata.holdfast_note;
const writes = (shop: Process) => shop.calls.filter((name) => name === CALLS.write).length;

describe("an order whose row rejects its swap", () => {
  it("is retried at once by the verdict retry", async () => {
    const { world, shop, checkoutId, mug } = await refused();

    expect(await shop.checkout.settle({ checkoutId, verdict: "retry" })).toMatchObject({
      outcome: "needs_review",
      reason: "row_refused",
    });
    mug.refuses = undefined;
    expect(await shop.checkout.settle({ checkoutId, verdict: "retry" })).toMatchObject({ outcome: "done" });

    expect(world.stock()).toBe(3);
  });

  it("is refunded by the verdict refund, which returns the stock of its other lines", async () => {
    const { world, shop, checkoutId } = await refused({ pot: 1, mug: 2 });
    expect(world.stock("pot")).toBe(4);

    expect(await shop.checkout.settle({ checkoutId, verdict: "refund" })).toMatchObject({
      outcome: "refunded",
      repeated: false,
    });

    expect([world.stock("mug"), world.stock("pot")]).toEqual([5, 5]);
    expect(await world.refunds()).toEqual([3750]);
    expect(await shop.store.totals()).toMatchObject({ units: 0 });
    expect(noteOf(world, checkoutId)).toBe("refund row_refused");
    expect(await shop.checkout.settle({ checkoutId, verdict: "refund" })).toEqual({
      outcome: "not_applicable",
      reason: null,
    });
    expect(await world.refunds()).toEqual([3750]);
  });

  it.each(["applied", "accept", "refunded_elsewhere"] as const)(
    "ignores a verdict for another reason: %s",
    async (verdict) => {
      const { shop, checkoutId } = await refused();
      const before = writes(shop);

      expect(await shop.checkout.settle({ checkoutId, productId: "mug", verdict })).toEqual({
        outcome: "not_applicable",
        reason: "row_refused",
      });

      expect(writes(shop)).toBe(before);
    },
  );
});

describe("a refund that needs an operator", () => {
  it.each([
    ["refund_failed", false],
    ["no_payment", true],
  ] as const)("(%s) is tried again, or went back by another way", async (reason, isNameless) => {
    const { world, shop: first, checkoutId } = await paid();
    world.setStock("mug", 0);
    const shop = isNameless
      ? await world.open({
          dependencies: ({ gateway }) => ({
            gateway: {
              ...gateway,
              fetch: async (id) => {
                const session = await gateway.fetch(id);
                return session === null ? null : { ...session, payment: null };
              },
            },
          }),
        })
      : first;
    if (!isNameless)
      world.stripe.failNext({ method: "POST", path: "/v1/refunds", status: 400, code: "charge_disputed", times: 2 });
    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "needs_review", reason });
    expect(await shop.checkout.settle({ checkoutId, verdict: "retry" })).toMatchObject({
      outcome: "needs_review",
      reason,
    });
    expect(await shop.checkout.settle({ checkoutId, verdict: "refund" })).toEqual({
      outcome: "not_applicable",
      reason,
    });

    expect(await shop.checkout.settle({ checkoutId, verdict: "refunded_elsewhere" })).toMatchObject({
      outcome: "refunded",
    });

    expect(await world.refunds()).toEqual([]);
    expect(noteOf(world, checkoutId)).toBe(`refunded_elsewhere ${reason}`);
    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "refunded", repeated: true });
    // The audit counts an order as refunded on an operator's verdict, too.
    world.advance(11 * 60_000);
    if (!isNameless) expect(await shop.checkout.audit()).toMatchObject({ problems: [] });
  });
});

describe("an order whose charged lines differ", () => {
  it("takes no stock and keeps its items held until it is accepted", async () => {
    const { world, shop, checkoutId } = await paid();
    await mark(world, shop, checkoutId, { review: "lines_differ" });
    for (const _try of [1, 2])
      expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "needs_review", reason: "lines_differ" });
    expect(world.stock()).toBe(5);
    expect(await shop.store.totals()).toMatchObject({ units: 2 });

    expect(await shop.checkout.settle({ checkoutId, verdict: "accept" })).toMatchObject({ outcome: "done" });

    expect(world.stock()).toBe(3);
    expect(noteOf(world, checkoutId)).toBe("accept lines_differ");
    expect(await shop.checkout.settle({ checkoutId, verdict: "accept" })).toEqual({
      outcome: "not_applicable",
      reason: null,
    });
  });

  it("is refunded by the verdict refund", async () => {
    const { world, shop, checkoutId } = await paid();
    await mark(world, shop, checkoutId, { review: "lines_differ" });

    expect(await shop.checkout.settle({ checkoutId, verdict: "refund" })).toMatchObject({ outcome: "refunded" });

    expect(world.stock()).toBe(5);
    expect(await world.refunds()).toEqual([2500]);
  });

  it("neither takes stock nor refunds by itself if its hold has ended", async () => {
    const { world, shop, checkoutId } = await paid();
    await mark(world, shop, checkoutId, { review: "lines_differ" });
    const claim = (await shop.store.view("ann")).claim;
    await shop.store.unclaim({ claimId: claim?.claimId ?? "", checkoutId, to: "stock" });
    await shop.checkout.changeCart({ sessionHash: "bob", lines: [{ productId: "mug", quantity: 5 }] });

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "needs_review", reason: "lines_differ" });
    expect(await world.refunds()).toEqual([]);

    expect(await shop.checkout.settle({ checkoutId, verdict: "accept" })).toMatchObject({ outcome: "refunded" });
    expect(world.stock()).toBe(5);
  });
});

describe("an order that isn't in review", () => {
  it.each(["applied", "retry", "refund", "accept", "refunded_elsewhere"] as const)(
    "ignores the verdict %s",
    async (verdict) => {
      const { world, shop, checkoutId } = await paid();
      await shop.checkout.fulfil(checkoutId);
      const before = writes(shop);

      expect(await shop.checkout.settle({ checkoutId, productId: "mug", verdict })).toEqual({
        outcome: "not_applicable",
        reason: null,
      });

      expect([writes(shop), world.stock()]).toEqual([before, 3]);
      expect(await shop.checkout.settle({ checkoutId: "cs_test_none", verdict })).toEqual({ outcome: "not_ours" });
    },
  );
});
