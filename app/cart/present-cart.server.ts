import type { FulfilOutcome } from "~/checkout/checkout";
import { UnavailableError } from "~/errors";
import type { SessionView } from "~/reservations/reservation-store";
import type { Cart } from "./cart-session.server";
import type { CartShop, MayAsk } from "./cart-shop";

/** The cart that a shopper has now, given what the cookie says. */
export type PresentCart =
  | { readonly outcome: "same"; readonly cart: Cart; readonly view: SessionView }
  /** Its payment went through: `cart` is the new and empty one that takes its place, for the cookie to be written. */
  | { readonly outcome: "sold"; readonly cart: Cart }
  /** Its payment page is closed, and nobody could, or was allowed to, ask whether it was paid. */
  | { readonly outcome: "unsettled"; readonly cart: Cart; readonly view: SessionView; readonly checkoutId: string };

/**
 * Asks about the payment only where it can have happened unseen: this cart opened a payment page, and the store holds
 * nothing for it any more. So an ordinary view of a cart costs no call to Stripe.
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
    shop.log.error({ err: error, checkoutId: cart.paying }, "payment of a cart not known");
    return { outcome: "unsettled", cart, view, checkoutId: cart.paying };
  }
  return { outcome: "same", cart, view };
}

const always: MayAsk = async () => true;

/** A new session for the shopper whose cart was paid for. The checkouts stay, so that the order can be seen again. */
export function nextCart(carts: Pick<CartShop["carts"], "create">, sold: Cart): Cart {
  return { ...carts.create(), checkouts: sold.checkouts, operations: sold.operations };
}

/**
 * The shopper has paid, whether the money stays, goes back, or is under way for days (a delayed method): its cart is history.
 * While it is under way no line of it can be changed, so the shopper would be left without a cart.
 */
export function isConcluded({ outcome }: FulfilOutcome): boolean {
  return outcome === "done" || outcome === "refunded" || outcome === "needs_review" || outcome === "awaiting_payment";
}
