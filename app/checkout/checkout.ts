import type { Claim, ClientCap, Line, ReleaseRequest } from "~/reservations/reservation-store";
import type { DecidedLine, ExceededLimit, ReserveOutcome, ReserveRequest } from "~/reservations/reserve";
import type { ReviewReason, SettleVerdict } from "./fulfil/line-marks";
import type { ShownCart } from "./page/shown-cart";
import type { AuditReport } from "./report/audit-report";
import type { CheckoutOrder, Order, OrderList } from "./report/orders";
import type { ChargedLine, Refund } from "./stripe/gateway";

/**
 * The checkout's contract with routes, the API and housekeeping. Wired by `createCheckout` in `create-checkout.server.ts`.
 * Every method throws `UnavailableError` when Stripe, the database or the store is unavailable, when a lease is busy or,
 * for methods that change something, before holds are rebuilt. Nothing is lost then: holds stay, and retrying is safe.
 *
 * @example
 * const started = await checkout.start({ sessionHash, lines, origin });
 * if (started.outcome === "redirect") return redirect(started.url);
 */
export interface CheckoutService {
  /**
   * Opens a payment page for the whole cart: holds missing lines, claims, reads the stock again, creates the Stripe
   * session and stamps its id on the claim. Uses the claim's lines and the rows' current prices and currency. An
   * unchanged cart gets its open page again.
   */
  start(request: StartRequest): Promise<StartOutcome>;

  /**
   * Sets quantities like `reserve`, after closing an open payment page. `checkout_open`: Stripe gave no proof that the
   * page is closed. `paid`: the page has been paid, so that cart is sold. Neither changes anything.
   */
  changeCart(request: ReserveRequest): Promise<ChangeOutcome>;

  /** Releases granted lines (all, or those named). Closes an open payment page first, as `changeCart` does. */
  release(request: ReleaseRequest): Promise<ReleaseCartOutcome>;

  /**
   * Completes all remaining work for one checkout. Called by the webhook, the return page, the sweep, the
   * reconciler and operators. Idempotent, and survives a crash between any two steps. Fetches the session and trusts no
   * event's body.
   */
  fulfil(checkoutId: string): Promise<FulfilOutcome>;

  /** What `fulfil` would do next and the data it would use. Changes nothing. Null: Stripe has no such session. */
  inspect(checkoutId: string): Promise<CheckoutInspection | null>;

  /**
   * Runs `fulfil` for the order that a refund belongs to, after the refund changed. Fetches the refund to find its
   * payment and trusts no event's body. `not_ours`: the refund of another shop, or of a payment made without a payment
   * page.
   */
  followRefund(refundId: string): Promise<FulfilOutcome>;

  /**
   * Runs `followRefund` for each refund of the last 35 days that Stripe lists as failed, in case an event was missed.
   * `failing`: number of this shop's orders whose buyer still has to get money back. Checks all refunds before it
   * throws the first error.
   */
  checkRefunds(): Promise<{ readonly failing: number }>;

  /** Orders of any age with a failed refund, as found by this server's `followRefund` and `checkRefunds`. */
  failedRefunds(): Promise<readonly CheckoutOrder[]>;

  /** Applies an operator's verdict to an order that `needs_review`, then runs `fulfil`. See `VERDICTS_BY_REASON`. */
  settle(request: SettleRequest): Promise<SettleOutcome>;

  /**
   * Closes a payment page for an operator and releases its units, with proof only, as `changeCart` does. `paid`: the
   * page has been paid, and the order is being fulfilled.
   */
  close(checkoutId: string): Promise<ClosePageOutcome>;

  /**
   * Ends the hold of a payment page that Stripe doesn't know. There can be no proof, so the operator vouches that it
   * won't be paid. `known`: Stripe does know the page after all; nothing changes.
   */
  endUnknownPage(checkoutId: string): Promise<EndUnknownOutcome>;

  /**
   * Completed payment pages of this shop, newest first, from Stripe's list (one request per 100 sessions). Examines at
   * most `atMost` sessions, other shops' included. The key needs permission to read charges, which the right to refund
   * includes.
   */
  orders(query: { atMost: number }): Promise<OrderList>;

  /**
   * Compares units sold according to Stripe with units taken according to our marks, for all sessions in the window of
   * `rebuild`. Read-only. A payment less than ten minutes old that isn't taken yet is no drift: the webhook or the
   * reconciler will process it.
   */
  audit(): Promise<AuditReport>;

  /**
   * Runs `edit` under the product's lease, after settling sales whose outcome is unknown. Otherwise an edit that sets
   * the row to an announced number would look like the sale itself.
   */
  editStock<T>(productId: string, edit: () => Promise<T>): Promise<T>;

  /**
   * One round of housekeeping: expires overdue payment pages and resolves unstamped claims. Logs an error of a single
   * claim and retries it next round.
   */
  sweep(): Promise<void>;

  /** Rebuilds claims from Stripe: restores open and unpaid sessions, fulfils paid ones. Throws if any of it fails. */
  rebuild(): Promise<RebuildReport>;
}

/** The operations that can hold more units. */
export type HoldingOperations = Pick<CheckoutService, "changeCart" | "start">;

export interface StartRequest {
  readonly sessionHash: string;
  /** The shopper's cart lines. For a product with a hold, the store's quantity wins. */
  readonly lines: readonly Line[];
  /** Base URL that Stripe sends the shopper back to, without a trailing slash. */
  readonly origin: string;
  /**
   * What the page showed the shopper. If the lines, a unit price or the currency has changed, no page is opened. Null:
   * no check.
   */
  readonly shown?: ShownCart | null;
  readonly clients?: readonly ClientCap[] | undefined;
}

