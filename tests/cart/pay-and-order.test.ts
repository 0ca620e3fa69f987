import { describe, expect, it } from "vitest";
import { withCheckout, type Cart } from "~/cart/cart-session.server";
import { payCart } from "~/cart/pay-cart.server";
import { showOrder } from "~/cart/show-order.server";
import type { FulfilOutcome, StartOutcome } from "~/checkout/checkout";
import type { Order } from "~/checkout/report/orders";
import { decorate } from "~/decorate";
import { UnavailableError } from "~/errors";
import { CHECKOUT, createWorld, order, product, type World } from "./cart-world";

const ORIGIN = "http://shop.test";
const pay = (world: World, cart: Cart) => payCart(world.shop, cart, ORIGIN, world.clock.wall());
const see = (world: World, cart: Cart) =>
  showOrder(world.shop, cart, { checkoutId: CHECKOUT, locale: "en-US", mayAsk: true });

describe("paying", () => {
  const claim = { sessionHash: "s", lines: [], claimedAt: 5, claimId: "c", checkoutId: CHECKOUT };
  const failures: readonly StartOutcome[] = [
    { outcome: "empty_cart" },
    {
      outcome: "refused",
      lines: [
        {
          productId: "mug",
          name: "Mug",
          requested: 2,
          available: 1,
          shortage: "sold_out",
          missed: 0,
          nextReleaseInMs: null,
        },
      ],
    },
    { outcome: "unknown_product", productIds: ["mug"] },
    { outcome: "limit_exceeded", limit: "units_per_line", max: 10 },
    { outcome: "checkout_open", claim },
    { outcome: "not_payable", reason: "mixed_currencies", productIds: ["mug"] },
  ];

  it.each(failures)("reports $outcome instead of opening a page", async (outcome) => {
    const world = await createWorld();
    world.says.start = () => Promise.resolve(outcome);
    expect(await pay(world, world.carts.create())).toMatchObject({
      outcome: "failed",
      failure: { kind: outcome.outcome },
    });
  });

  it("reports an outage of Stripe", async () => {
    const world = await createWorld();
    world.says.start = () => Promise.reject(new UnavailableError("Stripe"));
    expect(await pay(world, world.carts.create())).toEqual({ outcome: "failed", failure: { kind: "unavailable" } });
  });

  it("opens no second payment page for a paid cart", async () => {
    const world = await createWorld();
    world.says.fulfil = () => Promise.resolve({ outcome: "done", repeated: true, order: order() });
    world.says.start = () => Promise.reject(new Error("opened"));
    expect(await pay(world, withCheckout(world.carts.create(), CHECKOUT))).toMatchObject({
      outcome: "redirect",
      url: `/orders/${CHECKOUT}`,
    });
  });

  it("remembers the checkout that it opens", async () => {
    const world = await createWorld();
    world.says.start = () => Promise.resolve({ outcome: "redirect", url: "https://pay.test/1", checkoutId: CHECKOUT });
    const answer = await pay(world, world.carts.create());
    expect(answer).toMatchObject({
      outcome: "redirect",
      url: "https://pay.test/1",
      cart: { checkouts: [CHECKOUT], paying: CHECKOUT },
    });
  });
});

