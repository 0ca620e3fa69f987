import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { withCheckout, type Cart } from "~/cart/cart-session.server";
import type { CartView } from "~/cart/cart-view";
import { changedCartAddress, writeShownCart } from "~/cart/shown-cart.server";
import type { Product } from "~/catalog/catalog";
import { atCheckoutTexts } from "~/components/shop/amount-text";
import { decorate } from "~/decorate";
import { parseEnvironment } from "~/env.server";
import { UnavailableError } from "~/errors";
import { install } from "../boot/installed-shop";
import { add, CHECKOUT, createWorld, order, product, type World } from "../cart/cart-world";
import { setSiteOf } from "../words/site";

const ORIGIN = "http://shop.test";

const cartRoute = await import("~/routes/cart");
const checkoutRoute = await import("~/routes/checkout");
const orderRoute = await import("~/routes/orders.$checkoutId");
const productRoute = await import("~/routes/products.$productId");
const listRoute = await import("~/routes/_index");
const root = await import("~/root");

let world: World;
const here = () => world;

async function open(products?: readonly Product[]): Promise<void> {
  world = await createWorld(products);
  install(world.shop);
}

beforeEach(() => open());

async function request(
  path: string,
  options: { cart?: Cart; form?: Record<string, string> | string; headers?: Record<string, string> } = {},
) {
  const headers = new Headers({ Origin: ORIGIN, ...options.headers });
  if (options.cart) headers.set("Cookie", (await here().carts.commit(options.cart)).split(";")[0] ?? "");
  if (options.form === undefined) return new Request(`${ORIGIN}${path}`, { headers });
  if (!headers.has("Content-Type")) headers.set("Content-Type", "application/x-www-form-urlencoded");
  const body = typeof options.form === "string" ? options.form : new URLSearchParams(options.form).toString();
  return new Request(`${ORIGIN}${path}`, { method: "POST", headers, body });
}

const args = (asked: Request, params: Record<string, string> = {}) => ({ request: asked, params, context: {} });

const dataWithInit = z.object({
  type: z.literal("DataWithResponseInit"),
  data: z.unknown(),
  init: z.object({ status: z.number().default(200), headers: z.record(z.string(), z.string()).default({}) }).nullable(),
});

/** The result of a loader or action: a Response, or data with a status, returned or thrown. */
async function answer(run: () => unknown): Promise<{ status: number; headers: Headers; body: unknown }> {
  const came = await Promise.resolve()
    .then(run)
    .catch((thrown: unknown) => thrown);
  if (came instanceof Response) return { status: came.status, headers: came.headers, body: null };
  if (came instanceof Error) throw came;
  const { data, init } = dataWithInit.catch({ type: "DataWithResponseInit", data: came, init: null }).parse(came);
  return { status: init?.status ?? 200, headers: new Headers(init?.headers), body: data };
}

async function cartIn(headers: Headers): Promise<Cart> {
  const { cart, origin } = await here().carts.read(
    new Request(ORIGIN, { headers: { Cookie: headers.get("Set-Cookie")?.split(";")[0] ?? "" } }),
  );
  expect(origin).toBe("cookie");
  return cart;
}

