import type { FulfilOutcome } from "~/checkout/checkout";
import { UnavailableError } from "~/errors";
import type { SessionView } from "~/reservations/reservation-store";
import type { Cart } from "./cart-session.server";
import type { CartShop, MayAsk } from "./cart-shop";

/** The shopper's current cart, given the one in the cookie. */
export type PresentCart =
  | { readonly outcome: "same"; readonly cart: Cart; readonly view: SessionView }
  /** It was paid: `cart` is the new, empty one that replaces it and must be written to the cookie. */
  | { readonly outcome: "sold"; readonly cart: Cart }
  /** Its payment page is closed, but Stripe is unreachable or may not be asked, so the payment state is unknown. */
  | { readonly outcome: "unsettled"; readonly cart: Cart; readonly view: SessionView; readonly checkoutId: string };

/**
 * Determines the current cart. Asks Stripe only if a payment may have happened unnoticed: the cart opened a payment page, and the store no
 * longer holds anything for it. So viewing a cart normally costs no call to Stripe.
 */
export async function presentCart(
  shop: Pick<CartShop, "store" | "checkout" | "carts" | "log">,
  cart: Cart,
  mayAsk: MayAsk = always,
): Promise<PresentCart> {
  const view = await shop.store.view(cart.sessionHash);
  if (cart.paying === null || view.claim !== null) return { outcome: "same", cart, view };
  if (!(await mayAsk())) return { outcome: "unsettled", cart, view, checkoutId: cart.paying };
  try {
    const outcome = await shop.checkout.fulfil(cart.paying);
    if (isConcluded(outcome)) return { outcome: "sold", cart: nextCart(shop.carts, cart) };
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    shop.log.error({ err: error, checkoutId: cart.paying }, "payment state of a cart unknown");
    return { outcome: "unsettled", cart, view, checkoutId: cart.paying };
  }
  return { outcome: "same", cart, view };
}

const always: MayAsk = async () => true;

/** A new session for a shopper whose cart was paid. The checkouts stay, so that the order can be viewed again. */
export function nextCart(carts: Pick<CartShop["carts"], "create">, sold: Cart): Cart {
  return { ...carts.create(), checkouts: sold.checkouts, operations: sold.operations };
}

/**
 * Whether the shopper has paid, so that the cart is history: the payment stays, is refunded, or takes days (a delayed method). While it is
 * pending, its lines cannot change, so without a new session the shopper would have no usable cart.
 */
export function isConcluded({ outcome }: FulfilOutcome): boolean {
  return outcome === "done" || outcome === "refunded" || outcome === "needs_review" || outcome === "awaiting_payment";
}
