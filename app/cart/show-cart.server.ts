import type { Product } from "~/catalog/catalog";
import { UnavailableError } from "~/errors";
import { heldIfKnown } from "~/reservations/held-if-known";
import type { Line } from "~/reservations/reservation-store";
import { withAllLines, type Cart } from "./cart-session.server";
import type { CartShop, MayAsk, Visit } from "./cart-shop";
import type { AtCheckout, CartView } from "./cart-view";
import { cartLines, cartView } from "./cart-view.server";
import { presentCart } from "./present-cart.server";
import type { ReadShownCart } from "./shown-cart.server";

export type ShownCart =
  /** `remember`: must be written to the cookie, which lacks held lines; null if it has them all. */
  | { readonly outcome: "shown"; readonly view: CartView; readonly remember: Cart | null }
  /** It was paid; the new cart must be written to the cookie. */
  | { readonly outcome: "sold"; readonly cart: Cart };

interface CartQuery {
  readonly mayAsk: MayAsk;
  readonly removed?: readonly Line[];
  readonly wasShown?: ReadShownCart | null;
}

/** The cart page's data, from three reads: the session's holds, the rows, and others' holds. */
export async function showCart(
  shop: CartShop,
  given: Cart,
  visit: Visit,
  { mayAsk, removed = [], wasShown = null }: CartQuery,
): Promise<ShownCart> {
  const present = await presentCart(shop, given, mayAsk);
  if (present.outcome === "sold") return present;
  const { cart, view } = present;
  const productIds = cartLines(cart, view).map((line) => line.productId);
  const shownIds = wasShown === null || wasShown === "unreadable" ? [] : wasShown.lines.map((line) => line.productId);
  const namedIds = [...new Set([...productIds, ...removed.map((line) => line.productId), ...shownIds])];
  const products = namedIds.length === 0 ? new Map<string, Product>() : await shop.offers.products(namedIds);
  const held = await heldIfKnown(shop.store, cart.sessionHash, productIds);
  const facts = {
    cart,
    view,
    products,
    held,
    visit,
    removed,
    wasShown,
    unsettledCheckout: present.outcome === "unsettled" ? present.checkoutId : null,
    checkoutTtlMs: shop.env.CHECKOUT_TTL_SECONDS * 1000,
    maxUnitsPerLine: shop.env.MAX_UNITS_PER_LINE,
    atCheckout: atCheckout(shop.env),
  };
  const shown = cartView(facts);
  const whole = withAllLines(cart, shown);
  return { outcome: "shown", view: shown, remember: whole !== null && (await shop.carts.fits(whole)) ? whole : null };
}

/** The cart for the header of any page, which never asks Stripe; null while the store or the database is unavailable. */
export async function cartIfKnown(shop: CartShop, given: Cart, visit: Visit): Promise<CartView | null> {
  try {
    const shown = await showCart(shop, given, visit, { mayAsk: async () => false });
    return shown.outcome === "shown" ? shown.view : null;
  } catch (error) {
    if (error instanceof UnavailableError) return null;
    throw error;
  }
}

/** Amounts added by the payment page. Shipping countries alone only ask for an address. */
function atCheckout(env: CartShop["env"]): AtCheckout {
  return {
    shipping: (env.STRIPE_SHIPPING_RATES ?? []).length > 0,
    tax: env.STRIPE_AUTOMATIC_TAX,
    discountCodes: env.STRIPE_PROMOTION_CODES,
  };
}

/** The same for the panel in the header, which cannot be redirected. `remember`: must be written to the cookie; may be the empty cart after a sale. */
export async function showPanel(
  shop: CartShop,
  given: Cart,
  visit: Visit,
  mayAsk: MayAsk,
): Promise<{ readonly view: CartView; readonly remember: Cart | null }> {
  const shown = await showCart(shop, given, visit, { mayAsk });
  if (shown.outcome === "shown") return shown;
  const next = await showCart(shop, shown.cart, { ...visit, sessionHash: shown.cart.sessionHash }, { mayAsk });
  if (next.outcome === "sold") throw new Error("a new cart is reported as sold");
  return { view: next.view, remember: shown.cart };
}
