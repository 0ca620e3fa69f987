import { readIntent } from "~/cart/cart-intent.server";
import { withCheckout, type Cart } from "~/cart/cart-session.server";
import type { Visit } from "~/cart/cart-shop";
import { changeCart, type CartResult } from "~/cart/change-cart.server";
import type { Catalog, Product } from "~/catalog/catalog";
import type { FulfilOutcome, StartOutcome } from "~/checkout/checkout";
import type { Order } from "~/checkout/report/orders";
import { decorate } from "~/decorate";
import type { Admission } from "~/limits/limits.server";
import { assembleWorldShop } from "../boot/assembled-shop";
import { createWorld as createCheckoutWorld } from "../checkout/world";

export { TTL_MS } from "../checkout/world";
export const CHECKOUT = "cs_test_1";

export function product(id: string, facts: Partial<Product> = {}): Product {
  const price = { amount: 1250, currency: "usd" };
  return { id, name: id, description: "", image: null, price, stripePrice: null, onHand: 5, active: true, ...facts };
}

export function order(facts: Partial<Order> = {}): Order {
  const total = { amount: 2500, currency: "usd" };
  const lines = [{ productId: "mug", name: "Mug", quantity: 2, subtotal: total }];
  return {
    checkoutId: CHECKOUT,
    claimId: "claim-1",
    sessionHash: "hash",
    createdAt: 1_700_000_000_000,
    lines,
    additions: [],
    total,
    url: null,
    refund: { returned: 0, pending: 0, owed: 0 },
    ...facts,
  };
}

export type World = Awaited<ReturnType<typeof createWorld>>;

/** A shop assembled as in production over a table in memory. What Stripe's side of the checkout comes to, a test may decide. */
export async function createWorld(products: readonly Product[] = [product("mug"), product("jug")]) {
  const rows = new Map(products.map((row) => [row.id, row]));
  const outside = createCheckoutWorld({ catalog: () => catalogOf(rows, () => says.stock()) });
  const { shop: assembled, drivers } = assembleWorldShop(outside.boot(), {
    env: { MAX_UNITS_PER_LINE: 10, STRIPE_CHECKOUT_ORIGIN: "https://pay.test" },
  });
  await assembled.checkout.rebuild();

  const calls = { changed: 0, fulfilled: [] as string[] };
  const says: {
    fulfil: () => Promise<FulfilOutcome>;
    start: () => Promise<StartOutcome>;
    stock: () => Promise<void>;
    admit: (sessionHash: string) => Admission;
  } = {
    fulfil: () => Promise.resolve({ outcome: "open", order: order() }),
    start: () => Promise.resolve({ outcome: "empty_cart" }),
    stock: () => Promise.resolve(),
    admit: () => ({ outcome: "admitted" }),
  };
  const shop = decorate(assembled, {
    checkout: decorate(assembled.checkout, {
      changeCart: (request) => {
        calls.changed += 1;
        return assembled.checkout.changeCart(request);
      },
      start: () => says.start(),
      fulfil: (checkoutId) => {
        calls.fulfilled.push(checkoutId);
        return says.fulfil();
      },
    }),
    limits: decorate(assembled.limits, { admit: async (_request, sessionHash) => says.admit(sessionHash) }),
  });
  const { store, carts } = shop;
  const clock = { ...outside.clock, advance: outside.advance };

  return {
    clock,
    rows,
    store,
    carts,
    shop,
    calls,
    says,
    /** Errors in the log, oldest first. */
    logged: () =>
      drivers.journal
        .read({ filter: { level: "error" } })
        .lines.map(({ event }) => event)
        .reverse(),
    visit: (cart: Cart): Visit => ({ sessionHash: cart.sessionHash, locale: "en-US", now: clock.wall() }),
    /** Submits a form. */
    send(cart: Cart, form: Record<string, string>): Promise<CartResult> {
      const read = readIntent(form);
      if (read.outcome === "invalid") throw new Error("the form was not understood");
      return changeCart(shop, cart, read, clock.wall());
    },
    /** Submits a form that must succeed. */
    async change(cart: Cart, form: Record<string, string>): Promise<Cart> {
      const answer = await this.send(cart, form);
      if (answer.outcome !== "changed") throw new Error(`the cart was not changed: ${JSON.stringify(answer)}`);
      return answer.cart;
    },
    /** Opens the payment page like `start`. */
    async openPaymentPage(cart: Cart): Promise<Cart> {
      await store.claim({ sessionHash: cart.sessionHash, claimId: "claim-1" });
      await store.stamp({ claimId: "claim-1", checkoutId: CHECKOUT });
      return withCheckout(cart, CHECKOUT);
    },
    /** Completes the claim: its units are sold. */
    sell: () => store.complete({ claimId: "claim-1", checkoutId: CHECKOUT }),
  };
}

function catalogOf(rows: ReadonlyMap<string, Product>, beforeStock: () => Promise<void>): Catalog {
  const known = (ids: readonly string[]) => ids.flatMap((id) => rows.get(id) ?? []);
  return {
    async list({ page, pageSize }) {
      const all = [...rows.values()];
      const products = all.slice((page - 1) * pageSize, page * pageSize);
      return { products, page, pages: Math.ceil(all.length / pageSize), total: all.length };
    },
    products: async (ids) => new Map(known(ids).map((row) => [row.id, row])),
    productsNamed: async () => new Map(),
    rereadPrices: async () => undefined,
    async readStock(ids) {
      await beforeStock();
      return new Map(
        known(ids).map(({ id, name, onHand, active }) => [id, { name, inventory: onHand, active, version: null }]),
      );
    },
    compareAndSwap: () => Promise.reject(new Error("nothing is sold here")),
  };
}

export function add(productId: string, quantity: number): Record<string, string> {
  return { intent: "add", product_id: productId, quantity: String(quantity) };
}

export function set(productId: string, quantity: number): Record<string, string> {
  return { intent: "set", product_id: productId, quantity: String(quantity) };
}
