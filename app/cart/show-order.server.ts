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
    | "being_confirmed"
    /** Not this browser's; also of an order that does not exist. */
    | "another_browser";
  readonly order: OrderDetails | null;
  /** Whether all that was ordered is in this browser's cart (again). */
  readonly isInCart: boolean;
}

export interface OrderDetails {
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly lines: readonly {
    readonly productId: string;
    readonly name: string;
    readonly quantity: number;
    readonly subtotal: string;
  }[];
  /** Shipping, tax and the like, where there are any. */
  readonly additions: readonly {
    readonly kind: Addition["kind"];
    readonly isNegative: boolean;
    readonly amount: string;
  }[];
  readonly subtotal: string;
  readonly total: string;
  /** Null: nothing. A part of the total, where only a part was refunded. */
  readonly refund: { readonly returned: string | null; readonly pending: string | null; readonly owed: string | null };
  /** Where to go on paying. */
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
  /** This cart is to be written to the cookie, and the page asked for again at its clean address: it is the payment of this very cart, or came by a key. */
  | { readonly outcome: "look_again"; readonly cart: Cart };

/** Settles the checkout and tells what became of it, to the browser that opened it. For everybody else nobody is asked. */
export async function showOrder(
  { checkout, carts, log }: Pick<CartShop, "checkout" | "carts" | "log">,
  cart: Cart,
  { checkoutId, locale, mayAsk }: OrderVisit,
): Promise<ShownOrder> {
  if (!cart.checkouts.includes(checkoutId)) return ofAnotherBrowser(checkoutId);
  if (!mayAsk) return beingConfirmed(checkoutId);
  try {
    const outcome = await checkout.fulfil(checkoutId);
    if (outcome.outcome === "not_ours") return ofAnotherBrowser(checkoutId);
    if (isConcluded(outcome) && cart.paying === checkoutId)
      return { outcome: "look_again", cart: nextCart(carts, cart) };
    const isInCart = outcome.order.lines.every(({ productId }) =>
      cart.lines.some((line) => line.productId === productId),
    );
    return {
      outcome: "shown",
      view: { checkoutId, state: stateOf(outcome), order: details(outcome.order, locale), isInCart },
    };
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

/** Nothing is told, not even whether there is such an order. */
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

function details({ createdAt, lines, additions, total, url, refund }: Order, locale: string): OrderDetails {
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
    paymentUrl: url,
  };
}
