import { readIntent } from "~/cart/cart-intent.server";
import { CartSessions, withCheckout, type Cart } from "~/cart/cart-session.server";
import type { CartShop, Visit } from "~/cart/cart-shop";
import { changeCart, type CartResult } from "~/cart/change-cart.server";
import { createMemoryFormOrders } from "~/cart/form-orders.server";
import type { Product } from "~/catalog/catalog";
import type { FulfilOutcome, StartOutcome } from "~/checkout/checkout";
import type { Order } from "~/checkout/report/orders";
import { LastFigures } from "~/reservations/last-figures";
import { createMemoryReservationStore } from "~/reservations/memory-reservation-store.server";
import { release } from "~/reservations/release";
import { reserve } from "~/reservations/reserve";
import { ManualClock } from "../reservations/manual-clock";

export const TTL_MS = 120_000;
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

export type World = ReturnType<typeof createWorld>;

/** The real engine on a clock of its own; the catalogue and Stripe's side of checkout say what a test wants. */
export function createWorld(products: readonly Product[] = [product("mug"), product("jug")]) {
  const clock = new ManualClock();
  const rows = new Map(products.map((row) => [row.id, row]));
  const store = createMemoryReservationStore({ clock, ttlMs: TTL_MS, maxAgeMs: 10 * TTL_MS });
  const carts = new CartSessions({ secrets: ["a secret that is long enough for tests"], secure: false });
  const env = {
    MAX_UNITS_PER_LINE: 10,
    MAX_LINES_PER_CART: 30,
    CHECKOUT_TTL_SECONDS: 900,
    STRIPE_SHIPPING_RATES: undefined,
    STRIPE_AUTOMATIC_TAX: false,
    STRIPE_PROMOTION_CODES: false,
  };
  const calls = { changed: 0, fulfilled: [] as string[] };
  const says: { fulfil: () => Promise<FulfilOutcome>; start: () => Promise<StartOutcome>; stock: () => Promise<void> } =
    {
      fulfil: () => Promise.resolve({ outcome: "open", order: order() }),
      start: () => Promise.resolve({ outcome: "empty_cart" }),
      stock: () => Promise.resolve(),
    };
  const logged: string[] = [];
  let operations = 0;
  const backOff = () => Promise.resolve();
  const dependencies = {
    store,
    backOff,
    figures: new LastFigures(),
    newOperationId: () => `op-${(operations += 1)}`,
    limits: { maxUnitsPerLine: env.MAX_UNITS_PER_LINE, maxLinesPerCart: env.MAX_LINES_PER_CART },
    readStock: async (ids: readonly string[]) => {
      await says.stock();
      return new Map(
        ids.flatMap((id) => {
          const row = rows.get(id);
          return row === undefined
            ? []
            : [[id, { name: row.name, inventory: row.onHand, active: row.active }] as const];
        }),
      );
    },
  };
  const shop: CartShop = {
    formOrders: createMemoryFormOrders({ now: () => clock.now() }),
    store,
    carts,
    env,
    log: { error: (_fields, message) => void logged.push(message) },
    catalog: {
      list: async ({ page, pageSize }) => {
        const all = [...rows.values()];
        return {
          products: all.slice((page - 1) * pageSize, page * pageSize),
          page,
          pages: Math.ceil(all.length / pageSize),
          total: all.length,
        };
      },
      products: async (ids) =>
        new Map(
          ids.flatMap((id) => {
            const row = rows.get(id);
            return row === undefined ? [] : [[id, row] as const];
          }),
        ),
    },
    checkout: {
      changeCart: (request) => {
        calls.changed += 1;
        return reserve(dependencies, request);
      },
      release: (request) => release({ store, backOff }, request),
      start: () => says.start(),
      fulfil: (checkoutId) => {
        calls.fulfilled.push(checkoutId);
        return says.fulfil();
      },
    },
  };

  return {
    clock,
    rows,
    store,
    carts,
    shop,
    calls,
    logged,
    says,
    visit: (cart: Cart): Visit => ({ sessionHash: cart.sessionHash, locale: "en-US", now: clock.wall() }),
    /** Posts a form of the shop. */
    send(cart: Cart, form: Record<string, string>): Promise<CartResult> {
      const read = readIntent(form);
      if (read.outcome === "invalid") throw new Error("the form was not understood");
      return changeCart(shop, cart, read, clock.wall());
    },
    /** Posts a form that must succeed. */
    async change(cart: Cart, form: Record<string, string>): Promise<Cart> {
      const answer = await this.send(cart, form);
      if (answer.outcome !== "changed") throw new Error(`the cart was not changed: ${JSON.stringify(answer)}`);
      return answer.cart;
    },
    /** Opens the payment page as `start` would. */
    async openPaymentPage(cart: Cart): Promise<Cart> {
      await store.claim({ sessionHash: cart.sessionHash, claimId: "claim-1" });
      await store.stamp({ claimId: "claim-1", checkoutId: CHECKOUT });
      return withCheckout(cart, CHECKOUT);
    },
    /** The claim ends because its units are sold. */
    sell: () => store.complete({ claimId: "claim-1", checkoutId: CHECKOUT }),
  };
}

export function add(productId: string, quantity: number): Record<string, string> {
  return { intent: "add", product_id: productId, quantity: String(quantity) };
}

export function set(productId: string, quantity: number): Record<string, string> {
  return { intent: "set", product_id: productId, quantity: String(quantity) };
}
