import { describe, expect, it } from "vitest";
import type { PaymentTurn } from "~/checkout/checkout";
import { UNSTAMPED_AFTER_MS } from "~/checkout/page/close-checkout.server";
import { pageLifeMs } from "~/checkout/page/session-parameters.server";
import type { StripeGateway } from "~/checkout/stripe/gateway";
import { UnavailableError } from "~/errors";
import { storeWith } from "../checkout/store-with";
import { CALLS, CHECKOUT_TTL_MS, createWorld, MAX_AGE_MS, once, ORIGIN, TTL_MS, type Process } from "../checkout/world";

const units = (productId: string, quantity: number) => [{ productId, quantity }];
const start = (shop: Process, sessionHash: string, quantity = 1) =>
  shop.checkout.start({ sessionHash, lines: units("mug", quantity), origin: ORIGIN });
const change = (shop: Process, sessionHash: string, quantity: number) =>
  shop.checkout.changeCart({ sessionHash, lines: units("mug", quantity) });
const heldUnits = async (shop: Process) => (await shop.store.totals()).units;

/** Reports each create without line items, which checks under a claim's key whether its page exists, as refused. */
function neverCreated(gateway: StripeGateway): StripeGateway["create"] {
  return async (params, key) =>
    params.line_items === undefined
      ? { outcome: "refused", code: "parameter_missing", message: "" }
      : gateway.create(params, key);
}

describe("a picture that Stripe rejects", () => {
  /**
   * A shop whose mug has a picture, with a Stripe that rejects any picture. `param`: the parameter that Stripe names.
   */
  async function shopWithPicture(param: string) {
    const world = createWorld({ rows: { mug: 3 } });
    const plain = await world.open();
    const { catalog, gateway } = plain.dependencies;
    const requests: boolean[] = [];
    const shop = world.boot({
      dependencies: () => ({
        catalog: {
          ...catalog,
          products: async (ids) =>
            new Map(
              [...(await catalog.products(ids))].map(([id, row]) => [
                id,
                { ...row, image: "https://cdn.example.com/mug.jpg" },
              ]),
            ),
        },
        gateway: {
          ...gateway,
          create: async (params, key) => {
            const hasPicture =
              params.line_items?.some((line) => line.price_data?.product_data?.images !== undefined) ?? false;
            requests.push(hasPicture);
            return hasPicture
              ? { outcome: "refused", code: "url_invalid", message: "Not a valid URL", param }
              : gateway.create(params, key);
          },
        },
      }),
    });
    await shop.checkout.rebuild();
    await change(shop, "ann", 1);
    return { world, shop, requests };
  }

  it("is left out, and the page opens without it", async () => {
    const { shop, requests } = await shopWithPicture("line_items[0][price_data][product_data][images][0]");
    expect(await start(shop, "ann")).toMatchObject({ outcome: "redirect" });
    expect(requests).toEqual([true, false]);
  });

  it("is not blamed for another rejection", async () => {
    const { shop, requests } = await shopWithPicture("line_items[0][quantity]");
    expect(await start(shop, "ann")).toMatchObject({ outcome: "not_payable", reason: "rejected_by_stripe" });
    expect(requests).toEqual([true]);
  });
});

