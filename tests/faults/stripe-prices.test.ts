import { describe, expect, it } from "vitest";
import { UnavailableError } from "~/errors";
import { CALLS, createWorld, once, ORIGIN } from "../checkout/world";

const IDS = Array.from({ length: 30 }, (_, n) => `mug-${String(n)}`);
const lines = (ids: readonly string[]) => ids.map((productId) => ({ productId, quantity: 1 }));

/** A table whose rows each name a Stripe Price and also have another price of their own. */
function createShop(ids: readonly string[]) {
  const world = createWorld({
    rows: Object.fromEntries(ids.map((id) => [id, { inventory: 5, price: 2800, stripePrice: `price_${id}` }])),
  });
  const set = (facts = {}) =>
    world.stripe.setPrices(
      ids.map((id) => ({ id: `price_${id}`, currency: "eur", unit_amount: 9900, product_name: id, ...facts })),
    );
  set();
  return { world, set };
}

describe("rows that name a Stripe Price", () => {
  it("cost at most three calls to Stripe for thirty of them, once their Prices are known", async () => {
    const { world } = createShop(IDS);
    const shop = await world.open();
    await shop.prices.warm(IDS.map((id) => `price_${id}`));
    const before = shop.calls.length;

    const checkoutId = await shop.pay("ann", Object.fromEntries(IDS.map((id) => [id, 1])));

    const calls = shop.calls.slice(before).filter((name) => name.startsWith("stripe"));
    expect(calls.length, calls.join("; ")).toBeLessThanOrEqual(3);
    expect(world.stripe.session(checkoutId)).toMatchObject({ amount_total: 30 * 9900, currency: "eur" });
  });

  it("are charged in the currency that was shown, even if the Price has others", async () => {
    const { world } = createShop(["mug"]);
    const shop = await world.open();
    const currencies: unknown[] = [];
    const { gateway } = shop.dependencies;
    const watched = world.boot({
      dependencies: (real) => ({
        gateway: {
          ...gateway,
          create: (params, key) => (currencies.push(params.currency), real.gateway.create(params, key)),
        },
      }),
    });
    await watched.checkout.rebuild();

    await watched.pay("ann", { mug: 1 });

    expect(currencies).toEqual(["eur"]);
  });

  it.each([
    ["was switched off", { active: false }],
    ["has a product that was switched off", { product_active: false }],
    ["became a subscription's", { recurring: true }],
  ])(
    "are not payable if the Price %s since it was read: Stripe rejects it, and it is read again",
    async (_what, facts) => {
      const { world, set } = createShop(["mug"]);
      const shop = await world.open();
      await shop.prices.warm(["price_mug"]);
      set(facts);

      const started = await shop.checkout.start({ sessionHash: "ann", lines: lines(["mug"]), origin: ORIGIN });

      expect(started).toEqual({ outcome: "not_payable", reason: "no_price", productIds: ["mug"] });
      expect((await shop.dependencies.catalog.products(["mug"])).get("mug")?.price).toBeNull();
      expect(await shop.store.view("ann")).toMatchObject({ lines: lines(["mug"]), claim: null });
      expect(shop.eventsOf("checkout_rejected")).toHaveLength(1);

      set();
      expect(await shop.checkout.start({ sessionHash: "ann", lines: [], origin: ORIGIN })).toMatchObject({
        outcome: "redirect",
      });
    },
  );

  it("are reported individually: only those of the cart whose Price is gone", async () => {
    const { world } = createShop(["mug", "pot"]);
    const shop = await world.open();
    await shop.prices.warm(["price_mug", "price_pot"]);
    world.stripe.setPrices([
      { id: "price_pot", currency: "eur", unit_amount: 9900, product_name: "pot", active: false },
    ]);

    expect(
      await shop.checkout.start({ sessionHash: "ann", lines: lines(["mug", "pot"]), origin: ORIGIN }),
    ).toMatchObject({
      outcome: "not_payable",
      productIds: ["pot"],
    });
  });

  it("whose Price is unknown don't count as unpriced: the items stay held, and a retry succeeds", async () => {
    const { world } = createShop(["mug"]);
    const shop = await world.open();
    shop.setFaults(once("/v1/prices", 500, 2));

    await expect(shop.checkout.start({ sessionHash: "ann", lines: lines(["mug"]), origin: ORIGIN })).rejects.toThrow(
      UnavailableError,
    );
    expect(await shop.store.view("ann")).toMatchObject({ lines: lines(["mug"]), claim: null });
    expect(world.stripe.sessions()).toEqual([]);

    expect(await shop.checkout.start({ sessionHash: "ann", lines: [], origin: ORIGIN })).toMatchObject({
      outcome: "redirect",
    });
  });

  it("are reported as rejected by Stripe if their Prices are unchanged or unreadable", async () => {
    const { world } = createShop(["mug"]);
    const shop = await world.open();
    await shop.prices.warm(["price_mug"]);
    const rejected = { outcome: "not_payable", reason: "rejected_by_stripe" };
    const refuse = () =>
      world.stripe.failNext({ method: "POST", path: "/v1/checkout/sessions", status: 400, message: "something else" });
    refuse();
    expect(await shop.checkout.start({ sessionHash: "ann", lines: lines(["mug"]), origin: ORIGIN })).toMatchObject(
      rejected,
    );
    refuse();
    shop.setFaults(once("/v1/prices", 500));
    expect(await shop.checkout.start({ sessionHash: "ann", lines: [], origin: ORIGIN })).toMatchObject(rejected);
    expect(shop.calls.filter((name) => name === CALLS.create)).toHaveLength(2);
  });
});
