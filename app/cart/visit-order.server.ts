import type { Cart } from "./cart-session.server";
import type { CartShop } from "./cart-shop";
import { openByKey, ORDER_KEY, type OrderKeys } from "./open-by-key.server";
import { beingConfirmed, ofAnotherBrowser, showOrder, type OrderVisit, type ShownOrder } from "./show-order.server";

/** The order, for a browser whose cookie names it or whose URL has the key with which Stripe returned. */
export async function visitOrder(
  shop: Pick<CartShop, "checkout" | "carts" | "offers" | "log"> & { readonly orderKeys: OrderKeys },
  cart: Cart,
  visit: OrderVisit,
  query: URLSearchParams,
): Promise<ShownOrder> {
  const key = query.get(ORDER_KEY);
  if (key === null) return showOrder(shop, cart, visit);
  const opened = await openByKey(shop, cart, { ...visit, key });
  switch (opened.outcome) {
    case "entitled":
      return { outcome: "reload", cart: opened.cart };
    case "unknown":
      return beingConfirmed(visit.checkoutId);
    case "invalid_key":
      return ofAnotherBrowser(visit.checkoutId);
  }
}
