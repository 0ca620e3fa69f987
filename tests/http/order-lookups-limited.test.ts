import { beforeEach, describe, expect, it, vi } from "vitest";
import { withCheckout } from "~/cart/cart-session.server";
import { decorate } from "~/decorate";
import { install } from "../boot/installed-shop";
import { CHECKOUT, createWorld, type World } from "../cart/cart-world";

const cartRoute = await import("~/routes/cart");
const orderRoute = await import("~/routes/orders.$checkoutId");

let world: World;
let admitted: string[];
let settled: string[];
const here = () => world;

beforeEach(async () => {
  world = await createWorld();
  [admitted, settled] = [[], []];
  world.says.admit = (sessionHash) =>
    admitted.push(sessionHash) > 2 ? { outcome: "rate_limited", retryAfterSeconds: 7 } : { outcome: "admitted" };
  const orderLookups = { settle: (_request: Request, checkoutId: string) => void settled.push(checkoutId) };
  install(decorate(world.shop, { orderLookups }));
});

async function view(page: "order" | "cart", isPaying: boolean): Promise<unknown> {
  const { carts } = here();
  const cart = isPaying ? withCheckout(carts.create(), CHECKOUT) : carts.create();
  const headers = { Cookie: (await carts.commit(cart)).split(";")[0] ?? "" };
  const loader = page === "order" ? orderRoute.loader : cartRoute.loader;
  const request = new Request(`http://shop.test/${page === "order" ? `orders/${CHECKOUT}` : "cart"}`, { headers });
  return loader({ request, params: { checkoutId: CHECKOUT }, context: {} }).catch((thrown: unknown) => thrown);
}

describe.each(["order", "cart"] as const)("viewing the %s while Stripe must be asked about a payment", (page) => {
  it("counts against the limit, beyond which Stripe is no longer asked", async () => {
    const fulfil = vi.spyOn(here().shop.checkout, "fulfil");
    await view(page, true);
    await view(page, true);
    expect(fulfil).toHaveBeenCalledTimes(2);
    const limited =
      page === "order"
        ? { data: { view: { state: "being_confirmed" } }, init: { status: 429, headers: { "Retry-After": "7" } } }
        : { data: { unsettledCheckout: CHECKOUT } };
    expect(await view(page, true)).toMatchObject(limited);
    expect(fulfil).toHaveBeenCalledTimes(2);
  });
});

describe("an order of another browser", () => {
  it("shows nothing but that, however often it is viewed, and is passed on to be settled", async () => {
    const fulfil = vi.spyOn(here().shop.checkout, "fulfil");
    const pages = [await view("order", false), await view("order", false), await view("order", false)];
    for (const page of pages)
      expect(page).toEqual({
        type: "DataWithResponseInit",
        data: { view: { checkoutId: CHECKOUT, state: "another_browser", order: null, isInCart: false } },
        init: { status: 404 },
      });
    expect(fulfil).not.toHaveBeenCalled();
    expect(settled).toEqual([CHECKOUT, CHECKOUT, CHECKOUT]);
    await view("order", true);
    expect(settled).toHaveLength(3);
  });
});

it("viewing a cart without a payment page does not count", async () => {
  await view("cart", false);
  expect(admitted).toEqual([]);
});
