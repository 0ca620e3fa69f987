import type Stripe from "stripe";
import type { Money } from "~/catalog/catalog";
import type { PriceReading } from "~/catalog/price-source";
import type { Metadata } from "./session-metadata";

/** The parts of a Stripe Checkout Session that this shop uses. Times are epoch milliseconds. */
export interface StripeSession {
  readonly id: string;
  readonly status: "open" | "complete" | "expired";
  readonly paymentStatus: "paid" | "unpaid" | "no_payment_required";
  readonly url: string | null;
  readonly createdAt: number;
  readonly total: Money;
  /** The components of the total, in minor units; null if Stripe does not give them. Prices may include `tax`. */
  readonly parts: {
    readonly subtotal: number;
    readonly discount: number;
    readonly shipping: number;
    readonly tax: number;
  } | null;
  readonly metadata: Metadata;
  /** Null until a payment is attempted, and always if nothing is to be paid. `status` is null in lists. */
  readonly payment: { readonly id: string; readonly status: string | null } | null;
  /** The latest charge with all its refunds, newest first; null if there is none. Only `fetch` and `listPaid` read it. */
  readonly charge: { readonly createdAt: number; readonly refunds: readonly Refund[] } | null;
}

type CreateOutcome =
  | { readonly outcome: "created"; readonly session: StripeSession }
  /** Stripe refused the request and created nothing. `param`: the invalid parameter, in Stripe's own spelling. */
  | {
      readonly outcome: "refused";
      readonly code: string;
      readonly message: string;
      readonly param?: string | undefined;
    }
  /** The key was already used with other parameters; the session of that call may exist. */
  | { readonly outcome: "key_used" }
  /** Stripe replays the error of an earlier call for as long as it keeps the key, so no call with it ever returned a session. */
  | { readonly outcome: "failed"; readonly cause: unknown }
  /** A request with this idempotency key is in flight, from a second tab for instance. Retry to get its result. */
  | { readonly outcome: "busy" };

/** A line of a payment page, as the shopper paid for it. */
export interface ChargedLine {
  /** Null if the line names no product: it was added on the page, or the previous release opened the page. */
  readonly productId: string | null;
  readonly name: string;
  readonly quantity: number;
  /** Before discounts and taxes; null if Stripe gives no fixed price. */
  readonly unitPrice: Money | null;
}

export interface Refund {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly amount: number;
  /**
   * `pending`: on its way, or waiting for the buyer (Stripe's `requires_action`). `failed`: failed or canceled, possibly weeks after it
   * was `succeeded`; the money is back with the merchant (docs.stripe.com/refunds, "Failed refunds").
   */
  readonly status: "succeeded" | "pending" | "failed";
}

type RefundOutcome =
  | { readonly outcome: "refunded"; readonly refund: Refund }
  | { readonly outcome: "already_refunded" }
  /** Stripe refused, for a disputed charge for instance. A retry would be refused as well. */
  | { readonly outcome: "refused"; readonly cause: unknown }
  /** A definite 5xx, which Stripe saved under the key and would replay. */
  | { readonly outcome: "failed"; readonly cause: unknown };

/**
 * The Stripe operations that this shop uses. Definite outcomes are returned. Each operation throws `UnavailableError` if the outcome is
 * unknown (network, timeout, 5xx, 429, or a response that does not match the request) or the key lacks the permission.
 *
 * @example
 * const created = await gateway.create(parameters, claimId); // Repeated with the same key and parameters: the same session.
 * if (created.outcome === "created") await store.stamp({ claimId, checkoutId: created.session.id });
 */
export interface StripeGateway {
  /** Idempotent by key: the same key and parameters give the same session. */
  create(params: Stripe.Checkout.SessionCreateParams, idempotencyKey: string): Promise<CreateOutcome>;
  /** Null if Stripe knows no such session. */
  fetch(checkoutId: string): Promise<StripeSession | null>;
  /** All lines of a page that exists. */
  lines(checkoutId: string): Promise<readonly ChargedLine[]>;
  /** `refused`: the session is unknown or no longer open; only a fetch shows its status. */
  expire(checkoutId: string): Promise<"expired" | "refused">;
  /** Newest first, all pages. */
  list(query: { status?: "open" | "complete"; createdSince: number }): AsyncIterable<StripeSession>;
  /**
   * Calls `visit` once per session, in no order; reads several pages of the list in parallel. Rejects if a page cannot be read, after
   * some sessions may have been visited. Both ends are in whole seconds, so the sessions created before a moment and those created since
   * add up to the whole list.
   */
  visit(
    query: { status: "open" | "complete"; createdSince: number; createdBefore?: number },
    visit: (session: StripeSession) => void,
  ): Promise<void>;
  /** Complete sessions with their payments and charges; newest first, all pages. */
  listPaid(query: { createdSince: number }): AsyncIterable<StripeSession>;
  /** Merges these keys into the session's metadata, in one update. */
  writeMetadata(checkoutId: string, metadata: Metadata): Promise<void>;
  refunds(paymentIntentId: string): Promise<readonly Refund[]>;
  /** Idempotent by key. Refunds `amount`, or else everything not refunded yet. */
  refund(request: {
    paymentIntentId: string;
    amount?: number | undefined;
    metadata: Metadata;
    idempotencyKey: string;
  }): Promise<RefundOutcome>;
  /** The PaymentIntent of a refund; null if Stripe knows no such refund, or it has none. */
  refundedPayment(refundId: string): Promise<string | null>;
  /** The session of a PaymentIntent; null if no payment page created it. */
  findByPayment(paymentIntentId: string): Promise<StripeSession | null>;
  /** Like `visit`, for all refunds of the account, including other shops'. */
  visitRefunds(
    query: { createdSince: number },
    visit: (refund: Refund & { readonly paymentIntentId: string | null }) => void,
  ): Promise<void>;
  price(priceId: string): Promise<PriceReading>;
  /** All active Prices, newest first, page by page; without those created inline. */
  activePrices(): AsyncIterable<{ readonly id: string; readonly reading: PriceReading }>;
}