describe("closing a payment page", () => {
  it("if expire wins the race against the payment, the page can't be paid and the units return to the shopper", async () => {
    const world = createWorld({ rows: { mug: 3 } });
    const shop = await world.open();
    const old = await shop.pay("ann", { mug: 1 });

    expect(await change(shop, "ann", 2)).toMatchObject({ outcome: "granted" });

    expect(world.stripe.pay(old).kind).toBe("expired");
    expect(await heldUnits(shop)).toBe(2);
    expect(world.stock()).toBe(3);
  });

  it("if expire loses the race against the payment, the cart is sold and unchanged", async () => {
    const world = createWorld({ rows: { mug: 3 } });
    const shop = await world.open();
    const old = await shop.pay("ann", { mug: 1 });
    world.stripe.pay(old);

    expect(await change(shop, "ann", 2)).toEqual({ outcome: "paid", checkoutId: old });

    expect(world.stock()).toBe(2);
    expect(await heldUnits(shop)).toBe(0);
  });

  it.each(["refuse", 429, 500, 503] as const)(
    "refuses the change and keeps holding if expire and fetch both fail with %s",
    async (fault) => {
      const world = createWorld({ rows: { mug: 1 } });
      const shop = await world.open();
      const checkoutId = await shop.pay("ann", { mug: 1 });
      shop.setFaults((call) => (call.name.startsWith("stripe") ? fault : null));

      expect(await change(shop, "ann", 0)).toMatchObject({ outcome: "checkout_open" });
      expect(await shop.checkout.release({ sessionHash: "ann", productIds: "all" })).toMatchObject({
        outcome: "checkout_open",
      });
      expect(await change(shop, "bob", 1)).toMatchObject({ outcome: "refused" });

      shop.heal();
      world.stripe.pay(checkoutId);
      expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
      expect(world.stock()).toBe(0);
    },
  );

  it("accepts the fetched status as proof if the response to expire is lost", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await world.open();
    await shop.pay("ann", { mug: 1 });
    shop.setFaults(once(CALLS.expire, "cut"));

    expect(await change(shop, "ann", 0)).toMatchObject({ outcome: "granted" });

    expect(await change(shop, "bob", 1)).toMatchObject({ outcome: "granted" });
  });

  it("the sweep closes a page past its deadline, or fulfils it if it was paid meanwhile", async () => {
    const world = createWorld({ rows: { mug: 2 } });
    const shop = await world.open();
    const unpaid = await shop.pay("ann", { mug: 1 });
    const paid = await shop.pay("bob", { mug: 1 });
    world.advance(CHECKOUT_TTL_MS - 1);
    await shop.checkout.sweep();
    expect(world.stripe.session(unpaid)?.status).toBe("open");
    world.stripe.pay(paid);

    world.advance(1);
    await shop.checkout.sweep();

    expect(world.stripe.session(unpaid)?.status).toBe("expired");
    expect(world.stock()).toBe(1);
    expect(await heldUnits(shop)).toBe(0);
  });

  it("the sweep keeps holding and retries while Stripe is unavailable", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await world.open();
    await shop.pay("ann", { mug: 1 });
    world.advance(CHECKOUT_TTL_MS);
    shop.setFaults((call) => (call.name.startsWith("stripe") ? 503 : null));
    await shop.checkout.sweep();
    expect(await heldUnits(shop)).toBe(1);
    shop.heal();

    await shop.checkout.sweep();

    expect(await heldUnits(shop)).toBe(0);
  });
});

