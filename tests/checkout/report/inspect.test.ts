import { describe, expect, it } from "vitest";
import { CALLS, createWorld, once } from "../world";

describe("inspecting a checkout", () => {
  it("returns null for a session that Stripe does not know", async () => {
    const shop = await createWorld().open();

    expect(await shop.checkout.inspect("cs_test_unknown")).toBeNull();
  });

  it("names the next step at each stage without taking it", async () => {
    const world = createWorld({ rows: { mug: 3 } });
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { mug: 2 });
    const next = async () => (await shop.checkout.inspect(checkoutId))?.next;

    expect(await next()).toBe("Nothing: the payment page is open.");
    world.stripe.pay(checkoutId);
    expect(await next()).toMatch(/^Announce the decrements/);
    expect(world.stock()).toBe(3);
    shop.setFaults(once(CALLS.swap, "refuse"));
    await shop.run(shop.checkout.fulfil(checkoutId));
    shop.heal();
    expect(await next()).toMatch(/^Resolve .* mug swap/);
    world.setStock("mug", 1);
    expect(await next()).toMatch(/^Resolve .* mug applied/);
    world.setStock("mug", 9);
    expect(await next()).toMatch(/^Resolve .* mug unclear/);
    await shop.checkout.fulfil(checkoutId);
    expect(await next()).toBe("Wait for an operator to settle the lines that need review.");
    await shop.checkout.settle({ checkoutId, productId: "mug", verdict: "not_applied" });
    expect(await shop.checkout.inspect(checkoutId)).toMatchObject({
      status: "complete",
      paymentStatus: "paid",
      ours: true,
      claim: null,
      verdict: null,
      lines: [{ productId: "mug", quantity: 2, mark: "done", from: 9, to: 7, inventory: 7 }],
      next: "Nothing: everything is done.",
    });
  });

  it("names a refund as the next step, with the short products", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { mug: 1 });
    world.stripe.pay(checkoutId);
    world.setStock("mug", 0);

    expect((await shop.checkout.inspect(checkoutId))?.next).toMatch(/^Decide to refund: .*mug/);
    shop.setFaults(once(CALLS.refund, 503, 9));
    await shop.run(shop.checkout.fulfil(checkoutId));
    shop.heal();
    expect(await shop.checkout.inspect(checkoutId)).toMatchObject({
      verdict: "refund",
      next: expect.stringMatching(/^Refund/) as string,
    });
  });

  it("does not mistake an unresponsive database for a missing row", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { mug: 1 });
    world.stripe.pay(checkoutId);
    shop.setFaults(({ name }) => (name.startsWith("database") ? 503 : null));

    expect(await shop.checkout.inspect(checkoutId)).toMatchObject({
      lines: [{ inventory: null }],
      next: expect.stringMatching(/^Wait for the database/) as string,
    });
  });
});
