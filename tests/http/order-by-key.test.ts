import { beforeEach, describe, expect, it, vi } from "vitest";
import { withCheckout, type Cart } from "~/cart/cart-session.server";
import type { Order } from "~/checkout/report/orders";
import { UnavailableError } from "~/errors";
import { createSignedTexts, type SignedTexts } from "~/http/signed-texts.server";
import { CHECKOUT, createWorld, order, type World } from "../cart/cart-world";

const NEW = "n".repeat(32);
const OLD = "o".repeat(32);
const signedBy = (...secrets: string[]) => createSignedTexts("holdfast-order", secrets);

const held = vi.hoisted((): { world: World | null; orderKeys: SignedTexts | null } => ({
  world: null,
  orderKeys: null,
}));

vi.mock("~/boot/container.server", () => ({
  get container() {
    const world = here();
    return {
      ...world.shop,
      carts: world.carts,
      orderKeys: held.orderKeys,
      limits: { admit: () => Promise.resolve({ outcome: "admitted" }) },
      orderLookups: { settle: () => undefined },
    };
  },
}));

const { loader } = await import("~/routes/orders.$checkoutId");

function here(): World {
  if (held.world === null) throw new Error("no world");
  return held.world;
}

/** What the order page answers to a browser with this cookie (or none) that Stripe sent back with this key (or none). */
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

beforeEach(() => {
  held.world = createWorld();
  held.orderKeys = signedBy(NEW);
  isPaid();
});

describe("a buyer whose cookie was lost on the way to the payment page", () => {
  it("is refused without the key, and Stripe is not asked", async () => {
    expect(await visit({})).toMatchObject({ status: 404 });
    expect(here().calls.fulfilled).toEqual([]);
  });

  it("sees the order by the key, which is exchanged for the cookie at once", async () => {
    const exchanged = await visit({ key: KEY });
    expect(exchanged).toMatchObject({ status: 302, location: CLEAN });
    const seen = await visit({ cookie: exchanged.cookie ?? "" });
    expect(seen).toMatchObject({ status: 200, page: { view: { checkoutId: CHECKOUT, state: "paid" } } });
  });

  it("has an empty cart afterwards when the older cookie of the same cart is still there", async () => {
    const cart: Cart = { ...here().carts.create(), lines: [{ productId: "mug", quantity: 2 }] };
    isPaid({ sessionHash: cart.sessionHash });
    const exchanged = await visit({ key: KEY, cookie: await cookieOf(cart) });
    const sold = await visit({ cookie: exchanged.cookie ?? "" });
    expect(sold).toMatchObject({ status: 302, location: CLEAN });
    expect(await cartIn(sold.cookie)).toMatchObject({ lines: [], checkouts: [CHECKOUT] });
  });

  it("keeps another cart, and the payment that this is waiting for", async () => {
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

  it("is told that it is being confirmed, and nothing of the order, while Stripe does not answer", async () => {
    here().says.fulfil = () => Promise.reject(new UnavailableError("Stripe"));
    expect(await visit({ key: KEY })).toMatchObject({
      status: 503,
      page: { view: { state: "being_confirmed", order: null } },
    });
  });
});

describe("a key opens nothing", () => {
  it.each([
    ["with another signature", `claim-1.${"A".repeat(43)}`],
    ["without one", "claim-1"],
    ["of another shop", signedBy("x".repeat(32)).sign("claim-1")],
    ["that is a session's token", createSignedTexts("holdfast-session", [NEW]).sign("claim-1")],
    ["that is empty", ""],
  ])("%s, and Stripe is not asked", async (_, key) => {
    expect(await visit({ key })).toMatchObject({ status: 404, cookie: null });
    expect(here().calls.fulfilled).toEqual([]);
  });

  it("of another order", async () => {
    expect(await visit({ key: signedBy(NEW).sign("claim-2") })).toMatchObject({ status: 404, cookie: null });
  });

  it("of a checkout that is not this shop's", async () => {
    here().says.fulfil = () => Promise.resolve({ outcome: "not_ours" });
    expect(await visit({ key: KEY })).toMatchObject({ status: 404, cookie: null });
  });

  it("once its secret is retired; until then it does", async () => {
    const key = signedBy(OLD).sign("claim-1");
    held.orderKeys = signedBy(NEW, OLD);
    expect(await visit({ key })).toMatchObject({ status: 302 });
    held.orderKeys = signedBy(NEW);
    expect(await visit({ key })).toMatchObject({ status: 404 });
  });
});

it("whoever has the cookie is led to the clean address by any key, and Stripe is asked there only", async () => {
  const cookie = await cookieOf(withCheckout(here().carts.create(), CHECKOUT));
  expect(await visit({ key: "nonsense", cookie })).toMatchObject({ status: 302, location: CLEAN });
  expect(here().calls.fulfilled).toEqual([]);
});