describe("opening a payment page", () => {
  it("keeps the units held while Stripe is down, and opens one page at the next attempt", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await world.open();
    shop.setFaults((call) => (call.name.startsWith("stripe") ? "refuse" : null));
    await expect(start(shop, "ann")).rejects.toThrow(UnavailableError);
    expect(await change(shop, "bob", 1)).toMatchObject({ outcome: "refused" });
    shop.heal();

    expect(await start(shop, "ann")).toMatchObject({ outcome: "redirect" });

    expect(world.stripe.sessions()).toHaveLength(1);
    expect(world.stock()).toBe(1);
  });

  it("returns the same page on retry if the response to create was lost", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await world.open();
    shop.setFaults(once(CALLS.create, "cut"));
    await expect(start(shop, "ann")).rejects.toThrow(UnavailableError);

    const second = await start(shop, "ann");

    expect(world.stripe.sessions().map((session) => session.id)).toEqual([
      second.outcome === "redirect" ? second.checkoutId : "none",
    ]);
  });

  it("finds an abandoned page in Stripe's list after a minute if the response to create was lost", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await world.open();
    shop.setFaults(once(CALLS.create, "cut"));
    await expect(start(shop, "ann")).rejects.toThrow(UnavailableError);
    world.advance(59_999);
    await shop.checkout.sweep();
    expect(await heldUnits(shop)).toBe(1);

    world.advance(1);
    await shop.checkout.sweep();

    expect(world.stripe.sessions().map((session) => session.status)).toEqual(["expired"]);
    expect(await heldUnits(shop)).toBe(0);
  });

  it("frees the units of an abandoned claim after a minute if create never arrived", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await world.open();
    shop.setFaults(once(CALLS.create, "refuse"));
    await expect(start(shop, "ann")).rejects.toThrow(UnavailableError);
    expect(await change(shop, "ann", 0)).toMatchObject({ outcome: "checkout_open" });

    world.advance(60_000);
    expect(await change(shop, "ann", 0)).toMatchObject({ outcome: "granted" });

    expect(await heldUnits(shop)).toBe(0);
  });

  it("does not lock the cart when Stripe replays a saved 500", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await world.open();
    world.stripe.failNext({ method: "POST", path: "/v1/checkout/sessions", status: 500 });
    await expect(start(shop, "ann")).rejects.toThrow(UnavailableError);

    // Stripe replays the response to a key for a day. The units go back to the cart, and a new claim has a new key.
    expect(await start(shop, "ann")).toMatchObject({ outcome: "redirect" });
    expect(await heldUnits(shop)).toBe(1);
  });

  it("frees the units of an abandoned claim with a saved 500 once no page of it could still be open", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await world.open();
    world.stripe.failNext({ method: "POST", path: "/v1/checkout/sessions", status: 500 });
    await expect(start(shop, "ann")).rejects.toThrow(UnavailableError);
    const life = pageLifeMs(shop.dependencies.config) + UNSTAMPED_AFTER_MS;

    world.advance(life - 1);
    await shop.checkout.sweep();
    expect(await heldUnits(shop)).toBe(1);

    world.advance(1);
    await shop.checkout.sweep();
    expect(await heldUnits(shop)).toBe(0);
  });

  describe.each([
    ["a list that lacks the page does not end its claim", (gateway: StripeGateway) => gateway, 1],
    // Negative control: without another create under the claim's key, the list alone would count as proof.
    [
      "without another create under its key, it would (negative control)",
      (gateway: StripeGateway) => ({ ...gateway, create: neverCreated(gateway) }),
      0,
    ],
  ] as const)("%s", (_name, asking, expected) => {
    it.each(["a sweep", "a change of the cart"])("during %s", async (trigger) => {
      const world = createWorld({ rows: { mug: 1 } });
      const shop: Process = await world.open({
        dependencies: ({ gateway }) => ({
          gateway: {
            ...asking(gateway),
            async *list() {
              yield* [];
            },
          },
        }),
      });
      shop.setFaults(once(CALLS.create, "cut"));
      await expect(start(shop, "ann")).rejects.toThrow(UnavailableError);
      world.advance(UNSTAMPED_AFTER_MS);

      if (trigger === "a sweep") await shop.checkout.sweep();
      else await change(shop, "ann", 0);

      const [page] = world.stripe.sessions();
      expect(page?.status).toBe("open");
      expect(await heldUnits(shop)).toBe(expected);
    });
  });

  it("never hands out a page with the old price if the price changed after a lost response", async () => {
    const world = createWorld({ rows: { mug: { inventory: 1, price: 1000 } } });
    const shop = await world.open();
    shop.setFaults(once(CALLS.create, "cut"));
    await expect(start(shop, "ann")).rejects.toThrow(UnavailableError);
    world.rows.set("mug", { inventory: 1, price: 2000 });
    await expect(start(shop, "ann")).rejects.toThrow(UnavailableError);

    world.advance(60_000);
    const second = await start(shop, "ann");

    const sessions = world.stripe.sessions();
    expect(sessions.map((session) => [session.status, session.amount_total])).toEqual([
      ["expired", 1000],
      ["open", 2000],
    ]);
    expect(second).toMatchObject({ outcome: "redirect", checkoutId: sessions[1]?.id });
  });

  it("does not end a claim while its create is in flight, however long that takes", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await world.open();
    const held = world.stripe.holdNext({ method: "POST", path: "/v1/checkout/sessions" });
    const slow = start(shop, "ann");
    await held.reached;
    world.advance(UNSTAMPED_AFTER_MS);
    await shop.checkout.sweep();
    expect(await heldUnits(shop)).toBe(1);

    held.release();
    const opened = await slow;

    expect(opened).toMatchObject({ outcome: "redirect", checkoutId: world.stripe.sessions()[0]?.id });
    expect(world.stripe.sessions()).toHaveLength(1);
  });

  it("closes the page and never hands out its URL if the claim ended while create was in flight", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await world.open();
    const held = world.stripe.holdNext({ method: "POST", path: "/v1/checkout/sessions" });
    const slow = start(shop, "ann");
    await held.reached;
    const [claim] = await shop.store.claims({ olderThanMs: 0 });
    await shop.store.unclaim({ claimId: claim?.claimId ?? "", checkoutId: null, to: "stock" });
    expect(await heldUnits(shop)).toBe(0);

    held.release();
    const outcome = await slow;

    const open = world.stripe.sessions().filter((session) => session.status === "open");
    expect(open.map((session) => session.id)).toEqual([outcome.outcome === "redirect" ? outcome.checkoutId : "none"]);
    expect(
      world.stripe
        .sessions()
        .map((session) => session.status)
        .sort(),
    ).toEqual(["expired", "open"]);
  });

  it("opens one page with one claim when two tabs pay at once", async () => {
    const world = createWorld({ rows: { mug: 2 } });
    const shop = await world.open();

    const pages = await Promise.all([start(shop, "ann", 2), start(shop, "ann", 2)]);

    expect(new Set(pages.map((page) => (page.outcome === "redirect" ? page.checkoutId : page.outcome))).size).toBe(1);
    expect(world.stripe.sessions()).toHaveLength(1);
    expect(await heldUnits(shop)).toBe(2);
  });

  it.each([
    ["POST", "/v1/checkout/sessions", "after"],
    ["GET", "/v1/checkout/sessions/*", "before"],
  ] as const)(
    "leads to the order if the other tab pays while this one's %s %s is in flight",
    async (method, path, when) => {
      const world = createWorld({ rows: { mug: 2 } });
      const shop = await world.open();
      const held = world.stripe.holdNext({ method, path, when });
      const slow = start(shop, "ann");
      await held.reached;
      const [session] = world.stripe.sessions();
      const checkoutId = session?.id ?? "";
      world.stripe.pay(checkoutId);
      await shop.checkout.fulfil(checkoutId);

      held.release();

      expect(await slow).toEqual({ outcome: "paid", checkoutId });
      expect(world.stripe.sessions()).toHaveLength(1);
      expect(world.stock()).toBe(1);
    },
  );

  it("closes the old page before it opens a new one for a changed cart", async () => {
    const world = createWorld({ rows: { mug: 5, pot: 5 } });
    const shop = await world.open();
    const old = await shop.pay("ann", { mug: 1 });

    const newer = await shop.pay("ann", { mug: 1, pot: 1 });

    expect(world.stripe.session(old)?.status).toBe("expired");
    expect(world.stripe.session(newer)?.amount_total).toBe(2500);
    expect(await heldUnits(shop)).toBe(2);
  });

  it("opens a new page with the new price if the price changed", async () => {
    const world = createWorld({ rows: { mug: { inventory: 5, price: 1000 } } });
    const shop = await world.open();
    const old = await shop.pay("ann", { mug: 1 });
    world.rows.set("mug", { inventory: 5, price: 1500 });

    const newer = await shop.pay("ann", { mug: 1 });

    expect(world.stripe.session(old)?.status).toBe("expired");
    expect(world.stripe.session(newer)?.amount_total).toBe(1500);
  });

  it("ignores the quantity of a tampered form", async () => {
    const world = createWorld({ rows: { mug: 5 } });
    const shop = await world.open();
    await change(shop, "ann", 2);

    const checkoutId = await shop.pay("ann", { mug: 1 });

    expect(world.stripe.session(checkoutId)?.amount_total).toBe(2500);
  });

  it("refuses, opening and charging nothing, if an admin sets the stock to 0 between hold and checkout", async () => {
    const world = createWorld({ rows: { mug: 2 } });
    const shop = await world.open();
    await change(shop, "ann", 2);
    world.setStock("mug", 0);

    expect(await start(shop, "ann", 2)).toMatchObject({
      outcome: "refused",
      lines: [{ productId: "mug", requested: 2, available: 0, shortage: "sold_out" }],
    });

    expect(world.stripe.sessions()).toEqual([]);
    expect(world.stock()).toBe(0);
  });

  it("holds the units again if the hold expires in the millisecond of checkout", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await world.open({
      dependencies: (real) => ({
        reservations: {
          ...real.reservations,
          // The two minutes end between reading the cart and the claim.
          store: storeWith(real.reservations.store, {
            claim: (request) => {
              if (world.clock.now() < TTL_MS) world.advance(TTL_MS - world.clock.now());
              return real.reservations.store.claim(request);
            },
          }),
        },
      }),
    });
    await change(shop, "ann", 1);

    expect(await start(shop, "ann")).toMatchObject({ outcome: "redirect" });

    expect(await heldUnits(shop)).toBe(1);
    expect(world.clock.now()).toBe(TTL_MS);
  });

  it.each(["is free", "is held by another shopper"])(
    "never opens a page for part of the cart if an operator releases a line in the millisecond of checkout and it %s",
    async (then) => {
      const world = createWorld({ rows: { mug: 1, pot: 1 } });
      let isGivenBack = false;
      const shop = await world.open({
        dependencies: (real) => ({
          reservations: {
            ...real.reservations,
            store: storeWith(real.reservations.store, {
              async claim(request) {
                if (!isGivenBack) {
                  isGivenBack = true;
                  await real.reservations.store.release({ sessionHash: "ann", productIds: ["mug"] });
                  if (then === "is held by another shopper") await change(shop, "bob", 1);
                }
                return real.reservations.store.claim(request);
              },
            }),
          },
        }),
      });
      const cart = [...units("mug", 1), ...units("pot", 1)];
      await shop.checkout.changeCart({ sessionHash: "ann", lines: cart });

      const outcome = await shop.checkout.start({ sessionHash: "ann", lines: cart, origin: ORIGIN });

      const pages = world.stripe.sessions();
      if (then === "is free") {
        expect(outcome).toMatchObject({ outcome: "redirect" });
        expect(pages).toMatchObject([{ amount_total: 2500 }]);
      } else {
        expect(outcome).toMatchObject({
          outcome: "refused",
          lines: [{ productId: "mug", shortage: "held_by_others" }],
        });
        expect(pages).toEqual([]);
        expect((await shop.store.view("ann")).lines).toEqual(units("pot", 1));
      }
    },
  );

  it("refuses if the hold expired before checkout and another shopper holds the unit", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await world.open();
    await change(shop, "ann", 1);
    world.advance(TTL_MS);
    await change(shop, "bob", 1);

    expect(await start(shop, "ann")).toMatchObject({ outcome: "refused", lines: [{ shortage: "held_by_others" }] });
  });

  it("ends a hold at its maximum age although the shopper keeps paying and cancelling", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await world.open();
    const turn = 60_000;
    for (let age = 0; age < MAX_AGE_MS; age += turn) {
      await shop.pay("ann", { mug: 1 });
      // Setting the cart again after returning from the payment page closes the page.
      expect(await change(shop, "ann", 1)).toMatchObject({ outcome: "granted" });
      world.advance(turn);
    }

    expect(await change(shop, "bob", 1)).toMatchObject({ outcome: "granted" });
    expect(await start(shop, "ann")).toMatchObject({ outcome: "refused" });
    expect(world.stock()).toBe(1);
  });

  it("keeps the claim when the shopper just returns from the page", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { mug: 1 });
    world.advance(TTL_MS * 3);

    expect(await change(shop, "bob", 1)).toMatchObject({ outcome: "refused" });
    expect(await start(shop, "ann")).toMatchObject({ outcome: "redirect", checkoutId });
  });
});

