import { describe, expect, it } from "vitest";
import { decodeRecord } from "~/checkout/stripe/session-metadata";
import { UnavailableError } from "~/errors";
import type { PageEdit } from "~/sandbox/stripe/page-edits.server";
import { CALLS, createWorld, once, SHOP_TAG, type Process, type WorldOptions } from "../world";

const CROSS_SELL: PageEdit = { action: "add_line", name: "Gift wrap", unit_amount: 300, quantity: 1 };
const ONE_LESS: PageEdit = { action: "set_quantity", line: 0, quantity: 1 };

/** Ann's cart of two mugs and a pot, changed on Stripe's page and then paid. */
async function paid(
  edits: readonly PageEdit[],
  options: WorldOptions = {},
  parts: Parameters<ReturnType<typeof createWorld>["boot"]>[0] = {},
) {
  const world = createWorld({ rows: { mug: 5, pot: { inventory: 5, price: 900 } }, ...options });
  const shop = await world.open(parts);
  const checkoutId = await shop.pay("ann", { mug: 2, pot: 1 });
  for (const edit of edits) expect(world.stripe.edit(checkoutId, edit)).toBe(true);
  world.stripe.pay(checkoutId);
  const marks = () =>
    decodeRecord(SHOP_TAG, world.stripe.session(checkoutId)?.metadata ?? {})?.lines.map(({ state }) => state.mark);
  return { world, shop, checkoutId, marks, stock: () => [world.stock("mug"), world.stock("pot")] };
}

const looks = (shop: Process) => shop.calls.filter((name) => name === CALLS.lines).length;
const held = async (shop: Process) => (await shop.store.totals()).units;

describe("a sale does not differ because of", () => {
  it("shipping, tax and a discount", async () => {
    const config = { shippingRates: ["shr_1"], automaticTax: true, promotionCodes: true };
    const { shop, checkoutId, stock, world } = await paid([{ action: "discount", percent: 25 }], { config });

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({
      outcome: "done",
      order: { total: { amount: 3356 } },
    });

    expect(stock()).toEqual([3, 4]);
    expect(world.stripe.session(checkoutId)?.total_details).toEqual({
      amount_discount: 850,
      amount_shipping: 500,
      amount_tax: 306,
    });
  });

  it("a merchant's own Price that was deactivated since", async () => {
    const price = { id: "price_mug", currency: "usd", unit_amount: 1100, product_name: "Mug at Stripe" };
    const world = createWorld({ rows: { mug: { inventory: 5, stripePrice: "price_mug" } } });
    world.stripe.setPrices([price]);
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { mug: 2 });
    world.stripe.setPrices([{ ...price, active: false }]);
    world.stripe.pay(checkoutId);

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
  });

  it("a page opened by the previous release, whose lines have no product ids", async () => {
    const { shop, checkoutId, stock } = await paid([], {}, { dependencies: withoutNames });

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
    expect(stock()).toEqual([3, 4]);
  });

  it("charged lines are read once per sale", async () => {
    const { shop, checkoutId } = await paid([]);

    for (const _try of [1, 2, 3]) await shop.checkout.fulfil(checkoutId);

    expect(looks(shop)).toBe(1);
  });
});

describe.each([
  ["a page of the current version", {}],
  ["a page opened by the previous release", { dependencies: withoutNames }],
])("extra charged lines on %s", (_page, { dependencies }: { dependencies?: typeof withoutNames }) => {
  it.each<[string, PageEdit]>([
    ["a cross-sell", CROSS_SELL],
    ["more of ours", { action: "set_quantity", line: 0, quantity: 4 }],
  ])("(%s): takes our lines, then waits for an operator, and logs once what was charged", async (_what, edit) => {
    const { shop, world, checkoutId, marks, stock } = await paid(
      [edit],
      {},
      dependencies === undefined ? {} : { dependencies },
    );

    for (const _try of [1, 2])
      expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "needs_review", reason: "lines_differ" });

    expect([stock(), marks(), await held(shop), await world.refunds()]).toEqual([[3, 4], ["done", "done"], 0, []]);
    expect(looks(shop)).toBe(1);
    expect(shop.eventsOf("lines_differ")).toMatchObject([{ comparison: "extra" }]);
    expect((await shop.checkout.orders({ atMost: 10 })).orders).toMatchObject([
      { state: "needs_review", reason: "lines_differ" },
    ]);
  });
});

