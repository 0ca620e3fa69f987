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
