import type { Cart } from "./cart-session.server";
import type { CartShop } from "./cart-shop";
import { openByKey, ORDER_KEY, type OrderKeys } from "./open-by-key.server";
import { beingConfirmed, ofAnotherBrowser, showOrder, type OrderVisit, type ShownOrder } from "./show-order.server";

/** The order for the browser whose cookie names it, or that comes by the key of the address that Stripe returns to. */
export async function visitOrder(
  shop: Pick<CartShop, "checkout" | "carts" | "log"> & { readonly orderKeys: OrderKeys },
  cart: Cart,
  visit: OrderVisit,
  query: URLSearchParams,
): Promise<ShownOrder> {
  const key = query.get(ORDER_KEY);
  if (key === null) return showOrder(shop, cart, visit);
  const opened = await openByKey(shop, cart, { ...visit, key });
  switch (opened.outcome) {
    case "entitled":
      return { outcome: "look_again", cart: opened.cart };
    case "not_known_now":
      return beingConfirmed(visit.checkoutId);
    case "opens_nothing":
      return ofAnotherBrowser(visit.checkoutId);
  }
}
