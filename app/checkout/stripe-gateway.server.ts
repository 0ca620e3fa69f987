import Stripe from "stripe";

import type { Money } from "~/catalog/catalog";
import { UnavailableError } from "~/errors";

import type { Metadata } from "./session-metadata";

/** A Stripe Checkout Session as far as this shop cares. Times are epoch milliseconds. */
export interface StripeSession {
  readonly id: string;
  readonly status: "open" | "complete" | "expired";
  readonly paymentStatus: "paid" | "unpaid" | "no_payment_required";
  readonly url: string | null;
  readonly createdAt: number;
  readonly total: Money;
  readonly metadata: Metadata;
  /** Null before a payment was tried, and for ever when nothing is to pay. `status` is null in lists. */
  readonly payment: { readonly id: string; readonly status: string | null } | null;
  /** The latest try to take the money; null where there was none. Known from `listPaid` only. */
  readonly charge: { readonly createdAt: number; readonly refundedAmount: number; readonly isRefunded: boolean } | null;
}

export type CreateOutcome =
  | { readonly outcome: "created"; readonly session: StripeSession }
  /** Stripe understood and said no: nothing was created. */
  | { readonly outcome: "refused"; readonly code: string; readonly message: string }
  /** This key was already used with other parameters: that call's session may exist. */
  | { readonly outcome: "key_used" }
  /** Another call with this key is on its way: a second tab. Ask again, and hear what it heard. */
  | { readonly outcome: "busy" };

export interface Refund {
  readonly id: string;
  readonly amount: number;
  /** False when it failed or was canceled: that money is not on its way. */
  readonly counts: boolean;
}

export type RefundOutcome =
  | { readonly outcome: "refunded"; readonly refund: Refund }
  | { readonly outcome: "already_refunded" }
  /** Stripe understood and said no, a disputed charge for instance: trying again would hear the same. */
  | { readonly outcome: "refused"; readonly cause: unknown }
  /** A definite 5xx, which Stripe saved under the key: the same key would only hear it again. */
  | { readonly outcome: "failed"; readonly cause: unknown };

/**
 * The verbs of Stripe that this shop uses. Each throws `UnavailableError` when the outcome is unknown (network, timeout,
 * 5xx, 429) or the key has no right to it; what Stripe definitely answered is returned.
 */
export interface StripeGateway {
  /** Idempotent by key: the same key and parameters give the same session. */
  create(params: Stripe.Checkout.SessionCreateParams, idempotencyKey: string): Promise<CreateOutcome>;
  /** Null: Stripe knows no such session. */
  fetch(checkoutId: string): Promise<StripeSession | null>;
  /** `refused`: it is not open any more (or unknown); only a fetch tells what it is. */
  expire(checkoutId: string): Promise<"expired" | "refused">;
  /** Newest first, all pages. */
  list(query: { status?: "open" | "complete"; createdSince: number }): AsyncIterable<StripeSession>;
  /** Complete ones with their payments and charges; newest first, all pages. */
  listPaid(query: { createdSince: number }): AsyncIterable<StripeSession>;
  /** Merges these keys into the session's metadata, in one update. */
  writeMetadata(checkoutId: string, metadata: Metadata): Promise<void>;
  refunds(paymentIntentId: string): Promise<readonly Refund[]>;
  /** All that is left of the payment. */
  refund(request: { paymentIntentId: string; metadata: Metadata; idempotencyKey: string }): Promise<RefundOutcome>;
  /** Null when there is no such Price, or none of one fixed whole amount. */
  price(priceId: string): Promise<Money | null>;
}

