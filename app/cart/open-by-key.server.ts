import { UnavailableError } from "~/errors";
import type { SignedTexts } from "~/http/signed-texts.server";
import { withCheckout, withOrder, type Cart } from "./cart-session.server";
import type { CartShop } from "./cart-shop";

/** Signs the claim id of a payment page for the address that Stripe returns to. */
export type OrderKeys = SignedTexts;

export const ORDER_KEY = "key";

export type OpenedByKey =
  /** The cookie is to be written with this cart, and the page asked for at its address without the key. */
  | { readonly outcome: "entitled"; readonly cart: Cart }
  /** The key is ours, but nobody could, or was allowed to, be asked whose order this is. */
  | { readonly outcome: "not_known_now" }
  | { readonly outcome: "opens_nothing" };

/**
 * Lets a buyer see the order although the cookie of `POST /checkout` was lost or came late: the address that Stripe returns to carries a
 * key of the order. The signature is checked before anybody is asked, and a key opens the order of its own claim only.
 */
export async function openByKey(
  shop: Pick<CartShop, "checkout" | "log"> & { readonly orderKeys: OrderKeys },
  cart: Cart,
  { checkoutId, key, mayAsk }: { checkoutId: string; key: string; mayAsk: boolean },
): Promise<OpenedByKey> {
  if (cart.checkouts.includes(checkoutId)) return { outcome: "entitled", cart };
  const claimId = shop.orderKeys.verify(key);
  if (claimId === null) return { outcome: "opens_nothing" };
  if (!mayAsk) return { outcome: "not_known_now" };
  try {
    const outcome = await shop.checkout.fulfil(checkoutId);
    if (outcome.outcome === "not_ours" || outcome.order.claimId !== claimId) return { outcome: "opens_nothing" };
    const isOfThisCart = outcome.order.sessionHash === cart.sessionHash && cart.paying === null;
    return { outcome: "entitled", cart: isOfThisCart ? withCheckout(cart, checkoutId) : withOrder(cart, checkoutId) };
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    shop.log.error({ err: error, checkoutId }, "order not confirmed");
    return { outcome: "not_known_now" };
  }
}
