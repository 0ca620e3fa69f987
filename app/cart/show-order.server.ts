import type { Product } from "~/catalog/catalog";
import { moneyText } from "~/catalog/money-text.server";
import type { FulfilOutcome } from "~/checkout/checkout";
import type { Addition } from "~/checkout/report/additions";
import type { Order } from "~/checkout/report/orders";
import { UnavailableError } from "~/errors";
import type { Cart } from "./cart-session.server";
import type { CartShop } from "./cart-shop";
import { isConcluded, nextCart } from "./present-cart.server";

/** An order as its buyer sees it. */
export interface OrderView {
  readonly checkoutId: string;
  readonly state:
    | "paid"
    | "refunded"
    /** Refunded in full manually, by the shop's decision and not for a shortage. */
    | "refunded_by_shop"
    | "refund_pending"
    | "refund_failed"
    | "needs_review"
    | "awaiting_payment"
    /** Expired, cancelled or failed: the buyer was not charged. */
    | "not_charged"
    | "open"
    /** Unknown right now. */
    | "being_confirmed"
    /** Not this browser's order, or it does not exist. */
    | "another_browser";
  readonly order: OrderDetails | null;
  /** Whether all ordered products are in this browser's cart. */
  readonly isInCart: boolean;
}

export interface OrderDetails {
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly lines: readonly {
    readonly productId: string;
    readonly name: string;
    /** Null without a picture, or if the product is gone. */
    readonly image: string | null;
    readonly quantity: number;
    readonly subtotal: string;
  }[];
  /** Shipping, tax and the like, if any. */
  readonly additions: readonly {
    readonly kind: Addition["kind"];
    readonly isNegative: boolean;
    readonly amount: string;
  }[];
  readonly subtotal: string;
  readonly total: string;
  /** Whether there was something to pay; Stripe sends no receipt for nothing. */
  readonly isFree: boolean;
  /** Formatted amounts, null for none; less than the total after a partial refund. */
  readonly refund: { readonly returned: string | null; readonly pending: string | null; readonly owed: string | null };
  /** URL to resume the payment. */
  readonly paymentUrl: string | null;
}

export interface OrderVisit {
  readonly checkoutId: string;
  readonly locale: string;
  /** Whether Stripe may be asked; see `Limits.admit`. */
  readonly mayAsk: boolean;
}

export type ShownOrder =
  | { readonly outcome: "shown"; readonly view: OrderView }
  /** `cart` must be written to the cookie and the page reloaded at its clean URL: the order is this cart's payment, or was opened with a key. */
  | { readonly outcome: "reload"; readonly cart: Cart };

/** Settles the checkout and returns its order, for the browser that opened it. For all others, Stripe is not asked. */
export async function showOrder(
  { checkout, carts, offers, log }: Pick<CartShop, "checkout" | "carts" | "offers" | "log">,
  cart: Cart,
  { checkoutId, locale, mayAsk }: OrderVisit,
): Promise<ShownOrder> {
  if (!cart.checkouts.includes(checkoutId)) return ofAnotherBrowser(checkoutId);
  if (!mayAsk) return beingConfirmed(checkoutId);
  try {
    const outcome = await checkout.fulfil(checkoutId);
    if (outcome.outcome === "not_ours") return ofAnotherBrowser(checkoutId);
    if (isConcluded(outcome) && cart.paying === checkoutId) return { outcome: "reload", cart: nextCart(carts, cart) };
    const isInCart = outcome.order.lines.every(({ productId }) =>
      cart.lines.some((line) => line.productId === productId),
    );
    const products = await offers.products(outcome.order.lines.map(({ productId }) => productId)).catch(noProducts);
    return {
      outcome: "shown",
      view: { checkoutId, state: stateOf(outcome), order: details(outcome.order, products, locale), isInCart },
    };
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    log.error({ err: error, checkoutId }, "order not confirmed");
    return beingConfirmed(checkoutId);
  }
}

/** Of a read that failed: an order is shown without pictures. */
function noProducts(error: unknown): ReadonlyMap<string, Product> {
  if (!(error instanceof UnavailableError)) throw error;
  return new Map();
}

/** A view that reveals nothing but that the order is being confirmed. */
export function beingConfirmed(checkoutId: string): Extract<ShownOrder, { outcome: "shown" }> {
  return { outcome: "shown", view: { checkoutId, state: "being_confirmed", order: null, isInCart: false } };
}

/** A view that reveals nothing, not even whether the order exists. */
export function ofAnotherBrowser(checkoutId: string): Extract<ShownOrder, { outcome: "shown" }> {
  return { outcome: "shown", view: { checkoutId, state: "another_browser", order: null, isInCart: false } };
}

function stateOf(outcome: Exclude<FulfilOutcome, { outcome: "not_ours" }>): OrderView["state"] {
  const { refund, total } = outcome.order;
  switch (outcome.outcome) {
    case "done":
      if (total.amount === 0 || refund.returned + refund.pending < total.amount) return "paid";
      return refund.pending > 0 ? "refund_pending" : "refunded_by_shop";
    case "released":
      return "not_charged";
    case "refunded":
      return refund.pending > 0 ? "refund_pending" : "refunded";
    case "needs_review":
      return outcome.reason === "refund_failed" ? "refund_failed" : "needs_review";
    case "awaiting_payment":
    case "open":
      return outcome.outcome;
  }
}

function details(
  { createdAt, lines, additions, total, url, refund }: Order,
  products: ReadonlyMap<string, Product>,
  locale: string,
): OrderDetails {
  const refundText = (amount: number) => (amount === 0 ? null : moneyText({ ...total, amount }, locale));
  const subtotal = { ...total, amount: lines.reduce((sum, line) => sum + line.subtotal.amount, 0) };
  return {
    refund: {
      returned: refundText(refund.returned),
      pending: refundText(refund.pending),
      owed: refundText(refund.owed),
    },
    createdAt,
    lines: lines.map(({ productId, name, quantity, subtotal }) => ({
      productId,
      name,
      image: products.get(productId)?.image ?? null,
      quantity,
      subtotal: moneyText(subtotal, locale),
    })),
    additions: additions.map(({ kind, amount }) => ({
      kind,
      isNegative: amount.amount < 0,
      amount: moneyText(amount, locale),
    })),
    subtotal: moneyText(subtotal, locale),
    total: moneyText(total, locale),
    isFree: total.amount === 0,
    paymentUrl: url,
  };
}
