import { describe, expect, it } from "vitest";
import { withCheckout } from "~/cart/cart-session.server";
import { changeCart } from "~/cart/change-cart.server";
import { decorate } from "~/decorate";
import { UnavailableError } from "~/errors";
import { add, CHECKOUT, createWorld, order, product, set, TTL_MS, type World } from "./cart-world";

describe("a refused change", () => {
  it("leaves holds and cookie unchanged, and reports what is left and that the rest is sold", async () => {
    const world = await createWorld([product("mug", { onHand: 3 })]);
    const cart = await world.change(world.carts.create(), add("mug", 2));
    const answer = await world.send(cart, set("mug", 4));
    expect(answer).toEqual({
      outcome: "failed",
      failure: {
        kind: "refused",
        lines: [
          { productId: "mug", name: "mug", requested: 4, available: 3, shortage: "sold_out", nextReleaseAt: null },
        ],
      },
    });
    expect((await world.store.view(cart.sessionHash)).lines).toEqual([{ productId: "mug", quantity: 2 }]);
  });

  it("reports when units held by others may become available", async () => {
    const world = await createWorld([product("mug", { onHand: 1 })]);
    await world.change(world.carts.create(), add("mug", 1));
    world.clock.advance(20_000);
    const answer = await world.send(world.carts.create(), add("mug", 1));
    if (answer.outcome !== "failed" || answer.failure.kind !== "refused") throw new Error(answer.outcome);
    const [line] = answer.failure.lines;
    expect(line?.shortage).toBe("held_by_others");
    expect(line?.nextReleaseAt).toBeCloseTo(world.clock.wall() + TTL_MS - 20_000, -3);
  });

  it("lists only the lines with a shortage", async () => {
    const world = await createWorld([product("mug", { onHand: 9 }), product("jug", { onHand: 0 })]);
    const cart = {
      ...world.carts.create(),
      lines: [
        { productId: "mug", quantity: 1 },
        { productId: "jug", quantity: 1 },
      ],
    };
    const answer = await world.send(cart, { intent: "hold" });
    expect(answer).toMatchObject({ outcome: "failed", failure: { kind: "refused", lines: [{ productId: "jug" }] } });
  });

  it.each([
    ["an unknown product", add("ghost", 1), "unknown_product"],
    ["more units than fit", set("mug", 11), "limit_exceeded"],
    ["no quantity at all", { intent: "set", product_id: "mug", quantity: "2abc" }, "bad_quantity"],
    ["nothing to hold again", { intent: "hold" }, "empty_cart"],
    ["nothing to extend", { intent: "extend" }, "nothing_held"],
  ])("reports %s", async (_what, form, kind) => {
    const world = await createWorld();
    const cart = world.carts.create();
    expect(await world.send(cart, form)).toMatchObject({ outcome: "failed", failure: { kind } });
    expect((await world.store.totals()).units).toBe(0);
  });

  it("counts units already in the cart against the limit per line", async () => {
    const world = await createWorld([product("mug", { onHand: 100 })]);
    const cart = await world.change(world.carts.create(), add("mug", 6));
    expect(await world.send(cart, add("mug", 5))).toEqual({
      outcome: "failed",
      failure: { kind: "limit_exceeded", limit: "units_per_line", max: 10, productId: "mug" },
    });
  });

  it("counts expired lines against the limit per cart, before anything is placed", async () => {
    const world = await createWorld();
    const lines = Array.from({ length: 30 }, (_, n) => ({ productId: `lapsed-${n}`, quantity: 1 }));
    const answer = await world.send({ ...world.carts.create(), lines }, add("mug", 1));
    expect(answer).toMatchObject({ outcome: "failed", failure: { kind: "limit_exceeded", limit: "lines_per_cart" } });
    expect(world.calls.changed).toBe(0);
  });

  it("is refused before anything is placed if it does not fit in the cookie", async () => {
    const long = "x".repeat(190);
    const world = await createWorld([product(long)]);
    const lines = Array.from({ length: 20 }, (_, n) => ({ productId: `${n}${"y".repeat(150)}`, quantity: 1 }));
    expect(await world.send({ ...world.carts.create(), lines }, add(long, 1))).toEqual({
      outcome: "failed",
      failure: { kind: "cart_full" },
    });
    expect(world.calls.changed).toBe(0);
  });

  it("leaves the cart alone while the database is down", async () => {
    const world = await createWorld();
    world.says.stock = () => Promise.reject(new UnavailableError("down"));
    const cart = world.carts.create();
    expect(await world.send(cart, add("mug", 1))).toEqual({ outcome: "failed", failure: { kind: "unavailable" } });
    expect((await world.store.totals()).units).toBe(0);
    expect(world.logged()).toEqual(["cart not changed"]);
  });

  it("does not swallow unexpected errors", async () => {
    const world = await createWorld();
    world.says.stock = () => Promise.reject(new Error("a bug"));
    await expect(world.send(world.carts.create(), add("mug", 1))).rejects.toThrow("a bug");
  });

  it("is the result if the payment page cannot be proven closed", async () => {
    const world = await createWorld();
    const held = await world.change(world.carts.create(), add("mug", 1));
    const cart = await world.openPaymentPage(held);
    for (const form of [
      set("mug", 2),
      { intent: "remove", product_id: "mug" },
      { intent: "clear" },
      { intent: "extend" },
    ]) {
      expect(await world.send(cart, form)).toMatchObject({ outcome: "failed", failure: { kind: "checkout_open" } });
    }
    expect((await world.store.view(cart.sessionHash)).claim?.lines).toEqual([{ productId: "mug", quantity: 1 }]);
  });
});

