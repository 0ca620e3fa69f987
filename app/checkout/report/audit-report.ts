import type { Order, OrderLine } from "~/checkout/checkout";
import type { LineState, ReviewReason } from "~/checkout/fulfil/line-marks";

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

export interface AuditReport {
  /** The beginning of the window. */
  readonly since: number;
  /** Paid, or once paid, and ours. */
  readonly checkouts: number;
  /** All products of these checkouts. */
  readonly products: readonly ProductDrift[];
  /** Oldest first. */
  readonly faults: readonly AuditFault[];
  /** Paid, with the tag of another shop, and not processed by it. Not counted above. */
  readonly foreign: readonly { readonly checkoutId: string; readonly tag: string }[];
}

/** Of one product, over the checkouts of an audit. */
export interface ProductDrift {
  readonly productId: string;
  /** Units that were paid for and not refunded, by Stripe's word. */
  readonly sold: number;
  /** Units that our marks say were taken from the stock and not given back. */
  readonly taken: number;
  /** `sold` − `taken`. Above 0: sold and not taken, the stock reads too high. Below 0: taken and not sold, it reads too low. */
  readonly drift: number;
}

/** A checkout whose marks and payment do not agree. */
export interface AuditFault {
  readonly checkoutId: string;
  /** When its page was opened. */
  readonly createdAt: number;
  readonly reason:
    /** Paid, and a line was not taken; longer ago than a fulfilment may take. */
    | "not_taken"
    /** To be refunded, and the money did not go back, or came back from the bank. The stock is right. */
    | "not_refunded"
    /** A mark tells of a move by another number of units than were bought. */
    | "wrong_number"
    /** Taken, but not paid, or the money went back and the units did not. */
    | "not_given_back"
    | "needs_review"
    /** It bears our tag, and its marks make no sense: its lines could not be counted. */
    | "unreadable";
  readonly lines: readonly ProductDrift[];
}
