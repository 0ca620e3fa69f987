import { UnavailableError } from "~/errors";
import { withCheckout, type Cart } from "~/session.server";
import { presentCart } from "./present-cart.server";
import { shortLines } from "./short-lines";
import type { CartFailure } from "./cart-failure";
import type { CartShop } from "./cart-shop";

export type PayAnswer =
  /** To the payment page, or to the order when it is paid already; `cart` is to be written to the cookie. */
  | { readonly outcome: "redirect"; readonly url: string; readonly cart: Cart }
  | { readonly outcome: "failed"; readonly failure: CartFailure };

/** Opens the payment page for the whole cart. `origin`: where the shopper comes back to. `now`: epoch milliseconds. */
export async function payCart(shop: CartShop, given: Cart, origin: string, now: number): Promise<PayAnswer> {
  try {
    const present = await presentCart(shop, given);
    if (present.outcome === "unsettled") return failed({ kind: "unsettled", checkoutId: present.checkoutId });
    if (present.outcome === "sold") return toOrder(given, given.paying ?? "");
    return await start(shop, present.cart, origin, now);
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    shop.log.error({ err: error, session: given.session }, "cart not paid");
    return failed({ kind: "unavailable" });
  }
}

async function start({ checkout }: CartShop, cart: Cart, origin: string, now: number): Promise<PayAnswer> {
  const started = await checkout.start({ session: cart.session, lines: cart.lines, origin });
  switch (started.outcome) {
    case "redirect":
      return { outcome: "redirect", url: started.url, cart: withCheckout(cart, started.checkoutId) };
    case "paid":
      return toOrder(cart, started.checkoutId);
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