describe("extra charged lines", () => {
  it("completes the order as it is once accepted", async () => {
    const { shop, checkoutId, stock, world } = await paid([CROSS_SELL]);
    await shop.checkout.fulfil(checkoutId);
    expect(world.stripe.session(checkoutId)?.metadata.holdfast_note).toBe(
      "Stripe charged for 2 × mug, 1 × pot, 1 × Gift wrap",
    );

    expect(await shop.checkout.settle({ checkoutId, verdict: "accept" })).toMatchObject({ outcome: "done" });

    expect(stock()).toEqual([3, 4]);
    expect(await shop.checkout.settle({ checkoutId, verdict: "refund" })).toEqual({
      outcome: "not_applicable",
      reason: null,
    });
    expect(looks(shop)).toBe(1);
  });

  it("refunds everything, the cross-sell included, and returns the stock", async () => {
    const { shop, checkoutId, stock, marks, world } = await paid([CROSS_SELL]);
    await shop.checkout.fulfil(checkoutId);

    expect(await shop.checkout.settle({ checkoutId, verdict: "refund" })).toMatchObject({ outcome: "refunded" });

    expect([stock(), marks(), await world.refunds(), await held(shop)]).toEqual([
      [5, 5],
      ["returned", "returned"],
      [3700],
      0,
    ]);
  });

  it("stays in review after a row that rejected its swap accepts it", async () => {
    const { shop, checkoutId, world } = await paid([CROSS_SELL]);
    const mug = { inventory: 5, refuses: "row" as "row" | undefined };
    world.rows.set("mug", mug);
    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ reason: "row_refused" });
    mug.refuses = undefined;

    expect(await shop.checkout.settle({ checkoutId, verdict: "retry" })).toMatchObject({
      outcome: "needs_review",
      reason: "lines_differ",
    });

    expect([mug.inventory, looks(shop)]).toEqual([3, 1]);
  });
});

describe("missing charged lines", () => {
  it.each<[string, readonly PageEdit[]]>([
    ["fewer of one", [ONE_LESS]],
    [
      "one taken off, something else added at its price",
      [
        { action: "set_quantity", line: 1, quantity: 0 },
        { ...CROSS_SELL, unit_amount: 900 },
      ],
    ],
  ])("(%s): nothing is taken, and the items stay held until an operator decides", async (_what, edits) => {
    const { shop, checkoutId, marks, stock, world } = await paid(edits);

    for (const _try of [1, 2])
      expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "needs_review", reason: "lines_differ" });

    expect([stock(), marks(), await held(shop), await world.refunds()]).toEqual([
      [5, 5],
      ["claimed", "claimed"],
      3,
      [],
    ]);
    expect(looks(shop)).toBe(1);
    expect(await shop.checkout.settle({ checkoutId, verdict: "accept" })).toMatchObject({ outcome: "done" });
    expect([stock(), await held(shop), looks(shop)]).toEqual([[3, 4], 0, 1]);
  });

  it("refunds on an operator's verdict, with no stock to return", async () => {
    const { shop, checkoutId, stock, marks, world } = await paid([ONE_LESS]);
    await shop.checkout.fulfil(checkoutId);

    expect(await shop.checkout.settle({ checkoutId, verdict: "refund" })).toMatchObject({ outcome: "refunded" });

    expect([stock(), marks(), await world.refunds(), await held(shop)]).toEqual([
      [5, 5],
      ["claimed", "claimed"],
      [2150],
      0,
    ]);
  });

  it("holds the items again during the review if the hold had ended", async () => {
    const { shop, checkoutId, stock } = await paid([ONE_LESS]);
    const claim = (await shop.store.view("ann")).claim;
    await shop.store.unclaim({ claimId: claim?.claimId ?? "", checkoutId, to: "stock" });

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "needs_review", reason: "lines_differ" });

    expect([stock(), await held(shop)]).toEqual([[5, 5], 3]);
  });

  it("shows in inspect, before and after the review begins", async () => {
    const { shop, checkoutId } = await paid([ONE_LESS]);
    const reading = () => shop.checkout.inspect(checkoutId);
    expect(await reading()).toMatchObject({
      charged: [{ productId: "mug", quantity: 1 }, { productId: "pot" }],
      next: "Wait for an operator, since Stripe charged for less than this order's lines.",
    });
    await shop.checkout.fulfil(checkoutId);
    expect(await reading()).toMatchObject({
      next: "Wait for an operator to accept what Stripe charged for, or to refund it.",
    });
  });

  it("shows as needs_review in the audit", async () => {
    const { shop, checkoutId, world } = await paid([ONE_LESS]);
    await shop.checkout.fulfil(checkoutId);
    world.advance(3_600_000);

    expect(await shop.checkout.audit()).toMatchObject({ problems: [{ checkoutId, reason: "needs_review" }] });
  });
});