export function createStripeGateway(stripe: Stripe): StripeGateway {
  return {
    async create(params, idempotencyKey) {
      try {
        return { outcome: "created", session: read(await stripe.checkout.sessions.create(params, { idempotencyKey })) };
      } catch (error) {
        if (error instanceof Stripe.errors.StripeIdempotencyError) return { outcome: "key_used" };
        if (isRefusal(error)) return { outcome: "refused", code: error.code ?? error.type, message: error.message };
        if (error instanceof Stripe.errors.StripeError && error.code === "idempotency_key_in_use") return { outcome: "busy" };
        throw unknownOutcome("create a payment page", error);
      }
    },

    async fetch(checkoutId) {
      try {
        return read(await stripe.checkout.sessions.retrieve(checkoutId, { expand: ["payment_intent"] }));
      } catch (error) {
        if (isRefusal(error) && error.statusCode === 404) return null;
        throw unknownOutcome("read a payment page", error);
      }
    },

    async expire(checkoutId) {
      try {
        await stripe.checkout.sessions.expire(checkoutId);
        return "expired";
      } catch (error) {
        if (isRefusal(error)) return "refused";
        throw unknownOutcome("expire a payment page", error);
      }
    },

    async *list({ status, createdSince }) {
      const query = { limit: 100, created: { gte: Math.floor(createdSince / 1000) }, ...(status === undefined ? {} : { status }) };
      try {
        for await (const session of stripe.checkout.sessions.list(query)) yield read(session);
      } catch (error) {
        throw unknownOutcome("list payment pages", error);
      }
    },

    async *listPaid({ createdSince }) {
      const created = { gte: Math.floor(createdSince / 1000) };
      const expand = ["data.payment_intent.latest_charge"];
      try {
        for await (const session of stripe.checkout.sessions.list({ limit: 100, status: "complete", created, expand })) yield read(session);
      } catch (error) {
        throw unknownOutcome("list payments", error);
      }
    },

    async writeMetadata(checkoutId, metadata) {
      try {
        // Not repeated by the SDK: a lost first try must not land after marks that were written later.
        await stripe.checkout.sessions.update(checkoutId, { metadata: { ...metadata } }, { maxNetworkRetries: 0 });
      } catch (error) {
        throw unknownOutcome("write marks", error);
      }
    },

    async refunds(paymentIntentId) {
      try {
        const refunds: Refund[] = [];
        for await (const refund of stripe.refunds.list({ payment_intent: paymentIntentId, limit: 100 })) refunds.push(readRefund(refund));
        return refunds;
      } catch (error) {
        throw unknownOutcome("read refunds", error);
      }
    },

    async refund({ paymentIntentId, metadata, idempotencyKey }) {
      try {
        const params = { payment_intent: paymentIntentId, metadata: { ...metadata } };
        const refund = await stripe.refunds.create(params, { idempotencyKey, maxNetworkRetries: 0 });
        return { outcome: "refunded", refund: readRefund(refund) };
      } catch (error) {
        if (isRefusal(error)) return error.code === "charge_already_refunded" ? { outcome: "already_refunded" } : { outcome: "refused", cause: error };
        if (error instanceof Stripe.errors.StripeAPIError && (error.statusCode ?? 0) >= 500) return { outcome: "failed", cause: error };
        throw unknownOutcome("refund", error);
      }
    },

    async price(priceId) {
      try {
        const price = await stripe.prices.retrieve(priceId);
        return price.unit_amount === null || price.type !== "one_time" ? null : { amount: price.unit_amount, currency: price.currency };
      } catch (error) {
        if (isRefusal(error)) return null;
        throw unknownOutcome("read a price", error);
      }
    },
  };
}

/** A 400 or 404: Stripe read the request and did nothing. */
function isRefusal(error: unknown): error is Stripe.errors.StripeInvalidRequestError {
  return error instanceof Stripe.errors.StripeInvalidRequestError;
}

function unknownOutcome(what: string, cause: unknown): unknown {
  return cause instanceof Stripe.errors.StripeError ? new UnavailableError(`Stripe did not ${what}`, { cause }) : cause;
}

function read(session: Stripe.Checkout.Session): StripeSession {
  const { payment_intent: payment } = session;
  return {
    id: session.id,
    status: oneOf(["open", "complete", "expired"], session.status),
    paymentStatus: oneOf(["paid", "unpaid", "no_payment_required"], session.payment_status),
    url: session.url,
    createdAt: session.created * 1000,
    total: { amount: session.amount_total ?? 0, currency: session.currency ?? "" },
    metadata: session.metadata ?? {},
    payment: payment === null ? null : typeof payment === "string" ? { id: payment, status: null } : { id: payment.id, status: payment.status },
    charge: payment === null || typeof payment === "string" ? null : readCharge(payment.latest_charge),
  };
}

function readCharge(charge: Stripe.PaymentIntent["latest_charge"]): StripeSession["charge"] {
  if (charge === null || typeof charge === "string") return null;
  return { createdAt: charge.created * 1000, refundedAmount: charge.amount_refunded, isRefunded: charge.refunded };
}

function readRefund(refund: Stripe.Refund): Refund {
  return { id: refund.id, amount: refund.amount, counts: refund.status !== "failed" && refund.status !== "canceled" };
}

function oneOf<T extends string>(known: readonly T[], value: string | null): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw new Error(`Stripe answered with the unknown word ${String(value)}`);
  return found;
}