describe("a change", () => {
  it("leads to the order if the cart is sold meanwhile, so that nothing is paid twice", async () => {
    const world = await createWorld();
    const cart = await world.openPaymentPage(await world.change(world.carts.create(), add("mug", 1)));
    world.says.fulfil = () => Promise.resolve({ outcome: "done", repeated: true, order: order() });
    const { checkout } = world.shop;
    const soldMeanwhile = decorate(checkout, {
      changeCart: async (request) => {
        await world.sell();
        return checkout.changeCart(request);
      },
    });
    const shop = decorate(world.shop, { checkout: soldMeanwhile });
    const answer = await changeCart(
      shop,
      cart,
      { outcome: "read", intent: { intent: "set", lines: [{ productId: "mug", quantity: 2 }] }, clickedAt: null },
      world.clock.wall(),
    );
    expect(answer).toMatchObject({ outcome: "paid", checkoutId: CHECKOUT });
  });

  it("adds to held units", async () => {
    const world = await createWorld();
    const once = await world.change(world.carts.create(), add("mug", 1));
    const twice = await world.change(once, add("mug", 2));
    expect(twice.lines).toEqual([{ productId: "mug", quantity: 3 }]);
    expect((await world.store.view(twice.sessionHash)).lines).toEqual([{ productId: "mug", quantity: 3 }]);
  });

  it("adds to the cart's quantity after a hold expired", async () => {
    const world = await createWorld();
    const cart = await world.change(world.carts.create(), add("mug", 2));
    world.clock.advance(TTL_MS + 1000);
    expect((await world.change(cart, add("mug", 1))).lines).toEqual([{ productId: "mug", quantity: 3 }]);
  });

  it("holds every expired line again", async () => {
    const world = await createWorld();
    let cart = await world.change(world.carts.create(), add("mug", 2));
    cart = await world.change(cart, add("jug", 1));
    world.clock.advance(TTL_MS + 1000);
    expect((await world.store.view(cart.sessionHash)).lines).toEqual([]);
    await world.change(cart, { intent: "hold" });
    expect((await world.store.view(cart.sessionHash)).lines).toEqual(
      expect.arrayContaining([
        { productId: "mug", quantity: 2 },
        { productId: "jug", quantity: 1 },
      ]),
    );
  });

  it("removes a line from store and cookie, and a quantity of 0 does the same", async () => {
    const world = await createWorld();
    let cart = await world.change(world.carts.create(), add("mug", 2));
    cart = await world.change(cart, add("jug", 1));
    cart = await world.change(cart, set("mug", 0));
    expect(cart.lines).toEqual([{ productId: "jug", quantity: 1 }]);
    cart = await world.change(cart, { intent: "remove", product_id: "jug" });
    expect(cart.lines).toEqual([]);
    expect((await world.store.totals()).units).toBe(0);
  });

  it("removes a line whose product was deleted", async () => {
    const world = await createWorld();
    const cart = await world.change(world.carts.create(), add("mug", 2));
    world.rows.delete("mug");
    expect((await world.change(cart, { intent: "remove", product_id: "mug" })).lines).toEqual([]);
  });

  it("empties the cart and keeps the session", async () => {
    const world = await createWorld();
    const cart = await world.change(world.carts.create(), add("mug", 2));
    const cleared = await world.change(cart, { intent: "clear" });
    expect(cleared).toMatchObject({ lines: [], sessionHash: cart.sessionHash });
    expect((await world.store.totals()).units).toBe(0);
  });

  it("brings several lines back, all or none", async () => {
    const world = await createWorld([product("mug", { onHand: 3 }), product("jug", { onHand: 1 })]);
    const undo = { intent: "set", lines: '[["mug",2],["jug",1]]' };
    let cart = await world.change(world.carts.create(), undo);
    cart = await world.change(cart, { intent: "clear" });
    const other = await world.change(world.carts.create(), add("jug", 1));
    expect(await world.send(cart, undo)).toMatchObject({
      outcome: "failed",
      failure: { kind: "refused", lines: [{ productId: "jug", requested: 1, available: 0 }] },
    });
    expect((await world.store.view(cart.sessionHash)).lines).toEqual([]);
    await world.change(other, { intent: "clear" });
    expect((await world.change(cart, undo)).lines).toEqual([
      { productId: "mug", quantity: 2 },
      { productId: "jug", quantity: 1 },
    ]);
  });

  it("extends the hold", async () => {
    const world = await createWorld();
    const cart = await world.change(world.carts.create(), add("mug", 1));
    world.clock.advance(TTL_MS - 5000);
    await world.change(cart, { intent: "extend" });
    world.clock.advance(10_000);
    expect((await world.store.view(cart.sessionHash)).lines).toHaveLength(1);
  });

  it("never affects another shopper's cart", async () => {
    const world = await createWorld();
    const mine = await world.change(world.carts.create(), add("mug", 1));
    await world.change(world.carts.create(), { intent: "clear" });
    expect((await world.store.view(mine.sessionHash)).lines).toHaveLength(1);
  });
});

