import { UnavailableError } from "~/errors";
import type { SignedTexts } from "~/http/signed-texts.server";
import { withCheckout, withOrder, type Cart } from "./cart-session.server";
import type { CartShop } from "./cart-shop";

/** Signs a payment page's claim id for the URL that Stripe returns to. */
export type OrderKeys = SignedTexts;

export const ORDER_KEY = "key";

export type OpenedByKey =
  /** `cart` must be written to the cookie and the page reloaded at its URL without the key. */
  | { readonly outcome: "entitled"; readonly cart: Cart }
  /** The key is valid, but Stripe could not, or may not, be asked about the order. */
  | { readonly outcome: "unknown" }
  | { readonly outcome: "invalid_key" };

/**
 * Lets a buyer see the order even if the cookie of `POST /checkout` was lost or delayed: the URL that Stripe returns to contains a key for
 * the order. The signature is checked before Stripe is asked, and a key opens only the order of its own claim.
 */
export async function openByKey(
  shop: Pick<CartShop, "checkout" | "log"> & { readonly orderKeys: OrderKeys },
  cart: Cart,
  { checkoutId, key, mayAsk }: { checkoutId: string; key: string; mayAsk: boolean },
): Promise<OpenedByKey> {
  if (cart.checkouts.includes(checkoutId)) return { outcome: "entitled", cart };
  const claimId = shop.orderKeys.verify(key);
  if (claimId === null) return { outcome: "invalid_key" };
  if (!mayAsk) return { outcome: "unknown" };
  try {
    const outcome = await shop.checkout.fulfil(checkoutId);
    if (outcome.outcome === "not_ours" || outcome.order.claimId !== claimId) return { outcome: "invalid_key" };
    const isOfThisCart = outcome.order.sessionHash === cart.sessionHash && cart.paying === null;
    return { outcome: "entitled", cart: isOfThisCart ? withCheckout(cart, checkoutId) : withOrder(cart, checkoutId) };
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    shop.log.error({ err: error, checkoutId }, "order not confirmed");
    return { outcome: "unknown" };
  }
}
