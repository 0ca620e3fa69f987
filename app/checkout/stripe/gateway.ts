import type Stripe from "stripe";
import type { Money } from "~/catalog/catalog";
import type { PriceReading } from "~/catalog/price-source";
import type { Metadata } from "./session-metadata";

/** A Stripe Checkout Session as far as this shop cares. Times are epoch milliseconds. */
export interface StripeSession {
  readonly id: string;
  readonly status: "open" | "complete" | "expired";
  readonly paymentStatus: "paid" | "unpaid" | "no_payment_required";
  readonly url: string | null;
  readonly createdAt: number;
  readonly total: Money;
  /** What the total is made of, in minor units; null where Stripe does not say. `tax` may be contained in the prices. */
  readonly parts: {
    readonly subtotal: number;
    readonly discount: number;
    readonly shipping: number;
    readonly tax: number;
  } | null;
  readonly metadata: Metadata;
  /** Null before a payment was tried, and for ever when nothing is to pay. `status` is null in lists. */
  readonly payment: { readonly id: string; readonly status: string | null } | null;
  /** The latest try to take the money, with all refunds of it, newest first; null where there was none. Known from `fetch` and `listPaid` only. */
  readonly charge: { readonly createdAt: number; readonly refunds: readonly Refund[] } | null;
}

export type CreateOutcome =
  | { readonly outcome: "created"; readonly session: StripeSession }
  /** Stripe understood and said no: nothing was created. `param`: what it names as wrong, in Stripe's own spelling. */
  | {
      readonly outcome: "refused";
      readonly code: string;
      readonly message: string;
      readonly param?: string | undefined;
    }
  /** This key was already used with other parameters: that call's session may exist. */
  | { readonly outcome: "key_used" }
  /** Stripe replays the error of an earlier call for as long as it keeps the key: no call with it ever heard of a session. */
  | { readonly outcome: "failed"; readonly cause: unknown }
  /** Another call with this key is on its way: a second tab. Ask again, and hear what it heard. */
  | { readonly outcome: "busy" };

/** A line of a payment page, as the shopper bought it there. */
export interface ChargedLine {
  /** Null: nothing says whose it is, because it was added on the page, or the page was opened by the version before. */
  readonly productId: string | null;
  readonly name: string;
  readonly quantity: number;
  /** Before discounts and taxes; null where Stripe names no fixed price. */
  readonly unitPrice: Money | null;
}

export interface Refund {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly amount: number;
  /**
   * `pending`: on its way, or it waits for the buyer (Stripe's `requires_action`). `failed`: it failed or was canceled, which may be weeks
   * after it read `succeeded`; the money is the merchant's again (docs.stripe.com/refunds, "Failed refunds").
   */
  readonly status: "succeeded" | "pending" | "failed";
}

export type RefundOutcome =
  | { readonly outcome: "refunded"; readonly refund: Refund }
  | { readonly outcome: "already_refunded" }
  /** Stripe understood and said no, a disputed charge for instance: trying again would hear the same. */
  | { readonly outcome: "refused"; readonly cause: unknown }
  /** A definite 5xx, which Stripe saved under the key: the same key would only hear it again. */
  | { readonly outcome: "failed"; readonly cause: unknown };

/**
 * The operations of Stripe that this shop uses. Each throws `UnavailableError` when the outcome is unknown (network, timeout,
 * 5xx, 429, or a response that does not say what it must) or the key has no right to it; what Stripe definitely answered is returned.
 */
export interface StripeGateway {
  /** Idempotent by key: the same key and parameters give the same session. */
  create(params: Stripe.Checkout.SessionCreateParams, idempotencyKey: string): Promise<CreateOutcome>;
  /** Null: Stripe knows no such session. */
  fetch(checkoutId: string): Promise<StripeSession | null>;
  /** All lines of a page that Stripe knows. */
  lines(checkoutId: string): Promise<readonly ChargedLine[]>;
  /** `refused`: it is not open any more (or unknown); only a fetch tells what it is. */
  expire(checkoutId: string): Promise<"expired" | "refused">;
  /** Newest first, all pages. */
  list(query: { status?: "open" | "complete"; createdSince: number }): AsyncIterable<StripeSession>;
  /**
   * Visits the same, several pages at once and in no order, each session once. Rejects when a page cannot be read: some were then
   * visited, and others not. Both ends count whole seconds, so that what is created since a moment and before it is the whole list.
   */
  visit(
    query: { status: "open" | "complete"; createdSince: number; createdBefore?: number },
    visit: (session: StripeSession) => void,
  ): Promise<void>;
  /** Complete ones with their payments and charges; newest first, all pages. */
  listPaid(query: { createdSince: number }): AsyncIterable<StripeSession>;
  /** Merges these keys into the session's metadata, in one update. */
  writeMetadata(checkoutId: string, metadata: Metadata): Promise<void>;
  refunds(paymentIntentId: string): Promise<readonly Refund[]>;
  /** All that is left of the payment, unless there is an `amount`. */
  refund(request: {
    paymentIntentId: string;
    amount?: number | undefined;
    metadata: Metadata;
    idempotencyKey: string;
  }): Promise<RefundOutcome>;
  /** The PaymentIntent that a refund is of; null when Stripe knows no such refund, or it is of none. */
  refundedPayment(refundId: string): Promise<string | null>;
  /** The session that a PaymentIntent belongs to; null when it was not made by a payment page. */
  findByPayment(paymentIntentId: string): Promise<StripeSession | null>;
  /** Visits all refunds of the account, other shops' included, as `visit` does. */
  visitRefunds(
    query: { createdSince: number },
    visit: (refund: Refund & { readonly paymentIntentId: string | null }) => void,
  ): Promise<void>;
  price(priceId: string): Promise<PriceReading>;
  /** All active Prices, newest first, page by page; inline ones are not among them. */
  activePrices(): AsyncIterable<{ readonly id: string; readonly reading: PriceReading }>;
}
