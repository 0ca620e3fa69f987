import { beforeEach, describe, expect, it } from "vitest";
import { withCheckout, type Cart } from "~/cart/cart-session.server";
import type { Order } from "~/checkout/report/orders";
import { decorate } from "~/decorate";
import { UnavailableError } from "~/errors";
import { createSignedTexts, type SignedTexts } from "~/http/signed-texts.server";
import { install } from "../boot/installed-shop";
import { CHECKOUT, createWorld, order, type World } from "../cart/cart-world";

const NEW = "n".repeat(32);
const OLD = "o".repeat(32);
const signedBy = (...secrets: string[]) => createSignedTexts("holdfast-order", secrets);

const { loader } = await import("~/routes/orders.$checkoutId");

let world: World;
const here = () => world;

/** The shop with these keys for the links that Stripe sends shoppers back by. */
const installWith = (orderKeys: SignedTexts) =>
  install(decorate(world.shop, { orderKeys, orderLookups: { settle: () => undefined } }));

/** The order page's response to a browser that Stripe sent back, with an optional key and cookie. */
async function visit({
  key,
  cookie,
}: {
  key?: string;
  cookie?: string;
}): Promise<{ status: number; location: string | null; cookie: string | null; page: unknown }> {
  const query = key === undefined ? "" : `?${new URLSearchParams({ key }).toString()}`;
  const request = new Request(
    `http://shop.test/orders/${CHECKOUT}${query}`,
    cookie === undefined ? {} : { headers: { Cookie: cookie } },
  );
  const answer: unknown = await loader({ request, params: { checkoutId: CHECKOUT }, context: {} }).catch(
    (thrown: unknown) => thrown,
  );
  if (answer instanceof Response) {
    return {
      status: answer.status,
      location: answer.headers.get("Location"),
      cookie: answer.headers.get("Set-Cookie")?.split(";")[0] ?? null,
      page: null,
    };
  }
  const { data, init } = answer as { data: unknown; init: { status: number } };
  return { status: init.status, location: null, cookie: null, page: data };
}

const cookieOf = async (cart: Cart) => (await here().carts.commit(cart)).split(";")[0] ?? "";
const cartIn = async (cookie: string | null) =>
  (await here().carts.read(new Request("http://shop.test/", { headers: { Cookie: cookie ?? "" } }))).cart;

function isPaid(facts: Partial<Order> = {}): void {
  here().says.fulfil = () => Promise.resolve({ outcome: "done", repeated: true, order: order(facts) });
}

const CLEAN = `/orders/${CHECKOUT}`;
const KEY = signedBy(NEW).sign("claim-1");

beforeEach(async () => {
  world = await createWorld();
  installWith(signedBy(NEW));
  isPaid();
});

describe("a buyer whose cookie was lost on the way to the payment page", () => {
  it("is rejected without the key, without a call to Stripe", async () => {
    expect(await visit({})).toMatchObject({ status: 404 });
    expect(here().calls.fulfilled).toEqual([]);
  });

  it("sees the order with the key, which is exchanged for the cookie at once", async () => {
    const exchanged = await visit({ key: KEY });
    expect(exchanged).toMatchObject({ status: 302, location: CLEAN });
    const seen = await visit({ cookie: exchanged.cookie ?? "" });
    expect(seen).toMatchObject({ status: 200, page: { view: { checkoutId: CHECKOUT, state: "paid" } } });
  });

  it("has an empty cart afterwards if an older cookie of the same cart is still there", async () => {
    const cart: Cart = { ...here().carts.create(), lines: [{ productId: "mug", quantity: 2 }] };
    isPaid({ sessionHash: cart.sessionHash });
    const exchanged = await visit({ key: KEY, cookie: await cookieOf(cart) });
    const sold = await visit({ cookie: exchanged.cookie ?? "" });
    expect(sold).toMatchObject({ status: 302, location: CLEAN });
    expect(await cartIn(sold.cookie)).toMatchObject({ lines: [], checkouts: [CHECKOUT] });
  });

  it("keeps another cart and its pending payment", async () => {
    const cart = withCheckout(
      { ...here().carts.create(), lines: [{ productId: "jug", quantity: 1 }] },
      "cs_test_newer",
    );
    const exchanged = await visit({ key: KEY, cookie: await cookieOf(cart) });
    expect(await cartIn(exchanged.cookie)).toMatchObject({
      sessionId: cart.sessionId,
      lines: cart.lines,
      paying: "cs_test_newer",
      checkouts: ["cs_test_newer", CHECKOUT],
    });
  });

  it("sees only that the order is being confirmed while Stripe does not respond", async () => {
    here().says.fulfil = () => Promise.reject(new UnavailableError("Stripe"));
    expect(await visit({ key: KEY })).toMatchObject({
      status: 503,
      page: { view: { state: "being_confirmed", order: null } },
    });
  });
});

describe("a key is rejected", () => {
  it.each([
    ["if it has another signature", `claim-1.${"A".repeat(43)}`],
    ["if it has none", "claim-1"],
    ["if it is from another shop", signedBy("x".repeat(32)).sign("claim-1")],
    ["if it is a session token", createSignedTexts("holdfast-session", [NEW]).sign("claim-1")],
    ["if it is empty", ""],
  ])("%s, without a call to Stripe", async (_, key) => {
    expect(await visit({ key })).toMatchObject({ status: 404, cookie: null });
    expect(here().calls.fulfilled).toEqual([]);
  });

  it("if it is for another order", async () => {
    expect(await visit({ key: signedBy(NEW).sign("claim-2") })).toMatchObject({ status: 404, cookie: null });
  });

  it("if the checkout is not this shop's", async () => {
    here().says.fulfil = () => Promise.resolve({ outcome: "not_ours" });
    expect(await visit({ key: KEY })).toMatchObject({ status: 404, cookie: null });
  });

  it("once its secret is retired, but not before", async () => {
    const key = signedBy(OLD).sign("claim-1");
    installWith(signedBy(NEW, OLD));
    expect(await visit({ key })).toMatchObject({ status: 302 });
    installWith(signedBy(NEW));
    expect(await visit({ key })).toMatchObject({ status: 404 });
  });
});

it("any key redirects a browser with the cookie to the clean URL, and only there is Stripe asked", async () => {
  const cookie = await cookieOf(withCheckout(here().carts.create(), CHECKOUT));
  expect(await visit({ key: "nonsense", cookie })).toMatchObject({ status: 302, location: CLEAN });
  expect(here().calls.fulfilled).toEqual([]);
});
