import type { ShownCart } from "~/checkout/page/shown-cart";
import { UnavailableError } from "~/errors";
import type { CartFailure } from "./cart-failure";
import { withCheckout, type Cart } from "./cart-session.server";
import type { CartShop } from "./cart-shop";
import { presentCart } from "./present-cart.server";
import { shortLines } from "./short-lines";
import { changedCartAddress, type ReadShownCart } from "./shown-cart.server";

export type PayAnswer =
  /** To the payment page, or to the order when it is paid already; `cart` is to be written to the cookie. */
  | { readonly outcome: "redirect"; readonly url: string; readonly cart: Cart }
  /** Something is not as the page showed it: nobody is charged by it. The cart's page at this address says what. */
  | { readonly outcome: "changed"; readonly address: string }
  | { readonly outcome: "failed"; readonly failure: CartFailure };

/**
 * Opens the payment page for the whole cart. `origin`: where the shopper comes back to. `now`: epoch milliseconds. `shown`: what the page
 * showed, where its form says so.
 */
export async function payCart(
  shop: CartShop,
  given: Cart,
  origin: string,
  now: number,
  shown: ReadShownCart | null = null,
): Promise<PayAnswer> {
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
): Promise<PayAnswer> {
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
      return failed({ kind: "checkout_open", openedAt: started.claim.claimedAt });
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

function failed(failure: CartFailure): PayAnswer {
  return { outcome: "failed", failure };
}

function toOrder(cart: Cart, checkoutId: string): PayAnswer {
  return { outcome: "redirect", url: `/orders/${checkoutId}`, cart: withCheckout(cart, checkoutId) };
}
