import type { Money } from "~/catalog/catalog";
import type { LineState, ReviewReason } from "~/checkout/fulfil/line-marks";
import type { Addition } from "./additions";
import type { RefundStanding } from "./refund-standing";

/** A payment page that was completed, as whoever packs and settles needs it. No personal data: the address is on Stripe's dashboard. */
export interface CheckoutOrder extends Omit<Order, "lines" | "additions" | "url" | "sessionHash"> {
  readonly state: OrderState;
  /** Of `needs_review`; null otherwise. */
  readonly reason: ReviewReason | null;
  /** Of `foreign_tag`: the shop that the payment is marked for; null otherwise. */
  readonly tag: string | null;
  /** What Stripe charged for, where that differs, or what an operator decided last. */
  readonly note: string | null;
  readonly lines: readonly (OrderLine & { readonly state: LineState })[];
  /** `pi_…`; null when nothing was to be paid. */
  readonly paymentId: string | null;
}

export type OrderState =
  /** Paid and taken from the stock: pack it. */
  | "paid"
  /** Paid, and not yet done with: Stripe's event, or the reconciler, sees to it. */
  | "being_confirmed"
  /** A delayed payment is under way. Its units are held. */
  | "awaiting_payment"
  /** A delayed payment failed. */
  | "not_charged"
  /** The money went back in full, by Stripe's word: because it could not be had, and its units are back in the stock. */
  | "refunded"
  /** The same, and Stripe says that the money is still on its way. */
  | "refund_pending"
  /** The money went back in full by another hand, on Stripe's dashboard: what was taken from the stock stays taken. */
  | "refunded_elsewhere"
  /** A line, or the refund itself, waits for a person. */
  | "needs_review";

export interface OrderList {
  readonly orders: readonly CheckoutOrder[];
  /** The beginning of the window. */
  readonly since: number;
  /** Every session of the window was certainly looked at. */
  readonly isWhole: boolean;
}

/** What the order page shows. No personal data. */
export interface Order {
  readonly checkoutId: string;
  readonly claimId: string;
  /** Hash of the session of the shopper who opened the payment page. */
  readonly sessionHash: string;
  /** When the payment page was opened, epoch milliseconds. */
  readonly createdAt: number;
  readonly lines: readonly OrderLine[];
  /** Shipping, tax and the like; they and the lines make the total. */
  readonly additions: readonly Addition[];
  readonly total: Money;
  /** Where to go on paying, while the page is open. */
  readonly url: string | null;
  /** By `total`'s currency. */
  readonly refund: RefundStanding;
}

export interface OrderLine {
  readonly productId: string;
  /** As charged; names are those of the payment page. */
  readonly name: string;
  readonly quantity: number;
  readonly subtotal: Money;
}