describe("POST /cart", () => {
  const post = async (options: Parameters<typeof request>[1]) => {
    const asked = await request("/cart", { cart: here().carts.create(), ...options });
    return answer(() => cartRoute.action(args(asked)));
  };

  it("holds nothing without the cookie, however often it is sent, and redirects to a page that knows whether the cookie came back", async () => {
    for (let click = 0; click < 3; click += 1) {
      const asked = await request("/cart", { form: add("mug", 2) });
      const came = await answer(() => cartRoute.action(args(asked)));
      expect([came.status, came.headers.get("Location"), came.headers.get("Cache-Control")]).toEqual([
        303,
        "/cart?once_more=1&product_id=mug&quantity=2",
        "private, no-store",
      ]);
      const cookie = came.headers.get("Set-Cookie")?.split(";")[0] ?? "";
      const shown = async (headers: Record<string, string>) =>
        answer(async () => cartRoute.loader(args(await request(came.headers.get("Location") ?? "", { headers }))));
      expect(await shown({})).toMatchObject({ body: { lostCookie: { outcome: "blocked" } } });
      expect(await shown({ Cookie: cookie })).toMatchObject({
        body: { lostCookie: { outcome: "once_more", item: { productId: "mug", quantity: 2 } } },
      });
    }
    const pay = await request("/checkout", { form: {} });
    expect((await answer(() => checkoutRoute.action(args(pay)))).headers.get("Location")).toBe("/cart?once_more=1");
    expect((await here().store.totals()).units).toBe(0);
    // Negative control: with the cookie, it holds.
    await post({ form: add("mug", 2) });
    expect((await here().store.totals()).units).toBe(2);
  });

  it("rejects a form from another site's page", async () => {
    for (const [name, value] of [
      ["Origin", "https://evil.test"],
      ["Sec-Fetch-Site", "cross-site"],
    ] as const) {
      expect(await post({ form: add("mug", 1), headers: { [name]: value } })).toMatchObject({
        status: 403,
        body: { code: "cross_origin" },
      });
    }
    expect((await here().store.totals()).units).toBe(0);
  });

  it.each([
    ["an intent that no form has", { intent: "steal" }, {}, 400],
    ["another content type", "{}", { "Content-Type": "application/json" }, 415],
    ["a body that is too large", `intent=add&product_id=mug&quantity=${"1".repeat(20_000)}`, {}, 413],
  ])("responds to %s with a message", async (_what, form, headers, status) => {
    expect(await post({ form, headers })).toMatchObject({ status });
    expect((await here().store.totals()).units).toBe(0);
  });

  it.each([
    [{ intent: "add", product_id: "mug", quantity: "-1" }, 400],
    [add("ghost", 1), 404],
    [add("mug", 6), 409],
    [add("mug", 11), 422],
    [{ intent: "extend" }, 409],
  ])("responds to %j with the page and status %i, without a cookie", async (form, status) => {
    const came = await post({ form });
    expect(came.status).toBe(status);
    expect(came.headers.has("Set-Cookie")).toBe(false);
    expect((await here().store.totals()).units).toBe(0);
  });

  it("shows the cart with 429 and Retry-After if it is changed too often, and changes nothing", async () => {
    here().says.admit = () => ({ outcome: "rate_limited", retryAfterSeconds: 7 });
    const came = await post({ form: add("mug", 1) });
    expect(came).toMatchObject({ status: 429, body: { kind: "rate_limited", retryAfterSeconds: 7 } });
    expect(came.headers.get("Retry-After")).toBe("7");
    expect((await here().store.totals()).units).toBe(0);
  });

  it("shows the cart with 503 and Retry-After while selling is paused", async () => {
    here().shop.checkout.changeCart = () =>
      Promise.resolve({ outcome: "selling_paused", mayPay: true, retryAfterSeconds: 60 });
    const came = await post({ form: add("mug", 1) });
    expect(came).toMatchObject({ status: 503, body: { kind: "selling_paused", mayPay: true } });
    expect(came.headers.get("Retry-After")).toBe("60");
  });

  it("responds with 503 and the page while the database is down", async () => {
    here().says.stock = () => Promise.reject(new UnavailableError("down"));
    expect(await post({ form: add("mug", 1) })).toMatchObject({ status: 503, body: { kind: "unavailable" } });
  });

  it("redirects to the cart afterwards, so that a reload repeats nothing", async () => {
    const came = await post({ form: add("mug", 2) });
    expect(came.status).toBe(303);
    expect(came.headers.get("Location")).toBe("/cart");
    expect((await cartIn(came.headers)).lines).toEqual([{ productId: "mug", quantity: 2 }]);
  });
});

describe("GET /cart", () => {
  it("writes a line that only the store knows to the cookie, so that it stays when its hold expires", async () => {
    const first = here().carts.create();
    const [, mug] = [await here().change(first, add("jug", 1)), await here().change(first, add("mug", 1))];
    const lastCookie = { ...mug, lines: [{ productId: "mug", quantity: 1 }] };
    const came = await answer(async () => cartRoute.loader(args(await request("/cart", { cart: lastCookie }))));
    expect((await cartIn(came.headers)).lines).toEqual([
      { productId: "mug", quantity: 1 },
      { productId: "jug", quantity: 1 },
    ]);
    const again = await answer(async () =>
      cartRoute.loader(args(await request("/cart", { cart: await cartIn(came.headers) }))),
    );
    expect(again.headers.has("Set-Cookie")).toBe(false);
  });
});

