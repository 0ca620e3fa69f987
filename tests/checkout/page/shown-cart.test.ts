import { describe, expect, it } from "vitest";
import { changedSince, type ShownCart } from "~/checkout/page/shown-cart";
import { createWorld, ORIGIN, type Process, type World } from "../world";

const MUG = { productId: "mug", quantity: 2, unitAmount: 1250 };
const SHOWN: ShownCart = { currency: "usd", lines: [MUG] };

const pay = (shop: Process, shown: ShownCart | null, quantity = 2) =>
  shop.checkout.start({ sessionHash: "ann", lines: [{ productId: "mug", quantity }], origin: ORIGIN, shown });

async function open(): Promise<{ world: World; shop: Process }> {
  const world = createWorld({ rows: { mug: { inventory: 9, price: 1250 }, pot: 9 } });
  const shop = await world.open();
  await shop.checkout.changeCart({ sessionHash: "ann", lines: [{ productId: "mug", quantity: 2 }] });
  return { world, shop };
}

describe("paying for a cart as a page showed it", () => {
  it("opens the payment page, once, while the cart is unchanged", async () => {
    const { shop } = await open();
    const first = await pay(shop, SHOWN);
    expect(first).toMatchObject({ outcome: "redirect" });
    expect(await pay(shop, SHOWN)).toEqual(first);
  });

  it.each([
    ["a price", { price: 2200 }, { currency: "usd", lines: [MUG] }],
    ["the currency", { currency: "eur" }, { currency: "usd", lines: [] }],
  ])("opens no page if %s has changed; the cart stays held", async (_what, row, since) => {
    const { world, shop } = await open();
    Object.assign(world.rows.get("mug") ?? {}, row);
    expect(await pay(shop, SHOWN)).toEqual({ outcome: "cart_changed", since });
    expect(world.stripe.sessions()).toEqual([]);
    expect(await shop.store.view("ann")).toMatchObject({ lines: [{ productId: "mug", quantity: 2 }], claim: null });
    // Negative control: a form without the shown cart opens a page, and is charged by the row.
    expect(await pay(shop, null)).toMatchObject({ outcome: "redirect" });
    expect(world.stripe.sessions()).toHaveLength(1);
  });

  it("opens no page if the lines of the cart have changed", async () => {
    const { shop } = await open();
    await shop.checkout.changeCart({
      sessionHash: "ann",
      lines: [
        { productId: "mug", quantity: 3 },
        { productId: "pot", quantity: 1 },
      ],
    });
    expect(await pay(shop, SHOWN)).toEqual({
      outcome: "cart_changed",
      since: {
        currency: "usd",
        lines: [MUG, { ...MUG, productId: "pot", quantity: 0 }].map(
          (line) => expect.objectContaining({ productId: line.productId, quantity: line.quantity }) as unknown,
        ),
      },
    });
  });

  it("never redirects to an open page of a different cart, but leaves that page open", async () => {
    const { world, shop } = await open();
    const opened = await pay(shop, SHOWN);
    expect(await pay(shop, { currency: "usd", lines: [{ ...MUG, quantity: 1 }] })).toMatchObject({
      outcome: "cart_changed",
    });
    expect(world.stripe.sessions().map(({ status }) => status)).toEqual(["open"]);
    expect(await pay(shop, SHOWN)).toEqual(opened);
  });
});

describe("changes since a cart was shown", () => {
  it("include each line with a new quantity or price, and ignore the order of lines", () => {
    const pot = { productId: "pot", quantity: 1, unitAmount: 300 };
    const shown = { currency: "usd", lines: [MUG, pot] };
    expect(changedSince(shown, { currency: "usd", lines: [pot, MUG] })).toBeNull();
    expect(changedSince(null, shown)).toBeNull();
    expect(changedSince(shown, { currency: "usd", lines: [MUG] })).toEqual({ currency: "usd", lines: [pot] });
    expect(changedSince(shown, { currency: "usd", lines: [MUG, { ...pot, unitAmount: 301 }] })).toEqual({
      currency: "usd",
      lines: [pot],
    });
    expect(changedSince({ currency: "usd", lines: [MUG] }, shown)).toEqual({
      currency: "usd",
      lines: [{ ...pot, quantity: 0 }],
    });
  });
});
