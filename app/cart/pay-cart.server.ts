import type { ShownCart } from "~/checkout/page/shown-cart";
import { UnavailableError } from "~/errors";
import type { CartFailure } from "./cart-failure";
import { withCheckout, type Cart } from "./cart-session.server";
import type { CartShop } from "./cart-shop";
import { presentCart } from "./present-cart.server";
import { shortLines } from "./short-lines";
import { changedCartAddress, type ReadShownCart } from "./shown-cart.server";

export type PayResult =
  /** To the payment page, or to the order if it is already paid; `cart` must be written to the cookie. */
  | { readonly outcome: "redirect"; readonly url: string; readonly cart: Cart }
  /** The cart differs from what the page showed, so nothing is charged. The cart page at `address` lists the changes. */
  | { readonly outcome: "changed"; readonly address: string }
  | { readonly outcome: "failed"; readonly failure: CartFailure };

/**
 * Opens the payment page for the whole cart. `origin`: where the shopper returns to. `now`: epoch milliseconds. `shown`: the cart as the
 * page showed it, if the form includes that.
 */
export async function payCart(
  shop: CartShop,
  given: Cart,
  origin: string,
  now: number,
  shown: ReadShownCart | null = null,
): Promise<PayResult> {
  try {
    const present = await presentCart(shop, given);
    if (present.outcome === "unsettled") return failed({ kind: "unsettled", checkoutId: present.checkoutId });
    if (present.outcome === "sold") return toOrder(given, given.paying ?? "");
    if (shown === "unreadable") return { outcome: "changed", address: changedCartAddress(shown) };
    return await start(shop, present.cart, { origin, shown }, now);
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    shop.log.error({ err: error, session: given.sessionHash }, "cart not paid");
    return failed({ kind: "unavailable" });
  }
}

async function start(
  { checkout }: CartShop,
  cart: Cart,
  { origin, shown }: { origin: string; shown: ShownCart | null },
  now: number,
): Promise<PayResult> {
  const started = await checkout.start({ sessionHash: cart.sessionHash, lines: cart.lines, origin, shown });
  switch (started.outcome) {
    case "redirect":
      return { outcome: "redirect", url: started.url, cart: withCheckout(cart, started.checkoutId) };
    case "paid":
      return toOrder(cart, started.checkoutId);
    case "cart_changed":
      return { outcome: "changed", address: changedCartAddress(started.since) };
    case "empty_cart":
      return failed({ kind: "empty_cart" });
    case "refused":
      return failed({ kind: "refused", lines: shortLines(started.lines, now) });
    case "unknown_product":
      return failed({ kind: "unknown_product", productIds: started.productIds });
    case "limit_exceeded":
      return failed({ kind: "limit_exceeded", limit: started.limit, max: started.max, productId: null });
    case "checkout_open":
      return failed({ kind: "checkout_open" });
    case "payment_wait":
      return failed({ kind: "payment_wait", retryAfterSeconds: started.retryAfterSeconds });
    case "checkout_busy":
      return failed({ kind: "checkout_busy", retryAfterSeconds: started.retryAfterSeconds });
    case "selling_paused":
      return failed({ kind: "selling_paused", mayPay: started.mayPay, retryAfterSeconds: started.retryAfterSeconds });
    case "not_payable":
      return failed({ kind: "not_payable", reason: started.reason, productIds: started.productIds });
  }
}

function failed(failure: CartFailure): PayResult {
  return { outcome: "failed", failure };
}

function toOrder(cart: Cart, checkoutId: string): PayResult {
  return { outcome: "redirect", url: `/orders/${checkoutId}`, cart: withCheckout(cart, checkoutId) };
}
