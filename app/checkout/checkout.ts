import type { Claim, ClientCap, Line } from "~/reservations/reservation-store";
import type { DecidedLine, ExceededLimit, ReserveOutcome, ReserveRequest } from "~/reservations/reserve";
import type { ReviewReason, SettleVerdict } from "./fulfil/line-marks";
import type { ShownCart } from "./page/shown-cart";
import type { AuditReport } from "./report/audit-report";
import type { CheckoutOrder, Order, OrderList } from "./report/orders";
import type { ChargedLine, Refund } from "./stripe/gateway";

/**
 * Paying, as the routes see it. `createCheckout` in `create-checkout.server.ts` wires it.
 * Every method throws `UnavailableError` when Stripe, the database or the store does not answer, when a lease is busy or
 * when holds are not rebuilt yet; then nothing is lost: the hold stays, and trying again is right.
 */
export interface CheckoutService {
  /**
   * Opens the payment page for the whole cart: hold what is not held, claim, read the stock once more, create, stamp.
   * Lines, unit prices and currency are those of the claim and of the rows now. An unchanged cart gets its open page again.
   */
  start(request: StartRequest): Promise<StartOutcome>;

  /**
   * Sets quantities like `reserve`, and closes an open payment page first, with proof. `checkout_open`: no proof could be
   * had, nothing changed. `paid`: the page turned out to be paid; that cart is sold, nothing changed.
   */
  changeCart(request: ReserveRequest): Promise<ChangeOutcome>;

  /** Gives back granted lines (all, or those named); an open payment page is closed first, as in `changeCart`. */
  release(request: { sessionHash: string; productIds: readonly string[] | "all" }): Promise<ReleaseCartOutcome>;

  /**
   * Does what is still to do for one checkout, whoever asks: webhook, return page, sweeper or operator. Trusts no event:
   * fetches the session, and acts only on what Stripe says now. Idempotent, survives a crash between any two steps.
   */
  fulfil(checkoutId: string): Promise<FulfilOutcome>;

  /** What `fulfil` would do next, without doing it, with everything that it would look at. Null: Stripe knows no such session. */
  inspect(checkoutId: string): Promise<CheckoutInspection | null>;

  /**
   * Does for the order that a refund is of what `fulfil` does, because something became of the refund. Trusts no event: fetches the refund
   * to learn which payment it is of. A refund of another shop, or of a payment that no page made, is `not_ours`.
   */
  followRefund(refundId: string): Promise<FulfilOutcome>;

  /**
   * The same for each refund of the last 35 days that failed, from Stripe's list: for events that did not come. `failing`: orders of this
   * shop whose money is not back. One that cannot be looked at is thrown once the others were.
   */
  checkRefunds(): Promise<{ readonly failing: number }>;

  /** Orders of any age whose refund failed, as far as `followRefund` and `checkRefunds` of this server have found them. */
  failedRefunds(): Promise<readonly CheckoutOrder[]>;

  /** An operator's decision about an order that `needs_review` (`WAYS_OUT`: which of them its reason takes); then `fulfil` goes on. */
  settle(request: SettleRequest): Promise<SettleOutcome>;

  /**
   * Closes a payment page for an operator and frees its units, by proof only, as `changeCart` does. `paid`: it was completed, and is
   * being fulfilled.
   */
  close(checkoutId: string): Promise<ClosePageOutcome>;

  /**
   * Ends the hold of a payment page that Stripe does not know, on an operator's word that it will not be paid either: without proof.
   * `known`: asked at this moment, Stripe knows the page, so nothing was changed.
   */
  endUnknownPage(checkoutId: string): Promise<EndUnknownOutcome>;

  /**
   * Completed payment pages of this shop, newest first, from a list of Stripe's: one request for a hundred. At most `atMost` sessions are
   * looked at, other shops' included. The key needs the right to read charges, which it has if it may refund.
   */
  orders(query: { atMost: number }): Promise<OrderList>;

  /**
   * What Stripe says was sold against what our marks say was taken, of all sessions in the window of `rebuild`. Reads only. A payment of
   * the last ten minutes that is not taken yet is no fault: Stripe's event or the reconciler sees to it.
   */
  audit(): Promise<AuditReport>;

  /**
   * Runs `edit`, which moves the row of this product by hand, while no sale moves it. A sale whose outcome is not known yet is settled
   * first: a row that an edit brings to the very number that was announced would read as sold, or as not.
   */
  editStock<T>(productId: string, edit: () => Promise<T>): Promise<T>;

  /** One round of housekeeping: payment deadlines, claims without a stamp. Errors of single claims are logged and tried again next time. */
  sweep(): Promise<void>;

  /** Rebuilds claims from Stripe: restores open and unpaid sessions, fulfils paid ones. Throws until all of it is done. */
  rebuild(): Promise<RebuildReport>;
}

export interface StartRequest {
  readonly sessionHash: string;
  /** The cart's lines as the shopper knows them; where the store holds the product, its quantity wins. */
  readonly lines: readonly Line[];
  /** Where Stripe sends the shopper back to, without a trailing slash. */
  readonly origin: string;
  /** What the shopper was shown. Where the cart, a unit price or the currency is another by now, no page is opened. Null: not said. */
  readonly shown?: ShownCart | null;
  readonly clients?: readonly ClientCap[] | undefined;
}