describe("a cart", () => {
  it.each([
    [{}, []],
    [{ STRIPE_SHIPPING_RATES: "shr_1" }, ["Shipping calculated at checkout."]],
    [{ STRIPE_AUTOMATIC_TAX: "true" }, ["Taxes calculated at checkout."]],
    [{ STRIPE_SHIPPING_RATES: "shr_1", STRIPE_AUTOMATIC_TAX: "true" }, ["Shipping and taxes calculated at checkout."]],
    // Only asks for an address.
    [{ STRIPE_SHIPPING_COUNTRIES: "AT" }, []],
  ])("with the settings %j says that the payment page adds %j", async (settings, texts) => {
    setSiteOf();
    const { STRIPE_SHIPPING_RATES, STRIPE_AUTOMATIC_TAX } = parseEnvironment(settings);
    const env = { ...here().shop.env, STRIPE_SHIPPING_RATES, STRIPE_AUTOMATIC_TAX };
    install(decorate(here().shop, { env }));
    const asked = await request("/cart", { cart: await here().change(here().carts.create(), add("mug", 1)) });
    const { body } = await answer(() => cartRoute.loader(args(asked)));
    expect(atCheckoutTexts((body as CartView).atCheckout)).toEqual(texts);
  });
});

describe("/checkout", () => {
  it("redirects to the cart if it is just opened", async () => {
    const asked = await request("/checkout");
    const came = await answer(() => checkoutRoute.loader(args(asked)));
    expect([came.status, came.headers.get("Location")]).toEqual([302, "/cart"]);
  });

  it("rejects a post from another site's page", async () => {
    const asked = await request("/checkout", { form: {}, headers: { Origin: "https://evil.test" } });
    expect((await answer(() => checkoutRoute.action(args(asked)))).status).toBe(403);
  });

  it("redirects to the payment page as a new document, and remembers the checkout", async () => {
    here().says.start = () => Promise.resolve({ outcome: "redirect", url: "https://pay.test/1", checkoutId: CHECKOUT });
    const asked = await request("/checkout", { form: {}, cart: here().carts.create() });
    const came = await answer(() => checkoutRoute.action(args(asked)));
    expect([came.status, came.headers.get("Location"), came.headers.get("X-Remix-Reload-Document")]).toEqual([
      303,
      "https://pay.test/1",
      "true",
    ]);
    expect((await cartIn(came.headers)).paying).toBe(CHECKOUT);
  });

  it("shows the cart with Retry-After if checkout is busy, selling is paused, or this shopper pays too often", async () => {
    const pay = async () =>
      answer(async () =>
        checkoutRoute.action(args(await request("/checkout", { form: {}, cart: here().carts.create() }))),
      );
    here().says.start = () => Promise.resolve({ outcome: "checkout_busy", retryAfterSeconds: 2 });
    const busy = await pay();
    here().says.start = () => Promise.resolve({ outcome: "selling_paused", mayPay: false, retryAfterSeconds: 60 });
    const closed = await pay();
    here().says.admit = () => ({ outcome: "rate_limited", retryAfterSeconds: 7 });
    const tooOften = await pay();
    expect(
      [busy, closed, tooOften].map(({ status, headers, body }) => [status, headers.get("Retry-After"), body]),
    ).toEqual([
      [429, "2", { kind: "checkout_busy", retryAfterSeconds: 2 }],
      [503, "60", { kind: "selling_paused", mayPay: false, retryAfterSeconds: 60 }],
      [429, "7", { kind: "rate_limited", retryAfterSeconds: 7 }],
    ]);
    // Remix sends the page's own headers.
    for (const route of [cartRoute, checkoutRoute]) {
      const none = new Headers();
      const sent = new Headers(
        route.headers({
          actionHeaders: tooOften.headers,
          loaderHeaders: none,
          parentHeaders: none,
          errorHeaders: undefined,
        }),
      );
      expect([...sent]).toEqual([["retry-after", "7"]]);
    }
  });

  it("responds with a link if the payment page is on a domain that forms may not lead to", async () => {
    here().says.start = () =>
      Promise.resolve({ outcome: "redirect", url: "https://custom.test/1", checkoutId: CHECKOUT });
    const asked = await request("/checkout", { form: {}, cart: here().carts.create() });
    const came = await answer(() => checkoutRoute.action(args(asked)));
    expect(came).toMatchObject({ status: 200, body: { kind: "payment_elsewhere", url: "https://custom.test/1" } });
    expect((await cartIn(came.headers)).paying).toBe(CHECKOUT);
  });

  it("redirects to the cart if its form showed another one, and passes that on", async () => {
    const since = { currency: "usd", lines: [{ productId: "mug", quantity: 2, unitAmount: 1000 }] };
    const start = vi.spyOn(here().shop.checkout, "start").mockResolvedValue({ outcome: "cart_changed", since });
    const asked = await request("/checkout", { form: { shown: writeShownCart(since) }, cart: here().carts.create() });
    const came = await answer(() => checkoutRoute.action(args(asked)));
    expect([came.status, came.headers.get("Location")]).toEqual([303, changedCartAddress(since)]);
    expect(start).toHaveBeenCalledWith(expect.objectContaining({ shown: since }));
  });

  it("shows the cart with 409 if it cannot be paid", async () => {
    const asked = await request("/checkout", { form: {}, cart: here().carts.create() });
    expect(await answer(() => checkoutRoute.action(args(asked)))).toMatchObject({
      status: 409,
      body: { kind: "empty_cart" },
    });
    const shown = await answer(() => checkoutRoute.loader(args(new Request(asked.url, { headers: asked.headers }))));
    expect(shown).toMatchObject({ status: 200, body: { lines: [] } });
  });
});