describe("a change of a cart that was paid unnoticed", () => {
  async function soldCart(given?: World) {
    const world = given ?? (await createWorld());
    const held = await world.change(world.carts.create(), add("mug", 2));
    const cart = await world.openPaymentPage(held);
    await world.sell();
    world.says.fulfil = () => Promise.resolve({ outcome: "done", repeated: true, order: order() });
    return { world, cart };
  }

  it("adds to a new cart, without the sold lines", async () => {
    const { world, cart } = await soldCart();
    const next = await world.change(cart, add("jug", 1));
    expect(next.sessionHash).not.toBe(cart.sessionHash);
    expect(next).toMatchObject({ lines: [{ productId: "jug", quantity: 1 }], checkouts: [CHECKOUT], paying: null });
  });

  it("leads to the order if it concerns the sold lines", async () => {
    const { world, cart } = await soldCart();
    for (const form of [set("mug", 1), { intent: "hold" }, { intent: "remove", product_id: "mug" }]) {
      expect(await world.send(cart, form)).toMatchObject({ outcome: "paid", checkoutId: CHECKOUT });
    }
    expect((await world.store.totals()).units).toBe(0);
  });

  it("changes nothing while it is unknown whether it was paid", async () => {
    const { world, cart } = await soldCart();
    world.says.fulfil = () => Promise.reject(new UnavailableError("Stripe"));
    expect(await world.send(cart, { intent: "hold" })).toEqual({
      outcome: "failed",
      failure: { kind: "unsettled", checkoutId: CHECKOUT },
    });
    expect((await world.store.totals()).units).toBe(0);
  });

  it("no longer asks Stripe once a change has proved the page closed", async () => {
    const world = await createWorld();
    const cart = withCheckout(world.carts.create(), CHECKOUT);
    world.says.fulfil = () => Promise.resolve({ outcome: "released", order: order() });
    const changed = await world.change(cart, add("mug", 1));
    expect(world.calls.fulfilled).toEqual([CHECKOUT]);
    await world.change(changed, add("mug", 1));
    expect(world.calls.fulfilled).toEqual([CHECKOUT]);
  });
});