export type StartOutcome =
  | { readonly outcome: "redirect"; readonly url: string; readonly checkoutId: string }
  | { readonly outcome: "empty_cart" }
  /** Some lines could not be held. No page was opened. */
  | { readonly outcome: "refused"; readonly lines: readonly DecidedLine[] }
  | { readonly outcome: "unknown_product"; readonly productIds: readonly string[] }
  | { readonly outcome: "limit_exceeded"; readonly limit: ExceededLimit; readonly max: number }
  /** Stripe gave no proof that the previous payment page is closed. */
  | { readonly outcome: "checkout_open"; readonly claim: Claim }
  /** The previous payment page has been paid: show the order. */
  | { readonly outcome: "paid"; readonly checkoutId: string }
  | { readonly outcome: "not_payable"; readonly reason: NotPayableReason; readonly productIds: readonly string[] }
  /**
   * The cart differs from what was shown; `since` has the parts that differ now (`changedSince`). No page was opened.
   */
  | { readonly outcome: "cart_changed"; readonly since: ShownCart }
  /** Too many shoppers are opening payment pages for this one's turn to come in time. The cart stays held. */
  | CheckoutBusy
  | PaymentWait
  | SellingPaused;

/** This shopper has used up the hour's allowance of unpaid payment pages. The cart stays held. */
export interface PaymentWait {
  readonly outcome: "payment_wait";
  readonly retryAfterSeconds: number;
}

interface CheckoutBusy {
  readonly outcome: "checkout_busy";
  readonly retryAfterSeconds: number;
}

/** Whether this shopper may have a payment page created now. */
export type PaymentTurn = { readonly outcome: "your_turn" } | CheckoutBusy;

/**
 * Selling is paused. Returned for requests that would increase a hold, or pay while sales can't be taken from stock.
 * Changes nothing.
 */
export interface SellingPaused {
  readonly outcome: "selling_paused";
  /** Whether held items can be paid for during the pause. */
  readonly mayPay: boolean;
  readonly retryAfterSeconds: number;
}

export type NotPayableReason =
  | "no_price"
  | "mixed_currencies"
  /** Below Stripe's minimum charge for this currency. */
  | "amount_too_small"
  /** Stripe rejected the session as invalid (see the log for its message). */
  | "rejected_by_stripe";

export type ChangeOutcome = ReserveOutcome | SellingPaused | { readonly outcome: "paid"; readonly checkoutId: string };

export type ReleaseCartOutcome =
  | { readonly outcome: "released"; readonly lines: readonly Line[] }
  | { readonly outcome: "checkout_open"; readonly claim: Claim }
  | { readonly outcome: "paid"; readonly checkoutId: string };

export type ClosePageOutcome =
  /** Proven closed: the page can no longer be paid, and its units are free. */
  | { readonly outcome: "closed" }
  | { readonly outcome: "paid"; readonly checkoutId: string }
  | { readonly outcome: "no_proof" }
  /** Stripe doesn't know this page, so there will never be proof; see `endUnknownPage`. */
  | { readonly outcome: "unknown_page" }
  /** Belongs to another shop. */
  | { readonly outcome: "not_ours" };

export type EndUnknownOutcome =
  | { readonly outcome: "ended"; readonly lines: readonly Line[] }
  | { readonly outcome: "known" }
  | { readonly outcome: "nothing_held" };

export type FulfilOutcome =
  /** All lines taken from stock, hold ended. `repeated`: by an earlier run. */
  | { readonly outcome: "done"; readonly repeated: boolean; readonly order: Order }
  /**
   * Could not be fulfilled, so refunded in full; `order.refund` has the part still pending. `repeated`: by an earlier
   * run.
   */
  | { readonly outcome: "refunded"; readonly repeated: boolean; readonly order: Order }
  /** Waits for an operator's verdict (`settle`). The reason is stored, so the webhook responds 200. */
  | { readonly outcome: "needs_review"; readonly reason: ReviewReason; readonly order: Order }
  /** Complete but not yet paid (delayed payment methods). The claim stays. */
  | { readonly outcome: "awaiting_payment"; readonly order: Order }
  /** A delayed payment failed, or the session expired unpaid. The claim is released, and the buyer was not charged. */
  | { readonly outcome: "released"; readonly order: Order }
  /** Still open: nothing to do yet. */
  | { readonly outcome: "open"; readonly order: Order }
  /** Another shop's or environment's session, or unknown to Stripe. */
  | { readonly outcome: "not_ours" };

export interface SettleRequest {
  readonly checkoutId: string;
  /** Required for the verdicts about one line: `applied` and `not_applied`. */
  readonly productId?: string | undefined;
  readonly verdict: SettleVerdict;
}

export type SettleOutcome =
  | FulfilOutcome
  /** The order isn't waiting for this verdict. `reason`: what it is waiting for, if anything. Changes nothing. */
  | { readonly outcome: "not_applicable"; readonly reason: ReviewReason | null }
  /** A payment with a foreign tag, now recorded as another shop's and hidden from lists. */
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
    /** The row's current inventory. Null: unreadable or gone. */
    readonly inventory: number | null;
  }[];
  readonly refunds: readonly Pick<Refund, "id" | "amount" | "status">[];
  /** What Stripe charged for. Null before payment, for another shop's checkout, and while Stripe is unavailable. */
  readonly charged: readonly ChargedLine[] | null;
  /** One sentence for operators. */
  readonly next: string;
}

export interface RebuildReport {
  readonly claimsRestored: number;
  readonly fulfilled: number;
}