describe("GET /orders/:checkoutId", () => {
  const get = async (cart?: Cart) => {
    const asked = await request(`/orders/${CHECKOUT}`, cart ? { cart } : {});
    return answer(() => orderRoute.loader(args(asked, { checkoutId: CHECKOUT })));
  };

  it("reveals nothing to a stranger", async () => {
    expect(await get()).toMatchObject({ status: 404, body: { view: { state: "another_browser", order: null } } });
    expect(await get(here().carts.create())).toMatchObject({ status: 404 });
  });

  it("responds with 503 and a message while the payment cannot be confirmed", async () => {
    here().says.fulfil = () => Promise.reject(new UnavailableError("Stripe"));
    expect(await get(withCheckout(here().carts.create(), CHECKOUT))).toMatchObject({
      status: 503,
      body: { view: { state: "being_confirmed" } },
    });
  });

  it("writes the new cart and reloads itself once", async () => {
    here().says.fulfil = () => Promise.resolve({ outcome: "done", repeated: false, order: order() });
    const first = await get(withCheckout(here().carts.create(), CHECKOUT));
    expect([first.status, first.headers.get("Location")]).toEqual([302, `/orders/${CHECKOUT}`]);
    expect(await get(await cartIn(first.headers))).toMatchObject({ status: 200, body: { view: { state: "paid" } } });
  });
});

