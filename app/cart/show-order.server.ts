import { UnavailableError } from "~/errors";
import { Problem } from "~/http/problem.server";
import type { FulfilOutcome, Order } from "~/checkout/checkout";
import type { Cart } from "~/session.server";
import { moneyText } from "./money-text.server";
import { isConcluded, nextCart } from "./present-cart.server";
import type { CartShop } from "./cart-shop";

/** An order as its buyer sees it. */
export interface OrderView {
  readonly checkoutId: string;
  readonly state:
    | "paid"
    | "refunded"
    /** In full, by hand: the shop's doing, and no shortage. */
    | "refunded_by_shop"
    | "refund_pending"
    | "refund_failed"
    | "needs_review"
    | "awaiting_payment"
    /** Expired, cancelled or failed: nobody was charged. */
    | "not_charged"
    | "open"
    /** We could not find out right now. */
    | "being_confirmed";
  readonly order: OrderDetails | null;
  /** Whether all that was ordered is in this browser's cart (again). */
  readonly isInCart: boolean;
}

export interface OrderDetails {
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly lines: readonly { readonly productId: string; readonly name: string; readonly quantity: number; readonly subtotal: string }[];
  readonly total: string;
  /** Null: nothing. A part of the total, where only a part was refunded. */
  readonly refund: { readonly returned: string | null; readonly pending: string | null; readonly owed: string | null };
  /** Where to go on paying. */
  readonly paymentUrl: string | null;
}

export type ShownOrder =
  | { readonly outcome: "shown"; readonly view: OrderView }
  /** It is the payment of this very cart: the new cart is to be written to the cookie, and the page to be asked for again. */
  | { readonly outcome: "cart_sold"; readonly cart: Cart };

/**
 * Settles the checkout and tells what became of it, to the browser that opened it.
 * @throws {Problem} 404 `not_found` for everybody else, and without asking anybody.
 */
export async function showOrder({ checkout, carts, log }: Pick<CartShop, "checkout" | "carts" | "log">, cart: Cart, checkoutId: string, locale: string): Promise<ShownOrder> {
  if (!cart.checkouts.includes(checkoutId)) throw orderNotFound();
  try {
    const outcome = await checkout.fulfil(checkoutId);
    if (outcome.outcome === "not_ours") throw orderNotFound();
    if (isConcluded(outcome) && cart.paying === checkoutId) return { outcome: "cart_sold", cart: nextCart(carts, cart) };
    const isInCart = outcome.order.lines.every(({ productId }) => cart.lines.some((line) => line.productId === productId));
    return { outcome: "shown", view: { checkoutId, state: stateOf(outcome), order: details(outcome.order, locale), isInCart } };
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    log.error({ err: error, checkoutId }, "order not confirmed");
    return beingConfirmed(checkoutId);
  }
}

/** Nothing is told but that it is looked into. */
export function beingConfirmed(checkoutId: string): Extract<ShownOrder, { outcome: "shown" }> {
  return { outcome: "shown", view: { checkoutId, state: "being_confirmed", order: null, isInCart: false } };
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

function details({ createdAt, lines, total, url, refund }: Order, locale: string): OrderDetails {
  const refundText = (amount: number) => (amount === 0 ? null : moneyText({ ...total, amount }, locale));
  return {
    refund: { returned: refundText(refund.returned), pending: refundText(refund.pending), owed: refundText(refund.owed) },
    createdAt,
    lines: lines.map(({ productId, name, quantity, subtotal }) => ({ productId, name, quantity, subtotal: moneyText(subtotal, locale) })),
    total: moneyText(total, locale),
    paymentUrl: url,
  };
}

export function orderNotFound(): Problem {
  return new Problem(404, "not_found", "You can only view this order in the browser you paid with. Your receipt is in your e-mail.");
}