export type StartOutcome =
  | { readonly outcome: "redirect"; readonly url: string; readonly checkoutId: string }
  | { readonly outcome: "empty_cart" }
  /** Not everything could be held; nothing was opened. */
  | { readonly outcome: "refused"; readonly lines: readonly DecidedLine[] }
  | { readonly outcome: "unknown_product"; readonly productIds: readonly string[] }
  | { readonly outcome: "limit_exceeded"; readonly limit: ExceededLimit; readonly max: number }
  /** The page opened before could not be proven closed. */
  | { readonly outcome: "checkout_open"; readonly claim: Claim }
  /** The page opened before is paid: go and see the order. */
  | { readonly outcome: "paid"; readonly checkoutId: string }
  | { readonly outcome: "not_payable"; readonly reason: NotPayableReason; readonly productIds: readonly string[] }
  /** It is not what was shown; the part that is otherwise now, see `changedSince`. Nothing was opened. */
  | { readonly outcome: "cart_changed"; readonly since: ShownCart }
  /** So many shoppers open payment pages that this one's turn would not come in time; the cart stays held. */
  | CheckoutBusy
  | PaymentWait
  | SellingPaused;

/** This shopper left payment pages unpaid for as long as that is allowed in an hour; the cart stays held. */
export interface PaymentWait {
  readonly outcome: "payment_wait";
  readonly retryAfterSeconds: number;
}

interface CheckoutBusy {
  readonly outcome: "checkout_busy";
  readonly retryAfterSeconds: number;
}

/** Whether it is this shopper's turn to have a payment page created. */
export type PaymentTurn = { readonly outcome: "your_turn" } | CheckoutBusy;

/** Selling is paused, and this would hold more than the session holds, or pay while a sale could not be taken from the stock. Nothing changed. */
export interface SellingPaused {
  readonly outcome: "selling_paused";
  /** Whether what is held can be paid for meanwhile. */
  readonly mayPay: boolean;
  readonly retryAfterSeconds: number;
}

export type NotPayableReason =
  | "no_price"
  | "mixed_currencies"
  /** Below the smallest amount that Stripe charges in this currency. */
  | "amount_too_small"
  /** Stripe refused the session as invalid (its message is in the log). */
  | "rejected_by_stripe";

export type ChangeOutcome = ReserveOutcome | SellingPaused | { readonly outcome: "paid"; readonly checkoutId: string };

export type ReleaseCartOutcome =
  | { readonly outcome: "released"; readonly lines: readonly Line[] }
  | { readonly outcome: "checkout_open"; readonly claim: Claim }
  | { readonly outcome: "paid"; readonly checkoutId: string };

export type ClosePageOutcome =
  /** Proven: nobody can pay on it any more, and its units are free. */
  | { readonly outcome: "closed" }
  | { readonly outcome: "paid"; readonly checkoutId: string }
  | { readonly outcome: "no_proof" }
  /** Stripe knows no such page, so there will never be proof; see `endUnknownPage`. */
  | { readonly outcome: "unknown_page" }
  /** Another shop's. */
  | { readonly outcome: "not_ours" };

export type EndUnknownOutcome =
  | { readonly outcome: "ended"; readonly lines: readonly Line[] }
  | { readonly outcome: "known" }
  | { readonly outcome: "nothing_held" };

export type FulfilOutcome =
  /** All lines decremented, hold ended. `repeated`: it already was. */
  | { readonly outcome: "done"; readonly repeated: boolean; readonly order: Order }
  /** It could not be had: it is refunded in full, and `order.refund` says how much of that is still on its way. `repeated`: it already was. */
  | { readonly outcome: "refunded"; readonly repeated: boolean; readonly order: Order }
  /** A guess would be needed: an operator settles it (`settle`). Stored, so the webhook is answered 200. */
  | { readonly outcome: "needs_review"; readonly reason: ReviewReason; readonly order: Order }
  /** Complete but not paid yet (delayed payment methods): the claim stays. */
  | { readonly outcome: "awaiting_payment"; readonly order: Order }
  /** A delayed payment failed, or the session expired unpaid: the claim is released. Nobody was charged. */
  | { readonly outcome: "released"; readonly order: Order }
  /** Still open: nothing to do yet. */
  | { readonly outcome: "open"; readonly order: Order }
  /** Another shop's session, another environment's, or none that Stripe knows. */
  | { readonly outcome: "not_ours" };

export interface SettleRequest {
  readonly checkoutId: string;
  /** The line that the verdict is about, where it is about one: `applied` and `not_applied`. */
  readonly productId?: string | undefined;
  readonly verdict: SettleVerdict;
}

export type SettleOutcome =
  | FulfilOutcome
  /** The order does not wait for this decision; nothing changed. `reason`: what it waits for, null when nothing. */
  | { readonly outcome: "not_applicable"; readonly reason: ReviewReason | null }
  /** A payment with a foreign tag: it is remembered as somebody else's and no longer shown. */
  | { readonly outcome: "left" };

export interface CheckoutInspection {
  readonly checkoutId: string;
  readonly status: "open" | "complete" | "expired";
  readonly paymentStatus: "paid" | "unpaid" | "no_payment_required";
  readonly ours: boolean;
  readonly claim: Claim | null;
  readonly verdict: "refund" | null;
  readonly lines: readonly {
    readonly productId: string;
    readonly quantity: number;
    readonly mark: string;
    readonly from: number | null;
    readonly to: number | null;
    /** The row's inventory now; null when unreadable or gone. */
    readonly inventory: number | null;
  }[];
  readonly refunds: readonly Pick<Refund, "id" | "amount" | "status">[];
  /** What Stripe charged for; null before that, of another shop's checkout, and while Stripe does not answer. */
  readonly charged: readonly ChargedLine[] | null;
  /** A sentence for a person. */
  readonly next: string;
}

export interface RebuildReport {
  readonly claimsRestored: number;
  readonly fulfilled: number;
}