describe("read-only pages", () => {
  it("respond with 404 for an unknown product", async () => {
    const asked = await request("/products/ghost");
    expect(await answer(() => productRoute.loader(args(asked, { productId: "ghost" })))).toMatchObject({
      status: 404,
      body: { code: "unknown_product" },
    });
  });

  it("show units held by others as unavailable, and the shopper's own as theirs", async () => {
    const world = here();
    const mine = await world.change(world.carts.create(), add("mug", 2));
    await world.change(world.carts.create(), add("mug", 1));
    const asked = await request("/products/mug", { cart: mine });
    expect(await answer(() => productRoute.loader(args(asked, { productId: "mug" })))).toMatchObject({
      body: { product: { stock: { onHand: 5, available: 4, heldByYou: 2 } } },
    });
  });

  it("list 24 products a page, show the first page for an invalid query, and read nothing twice", async () => {
    await open(Array.from({ length: 30 }, (_, n) => product(`mug-${n}`)));
    const reads = vi.spyOn(here().store, "held");
    for (const [path, page, length] of [
      ["/?page=2", 2, 6],
      ["/?page=abc&page=-4", 1, 24],
      ["/", 1, 24],
    ] as const) {
      const asked = await request(path);
      const came = await answer(() => listRoute.loader(args(asked)));
      expect(came.body).toMatchObject({ list: { page, pages: 2, total: 30, products: { length } } });
    }
    expect(reads).toHaveBeenCalledTimes(3);
  });

  it("respond with 404 beyond the last page, and with the list for what is no page number", async () => {
    await open(Array.from({ length: 30 }, (_, n) => product(`mug-${n}`)));
    const statusOf = async (path: string) => {
      const asked = await request(path);
      return (await answer(() => listRoute.loader(args(asked)))).status;
    };
    for (const page of ["3", "99", "1e9"]) expect(await statusOf(`/?page=${page}`), page).toBe(404);
    for (const page of ["2", "0", "-1", "1.5", "last", ""]) expect(await statusOf(`/?page=${page}`), page).toBe(200);
    await open([]);
    expect(await statusOf("/")).toBe(200);
    expect(await statusOf("/?page=2")).toBe(404);
  });

  it("ignore a sort that the table cannot do", async () => {
    const { offers: all } = here().shop;
    const list = vi.fn((query: Parameters<typeof all.list>[0]) => all.list(query));
    const offers = decorate(all, { list, sorts: async () => ["newest"] });
    install(decorate(here().shop, { offers }));
    for (const [sort, used] of [
      ["newest", "newest"],
      ["price", null],
      ["shoe-size", null],
    ] as const) {
      const asked = await request(`/?sort=${sort}`);
      const came = await answer(() => listRoute.loader(args(asked)));
      expect(came).toMatchObject({ status: 200, body: { list: { sort: used, sorts: ["newest"] } } });
      expect(list.mock.lastCall?.[0].sort ?? null).toBe(used);
    }
  });

  it("show a product with those that follow it, and without them if they are not known", async () => {
    await open(["mug", "jug", "cup"].map((id) => product(id)));
    const more = async (following: () => Promise<readonly string[]>) => {
      install(decorate(here().shop, { offers: decorate(here().shop.offers, { following }) }));
      const asked = await request("/products/mug");
      return (await answer(() => productRoute.loader(args(asked, { productId: "mug" })))).body;
    };
    const known = async () => ["cup", "gone", "jug"];
    expect(await more(known)).toMatchObject({ product: { id: "mug" }, more: [{ id: "cup" }, { id: "jug" }] });
    for (const unknown of [down, () => new Promise<never>(() => undefined)])
      expect(await more(unknown)).toMatchObject({ product: { id: "mug" }, more: [] });
  });

  it("respond with 503 and a message, with the cart intact, while the database is down", async () => {
    const { shop } = here();
    install(decorate(shop, { offers: decorate(shop.offers, { list: down, products: down }) }));
    const cart = { ...here().carts.create(), lines: [{ productId: "mug", quantity: 1 }] };
    for (const load of [listRoute.loader, cartRoute.loader, productRoute.loader]) {
      const asked = await request("/", { cart });
      const came = await answer(() => load(args(asked, { productId: "mug" })));
      expect(came).toMatchObject({ status: 503, body: { code: "unavailable" } });
      expect(came.headers.has("Set-Cookie")).toBe(false);
    }
  });
});

describe("the root loader", () => {
  it("creates a cart session only for a browser without a valid cookie", async () => {
    const first = await answer(async () => root.loader(args(await request("/"))));
    const cart = await cartIn(first.headers);
    expect((await answer(async () => root.loader(args(await request("/", { cart }))))).headers.has("Set-Cookie")).toBe(
      false,
    );
    const forged = await request("/", { headers: { Cookie: "cart=forged" } });
    expect((await cartIn((await answer(() => root.loader(args(forged)))).headers)).sessionHash).not.toBe(
      cart.sessionHash,
    );
  });
});

function down(): Promise<never> {
  return Promise.reject(new UnavailableError("the database does not answer"));
}