describe("a payable cart", () => {
  it("is charged in yen without decimals", async () => {
    const world = createWorld({ rows: { mug: { inventory: 5, price: 1250, currency: "jpy" } } });
    const shop = await world.open();

    const checkoutId = await shop.pay("ann", { mug: 2 });

    expect(world.stripe.session(checkoutId)).toMatchObject({ amount_total: 2500, currency: "jpy" });
  });

  it("is refused with mixed currencies, and its units return to the cart", async () => {
    const world = createWorld({ rows: { mug: { inventory: 5 }, pot: { inventory: 5, currency: "eur" } } });
    const shop = await world.open();
    const lines = [...units("mug", 1), ...units("pot", 1)];

    expect(await shop.checkout.start({ sessionHash: "ann", lines, origin: ORIGIN })).toMatchObject({
      outcome: "not_payable",
      reason: "mixed_currencies",
    });

    expect((await shop.store.view("ann")).lines).toHaveLength(2);
  });

  it.each([
    ["no_price", { inventory: 5, price: null }],
    ["amount_too_small", { inventory: 5, price: 10 }],
  ] as const)("is refused as %s, and its units return to the cart", async (reason, row) => {
    const world = createWorld({ rows: { mug: row } });
    const shop = await world.open();

    expect(await start(shop, "ann")).toMatchObject({ outcome: "not_payable", reason });

    expect(await shop.store.view("ann")).toMatchObject({ lines: units("mug", 1), claim: null });
    expect(world.stripe.sessions()).toEqual([]);
  });

  it("may have a total of 0, and is fulfilled without a payment", async () => {
    const world = createWorld({ rows: { mug: { inventory: 1, price: 0 } } });
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { mug: 1 });
    world.stripe.pay(checkoutId);

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done", order: { total: { amount: 0 } } });

    expect(world.stripe.session(checkoutId)?.payment_status).toBe("no_payment_required");
    expect(world.stock()).toBe(0);
  });

  it("is charged by the merchant's own Price if the row names one", async () => {
    const world = createWorld({ rows: { mug: { inventory: 1, price: 1, stripePrice: "price_mug" } } });
    world.stripe.setPrices([{ id: "price_mug", currency: "eur", unit_amount: 990, product_name: "Mug" }]);
    const shop = await world.open();

    const checkoutId = await shop.pay("ann", { mug: 1 });

    expect(world.stripe.session(checkoutId)).toMatchObject({ amount_total: 990, currency: "eur" });
  });

  it("contains no row that is gone or inactive", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await world.open();
    await change(shop, "ann", 1);
    world.rows.delete("mug");
    expect(await start(shop, "ann")).toEqual({ outcome: "unknown_product", productIds: ["mug"] });
    world.rows.set("mug", { inventory: 1, active: false });
    expect(await start(shop, "ann")).toEqual({ outcome: "unknown_product", productIds: ["mug"] });

    expect(world.stripe.sessions()).toEqual([]);
  });

  it("is not empty", async () => {
    const shop = await createWorld().open();

    expect(await shop.checkout.start({ sessionHash: "ann", lines: [], origin: ORIGIN })).toEqual({
      outcome: "empty_cart",
    });
  });
});

