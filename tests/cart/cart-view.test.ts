import { describe, expect, it } from "vitest";
import type { Cart } from "~/cart/cart-session.server";
import { showCart } from "~/cart/show-cart.server";
import { UnavailableError } from "~/errors";
import { add, CHECKOUT, createWorld, order, product, set, TTL_MS, type World } from "./cart-world";

async function view(world: World, cart: Cart) {
  const shown = await showCart(world.shop, cart, world.visit(cart), { mayAsk: async () => true });
  if (shown.outcome !== "shown") throw new Error(shown.outcome);
  return shown.view;
}

describe("the cart view", () => {
  it("keeps and marks lines whose hold has expired", async () => {
    const world = await createWorld();
    const cart = await world.change(world.carts.create(), add("mug", 2));
    world.clock.advance(TTL_MS + 1000);
    const seen = await view(world, cart);
    expect(seen).toMatchObject({ heldUntil: null, canExtend: false, units: 2 });
    expect(seen.lines).toMatchObject([
      { productId: "mug", quantity: 2, state: "lapsed", stock: { available: 5, heldByYou: 0 } },
    ]);
  });

  it("shows how many units of an expired line could be held again", async () => {
    const world = await createWorld();
    const cart = await world.change(world.carts.create(), add("mug", 2));
    world.clock.advance(TTL_MS + 1000);
    await world.change(world.carts.create(), add("mug", 4));
    expect((await view(world, cart)).lines[0]?.stock).toMatchObject({ available: 1 });
  });

  it("marks only the expired line if the other was held later", async () => {
    const world = await createWorld();
    const lapsed = await world.change(world.carts.create(), add("mug", 1));
    world.clock.advance(TTL_MS + 1000);
    const cart = await world.change(lapsed, add("jug", 1));
    expect((await view(world, cart)).lines.map(({ productId, state }) => [productId, state])).toEqual([
      ["mug", "lapsed"],
      ["jug", "held"],
    ]);
  });

  it("uses the store's quantities, and its lines that the cookie does not have", async () => {
    const world = await createWorld();
    const cart = await world.change(world.carts.create(), add("mug", 2));
    await world.change(cart, set("mug", 3));
    await world.change(cart, add("jug", 1));
    expect((await view(world, cart)).lines.map(({ productId, quantity }) => [productId, quantity])).toEqual([
      ["mug", 3],
      ["jug", 1],
    ]);
  });

  it("shows until when it is held", async () => {
    const world = await createWorld();
    const cart = await world.change(world.carts.create(), add("mug", 1));
    world.clock.advance(30_000);
    const seen = await view(world, cart);
    expect(seen.heldUntil).toBeCloseTo(world.clock.wall() + TTL_MS - 30_000, -3);
    expect(seen.canExtend).toBe(true);
  });

  it("does not offer to extend a hold at its maximum age", async () => {
    const world = await createWorld();
    const cart = await world.change(world.carts.create(), add("mug", 1));
    for (let minutes = 0; minutes < 19; minutes += 1) {
      world.clock.advance(60_000);
      await world.change(cart, { intent: "extend" });
    }
    const seen = await view(world, cart);
    expect(seen.heldUntil).not.toBeNull();
    expect(seen.canExtend).toBe(false);
  });

  it("shows an open payment page, its deadline, and that its lines stay held", async () => {
    const world = await createWorld();
    const cart = await world.openPaymentPage(await world.change(world.carts.create(), add("mug", 2)));
    const openedAt = world.clock.wall();
    world.clock.advance(2 * TTL_MS);
    const seen = await view(world, cart);
    expect(seen).toMatchObject({
      heldUntil: null,
      canExtend: false,
      paymentPage: { closesAt: openedAt + 900_000 },
    });
    expect(seen.lines).toMatchObject([{ quantity: 2, state: "paying" }]);
    expect(world.calls.fulfilled).toEqual([]);
  });

  it("computes subtotals and the total in the currency's decimal places", async () => {
    const world = await createWorld([
      product("mug", { price: { amount: 1250, currency: "jpy" } }),
      product("jug", { price: { amount: 1, currency: "jpy" } }),
    ]);
    let cart = await world.change(world.carts.create(), add("mug", 2));
    cart = await world.change(cart, add("jug", 1));
    const seen = await view(world, cart);
    expect(seen.lines[0]).toMatchObject({ price: "¥1,250", subtotal: "¥2,500" });
    expect(seen.total).toBe("¥2,501");
  });

  it.each([
    [
      "mixed currencies",
      "mixed_currencies",
      [product("mug"), product("jug", { price: { amount: 100, currency: "eur" } })],
    ],
    ["a product without a price", "no_price", [product("mug"), product("jug", { price: null })]],
    ["a product that was taken off the shop", "no_longer_sold", [product("mug"), product("jug", { active: false })]],
    ["a product that was deleted", "no_longer_sold", [product("mug")]],
  ])("cannot be paid with %s, and shows no wrong total", async (_what, obstacle, products) => {
    const world = await createWorld(products);
    const lines = [
      { productId: "mug", quantity: 1 },
      { productId: "jug", quantity: 1 },
    ];
    expect(await view(world, { ...world.carts.create(), lines })).toMatchObject({ obstacle, total: null });
  });

  it("is replaced by a new one if it was paid unnoticed", async () => {
    const world = await createWorld();
    const cart = await world.openPaymentPage(await world.change(world.carts.create(), add("mug", 2)));
    await world.sell();
    world.says.fulfil = () => Promise.resolve({ outcome: "done", repeated: true, order: order() });
    const shown = await showCart(world.shop, cart, world.visit(cart), { mayAsk: async () => true });
    if (shown.outcome !== "sold") throw new Error(shown.outcome);
    expect(shown.cart).toMatchObject({ lines: [], checkouts: [CHECKOUT], paying: null });
    expect(shown.cart.sessionHash).not.toBe(cart.sessionHash);
    const again = await view(world, { ...shown.cart, lines: [{ productId: "jug", quantity: 1 }] });
    expect(again.lines).toHaveLength(1);
  });

  it("stays as it is if its payment page closed unpaid", async () => {
    const world = await createWorld();
    const cart = await world.openPaymentPage(await world.change(world.carts.create(), add("mug", 2)));
    await world.store.unclaim({ claimId: "claim-1", checkoutId: CHECKOUT, to: "stock" });
    world.says.fulfil = () => Promise.resolve({ outcome: "released", order: order() });
    expect((await view(world, cart)).lines).toMatchObject([{ state: "lapsed", quantity: 2 }]);
  });

  it("says so if it is unknown whether it was paid", async () => {
    const world = await createWorld();
    const cart = await world.openPaymentPage(await world.change(world.carts.create(), add("mug", 2)));
    await world.sell();
    world.says.fulfil = () => Promise.reject(new UnavailableError("Stripe"));
    expect(await view(world, cart)).toMatchObject({ unsettledCheckout: CHECKOUT, units: 2 });
  });
});
