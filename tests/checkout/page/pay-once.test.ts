import { describe, expect, it } from "vitest";
import { UnavailableError } from "~/errors";
import { createWorld, ORIGIN } from "../world";

describe("a shopper who pays", () => {
  it("can do nothing before holds are rebuilt", async () => {
    const { checkout } = createWorld().boot();
    const lines = [{ productId: "mug", quantity: 1 }];

    await expect(checkout.start({ sessionHash: "ann", lines, origin: ORIGIN })).rejects.toThrow(UnavailableError);
    await expect(checkout.changeCart({ sessionHash: "ann", lines })).rejects.toThrow(UnavailableError);
    await expect(checkout.release({ sessionHash: "ann", productIds: "all" })).rejects.toThrow(UnavailableError);
    await expect(checkout.fulfil("cs_1")).rejects.toThrow(UnavailableError);
    expect(checkout.ready).toBe(false);

    await checkout.rebuild();

    expect(checkout.ready).toBe(true);
    expect(await checkout.changeCart({ sessionHash: "ann", lines })).toMatchObject({ outcome: "granted" });
  });

  it("gets the items taken from stock once, however often the checkout is fulfilled", async () => {
    const world = createWorld({ rows: { mug: 3 } });
    const { checkout, store, pay } = await world.open();
    const checkoutId = await pay("ann", { mug: 2 });
    expect(await checkout.fulfil(checkoutId)).toMatchObject({ outcome: "open" });
    expect(world.stock()).toBe(3);

    world.stripe.pay(checkoutId);
    const first = await checkout.fulfil(checkoutId);
    const second = await checkout.fulfil(checkoutId);

    expect(first).toMatchObject({
      outcome: "done",
      repeated: false,
      order: {
        lines: [{ productId: "mug", quantity: 2, subtotal: { amount: 2500, currency: "usd" } }],
        total: { amount: 2500 },
      },
    });
    expect(second).toMatchObject({ outcome: "done", repeated: true });
    expect(world.stock()).toBe(1);
    expect(await store.totals()).toMatchObject({ units: 0 });
  });

  it("gets the same payment page again for the same cart", async () => {
    const world = createWorld();
    const { pay } = await world.open();

    const first = await pay("ann", { mug: 1 });

    expect(await pay("ann", { mug: 1 })).toBe(first);
    expect(world.stripe.sessions()).toHaveLength(1);
  });
});
