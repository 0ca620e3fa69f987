import { describe, expect, it } from "vitest";
import { adjustStock } from "~/checkout/adjust-stock.server";
import { MANUAL_EDIT, productKeys } from "~/checkout/fulfil/lease-work.server";
import { UnavailableError } from "~/errors";
import { CALLS, createWorld, once, type Process } from "./world";

const breakOne = { productId: "mug", delta: -1 };

/** A paid sale of one mug with an unknown outcome: its decrement was announced and never arrived. */
async function soldButUnknown() {
  const world = createWorld({ rows: { mug: 5 } });
  const shop = await world.open();
  const checkoutId = await shop.pay("ann", { mug: 1 });
  world.stripe.pay(checkoutId);
  shop.setFaults(once(CALLS.swap, "refuse"));
  await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow(UnavailableError);
  expect(world.stock()).toBe(5);
  return { world, shop, checkoutId };
}

const edit = (shop: Process, update: Parameters<typeof adjustStock>[1]) =>
  adjustStock({ catalog: shop.dependencies.catalog, checkout: shop.checkout }, update);

describe("a manual stock edit", () => {
  it("to the number announced by an unsettled sale settles the sale first, so that both count", async () => {
    const { world, shop, checkoutId } = await soldButUnknown();
    expect(await edit(shop, breakOne)).toEqual({ outcome: "moved", before: 4, after: 3 });
    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
    expect(world.stock()).toBe(3);
  });

  it("loses the sale's decrement if the sale isn't settled first (negative control)", async () => {
    const { world, shop, checkoutId } = await soldButUnknown();
    await adjustStock(
      { catalog: shop.dependencies.catalog, checkout: { editStock: (_productId, work) => work() } },
      breakOne,
    );
    await shop.checkout.fulfil(checkoutId);
    expect(world.stock()).toBe(4);
  });

  it("fails without moving stock while an earlier sale can't be settled", async () => {
    const { world, shop } = await soldButUnknown();
    shop.setFaults((call) => (call.name.startsWith("stripe") ? 503 : null));
    await expect(edit(shop, breakOne)).rejects.toThrow(UnavailableError);
    expect(world.stock()).toBe(5);
    shop.heal();
    expect(await edit(shop, breakOne)).toEqual({ outcome: "moved", before: 4, after: 3 });
  });

  it("leaves the product free for sales and edits after it was rejected", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await world.open();
    expect(await edit(shop, { productId: "mug", delta: -2 })).toEqual({ outcome: "below_zero", inventory: 1 });
    expect(await edit(shop, { productId: "mug", inventory: 4 })).toEqual({ outcome: "moved", before: 1, after: 4 });
    const checkoutId = await shop.pay("ann", { mug: 1 });
    world.stripe.pay(checkoutId);
    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
    expect(world.stock()).toBe(3);
  });

  it.each(["row", "setup"] as const)("gives up after one update that the database rejects (%s)", async (by) => {
    const refusal = { outcome: "refused", by, code: "X", message: "what to do" } as const;
    let updates = 0;
    const catalog = {
      readStock: async () => new Map([["mug", { name: "Mug", inventory: 5, active: true, version: null }]]),
      compareAndSwap: async () => {
        updates += 1;
        return refusal;
      },
    };
    const edited = await adjustStock({ catalog, checkout: { editStock: (_productId, work) => work() } }, breakOne);
    expect(edited).toEqual(refusal);
    expect(updates).toBe(1);
  });

  it("whose update lands late, after a sale and a restock, undoes neither", async () => {
    const world = createWorld({ rows: { mug: 5 } });
    const shop = await world.open();
    shop.setFaults(once(CALLS.swap, "late"));
    await expect(edit(shop, breakOne)).rejects.toThrow(UnavailableError);
    shop.heal();
    const checkoutId = await shop.pay("ann", { mug: 1 });
    world.stripe.pay(checkoutId);
    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
    world.setStock("mug", 5);
    await world.landLate();
    expect(world.stock()).toBe(5);
  });

  it("does not lock the product if its server dies during the edit", async () => {
    const world = createWorld({ rows: { mug: 2 } });
    const shop = await world.open();
    const [key = ""] = productKeys(["mug"]);
    const lease = await shop.dependencies.leases.acquire({
      key,
      checkoutId: MANUAL_EDIT,
      signal: AbortSignal.timeout(1_000),
    });
    await lease.release({ settled: false });
    const checkoutId = await shop.pay("ann", { mug: 1 });
    world.stripe.pay(checkoutId);
    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
    expect(world.stock()).toBe(1);
  });

  it("waits until holds are rebuilt", async () => {
    const world = createWorld({ rows: { mug: 2 } });
    await expect(edit(world.boot(), breakOne)).rejects.toThrow(UnavailableError);
    expect(world.stock()).toBe(2);
  });
});
