import { expect, it } from "vitest";
import { reserveItems } from "~/api/reserve-items.server";
import { UnavailableError } from "~/errors";
import { createWorld } from "../cart/cart-world";

it("reports a release as successful, with 0 available, if the holds of others cannot be read", async () => {
  const world = await createWorld();
  const { store, carts } = world;
  const row = { name: "Mug", inventory: 5, active: true, version: null };
  const offers = {
    ...world.shop.offers,
    productsNamed: async () => new Map<string, never>(),
    readStock: async () => new Map([["mug", row]]),
  };
  const shop = { ...world.shop, store, carts, offers };
  const cart = carts.create();
  const reserve = async (quantity: number): Promise<unknown> =>
    (await reserveItems(shop, cart, [{ product_id: "mug", quantity }])).json();

  await reserve(2);
  expect(await reserve(0)).toMatchObject({ success: true, results: [{ name: "Mug", quantity: 0, available: 5 }] });
  await reserve(2);
  store.held = () => Promise.reject(new UnavailableError("claims are lost"));
  expect(await reserve(0)).toMatchObject({ success: true, results: [{ name: "Mug", quantity: 0, available: 0 }] });
  expect((await store.view(cart.sessionHash)).lines).toEqual([]);
});