describe("turns for payment pages", () => {
  /** A shop with `turns` turns for payment pages in all. */
  const openWith = (turns: number, rows: Record<string, number> = { mug: 1, pot: 1 }) => {
    let left = turns;
    const paymentTurn = async (): Promise<PaymentTurn> => {
      if (left === 0) return { outcome: "checkout_busy", retryAfterSeconds: 2 };
      left -= 1;
      return { outcome: "your_turn" };
    };
    const world = createWorld({ rows });
    return world.open({ dependencies: () => ({ paymentTurn }) }).then((shop) => ({ world, shop }));
  };

  it("keep the cart held and Stripe uncalled while there is none", async () => {
    const { world, shop } = await openWith(0);
    await change(shop, "ann", 1);
    expect(await start(shop, "ann")).toEqual({ outcome: "checkout_busy", retryAfterSeconds: 2 });
    expect(world.stripe.sessions()).toEqual([]);
    expect(await shop.store.view("ann")).toMatchObject({ lines: units("mug", 1), claim: null });
  });

  it("are not used by empty carts, or carts whose items are gone", async () => {
    const { shop } = await openWith(1);
    await change(shop, "ann", 1);
    expect(await start(shop, "bob")).toMatchObject({ outcome: "refused" });
    expect(await shop.checkout.start({ sessionHash: "cy", lines: [], origin: ORIGIN })).toEqual({
      outcome: "empty_cart",
    });
    expect(await start(shop, "ann")).toMatchObject({ outcome: "redirect" });
  });

  it("renew a hold that lapses during the wait, or return a refusal that names its line", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const shop: Process = await world.open({
      dependencies: () => ({
        paymentTurn: async () => {
          world.advance(TTL_MS);
          await change(shop, "bob", 1);
          return { outcome: "your_turn" };
        },
      }),
    });
    await change(shop, "ann", 1);
    expect(await start(shop, "ann")).toMatchObject({ outcome: "refused" });
    expect(world.stripe.sessions()).toEqual([]);
    expect((await shop.store.view("bob")).lines).toEqual(units("mug", 1));
  });
});

