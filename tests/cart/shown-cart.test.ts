import { beforeAll, describe, expect, it } from "vitest";
import type { Cart } from "~/cart/cart-session.server";
import { payCart } from "~/cart/pay-cart.server";
import { showCart } from "~/cart/show-cart.server";
import { changedCartAddress, readShownCart, writeShownCart, type ReadShownCart } from "~/cart/shown-cart.server";
import { cartChangeText, isPrice } from "~/components/shop/cart-change-text";
import { t } from "~/words/words";
import { setSiteOf } from "../words/site";
import { add, createWorld, product, set, type World } from "./cart-world";

beforeAll(() => setSiteOf());

const mayAsk = async () => true;

async function view(world: World, cart: Cart, wasShown: ReadShownCart | null = null) {
  const shown = await showCart(world.shop, cart, world.visit(cart), { mayAsk, wasShown });
  if (shown.outcome !== "shown") throw new Error(shown.outcome);
  return shown.view;
}

/** The changes that the cart page lists at this URL. */
async function said(world: World, cart: Cart, address: string): Promise<readonly string[] | null> {
  const { changes } = await view(
    world,
    cart,
    readShownCart(new URL(address, "http://shop.test").searchParams.get("changed")),
  );
  return changes === null
    ? null
    : changes.map((change) => (isPrice(change) ? t("cart.priceChanged", change) : cartChangeText(change)));
}

describe("the cart in a checkout form", () => {
  it("is the one that its page showed", async () => {
    const world = await createWorld();
    const { shown } = await view(world, await world.change(world.carts.create(), add("mug", 2)));
    expect(readShownCart(shown)).toEqual({
      currency: "usd",
      lines: [{ productId: "mug", quantity: 2, unitAmount: 1250 }],
    });
  });

  it("is absent if the cart cannot be paid", async () => {
    const world = await createWorld([product("mug"), product("jug", { price: null })]);
    const cart = await world.change(await world.change(world.carts.create(), add("mug", 2)), add("jug", 1));
    expect((await view(world, cart)).shown).toBeNull();
  });

  it("is unreadable if none of our pages wrote it", () => {
    const line = ["mug", 1, 1];
    for (const written of [
      "",
      "{}",
      "[]",
      "null",
      "{",
      '{"currency":"usd"}',
      ...[
        { lines: [["mug", -1, 1]] },
        { lines: [["mug", 1, 1.5]] },
        { lines: [["", 1, 1]] },
        { lines: [["x".repeat(1001), 1, 1]] },
        { lines: Array(201).fill(line) as unknown[] },
      ].map((part) => JSON.stringify({ currency: "usd", ...part })),
    ]) {
      expect(readShownCart(written), written.slice(0, 80)).toBe("unreadable");
    }
    expect(readShownCart(null)).toBeNull();
    expect(readShownCart(undefined)).toBeNull();
  });

  it("is never too long for a form or a URL, even for the largest cart", async () => {
    const ids = Array.from({ length: 30 }, (_, n) => `${n}-${"ü".repeat(20)}`);
    const world = await createWorld(ids.map((id) => product(id)));
    const cart = { ...world.carts.create(), lines: ids.map((productId) => ({ productId, quantity: 1 })) };
    expect(await world.carts.fits(cart)).toBe(true);
    const { shown } = await view(world, cart);
    expect(new URLSearchParams({ shown: shown ?? "" }).toString().length).toBeLessThan(16 * 1024);
    const address = changedCartAddress(readShownCart(shown) ?? "unreadable");
    expect(address.length).toBeLessThanOrEqual(1_500);
    expect(readShownCart(new URL(address, "http://shop.test").searchParams.get("changed"))).toMatchObject({
      currency: "usd",
    });
  });
});

describe("the cart page after a checkout form that showed another cart", () => {
  it("lists each changed line as it is now", async () => {
    const world = await createWorld();
    let cart = await world.change(await world.change(world.carts.create(), add("mug", 2)), add("jug", 1));
    const shown = readShownCart((await view(world, cart)).shown) ?? "unreadable";
    world.rows.set("mug", product("mug", { name: "Tide Mug", price: { amount: 2200, currency: "usd" } }));
    const address = changedCartAddress(shown);
    expect(await said(world, cart, address)).toEqual(["Price changed from $12.50 to $22.00."]);
    cart = await world.change(cart, set("jug", 3));
    expect(await said(world, cart, address)).toEqual([
      "Price changed from $12.50 to $22.00.",
      "Your cart now has 3 × jug.",
    ]);
    cart = await world.change(cart, { intent: "remove", product_id: "jug" });
    expect(await said(world, cart, address)).toEqual([
      "Price changed from $12.50 to $22.00.",
      "jug is no longer in your cart.",
    ]);
    world.rows.set("mug", product("mug"));
    cart = await world.change(cart, add("jug", 1));
    // Unchanged: no message, not even after reloading an old URL.
    expect(await said(world, cart, address)).toBeNull();
    for (const id of ["mug", "jug"]) world.rows.set(id, product(id, { price: { amount: 1250, currency: "eur" } }));
    expect(await said(world, cart, address)).toEqual(["Prices are now in EUR."]);
    expect(await said(world, cart, changedCartAddress("unreadable"))).toEqual([]);
  });

  it("lists a line added since", async () => {
    const world = await createWorld();
    const cart = await world.change(world.carts.create(), add("mug", 2));
    expect(
      await said(
        world,
        cart,
        changedCartAddress({ currency: "usd", lines: [{ productId: "mug", quantity: 0, unitAmount: 1250 }] }),
      ),
    ).toEqual(["Your cart now has 2 × mug."]);
  });
});

describe("paying with a form that showed another cart", () => {
  it("leads back to the cart, without a call to Stripe if the form is unreadable", async () => {
    const world = await createWorld();
    const cart = await world.change(world.carts.create(), add("mug", 2));
    const since = { currency: "usd", lines: [{ productId: "mug", quantity: 1, unitAmount: 1250 }] };
    world.says.start = () => Promise.resolve({ outcome: "cart_changed", since });
    const answer = await payCart(world.shop, cart, "http://shop.test", 0, since);
    expect(answer).toEqual({ outcome: "changed", address: changedCartAddress(since) });
    expect(readShownCart(writeShownCart(since))).toEqual(since);
    world.says.start = () => Promise.reject(new Error("asked"));
    expect(await payCart(world.shop, cart, "http://shop.test", 0, "unreadable")).toEqual({
      outcome: "changed",
      address: "/cart?changed=",
    });
  });
});
