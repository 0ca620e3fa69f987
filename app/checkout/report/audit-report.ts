export interface AuditReport {
  /** Start of the window, epoch milliseconds. */
  readonly since: number;
  /** Number of this shop's checkouts that are or were paid. */
  readonly checkouts: number;
  /** All products of these checkouts. */
  readonly products: readonly ProductDrift[];
  /** Oldest first. */
  readonly problems: readonly AuditProblem[];
  /** Paid sessions with another shop's tag that no shop has processed. Not counted above. */
  readonly foreign: readonly { readonly checkoutId: string; readonly tag: string }[];
}

/** Drift of one product over the checkouts of an audit. */
export interface ProductDrift {
  readonly productId: string;
  /** Units paid and not refunded, according to Stripe. */
  readonly sold: number;
  /** Units taken from the stock and not given back, according to our marks. */
  readonly taken: number;
  /** `sold` − `taken`. Above 0: sold and not taken, so the stock reads too high. Below 0: taken and not sold, so it reads too low. */
  readonly drift: number;
}

/** A checkout whose marks and payment disagree. */
export interface AuditProblem {
  readonly checkoutId: string;
  /** When its page was opened. */
  readonly createdAt: number;
  readonly reason:
    /** Paid, but a line was not taken within the time that a fulfilment may take. */
    | "not_taken"
    /** To be refunded, but the refund was not made, or failed. The stock is correct. */
    | "not_refunded"
    /** A mark moved a different number of units than were bought. */
    | "wrong_number"
    /** Taken, but not paid, or refunded without giving the units back. */
    | "not_given_back"
    | "needs_review"
    /** It has our tag, but its marks are malformed, so its lines could not be counted. */
    | "unreadable";
  readonly lines: readonly ProductDrift[];
}