describe("reading the charged lines", () => {
  it.each<[string, (shop: Process, world: ReturnType<typeof createWorld>) => void]>([
    [
      "a 404",
      (_shop, world) =>
        world.stripe.failNext({
          method: "GET",
          path: "/v1/checkout/sessions/*/line_items",
          status: 404,
          code: "resource_missing",
        }),
    ],
    ["no response", (shop) => shop.setFaults(once(CALLS.lines, "refuse"))],
    ["a bogus response", (shop) => shop.setFaults(once(CALLS.lines, "lie"))],
  ])("takes nothing after %s, and the next run continues", async (_what, fail) => {
    const { shop, world, checkoutId, marks, stock } = await paid([CROSS_SELL]);
    fail(shop, world);

    await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow(UnavailableError);

    expect([stock(), marks()]).toEqual([
      [5, 5],
      ["claimed", "claimed"],
    ]);
    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ reason: "lines_differ" });
  });

  it("reads all of more than a hundred lines", async () => {
    const extras = Array.from({ length: 120 }, (): PageEdit => ({ ...CROSS_SELL }));
    const { shop, checkoutId } = await paid([
      { action: "set_quantity", line: 1, quantity: 0 },
      ...extras,
      { action: "set_quantity", line: 0, quantity: 2 },
    ]);

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ reason: "lines_differ" });

    expect(looks(shop)).toBe(2);
    expect(shop.eventsOf("lines_differ")).toMatchObject([{ comparison: "missing" }]);
  });

  it("does not block other sales of the same products", async () => {
    const { shop, world, checkoutId } = await paid([]);
    const bobs = await shop.pay("bob", { mug: 1, pot: 1 });
    world.stripe.pay(bobs);
    const reading = world.stripe.holdNext({ method: "GET", path: `/v1/checkout/sessions/${checkoutId}/line_items` });
    const anns = shop.checkout.fulfil(checkoutId);
    await reading.reached;

    expect(await shop.checkout.fulfil(bobs)).toMatchObject({ outcome: "done" });

    reading.release();
    expect(await anns).toMatchObject({ outcome: "done" });
  });
});

/** Opens pages like the previous release. */
function withoutNames({ gateway }: Process["dependencies"]) {
  return {
    gateway: {
      ...gateway,
      create: (params: Parameters<typeof gateway.create>[0], key: string) =>
        gateway.create(
          { ...params, line_items: (params.line_items ?? []).map(({ metadata: _names, ...line }) => line) },
          key,
        ),
    },
  };
}
