import type { Money } from "~/catalog/catalog";
import type { LineState, ReviewReason } from "~/checkout/fulfil/line-marks";
import type { Addition } from "./additions";
import type { RefundStanding } from "./refund-standing";

/** A completed payment page, for packing and settling. Contains no personal data: the address is in Stripe's dashboard. */
export interface CheckoutOrder extends Omit<Order, "lines" | "additions" | "url" | "sessionHash"> {
  readonly state: OrderState;
  /** Set for `needs_review`; null otherwise. */
  readonly reason: ReviewReason | null;
  /** Set for `foreign_tag`: the tag of the payment's shop; null otherwise. */
  readonly tag: string | null;
  /** What Stripe charged for, if that differs; or an operator's last decision. */
  readonly note: string | null;
  readonly lines: readonly (OrderLine & { readonly state: LineState })[];
  /** `pi_…`; null if nothing was to be paid. */
  readonly paymentId: string | null;
}

export type OrderState =
  /** Paid and taken from the stock: pack it. */
  | "paid"
  /** Paid, not settled yet; Stripe's event or the reconciler settles it. */
  | "being_confirmed"
  /** A delayed payment is pending. Its units are held. */
  | "awaiting_payment"
  /** A delayed payment failed. */
  | "not_charged"
  /** Refunded in full because the order could not be filled. Units that were taken are back in stock. */
  | "refunded"
  /** Like `refunded`, with the refund still pending in Stripe. */
  | "refund_pending"
  /** Refunded in full in Stripe's dashboard. Units taken from the stock stay taken. */
  | "refunded_elsewhere"
  /** A line, or the refund itself, waits for a person. */
  | "needs_review";

export interface OrderList {
  readonly orders: readonly CheckoutOrder[];
  /** Start of the window, epoch milliseconds. */
  readonly since: number;
  /** Whether every session of the window was certainly read. */
  readonly isWhole: boolean;
}

/** An order as shown on the order page. Contains no personal data. */
export interface Order {
  readonly checkoutId: string;
  readonly claimId: string;
  /** Hash of the shopper's session that opened the payment page. */
  readonly sessionHash: string;
  /** When the payment page was opened, epoch milliseconds. */
  readonly createdAt: number;
  readonly lines: readonly OrderLine[];
  /** Shipping, tax and the like: lines plus additions make the total. */
  readonly additions: readonly Addition[];
  readonly total: Money;
  /** URL of the payment page while it is open. */
  readonly url: string | null;
  /** In `total`'s currency. */
  readonly refund: RefundStanding;
}

interface OrderLine {
  readonly productId: string;
  /** As charged, with the name shown on the payment page. */
  readonly name: string;
  readonly quantity: number;
  readonly subtotal: Money;
}