describe("the order page", () => {
  it("shows nothing to a browser that did not open the checkout, without asking Stripe", async () => {
    const world = await createWorld();
    expect(await see(world, world.carts.create())).toMatchObject({
      outcome: "shown",
      view: { state: "another_browser", order: null },
    });
    expect(world.calls.fulfilled).toEqual([]);
  });

  it("never shows a checkout of another shop", async () => {
    const world = await createWorld();
    world.says.fulfil = () => Promise.resolve({ outcome: "not_ours" });
    expect(await see(world, withCheckout(world.carts.create(), CHECKOUT))).toMatchObject({
      outcome: "shown",
      view: { state: "another_browser", order: null },
    });
  });

  it("says that a payment is being confirmed while Stripe is unavailable", async () => {
    const world = await createWorld();
    world.says.fulfil = () => Promise.reject(new UnavailableError("lease"));
    expect(await see(world, withCheckout(world.carts.create(), CHECKOUT))).toEqual({
      outcome: "shown",
      view: { checkoutId: CHECKOUT, state: "being_confirmed", order: null, isInCart: false },
    });
  });

  const charged: readonly FulfilOutcome[] = [
    { outcome: "done", repeated: false, order: order() },
    { outcome: "refunded", repeated: false, order: order() },
    { outcome: "needs_review", reason: "unclear_row", order: order() },
  ];

  it.each(charged)("starts a new cart if this one was charged: $outcome", async (outcome) => {
    const world = await createWorld();
    world.says.fulfil = () => Promise.resolve(outcome);
    const cart = { ...withCheckout(world.carts.create(), CHECKOUT), lines: [{ productId: "mug", quantity: 2 }] };
    const first = await see(world, cart);
    if (first.outcome !== "reload") throw new Error(first.outcome);
    expect(first.cart).toMatchObject({ lines: [], checkouts: [CHECKOUT], paying: null });
    expect(first.cart.sessionHash).not.toBe(cart.sessionHash);
    expect((await see(world, first.cart)).outcome).toBe("shown");
  });

  it("starts a new cart while a delayed payment is pending, since the old one cannot be changed", async () => {
    const world = await createWorld();
    world.says.fulfil = () => Promise.resolve({ outcome: "awaiting_payment", order: order() });
    const cart = { ...withCheckout(world.carts.create(), CHECKOUT), lines: [{ productId: "mug", quantity: 2 }] };
    const first = await see(world, cart);
    if (first.outcome !== "reload") throw new Error(first.outcome);
    expect(first.cart).toMatchObject({ lines: [], checkouts: [CHECKOUT], paying: null });
    expect(await see(world, first.cart)).toMatchObject({ outcome: "shown", view: { state: "awaiting_payment" } });
  });

  it("has pictures of products that still exist", async () => {
    const image = "/products/mug.jpg";
    const world = await createWorld([product("mug", { image })]);
    const lines = ["mug", "gone"].map((productId) => ({ ...order().lines[0], productId }) as Order["lines"][number]);
    world.says.fulfil = () => Promise.resolve({ outcome: "open", order: order({ lines }) });
    expect(await see(world, withCheckout(world.carts.create(), CHECKOUT))).toMatchObject({
      view: {
        order: {
          lines: [
            { productId: "mug", image },
            { productId: "gone", image: null },
          ],
        },
      },
    });
  });

  it("is shown without pictures while the products cannot be read", async () => {
    const world = await createWorld([product("mug", { image: "/products/mug.jpg" })]);
    world.says.fulfil = () => Promise.resolve({ outcome: "open", order: order() });
    const products = () => Promise.reject(new UnavailableError("database"));
    const shop = { ...world.shop, offers: decorate(world.shop.offers, { products }) };
    const visit = { checkoutId: CHECKOUT, locale: "en-US", mayAsk: true };
    expect(await showOrder(shop, withCheckout(world.carts.create(), CHECKOUT), visit)).toMatchObject({
      view: { state: "open", order: { total: "$25.00", lines: [{ name: "Mug", image: null }] } },
    });
  });

  it("shows amounts added to the lines, if any", async () => {
    const additions = [
      { kind: "discount", amount: { amount: -500, currency: "usd" } },
      { kind: "shipping", amount: { amount: 700, currency: "usd" } },
    ] as const;
    const world = await createWorld();
    const buyer = { ...withCheckout(world.carts.create(), CHECKOUT), paying: null };
    world.says.fulfil = () =>
      Promise.resolve({
        outcome: "done",
        repeated: true,
        order: order({ additions, total: { amount: 2700, currency: "usd" } }),
      });
    expect(await see(world, buyer)).toMatchObject({
      view: {
        order: {
          subtotal: "$25.00",
          total: "$27.00",
          additions: [
            { kind: "discount", isNegative: true, amount: "-$5.00" },
            { kind: "shipping", amount: "$7.00" },
          ],
        },
      },
    });
    world.says.fulfil = () => Promise.resolve({ outcome: "done", repeated: true, order: order() });
    expect(await see(world, buyer)).toMatchObject({ view: { order: { additions: [] } } });
  });

  it("leaves the browser's next cart alone when the order is viewed again", async () => {
    const world = await createWorld();
    world.says.fulfil = () => Promise.resolve({ outcome: "done", repeated: true, order: order() });
    const next = { ...world.carts.create(), checkouts: [CHECKOUT], lines: [{ productId: "jug", quantity: 1 }] };
    expect(await see(world, next)).toMatchObject({
      outcome: "shown",
      view: { state: "paid", order: { total: "$25.00" } },
    });
  });

  it.each([
    ["open", "open"],
    ["released", "not_charged"],
  ] as const)("keeps the cart while nothing was charged: %s", async (outcome, state) => {
    const world = await createWorld();
    world.says.fulfil = () => Promise.resolve({ outcome, order: order() });
    expect(await see(world, withCheckout(world.carts.create(), CHECKOUT))).toMatchObject({
      outcome: "shown",
      view: { state },
    });
  });

  const refunded = (returned: number, pending = 0, owed = 0) => order({ refund: { returned, pending, owed } });
  it.each<[string, FulfilOutcome, string, object]>([
    [
      "a full manual refund",
      { outcome: "done", repeated: true, order: refunded(2500) },
      "refunded_by_shop",
      { returned: "$25.00", pending: null, owed: null },
    ],
    [
      "a refund of a part",
      { outcome: "done", repeated: true, order: refunded(300) },
      "paid",
      { returned: "$3.00", pending: null, owed: null },
    ],
    [
      "a full manual refund that is on its way",
      { outcome: "done", repeated: true, order: refunded(0, 2500) },
      "refund_pending",
      { returned: null, pending: "$25.00", owed: null },
    ],
    [
      "a refund of ours that is on its way",
      { outcome: "refunded", repeated: true, order: refunded(0, 2500) },
      "refund_pending",
      { returned: null, pending: "$25.00", owed: null },
    ],
    [
      "a refund that arrived",
      { outcome: "refunded", repeated: true, order: refunded(2500) },
      "refunded",
      { returned: "$25.00", pending: null, owed: null },
    ],
    [
      "a refund that failed",
      { outcome: "needs_review", reason: "refund_failed", order: refunded(0, 0, 2500) },
      "refund_failed",
      { returned: null, pending: null, owed: "$25.00" },
    ],
    [
      "no refund of what was free",
      { outcome: "done", repeated: true, order: order({ total: { amount: 0, currency: "usd" } }) },
      "paid",
      { returned: null, pending: null, owed: null },
    ],
  ])("shows %s", async (_what, outcome, state, refund) => {
    const world = await createWorld();
    world.says.fulfil = () => Promise.resolve(outcome);
    const seen = { ...world.carts.create(), checkouts: [CHECKOUT] };
    expect(await see(world, seen)).toMatchObject({ outcome: "shown", view: { state, order: { refund } } });
  });

  it("says that an unpaid order's products are in the cart only if they are", async () => {
    const world = await createWorld();
    world.says.fulfil = () => Promise.resolve({ outcome: "released", order: order() });
    const emptied = withCheckout(world.carts.create(), CHECKOUT);
    expect(await see(world, emptied)).toMatchObject({ view: { state: "not_charged", isInCart: false } });
    expect(await see(world, { ...emptied, lines: [{ productId: "jug", quantity: 1 }] })).toMatchObject({
      view: { isInCart: false },
    });
    expect(await see(world, { ...emptied, lines: [{ productId: "mug", quantity: 1 }] })).toMatchObject({
      view: { isInCart: true },
    });
  });
});
