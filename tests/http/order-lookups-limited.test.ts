import { beforeEach, describe, expect, it, vi } from "vitest";
import { withCheckout } from "~/cart/cart-session.server";
import { createSignedTexts } from "~/http/signed-texts.server";
import type { Admission } from "~/limits/limits.server";
import { CHECKOUT, createWorld, type World } from "../cart/cart-world";

const held = vi.hoisted((): { world: World | null; admitted: string[]; settled: string[] } => ({
  world: null,
  admitted: [],
  settled: [],
}));

vi.mock("~/boot/container.server", () => ({
  get container() {
    const world = here();
    const admit = async (_request: Request, sessionHash: string): Promise<Admission> => {
      held.admitted.push(sessionHash);
      return held.admitted.length > 2 ? { outcome: "rate_limited", retryAfterSeconds: 7 } : { outcome: "admitted" };
    };
    return {
      ...world.shop,
      carts: world.carts,
      limits: { admit },
      orderKeys: createSignedTexts("holdfast-order", ["s".repeat(32)]),
      orderLookups: { settle: (_request: Request, checkoutId: string) => void held.settled.push(checkoutId) },
    };
  },
}));

const cartRoute = await import("~/routes/cart");
const orderRoute = await import("~/routes/orders.$checkoutId");

function here(): World {
  if (held.world === null) throw new Error("no world");
  return held.world;
}

beforeEach(() => {
  held.world = createWorld();
  held.admitted = [];
  held.settled = [];
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
        data: { view: { checkoutId: CHECKOUT, state: "another_browser", order: null, isInCart: false }, locale: "en" },
        init: { status: 404 },
      });
    expect(fulfil).not.toHaveBeenCalled();
    expect(held.settled).toEqual([CHECKOUT, CHECKOUT, CHECKOUT]);
    await view("order", true);
    expect(held.settled).toHaveLength(3);
  });
});

it("viewing a cart without a payment page does not count", async () => {
  await view("cart", false);
  expect(held.admitted).toEqual([]);
});