describe.each([
  ["an hour fast", 3_600_000],
  ["an hour slow", -3_600_000],
])("a server whose clock is %s", (_name, wrongMs) => {
  const openWrong = (world: ReturnType<typeof createWorld>) =>
    world.open({
      dependencies: ({ clock }) => ({ clock: { now: () => clock.now(), wall: () => clock.wall() + wrongMs } }),
    });

  it("closes payment pages exactly at their deadline", async () => {
    const world = createWorld({ rows: { mug: 2 } });
    const shop = await openWrong(world);
    const early = await shop.pay("ann", { mug: 1 });
    const late = await shop.pay("bob", { mug: 1 });

    await shop.checkout.sweep();
    expect(await start(shop, "ann")).toMatchObject({ outcome: "redirect", checkoutId: early });
    expect(world.stripe.pay(early).kind).toBe("paid");

    world.advance(CHECKOUT_TTL_MS);
    await shop.checkout.sweep();
    expect(world.stripe.pay(late).kind).toBe("expired");
  });

  it("recognises a payment page that another server is just opening", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await openWrong(world);
    await change(shop, "ann", 1);
    await shop.store.claim({ sessionHash: "ann", claimId: "opened elsewhere" });

    await shop.checkout.sweep();
    expect(await change(shop, "ann", 0)).toMatchObject({ outcome: "checkout_open" });
    expect(await heldUnits(shop)).toBe(1);

    world.advance(UNSTAMPED_AFTER_MS);
    await shop.checkout.sweep();
    expect(await heldUnits(shop)).toBe(0);
  });
});
